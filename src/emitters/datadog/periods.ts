import type { Report } from "../../diagnostics/diagnostic.ts";
import type { DatadogSlo } from "../../model/model.ts";
import { DAY, formatDuration, seconds, type Seconds } from "../../units/duration.ts";
import { datadogCodes } from "./codes.ts";
import type { DatadogOptions } from "./options.ts";
import type { Timeframe } from "./types.ts";

export const LENGTH: Readonly<Record<Timeframe, Seconds>> = { "7d": seconds(7 * DAY), "30d": seconds(30 * DAY), "90d": seconds(90 * DAY) };

const TIMEFRAMES = ["7d", "30d", "90d"] as const;

/** The timeframe of an SLO: its period, or what the user maps it to; undefined, with an error, where there is none. */
export function timeframeOf({ window, period, at: name }: DatadogSlo, options: DatadogOptions, report: Report): Timeframe | undefined {
  const calendar = window.kind === "calendar";
  const at = window.kind === "default" ? name : window.at;
  const exact = calendar ? undefined : TIMEFRAMES.find((timeframe) => LENGTH[timeframe] === period);
  if (exact !== undefined) return exact;
  const mapped = options.timeframes.find((mapping) => mapping.period === (calendar ? "calendar" : period))?.timeframe;
  // The key in the user's configuration; Prometheus's spelling of 28 days would be `4w`.
  const key = calendar ? "calendar" : inDays(period);
  if (mapped === undefined) report(datadogCodes.timeframe(at, { period: inDays(period), key, calendar }));
  else report(datadogCodes["timeframe-mapped"](at, { period: inDays(period), timeframe: mapped, calendar }));
  return mapped;
}

function inDays(period: Seconds): string {
  return period % DAY === 0 ? `${period / DAY}d` : formatDuration(period);
}
