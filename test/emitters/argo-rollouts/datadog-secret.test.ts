import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import { secretManifests } from "../../../src/emitters/argo-rollouts/datadog-secret.ts";
import { datadogSecret } from "../../../src/emitters/datadog-secret.ts";
import { problemOf } from "../../../src/schema/validate.ts";
import type { Json } from "../../../src/yaml/json.ts";
import { askingDatadog, STORE, VAULT } from "../../support/datadog-secrets.ts";

const SECRET = { name: "datadog-gates", namespaced: true };

const check = (value: Json | undefined): string | undefined => problemOf("argo-rollouts/objects", value ?? assert.fail("no manifest"));

test("Vault's operator is told where the keys are, and what becomes of them", () => {
  const manifest = datadogSecret(askingDatadog({ secret: SECRET, keysFrom: { ...VAULT, auth: "ops/gates" } }, "shop"));
  const field = (name: string): string =>
    `{{ if hasKey .Secrets "${name}" }}{{ get .Secrets "${name}" }}{{ else }}{{ fail "the Vault secret has no field ${name}" }}{{ end }}`;
  assert.deepEqual(manifest, {
    apiVersion: "secrets.hashicorp.com/v1beta1",
    kind: "VaultStaticSecret",
    metadata: { name: "datadog-gates", namespace: "shop" },
    spec: {
      vaultAuthRef: "ops/gates",
      mount: "kv",
      type: "kv-v2",
      path: "datadog/gates",
      refreshAfter: "1h",
      destination: {
        name: "datadog-gates",
        create: true,
        transformation: {
          excludeRaw: true,
          excludes: [".*"],
          templates: {
            "api-key": { text: field("api-key") },
            "app-key": { text: field("app_key") },
            address: { text: "https://api.datadoghq.eu" },
          },
        },
      },
    },
  });
  assert.equal(check(manifest), undefined);
});

test("the External Secrets Operator is told the same in its own words", () => {
  const manifest = datadogSecret(askingDatadog({ site: "us5.datadoghq.com", secret: SECRET, keysFrom: STORE }, "shop"));
  assert.deepEqual(manifest, {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name: "datadog-gates", namespace: "shop" },
    spec: {
      refreshInterval: "1h",
      secretStoreRef: { name: "aws", kind: "ClusterSecretStore" },
      target: {
        name: "datadog-gates",
        template: {
          engineVersion: "v2",
          data: { "api-key": "{{ .apiKey }}", "app-key": "{{ .appKey }}", address: "https://api.us5.datadoghq.com" },
        },
      },
      data: [
        { secretKey: "apiKey", remoteRef: { key: "datadog/gates", property: "api" } },
        { secretKey: "appKey", remoteRef: { key: "datadog/app-key" } },
      ],
    },
  });
  assert.equal(check(manifest), undefined);
});

test("the object lies where Argo Rollouts looks for the Secret", () => {
  const place = (parts: Parameters<typeof askingDatadog>[0], namespace?: string): unknown =>
    (datadogSecret(askingDatadog({ keysFrom: VAULT, ...parts }, namespace)) as { metadata: unknown } | undefined)?.metadata;
  assert.deepEqual(place({ secret: SECRET }, "shop"), { name: "datadog-gates", namespace: "shop" });
  assert.deepEqual(place({ secret: SECRET }), { name: "datadog-gates" });
  assert.deepEqual(place({ secret: { name: "gates", namespaced: false } }, "shop"), { name: "gates", namespace: "argo-rollouts" });
  assert.equal(datadogSecret(askingDatadog({ secret: SECRET }, "shop")), undefined);
});

