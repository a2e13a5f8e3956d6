import { promoteLooks } from "../../gate/plan.ts";
import type { BlueGreenDelivery, ReleasePolicy } from "../../model/policy.ts";
import type { Seconds } from "../../units/duration.ts";
import {
  budgetMetrics,
  failGuard,
  failMetrics,
  holdStep,
  observations,
  recordStep,
  type GateChecks,
  type GuardCheck,
  type Hold,
  type Looks,
  type Rhythm,
} from "./metrics.ts";
import { datadogChecks } from "./on-datadog.ts";
import { prometheusChecks } from "./on-prometheus.ts";
import type { TemplatePart } from "./templates.ts";
import type { Metric } from "./types.ts";

/** What a policy checks, before it is spread over templates. */
export interface Checks {
  /** As at the end of the release. */
  readonly whole: readonly GateChecks[];
  /** As each step asks, by its arguments. */
  readonly stepwise: readonly GateChecks[];
  readonly guards: readonly GuardCheck[];
}

/** The templates of one policy that has them for itself. */
export function partsOf(policy: ReleasePolicy, rhythm: Rhythm): readonly TemplatePart[] {
  const checks = policy.backend === "prometheus" ? prometheusChecks(policy) : datadogChecks(policy, rhythm.version);
  const parts =
    policy.delivery.kind === "canary" ? canaryParts(policy, rhythm, checks) : blueGreenParts(policy, policy.delivery, rhythm, checks);
  return parts.filter(({ metrics }) => metrics.length > 0);
}

/** The checks that roll back run all the while, those that a step waits for within the step, and no check in both. */
export function canaryParts(policy: Pick<ReleasePolicy, "enforcement">, rhythm: Rhythm, checks: Checks): readonly TemplatePart[] {
  const failing = failChecks(checks, rhythm, "throughout");
  const burns = checks.whole.flatMap((gate) => observations(gate, rhythm, "throughout"));
  if (policy.enforcement === "observe") {
    // A dry run within a step would still make the step wait for its end.
    const recorded = promoteChecks(checks.whole, checks.guards, recordStep(rhythm, "throughout", rhythm.failDelay));
    return [{ role: "background", dry: "all", metrics: [...failing, ...recorded, ...burns] }];
  }
  return [
    { role: "background", dry: "observations", metrics: [...failing, ...burns] },
    { role: "promote", dry: "none", metrics: promoteChecks(checks.stepwise, checks.guards, holdStep(rhythm)) },
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
      ? { role: "promote", dry: "none", metrics: promoteChecks(checks.stepwise, checks.guards, holdStep(rhythm)) }
      : { role: "promote", dry: "all", metrics: promoteChecks(checks.whole, checks.guards, recordStep(rhythm, good, firstAt)) };
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

function failChecks({ whole, guards }: Checks, rhythm: Rhythm, looks: Looks): readonly Metric[] {
  // A guard belongs to no SLO, so it bears what the most patient of them bears.
  const tolerated = Math.max(...whole.map(({ settings }) => settings.fail.looks));
  return [
    ...whole.flatMap((gate) => failMetrics(gate, rhythm, looks)),
    ...guards.filter(({ action }) => action === "fail").map((guard) => failGuard(guard, tolerated, rhythm, looks)),
  ];
}

function promoteChecks(gates: readonly GateChecks[], guards: readonly GuardCheck[], hold: Hold): readonly Metric[] {
  return [...gates.flatMap(({ promoting }) => promoting), ...guards.filter(({ action }) => action === "hold")].map(hold);
}

/** Looks of the fail checks from their delay to the end of `length`, both included. */
export function looksWithin(length: Seconds, { failDelay, settings }: Rhythm): number {
  return Math.max(1, Math.floor((length - failDelay) / settings.fail.every) + 1);
}
