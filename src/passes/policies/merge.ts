import { entryOf, valueOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";

/** Keys that stand for each other: whoever writes one of a row means none of the other rows. */
const DELIVERIES = [["steps"], ["blueGreen"]];
const ISOLATIONS = [
  ["strategy", "canaryService", "stableService"],
  ["canary", "stable", "revisionUnique"],
];

/**
 * A profile's spec under that of a policy. Maps merge key by key, lists and scalars replace, and every node keeps the place
 * of the document that wrote it.
 */
export function mergeSpecs(base: YamlMap, over: YamlMap): YamlMap {
  const isolation = valueOf(base, "isolation");
  const overIsolation = valueOf(over, "isolation");
  const cleared =
    isolation?.kind === "map" && overIsolation?.kind === "map" ? withoutRivals(isolation, overIsolation, ISOLATIONS) : isolation;
  const entries = withoutRivals(base, over, DELIVERIES).entries.map((entry) =>
    entry.key.text === "isolation" && cleared ? { ...entry, value: cleared } : entry,
  );
  return merge({ ...base, entries }, over);
}

/** The maps that are there, the later over the earlier. */
export function mergeMaps(...maps: readonly (YamlMap | undefined)[]): YamlMap | undefined {
  return maps.reduce((base, over) => (base === undefined || over === undefined ? (over ?? base) : merge(base, over)), undefined);
}

function merge(base: YamlMap, over: YamlMap): YamlMap {
  const kept = base.entries.filter(({ key }) => entryOf(over, key.text) === undefined);
  const merged = over.entries.map(({ key, value }) => ({ key, value: mergeNodes(valueOf(base, key.text), value) }));
  return { ...over, entries: [...kept, ...merged] };
}

function mergeNodes(base: YamlNode | undefined, over: YamlNode): YamlNode {
  return base?.kind === "map" && over.kind === "map" ? merge(base, over) : over;
}

function withoutRivals(base: YamlMap, over: YamlMap, rows: readonly (readonly string[])[]): YamlMap {
  const chosen = rows.find((row) => row.some((key) => entryOf(over, key) !== undefined));
  if (chosen === undefined) return base;
  const rivals = rows.filter((row) => row !== chosen).flat();
  return { ...base, entries: base.entries.filter(({ key }) => !rivals.includes(key.text)) };
}
