import { dirname } from "node:path";
import { errorCode, reasonOf, type Io } from "../io.ts";
import type { NewFile } from "./files.ts";

/** Writes all the files or none; none may be there before. Tells which one could not be written, and why. */
export function writeNew(files: readonly NewFile[], io: Io): { readonly path: string; readonly reason: string } | undefined {
  const made: string[] = [];
  for (const { path, text } of files) {
    try {
      // The topmost of the folders that this makes.
      const folder = io.fs.mkdirSync(dirname(path), { recursive: true });
      if (folder !== undefined) made.push(folder);
      io.fs.writeFileSync(path, text, { flag: "wx" });
      made.push(path);
    } catch (error) {
      errorCode(error);
      for (const each of made.reverse()) io.fs.rmSync(each, { recursive: true, force: true });
      return { path, reason: reasonOf(error) };
    }
  }
  return undefined;
}
