/**
 * Conditions in the language of github.com/expr-lang/expr, in the part of it that every release since 1.5 reads alike.
 * A query's result is a list, maybe an empty one: what looks into it asks for its length first, since an index beyond the end is an error,
 * which counts as a source that does not answer.
 */

/** Nothing is said against the canary where there is nothing to be seen. */
export function isAbove(limit: string): string {
  return `len(result) > 0 && result[0] > ${limit}`;
}

export function isBelow(limit: string): string {
  return `len(result) > 0 && result[0] < ${limit}`;
}

export function isThere(): string {
  return "len(result) > 0";
}

/** A step goes on for what was measured only. */
export function isAtMost(limit: string): string {
  return `len(result) == 1 && result[0] <= ${limit}`;
}

export function isAtLeast(limit: string): string {
  return `len(result) == 1 && result[0] >= ${limit}`;
}

export function isLeft(): string {
  return "len(result) == 1 && result[0] > 0";
}

export function isGone(): string {
  return "len(result) == 1 && result[0] <= 0";
}

/** Beside a success condition it makes what is not good undecided rather than failed. */
export const NEVER = "false";
