import type { Report, ReportOptions, Severity } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/source.ts";
import type { Measured, PromqlQuery, Slo } from "../model/model.ts";
import type { Expr, VectorSelector } from "../promql/ast.ts";
import { printExpr } from "../promql/print.ts";
import { fillWindow, partsOf, selectorsOf, seriesName } from "../promql/rewrite.ts";
import { HOUR, MINUTE } from "../units/duration.ts";
import { spanWithin } from "../yaml/locate.ts";
import { sloCodes } from "./codes.ts";

/**
 * Queries that Prometheus evaluates without complaint and whose number is not the error ratio over a window:
 * each would give rules that load, look right and never alert, or always.
 */
export function checkQueries(slo: Slo & Measured, severity: Severity, report: Report): void {
  const { indicator } = slo;
  const options = { severity };
  if (indicator.kind === "threshold") return;
  if (indicator.kind === "ratio") {
    checkFunctions(indicator.query, options, report);
    checkRatio(indicator.query, options, report);
    checkBuckets(slo, indicator.query, options, report);
  } else {
    for (const query of [indicator.events, indicator.total]) checkFunctions(query, options, report);
    checkPair(slo, indicator.events, indicator.total, indicator.counted, options, report);
  }
  checkSlice(slo, report);
}

/** Functions whose value over a window says how often something happened in it; of the others a longer window tells no more, or something else. */
const SOUND = new Set(["rate", "increase", "sum_over_time", "count_over_time", "avg_over_time"]);

function checkFunctions(query: PromqlQuery, options: ReportOptions, report: Report): void {
  for (const part of partsIn(query)) {
    if (part.kind !== "call" || SOUND.has(part.function)) continue;
    const overWindow = part.args.some((arg) => (arg.kind === "matrix" || arg.kind === "subquery") && arg.range.kind === "window");
    if (overWindow) report(sloCodes["unsound-window"](placeOf(query, part), { function: part.function }, options));
  }
}

function checkRatio(query: PromqlQuery, options: ReportOptions, report: Report): void {
  const { tree } = query;
  if (tree === undefined) return;
  if (growsWithWindow(tree)) report(sloCodes["scales-with-window"](query.scalar.at, {}, options));
  const outermost = unwrapped(tree);
  if (outermost.kind !== "binary") return;
  const sides = [outermost.left, outermost.right].map(unwrapped);
  // `> 0` and the like are guards against nothing at all; they pass a ratio on as it is.
  const isGuard = !EQUALITY.has(outermost.op) && sides.some((side) => side.kind === "number" && (side.text === "0" || side.text === "1"));
  if (COMPARISONS.has(outermost.op) && !outermost.bool && !isGuard) {
    report(sloCodes["filter-as-ratio"](placeOf(query, outermost), { op: outermost.op }, options));
  }
  const isPercent = outermost.op === "*" && sides.some((side) => side.kind === "number" && Number(side.text) === 100);
  if (isPercent) report(sloCodes["percent-ratio"](placeOf(query, outermost), {}, options));
}

const EQUALITY: ReadonlySet<string> = new Set(["==", "!="]);
const COMPARISONS: ReadonlySet<string> = new Set([...EQUALITY, "<", "<=", ">", ">="]);

/** The expression inside parentheses, signs and aggregations. */
function unwrapped(expr: Expr): Expr {
  return expr.kind === "paren" || expr.kind === "aggregation" || expr.kind === "unary" ? unwrapped(expr.expr) : expr;
}

const COUNTS_OVER_WINDOW = new Set(["increase", "sum_over_time", "count_over_time"]);

/** Whether the value is proportional to the window's length, as a count over it is; one count divided by another is not. */
function growsWithWindow(expr: Expr): boolean {
  switch (expr.kind) {
    case "call":
      return COUNTS_OVER_WINDOW.has(expr.function) || expr.args.some(growsWithWindow);
    case "binary":
      return expr.op === "/"
        ? growsWithWindow(expr.left) !== growsWithWindow(expr.right)
        : growsWithWindow(expr.left) || growsWithWindow(expr.right);
    case "paren":
    case "unary":
    case "aggregation":
      return growsWithWindow(expr.expr);
    case "number":
    case "string":
    case "vector":
    case "matrix":
    case "subquery":
      return false;
  }
}

function checkPair(
  slo: Slo & Measured,
  events: PromqlQuery,
  total: PromqlQuery,
  counted: "good" | "bad",
  options: ReportOptions,
  report: Report,
): void {
  if (events.tree === undefined || total.tree === undefined) return;
  if (printExpr(fillWindow(events.tree, HOUR)) === printExpr(fillWindow(total.tree, HOUR))) {
    const related = [{ at: total.scalar.at, message: "the same query again" }];
    report(sloCodes["same-query"](events.scalar.at, { counted, example: 'code=~"5.."' }, { ...options, related }));
  }
  for (const query of [events, total]) checkBuckets(slo, query, options, report);
  const [bucket, ...others] = selectorsOf(events.tree);
  const base = bucket === undefined ? undefined : baseOf(bucket, "_bucket");
  if (bucket === undefined || base === undefined || others.length > 0) return;
  const bound = bucket.matchers.find(({ label, op }) => label === "le" && op === "=")?.value;
  if (counted === "bad" && typeof bound === "string" && bound !== "+Inf") {
    report(sloCodes["bucket-as-bad"](events.scalar.at, { bound }, options));
  }
  const [count, ...more] = selectorsOf(total.tree);
  const all = count === undefined ? undefined : baseOf(count, "_count");
  if (count === undefined || all === undefined || more.length > 0) return;
  if (all !== base || matchersText(bucket) !== matchersText(count)) {
    const related = [{ at: total.scalar.at, message: `all of \`${all}\`` }];
    report(sloCodes["histogram-mismatch"](events.scalar.at, { of: base, all }, { related }));
  }
}

/** OpenSLO's front end says so of its own good, bad and total, at the field at fault. */
function checkBuckets(slo: Slo & Measured, query: PromqlQuery, options: ReportOptions, report: Report): void {
  const isSaid = slo.origin.format.startsWith("openslo") && slo.indicator.kind === "events" && slo.bound?.includes("prometheus") !== true;
  if (query.tree === undefined || isSaid) return;
  // Functions of histograms want all buckets.
  if (partsIn(query).some((part) => part.kind === "call" && part.function.startsWith("histogram_"))) return;
  const [unbound] = selectorsOf(query.tree).filter(
    (selector) => baseOf(selector, "_bucket") !== undefined && !selector.matchers.some(({ label }) => label === "le"),
  );
  if (unbound !== undefined) report(sloCodes["all-buckets"](placeOf(query, unbound), {}, options));
}

function baseOf(selector: VectorSelector, suffix: string): string | undefined {
  const name = seriesName(selector);
  return name?.endsWith(suffix) === true ? name.slice(0, -suffix.length) : undefined;
}

function matchersText({ matchers }: VectorSelector): string {
  const own = matchers.filter(({ label }) => label !== "le" && label !== "__name__");
  return JSON.stringify(own.map(({ label, op, value }) => [label, op, value]).sort());
}

function checkSlice({ budgeting }: Slo, report: Report): void {
  if (budgeting.kind === "occurrences" || budgeting.slice >= 2 * MINUTE) return;
  report(sloCodes["slice-below-scrapes"](budgeting.at, {}));
}

function partsIn({ tree }: PromqlQuery): readonly Expr[] {
  return tree === undefined ? [] : partsOf(tree);
}

function placeOf({ scalar }: PromqlQuery, { at }: Expr): Span {
  return at === undefined ? scalar.at : spanWithin(scalar, at.start, at.end);
}
