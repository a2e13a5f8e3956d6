import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { schemaCompiler } from "../../scripts/gen-schemas.ts";
import { FLAGGER_PROVIDERS } from "../../src/model/policy.ts";
import { toNumber, type Rational } from "../../src/units/rational.ts";
import { formatDuration, seconds } from "../../src/units/duration.ts";
import { onlyPolicy } from "../passes/policies/support.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Schema = Readonly<Record<string, Json>>;

function load(id: string): Schema {
  return JSON.parse(readFileSync(new URL(`../../schemas/${id}.schema.json`, import.meta.url), "utf8")) as Schema;
}

const SCHEMAS = [
  "slogen/rollout-policy",
  "slogen/gate-profile",
  "slogen/indicator-binding",
  "slogen/config",
  "slogen/report",
  "kubestead/rollout-policy",
];

function* subschemas(schema: Json | Schema, path: string): Generator<{ readonly path: string; readonly schema: Schema }> {
  if (typeof schema !== "object" || schema === null) return;
  if (!Array.isArray(schema)) yield { path, schema: schema };
  for (const [key, part] of Object.entries(schema)) if (key !== "examples" && key !== "default") yield* subschemas(part, `${path}/${key}`);
}

for (const id of SCHEMAS) {
  describe(`the schema ${id}`, () => {
    const root = load(id);
    const { definitions } = root;

    test("describes every field", () => {
      const bare = [...subschemas(root, "#")].filter(({ path, schema }) => {
        const isField = /\/properties\/[^/]+$/.test(path) && !/\/(if|then|else|not)\//.test(path);
        const target = typeof schema["$ref"] === "string" && schema["$ref"].startsWith("#/") ? resolve(root, schema["$ref"]) : schema;
        const isElsewhere = typeof schema["$ref"] === "string" && !schema["$ref"].startsWith("#/");
        return isField && !isElsewhere && schema["description"] === undefined && target["description"] === undefined;
      });
      assert.deepEqual(
        bare.map(({ path }) => path),
        [],
      );
    });

    test("has examples and defaults that it accepts", () => {
      for (const { path, schema } of subschemas(root, "#")) {
        const { examples, default: usual, ...rules } = schema;
        const values = [...(Array.isArray(examples) ? examples : []), ...(usual === undefined ? [] : [usual])];
        if (values.length === 0) continue;
        const validate = schemaCompiler().compile({ ...rules, ...(definitions !== undefined && { definitions }) });
        for (const value of values) assert.ok(validate(value), `${path}: ${JSON.stringify(value)}`);
      }
    });
  });
}

function resolve(root: Schema, ref: string): Schema {
  const path = ref.slice(2).split("/");
  return path.reduce<Schema>((here, step) => here[step] as Schema, root);
}

test("the schema knows the providers that slogen does", () => {
  const { provider } = resolve(load("slogen/rollout-policy"), "#/definitions/flagger/properties") as { readonly provider: Schema };
  assert.deepEqual([...(provider["enum"] as readonly string[])].sort(), [...FLAGGER_PROVIDERS].sort());
});

test("the schema documents the gate that holds", () => {
  const gate = resolve(load("slogen/rollout-policy"), "#/definitions/gate");
  const told = (...path: readonly string[]): Json | undefined => {
    const found = path.reduce<Schema>((here, step) => (here["properties"] as Readonly<Record<string, Schema>>)[step] ?? {}, gate);
    return found["default"];
  };
  const definition = (name: string): Json | undefined => resolve(load("slogen/rollout-policy"), `#/definitions/${name}`)["default"];
  const within = (name: string, key: string): Json | undefined => {
    const { anyOf, properties } = resolve(load("slogen/rollout-policy"), `#/definitions/${name}`);
    const map = properties ?? (anyOf as readonly Schema[])[1]?.["properties"];
    return (map as Readonly<Record<string, Schema>>)[key]?.["default"];
  };
  const policy = onlyPolicy({
    policy: `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: checkout }
spec: { slos: [{ ref: checkout-availability }], workload: { rollout: checkout }, steps: [{ weight: 5, bake: 10m }] }
`,
  });
  const settings = policy.gates[0]?.settings;
  assert.ok(settings?.budget && settings.extreme);
  const { fail, promote, extreme, evidence, budget } = settings;
  const number = (value: Rational): number => toNumber(value);
  const rows: readonly (readonly [Json | undefined, Json])[] = [
    [told("window"), formatDuration(settings.window)],
    [told("fail", "burnRate"), number(fail.burnRate)],
    [told("fail", "timesStable"), number(fail.timesStable)],
    [told("fail", "looks"), fail.looks],
    [told("fail", "every"), formatDuration(fail.every)],
    [told("promote", "burnRate"), number(promote.burnRate)],
    [told("promote", "timesStable"), number(promote.timesStable)],
    [told("promote", "goodLooks"), promote.goodLooks],
    [told("promote", "every"), `${promote.every}s`],
    [told("promote", "maxWait"), formatDuration(promote.maxWait)],
    [told("promote", "onTimeout"), promote.onTimeout],
    [told("sourceDown", "tolerate"), formatDuration(seconds(settings.sourceDown))],
    [within("extreme", "timesStable"), number(extreme.timesStable)],
    [definition("confidence"), number(settings.confidence)],
    [definition("minBadEvents"), settings.minBadEvents],
    [definition("noSeries"), settings.noSeries],
    [definition("noTraffic"), settings.noTraffic],
    [within("evidence", "by"), evidence.by],
    [within("evidence", "otherwise"), evidence.otherwise],
    [within("budget", "tightenAt"), number(budget.tightenAt)],
    [within("budget", "exhausted"), budget.exhausted],
    [within("budget", "bypass"), { annotation: budget.bypassAnnotation ?? "" }],
    [within("spec", "enforcement"), policy.enforcement],
  ];
  for (const [documented, holds] of rows) assert.deepEqual(documented, holds);
});
