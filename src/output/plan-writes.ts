import type { Report } from "../diagnostics/diagnostic.ts";
import { outputCodes } from "./codes.ts";
import { isInside, type Manifest, type ManifestEntry } from "./manifest.ts";
import type { OutputFile } from "./output.ts";
import { targetFolder } from "./target-folder.ts";

/** A file that should be in the output folder, with the hash of its text. */
export interface WantedFile extends OutputFile {
  readonly sha256: string;
}

/** What a run stands for; it leaves the rest of the output folder alone. Absent fields mean everything. */
export interface Scope {
  /** The specs that are read (`-f`). */
  readonly sources?: ReadonlySet<string>;
  /** The top folders of the targets that are generated (`-t`). */
  readonly folders?: readonly string[];
  /** The top folders of targets that nobody asks for any more: what lies there goes, whatever it was made from. */
  readonly retired?: readonly string[];
}

export interface WriteInput {
  readonly wanted: readonly WantedFile[];
  readonly owned: Manifest;
  /** The hash of what lies at a path now; undefined for nothing. Asked for wanted and owned paths only. */
  readonly onDisk: (path: string) => string | undefined;
  readonly scope: Scope;
  /** Generated files that no manifest lists, to be removed unless they are wanted. */
  readonly unlisted?: readonly string[];
}

/** What has to happen to one file. */
export type FileState =
  | { readonly kind: "create" | "update" | "unchanged"; readonly file: WantedFile }
  /** Changed since slogen wrote it. */
  | { readonly kind: "hand-edited"; readonly file: WantedFile }
  /** Changed since slogen wrote it, and no longer generated. */
  | { readonly kind: "hand-edited"; readonly path: string }
  /** There, different, and not ours. */
  | { readonly kind: "foreign"; readonly file: WantedFile }
  /** Compiled before from specs that this run does not read. */
  | { readonly kind: "partial"; readonly file: WantedFile; readonly missing: readonly string[] }
  | { readonly kind: "remove"; readonly path: string }
  /** Generated once, and listed nowhere. */
  | { readonly kind: "unlisted"; readonly path: string };

export interface WritePlan {
  /** By path. */
  readonly states: readonly FileState[];
  /** What the output folder's manifest says once the plan is done. */
  readonly manifest: Manifest;
}

/** Compares what should be with what is. Pure; nothing is refused here, only told apart. */
export function planWrites({ wanted, owned, onDisk, scope, unlisted = [] }: WriteInput): WritePlan {
  const manifest = new Map(owned);
  const states: FileState[] = [];
  const paths = new Set(wanted.map(({ path }) => path));
  const removed = new Set<string>();
  for (const [path, entry] of owned) {
    if (paths.has(path) || !isInScope(path, entry, scope)) continue;
    manifest.delete(path);
    const now = onDisk(path);
    if (now === undefined) continue;
    states.push(now === entry.sha256 ? { kind: "remove", path } : { kind: "hand-edited", path });
    removed.add(fold(path));
  }
  for (const path of unlisted) {
    if (paths.has(path) || owned.has(path)) continue;
    states.push({ kind: "unlisted", path });
    removed.add(fold(path));
  }
  // Indexes last: whether they are right depends on what becomes of the others.
  for (const file of [...wanted.filter(({ index }) => !index), ...wanted.filter(({ index }) => index)]) {
    const entry = owned.get(file.path);
    const unread = entry === undefined ? [] : unreadSources(entry, scope);
    if (file.index && unread.length > 0 && onDisk(file.path) === entry?.sha256 && !changesFolderOf(file, states)) continue;
    // `a.yaml` in place of `A.yaml`: where the system takes both for one file, removing the old one takes the new one along.
    const now = removed.has(fold(file.path)) ? undefined : onDisk(file.path);
    states.push(stateOf(file, entry, now, unread));
    if (unread.length === 0) manifest.set(file.path, { sha256: file.sha256, sources: file.sources });
  }
  return { states: states.sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1)), manifest };
}

function stateOf(file: WantedFile, entry: ManifestEntry | undefined, now: string | undefined, missing: readonly string[]): FileState {
  if (now === file.sha256) return { kind: "unchanged", file };
  if (missing.length > 0) return { kind: "partial", file, missing };
  if (now === undefined) return { kind: "create", file };
  if (entry === undefined) return { kind: "foreign", file };
  return now === entry.sha256 ? { kind: "update", file } : { kind: "hand-edited", file };
}

/** Whether a file comes or goes beside or below this one. */
function changesFolderOf({ path }: WantedFile, states: readonly FileState[]): boolean {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return states.some((state) => (state.kind === "create" || state.kind === "remove") && pathOf(state).startsWith(folder));
}

function isInScope(path: string, entry: ManifestEntry, scope: Scope): boolean {
  const folder = targetFolder(path);
  if (scope.retired?.includes(folder) === true) return true;
  return unreadSources(entry, scope).length === 0 && scope.folders?.includes(folder) !== false;
}

function unreadSources(entry: ManifestEntry, { sources }: Scope): readonly string[] {
  return sources === undefined ? [] : entry.sources.filter((source) => !sources.has(source));
}

export function pathOf(state: FileState): string {
  return "file" in state ? state.file.path : state.path;
}

/** Reports every path that cannot be written beside the others, on any system, or that would leave the output folder. */
export function checkPaths(files: readonly OutputFile[], report: Report): void {
  const seen = new Map<string, OutputFile>();
  for (const file of files) {
    const sources = listed(file.sources);
    if (!isInside(file.path)) report(outputCodes["unsafe-path"](undefined, { path: file.path, sources }));
    const folded = fold(file.path);
    const other = seen.get(folded);
    if (other !== undefined) report(collision(other, file));
    seen.set(folded, file);
  }
  for (const file of files) {
    for (let slash = file.path.indexOf("/"); slash >= 0; slash = file.path.indexOf("/", slash + 1)) {
      const folder = seen.get(fold(file.path.slice(0, slash)));
      if (folder !== undefined) report(collision(folder, file));
    }
  }
}

function collision(a: OutputFile, b: OutputFile): ReturnType<typeof outputCodes.collision> {
  return outputCodes.collision(undefined, { path: a.path, other: b.path, sources: listed([...a.sources, ...b.sources]) });
}

/** macOS and Windows compare names without case, and macOS in one normal form of Unicode. */
function fold(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** The files in the words of a sentence: `a.yaml`, `b.yaml` and `c.yaml`. */
export function listed(paths: readonly string[]): string {
  const names = [...new Set(paths)].sort().map((path) => `\`${path}\``);
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}
