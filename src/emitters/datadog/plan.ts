import { groupingOf } from "../../backends/datadog/sli.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { AlertPolicy, DatadogSlo, Entry, NotificationTarget, PlannedAlert, WindowPair } from "../../model/model.ts";
import { DAY, formatDuration, HOUR, MINUTE, seconds, type Seconds } from "../../units/duration.ts";
import { slug } from "../../units/identifier.ts";
import { errorRatioAt, highestBurnRate, type BurnRate } from "../../units/quantity.ts";
import { compare, equal, multiply, parseDecimal, rational, roundTo, toDecimal, toFigure, type Rational } from "../../units/rational.ts";
import { datadogCodes } from "./codes.ts";
import type { DatadogOptions, ErrorBudgetAlert } from "./options.ts";
import { readableAnnotations, windowText } from "./words.ts";

/** A monitor before it has words. */
export type MonitorPlan = BurnPlan | SharePlan | BudgetPlan | NoDataPlan;

interface PlanBase {
  /** The monitor's part of its `slogen_id`: letters, digits and dashes. */
  readonly name: string;
  readonly severity: string;
  readonly description?: string;
  readonly labels: readonly Entry[];
  readonly annotations: readonly Entry[];
  readonly notify: readonly NotificationTarget[];
  readonly at: Span;
}

/** An SLO alert on the burn rate over both windows. */
export interface BurnPlan extends PlanBase, WindowPair {
  readonly kind: "burn";
}

/** A metric monitor on the share of bad events over one window. */
export interface SharePlan extends PlanBase {
  readonly kind: "share";
  readonly long: Seconds;
  readonly burnRate: BurnRate;
}

/** An SLO alert on how much of the budget is spent. */
export interface BudgetPlan extends PlanBase {
  readonly kind: "budget";
  readonly consumed: Rational;
}

/** A metric monitor on there being any events. */
export interface NoDataPlan extends PlanBase {
  readonly kind: "no-data";
  readonly after: Seconds;
}

export interface MonitorsPlan {
  readonly monitors: readonly MonitorPlan[];
  /** The pairs of the default plan that are too long, with what took their place. */
  readonly clamped: readonly Clamped[];
}

export interface Clamped {
  readonly from: WindowPair;
  readonly to: WindowPair;
}

const NOTHING: MonitorsPlan = { monitors: [], clamped: [] };

/** Which monitors watch an SLO. Reports what its alerts ask and no monitor can do. */
export function planMonitors(slo: DatadogSlo, options: DatadogOptions, report: Report): MonitorsPlan {
  if (options.alerts === "none") return NOTHING;
  const parts = slo.alerts.map((alert) => planAlert(slo, alert, options, report));
  const burning = parts.flatMap(({ monitors }) => monitors);
  if (burning.some(({ kind }) => kind === "burn")) reportGroups(slo, report);
  return {
    monitors: [
      ...burning,
      ...planBudget(
        slo,
        parts.flatMap(({ onBudget }) => onBudget),
        options,
      ),
      ...planNoData(slo, options, report),
    ],
    clamped: parts.flatMap(({ clamped }) => clamped),
  };
}

interface AlertPlan extends MonitorsPlan {
  /** The severities of pairs whose place an alert on the budget takes. */
  readonly onBudget: readonly string[];
}

function planAlert(slo: DatadogSlo, alert: PlannedAlert, options: DatadogOptions, report: Report): AlertPlan {
  const policy = policyOf(slo, alert);
  if (alert.after !== undefined) {
    const at = policy?.conditions.map((condition) => condition.at.after).find((place) => place !== undefined);
    report(datadogCodes["alert-after"](at ?? alert.at, { after: formatDuration(alert.after) }));
  }
  if (alert.combine === "all" && alert.pairs.length > 1) {
    report(datadogCodes["combined-conditions"](alert.at, { policy: policy?.name ?? alert.name, count: alert.pairs.length }));
    return { ...NOTHING, onBudget: [] };
  }
  const plans = alert.pairs.map((pair, i) => {
    const at = policy?.conditions[i]?.at;
    const places = { long: at?.window ?? alert.at, short: at?.shortWindow ?? at?.window ?? alert.at };
    return planPair({ slo, alert, policy, places, options, report }, pair);
  });
  return {
    monitors: plans.flatMap(({ monitors }) => monitors),
    clamped: plans.flatMap(({ clamped }) => clamped),
    onBudget: plans.flatMap(({ onBudget }) => onBudget),
  };
}

interface PairContext {
  readonly slo: DatadogSlo;
  readonly alert: PlannedAlert;
  readonly policy: AlertPolicy | undefined;
  readonly places: { readonly long: Span; readonly short: Span };
  readonly options: DatadogOptions;
  readonly report: Report;
}

