import type { Diagnostic } from "../diagnostics/diagnostic.ts";

/**
 * 0: no error. 1: an error in what was read, or output that is not up to date. 2: usage, configuration, or something that cannot be
 * read or written. 3: a bug in slogen. The highest wins.
 */
export type ExitCode = 0 | 1 | 2 | 3;

export function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return errors.some(({ unreadable }) => unreadable) ? 2 : errors.length > 0 ? 1 : 0;
}

export function worse(a: ExitCode, b: ExitCode): ExitCode {
  return a > b ? a : b;
}
