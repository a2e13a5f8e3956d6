import Handlebars from "handlebars";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../diagnostics/source.ts";
import { nearest } from "../units/identifier.ts";
import type { JsonObject } from "../yaml/json.ts";
import { textCodes } from "./codes.ts";
import { templates } from "./generated/templates.js";
import { findUnknownName } from "./lint.ts";

/** Fills a template such as `prometheus/alert-title` with a view; the words come back without the final newline. */
export type Render = (template: string, view: JsonObject) => string;

/**
 * The only place where Handlebars runs. Templates come from the package or from the user's templates folder, never from a spec.
 * `overrides` are the user's own, by name.
 */
export function renderer(overrides: readonly SourceFile[], report: Report): Render {
  const environment = Handlebars.create();
  environment.registerHelper("vendor", (braces: string) => braces);
  const builtIn = new Map(Object.entries(templates).map(([name, spec]) => [name, environment.template(spec)]));
  const own = new Map<string, OwnTemplate>();
  // What `init` writes is the user's from then on.
  const names = [...builtIn.keys()].filter((name) => !name.startsWith("init/"));
  for (const file of overrides) {
    const template = readOverride(file, names, environment, report);
    if (template !== undefined) own.set(template.name, template);
  }
  return (name, view) => {
    const override = own.get(name);
    const words = override && renderOwn(override, view, report);
    if (words !== undefined) return trim(words);
    const template = builtIn.get(name);
    if (template === undefined) throw new Error(`there is no template ${name}`);
    return trim(template(view, { allowProtoPropertiesByDefault: false }));
  };
}

interface OwnTemplate {
  readonly name: string;
  readonly file: SourceFile;
  readonly program: hbs.AST.Program;
  readonly render: (view: JsonObject) => string;
}

function readOverride(file: SourceFile, names: readonly string[], environment: typeof Handlebars, report: Report): OwnTemplate | undefined {
  const whole = { file, start: 0, end: Math.min(file.text.length, 1) };
  const name = names.find((candidate) => file.path === `${candidate}.hbs` || file.path.endsWith(`/${candidate}.hbs`));
  if (name === undefined) {
    const path = file.path
      .replace(/\.hbs$/, "")
      .split("/")
      .slice(-2)
      .join("/");
    report(textCodes["unknown-template"](whole, { path, nearest: nearest(path, names), names }));
    return undefined;
  }
  try {
    const program = environment.parse(file.text);
    // `compile` waits for the first rendering to complain; `precompile` does so now.
    environment.precompile(program, COMPILE_OPTIONS);
    const compiled = environment.compile(program, COMPILE_OPTIONS);
    return { name, file, program, render: (view) => compiled(view) };
  } catch (error) {
    reportSyntax(error, file, report);
    return undefined;
  }
}

function renderOwn(template: OwnTemplate, view: JsonObject, report: Report): string | undefined {
  if (reportUnknown(template, view, report)) return undefined;
  try {
    return template.render(view);
  } catch (error) {
    // Some helpers count their arguments only now.
    reportSyntax(error, template.file, report);
    return undefined;
  }
}

/** Handlebars says where in the error's fields, or, while it parses, in the first line of the message alone. */
function reportSyntax(error: unknown, file: SourceFile, report: Report): void {
  const message = error instanceof Error ? error.message : String(error);
  const parsing = /^Parse error on line (\d+):[^]*got '(\w+)'/.exec(message);
  const line = Number(parsing?.[1] ?? (error as { readonly lineNumber?: number }).lineNumber ?? 1);
  const problem =
    parsing === null
      ? message.replace(/ - \d+:\d+$/, "")
      : parsing[2] === "EOF"
        ? "it ends before all its braces and blocks are closed"
        : "something between the braces is no Handlebars";
  const start = offsetOf(file, line, 0);
  const end = start + (file.text.slice(start).split("\n")[0] ?? "").length;
  report(textCodes["template-syntax"]({ file, start, end }, { problem }));
}

/** `strict` fails on unknown names where they are printed; `findUnknownName` sees those in `#if` and `#each` too. */
export const COMPILE_OPTIONS = {
  noEscape: true,
  strict: true,
  knownHelpers: { vendor: true, log: false, lookup: false },
  knownHelpersOnly: true,
} as const;

function reportUnknown(template: OwnTemplate, view: JsonObject, report: Report): boolean {
  const unknown = findUnknownName(template.program, view);
  if (unknown === undefined) return false;
  const { file } = template;
  const start = offsetOf(file, unknown.line, unknown.column);
  const at = { file, start, end: start + unknown.name.length };
  report(textCodes["unknown-name"](at, { name: unknown.name, nearest: nearest(unknown.name, unknown.known), known: unknown.known }));
  return true;
}

function offsetOf(file: SourceFile, line: number, column: number): number {
  const before = file.text.split("\n").slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + column;
}

function trim(text: string): string {
  return text.replace(/\s+$/, "");
}
