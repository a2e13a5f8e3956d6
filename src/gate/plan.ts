import type { CanaryDelivery, ReleasePolicy, SloGate } from "../model/policy.ts";
import { MINUTE, seconds, type Seconds } from "../units/duration.ts";
import { divide, fromNumber, multiply, rational, toNumber, type Rational } from "../units/rational.ts";
import type { BurnRate, Ratio } from "../units/quantity.ts";

/** One weight of a canary with the times that follow from it. All times are plain plan: no step is held. */
export interface PlannedStep {
  readonly index: number;
  readonly weight: number;
  readonly bake: Seconds;
  /** From the canary's first traffic to the start of this step, in seconds; 0 for the first. */
  readonly startsAt: number;
  /** How far back stable's side is looked at: `stableReach`, at every step. */
  readonly since: Seconds;
  readonly isLast: boolean;
}

export function planSteps(delivery: CanaryDelivery): readonly PlannedStep[] {
  const { steps } = delivery;
  const since = stableReach(delivery);
  let elapsed = 0;
  return steps.map(({ weight, bake }, index) => {
    const startsAt = elapsed;
    elapsed += bake;
    return { index, weight, bake, startsAt, since, isLast: index === steps.length - 1 };
  });
}

/** From the canary's first traffic to full promotion, if nothing is held. */
export function plannedLength(delivery: ReleasePolicy["delivery"]): Seconds {
  if (delivery.kind === "canary") return seconds(delivery.steps.reduce((sum, { bake }) => sum + bake, 0));
  return seconds(Math.max(delivery.prePromotion ?? 0, delivery.postPromotion ?? 0));
}

/**
 * How far back stable's side is looked at, beside everything that the canary did since its start: the plan, and five
 * minutes more. With only the time that is planned up to a step, a shared trouble that holds the step would leave stable's
 * side while the canary's keeps it, and the step would never end (`npm run bench:gates` shows it).
 */
export function stableReach(delivery: ReleasePolicy["delivery"]): Seconds {
  return seconds(plannedLength(delivery) + 5 * MINUTE);
}

/** How the looks of one promote check are spread over a step. */
export interface PromoteLooks {
  /** From the step's start to the first look, in seconds; 0 for a look at once. */
  readonly firstAt: number;
  readonly every: Seconds;
  /** Looks until the step times out. */
  readonly count: number;
  /** Good looks in a row that the step needs. */
  readonly good: number;
  /** From the step's start to the earliest moment, in seconds, at which it may end: never before the bake time. */
  readonly earliest: number;
  /** From the step's start to the last look, in seconds. */
  readonly latest: number;
}

/** The last of the needed good looks falls on the end of the bake time; a shorter bake is stretched to hold them all. */
export function promoteLooks({ goodLooks, every, maxWait }: SloGate["settings"]["promote"], bake: Seconds): PromoteLooks {
  const streak = (goodLooks - 1) * every;
  const firstAt = Math.max(0, bake - streak);
  const count = goodLooks + Math.ceil(maxWait / every);
  return {
    firstAt,
    every,
    count,
    good: goodLooks,
    earliest: firstAt + streak,
    latest: firstAt + (count - 1) * every,
  };
}

/** How long the first look of the fail checks waits, so that canary pods have been scraped at least twice. */
export function failDelay({ scrapeInterval }: ReleasePolicy["source"]): Seconds {
  return seconds(Math.max(60, 2 * scrapeInterval));
}

/** Requests that a step's end demands of the canary; 0 for no demand. */
export function requestsDemanded({ evidence }: SloGate["settings"], { isLast }: PlannedStep): number {
  if (evidence.otherwise === "pass") return 0;
  return isLast || evidence.by === "everyStep" ? evidence.minRequests : 0;
}

/**
 * The requests without a single error that show, at 95 % confidence, a burn rate below `burn`: n = 3 / (burn x budget),
 * by the rule of three (https://en.wikipedia.org/wiki/Rule_of_three_(statistics)).
 */
export function requestsToClear(burn: BurnRate, budget: Ratio): number {
  return Math.ceil(toNumber(divide(rational(3), multiply(burn, budget))));
}

/** Requests that the canary is expected to have served by the end of a step's bake. */
export function expectedRequests(steps: readonly PlannedStep[], upTo: number, traffic: Rational): number {
  return steps
    .slice(0, upTo + 1)
    .reduce((sum, { weight, bake }) => sum + toNumber(multiply(traffic, fromNumber((weight / 100) * bake))), 0);
}
