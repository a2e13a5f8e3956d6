import type { EventsIndicator } from "../../model/model.ts";
import type { Aggregation, BinaryExpr, Call, Duration, Expr, VectorSelector, WindowHole } from "../../promql/ast.ts";
import { aggregate, binary, call, number, paren, range, WINDOW } from "../../promql/build.ts";
import { numberValue } from "../../promql/literals.ts";
import { fillWindow, outputLabels, seriesName, typeOf } from "../../promql/rewrite.ts";
import { childrenOf, withChildren, withoutParens } from "../../promql/walk.ts";
import type { Seconds } from "../../units/duration.ts";
import { sliceExpr, type Side } from "./slices.ts";
import { mayBeNaN, readsBuckets, treeOf } from "./sli.ts";
import { withAbsentTerms } from "./terms.ts";

/** Bad events and all events of one side over one stretch of time, each at most one number without labels. */
export interface CountExprs {
  readonly bad: Expr;
  readonly total: Expr;
  /**
   * What it means that there is no number of bad events. A counter's series is born with its first event, so there were none. A histogram's
   * bucket exists as soon as the histogram does: one that is missing is a bound that nobody exports, and no reading of that would be sound,
   * as little as of a quotient that is NaN.
   */
  readonly missing: "none" | "unknown";
}

export type CountedEvents = Pick<EventsIndicator, "counted" | "events" | "total">;

/** Turns the SLI's query, windows open, into the number of events over some stretch of time. */
export type Count = (expr: Expr) => Expr;

export function countsOn(side: Side, { counted, events, total }: CountedEvents, count: Count): CountExprs {
  const ofSide = (expr: Expr): Expr => {
    const whole = withAbsentTerms(expr, (part) => measureOf(part) === "count");
    return withoutLabels(count(sliceExpr(whole, side)));
  };
  const all = ofSide(treeOf(total));
  const found = ofSide(treeOf(events));
  const missing = readsBuckets(events) || (counted === "good" && mayBeNaN(found)) ? "unknown" : "none";
  const bad = counted === "bad" ? found : binary(all, "-", missing === "none" ? orZero(found) : found);
  return { bad, total: all, missing };
}

/** The bad events, or zero where none were counted yet. */
export function knownBad({ bad, missing }: CountExprs): Expr {
  return missing === "none" ? orZero(bad) : bad;
}

/** All events where the bad ones are measured too. */
export function measuredTotal({ bad, total, missing }: CountExprs): Expr {
  return missing === "none" ? total : binary(total, "and", bad);
}

/** What is there if `measuredTotal` is. */
export function measurable({ bad, total, missing }: CountExprs): Expr {
  return missing === "none" ? total : bad;
}

/** What an expression makes of the bad events, or zero where it leaves them out although they are measured. */
export function orNone(expr: Expr, { bad, missing }: CountExprs): Expr {
  const product = binary(number("0"), "*", bad);
  const none = mayBeNaN(bad) ? binary(product, "==", number("0")) : product;
  if (missing === "unknown") return binary(expr, "or", none);
  return mayBeNaN(bad) ? binary(binary(expr, "or", none), "or", paren(binary(ZERO, "unless", bad))) : orZero(expr);
}

const ZERO = call("vector", number("0"));

export function orZero(expr: Expr): Expr {
  return binary(expr, "or", ZERO);
}

/** The sum over all groups of a grouped SLI: a release goes on or back as one. */
function withoutLabels(expr: Expr): Expr {
  const labels = outputLabels(expr);
  if (labels !== "unknown" && labels.known.length === 0) return expr;
  const bare = withoutParens(expr);
  return aggregate("sum", bare.kind === "aggregation" && bare.op === "sum" ? bare.expr : bare);
}

/** Functions that compare a counter with itself in the past, and so never see the value that it is born with. */
const RISES: ReadonlySet<string> = new Set(["rate", "irate", "increase"]);

/** Events over a stretch of the past, as `increase` sees them: the SLI's own rates as counts. */
export function increaseOver(stretch: Seconds | WindowHole): Count {
  return (expr) =>
    filled(
      stretch,
      mapCounters(expr, (selector) => call("increase", range(selector, WINDOW))),
    );
}

/**
 * Events over the window where every series younger than that counts from zero. `increase` alone loses the first value of each series,
 * and on a canary nearly every error is one: https://github.com/prometheus/prometheus/issues/3886
 * Only for a side whose series are young: after a gap in the scrapes, an old one would count with all its life.
 * @param of `living` leaves out what ended within the window, such as the pods of an earlier release that had the same name
 */
export function increaseFromBirth(window: Seconds, of: "all" | "living"): Count {
  return (expr) =>
    filled(
      window,
      mapCounters(of === "living" ? livingSums(expr) : expr, (selector) => {
        const increase = call("increase", range(selector, WINDOW));
        const counted = of === "living" ? binary(increase, "and", selector) : increase;
        return binary(paren(binary(selector, "unless", earlier(selector, window))), "or", counted);
      }),
    );
}

/** Events since the start of every series: the counter's own value. What is summed over time still needs a stretch. */
export function sinceBirth(stretch: Seconds | WindowHole, of: "all" | "living"): Count {
  return (expr) =>
    filled(
      stretch,
      mapCounters(of === "living" ? livingSums(expr) : expr, (selector) => selector),
    );
}

