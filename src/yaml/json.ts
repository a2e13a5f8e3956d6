import { scalarValue, type ScalarRules } from "./scalar.ts";
import type { YamlNode } from "./tree.ts";

/** What a YAML or JSON document holds. Strings stay strings: the printer quotes what YAML 1.1 or 1.2 would read otherwise. */
export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

const exact = Symbol("exact decimal");

/** A number whose decimal text is already settled, so that no double touches it. Made by `exactNumber`, never confused with a map. */
export interface ExactNumber {
  readonly [exact]: string;
}

/** A number to be printed as `decimal`, such as `99.9`; throws a RangeError for anything but plain decimal text. */
export function exactNumber(decimal: string): ExactNumber {
  if (!/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(decimal)) throw new RangeError(`not a decimal number: ${decimal}`);
  return { [exact]: decimal };
}

/** The decimal text of an exact number; undefined for any other value. */
export function exactText(value: Json): string | undefined {
  return typeof value === "object" && value !== null && exact in value ? value[exact] : undefined;
}

/** Plain values for a schema validator; keys keep their order and are taken by their text. */
export function toJson(node: YamlNode, rules: ScalarRules): Json {
  switch (node.kind) {
    case "scalar":
      return scalarValue(node, rules);
    case "list":
      return node.items.map((item) => toJson(item, rules));
    case "map":
      // fromEntries defines properties, so that a key `__proto__` is a key like any other.
      return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, toJson(value, rules)]));
  }
}
