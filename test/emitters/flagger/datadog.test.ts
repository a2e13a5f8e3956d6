import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { tag } from "../../../src/datadogql/build.ts";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import { checkDatadog } from "../../../src/emitters/flagger/datadog-checks.ts";
import { datadogChecks } from "../../../src/emitters/flagger/on-datadog.ts";
import { tickPlan } from "../../../src/gate/ticks.ts";
import type { DatadogPolicy, FlaggerPolicy, GateSettings } from "../../../src/model/policy.ts";
import { seconds } from "../../../src/units/duration.ts";
import { exactText } from "../../../src/yaml/json.ts";
import { datadogPolicyOf, guardOn, sides, type DatadogPolicyParts } from "../../support/datadog-policies.ts";
import { VAULT } from "../../support/datadog-secrets.ts";
import { FLAGGER } from "../../support/flagger-policies.ts";
import { share, SETTINGS } from "../../support/policies.ts";
import { datadogSlo } from "../datadog/support.ts";

type Policy = DatadogPolicy & FlaggerPolicy;

function onFlagger({ settings, ...parts }: DatadogPolicyParts = {}): Policy {
  const isolation = sides([tag("track", "canary")], { stable: [tag("track", "stable")] });
  return { ...datadogPolicyOf({ isolation, ...(settings && { settings }), ...parts }), controller: FLAGGER };
}

const { budget, evidence } = SETTINGS;
assert.ok(budget);

/** By its name, the range in which each check passes. */
function rangesOf(policy: Policy): object {
  return Object.fromEntries(
    datadogChecks(policy).map(({ name, thresholdRange: { min, max } }) => {
      assert.equal(max, undefined, name);
      return [name, typeof min === "object" ? exactText(min) : min];
    }),
  );
}

/** The canary has 47.4 % of the last five minutes' traffic when it comes to its last weight: of 441 requests in all, 209. */
suite("the checks of every tick", () => {
  test("a point without a value, which Flagger reads as 0, is outside each range", () => {
    assert.deepEqual(rangesOf(onFlagger({ guards: [guardOn("avg:queue{*}", "max", "6"), guardOn("avg:free{*}", "min", "-1", "fail")] })), {
      "checkout-shop-hits-budget-left": "0.000001",
      "checkout-shop-hits-promote": 1,
      "checkout-shop-hits-promote-since": 1,
      "checkout-shop-hits-requests": 441,
      "checkout-guard-avg-queue": 1,
      "checkout-guard-avg-free": 1,
    });
  });

  test("an SLO without demanded requests, or without a budget that holds, has no check of them", () => {
    const rows: readonly (readonly [DatadogPolicyParts, readonly string[]])[] = [
      [{ settings: { evidence: { ...evidence, otherwise: "pass" } } }, ["budget-left", "promote", "promote-since"]],
      [{ settings: { budget: { ...budget, exhausted: "observe" } } }, ["promote", "promote-since", "requests"]],
      [{ settings: { budget: { ...budget, exhausted: "fail" } } }, ["budget-left", "promote", "promote-since", "requests"]],
      [{ slos: [datadogSlo({ slice: seconds(60) })] }, ["promote", "promote-since", "requests"]],
    ];
    for (const [parts, want] of rows) {
      assert.deepEqual(
        datadogChecks(onFlagger(parts)).map(({ name }) => name.replace("checkout-shop-hits-", "")),
        want,
      );
    }
  });

  test("all ask the site's API with the Secret beside them, for the last minute", () => {
    const { secret, ...source } = onFlagger().source;
    assert.ok(secret);
    const rows = [
      [{ secret }, "datadog-gates"],
      [{ secret: { ...secret, namespaced: false } }, "datadog-gates"],
      [{}, "datadog"],
    ] as const;
    for (const [parts, name] of rows) {
      for (const { provider, interval } of datadogChecks(onFlagger({ source: { ...source, ...parts } }))) {
        assert.deepEqual(provider, { type: "datadog", address: "https://api.datadoghq.eu", secretRef: { name } });
        assert.equal(interval, "6s");
      }
    }
  });

  test("only the budget has a variable, and no query another action", () => {
    for (const { subject, query, variables } of datadogChecks(onFlagger())) {
      const isBudget = subject.kind === "budgetLeft";
      assert.deepEqual(variables, isBudget ? { hotfix: "0" } : {});
      assert.deepEqual(query.match(/\{\{.*?\}\}/g), isBudget ? ["{{ variables.hotfix }}"] : null);
    }
  });

  test("a policy that observes takes every value", () => {
    const policy = onFlagger({ enforcement: "observe", guards: [guardOn("p99:lag{*}", "max", "0.8")] });
    for (const [name, min] of Object.entries(rangesOf(policy))) assert.equal(min, -1e15, name);
    for (const { query } of datadogChecks(policy)) assert.match(query, /^default_zero\(.*\)$/);
  });
});

