import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import { divide, multiply, parseDecimal, toDecimal, type Rational } from "../../units/rational.ts";
import { headOf, textOf, valueOf, type YamlNode } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { decimalAt, textAt, valueSpan } from "./fields.ts";
import { limitText, splitLimit, UNITS, type Unit } from "./units.ts";

const BASE_UNITS: Readonly<Record<Unit["dimension"], string>> = { time: "seconds", size: "bytes", share: "ratio", none: "none" };

/** A guard's limit in the unit of its query's value, exactly. `inferred` is what the names in the query tell of that unit. */
export function limitOf(item: YamlNode, bound: "max" | "min", inferred: Unit | undefined, report: Report): Rational | undefined {
  const at = valueSpan(item, [bound], headOf(item));
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
  readonly at: Span;
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
