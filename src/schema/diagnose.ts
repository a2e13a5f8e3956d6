import type { ErrorObject } from "ajv";
import type { Diagnostic, Severity } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/source.ts";
import { nearest, slug } from "../units/identifier.ts";
import { scalarValue, type ScalarRules } from "../yaml/scalar.ts";
import { entryOf, headOf, valueOf, type PathStep, type YamlNode } from "../yaml/tree.ts";
import { schemaCodes } from "./codes.ts";

/** The parts of a draft-07 schema that messages are made of, and our own words beside them. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly examples?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly maxLength?: number;
  /** Completes "`field` must be". */
  readonly "x-wanted"?: string;
  /** What to type instead. */
  readonly "x-help"?: string;
  /** `slug`: offer the value in lower-case letters, digits and dashes. */
  readonly "x-suggest"?: "slug";
  /** The front end reports it under this code: a failure of any keyword beside it, or of those named. */
  readonly "x-code"?: string | Readonly<Record<string, string>>;
}

interface Context {
  readonly root: YamlNode;
  readonly rules: ScalarRules;
  readonly unknownKeys: Severity;
}

/** Ajv's errors as diagnostics, one for each cause, without those that the schema leaves to the front end (`x-code`). */
export function diagnose(
  errors: readonly ErrorObject[],
  root: YamlNode,
  options: { readonly rules: ScalarRules; readonly unknownKeys: Severity },
): readonly Diagnostic[] {
  const context = { root, rules: options.rules, unknownKeys: options.unknownKeys };
  const causes = onePerCause(errors);
  return withoutRepeats(causes.filter((error) => !isSaidElsewhere(error)).map((error) => describe(error, context)));
}

function isSaidElsewhere(error: ErrorObject): boolean {
  const code = schemaOf(error)["x-code"];
  return typeof code === "object" ? error.keyword in code : code !== undefined;
}

/** `if` and `propertyNames` only say that something inside them failed. */
const WRAPPERS = new Set(["if", "propertyNames"]);
const ALTERNATIVES = new Set(["oneOf", "anyOf"]);
/** Of several complaints about one value, the first of these says most. */
const ABOUT_THE_VALUE = ["type", "const", "enum", "minLength", "maxLength", "pattern", "minItems", "maxItems"];

function onePerCause(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  let rest = errors.filter((error) => !WRAPPERS.has(error.keyword));
  for (const error of rest.filter(({ keyword }) => ALTERNATIVES.has(keyword))) {
    if (rest.includes(error)) rest = settleAlternatives(error, rest);
  }
  return rest.filter((error) => !outranked(error, rest));
}

/** A failed `oneOf` comes with the complaints of all its branches: keeps those of the branch that was meant, or the `oneOf` alone. */
function settleAlternatives(choice: ErrorObject, errors: readonly ErrorObject[]): ErrorObject[] {
  const before = errors.indexOf(choice);
  const inside = (error: ErrorObject, i: number): boolean => i < before && isWithin(error.instancePath, choice.instancePath);
  if (isSaidElsewhere(choice) || choice.params["passingSchemas"]) {
    const branches = schemasWithin(choice.schema);
    return errors.filter((error) => error === choice || !branches.has(error.parentSchema));
  }
  const meant = errors.filter((error, i) => inside(error, i) && !(error.instancePath === choice.instancePath && tellsBranches(error)));
  return errors.filter((error, i) => (error === choice ? meant.length === 0 : !inside(error, i) || meant.includes(error)));
}

/** Complaints that tell branches apart: the document was never meant for that branch. */
const tellsBranches = ({ keyword }: ErrorObject): boolean => ["type", "const", "enum", "required"].includes(keyword);

function schemasWithin(schema: unknown, found = new Set<unknown>()): Set<unknown> {
  if (typeof schema !== "object" || schema === null) return found;
  found.add(schema);
  for (const part of Object.values(schema)) schemasWithin(part, found);
  return found;
}

