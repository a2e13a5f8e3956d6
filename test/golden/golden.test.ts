import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { globSync } from "tinyglobby";
import { parseAllDocuments } from "yaml";
import { reportPretty } from "../../src/diagnostics/reporters/pretty.ts";
import { TARGETS } from "../../src/emitters/registry.ts";
import { problemOf, type SchemaId } from "../../src/schema/validate.ts";
import type { Json } from "../../src/yaml/json.ts";
import { compileFolder } from "../support/project.ts";

/**
 * A case is a folder `<target>/<what-it-shows>`, or one of the `layouts` of any target's output, with `input/`, maybe a `slogen.yaml`, and what comes of it: `output/` and
 * `diagnostics.txt`, byte for byte. `npm run golden:update` rewrites them and says what changed.
 */
const ROOT = dirname(fileURLToPath(import.meta.url));
const UPDATE = process.env["UPDATE_GOLDEN"] !== undefined;

for (const target of folders(ROOT)) {
  for (const name of folders(join(ROOT, target))) {
    test(`${target}: ${name.replaceAll("-", " ")}`, () => {
      const folder = join(ROOT, target, name);
      const actual = produced(folder);
      if (UPDATE) update(folder, actual);
      const expected = committed(folder);
      assert.deepEqual([...actual.keys()], [...expected.keys()], "files");
      for (const [path, text] of actual) assert.equal(text, expected.get(path), path);
      for (const [path, text] of actual) {
        // The user's own file with a gate merged in holds what the user likes.
        if (!/\.(yaml|json)$/.test(path) || /\/(rollout|canary)\.yaml$/.test(path)) continue;
        if (target === "layouts") continue;
        for (const document of parseAllDocuments(text)) assert.equal(problemOf(schemaOf(target), document.toJS() as Json), undefined, path);
      }
    });
  }
}

function schemaOf(target: string): SchemaId {
  const schema = TARGETS.find(({ id }) => id === target)?.schema;
  assert.ok(schema, `${target} is a target`);
  return schema;
}

function folders(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function produced(folder: string): ReadonlyMap<string, string> {
  const { files, diagnostics } = compileFolder(folder);
  const refused = diagnostics.some(({ severity }) => severity === "error");
  const all = new Map(refused ? [] : files.map(({ path, text }) => [join("output", path), text]));
  if (diagnostics.length > 0) all.set("diagnostics.txt", reportPretty(diagnostics, { color: false }));
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function committed(folder: string): ReadonlyMap<string, string> {
  const paths = [
    ...globSync("output/**/*", { cwd: folder, dot: true }),
    ...(existsSync(join(folder, "diagnostics.txt")) ? ["diagnostics.txt"] : []),
  ];
  return new Map(paths.sort().map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

function update(folder: string, actual: ReadonlyMap<string, string>): void {
  const before = committed(folder);
  for (const path of before.keys()) if (!actual.has(path)) rmSync(join(folder, path));
  for (const [path, text] of actual) {
    if (before.get(path) === text) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    process.stderr.write(`${before.has(path) ? "changed" : "new"}: ${join(folder, path)}\n`);
  }
}
