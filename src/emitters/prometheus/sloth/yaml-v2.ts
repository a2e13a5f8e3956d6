/*
 * YAML with the bytes of Go's gopkg.in/yaml.v2 (an emitter after libyaml, best width 80), which writes Sloth's files.
 * https://github.com/go-yaml/yaml/tree/v2.4.0
 */

/** Maps keep their order; `sorted` gives the one that yaml.v2 uses for Go maps. */
export type YamlV2 = string | readonly YamlV2Map[] | YamlV2Map;
export type YamlV2Map = ReadonlyMap<string, YamlV2>;

/** One document, without a `---`. */
export function printYamlV2(document: YamlV2Map): string {
  const page = newPage();
  printMap(page, document, 0);
  page.endLine();
  return page.text();
}

interface Page {
  readonly column: () => number;
  readonly put: (text: string) => void;
  /** An indicator (`- `, `? `, `: `) after which a map may begin on the same line. */
  readonly putIndicator: (text: string) => void;
  /** A character that ends the line by itself: a line feed, or one of Unicode's separators. */
  readonly putBreak: (character: string) => void;
  /** Ends the line, unless nothing stands on it yet. */
  readonly endLine: () => void;
  /** Goes to `column` on this line if only indicators stand on it, else on the next. */
  readonly startAt: (column: number) => void;
  readonly text: () => string;
}

function newPage(): Page {
  let text = "";
  let column = 0;
  let written = false;
  const page: Page = {
    column: () => column,
    put: (more) => {
      page.putIndicator(more);
      written = true;
    },
    putIndicator: (more) => {
      text += more;
      column += codePoints(more);
    },
    putBreak: (character) => {
      text += character;
      column = 0;
      written = false;
    },
    endLine: () => {
      if (written || column > 0) page.putBreak("\n");
    },
    startAt: (target) => {
      if (written || column > target) page.endLine();
      page.putIndicator(" ".repeat(target - column));
    },
    text: () => text,
  };
  return page;
}

function codePoints(text: string): number {
  let count = text.length;
  for (const pair of text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)) count -= pair.length;
  return count;
}

function printMap(page: Page, map: YamlV2Map, indent: number): void {
  for (const [key, value] of map) {
    page.startAt(indent);
    if (isSimpleKey(key)) {
      printScalar(page, key, indent, true);
      page.put(":");
      printValue(page, value, indent);
    } else {
      page.putIndicator("? ");
      printScalar(page, key, indent, false);
      page.startAt(indent);
      page.putIndicator(": ");
      if (typeof value === "string") printScalar(page, value, indent, false);
      else if (isList(value)) printList(page, value, indent + 2);
      else printMap(page, value, indent + 2);
    }
  }
}

function printValue(page: Page, value: YamlV2, indent: number): void {
  if (typeof value === "string") {
    page.put(" ");
    printScalar(page, value, indent, false);
  } else if (isList(value)) {
    if (value.length === 0) page.put(" []");
    else page.endLine();
    // Items stand under their key without further indent.
    printList(page, value, indent);
  } else {
    page.endLine();
    printMap(page, value, indent + 2);
  }
}

function printList(page: Page, items: readonly YamlV2Map[], indent: number): void {
  for (const item of items) {
    page.startAt(indent);
    page.putIndicator("- ");
    printMap(page, item, indent + 2);
  }
}

function isList(value: YamlV2): value is readonly YamlV2Map[] {
  return Array.isArray(value);
}

/** Longer keys, and those of several lines, get the `? key` form. The limit counts bytes. */
function isSimpleKey(key: string): boolean {
  return !BREAK.test(key) && new TextEncoder().encode(key).length <= 128;
}

const BEST_WIDTH = 80;

