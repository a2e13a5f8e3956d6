import type { Report } from "../diagnostics/diagnostic.ts";
import { readObjects } from "../manifests/documents.ts";
import type { Artifact } from "../output/artifact.ts";
import { isJsonObject } from "../output/json-object.ts";
import type { Json } from "../yaml/json.ts";
import { layoutCodes } from "./codes.ts";

/** Reports every Secret that would be written, of ours or in the copy of a user's file. */
export function checkSecrets(artifacts: readonly Artifact[], report: Report): void {
  for (const artifact of artifacts) {
    const { path } = artifact;
    if (artifact.kind === "edit") {
      const { source } = artifact;
      const secrets = readObjects(source, () => undefined)?.filter(({ kind }) => kind === "Secret") ?? [];
      for (const { name, at } of secrets) report(layoutCodes.secret(at, { path, name, source: source.path }));
    } else if (artifact.kind === "yaml") {
      for (const name of artifact.documents.flatMap(secretsIn)) report(layoutCodes.secret(undefined, { path, name, source: undefined }));
    }
  }
}

/** The names of a document's Secrets, in a list too. */
function secretsIn(document: Json): readonly string[] {
  if (!isJsonObject(document)) return [];
  const { kind, metadata, items } = document;
  if (kind === "Secret") return [isJsonObject(metadata) && typeof metadata["name"] === "string" ? metadata["name"] : ""];
  return kind === "List" && Array.isArray(items) ? items.flatMap((item: Json) => secretsIn(item)) : [];
}
