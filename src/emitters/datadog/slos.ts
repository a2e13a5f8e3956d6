import { countFormulas, goodEvents, goodShareFormula, valueFormula, type NamedFormulas } from "../../backends/datadog/sli.ts";
import { printQuery } from "../../datadogql/print.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { DatadogQuery, DatadogSlo, EventsIndicator, RatioIndicator, ThresholdIndicator } from "../../model/model.ts";
import type { Render } from "../../text/render.ts";
import { describeDuration, formatDuration, MINUTE } from "../../units/duration.ts";
import {
  compare,
  equal,
  less,
  multiply,
  ONE,
  rational,
  roundTo,
  subtract,
  toDecimal,
  toFigure,
  type Rational,
} from "../../units/rational.ts";
import { exactNumber, type ExactNumber } from "../../yaml/json.ts";
import { datadogCodes } from "./codes.ts";
import { idOf, oneLine } from "./names.ts";
import type { DatadogOptions } from "./options.ts";
import { LENGTH } from "./periods.ts";
import { tagsOf } from "./tags.ts";
import type { DatadogSloPayload, Formula, MetricSlo, NamedQuery, Timeframe, TimeSliceSlo } from "./types.ts";
import { sloDescription } from "./words.ts";

export interface SloContext {
  readonly options: DatadogOptions;
  readonly render: Render;
  readonly report: Report;
}

/** The SLO as Datadog takes it; undefined, with an error, where it cannot say what the spec does. */
export function sloPayload(slo: DatadogSlo, timeframe: Timeframe, { options, render, report }: SloContext): DatadogSloPayload | undefined {
  const measured = specificationOf(slo, timeframe, options, report);
  checkDecimals(slo, report);
  if (measured === undefined) return undefined;
  const { target, budget } = slo.objective;
  const warning = warningOf(target, budget, options.warning);
  const threshold = { target: percent(target), ...(warning && { warning: percent(warning) }) };
  return {
    name: oneLine(slo.title ?? "") || oneLine(`${slo.service} ${slo.name}`),
    description: sloDescription(slo, timeframe, render),
    tags: tagsOf({ id: idOf(slo), service: slo.service, owner: options.owner, labels: slo.labels }),
    thresholds: [{ timeframe, ...threshold }],
    timeframe,
    target_threshold: threshold.target,
    ...(threshold.warning && { warning_threshold: threshold.warning }),
    ...measured,
  };
}

/** https://docs.datadoghq.com/service_level_objectives/metric/#set-your-slo-targets */
const DECIMALS = 3;

function percent(share: Rational): ExactNumber {
  return exactNumber(percentText(share));
}

function percentText(share: Rational): string {
  return toDecimal(multiply(share, rational(100)));
}

/** The SLI at which so much of the budget is spent, on the careful side; undefined where no number lies between it and the target. */
function warningOf(target: Rational, budget: Rational, spent: Rational): Rational | undefined {
  if (compare(spent, rational(0)) === 0) return undefined;
  const warning = roundTo(subtract(ONE, multiply(budget, spent)), DECIMALS + 2, "up");
  return less(target, warning) && less(warning, ONE) ? warning : undefined;
}

type Measured = Pick<MetricSlo, "type" | "sli_specification" | "query"> | Pick<TimeSliceSlo, "type" | "sli_specification">;

function specificationOf(slo: DatadogSlo, timeframe: Timeframe, options: DatadogOptions, report: Report): Measured | undefined {
  const { indicator, budgeting } = slo;
  switch (budgeting.kind) {
    case "occurrences":
      if (indicator.kind === "events") return counted(indicator, options);
      report(datadogCodes[indicator.kind === "threshold" ? "threshold-occurrences" : "ratio-occurrences"](indicator.at, {}));
      return undefined;
    case "ratio-timeslices":
      report(datadogCodes["ratio-timeslices"](budgeting.methodAt, {}));
      return undefined;
    case "timeslices": {
      const interval = INTERVALS.find((each) => each === budgeting.slice);
      if (interval === undefined) report(datadogCodes["slice-length"](budgeting.at, { slice: formatDuration(budgeting.slice) }));
      else checkSlices(slo, interval, timeframe, report);
      if (indicator.kind === "threshold" && !equal(budgeting.target, ONE)) {
        report(datadogCodes["slice-target"](budgeting.targetAt, { target: toDecimal(budgeting.target) }));
      }
      return interval && { type: "time_slice", sli_specification: { time_slice: sliced(slice(slo, budgeting.target), interval) } };
    }
  }
}

