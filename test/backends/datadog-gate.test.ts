import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gateRequests, guardRequest, type GateRequests, type ScalarRequest } from "../../src/backends/datadog/gate.ts";
import { tag } from "../../src/datadogql/build.ts";
import type { DatadogPolicy } from "../../src/model/policy.ts";
import { seconds } from "../../src/units/duration.ts";
import { datadogSlo, events, query } from "../emitters/datadog/support.ts";
import { datadogPolicyOf, guardOn, sides } from "../support/datadog-policies.ts";

const HASHES = { canary: "new", stable: "old" };

function requestsOf(policy: DatadogPolicy): GateRequests {
  const [gate] = policy.gates;
  return gateRequests(gate ?? assert.fail(), policy, HASHES);
}

/** Every formula by its check, with its look-back and the names of its queries; the queries themselves by their names. */
function shown(requests: GateRequests): { readonly formulas: object; readonly queries: object } {
  const all = Object.entries<ScalarRequest>({ ...requests });
  for (const [check, { aggregator }] of all) assert.equal(aggregator, "sum", check);
  return {
    formulas: Object.fromEntries(all.map(([check, { lookBack, formula }]) => [check, `${lookBack} s: ${formula}`])),
    queries: Object.fromEntries(all.flatMap(([, { queries }]) => Object.entries(queries))),
  };
}

