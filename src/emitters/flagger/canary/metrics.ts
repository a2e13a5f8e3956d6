import type { Report } from "../../../diagnostics/diagnostic.ts";
import { textAt, type KubernetesObject } from "../../../manifests/documents.ts";
import { nearest } from "../../../units/identifier.ts";
import { less, multiply, parseDecimal, rational, toDecimal, ZERO, type Rational } from "../../../units/rational.ts";
import { textOf, valueOf, type YamlNode } from "../../../yaml/tree.ts";
import { checkBuiltIn, isBuiltIn, isShare, lowestOf, BUILT_INS } from "./built-ins.ts";
import type { CanaryFile } from "./canary-file.ts";
import { canaryCodes } from "./codes.ts";
import { checkDuration, checkNumber, checkRequired, checkTexts, placeOf, rationalAt } from "./fields.ts";
import { checkInlineQuery } from "./inline-query.ts";

/** One of the user's own metrics: https://docs.flagger.app/usage/metrics */
export function checkMetric(metric: YamlNode, file: CanaryFile, report: Report): void {
  checkRequired(metric, "metric", ["name"], report);
  checkDuration(metric, "interval", file, report);
  for (const path of [["threshold"], ["thresholdRange", "min"], ["thresholdRange", "max"]]) checkNumber(metric, path, {}, report);
  checkTexts(metric, "templateVariables", report);
  // What else is said of a metric names it.
  if (nameOf(metric) === "") return;
  checkSources(metric, report);
  checkInterval(metric, file, report);
  checkRange(metric, report);
  checkUnit(metric, report);
  checkInlineQuery(metric, report);
  checkBuiltIn(metric, file, report);
}

function nameOf(metric: YamlNode): string {
  return textAt(metric, "name") ?? "";
}

function checkSources(metric: YamlNode, report: Report): void {
  const name = nameOf(metric);
  const sources = [
    ...(isBuiltIn(metric) ? ["Flagger's own query"] : []),
    ...((textAt(metric, "query") ?? "") === "" ? [] : ["`query`"]),
    ...(valueOf(metric, "templateRef") === undefined ? [] : ["`templateRef`"]),
  ];
  if (valueOf(metric, "templateRef") !== undefined) checkRequired(metric, "metric", ["templateRef", "name"], report);
  const at = placeOf(metric, "name");
  if (sources.length === 0) report(canaryCodes["no-source"](at, { name, suggestion: nearest(name, BUILT_INS) }));
  if (sources.length > 1) report(canaryCodes["two-sources"](at, { name, sources: sources.join(" and by ") }));
}

/** Inline and built-in checks have a default of one minute, templates have none. */
function checkInterval(metric: YamlNode, { others, canary }: CanaryFile, report: Report): void {
  const template = textAt(metric, "templateRef", "name");
  if (template === undefined || textOf(valueOf(metric, "interval")) !== undefined) return;
  const namespace = textAt(metric, "templateRef", "namespace") ?? canary.namespace;
  const known = others.find(
    (object) => object.kind === "MetricTemplate" && object.name === template && (object.namespace ?? namespace) === namespace,
  );
  if (known !== undefined && needsNoInterval(known)) return;
  report(canaryCodes["no-interval"](placeOf(metric, "name"), { name: nameOf(metric) }));
}

function needsNoInterval({ root }: KubernetesObject): boolean {
  const query = textAt(root, "spec", "query") ?? "";
  return textAt(root, "spec", "provider", "type") === "prometheus" && !/\{\{[^}]*\binterval\b/.test(query);
}

function checkRange(metric: YamlNode, report: Report): void {
  const [min, max] = [rationalAt(metric, "thresholdRange", "min"), rationalAt(metric, "thresholdRange", "max")];
  const at = placeOf(metric, "thresholdRange");
  if (min !== undefined && max !== undefined && less(max, min)) {
    report(canaryCodes["empty-range"](at, { min: toDecimal(min), max: toDecimal(max) }));
    return;
  }
  const range = valueOf(metric, "thresholdRange");
  const bound = (side: string): boolean => valueOf(range, side) !== undefined;
  const limit = LIMITS[nameOf(metric)] ?? { side: undefined, example: "{ max: 1 }", without: "passes only if it is not above 0" };
  const isBounded =
    range === undefined
      ? valueOf(metric, "threshold") !== undefined
      : limit.side === undefined
        ? bound("min") || bound("max")
        : bound(limit.side);
  if (isBounded) return;
  const effect = range === undefined ? limit.without : "passes whatever it measures";
  report(
    canaryCodes["no-limit"](range === undefined ? placeOf(metric, "name") : at, { name: nameOf(metric), effect, example: limit.example }),
  );
}

/** What Flagger makes of a built-in metric without any bound. */
const LIMITS: Readonly<Record<string, { readonly side: "min" | "max"; readonly example: string; readonly without: string }>> = {
  "request-success-rate": { side: "min", example: "{ min: 99 }", without: "passes whatever it measures" },
  "request-duration": { side: "max", example: "{ max: 500 }", without: "passes only below one millisecond" },
};

/** A success rate is in percent, a duration in whole milliseconds. */
function checkUnit(metric: YamlNode, report: Report): void {
  const name = nameOf(metric);
  if (name === "request-success-rate") {
    const lowest = lowestOf(metric);
    if (lowest === undefined || !isShare(lowest)) return;
    const text = toDecimal(lowest.value);
    report(
      canaryCodes["wrong-unit"](placeOf(metric, ...lowest.path), {
        field: lowest.field,
        text,
        unit: "percent",
        means: `Flagger compares percents: a release passes as soon as ${text} % of its requests succeed`,
        better: `${lowest.field}: ${toDecimal(multiply(lowest.value, rational(100)))}`,
      }),
    );
  }
  if (name === "request-duration")
    for (const path of [["threshold"], ["thresholdRange", "min"], ["thresholdRange", "max"]]) checkMilliseconds(metric, path, report);
}

function checkMilliseconds(metric: YamlNode, path: readonly string[], report: Report): void {
  const value = rationalAt(metric, ...path);
  if (value === undefined || value.d === 1n) return;
  const field = path.at(-1) ?? "";
  report(
    canaryCodes["wrong-unit"](placeOf(metric, ...path), {
      field,
      text: toDecimal(value),
      unit: "whole milliseconds",
      means: `Flagger cuts off the fraction: it means ${wholeOf(value)} ms`,
      better: `${field}: ${less(value, rational(60)) ? toDecimal(multiply(value, rational(1000))) : wholeOf(value)}`,
    }),
  );
}

function wholeOf({ n, d }: Rational): string {
  return toDecimal(parseDecimal((n / d).toString()) ?? ZERO);
}
