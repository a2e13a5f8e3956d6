import { findPromql } from "../../datadogql/foreign.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { DatadogQuery, EventsIndicator, PromqlQuery, Query, RatioIndicator } from "../../model/model.ts";
import { readDatadog, type DatadogUse } from "../../model/datadog-query.ts";
import { readPromql, type QueryUse } from "../../model/query.ts";
import type { Reading } from "../../model/reading.ts";
import { findDatadog } from "../../promql/datadog.ts";
import { nearest } from "../../units/identifier.ts";
import { entryOf, textOf, valueOf, type YamlMap, type YamlScalar } from "../../yaml/tree.ts";
import { checkBuckets } from "./buckets.ts";
import { opensloCodes } from "./codes.ts";
import { placeOf, type Fields } from "./fields.ts";
import { isHistogram, readHistogram, type Part } from "./histogram.ts";
import { has, lacks } from "./presence.ts";
import type { Metric, Ratio, Sli, Version } from "./source.ts";
import { describeSystem, nearestSystem, sameSystem, systemOf, type Language, type System } from "./sources.ts";
import type { ObjectTable } from "./table.ts";

export interface SliContext {
  readonly version: Version;
  readonly fields: Fields;
  readonly table: ObjectTable;
  readonly report: Report;
  readonly reading: Reading;
}

/** An indicator before the objective adds its limit to a threshold. */
export type LoweredMetric<Q extends Query = Query> =
  EventsIndicator<Q> | RatioIndicator<Q> | { readonly kind: "threshold"; readonly query: Q; readonly at: Span };

export type LoweredSli =
  | { readonly language: "promql"; readonly metric: LoweredMetric<PromqlQuery> }
  | { readonly language: "datadog"; readonly metric: LoweredMetric<DatadogQuery> };

/** The shape of an SLI, as the Go SDK demands it. */
export function checkSli(sli: Sli, context: SliContext): void {
  const { report, version } = context;
  const { node } = sli;
  if (version === "openslo/v1alpha") return;
  if (has(node, "ratioMetric", context) && has(node, "thresholdMetric", context))
    report(opensloCodes["sli-metric"](placeOf(node, "thresholdMetric"), { both: true }));
  if (lacks(node, context, "ratioMetric", "thresholdMetric")) report(opensloCodes["sli-metric"](sli.at, { both: false }));
  if (sli.ratio !== undefined) checkRatio(sli.ratio, context);
  if (version === "openslo.com/v2alpha") {
    const { ratio } = sli;
    for (const metric of [sli.threshold, ratio?.good, ratio?.bad, ratio?.total, ratio?.raw])
      if (metric !== undefined) checkMetricSource(metric, context);
  }
}

function checkRatio({ node, at, rawType }: Ratio, context: SliContext): void {
  const { report } = context;
  const [good, bad, total, raw] = ["good", "bad", "total", "raw"].map((key) => has(node, key, context));
  const say = (key: string, problem: string, help: string): void => {
    report(opensloCodes["ratio-parts"](entryOf(node, key)?.key.at ?? at, { problem, help }));
  };
  if (raw === true) {
    for (const key of ["total", "good", "bad"]) {
      if (has(node, key, context))
        say(key, `a ratio with \`raw\` has no \`${key}\``, `remove \`${key}\`, or remove \`raw\` and \`rawType\``);
    }
    if (lacks(node, context, "rawType")) say("raw", "`raw` needs `rawType`", "add `rawType: success` or `rawType: failure`");
    else if (rawType !== undefined && rawType.value !== "success" && rawType.value !== "failure") {
      const help = `write \`rawType: ${nearest(rawType.value, ["success", "failure"]) ?? "success"}\``;
      report(
        opensloCodes["ratio-parts"](rawType.at, {
          problem: `\`rawType\` must be \`success\` or \`failure\`, and is \`${rawType.value}\``,
          help,
        }),
      );
    }
    if (entryOf(node, "counter") !== undefined) {
      report(opensloCodes["idle-setting"](placeOf(node, "counter"), { setting: "counter", reason: "`raw` is a ratio, and no counter" }));
    }
    return;
  }
  if (good === true && bad === true)
    say("bad", "a ratio has either `good` or `bad`", "keep one of the two: the other is what is left of `total`");
  if (total === true) {
    if (lacks(node, context, "good", "bad"))
      say("total", "this ratio has neither `good` nor `bad`", "add `good` with the query of good events, or `bad`");
  } else if (lacks(node, context, "total", "raw")) {
    say(bad === true ? "bad" : "good", "this ratio has no `total`", "add `total` with the query of all events, or `raw` for a ready ratio");
  }
  if (entryOf(node, "rawType") !== undefined) {
    report(opensloCodes["idle-setting"](placeOf(node, "rawType"), { setting: "rawType", reason: "there is no `raw`" }));
  }
}