/** https://docs.datadoghq.com/service_level_objectives/burn_rate/ */
const LONGEST_BURN_WINDOW = seconds(48 * HOUR);

function planPair(context: PairContext, exact: WindowPair): AlertPlan {
  const { slo, options } = context;
  const pair = { ...exact, burnRate: decimalRate(exact.burnRate) };
  if (options.alerts === "metric") return only(sharePlan(context, pair, "alerts"));
  if (pair.long <= LONGEST_BURN_WINDOW || slo.alerting.kind !== "standard") return only(burnPlan(context, pair));
  switch (options.longWindows ?? "clamp") {
    case "clamp":
      return clampedPlan(context, exact);
    case "errorBudget":
      return { ...NOTHING, onBudget: [context.alert.severity] };
    case "metric":
      return only(sharePlan(context, pair, "longWindows"));
    case "none":
      return { ...NOTHING, onBudget: [] };
  }
}

function only(monitor: MonitorPlan | undefined): AlertPlan {
  return { monitors: monitor === undefined ? [] : [monitor], clamped: [], onBudget: [] };
}

function burnPlan(context: PairContext, pair: WindowPair): BurnPlan | undefined {
  const { slo, places, report } = context;
  const { long, short } = pair;
  const fits = long % HOUR === 0 && long >= HOUR && long <= LONGEST_BURN_WINDOW;
  if (!fits) report(datadogCodes["long-window"](places.long, { window: windowText(long), metric: countsEvents(slo) }));
  else if (short % MINUTE !== 0 || short >= long) {
    report(datadogCodes["short-window"](places.short, { short: formatDuration(short), long: windowText(long) }));
  } else return { kind: "burn", ...pair, ...baseOf(context, pair.long) };
  return undefined;
}

/** The longest windows that Datadog has, with the burn rate that spends the same share of the budget in them. */
function clampedPlan(context: PairContext, from: WindowPair): AlertPlan {
  const { slo, alert, report } = context;
  const shorter = rational(LONGEST_BURN_WINDOW, from.long);
  const unit = slo.budgeting.kind === "occurrences" ? MINUTE : Math.max(MINUTE, slo.budgeting.slice);
  const short = roundTo(multiply(shorter, rational(from.short, unit)), 0, "up");
  const burnRate = decimalRate(multiply(from.burnRate, rational(from.long, LONGEST_BURN_WINDOW)) as BurnRate);
  const to = { long: LONGEST_BURN_WINDOW, short: seconds(Number(short.n) * unit), burnRate };
  const highest = highestBurnRate(slo.objective.budget);
  if (compare(burnRate, highest) >= 0) {
    const figures = { burnRate: toFigure(burnRate), highest: toFigure(highest) };
    report(datadogCodes["clamped-cannot-fire"](slo.objective.at, { severity: alert.severity, window: windowText(from.long), ...figures }));
    return { ...NOTHING, onBudget: [] };
  }
  const monitor = burnPlan(context, to);
  if (monitor === undefined) return { ...NOTHING, onBudget: [] };
  // Where another pair of the severity has 48 hours too, each long one is called by its own window.
  const isOther = (pair: WindowPair): boolean => pair.long !== from.long && pair.long >= LONGEST_BURN_WINDOW;
  const named = alert.pairs.some(isOther) ? { ...monitor, name: `${alert.severity}-${windowText(from.long)}` } : monitor;
  return { monitors: [named], clamped: [{ from, to }], onBudget: [] };
}

/** https://docs.datadoghq.com/api/latest/monitors/#create-a-monitor: up to `last_168h`. */
const LONGEST_METRIC_WINDOW = seconds(7 * DAY);

function sharePlan(context: PairContext, { long, burnRate }: WindowPair, setting: "alerts" | "longWindows"): SharePlan | undefined {
  const { slo, places, report } = context;
  if (!countsEvents(slo)) report(datadogCodes["metric-needs-events"](slo.indicator.at, { setting }));
  else if (long % MINUTE !== 0 || long > LONGEST_METRIC_WINDOW) {
    report(datadogCodes["metric-window"](places.long, { window: formatDuration(long) }));
  } else return { kind: "share", long, burnRate, ...baseOf(context, long) };
  return undefined;
}

function countsEvents({ indicator, budgeting }: DatadogSlo): boolean {
  return indicator.kind === "events" && budgeting.kind === "occurrences";
}

function baseOf({ alert, policy, slo }: PairContext, long: Seconds): PlanBase {
  const { severity, description, labels, annotations, notify, at } = alert;
  return {
    name: policy === undefined ? `${severity}-${windowText(long)}` : slug(policy.name) || "alert",
    severity,
    ...(description !== undefined && { description }),
    labels: [...slo.labels, ...labels],
    annotations: readableAnnotations([...slo.annotations, ...annotations]),
    notify,
    at,
  };
}

