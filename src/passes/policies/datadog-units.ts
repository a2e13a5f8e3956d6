import type { DatadogExpr, MetricQuery } from "../../datadogql/ast.ts";
import { NONE, RATIO, SECONDS, type Unit } from "./units.ts";

/** The unit of a query's value, as far as Datadog fixes it; a custom metric may be in anything. */
export function datadogUnitOf(expr: DatadogExpr): Unit | undefined {
  switch (expr.kind) {
    case "number":
      return NONE;
    case "metric":
      return unitOfMetric(expr);
    case "paren":
      return datadogUnitOf(expr.expr);
    case "call": {
      const [inner] = expr.args;
      return expr.function === "default_zero" && inner !== undefined && inner.kind !== "string" && inner.kind !== "option"
        ? datadogUnitOf(inner)
        : undefined;
    }
    case "binary":
      return combined(expr.op, expr.left, expr.right);
    case "name":
      return undefined;
  }
}

function unitOfMetric({ name, aggregator, modifiers }: MetricQuery): Unit | undefined {
  if (modifiers.some(({ kind }) => kind === "as_count")) return NONE;
  if (aggregator?.kind === "count-values" || (aggregator?.kind === "named" && aggregator.name === "count")) return NONE;
  return traceUnit(name);
}

/** https://docs.datadoghq.com/tracing/metrics/metrics_namespace/ */
function traceUnit(name: string): Unit | undefined {
  if (!name.startsWith("trace.")) return undefined;
  const [, suffix] = /\.(hits|errors|apdex|duration|exec_time|span_count)(\.by_\w+)?$/.exec(name) ?? [];
  switch (suffix) {
    case undefined:
      return SECONDS;
    case "hits":
    case "errors":
      return NONE;
    case "apdex":
      return RATIO;
    // Of older agents, and not documented any more.
    default:
      return undefined;
  }
}

function combined(op: "+" | "-" | "*" | "/", a: DatadogExpr, b: DatadogExpr): Unit | undefined {
  const [left, right] = [datadogUnitOf(a), datadogUnitOf(b)];
  // A constant may turn seconds into milliseconds, or a ratio into percent.
  if (left === undefined || right === undefined || isConstant(a) || isConstant(b)) return undefined;
  switch (op) {
    case "+":
    case "-":
      return left.word === right.word ? left : undefined;
    case "/":
      return left.word === right.word ? RATIO : right === NONE ? left : undefined;
    case "*":
      return left === NONE && right === NONE ? NONE : undefined;
  }
}

function isConstant(expr: DatadogExpr): boolean {
  return expr.kind === "number" || (expr.kind === "paren" && isConstant(expr.expr));
}
