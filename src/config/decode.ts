import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../diagnostics/source.ts";
import { validate } from "../schema/validate.ts";
import { parseDecimal, toDecimal } from "../units/rational.ts";
import { exactNumber, toJson, type Json, type JsonObject } from "../yaml/json.ts";
import { readYaml } from "../yaml/read.ts";
import { numberText, scalarValue } from "../yaml/scalar.ts";
import { entryOf, headOf, textOf, valueOf, type YamlEntry, type YamlMap, type YamlNode } from "../yaml/tree.ts";
import { configCodes } from "./codes.ts";
import { checkLiteralKeys } from "./credentials.ts";
import {
  DEFAULT_CONFIG,
  DEFAULT_STYLE,
  type Config,
  type Layout,
  type Leniency,
  type OptionsSection,
  type Overlay,
  type OverlayChange,
  type PatchOperation,
  type Rule,
  type Style,
} from "./config.ts";
import { entriesOf, flag, itemsOf, located, RULES, textAt, texts } from "./fields.ts";
import { applySettings, type Setting } from "./setting.ts";
import { decodeEnvironments, decodeSources } from "./sources.ts";

/** The keys of a configuration that are its own; every other key is the section of a target. */
const OWN_KEYS = new Set([
  "specs",
  "exclude",
  "out",
  "targets",
  "templates",
  "overlays",
  "layout",
  "lenient",
  "rules",
  "projects",
  "style",
  "sources",
  "environments",
]);

/**
 * The configuration that a file and the command line's settings make together; without a file the defaults and the settings.
 * Undefined if anything in it is wrong, all of which is reported.
 */
export function decodeConfig(file: SourceFile | undefined, report: Report, settings: readonly Setting[] = []): Config | undefined {
  const errors: Diagnostic[] = [];
  const note: Report = (diagnostic) => {
    if (diagnostic.severity === "error") errors.push(diagnostic);
    report(diagnostic);
  };
  const written = readRoot(file, note);
  if (errors.length > 0) return undefined;
  const root = written.kind === "map" ? applySettings(written, settings) : written;
  // Before anything else is said of a value that must not be shown.
  if (!checkLiteralKeys(root, note)) return undefined;
  if (!validate("slogen/config", root, { rules: RULES, unknownKeys: "error", report: note }) || root.kind !== "map") return undefined;
  const config = decodeRoot(root, note);
  return errors.length === 0 ? { ...config, ...narrowedFrom(written, settings) } : undefined;
}

/** `-t` asks for a part of the build, and changes nothing of what the parts are. */
function narrowedFrom(written: YamlNode, settings: readonly Setting[]): Pick<Config, "projectTargets"> {
  const others = settings.filter(({ value }) => value.at.file.path !== "<-t>");
  if (written.kind !== "map" || others.length === settings.length) return {};
  return { projectTargets: targetsOf(applySettings(written, others)) };
}

function targetsOf(root: YamlMap): readonly string[] {
  return texts(valueOf(root, "targets"))?.map(({ text }) => text) ?? DEFAULT_CONFIG.targets;
}

function readRoot(file: SourceFile | undefined, report: Report): YamlNode {
  const source = file ?? { path: "<defaults>", text: "" };
  const [first, second] = readYaml(source, report);
  if (second !== undefined) report(configCodes["several-documents"]({ ...second.at, end: second.at.start }, {}));
  return first ?? { kind: "map", entries: [], at: { file: source, start: 0, end: 0 } };
}

function decodeRoot(root: YamlMap, report: Report): Config {
  const templates = valueOf(root, "templates");
  const style = valueOf(root, "style");
  const sections = root.entries.filter(({ key }) => !OWN_KEYS.has(key.text));
  const sources = decodeSources(valueOf(root, "sources"), report);
  checkProjects(root, report);
  return {
    specs: texts(valueOf(root, "specs")) ?? DEFAULT_CONFIG.specs,
    exclude: texts(valueOf(root, "exclude")) ?? DEFAULT_CONFIG.exclude,
    out: decodeOut(valueOf(root, "out"), report),
    targets: targetsOf(root),
    ...(templates && { templates: located(templates) }),
    catalogs: sections
      .map(({ value }) => valueOf(value, "windows"))
      .filter((node) => node !== undefined)
      .map(located),
    overlays: itemsOf(valueOf(root, "overlays")).flatMap((item) => decodeOverlay(item, report) ?? []),
    layout: decodeLayout(valueOf(root, "layout")),
    lenient: decodeLeniency(valueOf(root, "lenient")),
    rules: entriesOf(valueOf(root, "rules")).map(decodeRule),
    projects: texts(valueOf(root, "projects")) ?? [],
    sources,
    environments: decodeEnvironments(valueOf(root, "environments"), sources, report),
    ...(style && { style: decodeStyle(style) }),
    options: Object.fromEntries(sections.map(({ key, value }) => [key.text, section(value)])),
  };
}

function checkProjects(root: YamlMap, report: Report): void {
  if (entryOf(root, "projects") === undefined) return;
  for (const { key } of root.entries) {
    // A setting such as `--set prometheus.dialect=sloth` is meant for every project, and its source is no file.
    if (key.text !== "projects" && !key.at.file.path.startsWith("<")) report(configCodes["not-only-projects"](key.at, { key: key.text }));
  }
}

