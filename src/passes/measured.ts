import type { Report } from "../diagnostics/diagnostic.ts";
import type { Backend, Slo } from "../model/model.ts";
import { sloCodes } from "./codes.ts";

/** A target that measures SLOs by one backend would leave out those which have no indicator there. */
export function checkMeasured(
  slos: readonly Slo[],
  { target, backend }: { readonly target: string; readonly backend: Backend },
  report: Report,
): void {
  for (const { id, service, indicators, at } of slos) {
    if (indicators[backend] !== undefined) continue;
    const kind = (indicators.prometheus ?? indicators.datadog)?.kind ?? "events";
    report(sloCodes["no-indicator"](at, { slo: id, service, target, backend, kind }));
  }
}
