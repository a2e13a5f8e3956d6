import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Compile } from "../../src/output/output.ts";
import { assertRun, copying, folder } from "./support.ts";

const ROLLOUT = "deploy/rollout.yaml";

/** What the copying compiler makes, and for each spec an edit of the Rollout: its text with the spec's below a line `gate:`. */
const editing: Compile = (input) => {
  const made = copying(input);
  const specs = input.sources.filter(({ role }) => role === "spec");
  const source = { path: ROLLOUT, text: rolloutText };
  const edits = specs.map(({ path, text }, index) => ({
    path: `argo-rollouts/${index}/rollout.yaml`,
    text: `${rolloutText.replace(/gate:.*\n/s, "")}gate:\n${text}`,
    sources: [path],
    verbatim: true as const,
    edits: source,
  }));
  return { ...made, files: [...made.files, ...edits] };
};
/** As the last build read it. */
let rolloutText = "kind: Rollout\n";

function start(t: Parameters<typeof folder>[0], specs: Readonly<Record<string, string>> = { "slo/a.yaml": "one\n" }) {
  rolloutText = "kind: Rollout\n";
  const project = folder(t, { "slogen.yaml": "", [ROLLOUT]: rolloutText, ...specs });
  const slogen = (line: string, options: Parameters<typeof project.slogen>[1] = {}) => {
    rolloutText = project.read(ROLLOUT);
    return project.slogen(line, { compile: editing, ...options });
  };
  return { ...project, slogen };
}

test("an edited file is written as a copy, and as itself only on demand; the copy then goes", async (t) => {
  const { slogen, read, files } = start(t);
  assertRun(await slogen("build"), { code: 0, codes: [] });
  assert.equal(read(ROLLOUT), "kind: Rollout\n");
  assert.equal(read("generated/argo-rollouts/0/rollout.yaml"), "kind: Rollout\ngate:\none\n");
  const run = await slogen("build --in-place");
  assert.equal(run.err, "1 SLO, 2 files (1 changed, 1 removed, 1 unchanged) in 0 ms\n");
  assert.equal(read(ROLLOUT), "kind: Rollout\ngate:\none\n");
  assert.deepEqual(Object.keys(files("generated")).sort(), [".slogen-manifest.json", "prometheus/a.yaml"]);
  assert.deepEqual(Object.keys(files("deploy")), ["rollout.yaml"]);
  assert.equal((await slogen("build --in-place")).err, "1 SLO, 2 files (2 unchanged) in 0 ms\n");
});

test("`--check` compares the file itself", async (t) => {
  const { slogen, write, read } = start(t);
  await slogen("build --in-place");
  assertRun(await slogen("build --in-place --check"), { code: 0, codes: [] });
  write("slo/a.yaml", "two\n");
  const run = await slogen("build --in-place --check");
  assertRun(run, { code: 1, codes: ["output/stale", "output/stale"] });
  assert.match(run.err, /`deploy\/rollout\.yaml` is out of date/);
  assert.equal(read(ROLLOUT), "kind: Rollout\ngate:\none\n");
});

test("a file that changed since it was read is left alone, and so is all else", async (t) => {
  const { slogen, read, files, path } = start(t);
  const changing: Compile = (input) => {
    fs.writeFileSync(join(path, ROLLOUT), "kind: Rollout # mine\n");
    return editing(input);
  };
  const run = await slogen("build --in-place", { compile: changing });
  assertRun(run, { code: 2, codes: ["cli/source-changed"] });
  assert.equal(read(ROLLOUT), "kind: Rollout # mine\n");
  assert.deepEqual(files("generated"), {});
  assert.deepEqual(Object.keys(files("deploy")), ["rollout.yaml"]);
});

test("a file that cannot be written is reported, with nothing left beside it", async (t) => {
  const { slogen, read, files } = start(t);
  const renameSync = (from: fs.PathLike): void => {
    throw Object.assign(new Error("no"), { code: "EACCES", syscall: "rename", path: from });
  };
  assertRun(await slogen("build --in-place", { fs: { renameSync } }), { code: 2, codes: ["cli/not-editable"] });
  assert.equal(read(ROLLOUT), "kind: Rollout\n");
  assert.deepEqual(Object.keys(files("deploy")), ["rollout.yaml"]);
});

test("two edits of one file that differ are refused, two equal ones are one", async (t) => {
  const differing = start(t, { "slo/a.yaml": "one\n", "slo/b.yaml": "two\n" });
  assertRun(await differing.slogen("build --in-place"), { code: 1, codes: ["output/edited-twice"] });
  assert.equal(differing.read(ROLLOUT), "kind: Rollout\n");
  const equal = start(t, { "slo/a.yaml": "one\n", "slo/b.yaml": "one\n" });
  assert.equal((await equal.slogen("build --in-place")).err, "2 SLOs, 3 files (2 new, 1 changed) in 0 ms\n");
});

test("a link stays a link, and the file behind it keeps its mode", async (t) => {
  const { slogen, path, read } = start(t);
  fs.renameSync(join(path, ROLLOUT), join(path, "real.yaml"));
  fs.chmodSync(join(path, "real.yaml"), 0o640);
  fs.symlinkSync("../real.yaml", join(path, ROLLOUT));
  assertRun(await slogen("build --in-place"), { code: 0, codes: [] });
  assert.ok(fs.lstatSync(join(path, ROLLOUT)).isSymbolicLink());
  assert.equal(read("real.yaml"), "kind: Rollout\ngate:\none\n");
  assert.equal(fs.statSync(join(path, "real.yaml")).mode & 0o777, 0o640);
});

test("`--in-place` and `-o -` do not go together", async (t) => {
  const { slogen } = start(t);
  const run = await slogen("build --in-place -o -");
  assert.equal(run.code, 2);
  assert.match(run.err, /`--in-place` writes files/);
});
