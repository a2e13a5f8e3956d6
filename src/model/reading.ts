import type { Severity } from "../diagnostics/diagnostic.ts";

/** How strictly input is read. A target may ask for another tool's habits: the `sloth` dialect reads as Sloth does. */
export interface Reading {
  /** Keys the format does not know. Sloth drops them silently, so the `sloth` dialect only warns. */
  readonly unknownKeys: Severity;
  /** Queries that are no PromQL (MetricsQL). Sloth lets them through once a plugin chain overrides its validator. */
  readonly uncheckedQueries: Severity;
  /** Such a query need not be understood, since its text is copied. Whoever builds rules from the parsed query cannot use it. */
  readonly copiesQueries: boolean;
  /** OpenSLO: `alertPolicies: [name]`, as OpenSLO wrote it until 2022. */
  readonly barePolicyNames: boolean;
  /** OpenSLO: `kind: SLI` inside an inline `indicator`. */
  readonly kindInIndicator: boolean;
  /** OpenSLO: several conditions in one policy, all of which must hold. */
  readonly conditionsAsAnd: boolean;
  /** OpenSLO: `timeSliceWindow: 5` in minutes, which the prose allows and the SDK refuses. */
  readonly numericSliceWindow: boolean;
}

/** Formats are read as their own tools read them, and no more leniently. */
export const STRICT_READING: Reading = {
  unknownKeys: "error",
  uncheckedQueries: "error",
  copiesQueries: false,
  barePolicyNames: false,
  kindInIndicator: false,
  conditionsAsAnd: false,
  numericSliceWindow: false,
};
