import assert from "node:assert/strict";
import { requestsToClear } from "../../src/gate/plan.ts";
import { onPrometheus, type Slo } from "../../src/model/model.ts";
import type { GateSettings, PrometheusPolicy } from "../../src/model/policy.ts";
import { checkSlos } from "../../src/passes/check.ts";
import { planSlos } from "../../src/passes/plan.ts";
import { DAY, seconds } from "../../src/units/duration.ts";
import { burnRate, ratio, type BurnRate, type Ratio } from "../../src/units/quantity.ts";
import { parseDecimal, rational, type Rational } from "../../src/units/rational.ts";
import { sloOf } from "./slos.ts";

const FILE = { path: "policy.yaml", text: "gate" };
const AT = { file: FILE, start: 0, end: 4 };

export const decimal = (text: string): Rational => parseDecimal(text) ?? assert.fail(`${text} is no number`);
export const burn = (text: string): BurnRate => burnRate(decimal(text)) ?? assert.fail(`${text} is no burn rate`);
export const share = (text: string): Ratio => ratio(decimal(text)) ?? assert.fail(`${text} is no ratio`);

/** The default gate of an SLO with a target of 99.9 %. */
export const SETTINGS: GateSettings = {
  window: seconds(300),
  fail: { burnRate: burn("14.4"), timesStable: rational(5), looks: 2, every: seconds(30), at: AT },
  extreme: { burnRate: burn("50"), timesStable: rational(10), at: AT },
  promote: {
    burnRate: burn("2"),
    timesStable: rational(2),
    goodLooks: 5,
    every: seconds(60),
    maxWait: seconds(1800),
    onTimeout: "abort",
    at: AT,
  },
  confidence: share("0.95"),
  minBadEvents: 3,
  evidence: { minRequests: requestsToClear(burn("14.4"), share("0.001")), by: "lastStep", otherwise: "hold", at: AT },
  budget: { tightenAt: share("0.8"), exhausted: "hold", bypassAnnotation: "slogen/hotfix", at: AT },
  noSeries: "hold",
  noTraffic: "hold",
  sourceDown: seconds(600),
};

export interface PolicyParts extends Partial<Omit<PrometheusPolicy, "gates" | "backend">> {
  readonly slos?: readonly Slo[];
  readonly settings?: Partial<GateSettings>;
}

/** A canary policy as `resolvePolicies` would make it, without a spec around it. */
export function policyOf({ slos = [sloOf({})], settings, ...parts }: PolicyParts = {}): PrometheusPolicy {
  checkSlos(slos, "error", ({ severity, message }) => {
    assert.notEqual(severity, "error", message);
  });
  const planned = planSlos(slos, { defaultPeriod: seconds(30 * DAY), catalogs: [] }, () => undefined);
  return {
    backend: "prometheus",
    name: "checkout",
    labels: [],
    workload: { name: "checkout", files: [], at: AT },
    controller: { kind: "argo-rollouts" },
    isolation: {
      strategy: "podName",
      canary: [{ label: "pod", op: "=~", value: "checkout-{hash}-.+" }],
      stable: [{ label: "pod", op: "=~", value: "checkout-{hash}-.+" }],
      revisionUnique: true,
      except: [],
      at: AT,
    },
    delivery: {
      kind: "canary",
      steps: [
        { weight: 5, bake: seconds(600), at: AT },
        { weight: 20, bake: seconds(600), at: AT },
        { weight: 50, bake: seconds(900), at: AT },
      ],
      at: AT,
    },
    gates: planned.map((slo) => ({ slo: onPrometheus(slo) ?? assert.fail(), settings: { ...SETTINGS, ...settings }, at: AT })),
    guards: [],
    enforcement: "enforce",
    source: {
      name: "prometheus",
      type: "prometheus",
      address: "http://prometheus.monitoring:9090",
      headers: [],
      timeout: seconds(20),
      scrapeInterval: seconds(30),
      scrapesFlagger: true,
      insecure: false,
    },
    matchers: [],
    format: "slogen/v1alpha1",
    file: FILE,
    at: AT,
    ...parts,
  };
}
