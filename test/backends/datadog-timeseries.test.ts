import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gateSeries, guardSeries, risesWithAll, rollupProbe, type GateSeries } from "../../src/backends/datadog/timeseries.ts";
import { tag } from "../../src/datadogql/build.ts";
import { parseQuery } from "../../src/datadogql/parse.ts";
import { printQuery } from "../../src/datadogql/print.ts";
import type { DatadogPolicy } from "../../src/model/policy.ts";
import { seconds } from "../../src/units/duration.ts";
import { datadogSlo, events, query } from "../emitters/datadog/support.ts";
import { datadogPolicyOf, guardOn, sides, type DatadogPolicyParts } from "../support/datadog-policies.ts";

const ISOLATION = sides([tag("track", "canary")], { stable: [tag("track", "stable")] });
const policyOf = (parts: DatadogPolicyParts = {}): DatadogPolicy => datadogPolicyOf({ isolation: ISOLATION, ...parts });

function seriesOf(policy: DatadogPolicy, observed = false): GateSeries {
  const [gate] = policy.gates;
  return gateSeries(gate ?? assert.fail(), policy, { hotfix: "0", observed });
}

/** The series with each metric over its look-back as one word: `C_total[300]`. */
function shown(text: string): string {
  return text.replace(
    /moving_rollup\(default_zero\((?:sum|count):\w+(?:\.\w+)*?\.?(\w+)\{([^}]*)\}\.as_count\(\)\), (\d+), 'sum'\)/g,
    (_, metric: string, scope: string, length: string) => {
      const side = scope.includes("track:canary") ? "C" : scope.includes("track:stable") ? "S" : "all";
      return `${side}_${metric}[${length}]`;
    },
  );
}

