import assert from "node:assert/strict";
import { test } from "node:test";
import { sharedSeries } from "../../../src/passes/policies/overlap.ts";
import type { Matcher } from "../../../src/promql/ast.ts";
import { parseExpr } from "../../../src/promql/parse.ts";

function matchers(text: string): readonly Matcher[] {
  const read = parseExpr(`x{${text}}`);
  assert.ok(read.ok && read.expr.kind === "vector");
  return read.expr.matchers;
}

const rows: readonly (readonly [canary: string, stable: string, want: Readonly<Record<string, string>> | undefined])[] = [
  ['pod=~"shop-{hash}-.+"', 'pod=~"shop-{hash}-.+"', undefined],
  ['pod=~"shop-{hash}-.+"', 'pod!~"shop-{hash}-.+"', { pod: "shop-6c9fd7b8d5-x" }],
  ['pod=~"shop-{hash}-.+"', 'pod=~"shop-.+"', { pod: "shop-6c9fd7b8d5-x" }],
  ['pod!~"shop-{hash}-.+"', 'pod=~"shop-{hash}-.+"', { pod: "shop-7d4b9f5c68-x" }],
  ['rs="{hash}"', 'rs="{hash}"', undefined],
  ['rs="{hash}"', 'rs!="{hash}"', { rs: "6c9fd7b8d5" }],
  ['version="canary"', 'version="stable"', undefined],
  ['version="canary"', 'version!="canary"', undefined],
  ['version="canary"', 'version!=""', { version: "canary" }],
  ['version=~"canary|preview"', 'version=~"stable|canary"', { version: "canary" }],
  ['version=~"(canary|preview)"', 'version="stable"', undefined],
  ['canary!=""', 'canary=""', undefined],
  ['version="canary",tier="web"', 'tier="web"', { version: "canary", tier: "web" }],
  ['version="canary",tier="web"', 'version="stable",tier="web"', undefined],
  ['pod=~"shop-{hash}-.+"', 'version="stable"', undefined],
];

for (const [canary, stable, want] of rows) {
  test(`${want === undefined ? "no series is" : "a series is"} both ${canary} and ${stable}`, () => {
    const shared = sharedSeries({ canary: matchers(canary), stable: matchers(stable) });
    assert.deepEqual(shared && Object.fromEntries(shared), want);
  });
}
