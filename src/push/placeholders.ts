import { isJsonObject } from "../output/json-object.ts";
import type { Json, JsonObject } from "../yaml/json.ts";

const START = "__SLO_ID__";

/** Stands for the id that Datadog gives to an SLO, until that is known. */
function placeholderFor(slo: string): string {
  return `${START}${slo}__`;
}

/** The payload with the ids put in for the placeholders; `ids` maps an SLO's `slogen_id` to Datadog's. Unknown ones stay. */
export function fillIn(payload: JsonObject, ids: ReadonlyMap<string, string>): JsonObject {
  // Longest first: an id may hold two underscores, after which another one seems to end.
  const known = [...ids].sort(([a], [b]) => b.length - a.length);
  const fill = (value: Json): Json => {
    if (typeof value === "string")
      return value.includes(START) ? known.reduce((text, [slo, id]) => text.replaceAll(placeholderFor(slo), id), value) : value;
    if (Array.isArray(value)) return value.map((item: Json) => fill(item));
    return isJsonObject(value) ? fillObject(value) : value;
  };
  const fillObject = (object: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(object).map(([key, value]) => [key, fill(value)]));
  return fillObject(payload);
}

/** The first placeholder that is still in the payload, with as much of it as can be told. */
export function placeholderIn(payload: JsonObject): string | undefined {
  return /__SLO_ID__[\w.:/-]*/.exec(JSON.stringify(payload))?.[0];
}
