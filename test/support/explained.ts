import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { DEFAULT_CONFIG, type Config, type Source } from "../../src/config/config.ts";
import type { Subject } from "../../src/explain/facts.ts";
import { sloFacts } from "../../src/explain/slo-facts.ts";
import { analyse } from "../../src/index.ts";
import type { Model } from "../../src/model/model.ts";
import { toNumber } from "../../src/units/rational.ts";
import { configOf } from "./project.ts";

/** What specs given as texts mean; they must hold no error. */
export function modelOf(sources: readonly Source[], config: Config = DEFAULT_CONFIG): Model {
  const { model, diagnostics } = analyse({ sources, config });
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === "error").map(({ code, message }) => `${code}: ${message}`),
    [],
  );
  return model;
}

/** The model of one of the project's examples. */
export function exampleModel(name: string): Model {
  const folder = join(import.meta.dirname, "../../examples", name);
  const path = join(folder, "slogen.yaml");
  const config = existsSync(path) ? configOf(readFileSync(path, "utf8")) : DEFAULT_CONFIG;
  const sources = globSync(["slo/**/*.yaml", "policy/**/*.yaml", "deploy/**/*.yaml"], { cwd: folder })
    .sort()
    .map((each): Source => ({
      path: each,
      text: readFileSync(join(folder, each), "utf8"),
      role: each.startsWith("deploy/") ? "workload" : "spec",
    }));
  return modelOf(sources, config);
}

/** The page's subject: an SLO by its id. */
export function sloSubject({ slos }: Model, id: string, traffic?: number): Subject {
  const slo = slos.find((each) => each.id === id) ?? assert.fail(`no SLO ${id}; there are ${slos.map((each) => each.id).join(", ")}`);
  return { kind: "slo", slo: sloFacts(slo, traffic) };
}

/** The page's subject: a policy in all its environments, and the SLOs that it keeps. */
export function policySubject({ slos, policies }: Model, name: string): Subject {
  const chosen = policies.filter((policy) => policy.name === name);
  assert.ok(chosen.length > 0, `no policy ${name}; there are ${policies.map((each) => each.name).join(", ")}`);
  const kept = new Set(chosen.flatMap(({ gates }) => gates.map(({ slo }) => slo.id)));
  const traffic = Math.max(...chosen.map((policy) => (policy.traffic === undefined ? 0 : toNumber(policy.traffic))));
  return {
    kind: "policy",
    policies: chosen,
    slos: slos.filter(({ id }) => kept.has(id)).map((slo) => sloFacts(slo, traffic > 0 ? traffic : undefined)),
  };
}

const HEAD = "apiVersion: openslo/v1";
const HOSTILE = `</title><script>alert("1")</script> & 'it' \${x} {{y}} \u202Ewide`;

/** An OpenSLO spec with alert policies of its own, if there are any: `[name, severity, burn rate, window, short window, alertAfter]`. */
export function opensloSpec(
  target: number,
  policies: readonly (readonly [string, string, number, string, string, string?])[] = [],
  title = "Availability",
): string {
  const conditions = policies.map(
    ([name, severity, threshold, window, short, after]) => `---
${HEAD}
kind: AlertCondition
metadata: { name: ${name}, annotations: { slogen/short-window: ${short} } }
spec:
  severity: ${severity}
  condition: { kind: burnrate, op: gt, threshold: ${threshold}, lookbackWindow: ${window}${after === undefined ? "" : `, alertAfter: ${after}`} }
---
${HEAD}
kind: AlertPolicy
metadata: { name: ${name} }
spec: { alertWhenBreaching: true, conditions: [{ conditionRef: ${name} }], notificationTargets: [{ targetRef: on-call }] }
`,
  );
  return `${HEAD}
kind: AlertNotificationTarget
metadata: { name: on-call }
spec: { target: slack }
${conditions.join("")}---
${HEAD}
kind: SLO
metadata: { name: availability, displayName: ${JSON.stringify(title)} }
spec:
  service: checkout
  description: ${JSON.stringify(title === "Availability" ? "Requests that are answered." : title)}
  indicator:
    metadata: { name: answered }
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: prometheus, spec: { query: 'http_requests_total{code=~"5.."}' } } }
        total: { metricSource: { type: prometheus, spec: { query: http_requests_total } } }
  objectives: [{ target: ${target} }]
  timeWindow: [{ duration: 30d, isRolling: true }]
  budgetingMethod: Occurrences
${policies.length === 0 ? "" : `  alertPolicies: [${policies.map(([name]) => `{ alertPolicyRef: ${name} }`).join(", ")}]\n`}`;
}

function opensloSubject(spec: string, traffic?: number): Subject {
  return sloSubject(modelOf([{ path: "slo.yaml", text: spec, role: "spec" }]), "checkout-availability", traffic);
}

/** Pages of all kinds, by name: those of the examples, and what is hard to draw. */
export const SUBJECTS: Readonly<Record<string, () => Subject>> = {
  payments: () => sloSubject(exampleModel("payments-canary"), "payments-availability", 40),
  "checkout-latency": () => sloSubject(exampleModel("checkout-http"), "checkout-latency"),
  "payments-policy": () => policySubject(exampleModel("payments-canary"), "payments"),
  "api-service-policy": () => policySubject(exampleModel("api-service-flagger"), "api-service"),
  "ledger-policy": () => policySubject(exampleModel("ledger-blue-green"), "ledger"),
  "two-controllers-policy": () => policySubject(exampleModel("checkout-two-controllers"), "checkout"),
  "99.9 % OpenSLO": () => opensloSubject(opensloSpec(0.999), 10),
  "95 %": () => opensloSubject(opensloSpec(0.95)),
  "99.99 %": () => opensloSubject(opensloSpec(0.9999), 2),
  "a single pair": () => opensloSubject(opensloSpec(0.999, [["burns-fast", "page", 14.4, "1h", "5m", "2m"]])),
  "three alerts with odd windows": () =>
    opensloSubject(
      opensloSpec(0.995, [
        ["fast", "page", 11.5, "90m", "7m"],
        ["slow-and-long-winded-name", "page", 5.5, "11h", "50m", "10m"],
        ["trickle", "ticket", 1.5, "5d", "9h"],
      ]),
    ),
  hostile: () =>
    opensloSubject(
      opensloSpec(
        0.999,
        [
          ["fast", JSON.stringify(HOSTILE), 14.4, "1h", "5m"],
          ["slow", "重大".repeat(12), 6, "6h", "30m"],
        ],
        HOSTILE,
      ),
      0.01,
    ),
};
