import type { AlertFacts, BudgetFacts, PairFacts } from "./facts.ts";

/*
 * Errors that set in out of none while traffic is even. A window's error ratio then rises as time over window, so it passes a limit
 * after window x limit / error ratio: https://sre.google/workbook/alerting-on-slos/, "detection time" and "reset time".
 */

/** Seconds until a pair of windows fires; undefined if it never does. The long window is always the last of the two to pass. */
export function detectionTime({ long, errorRatio: limit }: PairFacts, errorRatio: number): number | undefined {
  return errorRatio > limit ? (long * limit) / errorRatio : undefined;
}

/** Seconds for which a pair goes on firing after the errors have ended: until its short window has let enough of them go. */
export function resetTime({ short, errorRatio: limit }: PairFacts, errorRatio: number): number {
  return errorRatio > limit ? short * (1 - limit / errorRatio) : 0;
}

/** Seconds until an alert fires, with the time for which its condition must hold; undefined if it never does. */
export function alertDetection({ pairs, combine, holds }: AlertFacts, errorRatio: number): number | undefined {
  const times = pairs.map((pair) => detectionTime(pair, errorRatio) ?? Infinity);
  const time = combine === "all" ? Math.max(...times) : Math.min(...times);
  return time === Infinity ? undefined : time + holds;
}

/** The share of the period's budget that errors at this ratio have spent after `time` seconds. Above 1: more than there is. */
export function budgetSpent({ share, period }: BudgetFacts, errorRatio: number, time: number): number {
  return (errorRatio * time) / (share * period);
}

/** Errors at one ratio from second 0 to `duration`, none before or after. */
export interface Incident {
  readonly errorRatio: number;
  readonly duration: number;
}

/** The burn rate over the window that ends `time` seconds after an incident began. */
export function burnRateAt({ errorRatio, duration }: Incident, { share }: BudgetFacts, window: number, time: number): number {
  const bad = Math.min(duration, time) - Math.max(0, time - window);
  return (errorRatio * Math.max(0, bad)) / window / share;
}
