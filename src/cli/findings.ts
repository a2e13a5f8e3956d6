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
    const known = moved.get(span.file) ?? fileSeenFrom(cwd, root, span.file);
    moved.set(span.file, known);
    return { ...span, file: known };
  };
  return ({ at, related, ignored, ...rest }) => {
    report({
      ...rest,
      ...(at && { at: move(at) }),
      related: related.map((each) => ({ ...each, at: move(each.at) })),
      ...(ignored && { ignored: ignored.by === "comment" ? { ...ignored, at: move(ignored.at) } : ignored }),
    });
  };
}

/** A file of the project in `root` as findings name it. */
export function fileSeenFrom(cwd: string, root: string, { path, text }: SourceFile): SourceFile {
  return { path: pathSeenFrom(cwd, root, path), text };
}

/** Standard input and options have names of their own. */
export function pathSeenFrom(cwd: string, root: string, path: string): string {
  return path.startsWith("<") ? path : relativePath(cwd, resolve(root, path));
}
