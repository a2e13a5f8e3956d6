import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { schemaCompiler } from "../../scripts/gen-schemas.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { schemaCodes } from "../../src/schema/codes.ts";
import { diagnose } from "../../src/schema/diagnose.ts";
import { toJson } from "../../src/yaml/json.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { mark, unmark } from "../frontends/marks.ts";

const SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["name"],
  properties: {
    name: {
      type: "string",
      minLength: 3,
      maxLength: 5,
      pattern: "^[a-z-]*$",
      "x-wanted": "lower-case letters",
      "x-suggest": "slug",
      examples: ["abc"],
    },
    count: { type: "integer", minimum: 1, exclusiveMaximum: 10, examples: [3] },
    step: { type: "number", multipleOf: 5 },
    share: { type: "number" },
    on: { type: "boolean" },
    tags: { type: "array", minItems: 1, maxItems: 2, uniqueItems: true, items: { type: "string" } },
    mode: { type: "string", enum: ["fast", "slow"] },
    version: { const: 1 },
    labels: {
      type: "object",
      minProperties: 1,
      propertyNames: { pattern: "^[a-z]+$", "x-wanted": "lower-case letters" },
      additionalProperties: { type: "string" },
    },
    text: { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
    size: { anyOf: [{ const: "auto" }, { enum: ["big", "small"] }] },
    either: {
      type: "object",
      additionalProperties: false,
      properties: { a: {}, b: {} },
      oneOf: [{ required: ["a"] }, { required: ["b"] }],
    },
    apart: { type: "object" },
    shape: {
      type: "object",
      required: ["kind"],
      discriminator: { propertyName: "kind" },
      oneOf: [
        { properties: { kind: { const: "circle" }, radius: { type: "number" } }, required: ["radius"], additionalProperties: false },
        { properties: { kind: { const: "square" }, side: { type: "number" } }, required: ["side"], additionalProperties: false },
      ],
    },
    entry: {
      type: "object",
      if: { required: ["ref"] },
      then: { properties: { ref: { type: "string" } }, additionalProperties: false },
      else: { properties: { spec: { type: "object" } }, required: ["spec"], additionalProperties: false },
    },
    said: { type: "number", maximum: 1, "x-code": { maximum: "elsewhere/too-big" } },
  },
};

const validator = schemaCompiler().compile(SCHEMA);

function check(text: string): { readonly found: readonly Diagnostic[]; readonly marked: string } {
  const file = { path: "x.yaml", text };
  const [root] = readYaml(file, (diagnostic) => assert.fail(diagnostic.message));
  assert.ok(root);
  validator(toJson(root, "yaml-1.2"));
  const found = diagnose(validator.errors ?? [], root, { rules: "yaml-1.2", unknownKeys: "error" });
  return {
    found,
    marked: mark(
      file,
      found.map(({ at }) => at),
    ),
  };
}

interface Row {
  readonly code: string;
  /** The document, the place of the finding between `«` and `»`. */
  readonly text: string;
  readonly message: string;
  readonly help: string;
}

