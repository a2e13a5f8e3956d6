import type { Report } from "../../diagnostics/diagnostic.ts";
import { itemsAt, textAt } from "../../manifests/documents.ts";
import { tickPlan, type TickPlan } from "../../gate/ticks.ts";
import type { Model } from "../../model/model.ts";
import { isForFlagger, type DatadogPolicy, type FlaggerPolicy, type ReleasePolicy } from "../../model/policy.ts";
import type { Artifact } from "../../output/artifact.ts";
import type { Json } from "../../yaml/json.ts";
import type { EmitContext } from "../emitter.ts";
import { reportGateProblems } from "../gate-problems.ts";
import { filesOf } from "../sources.ts";
import { canaryAnalysis } from "./analysis.ts";
import { analysisObject, canaryPatch } from "./canary-objects.ts";
import { holdsCanary, mergeCanary, readCanary } from "./canary/index.ts";
import { checkAlerts, checkPolicy } from "./checks.ts";
import { flaggerCodes as codes } from "./codes.ts";
import { secretManifests } from "./datadog-secret.ts";
import { hooksOf, lacksNamespace } from "./hooks.ts";
import { lintGate } from "./lint.ts";
import { metricTemplate, type Check } from "./metrics.ts";
import { datadogChecks } from "./on-datadog.ts";
import { isOnPrometheus, prometheusChecks } from "./on-prometheus.ts";
import type { FlaggerOptions } from "./options.ts";
import type { CanaryAnalysis } from "./types.ts";

type Context = EmitContext<FlaggerOptions>;

/** The gates of all policies that Flagger carries out: their templates, and what makes their Canaries use them. */
export function emitFlagger({ policies }: Pick<Model, "policies">, context: Context): readonly Artifact[] {
  const ours = policies.filter(isForFlagger);
  const gates = ours.map((policy) => gateOf(policy, context));
  checkNames(gates, context.report);
  return [...secretFiles(policies, context.report), ...gates.flatMap((gate) => gateFiles(gate, context, isShared(gate.policy, policies)))];
}

interface Gate {
  readonly policy: FlaggerPolicy;
  readonly plan: TickPlan;
  readonly checks: readonly Check[];
  readonly analysis: CanaryAnalysis;
}

function gateOf(policy: FlaggerPolicy, { report, options }: Context): Gate {
  reportGateProblems(policy, report);
  const plan = tickPlan(policy);
  const checks = isOnPrometheus(policy) ? prometheusChecks(policy, plan) : datadogChecks(policy);
  const hooks = isOnPrometheus(policy) ? hooksOf(policy, plan) : [];
  checkPolicy(policy, plan, { checks, hooks, isApplied: options.canary !== "none" }, report);
  const usable = hooks.filter((hook) => !lacksNamespace(hook));
  return { policy, plan, checks, analysis: canaryAnalysis(policy, plan, checks, usable) };
}

/** Whether Argo Rollouts carries the same release out elsewhere, so that files of the policy may be for it alone. */
function isShared({ name, environment }: FlaggerPolicy, policies: readonly ReleasePolicy[]): boolean {
  return policies.some((other) => !isForFlagger(other) && other.name === name && other.environment === environment);
}

function gateFiles(gate: Gate, context: Context, isShared: boolean): readonly Artifact[] {
  const { policy, plan, checks, analysis } = gate;
  const folder = `${folderOf(policy)}/${policy.name}`;
  const templates = checks.map((check) => metricTemplate(check, policy, plan, context.render));
  lintGate({ templates, analysis }, checks, policy, context.report);
  return [
    {
      kind: "yaml",
      path: `${folder}/metric-templates.yaml`,
      sources: filesOf([policy]),
      documents: templates as unknown as readonly Json[],
    },
    ...canaryFiles(gate, folder, context, isShared),
  ];
}

function canaryFiles(
  { policy, analysis }: Gate,
  folder: string,
  { options, report, workloads }: Context,
  isShared: boolean,
): readonly Artifact[] {
  const sources = filesOf([policy]);
  const hasCanary = holdsCanary(policy, workloads);
  const hasFile = policy.workload.files.length > 0;
  const way = options.canary ?? (hasCanary || (hasFile && !isShared) ? "edit" : "patch");
  const file = hasCanary || (hasFile && way === "edit") ? readCanary(policy, workloads, { isEdited: way === "edit" }, report) : undefined;
  const theirs = way === "edit" && file !== undefined ? itemsAt(file.analysis, "alerts").map((alert) => textAt(alert, "severity")) : [];
  checkAlerts(policy, analysis, [...theirs, ...analysis.alerts.map(({ severity }) => severity)], report);
  switch (way) {
    case "patch":
      checkPatch(policy, analysis, hasCanary, report);
      return [{ kind: "yaml", path: `${folder}/canary-patch.yaml`, sources, documents: [canaryPatch(policy, analysis)], patch: true }];
    case "snippet":
      return [{ kind: "yaml", path: `${folder}/canary-snippet.yaml`, sources, documents: [analysisObject(analysis)] }];
    case "edit": {
      if (!hasFile) report(codes["no-canary-file"](policy.at, { policy: policy.name }));
      const text = file && mergeCanary(file, analysis, report);
      if (file === undefined || text === undefined) return [];
      return [{ kind: "edit", path: `${folder}/canary.yaml`, sources: [...sources, file.source], source: file.source, text }];
    }
    case "none":
      return [];
  }
}

/** A patch of a list takes its place, and what stands in the cluster is not known. */
function checkPatch({ name, workload }: FlaggerPolicy, { alerts, webhooks }: CanaryAnalysis, hasFile: boolean, report: Report): void {
  const lists = ["metrics", ...(alerts.length > 0 ? ["alerts"] : []), ...(webhooks.length > 0 ? ["webhooks"] : [])];
  report(codes["patch-replaces"](workload.at, { policy: name, lists, hasFile }));
}

/** What brings the keys of Datadog into the cluster, for each environment. Other controllers may read the same Secret. */
function secretFiles(policies: readonly ReleasePolicy[], report: Report): readonly Artifact[] {
  const onDatadog = policies.filter((policy) => policy.backend === "datadog");
  return [...new Set(onDatadog.filter(isForFlagger).map(folderOf))].flatMap((folder): readonly Artifact[] => {
    const everyone = onDatadog.filter((policy) => folderOf(policy) === folder);
    const ours = everyone.filter(isOnDatadog);
    const documents = secretManifests(ours, report, everyone);
    return documents.length === 0
      ? []
      : [{ kind: "yaml", path: `${folder}/shared/datadog-secret.yaml`, sources: filesOf(ours), documents }];
  });
}

function isOnDatadog(policy: DatadogPolicy): policy is DatadogPolicy & FlaggerPolicy {
  return isForFlagger(policy);
}

/** Each environment has a folder, since each is applied somewhere else. */
function folderOf({ environment }: ReleasePolicy): string {
  return environment === undefined ? "flagger" : `flagger/${environment}`;
}

/** Whether two policies of one environment would write one object; two that share several are told once. */
function checkNames(gates: readonly Gate[], report: Report): void {
  const taken = new Map<string, FlaggerPolicy>();
  for (const { policy, checks } of gates) {
    const told = new Set([policy]);
    for (const { name } of checks) {
      const key = [policy.environment, policy.workload.namespace, name].join("/");
      const other = taken.get(key);
      taken.set(key, other ?? policy);
      if (other === undefined || told.has(other)) continue;
      told.add(other);
      const related = [{ at: other.at, message: "the other one is here" }];
      report(codes["object-collision"](policy.at, { name, policy: policy.name, other: other.name }, { related }));
    }
  }
}
