import type { Emitter } from "../emitter.ts";
import { argoRolloutsCodes } from "./codes.ts";
import { emitArgoRollouts } from "./emit.ts";
import { argoRolloutsOptions, type ArgoRolloutsOptions } from "./options.ts";
import { rolloutCodes } from "./rollout/index.ts";

export const argoRollouts: Emitter<ArgoRolloutsOptions> = {
  id: "argo-rollouts",
  title: "Argo Rollouts analysis templates and the Rollout's analysis",
  docs: "https://argo-rollouts.readthedocs.io/en/stable/features/analysis/",
  folders: ["argo-rollouts"],
  schema: "argo-rollouts/objects",
  codes: [argoRolloutsCodes, rolloutCodes],
  options: argoRolloutsOptions,
  habits: () => ({ releases: true }),
  emit: emitArgoRollouts,
};
