import { structuredPatch, type StructuredPatchHunk } from "diff";
import { visible } from "../diagnostics/frame.ts";
import { usesColor } from "./color.ts";
import type { Io } from "./io.ts";
import { isContinuousIntegration } from "./progress.ts";
import type { BuildRequest } from "./request.ts";

/** A file as it lies there and as a build would write it; undefined where there is none. */
export interface FileChange {
  /** As seen from the working folder. */
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Of a unified diff. */
export interface DiffLine {
  readonly kind: "file" | "hunk" | "context" | "removed" | "added";
  /** The changed file's. */
  readonly path: string;
  readonly text: string;
}

/** The unified diff of the files, which `git apply` takes in the working folder. */
export function diffOf(changes: readonly FileChange[]): readonly DiffLine[] {
  return changes.flatMap((change): readonly DiffLine[] => {
    const { path } = change;
    const [before, after] = withCommonLineEnds(change.before ?? "", change.after ?? "");
    const hunks = hunksOf(before, after);
    if (hunks.length === 0) return [];
    const line = (kind: DiffLine["kind"], text: string): DiffLine => ({ kind, path, text });
    return [
      line("file", `--- ${named("a", path, change.before)}`),
      line("file", `+++ ${named("b", path, change.after)}`),
      ...hunks.flatMap((hunk) => [line("hunk", hunkHeader(hunk)), ...hunk.lines.map((text) => line(kindOf(text), text))]),
    ];
  });
}

/** A name with a blank ends at a tab. https://git-scm.com/docs/diff-format#generate_patch_text_with_p */
function named(side: "a" | "b", path: string, text: string | undefined): string {
  return text === undefined ? "/dev/null" : `${side}/${path}${path.includes(" ") ? "\t" : ""}`;
}

/** Git may have checked a file out with other line ends, which make no difference: a patch without them applies to it. */
function withCommonLineEnds(before: string, after: string): readonly [before: string, after: string] {
  if (before.includes("\r\n") && after.includes("\r\n")) return [before, after];
  return [before.replaceAll("\r\n", "\n"), after.replaceAll("\r\n", "\n")];
}

/** Texts that differ by more lines have little in common, and looking for it would take seconds. */
const MOST_EDITS = 1000;

function hunksOf(before: string, after: string): readonly StructuredPatchHunk[] {
  const patch = structuredPatch("", "", before, after, undefined, undefined, { context: 3, maxEditLength: MOST_EDITS });
  if (patch !== undefined) return patch.hunks;
  const [removed, added] = [structuredPatch("", "", before, ""), structuredPatch("", "", "", after)].map(({ hunks }) => hunks[0]);
  if (removed === undefined || added === undefined) return [];
  return [{ ...removed, newStart: 1, newLines: added.newLines, lines: [...removed.lines, ...added.lines] }];
}

function hunkHeader({ oldStart, oldLines, newStart, newLines }: StructuredPatchHunk): string {
  // An empty range is named by the line before it.
  const range = (start: number, lines: number): string => `${lines === 0 ? start - 1 : start},${lines}`;
  return `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`;
}

function kindOf(text: string): DiffLine["kind"] {
  return text.startsWith("-") ? "removed" : text.startsWith("+") ? "added" : "context";
}

/** Lines that a terminal or a log has patience for. */
const MOST_LINES = 200;

/** The text of a diff: whole for a program that reads it, cut for people unless they want all of it. */
export function printDiff(lines: readonly DiffLine[], { color, verbose }: Pick<BuildRequest, "color" | "verbose">, io: Io): string {
  const isForPeople = io.stdout.isTerminal || isContinuousIntegration(io);
  const end = isForPeople && !verbose && lines.length > MOST_LINES ? cutBefore(lines, MOST_LINES) : lines.length;
  const paint = usesColor(color, io.stdout, io) ? ansi : plain;
  // What somebody wrote into a file should not steer a terminal.
  const shown = lines.slice(0, end).map(({ kind, text }) => paint(kind, io.stdout.isTerminal ? visible(text) : text));
  const rest = lines.slice(end);
  const files = new Set(rest.map(({ path }) => path)).size;
  const more = `... ${rest.length} more lines in ${files} ${files === 1 ? "file" : "files"} (--verbose shows them)`;
  return [...shown, ...(rest.length > 0 ? [more] : [])].map((text) => `${text}\n`).join("");
}

/** Cut in the middle of a hunk, a diff is refused by `git apply`, where half of one would pass for the whole. */
function cutBefore(lines: readonly DiffLine[], limit: number): number {
  const isInHunk = (index: number): boolean => !["file", "hunk", undefined].includes(lines[index]?.kind);
  let end = limit;
  while (end > 0 && !(isInHunk(end) && isInHunk(end - 1))) end--;
  return end;
}

/** As git colours it by default. */
const SGR: Readonly<Record<DiffLine["kind"], string>> = { file: "1", hunk: "36", context: "", removed: "31", added: "32" };

type Paint = (kind: DiffLine["kind"], text: string) => string;

const plain: Paint = (_, text) => text;
const ansi: Paint = (kind, text) => (SGR[kind] === "" ? text : `\x1b[${SGR[kind]}m${text}\x1b[0m`);