function findingsOf(policy: Policy): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  checkDatadog(policy, tickPlan(policy), (diagnostic) => found.push(diagnostic));
  return found;
}

suite("what a policy on Datadog is told", () => {
  const USUAL = ["datadog-delay", "one-window", "rollup-unconfirmed", "datadog-secret-needed"];
  const { source } = onFlagger();
  const settings = (parts: Partial<GateSettings>): DatadogPolicyParts => ({ settings: parts });
  const rows: readonly (readonly [string, DatadogPolicyParts, readonly string[]])[] = [
    ["by default", {}, USUAL],
    ["with keys from a store", { source: { ...source, keysFrom: VAULT } }, USUAL.slice(0, 3)],
    ["while it observes", { enforcement: "observe" }, ["datadog-delay", "one-window", "datadog-secret-needed"]],
    ["that demands no requests", settings({ evidence: { ...evidence, otherwise: "pass" } }), [...USUAL, "rollup-unguarded"]],
    ["that tightens", settings({ budget: { ...budget, tightenAt: share("0.5"), tightenAtPlace: budget.at } }), [...USUAL, "no-tightening"]],
    ["with a budget of slices", { slos: [datadogSlo({ slice: seconds(60) })] }, [...USUAL, "budget-unknown"]],
    ["whose canary may be silent", settings({ noTraffic: "pass" }), [...USUAL, "no-traffic-holds"]],
    ["with a percentile", { guards: [guardOn("p99:lag{*}", "max", "0.8")] }, [...USUAL, "percentile-points"]],
    ["with a difference of percentiles", { guards: [guardOn("p99:lag{*} - p50:lag{*}", "max", "1")] }, [...USUAL, "percentile-formula"]],
    ["with a timeout of 20 s", { source: { ...source, timeout: seconds(20) } }, [...USUAL, "source-timeout"]],
    ["with a timeout of 5 s", { source: { ...source, timeout: seconds(5) } }, USUAL],
  ];
  for (const [name, parts, want] of rows) {
    test(name, () => {
      const codes = findingsOf(onFlagger(parts)).map(({ code }) => code.replace("flagger/", ""));
      assert.deepEqual([...codes].sort(), [...want].sort());
    });
  }

  test("a formula that cannot be judged is shown, not its guard's name", () => {
    const guard = guardOn("p99:lag{*} - p50:lag{*}", "max", "1");
    const found = findingsOf(onFlagger({ guards: [guard] })).find(({ code }) => code === "flagger/percentile-formula");
    assert.equal(found?.at, guard.query.scalar.at);
    assert.notEqual(found.at, guard.at);
  });

  test("every look-back is named, with the one check that shows whether Datadog has it", () => {
    const found = findingsOf(onFlagger()).find(({ code }) => code === "flagger/rollup-unconfirmed");
    assert.match(found?.message ?? "", /look back 5m, 40m, 30d /);
    assert.match(found?.help ?? "", /, 2400, 'sum'\)` over one minute .* over the last 40m\./);
    assert.match(found?.help ?? "", /where only 30d does, `budget: false`/);
  });

  test("where the Secret is looked for, whatever the source says of Argo Rollouts", () => {
    const { workload } = onFlagger();
    const said = (parts: DatadogPolicyParts): string =>
      findingsOf(onFlagger(parts)).find(({ code }) => code === "flagger/datadog-secret-needed")?.message ?? "";
    assert.match(said({}), /`datadog-gates` in the Canary's namespace$/);
    assert.match(said({ workload: { ...workload, namespace: "shop" } }), /`datadog-gates` in the namespace `shop`$/);
    assert.match(said({ source: { ...source, secret: { name: "gates", namespaced: false } } }), /`gates` in the Canary's namespace$/);
  });
});
