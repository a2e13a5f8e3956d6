import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/source.ts";
import type {
  AlertPolicy,
  BurnCondition,
  CatalogWindow,
  NoDataAlert,
  PlannedAlert,
  PlannedSlo,
  PolicyAlerting,
  Slo,
  StandardAlerting,
  WindowCatalog,
  WindowPair,
} from "../model/model.ts";
import { DAY, formatDuration, MINUTE, seconds, type Seconds } from "../units/duration.ts";
import { pascalCase } from "../units/identifier.ts";
import { budgetShareSpent, burnRateSpending, errorRatioAt, highestBurnRate, type BurnRate } from "../units/quantity.ts";
import { compare, less, multiply, ONE, rational, toDecimal, toFigure, toNumber } from "../units/rational.ts";
import { catalogFor } from "./catalogs.ts";
import { alertCodes, sloCodes } from "./codes.ts";

export interface Planning {
  /** For formats without a period. */
  readonly defaultPeriod: Seconds;
  /** The user's own, by period. */
  readonly catalogs: readonly WindowCatalog[];
}

/** Settles each SLO's period, alerts and windows. */
export function planSlos(slos: readonly Slo[], planning: Planning, report: Report): readonly PlannedSlo[] {
  return slos.map((slo) => planSlo(slo, planning, report));
}

function planSlo(slo: Slo, planning: Planning, report: Report): PlannedSlo {
  const period = slo.window.kind === "default" ? planning.defaultPeriod : slo.window.length;
  const isTooShort = period < DAY;
  if (isTooShort)
    report(sloCodes["period-too-short"](slo.window.kind === "default" ? slo.at : slo.window.at, { period: formatDuration(period) }));
  if (slo.window.kind === "calendar" && slo.indicators.prometheus !== undefined)
    report(sloCodes["calendar-period"](slo.window.at, { period: formatDuration(period) }));
  const slice = sliceOf(slo);
  if (slo.budgeting.kind !== "occurrences" && period % slo.budgeting.slice !== 0) {
    report(sloCodes["slice-window"](slo.budgeting.at, { slice: formatDuration(slo.budgeting.slice), period: formatDuration(period) }));
  }
  const catalog = catalogFor(period, planning.catalogs);
  const { alerts, noData } = planAlerts(slo, catalog, isTooShort ? () => undefined : report);
  return { ...slo, period, alerts, noData, windows: windowsOf(alerts, catalog, slice) };
}

type Alerts = Pick<PlannedSlo, "alerts" | "noData">;

function planAlerts(slo: Slo, catalog: WindowCatalog, report: Report): Alerts {
  const { alerting } = slo;
  return alerting.kind === "standard" ? planStandard(slo, alerting, catalog, report) : planPolicies(slo, alerting, catalog.period, report);
}

function planStandard(slo: Slo, alerting: StandardAlerting, catalog: WindowCatalog, report: Report): Alerts {
  const name = alerting.name ?? `${pascalCase(slo.id)}ErrorBudgetBurn`;
  const alerts = (["page", "ticket"] as const).flatMap((severity): readonly PlannedAlert[] => {
    const { enabled, labels, annotations } = alerting[severity];
    if (!enabled) return [];
    const found: Diagnostic[] = [];
    const windows = [catalog[severity].quick, catalog[severity].slow];
    const pairs = windows.flatMap((window) => planPair(slo, severity, window, catalog, (diagnostic) => found.push(diagnostic)));
    // Where no window of a severity is left, that each was left out is the smaller news.
    const isSilent = pairs.length === 0 && !found.some((diagnostic) => diagnostic.severity === "error");
    const facts = { severity, period: formatDuration(catalog.period), target: percentText(slo) };
    (isSilent ? [alertCodes["severity-left-out"](slo.at, facts)] : found).forEach(report);
    if (pairs.length === 0) return [];
    const own = { labels: [...alerting.labels, ...labels], annotations: [...alerting.annotations, ...annotations] };
    return [{ name, severity, combine: "any", pairs, ...own, notify: [], at: slo.at }];
  });
  const softest = alerting.ticket.enabled ? "ticket" : alerting.page.enabled ? "page" : undefined;
  if (softest === undefined) return { alerts, noData: [] };
  const labels = [...alerting.labels, ...alerting[softest].labels];
  const annotations = [...alerting.annotations, ...alerting[softest].annotations];
  return { alerts, noData: [{ name: `${pascalCase(slo.id)}NoData`, severity: softest, labels, annotations, notify: [] }] };
}

