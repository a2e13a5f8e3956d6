import type { Report } from "../../diagnostics/diagnostic.ts";
import type { PromqlQuery } from "../../model/model.ts";
import type { Guard } from "../../model/policy.ts";
import { readPromql } from "../../model/query.ts";
import { STRICT_READING } from "../../model/reading.ts";
import type { Call, Expr } from "../../promql/ast.ts";
import { outputLabels, partsOf } from "../../promql/rewrite.ts";
import { divide, multiply, parseDecimal, toDecimal, type Rational } from "../../units/rational.ts";
import { spanWithin } from "../../yaml/locate.ts";
import { headOf, textOf, valueOf, type YamlMap, type YamlNode, type YamlScalar } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { decimalAt, itemsAt, textAt, valueSpan } from "./fields.ts";
import { limitText, splitLimit, UNITS, unitOf, type Unit } from "./units.ts";

/** The policy's plain thresholds; one that is wrong is reported and left out. */
export function guardsOf(spec: YamlMap, report: Report): readonly Guard[] {
  const names = new Set<string>();
  return itemsAt(spec, "guards").flatMap((item) => {
    const name = textAt(item, "name") ?? "";
    const at = valueSpan(item, ["name"], headOf(item));
    if (names.has(name)) report(policyCodes["guard-twice"](at, { name }));
    names.add(name);
    const query = guardQuery(valueOf(item, "query"), report);
    if (query?.tree === undefined) return [];
    const bound = valueOf(item, "max") === undefined ? "min" : "max";
    const limit = limitOf(item, bound, query.tree, report);
    const action = textAt(item, "action") === "fail" ? "fail" : "hold";
    return limit === undefined ? [] : [{ name, query, bound, limit, action, at }];
  });
}

function guardQuery(node: YamlNode | undefined, report: Report): PromqlQuery | undefined {
  if (node?.kind !== "scalar") return undefined;
  const query = readPromql(node, { kind: "value" }, { report, reading: STRICT_READING });
  const labels = query?.tree === undefined ? undefined : outputLabels(query.tree);
  if (query?.tree === undefined || labels === undefined) return undefined;
  if (labels !== "unknown" && labels.known.length === 0) return query;
  const quantile = partsOf(query.tree).find(isSpread);
  if (quantile === undefined) report(policyCodes["guard-series"](node.at, { labels: labels === "unknown" ? undefined : labels.known }));
  else report(policyCodes["quantile-without-le"](placeOf(node, quantile), {}));
  return undefined;
}

/** A quantile for every series that its buckets come from. */
function isSpread(part: Expr): part is Call {
  if (part.kind !== "call" || part.function !== "histogram_quantile" || part.args[1] === undefined) return false;
  const labels = outputLabels(part.args[1]);
  return labels === "unknown";
}

function placeOf(scalar: YamlScalar, { at }: Expr): YamlScalar["at"] {
  return at === undefined ? scalar.at : spanWithin(scalar, at.start, at.end);
}

const BASE_UNITS: Readonly<Record<Unit["dimension"], string>> = { time: "seconds", size: "bytes", share: "ratio", none: "none" };

/** The limit in the unit of the query's value, exactly. */
function limitOf(item: YamlNode, bound: "max" | "min", tree: Expr, report: Report): Rational | undefined {
  const at = valueSpan(item, [bound], headOf(item));
  const inferred = unitOf(tree);
  const stated = UNITS.get(textAt(item, "unit") ?? "");
  if (stated !== undefined && inferred !== undefined && stated.word !== inferred.word && !(isPlain(stated) && isPlain(inferred))) {
    const span = valueSpan(item, ["unit"], at);
    report(policyCodes["guard-unit-differs"](span, { stated: stated.word, inferred: inferred.word }));
    return undefined;
  }
  const unit = stated ?? inferred;
  const number = decimalAt(item, bound);
  if (number !== undefined) return plainLimit(number, { at, bound, unit, stated: stated !== undefined }, report);
  const limit = splitLimit(textOf(valueOf(item, bound)) ?? "");
  const amount = limit && parseDecimal(limit.amount);
  if (limit === undefined || amount === undefined) return undefined;
  if (unit === undefined) {
    const help = `add \`unit: ${BASE_UNITS[limit.unit.dimension]}\`, or whatever the metric is measured in`;
    report(policyCodes["guard-unit-missing"](at, { missing: "query", help }));
    return undefined;
  }
  if (unit.dimension !== limit.unit.dimension) {
    report(policyCodes["guard-unit"](at, { found: limit.unit.word, ...wantedOf(unit, limit.unit, bound) }));
    return undefined;
  }
  return divide(multiply(amount, limit.unit.size), unit.size);
}

/** A ratio is a plain number, and often just meant as one. */
function isPlain({ dimension, word }: Unit): boolean {
  return dimension === "none" || word === "ratio";
}

interface PlainLimit {
  readonly at: YamlScalar["at"];
  readonly bound: "max" | "min";
  readonly unit: Unit | undefined;
  /** The policy itself says the unit. */
  readonly stated: boolean;
}

/** A number alone is in the unit that `unit` states; the name of a metric does not say that the author knew it. */
function plainLimit(number: Rational, { at, bound, unit, stated }: PlainLimit, report: Report): Rational | undefined {
  if (stated || unit === undefined || (unit.dimension !== "time" && unit.dimension !== "size")) return number;
  const amount = toDecimal(number);
  const help = `add the unit that you mean: ${unit.word} would be \`${bound}: ${limitText(amount, unit) ?? amount}\``;
  report(policyCodes["guard-unit-missing"](at, { missing: "limit", help }));
  return undefined;
}

/** What a limit of another dimension should have been. */
function wantedOf(unit: Unit, found: Unit, bound: "max" | "min"): { readonly wanted: string; readonly help: string } {
  switch (unit.dimension) {
    case "none": {
      const orShare = found.dimension === "share" ? ", or divide the query by what would be 100 %" : "";
      return { wanted: "a plain number", help: `write the limit as a plain number${orShare}` };
    }
    case "share":
      return { wanted: unit.word === "ratio" ? "a ratio" : unit.word, help: `write the limit as a share, such as \`${bound}: 2%\`` };
    case "time":
    case "size": {
      const text = limitText("400", unit);
      return { wanted: unit.word, help: `write the limit in ${unit.word}${text === undefined ? "" : `, such as \`${bound}: ${text}\``}` };
    }
  }
}
