import type { Diagnostic, Severity } from "../diagnostic.ts";
import { hideSecrets } from "../hide.ts";
import { withoutIgnored, worstFirst } from "../order.ts";
import { lineStarts, positionAt, type Span } from "../source.ts";
import type { PathInRepository } from "./github.ts";

/** GitHub refuses a run with more. https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads */
const MOST_RESULTS = 25_000;

export interface SarifOptions {
  readonly version: string;
  readonly pathOf: PathInRepository;
  /** The page of a code, in Markdown. */
  readonly pageOf: (code: string) => string | undefined;
  /** What a code is worth unless its stage says otherwise. */
  readonly severityOf: (code: string) => Severity | undefined;
  readonly hash: (text: string) => string;
  /** GitHub shows suppressed results as open alerts, so it must not see them. https://github.com/github/codeql-action/issues/1230 */
  readonly withSuppressed: boolean;
}

/** SARIF 2.1.0, for code scanning. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function reportSarif(diagnostics: readonly Diagnostic[], options: SarifOptions): string {
  const { shown, ignored } = withoutIgnored(diagnostics);
  const wanted = options.withSuppressed ? [...shown, ...ignored] : shown;
  const isPlaced = ({ at }: Diagnostic): boolean => at !== undefined && options.pathOf(at.file.path) !== undefined;
  // GitHub refuses the whole file for one result without a place in the repository.
  const [placed, others] = [wanted.filter(isPlaced), wanted.filter((each) => !isPlaced(each))];
  const told = worstFirst(placed).slice(0, MOST_RESULTS);
  const left = placed.length - told.length;
  const codesOf = (some: readonly Diagnostic[]): readonly string[] => [...new Set(some.map(({ code }) => code))].sort();
  const ruleIds = codesOf(told);
  const fingerprint = fingerprints(diagnostics, options);
  const notifications = [
    ...others.map((each) => ({ descriptor: { id: each.code }, level: LEVELS[each.severity], message: { text: messageOf(each) } })),
    ...(left === 0 ? [] : [{ level: "warning", message: { text: `${left} more findings are left out: GitHub takes ${MOST_RESULTS}` } }]),
  ];
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "slogen",
            version: options.version,
            rules: ruleIds.map((id) => descriptor(id, options)),
            notifications: codesOf(others).map((id) => descriptor(id, options)),
          },
        },
        columnKind: "unicodeCodePoints",
        originalUriBaseIds: { "%SRCROOT%": { description: { text: "the root of the repository" } } },
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications }],
        results: told.map((each) => result(each, ruleIds.indexOf(each.code), fingerprint(each), options)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", notice: "note" };

function descriptor(id: string, { pageOf, severityOf }: SarifOptions): object {
  const page = pageOf(id);
  const [, introduction = id] = /^# .*\n+([^]*?)\n\n/.exec(page ?? "") ?? [];
  const full = introduction.replaceAll("\n", " ");
  const [short = full] = /^.*?[.:](?= |$)/.exec(full) ?? [];
  return {
    id,
    shortDescription: { text: short.replace(/:$/, ".") },
    fullDescription: { text: full },
    ...(page !== undefined && { help: { text: page, markdown: page } }),
    defaultConfiguration: { level: LEVELS[severityOf(id) ?? "warning"] },
  };
}

function result(diagnostic: Diagnostic, ruleIndex: number, fingerprint: string, { pathOf }: SarifOptions): object {
  const { code, severity, at, related, ignored } = diagnostic;
  const relatedLocations = related.flatMap(({ at: place, message }) => {
    const physicalLocation = locationOf(place, pathOf);
    return physicalLocation === undefined ? [] : [{ physicalLocation, message: { text: message } }];
  });
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: messageOf(diagnostic) },
    locations: at === undefined ? [] : [{ physicalLocation: locationOf(at, pathOf) }],
    ...(relatedLocations.length > 0 && { relatedLocations }),
    partialFingerprints: { "slogenFinding/v1": fingerprint },
    ...(ignored?.by === "comment" && { suppressions: [{ kind: "inSource", justification: ignored.reason }] }),
    ...(ignored?.by === "rule" && { suppressions: [{ kind: "external", justification: `\`rules\` in slogen.yaml: ${ignored.rule}` }] }),
  };
}

function messageOf({ message, why, help }: Diagnostic): string {
  return [message, ...(why === undefined ? [] : [`Why: ${why}`]), ...(help === undefined ? [] : [`Help: ${help}`])].join("\n");
}

function locationOf({ file, start, end }: Span, pathOf: PathInRepository): object | undefined {
  const path = pathOf(file.path);
  if (path === undefined) return undefined;
  const [from, to] = [positionAt(file, start), positionAt(file, end)];
  return {
    artifactLocation: { uri: uriOf(path), uriBaseId: "%SRCROOT%" },
    region: { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column },
  };
}

/** A path as a relative URI. https://www.rfc-editor.org/rfc/rfc3986#section-4.2 */
function uriOf(path: string): string {
  const segments = path.split("/").map((segment) => encodeURIComponent(segment.replace(/\p{Surrogate}/gu, "\ufffd")));
  return segments.join("/");
}

/** The same for a finding whose line has moved: made of its code, file and line's text, and counted where these are equal. */
function fingerprints(diagnostics: readonly Diagnostic[], { hash, pathOf }: SarifOptions): (diagnostic: Diagnostic) => string {
  const hide = hideSecrets(diagnostics);
  const seen = new Map<string, number>();
  return ({ code, at }) => {
    const basis = hash([code, ...(at === undefined ? [] : [pathOf(at.file.path), lineText(hide(at))])].join("\n"));
    const count = (seen.get(basis) ?? 0) + 1;
    seen.set(basis, count);
    return `${basis}:${count}`;
  };
}

function lineText({ file, start }: Span): string {
  const starts = lineStarts(file);
  const { line } = positionAt(file, start);
  return file.text.slice(starts[line - 1] ?? 0, starts[line] ?? file.text.length).trim();
}
