import { basename, dirname, join, resolve } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";
import { outputCodes } from "../output/codes.ts";
import type { OutputFile } from "../output/output.ts";
import type { FileState } from "../output/plan-writes.ts";
import { cliCodes } from "./codes.ts";
import { errorCode, reasonOf, type Io } from "./io.ts";
import { hashOf } from "./output-folder.ts";
import { relativePath } from "./paths.ts";

/** A file of the user's and what it is to hold. */
export interface SourceEdit {
  /** Absolute. */
  readonly path: string;
  /** As seen from the working folder. */
  readonly shown: string;
  readonly before: string;
  readonly after: string;
  readonly state: FileState;
}

/** What goes into files of the user's below `root`, each once; two texts for one file are an error. */
export function sourceEdits(files: readonly OutputFile[], root: string, io: Io, report: Report): readonly SourceEdit[] {
  const edits = new Map<string, SourceEdit>();
  for (const file of files) {
    if (file.edits === undefined) continue;
    const path = resolve(root, file.edits.path);
    const shown = relativePath(io.cwd, path);
    const other = edits.get(path);
    if (other !== undefined && other.after !== file.text) report(outputCodes["edited-twice"](undefined, { path: shown }));
    const kind = file.text === file.edits.text ? "unchanged" : "update";
    const wanted = { path: shown, text: file.text, sources: file.sources, sha256: hashOf(file.text) };
    edits.set(path, { path, shown, before: file.edits.text, after: file.text, state: { kind, file: wanted } });
  }
  return [...edits.values()];
}

/**
 * Writes what has changed; false, with a report, if a file is not what was read.
 * No journal is needed: each file is whole at any time, and editing one that is edited already changes nothing.
 */
export function writeEdits(edits: readonly SourceEdit[], io: Io, report: Report): boolean {
  return edits.filter(({ state }) => state.kind !== "unchanged").every((edit) => writeEdit(edit, io, report));
}

function writeEdit({ path, shown, before, after }: SourceEdit, io: Io, report: Report): boolean {
  let draft: string | undefined;
  try {
    // A link stays one: the file behind it is edited.
    const real = io.fs.realpathSync(path);
    draft = join(dirname(real), `.${basename(real)}.slogen-draft`);
    io.fs.writeFileSync(draft, after, { mode: io.fs.statSync(real).mode });
    if (Buffer.from(before).equals(io.fs.readFileSync(real))) {
      io.fs.renameSync(draft, real);
      return true;
    }
    report(cliCodes["source-changed"](undefined, { path: shown }));
  } catch (error) {
    report(cliCodes["not-editable"](undefined, { path: shown, reason: reasonOf(error) }));
  }
  discard(draft, io);
  return false;
}

function discard(draft: string | undefined, io: Io): void {
  try {
    if (draft !== undefined) io.fs.rmSync(draft, { force: true });
  } catch (error) {
    errorCode(error);
  }
}