function policyOf({ alerting }: DatadogSlo, alert: PlannedAlert): AlertPolicy | undefined {
  return alerting.kind === "policies" ? alerting.policies.find(({ at }) => at === alert.at) : undefined;
}

/** A burn rate that ends, such as 5.6, exactly; one that does not, such as 14.2857..., to a thousandth below. */
function decimalRate(burnRate: BurnRate): BurnRate {
  const printed = parseDecimal(toDecimal(burnRate));
  return printed !== undefined && equal(printed, burnRate) ? burnRate : (roundTo(burnRate, 3, "down") as BurnRate);
}

/** What an alert on the budget waits for in place of a long window, unless the user lists others. */
const INSTEAD_OF_LONG = rational(3, 4);

function planBudget(slo: DatadogSlo, instead: readonly string[], options: DatadogOptions): readonly BudgetPlan[] {
  const wanted = options.errorBudgetAlerts.filter(({ severity }) => isWanted(slo, severity));
  // Two at one level would be one monitor. What the user lists twice has been told; with what stands for long windows one is enough.
  const listed = wanted.filter(({ consumed }, i) => wanted.findIndex((each) => equal(each.consumed, consumed)) === i);
  const isCovered = (severity: string): boolean =>
    listed.some((each) => each.severity === severity || equal(each.consumed, INSTEAD_OF_LONG));
  const missing = instead.filter((severity) => !isCovered(severity)).slice(0, 1);
  const levels: readonly ErrorBudgetAlert[] = [...listed, ...missing.map((severity) => ({ consumed: INSTEAD_OF_LONG, severity }))];
  return levels.map(({ consumed, severity }) => ({
    kind: "budget",
    name: levelName(consumed),
    consumed,
    severity,
    ...ownWords(slo, severity),
    notify: [],
    at: slo.at,
  }));
}

/** An alert on the budget as a part of a monitor's `slogen_id`. */
export function levelName(consumed: Rational): string {
  return slug(`budget-${toDecimal(multiply(consumed, rational(100)))}`);
}

/** A spec may do without pages or tickets. */
function isWanted({ alerting }: DatadogSlo, severity: string): boolean {
  return alerting.kind !== "standard" || (severity !== "page" && severity !== "ticket") || alerting[severity].enabled;
}

function ownWords({ alerting, labels, annotations }: DatadogSlo, severity: string): Pick<PlanBase, "labels" | "annotations"> {
  if (alerting.kind !== "standard") return { labels, annotations: readableAnnotations(annotations) };
  const own = severity === "page" || severity === "ticket" ? alerting[severity] : { labels: [], annotations: [] };
  return {
    labels: [...labels, ...alerting.labels, ...own.labels],
    annotations: readableAnnotations([...annotations, ...alerting.annotations, ...own.annotations]),
  };
}

function planNoData(slo: DatadogSlo, { noDataFor }: DatadogOptions, report: Report): readonly NoDataPlan[] {
  if (noDataFor === undefined || slo.noData.length === 0) return [];
  if (slo.indicator.kind !== "events") {
    // Where a policy asks for it, it is more than slogen's own plan that is left out.
    report(datadogCodes["no-data-left-out"](slo.at, {}, { severity: slo.alerting.kind === "policies" ? "warning" : "notice" }));
    return [];
  }
  // Policies of one severity share a monitor, which tells them all.
  const severities = [...new Set(slo.noData.map(({ severity }) => severity))];
  return severities.map((severity) => {
    const alerts = slo.noData.filter((alert) => alert.severity === severity);
    return {
      kind: "no-data",
      name: severities.length === 1 ? "no-data" : `no-data-${slug(severity)}`,
      after: noDataFor,
      severity,
      labels: [...slo.labels, ...alerts.flatMap(({ labels }) => labels)],
      annotations: readableAnnotations([...slo.annotations, ...alerts.flatMap(({ annotations }) => annotations)]),
      notify: alerts.flatMap(({ notify }) => notify),
      at: slo.at,
    };
  });
}

function reportGroups(slo: DatadogSlo, report: Report): void {
  const groups = groupingOf(slo.indicator);
  if (groups.length > 0) report(datadogCodes["grouped-alerts"](slo.at, { groups }));
}

/** The share of bad events at which a metric monitor alerts. */
export function limitOf({ burnRate }: Pick<SharePlan, "burnRate">, { objective }: Pick<DatadogSlo, "objective">): Rational {
  return errorRatioAt(burnRate, objective.budget);
}
