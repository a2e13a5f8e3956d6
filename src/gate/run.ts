import type { Backend } from "../model/model.ts";
import type { CanaryDelivery, GateSettings, ReleasePolicy, SloGate } from "../model/policy.ts";
import type { Seconds } from "../units/duration.ts";
import { excessJudgeOf } from "./excess.ts";
import { judgeOf, type Judge, type JudgeInput, type Judgement, type Look } from "./judge.ts";
import { failDelay, planSteps, promoteLooks, requestsDemanded, stableReach, type PlannedStep } from "./plan.ts";

/** What a run asks its metrics source for. */
export interface LookRequest {
  /** Seconds since the canary's first traffic. */
  readonly at: number;
  /** Which of the policy's gates. */
  readonly gate: number;
  /** How far back stable's `stableSince` reaches. */
  readonly since: Seconds;
  /** The step that the release is at. */
  readonly step: PlannedStep;
}

export type Outcome =
  | { readonly kind: "promoted"; readonly at: number }
  /** A fail check ended the release. */
  | { readonly kind: "rolledBack"; readonly at: number; readonly step: number; readonly gate: number; readonly check: FailCheck }
  /** A step was held beyond `maxWait`. */
  | { readonly kind: "timedOut"; readonly at: number; readonly step: number; readonly gate: number; readonly check: PromoteCheck };

export type FailCheck = "fail" | "failSince" | "extreme" | "series";
export type PromoteCheck = "promote" | "promoteSince" | "evidence" | "budget";

/** What a run needs of a policy. */
export type CanaryPolicy = Pick<ReleasePolicy, "backend" | "gates" | "source"> & { readonly delivery: CanaryDelivery };

/**
 * A whole canary release: fail checks look all the while, each counting its failures in total; a step ends when every
 * promote check has had its good looks in a row. What a controller adds of its own (scheduling, scaling) is left out.
 */
export function runCanary(policy: CanaryPolicy, lookAt: (request: LookRequest) => Look): Outcome {
  return canaryRun(policy)(lookAt);
}

/** `runCanary` with everything computed that does not depend on the looks, for callers that run a policy many times. */
export function canaryRun(policy: CanaryPolicy): (lookAt: (request: LookRequest) => Look) => Outcome {
  const steps = planSteps(policy.delivery);
  const reach = stableReach(policy.delivery);
  const delay = failDelay(policy.source);
  const judgesOf = (minRequests: (gate: SloGate) => number): readonly Judge[] =>
    policy.gates.map((gate) =>
      judgeOn(policy.backend, { settings: gate.settings, budget: gate.slo.objective.budget, minRequests: minRequests(gate) }),
    );
  const failJudges = judgesOf(() => 0);
  const promoteJudges = steps.map((step) => judgesOf(({ settings }) => requestsDemanded(settings, step)));

  return (lookAt) => {
    const guards = policy.gates.flatMap((gate, index) => failWatches(policy.backend, gate, index, delay));
    let start = 0;
    for (const step of steps) {
      let open = policy.gates.flatMap((gate, index) => promoteWatches(policy.backend, gate, index, step, start));
      const failing = judging(failJudges, (at, gate) => lookAt({ at, gate, since: reach, step }));
      const promoting = judging(promoteJudges[step.index] ?? [], (at, gate) => lookAt({ at, gate, since: step.since, step }));
      while (open.length > 0) {
        const next = first(open, first(guards));
        if (next === undefined) break;
        const at = next.next;
        next.next += next.every;
        if (next.kind === "fail") {
          if (failing(at, next.gate)[next.check]?.verdict !== "fail") continue;
          next.failures += 1;
          if (next.failures >= next.limit) return { kind: "rolledBack", at, step: step.index, gate: next.gate, check: next.check };
        } else {
          next.looks += 1;
          next.streak = promoting(at, next.gate)[next.check]?.verdict === "go" ? next.streak + 1 : 0;
          if (next.streak >= next.good) open = open.filter((each) => each !== next);
          else if (next.looks >= next.count) return { kind: "timedOut", at, step: step.index, gate: next.gate, check: next.check };
          start = at;
        }
      }
    }
    return { kind: "promoted", at: start };
  };
}

/** The judge whose verdicts a backend can express. */
export function judgeOn(backend: Backend, input: JudgeInput): Judge {
  return backend === "datadog" ? excessJudgeOf(input) : judgeOf(input);
}

/** The checks of one SLO, as one backend asks them: what rolls back after how many findings in total, and what a step waits for. */
export function checksOn(
  backend: Backend,
  { fail, extreme, noSeries, evidence, budget }: GateSettings,
): { readonly fail: readonly (readonly [FailCheck, number])[]; readonly promote: readonly PromoteCheck[] } {
  const isSplit = backend === "datadog";
  return {
    fail: [
      ["fail", fail.looks],
      ...(isSplit ? ([["failSince", fail.looks]] as const) : []),
      ...(extreme === undefined ? [] : ([["extreme", 1]] as const)),
      ...(noSeries === "fail" ? ([["series", fail.looks]] as const) : []),
    ],
    promote: isSplit
      ? ["promote", "promoteSince", ...(evidence.otherwise === "pass" ? [] : (["evidence"] as const))]
      : ["promote", ...(budget === undefined ? [] : (["budget"] as const))],
  };
}

/** Checks that look at the same moment see the same. */
function judging(judges: readonly Judge[], lookAt: (at: number, gate: number) => Look): (at: number, gate: number) => Judgement {
  const last = judges.map((): { at: number; judgement?: Judgement } => ({ at: -1 }));
  return (at, gate) => {
    const [memory, judge] = [last[gate], judges[gate]];
    if (memory === undefined || judge === undefined) throw new Error(`no gate ${gate}`);
    if (memory.judgement === undefined || memory.at !== at) {
      memory.at = at;
      memory.judgement = judge(lookAt(at, gate));
    }
    return memory.judgement;
  };
}

/** The watch whose look is due first; among equals, `best` and then the order of the list. */
function first(watches: readonly (FailWatch | PromoteWatch)[], best?: FailWatch | PromoteWatch): FailWatch | PromoteWatch | undefined {
  for (const each of watches) if (best === undefined || each.next < best.next) best = each;
  return best;
}

interface FailWatch {
  readonly kind: "fail";
  readonly gate: number;
  readonly check: FailCheck;
  readonly every: number;
  readonly limit: number;
  next: number;
  failures: number;
}

interface PromoteWatch {
  readonly kind: "promote";
  readonly gate: number;
  readonly check: PromoteCheck;
  readonly every: number;
  readonly good: number;
  readonly count: number;
  next: number;
  looks: number;
  streak: number;
}

function failWatches(backend: Backend, { settings }: SloGate, gate: number, delay: Seconds): readonly FailWatch[] {
  return checksOn(backend, settings).fail.map(([check, limit]) => ({
    kind: "fail",
    gate,
    check,
    every: settings.fail.every,
    limit,
    next: delay,
    failures: 0,
  }));
}

function promoteWatches(backend: Backend, { settings }: SloGate, gate: number, step: PlannedStep, start: number): readonly PromoteWatch[] {
  const { firstAt, every, count, good } = promoteLooks(settings.promote, step.bake);
  return checksOn(backend, settings).promote.map((check) => ({
    kind: "promote",
    gate,
    check,
    every,
    good,
    count,
    next: start + firstAt,
    looks: 0,
    streak: 0,
  }));
}
