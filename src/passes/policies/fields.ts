import type { Span } from "../../diagnostics/source.ts";
import { parseDuration, type Seconds } from "../../units/duration.ts";
import { parseDecimal, toNumber, type Rational } from "../../units/rational.ts";
import { numberText, scalarValue } from "../../yaml/scalar.ts";
import { entryOf, textOf, valueOf, type YamlEntry, type YamlMap, type YamlNode } from "../../yaml/tree.ts";

/** How a policy's plain scalars are read. */
export const RULES = "yaml-1.2";

/*
 * Readers for trees that a schema has checked, before or after they were merged: what is absent is the default's affair.
 */

type Path = readonly string[];

export function textAt(node: YamlNode | undefined, ...path: Path): string | undefined {
  return textOf(valueOf(node, ...path));
}

export function decimalAt(node: YamlNode | undefined, ...path: Path): Rational | undefined {
  const found = valueOf(node, ...path);
  return found?.kind === "scalar" ? parseDecimal(numberText(found, RULES) ?? "") : undefined;
}

export function wholeAt(node: YamlNode | undefined, ...path: Path): number | undefined {
  const value = decimalAt(node, ...path);
  return value && toNumber(value);
}

export function durationAt(node: YamlNode | undefined, ...path: Path): Seconds | undefined {
  return parseDuration(textAt(node, ...path) ?? "");
}

export function flagAt(node: YamlNode | undefined, ...path: Path): boolean | undefined {
  const found = valueOf(node, ...path);
  const value = found?.kind === "scalar" ? scalarValue(found, RULES) : undefined;
  return typeof value === "boolean" ? value : undefined;
}

export function entriesAt(node: YamlNode | undefined, ...path: Path): readonly YamlEntry[] {
  const found = valueOf(node, ...path);
  return found?.kind === "map" ? found.entries : [];
}

export function itemsAt(node: YamlNode | undefined, ...path: Path): readonly YamlNode[] {
  const found = valueOf(node, ...path);
  return found?.kind === "list" ? found.items : [];
}

export function mapAt(node: YamlNode | undefined, ...path: Path): YamlMap | undefined {
  const found = valueOf(node, ...path);
  return found?.kind === "map" ? found : undefined;
}

/** The key that the path ends in; of an absent one, the nearest key around it. */
export function keySpan(root: YamlNode | undefined, path: Path, otherwise: Span): Span {
  const last = path.at(-1);
  if (last === undefined) return otherwise;
  const around = path.slice(0, -1);
  return entryOf(valueOf(root, ...around), last)?.key.at ?? keySpan(root, around, otherwise);
}

/** The value itself where it is one word or number, else its key. */
export function valueSpan(root: YamlNode | undefined, path: Path, otherwise: Span): Span {
  const found = valueOf(root, ...path);
  return found?.kind === "scalar" && found.style !== "missing" ? found.at : keySpan(root, path, otherwise);
}
