import type { CanaryDelivery, FlaggerPolicy, SloGate } from "../model/policy.ts";
import { seconds, type Seconds } from "../units/duration.ts";
import { fromNumber, roundTo, toNumber, type Rational } from "../units/rational.ts";

/** How a policy is released by ticks, one every `interval`, at each of which all checks are asked once. */
export interface TickPlan {
  readonly interval: Seconds;
  /** The shortest interval at which every bake can be kept by the ladder. */
  readonly shortest: Seconds;
  readonly strategy: "canary" | "blueGreen" | "abTesting";
  /** The canary's weights in their order; empty where all traffic is switched at once. */
  readonly ladder: readonly LadderStep[];
  /** Ticks that must pass before all traffic is switched; 0 for a ladder. */
  readonly iterations: number;
  /** Ticks that may fail in the whole release; it is rolled back at the next one. */
  readonly threshold: number;
  /** Whether a weight is kept for its bake by a hook, or spread over several weights, one a tick. */
  readonly bakes: "hook" | "ladder";
  /** When a canary must have served the demanded requests, by the SLO that demands them the most often; `evidenceOf` has each. */
  readonly evidence: Evidence;
  /** Who is asked at each tick whether to roll back at once, if the policy enforces; absent where what fails only holds. */
  readonly rollback?: "loadtester" | "service";
  /** When it is asked what is left of the error budget. */
  readonly budget: "beforeTraffic" | "everyTick";
}

export interface LadderStep {
  readonly weight: number;
  /** Which of the policy's steps it belongs to. */
  readonly step: number;
  /** For how many ticks it is kept if all pass; 1 unless a hook keeps the bakes. */
  readonly ticks: number;
}

/** `byShare`: of the demanded requests, so much as the canary's share of the traffic is of the share that it has at the last weight. */
export type Evidence = "lastWeight" | "byShare" | "everyTick" | "never";

/** Flagger silently raises what is shorter: https://docs.flagger.app/usage/how-it-works#canary-analysis */
const SHORTEST_INTERVAL = 10;

/**
 * An `interval` of the policy's own that is below `shortest` cuts bakes short rather than repeat a weight: Flagger never leaves a weight
 * that is followed by itself.
 */
export function tickPlan(policy: FlaggerPolicy): TickPlan {
  const { controller, delivery, gates, source } = policy;
  const isAsked = canLoadTesterAsk(policy);
  const bakes = isAsked && isWeightKnown(policy) ? "hook" : "ladder";
  const shortest = delivery.kind === "canary" ? shortestInterval(delivery) : seconds(SHORTEST_INTERVAL);
  const usual = Math.max(...gates.map(({ settings }) => settings.promote.every), 2 * source.scrapeInterval, SHORTEST_INTERVAL);
  const interval = seconds(
    Math.max(SHORTEST_INTERVAL, controller.interval?.value ?? Math.ceil(bakes === "ladder" ? Math.max(usual, shortest) : usual)),
  );
  const patience = Math.min(...gates.map(({ settings }) => settings.promote.maxWait));
  const evidence = gates.map((gate) => evidenceOf(policy, gate));
  const asker = rollbackAsker(policy);
  return {
    interval,
    shortest,
    strategy: delivery.kind === "canary" ? "canary" : (controller.match?.length ?? 0) > 0 ? "abTesting" : "blueGreen",
    ladder: delivery.kind === "canary" ? ladderOf(delivery, interval, bakes) : [],
    iterations: delivery.kind === "canary" ? 0 : Math.max(1, Math.ceil((delivery.prePromotion ?? 0) / interval)),
    threshold: Math.max(1, Math.ceil(patience / interval)),
    bakes,
    evidence: (["everyTick", "byShare", "lastWeight"] as const).find((each) => evidence.includes(each)) ?? "never",
    ...(asker && { rollback: asker }),
    budget: isAsked ? "beforeTraffic" : "everyTick",
  };
}

