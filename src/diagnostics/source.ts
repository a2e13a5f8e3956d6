/** A text the user gave us. Positions in it are offsets in UTF-16 code units; line and column are derived for display only. */
export interface SourceFile {
  /** As the user would type it: relative to the project's root, with forward slashes; `<stdin>` for standard input. */
  readonly path: string;
  readonly text: string;
}

/** A stretch of a source file: offsets, `end` exclusive. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** A place as people count: both from 1, the column in code points. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const lineStartsOf = new WeakMap<SourceFile, readonly number[]>();

/** The offset at which each line starts; `\n`, `\r\n` and a lone `\r` end a line, as in YAML. No editor shows a byte order mark as part of the first. */
export function lineStarts(file: SourceFile): readonly number[] {
  let starts = lineStartsOf.get(file);
  if (starts === undefined) {
    starts = [file.text.startsWith("\ufeff") ? 1 : 0, ...[...file.text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
    lineStartsOf.set(file, starts);
  }
  return starts;
}

export function positionAt(file: SourceFile, offset: number): Position {
  const starts = lineStarts(file);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const column = Array.from(file.text.slice(starts[low] ?? 0, offset)).length + 1;
  return { line: low + 1, column };
}
