import { ungrouped } from "../../datadogql/rewrite.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import { readDatadog } from "../../model/datadog-query.ts";
import { onDatadog, type DatadogQuery, type DatadogSlo } from "../../model/model.ts";
import type { DatadogGate, Guard } from "../../model/policy.ts";
import { valueOf, type YamlMap } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { datadogGuard } from "./datadog-guards.ts";
import { guardsOf } from "./guards.ts";
import { countless, reportMissingIndicator, type IndicatorContext } from "./indicators.ts";
import type { ChosenSlo } from "./slos.ts";

/** What a policy says in Datadog's query language: the same in every place whose source is Datadog, and for every controller. */
export interface DatadogParts {
  readonly guards: readonly Guard<DatadogQuery>[];
  readonly measured: readonly (Pick<DatadogGate, "slo" | "evidenceQueries"> & { readonly chosen: ChosenSlo })[];
}

/** Everything that is wrong has been reported. */
export function datadogParts(spec: YamlMap, chosen: readonly ChosenSlo[], context: IndicatorContext): DatadogParts {
  const { report } = context;
  const measured = chosen.flatMap((each) => {
    const slo = onDatadog(each.slo);
    if (slo === undefined) reportMissingIndicator(each, "datadog", context);
    return slo === undefined ? [] : [{ chosen: each, slo: inOnePiece(slo), ...evidenceOf(slo, each, report) }];
  });
  return { guards: guardsOf(spec, datadogGuard, report), measured };
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
