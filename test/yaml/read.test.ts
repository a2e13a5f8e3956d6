import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { toJson, type Json } from "../../src/yaml/json.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { spanOfPath, valueOf, type YamlNode } from "../../src/yaml/tree.ts";
import { hostileMap } from "./hostile.ts";
import { random } from "./random.ts";

function read(text: string): { readonly nodes: readonly YamlNode[]; readonly found: readonly Diagnostic[] } {
  const found: Diagnostic[] = [];
  const nodes = readYaml({ path: "test.yaml", text }, (diagnostic) => found.push(diagnostic));
  return { nodes, found };
}

function values(text: string): readonly Json[] {
  const { nodes, found } = read(text);
  assert.deepEqual(found, []);
  return nodes.map((node) => toJson(node, "yaml-1.2"));
}

const readable: readonly { readonly name: string; readonly text: string; readonly want: readonly Json[] }[] = [
  { name: "documents of comments alone are skipped", text: "# a\n---\n# b\n---\na: 1\n...\n---\nb: 2\n---\n", want: [{ a: 1 }, { b: 2 }] },
  { name: "a null that is written is a document", text: "--- ~\n", want: [null] },
  { name: "an empty file has no documents", text: "", want: [] },
  { name: "a byte order mark is no part of the first key", text: "\ufeffa: 1\n", want: [{ a: 1 }] },
  { name: "CRLF ends lines", text: "a: |\r\n  b\r\n  c\r\nd:\r\n", want: [{ a: "b\nc\n", d: null }] },
  {
    name: "JSON is YAML",
    text: '{"a": "\\u00e9\\/", "b": [1, 2.50, null, true], "c": {}}',
    want: [{ a: "é/", b: [1, 2.5, null, true], c: {} }],
  },
  { name: "JSON with tabs as indentation is YAML", text: '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n', want: [{ a: { b: 1 } }] },
  { name: "an alias stands for what it names", text: "a: &x {b: 1}\nc: [*x, *x]\n", want: [{ a: { b: 1 }, c: [{ b: 1 }, { b: 1 }] }] },
  { name: "the latest anchor of a name counts", text: "a: &x 1\nb: *x\nc: &x 2\nd: *x\n", want: [{ a: 1, b: 1, c: 2, d: 2 }] },
  {
    name: "merge keys give way to keys written out and to earlier maps",
    text: "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  <<: [*a, *b]\n  x: 5\nd: {<<: *b}\n",
    want: [{ a: { x: 1, y: 2 }, b: { y: 3, z: 4 }, c: { y: 2, z: 4, x: 5 }, d: { y: 3, z: 4 } }],
  },
  { name: "a quoted `<<` is a key", text: '"<<": 1\n', want: [{ "<<": 1 }] },
  {
    name: "tags of other tools are ignored, standard ones heeded",
    text: "a: !foo bar\nb: !!str 1\nc: !!int '2'\n",
    want: [{ a: "bar", b: "1", c: 2 }],
  },
  { name: "`__proto__` is a key like any other", text: "__proto__: {a: 1}\n", want: [JSON.parse('{"__proto__": {"a": 1}}') as Json] },
];

for (const { name, text, want } of readable) {
  test(name, () => {
    assert.deepEqual(values(text), want);
  });
}

