import type { Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../diagnostics/source.ts";
import { isJsonObject } from "../output/json-object.ts";
import { problemOf } from "../schema/validate.ts";
import type { JsonObject } from "../yaml/json.ts";
import { pushCodes } from "./codes.ts";
import { parseJson, type ManifestObject, type PushManifest } from "./manifest.ts";
import { fillIn, placeholderIn } from "./placeholders.ts";
import { ID_TAG, OWNER_TAG, storedValue, valuesOf } from "./tags.ts";

/** An object as it should be at Datadog. */
export interface PushObject extends ManifestObject {
  /** As the tag has it, once Datadog has stored that. */
  readonly storedId: string;
  /** Placeholders stand for ids of SLOs that are not known yet. */
  readonly payload: JsonObject;
}

/** Undefined, with a report, for a file that could not be sent as it is, or not be found again. */
export function readObject(entry: ManifestObject, file: SourceFile, manifest: PushManifest, report: Report): PushObject | undefined {
  const payload = parseJson(file.text);
  if (!isJsonObject(payload)) {
    report(pushCodes["bad-object"](undefined, { path: file.path, problem: "it is no JSON object" }));
    return undefined;
  }
  const problem = problemOf(`datadog/${entry.kind}`, payload);
  if (problem !== undefined) {
    report(pushCodes["bad-object"](undefined, { path: file.path, problem }));
    return undefined;
  }
  const storedId = storedValue(ID_TAG, entry.id);
  const tags = tagsOf(payload);
  const mistaken = mistakenTag(tags, storedId, manifest.owner);
  if (mistaken !== undefined) {
    report(pushCodes.untagged(undefined, { path: file.path, ...mistaken }));
    return undefined;
  }
  const open = placeholderIn(fillIn(payload, new Map(entry.needs.map((need) => [need, "0"]))));
  if (open !== undefined) {
    report(pushCodes["unknown-placeholder"](undefined, { path: file.path, placeholder: open }));
    return undefined;
  }
  return { ...entry, storedId, payload };
}

/** The tags of a payload; none for what is no list of texts. */
export function tagsOf({ tags }: JsonObject): readonly string[] {
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === "string") : [];
}

/** The key whose tags are wrong, and the one tag that there should be with it, if any. */
function mistakenTag(
  tags: readonly string[],
  storedId: string,
  owner: string | undefined,
): { readonly key: string; readonly tag: string | undefined } | undefined {
  const storedOwner = owner === undefined ? undefined : storedValue(OWNER_TAG, owner);
  const wanted = Object.entries({ [ID_TAG]: storedId, [OWNER_TAG]: storedOwner });
  const mistaken = wanted.find(([key, value]) => valuesOf(tags, key).join() !== (value ?? ""));
  if (mistaken === undefined) return undefined;
  const [key, value] = mistaken;
  return { key, tag: value === undefined ? undefined : `${key}:${value}` };
}
