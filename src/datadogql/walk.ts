import type { DatadogExpr, MetricQuery } from "./ast.ts";

/** The expressions directly inside, in the order of the text. */
export function childrenOf(expr: DatadogExpr): readonly DatadogExpr[] {
  switch (expr.kind) {
    case "metric":
    case "number":
    case "name":
      return [];
    case "paren":
      return [expr.expr];
    case "binary":
      return [expr.left, expr.right];
    case "call":
      return expr.args.flatMap((arg) => (arg.kind === "string" || arg.kind === "option" ? [] : [arg]));
  }
}

/** The same expression with each metric replaced. */
export function mapMetrics(expr: DatadogExpr, change: (metric: MetricQuery) => DatadogExpr): DatadogExpr {
  switch (expr.kind) {
    case "metric":
      return change(expr);
    case "number":
    case "name":
      return expr;
    case "paren":
      return { ...expr, expr: mapMetrics(expr.expr, change) };
    case "binary":
      return { ...expr, left: mapMetrics(expr.left, change), right: mapMetrics(expr.right, change) };
    case "call":
      return { ...expr, args: expr.args.map((arg) => (arg.kind === "string" || arg.kind === "option" ? arg : mapMetrics(arg, change))) };
  }
}

/** Every metric of the query, in the order of the text. */
export function metricsOf(expr: DatadogExpr): readonly MetricQuery[] {
  return expr.kind === "metric" ? [expr] : childrenOf(expr).flatMap(metricsOf);
}
