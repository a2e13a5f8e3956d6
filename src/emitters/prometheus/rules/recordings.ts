import {
  BAD_EVENTS,
  BUDGET_REMAINING,
  BURN_RATE,
  errorRatioName,
  ID_LABEL,
  idLabels,
  idMatcher,
  recorded,
  SLICE_ERROR,
  TOTAL_EVENTS,
} from "../../../backends/prometheus/series.ts";
import { badEvents, errorRatio, groupingLabels, isSliced, perSecond, sliceError, totalEvents } from "../../../backends/prometheus/sli.ts";
import { BASE_WINDOW, recordedWindows } from "../../../backends/prometheus/windows.ts";
import type { PrometheusSlo } from "../../../model/model.ts";
import type { Expr } from "../../../promql/ast.ts";
import { aggregate, binary, call, number, on, paren, range, series, subquery } from "../../../promql/build.ts";
import { DAY, formatDuration, HOUR, seconds, type Seconds } from "../../../units/duration.ts";
import { divide, multiply, rational, toDecimal } from "../../../units/rational.ts";
import type { PrometheusOptions } from "../options.ts";
import { expression } from "./expression.ts";
import { sorted, type Labels, type RecordingRule } from "../types.ts";

/** Windows up to here read the user's own series: chained from five-minute rates, a total outage would page after 180 s instead of 60 s. */
const LONGEST_DIRECT = HOUR;

/** Windows up to here are evaluated as often as the alerts. */
const LONGEST_FAST = seconds(6 * HOUR);

/** The recording rules of one SLO, by how often they are evaluated. A rule stands after those it reads. */
export interface Recordings {
  /** Once a slice; empty unless the SLI is judged by slices longer than the evaluation interval. */
  readonly slices: readonly RecordingRule[];
  readonly fast: readonly RecordingRule[];
  readonly slow: readonly RecordingRule[];
  readonly meta: readonly RecordingRule[];
}

export function recordings(slo: PrometheusSlo, options: PrometheusOptions): Recordings {
  const rule = recorder(slo, options);
  const windows = recordedWindows(slo);
  const ratio = (window: Seconds, expr: Expr): RecordingRule =>
    rule(errorRatioName(window), expr, { sloth_window: formatDuration(window) });
  const ratios = windows.map((window) => ({ window, rule: ratio(window, windowRatio(slo, window)) }));
  const sources = sourceRules(slo, options, rule);
  const everySlice = slo.budgeting.kind !== "occurrences";
  return {
    slices: everySlice ? sources : [],
    fast: [...(everySlice ? [] : sources), ...ratios.filter(({ window }) => window <= LONGEST_FAST).map((each) => each.rule)],
    slow: [...ratios.filter(({ window }) => window > LONGEST_FAST).map((each) => each.rule), ratio(slo.period, periodRatio(slo))],
    meta: metaRules(slo, options, rule),
  };
}

type Recorder = (record: string, expr: Expr, labels?: Labels) => RecordingRule;

function recorder(slo: PrometheusSlo, options: PrometheusOptions): Recorder {
  const own = Object.fromEntries(slo.labels.map(({ key, value }) => [key, value]));
  return (record, expr, labels = {}) => ({
    record,
    expr: expression(expr),
    labels: sorted({ ...own, ...options.extraLabels, ...idLabels(slo), ...labels }),
  });
}

/** The rules that read the user's own series once, for all the chained ones. */
function sourceRules(slo: PrometheusSlo, options: PrometheusOptions, rule: Recorder): readonly RecordingRule[] {
  if (isSliced(slo)) return [rule(SLICE_ERROR, sliceError(slo, options.interval))];
  const { indicator } = slo;
  if (indicator.kind !== "events") return [];
  const perEvent = (events: Expr): Expr => perSecond(indicator, events, BASE_WINDOW);
  return [rule(BAD_EVENTS, perEvent(badEvents(indicator, BASE_WINDOW))), rule(TOTAL_EVENTS, perEvent(totalEvents(indicator, BASE_WINDOW)))];
}

function windowRatio(slo: PrometheusSlo, window: Seconds): Expr {
  const { indicator } = slo;
  if (isSliced(slo)) return sliceMean(slo, window);
  if (indicator.kind === "threshold") throw new Error("a threshold is judged in slices");
  if (indicator.kind === "ratio") return errorRatio(indicator, window);
  if (window === BASE_WINDOW) return eventRatio(slo, (name) => recorded(slo, name));
  return window <= LONGEST_DIRECT
    ? errorRatio(indicator, window)
    : eventRatio(slo, (name) => call("sum_over_time", range(recorded(slo, name), window)));
}

