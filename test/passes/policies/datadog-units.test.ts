import assert from "node:assert/strict";
import { test } from "node:test";
import { datadogUnitOf } from "../../../src/passes/policies/datadog-units.ts";
import { parsed } from "../../datadogql/support.ts";

test("the unit of a value is what Datadog fixes, and no guess at a metric of the user's", () => {
  const rows: readonly [query: string, want: string | undefined][] = [
    // Latencies of traces are in seconds
    ["p99:trace.http.request{*}", "seconds"],
    ["avg:trace.flask.request{*}", "seconds"],
    ["max:trace.servlet.request{*}.rollup(max, 60)", "seconds"],
    ["default_zero((p99:trace.http.request{*}))", "seconds"],
    ["p99:trace.http.request{*} - p50:trace.http.request{*}", "seconds"],
    ["p99:trace.a{*} / p50:trace.a{*}", "ratio"],
    // Counts
    ["sum:trace.http.request.hits{*}.as_count()", "none"],
    ["sum:trace.http.request.errors.by_http_status{*}.as_rate()", "none"],
    ["sum:my.bytes{*}.as_count()", "none"],
    ["count:trace.http.request{*}.as_count()", "none"],
    ["count(v: v>0.4):trace.http.request{*}.as_count()", "none"],
    ["sum:a{*}.as_count() / sum:b{*}.as_count()", "ratio"],
    ["sum:a{*}.as_count() + sum:b{*}.as_count()", "none"],
    ["sum:a{*}.as_count() * sum:b{*}.as_count()", "none"],
    ["avg:trace.http.request.apdex{*}", "ratio"],
    // A constant may be a change of unit
    ["1000 * p99:trace.http.request{*}", undefined],
    ["p99:trace.http.request{*} / (1000)", undefined],
    ["100 * sum:a{*}.as_count() / sum:b{*}.as_count()", undefined],
    // The user's own, and what is not documented any more
    ["p99:checkout.latency{*}", undefined],
    ["avg:checkout.latency_seconds{*}", undefined],
    ["sum:checkout.hits{*}.as_rate()", undefined],
    ["avg:trace.http.request.duration.by_service{*}", undefined],
    ["sum:trace.http.request.span_count{*}", undefined],
    ["p99:trace.http.request{*} + avg:mine{*}", undefined],
    ["p99:trace.http.request{*} * p99:trace.http.request{*}", undefined],
    ["abs(p99:trace.http.request{*})", undefined],
  ];
  for (const [query, want] of rows) assert.equal(datadogUnitOf(parsed(query))?.word, want, query);
});