const ROWS: readonly Row[] = [
  {
    code: "schema/unknown-field",
    text: "name: abc\n«modes»: fast",
    message: "the document has no field `modes`",
    help: "write `mode` instead of `modes`",
  },
  {
    code: "schema/unknown-field",
    text: "name: abc\neither: { a: 1, «zzzzzz»: 2 }",
    message: "`either` has no field `zzzzzz`",
    help: "remove it, or use one of `a` and `b`",
  },
  { code: "schema/missing-field", text: "«mode»: fast", message: "the document has no `name`", help: "add `name: abc`" },
  {
    code: "schema/missing-field",
    text: "name: abc\nentry: { «other»: 1 }".replace("«other»: 1", "").replace("entry", "«entry»"),
    message: "`entry` has no `spec`",
    help: "add `spec`",
  },
  {
    code: "schema/wrong-type",
    text: 'name: abc\nshare: «"0.5"»',
    message: "`share` must be a number, and is the text `0.5`",
    help: "remove the quotes: `share: 0.5`",
  },
  {
    code: "schema/wrong-type",
    text: "name: «1234»",
    message: "`name` must be a text, and is the number `1234`",
    help: 'write `name: "1234"`, in quotes',
  },
  {
    code: "schema/wrong-type",
    text: "name: abc\ntags: «x»",
    message: "`tags` must be a list, and is the text `x`",
    help: "put it in a list: `tags: [x]`",
  },
  {
    code: "schema/wrong-type",
    text: "name: abc\n«tags»:\n  x: 1",
    message: "`tags` must be a list, and is a map",
    help: "put `- ` in front of its first field: a list with one entry",
  },
  {
    code: "schema/wrong-type",
    text: "name: abc\n«apart»:\n  - x: 1",
    message: "`apart` must be a map, and is a list",
    help: "write the fields without `- `: one map, not a list",
  },
  {
    code: "schema/wrong-type",
    text: "name: abc\non: «'true'»",
    message: "`on` must be `true` or `false`, and is the text `true`",
    help: "remove the quotes: `on: true`",
  },
  {
    code: "schema/wrong-type",
    text: "name: abc\ncount: «1.5»",
    message: "`count` must be a whole number, and is the number `1.5`",
    help: "write it without a fraction",
  },
  {
    code: "schema/wrong-type",
    text: "name: abc\ntags: [a, «2»]",
    message: "`tags[1]` must be a text, and is the number `2`",
    help: 'write `"2"`, in quotes',
  },
  {
    code: "schema/wrong-type",
    text: "name: abc\ntext: «5»",
    message: "`text` must be a text or a list, and is the number `5`",
    help: 'write `text: "5"`, in quotes',
  },
  {
    code: "schema/wrong-type",
    text: "name: abc\ntext: [a, «5»]",
    message: "`text[1]` must be a text, and is the number `5`",
    help: 'write `"5"`, in quotes',
  },
  {
    code: "schema/not-one-of",
    text: "name: abc\nmode: «Fast»",
    message: "`mode` must be `fast` or `slow`, and is the text `Fast`",
    help: "write `fast`",
  },
  {
    code: "schema/not-one-of",
    text: "name: abc\nversion: «2»",
    message: "`version` must be `1`, and is the number `2`",
    help: "write `1`",
  },
  {
    code: "schema/not-one-of",
    text: "name: abc\nsize: «huge»",
    message: "`size` must be `auto`, `big` or `small`, and is the text `huge`",
    help: "write `auto`, `big` or `small`",
  },
  {
    code: "schema/not-one-of",
    text: "name: abc\nshape: { kind: «circel», radius: 1 }",
    message: "`kind` must be `circle` or `square`, and is the text `circel`",
    help: "write `circle`",
  },
  {
    code: "schema/unknown-field",
    text: "name: abc\nshape: { kind: circle, radius: 1, «side»: 2 }",
    message: "`shape` has no field `side`",
    help: "remove it, or use one of `kind` and `radius`",
  },
  { code: "schema/missing-field", text: "name: abc\n«shape»: { kind: square }", message: "`shape` has no `side`", help: "add `side`" },
  {
    code: "schema/bad-format",
    text: "name: «A B»",
    message: "`name` is the text `A B`, and must be lower-case letters",
    help: "write `a-b`",
  },
  {
    code: "schema/bad-key",
    text: "name: abc\nlabels: { «B1»: x }",
    message: "`B1` is no valid key of `labels`",
    help: "a key must be lower-case letters",
  },
  { code: "schema/too-long", text: "name: «abcdefgh»", message: "`name` has 8 characters, and may have 5", help: "shorten it by 3" },
  { code: "schema/too-short", text: "name: «ab»", message: "`name` has fewer than 3 characters", help: "write at least 3 characters" },
  { code: "schema/too-few", text: "name: abc\n«tags»: []", message: "`tags` is empty", help: "add an entry" },
  { code: "schema/too-few", text: "name: abc\n«labels»: {}", message: "`labels` is empty", help: "add an entry" },
  {
    code: "schema/too-many",
    text: "name: abc\n«tags»: [a, b, c]",
    message: "`tags` has 3 entries, and may have 2",
    help: "keep 2 entries",
  },
  {
    code: "schema/duplicate-item",
    text: "name: abc\n«tags»: [a, a]",
    message: "`tags` has the same entry twice",
    help: "remove one of them",
  },
  {
    code: "schema/out-of-range",
    text: "name: abc\ncount: «0»",
    message: "`count` must be at least 1, and is the number `0`",
    help: "write a number that is at least 1",
  },
  {
    code: "schema/out-of-range",
    text: "name: abc\ncount: «10»",
    message: "`count` must be below 10, and is the number `10`",
    help: "write a number that is below 10",
  },
  {
    code: "schema/out-of-range",
    text: "name: abc\nstep: «7»",
    message: "`step` must be a multiple of 5, and is the number `7`",
    help: "write a number that is a multiple of 5",
  },
  {
    code: "schema/conflicting-fields",
    text: "name: abc\neither: { a: 1, «b»: 2 }",
    message: "`either` may have only one of `a` and `b`",
    help: "keep one of `a` and `b`",
  },
  { code: "schema/missing-alternative", text: "name: abc\n«either»: {}", message: "`either` needs `a` or `b`", help: "add `a` or `b`" },
];

describe("each violation is one finding, at the line that causes it", () => {
  for (const { code, text, message, help } of ROWS) {
    test(`${code} in ${JSON.stringify(text)}`, () => {
      const { found, marked } = check(unmark(text).text);
      assert.deepEqual(
        found.map((diagnostic) => [diagnostic.code, diagnostic.message, diagnostic.help]),
        [[code, message, help]],
      );
      assert.equal(marked, text);
    });
  }
});

test("every code has a row", () => {
  const covered = new Set(ROWS.map(({ code }) => code));
  assert.deepEqual(
    Object.values(schemaCodes)
      .map(({ code }) => code)
      .filter((code) => !covered.has(code)),
    [],
  );
});

test("a document without errors has no findings", () => {
  assert.deepEqual(check("name: abc\ncount: 3\nlabels: { team: x }\nshape: { kind: circle, radius: 2 }").found, []);
});

test("all findings of a document are reported at once", () => {
  const { found } = check("nmae: abc\ncount: x\nmode: none\nentry: { ref: 1 }");
  assert.deepEqual(
    found.map(({ code, message }) => `${code}: ${message}`),
    [
      "schema/unknown-field: the document has no field `nmae`",
      "schema/wrong-type: `count` must be a whole number, and is the text `x`",
      "schema/not-one-of: `mode` must be `fast` or `slow`, and is the text `none`",
      "schema/wrong-type: `ref` must be a text, and is the number `1`",
    ],
  );
});

test("a field in the wrong case is one mistake, not an unknown field and a missing one", () => {
  const { found, marked } = check("Name: abc");
  assert.equal(found.length, 1);
  assert.equal(marked, "«Name»: abc");
});

test("what the schema leaves to a front end is not reported here", () => {
  assert.deepEqual(check("name: abc\nsaid: 2").found, []);
  assert.equal(check("name: abc\nsaid: x").found.length, 1);
});
