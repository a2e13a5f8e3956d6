import type { Report } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../units/identifier.ts";
import { opensloCodes } from "./codes.ts";
import type { Reading } from "../../model/reading.ts";
import type { Fields } from "./fields.ts";
import { misspells } from "./presence.ts";
import type { Metric, Version } from "./source.ts";
import type { ObjectTable } from "./table.ts";

/** A query language that slogen reads. */
export type Language = "promql" | "datadog";

/** The system a metric is queried from. */
export interface System {
  /** As written: `Prometheus`, `Datadog`. */
  readonly type: string;
  /** Absent for a system whose queries slogen does not read. */
  readonly language?: Language;
  /** The DataSource's name, if there is one. */
  readonly source?: string;
}

/** Systems that read PromQL, as OpenSLO's users and converters write them; `sloth` is what Sloth accepts as a v1alpha source. */
const PROMQL_SYSTEMS = new Set([
  ...["prometheus", "mimir", "cortex", "thanos", "victoriametrics", "amazonprometheus", "azureprometheus"],
  ...["coralogix", "atlas", "dash0", "sloth"],
]);

const fold = (type: string): string => type.toLowerCase().replace(/[-_ ]/g, "");

function languageOf(type: string): Language | undefined {
  const folded = fold(type);
  return PROMQL_SYSTEMS.has(folded) ? "promql" : folded === "datadog" ? "datadog" : undefined;
}

/** The system that a slip in `type` may mean. */
export function nearestSystem(type: string): string | undefined {
  return nearest(type, ["Prometheus", "Datadog", "Mimir", "Cortex", "Thanos", "VictoriaMetrics"]);
}

export interface SystemContext {
  readonly version: Version;
  readonly fields: Fields;
  readonly table: ObjectTable;
  readonly report: Report;
  readonly reading: Reading;
}

export function systemOf(metric: Metric, context: SystemContext): System | undefined {
  const { version, fields, table, report } = context;
  const isV2alpha = version === "openslo.com/v2alpha";
  // There a metric has exactly one of the two; anything else has been reported.
  if (isV2alpha && (metric.source === undefined) === (metric.type === undefined)) return undefined;
  const source = metric.source && table.find(version, "DataSource", metric.source.value);
  const declared = source?.spec.type?.value;
  const inPlace = isV2alpha ? "dataSourceSpec: { type: Prometheus }" : "type: Prometheus";
  if (metric.source !== undefined && source === undefined && table.isComplete) {
    const { value: name, at } = metric.source;
    const names = table.names(version, "DataSource");
    if (metric.type === undefined) report(opensloCodes["no-source-type"](at, { source: name, inPlace }));
    else if (names.length > 0) report(opensloCodes["unknown-source"](at, { name, nearest: nearest(name, names) }));
  }
  const isAbsent = metric.source === undefined && metric.type === undefined && !hasUnusable(metric, fields);
  if (isAbsent && !misspells(metric.node, context, ...TYPE_FIELDS)) {
    report(opensloCodes["no-source-type"](metric.at, { source: undefined, inPlace }));
  }
  if (metric.type !== undefined && declared !== undefined && !agree(metric.type.value, declared)) {
    const params = { type: metric.type.value, source: metric.source?.value ?? "", sourceType: declared };
    report(opensloCodes["source-type-mismatch"](metric.type.at, params));
    return undefined;
  }
  const type = metric.type?.value ?? declared;
  if (type === undefined) return undefined;
  const language = languageOf(type);
  return { type, ...(language && { language }), ...(metric.source && { source: metric.source.value }) };
}

const TYPE_FIELDS = ["metricSource", "metricSourceRef", "type", "dataSourceRef", "dataSourceSpec", "source"];

/** True if the type is there but of the wrong shape, which has been reported as such. */
function hasUnusable({ node }: Metric, fields: Fields): boolean {
  return TYPE_FIELDS.some((key) => fields.value(node, key) !== undefined && fields.text(node, key) === undefined);
}

/** True for a metric in a language that slogen reads, by its own word or by its DataSource's. */
export function isReadable(metric: Metric | undefined, version: Version, table: ObjectTable): boolean {
  const declared = metric?.source && table.find(version, "DataSource", metric.source.value)?.spec.type;
  return languageOf(metric?.type?.value ?? declared?.value ?? "") !== undefined;
}

const agree = (a: string, b: string): boolean => fold(a) === fold(b) || (languageOf(a) !== undefined && languageOf(a) === languageOf(b));

/** False where two metrics cannot be divided by each other. */
export function sameSystem(a: System, b: System): boolean {
  if (a.source !== undefined && b.source !== undefined) return a.source === b.source;
  return agree(a.type, b.type);
}

export function describeSystem({ type, source }: System): string {
  return source === undefined ? `\`${type}\`` : `the DataSource \`${source}\` (\`${type}\`)`;
}
