import { DEFAULT_STYLE, type Config, type Source, type SourceRole } from "./config/config.ts";
import type { Diagnostic, Report } from "./diagnostics/diagnostic.ts";
import type { PreparedTarget, Target, TargetAlerts } from "./emitters/emitter.ts";
import { TARGETS } from "./emitters/registry.ts";
import { inputCodes } from "./frontends/codes.ts";
import { sortDocuments } from "./frontends/documents.ts";
import { FRONTENDS } from "./frontends/registry.ts";
import { helmTemplate } from "./layouts/helm.ts";
import { layOut } from "./layouts/layout.ts";
import type { Model, PlannedSlo, Slo, WindowCatalog } from "./model/model.ts";
import type { PolicyDocument } from "./model/policy.ts";
import { STRICT_READING, type Reading } from "./model/reading.ts";
import type { Artifact } from "./output/artifact.ts";
import { generatedBy } from "./output/header.ts";
import type { CompileInput, CompileResult, OutputFile } from "./output/output.ts";
import { applyOverlays } from "./output/overlay.ts";
import { CHART_FILES } from "./output/target-folder.ts";
import { attachBindings } from "./passes/bindings.ts";
import { checkSlos } from "./passes/check.ts";
import { checkMeasured } from "./passes/measured.ts";
import { planSlos } from "./passes/plan.ts";
import { resolveDeployGates } from "./passes/policies/deploy-gates.ts";
import { once, resolvePolicies } from "./passes/policies/resolve.ts";
import { problemOf } from "./schema/validate.ts";
import { renderer } from "./text/render.ts";
import { DAY, seconds } from "./units/duration.ts";
import type { Json } from "./yaml/json.ts";
import { printJson, printYaml } from "./yaml/print.ts";

export type { CompileInput, CompileResult, OutputFile } from "./output/output.ts";
export type { Config, Source } from "./config/config.ts";
export type { Diagnostic, Severity } from "./diagnostics/diagnostic.ts";
export type { Model } from "./model/model.ts";
export { DEFAULT_CONFIG } from "./config/config.ts";
export { workloadFiles } from "./passes/policies/workloads.ts";

/**
 * Compiles specs to artifacts. Pure: it reads no file, clock or environment, and never throws for bad input.
 * If any diagnostic is an error, the files are what could be made of the rest and should not be used.
 */
export function compile(input: CompileInput): CompileResult {
  const { sources, config } = input;
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => diagnostics.push(diagnostic);
  const targets = prepareTargets(config);
  const { model, catalogs } = analyseFor(targets, input, report);
  const withRole = (role: SourceRole): readonly Source[] => sources.filter((source) => source.role === role);
  const render = renderer(withRole("template"), report);
  const artifacts = targets.flatMap((target) => {
    const place = { out: config.out, ...(config.layout.kind === "helm" && { below: CHART_FILES }) };
    const artifacts = target.emit(model, { report, render, catalogs, workloads: withRole("workload"), ...place });
    const problemIn = (document: Json): string | undefined => problemOf(target.schema, document) ?? target.problemWithin?.(document);
    return applyOverlays(target.id, artifacts, config.overlays, report, problemIn);
  });
  const files = layOut(artifacts, { config, inPlace: input.inPlace === true, report });
  return { files: files.map((artifact) => print(artifact, config.style ?? DEFAULT_STYLE)), diagnostics, slos: model.slos.length };
}

export interface Analysis {
  readonly model: Model;
  readonly diagnostics: readonly Diagnostic[];
  /** The alerts of each target that measures the SLO and makes some. */
  readonly alertsOf: (slo: PlannedSlo) => readonly TargetAlerts[];
}

/** What the specs mean, without writing anything: for whoever explains or simulates. Pure as `compile` is. */
export function analyse(input: CompileInput): Analysis {
  const diagnostics: Diagnostic[] = [];
  const targets = prepareTargets(input.config);
  const { model } = analyseFor(targets, input, (diagnostic) => diagnostics.push(diagnostic));
  const alertsOf: Analysis["alertsOf"] = (slo) =>
    targets.flatMap((target) => {
      const alerts = target.alerts(slo);
      return alerts === undefined ? [] : [{ target: target.id, ...alerts }];
    });
  return { model, diagnostics, alertsOf };
}

type ReadyTarget = PreparedTarget & Pick<Target, "id" | "schema" | "problemWithin" | "measures">;

function prepareTargets({ targets, options }: Config): readonly ReadyTarget[] {
  return TARGETS.filter(({ id }) => targets.includes(id)).map((target) => ({
    ...target,
    ...target.prepare(options[target.id]?.values ?? {}),
  }));
}

