import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { oraclePackage } from "./support.ts";

interface ObjectSerializer {
  readonly deserialize: (data: unknown, type: string, format: string) => unknown;
  readonly serialize: (data: unknown, type: string, format: string) => unknown;
}

const MODELS = "dist/packages/datadog-api-client";

/** The whole package takes two seconds to load, and half of that again in memory. */
function serializer(version: "v1" | "v2"): ObjectSerializer {
  const path = `${oraclePackage("@datadog/datadog-api-client")}/${MODELS}-${version}/models/ObjectSerializer`;
  return (createRequire(import.meta.url)(path) as { ObjectSerializer: ObjectSerializer }).ObjectSerializer;
}

/** The bodies that we write, by the client's names for them. */
const BODIES = {
  ServiceLevelObjectiveRequest: serializer("v1"),
  Monitor: serializer("v1"),
  ScalarFormulaQueryRequest: serializer("v2"),
} as const;

export type Body = keyof typeof BODIES;

/**
 * What Datadog's client has against a body: a field that is missing or of the wrong type, a value outside an enumeration, a field that it
 * does not know, or one that it would send otherwise. It knows no ranges, nothing between fields, and no query.
 */
export function clientProblems(body: Body, json: unknown): readonly string[] {
  const { deserialize, serialize } = BODIES[body];
  let value: unknown;
  try {
    value = deserialize(json, body, "");
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  const problems = [...unread(value, body)];
  if (problems.length > 0) return problems;
  const sent: unknown = JSON.parse(JSON.stringify(serialize(value, body, "")));
  return isDeepStrictEqual(sent, json) ? [] : [`it would send ${JSON.stringify(sent)}`];
}

/** The client throws at little; what it cannot read it keeps aside. */
function* unread(value: unknown, path: string): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  if (value.constructor.name === "UnparsedObject") yield `${path} is not one of the forms it can have`;
  for (const [key, field] of Object.entries(value)) {
    if (key === "_unparsed" && field === true) yield `${path} holds a value that is not of its enumeration`;
    else if (key !== "additionalProperties") yield* unread(field, `${path}.${key}`);
    else for (const name of Object.keys((field ?? {}) as object)) yield `${path} has no field ${name}`;
  }
}
