import type { Call, Expr, VectorSelector } from "../../promql/ast.ts";
import { isComparison, isSetOperator } from "../../promql/operators.ts";
import { seriesName, typeOf } from "../../promql/rewrite.ts";
import { ONE, rational, type Rational } from "../../units/rational.ts";

/** What a value is measured in; `none` is a plain number. */
export interface Unit {
  readonly dimension: "time" | "size" | "share" | "none";
  /** How many seconds, bytes or wholes one of it is. */
  readonly size: Rational;
  /** `seconds`, as it stands in metric names and under `unit`. */
  readonly word: string;
}

const unit = (dimension: Unit["dimension"], word: string, n: number, d = 1): readonly [string, Unit] => [
  word,
  { dimension, size: rational(n, d), word },
];

/** The words of metric names, by Prometheus's naming rules and by habit: https://prometheus.io/docs/practices/naming/#base-units */
export const UNITS: ReadonlyMap<string, Unit> = new Map([
  unit("time", "nanoseconds", 1, 1_000_000_000),
  unit("time", "microseconds", 1, 1_000_000),
  unit("time", "milliseconds", 1, 1000),
  unit("time", "seconds", 1),
  unit("time", "minutes", 60),
  unit("time", "hours", 3600),
  unit("size", "bytes", 1),
  unit("share", "ratio", 1),
  unit("share", "percent", 1, 100),
  unit("none", "none", 1),
]);

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  ns: "nanoseconds",
  us: "microseconds",
  ms: "milliseconds",
  secs: "seconds",
  sec: "seconds",
  millis: "milliseconds",
  micros: "microseconds",
  nanos: "nanoseconds",
  pct: "percent",
  percentage: "percent",
};

export const NONE: Unit = { dimension: "none", size: ONE, word: "none" };
export const RATIO: Unit = { dimension: "share", size: ONE, word: "ratio" };
export const SECONDS: Unit = { dimension: "time", size: ONE, word: "seconds" };

/** The unit of a query's value, as far as the names of its metrics tell; undefined where they do not. */
export function unitOf(expr: Expr): Unit | undefined {
  const found = quantityOf(expr);
  return found === undefined || (found.perSecond && found.unit !== NONE) ? undefined : found.unit;
}

interface Quantity {
  readonly unit: Unit;
  readonly perSecond: boolean;
}

const plain = (of: Unit): Quantity => ({ unit: of, perSecond: false });

function quantityOf(expr: Expr): Quantity | undefined {
  switch (expr.kind) {
    case "number":
    case "string":
      return plain(NONE);
    case "vector":
      return named(expr);
    case "matrix":
      return named(expr.selector);
    case "subquery":
    case "paren":
    case "unary":
      return quantityOf(expr.expr);
    case "aggregation":
      if (expr.op === "count" || expr.op === "group") return plain(NONE);
      return expr.op === "stdvar" || expr.op === "count_values" ? undefined : quantityOf(expr.expr);
    case "call":
      return called(expr);
    case "binary":
      return combined(expr);
  }
}

function named(selector: VectorSelector): Quantity | undefined {
  const name = seriesName(selector) ?? "";
  if (/_(bucket|count)$/.test(name)) return plain(NONE);
  const found = unitIn(name.replace(/_(total|sum)$/, ""));
  return found === undefined ? (name.endsWith("_total") ? plain(NONE) : undefined) : plain(found);
}

function unitIn(name: string): Unit | undefined {
  const word = name.slice(name.lastIndexOf("_") + 1);
  const found = UNITS.get(ABBREVIATIONS[word] ?? word);
  return found?.dimension === "none" ? undefined : found;
}

/** Functions whose value is of the same kind as what they are given. */
const KEEPING = new Set([
  ...["increase", "delta", "idelta", "avg_over_time", "min_over_time", "max_over_time", "sum_over_time", "last_over_time"],
  ...["quantile_over_time", "stddev_over_time", "mad_over_time", "abs", "ceil", "floor", "round", "clamp", "clamp_min", "clamp_max"],
  ...["sort", "sort_desc", "scalar", "vector", "label_replace", "label_join", "histogram_avg", "histogram_sum", "histogram_stddev"],
]);
const PER_SECOND = new Set(["rate", "irate", "deriv"]);
const COUNTING = new Set(["count_over_time", "present_over_time", "changes", "resets", "histogram_count", "absent", "absent_over_time"]);

function called({ function: name, args }: Call): Quantity | undefined {
  if (name === "histogram_quantile") return bucketsIn(args[1]);
  if (name === "histogram_fraction") return plain(RATIO);
  if (name === "time" || name === "timestamp") return plain(SECONDS);
  if (COUNTING.has(name)) return plain(NONE);
  const first = firstVector(args);
  const inside = first === undefined ? plain(NONE) : quantityOf(first);
  if (KEEPING.has(name)) return inside;
  return PER_SECOND.has(name) && inside?.perSecond === false ? { unit: inside.unit, perSecond: true } : undefined;
}

