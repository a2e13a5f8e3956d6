import assert from "node:assert/strict";
import { test } from "node:test";
import { unitOf } from "../../../src/passes/policies/units.ts";
import { parseExpr } from "../../../src/promql/parse.ts";
import { toDecimal } from "../../../src/units/rational.ts";
import { analysed } from "./support.ts";

function unit(query: string): string | undefined {
  const parsed = parseExpr(query);
  assert.ok(parsed.ok, query);
  return unitOf(parsed.expr)?.word;
}

test("the names of metrics tell a query's unit, as far as arithmetic leaves it alone", () => {
  const rows: readonly (readonly [query: string, unit: string | undefined])[] = [
    ["max(request_p99_seconds)", "seconds"],
    ["max(istio_request_duration_milliseconds)", "milliseconds"],
    ["max(latency_ms)", "milliseconds"],
    ["max(queue_bytes)", "bytes"],
    ["avg(cpu_utilisation_ratio)", "ratio"],
    ["avg(disk_used_percent)", "percent"],
    ["max(request_p99)", undefined],
    ["sum(rate(errors_total[5m]))", "none"],
    ["sum(rate(sent_bytes_total[5m]))", undefined],
    ["sum(increase(sent_bytes_total[5m]))", "bytes"],
    ["histogram_quantile(0.99, sum by (le) (rate(duration_seconds_bucket[5m])))", "seconds"],
    ["histogram_quantile(0.99, sum(rate(duration_seconds[5m])))", "seconds"],
    ["1000 * histogram_quantile(0.99, sum by (le) (rate(duration_seconds_bucket[5m])))", undefined],
    ["histogram_quantile(0.99, sum by (le) (rate(duration_seconds_bucket[5m]))) / 1000", undefined],
    ["histogram_quantile(0.99, sum by (le) (rate(duration_bucket[5m])))", undefined],
    ["sum(rate(duration_seconds_sum[5m])) / sum(rate(duration_seconds_count[5m]))", "seconds"],
    ["sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))", "ratio"],
    ["100 * sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))", undefined],
    ["max(used_bytes) / max(limit_bytes)", "ratio"],
    ["max(used_bytes) - max(free_bytes)", "bytes"],
    ["max(used_bytes) - max(age_seconds)", undefined],
    ["max(request_p99_seconds) or vector(0)", "seconds"],
    ["max(request_p99_seconds) > 0", "seconds"],
    ["time() - max(last_run_timestamp_seconds)", "seconds"],
    ["count(up == 0)", "none"],
    ["max_over_time(max(request_p99_seconds)[5m:1m])", "seconds"],
    ["clamp_min(max(request_p99_seconds), 0)", "seconds"],
  ];
  assert.deepEqual(
    rows.map(([query]) => [query, unit(query)]),
    rows,
  );
});

test("a limit is converted to the query's unit exactly", () => {
  const rows: readonly (readonly [guard: string, limit: string])[] = [
    ["query: 'max(p99_seconds)', max: 400ms", "0.4"],
    ["query: 'max(p99_seconds)', max: 1.5s", "1.5"],
    ["query: 'max(p99_seconds)', max: 2m", "120"],
    ["query: 'max(p99_milliseconds)', max: 400ms", "400"],
    ["query: 'max(p99_milliseconds)', max: 0.3s", "300"],
    ["query: 'max(p99_microseconds)', max: 7ns", "0.007"],
    ["query: 'max(p99)', unit: milliseconds, max: 0.25s", "250"],
    ["query: 'max(p99)', unit: seconds, max: 400", "400"],
    ["query: 'max(used_bytes)', max: 64MiB", "67108864"],
    ["query: 'max(used_bytes)', max: 64MB", "64000000"],
    ["query: 'sum(rate(e_total[5m])) / sum(rate(r_total[5m]))', max: 2%", "0.02"],
    ["query: 'sum(rate(e_total[5m])) / sum(rate(r_total[5m]))', max: 0.02", "0.02"],
    ["query: 'avg(used_percent)', max: 80%", "80"],
    ["query: 'avg(used_percent)', min: 80", "80"],
    ["query: 'sum(queue_depth)', min: -3", "-3"],
  ];
  const limit = (guard: string): string | undefined => {
    const { model } = analysed({
      policy: `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: checkout }
spec:
  slos: [{ ref: latency }]
  workload: { rollout: checkout }
  steps: [{ weight: 5, bake: 10m }]
  guards: [{ name: g, ${guard} }]
`,
    });
    const found = model.policies[0]?.guards[0]?.limit;
    return found && toDecimal(found);
  };
  assert.deepEqual(
    rows.map(([guard]) => [guard, limit(guard)]),
    rows,
  );
});
