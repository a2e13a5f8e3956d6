import type { Config } from "../../config/config.ts";
import type { Diagnostic, Report } from "../../diagnostics/diagnostic.ts";
import type { SourceFile } from "../../diagnostics/source.ts";
import type { PlannedSlo } from "../../model/model.ts";
import type { PolicyDocument, ReleasePolicy, SloGate, Workload } from "../../model/policy.ts";
import { valueOf, type YamlMap } from "../../yaml/tree.ts";
import { checkBudgets, checkRhythm, checkTraffic } from "./check.ts";
import { policyCodes } from "./codes.ts";
import { deliveryOf } from "./delivery.ts";
import { placesOf, surroundings, type Place } from "./environments.ts";
import { extended } from "./extend.ts";
import { keySpan, mapAt, textAt, valueSpan } from "./fields.ts";
import { gateSettings } from "./gate.ts";
import { guardsOf } from "./guards.ts";
import { evidenceOf } from "./indicators.ts";
import { isolationOf } from "./isolation.ts";
import { mergeMaps } from "./merge.ts";
import { chooseSlos, type ChosenSlo } from "./slos.ts";
import { filePaths, servicesOf } from "./workloads.ts";

export interface ResolveContext {
  readonly slos: readonly PlannedSlo[];
  readonly config: Pick<Config, "sources" | "environments">;
  /** The files that policies name under `workload.file`. */
  readonly workloads: readonly SourceFile[];
  /** Whether a target of this build records what is left of each error budget. */
  readonly recordsBudgets: boolean;
  /** False where a file or an SLO could not be read: then nothing is said to be missing. */
  readonly isComplete: boolean;
  readonly report: Report;
}

/**
 * The release policies of all documents, one for each place of each: profiles and defaults applied, every reference resolved.
 * A policy with an error in it is reported and left out.
 */
export function resolvePolicies(documents: readonly PolicyDocument[], context: ResolveContext): readonly ReleasePolicy[] {
  const report = once(context.report);
  const profiles = documents.filter(({ kind }) => kind === "profile");
  const policies = documents.filter(({ kind }) => kind === "policy");
  const repeated = new Set([profiles, policies].flatMap((group) => checkNames(group, report)));
  const extending = { profiles, isComplete: context.isComplete, report };
  for (const profile of profiles) extended(profile, extending);
  const resolved = policies.flatMap((document) => {
    const spec = extended(document, extending);
    const found = spec === undefined ? [] : resolvePolicy(document, spec, { ...context, report });
    return repeated.has(document) ? [] : found;
  });
  checkWorkloads(resolved, report);
  return resolved;
}

/** A policy is compiled for every environment, and what is wrong in each is told once. */
function once(report: Report): Report {
  const told = new Set<string>();
  const files = new Map<SourceFile, number>();
  return (diagnostic) => {
    const { code, message, at } = diagnostic;
    const file = at === undefined ? -1 : (files.get(at.file) ?? files.set(at.file, files.size).size - 1);
    const key = JSON.stringify([code, message, file, at?.start, at?.end]);
    if (told.has(key)) return;
    told.add(key);
    report(diagnostic);
  };
}

/** The documents whose name another one had before. */
function checkNames(documents: readonly PolicyDocument[], report: Report): readonly PolicyDocument[] {
  return documents.filter((document) => {
    const { kind, name, at } = document;
    const first = documents.find((each) => each.name === name);
    if (first === undefined || first === document) return false;
    report(policyCodes["duplicate-name"](at, { kind, name }, { related: [{ at: first.at, message: "the first one is here" }] }));
    return true;
  });
}