/** When a canary must have served the requests that one SLO demands. */
export function evidenceOf(policy: FlaggerPolicy, { settings: { evidence } }: SloGate): Evidence {
  if (evidence.otherwise === "pass") return "never";
  if (evidence.by === "everyStep" || policy.delivery.kind === "blueGreen") return "everyTick";
  return isWeightKnown(policy) ? "lastWeight" : "byShare";
}

/** Whether the policy's source can tell which weight the canary has; no metric does during a switch. */
export function isWeightKnown({ delivery, source }: FlaggerPolicy): boolean {
  return source.type === "prometheus" && source.scrapesFlagger && delivery.kind === "canary";
}

/** Whether a load tester's command can ask the policy's source: its hooks say so much, and no more, with `curl`. */
export function canLoadTesterAsk(policy: FlaggerPolicy): policy is Extract<FlaggerPolicy, { readonly backend: "prometheus" }> {
  const { controller } = policy;
  return (
    policy.backend === "prometheus" &&
    controller.loadtester !== undefined &&
    policy.source.address !== undefined &&
    policy.source.authentication === undefined
  );
}

function rollbackAsker(policy: FlaggerPolicy): TickPlan["rollback"] {
  if (policy.backend !== "prometheus") return undefined;
  if (policy.controller.rollback !== undefined) return "service";
  return canLoadTesterAsk(policy) ? "loadtester" : undefined;
}

function shortestInterval(delivery: CanaryDelivery): Seconds {
  const each = rises(delivery).map(({ weight, from, bake }) => bake / (weight - from));
  return seconds(Math.ceil(Math.max(SHORTEST_INTERVAL, ...each) / 10) * 10);
}

function ladderOf(delivery: CanaryDelivery, interval: Seconds, bakes: TickPlan["bakes"]): readonly LadderStep[] {
  return rises(delivery).flatMap(({ weight, from, bake }, step): readonly LadderStep[] => {
    const ticks = Math.max(1, Math.ceil(bake / interval));
    if (bakes === "hook") return [{ weight, step, ticks }];
    const rise = weight - from;
    const parts = Math.min(ticks, rise);
    return Array.from({ length: parts }, (_, k) => ({ weight: from + Math.ceil((rise * (k + 1)) / parts), step, ticks: 1 }));
  });
}

/** Each step with the weight before it. */
function rises({ steps }: CanaryDelivery): readonly { readonly weight: number; readonly from: number; readonly bake: Seconds }[] {
  return steps.map(({ weight, bake }, index) => ({ weight, bake, from: steps[index - 1]?.weight ?? 0 }));
}

/** The weight that the canary has had up to each tick at which checks are asked, if all pass: the first is the tick after the first traffic. */
export function tickWeights({ ladder }: TickPlan): readonly number[] {
  return ladder.flatMap(({ weight, ticks }) => Array<number>(ticks).fill(weight));
}

/** How often all checks must pass until the new version is the primary. Blue/green is asked once more when it has all traffic. */
export function checksNeeded(plan: TickPlan): number {
  if (plan.strategy === "canary") return tickWeights(plan).length;
  return plan.strategy === "blueGreen" ? plan.iterations + 1 : plan.iterations;
}

/** Ticks of a whole release that nothing holds: the first traffic, the checks, all traffic back to the primary, the canary's end. */
export function ticksNeeded(plan: TickPlan): number {
  return checksNeeded(plan) + 3;
}

/**
 * The canary's share of the traffic over the window that ends with the last tick of a ladder, if all pass: below the last weight where
 * the window still holds the ones before. A tick that fails can only raise it. Rounded down, to four digits.
 */
export function lastShare(plan: TickPlan, window: Seconds): Rational {
  const share = shareOver(tickWeights(plan), plan.interval, window);
  return roundTo(fromNumber(share), 3 - Math.floor(Math.log10(share)), "down");
}

