import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeConfig } from "../../src/config/decode.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { compile } from "../../src/index.ts";

function found(prometheus: string, text: string): readonly string[] {
  const diagnostics: Diagnostic[] = [];
  const config = decodeConfig(
    { path: "slogen.yaml", text: `prometheus: { retention: 400d, ${prometheus} }\n` },
    (diagnostic) => diagnostics.push(diagnostic),
    [],
  );
  assert.ok(config);
  diagnostics.push(...compile({ sources: [{ path: "slo.yaml", text, role: "spec" }], config }).diagnostics);
  return diagnostics.map(({ severity, code }) => `${severity} ${code}`);
}

const METRICSQL_CHAIN = ["contrib/validate_victoria_metrics", "core/sli_rules", "core/metadata_rules", "core/alert_rules"];

function spec({ objective = "99.9", bad = "sum(rate(bad[{{.window}}]))", head = "" }): string {
  return `version: prometheus/v1
service: shop
${head}slos:
  - name: orders
    objective: ${objective}
    sli:
      events:
        error_query: '${bad}'
        total_query: sum(rate(all[{{.window}}]))
    alerting: { name: OrdersFail }
`;
}

const metricsql = spec({
  bad: "sum(rate(bad[{{.window}}])) default 0",
  head: `slo_plugins:\n  overridePrevious: true\n  chain:\n${METRICSQL_CHAIN.map((id) => `    - id: sloth.dev/${id}/v1\n`).join("")}`,
});

const ROWS: readonly (readonly [name: string, prometheus: string, text: string, want: readonly string[]])[] = [
  ["a period below a day", "defaultPeriod: 12h", spec({}), ["error slo/period-too-short"]],
  ["declared MetricsQL that cannot be built from", "dialect: slogen", metricsql, ["error promql/metricsql"]],
  ["declared MetricsQL that is copied", "dialect: sloth", metricsql, ["warning promql/metricsql"]],
];

for (const [name, prometheus, text, want] of ROWS) {
  test(`one report for ${name}`, () => {
    assert.deepEqual(found(prometheus, text), want);
  });
}
