import { Lexer } from "yaml";
import { lineStarts, positionAt, type SourceFile, type Span } from "../diagnostics/source.ts";

export interface Comment {
  /** From its `#` to the end of the line. */
  readonly at: Span;
  /**
   * The line that it ends, or for a comment with a line of its own the next one that holds anything, each with all lines of the scalars
   * that stand on it. Undefined where nothing follows.
   */
  readonly about?: Span;
}

/** The comments of a YAML or JSON file, even of one that does not parse. What only looks like one, inside a text, is none. */
export function commentsOf(file: SourceFile): readonly Comment[] {
  const { comments, scalars, contents } = lex(file.text);
  const starts = lineStarts(file);
  const lineOf = (offset: number): Stretch => {
    const { line } = positionAt(file, offset);
    return { start: starts[line - 1] ?? 0, end: starts[line] ?? file.text.length };
  };
  return comments.map(({ start, end }) => {
    const at = { file, start, end };
    const own = lineOf(start);
    const subject = contents.find((each) => each >= own.start);
    if (subject === undefined) return { at };
    const line = endsWithin(scalars, own) ?? lineOf(subject);
    const onLine = scalars.filter((scalar) => scalar.start < line.end && scalar.end > line.start);
    return {
      at,
      about: {
        file,
        start: Math.min(line.start, ...onLine.map((scalar) => scalar.start)),
        end: Math.max(line.end, ...onLine.map((scalar) => scalar.end)),
      },
    };
  });
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The line itself, if the end of a scalar of several lines is all that stands before its comment. */
function endsWithin(scalars: readonly Stretch[], line: Stretch): Stretch | undefined {
  return scalars.some(({ start, end }) => start < line.start && end > line.start && end < line.end) ? line : undefined;
}

interface Lexed {
  readonly comments: readonly Stretch[];
  /** With its header, if a block scalar. */
  readonly scalars: readonly Stretch[];
  /** Where anything but a comment begins. */
  readonly contents: readonly number[];
}

/** https://eemeli.org/yaml/#lexer */
const CONTROL = /^[\u{2}\u{18}\u{1f}]$/u;
const SCALAR_FOLLOWS = "\u{1f}";

function lex(text: string): Lexed {
  const comments: Stretch[] = [];
  const scalars: Stretch[] = [];
  const contents: number[] = [];
  let offset = 0;
  let before = "";
  let header: number | undefined;
  for (const token of new Lexer().lex(text)) {
    if (CONTROL.test(token)) {
      before = token;
      continue;
    }
    const start = offset;
    const end = start + token.length;
    offset = end;
    const isScalar = before === SCALAR_FOLLOWS;
    before = token;
    if (isScalar || /^["']/.test(token)) {
      // The line break behind a block scalar is its own, and a comment beside the next entry is not about it.
      scalars.push({ start: header ?? start, end: start + token.trimEnd().length });
      contents.push(header ?? start);
      header = undefined;
    } else if (token.startsWith("#")) {
      comments.push({ start, end });
    } else if (token.trim() !== "" && token !== "\ufeff") {
      contents.push(start);
      if (/^[|>]/.test(token)) header = start;
    }
  }
  return { comments, scalars, contents };
}
