import type { Artifact } from "../output/artifact.ts";
import { isJsonObject } from "../output/json-object.ts";
import type { Json, JsonObject } from "../yaml/json.ts";

export const WAVE = "argocd.argoproj.io/sync-wave";
export const HOOK = "argocd.argoproj.io/hook";

/** What a Rollout or a Canary refers to. */
const NEEDED_FIRST = new Set([
  "AnalysisTemplate",
  "ClusterAnalysisTemplate",
  "MetricTemplate",
  "PrometheusRule",
  "VaultStaticSecret",
  "ExternalSecret",
]);

/**
 * Argo CD applies wave -1 before wave 0, where whatever has no annotation is; a hook has a phase of its own.
 * https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export function withSyncWaves(artifacts: readonly Artifact[]): readonly Artifact[] {
  return artifacts.map((artifact) =>
    artifact.kind === "yaml" && artifact.patch !== true ? { ...artifact, documents: artifact.documents.map(early) } : artifact,
  );
}

function early(document: Json): Json {
  if (!isJsonObject(document) || typeof document["kind"] !== "string" || !NEEDED_FIRST.has(document["kind"])) return document;
  const metadata = mapIn(document, "metadata");
  const annotations = mapIn(metadata, "annotations");
  if (WAVE in annotations || HOOK in annotations) return document;
  const sorted = Object.entries({ ...annotations, [WAVE]: "-1" }).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...document, metadata: { ...metadata, annotations: Object.fromEntries(sorted) } };
}

function mapIn(map: JsonObject, key: string): JsonObject {
  const value = map[key];
  return isJsonObject(value) ? value : {};
}
