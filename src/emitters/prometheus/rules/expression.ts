import type { Expr } from "../../../promql/ast.ts";
import { parseExpr } from "../../../promql/parse.ts";
import { printExpr } from "../../../promql/print.ts";

/** Expressions that read back: a watch builds the same ones at every round. */
const sound = new Set<string>();

/** The text of a rule's expression, read once more before it leaves: a rule that does not load takes its whole file along. */
export function expression(expr: Expr): string {
  const text = printExpr(expr);
  if (sound.has(text)) return text;
  const result = parseExpr(text, { windows: false, unknownFunctions: true });
  if (!result.ok) throw new Error(`the expression ${text} does not read back: ${result.error.message}`);
  sound.add(text);
  return text;
}
