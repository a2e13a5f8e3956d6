import type { Argument, DatadogExpr, MetricQuery, Modifier, Scope, SpaceAggregator, TagExpr, TagFilter } from "./ast.ts";

/** The query on one line in one spelling, with parentheses where the tree needs them. What `parseQuery` reads from it is the same query. */
export function printQuery(expr: DatadogExpr): string {
  switch (expr.kind) {
    case "metric":
      return printMetric(expr);
    case "number":
      return expr.text;
    case "name":
      return expr.name;
    case "paren":
      return `(${printQuery(expr.expr)})`;
    case "call":
      return `${expr.function}(${expr.args.map(printArgument).join(", ")})`;
    case "binary": {
      const own = precedenceOf(expr);
      // `a - (b - c)` and `a / (b / c)` are not what their text without parentheses says.
      return `${operand(expr.left, own)} ${expr.op} ${operand(expr.right, own + 1)}`;
    }
  }
}

function precedenceOf(expr: DatadogExpr): number {
  if (expr.kind !== "binary") return 3;
  return expr.op === "+" || expr.op === "-" ? 1 : 2;
}

function operand(expr: DatadogExpr, lowest: number): string {
  return precedenceOf(expr) < lowest ? `(${printQuery(expr)})` : printQuery(expr);
}

function printArgument(arg: Argument): string {
  if (arg.kind === "string") return `'${arg.value}'`;
  return arg.kind === "option" ? `${arg.name}=${printArgument(arg.value)}` : printQuery(arg);
}

function printMetric({ aggregator, name, scope, by, modifiers }: MetricQuery): string {
  const head = aggregator === undefined ? "" : `${printAggregator(aggregator)}:`;
  const groups = by.length === 0 ? "" : ` by {${by.join(",")}}`;
  return `${head}${name}${printScope(scope)}${groups}${modifiers.map(printModifier).join("")}`;
}

export function printAggregator(aggregator: SpaceAggregator): string {
  switch (aggregator.kind) {
    case "named":
      return aggregator.name;
    case "percentile":
      return `p${aggregator.percent}`;
    case "count-values":
      return `count(v: v${aggregator.op}${aggregator.limit})`;
  }
}

function printModifier(modifier: Modifier): string {
  const args = modifier.kind === "rollup" || modifier.kind === "fill" ? [modifier.method, modifier.seconds] : [];
  return `.${modifier.kind}(${args.filter((arg) => arg !== undefined).join(", ")})`;
}

function printScope(scope: Scope): string {
  const text = scope.style === "all" ? "*" : scope.style === "list" ? scope.items.map(printListed).join(",") : printFilter(scope.filter);
  // Argo reads `{{{` as the start of an argument named `{...`.
  return `{${text.startsWith("{") ? " " : ""}${text}}`;
}

function printListed(tag: TagFilter): string {
  return `${tag.negated ? "!" : ""}${printTag(tag)}`;
}

function printTag({ key, value }: TagFilter): string {
  return value === undefined ? key : `${key}:${value}`;
}

export function printFilter(filter: TagExpr): string {
  switch (filter.kind) {
    case "tag":
      return filter.negated ? `NOT ${printTag(filter)}` : printTag(filter);
    case "not":
      return `NOT ${grouped(filter.filter, 3)}`;
    case "and":
      return `${grouped(filter.left, 2)} AND ${grouped(filter.right, 3)}`;
    case "or":
      return `${grouped(filter.left, 1)} OR ${grouped(filter.right, 2)}`;
    case "in":
      return `${filter.key} ${filter.negated ? "NOT IN" : "IN"} (${filter.values.join(",")})`;
    case "group":
      return `(${printFilter(filter.filter)})`;
  }
}

function grouped(filter: TagExpr, lowest: number): string {
  const own = filter.kind === "or" ? 1 : filter.kind === "and" ? 2 : 3;
  return own < lowest ? `(${printFilter(filter)})` : printFilter(filter);
}
