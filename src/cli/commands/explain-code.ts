import { join } from "node:path";
import { nearest } from "../../units/identifier.ts";
import type { ExitCode } from "../exit-code.ts";
import { errorCode, type Io } from "../io.ts";

/** Prints the page of a diagnostic's code. */
export function explainCode(code: string, io: Io): ExitCode {
  const codes = knownCodes(io);
  if (codes.includes(code)) {
    io.stdout.write(io.fs.readFileSync(join(pagesOf(io), `${code}.md`), "utf8"));
    return 0;
  }
  const suggestion = nearest(code, codes) ?? codes.find((known) => known.endsWith(`/${code}`));
  const hint =
    suggestion === undefined ? "a report shows it in brackets, as in `error[openslo/bad-target]`" : `did you mean \`${suggestion}\`?`;
  io.stderr.write(`error: there is no code \`${code}\`; ${hint}\n`);
  return 2;
}

/** Every code that has a page. */
export function knownCodes(io: Io): readonly string[] {
  const pages = pagesOf(io);
  return foldersIn(pages, io).flatMap((area) =>
    foldersIn(join(pages, area), io).flatMap((name) => (name.endsWith(".md") ? [`${area}/${name.slice(0, -3)}`] : [])),
  );
}

function pagesOf({ packageRoot }: Io): string {
  return join(packageRoot, "templates", "explain");
}

function foldersIn(folder: string, io: Io): readonly string[] {
  try {
    return io.fs.readdirSync(folder);
  } catch (error) {
    errorCode(error);
    return [];
  }
}
