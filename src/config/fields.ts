import { parseDuration, type Seconds } from "../units/duration.ts";
import { scalarValue } from "../yaml/scalar.ts";
import { textOf, valueOf, type YamlEntry, type YamlNode } from "../yaml/tree.ts";
import type { Located } from "./config.ts";

/** How a configuration's plain scalars are read. */
export const RULES = "yaml-1.2";

/*
 * Readers for nodes that the schema has checked: what has the wrong type has been reported, and is absent here.
 */

export function texts(node: YamlNode | undefined): readonly Located[] | undefined {
  return node?.kind === "list" ? node.items.map(located) : undefined;
}

export function located(node: YamlNode): Located {
  return { text: textOf(node) ?? "", at: node.at };
}

export function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === "list" ? node.items : [];
}

export function entriesOf(node: YamlNode | undefined): readonly YamlEntry[] {
  return node?.kind === "map" ? node.entries : [];
}

export function flag(node: YamlNode | undefined): boolean | undefined {
  const value = node?.kind === "scalar" ? scalarValue(node, RULES) : undefined;
  return typeof value === "boolean" ? value : undefined;
}

export function textAt(node: YamlNode | undefined, key: string): string | undefined {
  return textOf(valueOf(node, key));
}

export function durationAt(node: YamlNode | undefined, key: string): Seconds | undefined {
  return parseDuration(textAt(node, key) ?? "");
}