function outranked(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const rank = ABOUT_THE_VALUE.indexOf(error.keyword);
  return errors.some((other) => {
    if (other === error || other.instancePath !== error.instancePath || other.propertyName !== error.propertyName) return false;
    if (other.keyword === "type" && error.keyword !== "type") return true;
    if (rank >= 0) {
      const otherRank = ABOUT_THE_VALUE.indexOf(other.keyword);
      return otherRank >= 0 && (otherRank < rank || (otherRank === rank && errors.indexOf(other) < errors.indexOf(error)));
    }
    // A misspelt field is one mistake, not an unknown field and a missing one.
    return error.keyword === "required" && other.keyword === "additionalProperties" && guess(other) === error.params["missingProperty"];
  });
}

const isWithin = (path: string, ancestor: string): boolean => path === ancestor || path.startsWith(`${ancestor}/`);

function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, at, message }) => {
    const key = [code, at?.start, at?.end, message].join("\0");
    return !seen.has(key) && seen.add(key);
  });
}

function describe(error: ErrorObject, context: Context): Diagnostic {
  const { root } = context;
  const path = pathOf(error.instancePath, root);
  const node = valueOf(root, ...path) ?? root;
  const schema = schemaOf(error);
  const field = nameOf(path);
  const found = (): string => describeValue(node, context.rules);
  const help = schema["x-help"];
  const wanted = schema["x-wanted"];
  const at = spanOfValue(root, path);

  if (error.propertyName !== undefined) {
    const key = error.propertyName;
    return schemaCodes["bad-key"](entryOf(node, key)?.key.at ?? at, { key, within: field, wanted: wanted ?? "as the format says" });
  }
  switch (error.keyword) {
    case "additionalProperties": {
      const key = String(error.params["additionalProperty"]);
      const allowed = Object.keys(schema.properties ?? {});
      const params = { field: key, within: field, nearest: guess(error), allowed };
      return schemaCodes["unknown-field"](entryOf(node, key)?.key.at ?? at, params, { severity: context.unknownKeys });
    }
    case "required":
    case "dependencies": {
      const key = String(error.params["missingProperty"]);
      const entry = entryOf(node, key);
      const property = schema.properties?.[key];
      const params = { field: key, within: field, empty: entry !== undefined, help: property?.["x-help"] ?? example(key, property) };
      return schemaCodes["missing-field"](entry?.key.at ?? spanOfField(root, path), params);
    }
    case "type":
      return schemaCodes["wrong-type"](at, {
        field,
        ...wrongType(schema, path, node, context.rules),
        found: found(),
        ...(help !== undefined && { help }),
      });
    case "enum":
    case "const": {
      const allowed = (error.keyword === "const" ? [schema.const] : (schema.enum ?? [])).map(String);
      return schemaCodes["not-one-of"](at, { field, found: found(), allowed, nearest: guessValue(node, allowed), help });
    }
    case "discriminator": {
      const tag = String(error.params["tag"]);
      const value = valueOf(node, tag);
      const entry = entryOf(node, tag);
      if (value === undefined || entry === undefined) {
        return schemaCodes["missing-field"](spanOfField(root, path), { field: tag, within: field, empty: false, help });
      }
      const allowed = (schema.oneOf ?? [])
        .map((branch) => branch.properties?.[tag]?.const)
        .filter((tagValue) => typeof tagValue === "string");
      const params = {
        field: `\`${tag}\``,
        found: describeValue(value, context.rules),
        allowed,
        nearest: guessValue(value, allowed),
        help,
      };
      return schemaCodes["not-one-of"](spanOfValue(root, [...path, tag]), params);
    }
    case "pattern":
    case "format":
      return schemaCodes["bad-format"](at, {
        field,
        wanted: wanted ?? `of the form \`${String(error.schema)}\``,
        found: found(),
        help: help ?? suggestion(node, schema),
      });
    case "maxLength":
      return schemaCodes["too-long"](at, { field, length: Array.from(String(error.data)).length, limit: Number(error.params["limit"]) });
    case "minLength":
      return schemaCodes["too-short"](at, { field, limit: Number(error.params["limit"]) });
    case "minItems":
    case "minProperties":
      return schemaCodes["too-few"](at, { field, count: countOf(node), limit: Number(error.params["limit"]), help });
    case "maxItems":
    case "maxProperties":
      return schemaCodes["too-many"](at, { field, count: countOf(node), limit: Number(error.params["limit"]), help });
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
    case "multipleOf":
      return schemaCodes["out-of-range"](at, {
        field,
        wanted: wanted ?? `${BOUNDS[error.keyword]} ${String(error.schema)}`,
        found: found(),
        help,
      });
    case "uniqueItems":
      return schemaCodes["duplicate-item"](at, { field });
    case "oneOf":
    case "anyOf":
      return describeChoice(error, { at, path, field, node }, context);
    // No schema of ours lets another keyword speak for itself: each `not` has its `x-code`.
    default:
      return schemaCodes["bad-format"](at, { field, wanted: wanted ?? "as the format says", found: found(), help });
  }
}