function counted(indicator: EventsIndicator<DatadogQuery>, { form }: DatadogOptions): Measured {
  if (form === "query") {
    return { type: "metric", query: { numerator: printQuery(goodEvents(indicator)), denominator: printQuery(indicator.total.tree) } };
  }
  const split = countFormulas(indicator);
  const [good_events_formula, bad_events_formula] = [formula(split, "good"), formula(split, "bad")];
  return { type: "metric", sli_specification: { count: { good_events_formula, bad_events_formula, queries: queries(split) } } };
}

/** https://docs.datadoghq.com/service_level_objectives/time_slice/ */
const INTERVALS = [60, 300] as const;

/** A slice is good while `value comparator limit` holds. */
interface Slice {
  readonly value: { readonly formula: Formula; readonly queries: readonly NamedQuery[] };
  readonly comparator: ThresholdIndicator["op"];
  readonly limit: Rational;
}

function slice({ indicator }: DatadogSlo, target: Rational): Slice {
  switch (indicator.kind) {
    case "events": {
      const split = goodShareFormula(indicator);
      return { value: { formula: formula(split, "share"), queries: queries(split) }, comparator: ">=", limit: target };
    }
    case "ratio":
      return { value: valueOf(indicator), ...shareOf(indicator, target) };
    case "threshold":
      return { value: valueOf(indicator), comparator: indicator.op, limit: indicator.limit };
  }
}

/** A share of failures is good up to what the target leaves. */
function shareOf({ measures }: RatioIndicator<DatadogQuery>, target: Rational): Pick<Slice, "comparator" | "limit"> {
  return measures === "success" ? { comparator: ">=", limit: target } : { comparator: "<=", limit: subtract(ONE, target) };
}

function valueOf({ query }: RatioIndicator<DatadogQuery> | ThresholdIndicator<DatadogQuery>): Slice["value"] {
  const split = valueFormula(query);
  return { formula: formula(split, "value"), queries: queries(split) };
}

function sliced({ value, comparator, limit }: Slice, interval: 60 | 300): TimeSliceSlo["sli_specification"]["time_slice"] {
  return {
    comparator,
    threshold: exactNumber(toDecimal(limit)),
    query_interval_seconds: interval,
    query: { formulas: [value.formula], queries: value.queries },
  };
}

function formula<F extends string>({ formulas }: NamedFormulas<F>, which: F): Formula {
  return { formula: printQuery(formulas[which]) };
}

function queries({ queries }: NamedFormulas<string>): readonly NamedQuery[] {
  return [...queries].map(([name, metric]) => ({ data_source: "metrics", name, query: printQuery(metric) }));
}

function checkDecimals({ objective, budgeting }: DatadogSlo, report: Report): void {
  const fits = (places: number): boolean => equal(roundTo(objective.target, places + 2, "down"), objective.target);
  const text = percentText(objective.target);
  const share = toDecimal(roundTo(objective.target, DECIMALS + 2, "down"));
  if (!fits(DECIMALS)) report(datadogCodes["target-decimals"](objective.at, { percent: text, most: DECIMALS, share }));
  else if (!fits(2) && budgeting.kind === "timeslices") report(datadogCodes["unsure-decimals"](objective.at, { percent: text }));
}

function checkSlices({ objective, budgeting, at }: DatadogSlo, interval: 60 | 300, timeframe: Timeframe, report: Report): void {
  const budget = multiply(objective.budget, rational(LENGTH[timeframe]));
  const count = multiply(budget, rational(1, interval));
  if (!less(count, rational(2))) return;
  const slices = { slice: `${interval / MINUTE}m`, slices: toFigure(count), period: timeframe };
  const place = budgeting.kind === "timeslices" ? budgeting.at : at;
  report(datadogCodes["coarse-slices"](place, { ...slices, budget: describeDuration(Number(toFigure(budget))) }));
}

/** Each query is grouped alike in itself; here those of one SLI are. */
