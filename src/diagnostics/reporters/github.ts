import type { Diagnostic, Severity } from "../diagnostic.ts";
import { written } from "../frame.ts";
import { worstFirst } from "../order.ts";
import { positionAt } from "../source.ts";

/** GitHub drops what a step says beyond this, of each kind, without a word. https://docs.github.com/en/rest/checks/runs */
const MOST_ANNOTATIONS = 10;

/** Gives a file's path from the repository's root; undefined for what is no file in it, such as standard input. */
export type PathInRepository = (path: string) => string | undefined;

/**
 * Workflow commands that GitHub shows as annotations on the lines of a pull request, the worst first. What it would drop is counted.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function annotations(diagnostics: readonly Diagnostic[], pathOf: PathInRepository): string {
  const counts: Record<Severity, number> = { error: 0, warning: 0, notice: 0 };
  const shown = worstFirst(diagnostics).filter(({ severity }) => ++counts[severity] <= MOST_ANNOTATIONS);
  const dropped = (["error", "warning", "notice"] as const).flatMap((severity) => {
    const rest = counts[severity] - MOST_ANNOTATIONS;
    return rest <= 0 ? [] : [`${rest} more ${severity}${rest === 1 ? "" : "s"}`];
  });
  const more = dropped.length === 0 ? [] : [`${dropped.join(", ")} (GitHub shows ${MOST_ANNOTATIONS} of each kind)`];
  return [...shown.map((diagnostic) => annotation(diagnostic, pathOf)), ...more].map((line) => `${line}\n`).join("");
}

function annotation(diagnostic: Diagnostic, pathOf: PathInRepository): string {
  const { severity, code, message, why, help } = diagnostic;
  const text = [message, ...(why === undefined ? [] : [`why: ${why}`]), ...(help === undefined ? [] : [`help: ${help}`])].join("\n");
  return workflowCommand(severity, { ...place(diagnostic, pathOf), title: code }, text);
}

function place({ at }: Diagnostic, pathOf: PathInRepository): Readonly<Record<string, string | number>> {
  const file = at && pathOf(at.file.path);
  if (at === undefined || file === undefined) return {};
  const stretch = written(at);
  const start = positionAt(at.file, stretch.start);
  const end = positionAt(at.file, stretch.end);
  const lines = { file, line: start.line, endLine: end.line };
  // GitHub takes columns only within one line. https://docs.github.com/en/rest/checks/runs#create-a-check-run
  return start.line === end.line ? { ...lines, col: start.column, endColumn: end.column } : lines;
}

export function workflowCommand(command: string, properties: Readonly<Record<string, string | number>>, message: string): string {
  const written = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${command}${written.length === 0 ? "" : ` ${written.join(",")}`}::${escapeData(message)}`;
}

/** https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/**
 * A text for the log in which the runner finds no command of the user's making: it obeys `::command::` at the start of a line, and
 * `##[command]` anywhere. https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function inert(text: string): string {
  return text.replaceAll("##[", "## [").replace(/^(\s*):(?=:.*::)/gm, "$1 ");
}
