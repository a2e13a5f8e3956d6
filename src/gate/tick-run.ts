import type { FlaggerPolicy, SloGate } from "../model/policy.ts";
import type { Seconds } from "../units/duration.ts";
import { toNumber } from "../units/rational.ts";
import { hasEventBudget } from "./excess.ts";
import type { Judgement, JudgeInput, Look } from "./judge.ts";
import { failDelay, stableReach, type PlannedStep } from "./plan.ts";
import { checksOn, judgeOn, type FailCheck, type LookRequest, type PromoteCheck } from "./run.ts";
import { evidenceOf, isWeightKnown, lastShare, tickPlan, type TickPlan } from "./ticks.ts";

export type TickOutcome =
  | { readonly kind: "promoted"; readonly at: number; readonly tick: number; readonly ticks: readonly TickRecord[] }
  | {
      readonly kind: "rolledBack";
      readonly at: number;
      readonly tick: number;
      readonly ticks: readonly TickRecord[];
      /** What the rollback hook found; absent where so many ticks have failed. */
      readonly hook?: { readonly gate: number; readonly check: HookCheck };
    };

/** One tick at which the checks were asked; the one that rolls back asks none. */
export interface TickRecord {
  /** Seconds since the canary's first traffic, which is tick 0. */
  readonly at: number;
  readonly tick: number;
  /** Percent of the traffic that the canary had until now; 0 where it was judged beside the traffic. */
  readonly weight: number;
  /** Every check that failed. Flagger stops at the first, and counts one however many there are. */
  readonly failed: readonly { readonly gate: number; readonly check: TickCheck }[];
  /** Ticks that failed so far, this one among them. */
  readonly failedChecks: number;
}

export type TickCheck = PromoteCheck | "budgetLeft";
export type HookCheck = Exclude<FailCheck, "failSince">;

/**
 * A whole release by Flagger, from the first traffic to the copy of the new version to the primary. At each tick the rollback hook is asked
 * first, then whether too many ticks have failed, then every check; only if all say `go` does the release move on.
 * https://docs.flagger.app/usage/how-it-works (pkg/controller/scheduler.go, `advanceCanary`, of v1.44.0)
 */
export function tickRun(policy: FlaggerPolicy): (lookAt: (request: LookRequest) => Look) => TickOutcome {
  const plan = tickPlan(policy);
  const stations = stationsOf(policy, plan);
  const judges = stations.map(({ step }) =>
    policy.gates.map((gate) =>
      judgeOn(policy.backend, {
        settings: gate.settings,
        budget: gate.slo.objective.budget,
        ...requestsAsked(policy, plan, gate, step),
      }),
    ),
  );
  const checks = policy.gates.map((gate) => tickChecks(policy, plan, gate));
  const hooks = policy.gates.map((gate) => (plan.rollback === undefined ? [] : hookLooks(policy, gate)));
  const moments = looksOfATick(policy, plan, hooks);

  return (lookAt) => {
    const ticks: TickRecord[] = [];
    const seen = policy.gates.map(() => new Map<number, Judgement>());
    let [station, since, passed, failedChecks] = [0, 0, 0, 0];
    for (let tick = 1; ; tick++) {
      const at = tick * plan.interval;
      const here = stations[station];
      if (here === undefined) throw new Error(`no station ${station}`);
      for (const { before, gate } of moments) {
        const moment = at - before;
        const judgement = judges[station]?.[gate]?.(lookAt({ at: moment, gate, since: here.step.since, step: here.step }));
        if (judgement !== undefined) seen[gate]?.set(moment, judgement);
      }
      for (const [gate, looks] of hooks.entries()) {
        const found = looks.find(({ check, moments }) =>
          moments.every((before) => finds(check, seen[gate]?.get(at - before), at - before)),
        );
        if (found !== undefined) return { kind: "rolledBack", at, tick, ticks, hook: { gate, check: found.check } };
      }
      if (failedChecks >= plan.threshold) return { kind: "rolledBack", at, tick, ticks };
      const failed = checks.flatMap((each, gate) => {
        const judgement = seen[gate]?.get(at);
        return each.filter((check) => verdictOf(judgement, check) !== "go").map((check) => ({ gate, check }));
      });
      if (failed.length > 0) failedChecks += 1;
      ticks.push({ at, tick, weight: here.step.weight, failed, failedChecks });
      if (failed.length > 0) continue;
      passed += 1;
      const isOver = plan.bakes === "hook" ? at >= since + here.step.bake : passed >= here.passes;
      if (!isOver) continue;
      if (station === stations.length - 1) return { kind: "promoted", at, tick, ticks };
      [station, since, passed] = [station + 1, at, 0];
    }
  };

  function finds(check: HookCheck, judgement: Judgement | undefined, moment: number): boolean {
    // Before two scrapes the canary's series need not be there.
    if (check === "series" && moment < failDelay(policy.source)) return false;
    return judgement?.[check]?.verdict === "fail";
  }
}

