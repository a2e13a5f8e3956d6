import assert from "node:assert/strict";
import { test } from "node:test";
import type { Severity } from "../../src/diagnostics/diagnostic.ts";
import { annotations, inert } from "../../src/diagnostics/reporters/github.ts";
import { reportJunit } from "../../src/diagnostics/reporters/junit.ts";
import { markdownSummary } from "../../src/diagnostics/reporters/markdown.ts";
import { reportSarif, type SarifOptions } from "../../src/diagnostics/reporters/sarif.ts";
import { finding, HOSTILE, spanOf } from "./findings.ts";

const TEXT = "a: 1\nb: |\n  x\n  y\nc: 😀z\n";
const inSub = (path: string): string | undefined => (path.startsWith("<") ? undefined : `sub/${path}`);

const rows: readonly { readonly name: string; readonly given: Parameters<typeof finding>; readonly want: string }[] = [
  {
    name: "has columns within one line, in characters",
    given: [spanOf("a.yaml", TEXT, "z")],
    want: "::error file=sub/a.yaml,line=5,endLine=5,col=5,endColumn=6,title=area/name::something is wrong\n",
  },
  {
    name: "has no columns across lines, which GitHub refuses",
    given: [spanOf("a.yaml", TEXT, "|\n  x\n  y\n"), { severity: "warning" }],
    want: "::warning file=sub/a.yaml,line=2,endLine=4,title=area/name::something is wrong\n",
  },
  {
    name: "has no file where there is none in the repository",
    given: [spanOf("<stdin>", TEXT, "a"), { severity: "notice", why: "w", help: "h\ni" }],
    want: "::notice title=area/name::something is wrong%0Awhy: w%0Ahelp: h%0Ai\n",
  },
  {
    name: "escapes what would end a command or a property",
    given: [spanOf("a,b:c%.yaml", TEXT, "a"), { message: "100 %\r\n::error::" }],
    want: "::error file=sub/a%2Cb%3Ac%25.yaml,line=1,endLine=1,col=1,endColumn=2,title=area/name::100 %25%0D%0A::error::\n",
  },
];

for (const { name, given, want } of rows)
  test(`an annotation ${name}`, () => {
    assert.equal(annotations([finding(...given)], inSub), want);
  });

test("the worst findings are annotated first, ten of each kind, and the others counted", () => {
  const many = (severity: Severity, count: number) => Array.from({ length: count }, (_, i) => finding(undefined, { severity, message: `${severity} ${i}` })); // prettier-ignore
  const lines = annotations([...many("notice", 2), ...many("warning", 11), ...many("error", 13)], inSub)
    .trimEnd()
    .split("\n");
  assert.deepEqual(
    lines.slice(0, -1).map((line) => line.replace(/^.*::/, "")),
    [...many("error", 10), ...many("warning", 10), ...many("notice", 2)].map(({ message }) => message),
  );
  assert.equal(lines.at(-1), "3 more errors, 1 more warning (GitHub shows 10 of each kind)");
});

