import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { compileTexts, configOf } from "../support/project.ts";

const spec = (service: string, names: readonly string[]): string => `
version: prometheus/v1
service: ${service}
slos:
${names
  .map(
    (name) => `  - name: ${name}
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(errors_total{slo="${name}"}[{{.window}}]))
        total_query: sum(rate(requests_total{slo="${name}"}[{{.window}}]))
    alerting: { name: Burn }
`,
  )
  .join("")}`;

interface Group {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly { readonly record?: string; readonly labels: Readonly<Record<string, string>> }[];
}

function groupsIn(text: string | undefined): readonly Group[] {
  return (parse(text ?? "") as { groups: readonly Group[] }).groups;
}

test("packed groups hold a service's rules in as few groups as the limit allows, and never tear an SLO's chain apart", () => {
  const config = configOf("prometheus: { groups: packed, retention: 400d, maxRulesPerGroup: 20 }");
  const { files } = compileTexts({ "slo.yaml": spec("shop", ["one", "two", "three", "four", "five"]) }, config);
  const groups = groupsIn(files.find(({ path }) => path === "prometheus/shop.yaml")?.text);
  assert.equal(new Set(groups.map(({ name }) => name)).size, groups.length, "names are unique");
  assert.ok(groups.every(({ rules }) => rules.length <= 20));
  // 5 x 7 fast rules in groups of 14, 5 x 3 slow ones in one, 5 x 8 about the budget in groups of 16, 5 x 3 alerts in one.
  assert.deepEqual(groups.map(({ name, interval, rules }) => `${name} ${interval} ${rules.length}`).sort(), [
    "slogen-alerts-shop-1 30s 15",
    "slogen-fast-shop-1 30s 14",
    "slogen-fast-shop-2 30s 14",
    "slogen-fast-shop-3 30s 7",
    "slogen-meta-shop-1 30s 16",
    "slogen-meta-shop-2 30s 16",
    "slogen-meta-shop-3 30s 8",
    "slogen-slow-shop-1 2m 15",
  ]);
  for (const id of ["shop-one", "shop-two", "shop-five"]) {
    const holding = groups.filter(
      ({ name, rules }) => name.startsWith("slogen-fast") && rules.some(({ labels }) => labels["sloth_id"] === id),
    );
    assert.equal(holding.length, 1, id);
  }
});

test("a limit below one SLO's chain is refused", () => {
  const config = configOf("prometheus: { groups: packed, retention: 400d, maxRulesPerGroup: 5 }");
  const { diagnostics } = compileTexts({ "slo.yaml": spec("shop", ["one"]) }, config);
  assert.deepEqual([...new Set(diagnostics.map(({ code }) => code))], ["prometheus/group-too-large"]);
});

test("a rule stands after the rules that it reads, in the same group or one that is evaluated as often", () => {
  const { files } = compileTexts({ "slo.yaml": spec("shop", ["one"]) }, configOf("prometheus: { retention: 400d }"));
  const [fast] = groupsIn(files.find(({ path }) => path === "prometheus/shop/one.yaml")?.text);
  assert.deepEqual(
    fast?.rules.slice(0, 3).map(({ record }) => record),
    ["slo:sli_events_bad:rate5m", "slo:sli_events_total:rate5m", "slo:sli_error:ratio_rate5m"],
  );
});
