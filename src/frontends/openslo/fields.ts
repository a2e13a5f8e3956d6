import type { Span } from "../../diagnostics/source.ts";
import { parseDecimal, type Rational } from "../../units/rational.ts";
import { numberText, scalarValue, type ScalarRules } from "../../yaml/scalar.ts";
import { entryOf, headOf, valueOf, type YamlMap, type YamlNode, type YamlScalar } from "../../yaml/tree.ts";
import type { Field } from "./source.ts";

/** Reads maps whose shape a schema has checked: what has the wrong type is absent here, since it is reported already. */
export interface Fields {
  /** The value under a key, unless it is null: the Go SDK reads a null as if the key were absent. */
  readonly value: (map: YamlNode | undefined, key: string) => YamlNode | undefined;
  readonly text: (map: YamlNode | undefined, key: string) => Field<string> | undefined;
  readonly decimal: (map: YamlNode | undefined, key: string) => Field<Rational> | undefined;
  readonly flag: (map: YamlNode | undefined, key: string) => boolean | undefined;
  readonly map: (map: YamlNode | undefined, key: string) => YamlMap | undefined;
  readonly list: (map: YamlNode | undefined, key: string) => readonly YamlNode[];
  /** What a scalar is to the format: text, number, boolean or null. */
  readonly plain: (scalar: YamlScalar) => string | number | boolean | null;
}

export function fieldsBy(rules: ScalarRules): Fields {
  const plain = (scalar: YamlScalar): string | number | boolean | null => scalarValue(scalar, rules);
  const value = (map: YamlNode | undefined, key: string): YamlNode | undefined => {
    const node = valueOf(map, key);
    return node?.kind === "scalar" && plain(node) === null ? undefined : node;
  };
  const scalar = (map: YamlNode | undefined, key: string): YamlScalar | undefined => {
    const node = value(map, key);
    return node?.kind === "scalar" ? node : undefined;
  };
  return {
    value,
    plain,
    text: (map, key) => {
      const node = scalar(map, key);
      const text = node && plain(node);
      return node !== undefined && typeof text === "string" ? { value: text, at: node.at } : undefined;
    },
    decimal: (map, key) => {
      const node = scalar(map, key);
      const exact = node && parseDecimal(numberText(node, rules) ?? "");
      return exact && { value: exact, at: node.at };
    },
    flag: (map, key) => {
      const node = scalar(map, key);
      const value = node && plain(node);
      return typeof value === "boolean" ? value : undefined;
    },
    map: (map, key) => {
      const node = value(map, key);
      return node?.kind === "map" ? node : undefined;
    },
    list: (map, key) => {
      const node = value(map, key);
      return node?.kind === "list" ? node.items : [];
    },
  };
}

/** Where to point for what a key holds: the key, or the start of its map where the key is absent. */
export function placeOf(map: YamlNode, key: string): Span {
  return entryOf(map, key)?.key.at ?? headOf(map);
}
