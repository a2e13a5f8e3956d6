import type { DeployGate } from "../../model/policy.ts";

const SUFFIX = "-slo-gate";

/** The name of a Job is the value of a label of its pods. */
export const LONGEST_NAME = 63 - SUFFIX.length;

export function hookName({ name }: Pick<DeployGate, "name">): string {
  return `${name}${SUFFIX}`;
}

/** What the script reads its secret from, by how the source is asked; undefined for a source that asks for nothing. */
export type SecretVariable = "PROMETHEUS_TOKEN" | "PROMETHEUS_CREDENTIALS";

export function secretVariable({ source: { authentication } }: Pick<DeployGate, "source">): SecretVariable | undefined {
  if (authentication?.kind === "bearer") return "PROMETHEUS_TOKEN";
  return authentication?.kind === "basic" ? "PROMETHEUS_CREDENTIALS" : undefined;
}
