import type { Report } from "../diagnostics/diagnostic.ts";
import { cliCodes } from "./codes.ts";
import { errorCode, reasonOf, type Io } from "./io.ts";
import { relativePath } from "./paths.ts";

/** The text of a file at an absolute path; undefined, with a report, if it is missing or no text. */
export function readText(path: string, io: Io, report: Report): string | undefined {
  const shown = relativePath(io.cwd, path);
  try {
    return decodeText(io.fs.readFileSync(path), shown, report);
  } catch (error) {
    if (errorCode(error) === "ENOENT") report(cliCodes["no-such-file"](undefined, { path: shown }));
    else report(cliCodes.unreadable(undefined, { path: shown, reason: reasonOf(error) }));
    return undefined;
  }
}

/** A byte order mark is kept: positions count from the file's first character. */
export function decodeText(bytes: Uint8Array, path: string, report: Report): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const [before = ""] = new TextDecoder().decode(bytes).split("\uFFFD", 1);
    report(cliCodes["not-utf8"](undefined, { path, line: before.split("\n").length }));
    return undefined;
  }
}
