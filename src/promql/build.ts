import type {
  Aggregation,
  BinaryExpr,
  BinaryOperator,
  Call,
  Duration,
  Expr,
  Grouping,
  Matcher,
  MatrixSelector,
  Paren,
  Subquery,
  UnaryExpr,
  VectorMatching,
  VectorSelector,
  NumberLiteral,
  WindowHole,
} from "./ast.ts";
import { isBareMetricName } from "./names.ts";
import { HOLE } from "./placeholders.ts";
import type { Seconds } from "../units/duration.ts";

/** Selects a series. A name that cannot stand by itself, such as `http.requests` or `on`, becomes a matcher. */
export function series(name: string | undefined, matchers: readonly Matcher[] = []): VectorSelector {
  if (name === undefined || isBareMetricName(name)) return { kind: "vector", ...(name !== undefined && { name }), matchers };
  return { kind: "vector", matchers: [{ label: "__name__", op: "=", value: name }, ...matchers] };
}

/** A number as it is to be printed, such as `0.001` or `-Inf`. */
export function number(text: string): NumberLiteral | UnaryExpr {
  const magnitude: NumberLiteral = { kind: "number", text: text.replace(/^[-+]/, "") };
  return text.startsWith("-") ? { kind: "unary", op: "-", expr: magnitude } : magnitude;
}

/** A selector's samples over the last stretch of time, or over the window that is filled in later. */
export function range(selector: VectorSelector, length: Seconds | WindowHole): MatrixSelector {
  return { kind: "matrix", selector, range: duration(length) };
}

/** An expression evaluated again and again over the last stretch of time; every evaluation interval if no step is given. */
export function subquery(expr: Expr, length: Seconds | WindowHole, step?: Seconds): Subquery {
  return { kind: "subquery", expr, range: duration(length), ...(step !== undefined && { step: duration(step) }) };
}

export function call(name: string, ...args: readonly Expr[]): Call {
  return { kind: "call", function: name, args };
}

/** For operators without a parameter: `sum`, `avg`, `max` and the like. */
export function aggregate(op: string, expr: Expr, grouping?: Grouping): Aggregation {
  return { kind: "aggregation", op, ...(grouping && { grouping }), expr };
}

export function binary(
  left: Expr,
  op: BinaryOperator,
  right: Expr,
  { bool = false, matching }: { readonly bool?: boolean; readonly matching?: VectorMatching } = {},
): BinaryExpr {
  return { kind: "binary", op, bool, ...(matching && { matching }), left, right };
}

/** Printing adds the parentheses that the tree needs; this adds some for the reader. */
export function paren(expr: Expr): Paren {
  return { kind: "paren", expr };
}

export function on(labels: readonly string[], group?: VectorMatching["group"]): VectorMatching {
  return { kind: "on", labels, ...(group && { group }) };
}

export function ignoring(labels: readonly string[], group?: VectorMatching["group"]): VectorMatching {
  return { kind: "ignoring", labels, ...(group && { group }) };
}

export const WINDOW: WindowHole = HOLE;

function duration(length: Seconds | WindowHole): Duration {
  return typeof length === "number" ? { kind: "duration", milliseconds: length * 1000 } : length;
}