/** The marks hold the place; the code stands before the marked text. */
const broken: readonly (readonly [code: string, marked: string])[] = [
  ["unquoted-colon", 'expr: sum(rate(x{a="b┆:┆ c"}[5m]))\n'],
  ["unquoted-colon", "a:\n  description: Errors┆:┆ too many\n"],
  ["unquoted-colon", "- a: b┆:┆ c\n"],
  ["tab-indentation", "a:\n┆\t┆b: 1\n"],
  ["tab-indentation", "a:\n  - b: 1\n┆\t\t┆c: 1\n    d: 2\n    e:\n      f: 1\n"],
  ["bad-indentation", "a:\n  b: 1\n ┆c: 2┆\n"],
  ["bad-indentation", "a:\n  b: 1\n    ┆c: 2┆\n"],
  ["bad-indentation", "a: 1\n┆- b┆\n"],
  ["bad-indentation", "a:\n  - b: 1\n   ┆c: 2┆\n    d: 3\n    e:\n      f: 1\n"],
  ["missing-colon", "a: 1\n┆spec┆\n  b: 1\n  c: 2\n  d: 3\n"],
  ["text-after-value", 'a:\n  b: {c="d"}┆[┆1]\n  e: 1\n  f: 2\n'],
  ["missing-colon", "a: 1\n┆foo┆\nb: 2\n"],
  ["missing-colon", "┆a:1┆\nb: 2\n"],
  ["unclosed-quote", 'a: ┆"┆b\nc: 1\n'],
  ["unclosed-quote", "a: 1\nb: ┆'┆b\nc: 1\n"],
  ["unclosed-quote", "a:\n  b: ┆'┆c\n  d'\n  e: 1\n"],
  ["unclosed-bracket", "a: [1\n┆b┆: 1\n"],
  ["unclosed-bracket", '{"a": ┆1┆'],
  ["missing-comma", '{"a": ┆1 "b": 2┆}'],
  ["missing-comma", '{\n  "a": ┆1┆\n  "b": 2\n}\n'],
  ["missing-comma", "a: [\n  ┆b┆\n  c: 1\n]\n"],
  ["bad-escape", 'a: "b┆\\d┆+"\n'],
  ["reserved-character", "a: ┆@┆b\n"],
  ["reserved-character", "a: ┆`┆b`\n"],
  ["reserved-character", "a: ┆%┆b\n"],
  ["text-after-value", "a: 'b' ┆c┆\n"],
  ["text-after-value", "- a\n┆b┆: 1\n"],
  ["syntax", "a: > ┆foo┆\n"],
  ["syntax", "a: ┆-┆ b\n"],
  ["syntax", "--- ┆a┆: b\n"],
  ["duplicate-key", "a: 1\nb: 2\n┆a┆: 3\n"],
  ["duplicate-key", 'a: 1\n┆"a"┆: 3\n'],
  ["not-a-map-key", "q: {┆{.window}┆}\n"],
  ["not-a-map-key", "? ┆[a, b]┆\n: 1\n"],
  ["not-a-map-key", "┆:┆ 1\n"],
  ["unknown-alias", "a: ┆*.example.com┆\n"],
  ["unknown-alias", "a: &x 1\n---\nb: ┆*x┆\n"],
  ["alias-to-itself", "a: &x\n  b: ┆*x┆\n"],
  ["bad-merge", "a: {┆<<┆: 3}\n"],
  ["not-utf-8", "a: b┆\ufffd┆c\n"],
  ["not-utf-8", "a┆\0┆:\0 \0b\0"],
  ["half-character", 'a: ┆"\\ud83d"┆\n'],
  ["half-character", "a: ┆\ud83d┆\n"],
  ["control-character", "a: ┆\x07┆\n"],
  ["control-character", "a: 1┆\r┆b: 2\n"],
  ["control-character", "a: b┆\u2028┆c\n"],
  ["control-character", "a: 1\n---\n┆\ufeff┆b: 2\n"],
  ["too-deep", `${"- ".repeat(201)}┆-┆ x\n`],
];

for (const [code, marked] of broken) {
  test(`${JSON.stringify(marked.slice(-60))} is yaml/${code}, and the file yields nothing`, () => {
    const { nodes, found } = read(marked.replaceAll("┆", ""));
    const [first] = found.filter((diagnostic) => diagnostic.code === `yaml/${code}`);
    assert.ok(first?.at, `found ${found.map((diagnostic) => diagnostic.code).join(", ")}`);
    assert.deepEqual([first.at.start, first.at.end], [marked.indexOf("┆"), marked.lastIndexOf("┆") - 1]);
    assert.equal(found.length, 1, found.map((diagnostic) => diagnostic.code).join(", "));
    assert.ok(first.unreadable && first.why !== undefined && first.help !== undefined);
    assert.deepEqual(nodes, []);
  });
}

test("all errors of a file are told, in every document", () => {
  const { found } = read('a: 1\na: 2\n---\nb: c: d\n---\ne: *f\n---\ng: @h\ni: "\\q"\n');
  assert.deepEqual(found.map(({ code }) => code).sort(), [
    "yaml/bad-escape",
    "yaml/duplicate-key",
    "yaml/reserved-character",
    "yaml/unknown-alias",
    "yaml/unquoted-colon",
  ]);
});

test("the first place of a duplicate key is told", () => {
  const [diagnostic] = read("a: 1\nb: 2\na: 3\n").found;
  assert.deepEqual(
    diagnostic?.related.map(({ at }) => at.start),
    [0],
  );
});

test("the bracket that is not closed is told", () => {
  for (const text of ["a: [1\nb: 1\n", '{"a": [1', "a: {b: [1}\nc: 1\n"]) {
    const [diagnostic] = read(text).found;
    assert.deepEqual(
      diagnostic?.related.map(({ at }) => at.start),
      [text.indexOf("[")],
    );
  }
});

