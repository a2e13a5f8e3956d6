import { compare, divide, multiply, ONE, rational, subtract, ZERO, type Rational } from "./rational.ts";
import type { Seconds } from "./duration.ts";

declare const unit: unique symbol;

/** A share strictly between 0 and 1, such as a target of 0.999 or the budget of 0.001 that it leaves. */
export type Ratio = Rational & { readonly [unit]: "ratio" };

/** How many times faster than allowed the error budget is spent; 1 spends exactly the budget over the SLO's period. */
export type BurnRate = Rational & { readonly [unit]: "burn rate" };

/** The value as a ratio, or undefined outside the open interval (0, 1). */
export function ratio(value: Rational): Ratio | undefined {
  return compare(value, ZERO) > 0 && compare(value, ONE) < 0 ? (value as Ratio) : undefined;
}

/** A percentage such as 99.9 as the ratio 0.999, or undefined outside (0, 100). */
export function ratioFromPercent(percent: Rational): Ratio | undefined {
  return ratio(divide(percent, rational(100)));
}

/** What is left to 1: the error budget of a target, or the target that leaves a budget. */
export function complement(value: Ratio): Ratio {
  return subtract(ONE, value) as Ratio;
}

/** The value as a burn rate, or undefined if it is not above zero. */
export function burnRate(value: Rational): BurnRate | undefined {
  return compare(value, ZERO) > 0 ? (value as BurnRate) : undefined;
}

/**
 * The burn rate that spends `share` of the error budget within `window`.
 * burn = share x period / window (Google SRE Workbook, chapter 5): 2 % in 1h of 30d is 14.4.
 */
export function burnRateSpending(share: Rational, window: Seconds, period: Seconds): BurnRate {
  return multiply(share, rational(period, window)) as BurnRate;
}

/** The share of the error budget that `burn` spends within `window`: the inverse of `burnRateSpending`. */
export function budgetShareSpent(burn: BurnRate, window: Seconds, period: Seconds): Rational {
  return multiply(burn, rational(window, period));
}

/** The error ratio at which the budget burns at `burn`: 14.4 x 0.001 = 0.0144. */
export function errorRatioAt(burn: BurnRate, budget: Ratio): Rational {
  return multiply(burn, budget);
}

/** The burn rate of a total outage; no alert above it can ever fire. */
export function highestBurnRate(budget: Ratio): BurnRate {
  return divide(ONE, budget) as BurnRate;
}
