import type { DatadogExpr, MetricQuery } from "./ast.ts";
import { metricsOf } from "./walk.ts";

/** How a v2 scalar request makes one number of a query's points: https://docs.datadoghq.com/api/latest/metrics/#query-scalar-data-across-multiple-products */
export type Reducer = "avg" | "min" | "max" | "sum" | "percentile";

/** The reducers that a query's metrics ask for, each once. A request of Argo Rollouts has one for all of its queries. */
export function reducersOf(expr: DatadogExpr): readonly Reducer[] {
  return [...new Set(metricsOf(expr).map(reducerOf))];
}

/**
 * Counts add up over time. A rate, or a sum over hosts, is a level, of which the mean over time is another; the extremes of a time are
 * those of all its points.
 */
export function reducerOf({ aggregator, modifiers }: MetricQuery): Reducer {
  const has = (wanted: "as_count" | "as_rate"): boolean => modifiers.some(({ kind }) => kind === wanted);
  if (has("as_count")) return "sum";
  if (aggregator?.kind === "percentile") return "percentile";
  if (aggregator === undefined || has("as_rate")) return "avg";
  if (aggregator.kind === "count-values") return "sum";
  switch (aggregator.name) {
    case "min":
    case "max":
      return aggregator.name;
    case "count":
      return "sum";
    case "avg":
    case "sum":
      return "avg";
  }
}
