import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import type { SourceFile } from "../../src/diagnostics/source.ts";
import { printExpr } from "../../src/promql/print.ts";
import { fillWindow } from "../../src/promql/rewrite.ts";
import { validators, type SchemaId } from "../../src/schema/generated/index.js";
import { withoutNulls } from "../../src/schema/validate.ts";
import { HOUR } from "../../src/units/duration.ts";
import { toJson } from "../../src/yaml/json.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { textOf, valueOf } from "../../src/yaml/tree.ts";
import { lowerFiles } from "../frontends/openslo-support.ts";
import { entriesOf, mutants, print, SEEDS } from "./openslo-documents.ts";
import { oracle, vectors } from "./support.ts";

interface Document {
  readonly name: string;
  readonly text: string;
}

interface Verdict {
  readonly name: string;
  readonly ok: boolean;
  readonly stage?: string;
  readonly errors?: readonly string[];
}

/** What the OpenSLO Go SDK (Decode, then Validate) says of each document. */
function judge(documents: readonly Document[]): readonly Verdict[] {
  const input = documents.map((document) => JSON.stringify(document)).join("\n");
  const run = spawnSync(oracle("openslo"), { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Verdict);
}

/** Errors about what a document means, of which the SDK's validation knows nothing: it looks at one object, and never at a query. */
const BEYOND: readonly RegExp[] = [
  /^(?:promql|datadogql)\//,
  /^openslo\/(dangling-reference|duplicate-object|no-source-type|source-type-mismatch|mixed-sources|foreign-system|prometheus-setting|query-missing|query-language)$/,
  /^openslo\/(histogram-.*|bad-below|below-not-a-bucket|le-.*|label-clash|unknown-annotation|bad-annotation)$/,
  /^openslo\/(burn-condition-below|burn-threshold|percent-is-ratio|short-calendar-window|no-objectives)$/,
];

const isBeyond = ({ code }: Diagnostic): boolean => BEYOND.some((pattern) => pattern.test(code));

const textAt = ({ at }: Diagnostic): string => at?.file.text.slice(at.start, at.end) ?? "";

interface Reason {
  readonly why: string;
  readonly explains: (diagnostic: Diagnostic) => boolean;
}

const coded =
  (code: string, label?: RegExp) =>
  (diagnostic: Diagnostic): boolean =>
    diagnostic.code === code && (label === undefined || label.test(diagnostic.message) || label.test(diagnostic.label ?? ""));

/** Where slogen refuses what the SDK accepts, by design. */
const STRICTER: readonly Reason[] = [
  { why: "meaning: references, queries, alerts, histograms", explains: isBeyond },
  { why: "a key given twice: Go keeps the last one silently", explains: coded("yaml/duplicate-key") },
  {
    why: "a key in the wrong case: Go's decoder folds case",
    explains: (diagnostic) => {
      const meant = /did you mean `(.*)`/.exec(diagnostic.label ?? "")?.[1] ?? "";
      return diagnostic.code === "schema/unknown-field" && meant.toLowerCase() === textAt(diagnostic).replaceAll('"', "").toLowerCase();
    },
  },
  { why: "no objectives: nothing would be built", explains: coded("schema/missing-field", /no `objectives`|`objectives` has no value/) },
  { why: "a slice window that is no duration where it is not used", explains: coded("openslo/bad-duration", /^`timeSliceWindow`/) },
  {
    why: "a start time with a fraction of a second, which Go's parser takes unasked",
    explains: (diagnostic) => coded("openslo/bad-start-time")(diagnostic) && /:\d\d\.\d+"$/.test(textAt(diagnostic)),
  },
  { why: "a target of 0 leaves nothing to promise", explains: coded("openslo/bad-target", /must be above 0, and is -?0$/) },
  {
    why: "a duration that is zero, or that Go's Sscanf reads in part (`+5m`, ` 5m`, `5m junk`)",
    explains: (diagnostic) =>
      coded("openslo/bad-duration")(diagnostic) && /^"(0[mhdwMQY]|\+|\s|\d+[mhdwMQY] |0\d)/.test(textAt(diagnostic)),
  },
  {
    why: "op and value against an SLI by reference or of an objective",
    explains: (diagnostic) => /^openslo\/(op-with-ratio|threshold-limit|bad-op)$/.test(diagnostic.code),
  },
  {
    why: "an objective without indicator beside others that have one",
    explains: coded("openslo/indicator-missing", /though others have one/),
  },
  { why: "a slice target out of range where it is not used", explains: coded("openslo/slice-target-range") },
  { why: "a weight out of range in an SLO that is no composite", explains: coded("openslo/composite-weight") },
  {
    why: "a null where Go leaves the zero value: in a list, or as connection details",
    explains: (diagnostic) =>
      /^schema\//.test(diagnostic.code) &&
      (/is empty/.test(diagnostic.message) || /`connectionDetails` has no value/.test(diagnostic.message)),
  },
  {
    why: "an empty reference, which Go takes for none",
    explains: (diagnostic) => coded("schema/too-short")(diagnostic) && /`(metricSourceRef|dataSourceRef)`/.test(diagnostic.message),
  },
];

/** Where slogen accepts what the SDK refuses, and warns. */
const LOOSER: readonly Reason[] = [
  { why: "v1alpha as Sloth's users write it: a ratio without `value`", explains: coded("openslo/ratio-without-value") },
  { why: "v1alpha as Sloth's users write it: a window that does not say that it rolls", explains: coded("openslo/assumed-rolling") },
];

interface Outcome {
  readonly both: number;
  readonly neither: number;
  readonly stricter: Map<string, number>;
  readonly looser: Map<string, number>;
  readonly unexplained: string[];
}

function compare(documents: readonly Document[]): Outcome {
  const verdicts = judge(documents);
  assert.equal(verdicts.length, documents.length);
  const outcome = {
    both: 0,
    neither: 0,
    stricter: new Map<string, number>(),
    looser: new Map<string, number>(),
    unexplained: [] as string[],
  };
  const count = (table: Map<string, number>, why: string): void => void table.set(why, (table.get(why) ?? 0) + 1);
  for (const [i, verdict] of verdicts.entries()) {
    const { name = "", text = "" } = documents[i] ?? {};
    const { slos, diagnostics, foreign } = lowerFiles([{ path: name, text }]);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const ours = errors.map((error) => `${error.code} ${textAt(error)}: ${error.message}`);
    const says = ["", `SDK: ${(verdict.errors ?? ["ok"]).join(" ")}`, `slogen: ${ours.join("; ") || "ok"}`, name, text].join("\n");
    // An objective that vanishes without a word is the worst that can happen.
    if (foreign === 0 && errors.length === 0 && slos.length !== objectivesIn({ path: name, text })) outcome.unexplained.push(`lost${says}`);
    const accepted = foreign === 0 && errors.length === 0;
    if (verdict.ok && accepted) outcome.both++;
    else if (!verdict.ok && (foreign > 0 || errors.some((error) => !isBeyond(error)))) outcome.neither++;
    else if (verdict.ok) {
      const reasons = errors.map((error) => STRICTER.find(({ explains }) => explains(error))?.why);
      if (foreign > 0 || reasons.includes(undefined)) outcome.unexplained.push(`stricter${says}`);
      for (const why of new Set(reasons)) if (why !== undefined) count(outcome.stricter, why);
    } else {
      const why = LOOSER.find(({ explains }) => diagnostics.some(explains))?.why;
      if (why === undefined) outcome.unexplained.push(`looser${says}`);
      else count(outcome.looser, why);
    }
  }
  return outcome;
}

function objectivesIn(file: SourceFile): number {
  const roots = readYaml(file, () => undefined).flatMap((document) => (document.kind === "list" ? document.items : [document]));
  const lists = roots.map((root) => (textOf(valueOf(root, "kind")) === "SLO" ? valueOf(root, "spec", "objectives") : undefined));
  return lists.reduce((sum, list) => sum + (list?.kind === "list" ? list.items.length : 0), 0);
}

function table({ both, neither, stricter, looser, unexplained }: Outcome): readonly string[] {
  const rows = (name: string, reasons: Map<string, number>): string[] =>
    [...reasons].sort(([, a], [, b]) => b - a).map(([why, times]) => `${String(times).padStart(6)}  ${name}: ${why}`);
  return [
    `${String(both).padStart(6)}  both accept`,
    `${String(neither).padStart(6)}  both refuse`,
    ...rows("slogen alone refuses", stricter),
    ...rows("slogen alone accepts", looser),
    `${String(unexplained.length).padStart(6)}  unexplained`,
  ];
}

test("the public documents get the Go SDK's verdict", (t) => {
  const root = vectors();
  if (root === undefined) {
    t.skip("the public vectors are not beside the checkout");
    return;
  }
  const folder = join(root, "openslo");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => /\.(yaml|json)$/.test(path));
  const outcome = compare(files.sort().map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") })));
  for (const row of table(outcome)) t.diagnostic(row);
  assert.ok(files.length >= 30);
  assert.deepEqual(outcome.unexplained, []);
});

test("the documents that the mutations start from are valid", () => {
  const documents = SEEDS.map((seed, i) => ({ name: `seed-${i}.yaml`, text: print(entriesOf(seed)) }));
  assert.deepEqual(
    judge(documents).filter(({ ok }) => !ok),
    [],
  );
});

test("mutated documents get the Go SDK's verdict", (t) => {
  const count = Number(process.env["SLOGEN_ORACLE_DOCUMENTS"] ?? 6000);
  const seed = Number(process.env["SLOGEN_ORACLE_SEED"] ?? 1);
  const documents = [...mutants(count, seed)].map((value, i) => ({ name: `mutant-${i}.yaml`, text: print(value) }));
  const outcome = compare(documents);
  for (const row of table(outcome)) t.diagnostic(row);
  assert.deepEqual(outcome.unexplained.slice(0, 5), []);
  assert.equal(outcome.unexplained.length, 0);
});

const SCHEMAS: Readonly<Record<string, SchemaId>> = {
  "openslo/v1": "openslo/v1",
  "openslo/v1alpha": "openslo/v1alpha",
  "openslo.com/v2alpha": "openslo/v2alpha",
};

test("the schemas alone, as an editor uses them, accept nothing that the Go SDK refuses", (t) => {
  const documents = [...mutants(6000, 2)].map((value, i) => ({ name: `mutant-${i}.yaml`, text: print(value) }));
  const counts = { "the same": 0, "the schema alone refuses": 0, "no schema for it": 0 };
  const looser: string[] = [];
  for (const [i, verdict] of judge(documents).entries()) {
    const text = documents[i]?.text ?? "";
    const [root] = readYaml({ path: "x", text }, () => undefined);
    const id = SCHEMAS[textOf(valueOf(root, "apiVersion")) ?? ""];
    if (root === undefined || id === undefined) counts["no schema for it"]++;
    else if (validators[id](withoutNulls(toJson(root, "go-yaml-1.1"))) === verdict.ok) counts["the same"]++;
    else if (verdict.ok) counts["the schema alone refuses"]++;
    // No schema can tell which days and time zones there are.
    else if (!/date time|time zone/.test((verdict.errors ?? []).join())) looser.push([text, ...(verdict.errors ?? [])].join("\n"));
  }
  for (const [what, count] of Object.entries(counts)) t.diagnostic(`${String(count).padStart(6)}  ${what}`);
  assert.deepEqual(looser, []);
});

test("the queries that histograms become are read by Prometheus", () => {
  const queries = ["classic, below: 300ms", "classic, below: 1s", "native, below: 300ms"].flatMap((settings) => {
    const metric = (part: string): string =>
      `{ metricSource: { type: Prometheus, spec: { query: 'x_seconds{job="a"}', histogram: ${part} } } }`;
    const total = settings.replace(/,.*/, "");
    const text = `apiVersion: openslo/v1
kind: SLO
metadata: { name: x }
spec:
  service: s
  indicator: { metadata: { name: i }, spec: { ratioMetric: { good: ${metric(settings)}, total: ${metric(total)} } } }
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 30d, isRolling: true }]
  objectives: [{ target: 0.9 }]
`;
    const { slos, diagnostics } = lowerFiles([{ path: "x.yaml", text }]);
    assert.deepEqual(diagnostics, []);
    return slos.flatMap(({ indicators: { prometheus } }) => (prometheus?.kind === "events" ? [prometheus.events, prometheus.total] : []));
  });
  assert.equal(queries.length, 6);
  const texts = queries.map(({ tree }) => (tree === undefined ? "" : printExpr(fillWindow(tree, HOUR))));
  const run = spawnSync(oracle("promql"), { input: texts.map((text) => JSON.stringify(text)).join("\n"), encoding: "utf8" });
  for (const line of run.stdout.trimEnd().split("\n")) assert.match(line, /"ok":true/);
});
