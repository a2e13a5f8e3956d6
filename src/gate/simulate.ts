import type { FlaggerPolicy, SloGate } from "../model/policy.ts";
import type { Seconds } from "../units/duration.ts";
import { toNumber } from "../units/rational.ts";
import type { Counts, Look } from "./judge.ts";
import { failDelay, planSteps, promoteLooks, stableReach } from "./plan.ts";
import { Random } from "./random.ts";
import { canaryRun, type CanaryPolicy, type LookRequest, type Outcome } from "./run.ts";
import { tickRun } from "./tick-run.ts";
import { checksNeeded, tickPlan } from "./ticks.ts";

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

/** A policy as a machine that can be run many times. A weight holds from the last look at the one before it. */
export interface Machine {
  readonly gates: readonly SloGate[];
  readonly run: (lookAt: (request: LookRequest) => Look) => { readonly kind: "promoted" | "timedOut" | "rolledBack"; readonly at: number };
  /** How far back stable's side is looked at. */
  readonly reach: Seconds;
  /** Seconds until the last look that there can be. */
  readonly longest: number;
  /** In seconds; every look and every window is a multiple. */
  readonly resolution: number;
}

/** Steps of which each is held until its looks are good, with checks beside them that roll back. */
export function steppedMachine(policy: CanaryPolicy): Machine {
  const steps = planSteps(policy.delivery);
  const times = policy.gates.flatMap(({ settings }) => [settings.window, settings.fail.every, settings.promote.every]);
  return {
    gates: policy.gates,
    run: canaryRun(policy),
    reach: stableReach(policy.delivery),
    longest: steps.reduce(
      (sum, { bake }) => sum + Math.max(...policy.gates.map(({ settings }) => promoteLooks(settings.promote, bake).latest)),
      0,
    ),
    resolution: [...times, ...steps.map(({ bake }) => bake)].reduce<number>(greatestCommonDivisor, failDelay(policy.source)),
  };
}

/** Flagger's ticks. A release that is rolled back because too many of them failed counts as timed out: it was held until then. */
export function tickedMachine(policy: FlaggerPolicy): Machine {
  const plan = tickPlan(policy);
  const run = tickRun(policy);
  return {
    gates: policy.gates,
    run: (lookAt) => {
      const outcome = run(lookAt);
      return { kind: outcome.kind === "rolledBack" && outcome.hook === undefined ? "timedOut" : outcome.kind, at: outcome.at };
    },
    reach: stableReach(policy.delivery),
    longest: (checksNeeded(plan) + plan.threshold + 1) * plan.interval,
    resolution: policy.gates
      .flatMap(({ settings }) => [settings.window, settings.fail.every])
      .reduce<number>(greatestCommonDivisor, plan.interval),
  };
}

/**
 * How a whole policy decides at `requestsPerSecond`, by simulated releases with exact counts: what a metrics source adds
 * (scrapes, births of series, extrapolation) is left out. The same seed gives the same figures.
 */
export function policyQuality(
  machine: Machine,
  requestsPerSecond: number,
  { releases, seed = 1 }: { readonly releases: number; readonly seed?: number },
): readonly Quality[] {
  const random = new Random(seed);
  return KINDS.map(({ canary, stable, everywhere }) => {
    const outcomes = Array.from({ length: releases }, (_, index) => {
      const bad = index % machine.gates.length;
      const burnOf = (gate: number): number => (everywhere || gate === bad ? canary : stable);
      return machine.run(idealRelease(machine, requestsPerSecond, burnOf, stable, random));
    });
    const share = (wanted: Outcome["kind"]): number => outcomes.filter(({ kind }) => kind === wanted).length / releases;
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
  machine: Machine,
  requestsPerSecond: number,
  burnOf: (gate: number) => number,
  stableBurn: number,
  random: Random,
): (request: LookRequest) => Look {
  const { reach, longest, resolution: tick } = machine;
  const sums = (): Sums => ({ canary: new Float64Array(longest / tick + 2), stable: new Float64Array(longest / tick + 2) });
  const requests = sums();
  const gates = machine.gates.map(({ slo, settings }, gate) => {
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

  let now = 0;
  return ({ at, gate, since, step }) => {
    // The look that ends a step is its last, so the new weight has held since then.
    const weight = step.weight / 100;
    for (const to = Math.floor(at / tick); now < to; now++) {
      const canary = requestsPerSecond * tick * weight;
      const stable = requestsPerSecond * tick - canary;
      add(requests, now, random.poisson(canary), random.poisson(stable));
      for (const each of gates) add(each.bad, now, random.poisson(canary * each.canary), random.poisson(stable * each.stable));
    }
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
