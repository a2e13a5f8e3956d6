import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { globSync } from "tinyglobby";
import { parse } from "yaml";
import { startArgo, type ArgoOracle } from "./argo.ts";

/** Every golden case of the target, taken apart by Kubernetes's and Argo's own validation. */
let argo: ArgoOracle;
before(async () => {
  argo = await startArgo();
});
after(() => argo.stop());

const GOLDEN = join(dirname(fileURLToPath(import.meta.url)), "../golden/argo-rollouts");
const HASHES = { stable: "7d9c5b6f4", latest: "5f6b8c9d7" };

for (const file of globSync("*/output/argo-rollouts/**/rollout*.yaml", { cwd: GOLDEN }).sort()) {
  test(`Argo takes ${file.replace("/output/argo-rollouts/", ": ")} and its templates`, async () => {
    const folder = join(GOLDEN, dirname(file));
    const templates = [join(folder, "analysis-templates.yaml"), join(folder, "../shared/analysis-templates.yaml")].filter(existsSync);
    const rollout = wholeRollout(readFileSync(join(GOLDEN, file), "utf8"));
    const texts = templates.map((path) => withoutNews(readFileSync(path, "utf8"), join(GOLDEN, file.replace(/output\/.*/, "slogen.yaml"))));
    const documents = [...texts, rollout, ...services(rollout)].join("---\n");
    const { problems, runs } = await argo.validate(documents, HASHES);
    assert.deepEqual(
      problems.map(({ stage, name, message }) => `${stage} ${name}: ${message}`),
      [],
    );
    assert.ok(runs.length > 0, "it has runs");
    for (const { place, metrics } of runs) {
      assert.ok(metrics !== null && metrics.length > 0, `${place} has metrics`);
      assert.ok(!JSON.stringify(metrics).includes("{{"), `every argument of ${place} is filled in`);
    }
  });
}

/** What 1.10 has and the oracle, which is 1.9.1, has not: a time limit for Datadog's answer. */
function withoutNews(text: string, config: string): string {
  const isNewer = existsSync(config) && /version: "1\.10"/.test(readFileSync(config, "utf8"));
  return isNewer ? text.replace(/^ +requestTimeout: \w+\n/gm, "") : text;
}

/** Argo looks for the Services of a blue-green Rollout. */
function services(rollout: string): readonly string[] {
  const { metadata } = parse(rollout) as { metadata: { namespace: string } };
  const spec = { selector: { app: "checkout" }, ports: [{ port: 80 }] };
  return ["active", "preview"].map(
    (name) => `${JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name, namespace: metadata.namespace }, spec })}\n`,
  );
}

/** A patch or a snippet in a Rollout that is complete but for it; an edited Rollout as it is. */
function wholeRollout(text: string): string {
  const found = parse(text) as { spec?: { strategy: object; template?: object }; metadata?: object };
  if (found.spec?.template !== undefined) return text;
  const labels = { app: "checkout" };
  const pods = { metadata: { labels }, spec: { containers: [{ name: "main", image: "registry.example.com/main:1" }] } };
  const strategy = (found.spec?.strategy ?? found) as { blueGreen?: object };
  const sides = { activeService: "active", previewService: "preview" };
  const whole = JSON.stringify({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: found.metadata ?? { name: "checkout", namespace: "shop" },
    spec: {
      selector: { matchLabels: labels },
      template: pods,
      strategy: strategy.blueGreen === undefined ? strategy : { blueGreen: { ...sides, ...strategy.blueGreen } },
    },
  });
  return `${whole}\n`;
}
