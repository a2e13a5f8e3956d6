import type { TargetAlert, TargetAlerts, TargetPair } from "../emitters/emitter.ts";
import type { PlannedAlert, PlannedSlo } from "../model/model.ts";
import { budgetShareSpent, errorRatioAt } from "../units/quantity.ts";
import { multiply, rational, toNumber } from "../units/rational.ts";
import type { AlertFacts, BudgetFacts, PairFacts, SloFacts } from "./facts.ts";

/**
 * An SLO's promise in figures. `traffic` is in requests a second; it is left out where the budget counts no requests.
 * `targets` are the alerts that the build makes of the plan, the most telling first.
 */
export function sloFacts(slo: PlannedSlo, traffic?: number, targets: readonly TargetAlerts[] = []): SloFacts {
  const counted = countsRequests(slo) ? traffic : undefined;
  const [first, ...others] = targets;
  return {
    slo,
    ...(counted !== undefined && { traffic: counted }),
    budget: budgetFacts(slo, counted),
    alerts: (first?.alerts ?? slo.alerts.map(asPlanned)).map((alert) => alertFacts(slo, alert, counted)),
    ...(first && { alertsFrom: first.target }),
    ...(first && first.onBudget.length > 0 && { alertsOnBudget: first.onBudget.map(toNumber).sort((a, b) => a - b) }),
    ...(others.length > 0 && {
      elsewhere: others.map(({ target, alerts }) => ({ target, alerts: alerts.map((alert) => alertFacts(slo, alert, counted)) })),
    }),
  };
}

/** Whether one bad request is one bad event of the budget: a slice, a value and a ready ratio do not tell. */
export function countsRequests({ budgeting, indicators }: PlannedSlo): boolean {
  return budgeting.kind === "occurrences" && (indicators.prometheus ?? indicators.datadog)?.kind === "events";
}

function budgetFacts({ objective: { budget }, period }: PlannedSlo, traffic: number | undefined): BudgetFacts {
  const outage = toNumber(multiply(budget, rational(period)));
  return { share: toNumber(budget), period, outage, ...(traffic !== undefined && { requests: traffic * outage }) };
}

/** An alert as it is planned, before a target adds anything. */
function asPlanned({ name, severity, combine, pairs, after }: PlannedAlert): TargetAlert {
  return { name, severity, combine, pairs: pairs.map((pair) => ({ ...pair, minBadEvents: 0 })), holds: after ?? 0, keepsFiring: 0 };
}

function alertFacts(slo: PlannedSlo, alert: TargetAlert, traffic: number | undefined): AlertFacts {
  const { name, severity, combine, holds, keepsFiring, pairs } = alert;
  return {
    name,
    severity,
    combine,
    holds,
    ...(keepsFiring > 0 && { keepsFiring }),
    pairs: pairs.map((pair) => pairFacts(slo, pair, traffic)),
  };
}

function pairFacts(slo: PlannedSlo, pair: TargetPair, traffic: number | undefined): PairFacts {
  const { long, short, burnRate, minBadEvents } = pair;
  const errorRatio = toNumber(errorRatioAt(burnRate, slo.objective.budget));
  const requests = traffic === undefined ? undefined : traffic * long;
  const leastRatio = requests === undefined ? 0 : minBadEvents / requests;
  return {
    long,
    short,
    burnRate: toNumber(burnRate),
    errorRatio,
    budgetShare: toNumber(budgetShareSpent(burnRate, long, slo.period)),
    ...(requests !== undefined && { badRequests: Math.max(requests * errorRatio, minBadEvents) }),
    ...(minBadEvents > 0 && { minBadRequests: minBadEvents }),
    ...(leastRatio > errorRatio && { leastRatio }),
  };
}