function resolvePolicy(document: PolicyDocument, spec: YamlMap, context: ResolveContext): readonly ReleasePolicy[] {
  const { report } = context;
  const errors: Diagnostic[] = [];
  const note: Report = (diagnostic) => {
    if (diagnostic.severity === "error") errors.push(diagnostic);
    report(diagnostic);
  };
  const within = { ...context, report: note };
  const workload = workloadOf(spec, document, within);
  const delivery = deliveryOf(spec, document, note);
  const chosen = chooseSlos(spec, document, within);
  const guards = guardsOf(spec, note);
  const evidence = new Map(chosen.map((each) => [each, evidenceOf(each, note)]));
  const places = placesOf(spec, document, context.config, note);
  const services = servicesOf(
    workload?.name ?? "",
    context.workloads.filter(({ path }) => workload?.files.some((file) => file.path === path)),
  );
  const isolation = workload && isolationOf(spec, { rollout: workload.name, services, at: document.at, report: note });

  const profile = textAt(document.spec, "extends");
  return places.flatMap((place) => {
    const { source, namespace, ...rest } = surroundings(spec, place, context.config, note);
    const gate = mergeMaps(mapAt(spec, "gate"), mapAt(place.own, "gate"));
    const gates = chosen.map((each) => gateOf(each, gate, evidence.get(each) ?? {}, note));
    if (!workload || !delivery || !isolation || !source || gates.length === 0) return [];
    const policy: ReleasePolicy = {
      name: document.name,
      labels: document.labels,
      ...(profile !== undefined && { profile }),
      ...rest,
      workload: { ...workload, ...(namespace !== undefined && { namespace }) },
      isolation,
      delivery,
      gates,
      guards,
      source,
      format: document.format,
      file: document.file,
      at: document.at,
    };
    checkMatchers(policy, place, note);
    checkRhythm(policy, gate, note);
    checkTraffic(policy, note);
    if (!context.recordsBudgets) checkBudgets(policy, note);
    return errors.length === 0 ? [policy] : [];
  });
}

function gateOf(chosen: ChosenSlo, gate: YamlMap | undefined, evidence: Pick<SloGate, "evidenceQueries">, report: Report): SloGate {
  const { slo, at } = chosen;
  return { slo, settings: gateSettings(mergeMaps(gate, chosen.gate), slo, at, report), ...evidence, at };
}

function workloadOf(spec: YamlMap, document: PolicyDocument, { workloads, report }: ResolveContext): Workload | undefined {
  const name = textAt(spec, "workload", "rollout");
  if (name === undefined) {
    report(policyCodes["no-workload"](keySpan(spec, ["workload"], document.at), {}));
    return undefined;
  }
  const files = filePaths(valueOf(spec, "workload", "file")).map(({ text, at }) => ({ path: text, at }));
  for (const { path, at } of files) {
    if (!workloads.some((file) => file.path === path)) report(policyCodes["missing-file"](at, { path }));
  }
  return { name, files, at: valueSpan(spec, ["workload", "rollout"], document.at) };
}

function checkMatchers({ matchers, isolation }: ReleasePolicy, { environment, own, at }: Place, report: Report): void {
  const sides = [...isolation.canary, ...isolation.stable];
  for (const { label } of matchers) {
    if (!sides.some((side) => side.label === label)) continue;
    const inConfig = environment?.matchers.find(({ key }) => key === label)?.at;
    const span = valueOf(own, "matchers", label) === undefined ? inConfig : keySpan(own, ["matchers", label], at);
    report(policyCodes["matcher-clash"](span ?? at, { label, environment: environment?.name ?? "" }));
  }
}

function checkWorkloads(policies: readonly ReleasePolicy[], report: Report): void {
  const first = new Map<string, ReleasePolicy>();
  for (const policy of policies) {
    const { workload, environment } = policy;
    const key = JSON.stringify([environment, workload.namespace, workload.name]);
    const other = first.get(key);
    if (other === undefined) first.set(key, policy);
    else if (other.name !== policy.name) {
      const related = [{ at: other.workload.at, message: "the other policy's workload" }];
      report(policyCodes["workload-twice"](workload.at, { workload: workload.name, policy: other.name }, { related }));
    }
  }
}
