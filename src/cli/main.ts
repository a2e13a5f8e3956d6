#!/usr/bin/env node
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { converse } from "./conversation.ts";
import type { ExitCode } from "./exit-code.ts";
import type { Io, Stream } from "./io.ts";
import { run } from "./program.ts";

/** The system's own, at the one place where slogen meets it. */
const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  fs,
  stdout: stream(process.stdout),
  stderr: stream(process.stderr),
  converse: process.stdin.isTTY && process.stderr.isTTY ? () => converse(process.stdin, process.stderr) : undefined,
  readStdin: async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks);
  },
  fetch,
  now: () => performance.now(),
  watch: async (folders, counts, onEvent) => {
    const { watch } = await import("chokidar");
    const watcher = watch([...folders], { depth: 0, ignoreInitial: true, ignored: (path) => !counts(path) });
    watcher.on("all", onEvent);
    // What cannot be watched is still read by the next build, which says what is wrong with it.
    watcher.on("error", onEvent);
    await new Promise<void>((resolve) => {
      watcher.once("ready", () => {
        resolve();
      });
    });
    return watcher;
  },
  interrupted: () =>
    new Promise((resolve) => {
      process.once("SIGINT", () => {
        resolve();
      });
    }),
  sleep: (time) => sleep(time),
  packageRoot: packageRoot(dirname(fileURLToPath(import.meta.url))),
};

function stream(target: NodeJS.WriteStream): Stream {
  target.on("error", (error: NodeJS.ErrnoException) => {
    // `slogen build -o - | head` closes the pipe when it has seen enough.
    if (error.code !== "EPIPE") exitWith(2);
  });
  return { write: (text) => target.write(text), isTerminal: target.isTTY };
}

function packageRoot(folder: string): string {
  return fs.existsSync(join(folder, "package.json")) ? folder : packageRoot(dirname(folder));
}

/** Lets what is still to be written be written. */
function exitWith(code: ExitCode): void {
  process.exitCode = Math.max(code, Number(process.exitCode ?? 0));
}

exitWith(await run(process.argv.slice(2), io));
