import { isJsonObject } from "./json-object.ts";
import type { Json } from "../yaml/json.ts";

/** RFC 7386: maps are merged key by key, null removes a key, anything else replaces. https://www.rfc-editor.org/rfc/rfc7386#section-2 */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key) ?? null, value));
  }
  return Object.fromEntries(merged);
}
