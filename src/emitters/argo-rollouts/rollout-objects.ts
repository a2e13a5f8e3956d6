import type { ReleasePolicy } from "../../model/policy.ts";
import type { Json } from "../../yaml/json.ts";
import type { GateBlock } from "./types.ts";

/**
 * What goes below a Rollout's `strategy`. Kustomize knows no way to merge the lists of a custom resource, so a patch replaces them: all
 * steps are there. https://argo-rollouts.readthedocs.io/en/stable/features/kustomize/
 */
export function strategyOf(block: GateBlock): Json {
  return strategy(block) as Json;
}

function strategy(block: GateBlock): unknown {
  if (block.kind === "blueGreen") {
    const { prePromotionAnalysis, postPromotionAnalysis } = block;
    return {
      blueGreen: { ...(prePromotionAnalysis && { prePromotionAnalysis }), ...(postPromotionAnalysis && { postPromotionAnalysis }) },
    };
  }
  const { analysis, beforeTraffic, afterWeight } = block;
  const steps = [
    ...(beforeTraffic === undefined ? [] : [{ analysis: beforeTraffic }]),
    ...afterWeight.flatMap(({ weight, step }) => [{ setWeight: weight }, step]),
  ];
  return { canary: { ...(analysis && { analysis }), steps } };
}

export function rolloutPatch({ workload }: ReleasePolicy, block: GateBlock): Json {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: { name: workload.name, ...(workload.namespace !== undefined && { namespace: workload.namespace }) },
    spec: { strategy: strategyOf(block) },
  };
}
