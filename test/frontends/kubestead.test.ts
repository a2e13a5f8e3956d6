import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReleasePolicy } from "../../src/model/policy.ts";
import { onlyPolicy, placed, policiesOf } from "../passes/policies/support.ts";

const KUBESTEAD = `apiVersion: delivery.kubestead.io/v1alpha1
kind: RolloutPolicy
metadata:
  name: latency
  namespace: shop
  labels: { team: shop }
spec:
  slo:
    target: 0.99
    window: 30d
    budgetConsumedAlert: 0.70
  canary:
    steps:
      - { weight: 5, analysisWindow: 10m }
      - { weight: 20, analysisWindow: 15m }
      - weight: 100
  analysis:
    maxBurnRateMultiplier: 3.0
`;

const SAME = `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: latency, labels: { team: shop } }
spec:
  slos: [{ ref: checkout-latency }]
  workload: { rollout: latency, namespace: shop }
  steps: [{ weight: 5, bake: 10m }, { weight: 20, bake: 15m }]
  gate: { promote: { timesStable: 3 }, budget: { tightenAt: 0.7 } }
`;

/** Everything but places and the format. */
function meaning(policy: ReleasePolicy): unknown {
  const omitted = new Set(["at", "tightenAtPlace", "noTrafficAt", "file", "format"]);
  return JSON.parse(
    JSON.stringify(policy, (key, value: unknown) => (omitted.has(key) ? undefined : typeof value === "bigint" ? String(value) : value)),
  );
}

test("a Kubestead policy means what the same policy in slogen's words does", () => {
  assert.deepEqual(meaning(onlyPolicy({ policy: KUBESTEAD })), meaning(onlyPolicy({ policy: SAME })));
});

test("each setting lies where Kubestead's own does", () => {
  const { delivery, workload, gates, at } = onlyPolicy({ policy: KUBESTEAD });
  assert.ok(delivery.kind === "canary");
  const [gate] = gates;
  const spans = [at, workload.at, gate?.at, delivery.at, delivery.steps[1]?.at, gate?.settings.promote.at, gate?.settings.budget?.at];
  assert.deepEqual(
    spans.map((span) => span && placed(span)),
    [
      "policy.yaml:4:9 latency",
      "policy.yaml:4:9 latency",
      "policy.yaml:4:9 latency",
      "policy.yaml:13:5 steps",
      "policy.yaml:15:39 15m",
      "policy.yaml:18:5 maxBurnRateMultiplier",
      "policy.yaml:11:5 budgetConsumedAlert",
    ],
  );
});

test("an annotation binds the policy to an SLO of another name, and one gives it a profile", () => {
  const policy = KUBESTEAD.replace(
    "name: latency\n",
    "name: web\n  annotations: { slogen/slo: checkout-latency, slogen/extends: standard }\n",
  );
  const profile =
    "apiVersion: slogen/v1alpha1\nkind: GateProfile\nmetadata: { name: standard }\nspec: { isolation: { strategy: podTemplateHash }, enforcement: enforce, steps: [{ weight: 1, bake: 1h }] }\n";
  const bound = onlyPolicy({ policy, profile });
  assert.deepEqual(
    [bound.name, bound.workload.name, bound.gates[0]?.slo.id, bound.isolation.strategy, bound.enforcement, bound.profile],
    ["web", "web", "checkout-latency", "podTemplateHash", "enforce", "standard"],
  );
  assert.ok(bound.delivery.kind === "canary" && bound.delivery.steps.length === 2);
});

test("numbers are read as Go reads them", () => {
  const policy = KUBESTEAD.replace("weight: 5,", "weight: 0b101,").replace("weight: 20,", "weight: 024,");
  const { delivery } = onlyPolicy({ policy });
  assert.deepEqual(delivery.kind === "canary" && delivery.steps.map(({ weight }) => weight), [5, 20]);
});

test("what a policy does not repeat cannot differ", () => {
  const policy = KUBESTEAD.replace("    target: 0.99\n    window: 30d\n", "");
  assert.equal(policiesOf({ policy }).length, 1);
});