function checkMetricSource({ node, at }: Metric, context: SliContext): void {
  const { report, fields } = context;
  const ref = fields.text(node, "dataSourceRef");
  const named = has(node, "dataSourceRef", context) && ref?.value !== "";
  const inline = has(node, "dataSourceSpec", context);
  if (named && inline) report(opensloCodes["metric-source"](placeOf(node, "dataSourceSpec"), { both: true }));
  else if (!named && !inline && (ref !== undefined || lacks(node, context, "dataSourceRef", "dataSourceSpec")))
    report(opensloCodes["metric-source"](at, { both: false }));
}

/** The queries of an SLI; `slo` is named where slogen does not read them. Undefined once the reason is reported. */
export function lowerSli(sli: Sli, slo: string, context: SliContext): LoweredSli | undefined {
  const language = languageOf(sli, slo, context);
  if (language === undefined) return undefined;
  if (language === "promql") {
    const metric = lowerMetric(sli, promqlReader(sli, context));
    return metric && { language, metric };
  }
  const metric = lowerMetric(sli, datadogReader(sli, context));
  return metric && { language, metric };
}

/** Reads the query of a metric for its part in the SLI. */
type Reader<Q extends Query> = (metric: Metric, part: "value" | "ratio" | Part) => Q | undefined;

function lowerMetric<Q extends Query>({ threshold, ratio }: Sli, read: Reader<Q>): LoweredMetric<Q> | undefined {
  if (threshold !== undefined) {
    const query = read(threshold, "value");
    return query && { kind: "threshold", query, at: threshold.at };
  }
  if (ratio?.raw !== undefined) {
    const query = read(ratio.raw, "ratio");
    const measures = ratio.rawType?.value;
    return query && (measures === "success" || measures === "failure") ? { kind: "ratio", measures, query, at: ratio.at } : undefined;
  }
  const counts = ratio && countsOf(ratio);
  if (ratio === undefined || counts === undefined) return undefined;
  const events = read(counts.part, counts.counted);
  const total = read(counts.total, "total");
  return events && total && { kind: "events", counted: counts.counted, events, total, at: ratio.at };
}

interface Counts {
  readonly counted: "good" | "bad";
  readonly part: Metric;
  readonly total: Metric;
}

/** Undefined where the ratio does not say what it counts, which has been reported. */
function countsOf({ good, bad, total }: Ratio): Counts | undefined {
  if (total === undefined || (good === undefined) === (bad === undefined)) return undefined;
  if (good !== undefined) return { counted: "good", part: good, total };
  return bad && { counted: "bad", part: bad, total };
}

