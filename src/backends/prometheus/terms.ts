import type { BinaryExpr, Expr } from "../../promql/ast.ts";
import { binary, call, number, paren } from "../../promql/build.ts";
import { outputLabels, selectorsOf } from "../../promql/rewrite.ts";
import { withChildren, withoutParens } from "../../promql/walk.ts";

/**
 * The same count where a term without a series is zero. PromQL drops a sum or a difference of which one side is absent, and on a new version
 * that is the usual case: one that fails every request has no series of good ones, so "all less good" would be nothing, and read as no error.
 * A histogram's buckets stay as they are: one that is absent is a bound that nobody exports, not a bound that nothing was below.
 * `isCount` tells the terms; matching by some labels only is the user's own, and has no zero that would fit.
 */
export function withAbsentTerms(expr: Expr, isCount: (part: Expr) => boolean): Expr {
  const fill = (part: Expr): Expr => {
    if (part.kind !== "binary" || !isSumOfCounts(part, isCount)) return withChildren(part, fill);
    if (part.op === "-") return difference(fill(part.left), fill(part.right), part);
    return sum(termsOf(part, isCount).map(fill), part);
  };
  return fill(expr);
}

function isSumOfCounts({ op, matching, left, right }: BinaryExpr, isCount: (part: Expr) => boolean): boolean {
  return (op === "+" || op === "-") && matching === undefined && isCount(left) && isCount(right);
}

/** The terms of a chain of `+`, in order. */
function termsOf(expr: Expr, isCount: (part: Expr) => boolean): readonly Expr[] {
  const bare = withoutParens(expr);
  const isChain = bare.kind === "binary" && bare.op === "+" && isSumOfCounts(bare, isCount);
  return isChain ? [...termsOf(bare.left, isCount), ...termsOf(bare.right, isCount)] : [expr];
}

function difference(left: Expr, right: Expr, original: BinaryExpr): Expr {
  const plain = { ...original, left, right };
  if (readsBuckets(right) || isNeverAbsent(right)) return plain;
  return isBare(right) ? { ...plain, right: orZero(right) } : binary(plain, "or", left);
}

function sum(terms: readonly Expr[], original: BinaryExpr): Expr {
  const plus = (all: readonly Expr[]): Expr => all.reduce((left, right) => ({ ...original, left, right }));
  if (terms.some(readsBuckets) || terms.every(isNeverAbsent)) return plus(terms);
  if (!terms.every(isBare)) return terms.reduce((left, right) => either([{ ...original, left, right }, left, right]));
  const filled = plus(terms.map((term) => (isNeverAbsent(term) ? term : orZero(term))));
  // Without any of the terms nothing was measured, which is not the same as zero.
  return terms.some(isNeverAbsent) ? filled : binary(paren(filled), "and", paren(either(terms)));
}

function either(all: readonly Expr[]): Expr {
  return all.reduce((left, right) => binary(left, "or", right));
}

function orZero(expr: Expr): Expr {
  return paren(binary(expr, "or", call("vector", number("0"))));
}

function isBare(expr: Expr): boolean {
  const labels = outputLabels(expr);
  return labels !== "unknown" && labels.known.length === 0;
}

function isNeverAbsent(expr: Expr): boolean {
  const bare = withoutParens(expr);
  if (bare.kind === "call") return bare.function === "vector";
  return bare.kind === "binary" && bare.op === "or" && (isNeverAbsent(bare.left) || isNeverAbsent(bare.right));
}

function readsBuckets(expr: Expr): boolean {
  return selectorsOf(expr).some(({ name }) => typeof name === "string" && name.endsWith("_bucket"));
}
