import type { SourceFile, Span } from "../../src/diagnostics/source.ts";

export interface Marked {
  readonly text: string;
  /** The stretches between `«` and `»`, in order. */
  readonly marks: readonly { readonly start: number; readonly end: number }[];
}

/** Takes the marks out of a text: `target: «1»` marks the 1. */
export function unmark(marked: string): Marked {
  const marks: { start: number; end: number }[] = [];
  let text = "";
  for (const [i, part] of marked.split(/[«»]/).entries()) {
    if (i % 2 === 1) marks.push({ start: text.length, end: text.length + part.length });
    text += part;
  }
  return { text, marks };
}

/** The file's text with the spans marked, to compare with what a test says. */
export function mark(file: SourceFile, spans: readonly (Span | undefined)[]): string {
  const edges = spans
    .filter((span) => span !== undefined)
    .flatMap(({ start, end }) => [
      { at: start, sign: "«" },
      { at: end, sign: "»" },
    ]);
  let text = file.text;
  for (const { at, sign } of edges.sort((a, b) => b.at - a.at || (a.sign === "«" ? 1 : -1)))
    text = text.slice(0, at) + sign + text.slice(at);
  return text;
}
