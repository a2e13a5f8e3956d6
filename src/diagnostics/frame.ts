import { lineStarts, positionAt, type Span } from "./source.ts";
import { displayWidth } from "./width.ts";

/** Lines of more columns than this are cut to what surrounds the mark. */
const LONGEST_LINE = 120;
const CONTEXT_BEFORE = 40;
const TAB = "    ";

/** One row of a frame: a line of the source, the mark below it, or the sign that lines were left out. */
export interface FrameRow {
  readonly kind: "source" | "mark" | "gap";
  /** On source rows only. */
  readonly line?: number;
  readonly text: string;
}

/** The lines of a span with a mark under them and the label behind the last mark; of a long stretch only the first and the last line. */
export function frame(span: Span, mark: "^" | "-", label = ""): readonly FrameRow[] {
  const { file } = span;
  if (file.text.trim() === "") return [];
  const { start, end } = written(span);
  const first = positionAt(file, start).line;
  const last = positionAt(file, Math.max(start, end - 1)).line;
  if (first === last) return marked(span, first, start, end, mark, label);
  const middle: readonly FrameRow[] =
    last - first === 1
      ? []
      : last - first === 2
        ? [{ kind: "source", line: first + 1, text: cut(visible(lineText(span, first + 1)), 0, 0).text }]
        : [{ kind: "gap", text: "..." }];
  const bounds = lineBounds(span, last);
  const indent = /^\s*/.exec(lineText(span, last))?.[0].length ?? 0;
  return [
    ...marked(span, first, start, lineBounds(span, first).end, mark, ""),
    ...middle,
    ...marked(span, last, Math.min(bounds.start + indent, end - 1), end, mark, label),
  ];
}

/** The span without the line breaks at its end; at the end of a file, the place behind the last thing that the user wrote. */
export function written({ file, start, end }: Span): { readonly start: number; readonly end: number } {
  const length = file.text.trimEnd().length;
  const from = Math.max(0, Math.min(start, length));
  let to = Math.max(from, Math.min(end, file.text.length));
  while (to > from + 1 && /[\r\n]/.test(file.text[to - 1] ?? "")) to--;
  return { start: from, end: to };
}

function marked(span: Span, line: number, start: number, end: number, mark: string, label: string): readonly FrameRow[] {
  const bounds = lineBounds(span, line);
  const column = (offset: number): number => visible(span.file.text.slice(bounds.start, Math.min(offset, bounds.end))).length;
  const shown = cut(visible(lineText(span, line)), column(start), column(end));
  const before = " ".repeat(displayWidth(shown.text.slice(0, shown.start)));
  const under = mark.repeat(Math.max(1, displayWidth(shown.text.slice(shown.start, shown.end))));
  const said = label === "" ? "" : ` ${visible(label)}`;
  return [
    { kind: "source", line, text: shown.text.trimEnd() },
    { kind: "mark", text: before + under + said },
  ];
}

/** The line's part around the mark, with the mark's columns in it. */
function cut(text: string, start: number, end: number): { readonly text: string; readonly start: number; readonly end: number } {
  if (displayWidth(text) <= LONGEST_LINE) return { text, start, end };
  const from = wholeCharacter(text, Math.max(0, Math.min(start - CONTEXT_BEFORE, text.length - LONGEST_LINE)));
  const to = wholeCharacter(text, Math.min(text.length, from + LONGEST_LINE));
  const [left, right] = [from > 0 ? "…" : "", to < text.length ? "…" : ""];
  const shift = left.length - from;
  return { text: left + text.slice(from, to) + right, start: start + shift, end: Math.min(end, to) + shift };
}

/** The index itself, or the one before where it would split a surrogate pair. */
function wholeCharacter(text: string, index: number): number {
  return /[\udc00-\udfff]/.test(text[index] ?? "") ? index - 1 : index;
}

function lineBounds({ file }: Span, line: number): { readonly start: number; readonly end: number } {
  const starts = lineStarts(file);
  const start = starts[line - 1] ?? file.text.length;
  const text = file.text.slice(start, starts[line] ?? file.text.length);
  return { start, end: start + text.replace(/[\r\n]+$/, "").length };
}

function lineText(span: Span, line: number): string {
  const { start, end } = lineBounds(span, line);
  return span.file.text.slice(start, end);
}

/** Tabs as blanks, and a sign for every character, line breaks included, that a terminal would obey instead of showing it. */
export function visible(text: string): string {
  return text.replaceAll("\t", TAB).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, (char) => {
    if (char === "\u200d") return char;
    const code = char.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
  });
}
