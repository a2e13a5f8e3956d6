import type { Report } from "../../../diagnostics/diagnostic.ts";
import { textAt } from "../../../manifests/documents.ts";
import type { Edit } from "../../../manifests/edit.ts";
import { parseDuration } from "../../../units/duration.ts";
import { nearest } from "../../../units/identifier.ts";
import { parseDecimal, type Rational } from "../../../units/rational.ts";
import { numberText, scalarValue } from "../../../yaml/scalar.ts";
import { entryOf, headOf, textOf, valueOf, type YamlNode } from "../../../yaml/tree.ts";
import { flaggerDuration } from "../duration.ts";
import type { CanaryFile } from "./canary-file.ts";
import { canaryCodes } from "./codes.ts";
import { flaggerReplacement, flaggerSeconds } from "./durations.ts";

/** A duration that is there must be one that Flagger reads, or become one where the file is edited anyway. */
export function checkDuration(map: YamlNode, field: string, { isEdited }: Pick<CanaryFile, "isEdited">, report: Report): void {
  const value = valueOf(map, field);
  const text = textOf(value);
  if (value === undefined || text === undefined || (flaggerSeconds(text) !== undefined && isText(value))) return;
  const exact = isEdited ? exactDuration(map, field) : undefined;
  report(
    exact === undefined
      ? canaryCodes["bad-duration"](value.at, { field, text, better: flaggerReplacement(text) })
      : canaryCodes["converted-duration"](value.at, { field, text, after: exact.text.replaceAll(/["']/g, "") }),
  );
}

/** The edit that writes a duration of hours, days or weeks as Flagger reads it; undefined where another place shares the value. */
export function exactDuration(map: YamlNode, field: string): Edit | undefined {
  const value = valueOf(map, field);
  const text = textOf(value) ?? "";
  const length = flaggerSeconds(text) === undefined ? parseDuration(text) : undefined;
  if (value === undefined || length === undefined || value.at.start < map.at.start || value.at.end > map.at.end) return undefined;
  const { start, end, file } = value.at;
  const isAnchored = /&\S+\s+$/.test(file.text.slice(0, start));
  const quote = /^["']?/.exec(file.text.slice(start, end))?.[0] ?? "";
  return isAnchored ? undefined : { start, end, text: `${quote}${flaggerDuration(length)}${quote}` };
}

export interface NumberRule {
  readonly whole?: true;
  readonly max?: number;
}

/** A number that is there must be a number to Kubernetes, and a whole one where Flagger's Go type is `int`. */
export function checkNumber(map: YamlNode | undefined, path: readonly string[], { whole, max }: NumberRule, report: Report): void {
  const value = valueOf(map, ...path);
  const text = textOf(value);
  if (value?.kind !== "scalar" || text === undefined) return;
  const number = numberText(value, "go-yaml-1.1");
  const figure = Number(number);
  const isGood = number !== undefined && (!whole || (Number.isInteger(figure) && figure >= 0)) && !(max !== undefined && figure > max);
  if (isGood) return;
  const wanted = `a ${whole ? "whole " : ""}number${max === undefined ? "" : ` from 0 to ${max}`}`;
  const field = path.join(".");
  const isQuoted = number === undefined && /^-?\d+(?:\.\d+)?$/.test(text) && (!whole || /^\d+$/.test(text));
  const better = isQuoted && !(max !== undefined && Number(text) > max) ? `${path.at(-1) ?? ""}: ${text}` : undefined;
  report(canaryCodes["bad-number"](value.at, { field, text: number === undefined ? JSON.stringify(text) : text, wanted, better }));
}

/** A map of strings, in which `209` without quotes is a number. */
export function checkTexts(map: YamlNode, field: string, report: Report): void {
  const values = valueOf(map, field);
  if (values?.kind !== "map") return;
  for (const { key, value } of values.entries)
    if (!isText(value))
      report(
        canaryCodes["not-text"](value.kind === "scalar" ? value.at : headOf(value), {
          field: `${field}.${key.text}`,
          text: textOf(value) ?? "",
        }),
      );
}

function isText(value: YamlNode): boolean {
  return value.kind === "scalar" && typeof scalarValue(value, "go-yaml-1.1") === "string";
}

export function checkRequired(map: YamlNode, of: string, path: readonly string[], report: Report): void {
  if ((textAt(map, ...path) ?? "") === "") report(canaryCodes["missing-field"](headOf(map), { of, field: path.join(".") }));
}

/** One of some words; an absent or empty one is for others to judge. */
export function checkWord(map: YamlNode, field: string, words: readonly string[], report: Report): void {
  const value = valueOf(map, field);
  const text = textOf(value) ?? "";
  if (value === undefined || text === "" || words.includes(text)) return;
  const known = words.map((word) => `\`${word}\``).join(", ");
  report(canaryCodes["unknown-value"](value.at, { field, text, known, suggestion: nearest(text, words) }));
}

/** A number's exact value; undefined for anything else. */
export function rationalAt(map: YamlNode | undefined, ...path: readonly string[]): Rational | undefined {
  const value = valueOf(map, ...path);
  const text = value?.kind === "scalar" ? numberText(value, "go-yaml-1.1") : undefined;
  return text === undefined ? undefined : parseDecimal(text);
}

/** Where a field stands, or else the object that lacks it. */
export function placeOf(map: YamlNode, ...path: readonly string[]): YamlNode["at"] {
  const value = valueOf(map, ...path);
  return value === undefined
    ? headOf(map)
    : value.kind === "scalar"
      ? value.at
      : (entryOf(valueOf(map, ...path.slice(0, -1)), path.at(-1) ?? "")?.key.at ?? headOf(value));
}
