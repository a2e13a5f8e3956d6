import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import { readYaml } from "../yaml/read.ts";
import { numberText } from "../yaml/scalar.ts";
import { entryOf, headOf, textOf, valueOf, type PathStep, type YamlMap, type YamlNode } from "../yaml/tree.ts";

/** An object in one of the files that a policy names. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly root: YamlMap;
  readonly file: SourceFile;
  /** The name, or where the object begins. */
  readonly at: Span;
}

/** The objects of a file, `kind: List` unfolded; undefined, after a report, if it cannot be read. */
export function readObjects(file: SourceFile, report: Report): readonly KubernetesObject[] | undefined {
  const found: Diagnostic[] = [];
  const documents = readYaml(file, (diagnostic) => found.push(diagnostic));
  found.forEach(report);
  if (found.some(({ severity }) => severity === "error")) return undefined;
  return documents.flatMap((document) => objectsIn(document, file));
}

function objectsIn(node: YamlNode, file: SourceFile): readonly KubernetesObject[] {
  if (node.kind !== "map") return [];
  const items = valueOf(node, "items");
  if (textAt(node, "kind") === "List" && items?.kind === "list") return items.items.flatMap((item) => objectsIn(item, file));
  const namespace = textAt(node, "metadata", "namespace");
  return [
    {
      apiVersion: textAt(node, "apiVersion") ?? "",
      kind: textAt(node, "kind") ?? "",
      name: textAt(node, "metadata", "name") ?? "",
      ...(namespace !== undefined && { namespace }),
      root: node,
      file,
      at: valueOf(node, "metadata", "name")?.at ?? headOf(node),
    },
  ];
}

export function textAt(node: YamlNode | undefined, ...path: readonly PathStep[]): string | undefined {
  return textOf(valueOf(node, ...path));
}

/** A whole number as Kubernetes reads it; undefined for anything else. */
export function integerAt(node: YamlNode | undefined, ...path: readonly PathStep[]): number | undefined {
  const value = valueOf(node, ...path);
  const text = value?.kind === "scalar" ? numberText(value, "go-yaml-1.1") : undefined;
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

export function mapAt(node: YamlNode | undefined, ...path: readonly PathStep[]): YamlMap | undefined {
  const value = valueOf(node, ...path);
  return value?.kind === "map" ? value : undefined;
}

export function itemsAt(node: YamlNode | undefined, ...path: readonly PathStep[]): readonly YamlNode[] {
  const value = valueOf(node, ...path);
  return value?.kind === "list" ? value.items : [];
}

/** The key of an entry, or else what would hold it. */
export function keyAt(map: YamlNode, key: string): Span {
  return entryOf(map, key)?.key.at ?? headOf(map);
}
