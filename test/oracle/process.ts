import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { oracle } from "./support.ts";

/** An oracle that answers line by line and ends when its input does; what it says on stderr is shown. */
export interface OracleProcess {
  readonly lines: AsyncIterator<string, undefined>;
  /** Asks one question after the other, for answers come in that order; rejects with the oracle's `error`. */
  readonly ask: <Answer>(op: string, request: object) => Promise<Answer>;
  readonly end: () => Promise<void>;
}

export function spawnOracle(name: string): OracleProcess {
  const child = spawn(oracle(name), { stdio: ["pipe", "pipe", "pipe"] });
  child.stderr.pipe(process.stderr);
  // A process that died answers no more, and that is reported where the answer is missed.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const lines = createInterface({ input: child.stdout, crlfDelay: Infinity })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  return {
    lines,
    ask<Answer>(op: string, request: object): Promise<Answer> {
      const answer = last.then(async () => {
        child.stdin.write(`${JSON.stringify({ op, ...request })}\n`);
        const line = (await lines.next()).value;
        if (line === undefined) throw new Error(`${name} ended at ${op}`);
        const parsed = JSON.parse(line) as Answer | { readonly error: string };
        if (typeof parsed === "object" && parsed !== null && "error" in parsed) throw new Error(String(parsed.error));
        return parsed as Answer;
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
