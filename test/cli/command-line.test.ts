import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExitCode } from "../../src/cli/exit-code.ts";
import { usesColor } from "../../src/cli/color.ts";
import type { Io } from "../../src/cli/io.ts";
import { toStream } from "../../src/cli/stream.ts";
import { folder } from "./support.ts";

test("the exit code tells what kind of thing went wrong, and the worst wins", async (t) => {
  const project = { "slogen.yaml": "", "slo/a.yaml": "a" };
  const rows: readonly (readonly [line: string, files: Readonly<Record<string, string>>, code: ExitCode])[] = [
    ["build", project, 0],
    ["validate", { ...project, "slo/a.yaml": "odd" }, 0],
    ["--help", {}, 0],
    ["build --help", {}, 0],
    ["--version", {}, 0],
    ["validate", { ...project, "slo/a.yaml": "wrong" }, 1],
    ["build --check", project, 1],
    ["build", { ...project, "generated/prometheus/a.yaml": "x" }, 1],
    ["build", {}, 2],
    ["build", { "slogen.yaml": "" }, 2],
    ["build", { ...project, "slogen.yaml": "outt: x" }, 2],
    ["build", { ...project, "slogen.yaml": "out: [" }, 2],
    ["build --set", project, 2],
    ["build --set dialect", project, 2],
    ["build --set prometheus.dialect=slot", project, 2],
    ["build -t promethus", project, 2],
    ["build -f nope.yaml", project, 2],
    ["build --report xml", project, 2],
    ["build --colour never", project, 2],
    ["build slo/a.yaml", project, 2],
    ["build --check -o -", project, 2],
    ["biuld", project, 2],
    ["explain-code no/such-code", project, 2],
    ["validate -f nope.yaml -f slo", { ...project, "slo/a.yaml": "wrong" }, 2],
  ];
  for (const [line, files, code] of rows) {
    const { slogen } = folder(t, files);
    const run = await slogen(line);
    assert.equal(run.code, code, `${line}\n${run.err}`);
    if (code !== 0) assert.notEqual(run.err, "", `${line} says why`);
  }
});

test("a crash is called a bug, and `--verbose` shows where", async (t) => {
  const { slogen, files } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "crash" });
  const run = await slogen("build");
  assert.equal(run.code, 3);
  assert.match(run.err, /^slogen has a bug: cannot read properties of undefined\n.*--verbose.*report it/s);
  assert.match((await slogen("build --verbose")).err, /TypeError: .*\n\s+at copying/s);
  assert.deepEqual(files("generated"), {});
});

test("a misspelt target, key or command is answered with the right one", async (t) => {
  const rows: readonly (readonly [line: string, place: RegExp, answer: RegExp])[] = [
    ["build -t promethus", /--> <-t>:1:4/, /prometheus/],
    ["build --set prometheus.dialetc=sloth", /--> <--set prometheus\.dialetc>:1:12/, /dialect/],
    ["build --set prometheus.dialect=slot", /--> <--set prometheus\.dialect>:1:20/, /sloth/],
    ["build --set prometheus.interval=30", /--> <--set prometheus\.interval>:1:21/, /`30s`/],
    ["biuld", /unknown command 'biuld'/, /build/],
  ];
  const { slogen } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a" });
  for (const [line, place, answer] of rows) {
    const { err } = await slogen(line);
    assert.match(err, place);
    assert.match(err, answer);
  }
});

test("colour follows the option, then the environment, then the terminal", () => {
  const terminal = { write: () => undefined, isTerminal: true };
  const pipe = { write: () => undefined, isTerminal: false };
  const withEnv = (env: Io["env"]): Io => ({ env }) as Io;
  assert.equal(usesColor("auto", terminal, withEnv({})), true);
  assert.equal(usesColor("auto", pipe, withEnv({})), false);
  assert.equal(usesColor("auto", terminal, withEnv({ NO_COLOR: "1" })), false);
  assert.equal(usesColor("auto", terminal, withEnv({ NO_COLOR: "" })), true);
  assert.equal(usesColor("auto", terminal, withEnv({ TERM: "dumb" })), false);
  assert.equal(usesColor("auto", pipe, withEnv({ FORCE_COLOR: "1" })), true);
  assert.equal(usesColor("always", pipe, withEnv({ NO_COLOR: "1" })), true);
  assert.equal(usesColor("never", terminal, withEnv({ FORCE_COLOR: "1" })), false);
});

test("a stream of files has one document for each of theirs", () => {
  const file = (path: string, text: string) => ({ path, text, sources: [] });
  assert.equal(
    toStream([file("a.yaml", "# made\na: 1\n"), file("b.yaml", "\n# made\n\n---\nb: 2\n"), file("c.json", "{}")]),
    "---\n# a.yaml\n# made\na: 1\n# b.yaml\n\n# made\n\n---\nb: 2\n---\n# c.json\n{}\n",
  );
});
