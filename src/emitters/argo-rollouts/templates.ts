import { argumentsUsed, inReadingOrder } from "./arguments.ts";
import type { TemplateRole } from "./names.ts";
import type { AnalysisTemplate, AnalysisTemplateSpec, Metric, TemplateArgument } from "./types.ts";

/** What one template holds, before it has a name. */
export interface TemplatePart {
  readonly role: TemplateRole;
  readonly metrics: readonly Metric[];
  /** Metrics that are only recorded: all, the observations, or none. */
  readonly dry: "all" | "observations" | "none";
}

/**
 * The rules of a template that runs beside others. Argo refuses two rules with one text in a run, and even in two steps of a Rollout,
 * so each template's rules name its own kinds of metrics: https://github.com/argoproj/argo-rollouts/issues/1832.
 * A rule that matches nothing is an error as well.
 */
export function templateSpec(
  { metrics, dry, role }: TemplatePart,
  secrets: readonly TemplateArgument[],
  keepMeasurements: number,
  rules = true,
): AnalysisTemplateSpec {
  const used = inReadingOrder(argumentsUsed(metrics));
  const args = used.map((name): TemplateArgument => secrets.find((secret) => secret.name === name) ?? { name });
  const dryRun = dry === "all" ? OF_ROLE[role] : dry === "observations" ? OBSERVATIONS : undefined;
  return {
    ...(args.length > 0 && { args: [...args].sort(bySecret) }),
    ...(rules && dryRun !== undefined && { dryRun: [{ metricName: dryRun }] }),
    ...(rules && { measurementRetention: [{ metricName: OF_ROLE[role], limit: keepMeasurements }] }),
    metrics: metrics.map(inOrder),
  };
}

/** To their ends: by its beginning alone, a check of a service named `obs` would be one and never fail. */
const OBSERVATIONS = "^obs-.+-(canary|stable)-burn$";

/** Unanchored, a rule would match any name that holds its text. */
const OF_ROLE: Readonly<Record<TemplateRole, string>> = {
  background: "^.+$",
  promote: "^(guard-.+|.+-(promote|budget))$",
  budget: "^.+-budget-(left|gone)$",
  "post-promotion": "^(guard-.+|.+-(fail|extreme|series|burn))$",
};

/** Secrets last: they are the source's affair. */
function bySecret(a: TemplateArgument, b: TemplateArgument): number {
  return Number(a.valueFrom !== undefined) - Number(b.valueFrom !== undefined);
}

/** When, what it means, what is borne, whom it asks: the order in which a metric is read. */
function inOrder({ name, provider, ...rest }: Metric): Metric {
  const { initialDelay, interval, count, successCondition, failureCondition } = rest;
  const { failureLimit, inconclusiveLimit, consecutiveSuccessLimit, consecutiveErrorLimit } = rest;
  return {
    name,
    ...(initialDelay !== undefined && { initialDelay }),
    ...(interval !== undefined && { interval }),
    ...(count !== undefined && { count }),
    ...(successCondition !== undefined && { successCondition }),
    ...(failureCondition !== undefined && { failureCondition }),
    ...(consecutiveSuccessLimit !== undefined && { consecutiveSuccessLimit }),
    ...(failureLimit !== undefined && { failureLimit }),
    ...(inconclusiveLimit !== undefined && { inconclusiveLimit }),
    ...(consecutiveErrorLimit !== undefined && { consecutiveErrorLimit }),
    provider,
  };
}

export interface TemplateIdentity {
  readonly name: string;
  readonly scope: "namespace" | "cluster";
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string;
}

export function analysisTemplate(identity: TemplateIdentity, spec: AnalysisTemplateSpec): AnalysisTemplate {
  const { name, scope, namespace, labels, description } = identity;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: scope === "cluster" ? "ClusterAnalysisTemplate" : "AnalysisTemplate",
    metadata: {
      name,
      ...(scope === "namespace" && namespace !== undefined && { namespace }),
      labels: { ...labels, "app.kubernetes.io/component": "release-gate", "app.kubernetes.io/managed-by": "slogen" },
      // https://kubernetes.io/docs/reference/labels-annotations-taints/#description
      annotations: { "kubernetes.io/description": description },
    },
    spec,
  };
}
