import type { Report, Severity } from "../diagnostics/diagnostic.ts";
import type { YamlNode } from "../yaml/tree.ts";
import { exactText, toJson, type Json } from "../yaml/json.ts";
import type { ScalarRules } from "../yaml/scalar.ts";
import { diagnose } from "./diagnose.ts";
import { validators, type SchemaId } from "./generated/index.js";

export type { SchemaId };

export interface ValidateOptions {
  /** How this format reads a plain scalar. */
  readonly rules: ScalarRules;
  /** What a field that the schema does not know is worth. */
  readonly unknownKeys: Severity;
  readonly report: Report;
}

/**
 * True if no error was found. Every finding is reported once, at the line that causes it.
 * Those that the schema marks with `x-code` are left to the front end, which says them better and knows what the user allows.
 */
export function validate(schema: SchemaId, root: YamlNode, options: ValidateOptions): boolean {
  const validator = validators[schema];
  const value = toJson(root, options.rules);
  if (validator(options.rules === "yaml-1.2" ? value : withoutNulls(value))) return true;
  const diagnostics = diagnose(validator.errors ?? [], root, options);
  diagnostics.forEach(options.report);
  return !diagnostics.some(({ severity }) => severity === "error");
}

/** The first thing that is wrong with a value of our own making, as a JSON Pointer and words; undefined if it is sound. */
export function problemOf(schema: SchemaId, value: Json): string | undefined {
  const validator = validators[schema];
  if (validator(withPlainNumbers(value))) return undefined;
  const [error] = validator.errors ?? [];
  const place = error === undefined || error.instancePath === "" ? "the document" : `\`${error.instancePath}\``;
  const { type, additionalProperty, missingProperty, pattern } = (error?.params ?? {}) as Readonly<Record<string, string | undefined>>;
  if (type !== undefined) return `${place} must be of type ${type}`;
  if (additionalProperty !== undefined) return `${place} knows no field \`${additionalProperty}\``;
  if (missingProperty !== undefined) return `${place} needs the field \`${missingProperty}\``;
  if (pattern !== undefined) return `${place} does not match \`${pattern}\``;
  if (error?.keyword === "false schema") return `${place} is not allowed here`;
  return `${place} breaks the rule \`${error?.keyword ?? "schema"}\``;
}

/** A validator knows JavaScript's numbers only. */
function withPlainNumbers(value: Json): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => withPlainNumbers(item));
  const exact = exactText(value);
  return exact === undefined
    ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withPlainNumbers(entry as Json)]))
    : Number(exact);
}

/** Go's decoders read a null as if the key had no value; ajv does so with undefined, and still sees a key that it does not know. */
export function withoutNulls(value: Json): unknown {
  if (Array.isArray(value)) return value.map((item: Json) => (item === null ? null : withoutNulls(item)));
  if (value === null) return undefined;
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutNulls(entry as Json)]));
}
