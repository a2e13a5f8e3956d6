import assert from "node:assert/strict";
import { test } from "node:test";
import { commentsOf } from "../../src/yaml/comments.ts";

const rows: readonly {
  readonly name: string;
  readonly given: string;
  readonly want: readonly (readonly [string, string | undefined])[];
}[] = [
  { name: "the line that a comment ends", given: "a: 1 # x\nb: 2\n", want: [["# x", "a: 1 # x\n"]] },
  { name: "the next line, for a comment with a line of its own", given: "# x\na: 1\nb: 2\n", want: [["# x", "a: 1\n"]] },
  {
    name: "the next line that holds anything, for each of several comments",
    given: "# x\n\n  # y\na: 1\n",
    want: [
      ["# x", "a: 1\n"],
      ["# y", "a: 1\n"],
    ],
  },
  { name: "one line of a map", given: "# x\nspec:\n  a: 1\n", want: [["# x", "spec:\n"]] },
  { name: "all of a block scalar", given: "q: | # x\n  # no comment\n  b\n\nc: 1\n", want: [["# x", "q: | # x\n  # no comment\n  b"]] },
  { name: "all of a block scalar, from above", given: "# x\nq: >-\n  a\n  b\nc: 1\n", want: [["# x", "q: >-\n  a\n  b"]] },
  { name: "all of a plain scalar", given: "q: a\n  b # x\nc: 1\n", want: [["# x", "a\n  b # x\n"]] },
  { name: "all of a quoted scalar", given: 'q: "a\n  # no comment\n  b" # x\nc: 1\n', want: [["# x", '"a\n  # no comment\n  b" # x\n']] },
  { name: "a flow list's line", given: "l: [a, # x\n b]\n", want: [["# x", "l: [a, # x\n"]] },
  { name: "nothing at the end of a file", given: "a: 1\n# x\n", want: [["# x", undefined]] },
  { name: "the first line behind a byte order mark", given: "\ufeff# x\na: 1\n", want: [["# x", "a: 1\n"]] },
  { name: "lines that end as in Windows", given: "# x\r\na: 1 # y\r\n", want: [["# x", "a: 1 # y\r\n"], ["# y", "a: 1 # y\r\n"]] }, // prettier-ignore
  { name: "what does not parse", given: "a: [ # x\nb: }\n", want: [["# x", "a: [ # x\n"]] },
  { name: "JSON", given: '{ "a": "# no comment" }\n', want: [] },
];

for (const { name, given, want } of rows)
  test(`a comment is about ${name}`, () => {
    const found = commentsOf({ path: "a.yaml", text: given }).map(({ at, about }) => [
      given.slice(at.start, at.end),
      about && given.slice(about.start, about.end),
    ]);
    assert.deepEqual(found, want);
  });