/** What a function works on; its other arguments are numbers and texts. */
function firstVector(args: readonly Expr[]): Expr | undefined {
  return args.find(({ kind }) => kind !== "number" && kind !== "string");
}

/** A quantile is in the unit of what the histogram observes, whatever was done to its buckets. */
function bucketsIn(expr: Expr | undefined): Quantity | undefined {
  if (expr === undefined) return undefined;
  switch (expr.kind) {
    case "vector": {
      const found = unitIn((seriesName(expr) ?? "").replace(/_bucket$/, ""));
      return found && plain(found);
    }
    case "matrix":
      return bucketsIn(expr.selector);
    case "subquery":
    case "paren":
    case "unary":
    case "aggregation":
      return bucketsIn(expr.expr);
    case "call":
      return bucketsIn(firstVector(expr.args));
    case "binary":
      return isSetOperator(expr.op) || isComparison(expr.op) ? bucketsIn(expr.left) : undefined;
    case "number":
    case "string":
      return undefined;
  }
}

function combined({ op, bool, left: a, right: b }: Expr & { readonly kind: "binary" }): Quantity | undefined {
  if (bool) return plain(NONE);
  const [left, right] = [quantityOf(a), quantityOf(b)];
  if (isSetOperator(op)) return op === "or" && left !== undefined && right !== undefined && !fits(left, right) ? undefined : left;
  if (isComparison(op)) return left;
  if (left === undefined || right === undefined) return undefined;
  if (op === "+" || op === "-") return same(left, right) && left.perSecond === right.perSecond ? left : undefined;
  // A constant may turn seconds into milliseconds, or a ratio into percent.
  if (isConstant(a) || isConstant(b)) return undefined;
  if (op === "/") return quotient(left, right);
  return left.unit === NONE && right.unit === NONE ? { unit: NONE, perSecond: left.perSecond || right.perSecond } : undefined;
}

function isConstant(expr: Expr): boolean {
  return typeOf(expr) === "scalar";
}

function same(left: Quantity, right: Quantity): boolean {
  return left.unit.word === right.unit.word;
}

/** `or vector(0)` says what holds without data, in whatever unit. */
function fits(left: Quantity, right: Quantity): boolean {
  return same(left, right) || right.unit === NONE;
}

function quotient(left: Quantity, right: Quantity): Quantity | undefined {
  if (right.perSecond && !left.perSecond) return undefined;
  const perSecond = left.perSecond && !right.perSecond;
  if (same(left, right)) return { unit: RATIO, perSecond };
  // The mean of what was observed: its sum through its count.
  return right.unit === NONE ? { unit: left.unit, perSecond } : undefined;
}

/** The units in which a limit may be written. */
const LIMIT_UNITS: Readonly<Record<string, Unit>> = {
  ns: { dimension: "time", size: rational(1, 1_000_000_000), word: "nanoseconds" },
  us: { dimension: "time", size: rational(1, 1_000_000), word: "microseconds" },
  ms: { dimension: "time", size: rational(1, 1000), word: "milliseconds" },
  s: SECONDS,
  m: { dimension: "time", size: rational(60), word: "minutes" },
  h: { dimension: "time", size: rational(3600), word: "hours" },
  B: { dimension: "size", size: ONE, word: "bytes" },
  kB: { dimension: "size", size: rational(1000), word: "kilobytes" },
  KiB: { dimension: "size", size: rational(1024), word: "kibibytes" },
  MB: { dimension: "size", size: rational(1_000_000), word: "megabytes" },
  MiB: { dimension: "size", size: rational(1024 ** 2), word: "mebibytes" },
  GB: { dimension: "size", size: rational(1_000_000_000), word: "gigabytes" },
  GiB: { dimension: "size", size: rational(1024 ** 3), word: "gibibytes" },
  "%": { dimension: "share", size: rational(1, 100), word: "percent" },
};

/** A limit's number and unit: `400ms`. Undefined for a text without a unit. */
export function splitLimit(text: string): { readonly amount: string; readonly unit: Unit } | undefined {
  const [, amount, word] = /^(-?[\d.]+)([A-Za-z]+|%)$/.exec(text) ?? [];
  const found = LIMIT_UNITS[word ?? ""];
  return amount === undefined || found === undefined ? undefined : { amount, unit: found };
}

/** How a limit is written in the unit of a metric: `400ms` for 400 milliseconds. */
export function limitText(amount: string, { word }: Unit): string | undefined {
  const found = Object.entries(LIMIT_UNITS).find(([, each]) => each.word === word)?.[0];
  return found === undefined ? undefined : `${amount}${found}`;
}
