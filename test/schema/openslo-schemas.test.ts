import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { schemaCompiler } from "../../scripts/gen-schemas.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function load(version: string): { [key: string]: Json } {
  return JSON.parse(readFileSync(new URL(`../../schemas/openslo/${version}.schema.json`, import.meta.url), "utf8")) as {
    [key: string]: Json;
  };
}

function* subschemas(schema: Json, path: string): Generator<{ readonly path: string; readonly schema: { [key: string]: Json } }> {
  if (typeof schema !== "object" || schema === null) return;
  if (!Array.isArray(schema)) yield { path, schema };
  for (const [key, part] of Object.entries(schema)) if (key !== "examples") yield* subschemas(part, `${path}/${key}`);
}

for (const version of ["v1", "v1alpha", "v2alpha"]) {
  describe(`the schema of ${version}`, () => {
    const root = load(version);
    const { definitions = null } = root;

    test("has a description for every field that has a value of its own", () => {
      const bare = [...subschemas(root, "#")].filter(({ path, schema }) => {
        const isField = /\/properties\/[^/]+$/.test(path) && !/\/(if|then|else|allOf)\//.test(path);
        return isField && typeof schema["type"] === "string" && schema["type"] !== "object" && schema["description"] === undefined;
      });
      assert.deepEqual(
        bare.map(({ path }) => path),
        [],
      );
    });

    test("has examples that it accepts", () => {
      for (const { path, schema } of subschemas(definitions, "#/definitions")) {
        const { examples } = schema;
        if (!Array.isArray(examples)) continue;
        const validate = schemaCompiler().compile({ ...schema, definitions });
        for (const example of examples)
          assert.ok(
            validate(example),
            `${path}: ${JSON.stringify(example)} ${JSON.stringify(validate.errors?.map(({ keyword }) => keyword))}`,
          );
      }
    });
  });
}
