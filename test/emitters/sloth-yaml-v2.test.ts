import assert from "node:assert/strict";
import { test } from "node:test";
import { printYamlV2, sorted, type YamlV2 } from "../../src/emitters/prometheus/sloth/yaml-v2.ts";

const print = (value: YamlV2): string => printYamlV2(new Map([["key", value]]));

test("strings stay plain unless they would be read as something else", () => {
  const table: readonly (readonly [string, string])[] = [
    ["text", "text"],
    ["two words", "two words"],
    ["", '""'],
    ["yes", '"yes"'],
    ["Off", '"Off"'],
    ["tRue", "tRue"],
    ["~", '"~"'],
    ["0.2", '"0.2"'],
    ["017", '"017"'],
    ["1_000", '"1_000"'],
    ["0x1F", '"0x1F"'],
    ["1e999", "1e999"],
    ["12:30:00", '"12:30:00"'],
    ["2024-02-29", '"2024-02-29"'],
    ["2023-02-29", "2023-02-29"],
    ["<<", "<<"],
    [" padded", "' padded'"],
    ["#channel", "'#channel'"],
    ["it's: so", "'it''s: so'"],
    ["- item", "'- item'"],
    ["-item", "-item"],
    ["---", "'---'"],
    ["tab\there", '"tab\\there"'],
    ["😀", '"\\U0001F600"'],
    ["über", "über"],
  ];
  for (const [given, want] of table) assert.equal(print(given), `key: ${want}\n`, JSON.stringify(given));
});

test("text of several lines is a literal block, unless a space ends one of them", () => {
  const table: readonly (readonly [string, string])[] = [
    ["a\nb\n", "|\n  a\n  b\n"],
    ["a\nb", "|-\n  a\n  b\n"],
    ["a\n\n", "|+\n  a\n\n"],
    ["\na\n", "|2\n\n  a\n"],
    ["  a\nb\n", "|2\n    a\n  b\n"],
    ["a\n\n  b\n", "|\n  a\n\n    b\n"],
    ["a \nb\n", '"a \\nb\\n"\n'],
    ["a\nb ", '"a\\nb "\n'],
  ];
  for (const [given, want] of table) assert.equal(print(given), `key: ${want}`, JSON.stringify(given));
});

test("the first single space past column 80 becomes a line break", () => {
  const long = "x".repeat(80);
  assert.equal(print(`${long} y z`), `key: ${long}\n  y z\n`);
  assert.equal(print(`${long}  y z`), `key: ${long}  y\n  z\n`);
  assert.equal(print(`# ${long} y`), `key: '# ${long}\n  y'\n`);
  assert.equal(print(`\t${long}  y`), `key: "\\t${long}\n  \\ y"\n`);
});

test("lists stand under their key without further indent", () => {
  const rule = new Map([
    ["record", "a"],
    ["expr", "b"],
  ]);
  assert.equal(print([rule, rule]), "key:\n- record: a\n  expr: b\n- record: a\n  expr: b\n");
  assert.equal(print([]), "key: []\n");
});

test("a key of more than 128 bytes, or of several lines, gets a question mark", () => {
  const long = "é".repeat(65);
  assert.equal(printYamlV2(new Map([[long, "v"]])), `? ${long}\n: v\n`);
  assert.equal(printYamlV2(new Map([["a\nb", "v"]])), "? |-\n  a\n  b\n: v\n");
});

test("keys are sorted as people count: letters last, numbers by value", () => {
  const keys = ["ab", "a10", "B", "a", "a_1", "a9", "a-1", "é", "_"];
  assert.deepEqual([...sorted(new Map(keys.map((key) => [key, ""]))).keys()], ["_", "B", "a", "a-1", "a_1", "a9", "a10", "ab", "é"]);
});
