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
  unlisted: "removed",
  unchanged: "unchanged",
};

/** `12 SLOs, 9 files (2 changed, 7 unchanged) in 48 ms` */
export function summarize({ milliseconds, ...outcome }: Outcome): string {
  return `${summarizePart(outcome.mode, outcome)} in ${Math.round(milliseconds)} ms`;
}

/** The same of one project among several, whose time nobody asks for. */
export function summarizePart(mode: Outcome["mode"], { slos, files, states }: Pick<Outcome, "files" | "slos" | "states">): string {
  if (mode === "validate") return `${counted(slos, "SLO")} valid`;
  const made = `${counted(slos, "SLO")}, ${counted(files, "file")}`;
  if (mode === "check") return `${made} up to date`;
  const words = states.map(({ kind }) => WORDS[kind]);
  const details = [...new Set(Object.values(WORDS))].flatMap((word) => {
    const count = words.filter((each) => each === word).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return `${made}${details.length === 0 ? "" : ` (${details.join(", ")})`}`;
}

/** `2 errors, 1 warning: nothing was written` */
export function summarizeFailure(diagnostics: readonly Diagnostic[], untouched: boolean): string {
  const count = (severity: Diagnostic["severity"]): number => diagnostics.filter((each) => each.severity === severity).length;
  const warnings = count("warning");
  const found = [counted(count("error"), "error"), ...(warnings > 0 ? [counted(warnings, "warning")] : [])].join(", ");
  return untouched ? `${found}: nothing was written` : found;
}

export function isOutOfDate(states: readonly FileState[]): boolean {
  return states.some(({ kind }) => kind !== "unchanged");
}

/** `3 errors: run `slogen build -t prometheus` and commit what it changes` */
export function summarizeCheck(diagnostics: readonly Diagnostic[], states: readonly FileState[], request: BuildRequest): string {
  const found = summarizeFailure(diagnostics, false);
  const undecided = states.filter(({ kind }) => kind === "hand-edited" || kind === "foreign" || kind === "partial").length;
  if (undecided > 0) return `${found}: a build stops at ${counted(undecided, "file")} until you decide as said above`;
  return `${found}: run \`${commandOf(request)}\` and commit what it changes`;
}

/** The build that a check asked about. */
function commandOf({ files, targets, out, config, set, inPlace, prune }: BuildRequest): string {
  const option = (name: string, values: readonly (string | undefined)[]): readonly string[] =>
    values.flatMap((value) => (value === undefined ? [] : [name, inShell(value)]));
  const words = [
    ...option("--config", [config]),
    ...option("-f", files),
    ...option("-t", targets),
    ...option("-o", [out]),
    ...option("--set", set),
    ...(inPlace ? ["--in-place"] : []),
    ...(prune ? ["--prune"] : []),
  ];
  return ["slogen build", ...words].join(" ");
}

function inShell(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** `2 findings ignored: 1 by a comment, 1 by a rule` */
export function summarizeIgnored(ignored: readonly Diagnostic[]): string {
  const parts = (["comment", "rule"] as const).flatMap((by) => {
    const count = ignored.filter((each) => each.ignored?.by === by).length;
    return count === 0 ? [] : [`${count} by ${count === 1 ? `a ${by}` : `${by}s`}`];
  });
  return `${counted(ignored.length, "finding")} ignored: ${parts.join(", ")}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
