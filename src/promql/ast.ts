/**
 * PromQL as a tree. Spans are offsets into the query's own text; trees that slogen builds itself carry none.
 * Types follow https://prometheus.io/docs/prometheus/latest/querying/basics/
 */
export type Expr =
  NumberLiteral | StringLiteral | VectorSelector | MatrixSelector | Subquery | Call | Aggregation | BinaryExpr | UnaryExpr | Paren;

export type ValueType = "scalar" | "string" | "instant vector" | "range vector";

/** A stretch of the query's text; `end` exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

interface Node {
  /** Absent on trees that slogen built. */
  readonly at?: Stretch;
}

/** The place that `{{.window}}` held: filled by `fillWindow`. */
export interface WindowHole {
  readonly kind: "window";
  /** Printed in its place, for the tool that reads the query to fill, such as Argo's `{{args.since}}`. */
  readonly variable?: string;
}

/** A duration as written; the sign is only legal after `offset`. */
export interface DurationLiteral {
  readonly kind: "duration";
  readonly milliseconds: number;
}

export type Duration = DurationLiteral | WindowHole;

/** A text that may hold windows, such as the series name `http_errors:rate{{.window}}`. */
export type Text = string | TextTemplate;

export interface TextTemplate {
  readonly kind: "template";
  readonly parts: readonly (string | WindowHole)[];
}

export interface NumberLiteral extends Node {
  readonly kind: "number";
  /** As it is printed: `0.001`, `1e3`, `Inf`, `NaN`, `0x1f`; or a duration such as `5m`, which counts as seconds. */
  readonly text: string;
}

export interface StringLiteral extends Node {
  readonly kind: "string";
  /** Unquoted and unescaped. */
  readonly value: Text;
}

export interface Matcher {
  readonly label: string;
  readonly op: "=" | "!=" | "=~" | "!~";
  readonly value: Text;
  readonly at?: Stretch;
}

/** `offset 5m` and `@ 1609746000`, `@ start()`, `@ end()`, in either order. */
export interface TimeShift {
  readonly offset?: { readonly negative: boolean; readonly by: Duration };
  readonly anchor?: { readonly kind: "timestamp"; readonly text: string } | { readonly kind: "start" | "end" };
}

export interface VectorSelector extends Node, TimeShift {
  readonly kind: "vector";
  /** Absent where only matchers select, as in `{job="x"}`; `__name__` matchers stay matchers. */
  readonly name?: Text;
  readonly matchers: readonly Matcher[];
}

/** A selector with a range. Offset and `@` belong to the selector inside, as in Prometheus. */
export interface MatrixSelector extends Node {
  readonly kind: "matrix";
  readonly selector: VectorSelector;
  readonly range: Duration;
}

export interface Subquery extends Node, TimeShift {
  readonly kind: "subquery";
  readonly expr: Expr;
  readonly range: Duration;
  readonly step?: Duration;
}

export interface Call extends Node {
  readonly kind: "call";
  readonly function: string;
  readonly args: readonly Expr[];
}

export interface Grouping {
  readonly kind: "by" | "without";
  readonly labels: readonly string[];
}

export interface Aggregation extends Node {
  readonly kind: "aggregation";
  readonly op: string;
  readonly grouping?: Grouping;
  /** The parameter of `topk`, `quantile` and the like. */
  readonly parameter?: Expr;
  readonly expr: Expr;
}

/** `</` and `>/` trim native histograms. */
export type BinaryOperator =
  "+" | "-" | "*" | "/" | "%" | "^" | "atan2" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "</" | ">/" | "and" | "or" | "unless";

export interface VectorMatching {
  readonly kind: "on" | "ignoring";
  readonly labels: readonly string[];
  readonly group?: { readonly side: "left" | "right"; readonly include: readonly string[] };
}

export interface BinaryExpr extends Node {
  readonly kind: "binary";
  readonly op: BinaryOperator;
  /** `> bool 0.1` gives 0 or 1 instead of filtering. */
  readonly bool: boolean;
  readonly matching?: VectorMatching;
  readonly left: Expr;
  readonly right: Expr;
}

export interface UnaryExpr extends Node {
  readonly kind: "unary";
  readonly op: "+" | "-";
  readonly expr: Expr;
}

export interface Paren extends Node {
  readonly kind: "paren";
  readonly expr: Expr;
}
