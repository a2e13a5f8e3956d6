import { dirname, join, resolve } from "node:path";
import picomatch from "picomatch";
import type { Located } from "../config/config.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import { cliCodes } from "./codes.ts";
import { errorCode, reasonOf, type Io } from "./io.ts";
import { relativePath } from "./paths.ts";

export const CONFIG_NAMES = ["slogen.yaml", "slogen.yml"];

/** The names that a folder or wildcard finds. */
export const SPEC_NAME = /\.(?:ya?ml|json)$/;
export const TEMPLATE_NAME = /\.hbs$/;

/** The configuration file of a folder, if it has one. */
export function configIn(folder: string, io: Io, report: Report): string | undefined {
  const [found, other] = CONFIG_NAMES.map((name) => join(folder, name)).filter((path) => io.fs.existsSync(path));
  if (found !== undefined && other !== undefined) {
    report(cliCodes["two-configs"](undefined, { one: relativePath(io.cwd, found), other: relativePath(io.cwd, other) }));
  }
  return found;
}

/** The configuration file of the nearest folder that has one, from the working folder upwards. */
export function nearestConfig(io: Io, report: Report): string | undefined {
  for (let folder = io.cwd; ; folder = dirname(folder)) {
    const found = configIn(folder, io, report);
    if (found !== undefined || dirname(folder) === folder) return found;
  }
}

/** Where and how to search. */
export interface Search {
  /** Patterns and results are relative to it. */
  readonly root: string;
  readonly exclude: readonly Located[];
  readonly wanted: RegExp;
  /** Absolute; never searched. */
  readonly out: string;
}

export interface Found {
  /** Relative to the search's root, each once. */
  readonly paths: readonly string[];
  /** Folders and globs without a single file. */
  readonly unmatched: readonly Located[];
}

/**
 * The files that a list of files, folders and globs names, in order.
 * Folders and globs are searched for `wanted` names; what is named outright is taken whatever it is called.
 */
export function findFiles(patterns: readonly Located[], search: Search, io: Io, report: Report): Found {
  const paths = new Set<string>();
  const unmatched: Located[] = [];
  const isExcluded = search.exclude.length === 0 ? () => false : matcher(search.exclude.map(({ text }) => text));
  const isWanted = (path: string): boolean =>
    search.wanted.test(path) && !CONFIG_NAMES.includes(path.slice(path.lastIndexOf("/") + 1)) && !isExcluded(path);

  for (const pattern of patterns) {
    const whole = resolve(search.root, pattern.text);
    const kind = kindOf(whole, io);
    if (kind === "file") {
      paths.add(relativePath(search.root, whole));
      continue;
    }
    const found = kind === "folder" ? walk(whole, Infinity, search, io, report) : matches(pattern.text, search, io, report);
    if (found === undefined) {
      report(cliCodes["no-such-file"](pattern.at, { path: pattern.text }));
      continue;
    }
    const wanted = found.filter(isWanted);
    if (wanted.length === 0) unmatched.push(pattern);
    for (const path of wanted) paths.add(path);
  }
  return { paths: [...paths], unmatched };
}

/** The folders that a folder's name or a glob stands for, absolute. */
export function findFolders(pattern: string, root: string, io: Io, report: Report): readonly string[] {
  const whole = resolve(root, pattern);
  if (kindOf(whole, io) === "folder") return [whole];
  const { base, glob, isGlob } = picomatch.scan(pattern);
  if (!isGlob) return [];
  const fits = matcher([pattern]);
  return entriesBelow(resolve(root, base), depthOf(glob), undefined, [], io, report).flatMap(({ path, kind }) =>
    kind === "folder" && fits(relativePath(root, path)) ? [path] : [],
  );
}

/** The files that a glob matches; undefined if the text is no glob. */
function matches(pattern: string, search: Search, io: Io, report: Report): readonly string[] | undefined {
  const { base, glob, isGlob } = picomatch.scan(pattern);
  if (!isGlob) return undefined;
  const fits = matcher([pattern]);
  return walk(resolve(search.root, base), depthOf(glob), search, io, report).filter(fits);
}

function matcher(patterns: readonly string[]): (path: string) => boolean {
  return picomatch([...patterns], { nonegate: true, dot: false });
}

/** How many levels below its fixed part a glob can reach. */
function depthOf(glob: string): number {
  return glob.includes("**") ? Infinity : glob.split("/").length;
}

/** All files below a folder, relative to the search's root, sorted. */
function walk(folder: string, depth: number, search: Search, io: Io, report: Report): readonly string[] {
  return entriesBelow(folder, depth, search.out, [], io, report)
    .flatMap(({ path, kind }) => (kind === "file" ? [relativePath(search.root, path)] : []))
    .sort();
}

interface Entry {
  readonly path: string;
  readonly kind: Kind;
}

/** Everything visible below a folder, down to `depth` levels, without the folders that hold no sources. */
function entriesBelow(
  folder: string,
  depth: number,
  out: string | undefined,
  above: readonly string[],
  io: Io,
  report: Report,
): readonly Entry[] {
  // Links may lead in a circle, so a folder is not entered again from within itself.
  const real = realPath(folder, io);
  if (above.includes(real)) return [];
  return namesIn(folder, io, report).flatMap((name): readonly Entry[] => {
    const path = join(folder, name);
    if (name === "node_modules" || path === out) return [];
    const kind = kindOf(path, io, report);
    if (kind === undefined) return [];
    const below = kind === "folder" && depth > 1 ? entriesBelow(path, depth - 1, out, [...above, real], io, report) : [];
    return [{ path, kind }, ...below];
  });
}

/** The visible names in a folder, sorted; none of one that is missing. */
function namesIn(folder: string, io: Io, report: Report): readonly string[] {
  try {
    return io.fs
      .readdirSync(folder)
      .filter((name) => !name.startsWith("."))
      .sort();
  } catch (error) {
    if (errorCode(error) !== "ENOENT")
      report(cliCodes.unreadable(undefined, { path: relativePath(io.cwd, folder), reason: reasonOf(error) }));
    return [];
  }
}

function realPath(folder: string, io: Io): string {
  try {
    return io.fs.realpathSync(folder);
  } catch {
    return folder;
  }
}

type Kind = "file" | "folder";

/** Links are followed. What cannot be looked at is reported by a search, and absent otherwise. */
function kindOf(path: string, io: Io, report?: Report): Kind | undefined {
  try {
    return io.fs.statSync(path).isDirectory() ? "folder" : "file";
  } catch (error) {
    report?.(cliCodes.unreadable(undefined, { path: relativePath(io.cwd, path), reason: searchReason(error) }));
    return undefined;
  }
}

/** The name has just been read from its folder, so something of it is there. */
function searchReason(error: unknown): string {
  return errorCode(error) === "ENOENT" ? "it is a link to something that does not exist" : reasonOf(error);
}
