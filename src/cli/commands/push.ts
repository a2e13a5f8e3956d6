import { dirname, join, resolve } from "node:path";
import type { Diagnostic, Report } from "../../diagnostics/diagnostic.ts";
import { inOrder } from "../../diagnostics/order.ts";
import { reportJson } from "../../diagnostics/reporters/json.ts";
import { reportPretty } from "../../diagnostics/reporters/pretty.ts";
import { pushCodes } from "../../push/codes.ts";
import { decodePushManifest, type PushManifest } from "../../push/manifest.ts";
import { readObject, type PushObject } from "../../push/objects.ts";
import { planPush, type Step } from "../../push/plan.ts";
import { cliCodes } from "../codes.ts";
import { usesColor } from "../color.ts";
import { exitCodeOf, worse, type ExitCode } from "../exit-code.ts";
import { findings } from "../findings.ts";
import type { Io } from "../io.ts";
import { isUnfinished } from "../output-folder.ts";
import { relativePath } from "../paths.ts";
import { loadProjects } from "../project.ts";
import { apiAddress } from "../push/address.ts";
import { applySteps, failureDiagnostic, type Outcome } from "../push/apply.ts";
import { datadogAt, type Datadog } from "../push/datadog.ts";
import { readKeys, withoutKeys } from "../push/keys.ts";
import { pushSummary, stepJson, stepLines, type State } from "../push/words.ts";
import { readText } from "../read-text.ts";
import type { PushRequest } from "../request.ts";

/** Below the output folder. */
const MANIFEST = join("datadog", "manifest.json");

/** One built project. */
interface Parcel {
  /** The manifest, as a person names it. */
  readonly path: string;
  readonly manifest: PushManifest;
  readonly objects: readonly PushObject[];
  /** A file of the manifest as a person names it. */
  readonly shown: (file: string) => string;
}

interface Planned {
  readonly parcel: Parcel;
  readonly datadog: Datadog;
  readonly steps: readonly Step[];
}

interface Result extends Omit<Outcome, "state"> {
  readonly site: string;
  readonly state: State;
}

/**
 * Brings Datadog to what was built. Everything is read and checked before the first request, and everything planned before the first
 * one that changes anything; what was done stays done, and the next push finds it.
 */
export async function push(request: PushRequest, outside: Io): Promise<ExitCode> {
  const io = withoutKeys(outside);
  const start = io.now();
  const { all, report, hasErrors } = findings();
  const keys = readKeys(io, report);
  const folders = outputFolders(request, io, report);
  const configured: ExitCode = hasErrors() ? 2 : 0;
  const parcels = folders.flatMap((folder) => readParcel(folder, io, report) ?? []);
  checkTogether(parcels, request, report);
  const addressed = parcels.map((parcel) => ({ parcel, address: apiAddress(parcel.manifest.site, io, report) }));

  const results: Result[] = [];
  const onResult = (result: Result): void => {
    results.push(result);
    const { step, site, state, datadogId } = result;
    // There may be hundreds; the last line counts them.
    if (request.report === "pretty" && !request.quiet && step.kind !== "unchanged") {
      io.stdout.write(`${stepLines(step, site, state, datadogId)}\n`);
    }
  };
  const onPause = (time: number, why: string): void => {
    if (request.report === "pretty" && !request.quiet) io.stderr.write(`waiting ${Math.ceil(time / 1000)} s: ${why}\n`);
  };

  if (keys !== undefined && !hasErrors()) {
    const plans: Planned[] = [];
    for (const { parcel, address } of addressed) {
      if (address === undefined) continue;
      const datadog = datadogAt(address, keys, io, onPause);
      const steps = await plan(parcel, datadog, request, report);
      if (steps === undefined) break;
      plans.push({ parcel, datadog, steps });
    }
    if (!hasErrors()) await carryOut(plans, request, io, report, onResult);
  }
  printPush(all, results, request, io.now() - start, io);
  return worse(configured, exitCodeOf(all));
}

function outputFolders(request: PushRequest, io: Io, report: Report): readonly string[] {
  // All that a push has to know is in the folder, so no configuration is needed where that is named.
  if (request.out !== undefined) return [resolve(io.cwd, request.out)];
  const { config } = request;
  return loadProjects({ config, files: [], out: undefined, set: [], targets: [] }, io, report).map(({ out }) => out);
}

/** Undefined, with a report of all that is wrong. */
function readParcel(folder: string, io: Io, report: Report): Parcel | undefined {
  const { all, report: note, hasErrors } = findings();
  const parcel = readFiles(folder, io, note);
  all.forEach(report);
  return hasErrors() ? undefined : parcel;
}

