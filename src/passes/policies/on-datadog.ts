import type { TagFilter } from "../../datadogql/ast.ts";
import { ungrouped } from "../../datadogql/rewrite.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import { readDatadog } from "../../model/datadog-query.ts";
import { onDatadog, type DatadogQuery, type DatadogSlo } from "../../model/model.ts";
import type { DatadogGate, Guard, Isolation } from "../../model/policy.ts";
import { valueOf, type YamlMap } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { datadogGuard } from "./datadog-guards.ts";
import { datadogIsolationOf } from "./datadog-isolation.ts";
import { guardsOf } from "./guards.ts";
import { countless, reportMissingIndicator } from "./indicators.ts";
import type { PartsContext } from "./on-prometheus.ts";
import type { ChosenSlo } from "./slos.ts";

/** What a policy says in Datadog's query language: the same in every place whose source is Datadog. */
export interface DatadogParts {
  readonly isolation: Isolation<TagFilter>;
  readonly guards: readonly Guard<DatadogQuery>[];
  readonly measured: readonly (Pick<DatadogGate, "slo" | "evidenceQueries"> & { readonly chosen: ChosenSlo })[];
}

/** Undefined where the sides cannot be told apart; everything that is wrong has been reported. */
export function datadogParts(spec: YamlMap, { document, chosen, rollout, ...context }: PartsContext): DatadogParts | undefined {
  const { report } = context;
  const guards = guardsOf(spec, datadogGuard, report);
  const measured = chosen.flatMap((each) => {
    const slo = onDatadog(each.slo);
    if (slo === undefined) reportMissingIndicator(each, "datadog", context);
    return slo === undefined ? [] : [{ chosen: each, slo: inOnePiece(slo), ...evidenceOf(slo, each, report) }];
  });
  const isolation = rollout === undefined ? undefined : datadogIsolationOf(spec, { rollout, at: document.at, report });
  return isolation && { isolation, guards, measured };
}

/** A release goes on or back as one, and before its 1.10 Argo Rollouts cannot read an answer in groups. Counts of all groups are their sum. */
function inOnePiece(slo: DatadogSlo): DatadogSlo {
  const { indicator } = slo;
  if (indicator.kind !== "events") return slo;
  return { ...slo, indicator: { ...indicator, events: withoutGroups(indicator.events), total: withoutGroups(indicator.total) } };
}

function withoutGroups(query: DatadogQuery): DatadogQuery {
  return { ...query, tree: ungrouped(query.tree) };
}

/** A gate on Datadog judges counts alone: those of the SLI, or those that the policy lends it. */
function evidenceOf(slo: DatadogSlo, { evidence, evidenceAt, at }: ChosenSlo, report: Report): Pick<DatadogGate, "evidenceQueries"> {
  const kind = countless(slo);
  if (kind === undefined) {
    if (evidence !== undefined) report(policyCodes["needless-evidence"](evidenceAt ?? at, { slo: slo.id }));
    return {};
  }
  if (evidence === undefined) {
    report(policyCodes["no-counts-on-datadog"](at, { slo: slo.id, kind }, { related: [{ at: slo.at, message: "the SLO" }] }));
    return {};
  }
  const [bad, total] = [countQuery(evidence, "bad", report), countQuery(evidence, "total", report)];
  return bad && total ? { evidenceQueries: { bad: withoutGroups(bad), total: withoutGroups(total) } } : {};
}

function countQuery(evidence: YamlMap, key: "bad" | "total", report: Report): DatadogQuery | undefined {
  const node = valueOf(evidence, key);
  return node?.kind === "scalar" ? readDatadog(node, "count", { report }) : undefined;
}
