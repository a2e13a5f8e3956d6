import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv } from "ajv";
import { globSync } from "tinyglobby";
import { parse, parseAllDocuments } from "yaml";
import { vectors } from "./support.ts";

/** The operator's own schema against every `PrometheusRule` that is committed. */
const folder = vectors();

test(
  "every committed PrometheusRule satisfies the operator's CRD",
  { skip: folder === undefined && "the public vectors are not beside the checkout" },
  () => {
    const crd = parse(readFileSync(join(folder ?? "", "crds/prometheusrule-crd.yaml"), "utf8")) as {
      spec: { versions: { schema: { openAPIV3Schema: object } }[] };
    };
    const schema = crd.spec.versions[0]?.schema.openAPIV3Schema;
    assert.ok(schema);
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false, code: { regExp: goRegExp } }).compile(schema);
    const objects = globSync(["examples/*/generated/**/*.{yaml,yml}", "test/golden/prometheus/*/output/**/*.yaml"])
      .flatMap((path) => parseAllDocuments(readFileSync(path, "utf8")).map((document) => document.toJS() as { kind?: string }))
      .filter(({ kind }) => kind === "PrometheusRule");
    assert.ok(objects.length >= 4, String(objects.length));
    for (const object of objects) assert.ok(validate(object), JSON.stringify(validate.errors));
    process.stderr.write(`PrometheusRule CRD: ${objects.length} of ${objects.length} objects\n`);
  },
);

/** Kubernetes reads patterns as Go does, where `(?i)` inside makes the rest blind to case. */
const goRegExp = Object.assign(
  (pattern: string, flags: string) => new RegExp(pattern.replace("(?i)", ""), pattern.includes("(?i)") ? `${flags}i` : flags),
  { code: "goRegExp" },
);
