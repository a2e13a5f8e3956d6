import type { TagFilter } from "../../datadogql/ast.ts";
import { parseQuery } from "../../datadogql/parse.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Matcher } from "../../promql/ast.ts";
import { spanWithin } from "../../yaml/locate.ts";
import type { YamlNode } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { addedAt, addedTo, type Place } from "./environments.ts";
import { HASH } from "./isolation.ts";
import { sharedSeries } from "./overlap.ts";

/** What a tag may hold, and no user writes: it stands for `{hash}` while the tags are parsed, and is as long. */
const STAND_IN = "ʘhashʘ";

const BEFORE = "avg:x{";

type Parsed =
  | { readonly tags: readonly TagFilter[] }
  | { readonly problem: string; readonly help?: string; readonly start: number; readonly end: number };

/** Reads `version:{hash},!role:batch`. Offsets are those of the text. */
function parseTags(text: string): Parsed {
  const parsed = parseQuery(`${BEFORE}${text.replaceAll(HASH, STAND_IN)}}`);
  const place = (offset: number): number => Math.min(Math.max(offset - BEFORE.length, 0), text.length);
  const whole = { start: 0, end: text.length };
  if (!parsed.ok) {
    const { message, help, at } = parsed.error;
    return { problem: restored(message), ...(help !== undefined && { help: restored(help) }), start: place(at.start), end: place(at.end) };
  }
  const { expr } = parsed;
  if (expr.kind !== "metric" || expr.by.length > 0 || expr.modifiers.length > 0) return { problem: "they hold more than tags", ...whole };
  if (expr.scope.style === "all") return { problem: "`*` selects both versions", ...whole };
  if (expr.scope.style === "boolean") return { problem: "they hold more than a list of tags", ...whole };
  const tags = expr.scope.items.map(({ kind, negated, key, value }): TagFilter => {
    return { kind, negated, key: restored(key), ...(value !== undefined && { value: restored(value) }) };
  });
  return tags.some(({ key }) => key.includes(HASH)) ? { problem: `\`${HASH}\` can only stand in a tag's value`, ...whole } : { tags };
}

function restored(text: string): string {
  return text.replaceAll(STAND_IN, HASH);
}

/** One side of an explicit isolation; undefined, with a report, where it is no list of tags. */
export function tagsIn(node: YamlNode | undefined, report: Report): readonly TagFilter[] | undefined {
  if (node?.kind !== "scalar") return undefined;
  const parsed = parseTags(node.text);
  if ("tags" in parsed) return parsed.tags;
  const { problem, help, start, end } = parsed;
  report(policyCodes["bad-tags"](spanWithin(node, start, end), { problem, help }));
  return undefined;
}

/** The tags that every scope of an SLI asks for in this place; one that would change a query's meaning is reported and left out. */
export function addedTags(place: Place, report: Report): readonly TagFilter[] {
  return addedTo(place).flatMap(([key, value]) => {
    const parsed = parseTags(`${key}:${value}`);
    const [tag, ...others] = "tags" in parsed ? parsed.tags : [];
    if (tag !== undefined && others.length === 0 && tag.value === value && !value.includes(HASH)) {
      // Datadog keeps tags in small letters.
      return [{ ...tag, key: key.toLowerCase(), value: value.toLowerCase() }];
    }
    const params = { matcher: `${key}:${value}`, environment: place.environment?.name ?? "", backend: "datadog" } as const;
    report(policyCodes["unfit-matcher"](addedAt(place, key), params));
    return [];
  });
}

export function sameTags(canary: readonly TagFilter[], stable: readonly TagFilter[]): boolean {
  const text = (tags: readonly TagFilter[]): string => JSON.stringify(tags.map(({ negated, key, value }) => [key, negated, value]).sort());
  return text(canary) === text(stable);
}

/** Tags of a series that both sides select, if that can be shown. */
export function sharedTags(canary: readonly TagFilter[], stable: readonly TagFilter[]): readonly string[] | undefined {
  const shared = sharedSeries({ canary: canary.map(asMatcher), stable: stable.map(asMatcher) });
  return shared && [...shared].map(([key, value]) => `${key}:${value}`);
}

function asMatcher({ key, value = "", negated }: TagFilter): Matcher {
  if (!value.includes("*")) return { label: key, op: negated ? "!=" : "=", value };
  return { label: key, op: negated ? "!~" : "=~", value: value.replace(/[.\\+?()[\]|^$]/g, "\\$&").replaceAll("*", ".*") };
}
