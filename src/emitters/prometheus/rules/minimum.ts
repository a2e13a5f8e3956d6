import { countsEvents, isSliced } from "../../../backends/prometheus/sli.ts";
import type { PrometheusSlo } from "../../../model/model.ts";
import type { PrometheusOptions } from "../options.ts";

/** How many bad events the long window of an alert must hold: 0 where one is enough, or where the SLI does not tell numbers of events. */
export function minimumOfBadEvents(slo: PrometheusSlo, { minBadEvents }: PrometheusOptions): number {
  if (isSliced(slo) || slo.indicator.kind !== "events" || !countsEvents(slo.indicator)) return 0;
  return minBadEvents > 1 ? minBadEvents : 0;
}
