import type { Diagnostic } from "../diagnostic.ts";
import { written } from "../frame.ts";
import { positionAt } from "../source.ts";
import { blockPrinter } from "./pretty.ts";

/** Where findings go that have no file. */
const NOWHERE = "slogen";

/**
 * A JUnit report, for CI systems that show nothing else: a suite for each file, in it a failure for each error, or one passing case if
 * there is none. Warnings and notices are the suite's output. It holds to Jenkins's schema:
 * https://github.com/jenkinsci/xunit-plugin/tree/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd
 */
export function reportJunit(diagnostics: readonly Diagnostic[], files: readonly string[], milliseconds: number): string {
  const print = blockPrinter(diagnostics, false);
  const names = [...new Set([...files, ...diagnostics.map(suiteOf)])].sort();
  const suites = names.map((name) => {
    const own = diagnostics.filter((diagnostic) => suiteOf(diagnostic) === name);
    const errors = own.filter(({ severity }) => severity === "error");
    const others = own.filter(({ severity }) => severity !== "error");
    const cases = errors.length === 0 ? [passing(name)] : errors.map((error) => failing(name, error, print(error)));
    const output = others.length === 0 ? [] : [`    <system-out>${text(others.map(print).join("\n"))}</system-out>`];
    const counts = attributes({ name, tests: cases.length, failures: errors.length, errors: 0, skipped: 0, time: 0 });
    return { cases, failures: errors.length, lines: [`  <testsuite${counts}>`, ...cases, ...output, "  </testsuite>"] };
  });
  const sum = (count: (suite: (typeof suites)[number]) => number): number => suites.reduce((total, each) => total + count(each), 0);
  const totals = attributes({
    name: "slogen",
    tests: sum(({ cases }) => cases.length),
    failures: sum(({ failures }) => failures),
    errors: 0,
    time: (milliseconds / 1000).toFixed(3),
  });
  const lines = [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites${totals}>`,
    ...suites.flatMap((suite) => suite.lines),
    "</testsuites>",
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function suiteOf({ at }: Diagnostic): string {
  return at?.file.path ?? NOWHERE;
}

function passing(name: string): string {
  return `    <testcase${attributes({ name: "no errors", classname: name, time: 0 })}/>`;
}

function failing(name: string, { code, message, at }: Diagnostic, block: string): string {
  const line = at === undefined ? "" : ` (line ${positionAt(at.file, written(at).start).line})`;
  const testcase = attributes({ name: `${code}${line}`, classname: name, time: 0 });
  return `    <testcase${testcase}>\n      <failure${attributes({ message, type: code })}>${text(block)}</failure>\n    </testcase>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(
      ([name, value]) => ` ${name}="${text(String(value)).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`,
    )
    .join("");
}

/** XML has no way to write most control characters, not even escaped. https://www.w3.org/TR/xml/#charsets */
function text(value: string): string {
  return value
    .replace(/\r\n?/g, "\n")
    .replace(/[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
