import type { CanaryDelivery, ReleasePolicy, SloGate } from "../model/policy.ts";
import type { Seconds } from "../units/duration.ts";
import { judge, type Judgement, type Look } from "./judge.ts";
import { failDelay, plannedLength, planSteps, promoteLooks, requestsDemanded, type PlannedStep } from "./plan.ts";

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

export type FailCheck = "fail" | "extreme" | "series";
export type PromoteCheck = "promote" | "budget";

/**
 * A whole canary release: fail checks look all the while, each counting its failures in total; a step ends when every
 * promote check has had its good looks in a row. What a controller adds of its own (scheduling, scaling) is left out.
 */
export function runCanary(
  policy: Pick<ReleasePolicy, "gates" | "source"> & { readonly delivery: CanaryDelivery },
  lookAt: (request: LookRequest) => Look,
): Outcome {
  const guards = policy.gates.flatMap((gate, index) => failWatches(gate, index, failDelay(policy.source)));
  const whole = plannedLength(policy.delivery);
  let start = 0;
  for (const step of planSteps(policy.delivery)) {
    const holds = policy.gates.flatMap((gate, index) => promoteWatches(gate, index, step, start));
    for (;;) {
      const open = holds.filter(({ done }) => !done);
      if (open.length === 0) break;
      const next = [...guards, ...open].reduce((first, each) => (each.next < first.next ? each : first));
      const at = next.next;
      const since = next.kind === "fail" ? whole : step.since;
      const { settings, slo } = gateAt(policy.gates, next.gate);
      const minRequests = next.kind === "fail" ? 0 : requestsDemanded(settings, step);
      const judgement = judge({ settings, budget: slo.objective.budget, minRequests }, lookAt({ at, gate: next.gate, since, step }));
      next.next += next.every;
      if (next.kind === "fail") {
        if (judgement[next.check]?.verdict !== "fail") continue;
        next.failures += 1;
        if (next.failures >= next.limit) return { kind: "rolledBack", at, step: step.index, gate: next.gate, check: next.check };
      } else {
        next.looks += 1;
        next.streak = isGood(judgement, next.check) ? next.streak + 1 : 0;
        next.done = next.streak >= next.good;
        if (!next.done && next.looks >= next.count) return { kind: "timedOut", at, step: step.index, gate: next.gate, check: next.check };
        start = Math.max(start, at);
      }
    }
  }
  return { kind: "promoted", at: start };
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
  done: boolean;
}

function failWatches({ settings }: SloGate, gate: number, delay: Seconds): readonly FailWatch[] {
  const { fail, extreme, noSeries } = settings;
  const watch = (check: FailCheck, limit: number): FailWatch => ({
    kind: "fail",
    gate,
    check,
    every: fail.every,
    limit,
    next: delay,
    failures: 0,
  });
  return [
    watch("fail", fail.looks),
    ...(extreme === undefined ? [] : [watch("extreme", 1)]),
    ...(noSeries === "fail" ? [watch("series", fail.looks)] : []),
  ];
}

function promoteWatches({ settings }: SloGate, gate: number, step: PlannedStep, start: number): readonly PromoteWatch[] {
  const { firstAt, every, count, good } = promoteLooks(settings.promote, step.bake);
  const checks: readonly PromoteCheck[] = settings.budget === undefined ? ["promote"] : ["promote", "budget"];
  return checks.map((check) => ({
    kind: "promote",
    gate,
    check,
    every,
    good,
    count,
    next: start + firstAt,
    looks: 0,
    streak: 0,
    done: false,
  }));
}

function isGood(judgement: Judgement, check: PromoteCheck): boolean {
  return judgement[check]?.verdict === "go";
}

function gateAt(gates: readonly SloGate[], index: number): SloGate {
  const gate = gates[index];
  if (gate === undefined) throw new Error(`no gate ${index}`);
  return gate;
}
