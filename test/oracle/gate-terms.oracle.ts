import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gateQueries } from "../../src/backends/prometheus/gate.ts";
import { errorRatio } from "../../src/backends/prometheus/sli.ts";
import { printExpr } from "../../src/promql/print.ts";
import { fillWindow } from "../../src/promql/rewrite.ts";
import { seconds } from "../../src/units/duration.ts";
import { policyOf } from "../support/policies.ts";
import { indicatorOf, sloOf } from "../support/slos.ts";
import { startArgo, type ArgoOracle, type Series } from "./argo.ts";

/* A canary that fails every request has no series of good ones, and none of the errors that it does not make. */

let oracle: ArgoOracle;
before(async () => {
  oracle = await startArgo();
});
after(() => oracle.stop());

const START = 1_700_000_000;
const HASHES = { canary: "5f6b8c9d7", stable: "7d9c5b6f4" };

function counter(pod: string, name: string, perMinute: number): Series {
  const labels = { __name__: name, pod: `checkout-${pod}-x4q2` };
  const from = pod === HASHES.canary ? 0 : -3600;
  const samples = Array.from({ length: (900 - from) / 15 + 1 }, (_, i) => [START + from + i * 15, (i * perMinute) / 4] as const);
  return { labels, samples };
}

const SERIES: readonly Series[] = [
  counter(HASHES.stable, "requests_total", 600),
  counter(HASHES.stable, "requests_ok_total", 600),
  counter(HASHES.stable, "jobs_total", 60),
  counter(HASHES.canary, "requests_total", 60),
  counter(HASHES.canary, "requests_failed_total", 60),
];

const rate = (name: string): string => `sum(rate(${name}[{{.window}}]))`;

const rows: readonly (readonly [way: string, bad: string, total: string])[] = [
  ["as all less the good ones", `${rate("requests_total")} - ${rate("requests_ok_total")}`, rate("requests_total")],
  ["pod by pod", "sum(rate(requests_total[{{.window}}]) - rate(requests_ok_total[{{.window}}]))", rate("requests_total")],
  [
    "of two counters",
    `${rate("requests_failed_total")} + ${rate("jobs_failed_total")}`,
    `${rate("requests_total")} + ${rate("jobs_total")}`,
  ],
];

for (const [way, bad, total] of rows) {
  test(`a canary that fails all is rolled back if its errors are counted ${way}`, async () => {
    const policy = policyOf({ slos: [sloOf({ bad, total })] });
    const [gate] = policy.gates;
    assert.ok(gate);
    const { fail, promote } = gateQueries(gate, policy, HASHES, undefined);
    await oracle.loadScenario(way, SERIES);
    const ask = async (expr: typeof fail) =>
      (await oracle.query(way, START + 600, printExpr(fillWindow(expr, seconds(2400))))).map(({ value }) => Number(value));
    const [failing, promoting] = [await ask(fail), await ask(promote)];
    await oracle.dropScenario(way);
    assert.ok((failing[0] ?? 0) > 900, `fail: ${failing.join()}`);
    assert.ok((promoting[0] ?? 0) > 900, `promote: ${promoting.join()}`);
  });
}

test("the rules see a total outage whose good requests never had a series", async () => {
  const indicator = indicatorOf(
    sloOf({
      bad: "sum(rate(all_total[{{.window}}])) - sum(rate(good_total[{{.window}}]))",
      total: "sum(rate(all_total[{{.window}}]))",
    }),
  );
  assert.ok(indicator.kind === "events");
  await oracle.loadScenario("rules", [counter(HASHES.canary, "all_total", 60)]);
  const found = await oracle.query("rules", START + 600, printExpr(errorRatio(indicator, seconds(300))));
  assert.deepEqual(found, [{ labels: {}, value: "1" }]);
});
