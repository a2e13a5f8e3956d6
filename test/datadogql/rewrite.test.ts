import assert from "node:assert/strict";
import { test } from "node:test";
import type { TagFilter } from "../../src/datadogql/ast.ts";
import { binary, call, name, number, tag } from "../../src/datadogql/build.ts";
import { printFilter, printQuery } from "../../src/datadogql/print.ts";
import { clashesIn, groupsOf, isPlainMetric, splitFormula, withTags } from "../../src/datadogql/rewrite.ts";
import { parsed } from "./support.ts";

const CANARY = tag("version", "2");

test("tags are added to each scope in its own style", () => {
  const not = tag("zone", "b", { negated: true });
  const rows: readonly [query: string, tags: readonly TagFilter[], want: string][] = [
    ["sum:a{*}", [CANARY], "sum:a{version:2}"],
    ["sum:a{*}", [CANARY, not], "sum:a{version:2,!zone:b}"],
    ["sum:a{*}", [], "sum:a{*}"],
    ["sum:a{env:prod}.as_count()", [CANARY, not], "sum:a{env:prod,version:2,!zone:b}.as_count()"],
    ["sum:a{env:prod AND b:c}", [CANARY, not], "sum:a{env:prod AND b:c AND version:2 AND NOT zone:b}"],
    ["sum:a{env:prod OR b:c}", [CANARY], "sum:a{(env:prod OR b:c) AND version:2}"],
    ["sum:a{env:prod OR b:c AND d:e}", [CANARY, not], "sum:a{(env:prod OR b:c AND d:e) AND version:2 AND NOT zone:b}"],
    ["sum:a{(env:prod OR b:c)}", [CANARY], "sum:a{(env:prod OR b:c) AND version:2}"],
    ["sum:a{NOT b:c}", [CANARY], "sum:a{NOT b:c AND version:2}"],
    ["sum:a{b IN (c,d)}", [CANARY], "sum:a{b IN (c,d) AND version:2}"],
    ["sum:a{*} / default_zero(sum:b{c:d})", [CANARY], "sum:a{version:2} / default_zero(sum:b{c:d,version:2})"],
    ["sum:a{version:2}", [CANARY], "sum:a{version:2}"],
    ["sum:a{b:c AND (version:2 AND NOT zone:b)}", [CANARY, not], "sum:a{b:c AND (version:2 AND NOT zone:b)}"],
    ["sum:a{b:c OR version:2}", [CANARY], "sum:a{(b:c OR version:2) AND version:2}"],
    ["sum:a{version:1}", [CANARY], "sum:a{version:1,version:2}"],
    ["sum:a{!version:2}", [CANARY], "sum:a{!version:2,version:2}"],
    ["sum:a{*}", [CANARY, CANARY], "sum:a{version:2}"],
  ];
  for (const [query, tags, want] of rows) assert.equal(printQuery(withTags(parsed(query), tags)), want);
  assert.equal(printQuery(withTags(parsed("sum:a{*} + sum:b{*}"), [CANARY], ["b"])), "sum:a{version:2} + sum:b{*}");
});

test("a placeholder of Argo's is printed so that its first two braces open it and the first two behind close it", () => {
  const argo = tag("version", "{{args.canary-hash}}");
  for (const [query, want] of [
    ["sum:a{*}", "sum:a{version:{{args.canary-hash}}}"],
    ["sum:a{env:prod}", "sum:a{env:prod,version:{{args.canary-hash}}}"],
    ["sum:a{env:x OR b:c}", "sum:a{(env:x OR b:c) AND version:{{args.canary-hash}}}"],
  ] as const) {
    const text = printQuery(withTags(parsed(query), [argo]));
    assert.equal(text, want);
    // As Argo's template engine reads it: the text up to the next `}}` is the name of an argument.
    assert.equal(
      text.replaceAll(/\{\{(.*?)\}\}/g, (_, argument: string) => (argument === "args.canary-hash" ? "7c9" : "?")),
      want.replace("{{args.canary-hash}}", "7c9"),
    );
  }
  assert.equal(
    printQuery(withTags(parsed("sum:a{*}"), [{ kind: "tag", negated: false, key: "{{args.scope}}" }])),
    "sum:a{ {{args.scope}}}",
  );
});

