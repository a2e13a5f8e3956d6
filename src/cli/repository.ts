import { dirname, join, resolve } from "node:path";
import type { PathInRepository } from "../diagnostics/reporters/github.ts";
import { errorCode, type Io } from "./io.ts";
import { contains, relativePath } from "./paths.ts";

/** Paths as services name them that show findings beside the code: from the root of the checkout, not from the working folder. */
export function pathsInRepository(io: Io): PathInRepository {
  const cwd = realPath(io.cwd, io);
  const root = repositoryRoot(cwd, io);
  return (path) => {
    if (path.startsWith("<")) return undefined;
    const whole = resolve(cwd, path);
    return contains(root, whole) ? relativePath(root, whole) : undefined;
  };
}

function repositoryRoot(cwd: string, io: Io): string {
  const workspace = io.env["GITHUB_WORKSPACE"];
  if (workspace !== undefined && workspace !== "") {
    const root = realPath(workspace, io);
    if (contains(root, cwd)) return root;
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (io.fs.existsSync(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return cwd;
  }
}

function realPath(path: string, io: Io): string {
  try {
    return io.fs.realpathSync(path);
  } catch (error) {
    errorCode(error);
    return path;
  }
}
