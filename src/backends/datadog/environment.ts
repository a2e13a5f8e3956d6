import type { DatadogExpr, MetricQuery, TagFilter } from "../../datadogql/ast.ts";
import { mapMetrics, metricsOf } from "../../datadogql/walk.ts";

/**
 * Datadog's own word for where something runs: https://docs.datadoghq.com/getting_started/tagging/unified_service_tagging/
 * All environments share an organisation, so an SLI names the one that its promise is about.
 */
const ENVIRONMENT = "env";

/** The query as it is asked in a policy's environment: a plain `env:prod` gives way to the environment's own `env:staging`. */
export function inEnvironment(tree: DatadogExpr, matchers: readonly TagFilter[]): DatadogExpr {
  const there = environmentOf(matchers);
  if (there === undefined) return tree;
  return mapMetrics(tree, (metric) => {
    const { scope } = metric;
    if (scope.style !== "list") return metric;
    return { ...metric, scope: { ...scope, items: scope.items.map((item) => (givesWay(item, there) ? there : item)) } };
  });
}

export interface Move {
  readonly metric: MetricQuery;
  readonly own: TagFilter;
  readonly there: TagFilter;
}

/** What `inEnvironment` changes. */
export function movesIn(tree: DatadogExpr, matchers: readonly TagFilter[]): readonly Move[] {
  const there = environmentOf(matchers);
  if (there === undefined) return [];
  return metricsOf(tree).flatMap((metric) =>
    metric.scope.style === "list" ? metric.scope.items.filter((item) => givesWay(item, there)).map((own) => ({ metric, own, there })) : [],
  );
}

function environmentOf(matchers: readonly TagFilter[]): TagFilter | undefined {
  return matchers.find(({ key, negated }) => key === ENVIRONMENT && !negated);
}

function givesWay({ key, negated, value }: TagFilter, there: TagFilter): boolean {
  return key === ENVIRONMENT && !negated && value !== undefined && !value.includes("*") && value !== there.value;
}