test("policies that share a Secret have one object, and two kinds of keys for one Secret are refused", () => {
  const found: Diagnostic[] = [];
  const eu = { secret: SECRET, keysFrom: VAULT };
  const manifests = secretManifests(
    [
      askingDatadog(eu, "shop"),
      askingDatadog(eu, "shop"),
      askingDatadog({ ...eu, name: "us", site: "datadoghq.com" }, "shop"),
      askingDatadog(eu, "payments"),
      askingDatadog({ secret: SECRET }, "other"),
    ],
    (diagnostic) => found.push(diagnostic),
  );
  assert.deepEqual(
    manifests.map((manifest) => (manifest as { metadata: { namespace: string } }).metadata.namespace),
    ["payments", "shop"],
  );
  assert.deepEqual(
    found.map(({ code, message }) => `${code}: ${message}`),
    ["argo-rollouts/secret-collision: `us` and `dd` would both make the Secret `datadog-gates`, with different keys"],
  );
});

test("the schema takes no key in the open, and no field that the operators do not know", () => {
  const vault = JSON.stringify(datadogSecret(askingDatadog({ secret: SECRET, keysFrom: VAULT }, "shop")));
  const store = JSON.stringify(datadogSecret(askingDatadog({ secret: SECRET, keysFrom: STORE }, "shop")));
  const rows: readonly [text: string, from: string | RegExp, to: string][] = [
    [vault, /"app-key":\{"text":"[^}]*\}\}[^}]*\}\}[^}]*\}\}[^}]*\}\}[^}]*\}\}"\}/, '"app-key":{"text":"hunter2"}'],
    [store, '"{{ .apiKey }}"', '"hunter2"'],
    [store, '"template":', '"templates":'],
    [vault, '"mount"', '"mounts"'],
    [vault, '"address":{"text":"https://api.datadoghq.eu"}', '"address":{"text":"http://example.com"}'],
    [vault, '"type":"kv-v2"', '"type":"kv"'],
    [store, '"apiVersion":"external-secrets.io/v1"', '"apiVersion":"external-secrets.io/v1beta1"'],
    [store, '"kind":"ExternalSecret"', '"kind":"Secret"'],
  ];
  for (const [text, from, to] of rows) {
    const changed = text.replace(from, () => to);
    assert.notEqual(changed, text, to);
    assert.notEqual(check(JSON.parse(changed) as Json), undefined, to);
  }
});

test("the schema knows what a request of version 2 may hold", () => {
  const GOOD = {
    apiVersion: "v2",
    interval: "5m",
    aggregator: "sum",
    queries: {
      bad: "sum:a.b{version:{{args.canary-hash}},!x:y}.as_count()",
      total: "count(v: v<=0.25):a{(b:c OR d:e) AND f IN (g,h)}.as_count().rollup(sum, 60)",
    },
    formula: "default_zero(bad) / total",
    secretRef: { name: "datadog", namespaced: true },
    requestTimeout: "10s",
  };
  const template = (datadog: Json): Json => ({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AnalysisTemplate",
    metadata: { name: "a" },
    spec: { metrics: [{ name: "a", failureCondition: "true", provider: { datadog } }] },
  });
  assert.equal(check(template(GOOD)), undefined);
  const rows: readonly Json[] = [
    Object.fromEntries(Object.entries(GOOD).filter(([key]) => key !== "aggregator")),
    { ...GOOD, apiVersion: "v1" },
    { ...GOOD, aggregator: "stddev" },
    { ...GOOD, interval: "1d" },
    { ...GOOD, queries: {} },
    { ...GOOD, query: "sum:a{*}" },
    { ...GOOD, queries: { bad: "default_zero(sum:a{*}.as_count())" } },
    { ...GOOD, queries: { bad: "sum:a{*}.as_count() / sum:b{*}.as_count()" } },
    { ...GOOD, queries: { bad: "sum:a{*} by {region}.as_count()" } },
    { ...GOOD, queries: { bad: "sum:a{}.as_count()" } },
    { ...GOOD, queries: { "bad-one": "sum:a{*}.as_count()" } },
    { ...GOOD, secretRef: { namespaced: true } },
    { ...GOOD, apiKey: "hunter2" },
  ];
  for (const row of rows) assert.notEqual(check(template(row)), undefined, JSON.stringify(row));
});
