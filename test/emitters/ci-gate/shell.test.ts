import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { commentText, curlValue, shellWord } from "../../../src/emitters/ci-gate/shell.ts";

const HOSTILE = [
  "it's",
  "$(id)",
  "`id`",
  "a\nb",
  '"\\',
  "{{ x }}",
  "'\\''",
  "a'; exit 0; '",
  "-n",
  "",
  "*",
  "~",
  "!!",
  "é\u2028",
  "\\",
  "'",
];

test("a shell reads back every word as it was", () => {
  const words = [
    ...HOSTILE,
    ...fc.sample(fc.string({ unit: "binary" }), { numRuns: 200, seed: 7 }).map((text) => text.replaceAll("\0", "")),
  ];
  const sound = words.filter((word) => Buffer.from(word).toString() === word);
  const script = sound.map((word) => `printf '%s\\000' ${shellWord(word)}`).join("\n");
  assert.deepEqual(execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1), sound);
});

test("no shell can hold a NUL", () => {
  assert.throws(() => shellWord("a\0b"), RangeError);
});

test("a comment stays in its line, and a terminal in its place", () => {
  assert.equal(commentText("a\nrm -rf /\r\u001b[2J\u2028b"), "a rm -rf /  [2J b");
});

test("a value of curl's configuration ends where it is meant to", () => {
  assert.equal(curlValue('a"b\\c\nurl = x'), '"a\\"b\\\\c url = x"');
});
