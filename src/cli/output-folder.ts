import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";
import { decodeManifest, isInside, MANIFEST, type Manifest } from "../output/manifest.ts";
import { pathOf, type WritePlan } from "../output/plan-writes.ts";
import { cliCodes } from "./codes.ts";
import type { FileChange } from "./diff.ts";
import { errorCode, reasonOf, type Io } from "./io.ts";
import { relativePath } from "./paths.ts";
import { readText } from "./read-text.ts";

/**
 * Lies in the output folder, so that a rename never crosses file systems and no right beyond that folder is needed.
 * Holds the new files until all are written. From the moment the journal is there, the swap is finished by whoever comes next;
 * before that moment nothing in the output folder has changed. Safe against a killed process; against a power cut Git is.
 */
const STAGING = ".slogen-staging";
const JOURNAL = join(STAGING, "journal.json");

/** SHA-256 of a text; Git may check it out with other line ends, which make no difference here. */
export function hashOf(content: string | Uint8Array): string {
  const bytes = Buffer.from(content);
  const unix = bytes.includes("\r\n") ? Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1") : bytes;
  return createHash("sha256").update(unix).digest("hex");
}

/** The hash of a file in the output folder; undefined if there is none. Throws if it cannot be read. */
export function hashOnDisk(folder: string, path: string, io: Io): string | undefined {
  try {
    return hashOf(io.fs.readFileSync(join(folder, path)));
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return undefined;
    throw error;
  }
}

/** What slogen wrote here before: nothing in a new folder, undefined if the manifest is damaged. */
export function readManifest(folder: string, io: Io, report: Report): Manifest | undefined {
  const path = join(folder, MANIFEST);
  if (!io.fs.existsSync(path)) return new Map();
  const text = readText(path, io, report);
  return text === undefined ? undefined : decodeManifest({ path: relativePath(io.cwd, path), text }, report);
}

export function isManifestCurrent(folder: string, manifest: string, io: Io): boolean {
  return hashOnDisk(folder, MANIFEST, io) === hashOf(manifest);
}

/** What carrying out a plan would change, paths as seen from the working folder; the manifest comes last. */
export function changesOf(folder: string, { states }: WritePlan, manifest: string, io: Io): readonly FileChange[] {
  const changed = states.filter(({ kind }) => kind !== "unchanged" && kind !== "partial");
  const wanted = changed.map((state) => ({ path: pathOf(state), after: "file" in state ? state.file.text : undefined }));
  const all = isManifestCurrent(folder, manifest, io) ? wanted : [...wanted, { path: MANIFEST, after: manifest }];
  return all.map(({ path, after }) => ({
    path: relativePath(io.cwd, join(folder, path)),
    before: hashOnDisk(folder, path, io) === undefined ? undefined : io.fs.readFileSync(join(folder, path), "utf8"),
    after,
  }));
}

/** Whether a build stopped in the middle of its swap. */
export function isUnfinished(folder: string, io: Io): boolean {
  return io.fs.existsSync(join(folder, JOURNAL));
}

