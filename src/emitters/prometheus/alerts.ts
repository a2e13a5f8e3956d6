import { BASE_WINDOW } from "../../backends/prometheus/windows.ts";
import { onPrometheus, type PlannedSlo } from "../../model/model.ts";
import type { SloAlerts } from "../emitter.ts";
import { supports } from "./capabilities.ts";
import type { PrometheusOptions } from "./options.ts";
import { minimumOfBadEvents } from "./rules/minimum.ts";

/** The alerts of an SLO with what the options add to the plan. Those of the `sloth` dialect are the plan alone. */
export function ruleAlerts(planned: PlannedSlo, options: PrometheusOptions): SloAlerts | undefined {
  const slo = onPrometheus(planned);
  if (slo === undefined) return undefined;
  if (options.disableAlerts) return { alerts: [], onBudget: [] };
  const isOwn = options.dialect === "slogen";
  const alerts = slo.alerts.map(({ name, severity, combine, pairs, after }) => ({
    name,
    severity,
    combine,
    pairs: pairs.map((pair) => ({ ...pair, minBadEvents: isOwn && pair.long >= BASE_WINDOW ? minimumOfBadEvents(slo, options) : 0 })),
    holds: isOwn ? (after ?? options.for[severity] ?? 0) : 0,
    keepsFiring: isOwn && supports("keep_firing_for", options.version) ? (options.keepFiringFor[severity] ?? 0) : 0,
  }));
  return { alerts, onBudget: [] };
}
