import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hashOf } from "../../src/cli/output-folder.ts";
import { assertRun, codesIn, folder } from "./support.ts";

const MANIFEST = ".slogen-manifest.json";

test("a build writes the files and a manifest of them, and a second build changes nothing", async (t) => {
  const { slogen, files } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a: 1\n", "slo/deep/b.yml": "b: 2\n" });
  const first = await slogen("build");
  assert.deepEqual(first, { code: 0, out: "", err: "2 SLOs, 2 files (2 new) in 0 ms\n" });
  const written = files("generated");
  assert.deepEqual(Object.keys(written), [MANIFEST, "prometheus/a.yaml", "prometheus/b.yml"]);
  assert.deepEqual(JSON.parse(written[MANIFEST] ?? ""), {
    version: 1,
    files: {
      "prometheus/a.yaml": { sha256: hashOf("a: 1\n"), sources: ["slo/a.yaml"] },
      "prometheus/b.yml": { sha256: hashOf("b: 2\n"), sources: ["slo/deep/b.yml"] },
    },
  });
  assert.deepEqual(await slogen("build"), { code: 0, out: "", err: "2 SLOs, 2 files (2 unchanged) in 0 ms\n" });
  assert.deepEqual(files("generated"), written);
});

test("what changes is written, what is over is removed, and the rest is left alone", async (t) => {
  const { slogen, files, write, remove } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", "slo/b.yaml": "b", "slo/c.yaml": "c" });
  await slogen("build");
  write("generated/README.md", "mine");
  write("slo/b.yaml", "b2");
  write("slo/d.yaml", "d");
  remove("slo/c.yaml");
  assert.equal((await slogen("build")).err, "3 SLOs, 3 files (1 new, 1 changed, 1 removed, 1 unchanged) in 0 ms\n");
  const { [MANIFEST]: manifest, ...rest } = files("generated");
  assert.deepEqual(rest, { "README.md": "mine", "prometheus/a.yaml": "a", "prometheus/b.yaml": "b2", "prometheus/d.yaml": "d" });
  assert.deepEqual(Object.keys((JSON.parse(manifest ?? "") as { files: object }).files), [
    "prometheus/a.yaml",
    "prometheus/b.yaml",
    "prometheus/d.yaml",
  ]);
});

test("an error anywhere means that nothing is written", async (t) => {
  const { slogen, files, write } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", "slo/b.yaml": "b" });
  await slogen("build");
  const before = files("generated");
  write("slo/a.yaml", "a2");
  write("slo/b.yaml", "wrong\n");
  const run = await slogen("build");
  assertRun(run, { code: 1, codes: ["fake/wrong"] });
  assert.match(run.err, /--> slo\/b\.yaml:1:1/);
  assert.match(run.err, /1 error: nothing was written\n$/);
  assert.deepEqual(files("generated"), before);
});

test("all errors of all files are reported at once, and warnings alone do not stop a build", async (t) => {
  const { slogen, files, write } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "wrong", "slo/b.yaml": "wrong", "slo/c.yaml": "odd" });
  assertRun(await slogen("build"), { code: 1, codes: ["fake/wrong", "fake/wrong", "fake/odd"] });
  write("slo/a.yaml", "a");
  write("slo/b.yaml", "b");
  assertRun(await slogen("build"), { code: 0, codes: ["fake/odd"] });
  assert.equal(Object.keys(files("generated")).length, 4);
});

test("a file edited by hand is kept, and so is everything else, until `--force`", async (t) => {
  const { slogen, files, write, read } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", "slo/b.yaml": "b" });
  await slogen("build");
  write("generated/prometheus/a.yaml", "my edit");
  write("slo/a.yaml", "a2");
  write("slo/b.yaml", "b2");
  const before = files("generated");
  assertRun(await slogen("build"), { code: 1, codes: ["output/hand-edited"] });
  assert.deepEqual(files("generated"), before);
  assertRun(await slogen("build --force"), { code: 0, codes: [] });
  assert.equal(read("generated/prometheus/a.yaml"), "a2");
});

test("an edited file that is no longer generated is kept until `--force`", async (t) => {
  const { slogen, files, write, remove } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", "slo/b.yaml": "b" });
  await slogen("build");
  write("generated/prometheus/a.yaml", "my edit");
  remove("slo/a.yaml");
  const run = await slogen("build");
  assertRun(run, { code: 1, codes: ["output/hand-edited"] });
  assert.match(run.err, /edited by hand and is no longer generated/);
  assert.equal(files("generated")["prometheus/a.yaml"], "my edit");
  assertRun(await slogen("build --force"), { code: 0, codes: [] });
  assert.equal(files("generated")["prometheus/a.yaml"], undefined);
});

