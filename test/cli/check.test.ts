import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { diffOf, printDiff, type FileChange } from "../../src/cli/diff.ts";
import type { Io } from "../../src/cli/io.ts";
import type { Compile } from "../../src/output/output.ts";
import { assertRun, copying, folder, type Folder } from "./support.ts";

const PROJECT = { "slogen.yaml": "", "slo/a.yaml": "a: 1\n", "slo/b.yaml": "b: 1\n", "slo/c.yaml": "c: 1\n" };

/** `git apply`, in its own repository so that none around it matters. */
function gitApply(made: Folder, patch: string, cwd = ""): void {
  execFileSync("git", ["init", "--quiet"], { cwd: made.path });
  execFileSync("git", ["apply", "-"], { cwd: `${made.path}/${cwd}`, input: patch, stdio: ["pipe", "pipe", "pipe"] });
}

test("the diff goes from what lies there to what a build would write, and the last line says what to type", async (t) => {
  const { slogen, write, remove } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a: 1\n", "slo/b.yaml": "b: 1\n" });
  await slogen("build");
  write("slo/a.yaml", "a: 2\n");
  remove("slo/b.yaml");
  const run = await slogen("build --check");
  assertRun(run, { code: 1, codes: ["output/leftover", "output/stale"] });
  assert.equal(
    run.out.slice(0, run.out.indexOf("--- a/generated/.slogen-manifest.json")),
    `--- a/generated/prometheus/a.yaml
+++ b/generated/prometheus/a.yaml
@@ -1,1 +1,1 @@
-a: 1
+a: 2
--- a/generated/prometheus/b.yaml
+++ /dev/null
@@ -1,1 +0,0 @@
-b: 1
`,
  );
  assert.match(run.err, /\n2 errors: run `slogen build` and commit what it changes\n$/);
});

test("with the diff applied by git, the folder is up to date", async (t) => {
  const rows: readonly (readonly [name: string, change: (made: Folder) => void])[] = [
    [
      "nothing is there",
      ({ remove }) => {
        remove("generated");
      },
    ],
    [
      "a change, a removal and a new file",
      ({ write, remove }) => {
        write("slo/a.yaml", "a: 2\n");
        remove("slo/b.yaml");
        write("slo/d.yaml", "d: 1\n");
      },
    ],
    [
      "an edit by hand",
      ({ write }) => {
        write("generated/prometheus/a.yaml", "mine\n\n");
      },
    ],
    [
      "no newline at the end, before",
      ({ write }) => {
        write("generated/prometheus/a.yaml", "a: 2");
      },
    ],
    [
      "no newline at the end, after",
      ({ write }) => {
        write("slo/a.yaml", "a: 1");
      },
    ],
    [
      "blanks in a name",
      ({ write }) => {
        write("slo/my own.yaml", "d: 1\n");
      },
    ],
    [
      "a lost manifest",
      ({ remove }) => {
        remove("generated/.slogen-manifest.json");
      },
    ],
    [
      "lines that look like headers",
      ({ write }) => {
        write("slo/a.yaml", "--- a\n+++ b\n@@ -1 +1 @@\n");
      },
    ],
    [
      "texts that have nothing in common",
      ({ write }) => {
        write("slo/a.yaml", Array.from({ length: 3000 }, (_, line) => `x${line}\n`).join(""));
        write("generated/prometheus/a.yaml", Array.from({ length: 3000 }, (_, line) => `y${line}\n`).join(""));
      },
    ],
  ];
  for (const [name, change] of rows) {
    const made = folder(t, PROJECT);
    await made.slogen("build");
    change(made);
    const { code, out } = await made.slogen("build --check");
    assert.equal(code, 1, name);
    gitApply(made, out);
    assertRun(await made.slogen("build --check"), { code: 0, codes: [] });
  }
});

test("the diff applies from the folder in which it was made", async (t) => {
  const made = folder(t, { "shop/slogen.yaml": "", "shop/slo/a.yaml": "a: 1\n" });
  const { out } = await made.slogen("build --check", { cwd: "shop" });
  gitApply(made, out, "shop");
  assertRun(await made.slogen("build --check", { cwd: "shop" }), { code: 0, codes: [] });
});

test("files that Git checked out with other line ends differ in the changed lines alone, and the diff applies to them", async (t) => {
  const made = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a: 1\nb: 1\nc: 1\n" });
  await made.slogen("build");
  execFileSync("git", ["init", "--quiet"], { cwd: made.path });
  execFileSync("git", ["config", "core.autocrlf", "true"], { cwd: made.path });
  for (const path of ["generated/prometheus/a.yaml", "generated/.slogen-manifest.json"]) {
    made.write(path, made.read(path).replaceAll("\n", "\r\n"));
  }
  made.write("slo/a.yaml", "a: 1\nb: 2\nc: 1\n");
  const { out } = await made.slogen("build --check");
  assert.match(out, /@@ -1,3 \+1,3 @@\n a: 1\n-b: 1\n\+b: 2\n c: 1\n/);
  gitApply(made, out);
  assertRun(await made.slogen("build --check"), { code: 0, codes: [] });
});