function verdictOf(judgement: Judgement | undefined, check: TickCheck): string | undefined {
  return judgement?.[check === "budgetLeft" ? "exhausted" : check]?.verdict;
}

/** A weight, or a time beside the traffic, that a release passes through. */
interface Station {
  readonly step: PlannedStep;
  /** Ticks that must pass, unless a hook keeps the time. */
  readonly passes: number;
}

function stationsOf({ delivery, controller }: FlaggerPolicy, plan: TickPlan): readonly Station[] {
  const since = stableReach(delivery);
  const route = ((): readonly { readonly weight: number; readonly passes: number; readonly bake?: Seconds }[] => {
    if (delivery.kind === "canary") {
      return plan.ladder.map(({ weight, ticks, step }) => {
        const bake = plan.bakes === "hook" ? delivery.steps[step]?.bake : plan.interval;
        return { weight, passes: ticks, ...(bake !== undefined && { bake }) };
      });
    }
    if (plan.strategy === "abTesting") return [{ weight: 100, passes: plan.iterations }];
    // Between pods there is nothing that could switch traffic before the promotion.
    return [
      { weight: 0, passes: plan.iterations },
      { weight: controller.provider === "kubernetes" ? 0 : 100, passes: 1 },
    ];
  })();
  let startsAt = 0;
  return route.map(({ weight, passes, bake = plan.interval }, index) => {
    const step = { index, weight, bake, startsAt, since, isLast: index === route.length - 1 };
    startsAt += passes * plan.interval;
    return { step, passes };
  });
}

/** What an SLO demands at a tick that ends a time at this step. */
export function requestsAsked(
  policy: FlaggerPolicy,
  plan: TickPlan,
  gate: SloGate,
  { isLast }: Pick<PlannedStep, "isLast">,
): Pick<JudgeInput, "minRequests" | "fullShare"> {
  const { evidence, window } = gate.settings;
  const { minRequests } = evidence;
  switch (evidenceOf(policy, gate)) {
    case "never":
      return { minRequests: 0 };
    case "everyTick":
      return { minRequests };
    case "lastWeight":
      return { minRequests: isLast ? minRequests : 0 };
    case "byShare":
      return { minRequests, fullShare: toNumber(lastShare(plan, window)) };
  }
}

/** What one SLO is asked at each tick. */
export function tickChecks(policy: FlaggerPolicy, plan: TickPlan, { slo, settings }: SloGate): readonly TickCheck[] {
  const isCounted = policy.backend === "prometheus" || hasEventBudget(slo);
  const asksBudget = plan.budget === "everyTick" && isCounted && (settings.budget?.exhausted ?? "observe") !== "observe";
  return [...checksOn(policy.backend, settings).promote, ...(asksBudget ? (["budgetLeft"] as const) : [])];
}

interface HookLooks {
  readonly check: HookCheck;
  /** Seconds before the tick. */
  readonly moments: readonly number[];
}

/** What rolls back at once, and the looks in a row that must find it, the last one at the tick. */
function hookLooks(policy: FlaggerPolicy, { settings }: SloGate): readonly HookLooks[] {
  return checksOn(policy.backend, settings).fail.flatMap(([check, looks]) =>
    check === "failSince" || (check === "series" && !isWeightKnown(policy))
      ? []
      : { check, moments: Array.from({ length: looks }, (_, i) => i * settings.fail.every) },
  );
}

/** Every moment after the last tick at which this tick, or a later one, needs a look; in the order of time. */
function looksOfATick(
  { gates }: FlaggerPolicy,
  { interval }: TickPlan,
  hooks: readonly (readonly HookLooks[])[],
): readonly { readonly before: number; readonly gate: number }[] {
  return gates
    .flatMap((_, gate) => {
      const before = (hooks[gate] ?? []).flatMap(({ moments }) => moments.map((moment) => moment % interval));
      return [...new Set([0, ...before])].map((each) => ({ before: each, gate }));
    })
    .sort((a, b) => b.before - a.before || a.gate - b.gate);
}
