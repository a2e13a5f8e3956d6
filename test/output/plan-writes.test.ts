import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "prettier";
import { DEFAULT_STYLE } from "../../src/config/config.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { decodeManifest, encodeManifest, isInside, type Manifest } from "../../src/output/manifest.ts";
import { checkPaths, listed, pathOf, planWrites, type Scope } from "../../src/output/plan-writes.ts";

/** Hashes are the texts themselves here. */
interface Case {
  readonly wanted?: Readonly<Record<string, string>>;
  readonly owned?: Readonly<Record<string, string>>;
  readonly disk?: Readonly<Record<string, string>>;
  readonly scope?: Scope;
}

function plan({ wanted = {}, owned = {}, disk = {}, scope = {} }: Case): {
  states: readonly string[];
  manifest: Readonly<Record<string, string>>;
} {
  const source = (path: string): string => `${path}.spec`;
  const result = planWrites({
    wanted: Object.entries(wanted).map(([path, text]) => ({ path, text, sha256: text, sources: [source(path)] })),
    owned: new Map(Object.entries(owned).map(([path, sha256]) => [path, { sha256, sources: [source(path)] }])),
    onDisk: (path) => disk[path],
    scope,
  });
  return {
    states: result.states.map((state) => `${state.kind} ${pathOf(state)}`),
    manifest: Object.fromEntries([...result.manifest].map(([path, { sha256 }]) => [path, sha256])),
  };
}

test("what has to happen follows from what is wanted, owned and there", () => {
  const rows: readonly (readonly [given: Case, states: readonly string[], manifest: Readonly<Record<string, string>>])[] = [
    [{}, [], {}],
    [{ wanted: { a: "1" } }, ["create a"], { a: "1" }],
    [{ wanted: { a: "1" }, owned: { a: "1" } }, ["create a"], { a: "1" }],
    [{ wanted: { a: "1" }, owned: { a: "1" }, disk: { a: "1" } }, ["unchanged a"], { a: "1" }],
    [{ wanted: { a: "2" }, owned: { a: "1" }, disk: { a: "1" } }, ["update a"], { a: "2" }],
    [{ wanted: { a: "2" }, owned: { a: "1" }, disk: { a: "x" } }, ["hand-edited a"], { a: "2" }],
    [{ wanted: { a: "2" }, owned: { a: "1" }, disk: { a: "2" } }, ["unchanged a"], { a: "2" }],
    [{ wanted: { a: "1" }, disk: { a: "x" } }, ["foreign a"], { a: "1" }],
    [{ wanted: { a: "1" }, disk: { a: "1" } }, ["unchanged a"], { a: "1" }],
    [{ owned: { a: "1" }, disk: { a: "1" } }, ["remove a"], {}],
    [{ owned: { a: "1" }, disk: { a: "x" } }, ["hand-edited a"], {}],
    [{ owned: { a: "1" } }, [], {}],
    [{ disk: { a: "1" } }, [], {}],
  ];
  for (const [given, states, manifest] of rows) assert.deepEqual(plan(given), { states, manifest }, JSON.stringify(given));
});

test("a run over some specs or targets leaves the rest alone", () => {
  const owned = { "p/a": "1", "p/b": "1", "q/c": "1" };
  const rows: readonly (readonly [scope: Scope, states: readonly string[], kept: readonly string[]])[] = [
    [{}, ["unchanged p/a", "remove p/b", "remove q/c"], ["p/a"]],
    [{ sources: new Set(["p/a.spec"]) }, ["unchanged p/a"], ["p/a", "p/b", "q/c"]],
    [{ sources: new Set(["p/a.spec", "p/b.spec"]) }, ["unchanged p/a", "remove p/b"], ["p/a", "q/c"]],
    [{ folders: ["p"] }, ["unchanged p/a", "remove p/b"], ["p/a", "q/c"]],
    [{ sources: new Set(["q/c.spec"]), folders: ["p"] }, ["unchanged p/a"], ["p/a", "p/b", "q/c"]],
  ];
  for (const [scope, states, kept] of rows) {
    const result = plan({ wanted: { "p/a": "1" }, owned, disk: owned, scope });
    assert.deepEqual([result.states, Object.keys(result.manifest).sort()], [states, kept]);
  }
  assert.deepEqual(plan({ wanted: { "p/a": "2" }, owned, disk: owned, scope: { sources: new Set() } }).states, ["partial p/a"]);
});

test("a new name that differs in case only is written even where the system shows the old file under it", () => {
  const { states } = plan({ wanted: { a: "1" }, owned: { A: "1" }, disk: { A: "1", a: "1" } });
  assert.deepEqual(states, ["remove A", "create a"]);
});

test("paths that cannot stand side by side are refused", () => {
  const rows: readonly (readonly [paths: readonly string[], found: readonly string[]])[] = [
    [["p/a.yaml", "p/b.yaml", "p/ab/c.yaml"], []],
    [["p/a", "p/a"], ["output/collision"]],
    [["p/Shop", "p/shop"], ["output/collision"]],
    [["p/caf\u00e9", "p/cafe\u0301"], ["output/collision"]],
    [["P/a", "p/b"], []],
    [["p", "p/a"], ["output/collision"]],
    [["p/a", "p/A/b/c"], ["output/collision"]],
    [["../a"], ["output/unsafe-path"]],
    [["p/../../a"], ["output/unsafe-path"]],
    [["/a"], ["output/unsafe-path"]],
    [["p/a\\b"], ["output/unsafe-path"]],
  ];
  for (const [paths, wanted] of rows) {
    const found: Diagnostic[] = [];
    checkPaths(
      paths.map((path) => ({ path, text: "", sources: ["slo.yaml"] })),
      (diagnostic) => found.push(diagnostic),
    );
    assert.deepEqual(
      found.map(({ code }) => code),
      wanted,
      paths.join(" "),
    );
  }
});

test("a manifest reads back as it was written, and prettier would not change it", async () => {
  const manifest: Manifest = new Map([
    ["prometheus/b.yaml", { sha256: "b".repeat(64), sources: ["slo/b.yaml", "slo/a.yaml"] }],
    ["prometheus/a.yaml", { sha256: "a".repeat(64), sources: ["slo/a.yaml", "<stdin>", `slo/${"long".repeat(20)}.yaml`] }],
    ["__proto__", { sha256: "c".repeat(64), sources: [] }],
  ]);
  const text = encodeManifest(manifest, DEFAULT_STYLE);
  assert.ok(await check(text, { parser: "json" }), text);
  const read = decodeManifest({ path: "m", text }, () => assert.fail());
  assert.deepEqual(
    [...(read ?? [])],
    [...manifest]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, { sha256, sources }]) => [path, { sha256, sources: [...sources].sort() }]),
  );
  assert.equal(encodeManifest(new Map([...manifest].reverse()), DEFAULT_STYLE), text, "the order of files does not matter");
  assert.ok(await check(encodeManifest(new Map(), DEFAULT_STYLE), { parser: "json" }));
});

test("only a path below the folder is inside it", () => {
  for (const path of ["a", "a/b.yaml", "..a/b", ".a"]) assert.ok(isInside(path), path);
  for (const path of ["", "/a", "../a", "a/../b", "a//b", "./a", "a/", "C:/a", "c:a", "a\\b", "a\0b"]) assert.ok(!isInside(path), path);
});

test("names are listed as in a sentence", () => {
  assert.deepEqual([listed(["a"]), listed(["b", "a"]), listed(["c", "a", "b", "a"])], ["`a`", "`a` and `b`", "`a`, `b` and `c`"]);
});
