import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/source.ts";
import type { Expr, Stretch } from "../promql/ast.ts";
import { promqlCodes } from "../promql/codes.ts";
import { findDatadog } from "../promql/datadog.ts";
import { speaksMetricsql } from "../promql/metricsql.ts";
import { parseExpr } from "../promql/parse.ts";
import { holdsPlaceholder } from "../promql/placeholders.ts";
import type { ParseProblem } from "../promql/problem.ts";
import { hasWindow } from "../promql/rewrite.ts";
import { windowQuery, type WindowProblem, type WindowUse } from "../promql/windows.ts";
import { spanWithin } from "../yaml/locate.ts";
import type { YamlScalar } from "../yaml/tree.ts";
import type { PromqlQuery } from "./model.ts";
import type { Reading } from "./reading.ts";

export type { WindowUse as QueryUse } from "../promql/windows.ts";

export interface QueryContext {
  readonly report: Report;
  readonly reading: Reading;
}

/**
 * Reads a query of a spec for one use and brings it to the form in which its windows are holes. Reports what is wrong at
 * the place inside the scalar; gives nothing if that is an error.
 */
export function readPromql(scalar: YamlScalar, use: WindowUse, { report, reading }: QueryContext): PromqlQuery | undefined {
  const { text } = scalar;
  const place = ({ start, end }: Stretch): Span => spanWithin(scalar, start, end);
  const query = { kind: "promql", text, scalar } as const;
  const parsed = parseLeniently(text, reading);
  if (!parsed.ok) {
    if (reportDatadog(scalar, report)) return undefined;
    const at = place(parsed.error.at);
    const declared = reading.uncheckedQueries !== "error" && UNCHECKED.has(parsed.error.kind);
    report(declared ? metricsql(parsed.error, at, reading, reading.copiesQueries) : unreadable(text, parsed.error, at));
    if (!declared || !reading.copiesQueries) return undefined;
    if (holdsPlaceholder(text)) return { ...query, templated: true };
    if (use.kind === "value") return { ...query, templated: false };
    report(promqlCodes["no-window"](scalar.at, {}));
    return undefined;
  }
  if (parsed.strict !== undefined) report(metricsql(parsed.strict, place(parsed.strict.at), reading, true));
  const templated = hasWindow(parsed.expr);
  if (!templated && holdsPlaceholder(text)) {
    report(promqlCodes["no-window"](scalar.at, { commented: true }));
    return undefined;
  }
  const windowed = windowQuery(parsed.expr, use);
  if (!windowed.ok) {
    for (const problem of windowed.problems) report(windowless(text, problem, place(problem.at)));
    return undefined;
  }
  return { ...query, templated, tree: windowed.expr };
}

/** True, with a report, for a text that shows itself to be a Datadog query. */
export function reportDatadog(scalar: YamlScalar, report: Report): boolean {
  const found = findDatadog(scalar.text);
  if (found === undefined) return false;
  const { start, end } = found;
  report(promqlCodes["is-datadog"](spanWithin(scalar, start, end), { found: scalar.text.slice(start, end) }));
  return true;
}

/** What may be right in another language than PromQL. Variables and templates that nobody fills in are wrong in any. */
const UNCHECKED: ReadonlySet<ParseProblem["kind"]> = new Set(["syntax", "type", "unknown-function", "bad-regex"]);

type Parsed =
  /** `strict` is what PromQL alone would have said. */
  { readonly ok: true; readonly expr: Expr; readonly strict?: ParseProblem } | { readonly ok: false; readonly error: ParseProblem };

function parseLeniently(text: string, reading: Reading): Parsed {
  const strict = parseExpr(text);
  if (strict.ok || reading.uncheckedQueries === "error" || strict.error.kind !== "unknown-function") return strict;
  const lenient = parseExpr(text, { unknownFunctions: true });
  return lenient.ok ? { ...lenient, strict: strict.error } : strict;
}

function metricsql({ message }: ParseProblem, at: Span, { uncheckedQueries }: Reading, usable: boolean): Diagnostic {
  const declared = usable ? "usable" : "unusable";
  return promqlCodes.metricsql(at, { found: message, declared }, { severity: usable ? uncheckedQueries : "error" });
}

function unreadable(text: string, problem: ParseProblem, at: Span): Diagnostic {
  if (UNCHECKED.has(problem.kind) && speaksMetricsql(text, problem)) return promqlCodes.metricsql(at, { found: problem.message });
  return promqlCodes[problem.kind](at, problem);
}

function windowless(text: string, problem: WindowProblem, at: Span): Diagnostic {
  switch (problem.kind) {
    case "not-a-vector": {
      const written = text.slice(problem.at.start, problem.at.end);
      return promqlCodes["not-a-vector"](at, { type: problem.type, ...(written.length <= 60 && { suggestion: `sum(rate(${written}))` }) });
    }
    case "no-window":
      return promqlCodes["no-window"](at, problem);
    case "several-windows":
      return promqlCodes["several-windows"](at, problem);
    case "fixed-window-beside-template":
      return promqlCodes["fixed-window-beside-template"](at, problem);
    case "not-linear":
      return promqlCodes["not-linear"](at, problem);
    case "counter-flag-missing":
      return promqlCodes["counter-flag-missing"](at, problem);
    case "window-in-value":
      return promqlCodes["window-in-value"](at, {});
  }
}
