import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import { readYaml } from "../yaml/read.ts";
import { entryOf, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from "../yaml/tree.ts";
import { configCodes } from "./codes.ts";

/** A value that the command line lays over the configuration. It has a source of its own, so diagnostics can point at it. */
export interface Setting {
  readonly path: readonly [YamlScalar, ...YamlScalar[]];
  readonly value: YamlNode;
}

/** Reads the argument of `--set`: a dotted key, `=`, and a value in YAML. */
export function parseSetting(argument: string, report: Report): Setting | undefined {
  const equals = argument.indexOf("=");
  const key = equals < 0 ? argument : argument.slice(0, equals);
  const file: SourceFile = { path: `<--set ${key}>`, text: argument };
  const [first, ...rest] = keySegments(key).map(({ text, start, end }) => scalar(text, file, start, end));
  if (equals < 0 || first === undefined || [first, ...rest].some(({ text }) => text === "")) {
    report(configCodes["bad-set"]({ file, start: 0, end: argument.length }, { argument }));
    return undefined;
  }
  // Blanks in place of `key=` keep every offset of the value as it is in the argument.
  const padded: SourceFile = { path: file.path, text: " ".repeat(equals + 1) + argument.slice(equals + 1) };
  const errors: Diagnostic[] = [];
  const [value] = readYaml(padded, (diagnostic) => errors.push(diagnostic));
  for (const { at, related, ...rest } of errors) {
    const shown = (span: Span): Span => ({ ...span, file });
    report({ ...rest, ...(at && { at: shown(at) }), related: related.map((place) => ({ ...place, at: shown(place.at) })) });
  }
  if (errors.length > 0) return undefined;
  const missing: YamlScalar = { kind: "scalar", text: "", style: "missing", at: { file, start: equals, end: equals } };
  return { path: [first, ...rest], value: value === undefined ? missing : within(value, file) };
}

/** A list under a top-level key, from a flag that may be repeated: `-t prometheus`. */
export function listSetting(flag: string, key: string, values: readonly string[]): Setting {
  const file: SourceFile = { path: `<${flag}>`, text: values.map((value) => `${flag} ${value}`).join(" ") };
  let offset = 0;
  const items = values.map((value): YamlScalar => {
    const start = offset + flag.length + 1;
    offset = start + value.length + 1;
    return { ...scalar(value, file, start, start + value.length), style: "double" };
  });
  const at = { file, start: 0, end: file.text.length };
  return { path: [scalar(key, file, 0, flag.length)], value: { kind: "list", items, at } };
}

/** The configuration with the settings laid over it; the later one wins. */
export function applySettings(root: YamlMap, settings: readonly Setting[]): YamlMap {
  return settings.reduce((map, { path: [key, ...rest], value }) => withEntry(map, key, rest, value), root);
}

function withEntry(map: YamlMap, key: YamlScalar, rest: readonly YamlScalar[], value: YamlNode): YamlMap {
  const old = entryOf(map, key.text);
  const [next, ...others] = rest;
  const inner: YamlMap = old?.value.kind === "map" ? old.value : { kind: "map", entries: [], at: key.at };
  const entry: YamlEntry = next === undefined ? { key, value } : { key: old?.key ?? key, value: withEntry(inner, next, others, value) };
  return { ...map, entries: old === undefined ? [...map.entries, entry] : map.entries.map((other) => (other === old ? entry : other)) };
}

function keySegments(key: string): readonly { text: string; start: number; end: number }[] {
  return [...key.matchAll(/(?<=^|(?<!\\)\.)(?:\\.|[^.\\]|\\$)*/g)].map((match) => ({
    text: match[0].replace(/\\\./g, "."),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function scalar(text: string, file: SourceFile, start: number, end: number): YamlScalar {
  return { kind: "scalar", text, style: "plain", at: { file, start, end } };
}

/** The same node in a file whose offsets are the same. */
function within(node: YamlNode, file: SourceFile): YamlNode {
  const at = { ...node.at, file };
  switch (node.kind) {
    case "scalar":
      return { ...node, at };
    case "list":
      return { ...node, at, items: node.items.map((item) => within(item, file)) };
    case "map":
      return {
        ...node,
        at,
        entries: node.entries.map(({ key, value }) => ({ key: { ...key, at: { ...key.at, file } }, value: within(value, file) })),
      };
  }
}
