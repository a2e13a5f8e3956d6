import type { Report } from "../../../diagnostics/diagnostic.ts";
import { textAt } from "../../../manifests/documents.ts";
import type { FlaggerPolicy } from "../../../model/policy.ts";
import type { Matcher } from "../../../promql/ast.ts";
import { selectorsOf } from "../../../promql/walk.ts";
import { compare, less, multiply, ONE, parseDecimal, rational, toDecimal, ZERO, type Rational } from "../../../units/rational.ts";
import { valueOf, type YamlNode } from "../../../yaml/tree.ts";
import type { CanaryFile } from "./canary-file.ts";
import { canaryCodes } from "./codes.ts";
import { placeOf, rationalAt } from "./fields.ts";

/** Names that bring a query of Flagger's own: https://docs.flagger.app/usage/metrics#builtin-metrics */
export const BUILT_INS: readonly string[] = ["request-success-rate", "request-duration"];

export function isBuiltIn(metric: YamlNode): boolean {
  return BUILT_INS.includes(textAt(metric, "name") ?? "");
}

interface Bound {
  readonly value: Rational;
  /** `min`, `max` or `threshold`. */
  readonly field: string;
  readonly path: readonly string[];
}

/** The lowest success rate that passes; `threshold` counts only where there is no range. */
export function lowestOf(metric: YamlNode): Bound | undefined {
  return boundOf(metric, "min");
}

function boundOf(metric: YamlNode, side: "min" | "max"): Bound | undefined {
  const path = valueOf(metric, "thresholdRange") === undefined ? ["threshold"] : ["thresholdRange", side];
  const value = rationalAt(metric, ...path);
  return value && { value, field: path.at(-1) ?? "", path };
}

/** A share written where Flagger compares percents. */
export function isShare({ value }: Bound): boolean {
  return compare(value, ZERO) > 0 && compare(value, ONE) <= 0;
}

/** Warns where Flagger's own check lets pass what an SLO of the policy counts as broken. */
export function checkBuiltIn(metric: YamlNode, { policy }: CanaryFile, report: Report): void {
  const isRate = textAt(metric, "name") === "request-success-rate";
  if (!isRate && textAt(metric, "name") !== "request-duration") return;
  const bound = boundOf(metric, isRate ? "min" : "max");
  const promise = isRate ? availabilityOf(policy) : latencyOf(policy);
  if (bound === undefined || promise === undefined || (isRate && isShare(bound))) return;
  if (isRate ? compare(bound.value, promise.value) >= 0 : compare(bound.value, promise.value) <= 0) return;
  const params = {
    metric: textAt(metric, "name") ?? "",
    bound: `${bound.field}: ${toDecimal(bound.value)}`,
    slo: promise.slo,
    promise: promise.words,
    better: `${bound.field}: ${toDecimal(promise.value)}`,
    enforced: policy.enforcement === "enforce",
  };
  const related = [{ at: promise.at, message: "the SLO, in this policy" }];
  report(canaryCodes["laxer-than-slo"](placeOf(metric, ...bound.path), params, { related }));
}

interface Promised {
  /** In percent, or in milliseconds. */
  readonly value: Rational;
  readonly slo: string;
  readonly words: string;
  readonly at: YamlNode["at"];
}

const PERCENT = rational(100);

/** The highest target among the SLOs that tell good requests from bad ones by their status. */
function availabilityOf({ gates }: FlaggerPolicy): Promised | undefined {
  const promises = gates.flatMap(({ slo, at }): readonly Promised[] => {
    const matchers = eventMatchers(slo.indicators.prometheus);
    if (!matchers.some(({ label }) => STATUS_LABELS.test(label)) || matchers.some(({ label }) => label === "le")) return [];
    const value = multiply(slo.objective.target, PERCENT);
    return [{ value, slo: slo.id, words: `${toDecimal(value)} % of good requests`, at }];
  });
  return promises.reduce<Promised | undefined>(
    (best, each) => (best === undefined || less(best.value, each.value) ? each : best),
    undefined,
  );
}

const STATUS_LABELS = /(?:^|_)(?:code|status|class|classification)$/;

/** Flagger's duration is the 99th percentile, so an SLO on a smaller share of the requests says nothing about it. */
const QUANTILE = rational(99, 100);

/** Of these ingresses Flagger takes the mean instead. */
const MEANS: readonly string[] = ["nginx", "skipper"];

/** The lowest bound among the SLOs that promise at least 99 % of the requests below a bucket's. */
function latencyOf({ gates, controller }: FlaggerPolicy): Promised | undefined {
  if (MEANS.includes(controller.provider)) return undefined;
  const promises = gates.flatMap(({ slo, at }): readonly Promised[] => {
    const bound = bucketBound(slo.indicators.prometheus);
    if (bound === undefined || less(slo.objective.target, QUANTILE)) return [];
    const share = toDecimal(multiply(slo.objective.target, PERCENT));
    return [{ value: bound, slo: slo.id, words: `${share} % of the requests within ${toDecimal(bound)} ms`, at }];
  });
  return promises.reduce<Promised | undefined>(
    (best, each) => (best === undefined || less(each.value, best.value) ? each : best),
    undefined,
  );
}

type PrometheusIndicator = FlaggerPolicy["gates"][number]["slo"]["indicators"]["prometheus"];

function eventMatchers(indicator: PrometheusIndicator): readonly Matcher[] {
  const tree = indicator?.kind === "events" ? indicator.events.tree : undefined;
  return tree === undefined ? [] : selectorsOf(tree).flatMap(({ matchers }) => matchers);
}

/** The one bound of the buckets that an indicator counts, in milliseconds; undefined where it or its unit is not known. */
function bucketBound(indicator: PrometheusIndicator): Rational | undefined {
  const tree = indicator?.kind === "events" ? indicator.events.tree : undefined;
  const [selector, second] = tree === undefined ? [] : selectorsOf(tree);
  if (selector === undefined || second !== undefined || typeof selector.name !== "string") return undefined;
  const unit = /_(seconds|milliseconds|ms)_bucket$/.exec(selector.name)?.[1];
  const le = selector.matchers.find(({ label }) => label === "le");
  const value = typeof le?.value === "string" && unit !== undefined ? boundIn(le.value, le.op) : undefined;
  return value && multiply(value, rational(unit === "seconds" ? 1000 : 1));
}

/** `0.3`, or the ways in which exporters write one number: `1(\.0)?`, `0\.3|0\.30`. */
function boundIn(text: string, op: Matcher["op"]): Rational | undefined {
  if (op === "=") return parseDecimal(text);
  if (op !== "=~") return undefined;
  const values = text.split("|").map((each) => parseDecimal(each.replace(/\(\\\.0\+?\)\?$/, "").replaceAll("\\.", ".")));
  const [first] = values;
  return values.every((each) => each !== undefined && first !== undefined && compare(each, first) === 0) ? first : undefined;
}
