import { join } from "node:path";
import { bundledSchema } from "../schema/bundle.ts";
import type { JsonSchema } from "../schema/json-schema.ts";
import type { SchemaKind } from "../schema/kinds.ts";
import { printJson, type PrintOptions } from "../yaml/print.ts";
import type { Io } from "./io.ts";

/** Where a project keeps the schemas that its editors use, from its root. */
export const SCHEMA_FOLDER = ".slogen/schema";

/** The text of the schema file of a kind. */
export function schemaText(kind: SchemaKind, io: Io, style: PrintOptions = {}): string {
  const read = (id: string): JsonSchema =>
    JSON.parse(io.fs.readFileSync(join(io.packageRoot, "schemas", `${id}.schema.json`), "utf8")) as JsonSchema;
  return printJson(bundledSchema(kind, read), style);
}

/** The first line of a YAML file that names its schema, for editors with the YAML language server. */
export function modeline(schema: string): string {
  return `# yaml-language-server: $schema=${schema}`;
}
