import { dirname, join } from "node:path";
import { errorCode, type FileSystem } from "./io.ts";
import { hashOf } from "./output-folder.ts";
import { contains } from "./paths.ts";

/** What a build asked the file system, and what it was told: for as long as the answers are the same, so is its result. */
export interface Reads {
  readonly haveChanged: () => boolean;
  /** Takes what the build itself wrote for no change: its output folders, and files that it edited. */
  readonly settle: (outs: readonly string[], edited: readonly string[]) => void;
  /** Each question once, in order. */
  readonly asked: () => readonly string[];
  /** Every folder in which a change can be seen. */
  readonly folders: () => readonly string[];
  /** Whether a path in one of them may be such a change. */
  readonly counts: (path: string) => boolean;
}

type Question = "existsSync" | "readFileSync" | "readdirSync" | "realpathSync" | "statSync";

interface Read {
  readonly question: Question;
  readonly path: string;
  readonly answer: string;
}

/** Passes everything on to `fs`. */
export function recordReads(fs: FileSystem): { readonly fs: FileSystem; readonly reads: Reads } {
  const known = new Map<string, Read>();
  let own: readonly string[] = [];

  const ask = (question: Question, path: string): string => {
    try {
      switch (question) {
        case "existsSync":
          return String(fs.existsSync(path));
        case "readFileSync":
          return hashOf(fs.readFileSync(path));
        case "readdirSync":
          return visibleNames(fs.readdirSync(path), path, own).join("\n");
        case "realpathSync":
          return fs.realpathSync(path);
        case "statSync":
          return String(fs.statSync(path).isDirectory());
      }
    } catch (error) {
      return errorCode(error);
    }
  };
  const note = (question: Question, path: unknown): void => {
    if (typeof path !== "string") return;
    // Asked before the build asks, so that a change in between is seen as one.
    const key = `${question} ${path}`;
    if (!known.has(key)) known.set(key, { question, path, answer: ask(question, path) });
  };
  const recording = <Call extends FileSystem[Question]>(question: Question, call: Call): Call => {
    const recorded = (...args: readonly unknown[]): unknown => {
      note(question, args[0]);
      return Reflect.apply(call, fs, args);
    };
    // One function in place of several overloads.
    return recorded as unknown as Call;
  };

  const reads: Reads = {
    haveChanged: () => [...known.values()].some(({ question, path, answer }) => ask(question, path) !== answer),
    settle: (outs, edited) => {
      own = outs;
      for (const [key, { question, path, answer }] of known) {
        if (outs.some((out) => contains(out, path))) known.delete(key);
        else if (question === "readdirSync")
          known.set(key, { question, path, answer: visibleNames(answer.split("\n"), path, own).join("\n") });
        else if (edited.includes(path)) known.set(key, { question, path, answer: ask(question, path) });
      }
    },
    asked: () => [...known.keys()].sort(),
    folders: () => {
      const all = [...known.values()];
      const folders = new Set(all.filter((read) => !isAbsent(read)).map((read) => nearestFolder(folderOf(read), fs)));
      // Configuration is looked for up to the root of the disk, where too much happens to watch it.
      const absent = all.filter(isAbsent).map((read) => nearestFolder(folderOf(read), fs));
      const near = absent.filter((folder) => [...folders].some((other) => contains(other, folder)));
      return [...new Set([...folders, ...near])].sort();
    },
    counts: (path) =>
      [...known.values()].some((read) => contains(path, read.path) || (read.question === "readdirSync" && dirname(path) === read.path)),
  };
  return {
    fs: {
      ...fs,
      existsSync: recording("existsSync", fs.existsSync),
      readFileSync: recording("readFileSync", fs.readFileSync),
      readdirSync: recording("readdirSync", fs.readdirSync),
      realpathSync: recording("realpathSync", fs.realpathSync),
      statSync: recording("statSync", fs.statSync),
    },
    reads,
  };
}

function isAbsent({ question, answer }: Read): boolean {
  return question === "existsSync" && answer === "false";
}

function folderOf({ question, path }: Read): string {
  return question === "readdirSync" || question === "realpathSync" ? path : dirname(path);
}

function visibleNames(names: readonly string[], folder: string, own: readonly string[]): readonly string[] {
  return names.filter((name) => !name.startsWith(".") && !own.includes(join(folder, name))).sort();
}

function nearestFolder(path: string, fs: FileSystem): string {
  return fs.existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path), fs);
}
