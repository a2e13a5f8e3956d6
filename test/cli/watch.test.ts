import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import type { Compile } from "../../src/output/output.ts";
import { copying, folder, type Folder, type Run, type RunOptions } from "./support.ts";

const LINE = "watching for changes; Ctrl-C ends\n";

interface Watching extends Folder {
  /** What was printed since the last call, once it is `wanted`. */
  readonly printed: (wanted: string) => Promise<void>;
  /** Tells the build that something happened. */
  readonly ring: () => void;
  /** Whether a change of the path would be heard, and where the watcher looks. */
  readonly hears: (path: string) => boolean;
  readonly watched: () => readonly string[];
  /** Ctrl-C. */
  readonly end: () => Promise<Run>;
}

/** A `build --watch` whose watcher is the test. */
function watching(t: TestContext, files: Readonly<Record<string, string>>, options: RunOptions = {}, line = "build --watch"): Watching {
  const project = folder(t, files);
  let text = "";
  let heard: Parameters<NonNullable<RunOptions["watch"]>> | undefined;
  let interrupt = (): void => undefined;
  const interrupted = new Promise<void>((resolve) => (interrupt = resolve));
  const run = project.slogen(line, {
    ...options,
    watch: (...args) => {
      heard = args;
      return Promise.resolve({ close: () => Promise.resolve() });
    },
    interrupted: () => interrupted,
    onErr: (more) => (text += more),
  });
  return {
    ...project,
    printed: async (wanted) => {
      for (let patience = 200; patience > 0 && text !== wanted; patience--) await wait(5);
      assert.equal(text, wanted);
      text = "";
    },
    ring: () => heard?.[2](),
    hears: (path) => heard?.[0].includes(fs.realpathSync(join(project.path, path, ".."))) === true && heard[1](join(project.path, path)),
    watched: () => heard?.[0].map((path) => path.slice(project.path.length)) ?? [],
    end: () => {
      interrupt();
      return run;
    },
  };
}

const PROJECT = { "slogen.yaml": "", "slo/a.yaml": "a: 1\n" };

test("a watch builds at once, after each change, and ends well at Ctrl-C", async (t) => {
  const { printed, ring, write, remove, files, end } = watching(t, PROJECT);
  await printed(`1 SLO, 1 file (1 new) in 0 ms\n${LINE}`);
  write("slo/a.yaml", "a: 2\n");
  ring();
  await printed("1 SLO, 1 file (1 changed) in 0 ms\n");
  assert.equal(files("generated")["prometheus/a.yaml"], "a: 2\n");
  write("slo/b.yaml", "b: 1\n");
  ring();
  await printed("2 SLOs, 2 files (1 new, 1 unchanged) in 0 ms\n");
  remove("slo/a.yaml");
  ring();
  await printed("1 SLO, 1 file (1 removed, 1 unchanged) in 0 ms\n");
  assert.equal((await end()).code, 0);
});

test("everything that was read is watched, each new file that would be read too, and nothing else", async (t) => {
  const { printed, hears, watched, end } = watching(t, {
    "slogen.yaml": "specs: [slo, shared/extra.yaml]\ntemplates: words\nprometheus: { windows: windows }",
    "slo/a.yaml": "a: 1\n",
    "shared/extra.yaml": "b: 1\n",
    "shared/other.yaml": "c: 1\n",
    "windows/30d.yaml": "w: 1\n",
    "words/prometheus/x.hbs": "x",
    "code/main.go": "",
  });
  await printed(`2 SLOs, 2 files (2 new) in 0 ms\n${LINE}`);
  for (const path of [
    "slogen.yaml",
    "slo/a.yaml",
    "slo/new.yaml",
    "slo/new",
    "shared/extra.yaml",
    "windows/30d.yaml",
    "words/prometheus/x.hbs",
  ])
    assert.ok(hears(path), path);
  for (const path of ["shared/other.yaml", "code/main.go", "generated/prometheus/a.yaml"]) assert.ok(!hears(path), path);
  assert.deepEqual(watched(), ["", "/shared", "/slo", "/windows", "/words", "/words/prometheus"]);
  await end();
});

test("what the configuration says anew is watched anew", async (t) => {
  const { printed, ring, write, hears, end } = watching(t, { ...PROJECT, "team/b.yaml": "b: 1\n" });
  await printed(`1 SLO, 1 file (1 new) in 0 ms\n${LINE}`);
  assert.ok(!hears("team/b.yaml"));
  write("slogen.yaml", "specs: [team]");
  ring();
  await printed("1 SLO, 1 file (1 new, 1 removed) in 0 ms\n");
  assert.ok(hears("team/b.yaml") && !hears("slo/a.yaml"));
  await end();
});

test("another file of a folder that was watched for one alone is watched from then on", async (t) => {
  const { printed, ring, write, hears, end } = watching(t, {
    "slogen.yaml": "specs: [x/a.yaml]",
    "x/a.yaml": "a: 1\n",
    "x/b.yaml": "b: 1\n",
  });
  await printed(`1 SLO, 1 file (1 new) in 0 ms\n${LINE}`);
  assert.ok(!hears("x/b.yaml"));
  write("slogen.yaml", "specs: [x/a.yaml, x/b.yaml]");
  ring();
  await printed("2 SLOs, 2 files (1 new, 1 unchanged) in 0 ms\n");
  assert.ok(hears("x/b.yaml"));
  await end();
});

