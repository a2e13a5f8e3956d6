import type { Backend } from "../model/model.ts";
import type { ReleasePolicy, SloGate } from "../model/policy.ts";
import { toNumber, type Rational } from "../units/rational.ts";
import { boundConstants, lowerBound } from "./confidence.ts";
import type { Judgement } from "./judge.ts";
import { expectedRequests, failDelay, planSteps, promoteLooks, requestsDemanded, type PlannedStep } from "./plan.ts";
import { checksOn, judgeOn, type CanaryPolicy } from "./run.ts";

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
    const queries = policy.gates.reduce((sum, { settings }) => {
      const { fail, promote } = checksOn(policy.backend, settings);
      const looks = Math.max(0, Math.ceil((to - firstLook) / settings.fail.every));
      return sum + fail.length * looks + promote.length * settings.promote.goodLooks;
    }, 0);
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
  /**
   * The fewest bad requests in one window that hold the step, that count as a failure, and that fail at once, with none
   * before it and none at stable's side; above `requests` if not even all of them do.
   */
  readonly toHold: number;
  readonly toFail: number;
  readonly toFailAtOnce?: number;
  /** Requests since the start that the step's end demands; 0 for none. */
  readonly demanded: number;
}

export function sensitivity(backend: Backend, { slo, settings }: SloGate, step: StepTimeline, traffic: Rational): Sensitivity {
  const budget = toNumber(slo.objective.budget);
  const constants = boundConstants(toNumber(settings.confidence), settings.minBadEvents);
  const canary = toNumber(traffic) * (step.weight / 100);
  const requests = canary * Math.min(settings.window, step.bake);
  const served = Math.max(requests, step.requests ?? 0);
  // Stable serves without an error. What little it serves is judged by its upper bound, which may be the higher limit.
  const stable = canary * (100 / step.weight - 1);
  const verdicts = judgeOn(backend, { settings, budget: slo.objective.budget, minRequests: 0 });
  const after = (bad: number): Judgement =>
    verdicts({
      recent: { bad, total: requests },
      start: { bad, total: served },
      stableRecent: { bad: 0, total: stable * settings.window },
      stableSince: { bad: 0, total: stable * step.since },
      budgetConsumed: 0,
    });
  const most = Math.ceil(requests) + 1;
  const fewest = (isStopped: (judgement: Judgement) => boolean): number => {
    let enough = most;
    for (let tooFew = 0; enough - tooFew > 1;) {
      const bad = Math.floor((enough + tooFew) / 2);
      if (isStopped(after(bad))) enough = bad;
      else tooFew = bad;
    }
    return enough;
  };
  return {
    requests,
    oneBad: 1 / requests / budget,
    oneBadJudged: lowerBound(1, constants) / requests / budget,
    toHold: fewest(({ promote, promoteSince }) => promote.verdict === "hold" || promoteSince?.verdict === "hold"),
    toFail: fewest(({ fail, failSince }) => fail.verdict === "fail" || failSince?.verdict === "fail"),
    ...(settings.extreme && { toFailAtOnce: fewest(({ extreme }) => extreme?.verdict === "fail") }),
    demanded: requestsDemanded(settings, step),
  };
}

/** The earliest moment at which the fail and the extreme check can roll back, in seconds since the first traffic. */
export function earliestFail(
  policy: Pick<ReleasePolicy, "source">,
  { settings }: SloGate,
): { readonly fail: number; readonly extreme?: number } {
  const delay = failDelay(policy.source);
  const { fail, extreme } = settings;
  return { fail: delay + (fail.looks - 1) * fail.every, ...(extreme && { extreme: delay }) };
}
