/**
 * Datadog's metric queries as a tree: https://docs.datadoghq.com/metrics/advanced-filtering/ and
 * https://docs.datadoghq.com/dashboards/functions/. Spans are offsets into the query's own text; trees that slogen builds carry none.
 */
export type DatadogExpr = MetricQuery | NumberLiteral | NameRef | BinaryExpr | FunctionCall | Paren;

/** A stretch of the query's text; `end` exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

interface Node {
  /** Absent on trees that slogen built. */
  readonly at?: Stretch;
}

/** `sum:trace.http.request.hits{env:prod,service:checkout} by {region}.as_count()`: what one query of a v2 request may hold. */
export interface MetricQuery extends Node {
  readonly kind: "metric";
  /** Absent where the query leaves it to Datadog. */
  readonly aggregator?: SpaceAggregator;
  readonly name: string;
  readonly scope: Scope;
  /** Tag keys, in the query's order; empty for none. */
  readonly by: readonly string[];
  readonly modifiers: readonly Modifier[];
}

/** How the series of all hosts and tags become one. */
export type SpaceAggregator =
  | { readonly kind: "named"; readonly name: "avg" | "sum" | "min" | "max" | "count" }
  /** `p99`, `p99.9`: of a distribution with percentiles enabled. */
  | { readonly kind: "percentile"; readonly percent: string }
  /** `count(v: v<0.25)`: how many of a distribution's values are below or above. The number as written. */
  | { readonly kind: "count-values"; readonly op: "<" | "<=" | ">" | ">="; readonly limit: string };

/**
 * What stands in the braces. Datadog has two styles and refuses both in one scope: `env:prod,!zone:a` and `env:prod AND NOT zone:a`.
 * A single plain tag is of either style, and is read as the first.
 */
export type Scope =
  | { readonly style: "all"; readonly at?: Stretch }
  | { readonly style: "list"; readonly items: readonly TagFilter[]; readonly at?: Stretch }
  | { readonly style: "boolean"; readonly filter: TagExpr; readonly at?: Stretch };

/** `key:value`, `!key:value`, or a bare tag without a value. A `*` at an end of the value is a wildcard. Negated in lists only. */
export interface TagFilter extends Node {
  readonly kind: "tag";
  readonly negated: boolean;
  readonly key: string;
  readonly value?: string;
}

export type TagExpr =
  | TagFilter
  | (Node & { readonly kind: "not"; readonly filter: TagExpr })
  | (Node & { readonly kind: "and" | "or"; readonly left: TagExpr; readonly right: TagExpr })
  | TagIn
  | (Node & { readonly kind: "group"; readonly filter: TagExpr });

/** `key IN (a, b)` and `key NOT IN (a, b)`. */
export interface TagIn extends Node {
  readonly kind: "in";
  readonly negated: boolean;
  readonly key: string;
  readonly values: readonly string[];
}

export type Modifier = Node &
  (
    | { readonly kind: "as_count" | "as_rate" | "weighted" }
    /** A distribution's has no method: https://docs.datadoghq.com/dashboards/functions/rollup/ */
    | { readonly kind: "rollup"; readonly method?: string; readonly seconds?: string }
    | { readonly kind: "fill"; readonly method: string; readonly seconds?: string }
  );

export interface NumberLiteral extends Node {
  readonly kind: "number";
  /** As printed. */
  readonly text: string;
}

/** The name of a query of the same request, in a formula of slogen's own; users' queries hold none. */
export interface NameRef extends Node {
  readonly kind: "name";
  readonly name: string;
}

export interface BinaryExpr extends Node {
  readonly kind: "binary";
  readonly op: "+" | "-" | "*" | "/";
  readonly left: DatadogExpr;
  readonly right: DatadogExpr;
}

/** `default_zero(...)`, `moving_rollup(..., 300, 'sum')`. */
export interface FunctionCall extends Node {
  readonly kind: "call";
  readonly function: string;
  readonly args: readonly Argument[];
}

export type Argument = DatadogExpr | TextArgument | OptionArgument;

export interface TextArgument extends Node {
  readonly kind: "string";
  readonly value: string;
}

/** `direction='above'`, as `anomalies` takes: https://docs.datadoghq.com/dashboards/functions/algorithms/ */
export interface OptionArgument extends Node {
  readonly kind: "option";
  readonly name: string;
  readonly value: NumberLiteral | TextArgument;
}

export interface Paren extends Node {
  readonly kind: "paren";
  readonly expr: DatadogExpr;
}