function decodeOut(node: YamlNode | undefined, report: Report): string {
  const out = textOf(node);
  if (out === undefined) return DEFAULT_CONFIG.out;
  if (/^(\.?\/*)+$/.test(out) && !out.startsWith("/")) report(configCodes["out-is-project"](node?.at, {}));
  return out;
}

function decodeLayout(node: YamlNode | undefined): Layout {
  const { kind, syncWaves, chart } = DEFAULT_CONFIG.layout;
  if (node === undefined) return DEFAULT_CONFIG.layout;
  const written = node.kind === "map" ? textAt(node, "kind") : textOf(node);
  const given = valueOf(node, "chart");
  return {
    kind: LAYOUTS.find((each) => each === written) ?? kind,
    syncWaves: flag(valueOf(node, "syncWaves")) ?? syncWaves,
    chart: { name: textAt(given, "name") ?? chart.name, version: textAt(given, "version") ?? chart.version },
    at: headOf(node),
  };
}

const LAYOUTS = ["flat", "kustomize", "helm"] as const;

function decodeLeniency(node: YamlNode | undefined): Leniency {
  const { barePolicyNames, kindInIndicator, conditionsAsAnd, numericSliceWindow } = DEFAULT_CONFIG.lenient;
  return {
    barePolicyNames: flag(valueOf(node, "barePolicyNames")) ?? barePolicyNames,
    kindInIndicator: flag(valueOf(node, "kindInIndicator")) ?? kindInIndicator,
    conditionsAsAnd: flag(valueOf(node, "conditionsAsAnd")) ?? conditionsAsAnd,
    numericSliceWindow: flag(valueOf(node, "numericSliceWindow")) ?? numericSliceWindow,
  };
}

function decodeRule({ key, value }: YamlEntry): Rule {
  return { code: key.text, level: textOf(value) as Rule["level"], at: key.at };
}

function decodeStyle(node: YamlNode): Style {
  return {
    singleQuote: flag(valueOf(node, "singleQuote")) ?? DEFAULT_STYLE.singleQuote,
    tabWidth: Number(textOf(valueOf(node, "tabWidth")) ?? DEFAULT_STYLE.tabWidth),
    endOfLine: textOf(valueOf(node, "endOfLine")) === "crlf" ? "crlf" : DEFAULT_STYLE.endOfLine,
  };
}

function decodeOverlay(node: YamlNode, report: Report): Overlay | undefined {
  const path = textOf(valueOf(node, "path"));
  const kind = textOf(valueOf(node, "kind"));
  const name = textOf(valueOf(node, "name"));
  const merge = valueOf(node, "merge");
  const patch = valueOf(node, "patch");
  const at = entryOf(node, "target")?.key.at ?? node.at;
  if ((merge === undefined) === (patch === undefined)) {
    report(configCodes["overlay-change"](at, { found: merge === undefined ? "none" : "both" }));
    return undefined;
  }
  const change: OverlayChange = merge
    ? { kind: "merge", value: exactJson(merge, report) }
    : { kind: "patch", operations: itemsOf(patch).flatMap((item) => decodeOperation(item, report) ?? []) };
  return {
    target: textOf(valueOf(node, "target")) ?? "",
    ...(path !== undefined && { path }),
    ...(kind !== undefined && { kind }),
    ...(name !== undefined && { name }),
    change,
    at,
  };
}

function decodeOperation(node: YamlNode, report: Report): PatchOperation | undefined {
  const op = textOf(valueOf(node, "op")) ?? "";
  const path = textOf(valueOf(node, "path")) ?? "";
  const from = entryOf(node, "from");
  const value = entryOf(node, "value");
  const at = entryOf(node, "op")?.key.at ?? node.at;
  const takes = { from: op === "move" || op === "copy", value: op === "add" || op === "replace" || op === "test" };
  for (const [key, entry] of [
    ["from", from],
    ["value", value],
  ] as const) {
    if (takes[key] !== (entry !== undefined)) report(configCodes["operation-value"](entry?.key.at ?? at, { op, key, needed: takes[key] }));
  }
  switch (op) {
    case "add":
    case "replace":
    case "test":
      return value && { op, path, value: exactJson(value.value, report), at };
    case "move":
    case "copy":
      return from && { op, path, from: textOf(from.value) ?? "", at };
    default:
      return { op: "remove", path, at };
  }
}

/** JSON whose numbers never pass through a double. */
function exactJson(node: YamlNode, report: Report): Json {
  switch (node.kind) {
    case "map":
      return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, exactJson(value, report)]));
    case "list":
      return node.items.map((item) => exactJson(item, report));
    case "scalar": {
      const value = scalarValue(node, RULES);
      if (typeof value !== "number") return value;
      const decimal = parseDecimal(numberText(node, RULES) ?? "");
      if (decimal !== undefined) return exactNumber(toDecimal(decimal));
      report(configCodes["not-finite"](node.at, { text: node.text }));
      return null;
    }
  }
}

function section(node: YamlNode): OptionsSection {
  const map: YamlMap = node.kind === "map" ? node : { kind: "map", entries: [], at: node.at };
  return { values: object(toJson(map, RULES)), node: map };
}

function object(value: Json): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
