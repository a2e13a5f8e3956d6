import type { Diagnostic, Severity } from "../diagnostic.ts";
import { withoutIgnored } from "../order.ts";
import { positionAt, type SourceFile, type Span } from "../source.ts";

/**
 * What machines read: one JSON document, as `schemas/slogen/report.schema.json` describes it. Lines and columns count from 1, columns in
 * code points, offsets in UTF-16 units from 0; `end` is exclusive. What a diagnostic does not have is left out; `extra` adds members at
 * the top.
 */
export function reportJson(diagnostics: readonly Diagnostic[], extra: Readonly<Record<string, unknown>> = {}): string {
  const { shown, ignored } = withoutIgnored(diagnostics);
  const count = (severity: Severity): number => shown.filter((diagnostic) => diagnostic.severity === severity).length;
  const report = {
    ...extra,
    version: 1,
    diagnostics: shown.map(diagnosticJson),
    ignored: ignored.map((diagnostic) => ({ ...diagnosticJson(diagnostic), ignored: ignoredJson(diagnostic) })),
    summary: { errors: count("error"), warnings: count("warning"), notices: count("notice"), ignored: ignored.length },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function diagnosticJson({ code, severity, message, at, label, why, help, related }: Diagnostic): object {
  return {
    code,
    severity,
    message,
    ...(at && place(at)),
    label,
    why,
    help,
    related: related.map((each) => ({ message: each.message, ...place(each.at) })),
  };
}

function ignoredJson({ ignored }: Diagnostic): object | undefined {
  return ignored?.by === "comment" ? { by: "comment", reason: ignored.reason, ...place(ignored.at) } : ignored;
}

function place({ file, start, end }: Span): object {
  return { file: file.path, range: { start: point(file, start), end: point(file, end) } };
}

function point(file: SourceFile, offset: number): object {
  return { ...positionAt(file, offset), offset };
}
