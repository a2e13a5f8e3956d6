import type { Diagnostic, Severity } from "../diagnostic.ts";
import { frame, visible, written, type FrameRow } from "../frame.ts";
import { hideSecrets } from "../hide.ts";
import { inOrder } from "../order.ts";
import { positionAt, type Span } from "../source.ts";

/** What people read in a terminal: one block for each diagnostic, a blank line between them. */
export function reportPretty(diagnostics: readonly Diagnostic[], { color }: { readonly color: boolean }): string {
  return inOrder(diagnostics).map(blockPrinter(diagnostics, color)).join("\n");
}

/** Prints single blocks of a report. What any of its diagnostics calls a secret is hidden in all of them. */
export function blockPrinter(report: readonly Diagnostic[], color: boolean): (diagnostic: Diagnostic) => string {
  const paint = color ? ansi : plain;
  const hide = hideSecrets(report);
  return (diagnostic) => block(diagnostic, paint, hide);
}

type Tone = Severity | "gutter" | "strong";
type Paint = (tone: Tone, text: string) => string;

const plain: Paint = (_, text) => text;

/** https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters */
const SGR: Readonly<Record<Tone, string>> = { error: "1;31", warning: "1;33", notice: "1;36", gutter: "1;34", strong: "1" };
const ansi: Paint = (tone, text) => (text === "" ? "" : `\x1b[${SGR[tone]}m${text}\x1b[0m`);

function block(diagnostic: Diagnostic, paint: Paint, hide: (span: Span) => Span): string {
  const { severity, code, message, at, label, related, why, help } = diagnostic;
  const places = [
    ...(at ? [{ at, arrow: "-->", tone: severity, rows: frame(hide(at), "^", label) }] : []),
    ...related.map((place) => ({ at: place.at, arrow: ":::", tone: "gutter" as const, rows: frame(hide(place.at), "-", place.message) })),
  ];
  const margin = " ".repeat(Math.max(2, ...places.flatMap(({ rows }) => rows.map((row) => String(row.line ?? "").length))));
  const bar = paint("gutter", `${margin} |`);
  const lines = [`${paint(severity, `${severity}[${code}]`)}${paint("strong", `: ${visible(message)}`)}`];
  for (const place of places) {
    lines.push(`${margin}${paint("gutter", place.arrow)} ${positionText(place.at)}`);
    if (place.rows.length > 0) lines.push(bar, ...place.rows.map((row) => rowText(row, margin, place.tone, paint)));
  }
  if (places.length > 0 && (why !== undefined || help !== undefined)) lines.push(bar);
  if (why !== undefined) lines.push(note("why", why, margin, paint));
  if (help !== undefined) lines.push(note("help", help, margin, paint));
  return lines.map((line) => `${line}\n`).join("");
}

function rowText(row: FrameRow, margin: string, tone: Tone, paint: Paint): string {
  if (row.kind === "gap") return paint("gutter", row.text);
  const number = String(row.line ?? "").padStart(margin.length);
  const text = row.kind === "mark" ? paint(tone, row.text) : row.text;
  return `${paint("gutter", `${number} |`)} ${text}`.trimEnd();
}

/** Further lines of a text stand below its first. */
function note(name: string, text: string, margin: string, paint: Paint): string {
  const indent = " ".repeat(margin.length + name.length + 5);
  return `${margin} ${paint("gutter", "=")} ${paint("strong", `${name}:`)} ${text.split("\n").map(visible).join(`\n${indent}`)}`;
}

function positionText(at: Span): string {
  const { line, column } = positionAt(at.file, written(at).start);
  return `${visible(at.file.path)}:${line}:${column}`;
}