test("a file of somebody else's is kept until `--force`; one that is identical is adopted", async (t) => {
  const { slogen, read } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", "generated/prometheus/a.yaml": "not slogen's" });
  assertRun(await slogen("build"), { code: 1, codes: ["output/foreign"] });
  assert.equal(read("generated/prometheus/a.yaml"), "not slogen's");
  assertRun(await slogen("build --force"), { code: 0, codes: [] });
  assert.equal(read("generated/prometheus/a.yaml"), "a");

  const other = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", "generated/prometheus/a.yaml": "a" });
  assertRun(await other.slogen("build"), { code: 0, codes: [] });
  assertRun(await other.slogen("build --check"), { code: 0, codes: [] });
});

test("line ends that Git has changed are no edit", async (t) => {
  const { slogen, read, write } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a: 1\nb: 2\n" });
  await slogen("build");
  for (const path of ["generated/prometheus/a.yaml", `generated/${MANIFEST}`]) write(path, read(path).replaceAll("\n", "\r\n"));
  assertRun(await slogen("build --check"), { code: 0, codes: [] });
  assert.match((await slogen("build")).err, /1 unchanged/);
});

test("a deleted output folder or file is made anew", async (t) => {
  const { slogen, remove, files } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", "slo/b.yaml": "b" });
  await slogen("build");
  const before = files("generated");
  remove("generated/prometheus/a.yaml");
  assert.match((await slogen("build")).err, /1 new, 1 unchanged/);
  remove("generated");
  assert.match((await slogen("build")).err, /2 new/);
  assert.deepEqual(files("generated"), before);
});

test("a damaged manifest stops the build", async (t) => {
  const damaged = ["", "{", "[]", `{"version":2,"files":{}}`, `{"version":1,"files":{"../a":{"sha256":"","sources":[]}}}`, "<<<<<<< HEAD"];
  for (const text of damaged) {
    const { slogen, files } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", [`generated/${MANIFEST}`]: text });
    assertRun(await slogen("build"), { code: 2, codes: ["output/manifest-syntax"] });
    assert.deepEqual(files("generated"), { [MANIFEST]: text });
  }
});

test("files that some system takes for one are refused", async (t) => {
  const { slogen, files } = folder(t, { "slogen.yaml": "", "slo/x/Checkout.yaml": "1", "slo/y/checkout.yaml": "2" });
  assertRun(await slogen("build"), { code: 1, codes: ["output/collision"] });
  assert.deepEqual(files("generated"), {});
});

test("`--check` says what is missing, stale, edited and left over, and writes nothing", async (t) => {
  const { slogen, files, write, remove } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", "slo/b.yaml": "b", "slo/c.yaml": "c" });
  assertRun(await slogen("build --check"), { code: 1, codes: ["output/missing", "output/missing", "output/missing"] });
  assert.deepEqual(files("generated"), {});
  await slogen("build");
  const fresh = await slogen("build --check");
  assert.deepEqual(fresh, { code: 0, out: "", err: "3 SLOs, 3 files up to date in 0 ms\n" });

  write("slo/a.yaml", "a2");
  write("generated/prometheus/b.yaml", "my edit");
  remove("slo/c.yaml");
  write("slo/d.yaml", "d");
  const before = files("generated");
  const run = await slogen("build --check");
  assert.deepEqual([...codesIn(run.err)].sort(), ["output/hand-edited", "output/leftover", "output/missing", "output/stale"]);
  assert.equal(run.code, 1);
  assert.deepEqual(files("generated"), before);
});

test("`--check` wants the manifest committed too", async (t) => {
  const { slogen, remove } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a" });
  await slogen("build");
  remove(`generated/${MANIFEST}`);
  const run = await slogen("build --check");
  assertRun(run, { code: 1, codes: ["output/missing"] });
  assert.match(run.err, /generated\/\.slogen-manifest\.json/);
});

test("`validate` reports and writes nothing", async (t) => {
  const { slogen, files, write } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "odd" });
  const run = await slogen("validate");
  assertRun(run, { code: 0, codes: ["fake/odd"] });
  assert.match(run.err, /1 SLO valid in 0 ms\n$/);
  write("slo/a.yaml", "wrong");
  assertRun(await slogen("validate"), { code: 1, codes: ["fake/wrong"] });
  assert.deepEqual(files("generated"), {});
});

test("a build with `-f` leaves alone what comes from other specs", async (t) => {
  const { slogen, files, write } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", "slo/b.yaml": "b" });
  await slogen("build");
  write("slo/a.yaml", "a2");
  write("slo/b.yaml", "b2");
  assertRun(await slogen("build -f slo/a.yaml"), { code: 0, codes: [] });
  assert.equal(files("generated")["prometheus/a.yaml"], "a2");
  assert.equal(files("generated")["prometheus/b.yaml"], "b");
  assertRun(await slogen("build --check -f slo/a.yaml"), { code: 0, codes: [] });
  assertRun(await slogen("build --check"), { code: 1, codes: ["output/stale"] });
});

