import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { lowerText } from "../frontends/openslo-support.ts";
import { mark, unmark } from "../frontends/marks.ts";
import { checkSlos } from "../../src/passes/check.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";

interface Row {
  readonly what: string;
  /** The query of the counted events, and that of all. What the finding underlines stands between `«` and `»`. */
  readonly bad: string;
  readonly total: string;
  /** `slo/...`, with `?` behind it for a warning; absent for none. */
  readonly code?: string;
}

const ALL = "sum:shop.requests{env:prod}.as_count()";

const ROWS: readonly Row[] = [
  { what: "some of all", bad: "sum:shop.requests{env:prod,code:5*}.as_count()", total: ALL },
  { what: "some of all, in the other style", bad: "sum:shop.requests{env:prod AND (code:500 OR code:503)}.as_count()", total: ALL },
  { what: "all less the good ones", bad: `${ALL} - sum:shop.requests{env:prod,code:2*}.as_count()`, total: ALL },
  {
    what: "the sum of the parts",
    bad: "sum:shop.requests{env:prod,code:5*}.as_count()",
    total: "sum:shop.requests{env:prod,code:2*}.as_count() + sum:shop.requests{env:prod,code:5*}.as_count()",
  },
  { what: "a tag within a wildcard", bad: "sum:shop.requests{code:503}.as_count()", total: "sum:shop.requests{code:5*}.as_count()" },
  { what: "a value that the total does not exclude", bad: "sum:a{route:pay}.as_count()", total: "sum:a{!route:health}.as_count()" },
  { what: "one group in both", bad: "sum:a{code:5*} by {zone}.as_count()", total: "sum:a{*} by {zone}.as_count()" },
  { what: "alternatives in the total", bad: "sum:a{code:503}.as_count()", total: "sum:a{code:503 OR code:200}.as_count()" },

  { what: "the same query twice", bad: `«${ALL}»`, total: ALL, code: "slo/same-query" },
  { what: "the same query, spaced", bad: "«sum:shop.requests{ env:prod }.as_count()»", total: ALL, code: "slo/same-query" },
  {
    what: "groups on one side",
    bad: "«sum:a{code:5*} by {zone}.as_count()»",
    total: "sum:a{*}.as_count()",
    code: "slo/different-groups",
  },
  {
    what: "other groups",
    bad: "«sum:a{code:5*} by {zone,pod}.as_count()»",
    total: "sum:a{*} by {pod}.as_count()",
    code: "slo/different-groups",
  },
  {
    what: "a total of one environment",
    bad: "sum:shop.requests{code:5*}.as_count()",
    total: "sum:shop.requests{«env:prod»}.as_count()",
    code: "slo/narrow-total",
  },
  {
    what: "a total of one service's traces",
    bad: "sum:trace.http.request.errors{*}.as_count()",
    total: "sum:trace.http.request.hits{«service:shop»}.as_count()",
    code: "slo/narrow-total",
  },
  {
    what: "another metric with other tags",
    bad: "sum:shop.errors{*}.as_count()",
    total: "sum:proxy.requests{«service:shop»}.as_count()",
    code: "slo/narrow-total?",
  },
  {
    what: "a total without the health checks",
    bad: "sum:a{code:5*}.as_count()",
    total: "sum:a{«!route:health»}.as_count()",
    code: "slo/narrow-total",
  },
  {
    what: "another environment",
    bad: "sum:shop.errors{«env:prod»}.as_count()",
    total: "sum:shop.requests{env:staging}.as_count()",
    code: "slo/disjoint-scopes",
  },
  {
    what: "what the total excludes",
    bad: "sum:a{«env:prod»}.as_count()",
    total: "sum:a{!env:prod}.as_count()",
    code: "slo/disjoint-scopes",
  },
  {
    what: "another value of the same metric",
    bad: "sum:a{«code:500»}.as_count()",
    total: "sum:a{code:2*}.as_count()",
    code: "slo/disjoint-scopes",
  },
  {
    what: "another service's errors",
    bad: "sum:db.errors{«service:shop-db»}.as_count()",
    total: "sum:shop.requests{service:shop}.as_count()",
    code: "slo/disjoint-scopes?",
  },
];

function specOf(bad: string, total: string): string {
  const metric = (query: string): string => `{ metricSource: { type: Datadog, spec: { query: '${query}' } } }`;
  return `apiVersion: openslo/v1
kind: SLO
metadata: { name: slo }
spec:
  service: shop
  indicator: { metadata: { name: i }, spec: { ratioMetric: { bad: ${metric(bad)}, total: ${metric(total)} } } }
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 30d, isRolling: true }]
  objectives: [{ target: 0.999 }]
`;
}

describe("the counted events must be some of all events", () => {
  for (const { what, bad, total, code } of ROWS) {
    test(what, () => {
      const marked = specOf(bad, total).replace(/'«(.*)»'/, "«'$1'»");
      const { slos, diagnostics } = lowerText(unmark(marked).text);
      assert.deepEqual(diagnostics, []);
      const found: Diagnostic[] = [];
      checkSlos(slos, "error", (diagnostic) => found.push(diagnostic));
      assert.deepEqual(
        found.map((each) => each.code + (each.severity === "warning" ? "?" : "")),
        code === undefined ? [] : [code],
      );
      if (found[0]?.at) assert.equal(mark(found[0].at.file, [found[0].at]), marked);
    });
  }
});
