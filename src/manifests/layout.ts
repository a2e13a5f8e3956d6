import type { YamlNode } from "../yaml/tree.ts";
import type { Json, JsonObject } from "../yaml/json.ts";
import { printJson, printYaml } from "../yaml/print.ts";

/** How a file is laid out, so that what is added looks like the rest. */
export interface Layout {
  readonly eol: "\n" | "\r\n";
  /** Blanks by which a map is indented below its key. */
  readonly step: number;
  /** Blanks by which a list is indented below its key: `step` or none. */
  readonly listStep: number;
}

/** `near` comes first: a file of many hands may be laid out in many ways. */
export function layoutOf(near: YamlNode, root: YamlNode): Layout {
  const { text } = root.at.file;
  const step = stepIn(near, "map") ?? stepIn(root, "map") ?? 2;
  const listStep = stepIn(near, "list") ?? stepIn(root, "list") ?? step;
  return { eol: /\r?\n/.exec(text)?.[0] === "\r\n" ? "\r\n" : "\n", step, listStep: listStep === 0 ? 0 : step };
}

function stepIn(node: YamlNode, kind: "map" | "list"): number | undefined {
  if (node.kind === "scalar" || isFlow(node)) return undefined;
  if (node.kind === "list") return firstOf(node.items, (item) => stepIn(item, kind));
  return firstOf(node.entries, ({ key, value }) => {
    if (!isBelow(key, value)) return undefined;
    const step = columnOf(value) - columnOf(key);
    return value.kind === kind && !isFlow(value) && step >= 0 ? step : stepIn(value, kind);
  });
}

/** False for an alias, which stands for a value further up. */
function isBelow(key: YamlNode, value: YamlNode): boolean {
  return value.at.start >= key.at.end;
}

function firstOf<T, R>(values: readonly T[], find: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a map or list is written with brackets, as all of them are in JSON. */
export function isFlow(node: YamlNode): boolean {
  return node.kind !== "scalar" && "{[".includes(node.at.file.text.charAt(node.at.start));
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Blanks before a node, on its first line. */
export function columnOf({ at }: YamlNode): number {
  const start = lineStart(at.file.text, at.start);
  return at.start - start - (at.file.text.startsWith("\ufeff") && start === 0 ? 1 : 0);
}

/** The lines of a block map, each to be indented by as much as its key. The marker goes to the end of the first. */
export function blockLines(map: JsonObject, layout: Layout, marker: string): readonly string[] {
  const [first = "", ...rest] = mapLines(map, layout);
  return [`${first} ${marker}`, ...rest];
}

/** The lines of an item of a block list, from its dash on. */
export function itemLines(item: Json, layout: Layout, marker: string): readonly string[] {
  const [first = "", ...rest] = listLines([item], layout);
  return [`${first} ${marker}`, ...rest];
}

/** The lines of a list below its key, with the marker at the end of each item's first. */
export function markedList(key: string, list: readonly Json[], layout: Layout, marker: string): readonly string[] {
  return [`${scalar(key)}:`, ...list.flatMap((item) => itemLines(item, layout, marker)).map(indent(layout.listStep))];
}

function mapLines(map: JsonObject, layout: Layout): readonly string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    const name = scalar(key);
    // Weights are one line by habit, as a pause is.
    if (isList(value) && value.every((each) => typeof each === "number")) return [`${name}: [${value.map(scalar).join(", ")}]`];
    if (isList(value)) return [`${name}:`, ...listLines(value, layout).map(indent(layout.listStep))];
    if (typeof value === "string" && value.includes("\n")) return textLines(name, value, layout);
    if (!isMap(value)) return [`${name}: ${scalar(value)}`];
    return key === "pause" ? [`${name}: ${flow(value)}`] : [`${name}:`, ...mapLines(value, layout).map(indent(layout.step))];
  });
}

/** A text of several lines as the printer of generated files writes it: a block, where YAML can hold it in one. */
function textLines(name: string, text: string, layout: Layout): readonly string[] {
  const [head = "", ...lines] = printYaml([{ a: text }])
    .slice("a: ".length, -1)
    .split("\n");
  return [`${name}: ${head}`, ...lines.map((line) => (line === "" ? line : indent(layout.step)(line.slice("  ".length))))];
}

function listLines(list: readonly Json[], layout: Layout): readonly string[] {
  return list.flatMap((item) => {
    const lines = isMap(item) ? mapLines(item, layout) : [scalar(item)];
    return lines.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
  });
}

function flow(map: JsonObject): string {
  return `{ ${Object.entries(map)
    .map(([key, value]) => `${scalar(key)}: ${scalar(value)}`)
    .join(", ")} }`;
}

/** As the printer of generated files writes it, on one line. */
function scalar(value: Json): string {
  const printed = printYaml([[value]]).slice("- ".length, -1);
  return printed.includes("\n") ? JSON.stringify(value) : printed;
}

function indent(blanks: number): (line: string) => string {
  return (line) => " ".repeat(blanks) + line;
}

/** JSON, which is YAML within brackets: one line if `pad` is undefined, else with `pad` before each line but the first. */
export function flowText(value: Json, pad: string | undefined, { eol, step }: Layout): string {
  if (pad !== undefined)
    return printJson(value, { tabWidth: step })
      .trimEnd()
      .replaceAll("\n", eol + pad);
  if (isList(value)) return `[${value.map((item) => flowText(item, pad, { eol, step, listStep: step })).join(", ")}]`;
  if (!isMap(value)) return printJson(value).trimEnd();
  const entries = Object.entries(value).map(
    ([key, each]) => `${JSON.stringify(key)}: ${flowText(each, pad, { eol, step, listStep: step })}`,
  );
  return `{${entries.join(", ")}}`;
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Blocks hold plain JSON, never exact numbers. */
export function isMap(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}
