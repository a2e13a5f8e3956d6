import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import { nearest } from "../units/identifier.ts";
import { commentsOf } from "../yaml/comments.ts";
import { SEVERITIES } from "./all-codes.ts";
import { ignoreCodes } from "./ignore-codes.ts";

/** A sound comment `# slogen-ignore <code>: <reason>`. */
interface Ignore {
  readonly code: string;
  readonly reason: string;
  readonly at: Span;
  /** What begins in this stretch is ignored. */
  readonly about?: Span;
}

interface Read {
  readonly ignores: readonly Ignore[];
  readonly problems: readonly Diagnostic[];
}

const NOTHING: Read = { ignores: [], problems: [] };
const readOf = new WeakMap<SourceFile, Read>();

/** The comment that wants a finding ignored, whether or not it may be. */
export function ignoreOf({ at, code }: Pick<Diagnostic, "at" | "code">): Ignore | undefined {
  if (at === undefined) return undefined;
  return read(at.file).ignores.find(
    (ignore) => ignore.code === code && ignore.about !== undefined && ignore.about.start <= at.start && at.start < ignore.about.end,
  );
}

/** Reports the comments of a file that do not say what to ignore, or why. */
export function checkIgnores(files: readonly SourceFile[], report: Report): void {
  for (const file of files) read(file).problems.forEach(report);
}

/** Reports the comments that silence none of the findings, which must be all there are. */
export function checkUnused(files: readonly SourceFile[], findings: readonly Diagnostic[], report: Report): void {
  const used = new Set(findings.flatMap(({ ignored }) => (ignored?.by === "comment" ? [keyOf(ignored.at)] : [])));
  for (const { code: name, at } of files.flatMap((file) => read(file).ignores)) {
    if (used.has(keyOf(at))) continue;
    report(SEVERITIES.get(name) === "error" ? ignoreCodes["for-error"](at, { name }) : ignoreCodes.unused(at, { name }));
  }
}

function keyOf({ file, start }: Span): string {
  return `${start} ${file.path}`;
}

function read(file: SourceFile): Read {
  // A Handlebars template is no YAML, and nothing that is found in one may be ignored.
  if (!file.text.includes("slogen-ignore") || file.path.endsWith(".hbs")) return NOTHING;
  const known = readOf.get(file);
  if (known !== undefined) return known;
  const ignores: Ignore[] = [];
  const problems: Diagnostic[] = [];
  for (const { at, about } of commentsOf(file)) {
    const written = /^#+\s*slogen-ignore(?![\w-])\s*([^\s:]*)\s*:?\s*(.*?)\s*$/.exec(file.text.slice(at.start, at.end));
    const [, name = "", reason = ""] = written ?? [];
    if (written === null) continue;
    const start = at.start + (name === "" ? 0 : file.text.slice(at.start, at.end).indexOf(name, "#slogen-ignore".length));
    const place = { file, start, end: name === "" ? at.end : start + name.length };
    if (name === "") problems.push(ignoreCodes["no-code"](place, {}));
    else if (!SEVERITIES.has(name)) problems.push(ignoreCodes["unknown-code"](place, { name, nearest: nearest(name, SEVERITIES.keys()) }));
    else if (reason === "") problems.push(ignoreCodes["no-reason"](place, { name }));
    else ignores.push({ code: name, reason, at: place, ...(about && { about }) });
  }
  const result = { ignores, problems };
  readOf.set(file, result);
  return result;
}
