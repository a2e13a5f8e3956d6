import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { reportJson } from "../../src/diagnostics/reporters/json.ts";
import { reportPretty } from "../../src/diagnostics/reporters/pretty.ts";
import type { SourceFile, Span } from "../../src/diagnostics/source.ts";

/** The source between two marks becomes the span of the diagnostic; a third and fourth mark make a related place. */
function diagnose(marked: string, more: Partial<Diagnostic> = {}): Diagnostic {
  const file: SourceFile = { path: "checkout.yaml", text: marked.replaceAll("┆", "") };
  const marks = [...marked.matchAll(/┆/g)].map(({ index }, i) => index - i);
  const span = (from: number): Span => ({ file, start: marks[from] ?? 0, end: marks[from + 1] ?? marks[from] ?? 0 });
  const related = marks.length > 2 ? [{ at: span(2), message: "first given here" }] : [];
  return { code: "area/name", severity: "error", unreadable: false, message: "something is wrong", at: span(0), related, ...more };
}

const frames: readonly { readonly name: string; readonly given: Diagnostic; readonly want: string }[] = [
  {
    name: "one line with label, reason and help",
    given: diagnose("a: 1\n    target: ┆99.9┆\n", {
      label: "did you mean 0.999?",
      why: "a target is a ratio",
      help: "write `targetPercent: 99.9`\nto use percent",
    }),
    want: `error[area/name]: something is wrong
  --> checkout.yaml:2:13
   |
 2 |     target: 99.9
   |             ^^^^ did you mean 0.999?
   |
   = why: a target is a ratio
   = help: write \`targetPercent: 99.9\`
           to use percent
`,
  },
  {
    name: "no width",
    given: diagnose("service:┆┆\n", { severity: "warning" }),
    want: `warning[area/name]: something is wrong
  --> checkout.yaml:1:9
   |
 1 | service:
   |         ^
`,
  },
  {
    name: "the end of the file",
    given: diagnose("a:\n  b: 1\n\n┆┆"),
    want: `error[area/name]: something is wrong
  --> checkout.yaml:2:7
   |
 2 |   b: 1
   |       ^
`,
  },
  {
    name: "two lines",
    given: diagnose("q: ┆sum(\n  x)┆\n", { label: "here" }),
    want: `error[area/name]: something is wrong
  --> checkout.yaml:1:4
   |
 1 | q: sum(
   |    ^^^^
 2 |   x)
   |   ^^ here
`,
  },
  {
    name: "many lines, the first and the last shown",
    given: diagnose("q: ┆|\n  (\n    a\n    b\n  )\n┆c: 1\n"),
    want: `error[area/name]: something is wrong
  --> checkout.yaml:1:4
   |
 1 | q: |
   |    ^
...
 5 |   )
   |   ^
`,
  },
  {
    name: "a tab and wide characters before the mark",
    given: diagnose("\t日本👩‍👩‍👧 ┆値x┆"),
    want: `error[area/name]: something is wrong
  --> checkout.yaml:1:10
   |
 1 |     日本👩‍👩‍👧 値x
   |            ^^^
`,
  },
  {
    name: "a related place",
    given: diagnose(`${"\n".repeat(120)}┆a┆: 1\n┆b┆: 2\n`),
    want: `error[area/name]: something is wrong
   --> checkout.yaml:121:1
    |
121 | a: 1
    | ^
   ::: checkout.yaml:122:1
    |
122 | b: 2
    | - first given here
`,
  },
  {
    name: "no place at all",
    given: { ...diagnose("a", { help: "add a file" }), at: undefined } as unknown as Diagnostic,
    want: `error[area/name]: something is wrong
   = help: add a file
`,
  },
  {
    name: "an empty file",
    given: diagnose("┆┆"),
    want: `error[area/name]: something is wrong
  --> checkout.yaml:1:1
`,
  },
  {
    name: "CRLF and a character that a terminal would obey",
    given: diagnose("a: ┆\x1b[31mx┆\r\nb: 1\r\n"),
    want: `error[area/name]: something is wrong
  --> checkout.yaml:1:4
   |
 1 | a: ␛[31mx
   |    ^^^^^^
`,
  },
];

for (const { name, given, want } of frames)
  test(`a frame shows ${name}`, () => {
    assert.equal(reportPretty([given], { color: false }), want);
  });

test("a very long line is cut around the mark", () => {
  const report = reportPretty([diagnose(`q: ${"a".repeat(500)}┆bad┆${"😀".repeat(300)}\n`, { label: "here" })], { color: false });
  const [, , , source = "", mark = ""] = report.split("\n");
  assert.match(source, /^ 1 \| …a{40}bad(?:😀)+…$/u);
  assert.equal(mark, `   | ${" ".repeat(41)}^^^ here`);
  assert.ok(source.length < 130);
});

test("a span longer than a cut line is marked to the cut", () => {
  const [, , , source = "", mark = ""] = reportPretty([diagnose(`q: ┆${"a".repeat(500)}┆\n`)], { color: false }).split("\n");
  assert.ok(source.endsWith("a…"));
  assert.equal(mark.length, source.length - 1);
});

test("a message stays on its line, whatever a key in it holds", () => {
  const [head = ""] = reportPretty([diagnose("┆a┆", { message: "the key `a\nb\x1b[0m`" })], { color: false }).split("\n");
  assert.equal(head, "error[area/name]: the key `a␊b␛[0m`");
});

test("colour changes nothing but the colour", () => {
  const given = frames.map((row) => row.given);
  const colored = reportPretty(given, { color: true });
  assert.match(colored, /\x1b\[1;31merror\[area\/name\]\x1b\[0m/);
  const uncolored = colored.replace(/\x1b\[[0-9;]*m/g, "");
  assert.equal(uncolored, reportPretty(given, { color: false }));
});

test("the order is by file, place and severity, and what was said twice is said once", () => {
  const a = diagnose("x ┆y┆", { message: "a" });
  const b = diagnose("┆x┆ y", { message: "b", severity: "notice" });
  const c = diagnose("┆x┆ y", { message: "c" });
  const d = { ...c, message: "d", at: { file: { path: "a.yaml", text: "x" }, start: 0, end: 1 } };
  const e = { ...c, message: "e", at: undefined } as unknown as Diagnostic;
  const messages = (given: readonly Diagnostic[]): unknown =>
    (JSON.parse(reportJson(given)) as { diagnostics: { message: string }[] }).diagnostics.map(({ message }) => message);
  assert.deepEqual(messages([e, a, b, c, d, { ...c }]), ["d", "c", "b", "a", "e"]);
  assert.deepEqual(messages([b, c, d, a, e]), ["d", "c", "b", "a", "e"]);
});

test("the JSON report is one document with places that machines can use", () => {
  const report: unknown = JSON.parse(reportJson([diagnose("é😀: ┆a┆\n┆b┆\n", { help: "h" })], { stale: ["x.yaml"] }));
  assert.deepEqual(report, {
    stale: ["x.yaml"],
    version: 1,
    diagnostics: [
      {
        code: "area/name",
        severity: "error",
        message: "something is wrong",
        file: "checkout.yaml",
        range: { start: { line: 1, column: 5, offset: 5 }, end: { line: 1, column: 6, offset: 6 } },
        help: "h",
        related: [
          {
            message: "first given here",
            file: "checkout.yaml",
            range: { start: { line: 2, column: 1, offset: 7 }, end: { line: 2, column: 2, offset: 8 } },
          },
        ],
      },
    ],
    ignored: [],
    summary: { errors: 1, warnings: 0, notices: 0, ignored: 0 },
  });
});
