/**
 * The one printer of YAML and JSON.
 *
 * What it writes is the form that `prettier --check` accepts, and it reads back the same under YAML 1.1 and 1.2, in Go as in JavaScript.
 * So a string is written without quotes only if it is beyond doubt in all of them, and multi-line text becomes a `|` block only where
 * no reader could trim or fold it. Values that no file can hold throw a RangeError: no input of a user's leads to one.
 */
import { displayWidth } from "../diagnostics/width.ts";
import { fromNumber, toDecimal } from "../units/rational.ts";
import { exactText, type Json, type JsonObject } from "./json.ts";

export interface PrintOptions {
  readonly singleQuote?: boolean;
  readonly tabWidth?: number;
  readonly endOfLine?: "lf" | "crlf";
}

export interface YamlPrintOptions extends PrintOptions {
  /** Lines of a comment at the top of the file, without the `#`. */
  readonly header?: readonly string[];
}

/** Prettier's default `printWidth`; only values that it would move to another line depend on it. */
const PRINT_WIDTH = 80;

/** YAML readers look for the colon of a key within 1024 characters (YAML 1.2.2, 7.4.2). */
const KEY_LIMIT = 1024;

interface Style {
  readonly quote: '"' | "'";
  readonly tabWidth: number;
}

/** The documents of a YAML file, with `---` between them. */
export function printYaml(documents: readonly Json[], options: YamlPrintOptions = {}): string {
  const style: Style = { quote: options.singleQuote === true ? "'" : '"', tabWidth: options.tabWidth ?? 2 };
  const header = (options.header ?? []).map((line) => `# ${comment(line)}`.trimEnd() + "\n").join("");
  return withLineEnds(header + documents.map((document) => printRoot(document, style)).join("---\n"), options);
}

function comment(line: string): string {
  return line.replace(EACH_SPECIAL, escapeCharacter).replaceAll("\n", "\\n");
}

function withLineEnds(text: string, options: PrintOptions): string {
  return options.endOfLine === "crlf" ? text.replaceAll("\n", "\r\n") : text;
}

function printRoot(value: Json, style: Style): string {
  if (isList(value) && value.length > 0) return printList(value, 0, style, true);
  if (isMap(value) && Object.keys(value).length > 0) return printMap(value, 0, style, true);
  return `${typeof value === "string" ? quoted(value, style) : leaf(value)}\n`;
}

/** `padFirst` is false right after a `- `, which already stands where the first line begins. */
function printMap(map: JsonObject, indent: number, style: Style, padFirst: boolean): string {
  const pad = " ".repeat(indent);
  let text = "";
  let isFirst = true;
  for (const key of Object.keys(map)) {
    const printed = printKey(key, style);
    text += (isFirst && !padFirst ? "" : pad) + printed + ":" + afterKey(map[key], printed, indent, style);
    isFirst = false;
  }
  return text;
}

function printList(list: readonly Json[], indent: number, style: Style, padFirst: boolean): string {
  const pad = " ".repeat(indent);
  let text = "";
  let isFirst = true;
  for (const item of list) {
    text += (isFirst && !padFirst ? "" : pad) + "- ";
    if (isList(item) && item.length > 0) text += printList(item, indent + 2, style, false);
    else if (isMap(item) && Object.keys(item).length > 0) text += printMap(item, indent + 2, style, false);
    else if (typeof item === "string") text += printString(item, indent + style.tabWidth, style, true) + "\n";
    else text += leaf(item) + "\n";
    isFirst = false;
  }
  return text;
}

function afterKey(value: Json | undefined, key: string, indent: number, style: Style): string {
  const inner = indent + style.tabWidth;
  if (typeof value === "string") return ` ${printString(value, inner, style, fits(indent, key, ": |-"))}\n`;
  if (isList(value) && value.length > 0) return "\n" + printList(value, inner, style, true);
  if (isMap(value) && Object.keys(value).length > 0) return "\n" + printMap(value, inner, style, true);
  const text = leaf(value);
  return (text === "{}" || text === "[]") && !fits(indent, key, ": {}") ? `\n${" ".repeat(inner)}${text}\n` : ` ${text}\n`;
}

function fits(indent: number, key: string, rest: string): boolean {
  return indent + key.length * 2 + rest.length <= PRINT_WIDTH || indent + displayWidth(key) + rest.length <= PRINT_WIDTH;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value) && exactText(value) === undefined;
}

/** Everything that takes one word: numbers, booleans, null, and empty lists and maps. */
function leaf(value: Json | undefined): string {
  if (value === undefined) throw new RangeError("undefined is no value of a document");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return printNumber(value);
  if (isList(value)) return "[]";
  return exactText(value) ?? "{}";
}

/** Never in exponent form, which YAML 1.1 reads as text without a dot. */
function printNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
  return Number.isSafeInteger(value) ? String(value) : toDecimal(fromNumber(value));
}

function printKey(key: string, style: Style): string {
  const text = isPlain(key) ? key : quoted(key, style);
  if (text.length > KEY_LIMIT) throw new RangeError(`a key of ${text.length} characters is too long for YAML`);
  return text;
}

