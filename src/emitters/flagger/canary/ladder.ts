import { integerAt, itemsAt } from "../../../manifests/documents.ts";
import { valueOf, type YamlNode } from "../../../yaml/tree.ts";

/**
 * The canary's weights, one for each tick that passes, as `spec.analysis` has them; undefined where they are no whole numbers above zero.
 * `maxWeight` is no bound but the point from which no step is taken: by 20 up to 50 is 20, 40, 60.
 * https://github.com/fluxcd/flagger/blob/v1.44.0/pkg/controller/scheduler.go (nextStepWeight, maxWeight)
 */
export function visitedWeights(analysis: YamlNode): readonly number[] | undefined {
  if (valueOf(analysis, "stepWeight") === undefined) {
    const weights = itemsAt(analysis, "stepWeights").map((item) => integerAt(item));
    return weights.every((weight) => weight !== undefined) && isRising(weights) ? weights : undefined;
  }
  const step = integerAt(analysis, "stepWeight");
  const max = valueOf(analysis, "maxWeight") === undefined ? 0 : integerAt(analysis, "maxWeight");
  if (step === undefined || step <= 0 || max === undefined) return undefined;
  const limit = Math.min(max > 0 ? max : 100, 100);
  return Array.from({ length: Math.ceil(limit / step) }, (_, index) => Math.min(step * (index + 1), 100));
}

function isRising(weights: readonly number[]): boolean {
  return weights.length > 0 && weights.every((weight, index) => weight > (weights[index - 1] ?? 0) && weight <= 100);
}
