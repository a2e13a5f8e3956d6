import { exactText, type Json, type JsonObject } from "../yaml/json.ts";

/** True for a map, which neither a list nor an exact number is. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && exactText(value) === undefined;
}
