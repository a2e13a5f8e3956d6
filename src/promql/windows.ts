import type { BinaryExpr, Expr, Stretch, ValueType, VectorSelector } from "./ast.ts";
import { aggregate, call, paren, range, subquery, WINDOW } from "./build.ts";
import { typeOf } from "./check.ts";
import { outputLabels } from "./labels.ts";
import { formatMilliseconds, numberValue } from "./literals.ts";
import { hasWindow, seriesName, someExpr } from "./rewrite.ts";
import { childrenOf, withChildren, withoutParens } from "./walk.ts";

/** What a query is for, which decides what becomes of its windows. */
export type WindowUse =
  /** Counts events. `counter` is true where the spec says that its series only ever rise. */
  | { readonly kind: "events"; readonly counter: boolean }
  /** Gives a share of events between 0 and 1. */
  | { readonly kind: "ratio" }
  /** Gives a value at an instant, to be compared with a limit; its ranges are its own. */
  | { readonly kind: "value" };

/** Why a query has no window that can be moved. */
export type WindowProblem = { readonly at: Stretch } & (
  | { readonly kind: "not-a-vector"; readonly type: ValueType }
  /** `metric`, a counter, is read at an instant: beside a window, or where there is none at all. */
  | { readonly kind: "no-window"; readonly metric?: string }
  | { readonly kind: "several-windows"; readonly ranges: readonly string[] }
  | { readonly kind: "fixed-window-beside-template"; readonly range: string }
  | { readonly kind: "not-linear"; readonly part: string }
  | { readonly kind: "counter-flag-missing"; readonly metric: string }
  | { readonly kind: "window-in-value" }
);

export type WindowResult = { readonly ok: true; readonly expr: Expr } | { readonly ok: false; readonly problems: readonly WindowProblem[] };

/**
 * Brings a query to the one form that every target reads: a tree whose windows are holes.
 * - With `{{.window}}` in it, it has that form already.
 * - With one range everywhere (`sum(rate(x[5m]))`), that range becomes the hole.
 * - Without any (`x`, `sum(x)`), events are counted over the hole and ratios averaged over it.
 */
export function windowQuery(expr: Expr, use: WindowUse): WindowResult {
  const type = typeOf(expr);
  if (type !== "instant vector") return failed({ kind: "not-a-vector", type, at: stretchOf(expr) });
  const templated = hasWindow(expr);
  if (use.kind === "value" && templated) return failed({ kind: "window-in-value", at: stretchOf(expr) });
  if (use.kind === "value") {
    const counters = nakedCounters(expr).map((counter) => counterWithoutWindow(counter));
    return counters.length > 0 ? failed(...counters) : { ok: true, expr };
  }
  const fixed = fixedRanges(expr);
  const lengths = [...new Set(fixed.map(({ milliseconds }) => milliseconds))];
  if (!templated && lengths.length === 0 && use.kind === "events") return countOverWindow(expr, use.counter);
  const problems: WindowProblem[] = nakedCounters(expr).map((counter) => counterWithoutWindow(counter));
  if (templated) {
    problems.push(...fixed.map((range) => fixedBesideTemplate(range)));
    if (!selectsOverWindow(expr)) problems.push({ kind: "no-window", at: stretchOf(expr) });
  } else if (lengths.length > 1) {
    problems.push({ kind: "several-windows", ranges: lengths.map(formatMilliseconds), at: stretchOf(expr) });
  }
  if (problems.length > 0) return failed(...problems);
  if (templated) return { ok: true, expr };
  return { ok: true, expr: lengths.length === 1 ? openOuterRanges(expr) : averageOverWindow(expr) };
}

function failed(...problems: readonly WindowProblem[]): WindowResult {
  return { ok: false, problems };
}

function stretchOf(expr: Expr): Stretch {
  return expr.at ?? { start: 0, end: 0 };
}

interface FixedRange {
  readonly milliseconds: number;
  readonly at: Stretch;
}

/** The ranges in the result's own terms. What stands inside a subquery has a range of its own, such as its resolution. */
function fixedRanges(expr: Expr): readonly FixedRange[] {
  if (expr.kind !== "matrix" && expr.kind !== "subquery") return childrenOf(expr).flatMap(fixedRanges);
  return expr.range.kind === "duration" ? [{ milliseconds: expr.range.milliseconds, at: stretchOf(expr) }] : [];
}

function openOuterRanges(expr: Expr): Expr {
  return expr.kind === "matrix" || expr.kind === "subquery" ? { ...expr, range: WINDOW } : withChildren(expr, openOuterRanges);
}

function fixedBesideTemplate({ milliseconds, at }: FixedRange): WindowProblem {
  return { kind: "fixed-window-beside-template", range: formatMilliseconds(milliseconds), at };
}

/** A window that only moves the query in time (`offset {{.window}}`) or spaces its evaluations is no window. */
function selectsOverWindow(expr: Expr): boolean {
  return someExpr(expr, (part) => {
    if (part.kind === "matrix" || part.kind === "subquery") return part.range.kind === "window";
    return part.kind === "vector" && [part.name, ...part.matchers.map(({ value }) => value)].some((text) => typeof text === "object");
  });
}

/** https://prometheus.io/docs/practices/naming/ and the series of histograms and summaries */
const COUNTER = /_(?:total|count|bucket|sum)$/;

function counterName(selector: VectorSelector): string | undefined {
  const name = seriesName(selector);
  return name !== undefined && COUNTER.test(name) ? name : undefined;
}