test("the log holds no command of the user's making", () => {
  for (const text of HOSTILE) {
    const safe = inert(text);
    // As the runner reads a line: `::command::` at its start, `##[command]` anywhere.
    for (const line of safe.split(/\r?\n/)) assert.ok(!/^\s*::.*::/.test(line) && !/##\[/.test(line), line);
  }
  assert.equal(inert(" 1 | a\n   ::: checkout.yaml:2:1\n"), " 1 | a\n   ::: checkout.yaml:2:1\n");
});

const summary = (findings: Parameters<typeof markdownSummary>[1], more: Partial<Parameters<typeof markdownSummary>[2]> = {}): string =>
  markdownSummary("2 errors", findings, { nameOf: (path) => `sub/${path}`, linkTo: () => undefined, room: 1 << 20, ...more });

test("a summary has a row for each finding, the worst first, with a link to its line", () => {
  const text = summary(
    [
      finding(undefined, { severity: "notice", message: "n" }),
      finding(spanOf("a.yaml", TEXT, "b"), { message: "wrong `a|b`", help: "do\nit" }),
    ],
    { linkTo: (path, line) => `https://x/${path}#L${line}` },
  );
  assert.equal(
    text,
    `### slogen: 2 errors

| | Where | What | What to do |
| --- | --- | --- | --- |
| 🛑 | [sub/a.yaml:2](https://x/a.yaml#L2) | wrong \`a\\|b\`<br>\`area/name\` | do<br>it |
| ℹ️ |  | n<br>\`area/name\` |  |
`,
  );
});

test("a summary keeps its columns whatever the findings say", () => {
  for (const message of HOSTILE) {
    const row = summary([finding(undefined, { message, help: message })]).split("\n")[4] ?? "";
    assert.equal([...row.matchAll(/(?<!\\)\|/g)].length, 5, row);
    assert.ok(!/<(?!br>)/.test(row.replace(/`[^`]*`/g, "")), row);
  }
});

test("a summary that grows too long is cut, and says how much is left out", () => {
  const findings = Array.from({ length: 3000 }, () => finding(undefined, { message: "é".repeat(200) }));
  const text = summary(findings, { room: 100_000, diff: "+a\n".repeat(100) });
  assert.ok(Buffer.byteLength(text) <= 100_000);
  assert.match(text, /^2\d{3} more findings left out/m);
  const cut = summary([], { room: 10_000, diff: "+ a line\n".repeat(5000) });
  assert.ok(Buffer.byteLength(cut) <= 10_000);
  assert.match(cut, /^```\n\n\d+ more lines left out/m);
  assert.match(summary([], { diff: "+ ```yaml\n" }), /^````diff\n\+ ```yaml\n````$/m);
});

const options: SarifOptions = {
  version: "1.2.3",
  pathOf: inSub,
  pageOf: (code) => `# ${code}\n\nOne thing is wrong. It matters.\n\nMore.\n`,
  severityOf: () => "warning",
  hash: (text) => `<${text}>`,
  withSuppressed: true,
};
interface Result {
  readonly ruleId: string;
  readonly level: string;
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly object[];
  readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
}
interface Run {
  readonly results: readonly Result[];
  readonly invocations: readonly [{ readonly toolExecutionNotifications: readonly { readonly level: string; readonly message: object }[] }];
}
const sarif = (findings: Parameters<typeof reportSarif>[0], more: Partial<SarifOptions> = {}): Run =>
  (JSON.parse(reportSarif(findings, { ...options, ...more })) as { readonly runs: readonly [Run] }).runs[0];

test("a SARIF fingerprint stays when the line moves, and tells equal lines apart", () => {
  const fingerprintsOf = (text: string, parts: readonly number[]): readonly string[] =>
    sarif(parts.map((start) => finding({ file: { path: "a.yaml", text }, start, end: start + 1 }))).results.map(
      ({ partialFingerprints }) => partialFingerprints["slogenFinding/v1"] ?? "",
    );
  assert.deepEqual(fingerprintsOf("x: 1\n  x: 1\ny: 2\n", [0, 7, 12]), fingerprintsOf("# new\n\nx: 1\n  x: 1\ny: 2\n", [7, 14, 19]));
  assert.equal(new Set(fingerprintsOf("x: 1\n  x: 1\ny: 2\n", [0, 7, 12])).size, 3);
});

test("a finding without a place in the repository is told beside the results, where it does no harm", () => {
  const run = sarif([
    finding(undefined),
    finding(spanOf("<stdin>", TEXT, "a"), { severity: "notice" }),
    finding(spanOf("ä #.yaml", TEXT, "a")),
  ]);
  assert.deepEqual(
    run.results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri),
    ["sub/%C3%A4%20%23.yaml"],
  );
  assert.deepEqual(
    run.invocations[0].toolExecutionNotifications.map(({ level }) => level),
    ["note", "error"],
  );
});

test("what is ignored is suppressed in SARIF, and kept from GitHub, which would show it as open", () => {
  const at = spanOf("a.yaml", TEXT, "a");
  const given = [finding(at, { severity: "warning", ignored: { by: "comment", at, reason: "it is known" } })];
  assert.deepEqual(sarif(given).results[0]?.suppressions, [{ kind: "inSource", justification: "it is known" }]);
  assert.deepEqual(sarif(given, { withSuppressed: false }).results, []);
});

test("SARIF holds the 25,000 worst results, and says that there are more", () => {
  const at = spanOf("a.yaml", TEXT, "a");
  const findings = Array.from({ length: 25_002 }, (_, i) =>
    finding(at, { severity: i === 25_001 ? "error" : "warning", message: String(i) }),
  );
  const run = sarif(findings);
  assert.equal(run.results.length, 25_000);
  assert.equal(run.results[0]?.level, "error");
  assert.match(JSON.stringify(run.invocations[0].toolExecutionNotifications), /2 more findings are left out/);
});

test("JUnit has a suite for each file: its errors, or one passing case, and the warnings as output", () => {
  const report = reportJunit(
    [finding(spanOf("b.yaml", TEXT, "b")), finding(spanOf("a.yaml", TEXT, "a"), { severity: "warning", code: "area/odd" })],
    ["a.yaml", "b.yaml", "c.yaml"],
    1234.5678,
  );
  const lines = report.split("\n").filter((line) => /^\s*<(?!failure|\/|system)/.test(line));
  assert.deepEqual(lines, [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="slogen" tests="3" failures="1" errors="0" time="1.235">',
    '  <testsuite name="a.yaml" tests="1" failures="0" errors="0" skipped="0" time="0">',
    '    <testcase name="no errors" classname="a.yaml" time="0"/>',
    '  <testsuite name="b.yaml" tests="1" failures="1" errors="0" skipped="0" time="0">',
    '    <testcase name="area/name (line 2)" classname="b.yaml" time="0">',
    '  <testsuite name="c.yaml" tests="1" failures="0" errors="0" skipped="0" time="0">',
    '    <testcase name="no errors" classname="c.yaml" time="0"/>',
  ]);
  assert.match(report, /<system-out>warning\[area\/odd\]: something is wrong\n {2}--&gt; a.yaml:1:1/);
});

test("no report of a run shows what one of its findings calls a secret", () => {
  const text = "token: s3cr3t # beside\n";
  const findings = [finding(spanOf("a.yaml", text, "s3cr3t"), { secret: true }), finding(spanOf("a.yaml", text, "token"))];
  for (const report of [reportJunit(findings, [], 0), reportSarif(findings, options), summary(findings), annotations(findings, inSub)])
    assert.ok(!report.includes("s3cr3t"), report);
});
