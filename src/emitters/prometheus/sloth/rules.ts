import type { CatalogWindow, Entry, PrometheusSlo, PromqlQuery, StandardAlerting, WindowCatalog } from "../../../model/model.ts";
import { WINDOW_PLACEHOLDER } from "../../../promql/placeholders.ts";
import { printExpr } from "../../../promql/print.ts";
import { fillWindow } from "../../../promql/rewrite.ts";
import { formatDuration, type Seconds } from "../../../units/duration.ts";
import { alertBudget, burnRateFactor, days, goDecimal, goFloat, objectiveRatio, percentAsWritten, percentFromRatio } from "./floats.ts";

/*
 * The rules that Sloth 0.16 writes for one SLO, expressions to the byte.
 * https://github.com/slok/sloth/tree/v0.16.0/internal/plugin/slo/core
 */

export interface SlothRule {
  readonly kind: "record" | "alert";
  readonly name: string;
  readonly expr: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
}

export interface SlothGroup {
  readonly name: string;
  readonly rules: readonly SlothRule[];
}

export interface SlothInfo {
  readonly version: string;
  readonly mode: string;
}

/** A planned SLO with what Sloth takes from the command line. */
export interface SlothSlo {
  readonly slo: PrometheusSlo;
  readonly catalog: WindowCatalog;
  readonly extraLabels: Readonly<Record<string, string>>;
  readonly info: SlothInfo;
}

/** One rule for each alert window and one for the whole period. */
export function sliGroup(sloth: SlothSlo): SlothGroup {
  const { slo, catalog } = sloth;
  const recording = (window: Seconds, expr: string): SlothRule => {
    const labels = { ...idLabels(slo), sloth_window: formatDuration(window), ...userLabels(sloth) };
    return record(sliMetric(window), expr, labels);
  };
  const rules = alertWindows(catalog).map((window) => recording(window, sliExpr(slo, window)));
  return { name: `sloth-slo-sli-recordings-${slo.id}`, rules: [...rules, recording(slo.period, periodExpr(sloth))] };
}

/** The windows of all four pairs, each once, ascending. */
export function alertWindows(catalog: WindowCatalog): readonly Seconds[] {
  const pairs = [catalog.page.quick, catalog.page.slow, catalog.ticket.quick, catalog.ticket.slow];
  return [...new Set(pairs.flatMap(({ short, long }) => [short, long]))].sort((a, b) => a - b);
}

/** The error ratio over a window, with the user's queries in their own words. */
export function sliExpr(slo: PrometheusSlo, window: Seconds): string {
  const { indicator } = slo;
  if (indicator.kind === "events") {
    const events = filled(indicator.events, window);
    const total = filled(indicator.total, window);
    if (indicator.counted === "bad") return `(${events})\n/\n(${total})\n`;
    // What Sloth makes of OpenSLO's good and total, its own indentation included.
    return `(\n  1 - (\n    (\n      ${events}\n    )\n    /\n    (\n      ${total}\n    )\n  )\n)`;
  }
  const query = filled(indicator.query, window);
  return indicator.kind === "ratio" && indicator.measures === "success" ? `(\n  1 - (\n    ${query}\n  )\n)` : `(${query})`;
}

/** The mean of the short window's recorded ratios. */
function periodExpr({ slo, catalog }: SlothSlo): string {
  const samples = `${sliMetric(catalog.page.quick.short)}${idSelector(slo)}[${formatDuration(slo.period)}]`;
  return `sum_over_time(${samples})\n/ ignoring (sloth_window)\ncount_over_time(${samples})\n`;
}

function filled(query: PromqlQuery, window: Seconds): string {
  if (query.templated || query.tree === undefined) {
    return query.text.replaceAll(new RegExp(WINDOW_PLACEHOLDER.source, "g"), formatDuration(window));
  }
  return printExpr(fillWindow(query.tree, window));
}

