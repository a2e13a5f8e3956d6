import type { Report } from "../../diagnostics/diagnostic.ts";
import { readDatadog } from "../../model/datadog-query.ts";
import type { BoundIndicator, DatadogQuery, IndicatorBinding, PromqlQuery, Query } from "../../model/model.ts";
import { readPromql } from "../../model/query.ts";
import type { Reading } from "../../model/reading.ts";
import { parseDecimal } from "../../units/rational.ts";
import { numberText } from "../../yaml/scalar.ts";
import { entryOf, textOf, valueOf, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from "../../yaml/tree.ts";

/** Reads a query for what it is in an indicator. */
type Reader<Q extends Query> = (scalar: YamlScalar, use: "count" | "value" | "ratio") => Q | undefined;

interface Context {
  readonly report: Report;
  readonly reading: Reading;
}

/** The spec of an `IndicatorBinding` that is valid by its schema. An indicator that cannot be read is reported and left out. */
export function lowerBinding(spec: YamlMap, context: Context): IndicatorBinding | undefined {
  const slo = valueOf(spec, "slo");
  if (slo === undefined) return undefined;
  const prometheus = indicatorOf(entryOf(spec, "prometheus"), promqlReader(context));
  const datadog = indicatorOf(entryOf(spec, "datadog"), datadogReader(context));
  return { slo: textOf(slo) ?? "", indicators: { ...(prometheus && { prometheus }), ...(datadog && { datadog }) }, at: slo.at };
}

function promqlReader(context: Context): Reader<PromqlQuery> {
  return (scalar, use) => readPromql(scalar, use === "count" ? { kind: "events", counter: true } : { kind: use }, context);
}

function datadogReader({ report }: Context): Reader<DatadogQuery> {
  return (scalar, use) => readDatadog(scalar, use, { report });
}

function indicatorOf<Q extends Query>(entry: YamlEntry | undefined, read: Reader<Q>): BoundIndicator<Q> | undefined {
  if (entry === undefined) return undefined;
  const { key, value: node } = entry;
  const at = key.at;
  const [ratio, value] = [queryAt(node, "ratio", "ratio", read), queryAt(node, "value", "value", read)];
  if (ratio !== undefined) {
    const measures = textOf(valueOf(node, "measures")) === "success" ? "success" : "failure";
    return { kind: "ratio", measures, query: ratio, at };
  }
  if (value !== undefined) {
    const written = valueOf(node, "limit");
    const limit = written?.kind === "scalar" ? parseDecimal(numberText(written, "yaml-1.2") ?? "") : undefined;
    return { kind: "threshold", query: value, ...(limit && { limit }), at };
  }
  const counted = valueOf(node, "good") === undefined ? "bad" : "good";
  const [events, total] = [queryAt(node, counted, "count", read), queryAt(node, "total", "count", read)];
  return events && total && { kind: "events", counted, events, total, at };
}

function queryAt<Q extends Query>(node: YamlNode, key: string, use: "count" | "value" | "ratio", read: Reader<Q>): Q | undefined {
  const scalar = valueOf(node, key);
  return scalar?.kind === "scalar" ? read(scalar, use) : undefined;
}
