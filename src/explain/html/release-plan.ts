import { promoteLooks, failDelay } from "../../gate/plan.ts";
import { catchable, checksNeeded, earliestPromotion, tickPlan } from "../../gate/ticks.ts";
import { earliestFail, timeline } from "../../gate/timeline.ts";
import { isForFlagger, type BlueGreenDelivery, type CanaryDelivery, type FlaggerPolicy, type ReleasePolicy } from "../../model/policy.ts";
import type { Span } from "./firing.ts";
import { shortTime } from "./words.ts";

/** A release over time, as it goes if nothing holds it, and how long it may be held. Times are seconds since its first traffic. */
export interface ReleasePlan {
  readonly weights: readonly (Span & { readonly weight: number })[];
  /** False where a policy only observes: what it would do happens to nobody. */
  readonly isEnforced: boolean;
  /** When the new version has all traffic. */
  readonly promoted: number;
  /** The last moment that it is known what happens. */
  readonly until: number;
  readonly lanes: readonly Lane[];
  readonly verdicts: readonly Verdict[];
}

/** What happens beside the weights. */
export interface Lane {
  readonly words: string;
  readonly looks?: readonly number[];
  /** Planned, and what may be added by holding. */
  readonly planned?: Span;
  readonly held?: Span;
}

/** From when on a release can be ended. */
export interface Verdict {
  readonly at: number;
  readonly words: string;
}

export function releasePlan(policy: ReleasePolicy): ReleasePlan {
  if (isForFlagger(policy)) return tickedPlan(policy);
  const { delivery } = policy;
  return delivery.kind === "canary" ? steppedPlan({ ...policy, delivery }) : switchedPlan({ ...policy, delivery });
}

function steppedPlan(policy: ReleasePolicy & { readonly delivery: CanaryDelivery }): ReleasePlan {
  const steps = timeline(policy);
  const promoted = steps.at(-1)?.to ?? 0;
  const promoteTimes = steps.flatMap(({ from, bake }) =>
    policy.gates.flatMap(({ settings }) => {
      const { firstAt, every, good } = promoteLooks(settings.promote, bake);
      return Array.from({ length: good }, (_, i) => from + firstAt + i * every);
    }),
  );
  const gaveUp = policy.gates.some(({ settings }) => settings.promote.onTimeout === "abort") ? "rolled back" : "paused for a human";
  return {
    isEnforced: policy.enforcement === "enforce",
    weights: steps.map(({ from, to, weight }) => ({ from, to, weight })),
    promoted,
    until: Math.max(...steps.map(({ until }) => until)),
    lanes: [
      { words: "Looks that can roll back", looks: failTimes(policy, 0, promoted) },
      { words: "Looks that let a step end", looks: unique(promoteTimes) },
      ...steps.map(({ weight, from, to, until }) => ({
        words: `${weight} %: ends after ${shortTime(to)}; if held, ${gaveUp} after ${shortTime(until)}`,
        planned: { from, to },
        held: { from: to, to: until },
      })),
    ],
    verdicts: firsts(policy.gates.flatMap((gate) => verdictsOf(earliestFail(policy, gate)))),
  };
}

/** All traffic goes over at once; before, the new version is judged on traffic of its own. */
function switchedPlan(policy: ReleasePolicy & { readonly delivery: BlueGreenDelivery }): ReleasePlan {
  const { prePromotion, postPromotion } = policy.delivery;
  const looks = prePromotion === undefined ? [] : policy.gates.map(({ settings }) => promoteLooks(settings.promote, prePromotion));
  const promoted = Math.max(0, ...looks.map(({ earliest }) => earliest));
  const held = Math.max(promoted, ...looks.map(({ latest }) => latest));
  const end = promoted + (postPromotion ?? 0);
  return {
    isEnforced: policy.enforcement === "enforce",
    weights: promoted === 0 ? [] : [{ from: 0, to: promoted, weight: 0 }],
    promoted,
    until: Math.max(held, end),
    lanes: [
      ...(prePromotion === undefined
        ? []
        : [
            {
              words: `Preview judged: ${shortTime(promoted)}; if held, given up after ${shortTime(held)}`,
              planned: { from: 0, to: promoted },
              held: { from: promoted, to: held },
            },
          ]),
      ...(postPromotion === undefined
        ? []
        : [{ words: "Looks that can roll back, after the switch", looks: failTimes(policy, promoted, end) }]),
    ],
    verdicts:
      postPromotion === undefined
        ? []
        : firsts(
            policy.gates.flatMap((gate) => verdictsOf(earliestFail(policy, gate)).map((each) => ({ ...each, at: each.at + promoted }))),
          ),
  };
}

function tickedPlan(policy: FlaggerPolicy): ReleasePlan {
  const plan = tickPlan(policy);
  const { interval, ladder, iterations, threshold } = plan;
  const promoted = earliestPromotion(plan);
  let tick = 0;
  const rungs = ladder.map(({ weight, ticks }) => {
    const from = tick * interval;
    tick += ticks;
    return { weight, from, to: tick * interval };
  });
  const latest = (checksNeeded(plan) + threshold - 1) * interval;
  return {
    isEnforced: policy.enforcement === "enforce",
    weights: ladder.length > 0 ? rungs : [{ from: 0, to: iterations * interval, weight: 0 }],
    promoted,
    until: Math.max(latest, promoted),
    lanes: [
      {
        words: `Ticks, every ${shortTime(interval)}: all checks are asked`,
        looks: Array.from({ length: checksNeeded(plan) }, (_, i) => (i + 1) * interval),
      },
      {
        words: `Ends after ${shortTime(promoted)}; each failed tick holds it for another, the ${ordinal(threshold)} rolls back`,
        planned: { from: 0, to: promoted },
        held: { from: promoted, to: latest },
      },
    ],
    verdicts: firsts(
      policy.gates.flatMap((gate) => {
        const { threshold: byTicks, ...hook } = catchable(plan, gate);
        return [...verdictsOf(hook), { at: byTicks, words: `after ${threshold} failed ticks` }];
      }),
    ),
  };
}

function failTimes(policy: ReleasePolicy, start: number, end: number): readonly number[] {
  const first = start + failDelay(policy.source);
  return unique(
    policy.gates.flatMap(({ settings: { fail } }) =>
      Array.from({ length: Math.max(0, Math.ceil((end - first) / fail.every)) }, (_, i) => first + i * fail.every),
    ),
  );
}

function verdictsOf({ fail, extreme }: { readonly fail?: number; readonly extreme?: number }): readonly Verdict[] {
  return [
    ...(extreme === undefined ? [] : [{ at: extreme, words: "at once, for the worst" }]),
    ...(fail === undefined ? [] : [{ at: fail, words: "for burning too fast" }]),
  ];
}

/** The first of any SLO, for each reason, in their order. */
function firsts(verdicts: readonly Verdict[]): readonly Verdict[] {
  const reasons = unique(verdicts.map(({ words }) => words));
  return reasons
    .map((words) => ({ words, at: Math.min(...verdicts.filter((each) => each.words === words).map(({ at }) => at)) }))
    .sort((a, b) => a.at - b.at);
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

function ordinal(number: number): string {
  const tens = number % 100;
  const suffix = tens >= 11 && tens <= 13 ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${suffix}`;
}
