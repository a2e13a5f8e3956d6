import { policyPage } from "../gate/page.ts";
import type { ReleasePolicy, SloGate } from "../model/policy.ts";
import { releasePlot } from "./release-plot.ts";
import type { Terminal } from "./terminal.ts";

/** A policy's page, how its release goes over time, and where to read of its SLOs' alerts. */
export function policyExplanation(policy: ReleasePolicy, counted: readonly SloGate[], terminal: Terminal): string {
  const plot = releasePlot(policy, terminal);
  const slos = policy.gates.map(({ slo }) => `  slogen explain ${slo.id}`);
  return `${[
    policyPage(policy, counted).trimEnd(),
    "",
    ...(plot.length === 0 ? [] : [...plot, ""]),
    `The alerts of ${slos.length === 1 ? "its SLO" : "its SLOs"}`,
    ...slos,
  ].join("\n")}\n`;
}
