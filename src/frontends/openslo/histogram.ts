import type { Report } from "../../diagnostics/diagnostic.ts";
import type { PromqlQuery } from "../../model/model.ts";
import type { Expr, Matcher, VectorSelector } from "../../promql/ast.ts";
import { aggregate, binary, call, number, range, series, WINDOW } from "../../promql/build.ts";
import { parseExpr } from "../../promql/parse.ts";
import { seriesName } from "../../promql/rewrite.ts";
import { nearest } from "../../units/identifier.ts";
import {
  compare,
  divide,
  equal,
  multiply,
  ONE,
  parseDecimal,
  rational,
  toDecimal,
  toNumber,
  ZERO,
  type Rational,
} from "../../units/rational.ts";
import { entryOf, valueOf, type YamlMap, type YamlNode, type YamlScalar } from "../../yaml/tree.ts";
import { opensloCodes } from "./codes.ts";
import { placeOf, type Fields } from "./fields.ts";

/*
 * Latency in the user's terms: a histogram and the bound below which an event is good.
 *
 *   good:  { query: 'http_request_duration_seconds{job="api"}', histogram: classic, below: 300ms, buckets: [0.1, 0.3, 1] }
 *   total: { query: 'http_request_duration_seconds{job="api"}', histogram: classic }
 */

export type Part = "good" | "bad" | "total";

export function isHistogram(spec: YamlMap, fields: Fields): boolean {
  return fields.value(spec, "histogram") !== undefined;
}

export function readHistogram(spec: YamlMap, scalar: YamlScalar, part: Part, fields: Fields, report: Report): PromqlQuery | undefined {
  const kind = readKind(spec, fields, report);
  const selector = readSelector(scalar, report);
  const below = fields.value(spec, "below");
  const misuse = misuseOf(part, below);
  if (misuse !== undefined) {
    report(opensloCodes["histogram-use"](placeOf(spec, misuse.key), misuse));
    return undefined;
  }
  if (kind === undefined || selector === undefined) return undefined;
  if (below === undefined) {
    return query(scalar, kind === "classic" ? rateOf(suffixed(selector, "_count")) : call("histogram_count", rateOf(selector)));
  }
  const bound = readBound(below, placeOf(spec, "below"), nameOf(selector), report);
  if (bound === undefined) return undefined;
  if (kind === "classic") {
    return isBucket(bound, below, spec, fields, report)
      ? query(scalar, rateOf(withBound(suffixed(selector, "_bucket"), bound)))
      : undefined;
  }
  if (entryOf(spec, "buckets") !== undefined) {
    const reason = "a native histogram has no fixed buckets; Prometheus interpolates";
    report(opensloCodes["idle-setting"](placeOf(spec, "buckets"), { setting: "buckets", reason }));
  }
  const share = call("histogram_fraction", number("0"), number(toDecimal(bound)), rateOf(selector));
  return query(scalar, binary(share, "*", call("histogram_count", rateOf(selector))));
}

function misuseOf(
  part: Part,
  below: YamlNode | undefined,
): { readonly key: string; readonly problem: string; readonly help: string } | undefined {
  if (part === "bad") {
    const problem = "`bad` counts events above a bound, which no bucket holds";
    return { key: "histogram", problem, help: "give `good` with `below` instead of `bad`" };
  }
  if (part === "total" && below !== undefined) {
    return { key: "below", problem: "`total` counts all events, so it has no bound", help: "remove `below` here; it belongs to `good`" };
  }
  if (part === "good" && below === undefined) {
    const problem = "this histogram has no bound, so every event would be good";
    return { key: "histogram", problem, help: "add `below`, such as `below: 300ms`" };
  }
  return undefined;
}

const rateOf = (selector: VectorSelector): Expr => aggregate("sum", call("rate", range(selector, WINDOW)));

function query(scalar: YamlScalar, tree: Expr): PromqlQuery {
  return { kind: "promql", text: scalar.text, templated: false, tree, scalar };
}

function readKind(spec: YamlMap, fields: Fields, report: Report): "classic" | "native" | undefined {
  const node = fields.value(spec, "histogram");
  const word = node?.kind === "scalar" ? node.text : "";
  if (word === "classic" || word === "native") return word;
  report(
    opensloCodes["histogram-kind"](node?.kind === "scalar" ? node.at : placeOf(spec, "histogram"), {
      kind: word,
      nearest: nearest(word, ["classic", "native"]),
    }),
  );
  return undefined;
}

/** The histogram by its own name: what it is called without `_bucket`, `_count` or `_sum`. */
function readSelector(scalar: YamlScalar, report: Report): VectorSelector | undefined {
  const parsed = parseExpr(scalar.text);
  const complaint = parsed.ok ? complaintAbout(parsed.expr) : { reason: parsed.error.message };
  if (complaint === undefined && parsed.ok && parsed.expr.kind === "vector") return parsed.expr;
  const { reason = "", suffix = "" } = complaint ?? {};
  const suggestion = suffix === "" ? undefined : `'${scalar.text.replace(suffix, "")}'`;
  report(opensloCodes["histogram-query"](scalar.at, { reason, suggestion }));
  return undefined;
}

