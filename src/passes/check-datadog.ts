import type { MetricQuery, TagFilter } from "../datadogql/ast.ts";
import { printQuery } from "../datadogql/print.ts";
import { demandsOf, groupsOf, metricsOf } from "../datadogql/rewrite.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/source.ts";
import type { DatadogQuery, EventsIndicator, Indicator } from "../model/model.ts";
import { spanWithin } from "../yaml/locate.ts";
import { sloCodes } from "./codes.ts";

/** Pairs of queries that Datadog divides without complaint and whose quotient is no share of events. */
export function checkDatadog(indicator: Indicator<DatadogQuery>, report: Report): void {
  if (indicator.kind !== "events") return;
  const { counted, events, total } = indicator;
  if (printQuery(events.tree) === printQuery(total.tree)) {
    const related = [{ at: total.scalar.at, message: "the same query again" }];
    report(sloCodes["same-query"](events.scalar.at, { counted, example: "status:500" }, { related }));
    return;
  }
  checkGroups(indicator, report);
  checkScopes(indicator, report);
}

function checkGroups({ events, total }: EventsIndicator<DatadogQuery>, report: Report): void {
  const [counted, all] = [groupsText(events), groupsText(total)];
  if (counted === all) return;
  const related = [{ at: total.scalar.at, message: `this one is ${all}` }];
  report(sloCodes["different-groups"](events.scalar.at, { events: counted, total: all }, { related }));
}

function groupsText({ tree }: DatadogQuery): string {
  const keys = [...groupsOf(tree)].sort();
  return keys.length === 0 ? "not grouped" : `grouped by ${keys.map((key) => `\`${key}\``).join(" and ")}`;
}

/** Each metric among the counted events must be in some metric of the total: what is left of it there is fewer than all. */
function checkScopes({ events, total }: EventsIndicator<DatadogQuery>, report: Report): void {
  const all = metricsOf(total.tree);
  for (const metric of metricsOf(events.tree)) {
    const misses = all.map((whole) => missOf(metric, whole));
    const [miss] = misses.every((each) => each !== undefined) ? misses.sort((a, b) => Number(b.isSame) - Number(a.isSame)) : [];
    if (miss !== undefined) reportMiss(miss, { metric, events, total }, report);
  }
}

interface Miss {
  readonly whole: MetricQuery;
  /** What `whole` asks for and the counted metric does not. */
  readonly demand: TagFilter;
  /** What the counted metric asks of the same tag, where the two exclude each other. */
  readonly other?: TagFilter;
  /** Both count the same thing, so that their tags mean the same. */
  readonly isSame: boolean;
}

/** Why events of a metric may lie outside of `whole`; undefined where none does. */
function missOf(metric: MetricQuery, whole: MetricQuery): Miss | undefined {
  const own = demandsOf(metric.scope);
  const isSame = subjectOf(metric) === subjectOf(whole);
  const extra = demandsOf(whole.scope).filter((demand) => !own.some((each) => implies(each, demand)));
  const excluded = extra.flatMap((demand) => {
    const other = own.find((each) => excludes(each, demand));
    return other === undefined ? [] : [{ whole, demand, other, isSame }];
  });
  const [demand] = extra;
  return excluded[0] ?? (demand && { whole, demand, isSame });
}

/** The metrics of one kind of trace have the same tags: https://docs.datadoghq.com/tracing/metrics/metrics_namespace/ */
function subjectOf({ name }: MetricQuery): string {
  return name.replace(/^(trace\..+)\.(?:hits|errors)(?:\.by_http_status)?$/, "$1");
}

/** Everything with the one tag has the other too. */
function implies(one: TagFilter, other: TagFilter): boolean {
  if (one.key !== other.key) return false;
  if (one.negated) return other.negated && covers(one, other);
  return other.negated ? !overlap(one, other) : covers(other, one);
}

function excludes(one: TagFilter, other: TagFilter): boolean {
  if (one.key !== other.key) return false;
  if (one.negated === other.negated) return !one.negated && !overlap(one, other);
  return one.negated ? covers(one, other) : covers(other, one);
}

/** Every value that `narrow` asks for is one of `wide`'s. */
function covers({ value: wide }: TagFilter, { value: narrow }: TagFilter): boolean {
  if (wide === undefined || narrow === undefined) return wide === narrow;
  return wide === narrow || (wide.includes("*") && patternOf(wide).test(narrow));
}

/** False only where no value can be both; two wildcards are taken to overlap. */
function overlap(a: TagFilter, b: TagFilter): boolean {
  return (a.value?.includes("*") === true && b.value?.includes("*") === true) || covers(a, b) || covers(b, a);
}

function patternOf(value: string): RegExp {
  return new RegExp(`^${value.split("*").map(escaped).join(".*")}$`);
}

const escaped = (text: string): string => text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&");

function reportMiss(
  { whole, demand, other, isSame }: Miss,
  { metric, events, total }: { readonly metric: MetricQuery; readonly events: DatadogQuery; readonly total: DatadogQuery },
  report: Report,
): void {
  const asked = tagText(demand);
  if (other !== undefined) {
    const related = [{ at: placeOf(total, demand, whole), message: `\`total\` asks for \`${asked}\`` }];
    // Two metrics may tag one thing differently, but an environment is called the same everywhere.
    const severity = isSame || demand.key === "env" ? "error" : "warning";
    report(sloCodes["disjoint-scopes"](placeOf(events, other, metric), { events: tagText(other), total: asked }, { related, severity }));
    return;
  }
  const related = [{ at: placeOf(events, undefined, metric), message: "these events need not have it" }];
  report(sloCodes["narrow-total"](placeOf(total, demand, whole), { tag: asked }, { related, severity: isSame ? "error" : "warning" }));
}

function tagText({ key, value, negated }: TagFilter): string {
  return `${negated ? "!" : ""}${key}${value === undefined ? "" : `:${value}`}`;
}

function placeOf({ scalar }: DatadogQuery, tag: TagFilter | undefined, metric: MetricQuery): Span {
  const at = tag?.at ?? metric.at;
  return at === undefined ? scalar.at : spanWithin(scalar, at.start, at.end);
}