/** Bad events out of all, from their recorded rates: weighted by events, however traffic moved. */
function eventRatio(slo: PrometheusSlo, read: (name: string) => Expr): Expr {
  const total = perBudget(slo, read(TOTAL_EVENTS));
  return binary(perBudget(slo, read(BAD_EVENTS)), "/", binary(total, ">", number("0")));
}

function sliceMean(slo: PrometheusSlo, window: Seconds): Expr {
  return meanOf(slo, range(recorded(slo, SLICE_ERROR), window));
}

/** The mean of all samples of one budget. A mean of the means of its series would weigh a new one like an old one. */
function meanOf(slo: PrometheusSlo, samples: Expr): Expr {
  return binary(perBudget(slo, call("sum_over_time", samples)), "/", perBudget(slo, call("count_over_time", samples)));
}

function periodRatio(slo: PrometheusSlo): Expr {
  if (isSliced(slo)) return sliceMean(slo, slo.period);
  const ratio = recorded(slo, errorRatioName(BASE_WINDOW));
  // Sloth records NaN without traffic and +Inf for errors without a total; one of them would spoil the mean for the whole period.
  const sound = binary(binary(ratio, ">=", number("0")), "<=", number("1"));
  const mean = meanOf(slo, everyFiveMinutes(sound, slo.period));
  if (slo.indicator.kind !== "events") return mean;
  const weighted = eventRatio(slo, (name) => call("sum_over_time", everyFiveMinutes(recorded(slo, name), slo.period)));
  return binary(paren(binary(paren(weighted), "unless", olderHistory(slo, ratio), { matching: on([ID_LABEL]) })), "or", paren(mean));
}

/**
 * Whether error ratios were recorded before events were, as by Sloth's rules before the switch to these. Until that history has
 * left the period, the mean of the ratios counts; else the budget would jump to full at the switch.
 */
function olderHistory(slo: PrometheusSlo, ratio: Expr): Expr {
  const first = (source: Expr): Expr =>
    aggregate("min", call("min_over_time", everyFiveMinutes(call("timestamp", source), slo.period)), { kind: "by", labels: [ID_LABEL] });
  return binary(first(ratio), "<", binary(first(recorded(slo, TOTAL_EVENTS)), "-", number(String(HOUR))));
}

function everyFiveMinutes(expr: Expr, over: Seconds): Expr {
  return subquery(expr, over, BASE_WINDOW);
}

/**
 * One series for each budget. When the labels of an SLO change, the series before and after stand side by side: in a range for its
 * whole length, at an instant for five minutes. Without this the rule would fail, since both get the same labels from it.
 */
function perBudget(slo: PrometheusSlo, expr: Expr, op: "sum" | "max" = "sum", more: readonly string[] = []): Expr {
  const grouping = budgetGrouping(slo);
  return grouping === undefined ? expr : aggregate(op, expr, { kind: "by", labels: [...grouping.labels, ...more] });
}

/** The labels of one budget: the id and the SLI's own grouping. Undefined where the query does not tell its labels. */
export function budgetGrouping(slo: PrometheusSlo): { readonly kind: "by"; readonly labels: readonly string[] } | undefined {
  const own = groupingLabels(slo);
  return own === "unknown" ? undefined : { kind: "by", labels: [ID_LABEL, ...own] };
}

/** What dashboards read beside the ratios: the objective and how much of its budget is left. */
function metaRules(slo: PrometheusSlo, options: PrometheusOptions, rule: Recorder): readonly RecordingRule[] {
  const { target, budget } = slo.objective;
  const constant = (value: string): Expr => call("vector", number(value));
  const burning = (window: Seconds): Expr =>
    binary(perBudget(slo, recorded(slo, errorRatioName(window)), "max"), "/", number(toDecimal(budget)));
  const shortest = recordedWindows(slo)[0] ?? slo.period;
  const allWindows = series(undefined, [{ label: "__name__", op: "=~", value: "slo:sli_error:ratio_rate.+" }, idMatcher(slo)]);
  return [
    rule("slo:objective:ratio", constant(toDecimal(target))),
    rule("slo:error_budget:ratio", constant(toDecimal(budget))),
    rule("slo:time_period:days", constant(toDecimal(divide(rational(slo.period), rational(DAY))))),
    rule("slo:current_burn_rate:ratio", burning(shortest)),
    rule("slo:period_burn_rate:ratio", burning(slo.period)),
    rule(BUDGET_REMAINING, binary(number("1"), "-", perBudget(slo, recorded(slo, "slo:period_burn_rate:ratio"), "max"))),
    ...(options.burnRateSeries
      ? [rule(BURN_RATE, binary(perBudget(slo, allWindows, "max", ["sloth_window"]), "/", number(toDecimal(budget))))]
      : []),
    rule("sloth_slo_info", constant("1"), {
      sloth_mode: "slogen",
      sloth_spec: slo.origin.format,
      sloth_objective: toDecimal(multiply(target, rational(100))),
    }),
  ];
}
