import assert from "node:assert/strict";
import { globSync } from "tinyglobby";
import { readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { test } from "node:test";

/** The layers, lowest first. A folder imports from those before it and from itself. */
const ORDER = [
  "units",
  "diagnostics",
  "yaml",
  "manifests",
  "schema",
  "promql",
  "datadogql",
  "model",
  "gate",
  "config",
  "text",
  "passes",
  "backends/prometheus",
  "backends/datadog",
  "output",
  "layouts",
  "frontends",
  "frontends/openslo",
  "frontends/sloth",
  "frontends/slogen",
  "frontends/kubestead",
  "emitters",
  "emitters/prometheus",
  "emitters/argo-rollouts",
  "emitters/flagger",
  "emitters/ci-gate",
  "emitters/datadog",
  "push",
  "explain",
  "index",
  "cli",
];

/** Folders that only a registry may know, so that each can be read, and removed, by itself. */
const FAMILIES = ["frontends", "emitters", "backends"];

const FORBIDDEN_OUTSIDE_CLI = /\b(console\.|process\.|Date\.now|new Date\(|Math\.random|performance\.)/;

const files = globSync("src/**/*.ts", { ignore: ["**/generated/**"] }).sort();

function layerOf(path: string): string {
  const inside = path.replace(/^src\//, "");
  return (
    [...ORDER].sort((a, b) => b.length - a.length).find((layer) => inside === `${layer}.ts` || inside.startsWith(`${layer}/`)) ?? inside
  );
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)"([^"]+)"/gm)].map((match) => match[1] ?? "");
}

test("every source file lies in a layer", () => {
  assert.deepEqual(
    files.filter((file) => !ORDER.includes(layerOf(file))),
    [],
  );
});

test("imports go to lower layers only, and never from one member of a family to another", () => {
  const wrong: string[] = [];
  for (const file of files) {
    for (const name of importsOf(file).filter((each) => each.startsWith("."))) {
      const target = posix.join(dirname(file), name);
      const [from, to] = [layerOf(file), layerOf(target)];
      if (from === to) continue;
      const family = FAMILIES.find((each) => from.startsWith(`${each}/`) && to.startsWith(`${each}/`));
      const registry = posix.basename(file) === "registry.ts" && to.startsWith(`${from}/`);
      if (!registry && (ORDER.indexOf(to) > ORDER.indexOf(from) || family !== undefined)) wrong.push(`${file} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("only the command line touches files, the process, the clock or chance", () => {
  const wrong = files
    .filter((file) => layerOf(file) !== "cli")
    .flatMap((file) => [
      ...importsOf(file)
        .filter((name) => name.startsWith("node:") || name === "commander" || name === "prettier")
        .map((name) => `${file} imports ${name}`),
      ...(FORBIDDEN_OUTSIDE_CLI.test(readFileSync(file, "utf8")) ? [`${file} uses the process, the clock or chance`] : []),
    ]);
  assert.deepEqual(wrong, []);
});

test("each library has one home", () => {
  const homes: Readonly<Record<string, string>> = {
    yaml: "yaml",
    handlebars: "text",
    commander: "cli",
    prettier: "cli",
    tinyglobby: "cli",
    "d3-scale": "explain",
    "d3-shape": "explain",
  };
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => homes[name] !== undefined && homes[name] !== layerOf(file))
      .map((name) => `${file} imports ${name}`),
  );
  assert.deepEqual(wrong, []);
});

test("only registries list the members of a family", () => {
  const wrong = files
    .filter((file) => posix.basename(file) !== "registry.ts" && !FAMILIES.some((family) => layerOf(file).startsWith(`${family}/`)))
    .flatMap((file) =>
      importsOf(file)
        .map((name) => posix.join(dirname(file), name))
        .filter((target) => /^src\/(frontends|emitters)\/[^/]+\//.test(target))
        .map((target) => `${file} imports ${target}`),
    );
  assert.deepEqual(wrong, []);
});
