import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * A new repository with one commit of what this one holds: tracked files and new ones, none that Git ignores, so neither
 * `node_modules` nor `dist`. The caller removes the folder.
 */
export function cleanClone(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "slogen-clone-")));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" });
  for (const path of listed.split("\0").filter((each) => each !== "" && existsSync(join(ROOT, each)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path));
  }
  commitAll(folder);
  return folder;
}

/** Commits all that lies in a folder, which becomes a repository if it is none. */
export function commitAll(folder: string): void {
  const git = (...args: readonly string[]): void => {
    execFileSync("git", ["-c", "user.name=slogen", "-c", "user.email=slogen@example.com", "-c", "commit.gpgsign=false", ...args], {
      cwd: folder,
      stdio: "pipe",
    });
  };
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message=everything");
}