/** Sums over time of those series alone that still live. */
function livingSums(expr: Expr): Expr {
  if (expr.kind === "call" && !RISES.has(expr.function) && COUNTERS.has(expr.function) && expr.args[0]?.kind === "matrix") {
    return binary(expr, "and", expr.args[0].selector);
  }
  return withChildren(expr, livingSums);
}

function filled(stretch: Seconds | WindowHole, expr: Expr): Expr {
  return typeof stretch === "number" ? fillWindow(expr, stretch) : expr;
}

function mapCounters(expr: Expr, change: (selector: VectorSelector) => Expr): Expr {
  if (expr.kind === "call" && RISES.has(expr.function) && expr.args[0]?.kind === "matrix") return change(expr.args[0].selector);
  return withChildren(expr, (child) => mapCounters(child, change));
}

function earlier(selector: VectorSelector, by: Seconds): VectorSelector {
  const milliseconds = (duration: Duration): number => (duration.kind === "duration" ? duration.milliseconds : by * 1000);
  const { offset } = selector;
  const shift = by * 1000 + (offset === undefined ? 0 : milliseconds(offset.by) * (offset.negative ? -1 : 1));
  return { ...selector, offset: { negative: shift < 0, by: { kind: "duration", milliseconds: Math.abs(shift) } } };
}

/**
 * What a query's number is, if rates are replaced by counts: a count of events itself, a share or another factor that does not grow
 * with them, or nothing at all. Only a query that is a count as a whole may be asked over another stretch than a rate's window.
 */
export type Measure = "count" | "share" | "zero";

export function measureOf(expr: Expr): Measure | undefined {
  switch (expr.kind) {
    case "paren":
    case "unary":
      return measureOf(expr.expr);
    case "vector":
      // An info metric, such as what a pod belongs to.
      return holdsWindow(expr) ? undefined : "share";
    case "number":
      return numberValue(expr.text) === 0 ? "zero" : "share";
    case "aggregation":
      return measureOfAggregation(expr);
    case "binary":
      return measureOfBinary(expr);
    case "call":
      return measureOfCall(expr);
    case "string":
    case "matrix":
    case "subquery":
      return undefined;
  }
}

/** The innermost part that makes a query something else than a count. */
export function uncountedPart(expr: Expr): Expr | undefined {
  if (measureOf(expr) !== undefined) return undefined;
  const inside = childrenOf(expr).filter(({ kind }) => kind !== "string" && kind !== "matrix" && kind !== "subquery");
  return inside.map(uncountedPart).find((part) => part !== undefined) ?? expr;
}

function measureOfAggregation({ op, grouping, expr }: Aggregation): Measure | undefined {
  if (op === "sum") return measureOf(expr);
  // Of twins that count the same events, as a pair of exporters does, one counts.
  if ((op === "max" || op === "min") && grouping !== undefined) return measureOf(expr);
  if (op === "group") return measureOf(expr) === undefined ? undefined : "share";
  return undefined;
}

function measureOfCall(expr: Call): Measure | undefined {
  const [first, second, third] = expr.args;
  if (first === undefined) return undefined;
  if (COUNTERS.has(expr.function)) return first.kind === "matrix" && isRaw(first.selector) ? "count" : undefined;
  switch (expr.function) {
    case "histogram_count":
    case "abs":
    case "sort":
    case "sort_desc":
    case "label_replace":
    case "label_join":
      return measureOf(first);
    case "clamp_min":
      return second !== undefined && measureOf(second) === "zero" ? measureOf(first) : undefined;
    case "vector":
      return measureOf(first);
    case "histogram_fraction":
      return third !== undefined && measureOf(third) === "count" ? "share" : undefined;
    default:
      return undefined;
  }
}

/** A recorded series may be a rate or a sum already, and one whose name has a window in it surely is. */
function isRaw(selector: VectorSelector): boolean {
  return !holdsWindow(selector) && seriesName(selector)?.includes(":") !== true;
}

function holdsWindow({ name, matchers }: VectorSelector): boolean {
  return [name, ...matchers.map(({ value }) => value)].some((text) => typeof text === "object");
}

const COUNTERS: ReadonlySet<string> = new Set([...RISES, "sum_over_time", "count_over_time"]);

function measureOfBinary({ op, bool, left, right }: BinaryExpr): Measure | undefined {
  const [ours, theirs] = [measureOf(left), measureOf(right)];
  if (ours === undefined || theirs === undefined || bool) return undefined;
  // A factor would make other events out of those that were seen, and they would not be evidence.
  const byNumber = [left, right].some((side) => typeOf(side) === "scalar" && !isNumber(side, 0) && !isNumber(side, 1));
  switch (op) {
    case "*":
      if (ours === "zero" || theirs === "zero") return "zero";
      if (byNumber) return undefined;
      return ours === "share" ? theirs : theirs === "share" ? ours : undefined;
    case "/":
      if (theirs === "zero" || byNumber) return undefined;
      return theirs === "share" || ours === "zero" ? ours : ours === "count" ? "share" : undefined;
    case "+":
    case "-":
    case "or":
      return ours === "zero" ? theirs : theirs === "zero" || ours === theirs ? ours : undefined;
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return theirs === "zero" || ours === theirs ? ours : undefined;
    case "and":
    case "unless":
      return ours;
    case "%":
    case "^":
    case "atan2":
    case "</":
    case ">/":
      return undefined;
  }
}

function isNumber(expr: Expr, value: number): boolean {
  const bare = withoutParens(expr);
  return bare.kind === "number" && numberValue(bare.text) === value;
}
