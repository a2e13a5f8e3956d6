import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { folder, PACKAGE_ROOT } from "./support.ts";

const MAIN = join(PACKAGE_ROOT, "src/cli/main.ts");
const TSX = pathToFileURL(join(PACKAGE_ROOT, "node_modules/tsx/dist/esm/index.mjs")).href;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the real command; `closeOutput` closes the reading end of its standard output at once, as `head` does. */
function slogen(cwd: string, args: readonly string[], { stdin = "", closeOutput = false } = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", TSX, MAIN, ...args], { cwd, env: { PATH: process.env["PATH"] } });
    let out = "";
    let err = "";
    if (closeOutput) child.stdout.destroy();
    else child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, out, err });
    });
    child.stdin.end(stdin);
  });
}

const SPEC = `version: prometheus/v1
service: shop
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="shop",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="shop"}[{{.window}}]))
    alerting:
      name: ShopErrorBudgetBurn
`;

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
