import type { Report } from "../diagnostics/diagnostic.ts";
import type { Backend, BoundIndicator, DatadogQuery, Indicator, IndicatorBinding, Query, Slo } from "../model/model.ts";
import { nearest } from "../units/identifier.ts";
import { bindingCodes } from "./binding-codes.ts";

interface BindingContext {
  /** False where a file could not be read, so that an SLO may be in it. */
  readonly isComplete: boolean;
  readonly report: Report;
}

/** The SLOs with the indicators that bindings give them. What names no SLO or does not fit it is reported and left out. */
export function attachBindings(
  slos: readonly Slo[],
  bindings: readonly IndicatorBinding[],
  { isComplete, report }: BindingContext,
): readonly Slo[] {
  const ids = slos.map(({ id }) => id);
  for (const binding of bindings) if (isComplete && !ids.includes(binding.slo)) reportUnknown(binding, ids, report);
  return slos.map((slo) =>
    bindings
      .filter((binding) => binding.slo === slo.id)
      .reduce((before, { indicators: { prometheus, datadog } }) => {
        const measured = prometheus === undefined ? before : onPrometheus(before, prometheus, report);
        return datadog === undefined ? measured : onDatadog(measured, datadog, report);
      }, slo),
  );
}

function reportUnknown({ slo, at }: IndicatorBinding, ids: readonly string[], report: Report): void {
  const objectives = ids.filter((id) => id.startsWith(`${slo}-`));
  report(bindingCodes["unknown-slo"](at, { slo, nearest: nearest(slo, ids), objectives, known: ids }));
}

function onPrometheus(slo: Slo, binding: BoundIndicator, report: Report): Slo {
  const { indicators, bound = [] } = slo;
  const prometheus = fitted(slo, "prometheus", indicators.prometheus, binding, report);
  return prometheus ? { ...slo, indicators: { ...indicators, prometheus }, bound: [...bound, "prometheus"] } : slo;
}

function onDatadog(slo: Slo, binding: BoundIndicator<DatadogQuery>, report: Report): Slo {
  const { indicators, bound = [] } = slo;
  const datadog = fitted(slo, "datadog", indicators.datadog, binding, report);
  return datadog ? { ...slo, indicators: { ...indicators, datadog }, bound: [...bound, "datadog"] } : slo;
}

/**
 * The indicator with what it takes from the SLO's own. Counts and ready ratios both tell a share of events, and stand in for each other;
 * a value with a limit tells a share of time, which is another number with the same target.
 */
function fitted<Q extends Query>(
  slo: Slo,
  backend: Backend,
  first: Indicator<Q> | undefined,
  bound: BoundIndicator<Q>,
  report: Report,
): Indicator<Q> | undefined {
  if (first !== undefined) {
    const related = [{ at: first.at, message: "the first one" }];
    report(bindingCodes["second-indicator"](bound.at, { slo: slo.id, backend }, { related }));
    return undefined;
  }
  const own: Indicator<Query> | undefined = slo.indicators.prometheus ?? slo.indicators.datadog;
  if (own === undefined) throw new Error(`the SLO ${slo.id} has no indicator of its own`);
  if (bound.kind === "threshold" && own.kind === "threshold") return { ...bound, op: own.op, limit: bound.limit ?? own.limit };
  if (bound.kind !== "threshold" && own.kind !== "threshold") return bound;
  const related = [{ at: own.at, message: "the SLO's own indicator" }];
  report(bindingCodes["other-promise"](bound.at, { slo: slo.id, promises: own.kind, measures: bound.kind }, { related }));
  return undefined;
}
