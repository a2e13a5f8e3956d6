import assert from "node:assert/strict";
import { test } from "node:test";
import { measureOf } from "../../src/backends/prometheus/counts.ts";
import { withAbsentTerms } from "../../src/backends/prometheus/terms.ts";
import { parseExpr } from "../../src/promql/parse.ts";
import { printExpr } from "../../src/promql/print.ts";
import { outputLabels } from "../../src/promql/rewrite.ts";

const rows: readonly (readonly [what: string, given: string, want: string])[] = [
  ["all less good", "sum(rate(a[5m])) - sum(rate(g[5m]))", "sum(rate(a[5m])) - (sum(rate(g[5m])) or vector(0))"],
  [
    "within a function",
    "clamp_min(sum(rate(a[5m])) - sum(rate(g[5m])), 0)",
    "clamp_min(sum(rate(a[5m])) - (sum(rate(g[5m])) or vector(0)), 0)",
  ],
  [
    "by groups",
    "sum by (r) (rate(a[5m])) - sum by (r) (rate(g[5m]))",
    "sum by (r) (rate(a[5m])) - sum by (r) (rate(g[5m])) or sum by (r) (rate(a[5m]))",
  ],
  ["series by series", "sum(rate(a[5m]) - rate(g[5m]))", "sum(rate(a[5m]) - rate(g[5m]) or rate(a[5m]))"],
  [
    "two counters",
    "sum(rate(a[5m])) + sum(rate(b[5m]))",
    "((sum(rate(a[5m])) or vector(0)) + (sum(rate(b[5m])) or vector(0))) and (sum(rate(a[5m])) or sum(rate(b[5m])))",
  ],
  [
    "three counters, each twice",
    "sum(rate(a[5m])) + (sum(rate(b[5m])) + sum(rate(c[5m])))",
    "((sum(rate(a[5m])) or vector(0)) + (sum(rate(b[5m])) or vector(0)) + (sum(rate(c[5m])) or vector(0))) and (sum(rate(a[5m])) or sum(rate(b[5m])) or sum(rate(c[5m])))",
  ],
  [
    "two counters by groups",
    "sum by (r) (rate(a[5m])) + sum by (r) (rate(b[5m]))",
    "sum by (r) (rate(a[5m])) + sum by (r) (rate(b[5m])) or sum by (r) (rate(a[5m])) or sum by (r) (rate(b[5m]))",
  ],
  [
    "what its author filled",
    "(sum(rate(a[5m])) or vector(0)) + (sum(rate(b[5m])) or vector(0))",
    "(sum(rate(a[5m])) or vector(0)) + (sum(rate(b[5m])) or vector(0))",
  ],
  [
    "a bucket, which is there or not exported",
    "sum(rate(s_count[5m])) - sum(rate(s_bucket[5m]))",
    "sum(rate(s_count[5m])) - sum(rate(s_bucket[5m]))",
  ],
  ["matching of its author's", "rate(a[5m]) - on (pod) rate(g[5m])", "rate(a[5m]) - on (pod) rate(g[5m])"],
  ["one counter", "sum(rate(a[5m]))", "sum(rate(a[5m]))"],
];

for (const [what, given, want] of rows) {
  test(`an absent term is zero: ${what}`, () => {
    const read = parseExpr(given);
    assert.ok(read.ok);
    const filled = withAbsentTerms(read.expr, (part) => measureOf(part) === "count");
    assert.equal(printExpr(filled, { width: 10_000 }), want);
    assert.deepEqual(outputLabels(filled), outputLabels(read.expr));
  });
}
