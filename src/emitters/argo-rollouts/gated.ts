import type { ReleasePolicy } from "../../model/policy.ts";
import type { EmitContext } from "../emitter.ts";
import type { Rhythm } from "./metrics.ts";
import type { ArgoRolloutsOptions } from "./options.ts";
import type { RolloutFile } from "./rollout/index.ts";

export type Context = EmitContext<ArgoRolloutsOptions>;

/** A policy with its rhythm, and with its Rollout's file where it names one. */
export interface Gated<Policy extends ReleasePolicy = ReleasePolicy> {
  readonly policy: Policy;
  readonly rhythm: Rhythm;
  readonly file: RolloutFile | undefined;
}
