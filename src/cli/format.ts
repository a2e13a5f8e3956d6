import { dirname, join } from "node:path";
import type * as Prettier from "prettier";
import { DEFAULT_STYLE, type Style } from "../config/config.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { OutputFile } from "../output/output.ts";
import { cliCodes } from "./codes.ts";
import type { Io } from "./io.ts";
import { relativePath } from "./paths.ts";
import type { Project } from "./project.ts";

/** How a repository wants its generated files laid out. */
export interface Formatting {
  /** What the compiler's own printer can do about it. */
  readonly style: Style;
  /** The rest, by prettier; leaves a file alone that needs no more. */
  readonly finish: (file: OutputFile) => Promise<OutputFile>;
}

/** As the printer does it by default. */
export const AS_PRINTED: Formatting = { style: DEFAULT_STYLE, finish: (file) => Promise.resolve(file) };

type Options = Prettier.Options;

/**
 * Generated files pass the repository's own `prettier --check`. Most configurations ask for nothing that the printer cannot do;
 * prettier, whose start alone costs more than a whole build, is loaded for the others only.
 */
export async function formattingFor(project: Pick<Project, "config" | "out">, io: Io, report: Report): Promise<Formatting> {
  if (project.config.style !== undefined) return { ...AS_PRINTED, style: project.config.style };
  const simple = simpleOptions(project.out, io);
  const optionsFor = async (path: string): Promise<Options> => simple ?? (await askPrettier(join(project.out, path)));
  try {
    const style = styleOf(await optionsFor("any.yaml"));
    const finish = async (file: OutputFile): Promise<OutputFile> => {
      if (file.verbatim === true) return file;
      const options = await optionsFor(file.path);
      if (equalStyles(styleOf(options), style) && !needsPrettier(file, options)) return file;
      const { format } = await import("prettier");
      return { ...file, text: await format(file.text, { ...options, filepath: join(project.out, file.path) }) };
    };
    return { style, finish };
  } catch (error) {
    report(cliCodes["prettier-config"](undefined, { folder: relativePath(io.cwd, project.out), reason: firstSentence(error, io.cwd) }));
    return AS_PRINTED;
  }
}

/** Prettier names the file, absolute, in a line of its own, and shows an excerpt below the reason. */
function firstSentence(error: unknown, cwd: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const [first = "", second = ""] = message.replaceAll(join(cwd, "/"), "").split("\n");
  return (first.endsWith(":") ? `${first} ${second}` : first).replace(/:$/, "");
}

async function askPrettier(path: string): Promise<Options> {
  const { resolveConfig } = await import("prettier");
  return (await resolveConfig(path, { editorconfig: true })) ?? {};
}

const OTHER_CONFIGS = [
  ".prettierrc.yaml",
  ".prettierrc.yml",
  ".prettierrc.json5",
  ".prettierrc.js",
  ".prettierrc.mjs",
  ".prettierrc.cjs",
  ".prettierrc.ts",
  ".prettierrc.mts",
  ".prettierrc.cts",
  ".prettierrc.toml",
  "prettier.config.js",
  "prettier.config.mjs",
  "prettier.config.cjs",
  "prettier.config.ts",
  "prettier.config.mts",
  "prettier.config.cts",
  "package.yaml",
];

/**
 * The options that hold for a folder, if one look at plain JSON tells them: none, or those of the nearest `.prettierrc` or `package.json`.
 * Undefined in every other case, for prettier itself to say. https://prettier.io/docs/configuration
 */
function simpleOptions(out: string, io: Io): Options | undefined {
  let found: Options | undefined;
  for (let folder = out; ; folder = dirname(folder)) {
    const has = (name: string): boolean => io.fs.existsSync(join(folder, name));
    // An .editorconfig adds to what the nearest prettier configuration says, from as far up as the root.
    if (has(".editorconfig")) return undefined;
    if (found === undefined) {
      if (OTHER_CONFIGS.some(has)) return undefined;
      // Prettier takes the package's key first, then these two in this order.
      const packaged = has("package.json") ? jsonIn(join(folder, "package.json"), io)?.["prettier"] : undefined;
      const rc = [".prettierrc", ".prettierrc.json"].find(has);
      const options = packaged ?? (rc === undefined ? undefined : (jsonIn(join(folder, rc), io) ?? "not JSON"));
      if (options !== undefined) {
        if (!isRecord(options) || "overrides" in options) return undefined;
        found = options;
      }
    }
    if (dirname(folder) === folder) return found ?? {};
  }
}

function jsonIn(path: string, io: Io): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(io.fs.readFileSync(path, "utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Options that change neither YAML nor JSON. https://prettier.io/docs/options */
const WITHOUT_EFFECT = new Set([
  "arrowParens",
  "bracketSameLine",
  "embeddedLanguageFormatting",
  "experimentalOperatorPosition",
  "experimentalTernaries",
  "htmlWhitespaceSensitivity",
  "jsxBracketSameLine",
  "jsxSingleQuote",
  "semi",
  "singleAttributePerLine",
  "trailingComma",
  "vueIndentScriptAndStyle",
  "$schema",
]);

/** Whether the options ask more of a file than the printer can do. */
function needsPrettier(file: OutputFile, options: Options): boolean {
  const isJson = file.path.endsWith(".json");
  return Object.entries(options).some(([key, value]) => {
    switch (key) {
      case "singleQuote":
        return typeof value !== "boolean";
      case "tabWidth":
        return typeof value !== "number";
      case "endOfLine":
        return value !== "lf" && value !== "crlf";
      case "printWidth":
        return typeof value !== "number" || value < 80 || (value > 80 && BROKEN_FOR_WIDTH[isJson ? "json" : "yaml"].test(file.text));
      // YAML has no tabs.
      case "useTabs":
        return isJson && value === true;
      case "bracketSpacing":
        return value !== true;
      case "proseWrap":
      case "objectWrap":
        return value !== "preserve";
      case "quoteProps":
        return value !== "as-needed";
      default:
        return !WITHOUT_EFFECT.has(key);
    }
  });
}

/** What the printer put on another line because it passed column 80: lists in JSON, what follows a very long key in YAML. */
const BROKEN_FOR_WIDTH = { json: /\[$/m, yaml: /^.{60,}:$/m };

function styleOf({ singleQuote, tabWidth, endOfLine }: Options): Style {
  return {
    singleQuote: singleQuote === true,
    tabWidth: typeof tabWidth === "number" ? tabWidth : DEFAULT_STYLE.tabWidth,
    endOfLine: endOfLine === "crlf" ? "crlf" : "lf",
  };
}

function equalStyles(a: Style, b: Style): boolean {
  return a.singleQuote === b.singleQuote && a.tabWidth === b.tabWidth && a.endOfLine === b.endOfLine;
}
