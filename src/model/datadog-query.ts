import type { DatadogExpr, MetricQuery, Stretch } from "../datadogql/ast.ts";
import { datadogqlCodes } from "../datadogql/codes.ts";
import { parseQuery } from "../datadogql/parse.ts";
import { printAggregator, printQuery } from "../datadogql/print.ts";
import { childrenOf, metricsOf } from "../datadogql/walk.ts";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/source.ts";
import { spanWithin } from "../yaml/locate.ts";
import type { YamlScalar } from "../yaml/tree.ts";
import type { DatadogQuery } from "./model.ts";

/** A number of events, a measured value, or a ready ratio of good or bad events. */
export type DatadogUse = "count" | "value" | "ratio";

/**
 * Reads a Datadog query of a spec for one use. Reports what is wrong at the place inside the scalar;
 * gives nothing if that is an error.
 */
export function readDatadog(scalar: YamlScalar, use: DatadogUse, { report }: { readonly report: Report }): DatadogQuery | undefined {
  const place = (at: Stretch | undefined): Span => (at === undefined ? scalar.at : spanWithin(scalar, at.start, at.end));
  const parsed = parseQuery(scalar.text);
  if (!parsed.ok) {
    report(datadogqlCodes[parsed.error.kind](place(parsed.error.at), parsed.error));
    return undefined;
  }
  const tree = parsed.expr;
  const problems = [...groupProblems(tree, place), ...(use === "count" ? countProblems(tree, place) : valueProblems(tree, place))];
  for (const problem of problems) report(problem);
  return problems.length === 0 ? { kind: "datadogql", text: scalar.text, tree, scalar } : undefined;
}

type Place = (at: Stretch | undefined) => Span;

/** Every metric must be a sum of events; what combines them must let sums over time through. */
function countProblems(expr: DatadogExpr, place: Place): readonly Diagnostic[] {
  switch (expr.kind) {
    case "metric":
      return metricProblems(expr, place);
    case "paren":
      return countProblems(expr.expr, place);
    case "binary":
      if (expr.op === "+" || expr.op === "-") break;
      return [datadogqlCodes["not-additive"](place(expr.at), { part: `\`${expr.op}\`` })];
    case "call":
      if (expr.function === "default_zero" && expr.args.length === 1) break;
      return [datadogqlCodes["not-additive"](place(expr.at), { part: `\`${expr.function}(...)\`` })];
    case "number":
      return [datadogqlCodes["not-additive"](place(expr.at), { part: `the number \`${expr.text}\`` })];
    case "name":
      throw new Error(`a user's query cannot hold the name ${expr.name}`);
  }
  return childrenOf(expr).flatMap((child) => countProblems(child, place));
}

/** At most one for each metric, whose correction mends all that is wrong with it. */
function metricProblems(metric: MetricQuery, place: Place): readonly Diagnostic[] {
  const { name, aggregator, modifiers } = metric;
  const at = place(metric.at);
  const counts = aggregator?.kind === "count-values" || (aggregator?.kind === "named" && ["sum", "count"].includes(aggregator.name));
  const corrected = printQuery({
    ...metric,
    // Only distributions have percentiles, and the sum of one is that of its values.
    aggregator: counts ? aggregator : { kind: "named", name: aggregator?.kind === "percentile" ? "count" : "sum" },
    modifiers: [{ kind: "as_count" }],
  });
  if (aggregator === undefined) return [datadogqlCodes["no-aggregator"](at, { metric: name, corrected, counts: true })];
  if (!counts) return [datadogqlCodes["not-a-count"](at, { aggregator: printAggregator(aggregator), corrected })];
  const altering = modifiers.find(({ kind }) => kind !== "as_count");
  if (altering) return [datadogqlCodes["alters-counts"](place(altering.at), { modifier: altering.kind, corrected })];
  return modifiers.length === 0 ? [datadogqlCodes["no-as-count"](at, { metric: name, corrected })] : [];
}

function valueProblems(expr: DatadogExpr, place: Place): readonly Diagnostic[] {
  const metrics = metricsOf(expr);
  if (metrics.length === 0) return [datadogqlCodes["no-metric"](place(expr.at), {})];
  return metrics.flatMap((metric) => {
    if (metric.aggregator !== undefined) return [];
    const corrected = printQuery({ ...metric, aggregator: { kind: "named", name: "avg" } });
    return [datadogqlCodes["no-aggregator"](place(metric.at), { metric: metric.name, corrected, counts: false })];
  });
}

/** The first metric that is grouped unlike the first one. */
function groupProblems(expr: DatadogExpr, place: Place): readonly Diagnostic[] {
  const [first, ...others] = metricsOf(expr);
  if (first === undefined) return [];
  const unlike = others.find(({ by }) => [...by].sort().join() !== [...first.by].sort().join());
  if (unlike === undefined) return [];
  const groups = ({ by }: MetricQuery): string => (by.length === 0 ? "not grouped" : `grouped \`by {${by.join(",")}}\``);
  const related = [{ at: place(first.at), message: `this is ${groups(first)}` }];
  return [datadogqlCodes["different-groups"](place(unlike.at), { groups: groups(first), others: groups(unlike) }, { related })];
}
