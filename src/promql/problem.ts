import type { Stretch } from "./ast.ts";

/** What kind of thing is wrong with a query's text; each is a diagnostic code of its own. */
export type ProblemKind = "syntax" | "type" | "unknown-function" | "bad-regex" | "foreign-variable" | "unknown-template";

/** Why a text is no query: the first thing wrong, as Prometheus too reports only the first. */
export interface ParseProblem {
  readonly kind: ProblemKind;
  readonly message: string;
  readonly help?: string;
  readonly at: Stretch;
}

/** Leaves the parser at the first problem; never seen outside `parseExpr`. */
export class ParseFailure extends Error {
  constructor(readonly problem: ParseProblem) {
    super(problem.message);
  }
}

/** A piece of the query for a message: on one line, and not longer than a message should be. */
export function shown(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= 60 ? line : `${line.slice(0, 57)}...`;
}

export function fail(kind: ProblemKind, at: Stretch, message: string, help?: string): never {
  throw new ParseFailure({ kind, message, at: { start: at.start, end: at.end }, ...(help !== undefined && { help }) });
}
