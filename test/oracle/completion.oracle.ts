import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { builtCommand } from "../support/built-command.ts";
import { atTerminal } from "./terminal.ts";

let bin = "";
let project = "";
before(async () => {
  bin = await builtCommand();
  project = mkdtempSync(join(tmpdir(), "slogen-completion-"));
  slogen("init", "--yes", "--service", "checkout", "--release", "argo-rollouts");
  writeFileSync(join(project, "unusual name.yaml"), "");
});
after(() => {
  for (const folder of [dirname(bin), project]) rmSync(folder, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({
  PATH: `${bin}:${process.env["PATH"] ?? ""}`,
  TERM: "xterm",
  HOME: project,
  LC_ALL: "C.UTF-8",
});

function slogen(...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync("slogen", args, { cwd: project, encoding: "utf8", env: environment() });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** What has to be typed before the key, and all that is offered then. */
const OFFERS: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ["slogen comp", ["completion"]],
  ["slogen exp", ["explain", "explain-code"]],
  ["slogen build --pru", ["--prune"]],
  ["slogen build -t ", ["prometheus", "argo-rollouts", "flagger", "ci-gate", "datadog"]],
  ["slogen check --report s", ["sarif"]],
  ["slogen schema openslo-v1", ["openslo-v1", "openslo-v1alpha"]],
  ["slogen explain ", ["checkout", "checkout-availability"]],
  ["slogen explain-code cli/no-s", ["cli/no-specs", "cli/no-such-file"]],
  ["slogen push ", ["datadog"]],
  ["slogen init --sli q", ["queue"]],
  ["slogen help tar", ["targets"]],
  ["slogen completion z", ["zsh"]],
];

test("bash offers what fits", () => {
  const script = `${slogen("completion", "bash")}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _slogen slogen; printf '%s\\n' "\${COMPREPLY[@]}"`;
  for (const [line, offers] of OFFERS) {
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script, "bash", ...line.split(" ")], {
      cwd: project,
      encoding: "utf8",
      env: environment(),
    });
    assert.equal(stderr, "", line);
    assert.deepEqual(lines(stdout).sort(), [...offers].sort(), line);
  }
});

test("fish offers what fits", () => {
  for (const [line, offers] of OFFERS) {
    const script = `slogen completion fish | source; complete -C ${JSON.stringify(line)}`;
    const { stdout, stderr } = spawnSync("fish", ["--no-config", "-c", script], { cwd: project, encoding: "utf8", env: environment() });
    assert.equal(stderr, "", line);
    const words = lines(stdout).map((each) => each.split("\t")[0] ?? "");
    assert.deepEqual(words.sort(), [...offers].sort(), line);
  }
});

test("zsh completes what is the only one, at a terminal", () => {
  for (const [line, offers] of OFFERS.filter(([, offers]) => offers.length === 1)) {
    const { seen, missed } = atTerminal(["zsh", "-f", "-i"], {
      cwd: project,
      env: { ...environment(), PS1: "ready> " },
      steps: [
        ["ready> ", "autoload -Uz compinit && compinit -u -D && source <(slogen completion zsh) && print -r -- lo''aded\r"],
        // Ctrl-A and Ctrl-E: what stands on the line is printed, as the shell has it.
        ["loaded", `${line}\t\x01print -r -- GOT: \x05\r`],
        ["GOT: slogen", "exit\r"],
      ],
    });
    assert.equal(missed, null, seen);
    const wanted = `${line.slice(0, line.lastIndexOf(" ") + 1)}${offers[0] ?? ""}`;
    assert.ok(seen.replaceAll("\r", "").includes(`\nGOT: ${wanted}`), `${line}\n${seen}`);
  }
});

test("zsh finds nothing wrong with the script", () => {
  const { status, stderr } = spawnSync("zsh", ["-n"], { input: slogen("completion", "zsh"), encoding: "utf8" });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
});

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