interface Understood {
  readonly model: Model;
  readonly catalogs: readonly WindowCatalog[];
}

/** From text to the model, read and planned as the targets' habits want it. */
function analyseFor(targets: readonly ReadyTarget[], { sources, config }: CompileInput, report: Report): Understood {
  const habits = targets.map((target) => target.habits);
  const reading = habits.reduce<Reading>((before, each) => ({ ...before, ...each.reading }), { ...STRICT_READING, ...config.lenient });
  const { slos, catalogs, policies, isComplete } = lower(sources, reading, report);

  const plansItself = habits.some((each) => each.plansItself === true);
  checkSlos(slos, plansItself ? "warning" : "error", report);
  const defaultPeriod = habits.find((each) => each.defaultPeriod !== undefined)?.defaultPeriod ?? seconds(30 * DAY);
  if (isComplete) for (const { id, measures } of targets) if (measures) checkMeasured(slos, { target: id, backend: measures }, report);
  const planned = planSlos(slos, { defaultPeriod, catalogs }, plansItself ? () => undefined : report);
  const workloads = sources.filter(({ role }) => role === "workload");
  const recordsBudgets = habits.some((each) => each.recordsBudgets === true);
  const measuring = targets.flatMap(({ measures }) => measures ?? []);
  const common = { slos: planned, config, measuring, isComplete, report: once(report) };
  const asking = habits.find((each) => each.asksBeforeDeploys !== undefined)?.asksBeforeDeploys;
  const model = {
    slos: planned,
    policies: resolvePolicies(policies, { ...common, workloads, recordsBudgets }),
    deployGates: resolveDeployGates(policies, {
      ...common,
      gatesDeploys: asking !== undefined,
      releases: habits.some((each) => each.releases === true),
      isRecorded: asking?.series === undefined ? recordsRatios(config) : asking.series === "recorded",
    }),
  };
  return { model, catalogs };
}

/** Whether a whole build has rules that record error ratios and budgets, even if this one makes a part of it. */
function recordsRatios(config: Config): boolean {
  const targets = prepareTargets({ ...config, targets: config.projectTargets ?? config.targets });
  return targets.some(({ habits }) => habits.recordsBudgets === true);
}

interface LoweredSources {
  readonly slos: readonly Slo[];
  readonly catalogs: readonly WindowCatalog[];
  readonly policies: readonly PolicyDocument[];
  /** False after an error: what seems to be missing may be in what could not be read. */
  readonly isComplete: boolean;
}

function lower(sources: CompileInput["sources"], reading: Reading, report: Report): LoweredSources {
  const files = sources.filter(({ role }) => role === "spec" || role === "catalog");
  const found: Diagnostic[] = [];
  const note: Report = (diagnostic) => found.push(diagnostic);
  const isSound = (): boolean => !found.some(({ severity }) => severity === "error");
  const sorted = sortDocuments(files, FRONTENDS, note);
  const isComplete = isSound();
  const lowered = [...sorted].map(([frontend, documents]) => frontend.lower(documents, { report: note, reading, isComplete }));
  const bindings = lowered.flatMap((each) => each.bindings ?? []);
  const own = lowered.flatMap((each) => each.slos);
  const slos = attachBindings(own, bindings, { isComplete: isSound(), report: note });
  // What could not be read has been reported; "no SLO" would only add to it.
  if (slos.length === 0 && files.length > 0 && isSound()) note(inputCodes["no-slos"](undefined, { paths: files.map(({ path }) => path) }));
  found.forEach(report);
  return {
    slos,
    catalogs: lowered.flatMap((each) => each.catalogs),
    policies: lowered.flatMap((each) => each.policies ?? []),
    isComplete: isSound(),
  };
}

function print(artifact: Artifact, style: typeof DEFAULT_STYLE): OutputFile {
  const file = printPlain(artifact, style);
  return artifact.helm === undefined ? file : { ...file, text: helmTemplate(file.text, artifact.helm), verbatim: true };
}

function printPlain(artifact: Artifact, style: typeof DEFAULT_STYLE): OutputFile {
  const sources = artifact.sources.map(({ path }) => path);
  const base = { path: artifact.path, sources, ...(artifact.index && { index: artifact.index }) };
  switch (artifact.kind) {
    case "yaml":
      return { ...base, text: printYaml(artifact.documents, { ...style, header: [generatedBy(artifact.index ? [] : sources)] }) };
    case "json":
      return { ...base, text: printJson(artifact.value, style) };
    case "text":
      return { ...base, text: artifact.text, verbatim: true };
    case "edit":
      return { ...base, text: artifact.text, verbatim: true, edits: artifact.source };
  }
}
