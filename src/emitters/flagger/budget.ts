import type { TickPlan } from "../../gate/ticks.ts";
import type { GateSettings, ReleasePolicy, SloGate } from "../../model/policy.ts";

/** Whether a check of each tick asks what is left of the budget: a hook may do so before the first traffic, but only if it enforces. */
export function asksBudget({ enforcement }: Pick<ReleasePolicy, "enforcement">, { budget }: TickPlan, settings: GateSettings): boolean {
  return stopsRelease(settings) && (budget === "everyTick" || enforcement === "observe");
}

/** The SLOs of which a hook asks, before the first traffic, what is left of the budget. */
export function budgetsBeforeTraffic<G extends SloGate>(
  { gates, enforcement }: { readonly gates: readonly G[]; readonly enforcement: ReleasePolicy["enforcement"] },
  { budget }: TickPlan,
): readonly G[] {
  if (budget === "everyTick" || enforcement === "observe") return [];
  return gates.filter(({ settings }) => stopsRelease(settings));
}

/** Whether an exhausted budget stops a release. */
export function stopsRelease({ budget }: GateSettings): boolean {
  return budget !== undefined && budget.exhausted !== "observe";
}
