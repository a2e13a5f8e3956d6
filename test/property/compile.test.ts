import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { globSync } from "tinyglobby";
import { parse, stringify } from "yaml";
import { reportPretty } from "../../src/diagnostics/reporters/pretty.ts";
import type { CompileResult } from "../../src/index.ts";
import { compileTexts, configOf } from "../support/project.ts";

const SPECS = globSync("examples/*/{slo,slos}/**/*.{yaml,yml}")
  .sort()
  .map((path) => readFileSync(path, "utf8"));

const DIALECTS = ["slogen", "sloth"].map((dialect) => configOf(`prometheus: { dialect: ${dialect}, retention: 400d }`));

/** Pieces that have broken readers: structure, quoting, numbers, PromQL and the braces of five languages. */
const PIECES = [
  ": ",
  "- ",
  "\n",
  "\n  ",
  "---\n",
  "{{.window}}",
  "{{",
  "}}",
  '"',
  "'",
  "[5m]",
  "rate(",
  ")",
  "(",
  "0",
  "-1",
  "1e400",
  "99.9",
  "null",
  "~",
  "yes",
  "{}",
  "[]",
  "|",
  ">-",
  "&a ",
  "*a",
  "<<: ",
  "#",
  "\t",
  "\u0000",
  "\u2028",
  "é",
  "🚀",
  "__proto__",
  "sloth_id",
  "bytes\\x00",
  "&",
  "!!int ",
  "@ 5",
  "offset ",
];

const mutated = fc
  .constantFrom(...SPECS)
  .chain((text) =>
    fc
      .array(fc.record({ at: fc.nat(text.length), cut: fc.nat(12), piece: fc.constantFrom("", ...PIECES) }), { minLength: 1, maxLength: 4 })
      .map((edits) => edits.reduce((before, { at, cut, piece }) => before.slice(0, at) + piece + before.slice(at + cut), text)),
  );

test("no text makes the compiler throw, and every complaint lies in it", () => {
  fc.assert(
    fc.property(mutated, fc.constantFrom(...DIALECTS), (text, config) => {
      const { diagnostics } = compileTexts({ "slo.yaml": text }, config);
      for (const { at, code } of diagnostics) {
        if (at !== undefined) assert.ok(0 <= at.start && at.start <= at.end && at.end <= at.file.text.length, code);
      }
      reportPretty(diagnostics, { color: false });
    }),
    { seed: 11, numRuns: 3000 },
  );
});

test("the same specs give the same bytes, in whatever order their keys and files come", () => {
  const files = ["examples/checkout-http/slo/checkout.yaml", "examples/sloth-as-it-is/slos/payments.yml"].map((path) =>
    readFileSync(path, "utf8"),
  );
  const wanted = outputOf(compileTexts({ "a.yaml": files[0] ?? "", "b.yaml": files[1] ?? "" }));
  const shuffles = fc.infiniteStream(fc.nat(1000));
  fc.assert(
    fc.property(shuffles, (numbers) => {
      const next = (): number => numbers.next().value as number;
      const texts = files.map((text) =>
        text
          .split(/^---\n/m)
          .map((document) => stringify(shuffled(parse(document), next), { lineWidth: 0 }))
          .join("---\n"),
      );
      assert.deepEqual(outputOf(compileTexts({ "b.yaml": texts[1] ?? "", "a.yaml": texts[0] ?? "" })), wanted);
    }),
    { seed: 12, numRuns: 50 },
  );
});

test("hostile words of a spec come back as they are, and never as structure or as a template", () => {
  const words = fc.array(fc.constantFrom(...PIECES, "word", " "), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join("").trim());
  fc.assert(
    fc.property(words, (description) => {
      fc.pre(description !== "" && !/[\u0000-\u0008\u2028]/.test(description));
      const spec = parse(readFileSync("examples/checkout-http/slo/checkout.yaml", "utf8").split(/^---\n/m)[0] ?? "") as {
        spec: { description: string };
      };
      spec.spec.description = description;
      const { files, diagnostics } = compileTexts({ "slo.json": JSON.stringify(spec) });
      assert.deepEqual(
        diagnostics.filter(({ severity }) => severity === "error"),
        [],
      );
      const rules = parse(files[0]?.text ?? "") as { groups: { rules: { alert?: string; annotations?: { description: string } }[] }[] };
      const alert = rules.groups.flatMap(({ rules: each }) => each).find(({ annotations }) => annotations?.description !== undefined);
      const literal = description.replaceAll("{{", '{{ "{{" }}');
      assert.ok(alert?.annotations?.description.endsWith(literal.trimEnd()), JSON.stringify(alert?.annotations));
    }),
    { seed: 13, numRuns: 300 },
  );
});

function outputOf({ files }: CompileResult): Readonly<Record<string, string>> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return Object.fromEntries(sorted.map(({ path, text }): [string, string] => [path, text]));
}

function shuffled(value: unknown, next: () => number): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => shuffled(item, next));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as Readonly<Record<string, unknown>>).map(([key, item]) => ({
    key,
    item: shuffled(item, next),
    order: next(),
  }));
  return Object.fromEntries<unknown>(entries.sort((a, b) => a.order - b.order).map(({ key, item }) => [key, item]));
}
