import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { argv } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Ajv, type AnySchemaObject } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { mapSchema, without } from "../src/schema/json-schema.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SCHEMAS = join(ROOT, "schemas");
const OUT = join(ROOT, "src/schema/generated");
const SUFFIX = ".schema.json";

/** What our schemas may say beyond draft-07; `src/schema/validate.ts` gives each its meaning. */
const VOCABULARY = ["x-wanted", "x-help", "x-suggest", "x-code"];

/** What an editor reads and no validator: https://code.visualstudio.com/docs/languages/json#_json-schemas-and-settings */
const FOR_EDITORS = ["defaultSnippets", "enumDescriptions"];
const FOR_PEOPLE = ["title", "description", "$comment", ...FOR_EDITORS];

/**
 * Compiles every `schemas/**` + `/*.schema.json` to `src/schema/generated/<id>.js`, one self-contained module each, and an index of them.
 * The id of `schemas/openslo/v1.schema.json` is `openslo/v1`.
 */
export async function generateSchemas(): Promise<readonly string[]> {
  const files = (await readdir(SCHEMAS, { recursive: true })).map((file) => file.replaceAll("\\", "/"));
  const ids = files
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
  const schemas = new Map<string, AnySchemaObject>();
  for (const id of ids) schemas.set(id, JSON.parse(await readFile(join(SCHEMAS, id + SUFFIX), "utf8")) as AnySchemaObject);

  const outputs = new Map([
    ["index.js", index(ids)],
    ["index.d.ts", declarations(ids)],
  ]);
  for (const id of ids) outputs.set(`${id}.js`, await bundle(compile(id, schemas)));
  for (const [path, text] of outputs) await write(path, text);
  await removeOthers(outputs);
  return ids;
}

/** Validators of schemas that are gone. The folder is never emptied first: another process may be importing from it. */
async function removeOthers(outputs: ReadonlyMap<string, string>): Promise<void> {
  for (const entry of await readdir(OUT, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !outputs.has(relative(OUT, path).replaceAll("\\", "/"))) await rm(path);
  }
}

/** Ajv as all our schemas are compiled with it. */
export function schemaCompiler(): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    discriminator: true,
    strict: true,
    strictTypes: false, // `then: { required: [...] }` need not repeat the types
    strictRequired: false, // nor the properties
    messages: false,
    verbose: true, // an error carries its schema, from which the message is made
    inlineRefs: false, // ten metadata blocks are one function, not ten
    code: { source: true, esm: true },
  });
  for (const keyword of [...VOCABULARY, ...FOR_EDITORS]) ajv.addKeyword(keyword);
  return ajv;
}

function compile(id: string, schemas: ReadonlyMap<string, AnySchemaObject>): string {
  const ajv = schemaCompiler();
  for (const [name, schema] of schemas)
    ajv.addSchema(
      mapSchema(schema, (node) => without(node, FOR_PEOPLE)),
      name,
    );
  const validate = ajv.getSchema(id);
  if (validate === undefined) throw new Error(`schemas/${id}${SUFFIX} does not compile`);
  return standalone.default(ajv, validate);
}

/** Ajv's standalone code still imports its runtime, as CommonJS. */
async function bundle(code: string): Promise<string> {
  const result = await build({
    stdin: { contents: code, resolveDir: ROOT, loader: "js" },
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["main"],
    minify: true,
    write: false,
  });
  return result.outputFiles[0]?.text ?? "";
}

function index(ids: readonly string[]): string {
  const imports = ids.map((id, i) => `import validate${i} from "./${id}.js";\n`).join("");
  const entries = ids.map((id, i) => `  ${JSON.stringify(id)}: validate${i},\n`).join("");
  return `${imports}\nexport const validators = {\n${entries}};\n`;
}

function declarations(ids: readonly string[]): string {
  const union = ids.length === 0 ? "never" : ids.map((id) => JSON.stringify(id)).join(" | ");
  return [
    `import type { ValidateFunction } from "ajv";`,
    `export type SchemaId = ${union};`,
    `export declare const validators: Readonly<Record<SchemaId, ValidateFunction>>;`,
    ``,
  ].join("\n");
}

async function write(path: string, text: string): Promise<void> {
  const target = join(OUT, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) await generateSchemas();
