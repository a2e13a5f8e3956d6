import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import { secretManifests as argoSecrets } from "../../../src/emitters/argo-rollouts/datadog-secret.ts";
import { secretManifests } from "../../../src/emitters/flagger/datadog-secret.ts";
import type { DatadogPolicy, DatadogSource, FlaggerPolicy } from "../../../src/model/policy.ts";
import { problemOf } from "../../../src/schema/validate.ts";
import type { Json } from "../../../src/yaml/json.ts";
import { askingDatadog, STORE, VAULT } from "../../support/datadog-secrets.ts";
import { FLAGGER } from "../../support/flagger-policies.ts";

const SECRET = { name: "datadog-gates", namespaced: true };

function onFlagger(source: Partial<DatadogSource>, namespace?: string): DatadogPolicy & FlaggerPolicy {
  return { ...askingDatadog(source, namespace), controller: FLAGGER };
}

const fail = ({ message }: Diagnostic): void => assert.fail(message);

function madeBy(manifests: readonly Json[]): { readonly metadata: object; readonly entries: readonly string[] } {
  const [manifest, ...others] = manifests;
  assert.deepEqual(others, []);
  const { metadata, spec } = manifest as {
    metadata: object;
    spec: { destination?: { transformation: { templates: object } }; target?: { template: { data: object } } };
  };
  return { metadata, entries: Object.keys(spec.destination?.transformation.templates ?? spec.target?.template.data ?? {}) };
}

suite("the Secret has what Flagger reads, beside the MetricTemplate", () => {
  for (const keysFrom of [VAULT, STORE]) {
    test(keysFrom.kind, () => {
      for (const namespaced of [true, false]) {
        const manifests = secretManifests([onFlagger({ secret: { ...SECRET, namespaced }, keysFrom }, "shop")], fail);
        assert.deepEqual(madeBy(manifests), {
          metadata: { name: "datadog-gates", namespace: "shop" },
          entries: ["datadog_api_key", "datadog_application_key"],
        });
        for (const manifest of manifests) assert.equal(problemOf("flagger/objects", manifest), undefined);
      }
    });
  }

  test("nothing is made of a source without `keysFrom`", () => {
    assert.deepEqual(secretManifests([onFlagger({ secret: SECRET }, "shop")], fail), []);
  });
});

suite("a Secret that both controllers read", () => {
  for (const keysFrom of [VAULT, STORE]) {
    test(`${keysFrom.kind}: both targets make the same object, with all keys`, () => {
      const [rollout, canary] = [askingDatadog({ secret: SECRET, keysFrom }, "shop"), onFlagger({ secret: SECRET, keysFrom }, "shop")];
      const everyone = [rollout, canary];
      const made = secretManifests([canary], fail, everyone);
      assert.deepEqual(madeBy(made).entries, ["api-key", "app-key", "address", "datadog_api_key", "datadog_application_key"]);
      assert.deepEqual(argoSecrets([rollout], fail, everyone), made);
      for (const target of ["flagger/objects", "argo-rollouts/objects"] as const) {
        for (const manifest of made) assert.equal(problemOf(target, manifest), undefined, target);
      }
    });
  }

  test("Secrets of one name in two namespaces keep to their own reader", () => {
    const canary = onFlagger({ secret: SECRET, keysFrom: VAULT }, "shop");
    const rollout = askingDatadog({ secret: { ...SECRET, namespaced: false }, keysFrom: VAULT }, "shop");
    assert.deepEqual(madeBy(secretManifests([canary], fail, [rollout, canary])).entries, ["datadog_api_key", "datadog_application_key"]);
  });
});

test("two kinds of keys for one Secret are refused, whoever reads them", () => {
  const keys = { secret: SECRET, keysFrom: VAULT };
  const other = { ...keys, name: "us", keysFrom: { ...VAULT, path: "datadog/us" } };
  const rows = [
    [[onFlagger(keys, "shop"), onFlagger(other, "shop")], [], "`us` and `dd`"],
    [[onFlagger(keys, "shop")], [askingDatadog(other, "shop")], "`dd` and `us`"],
    [[onFlagger(keys, "shop")], [askingDatadog(other, "payments")], undefined],
  ] as const;
  for (const [ours, theirs, names] of rows) {
    const found: Diagnostic[] = [];
    secretManifests(ours, (diagnostic) => found.push(diagnostic), [...ours, ...theirs]);
    assert.deepEqual(
      found.map(({ code, message }) => `${code}: ${message}`),
      names === undefined ? [] : [`flagger/secret-collision: ${names} would both make the Secret \`datadog-gates\`, with different keys`],
    );
  }
});
