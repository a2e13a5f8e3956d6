import { resolve } from "node:path";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import { relativePath } from "./paths.ts";

/** What a run has found so far. */
export interface Findings {
  readonly all: readonly Diagnostic[];
  readonly report: Report;
  readonly hasErrors: () => boolean;
}

export function findings(): Findings {
  const all: Diagnostic[] = [];
  return {
    all,
    report: (diagnostic) => all.push(diagnostic),
    hasErrors: () => all.some(({ severity }) => severity === "error"),
  };
}

/** Passes findings on with paths as seen from the working folder, which is where people click on them. */
export function seenFrom(cwd: string, root: string, report: Report): Report {
  if (cwd === root) return report;
  const moved = new Map<SourceFile, SourceFile>();
  const move = (span: Span): Span => {
    const { file } = span;
    const known =
      moved.get(file) ?? (file.path.startsWith("<") ? file : { path: relativePath(cwd, resolve(root, file.path)), text: file.text });
    moved.set(file, known);
    return { ...span, file: known };
  };
  return ({ at, related, ...rest }) => {
    report({ ...rest, ...(at && { at: move(at) }), related: related.map((each) => ({ ...each, at: move(each.at) })) });
  };
}
