import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { DEFAULT_CONFIG, type Config } from "../../src/config/config.ts";
import { sloFacts } from "../../src/explain/slo-facts.ts";
import { sloPage } from "../../src/explain/slo-page.ts";
import { declaredTraffic } from "../../src/explain/traffic.ts";
import { policyExplanation } from "../../src/explain/policy-page.ts";
import { analyse } from "../../src/index.ts";
import { countedGates } from "../../src/emitters/counted.ts";
import { toNumber } from "../../src/units/rational.ts";
import { rational } from "../../src/units/rational.ts";
import { configOf } from "../support/project.ts";
import { policyOf } from "../support/policies.ts";
import { flaggerPolicyOf, LOADTESTER } from "../support/flagger-policies.ts";

const PLAIN = { unicode: false, color: false };

interface Case {
  readonly spec: string;
  readonly config?: Config;
  readonly id: string;
  readonly traffic?: number;
  readonly unicode?: boolean;
}

const example = (name: string): string => readFileSync(new URL(`../../examples/${name}`, import.meta.url), "utf8");

const POLICIES = `
apiVersion: openslo/v1
kind: SLO
metadata: { name: answers, annotations: { slogen/traffic: 600rpm } }
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 28d, isRolling: true }]
  indicator:
    metadata: { name: shop-errors }
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: Prometheus, spec: { query: 'http_requests_total{code=~"5.."}' } } }
        total: { metricSource: { type: Prometheus, spec: { query: http_requests_total } } }
  objectives: [{ target: 0.995 }]
  alertPolicies:
    - kind: AlertPolicy
      metadata: { name: fast-burn }
      spec:
        alertWhenBreaching: true
        notificationTargets: [{ kind: AlertNotificationTarget, metadata: { name: on-call }, spec: { target: pagerduty } }]
        conditions:
          - kind: AlertCondition
            metadata: { name: fast-burn }
            spec: { severity: page, condition: { kind: burnrate, op: gte, threshold: 6, lookbackWindow: 6h, alertAfter: 5m } }
    - kind: AlertPolicy
      metadata: { name: slow-burn }
      spec:
        alertWhenBreaching: true
        notificationTargets: [{ kind: AlertNotificationTarget, metadata: { name: on-call }, spec: { target: pagerduty } }]
        conditions:
          - kind: AlertCondition
            metadata: { name: slow-burn }
            spec: { severity: low, condition: { kind: burnrate, op: gte, threshold: 2, lookbackWindow: 1d } }
`;

const CASES: Readonly<Record<string, Case>> = {
  "events-unicode": { spec: example("checkout-http/slo/checkout.yaml"), id: "checkout-availability", traffic: 10, unicode: true },
  "no-traffic-declared": { spec: example("checkout-http/slo/checkout.yaml"), id: "checkout-latency" },
  "little-traffic": { spec: example("checkout-http/slo/checkout.yaml"), id: "checkout-availability", traffic: 1 / 60 },
  "time-slices": { spec: example("nightly-settlement/slo/settlement.yaml"), id: "settlement-queue-freshness" },
  "alert-policies": { spec: POLICIES, id: "shop-answers" },
  "datadog-only": { spec: example("payments-datadog/slo/payments.yaml"), id: "payments-latency", config: configOf("targets: [datadog]") },
};

function pageOf({ spec, config = DEFAULT_CONFIG, id, traffic, unicode = false }: Case, color = false): string {
  const { model, alertsOf, diagnostics } = analyse({ sources: [{ path: "slo.yaml", text: spec, role: "spec" }], config });
  const slo =
    model.slos.find((each) => each.id === id) ?? assert.fail(diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n"));
  const declared = declaredTraffic(slo, model.policies);
  const rate = traffic ?? (declared && toNumber(declared.rate));
  return sloPage(sloFacts(slo, rate, alertsOf(slo)), { unicode, color }, declared && { trafficBy: declared.by });
}

describe("an SLO's page", () => {
  for (const [name, given] of Object.entries(CASES))
    test(`reads as it should: ${name}`, () => {
      const path = new URL(`pages/${name}.txt`, import.meta.url);
      const page = pageOf(given);
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, page);
      assert.equal(page, readFileSync(path, "utf8"));
      for (const line of page.split("\n")) assert.ok(line.length <= 100 && line === line.trimEnd(), line);
      if (given.unicode !== true) assert.match(page, /^[\x0a\x20-\x7e]*$/);
    });

  test("says the same in colour", () => {
    for (const given of Object.values(CASES)) {
      const colored = pageOf(given, true);
      const bare = colored.replace(/\x1b\[\d+m/g, "");
      assert.notEqual(colored, bare);
      assert.equal(bare, pageOf(given));
    }
  });
});

test("a policy's page shows its weights over time, and leads to the alerts of its SLOs", () => {
  const rows = [policyOf({ traffic: rational(10) }), flaggerPolicyOf(LOADTESTER), flaggerPolicyOf()];
  for (const policy of rows) {
    const page = policyExplanation(policy, countedGates(policy), PLAIN);
    assert.match(page, /\nThe canary's share of the traffic, if nothing holds it\n {5}100 % \| +#+\n/);
    assert.match(page, /\^ the earliest verdict: /);
    assert.match(page, /\n {2}slogen explain shop-hits\n$/);
    for (const line of page.split("\n")) assert.ok(line.length <= 100, line);
  }
});
