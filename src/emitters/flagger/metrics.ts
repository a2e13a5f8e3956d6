import type { TickPlan } from "../../gate/ticks.ts";
import type { FlaggerPolicy, Guard, SloGate } from "../../model/policy.ts";
import type { Render } from "../../text/render.ts";
import { labelsOf } from "../gate-words.ts";
import type { CanaryMetric, MetricProvider, MetricTemplate, ThresholdRange } from "./types.ts";
import { descriptionOf } from "./words.ts";

/** One number that every tick asks for, and the range in which the release may go on. */
export interface Check {
  /** Of the template and of the Canary's metric: by `checkName`, unique in the policy. */
  readonly name: string;
  readonly subject: CheckSubject;
  readonly provider: MetricProvider;
  /** The text of the template: braces of the user's own are escaped, `{{ variables.x }}` of slogen's act. */
  readonly query: string;
  readonly thresholdRange: ThresholdRange;
  /** `metrics[].interval`, by `flaggerDuration`. */
  readonly interval: string;
  /** Exactly the variables that the query uses. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What a check asks, for its description. */
export type CheckSubject = GateSubject | { readonly kind: "guard"; readonly guard: Guard };

export interface GateSubject {
  readonly kind: "promote" | "promoteSince" | "requests" | "budget" | "budgetLeft";
  readonly gate: SloGate;
}

export function metricTemplate(check: Check, policy: FlaggerPolicy, plan: TickPlan, render: Render): MetricTemplate {
  const { name, provider, query } = check;
  const { namespace } = policy.workload;
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "MetricTemplate",
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: { ...labelsOf(policy), "app.kubernetes.io/component": "release-gate", "app.kubernetes.io/managed-by": "slogen" },
      // https://kubernetes.io/docs/reference/labels-annotations-taints/#description
      annotations: { "kubernetes.io/description": descriptionOf(check, policy, plan, render) },
    },
    spec: { provider, query },
  };
}

/** The template lies beside the Canary, where Flagger looks if no namespace is named. */
export function canaryMetric({ name, interval, thresholdRange, variables }: Check): CanaryMetric {
  return {
    name,
    templateRef: { name },
    interval,
    thresholdRange,
    ...(Object.keys(variables).length > 0 && { templateVariables: variables }),
  };
}
