import { onDatadog, type PlannedSlo } from "../../model/model.ts";
import type { SloAlerts, TargetAlert } from "../emitter.ts";
import type { DatadogOptions } from "./options.ts";
import { planMonitors } from "./plan.ts";

const PLAIN = { combine: "any", holds: 0, keepsFiring: 0 } as const;

/** The monitors on an SLO's burn rate and on its budget; none of them waits, or goes on when its condition has ended. */
export function monitorAlerts(planned: PlannedSlo, options: DatadogOptions): SloAlerts | undefined {
  const slo = onDatadog(planned);
  if (slo === undefined) return undefined;
  const { monitors } = planMonitors(slo, options, () => undefined);
  const alerts = monitors.flatMap((monitor): readonly TargetAlert[] => {
    if (monitor.kind !== "burn" && monitor.kind !== "share") return [];
    const { name, severity, long, burnRate } = monitor;
    const pair = { long, short: monitor.kind === "burn" ? monitor.short : long, burnRate, minBadEvents: 0 };
    return [{ ...PLAIN, name, severity, pairs: [pair] }];
  });
  return { alerts, onBudget: monitors.flatMap((monitor) => (monitor.kind === "budget" ? [monitor.consumed] : [])) };
}
