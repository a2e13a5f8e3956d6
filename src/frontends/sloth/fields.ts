import type { Span } from "../../diagnostics/source.ts";
import type { Entry } from "../../model/model.ts";
import { goText, scalarValue } from "../../yaml/scalar.ts";
import { valueOf, type YamlMap, type YamlNode, type YamlScalar } from "../../yaml/tree.ts";

/** Sloth reads with Go's YAML reader. */
export const RULES = "go-yaml-1.1";

/*
 * Readers for maps that a schema has checked: what has the wrong type has been reported, and is absent here.
 * A null counts as absent.
 */

export interface Field {
  readonly text: string;
  readonly at: Span;
}

export function scalarOf(map: YamlNode | undefined, key: string): YamlScalar | undefined {
  const node = valueOf(map, key);
  return node?.kind === "scalar" && scalarValue(node, RULES) !== null ? node : undefined;
}

/** As Sloth turns a scalar into text. */
export function fieldOf(map: YamlNode | undefined, key: string): Field | undefined {
  const scalar = scalarOf(map, key);
  return scalar && { text: goText(scalar, RULES), at: scalar.at };
}

export function flagOf(map: YamlNode | undefined, key: string): boolean {
  const scalar = scalarOf(map, key);
  return scalar !== undefined && scalarValue(scalar, RULES) === true;
}

export function mapOf(map: YamlNode | undefined, key: string): YamlMap | undefined {
  const node = valueOf(map, key);
  return node?.kind === "map" ? node : undefined;
}

export function itemsOf(map: YamlNode | undefined, key: string): readonly YamlNode[] {
  const node = valueOf(map, key);
  return node?.kind === "list" ? node.items : [];
}

/** Labels and annotations; Sloth reads a key `on` as `true` and a value `0.20` as `0.2`. */
export function entriesOf(map: YamlNode | undefined, key: string): readonly Entry[] {
  return (mapOf(map, key)?.entries ?? []).flatMap(({ key: name, value }) =>
    value.kind === "scalar" ? [{ key: goText(name, RULES), value: goText(value, RULES), at: name.at }] : [],
  );
}

/** Later lists win, key by key. */
export function mergedEntries(...lists: readonly (readonly Entry[])[]): readonly Entry[] {
  return [...new Map(lists.flat().map((entry) => [entry.key, entry])).values()];
}
