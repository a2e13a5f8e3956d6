import type { BinaryOperator } from "./ast.ts";

/** https://prometheus.io/docs/prometheus/latest/querying/operators/#binary-operator-precedence */
const PRECEDENCE: ReadonlyMap<string, number> = new Map<BinaryOperator, number>([
  ["or", 1],
  ["and", 2],
  ["unless", 2],
  ["==", 3],
  ["!=", 3],
  ["<", 3],
  ["<=", 3],
  [">", 3],
  [">=", 3],
  ["</", 3],
  [">/", 3],
  ["+", 4],
  ["-", 4],
  ["*", 5],
  ["/", 5],
  ["%", 5],
  ["atan2", 5],
  ["^", 6],
]);

/** Only `^` binds tighter than a sign: `-a ^ 2` is `-(a ^ 2)`. */
export const SIGN_PRECEDENCE = 6;

export function isBinaryOperator(text: string): text is BinaryOperator {
  return PRECEDENCE.has(text);
}

/** Higher binds tighter. */
export function precedenceOf(op: BinaryOperator): number {
  return PRECEDENCE.get(op) ?? 0;
}

export function isComparison(op: BinaryOperator): boolean {
  return ["==", "!=", "<", "<=", ">", ">="].includes(op);
}

export function isSetOperator(op: BinaryOperator): boolean {
  return op === "and" || op === "or" || op === "unless";
}
