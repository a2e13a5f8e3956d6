import type { Report } from "../../diagnostics/diagnostic.ts";
import { yamlCodes } from "../../yaml/codes.ts";
import { versionsOf } from "../../yaml/scalar.ts";
import { entryOf, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from "../../yaml/tree.ts";
import { codes } from "./codes.ts";

/** Every key of the native format that a Go struct holds. */
const KEYS = [
  ...["version", "service", "labels", "slo_plugins", "slos", "overridePrevious", "chain", "id", "config", "priority"],
  ...["name", "description", "objective", "plugins", "sli", "events", "error_query", "total_query", "raw", "error_ratio_query"],
  ...["plugin", "options", "alerting", "annotations", "page_alert", "ticket_alert", "disable"],
];

/** Below these, keys are the user's own. */
const FREE = new Set(["labels", "annotations", "options", "config"]);

/**
 * The document with keys spelled as the format has them, as Go's JSON reader takes them: in any case.
 * A key that is also there in its right spelling stays, for the schema to report.
 */
export function withKnownKeys(root: YamlMap, report: Report): YamlMap {
  return { ...root, entries: root.entries.map((entry) => renamed(entry, root, report)) };
}

function renamed({ key, value }: YamlEntry, map: YamlMap, report: Report): YamlEntry {
  const known = KEYS.includes(key.text) ? key.text : KEYS.find((each) => each.toLowerCase() === key.text.toLowerCase());
  if (known === undefined) return { key, value };
  const within = FREE.has(known) ? value : descend(value, report);
  if (known === key.text || entryOf(map, known) !== undefined) return { key, value: within };
  report(codes["mis-cased-key"](key.at, { key: key.text, known }));
  return { key: { ...key, text: known }, value: within };
}

function descend(node: YamlNode, report: Report): YamlNode {
  if (node.kind === "map") return withKnownKeys(node, report);
  return node.kind === "list" ? { ...node, items: node.items.map((item) => descend(item, report)) } : node;
}

/**
 * Sloth trims each document before it reads it, so a block scalar at its very end loses its last line break.
 * https://github.com/slok/sloth/blob/v0.16.0/pkg/common/utils/data/data.go (SplitYAML)
 */
export function withTrimmedEnd<Node extends YamlNode>(node: Node): Node {
  switch (node.kind) {
    case "map":
      return { ...node, entries: lastChanged(node.entries, ({ key, value }) => ({ key, value: withTrimmedEnd(value) })) };
    case "list":
      return { ...node, items: lastChanged(node.items, withTrimmedEnd) };
    case "scalar":
      return node.style === "literal" || node.style === "folded" ? { ...node, text: node.text.trimEnd() } : node;
  }
}

function lastChanged<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  return items.map((item, i) => (i === items.length - 1 ? change(item) : item));
}

/** Warns of scalars that Sloth reads otherwise than YAML 1.2 does, such as the label values `on` and `010`. */
export function checkScalars(node: YamlNode, report: Report): void {
  if (node.kind === "scalar") checkScalar(node, report);
  else if (node.kind === "list")
    node.items.forEach((item) => {
      checkScalars(item, report);
    });
  else {
    for (const { key, value } of node.entries) {
      checkScalar(key, report);
      checkScalars(value, report);
    }
  }
}

function checkScalar(scalar: YamlScalar, report: Report): void {
  const versions = versionsOf(scalar);
  if (versions !== undefined) report(yamlCodes["ambiguous-scalar"](scalar.at, { text: scalar.text, ...versions }));
}
