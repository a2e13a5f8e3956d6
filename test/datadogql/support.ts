import assert from "node:assert/strict";
import type { DatadogExpr } from "../../src/datadogql/ast.ts";
import { parseQuery } from "../../src/datadogql/parse.ts";

export function parsed(text: string): DatadogExpr {
  const result = parseQuery(text);
  assert.ok(result.ok, result.ok ? "" : `${text}: ${result.error.message}`);
  return result.expr;
}

/** The tree without its places, which differ between two texts of one query. */
export function bare(expr: DatadogExpr): unknown {
  return JSON.parse(JSON.stringify(expr, (key, value: unknown) => (key === "at" ? undefined : value)));
}
