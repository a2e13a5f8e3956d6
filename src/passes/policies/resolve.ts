import type { Config } from "../../config/config.ts";
import type { Diagnostic, Report } from "../../diagnostics/diagnostic.ts";
import type { SourceFile } from "../../diagnostics/source.ts";
import type { Backend, PlannedSlo } from "../../model/model.ts";
import {
  isForFlagger,
  type DatadogSource,
  type GateSettings,
  type Isolation,
  type PolicyDocument,
  type PrometheusSource,
  type ReleasePolicy,
} from "../../model/policy.ts";
import type { Matcher } from "../../promql/ast.ts";
import type { TagFilter } from "../../datadogql/ast.ts";
import type { YamlMap } from "../../yaml/tree.ts";
import { checkBudgets, checkRhythm, checkTraffic } from "./check.ts";
import { policyCodes } from "./codes.ts";
import { addedTags } from "./datadog-tags.ts";
import { deliveryOf } from "./delivery.ts";
import { addedAt, placesOf, surroundings, type Place } from "./environments.ts";
import { extended } from "./extend.ts";
import { mapAt, textAt } from "./fields.ts";
import { checkFlagger } from "./flagger-check.ts";
import { gateSettings } from "./gate.ts";
import { lazily } from "./lazily.ts";
import { addedMatchers } from "./matchers.ts";
import { mergeMaps } from "./merge.ts";
import { isPlainWorkload } from "./deploy-gates.ts";
import { datadogParts, type DatadogParts } from "./on-datadog.ts";
import { prometheusParts, type PrometheusParts } from "./on-prometheus.ts";
import { releasesOf, type Judgement } from "./releases.ts";
import { chooseSlos, type ChosenSlo } from "./slos.ts";

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
    // A workload that no release controller knows has a gate before the deploy alone.
    const found = spec === undefined || isPlainWorkload(spec) ? [] : resolvePolicy(document, spec, { ...context, report });
    return repeated.has(document) ? [] : found;
  });
  checkWorkloads(resolved, report);
  return resolved;
}

/** A policy is compiled for every environment, and what is wrong in each is told once. */
export function once(report: Report): Report {
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
  const releases = releasesOf(spec, document, within);
  const delivery = deliveryOf(spec, document, note);
  const chosen = chooseSlos(spec, document, within);
  const places = placesOf(spec, document, context.config, note);
  const onPrometheus = lazily(() => prometheusParts(spec, chosen, within));
  const onDatadog = lazily(() => datadogParts(spec, chosen, within));

  const profile = textAt(document.spec, "extends");
  return places.flatMap((place) => {
    const { source, namespace, ...rest } = surroundings(spec, place, context.config, note);
    const gate = mergeMaps(mapAt(spec, "gate"), mapAt(place.own, "gate"));
    const settingsOf = ({ slo, gate: own, at }: ChosenSlo): GateSettings => gateSettings(mergeMaps(gate, own), slo, at, note);
    if (!source || releases.length === 0 || !delivery) {
      chosen.forEach(settingsOf);
      return [];
    }
    const common = {
      name: document.name,
      labels: document.labels,
      ...(profile !== undefined && { profile }),
      ...rest,
      delivery,
      format: document.format,
      file: document.file,
      at: document.at,
    };
    const judged =
      source.type === "prometheus"
        ? prometheusJudgement(source, place, onPrometheus(), settingsOf, note)
        : datadogJudgement(source, place, onDatadog(), settingsOf, note);
    const policies = releases.flatMap((release) => {
      const workload = { ...release.workload, ...(namespace !== undefined && { namespace }) };
      return release.inPlace({ ...common, workload }, judged) ?? [];
    });
    for (const policy of policies) {
      if (policy.gates.length === 0) continue;
      checkMatchers(policy, place, note);
      checkRhythm(policy, gate, note);
      if (isForFlagger(policy)) checkFlagger(policy, spec, note);
      checkTraffic(policy, note);
      if (policy.backend === "prometheus" && !context.recordsBudgets) checkBudgets(policy, note);
    }
    return errors.length === 0 ? policies.filter(({ gates }) => gates.length > 0) : [];
  });
}

type SettingsOf = (chosen: ChosenSlo) => GateSettings;

function prometheusJudgement(
  source: PrometheusSource,
  place: Place,
  { guards, measured }: PrometheusParts,
  settingsOf: SettingsOf,
  report: Report,
): Judgement {
  const gates = measured.map(({ chosen, ...gate }) => ({ ...gate, settings: settingsOf(chosen), at: chosen.at }));
  return { backend: "prometheus", gates, guards, source, matchers: addedMatchers(place, report) };
}

function datadogJudgement(
  source: DatadogSource,
  place: Place,
  { guards, measured }: DatadogParts,
  settingsOf: SettingsOf,
  report: Report,
): Judgement {
  const gates = measured.map(({ chosen, ...gate }) => ({ ...gate, settings: settingsOf(chosen), at: chosen.at }));
  return { backend: "datadog", gates, guards, source, matchers: addedTags(place, report) };
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
    const { workload, environment, controller } = policy;
    const key = JSON.stringify([controller.kind, environment, workload.namespace, workload.name]);
    const other = first.get(key);
    if (other === undefined) first.set(key, policy);
    else if (other.name !== policy.name) {
      const related = [{ at: other.workload.at, message: "the other policy's workload" }];
      report(
        policyCodes["workload-twice"](
          workload.at,
          { workload: workload.name, policy: other.name, controller: controller.kind },
          { related },
        ),
      );
    }
  }
}
