/**
 * From a stretch of a scalar's text back to the file.
 *
 * Approach: decode the scalar's source once more, noting for every character of the result where it came from.
 * If the result is the scalar's text, the notes are right; if not, the answer is the whole scalar. A caret may be coarse, never wrong.
 */
import type { Span } from "../diagnostics/source.ts";
import type { YamlScalar } from "./tree.ts";

/** The place in the file of `scalar.text.slice(start, end)`: exact where that can be proven, else the whole scalar. */
export function spanWithin(scalar: YamlScalar, start: number, end: number): Span {
  const trace = traceOf(scalar);
  if (trace === undefined || start < 0 || end < start || end > scalar.text.length) return scalar.at;
  const { file } = scalar.at;
  const from = trace.starts[start] ?? trace.end;
  if (start === end) {
    // Between two characters: after the one before, so that the end of a line stays on its line.
    const at = start === 0 ? from : (trace.ends[start - 1] ?? from);
    return { file, start: at, end: at };
  }
  return { file, start: from, end: trace.ends[end - 1] ?? trace.end };
}

/** Where each UTF-16 unit of the text starts and ends in the file, and where the content ends. */
interface Trace {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly end: number;
}

const traces = new WeakMap<YamlScalar, Trace | undefined>();

function traceOf(scalar: YamlScalar): Trace | undefined {
  if (!traces.has(scalar)) traces.set(scalar, prove(scalar));
  return traces.get(scalar);
}

function prove(scalar: YamlScalar): Trace | undefined {
  const { file, start, end } = scalar.at;
  switch (scalar.style) {
    case "missing":
      return { starts: [], ends: [], end: start };
    case "plain":
      return accept(scalar, decodeFlow(file.text, start, end, "plain"), end);
    case "single":
    case "double":
      return accept(scalar, decodeFlow(file.text, start + 1, end - 1, scalar.style), end - 1);
    case "literal":
    case "folded":
      return proveBlock(scalar, scalar.style);
  }
}

/** The trace of a block scalar stops at the last line with content; the breaks that chomping keeps all lie at its end. */
function proveBlock(scalar: YamlScalar, style: "literal" | "folded"): Trace | undefined {
  const { file, start, end } = scalar.at;
  const [, ...lines] = linesOf(file.text, start, end);
  const first = lines.find((line) => contentStart(file.text, line) < line.end);
  if (first === undefined) return accept(scalar, new Tracer(), end);
  // The header may state an indentation relative to a parent that a scalar does not know; only one can give the text.
  for (let indent = spacesBefore(file.text, first); indent >= 0; indent--) {
    const trace = accept(scalar, decodeBlock(file.text, lines, indent, style), end);
    if (trace) return trace;
  }
  return undefined;
}

function accept(scalar: YamlScalar, traced: Tracer, end: number): Trace | undefined {
  const rest = scalar.text.slice(traced.text.length);
  if (!scalar.text.startsWith(traced.text) || /[^ \t\r\n]/.test(rest)) return undefined;
  for (let i = 0; i < rest.length; i++) traced.add(" ", end, end);
  return { starts: traced.starts, ends: traced.ends, end };
}

/** Decoded text with its origins. */
class Tracer {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  text = "";

  /** Text that a stretch of the source stands for as a whole. */
  add(text: string, start: number, end: number): void {
    this.text += text;
    for (let i = 0; i < text.length; i++) {
      this.starts.push(start);
      this.ends.push(end);
    }
  }

  /** Source that stands for itself. */
  copy(source: string, start: number, end: number): void {
    this.text += source.slice(start, end);
    for (let at = start; at < end; at++) {
      this.starts.push(at);
      this.ends.push(at + 1);
    }
  }
}

interface Line {
  readonly start: number;
  /** Before the line break. */
  readonly end: number;
}

/** As the reader counts lines: `\n` and `\r\n` break them, a lone `\r` does not. */
function linesOf(source: string, start: number, end: number): readonly Line[] {
  const lines: Line[] = [];
  for (let at = start; ;) {
    const newline = source.indexOf("\n", at);
    if (newline === -1 || newline >= end) return [...lines, { start: at, end }];
    lines.push({ start: at, end: newline > at && source[newline - 1] === "\r" ? newline - 1 : newline });
    at = newline + 1;
  }
}

