import { table } from "../gate/page-parts.ts";
import type { DeployGate, ReleasePolicy } from "../model/policy.ts";
import type { SloFacts } from "./facts.ts";
import { exactTime, targetFigure } from "./figures.ts";
import { paint, type Terminal } from "./terminal.ts";

export interface Contents {
  readonly slos: readonly SloFacts[];
  readonly policies: readonly ReleasePolicy[];
  readonly deployGates: readonly DeployGate[];
}

/** What there is to explain: one line for each SLO and for each policy. */
export function overview({ slos, policies, deployGates }: Contents, terminal: Terminal): string {
  const sections = [
    listed(
      "SLOs",
      ["id", "target", "over", "budget", "alerts"],
      slos.map(({ slo, budget, alerts }) => [
        slo.id,
        targetFigure(slo.objective),
        exactTime(budget.period),
        exactTime(budget.outage),
        severities(alerts.map(({ severity }) => severity)),
      ]),
      terminal,
    ),
    listed(
      "Release policies",
      ["name", "environment", "controller", "delivery", "SLOs"],
      policies.map(({ name, environment = "-", controller, delivery, gates }) => [
        name,
        environment,
        controller.kind,
        delivery.kind === "canary" ? "canary" : "blue-green",
        String(gates.length),
      ]),
      terminal,
    ),
    listed(
      "Gates before a deployment",
      ["name", "environment", "workload", "SLOs"],
      deployGates.map(({ name, environment = "-", workload, slos: judged }) => [name, environment, workload.name, String(judged.length)]),
      terminal,
    ),
  ].filter((section) => section.length > 0);
  if (sections.length === 0) return "There is no SLO and no release policy.\n";
  return `${[...sections.flatMap((section) => [...section, ""]), "`slogen explain <id or name>` tells more of one."].join("\n")}\n`;
}

function listed(heading: string, head: readonly string[], rows: readonly (readonly string[])[], terminal: Terminal): readonly string[] {
  return rows.length === 0 ? [] : [paint(terminal, "strong", heading), ...table([head, ...rows])];
}

function severities(all: readonly string[]): string {
  const counts = [...new Set(all)].map((severity) => {
    const count = all.filter((each) => each === severity).length;
    return count === 1 ? severity : `${count} ${severity}`;
  });
  return counts.length === 0 ? "none" : counts.join(", ");
}
