import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { bundledSchema } from "../../src/schema/bundle.ts";
import type { JsonSchema } from "../../src/schema/json-schema.ts";
import type { SchemaKind } from "../../src/schema/kinds.ts";
import { inputFiles } from "../schema/documents.ts";
import { editor, type Editor } from "./editor.ts";

const read = (id: string): JsonSchema =>
  JSON.parse(readFileSync(new URL(`../../schemas/${id}.schema.json`, import.meta.url), "utf8")) as JsonSchema;

const editors = new Map<SchemaKind, Editor>();

function editorFor(kind: SchemaKind): Editor {
  const found = editors.get(kind) ?? editor(bundledSchema(kind, read));
  editors.set(kind, found);
  return found;
}

test("every input of the examples and golden cases is free of complaints", async (t) => {
  const files = inputFiles();
  for (const { path, text, kinds } of files) {
    const [kind] = kinds;
    const schemas: readonly SchemaKind[] =
      kind === "config" ? ["config"] : new Set(kinds).size === 1 && kind !== undefined ? ["spec", kind] : ["spec"];
    for (const schema of schemas) assert.deepEqual(await editorFor(schema).problems(withoutModeline(text)), [], `${path}: ${schema}`);
  }
  t.diagnostic(`${files.length} files`);
  assert.ok(files.length > 40);
});

const withoutModeline = (text: string): string => text.replace(/^# yaml-language-server:.*/, "#");

const SLO = `apiVersion: openslo/v1
kind: SLO
metadata: { name: checkout }
spec:
  service: checkout
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 30d, isRolling: true }]
  indicatorRef: checkout-success
  objectives:
    - target: 0.999
`;
const SLOTH = `version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli: { events: { error_query: "x[{{.window}}]", total_query: "y[{{.window}}]" } }
    alerting: { name: CheckoutDown }
`;
const POLICY = `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: checkout }
spec:
  slos: [{ ref: checkout }]
  workload: { rollout: checkout }
  steps: [{ weight: 5, bake: 10m }]
`;

describe("a mistake is underlined at its line", () => {
  const rows: readonly (readonly [name: string, kind: SchemaKind, text: string, wanted: readonly string[]])[] = [
    ["nothing is wrong with what the others break", "spec", SLO, []],
    ["nor with Sloth's", "spec", SLOTH, []],
    ["nor with the policy", "spec", POLICY, []],
    ["a kind that is none", "spec", SLO.replace("kind: SLO", "kind: SLOO"), ["2 Value is not accepted"]],
    ["a format that is none", "spec", SLO.replace("openslo/v1", "openslo/v9"), ["1 Value is not accepted"]],
    ["no format", "spec", "metadata: { name: x }\n", ["1 a spec begins with `apiVersion` and `kind`, or with `version: prometheus/v1`"]],
    [
      "a misspelt key",
      "spec",
      SLO.replace("indicatorRef", "indicatorref"),
      ["4 one of `indicator`, `indicatorRef`", "8 Property indicatorref"],
    ],
    ["a wrong enum", "spec", SLO.replace("Occurrences", "occurrences"), ["6 Value is not accepted"]],
    ["a bad duration", "spec", SLO.replace("30d", "30 days"), ["7 must be a whole number and one unit"]],
    ["a number as text", "spec", SLO.replace("0.999", '"0.999"'), ['10 Incorrect type. Expected "number"']],
    ["two of a choice", "spec", SLO.replace("0.999", "0.999\n      targetPercent: 99.9"), ["11 one of `target`, `targetPercent`"]],
    ["none of a choice", "spec", SLO.replace("target: 0.999", "displayName: x"), ["10 one of `target`, `targetPercent`"]],
    ["a missing field", "openslo-v1", SLO.replace("  service: checkout\n", ""), ['4 Missing property "service"']],
    [
      "a misspelt key of Sloth's",
      "spec",
      SLOTH.replace("objective", "objectiv"),
      ['4 Missing property "objective"', "5 Property objectiv "],
    ],
    ["a step without weight", "spec", POLICY.replace("weight: 5, ", ""), ['7 Missing property "weight"']],
    ["a setting that is none", "config", "targets: [prometheus]\nprometheus:\n  retentoin: 35d\n", ["3 Property retentoin is not allowed"]],
    ["a target that is none", "config", "targets: [promethius]\n", ["1 "]],
  ];
  for (const [name, kind, text, wanted] of rows) {
    test(name, async () => {
      const found = (await editorFor(kind).problems(text)).map((problem) => problem.replace(/^(\d+):\S+/, "$1"));
      const isAsWanted = found.length === wanted.length && wanted.every((start) => found.some((each) => each.startsWith(start)));
      assert.ok(isAsWanted, `wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`);
    });
  }
});

describe("completion offers what may stand there, with a word about it", () => {
  const rows: readonly (readonly [name: string, kind: SchemaKind, text: string, wanted: readonly string[]])[] = [
    ["in an empty file", "spec", "┆", ["apiVersion", "SLO (OpenSLO)", "SLO (Sloth)", "RolloutPolicy"]],
    ["for a format", "spec", "apiVersion: ┆", ["openslo/v1", "sloth.slok.dev/v1", "slogen/v1alpha1"]],
    ["for a kind", "spec", "apiVersion: slogen/v1alpha1\nkind: ┆", ["RolloutPolicy", "GateProfile", "IndicatorBinding"]],
    ["in an SLO", "spec", SLO.replace("  service: checkout\n", "  ┆\n"), ["service", "description", "alertPolicies"]],
    ["for a budgeting method", "spec", SLO.replace("Occurrences", "┆"), ["Occurrences", "Timeslices", "RatioTimeslices"]],
    ["in an objective", "spec", SLO.replace("target: 0.999", "┆"), ["target", "targetPercent"]],
    ["in a policy", "spec", POLICY.replace("  steps", "  ┆\n  steps"), ["enforcement", "gate", "extends"]],
    ["in the configuration", "config", "┆", ["targets", "specs", "prometheus", "argo-rollouts", "flagger", "datadog"]],
    ["in a target's section", "config", "prometheus:\n  ┆", ["retention"]],
  ];
  for (const [name, kind, text, wanted] of rows) {
    test(name, async () => {
      const found = await editorFor(kind).completions(text);
      for (const label of wanted) {
        const item = found.find((each) => each.label === label);
        assert.ok(item !== undefined, `no ${label} among ${found.map((each) => each.label).join(", ")}`);
        assert.ok(item.documentation.length > 10, `${label} says nothing`);
      }
    });
  }

  test("and nothing of another version's", async () => {
    const labels = (await editorFor("spec").completions(SLO.replace("  service: checkout\n", "  ┆\n"))).map(({ label }) => label);
    assert.ok(!labels.includes("timeWindows"), labels.join(", "));
  });

  test("and its whole documents are sound as they are inserted", async () => {
    const snippets = (await editorFor("spec").completions("┆")).filter(({ insertText }) => insertText.includes("\n"));
    assert.ok(snippets.length >= 4);
    for (const { label, insertText } of snippets) assert.deepEqual(await editorFor("spec").problems(inserted(insertText)), [], label);
  });
});

/** A snippet with its defaults: `${1:text}`, `${1|first,second|}`, and `\}` for a brace. */
function inserted(snippet: string): string {
  return snippet
    .replace(/\$\{\d+\|([^,|]+)[^}]*\}/g, "$1")
    .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, "$1")
    .replace(/\\([$}\\])/g, "$1");
}