/** What dashboards read about the SLO itself. */
export function metadataGroup(sloth: SlothSlo): SlothGroup {
  const { slo, catalog, info } = sloth;
  const labels = { ...idLabels(slo), ...userLabels(sloth) };
  const objective = percentOf(slo);
  const ratio = goFloat(objectiveRatio(objective));
  const burnRate = (window: Seconds): string =>
    `${sliMetric(window)}${idSelector(slo)}\n/ on(sloth_id, sloth_slo, sloth_service) group_left\nslo:error_budget:ratio${idSelector(slo)}\n`;
  const infoLabels = {
    sloth_version: info.version,
    sloth_mode: info.mode,
    sloth_spec: slo.origin.format,
    sloth_objective: goDecimal(objective),
  };
  return {
    name: `sloth-slo-meta-recordings-${slo.id}`,
    rules: [
      record("slo:objective:ratio", `vector(${ratio})`, labels),
      record("slo:error_budget:ratio", `vector(1-${ratio})`, labels),
      record("slo:time_period:days", `vector(${goFloat(days(slo.period))})`, labels),
      record("slo:current_burn_rate:ratio", burnRate(catalog.page.quick.short), labels),
      record("slo:period_burn_rate:ratio", burnRate(slo.period), labels),
      record("slo:period_error_budget_remaining:ratio", `1 - slo:period_burn_rate:ratio${idSelector(slo)}`, labels),
      record("sloth_slo_info", "vector(1)", { ...labels, ...infoLabels }),
    ],
  };
}

/** The page and the ticket, as far as the SLO enables them. */
export function alertGroup(sloth: SlothSlo, alerting: StandardAlerting): SlothGroup {
  const severities = (["page", "ticket"] as const).filter((severity) => alerting[severity].enabled);
  const rules = severities.map((severity): SlothRule => {
    const subject = "{{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate";
    return {
      kind: "alert",
      name: alerting.name ?? "",
      expr: alertExpr(sloth, sloth.catalog[severity]),
      labels: merged({ sloth_severity: severity }, alerting.labels, alerting[severity].labels),
      annotations: merged(
        { title: `(${severity}) ${subject} is too fast.`, summary: `${subject} is over expected.` },
        alerting.annotations,
        alerting[severity].annotations,
      ),
    };
  });
  return { name: `sloth-slo-alerts-${sloth.slo.id}`, rules };
}

function alertExpr({ slo }: SlothSlo, { quick, slow }: WindowCatalog["page"]): string {
  const budget = goFloat(alertBudget(percentOf(slo)));
  const burns = (window: Seconds, factor: string): string =>
    `    max(${sliMetric(window)}${idSelector(slo)} > (${factor} * ${budget})) without (sloth_window)\n`;
  const pair = (window: CatalogWindow): string => {
    const factor = goFloat(burnRateFactor(window, slo.period));
    return `(\n${burns(window.short, factor)}    and\n${burns(window.long, factor)})\n`;
  };
  return `${pair(quick)}or\n${pair(slow)}`;
}

function percentOf({ objective, origin }: PrometheusSlo): number {
  return origin.format.startsWith("openslo") ? percentFromRatio(objective.target) : percentAsWritten(objective.target);
}

function sliMetric(window: Seconds): string {
  return `slo:sli_error:ratio_rate${formatDuration(window)}`;
}

function idLabels({ id, service, name }: PrometheusSlo): Readonly<Record<string, string>> {
  return { sloth_id: id, sloth_service: service, sloth_slo: name };
}

/** Names hold letters, digits, `-`, `_` and `.` only, so nothing needs an escape. */
function idSelector({ id, service, name }: PrometheusSlo): string {
  return `{sloth_id="${id}", sloth_service="${service}", sloth_slo="${name}"}`;
}

function userLabels({ slo, extraLabels }: SlothSlo): Readonly<Record<string, string>> {
  return { ...Object.fromEntries(slo.labels.map(({ key, value }) => [key, value])), ...extraLabels };
}

function record(name: string, expr: string, labels: Readonly<Record<string, string>>): SlothRule {
  return { kind: "record", name, expr, labels: new Map(Object.entries(labels)), annotations: new Map() };
}

function merged(own: Readonly<Record<string, string>>, ...users: readonly (readonly Entry[])[]): ReadonlyMap<string, string> {
  return new Map([...Object.entries(own), ...users.flat().map(({ key, value }) => [key, value] as const)]);
}
