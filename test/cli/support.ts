import assert from "node:assert/strict";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { ExitCode } from "../../src/cli/exit-code.ts";
import type { Conversation, FileSystem, Io } from "../../src/cli/io.ts";
import { run } from "../../src/cli/program.ts";
import { analyse } from "../../src/index.ts";
import { code, codeTable } from "../../src/diagnostics/diagnostic.ts";
import type { Compile } from "../../src/output/output.ts";

export const PACKAGE_ROOT = fileURLToPath(new URL("../..", import.meta.url));

const fakeCodes = codeTable("fake", {
  wrong: code({ severity: "error", message: () => "this spec is wrong", help: "write it right" }),
  odd: code({ severity: "warning", message: () => "this spec is odd" }),
});

/**
 * A compiler that makes one file of each spec: `slo/a.yaml` becomes `prometheus/a.yaml` with the same text.
 * The words `wrong`, `odd` and `crash` in a spec do what they say; `shared` puts all such specs into one file.
 */
export const copying: Compile = ({ sources }) => {
  const specs = sources.filter(({ role }) => role === "spec");
  const at = (word: string) =>
    specs.flatMap((file) =>
      file.text.includes(word) ? [{ file, start: file.text.indexOf(word), end: file.text.indexOf(word) + word.length }] : [],
    );
  if (at("crash").length > 0) throw new TypeError("cannot read properties of undefined");
  const shared = specs.filter(({ text }) => text.includes("shared"));
  const own = specs.filter((spec) => !shared.includes(spec));
  const files = own.map(({ path, text }) => ({ path: `prometheus/${path.slice(path.lastIndexOf("/") + 1)}`, text, sources: [path] }));
  const together = {
    path: "prometheus/shared.yaml",
    text: shared.map(({ text }) => text).join(""),
    sources: shared.map(({ path }) => path),
  };
  return {
    files: shared.length > 0 ? [...files, together] : files,
    diagnostics: [...at("wrong").map((span) => fakeCodes.wrong(span, {})), ...at("odd").map((span) => fakeCodes.odd(span, {}))],
    slos: specs.length,
  };
};

export interface Run {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly compile?: Compile;
  readonly fs?: Partial<FileSystem>;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** In place of the line's words, where one of them holds a blank. */
  readonly args?: readonly string[];
  /** What a person at a terminal types, line by line; without it there is no terminal. */
  readonly answers?: readonly string[];
  readonly cwd?: string;
  readonly fetch?: Io["fetch"];
  readonly sleep?: Io["sleep"];
  readonly watch?: Io["watch"];
  readonly interrupted?: Io["interrupted"];
  readonly now?: Io["now"];
  readonly isTerminal?: boolean;
  /** Hears what goes to standard error at once. */
  readonly onErr?: (text: string) => void;
}

const noWatch: Io["watch"] = () => Promise.reject(new Error("this test watches nothing"));
const never: Io["interrupted"] = () => new Promise(() => undefined);
const noNetwork: Io["fetch"] = () => Promise.reject(new Error("this test has no network"));
const noSleep: Io["sleep"] = () => Promise.resolve();

/** A person who leaves after the last line. */
function typed(lines: readonly string[], show: (text: string) => void): Conversation {
  const left = [...lines];
  const ask: Conversation["ask"] = (question) => {
    show(`${question}\n`);
    return Promise.resolve(left.shift());
  };
  return { ask, say: show, end: () => undefined };
}

/** A folder of its own for one test. */
export interface Folder {
  readonly path: string;
  /** Runs a command line such as `build --check` in it. */
  readonly slogen: (line: string, options?: RunOptions) => Promise<Run>;
  readonly write: (path: string, text: string) => void;
  readonly read: (path: string) => string;
  readonly remove: (path: string) => void;
  /** Every file below `path`, with its text. */
  readonly files: (path: string) => Readonly<Record<string, string>>;
}

export function folder(t: TestContext, files: Readonly<Record<string, string>> = {}): Folder {
  const path = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "slogen-")));
  t.after(() => {
    fs.rmSync(path, { recursive: true, force: true });
  });
  const write = (name: string, text: string): void => {
    fs.mkdirSync(dirname(join(path, name)), { recursive: true });
    fs.writeFileSync(join(path, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  return {
    path,
    write,
    read: (name) => fs.readFileSync(join(path, name), "utf8"),
    remove: (name) => {
      fs.rmSync(join(path, name), { recursive: true });
    },
    files: (name) => {
      const below = join(path, name);
      if (!fs.existsSync(below)) return {};
      const names = fs.readdirSync(below, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      return Object.fromEntries(
        names
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
          .map((file) => [relative(below, file), fs.readFileSync(file, "utf8")]),
      );
    },
    slogen: async (
      line,
      {
        compile = copying,
        fs: changed = {},
        env = {},
        stdin = "",
        args = line.split(" "),
        answers,
        cwd = "",
        fetch = noNetwork,
        sleep = noSleep,
        watch = noWatch,
        interrupted = never,
        now = () => 0,
        isTerminal = false,
        onErr = () => undefined,
      } = {},
    ) => {
      let out = "";
      let err = "";
      const io: Io = {
        cwd: join(path, cwd),
        env,
        fs: { ...fs, ...changed },
        stdout: { write: (text) => (out += text), isTerminal },
        stderr: {
          write: (text) => {
            err += text;
            onErr(text);
          },
          isTerminal,
        },
        converse: answers && (() => typed(answers, (text) => (err += text))),
        readStdin: () => Promise.resolve(Buffer.from(stdin)),
        fetch,
        now,
        watch,
        interrupted,
        sleep,
        packageRoot: PACKAGE_ROOT,
      };
      const result = await run(args, io, () => Promise.resolve({ compile, analyse }));
      return { code: result, out, err };
    },
  };
}

/** The codes that a pretty report names, in its order. */
export function codesIn(text: string): readonly string[] {
  return [...text.matchAll(/^(?:error|warning|notice)\[([^\]]+)\]/gm)].map((match) => match[1] ?? "");
}

export function assertRun(actual: Run, wanted: { readonly code: ExitCode; readonly codes: readonly string[] }): void {
  assert.deepEqual({ code: actual.code, codes: codesIn(actual.err) }, wanted, actual.err);
}
