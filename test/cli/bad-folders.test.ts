import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { realCommand, SPEC } from "./real-command.ts";
import { codesIn, folder } from "./support.ts";

const PROJECT = { "slogen.yaml": "prometheus: { retention: 400d }", "slo/a.yaml": SPEC };

/** What a person meets who runs slogen in the wrong place, or with the wrong words: by the real command, from the folder `here`. */
const ROWS: readonly {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args: string;
  readonly code: number;
  readonly codes: readonly string[];
  readonly says: RegExp;
}[] = [
  {
    name: "no configuration",
    files: {},
    args: "build",
    code: 2,
    codes: ["cli/no-config"],
    says: /put a `slogen\.yaml` in the project's root/,
  },
  {
    name: "no specs",
    files: { "slogen.yaml": "" },
    args: "build",
    code: 2,
    codes: ["cli/no-specs"],
    says: /no spec matches `slo\.\{yaml,yml,json\}`/,
  },
  {
    name: "two configurations",
    files: { ...PROJECT, "slogen.yml": "" },
    args: "build",
    code: 2,
    codes: ["cli/two-configs"],
    says: /remove `slogen\.yml`, or choose with `--config`/,
  },
  {
    name: "an unknown target",
    files: PROJECT,
    args: "build -t promethus",
    code: 2,
    codes: ["schema/not-one-of"],
    says: /did you mean `prometheus`\?/,
  },
  {
    name: "an unknown option",
    files: PROJECT,
    args: "build --chekc",
    code: 2,
    codes: [],
    says: /unknown option '--chekc'\n\(Did you mean --check\?\)/,
  },
  { name: "an unknown command", files: PROJECT, args: "biuld", code: 2, codes: [], says: /Did you mean build\?/ },
  {
    name: "an output folder that is a file",
    files: { ...PROJECT, generated: "mine" },
    args: "build",
    code: 2,
    codes: ["cli/unwritable"],
    says: /`generated` cannot be written: part of its path is a file/,
  },
  {
    name: "a check of an output folder that is a file",
    files: { ...PROJECT, generated: "mine" },
    args: "build --check",
    code: 1,
    codes: ["output/missing", "output/missing"],
    says: /run `slogen build`/,
  },
  {
    name: "a spec from outside the repository",
    files: { ...PROJECT, "../elsewhere/slo.yaml": SPEC },
    args: "build -f ../elsewhere/slo.yaml",
    code: 2,
    codes: ["cli/outside-repository"],
    says: /`\.\.\/elsewhere\/slo\.yaml` lies outside the repository/,
  },
];

for (const { name, files, args, code, codes, says } of ROWS) {
  test(`${name}: the command says what to do and changes nothing`, async (t) => {
    const made = folder(t, Object.fromEntries(Object.entries({ "x.txt": "", ...files }).map(([path, text]) => [join("here", path), text])));
    const before = made.files("");
    const run = await realCommand(join(made.path, "here"), args.split(" "));
    assert.deepEqual({ code: run.code, codes: codesIn(run.err) }, { code, codes }, run.err);
    assert.match(run.err, says);
    assert.deepEqual(made.files(""), before);
  });
}

test("a spec from outside the project may come from the same repository, and from anywhere if nothing is written", async (t) => {
  const made = folder(t, { "shop/slogen.yaml": "prometheus: { retention: 400d }", "common/slo.yaml": SPEC });
  const shop = join(made.path, "shop");
  assert.equal((await realCommand(shop, ["build", "-f", "../common/slo.yaml", "-o", "-"])).code, 0);
  assert.equal((await realCommand(shop, ["validate", "-f", "../common/slo.yaml"])).code, 0);
  assert.equal((await realCommand(shop, ["build", "-f", "../common/slo.yaml"])).code, 2);
  execFileSync("git", ["init", "--quiet"], { cwd: made.path });
  assert.equal((await realCommand(shop, ["build", "-f", "../common/slo.yaml"])).code, 0);
  assert.match(made.read("shop/generated/.slogen-manifest.json"), /"\.\.\/common\/slo\.yaml"/);
});

/** Whom no mode stops, an attribute of the file system does, where there is such a thing. */
function lock(path: string): (() => void) | undefined {
  const change = (flag: string): void => {
    execFileSync("chattr", ["-R", flag, path], { stdio: "ignore" });
  };
  try {
    change("+i");
    return () => {
      change("-i");
    };
  } catch {
    return undefined;
  }
}

test("a read-only tree is an error that says so, and stays as it is", async (t) => {
  const made = folder(t, { ...PROJECT, "generated/README.md": "mine" });
  const unlock = lock(join(made.path, "generated"));
  if (unlock === undefined) {
    t.skip("no file system with attributes, or no right to set them");
    return;
  }
  try {
    const { code, err } = await realCommand(made.path, ["build"]);
    assert.equal(code, 2);
    assert.match(err, /cli\/unwritable\]: `generated` cannot be written: the system does not permit it/);
    assert.equal(existsSync(join(made.path, "generated/.slogen-staging")), false);
    const check = await realCommand(made.path, ["build", "--check"]);
    assert.equal(check.code, 1, "looking is allowed");
  } finally {
    unlock();
  }
  assert.deepEqual(made.files("generated"), { "README.md": "mine" });
});
