import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { builtCommand } from "../support/built-command.ts";
import { oracle } from "./support.ts";
import { atTerminal } from "./terminal.ts";

let bin = "";
before(async () => {
  bin = await builtCommand();
});
after(() => {
  rmSync(dirname(bin), { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({ PATH: `${bin}:${process.env["PATH"] ?? ""}`, TERM: "xterm", HOME: tmpdir() });

function repository(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "slogen-init-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  run(folder, "git", "init", "--quiet");
  return folder;
}

function run(cwd: string, command: string, ...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", env: environment() });
  return { status, output: stdout + stderr };
}

test("a person answers at a real terminal, is corrected once, and the next commands work", (t) => {
  const cwd = repository(t);
  const { seen, code, missed } = atTerminal(["slogen", "init"], {
    cwd,
    env: environment(),
    steps: [
      ["called? [", "Check Out\r"],
      ["`check-out` would do", "check-out\r"],
      ["notice? (", "latency\r"],
      ["they take? [http_request_duration_seconds]", "\r"],
      ['series? [job="check-out"]', "\r"],
      ["fast enough?", "250ms\r"],
      ["in percent? [99]", "\r"],
      ["counted? (", "\r"],
      ["write SLOs? (", "\r"],
      ["roll", "argo-rollouts\r"],
      ["reach Prometheus? [", "\r"],
      ["quiet hour?", "600\r"],
      ["check it? (", "github\r"],
      ["as well? (", "y\r"],
    ],
  });
  assert.deepEqual({ code, missed }, { code: 0, missed: null }, seen);
  const commands = [...seen.matchAll(/^ {2}(slogen .*?)\r?$/gm)].map(([, line = ""]) => line);
  assert.deepEqual(commands, ["slogen build", "slogen explain check-out"]);
  for (const line of [...commands, "slogen build --check"]) {
    const { status, output } = run(cwd, "sh", "-c", line);
    assert.equal(status, 0, `${line}\n${output}`);
  }
  assert.match(readFileSync(join(cwd, "policy/check-out.yaml"), "utf8"), /traffic: 600rpm/);
});

test("Ctrl-C and Ctrl-D in the middle leave nothing behind", (t) => {
  for (const key of ["\x03", "\x04"]) {
    const cwd = repository(t);
    const { code, missed, seen } = atTerminal(["slogen", "init"], {
      cwd,
      env: environment(),
      steps: [
        ["called? [", "shop\r"],
        ["notice? (", key],
      ],
    });
    assert.deepEqual({ code, missed }, { code: 2, missed: null }, seen);
    assert.match(seen, /nothing has been written/);
    assert.deepEqual(readdirSync(cwd), [".git"]);
  }
});

test("without a terminal nobody is waited for", (t) => {
  const cwd = repository(t);
  const { status, output } = run(cwd, "slogen", "init");
  assert.equal(status, 2);
  assert.match(output, /no terminal/);
});

test("actionlint has nothing against the workflow, and the hook runs under pre-commit", (t) => {
  const cwd = repository(t);
  assert.equal(run(cwd, "slogen", "init", "--yes", "--service", "shop", "--ci", "github", "--pre-commit").status, 0);
  const lint = run(cwd, oracle("actionlint"), "-no-color", ".github/workflows/slogen.yaml");
  assert.equal(lint.status, 0, lint.output);

  const hook = (): { readonly status: number | null; readonly output: string } => {
    run(cwd, "git", "add", "--all");
    const { status, stdout, stderr } = spawnSync("python3", ["-m", "pre_commit", "run", "--all-files"], {
      cwd,
      encoding: "utf8",
      env: { ...environment(), PYTHONPATH: oracle("pre-commit"), PRE_COMMIT_HOME: join(cwd, ".git/pre-commit") },
    });
    return { status, output: stdout + stderr };
  };
  const before = hook();
  assert.equal(before.status, 1, before.output);
  assert.match(before.output, /output\/missing/);
  assert.equal(run(cwd, "slogen", "build").status, 0);
  const then = hook();
  assert.equal(then.status, 0, then.output);
  assert.match(then.output, /Passed/);
  assert.ok(existsSync(join(cwd, "generated")));
});
