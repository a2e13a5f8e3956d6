import type { Stretch } from "./ast.ts";

/** What kind of thing is wrong with a query's text; each is a diagnostic code of its own. */
export type ProblemKind = "syntax" | "mixed-scope" | "promql" | "template-variable" | "placeholder" | "wildcard-inside" | "modifier-order";

/** Why a text is no query: the first thing wrong. */
export interface ParseProblem {
  readonly kind: ProblemKind;
  readonly message: string;
  readonly help?: string;
  readonly at: Stretch;
}

/** Leaves the parser at the first problem; never seen outside `parseQuery`. */
export class ParseFailure extends Error {
  constructor(readonly problem: ParseProblem) {
    super(problem.message);
  }
}

export function fail(kind: ProblemKind, { start, end }: Stretch, message: string, help?: string): never {
  throw new ParseFailure({ kind, message, at: { start, end }, ...(help !== undefined && { help }) });
}
