import { countedEvents } from "../backends/prometheus/gate.ts";
import type { ReleasePolicy, SloGate } from "../model/policy.ts";

/** The gates that judge by numbers of events; the others take their SLI's value as it is. */
export function countedGates(policy: ReleasePolicy): readonly SloGate[] {
  return policy.backend === "prometheus" ? policy.gates.filter((gate) => countedEvents(gate) !== undefined) : policy.gates;
}
