import type { Diagnostic, Report } from "../../../diagnostics/diagnostic.ts";
import type { SourceFile } from "../../../diagnostics/source.ts";
import { keyAt, textAt, type KubernetesObject } from "../../../manifests/documents.ts";
import { readNamedFiles } from "../../../manifests/named-files.ts";
import type { FlaggerPolicy } from "../../../model/policy.ts";
import { nearest } from "../../../units/identifier.ts";
import { scalarValue } from "../../../yaml/scalar.ts";
import { entryOf, valueOf, type YamlMap } from "../../../yaml/tree.ts";
import { checkAnalysis } from "./check.ts";
import { canaryCodes } from "./codes.ts";

/** The Canary of a policy, in the file that the user wrote. */
export interface CanaryFile {
  readonly source: SourceFile;
  readonly canary: KubernetesObject;
  /** `spec.analysis`. */
  readonly analysis: YamlMap;
  /** What else the policy's files hold. */
  readonly others: readonly KubernetesObject[];
  readonly policy: FlaggerPolicy;
  /** Whether a copy of it is written; else it is only looked at. */
  readonly isEdited: boolean;
}

/** Whether a file of the policy holds any Canary, or cannot be read and may hold one; else there is nothing to merge into. */
export function holdsCanary({ workload }: FlaggerPolicy, workloads: readonly SourceFile[]): boolean {
  const { objects, complete } = readNamedFiles(workload.files, workloads, () => undefined);
  return !complete || objects.some(({ kind }) => kind === "Canary");
}

/** The Canary that targets a policy's workload, from the files that it names; undefined, after a report of everything that is wrong, if it cannot be used. */
export function readCanary(
  policy: FlaggerPolicy,
  workloads: readonly SourceFile[],
  { isEdited }: Pick<CanaryFile, "isEdited">,
  report: Report,
): CanaryFile | undefined {
  const found: Diagnostic[] = [];
  const file = read(policy, workloads, isEdited, (diagnostic) => found.push(diagnostic));
  found.forEach(report);
  return found.some(({ severity }) => severity === "error") ? undefined : file;
}

function read(policy: FlaggerPolicy, workloads: readonly SourceFile[], isEdited: boolean, report: Report): CanaryFile | undefined {
  const { objects, complete } = readNamedFiles(policy.workload.files, workloads, report);
  const canary = complete ? findCanary(policy, objects, report) : undefined;
  if (canary === undefined) return undefined;
  if (canary.apiVersion !== API_VERSION)
    report(canaryCodes["api-version"](valueOf(canary.root, "apiVersion")?.at, { version: canary.apiVersion }));
  const analysis = analysisOf(canary, report);
  if (analysis === undefined) return undefined;
  const file = { source: canary.file, canary, analysis, others: objects.filter((object) => object !== canary), policy, isEdited };
  checkAnalysis(file, report);
  return file;
}

const API_VERSION = "flagger.app/v1beta1";

function findCanary({ workload }: FlaggerPolicy, objects: readonly KubernetesObject[], report: Report): KubernetesObject | undefined {
  const canaries = objects.filter(isCanary);
  const all = canaries.filter(({ root }) => targetOf(root) === workload.name);
  const here = all.filter(({ namespace }) => [undefined, workload.namespace ?? namespace].includes(namespace));
  const [canary, second] = here.length > 0 ? here : all;
  if (canary !== undefined && second !== undefined) {
    const related = [canary, second].map(({ at }) => ({ at, message: "given here" }));
    report(canaryCodes.twice(workload.at, { name: workload.name }, { related }));
    return undefined;
  }
  if (canary === undefined) reportMissing({ workload }, objects, canaries, report);
  else if (here.length === 0) {
    const params = { policy: workload.namespace ?? "", file: canary.namespace ?? "" };
    const related = [{ at: canary.at, message: `namespace \`${params.file}\` here` }];
    report(canaryCodes["other-namespace"](workload.at, params, { related }));
  }
  return canary;
}

function reportMissing(
  { workload }: Pick<FlaggerPolicy, "workload">,
  objects: readonly KubernetesObject[],
  canaries: readonly KubernetesObject[],
  report: Report,
): void {
  const impostor = objects.find(
    ({ kind, name, root }) => [...WORKLOADS, "Canary"].includes(kind) && [name, targetOf(root)].includes(workload.name),
  );
  if (canaries.length === 0 && impostor !== undefined) {
    const kind = impostor.kind === "Canary" ? `Canary of \`${impostor.apiVersion}\`` : impostor.kind;
    const related = [{ at: impostor.at, message: "given here" }];
    report(canaryCodes["not-a-canary"](workload.at, { name: workload.name, kind }, { related }));
    return;
  }
  const targets = canaries.flatMap(({ root }) => targetOf(root) ?? []);
  const found = objects.slice(0, 4).map((object) => {
    const target = isCanary(object) ? targetOf(object.root) : undefined;
    return `${object.kind} \`${object.name}\`${target === undefined ? "" : ` of \`${target}\``}`;
  });
  const params = {
    name: workload.name,
    files: workload.files.map(({ path }) => `\`${path}\``).join(" and "),
    found: found.length === 0 ? "no object" : found.join(", "),
    suggestion: targets.length === 1 ? targets[0] : nearest(workload.name, targets),
  };
  const related = canaries.slice(0, 1).map(({ root, at }) => ({
    at: valueOf(root, "spec", "targetRef", "name")?.at ?? at,
    message: "another target here",
  }));
  report(canaryCodes["not-found"](workload.at, params, { related }));
}

const WORKLOADS = ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Rollout"];

function isCanary({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === "Canary" && apiVersion.startsWith("flagger.app/");
}

function targetOf(root: YamlMap): string | undefined {
  return textAt(root, "spec", "targetRef", "name");
}

function analysisOf({ root, name, at }: KubernetesObject, report: Report): YamlMap | undefined {
  const spec = valueOf(root, "spec");
  const analysis = valueOf(spec, "analysis");
  const hasAnalysis = analysis?.kind === "map";
  const legacy = entryOf(spec, "canaryAnalysis");
  if (legacy !== undefined)
    report(canaryCodes["legacy-analysis"](legacy.key.at, { hasAnalysis }, hasAnalysis ? { severity: "warning" } : {}));
  const skip = valueOf(spec, "skipAnalysis");
  if (spec !== undefined && skip?.kind === "scalar" && scalarValue(skip, "go-yaml-1.1") === true)
    report(canaryCodes["skips-analysis"](keyAt(spec, "skipAnalysis"), {}));
  if (hasAnalysis) return analysis;
  if (legacy === undefined) report(canaryCodes["no-analysis"](entryOf(root, "spec")?.key.at ?? at, { name }));
  return undefined;
}
