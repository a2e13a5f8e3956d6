import type { PlannedSlo } from "../model/model.ts";
import type { ReleasePolicy } from "../model/policy.ts";

/** What an explanation is about: an SLO, or a release policy with the SLOs that it keeps. */
export type Subject =
  | { readonly kind: "slo"; readonly slo: SloFacts }
  | { readonly kind: "policy"; readonly policies: readonly ReleasePolicy[]; readonly slos: readonly SloFacts[] };

/** An SLO's promise in minutes and requests. Times are in seconds, shares and ratios between 0 and 1. */
export interface SloFacts {
  readonly slo: PlannedSlo;
  /** Requests a second, all of the service; absent where nobody declared any. */
  readonly traffic?: number;
  readonly budget: BudgetFacts;
  /** Those of the target that `alertsFrom` names, or of the plan where no target makes any. */
  readonly alerts: readonly AlertFacts[];
  readonly alertsFrom?: string;
  /** Shares of the budget whose loss that target alerts by itself, however slow, ascending; absent where it does not. */
  readonly alertsOnBudget?: readonly number[];
  /** What further targets make of the plan. */
  readonly elsewhere?: readonly { readonly target: string; readonly alerts: readonly AlertFacts[] }[];
}

export interface BudgetFacts {
  /** 1 - target. */
  readonly share: number;
  readonly period: number;
  /** Of a total outage that uses the whole budget up. */
  readonly outage: number;
  /** Bad requests that use it up, at the declared traffic. */
  readonly requests?: number;
}

export interface AlertFacts {
  readonly name: string;
  readonly severity: string;
  /** Fires while any of the pairs burns, or while all do. */
  readonly combine: "any" | "all";
  /** How long the condition must hold. */
  readonly holds: number;
  /** How long it goes on firing once the condition has ended; absent where not at all. */
  readonly keepsFiring?: number;
  readonly pairs: readonly PairFacts[];
}

/** One pair of windows: fires while both burn above `burnRate`. */
export interface PairFacts {
  readonly long: number;
  readonly short: number;
  readonly burnRate: number;
  /** The error ratio above which it fires at last, burn rate times budget; above 1 it never does. */
  readonly errorRatio: number;
  /** The share of the period's budget that is spent when it fires on an incident that came out of nothing: burn rate times long window over period. */
  readonly budgetShare: number;
  /** Bad requests within the long window that make it fire, at the declared traffic. */
  readonly badRequests?: number;
  /** Bad requests that the long window must hold in any case. */
  readonly minBadRequests?: number;
  /** The error ratio over the long window at which there are so many, where at the declared traffic that is above `errorRatio`. */
  readonly leastRatio?: number;
}
