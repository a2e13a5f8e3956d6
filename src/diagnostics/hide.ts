import type { Diagnostic } from "./diagnostic.ts";
import type { SourceFile, Span } from "./source.ts";

/** Gives spans whose files hold stars in place of what any of the diagnostics calls a secret: reports end up in public build logs. */
export function hideSecrets(diagnostics: readonly Diagnostic[]): (span: Span) => Span {
  const secrets = diagnostics.flatMap(({ secret, at }) => (secret && at ? [at] : []));
  const hidden = new Map<SourceFile, SourceFile>();
  return (span) => {
    const { file } = span;
    const known = hidden.get(file) ?? starred(file, secrets);
    hidden.set(file, known);
    return { ...span, file: known };
  };
}

/** Of the same length, so that every offset still holds. */
function starred(file: SourceFile, secrets: readonly Span[]): SourceFile {
  const own = secrets.filter((secret) => secret.file.path === file.path);
  const text = own.reduce(
    (before, { start, end }) => before.slice(0, start) + before.slice(start, end).replace(/[^\s"']/g, "*") + before.slice(end),
    file.text,
  );
  return { ...file, text };
}
