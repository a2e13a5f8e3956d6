import { toNumber } from "../units/rational.ts";
import type { Counts, Look } from "./judge.ts";
import { failDelay, planSteps, promoteLooks, stableReach } from "./plan.ts";
import { Random } from "./random.ts";
import { canaryRun, type CanaryPolicy, type LookRequest, type Outcome } from "./run.ts";

/** What a policy makes of many simulated releases of one kind. */
export interface Quality {
  /** The canary's burn rate in one SLO, each in its turn; all else burns at `stable`. */
  readonly canary: number;
  readonly stable: number;
  /** Shares of all releases. */
  readonly promoted: number;
  readonly timedOut: number;
  readonly rolledBack: number;
  /** Mean seconds until a release was stopped; absent if none was. */
  readonly stoppedAfter?: number;
}

/** Two innocent releases and two that should be stopped. */
const KINDS = [
  { canary: 0.5, stable: 0.5, everywhere: true },
  { canary: 1, stable: 1, everywhere: true },
  { canary: 9, stable: 0.5, everywhere: false },
  { canary: 50, stable: 0.5, everywhere: false },
];

/**
 * How a whole policy decides at `requestsPerSecond`, by simulated releases with exact counts: what a metrics source adds
 * (scrapes, births of series, extrapolation) is left out. The same seed gives the same figures.
 */
export function policyQuality(
  policy: CanaryPolicy,
  requestsPerSecond: number,
  { releases, seed = 1 }: { readonly releases: number; readonly seed?: number },
): readonly Quality[] {
  const run = canaryRun(policy);
  const random = new Random(seed);
  return KINDS.map(({ canary, stable, everywhere }) => {
    const outcomes = Array.from({ length: releases }, (_, index) => {
      const bad = index % policy.gates.length;
      const burnOf = (gate: number): number => (everywhere || gate === bad ? canary : stable);
      return run(idealRelease(policy, requestsPerSecond, burnOf, stable, random));
    });
    const share = (kind: Outcome["kind"]): number => outcomes.filter((outcome) => outcome.kind === kind).length / releases;
    const stopped = outcomes.filter(({ kind }) => kind !== "promoted");
    return {
      canary,
      stable,
      promoted: share("promoted"),
      timedOut: share("timedOut"),
      rolledBack: share("rolledBack"),
      ...(stopped.length > 0 && { stoppedAfter: stopped.reduce((sum, { at }) => sum + at, 0) / stopped.length }),
    };
  });
}

/** Sums of events since the canary's start, one for each tick. */
interface Sums {
  readonly canary: Float64Array;
  readonly stable: Float64Array;
}

/** A release whose requests and bad events arrive at random, and are all seen. */
function idealRelease(
  policy: CanaryPolicy,
  requestsPerSecond: number,
  burnOf: (gate: number) => number,
  stableBurn: number,
  random: Random,
): (request: LookRequest) => Look {
  const reach = stableReach(policy.delivery);
  const steps = planSteps(policy.delivery);
  const tick = tickOf(policy);
  const longest = steps.reduce(
    (sum, { bake }) => sum + Math.max(...policy.gates.map(({ settings }) => promoteLooks(settings.promote, bake).latest)),
    0,
  );
  const sums = (): Sums => ({ canary: new Float64Array(longest / tick + 2), stable: new Float64Array(longest / tick + 2) });
  const requests = sums();
  const gates = policy.gates.map(({ slo, settings }, gate) => {
    const budget = toNumber(slo.objective.budget);
    const stable = Math.min(1, stableBurn * budget);
    return {
      canary: Math.min(1, burnOf(gate) * budget),
      stable,
      // Stable's past is one sum, spread evenly.
      before: random.poisson(requestsPerSecond * reach * stable),
      window: settings.window,
      bad: sums(),
    };
  });

  let weight = (steps[0]?.weight ?? 0) / 100;
  let now = 0;
  return ({ at, gate, since, step }) => {
    for (const to = Math.floor(at / tick); now < to; now++) {
      const canary = requestsPerSecond * tick * weight;
      const stable = requestsPerSecond * tick - canary;
      add(requests, now, random.poisson(canary), random.poisson(stable));
      for (const each of gates) add(each.bad, now, random.poisson(canary * each.canary), random.poisson(stable * each.stable));
    }
    weight = step.weight / 100;
    const own = gates[gate];
    if (own === undefined) throw new Error(`no gate ${gate}`);
    const stable = { requests, bad: own.bad, now, tick, past: { bad: own.before / reach, total: requestsPerSecond } };
    return {
      recent: canaryCounts(own.bad, requests, now, own.window / tick),
      start: canaryCounts(own.bad, requests, now, now),
      stableRecent: stableCounts(stable, own.window),
      stableSince: stableCounts(stable, since),
      budgetConsumed: 0,
    };
  };
}

function canaryCounts(bad: Sums, requests: Sums, now: number, ticks: number): Counts {
  return { bad: last(bad.canary, now, ticks), total: last(requests.canary, now, ticks) };
}

/** Before the canary's start, stable counted at the even rates of `past`. */
function stableCounts(
  { requests, bad, now, tick, past }: { requests: Sums; bad: Sums; now: number; tick: number; past: Counts },
  seconds: number,
): Counts {
  const before = Math.max(0, seconds - now * tick);
  return {
    bad: last(bad.stable, now, seconds / tick) + past.bad * before,
    total: last(requests.stable, now, seconds / tick) + past.total * before,
  };
}

/** The longest step of time on which every look and every window falls. */
function tickOf(policy: CanaryPolicy): number {
  const times = policy.gates.flatMap(({ settings }) => [settings.window, settings.fail.every, settings.promote.every]);
  const bakes = policy.delivery.steps.map(({ bake }) => bake);
  return [...times, ...bakes].reduce<number>((a, b) => greatestCommonDivisor(a, b), failDelay(policy.source));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function add({ canary, stable }: Sums, tick: number, canaryCount: number, stableCount: number): void {
  canary[tick + 1] = (canary[tick] ?? 0) + canaryCount;
  stable[tick + 1] = (stable[tick] ?? 0) + stableCount;
}

/** The events of the last ticks. */
function last(sums: Float64Array, now: number, ticks: number): number {
  return (sums[now] ?? 0) - (sums[Math.max(0, now - Math.ceil(ticks))] ?? 0);
}
