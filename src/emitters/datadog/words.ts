import type { DatadogSlo, Entry } from "../../model/model.ts";
import type { Render } from "../../text/render.ts";
import { describeDuration, formatDuration, HOUR, MINUTE, type Seconds } from "../../units/duration.ts";
import { budgetShareSpent, errorRatioAt, type BurnRate } from "../../units/quantity.ts";
import { multiply, rational, toFigure, toNumber, type Rational } from "../../units/rational.ts";
import type { JsonObject } from "../../yaml/json.ts";
import { oneLine } from "./names.ts";
import { LENGTH } from "./periods.ts";
import type { MonitorPlan } from "./plan.ts";
import type { Timeframe } from "./types.ts";

/** What the monitor's name and message say. Every figure is computed, so that no sentence can contradict the query beside it. */
export interface Words {
  readonly title: string;
  readonly message: string;
}

export function wordsOf(plan: MonitorPlan, slo: DatadogSlo, timeframe: Timeframe, render: Render): Words {
  const view = {
    slo: sloView(slo, timeframe, inert),
    alert: { severity: inert(plan.severity), description: inert(plan.description ?? ""), ...figures(plan, slo, timeframe) },
    annotations: plan.annotations.map(({ key, value }) => ({ key: inert(key), value: inert(value) })),
  };
  return {
    title: oneLine(render(`datadog/${plan.kind}-title`, view)),
    message: render(`datadog/${plan.kind}-message`, view).replace(/\n{3,}/g, "\n\n"),
  };
}

/** Nobody is notified by it and nothing in it is read as a variable, so the user's words stay as they are. */
export function sloDescription(slo: DatadogSlo, timeframe: Timeframe, render: Render): string {
  return render("datadog/slo-description", { slo: sloView(slo, timeframe, (text) => text) });
}

/**
 * Words of a spec in a message: Datadog would notify each `@word` and fill each `{{word}}`.
 * https://docs.datadoghq.com/monitors/notify/
 */
export function inert(text: string): string {
  return text
    .replace(/https?:\/\/\S+/g, (url) => url.replaceAll("@", "%40"))
    .replaceAll("@", "(at)")
    .replace(/\{(?=\{|$)/g, "{ ");
}

/** Windows as Datadog writes them: hours, and minutes where there are no whole ones. */
export function windowText(window: Seconds): string {
  if (window % HOUR === 0) return `${window / HOUR}h`;
  return window % MINUTE === 0 ? `${window / MINUTE}m` : formatDuration(window);
}

export function percentWords(share: Rational): string {
  return `${toFigure(multiply(share, rational(100)))} %`;
}

function sloView(slo: DatadogSlo, timeframe: Timeframe, words: (text: string) => string): JsonObject {
  const { target, budget } = slo.objective;
  return {
    id: words(slo.id),
    service: words(slo.service),
    name: words(slo.name),
    title: words(slo.title ?? ""),
    description: words(slo.description ?? ""),
    targetPercent: percentWords(target),
    budgetPercent: percentWords(budget),
    // In minutes and hours, where the budget is one of time.
    budgetTime: slo.budgeting.kind === "timeslices" ? describeDuration(toNumber(multiply(budget, rational(LENGTH[timeframe])))) : "",
    timeframe: describeDuration(LENGTH[timeframe]),
    slice: slo.budgeting.kind === "timeslices" ? formatDuration(slo.budgeting.slice) : "",
  };
}

function figures(plan: MonitorPlan, slo: DatadogSlo, timeframe: Timeframe): JsonObject {
  switch (plan.kind) {
    case "burn":
      return { ...burnFigures(plan.burnRate, plan.long, slo, timeframe), short: windowText(plan.short) };
    case "share":
      return burnFigures(plan.burnRate, plan.long, slo, timeframe);
    case "budget":
      return { consumedPercent: percentWords(plan.consumed) };
    case "no-data":
      return { after: describeDuration(plan.after), afterMissing: describeDuration(2 * plan.after) };
  }
}

function burnFigures(burnRate: BurnRate, long: Seconds, slo: DatadogSlo, timeframe: Timeframe): JsonObject {
  const period = LENGTH[timeframe];
  return {
    long: windowText(long),
    burnRate: toFigure(burnRate),
    errorPercent: percentWords(errorRatioAt(burnRate, slo.objective.budget)),
    budgetSpentPercent: percentWords(budgetShareSpent(burnRate, long, period)),
    budgetGoneIn: describeDuration(period / toNumber(burnRate)),
  };
}

/** Annotations that people read; those with a prefix, such as `argocd.argoproj.io/sync-wave`, are meant for tools. */
export function readableAnnotations(entries: readonly Entry[]): readonly Entry[] {
  return entries.filter(({ key }) => !key.includes("/"));
}
