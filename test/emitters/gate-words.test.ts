import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { emitArgoRollouts } from "../../src/emitters/argo-rollouts/emit.ts";
import { argoRolloutsOptions } from "../../src/emitters/argo-rollouts/options.ts";
import { reportGateProblems } from "../../src/emitters/gate-problems.ts";
import type { FlaggerController, FlaggerProvider } from "../../src/model/policy.ts";
import { policyOf } from "../support/policies.ts";

const { at, isolation } = policyOf();

const flagger = (provider: FlaggerProvider): FlaggerController => ({
  kind: "flagger",
  provider,
  canary: "checkout",
  target: "Deployment",
  alerts: [],
  webhooks: [],
  at,
});

test("Flagger is told how long two releases must be apart, and what would part them", () => {
  const helpFor = (provider: FlaggerProvider): string | undefined => {
    const found: Diagnostic[] = [];
    const policy = policyOf({ controller: flagger(provider), isolation: { ...isolation, strategy: "flagger", revisionUnique: false } });
    reportGateProblems(policy, (diagnostic) => found.push(diagnostic));
    return found.find(({ code }) => code === "gate/not-revision-unique")?.help;
  };
  // 35 minutes of steps, and five more.
  assert.match(
    helpFor("istio") ?? "",
    /^wait at least 40m between two releases; or ask every selector of the SLI for `reporter="destination"`/,
  );
  assert.match(helpFor("nginx") ?? "", /^wait at least 40m between two releases; or measure by what the application's own pods expose/);
});

test("Argo Rollouts gets no policy of Flagger's", () => {
  const options = argoRolloutsOptions({});
  const render = (): string => "";
  const emitted = emitArgoRollouts(
    { policies: [policyOf({ controller: flagger("istio") })] },
    { options, report: ({ message }) => assert.fail(message), render, catalogs: [], workloads: [] },
  );
  assert.deepEqual(emitted, []);
});
