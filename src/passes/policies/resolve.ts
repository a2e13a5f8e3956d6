import type { Config } from "../../config/config.ts";
import type { Diagnostic, Report } from "../../diagnostics/diagnostic.ts";
import type { SourceFile } from "../../diagnostics/source.ts";
import type { Backend, PlannedSlo } from "../../model/model.ts";
import type {
  DatadogPolicy,
  DatadogSource,
  GateSettings,
  Isolation,
  PolicyBase,
  PolicyDocument,
  PrometheusPolicy,
  PrometheusSource,
  ReleasePolicy,
  Workload,
} from "../../model/policy.ts";
import type { Matcher } from "../../promql/ast.ts";
import type { TagFilter } from "../../datadogql/ast.ts";
import { valueOf, type YamlMap } from "../../yaml/tree.ts";
import { checkBudgets, checkRhythm, checkTraffic } from "./check.ts";
import { policyCodes } from "./codes.ts";
import { addedTags } from "./datadog-tags.ts";
import { deliveryOf } from "./delivery.ts";
import { addedAt, placesOf, surroundings, type Place } from "./environments.ts";
import { extended } from "./extend.ts";
import { keySpan, mapAt, textAt, valueSpan } from "./fields.ts";
import { gateSettings } from "./gate.ts";
import { addedMatchers } from "./matchers.ts";
import { mergeMaps } from "./merge.ts";
import { datadogParts, type DatadogParts } from "./on-datadog.ts";
import { prometheusParts, type PrometheusParts } from "./on-prometheus.ts";
import { chooseSlos, type ChosenSlo } from "./slos.ts";
import { filePaths, servicesOf } from "./workloads.ts";

export interface ResolveContext {
  readonly slos: readonly PlannedSlo[];
  readonly config: Pick<Config, "sources" | "environments">;
  /** The files that policies name under `workload.file`. */
  readonly workloads: readonly SourceFile[];
  /** Whether a target of this build records what is left of each error budget. */
  readonly recordsBudgets: boolean;
  /** The backends by which a target of this build measures every SLO: that one has no indicator there is said once. */
  readonly measuring: readonly Backend[];
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
  const places = placesOf(spec, document, context.config, note);
  const services = servicesOf(
    workload?.name ?? "",
    context.workloads.filter(({ path }) => workload?.files.some((file) => file.path === path)),
  );
  const parts = {
    document,
    chosen,
    rollout: workload?.name,
    services,
    measuring: context.measuring,
    isComplete: context.isComplete,
    report: note,
  };
  const onPrometheus = lazily(() => prometheusParts(spec, parts));
  const onDatadog = lazily(() => datadogParts(spec, parts));

  const profile = textAt(document.spec, "extends");
  return places.flatMap((place) => {
    const { source, namespace, ...rest } = surroundings(spec, place, context.config, note);
    const gate = mergeMaps(mapAt(spec, "gate"), mapAt(place.own, "gate"));
    const settingsOf = ({ slo, gate: own, at }: ChosenSlo): GateSettings => gateSettings(mergeMaps(gate, own), slo, at, note);
    if (!source || !workload || !delivery) {
      chosen.forEach(settingsOf);
      return [];
    }
    const common = {
      name: document.name,
      labels: document.labels,
      ...(profile !== undefined && { profile }),
      ...rest,
      workload: { ...workload, ...(namespace !== undefined && { namespace }) },
      delivery,
      format: document.format,
      file: document.file,
      at: document.at,
    };
    const policy =
      source.type === "prometheus"
        ? prometheusPolicy(common, source, place, onPrometheus(), settingsOf, note)
        : datadogPolicy(common, source, place, onDatadog(), settingsOf, note);
    if (policy === undefined || policy.gates.length === 0) return [];
    checkMatchers(policy, place, note);
    checkRhythm(policy, gate, note);
    checkTraffic(policy, note);
    if (policy.backend === "prometheus" && !context.recordsBudgets) checkBudgets(policy, note);
    return errors.length === 0 ? [policy] : [];
  });
}

type SettingsOf = (chosen: ChosenSlo) => GateSettings;

function prometheusPolicy(
  common: PolicyBase,
  source: PrometheusSource,
  place: Place,
  parts: PrometheusParts | undefined,
  settingsOf: SettingsOf,
  report: Report,
): PrometheusPolicy | undefined {
  if (parts === undefined) return undefined;
  const { isolation, guards, measured } = parts;
  const gates = measured.map(({ chosen, ...gate }) => ({ ...gate, settings: settingsOf(chosen), at: chosen.at }));
  const matchers = addedMatchers(place, report);
  return { ...common, backend: "prometheus", isolation, gates, guards, source, matchers };
}

function datadogPolicy(
  common: PolicyBase,
  source: DatadogSource,
  place: Place,
  parts: DatadogParts | undefined,
  settingsOf: SettingsOf,
  report: Report,
): DatadogPolicy | undefined {
  if (parts === undefined) return undefined;
  const { isolation, guards, measured } = parts;
  const gates = measured.map(({ chosen, ...gate }) => ({ ...gate, settings: settingsOf(chosen), at: chosen.at }));
  const matchers = addedTags(place, report);
  return { ...common, backend: "datadog", isolation, gates, guards, source, matchers };
}

/** What is wrong with a part concerns only those who ask for it. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
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

function checkMatchers(policy: ReleasePolicy, place: Place, report: Report): void {
  const { added, sides } =
    policy.backend === "prometheus"
      ? { added: policy.matchers.map(({ label }) => label), sides: labelsOf(policy.isolation) }
      : { added: policy.matchers.map(({ key }) => key), sides: keysOf(policy.isolation) };
  for (const label of added) {
    if (!sides.includes(label)) continue;
    report(policyCodes["matcher-clash"](addedAt(place, label), { label, environment: place.environment?.name ?? "" }));
  }
}

function labelsOf({ canary, stable }: Isolation<Matcher>): readonly string[] {
  return [...canary, ...stable].map(({ label }) => label);
}

function keysOf({ canary, stable }: Isolation<TagFilter>): readonly string[] {
  return [...canary, ...stable].map(({ key }) => key);
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
