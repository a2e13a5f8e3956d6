import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findDatadog } from "../../src/promql/datadog.ts";
import { parseExpr } from "../../src/promql/parse.ts";

/** The stretch between `«` and `»` is what shows a text to be a Datadog query. */
const DATADOG = [
  "«sum:trace.http.request.hits{service:shop}».as_count()",
  "«sum:requests{*}».as_count()",
  "«avg:system.cpu.user{env:prod,!zone:a}» by {host}",
  "«p99:trace.http.request{env:prod AND (code:500 OR code:503)}»",
  "«count(v: v<0.25):http.duration{env:prod}».as_count()",
  "«sum:requests{code IN (500, 503)}».as_count()",
  "«requests{env:prod}»",
  "default_zero(«sum:errors{*}») - 1",
  "«sum:trace.http.request.hits»",
  "requests«.as_count()»",
  "requests«.rollup(»sum, 60)",
];

/** PromQL, right or wrong, and what is close to it. */
const OTHERS = [
  'sum(rate(http_requests_total{code=~"5.."}[{{.window}}]))',
  'sum:requests{env="prod"}',
  "job:requests:rate5m{env='a:b'}",
  'up{instance="host:9090",note="sum:a{b:c}"}',
  'sum(rate(a{code="500"}[5m])) by {zone}',
  "sum(rate(a{code=500}[5m]))",
  "sum(rate(a[5m]) default 0",
  'range_quantile(0.9, a{b="c:d"}[5m])',
  "sum(rate(a{le=~'1|2'}[1h:5m]))",
  "rate(a{}[5m])",
];

describe("a Datadog query is told by what PromQL never writes", () => {
  for (const marked of DATADOG) {
    test(marked, () => {
      const [before = "", shown = "", after = ""] = marked.split(/[«»]/);
      const text = before + shown + after;
      assert.deepEqual(findDatadog(text), { start: before.length, end: before.length + shown.length });
      assert.equal(parseExpr(text).ok, false, "no PromQL");
    });
  }
});

describe("nothing else is taken for one", () => {
  for (const text of OTHERS) {
    test(text, () => {
      assert.equal(findDatadog(text), undefined);
    });
  }
});
