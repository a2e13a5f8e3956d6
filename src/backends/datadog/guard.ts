import type { DatadogExpr } from "../../datadogql/ast.ts";
import { reducersOf, type Reducer } from "../../datadogql/reduce.ts";

/** The aggregator of a guard's request. A policy whose guard needs two has been refused where it was read. */
export function aggregatorOf(expr: DatadogExpr): Reducer {
  const [reducer, ...others] = reducersOf(expr);
  if (reducer === undefined || others.length > 0) throw new Error("a guard's metrics have one aggregator");
  return reducer;
}
