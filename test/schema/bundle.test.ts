import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Ajv, type ValidateFunction } from "ajv";
import { bundledSchema } from "../../src/schema/bundle.ts";
import { validators } from "../../src/schema/generated/index.js";
import { mapSchema, type JsonSchema } from "../../src/schema/json-schema.ts";
import { SCHEMA_FILES, SCHEMA_KINDS, type SchemaKind } from "../../src/schema/kinds.ts";
import { random, type Random } from "../yaml/random.ts";
import { inputFiles, schemaIdOf, type InputKind } from "./documents.ts";

const read = (id: string): JsonSchema =>
  JSON.parse(readFileSync(new URL(`../../schemas/${id}.schema.json`, import.meta.url), "utf8")) as JsonSchema;

const KINDS = Object.keys(SCHEMA_KINDS) as readonly SchemaKind[];

/** Ajv as anybody has it, without our keywords. */
function compiled(kind: SchemaKind): ValidateFunction {
  return new Ajv({ strict: false, logger: false }).compile(bundledSchema(kind, read));
}

for (const kind of KINDS) {
  describe(`the printed schema ${kind}`, () => {
    const schema = bundledSchema(kind, read);

    test("is valid by the metaschema of draft-07", () => {
      const ajv = new Ajv({ strict: false });
      assert.ok(ajv.validateSchema(schema), ajv.errorsText());
      assert.equal(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    });

    test("refers to nothing outside itself, and each reference leads somewhere", () => {
      assert.deepEqual(
        schemasIn(schema).flatMap(({ $ref }) => (typeof $ref === "string" && !leadsSomewhere(schema, $ref) ? [$ref] : [])),
        [],
      );
    });

    test("has no keyword that only slogen knows, and no other schema's address", () => {
      const keywords = new Set(schemasIn(schema).flatMap((node) => Object.keys(node)));
      assert.deepEqual(
        [...keywords].filter((keyword) => keyword.startsWith("x-") || keyword === "discriminator"),
        [],
      );
      assert.deepEqual(
        schemasIn(schema).flatMap(({ $id }) => $id ?? []),
        [`https://slogen.dev/schemas/${kind}.json`],
      );
    });
  });
}

function schemasIn(schema: JsonSchema): readonly JsonSchema[] {
  const found: JsonSchema[] = [];
  mapSchema(schema, (node) => {
    found.push(node);
    return node;
  });
  return found;
}

function leadsSomewhere(schema: JsonSchema, ref: string): boolean {
  const [place, ...steps] = ref.split("/");
  const found = steps.reduce<unknown>((here, step) => (here as Readonly<Record<string, unknown>> | undefined)?.[step], schema);
  return place === "#" && typeof found === "object";
}

test("every schema that is the input's own has a kind", () => {
  const inputs = Object.keys(validators).filter((id) => /^(openslo|sloth|kubestead|slogen)\//.test(id));
  const known: readonly string[] = Object.values(SCHEMA_FILES);
  assert.deepEqual(
    inputs.filter((id) => !known.includes(id)),
    [],
  );
});

test("documents of the examples and golden cases, whole and damaged, get the verdict of slogen's own validators", (t) => {
  const next = random(7);
  const spec = compiled("spec");
  const counts = { files: 0, accepted: 0, refused: 0 };
  const own = new Map<InputKind, ValidateFunction>();
  for (const { path, kinds, values } of inputFiles()) {
    counts.files++;
    for (const [i, kind] of kinds.entries()) {
      const printed = own.get(kind) ?? compiled(kind);
      own.set(kind, printed);
      const value = values[i];
      assert.ok(validators[schemaIdOf(kind)](value) && printed(value), `${path}: ${kind}`);
      for (const each of [value, ...Array.from({ length: 60 }, () => damaged(value, next))]) {
        const wanted = validators[schemaIdOf(kind)](each);
        counts[wanted ? "accepted" : "refused"]++;
        const says = (): string => `${path}: ${JSON.stringify(each)} ${JSON.stringify(printed.errors)}`;
        assert.equal(printed(each), wanted, says());
        if (kind !== "config") assert.equal(spec(each), wanted, `spec: ${says()}`);
      }
    }
  }
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.files > 40 && counts.accepted > 1000 && counts.refused > 3000);
});

/** The value with one or two changes somewhere below the tags by which a format is told. */
function damaged(value: unknown, next: Random): unknown {
  const copy: unknown = structuredClone(value);
  for (let i = 0; i <= next.below(2); i++) damage(copy, next, 0);
  return copy;
}

const WRONG: readonly unknown[] = ["", "x", "30d", 0, -1, 1.5, 99.9, true, [], {}, ["x"], { x: 1 }];

function damage(node: unknown, next: Random, depth: number): void {
  if (typeof node !== "object" || node === null) return;
  const map = node as Record<string, unknown>;
  const keys = Object.keys(map).filter((key) => depth > 0 || !["apiVersion", "kind", "version", "items"].includes(key));
  const key = keys[next.below(keys.length)];
  if (key === undefined) return;
  if (next.below(4) > 0 && typeof map[key] === "object") {
    damage(map[key], next, depth + 1);
    return;
  }
  const change = next.below(4);
  if (change === 0 && !Array.isArray(node)) Reflect.deleteProperty(map, key);
  else if (change === 1) map[`${key}s`] = map[key];
  else if (change === 2) map[next.pick(keys)] = map[key];
  else map[key] = next.pick(WRONG);
}
