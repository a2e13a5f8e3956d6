import type { Scope, Stretch, TagExpr, TagFilter } from "./ast.ts";
import { branch, expectSymbol, here, match, peek, since, skipBlanks, take, takeSymbol, unexpected, WORD, type Cursor } from "./cursor.ts";
import { MODIFIERS } from "./names.ts";
import { fail } from "./problem.ts";

// Datadog stores every other character of a tag as `_`: https://docs.datadoghq.com/getting_started/tagging/#define-tags
const TAG_KEY = /[\p{L}_][\p{L}\p{M}\p{N}_./-]*/uy;
const TAG_VALUE = /[\p{L}\p{M}\p{N}_./:*-]+/uy;
const TAG_HELP =
  "a tag is `key:value` without quotes, of letters, digits, `_`, `-`, `.`, `/` and `:`; Datadog stores other characters as `_`";

/** Notes which style the scope has as it shows; the second one gets the caret. */
interface ScopeCursor extends Cursor {
  style?: "list" | "boolean";
}

function note(cursor: ScopeCursor, style: "list" | "boolean", at: Stretch): void {
  if (cursor.style !== undefined && cursor.style !== style) {
    const other = style === "list" ? "`AND`, `OR`, `NOT`, `IN` or parentheses" : "`,` or `!`";
    fail("mixed-scope", at, `\`${cursor.text.slice(at.start, at.end)}\` cannot stand beside ${other} in one scope`);
  }
  cursor.style = style;
}

export function parseScope(cursor: ScopeCursor): Scope {
  const start = cursor.at;
  delete cursor.style;
  expectSymbol(cursor, "{");
  if (peek(cursor, "}")) fail("syntax", { start, end: cursor.at + 1 }, "this scope is empty", "write `{*}` to read all of the metric");
  if (takeSymbol(cursor, "*")) {
    expectSymbol(cursor, "}", "`*` means all of the metric and stands alone: leave it out beside tags");
    return { style: "all", at: since(cursor, start) };
  }
  const filters: TagExpr[] = [];
  for (;;) {
    filters.push(parseOr(cursor));
    const comma = cursor.at;
    if (!takeSymbol(cursor, ",")) break;
    note(cursor, "list", { start: comma, end: comma + 1 });
  }
  if (!peek(cursor, "}")) unexpected(cursor, "`,`, `AND`, `OR` or `}`", helpForOpen(cursor));
  takeSymbol(cursor, "}");
  const at = since(cursor, start);
  const [filter] = filters;
  if (filter !== undefined && filter.kind !== "tag") return { style: "boolean", filter, at };
  return { style: "list", items: filters.filter((item) => item.kind === "tag"), at };
}

/** A dot may stand in a tag, so a scope that is not closed takes the modifier behind it for a part of its last tag. */
function helpForOpen({ text, at }: Cursor): string {
  const modifier = MODIFIERS.find((name) => text.startsWith(`.${name}(`, at - name.length - 1));
  return modifier === undefined ? TAG_HELP : `close the scope: \`}.${modifier}(\``;
}

/** `AND`, `OR`, `NOT`, `IN` in either case, but no tag that starts like one. */
function takeKeyword(cursor: ScopeCursor, keyword: string): boolean {
  const start = cursor.at;
  if (!isKeyword(cursor, keyword)) return false;
  cursor.at += keyword.length;
  note(cursor, "boolean", since(cursor, start));
  skipBlanks(cursor);
  return true;
}

function isKeyword(cursor: Cursor, keyword: string): boolean {
  const word = match(cursor, TAG_KEY)?.[0];
  return word?.toUpperCase() === keyword && cursor.text[cursor.at + word.length] !== ":";
}

function parseOr(cursor: ScopeCursor): TagExpr {
  return parseJunction(cursor, "or", (inner) => parseJunction(inner, "and", parseNot));
}

function parseJunction(cursor: ScopeCursor, kind: "and" | "or", parseOperand: (cursor: ScopeCursor) => TagExpr): TagExpr {
  const start = cursor.at;
  let left = parseOperand(cursor);
  while (takeKeyword(cursor, kind.toUpperCase())) {
    branch(cursor);
    left = { kind, left, right: parseOperand(cursor), at: since(cursor, start) };
  }
  return left;
}

