import { createHash } from "node:crypto";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { withoutIgnored } from "../diagnostics/order.ts";
import { reportJson } from "../diagnostics/reporters/json.ts";
import { reportJunit } from "../diagnostics/reporters/junit.ts";
import { reportPretty } from "../diagnostics/reporters/pretty.ts";
import { reportSarif } from "../diagnostics/reporters/sarif.ts";
import { pathOf, type FileState } from "../output/plan-writes.ts";
import { SEVERITIES } from "./all-codes.ts";
import { usesColor } from "./color.ts";
import { printGithubReport } from "./github-report.ts";
import { errorCode, type Io } from "./io.ts";
import { pathsInRepository } from "./repository.ts";
import type { BuildRequest } from "./request.ts";
import { isOutOfDate, summarize, summarizeCheck, summarizeFailure, summarizeIgnored, summarizePart } from "./summary.ts";

export interface Outcome {
  readonly request: BuildRequest;
  readonly slos: number;
  readonly files: number;
  readonly states: readonly FileState[];
  /** The same, project by project. */
  readonly parts?: readonly Part[];
  /** A build that failed before it changed anything. */
  readonly untouched: boolean;
  readonly milliseconds: number;
  /** The specs that were read, as seen from the working folder: JUnit has a suite for each. */
  readonly specs?: readonly string[];
  /** What a build would change, as a unified diff, for the summary that GitHub shows; on the terminal it stands already. */
  readonly diff?: string;
}

/** What became of one project. */
export interface Part {
  /** As seen from the working folder. */
  readonly folder: string;
  readonly slos: number;
  readonly files: number;
  readonly states: readonly FileState[];
}

/** What was found, then one line that sums it up. */
export function printReport(diagnostics: readonly Diagnostic[], outcome: Outcome, io: Io): void {
  const { request, slos, states, milliseconds } = outcome;
  // Artifacts have standard output to themselves.
  const stream = request.out === "-" && request.mode === "write" ? io.stderr : io.stdout;
  const { shown } = withoutIgnored(diagnostics);
  switch (request.report) {
    case "pretty":
      printPretty(diagnostics, outcome, io);
      return;
    case "json":
      stream.write(reportJson(diagnostics, { slos, files: states.map((state) => ({ path: pathOf(state), state: state.kind })) }));
      return;
    case "sarif":
      stream.write(sarifReport(diagnostics, io));
      return;
    case "junit":
      stream.write(reportJunit(shown, outcome.specs ?? [], milliseconds));
      return;
    case "github": {
      const findings = request.quiet ? shown.filter(({ severity }) => severity === "error") : shown;
      printGithubReport({ findings, headline: headlineOf(shown, outcome), diff: outcome.diff ?? "", stream }, io);
      return;
    }
  }
}

function printPretty(diagnostics: readonly Diagnostic[], outcome: Outcome, io: Io): void {
  const { request, states, parts = [] } = outcome;
  const { shown: found, ignored } = withoutIgnored(diagnostics);
  const shown = request.quiet ? found.filter(({ severity }) => severity === "error") : found;
  if (shown.length > 0) io.stderr.write(`${reportPretty(shown, { color: usesColor(request.color, io.stderr, io) }).trimEnd()}\n\n`);
  if (request.quiet) return;
  const failed = found.some(({ severity }) => severity === "error");
  if (request.verbose && !failed) {
    const list = (each: readonly FileState[]): void => {
      for (const state of each) io.stderr.write(`${state.kind.padEnd(9)} ${pathOf(state)}\n`);
    };
    if (parts.length < 2) list(states);
    else
      for (const part of parts) {
        io.stderr.write(`${part.folder}: ${summarizePart(request.mode, part)}\n`);
        list(part.states);
      }
  }
  if (request.verbose && ignored.length > 0) io.stderr.write(`${summarizeIgnored(ignored)}\n`);
  io.stderr.write(`${headlineOf(found, outcome)}\n`);
}

function headlineOf(found: readonly Diagnostic[], { request, untouched, ...outcome }: Outcome): string {
  const failed = found.some(({ severity }) => severity === "error");
  if (!failed) return summarize({ mode: request.mode, ...outcome });
  return request.mode === "check" && isOutOfDate(outcome.states)
    ? summarizeCheck(found, outcome.states, request)
    : summarizeFailure(found, untouched);
}

function sarifReport(diagnostics: readonly Diagnostic[], io: Io): string {
  return reportSarif(diagnostics, {
    version: packageJson.version,
    pathOf: pathsInRepository(io),
    pageOf: (code) => pageOf(code, io),
    severityOf: (code) => SEVERITIES.get(code),
    hash: (text) => createHash("sha256").update(text).digest("hex").slice(0, 16),
    withSuppressed: io.env["GITHUB_ACTIONS"] !== "true",
  });
}

function pageOf(code: string, io: Io): string | undefined {
  try {
    return io.fs.readFileSync(join(io.packageRoot, "templates", "explain", `${code}.md`), "utf8");
  } catch (error) {
    errorCode(error);
    return undefined;
  }
}
