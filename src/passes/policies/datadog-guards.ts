import type { DatadogExpr, FunctionCall } from "../../datadogql/ast.ts";
import { reducerOf, reducersOf } from "../../datadogql/reduce.ts";
import { groupsOf } from "../../datadogql/rewrite.ts";
import { childrenOf, metricsOf } from "../../datadogql/walk.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import { readDatadog } from "../../model/datadog-query.ts";
import type { DatadogQuery } from "../../model/model.ts";
import { spanWithin } from "../../yaml/locate.ts";
import type { YamlScalar } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { datadogUnitOf } from "./datadog-units.ts";
import type { GuardQuery } from "./guards.ts";

/** A query that one v2 request can answer with one number. */
export function datadogGuard(node: YamlScalar, report: Report): GuardQuery<DatadogQuery> | undefined {
  const query = readDatadog(node, "value", { report });
  if (query === undefined) return undefined;
  const { tree } = query;
  const place = ({ at }: DatadogExpr): Span => (at === undefined ? node.at : spanWithin(node, at.start, at.end));
  const grouped = metricsOf(tree).find(({ by }) => by.length > 0);
  const foreign = callsIn(tree).find((call) => call.function !== "default_zero" || call.args.length !== 1);
  if (grouped !== undefined) {
    report(policyCodes["guard-series"](place(grouped), { labels: groupsOf(tree), backend: "datadog" }));
    return undefined;
  }
  if (foreign !== undefined) {
    report(policyCodes["guard-function"](place(foreign), { name: foreign.function }));
    return undefined;
  }
  const [reducer, ...others] = reducersOf(tree);
  const unlike = metricsOf(tree).find((metric) => reducerOf(metric) !== reducer);
  if (reducer !== undefined && unlike !== undefined) {
    report(policyCodes["guard-aggregators"](place(unlike), { needed: [reducer, ...others] }));
    return undefined;
  }
  return { query, unit: datadogUnitOf(tree) };
}

function callsIn(expr: DatadogExpr): readonly FunctionCall[] {
  return [...(expr.kind === "call" ? [expr] : []), ...childrenOf(expr).flatMap(callsIn)];
}
