import type { Entry, KubernetesObject } from "../../model/model.ts";
import type { Json } from "../../yaml/json.ts";
import type { PrometheusOptions } from "./options.ts";
import type { Labels, RuleGroup } from "./types.ts";

/** The metadata of a `PrometheusRule`. */
export interface RuleObject {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Labels;
  readonly annotations?: Labels;
}

/** Labels and annotations of the object that holds the spec go along, less what tools keep there for themselves. */
export function ruleObject(name: string, source: KubernetesObject | undefined, options: PrometheusOptions): RuleObject {
  const namespace = source?.namespace ?? options.operatorNamespace;
  const annotations = texts(source?.annotations.filter(({ key }) => !FOREIGN_ANNOTATION.test(key)) ?? []);
  return {
    name: objectName(name),
    ...(namespace !== undefined && { namespace }),
    labels: {
      ...texts(source?.labels ?? []),
      ...options.operatorLabels,
      "app.kubernetes.io/component": "SLO",
      "app.kubernetes.io/managed-by": "slogen",
    },
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}

/** The groups as the operator's object. */
export function prometheusRule(metadata: RuleObject, groups: readonly RuleGroup[]): Json {
  return { apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule", metadata, spec: { groups } } as unknown as Json;
}

/** What kubectl and GitOps tools write about the source object would be untrue of the generated one. */
const FOREIGN_ANNOTATION = /^(kubectl\.kubernetes\.io|argocd\.argoproj\.io|kustomize\.toolkit\.fluxcd\.io|meta\.helm\.sh)\//;

/**
 * A name as RFC 1123 wants subdomains: labels of small letters, digits and inner dashes, joined by dots, at most 253 characters.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
function objectName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, "-")
    .slice(0, 253)
    .replace(/[-.]*\.[-.]*/g, ".")
    .replace(/^[-.]+|[-.]+$/g, "");
}

function texts(entries: readonly Entry[]): Labels {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}
