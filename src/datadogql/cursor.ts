import type { Stretch } from "./ast.ts";
import { fail } from "./problem.ts";

/** No tree has more branches than this, so that every walk over one may recurse. */
const MOST_BRANCHES = 500;

/** Every parsing function leaves the cursor behind the blanks that follow. */
export interface Cursor {
  readonly text: string;
  at: number;
  branches: number;
}

const BLANKS = /[ \t\r\n]*/y;
export const WORD = /[A-Za-z_]\w*/y;

export function match(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at;
  return pattern.exec(cursor.text) ?? undefined;
}

export function skipBlanks(cursor: Cursor): number {
  cursor.at += match(cursor, BLANKS)?.[0].length ?? 0;
  return cursor.at;
}

/** Takes what the pattern matches, and the blanks behind it. */
export function take(cursor: Cursor, pattern: RegExp): string | undefined {
  const found = match(cursor, pattern)?.[0];
  if (found !== undefined) {
    cursor.at += found.length;
    skipBlanks(cursor);
  }
  return found;
}

export function peek(cursor: Cursor, symbol: string): boolean {
  return cursor.text.startsWith(symbol, cursor.at);
}

export function takeSymbol(cursor: Cursor, symbol: string): boolean {
  if (!peek(cursor, symbol)) return false;
  cursor.at += symbol.length;
  skipBlanks(cursor);
  return true;
}

export function expectSymbol(cursor: Cursor, symbol: string, help?: string): void {
  if (!takeSymbol(cursor, symbol)) unexpected(cursor, `\`${symbol}\``, help);
}

/** From `start` to the last character taken that is no blank. */
export function since(cursor: Cursor, start: number): Stretch {
  const end = start + cursor.text.slice(start, cursor.at).trimEnd().length;
  return { start, end };
}

/** Counts an operator, a call or a nesting. */
export function branch(cursor: Cursor): void {
  if (++cursor.branches > MOST_BRANCHES) fail("syntax", here(cursor), `this query has more than ${MOST_BRANCHES} branches`);
}

/** The word or the character at the cursor. */
export function here(cursor: Cursor): Stretch {
  const { text, at } = cursor;
  const word = match(cursor, /[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*/uy)?.[0] ?? String.fromCodePoint(text.codePointAt(at) ?? 0);
  return { start: at, end: at < text.length ? at + word.length : at };
}

/** Says what stands at the cursor in place of what was expected: a variable or a placeholder by its own name. */
export function unexpected(cursor: Cursor, expected: string, help?: string): never {
  const at = here(cursor);
  const variable = match(cursor, /\$[\w.]*/y)?.[0];
  if (variable !== undefined) {
    fail("template-variable", { start: cursor.at, end: cursor.at + variable.length }, `\`${variable}\` is a template variable`);
  }
  const placeholder = match(cursor, /\{\{[^{}]*(?:\}\})?/y)?.[0];
  if (placeholder !== undefined) {
    fail("placeholder", { start: cursor.at, end: cursor.at + placeholder.length }, `nobody fills in \`${placeholder}\``);
  }
  if (at.start === at.end) fail("syntax", at, `the query ends where ${expected} is expected`, help);
  fail("syntax", at, `unexpected \`${cursor.text.slice(at.start, at.end)}\`, expected ${expected}`, help);
}
