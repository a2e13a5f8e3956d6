import type { Diagnostic, Severity } from "./diagnostic.ts";

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, notice: 2 };

/** What people are told, and what they have said they know. */
export function withoutIgnored(diagnostics: readonly Diagnostic[]): {
  readonly shown: readonly Diagnostic[];
  readonly ignored: readonly Diagnostic[];
} {
  return {
    shown: inOrder(diagnostics.filter((each) => each.ignored === undefined)),
    ignored: inOrder(diagnostics.filter((each) => each.ignored !== undefined)),
  };
}

/** The worst first; among equals the order stays. */
export function worstFirst(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

/** By file, place and severity, whatever order the stages ran in; what was said twice is kept once, and what has no place comes last. */
export function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const once = new Map(diagnostics.map((diagnostic) => [identity(diagnostic), diagnostic]));
  return [...once.values()].sort(compare);
}

function identity({ code, severity, message, at, label, help }: Diagnostic): string {
  return JSON.stringify([code, severity, message, at?.file.path, at?.start, at?.end, label, help]);
}

function compare(a: Diagnostic, b: Diagnostic): number {
  return (
    Number(a.at === undefined) - Number(b.at === undefined) ||
    byCodeUnit(a.at?.file.path ?? "", b.at?.file.path ?? "") ||
    (a.at?.start ?? 0) - (b.at?.start ?? 0) ||
    RANK[a.severity] - RANK[b.severity] ||
    (a.at?.end ?? 0) - (b.at?.end ?? 0) ||
    byCodeUnit(a.code, b.code) ||
    byCodeUnit(a.message, b.message)
  );
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