/** One pair of the catalog, unless it could never fire or would fire only once the budget is gone. */
function planPair(slo: Slo, severity: string, window: CatalogWindow, catalog: WindowCatalog, report: Report): readonly WindowPair[] {
  const burnRate = burnRateSpending(window.budgetShare, window.long, catalog.period);
  const slice = sliceOf(slo);
  const pair: WindowPair = { long: inSlices(window.long, slice), short: inSlices(window.short, slice), burnRate };
  const facts = { severity, period: formatDuration(catalog.period) };
  if (pair.long >= catalog.period || spendsAll(pair, catalog.period)) {
    report(alertCodes["window-left-out"](slo.at, { ...facts, window: formatDuration(pair.long) }));
    return [];
  }
  if (cannotFire(slo, burnRate)) {
    const windows = `${formatDuration(pair.long)} and ${formatDuration(pair.short)}`;
    const limits = { burnRate: toFigure(burnRate), highest: toFigure(highestBurnRate(slo.objective.budget)), target: percentText(slo) };
    report(
      window.at === undefined
        ? alertCodes["pair-left-out"](slo.objective.at, { severity, windows, ...limits })
        : alertCodes["cannot-fire"](slo.objective.at, limits, {
            related: [{ at: window.at, message: `the threshold over ${windows} comes from this share` }],
          }),
    );
    return [];
  }
  warnOfOneSlice(slo, severity, pair, slo.at, report);
  if (window.at !== undefined) warnOfFewScrapes(slo, pair.short, window.at, report);
  return [pair];
}

/** Whether the whole budget of the period is gone by the time that the long window reaches the burn rate. */
function spendsAll({ burnRate, long }: WindowPair, period: Seconds): boolean {
  return compare(budgetShareSpent(burnRate, long, period), ONE) >= 0;
}

/** `rate` needs two samples, and common scrape intervals are 30 s and 60 s. */
const SHORTEST_SAFE_WINDOW = 5 * MINUTE;

function warnOfFewScrapes(slo: Slo, window: Seconds, at: Span, report: Report): void {
  if (slo.indicators.prometheus === undefined || sliceOf(slo) !== undefined || window >= SHORTEST_SAFE_WINDOW) return;
  report(alertCodes["window-below-scrapes"](at, { window: formatDuration(window) }));
}

function planPolicies(slo: Slo, alerting: PolicyAlerting, period: Seconds, report: Report): Alerts {
  const breaching = alerting.policies.filter((policy) => policy.whenBreaching);
  const alerts = breaching.flatMap((policy) => planPolicy(slo, policy, period, report));
  const aboutData = alerting.policies.filter((policy) => policy.whenNoData);
  if (breaching.length === 0 && aboutData.length > 0) report(alertCodes["nothing-alerts"](slo.at, {}));
  const noData = aboutData.map((policy): NoDataAlert => {
    const { labels, annotations, notify } = policy;
    return { name: `${pascalCase(slo.id)}NoData`, severity: severityOf(policy), labels, annotations, notify };
  });
  for (const [i, alert] of alerts.entries()) {
    const first = alerts.findIndex((other) => identityOf(other) === identityOf(alert));
    const related = alerts.slice(first, first + 1).map(({ at }) => ({ at, message: "the first one" }));
    if (first < i) report(alertCodes["same-alert-twice"](alert.at, { name: alert.name }, { related }));
  }
  // Several policies may ask for the same one.
  return { alerts, noData: noData.filter((alert, i) => noData.findIndex((other) => identityOf(other) === identityOf(alert)) === i) };
}

/** What tells alerts apart in Alertmanager: the name and the labels. */
function identityOf({ name, severity, labels, notify }: NoDataAlert): string {
  const pairs = labels.map(({ key, value }) => [key, value]).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  return JSON.stringify([name, severity, pairs, notify.map((target) => target.name)]);
}

function planPolicy(slo: Slo, policy: AlertPolicy, period: Seconds, report: Report): readonly PlannedAlert[] {
  const pairs = policy.conditions.flatMap((condition) => planCondition(slo, condition, period, report));
  if (pairs.length < policy.conditions.length || pairs.length === 0) return [];
  const after = policy.conditions
    .map((condition) => condition.after)
    .reduce((a, b) => (a !== undefined && b !== undefined && a > b ? a : (b ?? a)), undefined);
  const { labels, annotations, notify, at, description } = policy;
  return [
    {
      name: pascalCase(policy.name),
      ...(description !== undefined && { description }),
      severity: severityOf(policy),
      combine: "all",
      pairs,
      ...(after !== undefined && { after }),
      labels,
      annotations,
      notify,
      at,
    },
  ];
}

