import type { Diagnostic } from "../diagnostic.ts";
import { inOrder } from "../order.ts";
import { positionAt, type SourceFile, type Span } from "../source.ts";

/**
 * What machines read: one JSON document. Lines and columns count from 1, columns in code points, offsets in UTF-16 units from 0; `end` is exclusive.
 * What a diagnostic does not have is left out; `extra` adds members at the top.
 */
export function reportJson(diagnostics: readonly Diagnostic[], extra: Readonly<Record<string, unknown>> = {}): string {
  const ordered = inOrder(diagnostics);
  const count = (severity: Diagnostic["severity"]): number => ordered.filter((diagnostic) => diagnostic.severity === severity).length;
  const report = {
    ...extra,
    version: 1,
    diagnostics: ordered.map((diagnostic) => ({
      code: diagnostic.code,
      severity: diagnostic.severity,
      message: diagnostic.message,
      ...(diagnostic.at && place(diagnostic.at)),
      label: diagnostic.label,
      why: diagnostic.why,
      help: diagnostic.help,
      related: diagnostic.related.map((related) => ({ message: related.message, ...place(related.at) })),
    })),
    summary: { errors: count("error"), warnings: count("warning"), notices: count("notice") },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function place({ file, start, end }: Span): object {
  return { file: file.path, range: { start: point(file, start), end: point(file, end) } };
}

function point(file: SourceFile, offset: number): object {
  return { ...positionAt(file, offset), offset };
}