/** One change to the output folder; `after` is absent for a removal. */
interface SwapStep {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

export type Written = "done" | "untouched" | "unfinished";

/**
 * Carries out a plan; what is hand-edited or foreign in it is overwritten, so ask first. `manifest` is the text of the plan's manifest.
 * Unless it is done, a report says why; `unfinished` is left for the next build to finish.
 */
export function writePlan(folder: string, { states }: WritePlan, manifest: string, io: Io, report: Report): Written {
  if (states.every(({ kind }) => kind === "unchanged") && isManifestCurrent(folder, manifest, io)) return "done";
  let touched = false;
  try {
    const texts = new Map<string, string>();
    const removed: string[] = [];
    for (const state of states) {
      if (state.kind === "unchanged") continue;
      if ("file" in state) texts.set(state.file.path, state.file.text);
      else removed.push(state.path);
    }
    texts.set(MANIFEST, manifest);
    const staging = join(folder, STAGING);
    io.fs.rmSync(staging, { recursive: true, force: true });
    for (const [path, text] of texts) {
      io.fs.mkdirSync(dirname(join(folder, path)), { recursive: true });
      io.fs.mkdirSync(dirname(stagedPath(folder, path)), { recursive: true });
      io.fs.writeFileSync(stagedPath(folder, path), text);
    }
    // Removals come first: where `A.yaml` becomes `a.yaml`, some systems take both for one file.
    const steps = [...removed.map((path) => ({ path })), ...[...texts].map(([path, text]) => ({ path, after: hashOf(text) }))].map(
      (step): SwapStep => {
        const before = hashOnDisk(folder, step.path, io);
        return before === undefined ? step : { ...step, before };
      },
    );
    const draft = join(staging, "journal.draft");
    io.fs.writeFileSync(draft, JSON.stringify({ version: 1, steps }));
    io.fs.renameSync(draft, join(folder, JOURNAL));
    touched = true;
    for (const step of steps) takeStep(folder, step, io);
    removeEmptied(folder, steps, io);
    io.fs.rmSync(staging, { recursive: true, force: true });
    return "done";
  } catch (error) {
    report(cliCodes.unwritable(undefined, { path: relativePath(io.cwd, folder), reason: reasonOf(error), touched }));
    if (!touched) discardStaging(folder, io);
    return touched ? "unfinished" : "untouched";
  }
}

/** Finishes the swap of an earlier build, if one was interrupted. False, with a report, if that would destroy somebody's change. */
export function finishSwap(folder: string, force: boolean, io: Io, report: Report): boolean {
  if (!isUnfinished(folder, io)) {
    discardStaging(folder, io);
    return true;
  }
  const shown = (path: string): string => relativePath(io.cwd, join(folder, path));
  try {
    const text = readText(join(folder, JOURNAL), io, report);
    if (text === undefined) return false;
    const steps = decodeJournal(text);
    if (steps === undefined) {
      report(cliCodes["journal-syntax"](undefined, { path: shown(JOURNAL), staging: shown(STAGING) }));
      return false;
    }
    const open = steps.filter((step) => hashOnDisk(folder, step.path, io) !== step.after);
    const conflicts = open.filter((step) => !force && hashOnDisk(folder, step.path, io) !== step.before);
    for (const { path } of conflicts) report(cliCodes["swap-conflict"](undefined, { path: shown(path) }));
    if (conflicts.length > 0) return false;
    for (const step of open) {
      // Put in place already, and changed back since: the plan that follows will see that.
      if (step.after !== undefined && !io.fs.existsSync(stagedPath(folder, step.path))) continue;
      io.fs.mkdirSync(dirname(join(folder, step.path)), { recursive: true });
      takeStep(folder, step, io);
    }
    removeEmptied(folder, steps, io);
    io.fs.rmSync(join(folder, STAGING), { recursive: true, force: true });
    report(cliCodes["swap-finished"](undefined, { folder: relativePath(io.cwd, folder) }));
    return true;
  } catch (error) {
    report(cliCodes.unwritable(undefined, { path: relativePath(io.cwd, folder), reason: reasonOf(error), touched: true }));
    return false;
  }
}

function takeStep(folder: string, { path, after }: SwapStep, io: Io): void {
  if (after === undefined) io.fs.rmSync(join(folder, path), { force: true });
  else io.fs.renameSync(stagedPath(folder, path), join(folder, path));
}

/** The folders that a removal has left empty go with it. */
function removeEmptied(folder: string, steps: readonly SwapStep[], io: Io): void {
  for (const { path, after } of steps) {
    for (let parent = dirname(path); after === undefined && parent !== "."; parent = dirname(parent)) {
      try {
        io.fs.rmdirSync(join(folder, parent));
      } catch (error) {
        // Something else lies in it, or it has gone already.
        if (errorCode(error) !== "ENOENT") break;
      }
    }
  }
}

function stagedPath(folder: string, path: string): string {
  return join(folder, STAGING, "files", path);
}

/** What is staged without a journal was never promised. */
function discardStaging(folder: string, io: Io): void {
  try {
    io.fs.rmSync(join(folder, STAGING), { recursive: true, force: true });
  } catch (error) {
    errorCode(error);
  }
}

function decodeJournal(text: string): readonly SwapStep[] | undefined {
  try {
    const { version, steps } = JSON.parse(text) as { readonly version?: unknown; readonly steps?: unknown };
    return version === 1 && Array.isArray(steps) && steps.every(isSwapStep) ? steps : undefined;
  } catch {
    return undefined;
  }
}

function isSwapStep(value: unknown): value is SwapStep {
  if (typeof value !== "object" || value === null || !("path" in value) || typeof value.path !== "string") return false;
  const hashes = ["before" in value ? value.before : undefined, "after" in value ? value.after : undefined];
  return (value.path === MANIFEST || isInside(value.path)) && hashes.every((hash) => hash === undefined || typeof hash === "string");
}
