import type { Entry, KubernetesObject } from "../../model/model.ts";
import type { Json } from "../../yaml/json.ts";
import type { PrometheusOptions } from "./options.ts";
import type { Labels, RuleGroup } from "./types.ts";

/** The groups as the operator's object. Labels and annotations of the object that holds the spec go along, less what tools keep there for themselves. */
export function prometheusRule(
  name: string,
  object: KubernetesObject | undefined,
  groups: readonly RuleGroup[],
  options: PrometheusOptions,
): Json {
  const namespace = options.operatorNamespace ?? object?.namespace;
  const annotations = texts(object?.annotations.filter(({ key }) => !FOREIGN_ANNOTATION.test(key)) ?? []);
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: {
      name: objectName(name),
      ...(namespace !== undefined && { namespace }),
      labels: {
        ...texts(object?.labels ?? []),
        ...options.operatorLabels,
        "app.kubernetes.io/component": "SLO",
        "app.kubernetes.io/managed-by": "slogen",
      },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: { groups },
  } as unknown as Json;
}

/** What kubectl and GitOps tools write about the source object would be untrue of the generated one. */
const FOREIGN_ANNOTATION = /^(kubectl\.kubernetes\.io|argocd\.argoproj\.io|kustomize\.toolkit\.fluxcd\.io|meta\.helm\.sh)\//;

/** Names of Kubernetes objects are RFC 1123 subdomains of at most 253 characters. */
function objectName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 253);
}

function texts(entries: readonly Entry[]): Labels {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}
