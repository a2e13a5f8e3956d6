import { join } from "node:path";
import type { Diagnostic, Report } from "../../diagnostics/diagnostic.ts";
import { encodeManifest, MANIFEST } from "../../output/manifest.ts";
import { outputCodes } from "../../output/codes.ts";
import type { Compile, OutputFile } from "../../output/output.ts";
import { checkPaths, listed, pathOf, planWrites, type FileState, type Scope, type WritePlan } from "../../output/plan-writes.ts";
import { foldersOf } from "../../emitters/registry.ts";
import { cliCodes } from "../codes.ts";
import { exitCodeOf, worse, type ExitCode } from "../exit-code.ts";
import { findings, seenFrom } from "../findings.ts";
import { AS_PRINTED, formattingFor, type Formatting } from "../format.ts";
import { reasonOf, type Io } from "../io.ts";
import { sourceEdits, writeEdits, type SourceEdit } from "../in-place.ts";
import { finishSwap, hashOf, hashOnDisk, isManifestCurrent, isUnfinished, readManifest, writePlan } from "../output-folder.ts";
import { relativePath } from "../paths.ts";
import { loadProjects, type Project } from "../project.ts";
import { printReport } from "../report.ts";
import type { BuildRequest } from "../request.ts";
import { readSources } from "../sources.ts";
import { toStream } from "../stream.ts";

/** A project and what its sources make. */
interface Build {
  readonly project: Project;
  readonly files: readonly OutputFile[];
  /** Of files outside the output folder. */
  readonly edits: readonly SourceEdit[];
  readonly slos: number;
  readonly formatting: Formatting;
  /** The specs that were read, and the files that they name. */
  readonly specs: ReadonlySet<string>;
}

/** `build`, `build --check` and `validate`: they differ only in what becomes of the files. */
export async function build(request: BuildRequest, io: Io, compile: Compile): Promise<ExitCode> {
  const start = io.now();
  const { all, report, hasErrors } = findings();
  const projects = loadProjects(request, io, report);
  const configured: ExitCode = hasErrors() ? 2 : 0;

  const builds: Build[] = [];
  for (const project of projects) {
    const made = await makeFiles(project, request, io, compile, report);
    if (made !== undefined) builds.push(made);
  }

  let states: readonly FileState[] = [];
  let untouched = true;
  if (!hasErrors()) {
    if (request.mode === "write" && request.out === "-") io.stdout.write(toStream(builds.flatMap(({ files }) => files)));
    else if (request.mode === "check") states = await check(builds, request, io, report);
    else if (request.mode === "write") ({ states, untouched } = await write(builds, request, io, report));
  }
  const slos = builds.reduce((sum, each) => sum + each.slos, 0);
  const files = builds.reduce((sum, each) => sum + each.files.length + each.edits.length, 0);
  printReport(all, { request, slos, files, states, untouched: untouched && request.mode === "write", milliseconds: io.now() - start }, io);
  return worse(configured, exitCodeOf(all));
}

async function makeFiles(project: Project, request: BuildRequest, io: Io, compile: Compile, report: Report): Promise<Build | undefined> {
  const reading = findings();
  const sources = await readSources(project, request.files, io, reading.report);
  const formatting = request.mode === "validate" ? AS_PRINTED : await formattingFor(project, io, reading.report);
  reading.all.forEach(report);
  // What is missing would look like an error in what is there.
  if (reading.hasErrors()) return undefined;

  const { files, diagnostics, slos } = compile({ sources, config: { ...project.config, style: formatting.style } });
  diagnostics.forEach(seenFrom(io.cwd, project.root, report));
  const failed = diagnostics.some(({ severity }) => severity === "error");
  if (!failed) checkPaths(files, report);
  const finished = failed ? files : await Promise.all(files.map(formatting.finish));
  const specs = new Set(sources.flatMap(({ path, role }) => (role === "spec" || role === "workload" ? [path] : [])));
  const edits = request.inPlace && !failed ? sourceEdits(finished, project.root, io, report) : [];
  const copies = request.inPlace ? finished.filter((file) => file.edits === undefined) : finished;
  return { project, files: copies, edits, slos, formatting, specs };
}

/** Reports every file that is not as it should be. */
async function check(builds: readonly Build[], request: BuildRequest, io: Io, report: Report): Promise<readonly FileState[]> {
  const states: FileState[] = [];
  for (const each of builds) {
    const folder = each.project.out;
    if (isUnfinished(folder, io)) {
      report(cliCodes["unfinished-swap"](undefined, { folder: relativePath(io.cwd, folder) }));
      continue;
    }
    const plan = await planFor(each, request, io, report);
    if (plan === undefined) continue;
    states.push(...plan.states, ...each.edits.map(({ state }) => state));
    for (const { state, shown } of each.edits) if (state.kind !== "unchanged") report(outputCodes.stale(undefined, { path: shown }));
    const shown = (path: string): string => relativePath(io.cwd, join(folder, path));
    const problems = plan.states.flatMap((state) => problemOf(state, shown(pathOf(state))) ?? []);
    problems.forEach(report);
    if (problems.length === 0 && !isManifestCurrent(folder, plan.text, io)) {
      const problem = io.fs.existsSync(join(folder, MANIFEST)) ? outputCodes.stale : outputCodes.missing;
      report(problem(undefined, { path: shown(MANIFEST) }));
    }
  }
  return states;
}

async function write(
  builds: readonly Build[],
  request: BuildRequest,
  io: Io,
  report: Report,
): Promise<{ readonly states: readonly FileState[]; readonly untouched: boolean }> {
  const refusals = findings();
  const plans: { readonly folder: string; readonly plan: Planned }[] = [];
  for (const each of builds) {
    const folder = each.project.out;
    if (!finishSwap(folder, request.force, io, refusals.report)) continue;
    const plan = await planFor(each, request, io, refusals.report);
    if (plan === undefined) continue;
    plans.push({ folder, plan });
    for (const state of plan.states) {
      const problem = isRefused(state, request.force) ? problemOf(state, relativePath(io.cwd, join(folder, pathOf(state)))) : undefined;
      if (problem !== undefined) refusals.report(problem);
    }
  }
  refusals.all.forEach(report);
  const edits = builds.flatMap((each) => each.edits);
  const states = [...plans.flatMap(({ plan }) => plan.states), ...edits.map(({ state }) => state)];
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
  const scope: Scope = {
    ...(request.files.length > 0 && { sources: specs }),
    ...(request.targets.length > 0 && { folders: foldersOf(project.config.targets) }),
  };
  try {
    const wanted = files.map((file) => ({ ...file, sha256: hashOf(file.text) }));
    const plan = planWrites({ wanted, owned, onDisk: (path) => hashOnDisk(project.out, path, io), scope });
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
