import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { TARGETS } from "../../src/emitters/registry.ts";
import { compile } from "../../src/index.ts";
import { CODES } from "../../src/cli/all-codes.ts";
import { folder, PACKAGE_ROOT, type Folder } from "./support.ts";
import * as fs from "node:fs";

const COMMANDS = ["init", "build", "check", "validate", "explain", "explain-code", "push", "schema", "targets", "completion", "help"];

test("the bare name and `help` print what `--help` prints, to standard output", async (t) => {
  const { slogen } = folder(t);
  const { out } = await slogen("--help");
  for (const args of [[], ["help"]]) assert.deepEqual(await slogen("", { args }), { code: 0, out, err: "" });
  for (const command of COMMANDS) assert.match(out, new RegExp(`^  ${command}\\b`, "m"));
});

test("`help` knows commands, their other names and codes, and suggests the nearest", async (t) => {
  const { slogen } = folder(t);
  for (const command of COMMANDS) {
    const { code, out, err } = await slogen(`help ${command}`);
    assert.deepEqual({ code, out, err }, await slogen(`${command} --help`));
    assert.match(out, new RegExp(`^Usage: slogen ${command}`));
  }
  assert.match((await slogen("help lint")).out, /^Usage: slogen validate\|lint/);
  assert.match((await slogen("help promql/counter-flag-missing")).out, /^# promql\/counter-flag-missing\n/);
  const rows: readonly (readonly [line: string, answer: RegExp])[] = [
    ["help biuld", /did you mean `slogen help build`/],
    ["help promql/counter-flag-mising", /did you mean `promql\/counter-flag-missing`/],
    ["biuld", /Did you mean build\?/],
    ["build --chekc", /Did you mean --check\?/],
    ["explain-code openslo/bad-targt", /did you mean `openslo\/bad-target`/],
    ["schema opensloo-v1", /did you mean `openslo-v1`/],
    ["validate slo", /`slogen validate -f slo`/],
    ["completion", /name a shell/],
    ["completion csh", /Allowed choices are bash, zsh, fish/],
  ];
  for (const [line, answer] of rows) {
    const { code, out, err } = await slogen(line);
    assert.deepEqual({ code, out }, { code: 2, out: "" }, line);
    assert.match(err, answer);
  }
});

test("every example of the help runs", async (t) => {
  const examples: string[] = [];
  for (const command of COMMANDS) {
    const { out } = await folder(t).slogen(`help ${command}`);
    const block = /\nExamples:\n([\s\S]*)$/.exec(out)?.[1] ?? "";
    examples.push(...[...block.matchAll(/^ {2}(slogen .*?)(?: +[|#].*)?$/gm)].map(([, line = ""]) => line));
  }
  assert.ok(examples.length > 10, examples.join("\n"));
  for (const command of ["init", "build", "check", "validate", "explain", "explain-code", "push", "schema"])
    assert.ok(
      examples.some((line) => `${line} `.startsWith(`slogen ${command} `)),
      `no example of ${command}`,
    );
  for (const line of examples.filter((each) => !RUNS_ELSEWHERE.test(each))) {
    const project = line.startsWith("slogen init") ? folder(t) : await checkout(t);
    const words = line.split(" ").slice(1);
    const { code, err } = await project.slogen("", {
      args: words[0] === "init" && words.length < 3 ? [...words, "--yes"] : words,
      compile,
    });
    assert.equal(code, 0, `${line}\n${err}`);
  }
});

/** A push needs Datadog and a watch never ends; their own tests run them. */
const RUNS_ELSEWHERE = /^slogen push|--watch/;

/** What the examples speak of: an SLO and a policy for `prod`. */
async function checkout(t: Parameters<typeof folder>[0]): Promise<Folder> {
  const project = folder(t);
  await project.slogen("init --yes --service checkout --release argo-rollouts --traffic 600rpm");
  fs.copyFileSync(join(project.path, "slo/checkout.yaml"), join(project.path, "slo.yaml"));
  fs.appendFileSync(join(project.path, "slogen.yaml"), "environments: { prod: {} }\n");
  await project.slogen("build", { compile });
  return project;
}

test("`check` is `build --check`, and `lint` is `validate`", async (t) => {
  const project = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a" });
  for (const state of ["missing", "built"]) {
    if (state === "built") await project.slogen("build");
    assert.deepEqual(await project.slogen("check"), await project.slogen("build --check"), state);
    assert.deepEqual(await project.slogen("lint"), await project.slogen("validate"), state);
  }
  assert.equal((await project.slogen("check -o -")).code, 2);
});

test("`targets` tells of each target and the keys of its section", async (t) => {
  const { code, out } = await folder(t).slogen("targets");
  assert.equal(code, 0);
  for (const { id, title, docs } of TARGETS) for (const words of [id, title, docs]) assert.ok(out.includes(words), words);
  assert.match(out, /^flagger\n(.+\n)* {2}options {2}canary$/m);
});

test("`completion --words` lists codes and names, and says nothing of what is wrong", async (t) => {
  const project = await checkout(t);
  assert.deepEqual((await project.slogen("completion --words codes")).out.trim().split("\n").sort(), CODES);
  assert.deepEqual(await project.slogen("completion --words names"), { code: 0, out: "checkout\ncheckout-availability\n", err: "" });
  assert.deepEqual(await folder(t).slogen("completion --words names"), { code: 0, out: "", err: "" });
  const broken = folder(t, { "slogen.yaml": "", "slo/a.yaml": "apiVersion: openslo/v1\nkind: SLO\n" });
  assert.deepEqual(await broken.slogen("completion --words names"), { code: 0, out: "", err: "" });
});

test("the version is the package's", async (t) => {
  const { version } = JSON.parse(fs.readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8")) as { readonly version: string };
  for (const option of ["--version", "-V"]) assert.deepEqual(await folder(t).slogen(option), { code: 0, out: `${version}\n`, err: "" });
});
