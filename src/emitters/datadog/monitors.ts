import { allEvents, badShare } from "../../backends/datadog/sli.ts";
import { printQuery } from "../../datadogql/print.ts";
import type { DatadogQuery, DatadogSlo, EventsIndicator } from "../../model/model.ts";
import type { Render } from "../../text/render.ts";
import { HOUR, MINUTE, type Seconds } from "../../units/duration.ts";
import { multiply, rational, toDecimal, ZERO, type Rational } from "../../units/rational.ts";
import { exactNumber } from "../../yaml/json.ts";
import { idOf, monitorId, placeholder } from "./names.ts";
import { handlesOf } from "./notify.ts";
import { severityKey, type DatadogOptions } from "./options.ts";
import { limitOf, type MonitorPlan } from "./plan.ts";
import { tagsOf } from "./tags.ts";
import type { MonitorOptions, MonitorPayload, Timeframe } from "./types.ts";
import { wordsOf } from "./words.ts";

export function monitorPayload(
  plan: MonitorPlan,
  slo: DatadogSlo,
  timeframe: Timeframe,
  { options, render }: { readonly options: DatadogOptions; readonly render: Render },
): MonitorPayload {
  const { title, message } = wordsOf(plan, slo, timeframe, render);
  const handles = handlesOf(plan.severity, plan.notify, options).join(" ");
  const priority = options.priorities.get(severityKey(plan.severity));
  const watch = watchOf(plan, slo, timeframe);
  return {
    name: title,
    type: watch.type,
    // Datadog compares the two numbers and refuses a monitor where they differ.
    query: `${watch.subject} ${watch.comparator} ${watch.limit}`,
    // Outside of every condition: what is told of an alert is told of its end too.
    message: [message, handles].filter((text) => text !== "").join("\n\n"),
    tags: tagsOf({
      id: monitorId(slo, plan.name),
      service: slo.service,
      severity: plan.severity,
      owner: options.owner,
      labels: plan.labels,
    }),
    ...(priority !== undefined && { priority }),
    options: { thresholds: { critical: exactNumber(watch.limit) }, include_tags: true, ...watch.options },
  };
}

/** Whether the monitor's query holds its SLO's id. */
export function needsSlo({ kind }: MonitorPlan): boolean {
  return kind === "burn" || kind === "budget";
}

interface Watch {
  readonly type: MonitorPayload["type"];
  readonly subject: string;
  readonly comparator: ">" | "<=";
  /** Decimal text. */
  readonly limit: string;
  readonly options: Omit<MonitorOptions, "thresholds" | "include_tags">;
}

/** An SLO alert knows no more than these: https://docs.datadoghq.com/api/latest/monitors/ */
const ON_SLO = { type: "slo alert", comparator: ">", options: { notify_no_data: false } } as const;

function watchOf(plan: MonitorPlan, slo: DatadogSlo, timeframe: Timeframe): Watch {
  const over = `("${placeholder(idOf(slo))}").over("${timeframe}")`;
  switch (plan.kind) {
    case "burn": {
      const windows = `.long_window("${plan.long / HOUR}h").short_window("${plan.short / MINUTE}m")`;
      return { ...ON_SLO, subject: `burn_rate${over}${windows}`, limit: toDecimal(plan.burnRate) };
    }
    case "budget":
      return { ...ON_SLO, subject: `error_budget${over}`, limit: percent(plan.consumed) };
    case "share":
      return {
        type: "query alert",
        subject: `sum(${last(plan.long)}):${printQuery(badShare(eventsOf(slo)))}`,
        comparator: ">",
        limit: toDecimal(limitOf(plan, slo)),
        // Errors and totals of the newest minute may not be complete: https://docs.datadoghq.com/monitors/configuration/#evaluation-delay
        options: { notify_no_data: false, require_full_window: false, evaluation_delay: 60 },
      };
    case "no-data":
      return {
        type: "query alert",
        subject: `sum(${last(plan.after)}):${printQuery(allEvents(eventsOf(slo)))}`,
        comparator: "<=",
        limit: toDecimal(ZERO),
        // A count without points is zero to some evaluations and missing to others, so both are watched for.
        // Datadog advises twice the window: https://docs.datadoghq.com/api/latest/monitors/#create-a-monitor
        options: { notify_no_data: true, no_data_timeframe: Math.ceil((2 * plan.after) / MINUTE), require_full_window: false },
      };
  }
}

function last(window: Seconds): string {
  return window % HOUR === 0 ? `last_${window / HOUR}h` : `last_${Math.ceil(window / MINUTE)}m`;
}

function percent(share: Rational): string {
  return toDecimal(multiply(share, rational(100)));
}

function eventsOf({ id, indicator }: DatadogSlo): EventsIndicator<DatadogQuery> {
  if (indicator.kind !== "events") throw new Error(`a monitor of ${id} counts events where there are none`);
  return indicator;
}
