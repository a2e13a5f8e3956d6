import type { FlaggerPolicy } from "../../model/policy.ts";
import type { Json, JsonObject } from "../../yaml/json.ts";
import type { CanaryAnalysis } from "./types.ts";

/** What goes below a Canary's `spec.analysis`. */
export function analysisObject({ alerts, webhooks, ...analysis }: CanaryAnalysis): JsonObject {
  const object = { ...analysis, ...(alerts.length > 0 && { alerts }), ...(webhooks.length > 0 && { webhooks }) };
  return object as unknown as JsonObject;
}

/** The ways to say how traffic moves, of which a Canary may have one only. */
const STRATEGIES = ["stepWeights", "stepWeight", "maxWeight", "iterations", "match"] as const;

/** A merge patch: `null` takes away what would contradict, and lists replace lists. https://www.rfc-editor.org/rfc/rfc7386 */
export function canaryPatch({ controller, workload }: FlaggerPolicy, analysis: CanaryAnalysis): Json {
  const object = analysisObject(analysis);
  const others = STRATEGIES.filter((key) => !(key in object)).map((key): [string, null] => [key, null]);
  const { interval, threshold, ...rest } = object;
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: { name: controller.canary, ...(workload.namespace !== undefined && { namespace: workload.namespace }) },
    spec: {
      analysis: {
        ...(interval !== undefined && { interval }),
        ...(threshold !== undefined && { threshold }),
        ...Object.fromEntries(others),
        ...rest,
      },
    },
  };
}
