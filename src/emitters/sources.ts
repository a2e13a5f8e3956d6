import type { SourceFile } from "../diagnostics/source.ts";
import type { ReleasePolicy } from "../model/policy.ts";
import type { MeasuredSlo, Query } from "../model/model.ts";

/** The files that SLOs and what measures them are written in, each once: what a generated file comes from. */
export function sourceFiles(slos: readonly MeasuredSlo<Query>[]): readonly SourceFile[] {
  return [...new Set(slos.flatMap(({ at, indicator }) => [at.file, indicator.at.file]))];
}

/** The same of policies: their own files, and those of their SLOs. */
export function filesOf(policies: readonly ReleasePolicy[]): readonly SourceFile[] {
  return [...new Set(policies.flatMap(({ file, gates }) => [file, ...sourceFiles(gates.map(({ slo }) => slo))]))];
}
