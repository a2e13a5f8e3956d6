import type { EventsIndicator, Indicator, Measured, PromqlQuery, RatioIndicator, Slo, ThresholdIndicator } from "../../model/model.ts";
import type { BinaryOperator, Expr } from "../../promql/ast.ts";
import { binary, call, number, subquery } from "../../promql/build.ts";
import { fillWindow, outputLabels, selectorsOf, someExpr } from "../../promql/rewrite.ts";
import { eventUnit } from "../../promql/windows.ts";
import { withAbsentTerms } from "./terms.ts";
import type { Seconds } from "../../units/duration.ts";
import { ONE, subtract, toDecimal } from "../../units/rational.ts";

/** All events over the window, in the unit of the queries; absent without traffic's series, never NaN. */
export function totalEvents(indicator: EventsIndicator, window: Seconds): Expr {
  return withoutNaN(countAt(indicator.total, window));
}

/**
 * Bad events over the window, in the unit of the queries. Where the series of bad events does not exist yet the answer is zero, not nothing:
 * `or 0 * total` keeps the labels of a grouped SLI, which `or vector(0)` would lose.
 */
export function badEvents(indicator: EventsIndicator, window: Seconds): Expr {
  const total = totalEvents(indicator, window);
  const events = withoutNaN(countAt(indicator.events, window));
  // Where the total is filtered out, so are its events: summed over a day, they would otherwise stand without their total.
  const counted = filters(treeOf(indicator.total)) ? binary(events, "and", total) : events;
  const filled = binary(counted, "or", binary(number("0"), "*", total));
  if (indicator.counted === "bad") return filled;
  // A histogram's bucket exists as soon as the histogram does. One that is absent is a bound that nobody exports,
  // and counting that as failure of everything would page for a typo.
  const good = readsBuckets(indicator.events) ? counted : filled;
  // Scrapes of a histogram's parts race, so good events may be ahead of all events for a moment.
  return call("clamp_min", binary(total, "-", good), number("0"));
}

/** Whether both queries count in one known unit, so that events can be told in numbers and not only in ratios. */
export function countsEvents({ events, total }: EventsIndicator): boolean {
  const unit = eventUnit(treeOf(total));
  return unit !== undefined && eventUnit(treeOf(events)) === unit;
}

/** An expression over the window in the indicator's unit, as events per second. */
export function perSecond({ total }: EventsIndicator, expr: Expr, window: Seconds): Expr {
  return eventUnit(treeOf(total)) === "per window" ? binary(expr, "/", number(String(window))) : expr;
}

/** Bad events out of all over the window; absent, not NaN, without traffic. */
export function errorRatio(indicator: EventsIndicator | RatioIndicator, window: Seconds): Expr {
  if (indicator.kind === "events") {
    return binary(badEvents(indicator, window), "/", binary(totalEvents(indicator, window), ">", number("0")));
  }
  // The comparisons let no NaN through, and nothing that is no ratio.
  const ratio = binary(binary(at(indicator.query, window), ">=", number("0")), "<=", number("1"));
  return indicator.measures === "failure" ? ratio : binary(number("1"), "-", ratio);
}

/**
 * The error ratio of one slice, for SLIs that are judged slice by slice: 0 or 1 for `Timeslices`, anything between for
 * `RatioTimeslices`. A threshold under `Occurrences` is judged at each evaluation, which is its slice.
 */
export function sliceError(slo: Pick<Slo, "budgeting"> & Measured, evaluation: Seconds): Expr {
  const { budgeting, indicator } = slo;
  if (budgeting.kind === "occurrences") return breaches(thresholdOf(indicator));
  const share =
    indicator.kind === "threshold"
      ? call("avg_over_time", subquery(breaches(indicator), budgeting.slice, evaluation < budgeting.slice ? evaluation : budgeting.slice))
      : errorRatio(indicator, budgeting.slice);
  if (budgeting.kind === "ratio-timeslices") return share;
  return binary(share, ">", number(toDecimal(subtract(ONE, budgeting.target))), { bool: true });
}

/** What is there as long as the SLI is measured at all, traffic or not: NaN is a sample too. */
export function measurement(indicator: Indicator, window: Seconds): Expr {
  switch (indicator.kind) {
    case "events":
      return at(indicator.total, window);
    case "ratio":
      return at(indicator.query, window);
    case "threshold":
      return treeOf(indicator.query);
  }
}

/** Whether an SLI is recorded slice by slice rather than as events or a ratio over each window. */
export function isSliced(slo: Pick<Slo, "budgeting"> & Measured): boolean {
  return slo.budgeting.kind !== "occurrences" || slo.indicator.kind === "threshold";
}

/** The labels that tell apart the budgets of a grouped SLI, or `unknown` where the query does not say. */
export function groupingLabels(slo: Pick<Slo, "budgeting"> & Measured): readonly string[] | "unknown" {
  const query = slo.indicator.kind === "events" ? slo.indicator.total : slo.indicator.query;
  const labels = outputLabels(treeOf(query));
  return labels === "unknown" ? labels : labels.known;
}

const OPPOSITE: Readonly<Record<ThresholdIndicator["op"], BinaryOperator>> = { "<": ">=", "<=": ">", ">": "<=", ">=": "<" };

/** 1 while the value is bad, 0 while it is good, nothing while it is NaN. */
function breaches(indicator: ThresholdIndicator): Expr {
  // A quantile of no requests is NaN, and `NaN > bool 1` is 0: without the filter, silence would count as good.
  const value = binary(treeOf(indicator.query), ">=", number("-Inf"));
  return binary(value, OPPOSITE[indicator.op], number(toDecimal(indicator.limit)), { bool: true });
}

function thresholdOf(indicator: Indicator): ThresholdIndicator {
  if (indicator.kind !== "threshold") throw new Error(`an SLI of kind ${indicator.kind} has no slices under Occurrences`);
  return indicator;
}

/** Whether a query reads single buckets of classic histograms. */
export function readsBuckets(query: PromqlQuery): boolean {
  return selectorsOf(treeOf(query)).some(({ name }) => typeof name === "string" && name.endsWith("_bucket"));
}

/** Whether an expression may leave out series that its selectors find. */
function filters(expr: Expr): boolean {
  return someExpr(expr, (part) => part.kind === "binary" && !part.bool && FILTERING.has(part.op));
}

const FILTERING: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "and", "unless"]);

/** Sums of rates are never NaN; quotients and histogram functions are, where nothing happened. */
export function mayBeNaN(expr: Expr): boolean {
  return someExpr(
    expr,
    (part) => (part.kind === "binary" && part.op === "/") || (part.kind === "call" && part.function.startsWith("histogram_")),
  );
}

function withoutNaN(expr: Expr): Expr {
  return mayBeNaN(expr) ? binary(expr, ">=", number("0")) : expr;
}

/** A count over the window, in which an absent term of a sum or a difference is zero: "all less good" must not vanish with the good ones. */
function countAt(query: PromqlQuery, window: Seconds): Expr {
  return fillWindow(withAbsentTerms(treeOf(query), isPlainCount), window);
}

function isPlainCount(expr: Expr): boolean {
  return eventUnit(expr) !== undefined && !someExpr(expr, (part) => part.kind === "binary" && (part.op === "/" || FILTERING.has(part.op)));
}

function at(query: PromqlQuery, window: Seconds): Expr {
  return fillWindow(treeOf(query), window);
}

export function treeOf(query: PromqlQuery): Expr {
  if (query.tree === undefined) throw new Error("a query without a tree reached the PromQL back end");
  return query.tree;
}
