import { join, resolve } from "node:path";
import type { Source } from "../../config/config.ts";
import type { Diagnostic, Report } from "../../diagnostics/diagnostic.ts";
import type { SourceFile } from "../../diagnostics/source.ts";
import { encodeManifest, MANIFEST } from "../../output/manifest.ts";
import { outputCodes } from "../../output/codes.ts";
import type { Compile, OutputFile } from "../../output/output.ts";
import { checkPaths, listed, pathOf, planWrites, type FileState, type Scope, type WritePlan } from "../../output/plan-writes.ts";
import { foldersOf } from "../../emitters/registry.ts";
import { cliCodes } from "../codes.ts";
import { diffOf, printDiff, type FileChange } from "../diff.ts";
import { exitCodeOf, worse, type ExitCode } from "../exit-code.ts";
import { fileSeenFrom, findings, pathSeenFrom, seenFrom } from "../findings.ts";
import { AS_PRINTED, formattingFor, type Formatting } from "../format.ts";
import { checkIgnores, checkUnused } from "../ignores.ts";
import { reasonOf, type Io } from "../io.ts";
import { sourceEdits, writeEdits, type SourceEdit } from "../in-place.ts";
import { changesOf, finishSwap, hashOf, hashOnDisk, isManifestCurrent, isUnfinished, readManifest, writePlan } from "../output-folder.ts";
import { relativePath } from "../paths.ts";
import { progressOf, type Progress } from "../progress.ts";
import { loadProjects, type Project } from "../project.ts";
import { printReport } from "../report.ts";
import { pathsInRepository } from "../repository.ts";
import type { BuildRequest } from "../request.ts";
import { readSources } from "../sources.ts";
import { settled } from "../settle.ts";
import { toStream } from "../stream.ts";
import { generatedFiles, goneSpecs, retiredFolders } from "../prune.ts";
import { watchBuilds, type Round } from "../watch.ts";

/** A project and what its sources make. */
interface Build {
  readonly project: Project;
  readonly files: readonly OutputFile[];
  /** Of files outside the output folder. */
  readonly edits: readonly SourceEdit[];
  readonly slos: number;
  readonly formatting: Formatting;
  /** Everything that was read. */
  readonly sources: readonly SourceFile[];
  /** The specs that were read, and the files that they name. */
  readonly specs: ReadonlySet<string>;
}

/** `build`, `build --check` and `validate`: they differ only in what becomes of the files. */
export async function build(request: BuildRequest, io: Io, compile: Compile): Promise<ExitCode> {
  if (request.watch) return watchBuilds((reading) => buildOnce(request, io, reading, compile), io);
  const { code, print } = await buildOnce(request, io, io, compile);
  print();
  return code;
}

/** `reading` is asked for everything that the files are made of. */
async function buildOnce(request: BuildRequest, io: Io, reading: Io, compile: Compile): Promise<Round> {
  const start = io.now();
  const { all, report, hasErrors } = findings();
  const progress = progressOf(request, io);
  const projects = loadProjects(request, reading, report);
  const configured: ExitCode = hasErrors() ? 2 : 0;

  const builds: Build[] = [];
  for (const [index, project] of projects.entries()) {
    if (projects.length > 1) progress.tell(`building project ${index + 1} of ${projects.length}`);
    const made = await makeFiles(project, request, reading, compile, progress, settled(project.config.rules, report));
    if (made !== undefined) builds.push(made);
  }
  progress.clear();

  // Some of the specs, or some of the targets, give some of the findings.
  const isWhole = request.files.length === 0 && request.targets.length === 0;
  if (isWhole && !hasErrors()) for (const { project, sources } of builds) checkUnused(sources, all, settled(project.config.rules, report));

  let outcome: Compared = { states: new Map(), changes: [], untouched: true };
  if (!hasErrors()) {
    if (request.mode === "write" && request.out === "-") io.stdout.write(toStream(builds.flatMap(({ files }) => files)));
    else if (request.mode === "check") outcome = await check(builds, request, io, report);
    else if (request.mode === "write") outcome = { ...(await write(builds, request, io, report)), changes: [] };
  }
  const { untouched } = outcome;
  const parts = builds.map((each) => ({
    folder: relativePath(io.cwd, each.project.root),
    slos: each.slos,
    files: each.files.length + each.edits.length,
    states: outcome.states.get(each) ?? [],
  }));
  const states = parts.flatMap((part) => part.states);
  const isChanged = request.failOnChange && !hasErrors() && states.some(({ kind }) => kind !== "unchanged");
  const slos = builds.reduce((sum, each) => sum + each.slos, 0);
  const files = parts.reduce((sum, part) => sum + part.files, 0);
  const milliseconds = io.now() - start;
  const print = (): void => {
    const diff = diffOf(outcome.changes);
    if (request.report === "pretty" && !request.quiet) io.stdout.write(printDiff(diff, request, io));
    const specs = builds.flatMap((each) => [...each.specs].map((path) => pathSeenFrom(io.cwd, each.project.root, path)));
    printReport(
      all,
      {
        request,
        slos,
        files,
        states,
        parts,
        untouched: untouched && request.mode === "write",
        milliseconds,
        specs,
        diff: diff.map(({ text }) => `${text}\n`).join(""),
      },
      io,
    );
    if (isChanged) io.stderr.write("add what was written to the commit\n");
  };
  return {
    code: worse(worse(configured, exitCodeOf(all)), isChanged ? 1 : 0),
    print,
    hasFindings: all.length > 0,
    outs: projects.map(({ out }) => out),
    edited: builds.flatMap(({ edits }) => edits.map(({ path }) => path)),
  };
}

