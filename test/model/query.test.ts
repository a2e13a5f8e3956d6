import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import type { PromqlQuery } from "../../src/model/model.ts";
import { readPromql, type QueryUse } from "../../src/model/query.ts";
import type { Reading } from "../../src/model/reading.ts";
import { endsInComment } from "../../src/promql/lexer.ts";
import { printExpr } from "../../src/promql/print.ts";
import { fillWindow } from "../../src/promql/rewrite.ts";
import { DAY } from "../../src/units/duration.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { valueOf } from "../../src/yaml/tree.ts";

const READING: Reading = {
  unknownKeys: "error",
  uncheckedQueries: "error",
  copiesQueries: false,
  barePolicyNames: false,
  kindInIndicator: false,
  conditionsAsAnd: false,
  numericSliceWindow: false,
};

/** Reads the query under the key `q`; each finding is shown as its code and the text it points at. */
function read(
  yaml: string,
  use: QueryUse,
  reading: Partial<Reading> = {},
): { query: PromqlQuery | undefined; found: string[]; reports: Diagnostic[] } {
  const file = { path: "slo.yaml", text: yaml };
  const reports: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void reports.push(diagnostic);
  const scalar = valueOf(readYaml(file, report)[0], "q");
  assert.ok(scalar?.kind === "scalar");
  const query = readPromql(scalar, use, { report, reading: { ...READING, ...reading } });
  return {
    query,
    reports,
    found: reports.map(({ code, severity, at }) => `${severity} ${code} ${at === undefined ? "" : yaml.slice(at.start, at.end)}`),
  };
}

const EVENTS: QueryUse = { kind: "events", counter: true };

test("a query is read for its use", () => {
  const { query, found } = read("q: sum(rate(x_total[{{.window}}])) # the errors\n", EVENTS);
  assert.deepEqual(found, []);
  assert.ok(query?.tree);
  assert.equal(query.templated, true);
  assert.equal(printExpr(fillWindow(query.tree, DAY)), "sum(rate(x_total[1d]))");
  assert.equal(read("q: x_total\n", EVENTS).query?.templated, false);
});

test("the caret points into the scalar, in any style", () => {
  const rows: readonly [yaml: string, found: string][] = [
    ["q: sum(rats(x[5m]))\n", "error promql/unknown-function rats"],
    ['q: "sum(rate(x{a=~\\"(?!b)\\"}[5m]))"\n', 'error promql/bad-regex a=~\\"(?!b)\\"'],
    ["q: |\n  sum(\n    rate(x[$__rate_interval])\n  )\n", "error promql/foreign-variable $__rate_interval"],
    ["q: 'x{env=\"{{ .env }}\"}'\n", "error promql/unknown-template {{ .env }}"],
    ["q: sum(rate(x[5m])) - sum(rate(y[{{.window}}]))\n", "error promql/fixed-window-beside-template x[5m]"],
    ["q: x[{{.window}}]\n", "error promql/not-a-vector x[{{.window}}]"],
    ["q: sum(x) / max(y)\n", "error promql/not-linear sum(x) / max(y)"],
    ["q: rate(x)\n", "error promql/type x"],
  ];
  for (const [yaml, found] of rows) assert.deepEqual(read(yaml, EVENTS).found, [found]);
});

test("every reason against a window is reported at once", () => {
  assert.deepEqual(read("q: max(x) + avg(y)\n", EVENTS).found, ["error promql/not-linear max(x)", "error promql/not-linear avg(y)"]);
});

test("a window that only a comment holds is none", () => {
  const { found, reports } = read("q: |\n  sum(rate(x[5m])) # {{.window}}\n", EVENTS);
  assert.equal(found.length, 1);
  assert.equal(reports[0]?.code, "promql/no-window");
  assert.match(reports[0].help ?? "", /comment/);
});

test("MetricsQL is refused by name, or let through with a warning where the reading allows it", () => {
  const yaml = "q: sum(median_over_time(x[{{.window}}]))\n";
  assert.deepEqual(read(yaml, EVENTS).found, ["error promql/metricsql median_over_time"]);
  const known = read(yaml, EVENTS, { uncheckedQueries: "warning" });
  assert.deepEqual(known.found, ["warning promql/metricsql median_over_time"]);
  assert.ok(known.query?.tree);
  const opaque = "q: sum(rate(x[{{.window}}])) default 0\n";
  const built = read(opaque, EVENTS, { uncheckedQueries: "warning" });
  assert.deepEqual([built.found, built.query], [["error promql/metricsql default"], undefined]);
  const unknown = read(opaque, EVENTS, { uncheckedQueries: "warning", copiesQueries: true });
  assert.deepEqual(unknown.found, ["warning promql/metricsql default"]);
  assert.equal(unknown.query?.tree, undefined);
  assert.equal(unknown.query?.templated, true);
  assert.deepEqual(read("q: rate(x[$__range]) default 0\n", EVENTS, { uncheckedQueries: "warning" }).found, [
    "error promql/foreign-variable $__range",
  ]);
});

test("a query that nobody checks still needs a window where it counts events", () => {
  const reading = { uncheckedQueries: "warning", copiesQueries: true } as const;
  const found = read("q: sum(x) default 0\n", EVENTS, reading).found;
  assert.deepEqual(found, ["warning promql/metricsql default", "error promql/no-window sum(x) default 0"]);
  const value = read("q: sum(x) default 0\n", { kind: "value" }, reading);
  assert.equal(value.query?.templated, false);
});

test("a query that ends in a comment is known, so that nothing is written behind it", () => {
  const rows: readonly [string, boolean][] = [
    ["x # note", true],
    ["x # note\n", false],
    ["x # note\n  ", false],
    ['x{a="# b"}', false],
    ["x # a\n# b", true],
    ["# only", true],
    ["x", false],
  ];
  for (const [text, ends] of rows) assert.equal(endsInComment(text), ends, JSON.stringify(text));
});
