import type { PlannedSlo } from "../model/model.ts";
import type { ReleasePolicy } from "../model/policy.ts";
import { compare, type Rational } from "../units/rational.ts";

/** Requests a second, and who says so. */
export interface DeclaredTraffic {
  readonly rate: Rational;
  /** In words, such as `the policy checkout`. */
  readonly by: string;
}

/** What the spec says of an SLO's traffic; else the highest that a release policy over it declares, since each may say that of one region. */
export function declaredTraffic(slo: PlannedSlo, policies: readonly ReleasePolicy[]): DeclaredTraffic | undefined {
  if (slo.traffic !== undefined) return { rate: slo.traffic, by: "the SLO" };
  let highest: DeclaredTraffic | undefined;
  for (const { name, traffic, gates } of policies) {
    if (traffic === undefined || !gates.some((gate) => gate.slo.id === slo.id)) continue;
    if (highest === undefined || compare(traffic, highest.rate) > 0) highest = { rate: traffic, by: `the policy ${name}` };
  }
  return highest;
}