const BOUNDS = {
  minimum: "at least",
  maximum: "at most",
  exclusiveMinimum: "above",
  exclusiveMaximum: "below",
  multipleOf: "a multiple of",
} as const;

function describeChoice(
  error: ErrorObject,
  { at, path, field, node }: { at: Span; path: readonly PathStep[]; field: string; node: YamlNode },
  { root, rules }: Context,
): Diagnostic {
  const branches = error.schema as readonly Schema[];
  const help = schemaOf(error)["x-help"];
  const fields = [...new Set(branches.flatMap((branch) => branch.required ?? []))];
  if (error.params["passingSchemas"]) {
    const present = fields.filter((name) => entryOf(node, name) !== undefined);
    return schemaCodes["conflicting-fields"](spanOfField(root, [...path, present.at(-1) ?? ""]), { within: field, fields: present, help });
  }
  if (branches.every((branch) => branch.type === undefined && branch.required !== undefined)) {
    return schemaCodes["missing-alternative"](spanOfField(root, path), { within: field, fields, help });
  }
  const values = branches.flatMap((branch) => branch.enum ?? (branch.const === undefined ? [] : [branch.const])).map(String);
  const found = describeValue(node, rules);
  if (values.length > 0) {
    return schemaCodes["not-one-of"](at, { field, found, allowed: values, nearest: guessValue(node, values), help });
  }
  const wanted = schemaOf(error)["x-wanted"] ?? branches.map((branch) => typeWords(branch)).join(" or ");
  const types = branches.map(({ type }) => type).filter((type) => typeof type === "string");
  return schemaCodes["wrong-type"](at, { field, wanted, found, help: help ?? wrongType({ type: types }, path, node, rules).help });
}

const schemaOf = (error: ErrorObject): Schema => (error.parentSchema ?? {}) as Schema;

function guess(error: ErrorObject): string | undefined {
  return nearest(String(error.params["additionalProperty"]), Object.keys(schemaOf(error).properties ?? {}));
}

function guessValue(node: YamlNode, allowed: readonly string[]): string | undefined {
  return node.kind === "scalar" && node.style !== "missing" ? nearest(node.text, allowed) : undefined;
}

function suggestion(node: YamlNode, schema: Schema): string | undefined {
  const better = schema["x-suggest"] === "slug" && node.kind === "scalar" ? slug(node.text).slice(0, schema.maxLength) : "";
  return better === "" ? undefined : `write \`${better}\``;
}

