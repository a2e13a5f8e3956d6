import { exactText, type Json, type JsonObject } from "../yaml/json.ts";

/** A typed object as the plain value that it is; what is undefined in it is left out, exact numbers become plain ones. */
export function plain(value: object): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]: [string, unknown]) => (each === undefined ? [] : [[key, plainValue(each)]])),
  );
}

function plainValue(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value === "object" && value !== null) {
    const decimal = exactText(value as Json);
    return decimal === undefined ? plain(value) : Number(decimal);
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