/** The one language of an SLI's queries; undefined where there is none that slogen reads, which is reported unless the system is unknown. */
function languageOf({ threshold, ratio }: Sli, slo: string, context: SliContext): Language | undefined {
  if ((threshold === undefined) === (ratio === undefined)) return undefined;
  const single = threshold ?? ratio?.raw;
  if (single !== undefined) return readable(single, systemOf(single, context), slo, context);
  const counts = ratio && countsOf(ratio);
  if (counts === undefined) return undefined;
  const { counted, part, total } = counts;
  const [one, other] = [systemOf(part, context), systemOf(total, context)];
  if (one !== undefined && other !== undefined && !sameSystem(one, other)) {
    const params = { part: counted, one: describeSystem(one), other: describeSystem(other) };
    const [wrong, right] = isMisplaced(total, other) && !isMisplaced(part, one) ? [total, part] : [part, total];
    context.report(opensloCodes["mixed-sources"](wrong.at, params, { related: [{ at: right.at, message: "the other one" }] }));
    return undefined;
  }
  // The same system twice is one complaint.
  const language = readable(part, one, slo, context);
  return one?.type === other?.type ? language : language && readable(total, other, slo, context) && language;
}

/** A metric of a system that slogen does not read, or whose query is in another language than the system's. */
function isMisplaced({ query }: Metric, { language }: System): boolean {
  const text = textOf(valueOf(query, "query")) ?? "";
  return language === undefined || (language === "promql" ? findDatadog(text) : findPromql(text)) !== undefined;
}

function readable(metric: Metric, system: System | undefined, slo: string, { report }: SliContext): Language | undefined {
  if (system !== undefined && system.language === undefined) {
    const params = { slo, type: system.type, nearest: nearestSystem(system.type) };
    report(opensloCodes["foreign-system"](metric.type?.at ?? metric.source?.at ?? metric.at, params));
  }
  return system?.language;
}

function promqlReader({ ratio }: Sli, context: SliContext): Reader<PromqlQuery> {
  return (metric, part) => {
    const found = findQuery(metric, "promql", context);
    if (found === undefined) return undefined;
    if (part === "value" || part === "ratio") return readIn(found.spec, found.query, { use: { kind: part }, part: undefined }, context);
    return readIn(found.spec, found.query, { use: { kind: "events", counter: ratio?.counter ?? false }, part }, context);
  };
}

function datadogReader({ ratio }: Sli, context: SliContext): Reader<DatadogQuery> {
  const { version, report } = context;
  // v1alpha demands its word for it.
  if (ratio?.counter === true && version !== "openslo/v1alpha") {
    const reason = "a Datadog query says how it counts by `.as_count()`";
    report(opensloCodes["idle-setting"](placeOf(ratio.node, "counter"), { setting: "counter", reason }, { severity: "notice" }));
  }
  return (metric, part) => {
    const found = findQuery(metric, "datadog", context);
    if (found === undefined) return undefined;
    const use: DatadogUse = part === "value" || part === "ratio" ? part : "count";
    const query = readDatadog(found.query, use, { report });
    const [setting, ...others] = found.spec.entries.map(({ key }) => key).filter(({ text }) => HISTOGRAM_SETTINGS.includes(text));
    if (setting === undefined) return query;
    const settings = [setting, ...others].map(({ text }) => text);
    report(opensloCodes["prometheus-setting"](setting.at, { settings }));
    return undefined;
  };
}

interface Words {
  readonly system: string;
  /** Where the query may stand. */
  readonly queries: readonly string[];
  readonly settings: readonly string[];
  /** What `queryType` may be, in lower case. */
  readonly types: readonly string[];
}

const HISTOGRAM_SETTINGS = ["histogram", "below", "buckets"];

const WORDS: Readonly<Record<Language, Words>> = {
  promql: {
    system: "Prometheus",
    /** `promql` is Nobl9's word, and `expr` Prometheus's own. */
    queries: ["query", "promql", "expr"],
    settings: ["queryType", ...HISTOGRAM_SETTINGS],
    types: ["promql", "query", "prometheus"],
  },
  datadog: { system: "Datadog", queries: ["query"], settings: ["queryType"], types: ["query", "datadog"] },
};

/** v1alpha has the query and its language beside the source. */
const ALPHA: Pick<Words, "queries" | "settings"> = { queries: ["query"], settings: ["source", "queryType"] };

