import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { annotations, inert, workflowCommand, type PathInRepository } from "../diagnostics/reporters/github.ts";
import { markdownSummary } from "../diagnostics/reporters/markdown.ts";
import { reportPretty } from "../diagnostics/reporters/pretty.ts";
import { reasonOf, type Io, type Stream } from "./io.ts";
import { pathsInRepository } from "./repository.ts";

/** GitHub drops the summary of a step that is longer. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands */
const SUMMARY_LIMIT = 1024 * 1024;

export interface GithubReport {
  /** In order. */
  readonly findings: readonly Diagnostic[];
  /** `2 errors, 1 warning: nothing was written` */
  readonly headline: string;
  /** What a build would change, as a unified diff. */
  readonly diff: string;
  /** Where annotations go. */
  readonly stream: Stream;
}

/** Annotations for the pull request, everything in the job's summary, and for whoever reads the log the frames, folded. */
export function printGithubReport({ findings, headline, diff, stream }: GithubReport, io: Io): void {
  const pathOf = pathsInRepository(io);
  if (findings.length > 0) {
    io.stderr.write(`${workflowCommand("group", {}, `slogen: ${headline}`)}\n`);
    io.stderr.write(inert(reportPretty(findings, { color: false })));
    io.stderr.write(`${workflowCommand("endgroup", {}, "")}\n`);
  }
  stream.write(annotations(findings, pathOf));
  io.stderr.write(`${inert(headline)}\n`);
  const path = io.env["GITHUB_STEP_SUMMARY"];
  if (path === undefined || path === "") return;
  try {
    const used = io.fs.existsSync(path) ? io.fs.statSync(path).size : 0;
    const nameOf = (file: string): string => pathOf(file) ?? file;
    const room = SUMMARY_LIMIT - used;
    io.fs.writeFileSync(path, markdownSummary(headline, findings, { nameOf, linkTo: linksInRepository(pathOf, io), diff, room }), {
      flag: "a",
    });
  } catch (error) {
    io.stderr.write(`the job's summary cannot be written: ${reasonOf(error)}\n`);
  }
}

function linksInRepository(pathOf: PathInRepository, { env }: Io): (path: string, line: number) => string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: commit } = env;
  return (path, line) => {
    const file = pathOf(path);
    if (file === undefined || server === undefined || repository === undefined || commit === undefined) return undefined;
    const address = file.split("/").map((segment) => encodeURIComponent(segment));
    // Parentheses would end a link of Markdown.
    return `${server}/${repository}/blob/${commit}/${address.join("/")}#L${line}`.replace(/[()]/g, (char) =>
      char === "(" ? "%28" : "%29",
    );
  };
}
