import type { Span } from "../diagnostics/source.ts";

/**
 * A YAML or JSON document with a place for every node.
 * Aliases stand for the node they name and merge keys (`<<`) are expanded, so readers see plain maps, lists and scalars.
 * A scalar keeps its text: whether `yes`, `010` or `1.10` is a string, a number or a boolean is decided by the format that reads it.
 */
export type YamlNode = YamlMap | YamlList | YamlScalar;

export interface YamlMap {
  readonly kind: "map";
  readonly entries: readonly YamlEntry[];
  readonly at: Span;
}

export interface YamlEntry {
  readonly key: YamlScalar;
  readonly value: YamlNode;
}

export interface YamlList {
  readonly kind: "list";
  readonly items: readonly YamlNode[];
  readonly at: Span;
}

export interface YamlScalar {
  readonly kind: "scalar";
  /** The text after unquoting, unescaping and unfolding. */
  readonly text: string;
  /** `missing` is the null of `key:` with nothing after it. */
  readonly style: "plain" | "single" | "double" | "literal" | "folded" | "missing";
  /** An explicit tag such as `!!str`, in its long form (`tag:yaml.org,2002:str`). */
  readonly tag?: string;
  /** The scalar as written, quotes and block header included. Of zero width, at the end of the key, if `missing`. */
  readonly at: Span;
}

/** One step from a map or list to what it holds. */
export type PathStep = string | number;

export function entryOf(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  return node?.kind === "map" ? node.entries.find((entry) => entry.key.text === key) : undefined;
}

export function valueOf(node: YamlNode | undefined, ...path: readonly PathStep[]): YamlNode | undefined {
  let here = node;
  for (const step of path) {
    if (typeof step === "string") here = entryOf(here, step)?.value;
    else here = here?.kind === "list" ? here.items[step] : undefined;
  }
  return here;
}

/** The text of a scalar that is there and not null by omission. */
export function textOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === "scalar" && node.style !== "missing" ? node.text : undefined;
}

/** The key where the path ends in a map, else the node: the smallest stretch that names the thing. */
export function spanOfPath(root: YamlNode, path: readonly PathStep[]): Span {
  const last = path.at(-1);
  const parent = valueOf(root, ...path.slice(0, -1));
  if (parent === undefined) return path.length === 0 ? root.at : spanOfPath(root, path.slice(0, -1));
  if (typeof last === "string") return entryOf(parent, last)?.key.at ?? spanOfPath(root, path.slice(0, -1));
  return valueOf(root, ...path)?.at ?? parent.at;
}

/** Where a node starts, within one line: the first key of a map, the first item's of a list. */
export function headOf(node: YamlNode): Span {
  if (node.kind === "map") return node.entries[0]?.key.at ?? node.at;
  if (node.kind === "list") return node.items[0] === undefined ? node.at : headOf(node.items[0]);
  return node.at;
}