function printString(text: string, indent: number, style: Style, mayBeBlock: boolean): string {
  if (isPlain(text)) return text;
  return mayBeBlock && isBlock(text) ? block(text, indent) : quoted(text, style);
}

/** Starts like a word, has no `: ` and no ` #`, and single blanks only. */
const PLAIN = /^(?:[A-Za-z_/($](?:[!-"$-9;-~]|:(?![ ]|$)|(?<! )#| (?! |$))*|[0-9]+(?:ms|[smhdwy]))$/;
/** Words that some reader takes for a boolean, null or a number. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

function isPlain(text: string): boolean {
  return PLAIN.test(text) && !(text.length <= 5 && RESERVED.test(text));
}

/** Characters that some reader refuses, takes for a line break, or does not show. */
const SPECIAL = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]|\p{Cf}/u;
const EACH_SPECIAL = new RegExp(SPECIAL, "gu");
const ASCII = /^[\n -~]*$/;

function isBlock(text: string): boolean {
  if (!text.includes("\n") || /^\s|\n\n$|[^\S\n](?:\n|$)/.test(text)) return false;
  return ASCII.test(text) || !(SPECIAL.test(text) || isBroken(text));
}

function block(text: string, indent: number): string {
  const [header, body] = text.endsWith("\n") ? ["|", text.slice(0, -1)] : ["|-", text];
  return `${header}\n${body.replace(/^(?=.)/gm, " ".repeat(indent))}`;
}

/** Prettier's choice of quotes: the kind that needs no escapes, else the preferred one. */
function quoted(text: string, style: Style): string {
  if (!ASCII.test(text) && isBroken(text)) throw new RangeError("half of a surrogate pair cannot be written");
  if (/[\n\t]/.test(text) || (!ASCII.test(text) && SPECIAL.test(text))) return doubleQuoted(text);
  if (/["\\]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return text.includes("'") ? `"${text}"` : style.quote + text + style.quote;
}

function isBroken(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

function doubleQuoted(text: string): string {
  const escaped = text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return `"${escaped.replace(EACH_SPECIAL, escapeCharacter)}"`;
}

function escapeCharacter(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (char === "\r") return "\\r";
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}

/** One JSON document. Objects take a line for each property, lists one line where that fits, as prettier has them. */
export function printJson(value: Json, options: PrintOptions = {}): string {
  return withLineEnds(printJsonValue(value, 0, 0, 0, options.tabWidth ?? 2) + "\n", options);
}

/** `column` is where the value begins, `after` the width of what follows it on its last line. */
function printJsonValue(value: Json | undefined, indent: number, column: number, after: number, tabWidth: number): string {
  if (typeof value === "string") return jsonString(value);
  const inner = indent + tabWidth;
  const pad = " ".repeat(inner);
  if (isList(value) && value.length > 0) {
    const flat = flatList(value);
    if (flat !== undefined && column + displayWidth(flat) + after <= PRINT_WIDTH) return flat;
    if (value.length > 1 && value.every(isNumber)) return `[\n${fill(value.map(leaf), inner)}\n${" ".repeat(indent)}]`;
    const items = value.map((item, i) => pad + printJsonValue(item, inner, inner, i < value.length - 1 ? 1 : 0, tabWidth));
    return `[\n${items.join(",\n")}\n${" ".repeat(indent)}]`;
  }
  if (!isMap(value)) return leaf(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return "{}";
  const properties = keys.map((key, i) => {
    const start = `${pad}${jsonString(key)}: `;
    return start + printJsonValue(value[key], inner, displayWidth(start), i < keys.length - 1 ? 1 : 0, tabWidth);
  });
  return `{\n${properties.join(",\n")}\n${" ".repeat(indent)}}`;
}

/** The list on one line, or undefined if something in it always takes more. */
function flatList(list: readonly Json[]): string | undefined {
  if (list.length > 1 && list.every((item) => isList(item) && item.length > 1)) return undefined;
  const items: string[] = [];
  for (const item of list) {
    if (isMap(item) && Object.keys(item).length > 0) return undefined;
    const text = typeof item === "string" ? jsonString(item) : isList(item) && item.length > 0 ? flatList(item) : leaf(item);
    if (text === undefined) return undefined;
    items.push(text);
  }
  return `[${items.join(", ")}]`;
}

/** Numbers fill the lines. */
function fill(numbers: readonly string[], indent: number): string {
  const lines: string[] = [];
  let line = " ".repeat(indent);
  numbers.forEach((number, i) => {
    const text = i < numbers.length - 1 ? `${number},` : number;
    if (i > 0 && line.length + 1 + text.length > PRINT_WIDTH) {
      lines.push(line);
      line = " ".repeat(indent) + text;
    } else {
      line += i === 0 ? text : ` ${text}`;
    }
  });
  return [...lines, line].join("\n");
}

function isNumber(value: Json): boolean {
  return typeof value === "number" || exactText(value) !== undefined;
}

/** What cannot be seen is escaped here as it is in YAML. */
function jsonString(text: string): string {
  if (ASCII.test(text)) return JSON.stringify(text);
  if (isBroken(text)) throw new RangeError("half of a surrogate pair cannot be written");
  return JSON.stringify(text).replace(EACH_SPECIAL, (char) =>
    Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}