suite("every request of an SLI, word for word", () => {
  test("bad events", () => {
    assert.deepEqual(shown(requestsOf(datadogPolicyOf())), {
      formulas: {
        fail: "300 s: default_zero(canary_bad) - 0.01829664 * canary_total - 6.353 * canary_total * default_zero(stable_bad) / (default_zero(stable_total) + 1) - 2.5 * (canary_total / canary_total)",
        failSince:
          "2400 s: default_zero(canary_bad) - 0.01829664 * canary_total - 15.8825 * canary_total * default_zero(stable_bad) / (default_zero(stable_total) + 1) - 2.5 * (canary_total / canary_total)",
        extreme:
          "300 s: default_zero(canary_bad) - 0.06353 * canary_total - 12.706 * canary_total * default_zero(stable_bad) / (default_zero(stable_total) + 1) - 2.5 * (canary_total / canary_total)",
        promote: "300 s: default_zero(canary_bad) - 0.002902 * canary_total - 1.5 * (canary_total / canary_total)",
        promoteSince:
          "2400 s: default_zero(canary_bad) - 0.002902 * canary_total - 2.902 * canary_total * default_zero(stable_bad) / (default_zero(stable_total) + 1) - 1.5 * (canary_total / canary_total)",
        requests: "2400 s: canary_total",
        budgetLeft: "2592000 s: 1 - default_zero(service_bad) / service_total / 0.001",
        canaryBurn: "300 s: default_zero(canary_bad) / canary_total / 0.001",
        stableBurn: "300 s: default_zero(stable_bad) / stable_total / 0.001",
      },
      queries: {
        canary_bad: "sum:trace.http.request.errors{env:prod,version:new}.as_count()",
        canary_total: "sum:trace.http.request.hits{env:prod,version:new}.as_count()",
        stable_bad: "sum:trace.http.request.errors{env:prod,version:old}.as_count()",
        stable_total: "sum:trace.http.request.hits{env:prod,version:old}.as_count()",
        service_bad: "sum:trace.http.request.errors{env:prod}.as_count()",
        service_total: "sum:trace.http.request.hits{env:prod}.as_count()",
      },
    });
  });

  test("good events of a distribution, in one cluster", () => {
    const indicator = events("good", "count(v: v<=0.4):lag{env:prod}.as_count()", "count:lag{env:prod}.as_count()");
    const policy = datadogPolicyOf({
      slos: [datadogSlo({ target: "0.99", period: "7d", indicator })],
      matchers: [tag("kube_cluster_name", "eu-1")],
      settings: { minBadEvents: 5 },
    });
    assert.deepEqual(shown(requestsOf(policy)), {
      formulas: {
        // z^2 / (4 x 4.5) is 0.1503, and z^2 / (4 x 3.5) is 0.1933.
        fail: "300 s: canary_total - default_zero(canary_good) - 0.1656432 * canary_total - 5.7515 * canary_total * (default_zero(stable_total) - default_zero(stable_good)) / (default_zero(stable_total) + 1) - 4.5 * (canary_total / canary_total)",
        failSince:
          "2400 s: canary_total - default_zero(canary_good) - 0.1656432 * canary_total - 14.37875 * canary_total * (default_zero(stable_total) - default_zero(stable_good)) / (default_zero(stable_total) + 1) - 4.5 * (canary_total / canary_total)",
        extreme:
          "300 s: canary_total - default_zero(canary_good) - 0.57515 * canary_total - 11.503 * canary_total * (default_zero(stable_total) - default_zero(stable_good)) / (default_zero(stable_total) + 1) - 4.5 * (canary_total / canary_total)",
        promote: "300 s: canary_total - default_zero(canary_good) - 0.023866 * canary_total - 3.5 * (canary_total / canary_total)",
        promoteSince:
          "2400 s: canary_total - default_zero(canary_good) - 0.023866 * canary_total - 2.3866 * canary_total * (default_zero(stable_total) - default_zero(stable_good)) / (default_zero(stable_total) + 1) - 3.5 * (canary_total / canary_total)",
        requests: "2400 s: canary_total",
        budgetLeft: "604800 s: 1 - (service_total - default_zero(service_good)) / service_total / 0.01",
        canaryBurn: "300 s: (canary_total - default_zero(canary_good)) / canary_total / 0.01",
        stableBurn: "300 s: (stable_total - default_zero(stable_good)) / stable_total / 0.01",
      },
      queries: {
        canary_good: "count(v: v<=0.4):lag{env:prod,kube_cluster_name:eu-1,version:new}.as_count()",
        canary_total: "count:lag{env:prod,kube_cluster_name:eu-1,version:new}.as_count()",
        stable_good: "count(v: v<=0.4):lag{env:prod,kube_cluster_name:eu-1,version:old}.as_count()",
        stable_total: "count:lag{env:prod,kube_cluster_name:eu-1,version:old}.as_count()",
        service_good: "count(v: v<=0.4):lag{env:prod,kube_cluster_name:eu-1}.as_count()",
        service_total: "count:lag{env:prod,kube_cluster_name:eu-1}.as_count()",
      },
    });
  });

  test("sums of several metrics, in words and by groups, one of them without a side", () => {
    const [faults, hits] = ["sum:shop.faults{a:1 OR a:2} by {route}.as_count()", "sum:shop.hits{*} by {route}.as_count()"];
    const indicator = events("bad", `${faults} + sum:edge.faults{*} by {route}.as_count()`, `${hits} + ${faults}`);
    const policy = datadogPolicyOf({
      slos: [datadogSlo({ indicator })],
      isolation: sides([tag("track", "canary")], { stable: [tag("track", "stable")], except: ["edge.faults"] }),
    });
    const { formulas, queries } = shown(requestsOf(policy));
    const wanted = {
      fail: "300 s: default_zero(canary_bad1) + default_zero(canary_bad2) - 0.01829664 * (default_zero(canary_total1) + default_zero(canary_total2)) - 6.353 * (default_zero(canary_total1) + default_zero(canary_total2)) * (default_zero(stable_bad1) + default_zero(stable_bad2)) / (default_zero(stable_total1) + default_zero(stable_total2) + 1) - 2.5 * ((default_zero(canary_total1) + default_zero(canary_total2)) / (default_zero(canary_total1) + default_zero(canary_total2)))",
      promote:
        "300 s: default_zero(canary_bad1) + default_zero(canary_bad2) - 0.002902 * (default_zero(canary_total1) + default_zero(canary_total2)) - 1.5 * ((default_zero(canary_total1) + default_zero(canary_total2)) / (default_zero(canary_total1) + default_zero(canary_total2)))",
      requests: "2400 s: default_zero(canary_total1) + default_zero(canary_total2)",
      budgetLeft:
        "2592000 s: 1 - (default_zero(service_bad1) + default_zero(service_bad2)) / (default_zero(service_total1) + default_zero(service_total2)) / 0.001",
    };
    assert.deepEqual({ ...formulas, ...wanted }, formulas);
    assert.deepEqual(queries, {
      canary_bad1: "sum:shop.faults{(a:1 OR a:2) AND track:canary}.as_count()",
      canary_bad2: "sum:edge.faults{*}.as_count()",
      canary_total1: "sum:shop.hits{track:canary}.as_count()",
      canary_total2: "sum:shop.faults{(a:1 OR a:2) AND track:canary}.as_count()",
      stable_bad1: "sum:shop.faults{(a:1 OR a:2) AND track:stable}.as_count()",
      stable_bad2: "sum:edge.faults{*}.as_count()",
      stable_total1: "sum:shop.hits{track:stable}.as_count()",
      stable_total2: "sum:shop.faults{(a:1 OR a:2) AND track:stable}.as_count()",
      service_bad1: "sum:shop.faults{a:1 OR a:2}.as_count()",
      service_bad2: "sum:edge.faults{*}.as_count()",
      service_total1: "sum:shop.hits{*}.as_count()",
      service_total2: "sum:shop.faults{a:1 OR a:2}.as_count()",
    });
  });
});

