import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The slice of https://github.com/redhat-developer/yaml-language-server that is asked here; its own types are there only once it is installed. */
interface Library {
  readonly getLanguageService: (options: {
    readonly schemaRequestService: (uri: string) => Promise<string>;
    readonly workspaceContext: { readonly resolveRelativePath: (path: string, resource: string) => string };
    readonly yamlSettings: object;
    readonly clientCapabilities: object;
  }) => Service;
}

interface Service {
  readonly configure: (settings: object) => void;
  readonly doValidation: (document: object, isKubernetes: boolean) => Promise<readonly Problem[]>;
  readonly doComplete: (document: object, position: Position, isKubernetes: boolean) => Promise<{ readonly items: readonly Item[] }>;
  readonly doHover: (document: object, position: Position) => Promise<{ readonly contents: { readonly value: string } } | null>;
}

interface Position {
  readonly line: number;
  readonly character: number;
}

interface Problem {
  readonly message: string;
  readonly range: { readonly start: Position; readonly end: Position };
}

interface Item {
  readonly label: string;
  readonly documentation?: string | { readonly value: string };
  readonly insertText?: string;
}

export interface Editor {
  /** What the editor underlines, each as `3:7-9 what it says`, lines and columns from 1. */
  readonly problems: (text: string, path?: string) => Promise<readonly string[]>;
  /** What it offers at the `┆` of a text. */
  readonly completions: (marked: string) => Promise<readonly Completion[]>;
  /** The Markdown that it shows where the `┆` of a text stands. */
  readonly hover: (marked: string) => Promise<string>;
}

export interface Completion {
  readonly label: string;
  readonly documentation: string;
  readonly insertText: string;
}

/** The server keeps what it has read for the whole process, by address. */
let services = 0;
let files = 0;

/** The YAML language server with one schema for every file; without one, a file must name it in its first line, as a path on the disk. */
export function editor(schema?: unknown): Editor {
  const { getLanguageService } = load<Library>("yaml-language-server");
  const { SettingsState } = load<{ SettingsState: new () => object }>("yaml-language-server/lib/umd/yamlSettings");
  const { TextDocument } = load<{ TextDocument: { create: (uri: string, language: string, version: number, text: string) => object } }>(
    "vscode-languageserver-textdocument",
  );
  const service = getLanguageService({
    schemaRequestService: (uri) =>
      uri.startsWith("file://")
        ? Promise.resolve(readFileSync(fileURLToPath(uri), "utf8"))
        : Promise.reject(new Error(`no network: ${uri}`)),
    workspaceContext: { resolveRelativePath: (path, resource) => new URL(path, resource).href },
    yamlSettings: new SettingsState(),
    clientCapabilities: {},
  });
  service.configure({
    validate: true,
    hover: true,
    completion: true,
    hoverSchemaSource: false,
    schemas:
      schema === undefined ? [] : [{ uri: `file:///schema-${services++}.json`, fileMatch: ["*.yaml"], schema: structuredClone(schema) }],
  });
  const open = (text: string, path = `/file-${files++}.yaml`): object => TextDocument.create(`file://${path}`, "yaml", 1, text);
  return {
    problems: async (text, path) =>
      (await service.doValidation(open(text, path), false)).map(
        ({ message, range: { start, end } }) => `${start.line + 1}:${start.character + 1}-${end.character + 1} ${message}`,
      ),
    completions: async (marked) => {
      const { text, position } = unmarked(marked);
      const { items } = await service.doComplete(open(text), position, false);
      return items.map(({ label, documentation = "", insertText = label }) => ({
        label,
        documentation: typeof documentation === "string" ? documentation : documentation.value,
        insertText,
      }));
    },
    hover: async (marked) => {
      const { text, position } = unmarked(marked);
      return (await service.doHover(open(text), position))?.contents.value ?? "";
    },
  };
}

function load<T>(name: string): T {
  const folder = new URL("editor/", import.meta.url);
  if (!existsSync(new URL("node_modules", folder))) throw new Error(`${name} is not installed: run test/oracle/build.sh (needs npm)`);
  return createRequire(new URL("package.json", folder))(name) as T;
}

function unmarked(marked: string): { readonly text: string; readonly position: Position } {
  const before = marked.slice(0, marked.indexOf("┆")).split("\n");
  return { text: marked.replace("┆", ""), position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
}
