import assert from "node:assert/strict";
import { test } from "node:test";
import { Document, parse, Scalar } from "yaml";
import { spanWithin } from "../../src/yaml/locate.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { valueOf, type YamlScalar } from "../../src/yaml/tree.ts";
import { random, type Random } from "./random.ts";

/** The source between the marks is the place of `wanted` in the decoded text of `q`. */
const rows: readonly { readonly name: string; readonly marked: string; readonly wanted: string }[] = [
  { name: "plain", marked: "q: sum(┆rate┆(x[5m]))\n", wanted: "rate" },
  { name: "plain over two lines", marked: "q: a\n  ┆b┆\n", wanted: "b" },
  { name: "single quotes with a doubled quote", marked: "q: 'a''s ┆b┆'\n", wanted: "b" },
  { name: "a doubled quote itself", marked: "q: 'a┆''┆s b'\n", wanted: "'" },
  { name: "double quotes after escapes", marked: 'q: "x{a=\\"b\\"} \\u00e9 ┆y┆"\n', wanted: "y" },
  { name: "double quotes with an escaped line break", marked: 'q: "a\\\n   ┆b┆ c"\n', wanted: "b" },
  { name: "an escape itself", marked: 'q: "a┆\\t┆b"\n', wanted: "\t" },
  { name: "literal", marked: "q: |\n  sum(\n    ┆rate┆(x)\n  )\n", wanted: "rate" },
  { name: "literal with CRLF", marked: "q: |\r\n  sum(\r\n    ┆rate┆(x)\r\n  )\r\n", wanted: "rate" },
  { name: "literal with a stated indentation", marked: "q: |2\n    a\n   ┆b┆\n", wanted: "b" },
  { name: "folded", marked: "q: >-\n  sum(\n\n  ┆rate┆(x)\n    )\n", wanted: "rate" },
  { name: "folded over a line break", marked: "q: >-\n  ┆a\n  b┆ c\n", wanted: "a b" },
];

for (const { name, marked, wanted } of rows) {
  test(`a caret is exact in ${name}`, () => {
    const text = marked.replaceAll("┆", "");
    const [start, end] = [marked.indexOf("┆"), marked.lastIndexOf("┆") - 1];
    const scalar = scalarOf(text, "q");
    const at = scalar.text.indexOf(wanted);
    const span = spanWithin(scalar, at, at + wanted.length);
    assert.deepEqual([span.start, span.end], [start, end]);
  });
}

test("an empty stretch is a place between two characters", () => {
  const scalar = scalarOf("q: |\n  ab\n  cd\n", "q");
  const place = (offset: number): number => spanWithin(scalar, offset, offset).start;
  assert.deepEqual([place(0), place(2), place(3), place(6)], [7, 9, 12, 14]);
});

test("a stretch outside the text is answered with the whole scalar", () => {
  const scalar = scalarOf("q: abc\n", "q");
  assert.equal(spanWithin(scalar, 2, 9), scalar.at);
});

test("of 20,000 random scalars no caret is wrong", (t) => {
  const next = random(7);
  const exact = new Map<string, { exact: number; all: number }>();
  for (let count = 0; count < 20_000;) {
    const file = { path: "random.yaml", text: randomDocument(next) };
    const scalar = readYaml(file, () => undefined).map((root) => valueOf(root, "a", "b", 0, "c"))[0];
    if (scalar?.kind !== "scalar" || scalar.style === "missing") continue;
    const tally = exact.get(scalar.style) ?? { exact: 0, all: 0 };
    exact.set(scalar.style, tally);
    tally.all++;
    count++;
    // Only an unproven scalar answers an empty stretch with itself.
    if (spanWithin(scalar, 0, 0) !== scalar.at) tally.exact++;
    checkEveryCharacter(scalar);
  }
  for (const [style, tally] of exact)
    t.diagnostic(`${style}: ${tally.all} scalars, ${((100 * tally.exact) / tally.all).toFixed(2)} % exact`);
});

/** What stands at the caret is the character itself, an escape, or the blanks that a fold stands for; and carets never go back. */
function checkEveryCharacter(scalar: YamlScalar): void {
  let before = scalar.at.start;
  for (let i = 0; i < scalar.text.length; i++) {
    const span = spanWithin(scalar, i, i + 1);
    if (span === scalar.at) return;
    const char = scalar.text.charAt(i);
    const source = scalar.at.file.text.slice(span.start, span.end);
    const matches =
      source === char ||
      (/[ \t\n]/.test(char) && /^[ \t\r\n\\]*$/.test(source)) ||
      (scalar.style === "single" && char === "'" && source === "''") ||
      (scalar.style === "double" && source.startsWith("\\") && String(parse(`"${source}"`)).includes(char));
    assert.ok(
      matches,
      `${JSON.stringify(char)} at ${String(i)} is said to be ${JSON.stringify(source)} in ${JSON.stringify(scalar.at.file.text)}`,
    );
    assert.ok(span.start >= before, "carets go forward");
    before = span.start;
  }
}

const PIECES = [
  "sum",
  "(",
  "rate(",
  'x{a="b"}',
  "[5m]",
  ")",
  " / ",
  "\n",
  "\n  ",
  "\n\n",
  " ",
  "  ",
  "'q'",
  '"',
  "\\d+",
  "# c",
  "{{.window}}",
  "é",
  "🚀",
  "\t",
  "a: b",
  "- ",
  "on",
  "\\\\",
  "\u2028",
  "\x85",
  "\x07",
];
const STYLES = ["PLAIN", "QUOTE_SINGLE", "QUOTE_DOUBLE", "BLOCK_LITERAL", "BLOCK_FOLDED"] as const;

function randomDocument(next: Random): string {
  const scalar = new Scalar(Array.from({ length: 1 + next.below(12) }, () => next.pick(PIECES)).join(""));
  scalar.type = next.pick(STYLES);
  const document = new Document({ a: { b: [{ c: scalar }] } });
  const text = document.toString({ lineWidth: next.pick([0, 20, 40, 80]), minContentWidth: 0 });
  return next.below(4) === 0 ? text.replaceAll("\n", "\r\n") : text;
}

function scalarOf(text: string, ...path: readonly (string | number)[]): YamlScalar {
  const [root] = readYaml({ path: "test.yaml", text }, (diagnostic) => assert.fail(diagnostic.message));
  const node = valueOf(root, ...path);
  assert.equal(node?.kind, "scalar");
  return node;
}
