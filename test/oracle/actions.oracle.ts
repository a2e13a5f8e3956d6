import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { SPEC } from "../cli/real-command.ts";
import { builtCommand } from "../support/built-command.ts";
import { stepsOf } from "../support/document.ts";
import { cleanClone, commitAll } from "./clean-clone.ts";

/*
 * The composite action `action.yml`, run by act (https://github.com/nektos/act), which carries out GitHub's workflows: from a clean
 * clone, with no `dist` and no `node_modules`. Its jobs run on this machine, not in a container.
 */
const ACT = fileURLToPath(new URL("./bin/act", import.meta.url));

const WORKFLOW = `name: SLO
on: push
jobs:
  slo:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - { id: stale, uses: ./, with: { working-directory: project }, continue-on-error: true }
      - run: echo "stale ended with \${{ steps.stale.outputs.exit-code }}, changed \${{ steps.stale.outputs.changed }}"
      - { id: built, uses: ./, with: { working-directory: project, arguments: build } }
      - run: echo "built ended with \${{ steps.built.outputs.exit-code }}, changed \${{ steps.built.outputs.changed }}"
      - { id: fresh, uses: ./, with: { working-directory: project } }
      - run: echo "fresh ended with \${{ steps.fresh.outputs.exit-code }}, changed \${{ steps.fresh.outputs.changed }}"
      - run: sed -i 's/99.9/99.5/' project/slo/shop.yaml
      - { id: again, uses: ./, with: { working-directory: project, arguments: build } }
      - run: echo "again ended with \${{ steps.again.outputs.exit-code }}, changed \${{ steps.again.outputs.changed }}"
      - { id: sarif, uses: ./, with: { working-directory: project, arguments: validate, report: sarif, report-file: slogen.sarif } }
      - run: echo "sarif holds $(jq -r '.version' project/slogen.sarif), changed \${{ steps.sarif.outputs.changed }}"
      - run: echo 'objective = 12' >> project/slo/shop.yaml
      - { id: wrong, uses: ./, with: { working-directory: project, arguments: validate }, continue-on-error: true }
      - run: echo "wrong ended with \${{ steps.wrong.outputs.exit-code }}"
`;

let log = "";
let clone = "";

before(async () => {
  clone = cleanClone();
  rmSync(join(clone, ".github"), { recursive: true, force: true });
  write(clone, {
    ".github/workflows/slo.yaml": WORKFLOW,
    "project/slogen.yaml": "prometheus: { retention: 35d }\n",
    "project/slo/shop.yaml": SPEC,
  });
  commitAll(clone);
  log = await act(clone);
});

after(() => {
  rmSync(clone, { recursive: true, force: true });
});

test("a stale output fails the step, says which files, and changes nothing", () => {
  assert.match(log, /stale ended with 1, changed false/);
  assert.match(log, /error.*generated\/prometheus\/shop\/availability\.yaml/);
});

test("a build succeeds and says that it changed files", () => {
  assert.match(log, /built ended with 0, changed true/);
});

test("what was built is up to date", () => {
  assert.match(log, /fresh ended with 0, changed false/);
});

test("a file that was new before, and changes again, is a change", () => {
  assert.match(log, /again ended with 0, changed true/);
});

test("a SARIF report goes to its file and is no change", () => {
  assert.match(log, /sarif holds 2\.1\.0, changed false/);
});

test("what is wrong with a spec fails the step at its line", () => {
  assert.match(log, /wrong ended with [12]/);
  assert.match(log, /error.*project\/slo\/shop\.yaml/);
});

test("the GitLab job of the documentation runs", async () => {
  const job = stepsOf(readFileSync("docs/continuous-integration.md", "utf8")).find(({ path }) => path === ".gitlab-ci.yml");
  const { slo } = parse(job?.text ?? "") as { readonly slo: { readonly script: readonly string[] } };
  const [install, ...commands] = slo.script;
  assert.equal(install, "npm ci");
  const bin = await builtCommand();
  const project = mkdtempSync(join(tmpdir(), "slogen-gitlab-"));
  try {
    write(project, { "slogen.yaml": "prometheus: { retention: 35d }\n", "slo/shop.yaml": SPEC });
    await run("bash", ["-c", ["set -e", "slogen build", ...commands].join("\n")], project, {
      PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
    });
    assert.match(readFileSync(join(project, "slogen.xml"), "utf8"), /<testsuites?[ >]/);
  } finally {
    rmSync(project, { recursive: true, force: true });
    rmSync(dirname(bin), { recursive: true, force: true });
  }
});

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function act(cwd: string): Promise<string> {
  return run(ACT, ["push", "-P", "ubuntu-latest=-self-hosted"], cwd);
}

function run(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, timeout: 300_000, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${program} ended with ${code ?? "a signal"}\n${out}`));
    });
  });
}
