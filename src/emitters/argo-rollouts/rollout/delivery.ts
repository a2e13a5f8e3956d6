import type { Report } from "../../../diagnostics/diagnostic.ts";
import type { CanaryDelivery, Delivery } from "../../../model/policy.ts";
import { formatDuration, seconds, type Seconds } from "../../../units/duration.ts";
import { headOf, valueOf, type YamlEntry } from "../../../yaml/tree.ts";
import { rolloutCodes } from "./codes.ts";
import { textAt } from "../../../manifests/documents.ts";
import { isGated, type RolloutStep } from "./steps.ts";

interface Given {
  readonly name: string;
  readonly strategy: YamlEntry;
  readonly steps: readonly RolloutStep[];
}

/**
 * The weights that the controller will set are those of the file; the policy repeats them and may not contradict them:
 * false, after a report, if it does.
 */
export function isDeliveryAlike(wanted: Delivery, given: Given, report: Report): boolean {
  if (wanted.kind === "blueGreen") return true;
  const { name, strategy, steps } = given;
  const scale = valueOf(strategy.value, "trafficRouting", "maxTrafficWeight");
  const maximum = textAt(scale);
  if (scale !== undefined && maximum !== undefined && maximum !== "100") {
    report(rolloutCodes["other-scale"](scale.at, { scale: maximum }));
    return false;
  }
  const weights = steps.flatMap((step, index) => (isGated(step) ? [weightOf(step, steps[index + 1])] : []));
  const place = valueOf(strategy.value, "steps");
  if (weights.length === 0) {
    const related = [{ at: place === undefined ? strategy.key.at : headOf(place), message: "the Rollout's strategy" }];
    report(rolloutCodes["no-weights"](wanted.at, { name }, { related }));
    return false;
  }
  return areWeightsAlike(wanted, weights, report);
}

interface Weight {
  readonly step: RolloutStep & { readonly kind: "setWeight" };
  readonly after?: RolloutStep;
}

function weightOf(step: Weight["step"], after: RolloutStep | undefined): Weight {
  return after === undefined ? { step } : { step, after };
}

/** Whether the file sets the weights of the policy, in its order. A pause of another length is a warning only. */
function areWeightsAlike(wanted: CanaryDelivery, weights: readonly Weight[], report: Report): boolean {
  const differs = weights.findIndex(({ step }, index) => step.weight !== wanted.steps[index]?.weight);
  if (differs >= 0 || weights.length !== wanted.steps.length) {
    const step = (weights[differs] ?? weights.at(-1))?.step;
    const lists = { policy: listed(wanted.steps), file: listed(weights.map((weight) => weight.step)) };
    const related = step === undefined ? [] : [{ at: headOf(step.node), message: "the Rollout's steps differ from here on" }];
    report(rolloutCodes["other-weights"](wanted.at, lists, { related }));
    return false;
  }
  weights.forEach(({ after }, index) => {
    const planned = wanted.steps[index];
    const pause = after?.isMarked === true ? undefined : pauseOf(after);
    if (after === undefined || planned === undefined || pause === undefined || pause === planned.bake) return;
    const related = [{ at: headOf(after.node), message: `a pause of ${formatDuration(pause)}` }];
    const lengths = { weight: planned.weight, policy: formatDuration(planned.bake), file: formatDuration(pause) };
    report(rolloutCodes["other-bake"](planned.at, lengths, { related }));
  });
  return true;
}

function pauseOf(step: RolloutStep | undefined): Seconds | undefined {
  if (step?.kind !== "pause" || step.seconds === undefined || step.seconds <= 0) return undefined;
  return seconds(Math.ceil(step.seconds));
}

function listed(steps: readonly { readonly weight: number }[]): string {
  return steps.map(({ weight }) => String(weight)).join(", ");
}
