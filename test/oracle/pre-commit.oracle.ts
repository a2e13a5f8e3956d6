import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { cleanClone, commitAll } from "./clean-clone.ts";
import { oracle } from "./support.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/checkout-http", import.meta.url));
const SPEC = "slo/checkout.yaml";
const GENERATED = "generated/prometheus/checkout/availability.yaml";

interface Run {
  readonly status: number | null;
  readonly text: string;
}

const folders: string[] = [];
/** A clean clone of this repository, as pre-commit and npm find it. */
let slogen = "";

function run(command: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Run {
  // Whatever npm said to this test is not for the npm that runs in it.
  const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", env: { ...Object.fromEntries(own), ...env } });
  return { status, text: stdout + stderr };
}

function temporary(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `slogen-${name}-`));
  folders.push(folder);
  return folder;
}

/** A user's repository: an example without what is generated from it. */
function userRepository(): string {
  const folder = temporary("user");
  cpSync(EXAMPLE, folder, { recursive: true });
  rmSync(join(folder, "generated"), { recursive: true });
  return folder;
}

before(() => {
  slogen = cleanClone();
  folders.push(slogen);
});

after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe("the hooks, installed by pre-commit from a clone", () => {
  let repository = "";
  const home = temporary("pre-commit");
  const hook = (id: string): Run =>
    run("python3", ["-m", "pre_commit", "run", id, "--all-files", "--verbose"], repository, {
      PRE_COMMIT_HOME: home,
      PYTHONPATH: oracle("pre-commit"),
    });
  const edit = (path: string, change: (text: string) => string): void => {
    const whole = join(repository, path);
    writeFileSync(whole, change(readFileSync(whole, "utf8")));
  };

  before(() => {
    repository = userRepository();
    const revision = run("git", ["rev-parse", "HEAD"], slogen).text.trim();
    const hooks = ["slogen-build", "slogen-check", "slogen-validate"].map((id) => `      - id: ${id}\n`).join("");
    const config = `repos:\n  - repo: file://${slogen}\n    rev: ${revision}\n    hooks:\n${hooks}`;
    writeFileSync(join(repository, ".pre-commit-config.yaml"), config);
    commitAll(repository);
  });

  test("slogen-build fails when it wrote a new file, which pre-commit itself does not notice", () => {
    const first = hook("slogen-build");
    assert.equal(first.status, 1, first.text);
    assert.match(first.text, /3 files \(3 new\)/);
    assert.match(first.text, /add what was written to the commit/);
    commitAll(repository);
    const second = hook("slogen-build");
    assert.equal(second.status, 0, second.text);
    assert.match(second.text, /3 files \(3 unchanged\)/);
  });

  test("slogen-build fails where it changed a file that is committed", () => {
    edit(SPEC, (text) => text.replace(/target: 0\.999\b/, "target: 0.995"));
    const changed = hook("slogen-build");
    assert.equal(changed.status, 1);
    assert.match(changed.text, /files were modified by this hook/);
    assert.equal(hook("slogen-build").status, 0);
  });

  test("slogen-check fails with the difference after an edit, and writes nothing", () => {
    assert.equal(hook("slogen-check").status, 0);
    const before = readFileSync(join(repository, GENERATED), "utf8");
    edit(SPEC, (text) => text.replace(/target: 0\.995\b/, "target: 0.99"));
    const stale = hook("slogen-check");
    assert.equal(stale.status, 1);
    assert.match(stale.text, /^\+.*0\.99\b/m);
    assert.match(stale.text, /^-.*0\.995\b/m);
    assert.equal(readFileSync(join(repository, GENERATED), "utf8"), before);
  });

  test("slogen-validate names the line that is wrong", () => {
    assert.equal(hook("slogen-validate").status, 0);
    edit(SPEC, (text) => text.replace(/target: 0\.99\b/, "target: 99"));
    const wrong = hook("slogen-validate");
    const line =
      readFileSync(join(repository, SPEC), "utf8")
        .split("\n")
        .findIndex((text) => text.includes("target: 99")) + 1;
    assert.equal(wrong.status, 1);
    assert.match(wrong.text, new RegExp(`${SPEC}:${line}:`));
  });
});

test("a packed clone, installed globally, builds an example as it is committed", () => {
  const npm = (...args: readonly string[]): void => {
    const { status, text } = run("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], slogen);
    assert.equal(status, 0, text);
  };
  const prefix = temporary("prefix");
  npm("ci");
  npm("pack", "--pack-destination", prefix);
  const archive = readdirSync(prefix).find((name) => name.endsWith(".tgz")) ?? "";
  npm("install", "--global", "--prefix", prefix, join(prefix, archive));
  const repository = userRepository();
  const { status, text } = run(join(prefix, "bin/slogen"), ["build"], repository);
  assert.equal(status, 0, text);
  assert.equal(readFileSync(join(repository, GENERATED), "utf8"), readFileSync(join(EXAMPLE, GENERATED), "utf8"));
  const wide = join(repository, ".prettierrc.yaml");
  writeFileSync(wide, "proseWrap: always\n");
  assert.equal(run(join(prefix, "bin/slogen"), ["build"], repository).status, 0, "prettier is installed with slogen");
});
