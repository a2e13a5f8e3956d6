import { LONGEST_TAG, normalTag } from "../../datadogql/tags.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { Entry } from "../../model/model.ts";
import { datadogCodes } from "./codes.ts";

/** The keys that slogen finds its objects by. */
const RESERVED: ReadonlySet<string> = new Set(["slogen_id", "slogen_owner"]);

export interface TagParts {
  readonly id: string;
  readonly service: string;
  /** Of monitors. */
  readonly severity?: string;
  readonly owner: string | undefined;
  readonly labels: readonly Entry[];
}

/** Sorted and unique, since Datadog keeps no order. A label named `service` or `severity` takes the place of slogen's own tag. */
export function tagsOf({ id, service, severity, owner, labels }: TagParts): readonly string[] {
  const own = labels.map(labelTag);
  const unlessOwn = (key: string, value: string | undefined): readonly string[] =>
    value === undefined || own.some((tag) => tag.startsWith(`${key}:`)) ? [] : [normalTag(`${key}:${value}`)];
  const ours = [
    `slogen_id:${id}`,
    ...(owner === undefined ? [] : [`slogen_owner:${owner}`]),
    ...unlessOwn("service", service),
    ...unlessOwn("severity", severity),
  ];
  return [...new Set([...ours, ...own])].filter((tag) => tag !== "").sort();
}

/** Whether labels can be tags beside slogen's own. */
export function checkLabels(labels: readonly Entry[], report: Report): void {
  for (const label of labels) {
    const tag = labelTag(label);
    if (RESERVED.has(tag.split(":")[0] ?? "")) report(datadogCodes["reserved-tag"](label.at, { key: label.key }));
    checkLength(tag, label.at, report);
  }
}

/** Whether names are short enough to be tags. */
export function checkNames({ id, service }: Pick<TagParts, "id" | "service">, at: Span, report: Report): void {
  checkLength(`slogen_id:${id}`, at, report);
  checkLength(`service:${service}`, at, report);
}

function checkLength(tag: string, at: Span, report: Report): void {
  const { length } = [...tag];
  if (length > LONGEST_TAG) report(datadogCodes["tag-too-long"](at, { tag, length }));
}

function labelTag({ key, value }: Entry): string {
  return normalTag(`${key}:${value}`);
}
