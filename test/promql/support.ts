import assert from "node:assert/strict";
import type { Expr } from "../../src/promql/ast.ts";
import { parseExpr, type ParseOptions } from "../../src/promql/parse.ts";

export function parsed(text: string, options?: ParseOptions): Expr {
  const result = parseExpr(text, options);
  assert.ok(result.ok, result.ok ? "" : `${text}: ${result.error.message}`);
  return result.expr;
}

/** The tree without its places, which differ between two texts of one query. */
export function bare(expr: Expr): unknown {
  return JSON.parse(JSON.stringify(expr, (key, value: unknown) => (key === "at" ? undefined : value)));
}
