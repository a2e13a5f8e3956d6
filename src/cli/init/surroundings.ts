import { basename, dirname, join } from "node:path";
import type { Io } from "../io.ts";
import { relativePath } from "../paths.ts";
import type { Hints } from "./questions.ts";

/** What is there already, where `init` is to write. */
export interface Surroundings {
  /** Absolute: the future project's root. */
  readonly folder: string;
  /** Absolute: where the repository's CI and hooks are settled; the folder itself outside of a repository. */
  readonly base: string;
  /** The folder as seen from the base, `.` for the base itself. */
  readonly inside: string;
  readonly hints: Hints;
  /** slogen is one of the repository's own npm packages. */
  readonly isLocal: boolean;
  /** How a person here calls slogen. */
  readonly command: "slogen" | "npx slogen";
}

export function lookAround(folder: string, io: Io): Surroundings {
  const repository = repositoryOf(folder, io);
  const base = repository ?? folder;
  const has = (name: string): boolean => io.fs.existsSync(join(base, name));
  const ci = has(".github") ? "github" : has(".gitlab-ci.yml") ? "gitlab" : "none";
  const isLocal = dependsOnSlogen(join(base, "package.json"), io);
  // npm tells what runs in it: https://docs.npmjs.com/cli/v11/using-npm/scripts#environment
  const isRunByNpx = io.env["npm_command"] === "exec";
  return {
    folder,
    base,
    inside: relativePath(base, folder),
    hints: { folderName: basename(folder), ci, usesGit: repository !== undefined },
    isLocal,
    command: isLocal || isRunByNpx ? "npx slogen" : "slogen",
  };
}

/** `.git` is a file in a worktree or submodule. */
function repositoryOf(folder: string, io: Io): string | undefined {
  if (io.fs.existsSync(join(folder, ".git"))) return folder;
  return dirname(folder) === folder ? undefined : repositoryOf(dirname(folder), io);
}

function dependsOnSlogen(path: string, io: Io): boolean {
  if (!io.fs.existsSync(path)) return false;
  try {
    const parsed = JSON.parse(io.fs.readFileSync(path, "utf8")) as Readonly<
      Record<string, Readonly<Record<string, unknown>> | undefined>
    > | null;
    return [parsed?.["dependencies"], parsed?.["devDependencies"]].some((packages) => packages?.["slogen"] !== undefined);
  } catch {
    return false;
  }
}
