import type { Diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import { checkWiring, mergeRollout, readRollout, type RolloutFile } from "../../../src/emitters/argo-rollouts/rollout/index.ts";
import type { CanaryBlock, GateBlock, RolloutAnalysis } from "../../../src/emitters/argo-rollouts/types.ts";
import type { ReleasePolicy } from "../../../src/model/policy.ts";
import { formatDuration } from "../../../src/units/duration.ts";
import { policyOf, type PolicyParts } from "../../support/policies.ts";

const PATH = "deploy/rollout.yaml";

/** A policy for the Rollout `checkout` in one file. */
export function filePolicy(parts: PolicyParts = {}, path = PATH): ReleasePolicy {
  const plain = policyOf();
  return policyOf({ workload: { name: "checkout", files: [{ path, at: plain.at }], at: plain.at }, ...parts });
}

export interface Read {
  readonly file?: RolloutFile;
  readonly found: readonly Diagnostic[];
}

export function read(text: string, policy = filePolicy()): Read {
  const found: Diagnostic[] = [];
  const path = policy.workload.files[0]?.path ?? PATH;
  const file = readRollout(policy, [{ path, text }], (diagnostic) => found.push(diagnostic));
  return { found, ...(file && { file }) };
}

/** Every code, in order, of reading the file and checking what is around it. */
export function codesOf(text: string, policy = filePolicy()): readonly string[] {
  const { file, found } = read(text, policy);
  const more: Diagnostic[] = [];
  if (file !== undefined) checkWiring(file, policy, (diagnostic) => more.push(diagnostic));
  return [...found, ...more].map(({ code }) => code);
}

export interface Merged {
  readonly text?: string;
  readonly found: readonly Diagnostic[];
}

/** Reads and merges, as a build does. */
export function merge(text: string, block?: GateBlock, policy = filePolicy()): Merged {
  const { file, found } = read(text, policy);
  if (file === undefined) return { found };
  const more: Diagnostic[] = [];
  const merged = mergeRollout(file, block ?? blockFor(file), (diagnostic) => more.push(diagnostic));
  return { found: [...found, ...more], ...(merged !== undefined && { text: merged }) };
}

export function analysisOf(templateName: string, args: Readonly<Record<string, string>> = {}): RolloutAnalysis {
  return {
    templates: [{ templateName }],
    args: [
      { name: "canary-hash", valueFrom: { podTemplateHashValue: "Latest" } },
      ...Object.entries(args).map(([name, value]) => ({ name, value })),
    ],
  };
}

/** The gate of a canary as the target makes it, reduced to what merging sees. */
export function blockFor({ delivery }: Pick<RolloutFile, "delivery">, parts: Partial<CanaryBlock> = {}): GateBlock {
  if (delivery.kind === "blueGreen")
    return { kind: "blueGreen", prePromotionAnalysis: analysisOf("checkout-pre"), postPromotionAnalysis: analysisOf("checkout-post") };
  return {
    kind: "canary",
    analysis: { ...analysisOf("checkout-background"), startingStep: 2 },
    beforeTraffic: analysisOf("checkout-budget"),
    afterWeight: delivery.steps.map(({ weight, bake }) => ({
      weight,
      step: { analysis: analysisOf("checkout-promote", { since: formatDuration(bake) }) },
    })),
    ...parts,
  };
}
