import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertRun, folder } from "./support.ts";

/** The specs that a command line reads, by the files it makes of them. */
function specsIn(stdout: string): readonly string[] {
  return [...stdout.matchAll(/^spec: (.*)$/gm)].map((match) => match[1] ?? "").sort();
}

const named = (paths: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(paths.map((path) => [path, `spec: ${path}\n`]));

test("a project's specs are found by its patterns", async (t) => {
  const paths = [
    "slo.yaml",
    "shop.slo.yml",
    "slo/a.yaml",
    "slo/x/y/b.json",
    "slos/c.yml",
    "slo/readme.md",
    "other.yaml",
    "slo/.hidden/d.yaml",
  ];
  const skipped = ["slo/node_modules/e.yaml", "slo/slogen.yaml", "slo/generated/f.yaml"];
  const tree = named([...paths, ...skipped]);
  const rows: readonly (readonly [config: string, wanted: readonly string[]])[] = [
    ["", ["shop.slo.yml", "slo.yaml", "slo/a.yaml", "slo/generated/f.yaml", "slo/x/y/b.json", "slos/c.yml"]],
    ["out: slo/generated", ["shop.slo.yml", "slo.yaml", "slo/a.yaml", "slo/x/y/b.json", "slos/c.yml"]],
    ["specs: [slos]", ["slos/c.yml"]],
    ["specs: [other.yaml, slos/c.yml, slos]", ["other.yaml", "slos/c.yml"]],
    ["specs: ['slo/*']", ["slo/a.yaml"]],
    ["specs: ['{slo,slos}/*.y*ml']", ["slo/a.yaml", "slos/c.yml"]],
    ["specs: ['slo/**/[bz].json']", ["slo/x/y/b.json"]],
    ["specs: ['**/*.yml']", ["shop.slo.yml", "slos/c.yml"]],
    ["specs: [slo/readme.md]", ["slo/readme.md"]],
    ["specs: [slo]\nexclude: ['slo/x/**', slo/generated/f.yaml]", ["slo/a.yaml"]],
    ["specs: [./slo/a.yaml, slo/../slos/c.yml]", ["slo/a.yaml", "slos/c.yml"]],
  ];
  for (const [config, wanted] of rows) {
    const { slogen } = folder(t, { ...tree, "slogen.yaml": config });
    const run = await slogen("build -o -");
    assert.deepEqual(specsIn(run.out), [...wanted].sort(), config + run.err);
  }
});

test("`-f` takes files, folders and globs from the working folder", async (t) => {
  const { slogen } = folder(t, { ...named(["team/a.yaml", "team/b.yml", "team/notes.txt", "c.yaml"]), "slogen.yaml": "" });
  const rows: readonly (readonly [line: string, wanted: readonly string[]])[] = [
    ["-f team", ["team/a.yaml", "team/b.yml"]],
    ["-f team/notes.txt -f c.yaml", ["c.yaml", "team/notes.txt"]],
    ["-f **/*.yaml", ["c.yaml", "team/a.yaml"]],
    ["-f c.yaml -f ./c.yaml", ["c.yaml"]],
  ];
  for (const [line, wanted] of rows) assert.deepEqual(specsIn((await slogen(`build -o - ${line}`)).out), wanted, line);
  assert.deepEqual(specsIn((await slogen("build -o - -f ../c.yaml -f a.yaml", { cwd: "team" })).out), ["c.yaml", "team/a.yaml"]);
});

test("what is named and not there is an error at the place that names it", async (t) => {
  const files = { "slogen.yaml": "specs:\n  - slo/a.yaml\n  - slo/missing.yaml\n", "slo/a.yaml": "a" };
  const { slogen } = folder(t, files);
  const run = await slogen("build");
  assertRun(run, { code: 2, codes: ["cli/no-such-file"] });
  assert.match(run.err, /--> slogen\.yaml:3:5/);
  const flagged = await slogen("build -f nope.yaml");
  assertRun(flagged, { code: 2, codes: ["cli/no-such-file"] });
  assert.match(flagged.err, /--> <-f>:1:4/);
  assertRun(await slogen("build --config nope.yaml"), { code: 2, codes: ["cli/no-such-file"] });
});

test("a pattern that matches nothing is a warning, all of them an error", async (t) => {
  const { slogen, write } = folder(t, { "slogen.yaml": "specs: ['slo/*.yaml', 'sol/*.yaml']", "slo/a.yaml": "a" });
  const run = await slogen("build");
  assertRun(run, { code: 0, codes: ["cli/unmatched-pattern"] });
  assert.match(run.err, /--> slogen\.yaml:1:23/);
  write("slogen.yaml", "specs: ['sol/*.yaml']");
  assertRun(await slogen("build"), { code: 2, codes: ["cli/no-specs"] });
  write("slogen.yaml", "");
  assertRun(await slogen("build -f empty/*.yaml"), { code: 2, codes: ["cli/no-specs"] });
  assertRun(await folder(t, { "slogen.yaml": "" }).slogen("build"), { code: 2, codes: ["cli/no-specs"] });
});

test("the nearest configuration above the working folder holds", async (t) => {
  const { slogen, files } = folder(t, {
    "slogen.yaml": "out: outer",
    "slo/a.yaml": "a",
    "inner/slogen.yml": "out: made",
    "inner/slo/b.yaml": "b",
    "inner/deep/er/x": "",
  });
  assertRun(await slogen("build", { cwd: "inner/deep/er" }), { code: 0, codes: [] });
  assert.deepEqual(Object.keys(files("inner/made")), [".slogen-manifest.json", "prometheus/b.yaml"]);
  assertRun(await slogen("build --config ../slogen.yaml", { cwd: "inner" }), { code: 0, codes: [] });
  assertRun(await slogen("validate", { cwd: "inner", env: { SLOGEN_CONFIG: "../slogen.yaml" } }), { code: 0, codes: [] });
  assert.deepEqual(Object.keys(files("outer")), [".slogen-manifest.json", "prometheus/a.yaml"]);
});

test("without a configuration the specs must be named", async (t) => {
  const { slogen } = folder(t, { "slo/a.yaml": "a" });
  assertRun(await slogen("build"), { code: 2, codes: ["cli/no-config"] });
  assertRun(await slogen("build -f slo"), { code: 0, codes: [] });
});

test("two configurations side by side are one too many", async (t) => {
  const { slogen } = folder(t, { "slogen.yaml": "", "slogen.yml": "", "slo/a.yaml": "a" });
  assertRun(await slogen("build"), { code: 2, codes: ["cli/two-configs"] });
  assertRun(await slogen("build --config slogen.yml"), { code: 0, codes: [] });
});

test("a file that is no UTF-8 is refused", async (t) => {
  const { slogen, path } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a" });
  writeFileSync(join(path, "slo/b.yaml"), Buffer.from([0x61, 0x0a, 0xff, 0x62]));
  const run = await slogen("build");
  assertRun(run, { code: 2, codes: ["cli/not-utf8"] });
  assert.match(run.err, /\(line 2\)/);
});

test("templates and window catalogs are read from the folders the configuration names", async (t) => {
  const seen: string[] = [];
  const { slogen } = folder(t, {
    "slogen.yaml": "templates: words\nprometheus: { windows: windows }",
    "slo/a.yaml": "a",
    "words/prometheus/summary.hbs": "w",
    "words/notes.md": "",
    "windows/7d.yaml": "c",
  });
  const run = await slogen("validate", {
    compile: ({ sources }) => {
      seen.push(...sources.map(({ role, path }) => `${role} ${path}`));
      return { files: [], diagnostics: [], slos: 0 };
    },
  });
  assertRun(run, { code: 0, codes: [] });
  assert.deepEqual(seen, ["spec slo/a.yaml", "catalog windows/7d.yaml", "template words/prometheus/summary.hbs"]);
});
