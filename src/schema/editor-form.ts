import type { Json } from "../yaml/json.ts";
import { isSchema, listIn, mapSchema, without, type JsonSchema } from "./json-schema.ts";

/**
 * A schema that gives every document the same verdict and that editors tell better: the YAML language server reports the best branch of
 * a `oneOf`, and of a `not` only that something is not allowed. Our own keywords become its `errorMessage` or go.
 */
export function forEditors(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, (node) =>
    withoutOwnKeywords(withMarkdown(withDefaultTold(withRefApart(withoutNot(withoutChoice(withoutImpossible(node))))))),
  );
}

/** A property that no value fits is one that the schema does not know. */
function withoutImpossible(node: JsonSchema): JsonSchema {
  const { properties, additionalProperties } = node;
  if (!isSchema(properties) || additionalProperties !== false) return node;
  const possible = Object.entries(properties).filter(([, property]) => !(isSchema(property) && isEmpty(property["not"])));
  return { ...node, properties: Object.fromEntries(possible) };
}

const isEmpty = (value: Json | undefined): boolean => isSchema(value) && Object.keys(value).length === 0;

/** `oneOf` of single fields: the second of two is marked at its key, and where all are missing they are named. */
function withoutChoice(node: JsonSchema): JsonSchema {
  const oneOf = listIn(node["oneOf"]);
  const fields = oneOf.flatMap((branch) => requiredOnly(branch) ?? []);
  const others = oneOf.filter((branch) => requiredOnly(branch) === undefined);
  const isOptional = others.length === 1 && sameFields(forbiddenBy(others[0]), fields);
  if (fields.length < 2 || (others.length > 0 && !isOptional)) return node;
  const help = node["x-help"];
  const words = typeof help === "string" ? help : `one of ${fields.map((field) => `\`${field}\``).join(", ")} is needed here, and only one`;
  const last: JsonSchema = isOptional ? {} : { required: fields.slice(-1), errorMessage: words };
  return also(without(node, ["oneOf"]), atMostOne(fields, last, words));
}

function atMostOne(fields: readonly string[], last: JsonSchema, errorMessage: string): JsonSchema {
  const [first, ...others] = fields;
  if (first === undefined || others.length === 0) return last;
  return {
    if: { required: [first] },
    then: { properties: Object.fromEntries(others.map((field) => [field, false])), errorMessage },
    else: atMostOne(others, last, errorMessage),
  };
}

/** `not: { required: [a] }` marks the whole map; `properties: { a: false }` the key. */
function withoutNot(node: JsonSchema): JsonSchema {
  const fields = forbiddenBy(node);
  if (fields.length === 0) return node;
  const help = node["x-help"];
  return also(without(node, ["not"]), {
    properties: Object.fromEntries(fields.map((field) => [field, false])),
    ...(typeof help === "string" && { errorMessage: help }),
  });
}

/** The fields that a `not` of required ones rules out, each by itself. */
function forbiddenBy(node: Json | undefined): readonly string[] {
  const not = isSchema(node) ? node["not"] : undefined;
  if (!isSchema(not) || Object.keys(not).length !== 1) return [];
  const fields = ("anyOf" in not ? listIn(not["anyOf"]) : [not]).map(requiredOnly);
  return fields.every((field) => field !== undefined) ? fields : [];
}

/** The field of `{ required: [field] }`. */
function requiredOnly(schema: Json): string | undefined {
  if (!isSchema(schema) || Object.keys(schema).length !== 1) return undefined;
  const [field, ...others] = listIn(schema["required"]);
  return typeof field === "string" && others.length === 0 ? field : undefined;
}

function sameFields(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((field) => others.includes(field));
}

/** One more condition, beside those that the schema has under the same keywords. */
function also(node: JsonSchema, condition: JsonSchema): JsonSchema {
  const clashes = Object.keys(condition).some((keyword) => keyword in node);
  if (!clashes && !("if" in node && "then" in condition)) return { ...node, ...condition };
  return { ...node, allOf: [...listIn(node["allOf"]), condition] };
}

const BESIDE_A_REF = new Set(["$ref", "title", "description", "markdownDescription", "examples", "default", "definitions"]);

/** Draft-07 ignores the conditions beside a `$ref`, which ajv does not. */
function withRefApart(node: JsonSchema): JsonSchema {
  const { $ref } = node;
  const isApart = Object.keys(node).every((keyword) => BESIDE_A_REF.has(keyword) || keyword.startsWith("x-"));
  return $ref === undefined || isApart ? node : also(without(node, ["$ref"]), { allOf: [{ $ref }] });
}

/** The language server writes every `default` out when it completes a map around it, and never shows one: it is told, and offered. */
function withDefaultTold(node: JsonSchema): JsonSchema {
  const { default: usual, description } = node;
  if (usual === undefined || typeof usual === "object" || typeof description !== "string") return node;
  const offered = [usual, ...listIn(node["examples"]).filter((example) => example !== usual)];
  const stop = /[.!?]$/.test(description) ? "" : ".";
  return { ...without(node, ["default"]), description: `${description}${stop} By default \`${String(usual)}\`.`, examples: offered };
}

/** Plain descriptions are shown with their backticks. */
function withMarkdown(node: JsonSchema): JsonSchema {
  const { description } = node;
  return typeof description === "string" && description.includes("`") ? { ...node, markdownDescription: description } : node;
}

function withoutOwnKeywords(node: JsonSchema): JsonSchema {
  const wanted = node["x-wanted"];
  const isOfAScalar = typeof wanted === "string" && node["type"] !== "object" && node["type"] !== "array";
  const own = Object.entries(node).filter(([keyword]) => !keyword.startsWith("x-"));
  return { ...Object.fromEntries(own), ...(isOfAScalar && { errorMessage: `must be ${wanted}` }) };
}
