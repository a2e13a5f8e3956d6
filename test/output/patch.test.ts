import assert from "node:assert/strict";
import { test } from "node:test";
import type { PatchOperation } from "../../src/config/config.ts";
import { jsonPatch } from "../../src/output/json-patch.ts";
import { mergePatch } from "../../src/output/merge-patch.ts";
import { exactNumber, type Json } from "../../src/yaml/json.ts";

const at = { file: { path: "slogen.yaml", text: "" }, start: 0, end: 0 };

test("a merge patch follows RFC 7386", () => {
  const rows: readonly (readonly [target: Json, patch: Json, wanted: Json])[] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b", c: 1 }, { a: null }, { c: 1 }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [{ a: "text" }, { a: { b: { c: null, d: 1 } } }, { a: { b: { d: 1 } } }],
    [{ a: 1 }, { b: { c: null } }, { a: 1, b: {} }],
    [{ a: exactNumber("1.5") }, { a: { b: 1 } }, { a: { b: 1 } }],
    [{ a: 1 }, ["b"], ["b"]],
    [{ a: 1 }, {}, { a: 1 }],
  ];
  for (const [target, patch, wanted] of rows) assert.deepEqual(mergePatch(target, patch), wanted, JSON.stringify(patch));
});

test("a merge keeps the order of keys, and an exact number stays one", () => {
  const merged = mergePatch({ b: 1, a: 2 }, { b: exactNumber("1.50"), c: 3 });
  assert.deepEqual(Object.keys(merged as object), ["b", "a", "c"]);
  assert.deepEqual(merged, { b: exactNumber("1.50"), a: 2, c: 3 });
});

type Operation = PatchOperation extends infer O ? (O extends PatchOperation ? Omit<O, "at"> : never) : never;

function patch(document: Json, ...operations: readonly Operation[]): ReturnType<typeof jsonPatch> {
  return jsonPatch(
    document,
    operations.map((operation) => ({ ...operation, at })),
  );
}

test("a patch follows RFC 6902", () => {
  const rows: readonly (readonly [document: Json, operations: readonly Operation[], wanted: Json])[] = [
    [{ a: 1 }, [{ op: "add", path: "/b", value: 2 }], { a: 1, b: 2 }],
    [{ a: 1 }, [{ op: "add", path: "/a", value: 2 }], { a: 2 }],
    [{ a: [1, 3] }, [{ op: "add", path: "/a/1", value: 2 }], { a: [1, 2, 3] }],
    [{ a: [1] }, [{ op: "add", path: "/a/-", value: [2] }], { a: [1, [2]] }],
    [{ a: [1] }, [{ op: "add", path: "/a/1", value: 2 }], { a: [1, 2] }],
    [{ a: 1 }, [{ op: "add", path: "", value: { b: 2 } }], { b: 2 }],
    [{ a: 1, b: 2 }, [{ op: "remove", path: "/a" }], { b: 2 }],
    [{ a: [1, 2, 3] }, [{ op: "remove", path: "/a/1" }], { a: [1, 3] }],
    [{ a: 1, b: 2 }, [{ op: "replace", path: "/a", value: null }], { a: null, b: 2 }],
    [{ a: [1, 2] }, [{ op: "replace", path: "/a/0", value: 9 }], { a: [9, 2] }],
    [{ a: { b: 1 }, c: {} }, [{ op: "move", from: "/a/b", path: "/c/d" }], { a: {}, c: { d: 1 } }],
    [{ a: [1, 2, 3] }, [{ op: "move", from: "/a/0", path: "/a/2" }], { a: [2, 3, 1] }],
    [{ a: { b: [1] } }, [{ op: "copy", from: "/a/b", path: "/c" }], { a: { b: [1] }, c: [1] }],
    [{ "a/b": { "c~d": 1 } }, [{ op: "replace", path: "/a~1b/c~0d", value: 2 }], { "a/b": { "c~d": 2 } }],
    [{ "": { "0": 1 } }, [{ op: "replace", path: "//0", value: 2 }], { "": { "0": 2 } }],
    [{ a: { b: 1, c: [2] } }, [{ op: "test", path: "/a", value: { c: [2], b: exactNumber("1.0") } }], { a: { b: 1, c: [2] } }],
    [
      { a: 1 },
      [
        { op: "test", path: "", value: { a: 1 } },
        { op: "remove", path: "/a" },
      ],
      {},
    ],
    [{ a: { "~1": 1 } }, [{ op: "remove", path: "/a/~01" }], { a: {} }],
  ];
  for (const [document, operations, wanted] of rows) {
    const before = structuredClone(document);
    assert.deepEqual(patch(document, ...operations), { ok: true, value: wanted }, JSON.stringify(operations));
    if (!JSON.stringify(operations).includes("Symbol")) assert.deepEqual(document, before, "the document itself is not changed");
  }
});

test("a patch that does not fit says why, and nothing of it holds", () => {
  const rows: readonly (readonly [document: Json, operation: Operation, problem: RegExp])[] = [
    [{ labels: 1 }, { op: "remove", path: "/lables" }, /there is no `lables`; did you mean `labels`\?/],
    [{ a: 1 }, { op: "replace", path: "/b", value: 1 }, /there is no `b`/],
    [{ a: 1 }, { op: "add", path: "/b/c", value: 1 }, /there is no `b`/],
    [{ a: 1 }, { op: "add", path: "/a/c", value: 1 }, /`a` is neither a map nor a list/],
    [{ a: [1] }, { op: "add", path: "/a/2", value: 1 }, /`2` is no index of a list of 1/],
    [{ a: [1] }, { op: "add", path: "/a/01", value: 1 }, /`01` is no index/],
    [{ a: [1] }, { op: "remove", path: "/a/-" }, /`-` is no index/],
    [{ a: [1] }, { op: "remove", path: "/a/1" }, /`1` is no index/],
    [{ a: 1 }, { op: "test", path: "/a", value: "1" }, /another one/],
    [{ a: [1, 2] }, { op: "test", path: "/a", value: [1] }, /another one/],
    [{ a: { b: 1 } }, { op: "move", from: "/a", path: "/a/c" }, /into itself/],
    [{ a: 1 }, { op: "move", from: "", path: "/a" }, /into itself|whole object/],
    [{ a: 1 }, { op: "copy", from: "/x", path: "/a" }, /there is no `x`/],
    [{ a: 1 }, { op: "remove", path: "" }, /whole object/],
    [{ a: 1 }, { op: "remove", path: "/toString" }, /there is no `toString`/],
  ];
  for (const [document, operation, problem] of rows) {
    const result = patch(document, { op: "add", path: "/first", value: 1 }, operation);
    assert.ok(!result.ok, JSON.stringify(operation));
    assert.equal(result.operation.path, operation.path);
    assert.match(result.problem, problem);
  }
});