test("each request asks only for what its formula uses", () => {
  const requests = requestsOf(datadogPolicyOf());
  for (const [check, { queries, formula }] of Object.entries<ScalarRequest>({ ...requests })) {
    const used = [...new Set(formula.match(/(canary|stable|service)_\w+/g))].sort();
    assert.deepEqual(Object.keys(queries).sort(), used, check);
  }
});

test("a total that the user has made zero stays as it is written", () => {
  const indicator = events("bad", "sum:a{*}.as_count()", "default_zero(sum:t{*}.as_count())");
  const { promote, requests } = requestsOf(datadogPolicyOf({ slos: [datadogSlo({ indicator })] }));
  assert.equal(requests.formula, "default_zero(canary_total)");
  // Without a request the quotient is nothing, and so is the whole.
  assert.equal(
    promote.formula,
    "default_zero(canary_bad) - 0.002902 * default_zero(canary_total) - 1.5 * (default_zero(canary_total) / default_zero(canary_total))",
  );
});

test("each term of a sum that the user has made zero is zero where it is absent", () => {
  const indicator = events("bad", "sum:a{*}.as_count()", "default_zero(sum:t{*}.as_count() + sum:u{*}.as_count())");
  const { requests } = requestsOf(datadogPolicyOf({ slos: [datadogSlo({ indicator })] }));
  assert.equal(requests.formula, "default_zero(default_zero(canary_total1) + default_zero(canary_total2))");
});

test("evidence queries are counted instead of an SLI without counts", () => {
  const evidenceQueries = { bad: query("sum:b{*}.as_count()"), total: query("sum:t{*}.as_count()") };
  const { promote } = requestsOf(datadogPolicyOf({ evidenceQueries }));
  assert.deepEqual(promote.queries, {
    canary_bad: "sum:b{version:new}.as_count()",
    canary_total: "sum:t{version:new}.as_count()",
  });
});

test("guards are reduced as their metrics ask for, over the canary alone", () => {
  const policy = datadogPolicyOf({ matchers: [tag("env", "prod", { negated: true })] });
  const table = [
    ["p99:lag{a:b}", "percentile", "value", { value: "p99:lag{a:b,!env:prod,version:new}" }],
    ["max:queue{*}", "max", "value", { value: "max:queue{!env:prod,version:new}" }],
    ["sum:panics{*}.as_count()", "sum", "default_zero(value)", { value: "sum:panics{!env:prod,version:new}.as_count()" }],
    [
      "100 * (avg:a{x OR y} - avg:b{*})",
      "avg",
      "100 * (value1 - value2)",
      { value1: "avg:a{(x OR y) AND NOT env:prod AND version:new}", value2: "avg:b{!env:prod,version:new}" },
    ],
  ] as const;
  for (const [text, aggregator, formula, queries] of table) {
    const request = guardRequest(guardOn(text, "max", "1"), policy, HASHES, seconds(300));
    assert.deepEqual(request, { lookBack: 300, aggregator, queries, formula });
  }
});

test("the environment of the policy takes the place of the SLI's own, in the budget too", () => {
  const indicator = events("bad", "sum:b{env:prod,service:a}.as_count()", "sum:t{service:a,env:prod}.as_count()");
  const { promote, budgetLeft } = requestsOf(datadogPolicyOf({ slos: [datadogSlo({ indicator })], matchers: [tag("env", "staging")] }));
  assert.deepEqual(promote.queries, {
    canary_bad: "sum:b{env:staging,service:a,version:new}.as_count()",
    canary_total: "sum:t{service:a,env:staging,version:new}.as_count()",
  });
  assert.deepEqual(budgetLeft?.queries, {
    service_bad: "sum:b{env:staging,service:a}.as_count()",
    service_total: "sum:t{service:a,env:staging}.as_count()",
  });
});