/** The free-form part of a metric and the query in it; undefined, with a report, where there is none in this language. */
function findQuery(
  metric: Metric,
  language: Language,
  context: SliContext,
): { readonly spec: YamlMap; readonly query: YamlScalar } | undefined {
  const { version, fields, report } = context;
  const isAlpha = version === "openslo/v1alpha";
  const { system, types } = WORDS[language];
  const { queries, settings } = isAlpha ? ALPHA : WORDS[language];
  const spec = metric.query?.kind === "map" ? metric.query : undefined;
  if (spec === undefined) {
    // The schema of v1 demands a spec, that of v2alpha does not.
    if (version === "openslo.com/v2alpha") {
      report(opensloCodes["query-missing"](metric.at, { key: undefined, nearest: undefined, language }));
    }
    return undefined;
  }
  const key = queries.find((name) => has(spec, name, context));
  const query = key === undefined ? undefined : fields.value(spec, key);
  const known = [...queries, ...settings];
  if (query?.kind !== "scalar" || key === undefined) {
    const slip = spec.entries
      .map((entry) => entry.key.text)
      .find((name) => key === undefined && !known.includes(name) && meantQuery(name, language) !== undefined);
    const at = entryOf(spec, key ?? slip ?? "")?.key.at ?? metric.at;
    const isReported = isAlpha || (version === "openslo/v1" && spec.entries.length === 0);
    if (!isReported) report(opensloCodes["query-missing"](at, { key, nearest: slip && meantQuery(slip, language), language }));
    return undefined;
  }
  if (!isAlpha) checkSettings(spec, key, language, report);
  const written = fields.text(spec, "queryType");
  if (written !== undefined && !types.includes(written.value.toLowerCase())) {
    report(opensloCodes["query-language"](written.at, { language: written.value, system }));
    return undefined;
  }
  return { spec, query };
}

function meantQuery(name: string, language: Language): string | undefined {
  const { queries } = WORDS[language];
  return language === "datadog" && WORDS.promql.queries.includes(name) ? "query" : nearest(name, queries);
}

function checkSettings(spec: YamlMap, queryKey: string, language: Language, report: Report): void {
  const { system, queries, settings } = WORDS[language];
  const known = [...queries, ...settings];
  for (const { key } of spec.entries) {
    const name = key.text;
    if (queries.includes(name) && name !== queryKey) {
      report(opensloCodes["idle-setting"](key.at, { setting: name, reason: `\`${queryKey}\` is the query` }));
    } else if (!known.includes(name) && !HISTOGRAM_SETTINGS.includes(name)) {
      report(opensloCodes["unread-setting"](key.at, { setting: name, nearest: nearest(name, known), known, system }));
    }
  }
}

function readIn(
  spec: YamlMap,
  scalar: YamlScalar,
  { use, part }: { readonly use: QueryUse; readonly part: Part | undefined },
  { fields, report, reading }: Pick<SliContext, "fields" | "report" | "reading">,
): PromqlQuery | undefined {
  if (isHistogram(spec, fields)) {
    if (part !== undefined) return readHistogram(spec, scalar, part, fields, report);
    const problem = "`histogram` belongs to the events of a ratio";
    report(opensloCodes["histogram-use"](placeOf(spec, "histogram"), { problem, help: "write `ratioMetric` with `good` and `total`" }));
    return undefined;
  }
  for (const setting of ["below", "buckets"]) {
    if (entryOf(spec, setting) === undefined) continue;
    const problem = `\`${setting}\` belongs to \`histogram\``;
    report(opensloCodes["histogram-use"](placeOf(spec, setting), { problem, help: "add `histogram: classic`, or `histogram: native`" }));
    return undefined;
  }
  const query = readPromql(scalar, use, { report, reading });
  if (query !== undefined && part !== undefined) checkBuckets(query, part, report);
  return query;
}