function parseNot(cursor: ScopeCursor): TagExpr {
  const start = cursor.at;
  if (takeKeyword(cursor, "NOT")) {
    branch(cursor);
    return { kind: "not", filter: parseNot(cursor), at: since(cursor, start) };
  }
  if (takeSymbol(cursor, "!")) {
    note(cursor, "list", { start, end: start + 1 });
    if (peek(cursor, "(")) note(cursor, "boolean", here(cursor));
    return parseTag(cursor, start, true);
  }
  if (takeSymbol(cursor, "(")) {
    note(cursor, "boolean", { start, end: start + 1 });
    branch(cursor);
    const filter = parseOr(cursor);
    const comma = here(cursor);
    if (peek(cursor, ",")) note(cursor, "list", comma);
    expectSymbol(cursor, ")", TAG_HELP);
    return { kind: "group", filter, at: since(cursor, start) };
  }
  return parseTag(cursor, start, false);
}

const KEYWORDS = ["AND", "OR", "NOT", "IN"];

function parseTag(cursor: ScopeCursor, start: number, negated: boolean): TagExpr {
  if (KEYWORDS.some((keyword) => isKeyword(cursor, keyword))) unexpected(cursor, "a tag such as `env:prod`");
  const key = match(cursor, TAG_KEY)?.[0];
  if (key === undefined) unexpected(cursor, "a tag such as `env:prod`", TAG_HELP);
  cursor.at += key.length;
  skipBlanks(cursor);
  if (takeSymbol(cursor, ":")) {
    const value = parseTagValue(cursor, key);
    return { kind: "tag", negated, key, value, at: since(cursor, start) };
  }
  if (peek(cursor, "*")) fail("wildcard-inside", here(cursor), "a tag's key cannot hold a wildcard", "write the key, as in `env:prod*`");
  const not = cursor.at;
  if (takeKeyword(cursor, "NOT")) {
    if (!isKeyword(cursor, "IN"))
      fail("syntax", { start: not, end: not + 3 }, "`NOT` stands before a tag", `write \`NOT ${key}:value\` or \`${key} NOT IN (a,b)\``);
    takeKeyword(cursor, "IN");
    return { kind: "in", negated: true, key, values: parseList(cursor, key), at: since(cursor, start) };
  }
  if (takeKeyword(cursor, "IN")) return { kind: "in", negated: false, key, values: parseList(cursor, key), at: since(cursor, start) };
  return { kind: "tag", negated, key, at: since(cursor, start) } satisfies TagFilter;
}

function parseTagValue(cursor: Cursor, key: string): string {
  const start = cursor.at;
  const value = take(cursor, TAG_VALUE);
  if (value === undefined) unexpected(cursor, `the value of \`${key}\``, TAG_HELP);
  const inside = value.slice(1, -1).indexOf("*");
  if (inside !== -1) {
    const at = start + 1 + inside;
    fail("wildcard-inside", { start: at, end: at + 1 }, `the wildcard stands inside \`${value}\``);
  }
  return value;
}

function parseList(cursor: ScopeCursor, key: string): readonly string[] {
  expectSymbol(cursor, "(", `write \`${key} IN (a,b)\``);
  const values: string[] = [];
  do {
    const start = cursor.at;
    const value = parseTagValue(cursor, key);
    // Nothing documents wildcards here: https://docs.datadoghq.com/metrics/advanced-filtering/
    const star = value.indexOf("*");
    if (star !== -1)
      fail(
        "wildcard-inside",
        { start: start + star, end: start + star + 1 },
        "a list of values cannot hold a wildcard",
        `write \`(${key}:a* OR ${key}:b*)\``,
      );
    values.push(value);
  } while (takeSymbol(cursor, ","));
  expectSymbol(cursor, ")", TAG_HELP);
  return values;
}

export function parseGroups(cursor: Cursor): readonly string[] {
  if (match(cursor, WORD)?.[0] !== "by") return [];
  take(cursor, WORD);
  expectSymbol(cursor, "{", "write `by {key}`");
  const keys: string[] = [];
  do {
    const key = take(cursor, TAG_KEY);
    if (key === undefined) unexpected(cursor, "the key of a tag, such as `region`");
    keys.push(key);
  } while (takeSymbol(cursor, ","));
  expectSymbol(cursor, "}");
  return keys;
}
