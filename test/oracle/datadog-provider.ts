import assert from "node:assert/strict";
import ts from "typescript";
import { oraclePackage } from "./support.ts";

/** A resource as a `.tf.json` file holds it. */
export interface TerraformResource {
  readonly type: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * For each resource, what the schema of Terraform's provider for Datadog has against it. Pulumi generates its types from that schema:
 * `camelCase` names, a block that may stand once as an object, others as a list with a name in the plural. TypeScript is the judge.
 */
export function problemsOf(resources: readonly TerraformResource[]): readonly (readonly string[])[] {
  const lines = resources.map(({ type, fields }, i) => {
    const args = ARGS[type];
    assert.ok(args, type);
    return `export const r${i}: ${args} = ${JSON.stringify(inPulumi(fields))};`;
  });
  const found = diagnose([...HEAD, ...lines].join("\n"));
  assert.deepEqual(
    found.filter(({ line }) => line < HEAD.length),
    [],
  );
  return lines.map((_, i) => found.filter(({ line }) => line === HEAD.length + i).map(({ message }) => message));
}

const HEAD = [
  `import type { MonitorArgs } from "@pulumi/datadog/monitor";`,
  `import type { ServiceLevelObjectiveArgs } from "@pulumi/datadog/serviceLevelObjective";`,
  // If the types could not be found they would be `any`, which takes everything.
  `type IsAny<T> = 0 extends 1 & T ? true : false;`,
  `export const found: readonly [IsAny<MonitorArgs>, IsAny<MonitorArgs["query"]>, IsAny<ServiceLevelObjectiveArgs>] = [false, false, false];`,
];

const ARGS: Readonly<Record<string, string>> = {
  datadog_monitor: "MonitorArgs",
  datadog_service_level_objective: "ServiceLevelObjectiveArgs",
};

/** Blocks of which the provider takes one. */
const SINGLE = new Set(["sli_specification", "count", "time_slice", "query", "formula", "metric_query", "monitor_thresholds"]);

function inPulumi(value: unknown, within = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => inPulumi(item, within));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      // The queries of a time slice are blocks called `query`, in a block of that name.
      if (key === "query" && within === "time_slice.query") return ["queries", inPulumi(field)];
      const inner = inPulumi(field, key === "query" && within === "time_slice" ? "time_slice.query" : key);
      const isOne = SINGLE.has(key) && Array.isArray(inner) && inner.length === 1;
      return [key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), isOne ? (inner as unknown[])[0] : inner];
    }),
  );
}

const STUB = `declare module "@pulumi/pulumi" {
  export type Input<T> = T;
  export type Output<T> = T;
  export type ID = string;
  export interface CustomResourceOptions {}
  export class CustomResource {}
}`;

interface Problem {
  readonly line: number;
  readonly message: string;
}

function diagnose(source: string): readonly Problem[] {
  const folder = oraclePackage("@pulumi/datadog");
  const texts = new Map([
    ["/resources.ts", source],
    ["/pulumi.d.ts", STUB],
  ]);
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    paths: { "@pulumi/datadog/*": [`${folder}/*`] },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, version) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const file = program.getSourceFile("/resources.ts");
  return [...program.getOptionsDiagnostics(), ...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
    ({ messageText, start = 0 }) => ({
      line: file?.getLineAndCharacterOfPosition(start).line ?? 0,
      message: ts.flattenDiagnosticMessageText(messageText, "\n"),
    }),
  );
}
