/**
 * One-sided quantiles of the standard normal distribution by confidence.
 * https://en.wikipedia.org/wiki/Standard_normal_table
 */
const QUANTILES: ReadonlyMap<number, number> = new Map([
  [0.8, 0.8416],
  [0.9, 1.2816],
  [0.95, 1.645],
  [0.975, 1.96],
  [0.99, 2.3263],
  [0.995, 2.5758],
  [0.999, 3.0902],
]);

export const CONFIDENCES: readonly number[] = [...QUANTILES.keys()];

/** The quantile of a confidence out of `CONFIDENCES`. */
export function quantile(confidence: number): number {
  const z = QUANTILES.get(confidence);
  if (z === undefined) throw new Error(`no quantile for a confidence of ${confidence}`);
  return z;
}

/**
 * The constants of the bounds of a rare event's count, `(sqrt(b + square) -+ half) ^ 2`, which are those of the Wilson
 * score interval for counts that are small beside their total (E. B. Wilson, 1927, in the Poisson limit):
 * https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
 * Rounded as they are printed into queries, so that every judge computes with the same numbers.
 */
export interface BoundConstants {
  /** z^2 / 4 */
  readonly square: number;
  /** z / 2 */
  readonly half: number;
  /** The least `sqrt(b + square)` that counts as `minBadEvents` events. */
  readonly least: number;
}

/**
 * `increase()` extrapolates to the window's edges: at four scrapes a window three events read 2.7 at the least,
 * so that much counts as three.
 */
const EXTRAPOLATION = 0.9;

export function boundConstants(confidence: number, minBadEvents: number): BoundConstants {
  const z = quantile(confidence);
  const square = round((z * z) / 4);
  return { square, half: round(z / 2), least: round(Math.sqrt(EXTRAPOLATION * minBadEvents + square)) };
}

/** The count that a lower bound stands for; 0 where there are too few bad events to say anything. */
export function lowerBound(bad: number, { square, half, least }: BoundConstants): number {
  const root = Math.sqrt(bad + square);
  return root >= least ? (root - half) ** 2 : 0;
}

/** The most events that the count is likely to stand for: the other end of the same interval. */
export function upperBound(bad: number, { square, half }: BoundConstants): number {
  return (Math.sqrt(bad + square) + half) ** 2;
}

function round(x: number): number {
  return Number(x.toFixed(4));
}
