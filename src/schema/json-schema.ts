import { exactText, type Json, type JsonObject } from "../yaml/json.ts";

/** A draft-07 schema as data; the booleans that may stand in for one are passed on as they are. */
export type JsonSchema = JsonObject;

const HOLDS_A_SCHEMA = new Set([
  "additionalItems",
  "additionalProperties",
  "contains",
  "else",
  "if",
  "items",
  "not",
  "propertyNames",
  "then",
]);
const HOLDS_A_LIST = new Set(["allOf", "anyOf", "items", "oneOf"]);
const HOLDS_A_MAP = new Set(["definitions", "dependencies", "patternProperties", "properties"]);

export function isSchema(value: Json | undefined): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value) && exactText(value) === undefined;
}

export const listIn = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

/** The schemas of a map such as `properties`. */
export function schemasIn(value: Json | undefined): Readonly<Record<string, JsonSchema>> {
  if (!isSchema(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, JsonSchema] => isSchema(entry[1])));
}

export function without(schema: JsonSchema, keywords: readonly string[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)));
}

/** The schema with `change` made to each schema in it, the outermost first. What only looks like a schema, such as an example, is left. */
export function mapSchema(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const part = (value: Json): Json => (isSchema(value) ? mapSchema(value, change) : value);
  const parts = ([keyword, value]: readonly [string, Json]): [string, Json] => {
    if (HOLDS_A_LIST.has(keyword) && Array.isArray(value)) return [keyword, listIn(value).map(part)];
    if (HOLDS_A_MAP.has(keyword) && isSchema(value)) {
      return [keyword, Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, part(entry)]))];
    }
    return [keyword, HOLDS_A_SCHEMA.has(keyword) ? part(value) : value];
  };
  return Object.fromEntries(Object.entries(change(schema)).map(parts));
}