/** The canary's share of an even traffic over the window that ends with the last of these ticks. */
function shareOver(weights: readonly number[], interval: Seconds, window: Seconds): number {
  const parts = weights.toReversed().map((weight, ago) => weight * Math.max(0, Math.min(interval, window - ago * interval)));
  return parts.reduce((sum, part) => sum + part, 0) / (100 * window);
}

/**
 * Requests that the canary is expected to have served by a tick, or a moment between two, if all pass; the first traffic is at tick 0.
 * 0 for a switch, whose preview has traffic of its own.
 * @param traffic requests a second of the whole service
 */
export function ladderRequests(plan: TickPlan, traffic: Rational, upToTick: number): number {
  const percents = tickWeights(plan).reduce((sum, weight, tick) => sum + weight * Math.min(1, Math.max(0, upToTick - tick)), 0);
  return toNumber(traffic) * (percents / 100) * plan.interval;
}

/** A tick at which a canary has served less than is demanded, in expected requests. */
export interface ShortTick {
  readonly weight: number;
  readonly served: number;
  readonly demanded: number;
}

/**
 * The ticks that fail for want of the requests that one SLO demands, though the canary is faultless; from the plan's `threshold` on, no
 * release passes. What fails holds its weight, and what a low weight serves may take long to come to the demand.
 * @param traffic requests a second of the whole service
 */
export function ticksWithoutEvidence(policy: FlaggerPolicy, plan: TickPlan, gate: SloGate, traffic: Rational): readonly ShortTick[] {
  const demandAt = demandOver(policy, plan, gate);
  const short: ShortTick[] = [];
  const past: number[] = [];
  let served = 0;
  for (const [index, { weight, ticks }] of plan.ladder.entries()) {
    let passed = 0;
    // A hook keeps time whether or not a tick passes, but the last tick must pass.
    for (let tick = 1; plan.bakes === "hook" ? tick <= ticks || passed === 0 : passed < ticks; tick++) {
      past.push(weight);
      served += toNumber(traffic) * (weight / 100) * plan.interval;
      const demanded = demandAt(past, index === plan.ladder.length - 1);
      const isShort = served < demanded;
      passed = isShort ? 0 : passed + 1;
      if (isShort) short.push({ weight, served, demanded });
      if (short.length >= plan.threshold) return short;
    }
  }
  return short;
}

/** The requests that are demanded after ticks with these weights. */
function demandOver(policy: FlaggerPolicy, plan: TickPlan, gate: SloGate): (past: readonly number[], isLast: boolean) => number {
  const { evidence, window } = gate.settings;
  switch (evidenceOf(policy, gate)) {
    case "never":
      return () => 0;
    case "everyTick":
      return () => evidence.minRequests;
    case "lastWeight":
      return (_, isLast) => (isLast ? evidence.minRequests : 0);
    case "byShare": {
      const full = toNumber(lastShare(plan, window));
      return (past) => (evidence.minRequests * shareOver(past, plan.interval, window)) / full;
    }
  }
}

/** The earliest moments at which one SLO can end a release, in seconds since the first traffic. */
export interface Catchable {
  /** By failed checks alone, where a canary fails from the first on. */
  readonly threshold: number;
  /** By the rollback hook: absent without one. */
  readonly fail?: number;
  readonly extreme?: number;
}

export function catchable({ interval, threshold, rollback }: TickPlan, { settings }: SloGate): Catchable {
  const { fail, extreme } = settings;
  const atThreshold = { threshold: (threshold + 1) * interval };
  if (rollback === undefined) return atThreshold;
  // The first of the looks in a row must fall behind the first traffic.
  const tick = Math.floor(((fail.looks - 1) * fail.every) / interval) + 1;
  return { ...atThreshold, fail: tick * interval, ...(extreme && { extreme: interval }) };
}

/** When all checks have passed and the new version is copied to the primary, in seconds since the first traffic, if nothing is held. */
export function earliestPromotion(plan: TickPlan): number {
  return checksNeeded(plan) * plan.interval;
}