/** How the output folders compare with what was made. */
interface Compared {
  readonly states: ReadonlyMap<Build, readonly FileState[]>;
  readonly changes: readonly FileChange[];
  readonly untouched: boolean;
}

async function makeFiles(
  project: Project,
  request: BuildRequest,
  io: Io,
  compile: Compile,
  progress: Progress,
  report: Report,
): Promise<Build | undefined> {
  const reading = findings();
  const sources = await readSources(project, request.files, io, reading.report);
  checkIgnores(sources, seenFrom(io.cwd, project.root, reading.report));
  if (request.files.length > 0 && request.mode !== "validate" && request.out !== "-") checkPlaces(sources, project, io, reading.report);
  const formatting = request.mode === "validate" ? AS_PRINTED : await formattingFor(project, io, reading.report);
  reading.all.forEach(report);
  // What is missing would look like an error in what is there.
  if (reading.hasErrors()) return undefined;

  const { files, diagnostics, slos } = compile({
    sources,
    config: { ...project.config, style: formatting.style },
    inPlace: request.inPlace,
  });
  const compiling = findings();
  diagnostics.forEach(settled(project.config.rules, seenFrom(io.cwd, project.root, compiling.report)));
  compiling.all.forEach(report);
  const failed = compiling.hasErrors();
  if (!failed) checkPaths(files, report);
  const finished = failed ? files : await progress.each("formatting", files, formatting.finish);
  const specs = new Set(sources.flatMap(({ path, role }) => (role === "spec" || role === "workload" ? [path] : [])));
  const edits = request.inPlace && !failed ? sourceEdits(finished, project.root, io, report) : [];
  const copies = request.inPlace ? finished.filter((file) => file.edits === undefined) : finished;
  const seen = [...(project.file ? [project.file] : []), ...sources].map((file) => fileSeenFrom(io.cwd, project.root, file));
  return { project, files: copies, edits, slos, formatting, sources: seen, specs };
}

/** Reports specs whose path from the project is another one on every machine: headers and manifests would tell it. */
function checkPlaces(sources: readonly Source[], { root }: Project, io: Io, report: Report): void {
  const inRepository = pathsInRepository({ ...io, cwd: root });
  for (const { path, role } of sources) {
    if (role !== "spec" || path.startsWith("<") || inRepository(path) !== undefined) continue;
    report(cliCodes["outside-repository"](undefined, { path: relativePath(io.cwd, resolve(root, path)) }));
  }
}

/** Reports every file that is not as it should be. */
async function check(builds: readonly Build[], request: BuildRequest, io: Io, report: Report): Promise<Compared> {
  const states = new Map<Build, readonly FileState[]>();
  const changes: FileChange[] = [];
  for (const each of builds) {
    const folder = each.project.out;
    if (isUnfinished(folder, io)) {
      report(cliCodes["unfinished-swap"](undefined, { folder: relativePath(io.cwd, folder) }));
      continue;
    }
    const plan = await planFor(each, request, io, report);
    if (plan === undefined) continue;
    states.set(each, [...plan.states, ...each.edits.map(({ state }) => state)]);
    const edited = each.edits.map(({ shown, before, after }) => ({ path: shown, before, after }));
    changes.push(...edited, ...changesOf(folder, plan, plan.text, io));
    for (const { state, shown } of each.edits) if (state.kind !== "unchanged") report(outputCodes.stale(undefined, { path: shown }));
    const shown = (path: string): string => relativePath(io.cwd, join(folder, path));
    const problems = plan.states.flatMap((state) => problemOf(state, shown(pathOf(state))) ?? []);
    problems.forEach(report);
    if (problems.length === 0 && !isManifestCurrent(folder, plan.text, io)) {
      const problem = io.fs.existsSync(join(folder, MANIFEST)) ? outputCodes.stale : outputCodes.missing;
      report(problem(undefined, { path: shown(MANIFEST) }));
    }
  }
  return { states, changes, untouched: true };
}

