import type { SourceFile } from "../diagnostics/source.ts";
import type { MeasuredSlo, Query } from "../model/model.ts";

/** The files that SLOs and what measures them are written in, each once: what a generated file comes from. */
export function sourceFiles(slos: readonly MeasuredSlo<Query>[]): readonly SourceFile[] {
  return [...new Set(slos.flatMap(({ at, indicator }) => [at.file, indicator.at.file]))];
}