test("a build with `-f` does not drop the rules of specs that share a file", async (t) => {
  const { slogen, files } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "shared a\n", "slo/b.yaml": "shared b\n" });
  await slogen("build");
  const run = await slogen("build -f slo/a.yaml");
  assertRun(run, { code: 1, codes: ["output/partial-build"] });
  assert.match(run.err, /also generated from `slo\/b\.yaml`/);
  assert.equal(files("generated")["prometheus/shared.yaml"], "shared a\nshared b\n");
  assertRun(await slogen("build -f slo/a.yaml -f slo/b.yaml"), { code: 0, codes: [] });
});

test("`-o -` writes the files to standard output and nothing else", async (t) => {
  const { slogen, files } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "# made\n---\na: 1\n", "slo/b.yaml": "odd: 2" });
  const run = await slogen("build -o -");
  assert.equal(run.out, "# prometheus/a.yaml\n# made\n---\na: 1\n---\n# prometheus/b.yaml\nodd: 2\n");
  assertRun(run, { code: 0, codes: ["fake/odd"] });
  assert.match(run.err, /2 SLOs, 2 files in 0 ms\n$/);
  assert.deepEqual(files("generated"), {});
  const failed = await slogen("build -o - -f slo -f -", { stdin: "wrong" });
  assert.equal(failed.out, "");
  assert.equal(failed.code, 1);
});

test("`-o` and SLOGEN_OUT name another folder, from the working folder", async (t) => {
  const { slogen, files } = folder(t, { "slogen.yaml": "out: one", "slo/a.yaml": "a", "team/x": "" });
  await slogen("build");
  await slogen("build", { env: { SLOGEN_OUT: "two" }, cwd: "team" });
  await slogen("build -o three", { env: { SLOGEN_OUT: "two" }, cwd: "team" });
  for (const out of ["one", "team/two", "team/three"]) assert.equal(files(out)["prometheus/a.yaml"], "a", out);
});

test("standard input is a spec", async (t) => {
  const { slogen } = folder(t);
  assert.equal((await slogen("build -f - -o -", { stdin: "a: 1\n" })).out, "---\n# prometheus/<stdin>\na: 1\n");
  const run = await slogen("validate -f -", { stdin: "wrong" });
  assert.match(run.err, /--> <stdin>:1:1/);
});

test("the report in JSON is alone on its stream", async (t) => {
  const { slogen, write } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "odd" });
  const run = await slogen("build --report json");
  assert.equal(run.err, "");
  const report = JSON.parse(run.out) as { slos: number; files: object[]; diagnostics: { code: string }[] };
  assert.deepEqual([report.slos, report.files], [1, [{ path: "prometheus/a.yaml", state: "create" }]]);
  assert.deepEqual(
    report.diagnostics.map(({ code }) => code),
    ["fake/odd"],
  );
  const streamed = await slogen("build --report json -o -");
  assert.equal(streamed.out, "---\n# prometheus/a.yaml\nodd\n");
  assert.equal((JSON.parse(streamed.err) as { slos: number }).slos, 1);
  write("slo/a.yaml", "wrong");
  assert.equal((await slogen("validate --report json")).code, 1);
});

test("`--quiet` leaves errors only, `--verbose` names every file", async (t) => {
  const { slogen, write } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "odd" });
  assert.match((await slogen("build --verbose")).err, /create {4}prometheus\/a\.yaml\n1 SLO, 1 file \(1 new\)/);
  assert.equal((await slogen("build --quiet")).err, "");
  write("slo/a.yaml", "odd wrong");
  assertRun(await slogen("build --quiet"), { code: 1, codes: ["fake/wrong"] });
});

test("paths in the report are those of the working folder", async (t) => {
  const { slogen } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "wrong", "slo/deep/x.txt": "" });
  assert.match((await slogen("build", { cwd: "slo/deep" })).err, /--> \.\.\/a\.yaml:1:1/);
});

test("only what was found is removed when a folder cannot be searched: the build stops", async (t) => {
  const { slogen, files } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", "slo/team/b.yaml": "b" });
  await slogen("build");
  const before = files("generated");
  const denied = Object.assign(new Error("EACCES"), { code: "EACCES", syscall: "scandir" });
  const { readdirSync } = await import("node:fs");
  const run = await slogen("build", {
    fs: {
      readdirSync: ((path: string) => {
        if (path.endsWith("team")) throw denied;
        return readdirSync(path);
      }) as unknown as typeof readdirSync,
    },
  });
  assertRun(run, { code: 2, codes: ["cli/unreadable"] });
  assert.deepEqual(files("generated"), before);
});

test("a link that leads nowhere stops the build, one to a folder is followed, one in a circle ends", async (t) => {
  const { slogen, path, remove } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", "shared/b.yaml": "b" });
  symlinkSync(join(path, "shared"), join(path, "slo/shared"));
  symlinkSync(join(path, "slo"), join(path, "shared/back"));
  assert.match((await slogen("build")).err, /^2 SLOs/);
  symlinkSync(join(path, "nowhere.yaml"), join(path, "slo/c.yaml"));
  assertRun(await slogen("build"), { code: 2, codes: ["cli/unreadable"] });
  remove("slo/c.yaml");
});
