import type { Json } from "../yaml/json.ts";
import { forEditors } from "./editor-form.ts";
import { isSchema, listIn, mapSchema, schemasIn, without, type JsonSchema } from "./json-schema.ts";
import { SCHEMA_FILES, type SchemaKind } from "./kinds.ts";

/** The schema with this id, such as `openslo/v1`, as `schemas/` has it. */
export type ReadSchema = (id: string) => JsonSchema;

/** One self-contained draft-07 schema for a kind of file, in the form that editors tell best, without the keywords that only slogen knows. */
export function bundledSchema(kind: SchemaKind, read: ReadSchema): JsonSchema {
  const file = kind === "spec" ? "spec" : SCHEMA_FILES[kind];
  const root = kind === "spec" ? anySpec(read) : chosenByTags(read(file));
  const { definitions, ...rest } = withParts(root, file, read);
  const $id = `https://slogen.dev/schemas/${kind}.json`;
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id,
    ...forEditors({ ...rest, ...(definitions !== undefined && { definitions }) }),
  };
}

const SUFFIX = ".schema.json";

/** Takes every file that the schema refers to in under `definitions`, at the name of its kind. */
function withParts(root: JsonSchema, file: string, read: ReadSchema): JsonSchema {
  const parts = new Map<string, JsonSchema>();
  const settle = (schema: JsonSchema, from: string, place: string): JsonSchema =>
    mapSchema(without(schema, ["$schema", "$id"]), (node) => {
      if (typeof node["$ref"] !== "string") return node;
      const [path = "", pointer = ""] = node["$ref"].split("#");
      if (path === "") return { ...node, $ref: place + pointer };
      const id = new URL(path, `file:///${from}`).pathname.slice(1, -SUFFIX.length);
      const name = kindOf(id);
      if (!parts.has(name)) {
        parts.set(name, {});
        const part = read(id);
        parts.set(name, settle(hasBranches(part) ? { definitions: part["definitions"] ?? {} } : part, id, `#/definitions/${name}`));
      }
      return { ...node, $ref: `#/definitions/${name}${pointer}` };
    });
  const settled = settle(root, file, "#");
  return parts.size === 0 ? settled : { ...settled, definitions: { ...schemasIn(settled["definitions"]), ...Object.fromEntries(parts) } };
}

function kindOf(id: string): string {
  const [kind] = Object.entries(SCHEMA_FILES).find(([, file]) => file === id) ?? [];
  if (kind === undefined) throw new Error(`schemas/${id}${SUFFIX} is the schema of no kind`);
  return kind;
}

const hasBranches = (root: JsonSchema): boolean => root["discriminator"] !== undefined;

/** `oneOf` with a discriminator, which only ajv knows, as a choice for every validator. */
function chosenByTags(root: JsonSchema): JsonSchema {
  return hasBranches(root) ? { ...without(root, ["oneOf", "discriminator", "required"]), ...choice(branchesOf(root, "")) } : root;
}

const NOT_A_SPEC: readonly string[] = ["config", "report"];

function anySpec(read: ReadSchema): JsonSchema {
  const files = Object.entries(SCHEMA_FILES).filter(([kind]) => !NOT_A_SPEC.includes(kind));
  const document = { $ref: "#/definitions/document" };
  return {
    title: "SLO or policy",
    description: "Any file that slogen compiles: SLOs in OpenSLO's or Sloth's words, release policies, gate profiles, indicator bindings.",
    defaultSnippets: files.flatMap(([, id]) => listIn(read(id)["defaultSnippets"])),
    if: { type: "array" },
    then: { items: document },
    else: document,
    definitions: {
      document: {
        if: { type: "object", properties: { kind: { type: "string", pattern: "List$" } }, required: ["kind", "items"] },
        then: { properties: { items: { type: "array", items: document } } },
        else: choice(files.flatMap(([, id]) => branchesOf(read(id), id + SUFFIX))),
      },
    },
  };
}

/** One kind of document: its tags (`apiVersion`, `kind`, `version`) and where its schema is. */
interface Branch {
  readonly tags: Readonly<Record<string, string>>;
  readonly ref: string;
  readonly description: string;
}

function branchesOf(root: JsonSchema, file: string): readonly Branch[] {
  if (!hasBranches(root)) return [branchOf(root, file)];
  const definitions = schemasIn(root["definitions"]);
  return listIn(root["oneOf"]).map((each) => {
    const ref = isSchema(each) ? textIn(each["$ref"]) : "";
    return branchOf(definitions[ref.slice(ref.lastIndexOf("/") + 1)] ?? {}, file + ref);
  });
}

function branchOf(schema: JsonSchema, ref: string): Branch {
  const properties = schemasIn(schema["properties"]);
  const tags = ["apiVersion", "kind", "version"].flatMap((tag) => {
    const value = properties[tag]?.["const"];
    return typeof value === "string" ? [[tag, value] as const] : [];
  });
  return { tags: Object.fromEntries(tags), ref, description: textIn(schema["description"]) };
}

/** Leads each document to the branch whose tags it has. */
function choice(branches: readonly Branch[]): JsonSchema {
  const objects = branches.filter(({ tags }) => tags["version"] === undefined);
  const [native] = branches.filter((each) => !objects.includes(each));
  const formats = unique(objects.map(({ tags }) => tags["apiVersion"] ?? ""));
  const needed = { required: ["apiVersion", "kind"] };
  return {
    type: "object",
    properties: { apiVersion: { title: "apiVersion", description: "The format of this document.", enum: formats } },
    allOf: [
      native === undefined
        ? needed
        : {
            if: { required: ["version"] },
            then: { $ref: native.ref },
            else: { ...needed, errorMessage: "a spec begins with `apiVersion` and `kind`, or with `version: prometheus/v1`" },
          },
      { if: { required: ["apiVersion"] }, else: { properties: { kind: kindAmong(objects) } } },
      ...formats.map((format) => ({
        if: hasTags({ apiVersion: format }),
        then: { properties: { kind: kindAmong(objects.filter(({ tags }) => tags["apiVersion"] === format)) } },
      })),
      ...objects.map(({ tags, ref }) => ({ if: hasTags(tags), then: { $ref: ref } })),
    ],
  };
}

function kindAmong(branches: readonly Branch[]): JsonSchema {
  const kinds = unique(branches.map(({ tags }) => tags["kind"] ?? ""));
  const enumDescriptions = kinds.map((kind) => branches.find(({ tags }) => tags["kind"] === kind)?.description ?? "");
  return { title: "kind", description: "What this document is.", enum: kinds, enumDescriptions };
}

/** By patterns: where a word is not finished, the language server takes every `const` that begins with it. */
function hasTags(tags: Readonly<Record<string, string>>): JsonSchema {
  const properties = Object.entries(tags).map(
    ([tag, value]) => [tag, { type: "string", pattern: `^${value.replaceAll(".", "\\.")}$` }] as const,
  );
  return { properties: Object.fromEntries(properties), required: Object.keys(tags) };
}

const textIn = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const unique = (words: readonly string[]): readonly string[] => [...new Set(words)];