test("a file of the user's that is edited in place is in the diff", async (t) => {
  const editing: Compile = (input) => {
    const source = { path: "deploy/rollout.yaml", text: "kind: Rollout\n" };
    const edit = { path: "argo-rollouts/rollout.yaml", text: "kind: Rollout\ngate: 1\n", sources: ["slo/a.yaml"], edits: source };
    return { ...copying(input), files: [edit] };
  };
  const { slogen } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", "deploy/rollout.yaml": "kind: Rollout\n" });
  const { out, err } = await slogen("build --check --in-place", { compile: editing });
  assert.match(out, /^--- a\/deploy\/rollout\.yaml\n\+\+\+ b\/deploy\/rollout\.yaml\n@@ -1,1 \+1,2 @@\n kind: Rollout\n\+gate: 1\n/);
  assert.match(err, /run `slogen build --in-place` and commit/);
});

test("the command to type has the options of the check", async (t) => {
  const { slogen } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a" });
  const { err } = await slogen("build --check -f slo/a.yaml -t prometheus -o out --set targets=[prometheus]");
  assert.match(err, /run `slogen build -f slo\/a\.yaml -t prometheus -o out --set 'targets=\[prometheus\]'` and commit/);
});

test("a file that a build would not overwrite asks for a decision instead", async (t) => {
  const { slogen, write } = folder(t, PROJECT);
  await slogen("build");
  write("generated/prometheus/a.yaml", "mine\n");
  assert.match((await slogen("build --check")).err, /1 error: a build stops at 1 file until you decide as said above\n$/);
});

test("the diff stays out of machine reports and quiet runs, and an up-to-date folder has none", async (t) => {
  const { slogen } = folder(t, PROJECT);
  assert.doesNotMatch((await slogen("build --check --report json")).out, /^\+\+\+ /m);
  assert.equal((await slogen("build --check --quiet")).out, "");
  await slogen("build");
  assert.equal((await slogen("build --check")).out, "");
});

/** A new file of so many lines. */
const grown = (path: string, lines: number): FileChange => ({ path, before: undefined, after: "x\n".repeat(lines) });

const terminal = (env: Io["env"] = {}): Io => ({ env, stdout: { write: () => undefined, isTerminal: true } }) as unknown as Io;
const pipe = (env: Io["env"] = {}): Io => ({ env, stdout: { write: () => undefined, isTerminal: false } }) as unknown as Io;
const style = { color: "never", verbose: false } as const;

test("people are shown 200 lines, programs everything", () => {
  const lines = diffOf([grown("a.yaml", 150), grown("b.yaml", 150), grown("c.yaml", 150)]);
  assert.equal(lines.length, 3 * 153);
  const cut = printDiff(lines, style, terminal()).split("\n");
  assert.equal(cut.length, 202);
  assert.equal(cut[200], "... 259 more lines in 2 files (--verbose shows them)");
  assert.equal(printDiff(lines, style, pipe({ CI: "true" })), cut.join("\n"));
  for (const whole of [printDiff(lines, style, pipe()), printDiff(lines, { ...style, verbose: true }, terminal())]) {
    assert.equal(whole.split("\n").length, lines.length + 1);
  }
});

test("git refuses a diff that was cut, wherever it was cut, and so never applies half of one", (t) => {
  for (const lines of [196, 197, 198, 199, 250]) {
    const made = folder(t);
    const text = printDiff(diffOf([grown("a.yaml", lines), grown("b.yaml", 50)]), style, terminal());
    assert.throws(() => {
      gitApply(made, text);
    }, /corrupt patch/);
    assert.deepEqual(
      Object.keys(made.files("")).filter((path) => path.endsWith(".yaml")),
      [],
    );
  }
});

test("colours are git's, and nothing in a file steers the terminal", () => {
  const lines = diffOf([{ path: "a.yaml", before: "a\n\x1b[2Jb\n", after: "a\nc\n" }]);
  assert.equal(
    printDiff(lines, { ...style, color: "always" }, terminal()),
    "\x1b[1m--- a/a.yaml\x1b[0m\n\x1b[1m+++ b/a.yaml\x1b[0m\n\x1b[36m@@ -1,2 +1,2 @@\x1b[0m\n a\n\x1b[31m-␛[2Jb\x1b[0m\n\x1b[32m+c\x1b[0m\n",
  );
});

test("a build before a commit fails when it wrote something, and passes when there was nothing to write", async (t) => {
  const { slogen, remove } = folder(t, PROJECT);
  const first = await slogen("build --fail-on-change");
  assertRun(first, { code: 1, codes: [] });
  assert.match(first.err, /\nadd what was written to the commit\n$/);
  assertRun(await slogen("build --fail-on-change"), { code: 0, codes: [] });
  remove("slo/b.yaml");
  assertRun(await slogen("build --fail-on-change"), { code: 1, codes: [] });
  assertRun(await slogen("build --fail-on-change --check"), { code: 2, codes: [] });
  assertRun(await slogen("build --fail-on-change -o -"), { code: 2, codes: [] });
  assertRun(await slogen("build --fail-on-change --watch"), { code: 2, codes: [] });
});
