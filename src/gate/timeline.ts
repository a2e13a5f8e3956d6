import type { Backend } from "../model/model.ts";
import type { FlaggerPolicy, ReleasePolicy, SloGate } from "../model/policy.ts";
import { toNumber, type Rational } from "../units/rational.ts";
import { boundConstants, lowerBound } from "./confidence.ts";
import type { Judgement } from "./judge.ts";
import { expectedRequests, failDelay, planSteps, promoteLooks, stableReach, type PlannedStep } from "./plan.ts";
import { checksOn, judgeOn, type CanaryPolicy } from "./run.ts";
import { ladderRequests, type TickPlan } from "./ticks.ts";

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

/** One of the policy's steps in a release by ticks that nothing holds. Times are seconds since the canary's first traffic. */
export interface StepTicks {
  readonly firstWeight: number;
  readonly weight: number;
  /** The ticks at which the checks are asked about its weights; tick 0 is the first traffic. */
  readonly firstTick: number;
  readonly lastTick: number;
  readonly from: number;
  readonly to: number;
  /** Requests that the canary has served by the end; absent without a declared traffic. */
  readonly requests?: number;
}

export function tickTimeline(plan: TickPlan, traffic: Rational | undefined): readonly StepTicks[] {
  let last = 0;
  const steps = [...new Set(plan.ladder.map(({ step }) => step))];
  return steps.map((step) => {
    const rungs = plan.ladder.filter((rung) => rung.step === step);
    const from = last;
    last += rungs.reduce((sum, { ticks }) => sum + ticks, 0);
    return {
      firstWeight: rungs[0]?.weight ?? 0,
      weight: rungs.at(-1)?.weight ?? 0,
      firstTick: from + 1,
      lastTick: last,
      from: from * plan.interval,
      to: last * plan.interval,
      ...(traffic && { requests: ladderRequests(plan, traffic, last) }),
    };
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
}

/** Requests at the end of a step: the canary's in one window and since the start, and stable's in one window and as far as it is looked back at. */
interface Served {
  readonly recent: number;
  readonly start: number;
  readonly stableRecent: number;
  readonly stableSince: number;
}

export function sensitivity(backend: Backend, gate: SloGate, step: StepTimeline, traffic: Rational): Sensitivity {
  const { window } = gate.settings;
  const canary = toNumber(traffic) * (step.weight / 100);
  const recent = canary * Math.min(window, step.bake);
  const stable = canary * (100 / step.weight - 1);
  return fewestBad(backend, gate, {
    recent,
    start: Math.max(recent, step.requests ?? 0),
    stableRecent: stable * window,
    stableSince: stable * step.since,
  });
}

/** The same at the end of a step whose weight rises with the ticks. */
export function tickSensitivity(policy: FlaggerPolicy, plan: TickPlan, gate: SloGate, step: StepTicks, traffic: Rational): Sensitivity {
  const { window } = gate.settings;
  const start = ladderRequests(plan, traffic, step.lastTick);
  const recent = start - ladderRequests(plan, traffic, step.lastTick - window / plan.interval);
  const since = stableReach(policy.delivery);
  const all = toNumber(traffic);
  return fewestBad(policy.backend, gate, { recent, start, stableRecent: all * window - recent, stableSince: all * since - start });
}

function fewestBad(
  backend: Backend,
  { slo, settings }: SloGate,
  { recent: requests, start, stableRecent, stableSince }: Served,
): Sensitivity {
  const budget = toNumber(slo.objective.budget);
  const constants = boundConstants(toNumber(settings.confidence), settings.minBadEvents);
  // Stable serves without an error. What little it serves is judged by its upper bound, which may be the higher limit.
  const verdicts = judgeOn(backend, { settings, budget: slo.objective.budget, minRequests: 0 });
  const after = (bad: number): Judgement =>
    verdicts({
      recent: { bad, total: requests },
      start: { bad, total: start },
      stableRecent: { bad: 0, total: stableRecent },
      stableSince: { bad: 0, total: stableSince },
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
