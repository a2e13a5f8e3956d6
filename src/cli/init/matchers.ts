import { parseExpr } from "../../promql/parse.ts";
import { printExpr } from "../../promql/print.ts";

/** Label matchers such as `job="checkout",code=~"5.."` as slogen prints them; undefined for anything else, and for none. */
export function matchersOf(text: string): string | undefined {
  const bare = text.trim().replace(/^\{(.*)\}$/, "$1");
  // slogen would take double braces for a window to fill in.
  if (bare.includes("{{")) return undefined;
  const query = `up{${bare}}`;
  const parsed = parseExpr(query, { windows: false });
  // An offset or a comment would stand after the braces.
  if (!parsed.ok || parsed.expr.kind !== "vector" || parsed.expr.at?.end !== query.length) return undefined;
  return /^up\{(.+)\}$/.exec(printExpr(parsed.expr, { width: Infinity }))?.[1];
}
