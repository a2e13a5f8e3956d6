import { onPrometheus, type PromqlQuery } from "../../model/model.ts";
import type { Guard, PrometheusGate } from "../../model/policy.ts";
import type { YamlMap } from "../../yaml/tree.ts";
import { guardsOf } from "./guards.ts";
import { evidenceOf, reportMissingIndicator, type IndicatorContext } from "./indicators.ts";
import { promqlGuard } from "./promql-guards.ts";
import type { ChosenSlo } from "./slos.ts";

/** What a policy says in PromQL: the same in every place whose source is a Prometheus, and for every controller. */
export interface PrometheusParts {
  readonly guards: readonly Guard<PromqlQuery>[];
  readonly measured: readonly (Pick<PrometheusGate, "slo" | "evidenceQueries"> & { readonly chosen: ChosenSlo })[];
}

/** Everything that is wrong has been reported. */
export function prometheusParts(spec: YamlMap, chosen: readonly ChosenSlo[], context: IndicatorContext): PrometheusParts {
  const { report } = context;
  const measured = chosen.flatMap((each) => {
    const slo = onPrometheus(each.slo);
    if (slo === undefined) reportMissingIndicator(each, "prometheus", context);
    return slo === undefined ? [] : [{ chosen: each, slo, ...evidenceOf(slo, each, report) }];
  });
  return { guards: guardsOf(spec, promqlGuard, report), measured };
}