suite("every series of a gate", () => {
  test("bad events", () => {
    const { promote, promoteSince, requests, requestsByShare, budgetLeft = "" } = seriesOf(policyOf());
    assert.equal(shown(promote), "2.5 * (C_hits[300] / C_hits[300]) - (C_errors[300] - 0.002902 * C_hits[300])");
    assert.equal(
      shown(promoteSince),
      "2.5 * (C_hits[2400] / C_hits[2400]) - (C_errors[2400] - 0.002902 * C_hits[2400] - 2.902 * C_hits[2400] * S_errors[2400] / (S_hits[2400] + 1))",
    );
    assert.equal(requests, "moving_rollup(default_zero(sum:trace.http.request.hits{env:prod,track:canary}.as_count()), 2400, 'sum')");
    assert.equal(shown(requestsByShare), "C_hits[2400] * (C_hits[300] + S_hits[300]) / C_hits[300]");
    assert.equal(shown(budgetLeft), "all_hits[2592000] / all_hits[2592000] - (1 - 0) * (all_errors[2592000] / all_hits[2592000] / 0.001)");
  });

  test("good events, of which none is what a total outage leaves", () => {
    const indicator = events("good", "sum:shop.good{*}.as_count()", "sum:shop.total{*}.as_count()");
    const { promote, budgetLeft = "" } = seriesOf(policyOf({ slos: [datadogSlo({ indicator })] }));
    assert.equal(shown(promote), "2.5 * (C_total[300] / C_total[300]) - (C_total[300] - C_good[300] - 0.002902 * C_total[300])");
    assert.equal(
      shown(budgetLeft),
      "all_total[2592000] / all_total[2592000] - (1 - 0) * ((all_total[2592000] - all_good[2592000]) / all_total[2592000] / 0.001)",
    );
  });

  test("sums, with the user's own `default_zero` put where every metric has it", () => {
    const indicator = events(
      "bad",
      "sum:a.x{*} by {r}.as_count()",
      "default_zero(sum:a.t{*} by {r}.as_count() + sum:a.x{*} by {r}.as_count())",
    );
    const { requests } = seriesOf(policyOf({ slos: [datadogSlo({ indicator })] }));
    assert.equal(shown(requests), "C_t[2400] + C_x[2400]");
  });

  test("evidence queries instead of an SLI without counts", () => {
    const evidenceQueries = { bad: query("sum:e.bad{*}.as_count()"), total: query("sum:e.total{*}.as_count()") };
    assert.equal(shown(seriesOf(policyOf({ evidenceQueries })).requests), "C_total[2400]");
  });

  test("there is no budget of events where the SLO counts slices of time", () => {
    assert.equal(seriesOf(policyOf({ slos: [datadogSlo({ slice: seconds(60) })] })).budgetLeft, undefined);
  });

  test("what is only observed is zero where Datadog has nothing", () => {
    for (const [name, text] of Object.entries<string>({ ...seriesOf(policyOf(), true) })) assert.match(text, /^default_zero\(/, name);
  });

  test("the environment of the policy takes the place of the SLI's own, in the budget too", () => {
    const { promote, budgetLeft = "" } = seriesOf(policyOf({ matchers: [tag("env", "staging")] }));
    for (const text of [promote, budgetLeft]) {
      assert.match(text, /env:staging/);
      assert.doesNotMatch(text, /env:prod/);
    }
  });
});

test("Datadog's own grammar, as far as we read it, has every series as one query", () => {
  const guards = [guardOn("100 * (avg:a{*} - avg:b{*})", "max", "1"), guardOn("sum:panics{*}.as_count()", "max", "3")];
  const policy = policyOf({ guards });
  const all = [
    ...Object.values<string>({ ...seriesOf(policy) }),
    ...guards.map((guard) => guardSeries(guard, policy, { window: seconds(300), observed: true })),
  ];
  for (const text of all) {
    const parsed = parseQuery(text);
    assert.ok(parsed.ok, text);
    assert.equal(printQuery(parsed.expr), text);
  }
});

test("guards keep their bound from 1 on, each metric over the window by its own aggregator", () => {
  const rows = [
    ["avg:queue{*}", "max", "6", "1 + (6 - moving_rollup(avg:queue{track:canary}, 300, 'avg'))"],
    ["min:free{*}", "min", "13", "1 + (moving_rollup(min:free{track:canary}, 300, 'min') - 13)"],
    ["sum:panics{*}.as_count()", "max", "3", "1 + (3 - moving_rollup(default_zero(sum:panics{track:canary}.as_count()), 300, 'sum'))"],
    // A count that may not be too low is none where it is absent.
    ["sum:beats{*}.as_count()", "min", "3", "1 + (moving_rollup(sum:beats{track:canary}.as_count(), 300, 'sum') - 3)"],
    ["p99:lag{*}", "max", "0.8", "1 + (0.8 - moving_rollup(p99:lag{track:canary}, 300, 'max'))"],
    ["p1:rate{*}", "min", "0.8", "1 + (moving_rollup(p1:rate{track:canary}, 300, 'min') - 0.8)"],
    [
      "avg:a{*} / avg:b{*}",
      "max",
      "2",
      "1 + (2 - moving_rollup(avg:a{track:canary}, 300, 'avg') / moving_rollup(avg:b{track:canary}, 300, 'avg'))",
    ],
  ] as const;
  for (const [text, bound, limit, want] of rows) {
    assert.equal(guardSeries(guardOn(text, bound, limit), policyOf(), { window: seconds(300), observed: false }), want);
  }
});

test("a percentile may only be added to, or multiplied by what is positive", () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ["p99:a{*}", true],
    ["default_zero((p99:a{*}))", true],
    ["p99:a{*} + p95:b{*} + 1", true],
    ["2 * p99:a{*} / (4) - 1", true],
    ["p99:a{*} - p50:a{*}", false],
    ["1 - p99:a{*}", false],
    ["p99:a{*} / p50:a{*}", false],
    ["p99:a{*} * -1", false],
    ["p99:a{*} * 0", false],
    ["abs(p99:a{*})", false],
  ];
  for (const [text, want] of rows) {
    const parsed = parseQuery(text);
    assert.ok(parsed.ok, text);
    assert.equal(risesWithAll(parsed.expr), want, text);
  }
});

test("the check to do once asks for the service's own total in both ways", () => {
  const policy = policyOf();
  assert.deepEqual(rollupProbe(policy.gates[0] ?? assert.fail(), policy), {
    moving: "moving_rollup(default_zero(sum:trace.http.request.hits{env:prod}.as_count()), 2400, 'sum')",
    plain: "sum:trace.http.request.hits{env:prod}.as_count()",
  });
});
