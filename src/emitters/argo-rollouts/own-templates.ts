import type { ReleasePolicy } from "../../model/policy.ts";
import type { PolicyTemplates } from "./block.ts";
import type { Context, Gated } from "./gated.ts";
import type { TemplateRole } from "./names.ts";
import { partsOf } from "./parts.ts";
import { secretArguments } from "./provider.ts";
import { labelsOf } from "../gate-words.ts";
import { analysisTemplate, templateSpec } from "./templates.ts";
import type { AnalysisTemplate } from "./types.ts";
import { descriptionOf } from "./words.ts";

/** The templates of a policy that has them for itself. */
export function ownTemplates({ policy, rhythm }: Gated, { options, render }: Context): PolicyTemplates {
  const secrets = policy.backend === "prometheus" ? secretArguments(policy.source) : [];
  const templates = partsOf(policy, rhythm).map((part): [TemplateRole, readonly AnalysisTemplate[]] => {
    const identity = {
      name: templateName(policy, part.role, options.scope),
      scope: options.scope,
      namespace: policy.workload.namespace,
      labels: labelsOf(policy),
      description: descriptionOf(part.role, policy, rhythm, render),
    };
    return [part.role, [analysisTemplate(identity, templateSpec(part, secrets, options.keepMeasurements))]];
  });
  return { byRole: new Map(templates), values: new Map() };
}

/** Names of cluster-wide objects are everybody's, so the namespace is a part of them. */
function templateName({ name, workload }: ReleasePolicy, role: TemplateRole, scope: "namespace" | "cluster"): string {
  const { namespace } = workload;
  const isPrefixed = namespace === undefined || name === namespace || name.startsWith(`${namespace}-`);
  return `${scope === "namespace" || isPrefixed ? name : `${namespace}-${name}`}-${role}`;
}
