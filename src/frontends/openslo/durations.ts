import type { Report } from "../../diagnostics/diagnostic.ts";
import { formatDuration, parseDuration, seconds, type Seconds } from "../../units/duration.ts";
import { entryOf, type YamlNode } from "../../yaml/tree.ts";
import { opensloCodes } from "./codes.ts";
import type { Fields } from "./fields.ts";
import type { Field, Version } from "./source.ts";

const MINUTE = 60;
const DAY = 86_400;

/** The nominal length of each unit; the Go SDK counts months, quarters and years just so. */
const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: 3600, d: DAY, w: 7 * DAY, M: 30 * DAY, Q: 90 * DAY, Y: 365 * DAY };

/** v2alpha dropped the units without a fixed length. https://github.com/OpenSLO/OpenSLO/blob/main/enhancements/v2alpha.md */
const UNITS_OF: Readonly<Record<Version, string>> = {
  "openslo/v1": "mhdwMQY",
  "openslo/v1alpha": "mhdwMQY",
  "openslo.com/v2alpha": "mhdw",
};

export interface DurationContext {
  readonly fields: Fields;
  readonly version: Version;
  readonly report: Report;
}

/** An OpenSLO duration such as `30d`. `bareMinutes` lets a number without a unit count minutes. */
export function readDuration(
  map: YamlNode | undefined,
  key: string,
  context: DurationContext,
  bareMinutes = false,
): Field<Seconds> | undefined {
  const { fields, version, report } = context;
  const node = fields.value(map, key);
  if (node === undefined) return undefined;
  const plain = node.kind === "scalar" ? fields.plain(node) : undefined;
  const text = node.kind === "scalar" ? node.text : "";
  if (bareMinutes && typeof plain === "number" && Number.isInteger(plain) && plain > 0)
    return { value: seconds(plain * MINUTE), at: node.at };
  const length = typeof plain === "string" ? parseShorthand(plain, version) : undefined;
  if (length !== undefined) return { value: length, at: node.at };
  const at = node.kind === "scalar" ? node.at : (entryOf(map, key)?.key.at ?? node.at);
  const example = EXAMPLES[key] ?? "30d";
  const suggestion = suggest(text, version, example.slice(-1));
  report(opensloCodes["bad-duration"](at, { field: key, text, units: Array.from(UNITS_OF[version]), suggestion, example }));
  return undefined;
}

function parseShorthand(text: string, version: Version): Seconds | undefined {
  const match = /^([1-9]\d*)([a-zA-Z])$/.exec(text);
  const unit = match?.[2] ?? "";
  const length = Number(match?.[1]) * (UNITS[unit] ?? 0);
  return UNITS_OF[version].includes(unit) && length > 0 && Number.isSafeInteger(length) ? seconds(length) : undefined;
}

/** A usual length of each field, in the unit that a bare number most likely counts. */
const EXAMPLES: Readonly<Record<string, string>> = { duration: "30d", lookbackWindow: "60m", alertAfter: "5m", timeSliceWindow: "1m" };

const WORDS: Readonly<Record<string, string>> = {
  min: "m",
  hr: "h",
  mo: "M",
  mon: "M",
  month: "M",
  quarter: "Q",
  year: "Y",
  y: "Y",
  q: "Q",
};

/** What was meant by `30 days`, `1h30m`, `1.5h`, `120s` or `5`, written as OpenSLO wants it. */
function suggest(text: string, version: Version, bareUnit: string): string | undefined {
  const trimmed = text.trim();
  if (/^[1-9]\d*$/.test(trimmed)) return trimmed + bareUnit;
  const match = /^\+?(\d+(?:\.\d+)?)\s*([a-zA-Z]+?)(?:s)?$/.exec(trimmed);
  const count = Number(match?.[1]);
  const unit = unitMeant(match?.[2] ?? "");
  const length = count * (UNITS[unit] ?? 0);
  if (length > 0 && Number.isSafeInteger(length)) {
    return parseShorthand(`${count}${unit}`, version) === undefined ? shorthand(seconds(length)) : `${count}${unit}`;
  }
  const sum = parseDuration(trimmed.replaceAll(" ", ""));
  return sum && shorthand(sum);
}

function unitMeant(word: string): string {
  return word in UNITS ? word : (WORDS[word.toLowerCase()] ?? word[0]?.toLowerCase() ?? "");
}

/** In the largest unit that divides it; undefined for less than whole minutes. */
function shorthand(length: Seconds): string | undefined {
  const unit = ["w", "d", "h", "m"].find((letter) => length % (UNITS[letter] ?? 1) === 0);
  return unit === undefined ? undefined : `${length / (UNITS[unit] ?? 1)}${unit}`;
}

/** A calendar period below a day is nearly always `1m` for a month. */
export function meantMonths(length: Seconds): string | undefined {
  return length < DAY && length % MINUTE === 0 && formatDuration(length).endsWith("m") ? `${length / MINUTE}M` : undefined;
}
