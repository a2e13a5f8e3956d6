import assert from "node:assert/strict";
import { test } from "node:test";
import { compile, DEFAULT_CONFIG } from "../../src/index.ts";

/** What is said of the labels of an SLI's two queries, each written without its window. */
function said(bad: string, total: string): readonly string[] {
  const query = (text: string): string => text.replaceAll("[]", "[{{.window}}]");
  const text = `version: prometheus/v1
service: shop
slos:
  - name: orders
    objective: 99.9
    sli:
      events:
        error_query: '${query(bad)}'
        total_query: '${query(total)}'
`;
  const { diagnostics } = compile({ sources: [{ path: "slo.yaml", text, role: "spec" }], config: DEFAULT_CONFIG });
  return diagnostics.filter(({ code }) => /unaggregated|grouping/.test(code)).map(({ severity, code }) => `${severity} ${code}`);
}

const ROWS: readonly (readonly [name: string, bad: string, total: string, want: readonly string[]])[] = [
  ["both summed up", "sum(rate(bad[]))", "sum(rate(all[]))", []],
  ["both by one label", "sum by (job) (rate(bad[]))", "sum by (job) (rate(all[]))", []],
  ["by a label that the other lacks", "sum by (job) (rate(bad[]))", "sum(rate(all[]))", ["error slo/grouping-mismatch"]],
  ["one summed up, the other not", "sum(rate(bad[]))", "rate(all[])", ["error slo/grouping-mismatch"]],
  ["one not summed up, but recorded", "sum(rate(bad[]))", "avg_over_time(job:all:rate5m[])", ["warning slo/grouping-mismatch"]],
  ["two metrics, neither summed up", "rate(bad[])", "rate(all[])", ["warning slo/unaggregated"]],
  ["one metric divided by itself", 'rate(all{code="500"}[])', "rate(all[])", ["error slo/unaggregated"]],
];

for (const [name, bad, total, want] of ROWS) {
  test(`the labels of an SLI's queries: ${name}`, () => {
    assert.deepEqual(said(bad, total), want);
  });
}