function severityOf(policy: AlertPolicy): string {
  return policy.conditions[0]?.severity ?? "ticket";
}

function planCondition(slo: Slo, condition: BurnCondition, period: Seconds, report: Report): readonly WindowPair[] {
  const slice = sliceOf(slo);
  const { window: long, burnRate, at } = condition;
  const short = condition.shortWindow ?? shortWindowFor(long, slice);
  const before = { long: formatDuration(long), short: formatDuration(short), period: formatDuration(period) };
  const problems: Diagnostic[] = [];
  if (long > period) problems.push(alertCodes["window-above-period"](at.window, { window: before.long, period: before.period }));
  if (at.shortWindow !== undefined && short >= long) problems.push(alertCodes["short-window-too-long"](at.shortWindow, before));
  for (const [window, place] of [[long, at.window] as const, [short, at.shortWindow] as const]) {
    if (slice === undefined || place === undefined || window % slice === 0) continue;
    problems.push(alertCodes["window-not-in-slices"](place, { window: formatDuration(window), slice: formatDuration(slice) }));
  }
  if (cannotFire(slo, burnRate)) {
    const highest = toFigure(highestBurnRate(slo.objective.budget));
    const related = [{ at: slo.objective.at, message: "with this objective" }];
    problems.push(alertCodes["cannot-fire"](at.burnRate, { burnRate: toFigure(burnRate), highest, target: percentText(slo) }, { related }));
  }
  if (less(burnRate, ONE)) report(alertCodes["below-one"](at.burnRate, { burnRate: toFigure(burnRate) }));
  problems.forEach(report);
  if (problems.length > 0) return [];
  const share = budgetShareSpent(burnRate, long, period);
  if (spendsAll({ long, short, burnRate }, period)) {
    report(
      alertCodes["fires-too-late"](at.window, { window: before.long, share: `${Math.round(toNumber(multiply(share, rational(100))))} %` }),
    );
  }
  warnOfFewScrapes(slo, short, at.shortWindow ?? at.window, report);
  warnOfOneSlice(slo, condition.severity, { long, short, burnRate }, at.window, report);
  return [{ long, short, burnRate }];
}

/** A threshold at or above 1/budget: `ratio > threshold` would need more errors than events. */
function cannotFire(slo: Slo, burnRate: BurnRate): boolean {
  return compare(errorRatioAt(burnRate, slo.objective.budget), ONE) >= 0;
}

function sliceOf(slo: Slo): Seconds | undefined {
  return slo.budgeting.kind === "occurrences" ? undefined : slo.budgeting.slice;
}

/** A twelfth of the long window, as in the workbook's pairs, in whole minutes and whole slices; below 5m a rate may find too few scrapes. */
function shortWindowFor(long: Seconds, slice: Seconds | undefined): Seconds {
  const twelfth = Math.max(SHORTEST_SAFE_WINDOW, Math.ceil(long / 12 / MINUTE) * MINUTE);
  const unit = slice ?? 1;
  return seconds(Math.min(long, Math.ceil(twelfth / unit) * unit));
}

/** Slices are good or bad as a whole, so a window holds at least one and no part of another. */
function inSlices(window: Seconds, slice: Seconds | undefined): Seconds {
  return slice === undefined ? window : seconds(Math.ceil(window / slice) * slice);
}

function warnOfOneSlice(slo: Slo, severity: string, pair: WindowPair, at: Slo["at"], report: Report): void {
  const { budgeting } = slo;
  if (budgeting.kind !== "timeslices") return;
  const oneSlice = rational(budgeting.slice, pair.long);
  if (!less(errorRatioAt(pair.burnRate, slo.objective.budget), oneSlice)) return;
  report(alertCodes["one-slice-alerts"](at, { severity, slice: formatDuration(budgeting.slice), window: formatDuration(pair.long) }));
}

function windowsOf(alerts: readonly PlannedAlert[], catalog: WindowCatalog, slice: Seconds | undefined): readonly Seconds[] {
  const standard = [catalog.page.quick, catalog.page.slow, catalog.ticket.quick, catalog.ticket.slow];
  const all = new Set([
    ...standard.flatMap(({ short, long }) => [inSlices(short, slice), inSlices(long, slice)]),
    ...alerts.flatMap(({ pairs }) => pairs.flatMap(({ short, long }) => [short, long])),
  ]);
  return [...all].filter((window) => window < catalog.period).sort((a, b) => a - b);
}

function percentText(slo: Slo): string {
  return `${toDecimal(multiply(slo.objective.target, rational(100)))} %`;
}