function counterWithoutWindow(counter: VectorSelector): WindowProblem {
  const metric = counterName(counter);
  return { kind: "no-window", ...(metric !== undefined && { metric }), at: stretchOf(counter) };
}

/** Counters whose value itself goes into the result. It has grown since the process started, so it says nothing about a window. */
function nakedCounters(expr: Expr): readonly VectorSelector[] {
  switch (expr.kind) {
    case "vector":
      return counterName(expr) === undefined ? [] : [expr];
    case "paren":
    case "unary":
      return nakedCounters(expr.expr);
    case "aggregation":
      return ["sum", "avg", "max", "min"].includes(expr.op) ? nakedCounters(expr.expr) : [];
    case "binary":
      return [expr.left, ...(expr.op === "and" || expr.op === "unless" ? [] : [expr.right])].flatMap(nakedCounters);
    case "number":
    case "string":
    case "matrix":
    case "subquery":
    case "call":
      return [];
  }
}

function averageOverWindow(expr: Expr): Expr {
  const bare = withoutParens(expr);
  if (bare.kind === "vector") return call("avg_over_time", range(bare, WINDOW));
  return call("avg_over_time", subquery(bare.kind === "binary" || bare.kind === "unary" ? paren(bare) : bare, WINDOW));
}

function countOverWindow(expr: Expr, counter: boolean): WindowResult {
  const problems: WindowProblem[] = [];
  const counted = pushCount(expr, counter, problems);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, expr: outputLabels(counted) === "unknown" ? aggregate("sum", counted) : counted };
}

/**
 * Gives every selector its window, which is the same as giving the whole query one only where everything around the
 * selectors is linear: `sum(rate(x))` is the rate of `sum(x)`, but `max(rate(x))` is not the rate of `max(x)`.
 */
function pushCount(expr: Expr, counter: boolean, problems: WindowProblem[]): Expr {
  const push = (inner: Expr): Expr => pushCount(inner, counter, problems);
  const refuse = (part: string): Expr => {
    problems.push({ kind: "not-linear", part, at: stretchOf(expr) });
    return expr;
  };
  switch (expr.kind) {
    case "vector": {
      const metric = counter ? undefined : counterName(expr);
      if (metric !== undefined) problems.push({ kind: "counter-flag-missing", metric, at: stretchOf(expr) });
      return call(counter ? "rate" : "sum_over_time", range(expr, WINDOW));
    }
    case "paren":
    case "unary":
      return { ...expr, expr: push(expr.expr) };
    case "aggregation":
      return expr.op === "sum" ? { ...expr, expr: push(expr.expr) } : refuse(expr.op);
    case "binary":
      return pushIntoBinary(expr, push, refuse);
    case "call":
      return refuse(expr.function);
    case "number":
    case "string":
    case "matrix":
    case "subquery":
      return refuse("this");
  }
}

function pushIntoBinary(expr: BinaryExpr, push: (inner: Expr) => Expr, refuse: (part: string) => Expr): Expr {
  const { op, left, right } = expr;
  const scalars = { left: typeOf(left) === "scalar", right: typeOf(right) === "scalar" };
  const both = !scalars.left && !scalars.right;
  if (op === "or" && isZeroVector(right)) return { ...expr, left: push(left) };
  if ((op === "+" || op === "-") && both) return { ...expr, left: push(left), right: push(right) };
  if ((op === "*" || op === "/") && scalars.right) return { ...expr, left: push(left) };
  if (op === "*" && scalars.left) return { ...expr, right: push(right) };
  return refuse(op);
}

/** `vector(0)`, which counts nothing over any window. */
function isZeroVector(expr: Expr): boolean {
  const bare = withoutParens(expr);
  const argument = bare.kind === "call" && bare.function === "vector" ? bare.args[0] : undefined;
  return argument?.kind === "number" && numberValue(argument.text) === 0;
}

/** What the numbers of an events query count: the two queries of an SLI must count the same way. */
export type EventUnit = "per second" | "per window";

const UNITS: ReadonlyMap<string, EventUnit> = new Map([
  ["rate", "per second"],
  ["irate", "per second"],
  ["increase", "per window"],
  ["sum_over_time", "per window"],
  ["count_over_time", "per window"],
]);

/** The unit of an events query, or undefined where the query mixes them or hides them in a recorded series. */
export function eventUnit(expr: Expr): EventUnit | undefined {
  const units = new Set(unitsOf(expr));
  const [unit] = units;
  return units.size === 1 ? unit : undefined;
}

/** Whether a function reads what was scraped. A recorded series may be a rate or a sum already, and a subquery holds any. */
function countsRaw(arg: Expr | undefined): boolean {
  return arg?.kind === "matrix" && seriesName(arg.selector)?.includes(":") !== true;
}

function unitsOf(expr: Expr): readonly (EventUnit | undefined)[] {
  switch (expr.kind) {
    case "paren":
    case "unary":
    case "aggregation":
      return unitsOf(expr.expr);
    case "binary":
      return [expr.left, expr.right].filter((side) => typeOf(side) !== "scalar" && !isZeroVector(side)).flatMap(unitsOf);
    case "call": {
      const unit = UNITS.get(expr.function);
      if (unit !== undefined) return [countsRaw(expr.args[0]) ? unit : undefined];
      const vectors = expr.args.filter((arg) => typeOf(arg) === "instant vector");
      return vectors.length > 0 ? vectors.flatMap(unitsOf) : [undefined];
    }
    case "number":
    case "string":
    case "vector":
    case "matrix":
    case "subquery":
      return [undefined];
  }
}
