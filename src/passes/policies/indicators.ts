import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { PlannedSlo, PromqlQuery } from "../../model/model.ts";
import type { SloGate } from "../../model/policy.ts";
import { readPromql } from "../../model/query.ts";
import { STRICT_READING } from "../../model/reading.ts";
import { valueOf, type YamlMap } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import type { ChosenSlo } from "./slos.ts";

/** Checks that a gate can judge by the SLI, and reads the counts that the policy lends it. */
export function evidenceOf({ slo, evidence, evidenceAt, at }: ChosenSlo, report: Report): Pick<SloGate, "evidenceQueries"> {
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

function checkQueries({ id, indicator }: PlannedSlo, at: Span, report: Report): void {
  const queries = indicator.kind === "events" ? [indicator.events, indicator.total] : [indicator.query];
  const unread = queries.find(({ tree }) => tree === undefined);
  if (unread === undefined) return;
  report(policyCodes["unread-query"](at, { slo: id }, { related: [{ at: unread.scalar.at, message: "this query" }] }));
}

function countless({ indicator, budgeting }: PlannedSlo): "ratio" | "threshold" | "timeslices" | undefined {
  if (budgeting.kind !== "occurrences") return "timeslices";
  return indicator.kind === "events" ? undefined : indicator.kind;
}

function countQuery(evidence: YamlMap, key: "bad" | "total", report: Report): PromqlQuery | undefined {
  const node = valueOf(evidence, key);
  return node?.kind === "scalar" ? readPromql(node, { kind: "events", counter: true }, { report, reading: STRICT_READING }) : undefined;
}
