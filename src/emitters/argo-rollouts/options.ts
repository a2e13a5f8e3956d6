import type { JsonObject } from "../../yaml/json.ts";
import { DEFAULT_VERSION, VERSIONS, type Version } from "./versions.ts";

/** The `argo-rollouts` section of `slogen.yaml`; the schema holds the descriptions. */
export interface ArgoRolloutsOptions {
  /** The oldest controller that runs the gates, as `major.minor`. */
  readonly version: Version;
  /** `AnalysisTemplate` or `ClusterAnalysisTemplate`. */
  readonly scope: "namespace" | "cluster";
  /** Templates for each policy, or one set for all that differ in selectors, numbers and names only. */
  readonly templates: "perService" | "shared";
  /** How the Rollout gets its analysis; undefined: an edited copy where the policy names a file, else a patch. */
  readonly rollout: "patch" | "snippet" | "edit" | "none" | undefined;
  /** Measurements that a run keeps of each metric. */
  readonly keepMeasurements: number;
  /** Write the abort drill beside each policy's templates. */
  readonly drill: boolean;
}

/** The section with its defaults. Its shape is settled by `schemas/slogen/config.schema.json`. */
export function argoRolloutsOptions(section: JsonObject): ArgoRolloutsOptions {
  const { version, scope, templates, rollout, keepMeasurements } = section;
  return {
    version: VERSIONS.find((each) => each === version) ?? DEFAULT_VERSION,
    scope: scope === "cluster" ? "cluster" : "namespace",
    templates: templates === "shared" ? "shared" : "perService",
    rollout: ROLLOUTS.find((each) => each === rollout),
    keepMeasurements: typeof keepMeasurements === "number" ? keepMeasurements : 50,
    drill: section["drill"] === true,
  };
}

const ROLLOUTS = ["patch", "snippet", "edit", "none"] as const;
