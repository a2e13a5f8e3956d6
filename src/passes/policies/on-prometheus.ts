import { onPrometheus, type PromqlQuery } from "../../model/model.ts";
import type { Guard, Isolation, PolicyDocument, PrometheusGate } from "../../model/policy.ts";
import type { Matcher } from "../../promql/ast.ts";
import type { YamlMap } from "../../yaml/tree.ts";
import { guardsOf } from "./guards.ts";
import { evidenceOf, reportMissingIndicator, type IndicatorContext } from "./indicators.ts";
import { isolationOf } from "./isolation.ts";
import { promqlGuard } from "./promql-guards.ts";
import type { ChosenSlo } from "./slos.ts";

/** What a policy says in PromQL: the same in every place whose source is a Prometheus. */
export interface PrometheusParts {
  readonly isolation: Isolation<Matcher>;
  readonly guards: readonly Guard<PromqlQuery>[];
  readonly measured: readonly (Pick<PrometheusGate, "slo" | "evidenceQueries"> & { readonly chosen: ChosenSlo })[];
}

export interface PartsContext extends IndicatorContext {
  readonly document: PolicyDocument;
  readonly chosen: readonly ChosenSlo[];
  /** Absent where the policy names no workload, which has been reported. */
  readonly rollout: string | undefined;
  readonly services: Parameters<typeof isolationOf>[1]["services"];
}

/** Undefined where the sides cannot be told apart; everything that is wrong has been reported. */
export function prometheusParts(
  spec: YamlMap,
  { document, chosen, rollout, services, ...context }: PartsContext,
): PrometheusParts | undefined {
  const { report } = context;
  const guards = guardsOf(spec, promqlGuard, report);
  const measured = chosen.flatMap((each) => {
    const slo = onPrometheus(each.slo);
    if (slo === undefined) reportMissingIndicator(each, "prometheus", context);
    return slo === undefined ? [] : [{ chosen: each, slo, ...evidenceOf(slo, each, report) }];
  });
  const isolation = rollout === undefined ? undefined : isolationOf(spec, { rollout, services, at: document.at, report });
  return isolation && { isolation, guards, measured };
}
