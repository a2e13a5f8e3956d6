import assert from "node:assert/strict";
import { test } from "node:test";
import { aggregatorOf } from "../../src/backends/datadog/guard.ts";
import { reducersOf } from "../../src/datadogql/reduce.ts";
import { parsed } from "./support.ts";

test("each metric is reduced to one number as its kind asks", () => {
  const rows: readonly [query: string, want: readonly string[]][] = [
    ["p99:a{*}", ["percentile"]],
    ["p99.9:a{*}.rollup(60)", ["percentile"]],
    ["sum:a{*}.as_count()", ["sum"]],
    ["count:a{*}.as_count()", ["sum"]],
    ["count(v: v<0.25):a{*}", ["sum"]],
    ["count:a{*}", ["sum"]],
    ["count:a{*}.as_rate()", ["avg"]],
    ["sum:a{*}", ["avg"]],
    ["sum:a{*}.as_rate()", ["avg"]],
    ["avg:a{*}", ["avg"]],
    ["max:a{*}", ["max"]],
    ["min:a{*}.fill(last)", ["min"]],
    ["sum:a{*}.as_count() / default_zero(count:b{*}.as_count())", ["sum"]],
    ["sum:a{*} / avg:b{*}", ["avg"]],
    ["p99:a{*} - p50:a{*}", ["percentile"]],
    ["max:a{*} - min:a{*}", ["max", "min"]],
    ["sum:a{*}.as_count() / sum:b{*} * avg:c{*}", ["sum", "avg"]],
  ];
  for (const [query, want] of rows) assert.deepEqual(reducersOf(parsed(query)), want, query);
});

test("the aggregator of a request is the only one", () => {
  assert.equal(aggregatorOf(parsed("100 * sum:a{*}.as_count() / sum:b{*}.as_count()")), "sum");
  assert.throws(() => aggregatorOf(parsed("max:a{*} - min:a{*}")));
});
