import type { Report } from "../../diagnostics/diagnostic.ts";
import type { SourceFile } from "../../diagnostics/source.ts";
import type { Model } from "../../model/model.ts";
import type { DatadogPolicy, ReleasePolicy } from "../../model/policy.ts";
import type { Artifact } from "../../output/artifact.ts";
import type { Json } from "../../yaml/json.ts";
import { filesOf } from "../sources.ts";
import { reportGateProblems } from "../gate-problems.ts";
import { gateBlock, type PolicyTemplates } from "./block.ts";
import { checkPolicy } from "./checks.ts";
import { argoRolloutsCodes } from "./codes.ts";
import { secretManifests } from "./datadog-secret.ts";
import { drillFiles } from "./drill.ts";
import { lintGate } from "./lint.ts";
import type { Context, Gated } from "./gated.ts";
import { rhythmOf } from "./metrics.ts";
import { ownTemplates } from "./own-templates.ts";
import { checkWiring, mergeRollout, readRollout } from "./rollout/index.ts";
import { rolloutPatch, strategyOf } from "./rollout-objects.ts";
import { sharedSets, type SharedSet } from "./shared.ts";
import type { AnalysisTemplate, GateBlock } from "./types.ts";

/** The gates of all policies: their templates, and what makes their Rollouts use them. */
export function emitArgoRollouts(model: Pick<Model, "policies">, context: Context): readonly Artifact[] {
  const policies = model.policies.filter(({ controller }) => controller.kind === "argo-rollouts");
  const all = policies.map((policy) => gatedOf(policy, context));
  for (const gated of all) checkGated(gated, context.report);
  const sets = context.options.templates === "shared" ? sharedSets(all, context) : [];
  const plans = all.map((gated) => {
    const set = sets.find(({ members }) => members.has(gated.policy));
    return { gated, set, templates: set?.members.get(gated.policy) ?? ownTemplates(gated, context) };
  });
  checkNames(plans, context.report);
  return [
    ...sharedFiles(sets),
    ...secretFiles(policies, model.policies, context.report),
    ...plans.flatMap(({ gated, set, templates }) => policyFiles(gated, templates, set, context)),
  ];
}

/** The sets of all profiles in one file for each environment. */
function sharedFiles(sets: readonly SharedSet[]): readonly Artifact[] {
  return [...new Set(sets.map(folderOf))].map((folder) => {
    const here = sets.filter((set) => folderOf(set) === folder);
    const members = here.flatMap((set) => [...set.members.keys()]);
    return templatesFile(
      `${folder}/shared`,
      here.flatMap(({ templates }) => templates),
      filesOf(members),
    );
  });
}

/** What brings the keys of the sources into the cluster, for each environment. */
function secretFiles(policies: readonly ReleasePolicy[], everyone: readonly ReleasePolicy[], report: Report): readonly Artifact[] {
  return [...new Set(policies.map(folderOf))].flatMap((folder): readonly Artifact[] => {
    const within = (all: readonly ReleasePolicy[]): readonly DatadogPolicy[] =>
      all.flatMap((policy) => (policy.backend === "datadog" && folderOf(policy) === folder ? [policy] : []));
    const here = within(policies);
    const documents = secretManifests(here, report, within(everyone));
    return documents.length === 0
      ? []
      : [{ kind: "yaml", path: `${folder}/shared/datadog-secret.yaml`, sources: filesOf(here), documents }];
  });
}

function gatedOf(policy: ReleasePolicy, { options, report, workloads }: Context): Gated {
  const file = policy.workload.files.length === 0 ? undefined : readRollout(policy, workloads, report);
  return { policy, rhythm: rhythmOf(policy, options.version), file };
}

function checkGated({ policy, rhythm, file }: Gated, report: Report): void {
  reportGateProblems(policy, report);
  checkPolicy(policy, rhythm, report);
  if (file !== undefined) checkWiring(file, policy, report);
}

function policyFiles(gated: Gated, templates: PolicyTemplates, set: SharedSet | undefined, context: Context): readonly Artifact[] {
  const { policy } = gated;
  const { options, report, render } = context;
  const folder = `${folderOf(policy)}/${policy.name}`;
  const block = gateBlock(policy, templates);
  const used = [...templates.byRole.values()].flat();
  lintGate({ templates: used, block, version: options.version }, policy, report);
  return [
    ...(set === undefined ? [templatesFile(folder, used, filesOf([policy]))] : []),
    ...rolloutFiles(gated, block, folder, context),
    ...(options.drill ? drillFiles(policy, folder, render) : []),
  ];
}

/** Each environment has a folder, since each is applied somewhere else. */
function folderOf({ environment }: Pick<ReleasePolicy, "environment">): string {
  return environment === undefined ? "argo-rollouts" : `argo-rollouts/${environment}`;
}

function templatesFile(folder: string, templates: readonly AnalysisTemplate[], sources: readonly SourceFile[]): Artifact {
  return { kind: "yaml", path: `${folder}/analysis-templates.yaml`, sources, documents: templates as unknown as readonly Json[] };
}

function rolloutFiles({ policy, file }: Gated, block: GateBlock, folder: string, { options, report }: Context): readonly Artifact[] {
  const hasFile = policy.workload.files.length > 0;
  const sources = filesOf([policy]);
  switch (options.rollout ?? (hasFile ? "edit" : "patch")) {
    case "patch":
      return [{ kind: "yaml", path: `${folder}/rollout-patch.yaml`, sources, documents: [rolloutPatch(policy, block)], patch: true }];
    case "snippet":
      return [{ kind: "yaml", path: `${folder}/rollout-snippet.yaml`, sources, documents: [strategyOf(block)] }];
    case "edit": {
      if (!hasFile) report(argoRolloutsCodes["no-rollout-file"](policy.at, { policy: policy.name }));
      const text = file === undefined ? undefined : mergeRollout(file, block, report);
      if (file === undefined || text === undefined) return [];
      return [{ kind: "edit", path: `${folder}/rollout.yaml`, sources: [...sources, file.source], source: file.source, text }];
    }
    case "none":
      return [];
  }
}

interface Plan {
  readonly gated: Gated;
  readonly set: SharedSet | undefined;
  readonly templates: PolicyTemplates;
}

/** Whether two policies of one environment would write one object. */
function checkNames(plans: readonly Plan[], report: Report): void {
  const taken = new Map<string, ReleasePolicy>();
  for (const { gated, set, templates } of plans) {
    if (set !== undefined) continue;
    for (const { kind, metadata } of [...templates.byRole.values()].flat()) {
      const key = [gated.policy.environment, kind, metadata.namespace, metadata.name].join("/");
      const other = taken.get(key);
      if (other === undefined) taken.set(key, gated.policy);
      else {
        const related = [{ at: other.at, message: "the other one is here" }];
        const params = { name: metadata.name, policy: gated.policy.name, other: other.name };
        report(argoRolloutsCodes["object-collision"](gated.policy.at, params, { related }));
      }
    }
  }
}
