import type { Artifact } from "../output/artifact.ts";
import { isJsonObject } from "../output/json-object.ts";
import type { Json } from "../yaml/json.ts";
import { nameOf, objectsOf, patchesOf, type KubernetesDocument } from "./objects.ts";

/** What a release is about; the other objects are named by references alone. */
const NAMED_IN_QUERIES = new Set(["Rollout", "Canary", "Service", "Deployment"]);

/** Keys whose values kustomize rewrites, or that name nothing in a cluster. */
const NO_TEXT = new Set(["name", "namespace", "templateName", "kind", "apiVersion", "image"]);

/** The names of namespaces and workloads that stand inside other text of the gates, which kustomize knows nothing of. */
export function namesInText(artifacts: readonly Artifact[]): readonly string[] {
  const documents = artifacts.flatMap((artifact) => [...objectsOf(artifact), ...patchesOf(artifact)]);
  const names = new Set(documents.flatMap(renamedIn));
  const texts = documents.flatMap(gateTexts);
  return [...names].sort().filter((name) => texts.some((text) => holdsName(text, name)));
}

function renamedIn(object: KubernetesDocument): readonly string[] {
  const name = NAMED_IN_QUERIES.has(object.kind) ? nameOf(object) : undefined;
  return [name, nameOf(object, "namespace")].filter((each) => each !== undefined);
}

function gateTexts(object: KubernetesDocument): readonly string[] {
  const { kind, spec } = object;
  switch (kind) {
    case "AnalysisTemplate":
    case "ClusterAnalysisTemplate":
    case "MetricTemplate":
      return textsIn(spec);
    case "Canary":
      return isJsonObject(spec) ? textsIn(spec["analysis"]) : [];
    case "Rollout":
      return argumentsIn(spec);
    default:
      return [];
  }
}

/** The arguments of analyses, wherever the strategy has them. */
function argumentsIn(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => argumentsIn(item));
  if (!isJsonObject(value)) return [];
  const own = "templates" in value ? textsIn(value["args"]) : [];
  return [...own, ...Object.entries(value).flatMap(([key, inner]) => (key === "template" ? [] : argumentsIn(inner)))];
}

function textsIn(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap((item: Json) => textsIn(item));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => (NO_TEXT.has(key) ? [] : textsIn(inner)));
}

/** As a whole, or with what controllers append to it: `checkout`, `checkout-canary`, `checkout-.*`; not within `my-checkout`. */
function holdsName(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w-])${name.replace(/[.]/g, "\\.")}(?!\\w)`, "u").test(text);
}
