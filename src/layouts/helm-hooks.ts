import { isJsonObject } from "../output/json-object.ts";
import type { Json } from "../yaml/json.ts";
import { HOOK, WAVE } from "./sync-waves.ts";

/**
 * An object that Argo CD runs before a sync as one that Helm runs before an upgrade: to Helm alone it would be installed beside what it
 * has to hold back. Argo CD passes over Helm's hook where an object has its own. Neither a first install nor a rollback waits for it.
 * https://helm.sh/docs/topics/charts_hooks/, https://argo-cd.readthedocs.io/en/stable/user-guide/helm/#helm-hooks
 */
export function asHelmHook(document: Json): Json {
  if (!isJsonObject(document) || !isJsonObject(document["metadata"])) return document;
  const { metadata } = document;
  const annotations = metadata["annotations"];
  if (!isJsonObject(annotations) || annotations[HOOK] !== "PreSync" || "helm.sh/hook" in annotations) return document;
  const weight = annotations[WAVE];
  const own = {
    "helm.sh/hook": "pre-upgrade",
    "helm.sh/hook-delete-policy": "before-hook-creation",
    ...(weight !== undefined && { "helm.sh/hook-weight": weight }),
  };
  return { ...document, metadata: { ...metadata, annotations: { ...annotations, ...own } } };
}
