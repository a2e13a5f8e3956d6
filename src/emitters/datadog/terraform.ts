import type { SourceFile } from "../../diagnostics/source.ts";
import type { Artifact } from "../../output/artifact.ts";
import { generatedBy } from "../../output/header.ts";
import { exactText, type ExactNumber, type Json, type JsonObject } from "../../yaml/json.ts";
import { fileName, placeholder } from "./names.ts";
import type { CountSpecification, DatadogObject, DatadogSloPayload, NamedQuery, TimeSliceSlo } from "./types.ts";

/**
 * One `.tf.json` file for each service: https://developer.hashicorp.com/terraform/language/syntax/json
 * All files of a folder are one Terraform module, which says elsewhere where its provider `DataDog/datadog` comes from.
 * @param sources the specs of each service
 */
export function terraformFiles(
  objects: readonly DatadogObject[],
  sources: ReadonlyMap<string, readonly SourceFile[]>,
): readonly Artifact[] {
  const ids = new Set(objects.filter(({ kind }) => kind === "slo").map(({ id }) => id));
  const paths = [...new Set(objects.map(pathOf))];
  return paths.map((path) => {
    const here = objects.filter((object) => pathOf(object) === path);
    const from = [...new Set(here.flatMap(({ service }) => sources.get(service) ?? []))];
    return { kind: "json", path, sources: from, value: terraformFile(here, ids, from) };
  });
}

function pathOf({ service }: DatadogObject): string {
  return `datadog/${fileName(service)}.tf.json`;
}

function terraformFile(objects: readonly DatadogObject[], ids: ReadonlySet<string>, sources: readonly SourceFile[]): Json {
  const slos = objects.flatMap((object) => (object.kind === "slo" ? [[sloName(object.id), sloResource(object.payload)]] : []));
  const monitors = objects.flatMap((object) => (object.kind === "monitor" ? [[monitorName(object.id), monitorResource(object, ids)]] : []));
  return {
    "//": generatedBy(sources.map(({ path }) => path)),
    resource: {
      ...(slos.length > 0 && { [SLO]: Object.fromEntries(slos) as JsonObject }),
      ...(monitors.length > 0 && { datadog_monitor: Object.fromEntries(monitors) as JsonObject }),
    },
  };
}

const SLO = "datadog_service_level_objective";

/**
 * A `slogen_id` as the name of a resource, a different one for each. It depends on nothing but the id, since under a new name Terraform
 * would delete the object and its history.
 */
export function sloName(id: string): string {
  const name = id.replace(/[^-A-Za-z0-9_]|_(?=x)/gu, (character) => `_x${(character.codePointAt(0) ?? 0).toString(16)}_`);
  return /^[A-Za-z]/.test(name) ? name : `_${name}`;
}

/** `checkout-availability.page-1h` is `checkout-availability_page-1h`: what follows the last dot holds no `_`. */
export function monitorName(id: string): string {
  const dot = id.lastIndexOf(".");
  return `${sloName(id.slice(0, dot))}_${id.slice(dot + 1)}`;
}

/** `$` or `%` before a brace would start a template of Terraform's: https://developer.hashicorp.com/terraform/language/expressions/strings */
function literal(text: string): string {
  return text.replaceAll(/[$%](?=\{)/g, "$&$&");
}

function sloResource(slo: DatadogSloPayload): JsonObject {
  return {
    name: literal(slo.name),
    type: slo.type,
    description: literal(slo.description),
    tags: slo.tags.map(literal),
    ...(slo.type === "metric" && slo.query && { query: [mapped(slo.query)] }),
    ...(slo.sli_specification && { sli_specification: [specification(slo.sli_specification)] }),
    thresholds: slo.thresholds.map((threshold) => ({ ...threshold })),
    timeframe: slo.timeframe,
    target_threshold: slo.target_threshold,
    ...(slo.warning_threshold && { warning_threshold: slo.warning_threshold }),
  };
}

function mapped({ numerator, denominator }: { readonly numerator: string; readonly denominator: string }): JsonObject {
  return { numerator: literal(numerator), denominator: literal(denominator) };
}

function specification(sli: { readonly count: CountSpecification } | TimeSliceSlo["sli_specification"]): JsonObject {
  if ("count" in sli) {
    const { good_events_formula: good, bad_events_formula: bad, queries } = sli.count;
    return {
      count: [{ good_events_formula: literal(good.formula), bad_events_formula: literal(bad.formula), queries: queries.map(metricQuery) }],
    };
  }
  const { comparator, threshold, query_interval_seconds, query } = sli.time_slice;
  const [{ formula }] = query.formulas;
  const blocks = { formula: [{ formula_expression: literal(formula) }], query: query.queries.map(metricQuery) };
  return { time_slice: [{ comparator, threshold, query_interval_seconds, query: [blocks] }] };
}

function metricQuery({ data_source, name, query }: NamedQuery): JsonObject {
  return { metric_query: [{ data_source, name, query: literal(query) }] };
}

function monitorResource({ payload, slo }: Extract<DatadogObject, { kind: "monitor" }>, ids: ReadonlySet<string>): JsonObject {
  const { thresholds, ...others } = payload.options;
  return {
    name: literal(payload.name),
    type: payload.type,
    query: withReference(payload.query, slo, ids),
    message: withReference(payload.message, slo, ids),
    tags: payload.tags.map(literal),
    ...(payload.priority !== undefined && { priority: String(payload.priority) }),
    monitor_thresholds: [{ critical: textOf(thresholds.critical) }],
    ...others,
    // The provider's own default is true, the API's is false: DataDog/terraform-provider-datadog#2122.
    require_full_window: false,
  };
}

/** With a reference in place of the SLO's placeholder, which also makes Terraform create the SLO first. */
function withReference(text: string, slo: string | undefined, ids: ReadonlySet<string>): string {
  if (slo === undefined) return literal(text);
  if (!ids.has(slo)) throw new Error(`the SLO ${slo} of a monitor is not there`);
  return literal(text).replaceAll(placeholder(slo), () => `\${${SLO}.${sloName(slo)}.id}`);
}

function textOf(value: ExactNumber): string {
  const text = exactText(value);
  if (text === undefined) throw new TypeError("a threshold is an exact number");
  return text;
}
