import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a person saw at a terminal; `missed` is the text that never came. */
export interface Session {
  readonly seen: string;
  readonly code: number;
  readonly missed: string | null;
}

/** Runs a program at a real pseudo-terminal: each step waits for a text and then types. */
export function atTerminal(
  argv: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly steps: readonly (readonly [wait: string, type: string])[];
  },
): Session {
  const script = fileURLToPath(new URL("terminal.py", import.meta.url));
  const { stdout, stderr, status } = spawnSync("python3", [script], { input: JSON.stringify({ argv, ...options }), encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Session;
}