test("errors are printed in full, and a log says when they are gone", async (t) => {
  const { printed, ring, write, read, end } = watching(t, PROJECT);
  await printed(`1 SLO, 1 file (1 new) in 0 ms\n${LINE}`);
  write("slo/a.yaml", "wrong\n");
  ring();
  await printed(
    "error[fake/wrong]: this spec is wrong\n  --> slo/a.yaml:1:1\n   |\n 1 | wrong\n   | ^^^^^\n   |\n   = help: write it right\n\n1 error: nothing was written\n",
  );
  assert.equal(read("generated/prometheus/a.yaml"), "a: 1\n");
  write("slo/a.yaml", "a: 2\n");
  ring();
  await printed("fixed\n1 SLO, 1 file (1 changed) in 0 ms\n");
  await end();
});

test("a terminal is cleared of what is no longer true", async (t) => {
  const { printed, ring, write, end } = watching(
    t,
    { ...PROJECT, "slo/a.yaml": "wrong\n" },
    { isTerminal: true },
    "build --watch --color never",
  );
  await printed(
    `error[fake/wrong]: this spec is wrong\n  --> slo/a.yaml:1:1\n   |\n 1 | wrong\n   | ^^^^^\n   |\n   = help: write it right\n\n1 error: nothing was written\n${LINE}`,
  );
  write("slo/a.yaml", "a: 1\n");
  ring();
  await printed("\x1b[2J\x1b[H1 SLO, 1 file (1 new) in 0 ms\n");
  write("slo/a.yaml", "a: 2\n");
  ring();
  await printed("1 SLO, 1 file (1 changed) in 0 ms\n");
  await end();
});

test("a broken configuration is waited out", async (t) => {
  const { printed, ring, write, end } = watching(t, { ...PROJECT, "slogen.yaml": "specs: [slo]" }, {}, "build --watch --quiet");
  await printed(LINE);
  write("slogen.yaml", "specs: [nowhere]");
  ring();
  await wait(50);
  write("nowhere/a.yaml", "a: 1\n");
  ring();
  await wait(50);
  const { code, err } = await end();
  assert.equal(code, 0);
  assert.match(err, /error\[cli\/no-such-file\](?:.*\n)*fixed\n$/);
});

test("a change while a build runs is built next, and never two at once", async (t) => {
  let running = 0;
  let path = "";
  const compile: Compile = (input) => {
    assert.equal(++running, 1);
    const made = copying(input);
    // Somebody saves just after the file was read.
    if (input.sources.some(({ text }) => text === "a: 1\n")) fs.writeFileSync(join(path, "slo/a.yaml"), "a: 2\n");
    running--;
    return made;
  };
  const watch = watching(t, PROJECT, { compile });
  path = watch.path;
  await watch.printed(`1 SLO, 1 file (1 new) in 0 ms\n${LINE}1 SLO, 1 file (1 changed) in 0 ms\n`);
  assert.equal(watch.read("generated/prometheus/a.yaml"), "a: 2\n");
  await watch.end();
});

test("an event without a change builds nothing, nor does what the build wrote itself", async (t) => {
  const { printed, ring, write, end } = watching(t, { "slogen.yaml": "", "slo.yaml": "a: 1\n" });
  await printed(`1 SLO, 1 file (1 new) in 0 ms\n${LINE}`);
  for (const change of [
    () => undefined,
    () => {
      write("slo.yaml", "a: 1\n");
    },
    () => {
      write("generated/x.yaml", "");
    },
    () => {
      write(".slo.yaml.swp", "");
    },
  ]) {
    change();
    ring();
    await wait(30);
    await printed("");
  }
  await end();
});

test("a file edited in place is no reason to build again, an edit of the user's is", async (t) => {
  const compile: Compile = (input) => {
    const source = input.sources.find(({ path }) => path.startsWith("slo/"));
    const text = fs.readFileSync(join(watch.path, "slo/a.yaml"), "utf8");
    const edits = { path: "slo/a.yaml", text };
    return {
      files: [{ path: "x/a.yaml", text: `${text.replace(/# gate\n/, "")}# gate\n`, sources: [source?.path ?? ""], edits }],
      diagnostics: [],
      slos: 1,
    };
  };
  const watch = watching(t, PROJECT, { compile }, "build --watch --in-place");
  await watch.printed(`1 SLO, 1 file (1 changed) in 0 ms\n${LINE}`);
  watch.ring();
  await wait(30);
  await watch.printed("");
  watch.write("slo/a.yaml", "a: 2\n");
  watch.ring();
  await watch.printed("1 SLO, 1 file (1 changed) in 0 ms\n");
  await watch.end();
});

test("without a configuration there is nothing to watch", async (t) => {
  assert.equal((await folder(t).slogen("build --watch")).code, 2);
});

test("`--watch` is refused where it makes no sense", async (t) => {
  const { slogen } = folder(t, PROJECT);
  for (const [line, why] of [
    ["build --watch --check", /`--check` writes nothing/],
    ["build --watch -o -", /`-o -` names none/],
    ["build --watch -f -", /standard input \(`-f -`\) can be read once/],
    ["build --watch --report json", /reports to people/],
    ["validate --watch", /unknown option '--watch'/],
  ] as const) {
    const run = await slogen(line);
    assert.equal(run.code, 2, line);
    assert.match(run.err, why);
  }
});
