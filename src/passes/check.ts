import type { Report, Severity } from "../diagnostics/diagnostic.ts";
import type { Entry, EventsIndicator, Measured, PromqlQuery, Slo } from "../model/model.ts";
import type { VectorSelector } from "../promql/ast.ts";
import { FUNCTIONS } from "../promql/functions.ts";
import { formatMilliseconds } from "../promql/literals.ts";
import { parseExpr } from "../promql/parse.ts";
import { outputLabels, partsOf, selectorsOf, seriesName, someExpr } from "../promql/rewrite.ts";
import { eventUnit, type EventUnit } from "../promql/windows.ts";
import { checkDatadog } from "./check-datadog.ts";
import { checkQueries } from "./check-queries.ts";
import { sloCodes } from "./codes.ts";
import { goTemplateProblem } from "./go-template.ts";

/**
 * Checks what no single format can: uniqueness over all files, labels, and whether an SLI's two queries fit together.
 * `severity` is that of flaws which another tool's dialect would reproduce; what breaks the rules in any dialect is an error.
 */
export function checkSlos(slos: readonly Slo[], severity: Severity, report: Report): void {
  checkIds(slos, report);
  for (const slo of slos) {
    checkEntries(slo, severity, report);
    if (slo.indicators.datadog !== undefined) checkDatadog(slo.indicators.datadog, report);
    const indicator = slo.indicators.prometheus;
    if (indicator === undefined) continue;
    checkQueries({ ...slo, indicator }, severity, report);
    checkIndicator({ ...slo, indicator }, severity, report);
  }
}

function checkIds(slos: readonly Slo[], report: Report): void {
  const first = new Map<string, Slo>();
  for (const slo of slos) {
    const other = first.get(slo.id);
    if (other === undefined) first.set(slo.id, slo);
    else report(sloCodes["duplicate-id"](slo.at, { id: slo.id }, { related: [{ at: other.at, message: "the first one is here" }] }));
  }
}

const PORTABLE_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function checkEntries(slo: Slo, severity: Severity, report: Report): void {
  const alerts = slo.alerting.kind === "standard" ? [slo.alerting, slo.alerting.page, slo.alerting.ticket] : slo.alerting.policies;
  for (const label of [...slo.labels, ...alerts.flatMap(({ labels }) => labels)]) {
    checkLabel(label, severity, report);
  }
  const annotations = slo.alerting.kind === "standard" ? alerts.flatMap((alert) => alert.annotations) : [];
  for (const annotation of annotations) checkName(annotation, severity, report);
  const expanded = [...alerts.flatMap((alert) => [...alert.labels, ...alert.annotations]), ...slo.annotations];
  for (const { key, value, at } of expanded) {
    const problem = goTemplateProblem(value);
    if (problem !== undefined) report(sloCodes["template-syntax"](at, { name: key, problem }, { severity }));
  }
}

function checkLabel(entry: Entry, severity: Severity, report: Report): void {
  const { key, value, at } = entry;
  if (key === "alertname" || key === "sloth_severity") report(sloCodes["reserved-label"](at, { label: key }, { severity }));
  else if (key === "__name__" || key.startsWith("sloth_")) report(sloCodes["reserved-label"](at, { label: key }));
  else checkName(entry, severity, report);
  if (value === "") report(sloCodes["empty-label"](at, { label: key }, { severity }));
}

function checkName({ key, at }: Entry, severity: Severity, report: Report): void {
  if (PORTABLE_NAME.test(key)) return;
  const suggestion = key.replace(/[^a-zA-Z0-9_]/g, "_").replace(/^(?=\d)/, "_");
  report(sloCodes["label-name"](at, { label: key, suggestion }, { severity }));
}

function checkIndicator(slo: Slo & Measured, severity: Severity, report: Report): void {
  const { indicator } = slo;
  // Notices tell what slogen's own rules make of an SLI.
  const note: Report = severity === "error" ? report : () => undefined;
  if (indicator.kind === "ratio" && slo.budgeting.kind === "occurrences") note(sloCodes["ratio-weights"](indicator.at, {}));
  const queries: readonly PromqlQuery[] = indicator.kind === "events" ? [indicator.events, indicator.total] : [indicator.query];
  // A query in another language has been reported, and its labels and unit are not known.
  if (queries.some(({ tree }) => tree === undefined)) return;
  for (const { tree, scalar } of queries) {
    const isFixed = tree !== undefined && someExpr(tree, (part) => "anchor" in part && part.anchor.kind === "timestamp");
    if (isFixed) report(sloCodes["fixed-time"](scalar.at, {}, { severity }));
  }
  if (indicator.kind === "events") {
    checkTimes(indicator, severity, report);
    checkLabels(indicator, severity, report);
    checkUnits(indicator, severity, report, note);
  } else if (labelsOf(indicator.query) === "unknown") {
    report(sloCodes.unaggregated(indicator.query.scalar.at, {}));
  }
}

