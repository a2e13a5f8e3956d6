import type { Diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import { mergeCanary, readCanary, type CanaryFile } from "../../../src/emitters/flagger/canary/index.ts";
import type { CanaryAnalysis } from "../../../src/emitters/flagger/types.ts";
import type { FlaggerPolicy } from "../../../src/model/policy.ts";
import { policyOf, type PolicyParts } from "../../support/policies.ts";

const PATH = "deploy/canary.yaml";

/** A policy for the Deployment `checkout`, released by Flagger, in one file. */
export function flaggerPolicy(parts: PolicyParts = {}, path = PATH): FlaggerPolicy {
  const { at } = policyOf();
  const controller: FlaggerPolicy["controller"] = {
    kind: "flagger",
    provider: "istio",
    canary: "checkout",
    target: "Deployment",
    alerts: [],
    webhooks: [],
    at,
  };
  return { ...policyOf({ workload: { name: "checkout", files: [{ path, at }], at }, ...parts }), controller };
}

export interface Read {
  readonly file?: CanaryFile;
  readonly found: readonly Diagnostic[];
}

export function read(text: string, policy = flaggerPolicy(), isEdited = false): Read {
  const found: Diagnostic[] = [];
  const path = policy.workload.files[0]?.path ?? PATH;
  const file = readCanary(policy, [{ path, text }], { isEdited }, (diagnostic) => found.push(diagnostic));
  return { found, ...(file && { file }) };
}

export interface Merged {
  readonly text?: string;
  readonly found: readonly Diagnostic[];
}

/** Reads and merges, as a build does. */
export function merge(text: string, analysis = analysisOf(), policy = flaggerPolicy()): Merged {
  const { file, found } = read(text, policy, true);
  if (file === undefined) return { found };
  const more: Diagnostic[] = [];
  const merged = mergeCanary(file, analysis, (diagnostic) => more.push(diagnostic));
  return { found: [...found, ...more], ...(merged !== undefined && { text: merged }) };
}

/** The analysis of a canary as the target makes it, reduced to what merging sees. */
export function analysisOf(parts: Partial<CanaryAnalysis> = {}): CanaryAnalysis {
  return {
    interval: "1m",
    threshold: 30,
    stepWeights: [5, 20, 50],
    metrics: [metricOf("promote"), metricOf("budget")],
    alerts: [],
    webhooks: [hookOf("bake")],
    ...parts,
  };
}

export function metricOf(role: string): CanaryAnalysis["metrics"][number] {
  const name = `checkout-shop-hits-${role}`;
  return { name, templateRef: { name }, interval: "5m", thresholdRange: { max: 2 }, templateVariables: { minRequests: "209" } };
}

export function hookOf(role: string): CanaryAnalysis["webhooks"][number] {
  return {
    name: `checkout-${role}`,
    type: "confirm-traffic-increase",
    url: "http://flagger-loadtester.test/",
    timeout: "10s",
    muteAlert: true,
    metadata: { type: "bash", cmd: "curl -fsS 'http://prometheus:9090' | jq -e .data" },
  };
}
