import assert from "node:assert/strict";
import { test } from "node:test";
import { printExpr } from "../../src/promql/print.ts";
import { fillWindow } from "../../src/promql/rewrite.ts";
import { eventUnit, windowQuery, type WindowUse } from "../../src/promql/windows.ts";
import { DAY } from "../../src/units/duration.ts";
import { parsed } from "./support.ts";

const COUNTERS: WindowUse = { kind: "events", counter: true };
const GAUGES: WindowUse = { kind: "events", counter: false };
const RATIO: WindowUse = { kind: "ratio" };
const VALUE: WindowUse = { kind: "value" };

test("every form of query comes to have the window as its range", () => {
  const rows: readonly [use: WindowUse, query: string, overOneDay: string][] = [
    // A bare selector.
    [COUNTERS, 'x_total{code=~"5.."}', 'sum(rate(x_total{code=~"5.."}[1d]))'],
    [COUNTERS, "(x_total offset 5m)", "sum((rate(x_total[1d] offset 5m)))"],
    [GAUGES, "errors", "sum(sum_over_time(errors[1d]))"],
    // Sums of bare selectors.
    [COUNTERS, "sum by (a) (x_total)", "sum by (a) (rate(x_total[1d]))"],
    [COUNTERS, "sum(x_total @ end()) - sum(y_total)", "sum(rate(x_total[1d] @ end())) - sum(rate(y_total[1d]))"],
    [COUNTERS, "2 * -sum(x_total) / time() or vector(0)", "2 * -sum(rate(x_total[1d])) / time() or vector(0)"],
    [COUNTERS, "x_total - y_total", "sum(rate(x_total[1d]) - rate(y_total[1d]))"],
    [GAUGES, "sum(errors)", "sum(sum_over_time(errors[1d]))"],
    // A template.
    [GAUGES, "sum(rate(x_total[{{.window}}]))", "sum(rate(x_total[1d]))"],
    [RATIO, "1 - a:ratio{{.window}}", "1 - a:ratio1d"],
    [RATIO, "max_over_time((sum(rate(x[5m])))[{{.window}}:1m])", "max_over_time((sum(rate(x[5m])))[1d:1m])"],
    // One fixed range.
    [GAUGES, "sum(rate(x_total[5m]))", "sum(rate(x_total[1d]))"],
    [RATIO, "1 - sum(rate(x_total[5m])) / sum(rate(y_total[300s]))", "1 - sum(rate(x_total[1d])) / sum(rate(y_total[1d]))"],
    [RATIO, "avg_over_time((sum(rate(x[5m])) / sum(rate(y[10m])))[1h:5m])", "avg_over_time((sum(rate(x[5m])) / sum(rate(y[10m])))[1d:5m])"],
    // A ready ratio.
    [RATIO, "job:error:ratio offset 1m", "avg_over_time(job:error:ratio[1d] offset 1m)"],
    [RATIO, "1 - job:success:ratio", "avg_over_time((1 - job:success:ratio)[1d:])"],
    [RATIO, "avg(up)", "avg_over_time(avg(up)[1d:])"],
    // A value.
    [VALUE, "histogram_quantile(0.99, rate(x_bucket[5m]))", "histogram_quantile(0.99, rate(x_bucket[5m]))"],
  ];
  for (const [use, query, overOneDay] of rows) {
    const result = windowQuery(parsed(query), use);
    assert.ok(result.ok, query);
    assert.equal(printExpr(fillWindow(result.expr, DAY)), overOneDay);
    assert.doesNotThrow(() => parsed(overOneDay), overOneDay);
  }
});

test("a query whose window would have to be guessed is refused, with every reason", () => {
  const rows: readonly [use: WindowUse, query: string, problems: readonly string[]][] = [
    [COUNTERS, "max(x) + avg(y)", ["not-linear max(x)", "not-linear avg(y)"]],
    [COUNTERS, "sum(x) / sum(y)", ["not-linear sum(x) / sum(y)"]],
    [COUNTERS, "sum(x) + 1", ["not-linear sum(x) + 1"]],
    [COUNTERS, "sum(x > 5)", ["not-linear x > 5"]],
    [COUNTERS, "1 / sum(x)", ["not-linear 1 / sum(x)"]],
    [COUNTERS, "abs(x)", ["not-linear abs(x)"]],
    [COUNTERS, "count(x)", ["not-linear count(x)"]],
    [GAUGES, "x_total", ["counter-flag-missing x_total"]],
    [GAUGES, "sum(x_bucket) - sum(y_count)", ["counter-flag-missing x_bucket", "counter-flag-missing y_count"]],
    [GAUGES, '{__name__="x_total"}', ['counter-flag-missing {__name__="x_total"}']],
    [GAUGES, "sum(rate(x[5m])) - sum(rate(y[1h]))", ["several-windows sum(rate(x[5m])) - sum(rate(y[1h]))"]],
    [GAUGES, "sum(rate(x[{{.window}}])) - sum(rate(y[5m]))", ["fixed-window-beside-template y[5m]"]],
    [RATIO, "max_over_time(sum(rate(x[{{.window}}]))[1h:])", ["fixed-window-beside-template sum(rate(x[{{.window}}]))[1h:]"]],
    [RATIO, "sum(rate(x_total[{{.window}}])) / sum(y_total)", ["no-window y_total"]],
    [RATIO, "sum(x_total) / sum(y_total)", ["no-window x_total", "no-window y_total"]],
    [RATIO, "x offset {{.window}}", ["no-window x offset {{.window}}"]],
    [COUNTERS, "x[5m]", ["not-a-vector x[5m]"]],
    [RATIO, "scalar(x)", ["not-a-vector scalar(x)"]],
    [VALUE, "5", ["not-a-vector 5"]],
    [VALUE, "max(rate(x[{{.window}}]))", ["window-in-value max(rate(x[{{.window}}]))"]],
  ];
  for (const [use, query, problems] of rows) {
    const result = windowQuery(parsed(query), use);
    assert.ok(!result.ok, query);
    assert.deepEqual(
      result.problems.map(({ kind, at }) => `${kind} ${query.slice(at.start, at.end)}`),
      problems,
    );
  }
});

test("the unit of events is told by their function", () => {
  const rows = [
    ["sum(rate(x[5m]))", "per second"],
    ["sum(increase(x[5m])) or vector(0)", "per window"],
    ["sum(sum_over_time(x[5m])) * 2", "per window"],
    ["clamp_min(sum(rate(x[5m])) - sum(rate(y[5m])), 0)", "per second"],
    ["sum(rate(x[5m])) - sum(increase(y[5m]))", undefined],
    ["sum(job:errors:rate5m)", undefined],
  ] as const;
  for (const [query, unit] of rows) assert.equal(eventUnit(parsed(query)), unit, query);
});
