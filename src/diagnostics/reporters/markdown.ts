import type { Diagnostic, Severity } from "../diagnostic.ts";
import { visible, written } from "../frame.ts";
import { worstFirst } from "../order.ts";
import { positionAt, type Span } from "../source.ts";

export interface SummaryOptions {
  /** A file as people find it in the repository. */
  readonly nameOf: (path: string) => string;
  /** The address of a line; undefined where it has none. */
  readonly linkTo: (path: string, line: number) => string | undefined;
  /** What a build would change, as a unified diff. */
  readonly diff?: string;
  /** Bytes of UTF-8 that the summary may take. */
  readonly room: number;
}

const SIGNS: Readonly<Record<Severity, string>> = { error: "🛑", warning: "⚠️", notice: "ℹ️" };

/** A page of Markdown: the findings in a table, the worst first, and the diff. What does not fit is counted. */
export function markdownSummary(headline: string, diagnostics: readonly Diagnostic[], options: SummaryOptions): string {
  const { diff = "", room } = options;
  const rows = worstFirst(diagnostics).map((diagnostic) => row(diagnostic, options));
  const head = `### slogen: ${prose(headline)}\n\n`;
  const table = rows.length === 0 ? "" : "| | Where | What | What to do |\n| --- | --- | --- | --- |\n";
  const fitting = within(rows, room - sizeOf(head + table) - ROOM_FOR_REMARKS);
  const left = rows.length - fitting.length;
  const remark = left === 0 ? "" : `\n${left} more finding${left === 1 ? "" : "s"} left out: GitHub takes no longer summary.\n`;
  const findings = head + table + fitting.join("") + remark;
  return findings + (diff === "" ? "" : diffSection(diff, room - sizeOf(findings) - ROOM_FOR_REMARKS));
}

/** For the remarks on what was left out, and the markup around a diff. */
const ROOM_FOR_REMARKS = 400;

function row({ severity, code, message, at, help }: Diagnostic, options: SummaryOptions): string {
  const cells = [SIGNS[severity], at === undefined ? "" : placeText(at, options), `${prose(message)}<br>\`${code}\``, prose(help ?? "")];
  return `| ${cells.join(" | ")} |\n`;
}

function placeText(at: Span, { nameOf, linkTo }: SummaryOptions): string {
  const { line } = positionAt(at.file, written(at).start);
  const name = prose(`${nameOf(at.file.path)}:${line}`);
  const link = linkTo(at.file.path, line);
  return link === undefined ? name : `[${name}](${link})`;
}

/** Text for a cell of a table: code in backticks stays code, and everything else means itself. https://github.github.com/gfm/ */
function prose(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) =>
      // A bar ends the cell even within code.
      index % 2 === 1 ? visible(part.replaceAll("\n", " ")).replaceAll("|", "\\|") : part.split("\n").map(escaped).join("<br>"),
    )
    .join("");
}

function escaped(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[\\`*_[\]|~#@!]/g, "\\$&");
}

function diffSection(diff: string, room: number): string {
  const lines = diff.trimEnd().split("\n");
  const fitting = within(
    lines.map((line) => `${line}\n`),
    room,
  );
  const left = lines.length - fitting.length;
  // Longer than any fence that a generated file holds.
  const fence = "`".repeat(Math.max(3, ...[...diff.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  const remark = left === 0 ? "" : `\n${left} more lines left out: GitHub takes no longer summary.\n`;
  return `\n<details><summary>What a build would change</summary>\n\n${fence}diff\n${fitting.join("")}${fence}\n${remark}\n</details>\n`;
}

/** As many of the pieces, from the first, as fit. */
function within(pieces: readonly string[], room: number): readonly string[] {
  let used = 0;
  const end = pieces.findIndex((piece) => (used += sizeOf(piece)) > room);
  return end === -1 ? pieces : pieces.slice(0, end);
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
