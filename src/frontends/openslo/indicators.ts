import type { Report } from "../../diagnostics/diagnostic.ts";
import type { EventsIndicator, PromqlQuery, RatioIndicator } from "../../model/model.ts";
import { readPromql, type QueryUse } from "../../model/query.ts";
import type { Reading } from "../../model/reading.ts";

import type { Span } from "../../diagnostics/source.ts";
import { nearest } from "../../units/identifier.ts";
import { entryOf, type YamlMap, type YamlScalar } from "../../yaml/tree.ts";
import { checkBuckets } from "./buckets.ts";
import { opensloCodes } from "./codes.ts";
import { placeOf, type Fields } from "./fields.ts";
import { isHistogram, readHistogram, type Part } from "./histogram.ts";
import { has, lacks } from "./presence.ts";
import type { Metric, Ratio, Sli, Version } from "./source.ts";
import { describeSystem, sameSystem, systemOf, type System } from "./sources.ts";
import type { ObjectTable } from "./table.ts";

export interface SliContext {
  readonly version: Version;
  readonly fields: Fields;
  readonly table: ObjectTable;
  readonly report: Report;
  readonly reading: Reading;
}

/** An indicator before the objective adds its limit to a threshold. */
export type LoweredSli = EventsIndicator | RatioIndicator | { readonly kind: "threshold"; readonly query: PromqlQuery; readonly at: Span };

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

/** The queries of an SLI; `slo` is named where they are no Prometheus queries. Undefined once the reason is reported. */
export function lowerSli(sli: Sli, slo: string, context: SliContext): LoweredSli | undefined {
  const { threshold, ratio } = sli;
  if (threshold !== undefined && ratio === undefined) {
    const query = speaksPromql(threshold, systemOf(threshold, context), slo, context) && readQuery(threshold, { kind: "value" }, context);
    return query ? { kind: "threshold", query, at: threshold.at } : undefined;
  }
  if (ratio === undefined || threshold !== undefined) return undefined;
  if (ratio.raw !== undefined) {
    const query = speaksPromql(ratio.raw, systemOf(ratio.raw, context), slo, context) && readQuery(ratio.raw, { kind: "ratio" }, context);
    const measures = ratio.rawType?.value;
    return query && (measures === "success" || measures === "failure") ? { kind: "ratio", measures, query, at: ratio.at } : undefined;
  }
  return lowerEvents(ratio, slo, context);
}

function lowerEvents(ratio: Ratio, slo: string, context: SliContext): EventsIndicator | undefined {
  const counted = ratio.good === undefined ? "bad" : "good";
  const [part, whole] = [ratio[counted], ratio.total];
  if (part === undefined || whole === undefined || (ratio.good !== undefined && ratio.bad !== undefined)) return undefined;
  const [one, other] = [systemOf(part, context), systemOf(whole, context)];
  if (one !== undefined && other !== undefined && !sameSystem(one, other)) {
    const params = { part: counted, one: describeSystem(one), other: describeSystem(other) };
    context.report(opensloCodes["mixed-sources"](part.at, params, { related: [{ at: whole.at, message: "the other one" }] }));
    return undefined;
  }
  // The same system twice is one complaint.
  if (!speaksPromql(part, one, slo, context) || (one?.type !== other?.type && !speaksPromql(whole, other, slo, context))) return undefined;
  const use: QueryUse = { kind: "events", counter: ratio.counter };
  const events = readQuery(part, use, context, counted);
  const total = other && readQuery(whole, use, context, "total");
  return events && total && { kind: "events", counted, events, total, at: ratio.at };
}

/** False where there is no PromQL to read, which is reported unless the system is unknown, which has been. */
function speaksPromql(metric: Metric, system: System | undefined, slo: string, { report }: SliContext): boolean {
  if (system !== undefined && !system.speaksPromql) {
    report(opensloCodes["no-prometheus-query"](metric.type?.at ?? metric.source?.at ?? metric.at, { slo, type: system.type }));
  }
  return system?.speaksPromql ?? false;
}

/** `promql` is Nobl9's word, and `expr` Prometheus's own. */
const QUERY_KEYS = ["query", "promql", "expr"];
const SETTINGS = ["queryType", "histogram", "below", "buckets"];
/** v1alpha has the query and its language beside the source. */
const ALPHA_SETTINGS = ["source", "queryType"];

function readQuery(metric: Metric, use: QueryUse, context: SliContext, part?: Part): PromqlQuery | undefined {
  const { version, fields, report, reading } = context;
  const spec = metric.query?.kind === "map" ? metric.query : undefined;
  if (spec === undefined) {
    // The schema of v1 demands a spec, that of v2alpha does not.
    if (version === "openslo.com/v2alpha") report(opensloCodes["query-missing"](metric.at, { key: undefined, nearest: undefined }));
    return undefined;
  }
  const key = QUERY_KEYS.find((name) => has(spec, name, context));
  const query = key === undefined ? undefined : fields.value(spec, key);
  const settings = version === "openslo/v1alpha" ? ALPHA_SETTINGS : SETTINGS;
  const known = [...(version === "openslo/v1alpha" ? ["query"] : QUERY_KEYS), ...settings];
  if (query?.kind !== "scalar" || key === undefined) {
    const slip = spec.entries
      .map((entry) => entry.key.text)
      .find((name) => key === undefined && !known.includes(name) && nearest(name, QUERY_KEYS) !== undefined);
    const at = entryOf(spec, key ?? slip ?? "")?.key.at ?? metric.at;
    const isReported = version === "openslo/v1alpha" || (version === "openslo/v1" && spec.entries.length === 0);
    if (!isReported) report(opensloCodes["query-missing"](at, { key, nearest: slip && nearest(slip, QUERY_KEYS) }));
    return undefined;
  }
  if (version !== "openslo/v1alpha") checkSettings(spec, key, known, report);
  const language = fields.text(spec, "queryType");
  if (language !== undefined && !["promql", "query", "prometheus"].includes(language.value.toLowerCase())) {
    report(opensloCodes["query-language"](language.at, { language: language.value }));
    return undefined;
  }
  return readIn(spec, query, { use, part }, { fields, report, reading });
}

function checkSettings(spec: YamlMap, queryKey: string, known: readonly string[], report: Report): void {
  for (const { key } of spec.entries) {
    const name = key.text;
    if (QUERY_KEYS.includes(name) && name !== queryKey) {
      report(opensloCodes["idle-setting"](key.at, { setting: name, reason: `\`${queryKey}\` is the query` }));
    } else if (!known.includes(name)) {
      report(opensloCodes["unread-setting"](key.at, { setting: name, nearest: nearest(name, known), known }));
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