describe("a hover explains", () => {
  const rows: readonly (readonly [name: string, kind: SchemaKind, text: string, wanted: RegExp])[] = [
    ["a target, in minutes", "spec", SLO.replace("target:", "tar┆get:"), /0\.999 allows 43\.2 minutes/],
    ["a kind", "spec", SLO.replace("kind: SLO", "kind: S┆LO"), /`SLO`: A promise to users/],
    ["an enumeration", "spec", SLO.replace("budgetingMethod", "budgeting┆Method"), /`Timeslices`: Counts slices of time/],
    ["a policy's field", "spec", POLICY.replace("bake", "ba┆ke"), /.{20}/],
    ["a default", "config", "o┆ut: generated\n", /By default `generated`/],
    ["a target's setting", "config", "prometheus:\n  reten┆tion: 35d\n", /.{20}/],
  ];
  for (const [name, kind, text, wanted] of rows) {
    test(name, async () => {
      assert.match(await editorFor(kind).hover(text), wanted);
    });
  }
});

test("a modeline names a schema file beside the project", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slogen-editor-"));
  try {
    mkdirSync(join(folder, ".slogen/schema"), { recursive: true });
    writeFileSync(join(folder, ".slogen/schema/spec.json"), JSON.stringify(bundledSchema("spec", read)));
    const text = `# yaml-language-server: $schema=../.slogen/schema/spec.json\n${SLO.replace("service:", "servic:")}`;
    const found = await editor().problems(text, join(folder, "slo/checkout.yaml"));
    assert.ok(
      found.some((problem) => problem.startsWith("6:") && problem.includes("Property servic is not allowed")),
      found.join("\n"),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
