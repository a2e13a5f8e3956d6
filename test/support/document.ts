import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/**
 * A page of the documentation, read as what somebody does who follows it from top to bottom in a new folder.
 *
 *     ```yaml slo/checkout.yaml              writes the file
 *     ```yaml shows generated/x.yaml         the file holds these lines, in this order; `…` alone stands for any lines
 *     ```console                             runs what follows each `$ `; the lines below it are what it prints on both streams,
 *                                            where `…` stands for anything and times in milliseconds may differ
 *     ```console exit=1                      the same, and the last command ends with this code
 *     ```sh                                  runs the whole block as one script
 *     <!-- a new folder -->                  what follows happens in another folder
 *
 * `needs=git,make` after the language skips a block, with a word, where one of these programs is missing. Blocks of other languages with no
 * second word are there to be read.
 */
export interface DocumentStep {
  readonly line: number;
  readonly kind: "write" | "shows" | "console" | "script" | "new-folder";
  readonly path: string;
  readonly exit: number;
  readonly needs: readonly string[];
  readonly text: string;
}

const SHELLS = ["sh", "bash", "shell", "console", "zsh"];

export function stepsOf(page: string): readonly DocumentStep[] {
  const steps: DocumentStep[] = [];
  for (const match of page.matchAll(/^(?:<!-- a new folder -->|( *)```(\S+)(?: ([^\n]+))?\n([\s\S]*?)^ *```)$/gm)) {
    const [, indent = "", language, words = "", body = ""] = match;
    const line = page.slice(0, match.index).split("\n").length;
    const rest = words.split(" ").filter((word) => word !== "");
    const value = (key: string): string | undefined => rest.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
    const names = rest.filter((word) => !word.includes("="));
    const text = body.replaceAll(new RegExp(`^${indent}`, "gm"), "");
    const base = { line, path: names.at(-1) ?? "", exit: Number(value("exit") ?? 0), needs: value("needs")?.split(",") ?? [], text };
    if (language === undefined) steps.push({ ...base, kind: "new-folder" });
    else if (language === "console") steps.push({ ...base, kind: "console" });
    else if (SHELLS.includes(language)) steps.push({ ...base, kind: "script" });
    else if (names[0] === "shows") steps.push({ ...base, kind: "shows" });
    else if (names.length > 0) steps.push({ ...base, kind: "write" });
  }
  return steps;
}

export interface Follow {
  /** Searched first for programs. */
  readonly bin: string;
  /** What the first folder holds. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly skip: (reason: string) => void;
}

/** Does what a page says, and fails where the page does not tell what happens. */
export async function follow(steps: readonly DocumentStep[], { bin, files = {}, env = {}, skip }: Follow): Promise<void> {
  const folders: string[] = [];
  const newFolder = (): string => {
    // The folder's name is the service's, where a command asks for no other.
    const folder = join(realpathSync(mkdtempSync(join(tmpdir(), "slogen-doc-"))), "checkout");
    mkdirSync(folder);
    folders.push(dirname(folder));
    return folder;
  };
  try {
    let cwd = newFolder();
    for (const [path, text] of Object.entries(files)) write(join(cwd, path), text);
    const run = (command: string): Promise<Ended> =>
      shell(command, cwd, {
        HOME: dirname(cwd),
        LANG: "C.UTF-8",
        TERM: "dumb",
        ...env,
        PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
      });
    for (const { line, kind, path, exit, needs, text } of steps) {
      const missing: string[] = [];
      for (const program of needs) if ((await run(`command -v ${program}`)).code !== 0) missing.push(program);
      if (missing.length > 0) {
        skip(`line ${line} needs ${missing.join(", ")}`);
        continue;
      }
      const at = `line ${line}`;
      switch (kind) {
        case "new-folder":
          cwd = newFolder();
          break;
        case "write":
          write(join(cwd, path), text);
          break;
        case "shows":
          assert.ok(existsSync(join(cwd, path)), `${at}: there is no ${path}`);
          assertHolds(readFileSync(join(cwd, path), "utf8"), text, `${at}: ${path}`);
          break;
        case "script": {
          const { code, out } = await run(`set -e\n${text}`);
          assert.equal(code, exit, `${at}: ${out}`);
          break;
        }
        case "console": {
          const commands = commandsOf(text);
          for (const [index, { command, printed }] of commands.entries()) {
            const { code, out } = await run(command);
            assert.equal(code, index === commands.length - 1 ? exit : 0, `${at}: ${command}\n${out}`);
            if (printed !== "") assertPrints(out, printed, `${at}: ${command}`);
          }
          break;
        }
      }
    }
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** Both streams in one, as a terminal shows them. */
function shell(command: string, cwd: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", `{ ${command}\n} 2>&1`], { cwd, env, stdio: ["ignore", "pipe", "inherit"], timeout: 120_000 });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, out });
    });
  });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function commandsOf(text: string): readonly { readonly command: string; readonly printed: string }[] {
  return [...text.matchAll(/^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)/gm)].map(([, command = "", printed = ""]) => ({ command, printed }));
}

function assertPrints(out: string, wanted: string, where: string): void {
  const tidy = (text: string): string =>
    text
      .replaceAll(/\b\d+ ms\b/g, "N ms")
      .replaceAll(/[ \t]+$/gm, "")
      .trim();
  const pattern = tidy(wanted)
    .split("…")
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[\\s\\S]*?");
  if (!new RegExp(`^${pattern}$`).test(tidy(out))) assert.equal(tidy(out), tidy(wanted), where);
}

/** Every stretch of lines between two `…` stands in the text as it is, one after the other; their common indentation does not matter. */
function assertHolds(text: string, wanted: string, where: string): void {
  const lines = text.split("\n");
  let from = 0;
  for (const part of wanted.split(/^\s*…\s*$/m).map((stretch) => stretch.replace(/^\n+|\s+$/g, ""))) {
    if (part === "") continue;
    const sought = part.split("\n");
    const found = lines.findIndex((_, start) => start >= from && stands(lines, sought, start));
    assert.notEqual(found, -1, `${where} does not hold\n${part}\n\nbut\n${text}`);
    from = found + sought.length;
  }
}

function stands(lines: readonly string[], sought: readonly string[], start: number): boolean {
  const shift = (lines[start]?.length ?? 0) - (sought[0]?.length ?? 0);
  const prefix = (lines[start] ?? "").slice(0, Math.max(0, shift));
  if (shift < 0 || prefix.trim() !== "") return false;
  return sought.every((line, offset) => (lines[start + offset] ?? "").trimEnd() === (line === "" ? "" : `${prefix}${line}`.trimEnd()));
}