test("a merge key below a key that it holds is a warning, for Go lets the later one win", () => {
  const { nodes, found } = read("a: &a {x: 1}\nb:\n  x: 2\n  <<: *a\n");
  assert.deepEqual(
    found.map(({ code, severity }) => [code, severity]),
    [["yaml/late-merge", "warning"]],
  );
  assert.deepEqual(
    nodes.map((node) => toJson(node, "yaml-1.2")),
    [{ a: { x: 1 }, b: { x: 2 } }],
  );
});

test("a bomb of aliases is refused at once, and shared nodes are no copies", () => {
  const rows = Array.from(
    "bcdefghij",
    (name, i) =>
      `${name}: &${name} [${Array(10)
        .fill(`*${"abcdefghij".charAt(i)}`)
        .join(",")}]\n`,
  );
  const { found } = read(`a: &a [x,x,x,x,x,x,x,x,x,x]\n${rows.join("")}`);
  assert.deepEqual(
    found.map(({ code }) => code),
    ["yaml/alias-limit"],
  );
  const [root] = read("a: &x {b: 1}\nc: *x\n").nodes;
  assert.equal(valueOf(root, "a"), valueOf(root, "c"));
});

test("aliases cannot pile up a depth that no line shows", () => {
  const rows = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} ${"[".repeat(50)}*a${i}${"]".repeat(50)}\n`);
  assert.deepEqual(
    read(`a0: &a0 x\n${rows.join("")}`).found.map(({ code }) => code),
    ["yaml/too-deep"],
  );
});

test("no depth of nesting breaks the reader", () => {
  for (const text of ["[".repeat(20_000), "{a: ".repeat(20_000), "- ".repeat(5_000), "&a ".repeat(5_000)])
    assert.ok(read(text).found.length > 0);
});

test("spans hold what was written, without blanks and line breaks at the end", () => {
  const text = "a: |\n  x\n\nb:\n  - c: 1 # one\n\n  - d:\n# end\n";
  const [root] = read(text).nodes;
  assert.ok(root);
  const spanned = (...path: (string | number)[]): string => {
    const at = valueOf(root, ...path)?.at;
    return text.slice(at?.start, at?.end);
  };
  assert.equal(spanned("a"), "|\n  x");
  assert.equal(spanned("b", 0), "c: 1");
  assert.equal(spanned("b", 1, "d"), "");
  assert.equal(valueOf(root, "b", 1, "d")?.at.start, text.indexOf("d:") + 1);
  assert.equal(text.slice(spanOfPath(root, ["b", 0, "c"]).start).charAt(0), "c");
});

test("whatever the `yaml` package writes of 2,000 random documents, in any style, has its values here too", () => {
  const next = random(3);
  for (let i = 0; i < 2_000; i++) {
    const value = hostileMap(next);
    const [document] = parseAllDocuments(JSON.stringify(value));
    assert.ok(document);
    const text = document.toString({
      lineWidth: next.pick([0, 40, 80]),
      collectionStyle: next.pick(["any", "flow", "block"]),
      indent: 2 + next.below(3),
    });
    const { nodes, found } = read(text);
    // The package writes some control characters as they are.
    if (found.every(({ code }) => code === "yaml/control-character") && found.length > 0) continue;
    assert.deepEqual(
      found.map(({ message }) => message),
      [],
      text,
    );
    assert.deepEqual(
      nodes.map((node) => toJson(node, "yaml-1.2")),
      [value],
      text,
    );
  }
});

test("no text makes the reader throw, and every finding lies in the file", () => {
  const next = random(9);
  const pieces = [
    "a",
    ":",
    ": ",
    "\n",
    "\n  ",
    "- ",
    "? ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&x",
    "*x",
    "<<",
    "!!str ",
    "|",
    ">",
    "'",
    '"',
    "#",
    " #",
    "\t",
    "%",
    "---\n",
    "...\n",
    "\\",
    "\r\n",
    "\ufeff",
  ];
  for (let i = 0; i < 10_000; i++) {
    const text = Array.from({ length: 1 + next.below(14) }, () => next.pick(pieces)).join("");
    for (const { at } of read(text).found) {
      assert.ok(at && at.start >= 0 && at.start <= at.end && at.end <= text.length, JSON.stringify(text));
      assert.ok(at.start < text.replace(/[ \t\r\n]+$/, "").length || text.trim() === "", JSON.stringify(text));
    }
  }
});