/** `add "timeWindow: [{ duration: 30d }]"` from the only value or the example of the schema. */
function example(key: string, schema: Schema | undefined): string | undefined {
  const value = schema?.const ?? schema?.examples?.[0];
  return value === undefined ? undefined : `add \`${key}: ${flow(value)}\``;
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, entry]) => `${key}: ${flow(entry)}`)
      .join(", ")} }`;
  }
  const text = String(value);
  return typeof value === "string" && !/^[A-Za-z0-9][-\w./ ]*$/.test(text) ? `'${text}'` : text;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "`true` or `false`",
  array: "a list",
  object: "a map",
  null: "empty",
};

function typeWords(schema: Schema): string {
  if (schema["x-wanted"] !== undefined) return schema["x-wanted"];
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  return types.map((type) => TYPE_WORDS[type] ?? type).join(" or ");
}

function wrongType(
  schema: Schema,
  path: readonly PathStep[],
  node: YamlNode,
  rules: ScalarRules,
): { wanted: string; help: string | undefined } {
  const wanted = typeof schema.type === "string" ? (TYPE_WORDS[schema.type] ?? schema.type) : typeWords(schema);
  const key = path.at(-1);
  const write = (text: string): string => (typeof key === "string" ? `\`${key}: ${text}\`` : `\`${text}\``);
  const takesText = schema.type === "string" || (typeof schema.type === "object" && schema.type.includes("string"));
  const help = (): string | undefined => {
    if (node.kind === "scalar" && node.style !== "missing") {
      const value = scalarValue(node, rules);
      if (takesText && typeof value !== "string") return `write ${write(JSON.stringify(node.text))}, in quotes`;
      if (schema.type === "array") return `put it in a list: ${write(`[${node.text}]`)}`;
      const unquoted = scalarValue({ ...node, style: "plain" }, rules);
      const fits =
        schema.type === "boolean"
          ? typeof unquoted === "boolean"
          : schema.type === "number" || schema.type === "integer"
            ? typeof unquoted === "number"
            : false;
      if (fits && typeof value === "string") return `remove the quotes: ${write(node.text)}`;
      if (schema.type === "integer" && typeof value === "number") return "write it without a fraction";
    }
    if (node.kind === "map" && schema.type === "array") return "put `- ` in front of its first field: a list with one entry";
    if (node.kind === "list" && schema.type === "object") return "write the fields without `- `: one map, not a list";
    const value = schema.examples?.[0];
    return value === undefined ? undefined : `write ${write(flow(value))}`;
  };
  return { wanted, help: help() };
}

function describeValue(node: YamlNode, rules: ScalarRules): string {
  if (node.kind !== "scalar") return node.kind === "map" ? "a map" : "a list";
  const value = scalarValue(node, rules);
  if (value === null) return "empty";
  const text = `\`${node.text.length > 40 ? `${node.text.slice(0, 39)}…` : node.text}\``;
  if (typeof value === "string") return node.text === "" ? "an empty text" : `the text ${text}`;
  return `the ${typeof value} ${text}`;
}

const countOf = (node: YamlNode): number => (node.kind === "map" ? node.entries.length : node.kind === "list" ? node.items.length : 0);

/** The words for a place: the last named step, `objectives[0]` for an entry of a list. */
function nameOf(path: readonly PathStep[]): string {
  const start = path.findLastIndex((step) => typeof step === "string");
  if (start < 0) return path.length === 0 ? "the document" : `entry ${path.join(".")} of the list`;
  const indices = path.slice(start + 1).map((index) => `[${index}]`);
  return `\`${path[start] ?? ""}${indices.join("")}\``;
}

function pathOf(pointer: string, root: YamlNode): readonly PathStep[] {
  const path: PathStep[] = [];
  let here: YamlNode | undefined = root;
  for (const part of pointer.split("/").slice(1)) {
    const step: PathStep = here?.kind === "list" ? Number(part) : part.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(step);
    here = valueOf(here, step);
  }
  return path;
}

/** A scalar itself; of a map or a list, the key that holds it. */
function spanOfValue(root: YamlNode, path: readonly PathStep[]): Span {
  const node = valueOf(root, ...path);
  return node?.kind === "scalar" && node.style !== "missing" ? node.at : spanOfField(root, path);
}

/** The key that holds the value; of an entry in a list or of the document, its own first key. */
function spanOfField(root: YamlNode, path: readonly PathStep[]): Span {
  const last = path.at(-1);
  const entry = typeof last === "string" ? entryOf(valueOf(root, ...path.slice(0, -1)), last) : undefined;
  if (entry !== undefined) return entry.key.at;
  const node = valueOf(root, ...path);
  return node === undefined ? spanOfField(root, path.slice(0, -1)) : headOf(node);
}
