import { BASE_WINDOW } from "../../backends/prometheus/windows.ts";
import type { NoDataAlert, PlannedAlert, PrometheusSlo } from "../../model/model.ts";
import { describeDuration, formatDuration } from "../../units/duration.ts";
import { budgetShareSpent, errorRatioAt } from "../../units/quantity.ts";
import { multiply, rational, toFigure, toNumber, type Rational } from "../../units/rational.ts";
import type { JsonObject } from "../../yaml/json.ts";
import type { PrometheusOptions } from "./options.ts";
import { minimumOfBadEvents } from "./rules/minimum.ts";

/** What the templates of an alert's words see. Every figure is computed, so that no sentence can contradict the rule beside it. */
export function alertView(slo: PrometheusSlo, alert: PlannedAlert, options: PrometheusOptions): JsonObject {
  return {
    slo: sloView(slo),
    alert: {
      name: literal(alert.name),
      severity: literal(alert.severity),
      description: literal(alert.description ?? ""),
      // Only one of the pairs need burn, unless an alert policy asks for all its conditions.
      any: alert.combine === "any",
      minBadEvents: alert.pairs.every(({ long }) => long >= BASE_WINDOW) ? minimumOfBadEvents(slo, options) : 0,
      pairs: alert.pairs.map(({ long, short, burnRate }) => ({
        long: formatDuration(long),
        short: formatDuration(short),
        isSingle: short === long,
        burnRate: toFigure(burnRate),
        errorPercent: percent(errorRatioAt(burnRate, slo.objective.budget)),
        budgetSpentPercent: percent(budgetShareSpent(burnRate, long, slo.period)),
        budgetGoneIn: describeDuration(slo.period / toNumber(burnRate)),
      })),
    },
  };
}

export function noDataView(slo: PrometheusSlo, alert: NoDataAlert, options: PrometheusOptions): JsonObject {
  return {
    slo: sloView(slo),
    alert: {
      name: literal(alert.name),
      severity: literal(alert.severity),
      after: options.noDataFor === undefined ? "" : describeDuration(options.noDataFor),
    },
  };
}

function sloView(slo: PrometheusSlo): JsonObject {
  const { target, budget } = slo.objective;
  return {
    id: literal(slo.id),
    service: literal(slo.service),
    name: literal(slo.name),
    title: literal(slo.title ?? ""),
    description: literal(slo.description ?? ""),
    targetPercent: percent(target),
    budgetPercent: percent(budget),
    period: describeDuration(slo.period),
    // What the ratios count: events, slices of time, or the time itself.
    slice: slo.budgeting.kind === "timeslices" ? formatDuration(slo.budgeting.slice) : "",
    ofTime: slo.budgeting.kind !== "timeslices" && slo.indicator.kind === "threshold",
  };
}

/** Prometheus expands annotations as Go templates; words of a spec must come out as they are. */
export function literal(words: string): string {
  return words.replace(/\{\{/g, '{{ "{{" }}');
}

function percent(share: Rational): string {
  return `${toFigure(multiply(share, rational(100)))}%`;
}
