import type { DatadogExpr, MetricQuery } from "../../datadogql/ast.ts";
import { binary, name } from "../../datadogql/build.ts";
import { printQuery } from "../../datadogql/print.ts";
import { groupsOf, ungrouped, withoutDefaults, zeroWhereAbsent } from "../../datadogql/rewrite.ts";
import { mapMetrics, metricsOf } from "../../datadogql/walk.ts";
import type { DatadogQuery, EventsIndicator, Indicator } from "../../model/model.ts";

/** Formulas over named queries: what an SLO or a v2 request of Datadog takes, since one query there holds no arithmetic. */
export interface NamedFormulas<F extends string> {
  readonly formulas: Readonly<Record<F, DatadogExpr>>;
  /** In the order of their first use; each metric once. */
  readonly queries: ReadonlyMap<string, MetricQuery>;
}

/**
 * Good and bad events as formulas over the queries `good` or `bad` and `total`; a side of several metrics has `bad1`, `bad2`.
 * Errors that never happened have no series, and an absent term would take the whole sum with it: each term of a sum is zero where it is absent.
 */
export function countFormulas({ counted, events, total }: EventsIndicator<DatadogQuery>): NamedFormulas<"good" | "bad"> {
  const names = nameMetrics([
    [counted, events.tree],
    ["total", total.tree],
  ]);
  const known = zeroWhereAbsent(events.tree);
  const rest = binary(summed(total.tree), "-", known);
  // In a total outage nothing good is counted, and a share of nothing would be left out of the SLI.
  const formulas = counted === "good" ? { good: known, bad: rest } : { good: rest, bad: summed(events.tree) };
  return named(formulas, names);
}

/** The share of good events, for a slice of time: absent without events, which Datadog counts as a good slice. */
export function goodShareFormula(indicator: EventsIndicator<DatadogQuery>): NamedFormulas<"share"> {
  const { counted, events, total } = indicator;
  const names = nameMetrics([
    [counted, events.tree],
    ["total", total.tree],
  ]);
  const all = summed(total.tree);
  const good = counted === "good" ? zeroWhereAbsent(events.tree) : binary(all, "-", zeroWhereAbsent(events.tree));
  return named({ share: binary(good, "/", all) }, names);
}

/** A value as it is, over the query `value` or `value1`, `value2`. */
export function valueFormula(query: DatadogQuery): NamedFormulas<"value"> {
  return named({ value: query.tree }, nameMetrics([["value", query.tree]]));
}

/** Good events in one query string, as Datadog took them before formulas: its own parser reads plain arithmetic there. */
export function goodEvents({ counted, events, total }: EventsIndicator<DatadogQuery>): DatadogExpr {
  return counted === "good" ? events.tree : binary(total.tree, "-", events.tree);
}

/**
 * Bad events out of all in one query string of a monitor.
 * Without `default_zero`: with arithmetic over `.as_count()` Datadog sums each metric over the window before it divides, and aligns absent
 * points as zero itself. https://docs.datadoghq.com/monitors/guide/as-count-in-monitor-evaluations/
 */
export function badShare({ counted, events, total }: EventsIndicator<DatadogQuery>): DatadogExpr {
  const [part, all] = [withoutDefaults(events.tree), withoutDefaults(total.tree)];
  return binary(counted === "bad" ? part : binary(all, "-", part), "/", all);
}

/** All events in one query string of a monitor, of all groups together. */
export function allEvents({ total }: EventsIndicator<DatadogQuery>): DatadogExpr {
  return ungrouped(withoutDefaults(total.tree));
}

/** The tags by which an indicator is grouped, sorted; its metrics are grouped alike. */
export function groupingOf(indicator: Indicator<DatadogQuery>): readonly string[] {
  const { tree } = indicator.kind === "events" ? indicator.total : indicator.query;
  return [...groupsOf(tree)].sort();
}

type Named = ReadonlyMap<string, { readonly name: string; readonly metric: MetricQuery }>;

/** Names for the metrics of each side, by their text. A metric of two sides keeps the name of the first. */
function nameMetrics(sides: readonly (readonly [prefix: string, expr: DatadogExpr])[]): Named {
  const names = new Map<string, { readonly name: string; readonly metric: MetricQuery }>();
  for (const [prefix, expr] of sides) {
    const own = new Map(metricsOf(expr).map((metric) => [printQuery(metric), metric]));
    const fresh = [...own].filter(([text]) => !names.has(text));
    fresh.forEach(([text, metric], i) => names.set(text, { name: own.size === 1 ? prefix : `${prefix}${i + 1}`, metric }));
  }
  return names;
}

function named<F extends string>(formulas: Readonly<Record<F, DatadogExpr>>, names: Named): NamedFormulas<F> {
  const byName = (metric: MetricQuery): DatadogExpr => name(names.get(printQuery(metric))?.name ?? "");
  const entries = Object.entries<DatadogExpr>(formulas).map(([key, expr]) => [key, mapMetrics(expr, byName)]);
  return {
    formulas: Object.fromEntries(entries) as Record<F, DatadogExpr>,
    queries: new Map([...names.values()].map((each) => [each.name, each.metric])),
  };
}

/** A metric alone is there or is not; the terms of a sum are zero where they are absent. */
function summed(expr: DatadogExpr): DatadogExpr {
  return expr.kind === "metric" ? expr : zeroWhereAbsent(expr);
}