async function write(builds: readonly Build[], request: BuildRequest, io: Io, report: Report): Promise<Omit<Compared, "changes">> {
  const refusals = findings();
  const plans: { readonly folder: string; readonly plan: Planned }[] = [];
  const states = new Map<Build, readonly FileState[]>();
  for (const each of builds) {
    const folder = each.project.out;
    if (!finishSwap(folder, request.force, io, refusals.report)) continue;
    const plan = await planFor(each, request, io, refusals.report);
    if (plan === undefined) continue;
    plans.push({ folder, plan });
    states.set(each, [...plan.states, ...each.edits.map(({ state }) => state)]);
    for (const state of plan.states) {
      const problem = isRefused(state, request.force) ? problemOf(state, relativePath(io.cwd, join(folder, pathOf(state)))) : undefined;
      if (problem !== undefined) refusals.report(problem);
      if (state.kind === "unlisted")
        refusals.report(outputCodes.unlisted(undefined, { path: relativePath(io.cwd, join(folder, state.path)) }));
    }
  }
  refusals.all.forEach(report);
  const edits = builds.flatMap((each) => each.edits);
  if (refusals.hasErrors()) return { states, untouched: true };
  // An edit is the change that may be refused even now, so it comes before the swap.
  if (!writeEdits(edits, io, report)) return { states, untouched: !edits.some(({ state }) => state.kind !== "unchanged") };
  let untouched = !edits.some(({ state }) => state.kind !== "unchanged");
  for (const { folder, plan } of plans) {
    const written = writePlan(folder, plan, plan.text, io, report);
    untouched &&= written === "untouched";
    if (written !== "done") break;
  }
  return { states, untouched };
}

interface Planned extends WritePlan {
  /** Of the manifest. */
  readonly text: string;
}

/** Undefined, with a report, if the output folder cannot be read. */
async function planFor(
  { project, files, formatting, specs }: Build,
  request: BuildRequest,
  io: Io,
  report: Report,
): Promise<Planned | undefined> {
  const owned = readManifest(project.out, io, report);
  if (owned === undefined) return undefined;
  try {
    const scope: Scope = {
      ...(request.files.length > 0 && { sources: request.prune ? new Set([...specs, ...goneSpecs(project.root, owned, io)]) : specs }),
      ...(request.targets.length > 0 && { folders: foldersOf(project.config.targets) }),
      ...(request.prune && { retired: retiredFolders(project.configured) }),
    };
    const isWhole = request.files.length === 0 && request.targets.length === 0;
    const unlisted = request.prune && isWhole ? generatedFiles(project.out, io) : [];
    const wanted = files.map((file) => ({ ...file, sha256: hashOf(file.text) }));
    const plan = planWrites({ wanted, owned, onDisk: (path) => hashOnDisk(project.out, path, io), scope, unlisted });
    const manifest = { path: MANIFEST, text: encodeManifest(plan.manifest, formatting.style), sources: [] };
    return { ...plan, text: (await formatting.finish(manifest)).text };
  } catch (error) {
    report(cliCodes.unwritable(undefined, { path: relativePath(io.cwd, project.out), reason: reasonOf(error), touched: false }));
    return undefined;
  }
}

/** Why a file is not as it should be; undefined if it is. */
function problemOf(state: FileState, path: string): Diagnostic | undefined {
  switch (state.kind) {
    case "create":
      return outputCodes.missing(undefined, { path });
    case "update":
      return outputCodes.stale(undefined, { path });
    case "remove":
      return outputCodes.leftover(undefined, { path });
    case "hand-edited":
      return outputCodes["hand-edited"](undefined, { path, remove: !("file" in state) });
    case "foreign":
      return outputCodes.foreign(undefined, { path });
    case "unlisted":
      return outputCodes.leftover(undefined, { path });
    case "partial":
      return outputCodes["partial-build"](undefined, { path, missing: listed(state.missing) });
    case "unchanged":
      return undefined;
  }
}

/** What a build does not do by itself. */
function isRefused({ kind }: FileState, force: boolean): boolean {
  return kind === "partial" || (!force && (kind === "hand-edited" || kind === "foreign"));
}
