import { earliestPromotion, tickPlan } from "../gate/ticks.ts";
import { timeline } from "../gate/timeline.ts";
import { isForFlagger, type DeployGate, type ReleasePolicy } from "../model/policy.ts";
import { errorRatioAt } from "../units/quantity.ts";
import { toNumber } from "../units/rational.ts";
import { alertDetection, alertReset, unseenRatio } from "./detection.ts";
import type { AlertFacts, SloFacts } from "./facts.ts";

/**
 * What programs read of SLOs and policies. Times are in seconds, shares and ratios between 0 and 1, traffic in requests a second;
 * what does not exist or is not known is left out. A member may be added in the same version; none changes its meaning.
 */
export interface ExplainReport {
  readonly version: 1;
  readonly slos: readonly SloReport[];
  readonly policies: readonly PolicyReport[];
  readonly deployGates: readonly DeployGateReport[];
}

export interface SloReport {
  readonly id: string;
  readonly service: string;
  readonly name: string;
  readonly title?: string;
  /** Where the SLO is written. */
  readonly file: string;
  readonly target: number;
  readonly period: number;
  readonly budgeting: "occurrences" | "timeslices" | "ratio-timeslices";
  readonly traffic?: number;
  /** `outage`: a total one that uses it up; `requests`: the bad ones that do. */
  readonly budget: { readonly share: number; readonly outage: number; readonly requests?: number };
  /** The target that makes the alerts; absent where none does and they are only planned. */
  readonly alertsFrom?: string;
  readonly alerts: readonly AlertReport[];
  /** Shares of the budget whose loss is alerted by itself; absent where none is. */
  readonly alertsOnBudget?: readonly number[];
  /** The highest error ratio that no alert on a burn rate ever sees. */
  readonly unseenErrorRatio: number;
}

export interface AlertReport {
  readonly name: string;
  readonly severity: string;
  /** Fires while any of the pairs burns, or while all do. */
  readonly combine: "any" | "all";
  readonly holds: number;
  readonly keepsFiring: number;
  /** After a total outage began and after it ended; absent where not even that alerts. */
  readonly outageDetection?: number;
  readonly outageReset?: number;
  readonly pairs: AlertFacts["pairs"];
}

export interface PolicyReport {
  readonly name: string;
  readonly environment?: string;
  readonly controller: ReleasePolicy["controller"]["kind"];
  readonly workload: { readonly name: string; readonly namespace?: string };
  readonly delivery: "canary" | "blueGreen";
  readonly enforcement: "observe" | "enforce";
  readonly traffic?: number;
  /** Until all traffic is on the new version, if nothing is held. */
  readonly duration?: number;
  /** The ids of its SLOs. */
  readonly slos: readonly string[];
}

/** A gate before a deployment: blocks while both windows have a higher error ratio, or no more than `remainingBudget` is left. */
export interface DeployGateReport extends Pick<PolicyReport, "name" | "environment" | "workload" | "enforcement"> {
  readonly slos: readonly {
    readonly id: string;
    readonly burnRate: number;
    readonly errorRatio: number;
    readonly window: number;
    readonly shortWindow: number;
    /** Absent where the budget blocks nothing. */
    readonly remainingBudget?: number;
  }[];
}

export function explainReport(
  slos: readonly SloFacts[],
  policies: readonly ReleasePolicy[],
  deployGates: readonly DeployGate[],
): ExplainReport {
  return { version: 1, slos: slos.map(sloReport), policies: policies.map(policyReport), deployGates: deployGates.map(deployGateReport) };
}

function sloReport({ slo, traffic, budget, alerts, alertsFrom, alertsOnBudget }: SloFacts): SloReport {
  const { id, service, name, title, objective, period, budgeting, at } = slo;
  const { share, outage, requests } = budget;
  return {
    id,
    service,
    name,
    ...(title !== undefined && { title }),
    file: at.file.path,
    target: toNumber(objective.target),
    period,
    budgeting: budgeting.kind,
    ...(traffic !== undefined && { traffic }),
    budget: { share, outage, ...(requests !== undefined && { requests }) },
    ...(alertsFrom !== undefined && { alertsFrom }),
    alerts: alerts.map(alertReport),
    ...(alertsOnBudget && { alertsOnBudget }),
    unseenErrorRatio: unseenRatio(alerts),
  };
}

function alertReport(alert: AlertFacts): AlertReport {
  const { name, severity, combine, holds, keepsFiring = 0, pairs } = alert;
  const outageDetection = alertDetection(alert, 1);
  const outage = outageDetection === undefined ? {} : { outageDetection, outageReset: alertReset(alert, 1) };
  return { name, severity, combine, holds, keepsFiring, ...outage, pairs };
}

function policyReport(policy: ReleasePolicy): PolicyReport {
  const { name, environment, controller, workload, delivery, enforcement, traffic, gates } = policy;
  const duration = isForFlagger(policy)
    ? earliestPromotion(tickPlan(policy))
    : delivery.kind === "canary"
      ? timeline({ ...policy, delivery }).at(-1)?.to
      : undefined;
  return {
    name,
    ...(environment !== undefined && { environment }),
    controller: controller.kind,
    workload: { name: workload.name, ...(workload.namespace !== undefined && { namespace: workload.namespace }) },
    delivery: delivery.kind,
    enforcement,
    ...(traffic !== undefined && { traffic: toNumber(traffic) }),
    ...(duration !== undefined && { duration }),
    slos: gates.map(({ slo }) => slo.id),
  };
}

function deployGateReport({ name, environment, workload, enforcement, slos }: DeployGate): DeployGateReport {
  return {
    name,
    ...(environment !== undefined && { environment }),
    workload: { name: workload.name, ...(workload.namespace !== undefined && { namespace: workload.namespace }) },
    enforcement,
    slos: slos.map(({ slo, burnRate, window, shortWindow, budget }) => ({
      id: slo.id,
      burnRate: toNumber(burnRate),
      errorRatio: toNumber(errorRatioAt(burnRate, slo.objective.budget)),
      window,
      shortWindow,
      ...(budget?.blocks === true && { remainingBudget: toNumber(budget.remaining) }),
    })),
  };
}
