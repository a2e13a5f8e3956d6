import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { FileState } from "../output/plan-writes.ts";
import type { BuildRequest } from "./request.ts";

/** What a run has done, for its last line. */
export interface Outcome {
  readonly mode: BuildRequest["mode"];
  readonly slos: number;
  readonly files: number;
  readonly states: readonly FileState[];
  readonly milliseconds: number;
}

const WORDS: Readonly<Record<FileState["kind"], string>> = {
  create: "new",
  update: "changed",
  "hand-edited": "overwritten",
  foreign: "overwritten",
  partial: "left alone",
  remove: "removed",
  unchanged: "unchanged",
};

/** `12 SLOs, 9 files (2 changed, 7 unchanged) in 48 ms` */
export function summarize({ mode, slos, files, states, milliseconds }: Outcome): string {
  const time = `in ${Math.round(milliseconds)} ms`;
  if (mode === "validate") return `${counted(slos, "SLO")} valid ${time}`;
  const made = `${counted(slos, "SLO")}, ${counted(files, "file")}`;
  if (mode === "check") return `${made} up to date ${time}`;
  const words = states.map(({ kind }) => WORDS[kind]);
  const details = [...new Set(Object.values(WORDS))].flatMap((word) => {
    const count = words.filter((each) => each === word).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return `${made}${details.length === 0 ? "" : ` (${details.join(", ")})`} ${time}`;
}

/** `2 errors, 1 warning: nothing was written` */
export function summarizeFailure(diagnostics: readonly Diagnostic[], untouched: boolean): string {
  const count = (severity: Diagnostic["severity"]): number => diagnostics.filter((each) => each.severity === severity).length;
  const warnings = count("warning");
  const found = [counted(count("error"), "error"), ...(warnings > 0 ? [counted(warnings, "warning")] : [])].join(", ");
  return untouched ? `${found}: nothing was written` : found;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