const isBlank = (char: string | undefined): boolean => char === " " || char === "\t";

function contentStart(source: string, line: Line): number {
  let at = line.start;
  while (at < line.end && isBlank(source[at])) at++;
  return at;
}

function spacesBefore(source: string, line: Line): number {
  let at = line.start;
  while (at < line.end && source[at] === " ") at++;
  return at - line.start;
}

/** Flow scalars fold: one line break is a space, further ones are kept, blanks around breaks go (YAML 1.2.2, 6.5). */
function decodeFlow(source: string, start: number, end: number, style: "plain" | "single" | "double"): Tracer {
  const traced = new Tracer();
  const lines = linesOf(source, start, end);
  const last = lines.length - 1;
  let fold: { readonly start: number; breaks: number } | undefined;
  for (const [i, line] of lines.entries()) {
    const from = i === 0 ? line.start : contentStart(source, line);
    if (fold !== undefined && from === line.end && i < last) {
      fold.breaks++;
      continue;
    }
    if (fold !== undefined) traced.add(fold.breaks === 1 ? " " : "\n".repeat(Math.max(0, fold.breaks - 1)), fold.start, from);
    const stop = copyFlowLine(traced, source, { start: from, end: line.end }, style, i === last);
    fold = { start: stop.at, breaks: stop.escapedBreak ? 0 : 1 };
  }
  return traced;
}

/** Where the line's content stops, and whether a backslash swallows its break. */
function copyFlowLine(
  traced: Tracer,
  source: string,
  line: Line,
  style: "plain" | "single" | "double",
  isLast: boolean,
): { at: number; escapedBreak: boolean } {
  let at = line.start;
  while (at < line.end) {
    if (isBlank(source[at])) {
      let end = at;
      while (end < line.end && isBlank(source[end])) end++;
      if (end === line.end && !isLast) return { at, escapedBreak: false };
      traced.copy(source, at, end);
      at = end;
    } else if (style === "single" && source.startsWith("''", at)) {
      traced.add("'", at, at + 2);
      at += 2;
    } else if (style === "double" && source[at] === "\\") {
      if (at + 1 === line.end) return { at, escapedBreak: true };
      const end = at + 2 + (HEX_DIGITS[source[at + 1] ?? ""] ?? 0);
      traced.add(unescape(source.slice(at + 1, end)), at, end);
      at = end;
    } else {
      traced.copy(source, at, at + 1);
      at++;
    }
  }
  return { at, escapedBreak: false };
}

const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** https://yaml.org/spec/1.2.2/#57-escaped-characters */
const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  N: "\x85",
  _: "\xa0",
  L: "\u2028",
  P: "\u2029",
};

function unescape(escape: string): string {
  if (escape.length === 1) return ESCAPES[escape] ?? escape;
  const code = parseInt(escape.slice(1), 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

/** Block scalars, up to the last line with content. Folding follows YAML 1.2.2, 8.1.3: more-indented lines keep their breaks. */
function decodeBlock(source: string, lines: readonly Line[], indent: number, style: "literal" | "folded"): Tracer {
  const traced = new Tracer();
  let breaks: { readonly start: number; count: number } | undefined;
  let previous: "none" | "text" | "more-indented" = "none";
  for (const line of lines) {
    const from = Math.min(line.start + indent, line.start + spacesBefore(source, line));
    const isEmpty = from === line.end;
    if (breaks !== undefined && (style === "literal" || !isEmpty)) {
      const kind = isBlank(source[from]) ? "more-indented" : "text";
      const folds = style === "folded" && previous === "text" && kind === "text";
      const text = !folds ? "\n".repeat(breaks.count) : breaks.count === 1 ? " " : "\n".repeat(breaks.count - 1);
      traced.add(text, breaks.start, from);
      breaks = undefined;
    }
    if (!isEmpty) previous = isBlank(source[from]) ? "more-indented" : "text";
    traced.copy(source, from, line.end);
    if (breaks === undefined) breaks = { start: line.end, count: 1 };
    else breaks.count++;
  }
  return traced;
}
