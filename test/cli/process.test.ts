import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { realCommand as slogen, SPEC } from "./real-command.ts";
import { folder } from "./support.ts";

test("the command reads standard input and writes rules to standard output", async (t) => {
  const { path } = folder(t);
  const { code, out, err } = await slogen(path, ["build", "-f", "-", "-o", "-", "--quiet"], { stdin: SPEC });
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  assert.match(out, /^---\n# prometheus\/.*\n(.*\n)*groups:/);
});

test("a reader that has seen enough is no error", async (t) => {
  const { path } = folder(t);
  const { code, err } = await slogen(path, ["build", "-f", "-", "-o", "-", "--quiet"], { stdin: SPEC, closeOutput: true });
  assert.deepEqual({ code, err }, { code: 0, err: "" });
});

test("nobody listening to the report changes neither the exit code nor the files", async (t) => {
  const { path, read } = folder(t, { "slogen.yaml": "", "slo/a.yaml": SPEC });
  assert.equal((await slogen(path, ["build"], { closeErrors: true })).code, 0);
  assert.match(read("generated/.slogen-manifest.json"), /slo\/a\.yaml/);
  assert.equal((await slogen(path, ["build", "--check"], { closeErrors: true, closeOutput: true })).code, 0);
  const wrong = folder(t, { "slogen.yaml": "", "slo/a.yaml": "wrong" });
  assert.equal((await slogen(wrong.path, ["build"], { closeErrors: true })).code, 1);
});

test("what is wrong sets the exit code of the process", async (t) => {
  const { path } = folder(t, { "slogen.yaml": "", "slo/a.yaml": SPEC.replace("objective: 99.9", "objective: 100") });
  assert.equal((await slogen(path, ["build"])).code, 1);
  assert.equal((await slogen(path, ["biuld"])).code, 2);
});

test(
  "an output folder without the right to write is left as it is",
  { skip: process.getuid?.() === 0 && "root may write everywhere" },
  async (t) => {
    const { path } = folder(t, { "slogen.yaml": "", "slo/a.yaml": SPEC, "generated/README.md": "mine" });
    chmodSync(join(path, "generated"), 0o555);
    const { code, err } = await slogen(path, ["build", "--quiet"]);
    chmodSync(join(path, "generated"), 0o755);
    assert.equal(code, 2);
    assert.match(err, /cli\/unwritable.*permission denied/);
  },
);
