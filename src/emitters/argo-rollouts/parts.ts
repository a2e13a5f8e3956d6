import { gateQueries, guardQuery, type Hashes } from "../../backends/prometheus/gate.ts";
import { promoteLooks } from "../../gate/plan.ts";
import type { BlueGreenDelivery, GateSettings, ReleasePolicy, SloGate } from "../../model/policy.ts";
import { binary, number } from "../../promql/build.ts";
import type { Expr } from "../../promql/ast.ts";
import type { Seconds } from "../../units/duration.ts";
import { toDecimal } from "../../units/rational.ts";
import { ARGUMENTS, valueOf } from "./arguments.ts";
import {
  budgetMetrics,
  failGuard,
  failMetrics,
  holdGuard,
  holdStep,
  observations,
  promoteMetrics,
  recordStep,
  type GateChecks,
  type GuardCheck,
  type Hold,
  type Looks,
  type Rhythm,
} from "./metrics.ts";
import { metricStem } from "./names.ts";
import type { TemplatePart } from "./templates.ts";
import type { Metric } from "./types.ts";

/** Argo fills the hashes of the two ReplicaSets in; its values are not templates again, so they stay as they are in any matcher. */
export const HASHES: Hashes = { canary: valueOf(ARGUMENTS.canaryHash), stable: valueOf(ARGUMENTS.stableHash) };

/** The templates of one policy that has them for itself. */
export function partsOf(policy: ReleasePolicy, rhythm: Rhythm): readonly TemplatePart[] {
  const guards = policy.guards.map((guard): GuardCheck => ({ guard, query: guardQuery(guard, policy, HASHES) }));
  const checks = {
    whole: policy.gates.map((gate) => checksOf(gate, policy, evidenceAtEnd(gate))),
    stepwise: policy.gates.map((gate) => checksOf(gate, policy, evidenceByStep(gate))),
    holdGuards: guards.filter(({ guard }) => guard.action === "hold"),
    failGuards: guards.filter(({ guard }) => guard.action === "fail"),
  };
  const parts =
    policy.delivery.kind === "canary" ? canaryParts(policy, rhythm, checks) : blueGreenParts(policy, policy.delivery, rhythm, checks);
  return parts.filter(({ metrics }) => metrics.length > 0);
}

/** What a policy checks, before it is spread over templates. */
export interface Checks {
  /** As at the end of the release. */
  readonly whole: readonly GateChecks[];
  /** As each step asks, by its arguments. */
  readonly stepwise: readonly GateChecks[];
  readonly holdGuards: readonly GuardCheck[];
  readonly failGuards: readonly GuardCheck[];
}

/** The checks that roll back run all the while, those that a step waits for within the step, and no check in both. */
export function canaryParts(policy: Pick<ReleasePolicy, "enforcement">, rhythm: Rhythm, checks: Checks): readonly TemplatePart[] {
  const failing = failChecks(checks, rhythm, "throughout");
  const burns = checks.whole.flatMap((gate) => observations(gate, rhythm, "throughout"));
  if (policy.enforcement === "observe") {
    // A dry run within a step would still make the step wait for its end.
    const recorded = promoteChecks(checks.whole, checks.holdGuards, recordStep(rhythm, "throughout", rhythm.failDelay));
    return [{ role: "background", dry: "all", metrics: [...failing, ...recorded, ...burns] }];
  }
  return [
    { role: "background", dry: "observations", metrics: [...failing, ...burns] },
    { role: "promote", dry: "none", metrics: promoteChecks(checks.stepwise, checks.holdGuards, holdStep(rhythm)) },
    { role: "budget", dry: "none", metrics: checks.stepwise.flatMap((gate) => budgetMetrics(gate, rhythm)) },
  ];
}

/** Before the switch the checks that a step would wait for; after it, for as long as the old version stands by, those that roll back. */
function blueGreenParts(
  { enforcement }: ReleasePolicy,
  { prePromotion, postPromotion }: BlueGreenDelivery,
  rhythm: Rhythm,
  checks: Checks,
): readonly TemplatePart[] {
  const enforced = enforcement === "enforce";
  const before = (length: Seconds): TemplatePart => {
    const { good, firstAt } = promoteLooks(rhythm.settings.promote, length);
    return enforced
      ? { role: "promote", dry: "none", metrics: promoteChecks(checks.stepwise, checks.holdGuards, holdStep(rhythm)) }
      : { role: "promote", dry: "all", metrics: promoteChecks(checks.whole, checks.holdGuards, recordStep(rhythm, good, firstAt)) };
  };
  const after = (length: Seconds): TemplatePart => {
    const looks = looksWithin(length, rhythm);
    const burns = checks.whole.flatMap((gate) => observations(gate, rhythm, looks).slice(0, 1));
    return { role: "post-promotion", dry: enforced ? "observations" : "all", metrics: [...failChecks(checks, rhythm, looks), ...burns] };
  };
  return [
    ...(prePromotion === undefined ? [] : [before(prePromotion)]),
    ...(enforced
      ? [{ role: "budget" as const, dry: "none" as const, metrics: checks.stepwise.flatMap((gate) => budgetMetrics(gate, rhythm)) }]
      : []),
    ...(postPromotion === undefined ? [] : [after(postPromotion)]),
  ];
}

function failChecks({ whole, failGuards }: Checks, rhythm: Rhythm, looks: Looks): readonly Metric[] {
  // A guard belongs to no SLO, so it bears what the most patient of them bears.
  const tolerated = Math.max(...whole.map(({ settings }) => settings.fail.looks)) - 1;
  return [
    ...whole.flatMap((gate) => failMetrics(gate, rhythm, looks)),
    ...failGuards.map((guard) => failGuard(guard, tolerated, rhythm, looks)),
  ];
}

function promoteChecks(gates: readonly GateChecks[], guards: readonly GuardCheck[], hold: Hold): readonly Metric[] {
  return [...gates.flatMap((gate) => promoteMetrics(gate, hold)), ...guards.map((guard) => holdGuard(guard, hold))];
}

/** Looks of the fail checks from their delay to the end of `length`, both included. */
export function looksWithin(length: Seconds, { failDelay, settings }: Rhythm): number {
  return Math.max(1, Math.floor((length - failDelay) / settings.fail.every) + 1);
}

function checksOf(gate: SloGate, policy: ReleasePolicy, minRequests: Expr | undefined): GateChecks {
  const { slo, settings } = gate;
  return {
    stem: metricStem(slo.id),
    queries: gateQueries(gate, policy, HASHES, minRequests),
    limits: limitsOf(settings),
    settings,
  };
}

function limitsOf({ fail, extreme, promote }: GateSettings): GateChecks["limits"] {
  return {
    fail: toDecimal(fail.burnRate),
    extreme: extreme === undefined ? "" : toDecimal(extreme.burnRate),
    promote: toDecimal(promote.burnRate),
  };
}

/** `demand` is the number of requests, or an argument in its place. */
export function evidenceAtEnd({ settings: { evidence } }: SloGate, demand = String(evidence.minRequests)): Expr | undefined {
  return evidence.otherwise === "pass" ? undefined : number(demand);
}

/** Zero requests are enough for a step whose argument `evidence` is 0. */
export function evidenceByStep(gate: SloGate, demand?: string): Expr | undefined {
  const atEnd = evidenceAtEnd(gate, demand);
  if (atEnd === undefined || gate.settings.evidence.by === "everyStep") return atEnd;
  return binary(atEnd, "*", number(valueOf(ARGUMENTS.evidence)));
}