test("a scope that already asks something else of the key is a clash", () => {
  const rows: readonly [query: string, want: readonly string[]][] = [
    ["sum:a{*}", []],
    ["sum:a{env:prod,b}", []],
    ["sum:a{version:2}", []],
    ["sum:a{version:1}", ["a version:1"]],
    ["sum:a{Version:1}", ["a Version:1"]],
    ["sum:a{!version:2}", ["a NOT version:2"]],
    ["sum:a{version:*}", ["a version:*"]],
    ["sum:a{b:c AND (d:e OR NOT version:2)}", ["a version:2"]],
    ["sum:a{version IN (1,2)}", ["a version IN (1,2)"]],
    ["sum:a{version:1} / sum:b{version:1} / sum:c{*}", ["a version:1", "b version:1"]],
  ];
  for (const [query, want] of rows) {
    const found = clashesIn(parsed(query), [CANARY]).map(({ metric, own }) => `${metric.name} ${printFilter(own)}`);
    assert.deepEqual(found, want, query);
  }
  assert.deepEqual(clashesIn(parsed("sum:a{version:1}"), [CANARY], ["a"]), []);
});

test("a formula names each distinct metric once", () => {
  const rows: readonly [query: string, formula: string, queries: Readonly<Record<string, string>>][] = [
    ["sum:a{*}", "query1", { query1: "sum:a{*}" }],
    [
      "sum:a{*}.as_count() - default_zero(sum:b{*}.as_count())",
      "query1 - default_zero(query2)",
      { query1: "sum:a{*}.as_count()", query2: "sum:b{*}.as_count()" },
    ],
    ["(sum:a{b:c, d} + sum:b{*}) / sum:a{b:c,d}", "(query1 + query2) / query1", { query1: "sum:a{b:c,d}", query2: "sum:b{*}" }],
    ["moving_rollup(sum:a{*}, 60, 'sum') * 100", "moving_rollup(query1, 60, 'sum') * 100", { query1: "sum:a{*}" }],
  ];
  for (const [query, formula, queries] of rows) {
    const split = splitFormula(parsed(query));
    assert.equal(printQuery(split.formula), formula);
    assert.deepEqual(Object.fromEntries([...split.queries].map(([name, metric]) => [name, printQuery(metric)])), queries);
  }
  assert.deepEqual([...splitFormula(parsed("sum:a{*} + sum:b{*}"), "bad").queries.keys()], ["bad1", "bad2"]);
});

test("one query of a v2 request holds a metric and its modifiers alone", () => {
  assert.ok(isPlainMetric(parsed("sum:a{*} by {b}.as_count().rollup(sum, 60)")));
  for (const query of ["(sum:a{*})", "sum:a{*} + 1", "abs(sum:a{*})", "5"]) assert.ok(!isPlainMetric(parsed(query)), query);
});

test("the groups of a query are those of all its metrics", () => {
  assert.deepEqual(groupsOf(parsed("sum:a{*} by {x,y} / sum:b{*} by {y}")), ["x", "y"]);
  assert.deepEqual(groupsOf(parsed("sum:a{*}")), []);
});

test("trees that are built are printed with the parentheses they need", () => {
  const [a, b, c] = [name("a"), name("b"), name("c")];
  const rows: readonly [tree: Parameters<typeof printQuery>[0], want: string][] = [
    [binary(a, "-", binary(b, "-", c)), "a - (b - c)"],
    [binary(binary(a, "-", b), "-", c), "a - b - c"],
    [binary(a, "+", binary(b, "+", c)), "a + (b + c)"],
    [binary(a, "/", binary(b, "*", c)), "a / (b * c)"],
    [binary(binary(a, "+", b), "*", c), "(a + b) * c"],
    [binary(a, "+", binary(b, "*", c)), "a + b * c"],
    [binary(binary(call("default_zero", a), "-", binary(number("0.001"), "*", b)), "-", number("3")), "default_zero(a) - 0.001 * b - 3"],
  ];
  for (const [tree, want] of rows) assert.equal(printQuery(tree), want);
});
