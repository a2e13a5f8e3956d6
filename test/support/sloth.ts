import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { positionAt } from "../../src/diagnostics/source.ts";
import { emitSlothDialect, type SlothDialectOptions } from "../../src/emitters/prometheus/sloth/emit.ts";
import { sortDocuments } from "../../src/frontends/documents.ts";
import type { Frontend } from "../../src/frontends/frontend.ts";
import { sloth } from "../../src/frontends/sloth/index.ts";
import { onPrometheus, type Slo, type WindowCatalog } from "../../src/model/model.ts";
import type { Reading } from "../../src/model/reading.ts";
import { checkSlos } from "../../src/passes/check.ts";
import { planSlos } from "../../src/passes/plan.ts";
import { DAY, seconds, type Seconds } from "../../src/units/duration.ts";

export const STRICT: Reading = {
  unknownKeys: "error",
  uncheckedQueries: "error",
  copiesQueries: false,
  barePolicyNames: false,
  kindInIndicator: false,
  conditionsAsAnd: false,
  numericSliceWindow: false,
};

/** As the `sloth` dialect reads. */
export const AS_SLOTH: Reading = { ...STRICT, unknownKeys: "warning", copiesQueries: true };

export interface Read {
  readonly slos: readonly Slo[];
  readonly catalogs: readonly WindowCatalog[];
  readonly diagnostics: readonly Diagnostic[];
}

export function readSpec(text: string, reading: Reading = STRICT, frontends: readonly Frontend[] = [sloth]): Read {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const sorted = sortDocuments([{ path: "spec.yml", text }], frontends, report);
  const lowered = [...sorted].map(([frontend, documents]) => frontend.lower(documents, { report, reading, isComplete: true }));
  return { slos: lowered.flatMap(({ slos }) => slos), catalogs: lowered.flatMap(({ catalogs }) => catalogs), diagnostics };
}

export interface Generated {
  /** The documents below the header, as Sloth would write them. */
  readonly documents: readonly string[];
  readonly path: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly refused: boolean;
}

export interface GenerateOptions extends Partial<SlothDialectOptions> {
  readonly reading?: Reading;
  readonly period?: Seconds;
  readonly frontends?: readonly Frontend[];
}

/** What the `sloth` dialect makes of one spec file. */
export function generate(text: string, options: GenerateOptions = {}): Generated {
  const { slos, catalogs, diagnostics: found } = readSpec(text, options.reading ?? AS_SLOTH, options.frontends);
  const diagnostics = [...found];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const dialect: SlothDialectOptions = {
    extraLabels: {},
    disableAlerts: false,
    disableRecordings: false,
    slothInfo: { version: "dev", mode: undefined },
    catalogs,
    ...options,
  };
  checkSlos(slos, "warning", report);
  const planned = planSlos(slos, { defaultPeriod: options.period ?? seconds(30 * DAY), catalogs: dialect.catalogs }, () => undefined);
  const [artifact] = emitSlothDialect(
    planned.flatMap((slo) => onPrometheus(slo) ?? []),
    dialect,
    report,
  );
  return {
    documents: artifact?.kind === "text" ? belowHeader(artifact.text) : [],
    path: artifact?.path,
    diagnostics,
    refused: diagnostics.some(({ severity }) => severity === "error"),
  };
}

/** The documents of a file, without the comment lines that Sloth and slogen put above each. */
export function belowHeader(text: string): readonly string[] {
  return text
    .split("\n---\n")
    .slice(1)
    .map((document) => document.replace(/^(?:#.*\n)+\n/, ""));
}

/** Each finding as `code line:column`. */
export function places(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code, at }) => {
    if (at === undefined) return code;
    const { line, column } = positionAt(at.file, at.start);
    return `${code} ${line}:${column}`;
  });
}
