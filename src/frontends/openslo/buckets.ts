import type { Report } from "../../diagnostics/diagnostic.ts";
import type { PromqlQuery } from "../../model/model.ts";
import type { Matcher, VectorSelector } from "../../promql/ast.ts";
import { selectorsOf, seriesName, someExpr } from "../../promql/rewrite.ts";
import { spanWithin } from "../../yaml/locate.ts";
import { opensloCodes } from "./codes.ts";
import type { Part } from "./histogram.ts";

/** Checks queries that choose the buckets of a classic histogram by hand. */
export function checkBuckets(query: PromqlQuery, part: Part, report: Report): void {
  const { tree } = query;
  // Functions on whole histograms, and a grouping by `le`, want all buckets.
  if (
    tree === undefined ||
    someExpr(tree, (expr) => (expr.kind === "call" && expr.function.startsWith("histogram_")) || groupsByBucket(expr))
  )
    return;
  const buckets = selectorsOf(tree).filter((selector) => seriesName(selector)?.endsWith("_bucket") === true);
  for (const selector of buckets) checkSelector(selector, query, { part, alone: buckets.length === 1 }, report);
}

function groupsByBucket(expr: Parameters<Parameters<typeof someExpr>[1]>[0]): boolean {
  return expr.kind === "aggregation" && expr.grouping?.kind === "by" && expr.grouping.labels.includes("le");
}

function checkSelector(
  selector: VectorSelector,
  query: PromqlQuery,
  { part, alone }: { part: Part; alone: boolean },
  report: Report,
): void {
  const metric = seriesName(selector) ?? "";
  const place = (stretch: Matcher["at"]): PromqlQuery["scalar"]["at"] =>
    stretch === undefined ? query.scalar.at : spanWithin(query.scalar, stretch.start, stretch.end);
  const bounds = selector.matchers.filter(({ label }) => label === "le");
  if (bounds.length === 0) {
    report(opensloCodes["le-missing"](place(selector.at), { metric, total: part === "total" }));
    return;
  }
  for (const { op, value, at } of bounds) {
    if (typeof value !== "string" || (op === "=~" && ONE_BOUND.test(value))) continue;
    if (op !== "=") {
      report(opensloCodes["le-several"](place(at), { matcher: `le${op}"${value}"` }));
      continue;
    }
    if (value === "+Inf") {
      if (part === "good" && alone) report(opensloCodes["le-infinite"](place(at), { metric }));
    } else if (!Number.isFinite(Number(value)) || value.trim() === "") {
      report(opensloCodes["le-not-a-number"](place(at), { value }));
    } else if (/^\d+(?:\.0)?$/.test(value)) {
      report(opensloCodes["le-integer"](place(at), { value, both: `${value.replace(/\.0$/, "")}(\\\\.0)?` }));
    }
  }
}

/** One number, which Prometheus 3 may write with `.0`: `0.3`, `1(\\.0)?`. */
const ONE_BOUND = /^\d+(\.\d+|\(\\\.0\)\?)?$/;