function readFiles(folder: string, io: Io, report: Report): Parcel | undefined {
  if (isUnfinished(folder, io)) {
    report(cliCodes["unfinished-swap"](undefined, { folder: relativePath(io.cwd, folder) }));
    return undefined;
  }
  const absolute = join(folder, MANIFEST);
  const path = relativePath(io.cwd, absolute);
  if (!io.fs.existsSync(absolute)) {
    report(pushCodes["no-manifest"](undefined, { path }));
    return undefined;
  }
  const text = readText(absolute, io, report);
  const manifest = text === undefined ? undefined : decodePushManifest({ path, text }, report);
  if (manifest === undefined) return undefined;
  const shown = (file: string): string => relativePath(io.cwd, join(dirname(absolute), file));
  const objects = manifest.objects.flatMap((entry) => {
    const content = readText(join(dirname(absolute), entry.file), io, report);
    return content === undefined ? [] : (readObject(entry, { path: shown(entry.file), text: content }, manifest, report) ?? []);
  });
  return { path, manifest, objects, shown };
}

/** Several projects may go to one organisation, where they must not take each other's objects for theirs. */
function checkTogether(parcels: readonly Parcel[], { prune }: PushRequest, report: Report): void {
  for (const { path, manifest } of parcels) if (prune && manifest.owner === undefined) report(pushCodes["no-owner"](undefined, { path }));
  for (const [index, one] of parcels.entries()) {
    for (const other of parcels.slice(index + 1).filter(({ manifest }) => manifest.site === one.manifest.site)) {
      const { owner } = one.manifest;
      if (owner !== undefined && owner === other.manifest.owner)
        report(pushCodes["shared-owner"](undefined, { owner, one: one.path, other: other.path }));
      const slos: string[] = [];
      for (const { kind, storedId, file } of one.objects) {
        const twin = other.objects.find((each) => each.kind === kind && each.storedId === storedId);
        // An SLO that is there twice has its monitors twice, by the same mistake.
        if (twin === undefined || (kind === "monitor" && slos.some((slo) => storedId.startsWith(`${slo}.`)))) continue;
        if (kind === "slo") slos.push(storedId);
        report(pushCodes["same-id"](undefined, { id: storedId, kind, one: one.shown(file), other: other.shown(twin.file) }));
      }
    }
  }
}

/** Undefined, with a report, if Datadog does not tell what it has. */
async function plan(
  { manifest, objects }: Parcel,
  datadog: Datadog,
  { prune, recreate }: PushRequest,
  report: Report,
): Promise<readonly Step[] | undefined> {
  const { site, owner } = manifest;
  const slos = await datadog.list("slo");
  const monitors = slos.ok ? await datadog.list("monitor") : slos;
  if (slos.ok && monitors.ok)
    return planPush({ objects, existing: [...slos.value, ...monitors.value], site, owner, prune, recreate, report });
  if (!monitors.ok) report(failureDiagnostic(monitors.failure, datadog.host, "list", slos.ok ? "/api/v1/monitor" : "/api/v1/slo"));
  return undefined;
}

async function carryOut(
  plans: readonly Planned[],
  { dryRun }: PushRequest,
  io: Io,
  report: Report,
  onResult: (result: Result) => void,
): Promise<void> {
  for (const { parcel, datadog, steps } of plans) {
    const { site } = parcel.manifest;
    if (dryRun) {
      for (const step of steps)
        onResult({ step, site, state: "planned", ...("existing" in step && { datadogId: step.existing.datadogId }) });
    } else {
      const onOutcome = (outcome: Outcome): void => {
        onResult({ ...outcome, site });
      };
      await applySteps(steps, { datadog, site, shown: parcel.shown, sleep: io.sleep, report, onOutcome });
    }
  }
}

function printPush(
  diagnostics: readonly Diagnostic[],
  results: readonly Result[],
  request: PushRequest,
  milliseconds: number,
  io: Io,
): void {
  if (request.report === "json") {
    const objects = results.map(({ step, site, state, datadogId }) => stepJson(step, site, state, datadogId));
    io.stdout.write(reportJson(diagnostics, { dryRun: request.dryRun, objects }));
    return;
  }
  const found = inOrder(diagnostics);
  const shown = request.quiet ? found.filter(({ severity }) => severity === "error") : found;
  if (shown.length > 0) io.stderr.write(`${reportPretty(shown, { color: usesColor(request.color, io.stderr, io) }).trimEnd()}\n\n`);
  if (request.quiet) return;
  if (found.some(({ severity }) => severity === "error") && results.length === 0) io.stderr.write("nothing was changed at Datadog\n");
  else io.stderr.write(`${pushSummary(results, request.dryRun, milliseconds)}\n`);
}
