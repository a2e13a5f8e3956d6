import { isJsonObject } from "../output/json-object.ts";
import type { Json, JsonObject } from "../yaml/json.ts";
import type { ObjectKind } from "./manifest.ts";
import { tagsOf } from "./objects.ts";
import { storedTag } from "../datadogql/tags.ts";

/** One field that is not as it should be; undefined where it is, or should be, absent. */
export interface Change {
  /** Such as `thresholds[30d].target`. */
  readonly field: string;
  readonly from: Json | undefined;
  readonly to: Json | undefined;
}

/**
 * Optional fields that a build writes or leaves out, each with what takes it away again: without this, a priority that was dropped
 * from the configuration would stay for ever. None of them is set by default.
 */
const OPTIONAL: Readonly<Record<ObjectKind, readonly (readonly [path: readonly string[], unset: Json])[]>> = {
  slo: [[["warning_threshold"], null]],
  monitor: [
    [["priority"], null],
    [["options", "renotify_interval"], null],
    [["options", "evaluation_delay"], null],
    [["options", "timeout_h"], null],
    [["options", "escalation_message"], ""],
    [["options", "notify_audit"], false],
    [["options", "thresholds", "warning"], null],
    [["options", "thresholds", "critical_recovery"], null],
    [["options", "thresholds", "warning_recovery"], null],
  ],
};

/** Datadog repeats the primary threshold at the top. Answers from before it did so lack these. */
const REPEATED: readonly string[] = ["timeframe", "target_threshold", "warning_threshold"];

/**
 * How an object at Datadog differs from what slogen would send. Only fields that are sent count, beside those of `OPTIONAL`: the
 * server adds defaults, read-only fields, display texts, and for a metric SLO the form of the SLI that was not sent.
 */
export function changesOf(kind: ObjectKind, wanted: JsonObject, actual: JsonObject): readonly Change[] {
  return [
    ...(isTypeChange(wanted, actual) ? [{ field: "type", from: actual["type"], to: wanted["type"] }] : []),
    ...differences(plainFields(kind, wanted, actual), actual, ""),
    ...staleFields(kind, wanted, actual).map(([path]) => ({ field: path.join("."), from: valueAt(actual, path), to: undefined })),
    ...tagChanges(tagsOf(wanted), tagsOf(actual)),
  ];
}

/** Datadog turns one of these two into the other by itself. */
export function isTypeChange(wanted: JsonObject, actual: JsonObject): boolean {
  const plain = (type: Json | undefined): Json | undefined => (type === "metric alert" ? "query alert" : type);
  return plain(wanted["type"]) !== plain(actual["type"]);
}

/** The whole object, with what takes away the optional fields that must go: one that is left out of an update may stay as it is. */
export function updateBody(kind: ObjectKind, wanted: JsonObject, actual: JsonObject): JsonObject {
  // An SLO is replaced as a whole, so there is nothing to take away.
  if (kind === "slo") return wanted;
  return staleFields(kind, wanted, actual).reduce((body, [path, unset]) => withValue(body, path, unset), wanted);
}

function staleFields(kind: ObjectKind, wanted: JsonObject, actual: JsonObject): readonly (readonly [readonly string[], Json])[] {
  return OPTIONAL[kind].filter(([path]) => valueAt(wanted, path) === undefined && !isUnset(valueAt(actual, path)));
}

function withValue(object: JsonObject, [step = "", ...rest]: readonly string[], value: Json): JsonObject {
  const inner = object[step];
  return { ...object, [step]: rest.length === 0 ? value : withValue(isJsonObject(inner) ? inner : {}, rest, value) };
}

function valueAt(object: JsonObject, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((here, step) => (isJsonObject(here) ? here[step] : undefined), object);
}

function isUnset(value: Json | undefined): boolean {
  return value === undefined || value === null || value === 0 || value === "" || value === false;
}

/** Those without a rule of their own. */
function plainFields(kind: ObjectKind, wanted: JsonObject, actual: JsonObject): JsonObject {
  const isPlain = (key: string): boolean =>
    key !== "type" && key !== "tags" && !(kind === "slo" && REPEATED.includes(key) && isUnset(actual[key]));
  return Object.fromEntries(Object.entries(wanted).filter(([key]) => isPlain(key)));
}

function differences(wanted: Json, actual: Json | undefined, field: string): readonly Change[] {
  if (Array.isArray(wanted)) return listDifferences(wanted, Array.isArray(actual) ? actual : [], field);
  if (isJsonObject(wanted)) {
    const inner = isJsonObject(actual) ? actual : {};
    return Object.entries(wanted).flatMap(([key, value]) => differences(value, inner[key], field === "" ? key : `${field}.${key}`));
  }
  return isSame(wanted, actual) ? [] : [{ field, from: actual, to: wanted }];
}

/** Items that have a name are compared with their namesakes, whatever the order; others by their place. */
function listDifferences(wanted: readonly Json[], actual: readonly Json[], field: string): readonly Change[] {
  const left = new Map(actual.map((item, index) => [nameOf(item) ?? String(index), item]));
  const changes = wanted.flatMap((item, index) => {
    const name = nameOf(item) ?? String(index);
    const partner = left.get(name);
    if (partner === undefined) return [{ field: `${field}[${name}]`, from: undefined, to: item }];
    left.delete(name);
    return [...differences(item, partner, `${field}[${name}]`), ...staleWarning(item, partner, `${field}[${name}]`)];
  });
  return [...changes, ...[...left].map(([name, item]) => ({ field: `${field}[${name}]`, from: item, to: undefined }))];
}

/** A threshold that should no longer warn. */
function staleWarning(wanted: Json, actual: Json, field: string): readonly Change[] {
  if (!isJsonObject(wanted) || !isJsonObject(actual) || typeof wanted["timeframe"] !== "string") return [];
  return wanted["warning"] === undefined && !isUnset(actual["warning"])
    ? [{ field: `${field}.warning`, from: actual["warning"], to: undefined }]
    : [];
}

function nameOf(item: Json): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const { name, timeframe } = item;
  return typeof name === "string" ? name : typeof timeframe === "string" ? timeframe : undefined;
}

/** Datadog trims texts, and stores no text as either an empty one or nothing. */
function isSame(wanted: Json, actual: Json | undefined): boolean {
  const plain = (value: Json | undefined): Json => (typeof value === "string" ? value.trim() : (value ?? ""));
  return plain(wanted) === plain(actual);
}

/** One change for each tag, in no order that Datadog could upset. */
function tagChanges(wanted: readonly string[], actual: readonly string[]): readonly Change[] {
  const [to, from] = [wanted, actual].map((tags) => new Set(tags.map(storedTag)));
  const gone = [...(from ?? [])].filter((tag) => to?.has(tag) !== true).sort();
  const added = [...(to ?? [])].filter((tag) => from?.has(tag) !== true).sort();
  return [
    ...gone.map((tag) => ({ field: "tags", from: tag, to: undefined })),
    ...added.map((tag) => ({ field: "tags", from: undefined, to: tag })),
  ];
}
