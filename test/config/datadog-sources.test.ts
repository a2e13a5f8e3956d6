import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decodeConfig } from "../../src/config/decode.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { DATADOG_SITES, type DatadogSource } from "../../src/model/policy.ts";
import { configOf } from "../support/project.ts";

function sourceOf(text: string): Omit<DatadogSource, "at"> {
  const [source] = configOf(`sources: { dd: { ${text} } }`).sources;
  assert.ok(source?.type === "datadog");
  const { at, ...rest } = source;
  assert.ok(at);
  return rest;
}

test("a source of Datadog is read, with its defaults", () => {
  assert.deepEqual(sourceOf("type: datadog"), { name: "dd", type: "datadog", site: "datadoghq.com", scrapeInterval: 10 });
  assert.deepEqual(sourceOf("type: datadog, site: us5.datadoghq.com, secret: { name: gates }, timeout: 20s, interval: 1m"), {
    name: "dd",
    type: "datadog",
    site: "us5.datadoghq.com",
    secret: { name: "gates", namespaced: false },
    timeout: 20,
    scrapeInterval: 60,
  });
});

test("the place of the keys is read, with its defaults", () => {
  const source = (keysFrom: string): Omit<DatadogSource, "at"> =>
    sourceOf(`type: datadog, secret: { name: a, namespaced: true }, keysFrom: { ${keysFrom} }`);
  assert.deepEqual(source("vault: { mount: kv, path: datadog/gates }").keysFrom, {
    kind: "vault",
    mount: "kv",
    path: "datadog/gates",
    type: "kv-v2",
    apiKey: "api-key",
    appKey: "app-key",
  });
  assert.deepEqual(source("vault: { mount: kv, path: a, type: kv-v1, apiKey: api, appKey: app, auth: ops/gates }").keysFrom, {
    kind: "vault",
    mount: "kv",
    path: "a",
    type: "kv-v1",
    apiKey: "api",
    appKey: "app",
    auth: "ops/gates",
  });
  assert.deepEqual(source("externalSecrets: { store: { name: aws }, apiKey: { key: a }, appKey: { key: b, property: c } }").keysFrom, {
    kind: "externalSecrets",
    store: { name: "aws", kind: "SecretStore" },
    apiKey: { key: "a" },
    appKey: { key: "b", property: "c" },
  });
});

test("the schema knows the sites that the model knows", () => {
  const schema = JSON.parse(readFileSync(new URL("../../schemas/slogen/config.schema.json", import.meta.url), "utf8")) as {
    definitions: { datadogSource: { properties: { site: { enum: readonly string[] } } } };
  };
  assert.deepEqual(schema.definitions.datadogSource.properties.site.enum, DATADOG_SITES);
});

test("each mistake is one finding", () => {
  const rows: readonly [text: string, want: string][] = [
    ["type: datadog, site: datadoghq.de", "schema/not-one-of: did you mean `datadoghq.eu`?"],
    ["type: datadog, site: us1.datadoghq.com", "schema/not-one-of: did you mean `us3.datadoghq.com`?"],
    ["type: datadog, headers: {}", "schema/unknown-field"],
    ["type: datadog, authentication: { bearer: { secret: a, key: b } }", "schema/unknown-field"],
    ["type: datadog, insecure: true", "schema/unknown-field"],
    ["secret: { name: a }", "schema/missing-field"],
    ["type: prometheus, secret: { name: a }", "schema/unknown-field"],
    ["type: dogdata, site: a", "schema/not-one-of"],
    ["type: datadog, secret: { namespaced: true }", "schema/missing-field"],
    ["type: datadog, keysFrom: { vault: { mount: a, path: b } }", "schema/missing-field"],
    ["type: datadog, secret: { name: a }, keysFrom: { vault: { mount: a, path: /b } }", "schema/bad-format"],
    ["type: datadog, secret: { name: a }, keysFrom: {}", "schema/missing-alternative"],
    [`type: datadog, secret: { name: a }, keysFrom: { vault: { mount: a, path: b, apiKey: 'a"b' } }`, "schema/bad-format"],
    [
      "type: datadog, secret: { name: a }, keysFrom: { externalSecrets: { store: { name: a }, apiKey: a, appKey: { key: b } } }",
      "schema/wrong-type",
    ],
    ["type: datadog, timeout: 0s", "schema/bad-format"],
  ];
  for (const [row, want] of rows) {
    const found: Diagnostic[] = [];
    decodeConfig({ path: "slogen.yaml", text: `sources: { dd: { ${row} } }` }, (diagnostic) => found.push(diagnostic));
    const [code, label] = want.split(": ");
    assert.deepEqual(
      found.map((diagnostic) => diagnostic.code),
      [code],
      row,
    );
    if (label !== undefined) assert.equal(found[0]?.label, label);
  }
});
