import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { datadogSecret } from "../../src/emitters/datadog-secret.ts";
import type { Json } from "../../src/yaml/json.ts";
import { FLAGGER } from "../support/flagger-policies.ts";
import { askingDatadog, STORE, VAULT } from "../support/datadog-secrets.ts";

/* What we write for the operators that make Secrets, against their own schemas. */

const OPERATORS = [
  {
    module: "github.com/hashicorp/vault-secrets-operator@v0.10.0",
    crd: "config/crd/bases/secrets.hashicorp.com_vaultstaticsecrets.yaml",
    version: "v1beta1",
    keysFrom: [VAULT, { ...VAULT, type: "kv-v1", auth: "ops/gates" } as const],
  },
  {
    module: "github.com/external-secrets/external-secrets@v1.3.2",
    crd: "config/crds/bases/external-secrets.io_externalsecrets.yaml",
    version: "v1",
    keysFrom: [STORE, { ...STORE, store: { name: "vault", kind: "SecretStore" } } as const],
  },
];

for (const { module, crd, version, keysFrom } of OPERATORS) {
  test(`what we write for ${module} satisfies its CRD, and holds no field that the API server would drop`, (t) => {
    const folder = folderOf(module);
    if (folder === undefined) {
      t.skip("the module cannot be had from Go's proxy");
      return;
    }
    const schema = schemaIn(join(folder, crd), version);
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(closed(schema) as object);
    const wrong: Json = { spec: { unknown: true } };
    assert.equal(validate(wrong), false);
    for (const keys of keysFrom) {
      const secret = { name: "datadog-gates", namespaced: true };
      const rollout = askingDatadog({ secret, keysFrom: keys }, "shop");
      const canary = { ...rollout, controller: FLAGGER };
      for (const readers of [[rollout], [canary], [rollout, canary]] as const) {
        const manifest = datadogSecret(readers[0], readers);
        assert.ok(manifest !== undefined && validate(manifest), JSON.stringify(validate.errors));
      }
    }
    process.stderr.write(`${module}: ${3 * keysFrom.length} of ${3 * keysFrom.length} objects\n`);
  });
}

function folderOf(module: string): string | undefined {
  try {
    const told = execFileSync("go", ["mod", "download", "-json", module], {
      cwd: tmpdir(),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return (JSON.parse(told) as { Dir?: string }).Dir;
  } catch {
    return undefined;
  }
}

type Schema = Readonly<Record<string, unknown>>;

function schemaIn(path: string, version: string): Schema {
  const crd = parse(readFileSync(path, "utf8")) as { spec: { versions: readonly { name: string; schema: { openAPIV3Schema: Schema } }[] } };
  return crd.spec.versions.find(({ name }) => name === version)?.schema.openAPIV3Schema ?? assert.fail(`${path} has no ${version}`);
}

/** The API server prunes what a structural schema does not name. `metadata` is its own, and named nowhere. */
function closed(schema: unknown, key = ""): unknown {
  if (Array.isArray(schema)) return schema.map((item) => closed(item));
  if (typeof schema !== "object" || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part, name)]));
  const isObject = "properties" in schema && key !== "properties" && !("additionalProperties" in schema);
  return isObject ? { ...parts, additionalProperties: false } : parts;
}
