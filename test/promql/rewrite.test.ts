import assert from "node:assert/strict";
import { test } from "node:test";
import { printExpr } from "../../src/promql/print.ts";
import { fillWindow, hasWindow, outputLabels, selectorsOf, seriesName } from "../../src/promql/rewrite.ts";
import { HOUR } from "../../src/units/duration.ts";
import { fillPlaceholders } from "../../src/promql/placeholders.ts";
import { parsed } from "./support.ts";

test("a window is filled wherever it stands", () => {
  const query = 'a:rate{{.window}}{w="{{.window}}"} + sum(rate(x[{{.window}}] offset {{.window}})) + y[{{.window}}:{{.window}}]'.replace(
    "y[{{.window}}:{{.window}}]",
    "max_over_time(y[{{.window}}:{{.window}}])",
  );
  const open = parsed(query);
  assert.ok(hasWindow(open));
  const filled = fillWindow(open, HOUR);
  assert.ok(!hasWindow(filled));
  assert.equal(printExpr(filled), 'a:rate1h{w="1h"} + sum(rate(x[1h] offset 1h)) + max_over_time(y[1h:1h])');
  assert.equal(fillPlaceholders("sum(rate(x[{{ .window }}])) / y[ window:5m]  # {{.Window}}", HOUR), "sum(rate(x[1h])) / y[ 1h:5m]  # 1h");
});

test("the name of a series is found in the braces too", () => {
  const query = 'a{x="y"} or {"b.c"} or {__name__="d"} or {__name__=~"e.*"} or f{{.window}}';
  assert.deepEqual(selectorsOf(parsed(query)).map(seriesName), ["a", "b.c", "d", undefined, "f"]);
});

test("the labels of a result are known where the query fixes them", () => {
  const rows: readonly [query: string, labels: readonly string[] | "unknown"][] = [
    ["x", "unknown"],
    ["sum(x)", []],
    ["sum by (a, b) (x)", ["a", "b"]],
    ["-(sum by (a) (x)) * 2", ["a"]],
    ["2 * sum by (a) (x)", ["a"]],
    ["sum by (b) (sum by (a) (x))", []],
    ["sum without (a) (sum by (a, b) (x))", ["b"]],
    ["sum without (a) (x)", "unknown"],
    ["sum(x) or vector(0)", []],
    ["sum by (a) (x) or vector(0)", ["a"]],
    ["sum by (a) (x) / sum by (a) (y)", ["a"]],
    ["x / sum by (a) (y)", ["a"]],
    ["x / on (a, b) y", ["a", "b"]],
    ["sum by (a, b) (x) / ignoring (b) sum by (a) (y)", ["a"]],
    ["sum by (a) (x) * on (a) group_left (owner) info", ["a", "owner"]],
    ["info * on (a) group_right (owner) sum by (a) (x)", ["a", "owner"]],
    ["x and sum(y)", "unknown"],
    ["sum(y) unless x", []],
    ["sum(rate(x[5m])) > bool 5", []],
    ["histogram_quantile(0.9, sum by (le, a) (rate(x[5m])))", ["a"]],
    ['label_replace(sum(x), "a", "b", "", "")', ["a"]],
    ["max_over_time(sum by (a) (x)[1h:])", ["a"]],
    ["topk(3, sum by (a) (x))", ["a"]],
    ['count_values("v", x)', ["v"]],
    ["absent(sum(x))", "unknown"],
    ["scalar(x)", []],
    ["time()", []],
  ];
  for (const [query, labels] of rows)
    assert.deepEqual(outputLabels(parsed(query)), labels === "unknown" ? labels : { known: labels }, query);
});
