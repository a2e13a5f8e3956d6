import { nearest } from "../../units/identifier.ts";
import type { YamlMap } from "../../yaml/tree.ts";
import { optional } from "./context.ts";
import { placeOf, type Fields } from "./fields.ts";
import type { Calendar } from "./source.ts";

export function decodeCalendar(window: YamlMap, fields: Fields): Calendar | undefined {
  const node = fields.map(window, "calendar");
  if (node === undefined) return undefined;
  return {
    ...optional("start", fields.text(node, "startTime")),
    ...optional("timeZone", fields.text(node, "timeZone")),
    at: placeOf(window, "calendar"),
  };
}

const START = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/;

/** True for a moment that exists, as Go's layout `2006-01-02 15:04:05` reads it. */
export function isStartTime(text: string): boolean {
  const match = START.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second < 60;
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

/** The same moment in the wanted form, from ISO 8601's `T`, a zone, or a date alone. */
export function suggestStartTime(text: string): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?)?/.exec(text.trim());
  const candidate = match && `${match[1] ?? ""} ${match[2] ?? "00:00"}${match[3] ?? ":00"}`;
  return candidate !== null && isStartTime(candidate) ? candidate : undefined;
}

/** Names in the time zone database start each part with a capital, and none but short ones go on in capitals. */
const ZONE = /^(?:[A-Z][a-z]|[A-Z]{1,3}(?![A-Za-z]))[A-Za-z0-9+_-]*(?:\/(?:[A-Z][a-z]|[A-Z]{1,3}(?![A-Za-z]))[A-Za-z0-9+_-]*)*$/;

/**
 * True for a time zone that Go's `time.LoadLocation` would find: by its exact case, where `Intl` takes any.
 * `Local` would make the period depend on the machine.
 */
export function isTimeZone(name: string): boolean {
  if (!ZONE.test(name) || name === "Local") return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

export function nearestTimeZone(name: string): string | undefined {
  return nearest(name, ["UTC", ...Intl.supportedValuesOf("timeZone")]);
}
