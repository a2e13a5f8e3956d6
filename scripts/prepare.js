// Plain JavaScript, since it may have to run before anything is installed: `npm install -g` of a Git address, which is what pre-commit does,
// runs `prepare` without the dependencies. https://github.com/npm/cli/issues/8440
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { env, execPath, exit } from "node:process";

/** @type {(...args: readonly string[]) => void} */
function npm(...args) {
  const { status } = spawnSync(execPath, [env["npm_execpath"] ?? "npm", ...args, "--global=false"], { stdio: "inherit" });
  if (status !== 0) exit(status ?? 1);
}

if (!existsSync("node_modules/tsx")) npm("ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund");
npm("run", "build");
