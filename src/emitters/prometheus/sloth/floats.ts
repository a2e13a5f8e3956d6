import type { CatalogWindow } from "../../../model/model.ts";
import { HOUR, type Seconds } from "../../../units/duration.ts";
import type { Ratio } from "../../../units/quantity.ts";
import { multiply, rational, toNumber } from "../../../units/rational.ts";

/*
 * Sloth computes in float64 and prints what comes out, rounding noise included: `14.4 * 0.0009999999999999432`.
 * To write the same bytes we repeat its operations in its order. Nothing outside this dialect may do so.
 */

/** An objective in percent, as Sloth holds it. */
export type Percent = number;

const HUNDRED = rational(100);

/** Sloth's own formats hold the percent itself. */
export function percentAsWritten(target: Ratio): Percent {
  return toNumber(multiply(target, HUNDRED));
}

/** OpenSLO holds the ratio, which Sloth multiplies: 0.57 becomes 56.99999999999999. */
export function percentFromRatio(target: Ratio): Percent {
  return toNumber(target) * 100;
}

/** The objective as the ratio of `slo:objective:ratio`. */
export function objectiveRatio(objective: Percent): number {
  return objective / 100;
}

/** The error budget as alert thresholds use it; not quite 1 - `objectiveRatio`. */
export function alertBudget(objective: Percent): number {
  return (100 - objective) / 100;
}

/** The burn rate that spends the window's share of the budget within its long window. */
export function burnRateFactor(window: CatalogWindow, period: Seconds): number {
  const percent = toNumber(multiply(window.budgetShare, HUNDRED));
  const hoursToSpend = (percent * hours(period)) / 100;
  return hoursToSpend / hours(window.long);
}

export function days(period: Seconds): number {
  return hours(period) / 24;
}

/** As Go's `Duration.Hours`: whole hours, then the rest as a fraction. */
function hours(duration: Seconds): number {
  return Math.floor(duration / HOUR) + (duration % HOUR) / HOUR;
}

/** Go's `%g`: the shortest digits that read back equal, in exponent form below 1e-4 and from 1e+06. */
export function goFloat(x: number): string {
  const [mantissa = "", exponentText = ""] = x.toExponential().split("e");
  const exponent = Number(exponentText);
  if (x === 0 || (exponent >= -4 && exponent < 6)) return positional(mantissa, exponent);
  const digits = String(Math.abs(exponent)).padStart(2, "0");
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${digits}`;
}

/** Go's `FormatFloat(x, 'f', -1, 64)`: the same digits, never an exponent. */
export function goDecimal(x: number): string {
  const [mantissa = "", exponent = ""] = x.toExponential().split("e");
  return positional(mantissa, Number(exponent));
}

function positional(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}
