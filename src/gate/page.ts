import { isForFlagger, type ReleasePolicy, type SloGate } from "../model/policy.ts";
import { stepPage } from "./step-page.ts";
import { tickPage } from "./tick-page.ts";

/**
 * A policy in plain words and figures, for a reader who wants to know what it will do: lines of at most 100 characters.
 * `counted` are the gates that have numbers of events; the others take their SLI's value as it is.
 */
export function policyPage(policy: ReleasePolicy, counted: readonly SloGate[] = policy.gates): string {
  const isCounted = (gate: SloGate): boolean => counted.includes(gate);
  const lines = isForFlagger(policy) ? tickPage(policy, isCounted) : stepPage(policy, isCounted);
  return `${lines.join("\n")}\n`;
}
