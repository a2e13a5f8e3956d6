import type { DatadogExpr, MetricQuery, Scope, TagExpr, TagFilter, TagIn } from "./ast.ts";
import { call } from "./build.ts";
import { printQuery } from "./print.ts";
import { childrenOf, mapMetrics, metricsOf } from "./walk.ts";

export { metricsOf } from "./walk.ts";

/** The same query over less: each scope asks for the tags too, in its own style. Metrics named in `except` stay as they are. */
export function withTags(expr: DatadogExpr, tags: readonly TagFilter[], except: readonly string[] = []): DatadogExpr {
  return mapMetrics(expr, (metric) => (except.includes(metric.name) ? metric : { ...metric, scope: narrowed(metric.scope, tags) }));
}

function narrowed(scope: Scope, tags: readonly TagFilter[]): Scope {
  const added = missingIn(scope, tags);
  if (added.length === 0) return scope;
  switch (scope.style) {
    case "all":
      return { style: "list", items: added };
    case "list":
      return { ...scope, items: [...scope.items, ...added] };
    case "boolean":
      // The printer puts an OR in parentheses.
      return { ...scope, filter: added.map(asExpr).reduce<TagExpr>((left, right) => ({ kind: "and", left, right }), scope.filter) };
  }
}

function asExpr(tag: TagFilter): TagExpr {
  return tag.negated ? { kind: "not", filter: { ...tag, negated: false } } : tag;
}

/** What the scope does not ask for by itself, each once. */
function missingIn(scope: Scope, tags: readonly TagFilter[]): readonly TagFilter[] {
  const own = demandsOf(scope);
  return tags.filter((tag, i) => ![...own, ...tags.slice(0, i)].some((other) => isSame(other, tag)));
}

function isSame(a: TagFilter, b: TagFilter): boolean {
  return a.key === b.key && a.value === b.value && a.negated === b.negated;
}

/** The tags that everything in the scope has, or that nothing in it has where negated. */
export function demandsOf(scope: Scope): readonly TagFilter[] {
  if (scope.style === "all") return [];
  return scope.style === "list" ? scope.items : conjunctsOf(scope.filter);
}

function conjunctsOf(filter: TagExpr): readonly TagFilter[] {
  switch (filter.kind) {
    case "tag":
      return [filter];
    case "group":
      return conjunctsOf(filter.filter);
    case "and":
      return [...conjunctsOf(filter.left), ...conjunctsOf(filter.right)];
    case "not": {
      const inner = withoutGroups(filter.filter);
      return inner.kind === "tag" ? [{ ...inner, negated: !inner.negated }] : [];
    }
    case "or":
    case "in":
      return [];
  }
}

function withoutGroups(filter: TagExpr): TagExpr {
  return filter.kind === "group" ? withoutGroups(filter.filter) : filter;
}

/** A scope that already asks something else of a tag's key. */
export interface Clash {
  readonly metric: MetricQuery;
  readonly own: TagFilter | TagIn;
  readonly added: TagFilter;
}

export function clashesIn(expr: DatadogExpr, tags: readonly TagFilter[], except: readonly string[] = []): readonly Clash[] {
  return metricsOf(expr).flatMap((metric) => {
    if (except.includes(metric.name)) return [];
    const asked = askedIn(metric.scope);
    return missingIn(metric.scope, tags).flatMap((added) => {
      // Datadog keeps keys in small letters.
      const own = asked.find(({ key }) => key.toLowerCase() === added.key.toLowerCase());
      return own === undefined ? [] : [{ metric, own, added }];
    });
  });
}

/** All that the scope says of tags, wherever it stands. */
function askedIn(scope: Scope): readonly (TagFilter | TagIn)[] {
  if (scope.style === "all") return [];
  return scope.style === "list" ? scope.items : leavesOf(scope.filter);
}

function leavesOf(filter: TagExpr): readonly (TagFilter | TagIn)[] {
  switch (filter.kind) {
    case "tag":
    case "in":
      return [filter];
    case "not":
    case "group":
      return leavesOf(filter.filter);
    case "and":
    case "or":
      return [...leavesOf(filter.left), ...leavesOf(filter.right)];
  }
}

/** The keys by which any metric of the query is grouped, each once. */
export function groupsOf(expr: DatadogExpr): readonly string[] {
  return [...new Set(metricsOf(expr).flatMap(({ by }) => by))];
}

/** The same query over all groups together. */
export function ungrouped(expr: DatadogExpr): DatadogExpr {
  return mapMetrics(expr, (metric) => ({ ...metric, by: [] }));
}

/** Datadog's function for what has no series: https://docs.datadoghq.com/dashboards/functions/interpolation/#default-zero */
export const DEFAULT_ZERO = "default_zero";

/**
 * Each metric, or the query that it is a name of, zero where it has no series; within the user's own `default_zero` too, since that of a
 * sum would hide what one absent term takes away.
 */
export function zeroWhereAbsent(expr: DatadogExpr): DatadogExpr {
  switch (expr.kind) {
    case "metric":
    case "name":
      return call(DEFAULT_ZERO, expr);
    case "paren":
      return { ...expr, expr: zeroWhereAbsent(expr.expr) };
    case "binary":
      return { ...expr, left: zeroWhereAbsent(expr.left), right: zeroWhereAbsent(expr.right) };
    case "call":
      return { ...expr, args: expr.args.map((arg) => (arg.kind === "binary" || arg.kind === "paren" ? zeroWhereAbsent(arg) : arg)) };
    case "number":
      return expr;
  }
}

/** The same sum without `default_zero`, for a place with a rule of its own for what is absent. */
export function withoutDefaults(expr: DatadogExpr): DatadogExpr {
  switch (expr.kind) {
    case "call": {
      const [inner] = childrenOf(expr);
      return expr.function === DEFAULT_ZERO && inner !== undefined ? withoutDefaults(inner) : expr;
    }
    case "paren":
      return { ...expr, expr: withoutDefaults(expr.expr) };
    case "binary":
      return { ...expr, left: withoutDefaults(expr.left), right: withoutDefaults(expr.right) };
    case "metric":
    case "number":
    case "name":
      return expr;
  }
}

/** What one query of a v2 request may hold; functions and arithmetic belong into its formula (argoproj/argo-rollouts#2813). */
export function isPlainMetric(expr: DatadogExpr): expr is MetricQuery {
  return expr.kind === "metric";
}

export interface SplitFormula {
  /** The query with a name in place of each metric. */
  readonly formula: DatadogExpr;
  /** Each distinct metric once, in the order of the text, by its name. */
  readonly queries: ReadonlyMap<string, MetricQuery>;
}

/** Parts a query into what a v2 request wants apart: `query1 - query2` and the two metrics. */
export function splitFormula(expr: DatadogExpr, prefix = "query"): SplitFormula {
  const queries = new Map<string, MetricQuery>();
  const names = new Map<string, string>();
  const formula = mapMetrics(expr, (metric) => {
    const text = printQuery(metric);
    const name = names.get(text) ?? `${prefix}${names.size + 1}`;
    names.set(text, name);
    if (!queries.has(name)) queries.set(name, metric);
    return { kind: "name", name };
  });
  return { formula, queries };
}
