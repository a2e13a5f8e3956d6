import { isJsonObject } from "../output/json-object.ts";
import type { Artifact } from "../output/artifact.ts";
import { toJson, type Json, type JsonObject } from "../yaml/json.ts";
import { readYaml } from "../yaml/read.ts";

/** A document that a cluster takes as it is. */
export interface KubernetesDocument extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject;
}

/** The objects of an artifact that holds nothing but whole Kubernetes objects; none of any other. */
export function objectsOf(artifact: Artifact): readonly KubernetesDocument[] {
  const documents = documentsOf(artifact);
  const objects = documents.filter(isKubernetesDocument);
  return objects.length === documents.length && !isPatch(artifact) ? objects : [];
}

/** The documents of a patch, which name the objects that they change. */
export function patchesOf(artifact: Artifact): readonly KubernetesDocument[] {
  return isPatch(artifact) ? documentsOf(artifact).filter(isKubernetesDocument) : [];
}

function isPatch(artifact: Artifact): boolean {
  return artifact.kind === "yaml" && artifact.patch === true;
}

function documentsOf(artifact: Artifact): readonly Json[] {
  switch (artifact.kind) {
    case "yaml":
      return artifact.documents;
    case "json":
      return [];
    case "text":
    case "edit":
      return /\.ya?ml$/.test(artifact.path) ? documentsIn(artifact) : [];
  }
}

/** What is wrong with a text has been reported where it was read. */
function documentsIn({ path, text }: { readonly path: string; readonly text: string }): readonly Json[] {
  return readYaml({ path, text }, () => undefined).map((node) => toJson(node, "go-yaml-1.1"));
}

function isKubernetesDocument(document: Json): document is KubernetesDocument {
  if (!isJsonObject(document)) return false;
  const { apiVersion, kind, metadata } = document;
  return typeof apiVersion === "string" && typeof kind === "string" && (isJsonObject(metadata) || kind === "List");
}

/** Undefined for an object without one. */
export function nameOf({ metadata }: KubernetesDocument, key: "name" | "namespace" = "name"): string | undefined {
  const name = isJsonObject(metadata) ? metadata[key] : undefined;
  return typeof name === "string" ? name : undefined;
}
