import type { SloGate } from "../model/policy.ts";
import { toNumber, type Rational } from "../units/rational.ts";
import { boundConstants, lowerBound } from "./confidence.ts";
import { limits, type Limits } from "./judge.ts";
import { expectedRequests, failDelay, planSteps, promoteLooks, requestsDemanded, type PlannedStep } from "./plan.ts";
import type { CanaryPolicy } from "./run.ts";

/** One step of a release that nothing holds. Times are seconds since the canary's first traffic. */
export interface StepTimeline extends PlannedStep {
  readonly from: number;
  /** The earliest end, and the moment at which a held step gives up. */
  readonly to: number;
  readonly until: number;
  /** Requests that the canary has served by the end; absent without a declared traffic. */
  readonly requests?: number;
  /** What the fail and the promote checks ask the metrics source in this step. */
  readonly queries: number;
}

export function timeline(policy: CanaryPolicy & { readonly traffic?: Rational }): readonly StepTimeline[] {
  const steps = planSteps(policy.delivery);
  let from = 0;
  return steps.map((step) => {
    const looks = policy.gates.map(({ settings }) => promoteLooks(settings.promote, step.bake));
    const start = from;
    const to = start + Math.max(...looks.map(({ earliest }) => earliest));
    const until = start + Math.max(...looks.map(({ latest }) => latest));
    from = to;
    const firstLook = Math.max(start, failDelay(policy.source));
    const queries = policy.gates.reduce(
      (sum, { settings }) =>
        sum +
        failChecks(settings) * Math.max(0, Math.ceil((to - firstLook) / settings.fail.every)) +
        promoteChecks(settings) * settings.promote.goodLooks,
      0,
    );
    const { traffic } = policy;
    return { ...step, from: start, to, until, queries, ...(traffic && { requests: expectedRequests(steps, step.index, traffic) }) };
  });
}

/** What it takes, in one step, until a gate says something. */
export interface Sensitivity {
  /** Requests of the canary in one window at this step's end. */
  readonly requests: number;
  /** The burn rate that a single bad request of these is, taken as a plain ratio. */
  readonly oneBad: number;
  /** The burn rate that the gate takes it for. */
  readonly oneBadJudged: number;
  /** The fewest bad requests in one window that hold the step, that count as a failure, and that fail at once. */
  readonly toHold: number;
  readonly toFail: number;
  readonly toFailAtOnce?: number;
  /** Requests since the start that the step's end demands; 0 for none. */
  readonly demanded: number;
}

export function sensitivity({ slo, settings }: SloGate, step: PlannedStep, traffic: Rational): Sensitivity {
  const budget = toNumber(slo.objective.budget);
  const constants = boundConstants(toNumber(settings.confidence), settings.minBadEvents);
  const requests = toNumber(traffic) * (step.weight / 100) * Math.min(settings.window, step.bake);
  const fewest = ({ burnRate }: Limits): number => {
    const limit = burnRate * budget * requests;
    // The bound's inverse, `(sqrt(limit) + half)^2 - square`, and then the next whole count that is above it.
    let bad = Math.max(settings.minBadEvents, Math.floor((Math.sqrt(limit) + constants.half) ** 2 - constants.square));
    while (lowerBound(bad, constants) <= limit) bad += 1;
    return bad;
  };
  return {
    requests,
    oneBad: 1 / requests / budget,
    oneBadJudged: lowerBound(1, constants) / requests / budget,
    toHold: fewest(limits(settings.promote)),
    toFail: fewest(limits(settings.fail)),
    ...(settings.extreme && { toFailAtOnce: fewest(limits(settings.extreme)) }),
    demanded: requestsDemanded(settings, step),
  };
}

/** The earliest moment at which the fail and the extreme check can roll back, in seconds since the canary's first traffic. */
export function earliestFail(policy: CanaryPolicy, { settings }: SloGate): { readonly fail: number; readonly extreme?: number } {
  const delay = failDelay(policy.source);
  const { fail, extreme } = settings;
  return { fail: delay + (fail.looks - 1) * fail.every, ...(extreme && { extreme: delay }) };
}

function failChecks({ extreme, noSeries }: SloGate["settings"]): number {
  return 1 + Number(extreme !== undefined) + Number(noSeries === "fail");
}

function promoteChecks({ budget }: SloGate["settings"]): number {
  return budget === undefined ? 1 : 2;
}