function checkLabels({ events, total }: EventsIndicator, severity: Severity, report: Report): void {
  const [counted, all] = [labelsOf(events), labelsOf(total)];
  if (counted === "unknown" && all === "unknown") {
    const shared = seriesNames(events).find((name) => seriesNames(total).includes(name));
    report(sloCodes.unaggregated(events.scalar.at, { shared }, shared === undefined ? {} : { severity }));
  } else if (list(counted) !== list(all)) {
    const related = [{ at: total.scalar.at, message: `this one carries ${list(all)}` }];
    const isCertain = (counted !== "unknown" || isScraped(events)) && (all !== "unknown" || isScraped(total));
    const params = { events: list(counted), total: list(all) };
    report(sloCodes["grouping-mismatch"](events.scalar.at, params, { related, severity: isCertain ? severity : "warning" }));
  }
}

function checkTimes({ events, total }: EventsIndicator, severity: Severity, report: Report): void {
  for (const [what, timesOf] of TIMES) {
    const [counted, all] = [timesOf(events), timesOf(total)];
    if (counted === undefined || all === undefined || counted === all) continue;
    const related = [{ at: total.scalar.at, message: `${what} ${all} here` }];
    report(sloCodes["different-times"](events.scalar.at, { what: `${what} ${counted} and ${all}` }, { related, severity }));
    return;
  }
}

/** What the two queries of an SLI must share: the offsets of their selectors, and the ranges that they were written with. */
const TIMES: readonly (readonly [string, (query: PromqlQuery) => string | undefined])[] = [
  ["offset", ({ tree }) => tree && distinct(selectorsOf(tree).map(({ offset }) => (offset === undefined ? "none" : shiftText(offset))))],
  ["range", ({ text }) => fixedRanges(text)],
];

function shiftText({ negative, by }: NonNullable<VectorSelector["offset"]>): string {
  return by.kind === "window" ? "the window" : `${negative ? "-" : ""}${formatMilliseconds(by.milliseconds)}`;
}

/** The ranges as written, since the tree has them replaced by the window already; undefined where the query is a template. */
function fixedRanges(text: string): string | undefined {
  const parsed = parseExpr(text, { unknownFunctions: true });
  if (!parsed.ok) return undefined;
  const parts = partsOf(parsed.expr);
  if (parts.some(({ kind }) => kind === "subquery")) return undefined;
  const ranges = parts.flatMap((part) =>
    part.kind === "matrix" && part.range.kind === "duration" ? [formatMilliseconds(part.range.milliseconds)] : [],
  );
  return ranges.length === 0 ? undefined : distinct(ranges);
}

function distinct(texts: readonly string[]): string {
  return [...new Set(texts)].sort().join(" and ");
}

/** Scraped series carry a job and an instance at least; recorded ones, and results of functions that PromQL does not know, may carry nothing. */
function isScraped({ tree }: PromqlQuery): boolean {
  return (
    tree !== undefined &&
    !someExpr(tree, (part) =>
      part.kind === "vector" ? seriesName(part)?.includes(":") !== false : part.kind === "call" && !FUNCTIONS.has(part.function),
    )
  );
}

function seriesNames({ tree }: PromqlQuery): readonly string[] {
  return tree === undefined ? [] : selectorsOf(tree).flatMap((selector) => seriesName(selector) ?? []);
}

function checkUnits({ events, total }: EventsIndicator, severity: Severity, report: Report, note: Report): void {
  const unitOf = (query: PromqlQuery): EventUnit | undefined => query.tree && eventUnit(query.tree);
  const [counted, all] = [unitOf(events), unitOf(total)];
  if (counted === undefined || all === undefined) note(sloCodes["unknown-unit"]((counted === undefined ? events : total).scalar.at, {}));
  else if (counted !== all) {
    const related = [{ at: total.scalar.at, message: `this one counts ${all}` }];
    report(sloCodes["unit-mismatch"](events.scalar.at, { events: counted, total: all }, { related, severity }));
  }
}

function labelsOf(query: PromqlQuery): readonly string[] | "unknown" {
  const labels = query.tree === undefined ? "unknown" : outputLabels(query.tree);
  return labels === "unknown" ? labels : labels.known;
}

function list(labels: readonly string[] | "unknown"): string {
  if (labels === "unknown") return "every label of its series";
  return labels.length === 0
    ? "no labels"
    : [...labels]
        .sort()
        .map((label) => `\`${label}\``)
        .join(", ");
}
