import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_CONFIG } from "../../src/config/config.ts";
import { overview } from "../../src/explain/overview.ts";
import { sloFacts } from "../../src/explain/slo-facts.ts";
import { analyse } from "../../src/index.ts";

test("the overview tells a target as it was written, and rounds none to 100 %", () => {
  const rows = [
    { given: "99", want: "99 %" },
    { given: "99.95", want: "99.95 %" },
    { given: "99.99", want: "99.99 %" },
    { given: "99.9995", want: "99.9995 %" },
  ];
  for (const { given, want } of rows) {
    const text = `version: prometheus/v1
service: cart
slos:
  - name: answers
    objective: ${given}
    sli: { events: { error_query: "sum(rate(bad_total[{{.window}}]))", total_query: "sum(rate(all_total[{{.window}}]))" } }
    alerting: { name: Cart }
`;
    const { model, alertsOf } = analyse({ sources: [{ path: "slo.yaml", text, role: "spec" }], config: DEFAULT_CONFIG });
    const slos = model.slos.map((slo) => sloFacts(slo, undefined, alertsOf(slo)));
    const [, , row = ""] = overview({ slos, policies: [], deployGates: [] }, { unicode: false, color: false }).split("\n");
    assert.ok(row.replace(/ +/g, " ").startsWith(` cart-answers ${want} 30d `), row);
  }
});
