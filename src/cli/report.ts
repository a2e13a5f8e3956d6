import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { inOrder } from "../diagnostics/order.ts";
import { reportJson } from "../diagnostics/reporters/json.ts";
import { reportPretty } from "../diagnostics/reporters/pretty.ts";
import { pathOf, type FileState } from "../output/plan-writes.ts";
import { usesColor } from "./color.ts";
import type { Io } from "./io.ts";
import type { BuildRequest } from "./request.ts";
import { summarize, summarizeFailure } from "./summary.ts";

export interface Outcome {
  readonly request: BuildRequest;
  readonly slos: number;
  readonly files: number;
  readonly states: readonly FileState[];
  /** A build that failed before it changed anything. */
  readonly untouched: boolean;
  readonly milliseconds: number;
}

/** What was found, then one line that sums it up. */
export function printReport(
  diagnostics: readonly Diagnostic[],
  { request, slos, files, states, untouched, milliseconds }: Outcome,
  io: Io,
): void {
  if (request.report === "json") {
    // Artifacts have standard output to themselves.
    const stream = request.out === "-" && request.mode === "write" ? io.stderr : io.stdout;
    stream.write(
      `${reportJson(diagnostics, { slos, files: states.map((state) => ({ path: pathOf(state), state: state.kind })) }).trimEnd()}\n`,
    );
    return;
  }
  const found = inOrder(diagnostics);
  const shown = request.quiet ? found.filter(({ severity }) => severity === "error") : found;
  if (shown.length > 0) io.stderr.write(`${reportPretty(shown, { color: usesColor(request.color, io.stderr, io) }).trimEnd()}\n\n`);
  if (request.quiet) return;
  const failed = found.some(({ severity }) => severity === "error");
  if (request.verbose && !failed) for (const state of states) io.stderr.write(`${state.kind.padEnd(9)} ${pathOf(state)}\n`);
  io.stderr.write(
    `${failed ? summarizeFailure(found, untouched) : summarize({ mode: request.mode, slos, files, states, milliseconds })}\n`,
  );
}
