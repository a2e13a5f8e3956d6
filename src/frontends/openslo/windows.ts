import type { Report } from "../../diagnostics/diagnostic.ts";
import type * as model from "../../model/model.ts";
import { DAY } from "../../units/duration.ts";
import { isStartTime, isTimeZone, nearestTimeZone, suggestStartTime } from "./calendar.ts";
import { opensloCodes } from "./codes.ts";
import { meantMonths } from "./durations.ts";
import { placeOf } from "./fields.ts";
import { has, lacks, type PresenceContext } from "./presence.ts";
import type { TimeWindow, Version } from "./source.ts";

export interface WindowContext extends PresenceContext {
  readonly version: Version;
  readonly report: Report;
}

export function lowerWindow(window: TimeWindow, context: WindowContext): model.TimeWindow | undefined {
  const { length, rolling, calendar, at, node } = window;
  const { report, version } = context;
  const neither =
    !rolling &&
    lacks(node, context, "calendar") &&
    (context.fields.flag(node, "isRolling") !== undefined || lacks(node, context, "isRolling"));
  // Sloth's users leave it out, since Sloth knows no other.
  const isAssumed = neither && version === "openslo/v1alpha" && !has(node, "isRolling", context);
  if (isAssumed) report(opensloCodes["assumed-rolling"](at, {}));
  else if (neither || (rolling && has(node, "calendar", context))) {
    report(opensloCodes["rolling-or-calendar"](rolling ? placeOf(node, "calendar") : at, { rolling }));
  }
  const start = calendar?.start;
  const timeZone = calendar?.timeZone;
  const startIsSound = start !== undefined && isStartTime(start.value);
  const zoneIsSound = timeZone !== undefined && isTimeZone(timeZone.value);
  if (start !== undefined && !startIsSound) {
    report(opensloCodes["bad-start-time"](start.at, { text: start.value, suggestion: suggestStartTime(start.value) }));
  }
  if (timeZone !== undefined && !zoneIsSound) {
    report(opensloCodes["bad-time-zone"](timeZone.at, { name: timeZone.value, nearest: nearestTimeZone(timeZone.value) }));
  }
  if (length === undefined) return undefined;
  if (rolling || isAssumed) return calendar === undefined ? { kind: "rolling", length: length.value, at: length.at } : undefined;
  if (length.value < DAY) {
    const duration = length.at.file.text.slice(length.at.start, length.at.end);
    report(opensloCodes["short-calendar-window"](length.at, { duration, months: meantMonths(length.value) }));
    return undefined;
  }
  if (!startIsSound || !zoneIsSound) return undefined;
  return { kind: "calendar", length: length.value, start: start.value, timeZone: timeZone.value, at: length.at };
}
