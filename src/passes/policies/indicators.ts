import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { Backend, DatadogSlo, Indicator, PlannedSlo, PrometheusSlo, PromqlQuery } from "../../model/model.ts";
import type { PrometheusGate } from "../../model/policy.ts";
import { readPromql } from "../../model/query.ts";
import { STRICT_READING } from "../../model/reading.ts";
import { valueOf, type YamlMap } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import type { ChosenSlo } from "./slos.ts";

export interface IndicatorContext {
  /** The backends whose missing indicators are reported by a target. */
  readonly measuring: readonly Backend[];
  /** False where a file or an SLO could not be read: the indicator may be in there. */
  readonly isComplete: boolean;
  readonly report: Report;
}

/** A gate asks one source, so it needs the SLI in that source's language. */
export function reportMissingIndicator(
  { slo, at }: ChosenSlo,
  backend: Backend,
  { measuring, isComplete, report }: IndicatorContext,
): void {
  if (!isComplete || measuring.includes(backend)) return;
  report(
    policyCodes["no-indicator"](
      at,
      { slo: slo.id, service: slo.service, backend, kind: kindOf(slo) },
      { related: [{ at: slo.at, message: "the SLO" }] },
    ),
  );
}

function kindOf({ indicators: { prometheus, datadog } }: PlannedSlo): Indicator["kind"] {
  return (prometheus ?? datadog)?.kind ?? "events";
}

/** Checks that a gate can judge by the SLI, and reads the counts that the policy lends it. */
export function evidenceOf(
  slo: PrometheusSlo,
  { evidence, evidenceAt, at }: ChosenSlo,
  report: Report,
): Pick<PrometheusGate, "evidenceQueries"> {
  checkQueries(slo, at, report);
  const kind = countless(slo);
  if (kind === undefined) {
    if (evidence !== undefined) report(policyCodes["needless-evidence"](evidenceAt ?? at, { slo: slo.id }));
    return {};
  }
  if (evidence === undefined) {
    report(policyCodes["no-counts"](at, { slo: slo.id, kind }));
    return {};
  }
  const [bad, total] = [countQuery(evidence, "bad", report), countQuery(evidence, "total", report)];
  return bad && total ? { evidenceQueries: { bad, total } } : {};
}

function checkQueries({ id, indicator }: PrometheusSlo, at: Span, report: Report): void {
  const queries = indicator.kind === "events" ? [indicator.events, indicator.total] : [indicator.query];
  const unread = queries.find(({ tree }) => tree === undefined);
  if (unread === undefined) return;
  report(policyCodes["unread-query"](at, { slo: id }, { related: [{ at: unread.scalar.at, message: "this query" }] }));
}

/** Why an SLO has no number of events that a gate could judge by; undefined if it has. */
export function countless({ indicator, budgeting }: PrometheusSlo | DatadogSlo): "ratio" | "threshold" | "timeslices" | undefined {
  if (budgeting.kind !== "occurrences") return "timeslices";
  return indicator.kind === "events" ? undefined : indicator.kind;
}

function countQuery(evidence: YamlMap, key: "bad" | "total", report: Report): PromqlQuery | undefined {
  const node = valueOf(evidence, key);
  return node?.kind === "scalar" ? readPromql(node, { kind: "events", counter: true }, { report, reading: STRICT_READING }) : undefined;
}
