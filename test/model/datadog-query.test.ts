import assert from "node:assert/strict";
import { test } from "node:test";
import { printQuery } from "../../src/datadogql/print.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { readDatadog, type DatadogUse } from "../../src/model/datadog-query.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { valueOf } from "../../src/yaml/tree.ts";

/** Reads the query under the key `q`; each finding is shown as its code and the text it points at. */
function read(yaml: string, use: DatadogUse) {
  const reports: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void reports.push(diagnostic);
  const scalar = valueOf(readYaml({ path: "slo.yaml", text: yaml }, report)[0], "q");
  assert.ok(scalar?.kind === "scalar");
  const query = readDatadog(scalar, use, { report });
  const found = reports.map(({ code, at }) => `${code} ${at === undefined ? "" : yaml.slice(at.start, at.end)}`);
  return { query, reports, found };
}

const quoted = (query: string): string => `q: '${query.replaceAll("'", "''")}'\n`;

test("counts of events are read, in each form that Datadog can add up", () => {
  for (const query of [
    "sum:hits{env:prod}.as_count()",
    "sum:hits{*} by {region}.as_count() - sum:errors{*} by {region}.as_count()",
    "(sum:a{*}.as_count() + default_zero(sum:b{*}.as_count()))",
    "count(v: v<0.25):latency{*}.as_count()",
    "count:latency{*}.as_count()",
  ]) {
    const { query: read_, found } = read(quoted(query), "count");
    assert.deepEqual(found, [], query);
    assert.ok(read_);
    assert.equal(printQuery(read_.tree), query);
    assert.equal(read_.text, query);
  }
});

test("what is no count of events is refused where one is needed, with the query to write instead", () => {
  const rows: readonly [query: string, found: readonly string[], help?: RegExp][] = [
    ["sum:hits{a:b}", ["no-as-count sum:hits{a:b}"], /`sum:hits\{a:b\}\.as_count\(\)`/],
    ["hits{a:b}", ["no-aggregator hits{a:b}"], /`sum:hits\{a:b\}\.as_count\(\)`/],
    ["avg:hits{*} by {x}", ["not-a-count avg:hits{*} by {x}"], /`sum:hits\{\*\} by \{x\}\.as_count\(\)`/],
    ["p99:hits{*}.as_count()", ["not-a-count p99:hits{*}.as_count()"], /`count:hits\{\*\}\.as_count\(\)`/],
    ["sum:hits{*}.as_rate()", ["alters-counts .as_rate()"], /`sum:hits\{\*\}\.as_count\(\)`/],
    ["sum:hits{*}.as_count().rollup(sum, 60)", ["alters-counts .rollup(sum, 60)"], /`sum:hits\{\*\}\.as_count\(\)`/],
    ["count(v: v<1):d{*}.fill(zero)", ["alters-counts .fill(zero)"], /`count\(v: v<1\):d\{\*\}\.as_count\(\)`/],
    ["sum:a{*}.as_count() / sum:b{*}.as_count()", ["not-additive sum:a{*}.as_count() / sum:b{*}.as_count()"]],
    ["sum:a{*}.as_count() * 100", ["not-additive sum:a{*}.as_count() * 100"]],
    ["abs(sum:a{*}.as_count())", ["not-additive abs(sum:a{*}.as_count())"]],
    ["sum:a{*}.as_count() + 1", ["not-additive 1"]],
    ["5", ["not-additive 5"]],
    ["sum:a{*} + avg:b{*}.as_count()", ["no-as-count sum:a{*}", "not-a-count avg:b{*}.as_count()"]],
    ["sum:a{*} by {x}.as_count() + sum:b{*}.as_count()", ["different-groups sum:b{*}.as_count()"]],
  ];
  for (const [query, want, help] of rows) {
    const { query: tree, found, reports } = read(quoted(query), "count");
    assert.deepEqual(
      found,
      want.map((finding) => `datadogql/${finding}`),
      query,
    );
    assert.equal(tree, undefined);
    if (help) assert.match(reports[0]?.help ?? "", help);
  }
});

test("the query that a finding tells to write is accepted", () => {
  for (const query of [
    "hits{a:b}",
    "sum:hits{a:b}",
    "avg:hits{a:b OR c:d}.rollup(avg, 60)",
    "sum:hits{*} by {x}.as_rate().fill(last, 60)",
    "p99:d{*}",
  ]) {
    const help = read(quoted(query), "count").reports[0]?.help ?? "";
    const corrected = /^write `(.*?)`(;|$|,)/.exec(help)?.[1];
    assert.ok(corrected !== undefined, help);
    assert.deepEqual(read(quoted(corrected), "count").found, []);
  }
});

test("values and ratios may be rolled up and computed, but must say how series become one", () => {
  for (const use of ["value", "ratio"] as const) {
    for (const query of [
      "p99:latency{*}",
      "avg:a{*}.rollup(max, 60)",
      "sum:a{*}.as_rate() / sum:b{*}.as_rate() * 100",
      "abs(avg:a{*} by {x}) - avg:b{*} by {x}",
    ]) {
      assert.deepEqual(read(quoted(query), use).found, [], query);
    }
    assert.deepEqual(read(quoted("1 - latency{*}"), use).found, ["datadogql/no-aggregator latency{*}"]);
    assert.deepEqual(read(quoted("5 / (2 - 1)"), use).found, ["datadogql/no-metric 5 / (2 - 1)"]);
    assert.deepEqual(read(quoted("sum:a{*} by {x} / sum:b{*}"), use).found, ["datadogql/different-groups sum:b{*}"]);
    assert.deepEqual(read(quoted("sum:a{*} by {x,y} / sum:b{*} by {y,x}"), use).found, []);
  }
});

test("the caret points into the scalar, in any style", () => {
  const rows: readonly [yaml: string, found: string][] = [
    ["q: sum:a{env:prod AND !b:c}.as_count()\n", "datadogql/mixed-scope !"],
    ["q: 'sum:a{env:$env}.as_count()'\n", "datadogql/template-variable $env"],
    ['q: "sum:a{env:\\u0070rod,*}"\n', "datadogql/syntax *"],
    ["q: |\n  sum:a{\n    env:prod\n  }.as_count() +\n  sum:b{{.x}}\n", "datadogql/placeholder {{.x}}"],
    ["q: >-\n  sum:a{*}.as_count()\n  by {b}\n", "datadogql/modifier-order by {b}"],
    ["q: sum(rate(http_total[5m]))\n", "datadogql/promql rate("],
    ["q: sum:a{b:x*y}\n", "datadogql/wildcard-inside *"],
  ];
  for (const [yaml, found] of rows) assert.deepEqual(read(yaml, "count").found, [found]);
});
