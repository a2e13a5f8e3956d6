import type { AlertFacts, BudgetFacts, PairFacts } from "./facts.ts";

/*
 * Errors that set in out of none while traffic is even. A window's error ratio then rises as time over window, so it passes a limit
 * after window x limit / error ratio: https://sre.google/workbook/alerting-on-slos/, "detection time" and "reset time".
 */

/** Seconds until a pair of windows fires; undefined if it never does. The long window is always the last of the two to pass. */
export function detectionTime(pair: PairFacts, errorRatio: number): number | undefined {
  const limit = tripRatio(pair);
  return errorRatio > limit ? (pair.long * limit) / errorRatio : undefined;
}

/** The error ratio above which a pair fires at last: its limit, or what makes up the bad requests that it must have. */
export function tripRatio({ errorRatio, leastRatio = 0 }: PairFacts): number {
  return Math.max(errorRatio, leastRatio);
}

/** Seconds for which a pair goes on firing after the errors have ended: until its short window has let enough of them go. */
export function resetTime(pair: PairFacts, errorRatio: number): number {
  return errorRatio > tripRatio(pair) ? pair.short * (1 - pair.errorRatio / errorRatio) : 0;
}

/** Seconds until an alert fires, with the time for which its condition must hold; undefined if it never does. */
export function alertDetection({ pairs, combine, holds }: AlertFacts, errorRatio: number): number | undefined {
  const times = pairs.map((pair) => detectionTime(pair, errorRatio) ?? Infinity);
  const time = combine === "all" ? Math.max(...times) : Math.min(...times);
  return time === Infinity ? undefined : time + holds;
}

/** Seconds for which an alert goes on firing after errors at this ratio that lasted for `duration` seconds; 0 if it did not fire. */
export function alertReset({ pairs, combine, keepsFiring = 0 }: AlertFacts, errorRatio: number, duration = Infinity): number {
  const fired = pairs.filter((pair) => (detectionTime(pair, errorRatio) ?? Infinity) < duration);
  const times = combine === "all" && fired.length < pairs.length ? [] : fired.map((pair) => resetTime(pair, errorRatio));
  return times.length === 0 ? 0 : (combine === "all" ? Math.min(...times) : Math.max(...times)) + keepsFiring;
}

/** The highest error ratio at which no alert ever fires, however long it goes on; 1 if none can fire at all. */
export function unseenRatio(alerts: readonly AlertFacts[]): number {
  const ratios = alerts.map(({ pairs, combine }) => {
    const limits = pairs.map(tripRatio);
    return combine === "all" ? Math.max(...limits) : Math.min(...limits);
  });
  return Math.min(1, ...ratios);
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
