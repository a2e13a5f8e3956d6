import type { Query } from "../../model/model.ts";
import type { SloGate } from "../../model/policy.ts";

/** The queries that a gate judges by: those of the SLI and the counts that the policy lends it. */
export function queriesOf<Q extends Query>({ slo: { indicator }, evidenceQueries }: SloGate<Q>): readonly Q[] {
  const own = indicator.kind === "events" ? [indicator.events, indicator.total] : [indicator.query];
  return evidenceQueries === undefined ? own : [...own, evidenceQueries.bad, evidenceQueries.total];
}