function complaintAbout(expr: Expr): { readonly reason: string; readonly suffix?: string } | undefined {
  if (expr.kind !== "vector") return { reason: "it is an expression" };
  if (expr.offset !== undefined || expr.anchor !== undefined) return { reason: "it has an `offset` or `@`" };
  const name = nameOf(expr);
  const suffix = /_(?:bucket|count|sum)$/.exec(name)?.[0];
  if (name === "") return { reason: "it has no name of its own" };
  if (suffix !== undefined) return { reason: `\`${suffix}\` is one of its parts`, suffix };
  return expr.matchers.some(({ label }) => label === "le") ? { reason: "it chooses a bucket already" } : undefined;
}

const nameOf = (selector: VectorSelector): string => seriesName(selector) ?? "";

function suffixed(selector: VectorSelector, suffix: string): VectorSelector {
  return series(
    nameOf(selector) + suffix,
    selector.matchers.filter(({ label }) => label !== "__name__"),
  );
}

/**
 * Prometheus 3 stores whole bounds as `1.0`; before it, they are as the target writes them, which is `1` from most clients.
 * https://prometheus.io/docs/prometheus/3.0/migration/#le-and-quantile-label-values
 */
function withBound(selector: VectorSelector, bound: Rational): VectorSelector {
  const text = boundText(bound);
  const le: Matcher = /^\d+$/.test(text) ? { label: "le", op: "=~", value: `${text}(\\.0)?` } : { label: "le", op: "=", value: text };
  return { ...selector, matchers: [...selector.matchers, le] };
}

/** As Go's client library prints a bound (`strconv.FormatFloat(x, 'g', -1, 64)`): small ones with a two-digit exponent. */
function boundText(bound: Rational): string {
  const value = toNumber(bound);
  return value >= 1e-4 ? toDecimal(bound) : value.toExponential().replace(/e-(\d)$/, "e-0$1");
}

const UNITS: Readonly<Record<string, Rational>> = { us: rational(1, 1_000_000), ms: rational(1, 1000), s: rational(1), m: rational(60) };

/** The bound in the histogram's own unit, which its name tells. */
function readBound(node: YamlNode, keyAt: YamlScalar["at"], metric: string, report: Report): Rational | undefined {
  const text = node.kind === "scalar" ? node.text.trim() : "";
  const at = node.kind === "scalar" ? node.at : keyAt;
  const match = /^(\d*\.?\d+(?:[eE][+-]?\d+)?)\s*(us|ms|s|m)?$/.exec(text);
  const value = parseDecimal(match?.[1] ?? "");
  if (value === undefined || compare(value, ZERO) <= 0) {
    report(
      opensloCodes["bad-below"](at, {
        text,
        reason: "it must be a number above 0, with or without a unit",
        help: "write a bound such as `below: 300ms`",
      }),
    );
    return undefined;
  }
  const base = /_(?:milliseconds|ms)$/.test(metric) ? "ms" : /_seconds$/.test(metric) ? "s" : undefined;
  const unit = match?.[2];
  if (unit !== undefined && base === undefined) {
    const help = `write the bound as the buckets have it, without \`${unit}\``;
    report(opensloCodes["bad-below"](at, { text, reason: `the name \`${metric}\` tells no unit of time`, help }));
    return undefined;
  }
  const bound = unit === undefined || base === undefined ? value : divide(multiply(value, UNITS[unit] ?? ONE), UNITS[base] ?? ONE);
  const looksLikeOther = unit === undefined && (base === "s" ? toNumber(bound) > 100 : base === "ms" && toNumber(bound) < 1);
  if (looksLikeOther)
    report(opensloCodes["below-unit"](at, { bound: toDecimal(bound), unit: base === "s" ? "seconds" : "milliseconds", metric }));
  return bound;
}

function isBucket(bound: Rational, below: YamlNode, spec: YamlMap, fields: Fields, report: Report): boolean {
  const items = fields.list(spec, "buckets");
  const buckets = items.map((item) => parseDecimal(item.kind === "scalar" ? item.text : "")).filter((bucket) => bucket !== undefined);
  if (valueOf(spec, "buckets") === undefined) return true;
  if (buckets.length === 0 || buckets.length < items.length) {
    const problem = "`buckets` must be the histogram's bounds, as numbers";
    report(
      opensloCodes["histogram-use"](entryOf(spec, "buckets")?.key.at, {
        problem,
        help: "write them as the metric has them, such as `buckets: [0.1, 0.3, 1]`",
      }),
    );
    return false;
  }
  if (buckets.some((bucket) => equal(bucket, bound))) return true;
  const distance = (bucket: Rational): number => Math.abs(toNumber(bucket) - toNumber(bound));
  const close = buckets.reduce((best, bucket) => (distance(bucket) < distance(best) ? bucket : best));
  report(
    opensloCodes["below-not-a-bucket"](below.at, { below: toDecimal(bound), buckets: buckets.map(toDecimal), nearest: toDecimal(close) }),
  );
  return false;
}
