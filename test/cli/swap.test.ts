import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import { assertRun, folder, type Folder } from "./support.ts";

/** A rename that stops working as the `nth` one begins, as if the process were killed there. */
function killedAtRename(nth: number): { readonly renameSync: typeof fs.renameSync } {
  let count = 0;
  return {
    renameSync: (from, to) => {
      if (++count >= nth) throw Object.assign(new Error("EIO"), { code: "EIO", syscall: "rename" });
      fs.renameSync(from, to);
    },
  };
}

const OLD = { "slogen.yaml": "", "slo/a.yaml": "a", "slo/b.yaml": "b", "slo/c.yaml": "c" };

async function changed(made: Folder): Promise<void> {
  await made.slogen("build");
  made.write("slo/a.yaml", "a2");
  made.write("slo/b.yaml", "b2");
  made.remove("slo/c.yaml");
  made.write("slo/d.yaml", "d");
}

test("a build that is killed at any rename leaves whole files, and the next one ends like an undisturbed one", async (t) => {
  const undisturbed = folder(t, OLD);
  await changed(undisturbed);
  await undisturbed.slogen("build");
  const wanted = undisturbed.files("generated");

  // The journal, three files and the manifest are renamed into place.
  for (let nth = 1; nth <= 5; nth++) {
    const made = folder(t, OLD);
    await changed(made);
    const before = made.files("generated");
    assertRun(await made.slogen("build", { fs: killedAtRename(nth) }), { code: 2, codes: ["cli/unwritable"] });
    const between = made.files("generated");
    if (nth === 1) {
      assert.deepEqual(between, before);
    } else {
      for (const [path, text] of Object.entries(between).filter(([path]) => path.startsWith("prometheus/"))) {
        assert.ok(text === before[path] || text === wanted[path], `${path} is old or new`);
      }
      assertRun(await made.slogen("build --check"), { code: 1, codes: ["cli/unfinished-swap"] });
      assert.deepEqual(made.files("generated"), between, "a check writes nothing");
    }
    assertRun(await made.slogen("build"), { code: 0, codes: nth === 1 ? [] : ["cli/swap-finished"] });
    assert.deepEqual(made.files("generated"), wanted);
    assertRun(await made.slogen("build --check"), { code: 0, codes: [] });
  }
});

test("finishing may be killed as well", async (t) => {
  const made = folder(t, OLD);
  await changed(made);
  await made.slogen("build", { fs: killedAtRename(2) });
  for (let i = 0; i < 3; i++) assertRun(await made.slogen("build", { fs: killedAtRename(2) }), { code: 2, codes: ["cli/unwritable"] });
  assertRun(await made.slogen("build"), { code: 0, codes: ["cli/swap-finished"] });
  assert.equal(made.read("generated/prometheus/d.yaml"), "d");
});

test("an edit between the crash and the next build is kept until `--force`", async (t) => {
  const made = folder(t, OLD);
  await changed(made);
  await made.slogen("build", { fs: killedAtRename(3) });
  made.write("generated/prometheus/b.yaml", "my edit");
  const before = made.files("generated");
  assertRun(await made.slogen("build"), { code: 1, codes: ["cli/swap-conflict"] });
  assert.deepEqual(made.files("generated"), before);
  assertRun(await made.slogen("build --force"), { code: 0, codes: ["cli/swap-finished"] });
  assert.equal(made.read("generated/prometheus/b.yaml"), "b2");
});

test("a file that was put in place and then restored from Git counts as edited", async (t) => {
  const made = folder(t, OLD);
  await changed(made);
  await made.slogen("build", { fs: killedAtRename(3) });
  assert.equal(made.read("generated/prometheus/a.yaml"), "a2");
  made.write("generated/prometheus/a.yaml", "a");
  assertRun(await made.slogen("build"), { code: 1, codes: ["output/hand-edited", "cli/swap-finished"] });
});

test("a full disk changes nothing and leaves nothing behind", async (t) => {
  const made = folder(t, OLD);
  await changed(made);
  const before = made.files("generated");
  let writes = 0;
  const writeFileSync: typeof fs.writeFileSync = (path, data, options) => {
    if (++writes === 2) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write" });
    fs.writeFileSync(path, data, options);
  };
  const run = await made.slogen("build", { fs: { writeFileSync } });
  assertRun(run, { code: 2, codes: ["cli/unwritable"] });
  assert.match(run.err, /the disk is full/);
  assert.match(run.err, /nothing was written\n$/);
  assert.deepEqual(made.files("generated"), before);
});

test("a read-only output folder is an error of the surroundings", async (t) => {
  const made = folder(t, OLD);
  const mkdirSync = (() => {
    throw Object.assign(new Error("EACCES"), { code: "EACCES", syscall: "mkdir" });
  }) as unknown as typeof fs.mkdirSync;
  const run = await made.slogen("build", { fs: { mkdirSync } });
  assertRun(run, { code: 2, codes: ["cli/unwritable"] });
  assert.match(run.err, /`generated` cannot be written: permission denied/);
});

test("a folder where a file should be stops the build", async (t) => {
  const made = folder(t, { ...OLD, "generated/prometheus/a.yaml/mine": "" });
  assertRun(await made.slogen("build"), { code: 2, codes: ["cli/unwritable"] });
  const blocked = folder(t, { ...OLD, "generated/prometheus": "a file" });
  assertRun(await blocked.slogen("build"), { code: 2, codes: ["cli/unwritable"] });
  assert.deepEqual(blocked.files("generated"), { prometheus: "a file" });
});

test("a journal that leads outside the output folder is not followed", async (t) => {
  const journal = JSON.stringify({ version: 1, steps: [{ path: "../slo/a.yaml", before: "x" }] });
  const made = folder(t, { ...OLD, "generated/.slogen-staging/journal.json": journal });
  assertRun(await made.slogen("build --force"), { code: 2, codes: ["cli/journal-syntax"] });
  assert.equal(made.read("slo/a.yaml"), "a");
});
