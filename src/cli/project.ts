import { basename, dirname, resolve } from "node:path";
import type { Config, Located } from "../config/config.ts";
import { decodeConfig } from "../config/decode.ts";
import { listSetting, parseSetting, type Setting } from "../config/setting.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../diagnostics/source.ts";
import { cliCodes } from "./codes.ts";
import { configIn, findFolders, nearestConfig } from "./discover.ts";
import { findings, seenFrom } from "./findings.ts";
import { checkIgnores } from "./ignores.ts";
import type { Io } from "./io.ts";
import { contains, relativePath } from "./paths.ts";
import { readText } from "./read-text.ts";
import type { BuildRequest } from "./request.ts";
import { checkRules, settled } from "./settle.ts";

/** What of a command line bears on the projects. */
export type ProjectRequest = Pick<BuildRequest, "config" | "files" | "out" | "set" | "targets">;

/** One configuration and the folder it governs. */
export interface Project {
  /** Absolute; the paths of sources and diagnostics are relative to it. */
  readonly root: string;
  readonly config: Config;
  /** Its `slogen.yaml`. */
  readonly file: SourceFile | undefined;
  /** The targets that the configuration names, whichever `-t` picks of them; undefined if it names them wrongly. */
  readonly configured: readonly string[] | undefined;
  /** Absolute. */
  readonly out: string;
}

/** The project that the working folder belongs to, or those that its configuration lists. After an error, those that could be loaded. */
export function loadProjects(request: ProjectRequest, io: Io, report: Report): readonly Project[] {
  const path = configPath(request, io, report);
  // Without a configuration, naming the specs is enough: the working folder is the root.
  if (path === undefined && request.files.length === 0) {
    report(cliCodes["no-config"](undefined, { folder: io.cwd }));
    return [];
  }
  const settings = readSettings(request, report);
  const first = loadProject(path, request, settings, io, report);
  if (first === undefined || first.config.projects.length === 0) return first === undefined ? [] : [first];

  const misfits: readonly ("-f" | "-o")[] = [
    ...(request.files.length > 0 ? (["-f"] as const) : []),
    ...(request.out !== undefined && request.out !== "-" ? (["-o"] as const) : []),
  ];
  for (const flag of misfits) report(cliCodes["not-for-projects"](undefined, { flag }));
  if (misfits.length > 0) return [];
  const projects = loadListed(first, request, settings, io, report);
  if (request.out !== "-") checkOutputs(projects, io, report);
  return projects;
}

function configPath({ config }: ProjectRequest, io: Io, report: Report): string | undefined {
  const named = config ?? nonEmpty(io.env["SLOGEN_CONFIG"]);
  return named === undefined ? nearestConfig(io, report) : resolve(io.cwd, named);
}

function readSettings({ set, targets }: ProjectRequest, report: Report): readonly Setting[] {
  const settings = set.flatMap((argument) => parseSetting(argument, report) ?? []);
  return targets.length === 0 ? settings : [...settings, listSetting("-t", "targets", targets)];
}

function loadProject(
  path: string | undefined,
  request: ProjectRequest,
  settings: readonly Setting[],
  io: Io,
  report: Report,
): Project | undefined {
  const root = path === undefined ? io.cwd : dirname(path);
  const text = path === undefined ? undefined : readText(path, io, report);
  if (path !== undefined && text === undefined) return undefined;
  const file = path === undefined || text === undefined ? undefined : { path: basename(path), text };
  const { all, report: note, hasErrors } = findings();
  const config = decodeConfig(file, note, settings);
  if (config !== undefined) checkRules(config.rules, note);
  if (file !== undefined && config !== undefined) checkIgnores([file], note);
  // Only now is it known what the user makes of what was found in it.
  all.forEach(settled(config?.rules ?? [], seenFrom(io.cwd, root, report)));
  if (config === undefined || hasErrors()) return undefined;
  const out = request.out ?? nonEmpty(io.env["SLOGEN_OUT"]);
  return {
    root,
    config,
    file,
    configured: request.targets.length === 0 ? config.targets : targetsWithoutOption(file, request),
    out: out === undefined || out === "-" ? resolve(root, config.out) : resolve(io.cwd, out),
  };
}

function targetsWithoutOption(file: SourceFile | undefined, request: ProjectRequest): readonly string[] | undefined {
  const unheard = findings();
  return decodeConfig(file, unheard.report, readSettings({ ...request, targets: [] }, unheard.report))?.targets;
}

/** The projects that a root configuration lists. */
function loadListed(
  { root, config }: Project,
  request: ProjectRequest,
  settings: readonly Setting[],
  io: Io,
  report: Report,
): readonly Project[] {
  const inRoot = settled(config.rules, seenFrom(io.cwd, root, report));
  const configs = new Set(config.projects.flatMap((pattern) => configsOf(pattern, root, io, inRoot)));
  return [...configs].flatMap((path) => {
    const project = loadProject(path, request, settings, io, report);
    if (project === undefined) return [];
    const [nested] = project.config.projects;
    if (nested !== undefined) {
      const folder = relativePath(io.cwd, project.root);
      seenFrom(io.cwd, project.root, report)(cliCodes["nested-projects"](nested.at, { folder }));
      return [];
    }
    return [project];
  });
}

function configsOf(pattern: Located, root: string, io: Io, report: Report): readonly string[] {
  const found: string[] = [];
  const bare: string[] = [];
  for (const folder of findFolders(pattern.text, root, io, report)) {
    const path = configIn(folder, io, report);
    if (path === undefined) bare.push(folder);
    else found.push(path);
  }
  if (found.length === 0) report(cliCodes["no-project"](pattern.at, { pattern: pattern.text }));
  else for (const folder of bare) report(cliCodes["project-without-config"](pattern.at, { folder: relativePath(io.cwd, folder) }));
  return found;
}

function checkOutputs(projects: readonly Project[], io: Io, report: Report): void {
  for (const [index, one] of projects.entries()) {
    for (const other of projects.slice(index + 1)) {
      const outer = [one.out, other.out].find((folder) => contains(folder, one.out) && contains(folder, other.out));
      if (outer === undefined) continue;
      const shown = (folder: string): string => relativePath(io.cwd, folder);
      report(cliCodes["same-output"](undefined, { one: shown(one.root), other: shown(other.root), folder: shown(outer) }));
    }
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
