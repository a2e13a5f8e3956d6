import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv, type ValidateFunction } from "ajv";
import { globSync } from "tinyglobby";
import { parseAllDocuments } from "yaml";
import { mergePatch } from "../../src/output/merge-patch.ts";
import type { JsonObject } from "../../src/yaml/json.ts";
import { emitted, flaggerPolicy, IN_SHOP } from "../emitters/flagger/emitted.ts";
import { flaggerOnDatadog, LOADTESTER, switchAfter } from "../support/flagger-policies.ts";
import { vectors } from "./support.ts";

/** The operator's own schema against every `PrometheusRule` that is committed. */
const folder = vectors();

test(
  "every committed PrometheusRule satisfies the operator's CRD",
  { skip: folder === undefined && "the public vectors are not beside the checkout" },
  () => {
    const validate = validatorOf("PrometheusRule", "prometheusrule-crd.yaml");
    const objects = globSync(["examples/*/generated/**/*.{yaml,yml}", "test/golden/prometheus/*/output/**/*.yaml"])
      .flatMap((path) => parseAllDocuments(readFileSync(path, "utf8")).map((document) => document.toJS() as { kind?: string }))
      .filter(({ kind }) => kind === "PrometheusRule");
    assert.ok(objects.length >= 4, String(objects.length));
    for (const object of objects) assert.ok(validate(object), JSON.stringify(validate.errors));
    process.stderr.write(`PrometheusRule CRD: ${objects.length} of ${objects.length} objects\n`);
  },
);

test(
  "every Canary and MetricTemplate satisfies Flagger's CRDs",
  { skip: folder === undefined && "the public vectors are not beside the checkout" },
  () => {
    const validators = { MetricTemplate: validatorOf("MetricTemplate", FLAGGER), Canary: validatorOf("Canary", FLAGGER) };
    const alerts = [{ name: "on-call", severity: "error", providerRef: { name: "on-call", namespace: "flagger" } }];
    const webhooks = [{ name: "load", type: "rollout", url: "http://a/", timeout: "5s", metadata: { cmd: "hey" } }];
    const match = [{ headers: { "x-canary": { exact: "insider" } } }];
    const policies = [
      flaggerPolicy(),
      flaggerPolicy({ workload: IN_SHOP, controller: { ...LOADTESTER, alerts, webhooks } }),
      flaggerPolicy({ ...switchAfter(600), enforcement: "observe" }),
      flaggerPolicy({ ...switchAfter(600), controller: { match } }),
      flaggerOnDatadog(),
      flaggerOnDatadog({}, { enforcement: "observe" }),
    ];
    // With a way of its own to move traffic, of which no Canary may have two.
    const rest = { targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "checkout" }, service: { port: 80 } };
    const canaries = [{ stepWeight: 10, maxWeight: 50 }, { iterations: 3, match }, { stepWeights: [1, 2] }].map((analysis) => ({
      spec: { ...rest, analysis: { interval: "1m", threshold: 1, ...analysis } },
    }));
    const documents = policies.flatMap((policy) => emitted([policy]).documents);
    const objects = documents.flatMap((document) =>
      document["kind"] === "Canary" ? canaries.map((canary) => mergePatch(canary, document) as JsonObject) : [document],
    );
    for (const object of objects) {
      const validate = validators[object["kind"] as keyof typeof validators];
      assert.ok(validate(object), JSON.stringify([object, validate.errors]));
    }
    assert.ok(!validators.Canary(mergePatch(canaries[0] ?? {}, { spec: { analysis: { iterations: 3 } } })), "two ways are refused");
    process.stderr.write(`Flagger CRDs: ${objects.length} of ${objects.length} objects\n`);
  },
);

const FLAGGER = "flagger-crd.yaml";

interface Crd {
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: object } }[];
  };
}

function validatorOf(kind: string, file: string): ValidateFunction {
  const crds = parseAllDocuments(readFileSync(join(folder ?? "", "crds", file), "utf8")).map((document) => document.toJS() as Crd);
  const schema = crds.find(({ spec }) => spec.names.kind === kind)?.spec.versions[0]?.schema.openAPIV3Schema;
  assert.ok(schema);
  return new Ajv({ strict: false, allErrors: true, validateFormats: false, code: { regExp: goRegExp } }).compile(schema);
}

/** Kubernetes reads patterns as Go does, where `(?i)` inside makes the rest blind to case. */
const goRegExp = Object.assign(
  (pattern: string, flags: string) => new RegExp(pattern.replace("(?i)", ""), pattern.includes("(?i)") ? `${flags}i` : flags),
  { code: "goRegExp" },
);