const UNPRINTABLE = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;
const BREAK = /[\n\r\x85\u2028\u2029]/;
const SPACE_THEN_BREAK = / [\n\r\x85\u2028\u2029]/;
const BREAK_THEN_SPACE = /[\n\r\x85\u2028\u2029] /;
const NOT_PLAIN = /^(?:---|\.\.\.|[ #,[\]{}&*!|>'"%@`]|[-?](?: |$))|:(?: |$)| #| $/;

type Style = "plain" | "single" | "double" | "literal";

function styleOf(text: string): Style {
  if (UNPRINTABLE.test(text) || SPACE_THEN_BREAK.test(text)) return "double";
  if (text.includes("\n")) return text.endsWith(" ") ? "double" : "literal";
  if (readsAsOther(text) || BREAK_THEN_SPACE.test(text)) return "double";
  return BREAK.test(text) || NOT_PLAIN.test(text) ? "single" : "plain";
}

const QUOTE = { plain: "", single: "'", double: '"' } as const;

function printScalar(page: Page, text: string, indent: number, isKey: boolean): void {
  const style = styleOf(text);
  if (style === "literal") {
    printLiteral(page, text, indent + 2);
    return;
  }
  page.put(QUOTE[style]);
  printFlow(page, text, style, isKey ? undefined : indent + 2);
  page.put(QUOTE[style]);
}

/** Past the best width the next space becomes a line break, with the rest at `hang`; keys have none and never fold. */
function printFlow(page: Page, text: string, style: "plain" | "single" | "double", hang: number | undefined): void {
  if (style === "plain" && (hang === undefined || page.column() + text.length <= BEST_WIDTH)) {
    page.put(text);
    return;
  }
  const escapeAll = style === "double" && text.startsWith("\ufeff");
  const characters = [...text];
  let afterSpace = false;
  let afterBreak = false;
  for (const [at, character] of characters.entries()) {
    const next = characters[at + 1];
    if (character === " " && !escapeAll) {
      const folds = hang !== undefined && page.column() > BEST_WIDTH && !afterSpace && at > 0 && next !== undefined;
      if (folds && (style === "double" || next !== " ")) {
        page.startAt(hang);
        if (next === " ") page.put("\\");
      } else page.put(" ");
      afterSpace = true;
    } else if (style === "single" && BREAK.test(character)) {
      page.putBreak(character);
      afterBreak = true;
    } else {
      if (afterBreak) page.startAt(hang ?? 0);
      page.put(escaped(character, style, escapeAll));
      afterSpace = afterBreak = false;
    }
  }
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\0", "\\0"],
  ["\x07", "\\a"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\v", "\\v"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ["\x1b", "\\e"],
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\x85", "\\N"],
  ["\u2028", "\\L"],
  ["\u2029", "\\P"],
]);

/** `all` is a slip of yaml.v2: a text that starts with a byte order mark has every character escaped. */
function escaped(character: string, style: "plain" | "single" | "double", all: boolean): string {
  if (style === "plain") return character;
  if (style === "single") return character === "'" ? "''" : character;
  if (all && character === "\xa0") return "\\_";
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  if (!all && !UNPRINTABLE.test(character)) return character;
  const point = character.codePointAt(0) ?? 0;
  const hex = point.toString(16).toUpperCase();
  if (point <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return point <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

function printLiteral(page: Page, text: string, indent: number): void {
  const indentHint = /^[ \n\u2028\u2029]/.test(text) ? "2" : "";
  page.put(`|${indentHint}${chompHint(text)}`);
  page.putBreak("\n");
  for (const [line, end] of linesOf(text)) {
    if (line !== "") {
      page.startAt(indent);
      page.put(line);
    }
    if (end !== "") page.putBreak(end);
  }
}

function chompHint(text: string): "-" | "+" | "" {
  if (!BREAK.test(text.slice(-1))) return "-";
  return text.length === 1 || BREAK.test(text.slice(-2, -1)) ? "+" : "";
}

function linesOf(text: string): readonly (readonly [line: string, end: string])[] {
  return [...text.matchAll(/([^\n\u2028\u2029]*)([\n\u2028\u2029]|$)/g)].map(([, line = "", end = ""]) => [line, end] as const);
}

// ---- what a plain scalar would be read as ----

const WORDS = new Set(
  ["y", "yes", "true", "on", "n", "no", "false", "off", "null", ".nan", ".inf", "+.inf", "-.inf"].flatMap((word) => [
    word,
    word.replace(/[a-z]/, (letter) => letter.toUpperCase()),
    word.toUpperCase(),
  ]),
).add(".NaN");
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|[1-9][0-9]*|0)$|^0b[-+]?[01]+$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const DOT_FLOAT = /^\.\d+(?:_\d+)*(?:[eE][-+]?\d+(?:_\d+)*)?$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** Whether yaml.v2, which follows YAML 1.1 in most things, reads the plain text as anything but a string. */
function readsAsOther(text: string): boolean {
  if (text === "" || text === "~" || WORDS.has(text)) return true;
  if (!/^[-+.0-9]/.test(text)) return false;
  if (text.startsWith(".")) return DOT_FLOAT.test(text) && isFinite(Number(text.replaceAll("_", "")));
  const digits = text.replaceAll("_", "");
  return isTimestamp(text) || isInteger(digits) || (FLOAT.test(digits) && isFinite(Number(digits))) || BASE_60.test(text);
}

/** In the range of int64, or of uint64 without a sign. */
function isInteger(text: string): boolean {
  if (!INTEGER.test(text)) return false;
  const negative = text.includes("-");
  const magnitude = text.replace(/[-+]/g, "").replace(/^0(?=[0-7])/, "0o");
  const value = BigInt(magnitude);
  if (negative) return value <= 1n << 63n;
  return value < 1n << (text.includes("+") ? 63n : 64n);
}

const DATE = String.raw`\d{4}-\d{1,2}-\d{1,2}`;
const TIME = String.raw`\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?`;
const TIMESTAMP = new RegExp(String.raw`^${DATE}(?:[Tt]${TIME}(?:Z|[-+]\d{2}:\d{2})| +${TIME})?$`);

function isTimestamp(text: string): boolean {
  if (!TIMESTAMP.test(text)) return false;
  const numbers = text.replace(/[.,]\d+/, "").match(/\d+/g) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = numbers.map(Number);
  const daysInMonth = month === 2 ? (isLeapYear(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return (
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    zoneHour <= 24 &&
    zoneMinute <= 60
  );
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

// ---- key order ----

/** A Go map in yaml.v2's order: letters after all else, runs of digits by their value. */
export function sorted<V extends YamlV2>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> {
  return new Map([...map].sort(([a], [b]) => compareKeys([...a], [...b])));
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [at, left] of a.entries()) {
    const right = b[at];
    if (right === undefined) return 1;
    if (left === right) continue;
    const leftIsLetter = /\p{L}/u.test(left);
    const rightIsLetter = /\p{L}/u.test(right);
    if (leftIsLetter && rightIsLetter) return byCodePoint(left, right);
    if (leftIsLetter || rightIsLetter) return leftIsLetter ? 1 : -1;
    return compareNumbers(a, b, at) || byCodePoint(left, right);
  }
  return a.length - b.length;
}

/** A zero after other digits stands inside a number, so the run counts as if a 1 stood before it: `a10` is above `a1`. */
function compareNumbers(a: readonly string[], b: readonly string[], at: number): number {
  const lead = (a[at] === "0" || b[at] === "0") && /[1-9]\d*$/.test(a.slice(0, at).join("")) ? "1" : "0";
  const left = digitsFrom(a, at);
  const right = digitsFrom(b, at);
  const difference = BigInt.asIntN(64, BigInt(lead + left)) - BigInt.asIntN(64, BigInt(lead + right));
  return difference === 0n ? left.length - right.length : difference < 0n ? -1 : 1;
}

function digitsFrom(characters: readonly string[], at: number): string {
  return /^\d*/.exec(characters.slice(at).join(""))?.[0] ?? "";
}

function byCodePoint(a: string, b: string): number {
  return (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0);
}
