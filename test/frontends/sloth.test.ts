import assert from "node:assert/strict";
import { test } from "node:test";
import { sloth } from "../../src/frontends/sloth/index.ts";
import { formatDuration } from "../../src/units/duration.ts";
import { toDecimal } from "../../src/units/rational.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { AS_SLOTH, places, readSpec, STRICT } from "../support/sloth.ts";

const NATIVE = `version: prometheus/v1
service: checkout
labels:
  owner: payments
  tier: 1
slos:
  - name: availability
    objective: 99.9
    description: Answers.
    labels: { tier: 0.20, zone: eu }
    sli:
      events:
        error_query: sum(rate(http_requests_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total[{{.window}}]))
    alerting:
      name: CheckoutErrors
      labels: { team: payments }
      page_alert:
        labels: { severity: critical }
      ticket_alert:
        disable: true
`;

const OBJECT = `apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata:
  name: checkout
  namespace: monitoring
  labels: { release: prom }
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        raw:
          errorRatioQuery: 1 - avg_over_time(probe_success[{{.window}}])
      alerting:
        pageAlert: { disable: true }
        ticketAlert: { disable: true }
`;

const WINDOWS = `apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 7d
  page:
    quick: { errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h }
    slow: { errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h }
  ticket:
    quick: { errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d }
    slow: { errorBudgetPercent: 42, shortWindow: 6h, longWindow: 3d }
`;

test("documents are known by their version or kind, slips in them included", () => {
  const table: readonly (readonly [string, boolean])[] = [
    ["version: prometheus/v1", true],
    ["version: prometheus/v2", true],
    ["Version: prometheus/v1", true],
    ["service: a\nslos: []", true],
    ["kind: PrometheusServiceLevel", true],
    ["kind: prometheusservicelevel", true],
    ["apiVersion: sloth.slok.dev/v2\nkind: X", true],
    ["kind: AlertWindows", true],
    ["apiVersion: openslo/v1\nkind: SLO", false],
    ["apiVersion: v1\nkind: Service", false],
    ["version: 2\nservices: {}", false],
  ];
  for (const [text, want] of table) {
    const [root] = readYaml({ path: "a.yml", text }, () => assert.fail());
    assert.ok(root?.kind === "map");
    assert.equal(sloth.detect(root), want, text);
  }
});

test("the native format lowers to one SLO for each entry, with exact numbers and merged labels", () => {
  const { slos, diagnostics } = readSpec(NATIVE);
  assert.deepEqual(places(diagnostics), []);
  const [slo] = slos;
  const indicator = slo?.indicators.prometheus;
  assert.ok(slo?.alerting.kind === "standard" && indicator?.kind === "events");
  assert.equal(slo.id, "checkout-availability");
  assert.equal(toDecimal(slo.objective.budget), "0.001");
  assert.deepEqual(
    slo.labels.map(({ key, value }) => [key, value]),
    [
      ["owner", "payments"],
      ["tier", "0.2"],
      ["zone", "eu"],
    ],
  );
  assert.equal(indicator.counted, "bad");
  assert.equal(indicator.total.text, "sum(rate(http_requests_total[{{.window}}]))");
  assert.ok(indicator.total.templated);
  assert.equal(slo.alerting.name, "CheckoutErrors");
  assert.ok(slo.alerting.page.enabled && !slo.alerting.ticket.enabled);
  assert.deepEqual(slo.window, { kind: "default" });
  assert.deepEqual(slo.origin, { format: "prometheus/v1", document: 0, plugins: [] });
});

test("a Kubernetes object keeps its name, namespace and labels", () => {
  const { slos, diagnostics } = readSpec(OBJECT);
  assert.deepEqual(places(diagnostics), []);
  const object = slos[0]?.origin.object;
  assert.equal(object?.name, "checkout");
  assert.equal(object.namespace, "monitoring");
  assert.deepEqual(
    object.labels.map(({ key, value }) => [key, value]),
    [["release", "prom"]],
  );
});

test("AlertWindows become a catalog", () => {
  const { catalogs, diagnostics } = readSpec(WINDOWS);
  assert.deepEqual(places(diagnostics), []);
  const [catalog] = catalogs;
  assert.ok(catalog);
  assert.equal(formatDuration(catalog.period), "1w");
  assert.equal(toDecimal(catalog.page.slow.budgetShare), "0.125");
  assert.equal(formatDuration(catalog.ticket.slow.long), "3d");
});

interface Fault {
  readonly name: string;
  readonly spec?: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly want: readonly string[];
  /** Where it is not the same as Sloth reads. */
  readonly asSloth?: readonly string[];
}

const FAULTS: readonly Fault[] = [
  { name: "an unknown version", from: "prometheus/v1", to: "prometheus/v2", want: ["schema/not-one-of 1:10"] },
  { name: "no version", from: "version: prometheus/v1\n", to: "", want: ["schema/missing-field 1:1"] },
  { name: "an unknown API version", spec: OBJECT, from: "dev/v1", to: "dev/v2", want: ["schema/not-one-of 1:13"] },
  { name: "an unknown kind", spec: OBJECT, from: "ServiceLevel", to: "ServiceLevels", want: ["sloth/unknown-kind 2:7"] },
  { name: "no SLO", from: /slos:[^]*/, to: "slos: []\n", want: ["schema/too-few 6:1"] },
  {
    name: "camelCase in the native format",
    from: "page_alert",
    to: "pageAlert",
    want: ["schema/unknown-field 18:7"],
  },
  { name: "snake_case in an object", spec: OBJECT, from: "pageAlert", to: "page_alert", want: ["schema/unknown-field 16:9"] },
  {
    name: "capitals in a key of the native format",
    from: "objective:",
    to: "Objective:",
    want: ["schema/unknown-field 8:5"],
    asSloth: ["sloth/mis-cased-key 8:5"],
  },
  { name: "an objective of 100", from: "99.9", to: "100", want: ["sloth/objective-range 8:16"] },
  { name: "an objective of 0", from: "99.9", to: "0", want: ["sloth/objective-range 8:16"] },
  { name: "an objective above 100", from: "99.9", to: "999", want: ["sloth/objective-range 8:16"] },
  { name: "a ratio for an objective", from: "99.9", to: "0.999", want: ["sloth/objective-is-ratio 8:16"] },
  { name: "an objective in quotes", from: "99.9", to: '"99.9"', want: ["schema/wrong-type 8:16"] },
  { name: "a name of one letter", from: "name: availability", to: "name: a", want: ["schema/bad-format 7:11"] },
  { name: "a service with a space", from: "service: checkout", to: "service: check out", want: ["schema/bad-format 2:10"] },
  { name: "no window", from: /\[\{\{.window\}\}\]\)\)\n {4}alerting/, to: "[5m]))\n    alerting", want: ["sloth/no-window 14:22"] },
  { name: "a window in other words", from: /(total_query.*)\{\{.window\}\}/, to: "$1{{window}}", want: ["sloth/no-window 14:22"] },
  { name: "the same query twice", from: '{code=~"5.."}', to: "", want: ["sloth/same-queries 13:22"] },
  {
    name: "a query that is no PromQL",
    from: "sum(rate(http_requests_total[",
    to: "sum(rate(http_requests_total[[",
    want: ["promql/syntax 14:51"],
  },
  { name: "no SLI", from: /sli:\n {6}events:\n.*\n.*\n/, to: "sli: {}\n", want: ["schema/missing-alternative 11:5"] },
  {
    name: "an SLI plugin",
    from: /events:\n.*\n.*\n/,
    to: "plugin: { id: team/availability }\n",
    want: ["sloth/sli-plugin 12:21"],
  },
  {
    name: "a label value in an object that is no text",
    spec: OBJECT,
    from: "release: prom",
    to: "release: 1",
    want: ["schema/wrong-type 6:22"],
  },
  { name: "a label value that YAML 1.1 takes for true", from: "zone: eu", to: "zone: on", want: ["yaml/ambiguous-scalar 10:33"] },
  {
    name: "a plugin that changes the rules",
    from: "slos:",
    to: "slo_plugins:\n  chain:\n    - id: sloth.dev/core/debug/v1\n    - id: sloth.dev/contrib/rule_intervals/v1\n      config: { interval: { default: 1m } }\nslos:",
    want: ["sloth/plugin-not-run 9:11"],
  },
  {
    name: "a plugin of the default chain with another setting",
    from: "slos:",
    to: "slo_plugins:\n  chain:\n    - id: sloth.dev/core/sli_rules/v1\n      config: { disableOptimized: true }\nslos:",
    want: ["sloth/plugin-not-run 8:11"],
  },
  {
    name: "a chain without the alerts",
    from: "slos:",
    to: "slo_plugins:\n  overridePrevious: true\n  chain:\n    - id: sloth.dev/core/sli_rules/v1\n    - id: sloth.dev/core/metadata_rules/v1\nslos:",
    want: ["sloth/plugin-left-out 7:3"],
  },
  { name: "a period that is no duration", spec: WINDOWS, from: "7d", to: "1 week", want: ["schema/bad-format 4:14"] },
  { name: "a share of nothing", spec: WINDOWS, from: "Percent: 8", to: "Percent: 0", want: ["schema/out-of-range 6:34"] },
  { name: "a share above everything", spec: WINDOWS, from: "Percent: 8", to: "Percent: 800", want: ["schema/out-of-range 6:34"] },
  {
    name: "windows in the wrong order",
    spec: WINDOWS,
    from: "5m, longWindow: 1h",
    to: "1h, longWindow: 5m",
    want: ["sloth/windows-order 6:50"],
  },
  { name: "a window beyond the period", spec: WINDOWS, from: "3d", to: "8d", want: ["sloth/window-above-period 10:66"] },
  { name: "the same catalog twice", spec: WINDOWS, from: /$/, to: `---\n${WINDOWS}`, want: ["sloth/duplicate-catalog 15:14"] },
  {
    name: "two catalogs for one period",
    spec: WINDOWS,
    from: /$/,
    to: `---\n${WINDOWS.replace("8,", "9,")}`,
    want: ["sloth/duplicate-catalog 15:14"],
  },
];

for (const { name, spec = NATIVE, from, to, want, asSloth } of FAULTS) {
  test(`${name} is found where it stands`, () => {
    const text = spec.replace(from, to);
    assert.notEqual(text, spec);
    assert.deepEqual(places(readSpec(text, STRICT).diagnostics), want);
    assert.deepEqual(places(readSpec(text, AS_SLOTH).diagnostics), asSloth ?? want);
  });
}

test("what Sloth drops silently is an error, and a warning where Sloth's reading is reproduced", () => {
  const text = OBJECT.replace("pageAlert", "page_alert");
  assert.deepEqual(
    [STRICT, AS_SLOTH].map((reading) => readSpec(text, reading).diagnostics.map(({ severity }) => severity)),
    [["error"], ["warning"]],
  );
  const [slo] = readSpec(text, AS_SLOTH).slos;
  assert.ok(slo?.alerting.kind === "standard" && slo.alerting.page.enabled);
});

test("two catalogs for one period stop the build only if they differ", () => {
  const severities = (other: string): readonly string[] => readSpec(`${WINDOWS}---\n${other}`).diagnostics.map(({ severity }) => severity);
  assert.deepEqual(severities(WINDOWS), ["warning"]);
  assert.deepEqual(severities(WINDOWS.replace("1h", "2h")), ["error"]);
});

test("all faults of a file are reported at once", () => {
  const text = NATIVE.replace("99.9", "100")
    .replace("page_alert", "pageAlert")
    .replace(/sum\(rate\(http_requests_total\[/, "sum((http_requests_total[");
  assert.deepEqual(
    places(readSpec(text).diagnostics)
      .map((place) => place.split(" ")[0])
      .sort(),
    ["promql/type", "schema/unknown-field", "sloth/objective-range"],
  );
});

test("MetricsQL is let through where a chain says that the queries are MetricsQL", () => {
  const chain = ["contrib/validate_victoria_metrics", "core/sli_rules", "core/metadata_rules", "core/alert_rules"];
  const plugins = `slo_plugins:\n  overridePrevious: true\n  chain:\n${chain.map((id) => `    - id: sloth.dev/${id}/v1\n`).join("")}slos:`;
  const query = NATIVE.replace("sum(rate(http_requests_total[", "sum(rollup_rate(http_requests_total[");
  assert.equal(readSpec(query).slos.length, 0);
  const { slos, diagnostics } = readSpec(query.replace("slos:", plugins));
  assert.deepEqual(
    diagnostics.map(({ code, severity }) => [code, severity]),
    [["promql/metricsql", "warning"]],
  );
  assert.deepEqual(slos[0]?.origin.plugins, []);
});

test("a block scalar that ends a document keeps its line break, except where Sloth's reading is reproduced", () => {
  const query = "|\n          sum(rate(http_requests_total[{{.window}}]))\n";
  const text = NATIVE.replace(/ {4}alerting:[^]*/, "").replace(/(total_query: ).*\n$/, `$1${query}`);
  const read = (reading: typeof STRICT): string | undefined => {
    const indicator = readSpec(text, reading).slos[0]?.indicators.prometheus;
    return indicator?.kind === "events" ? indicator.total.text : undefined;
  };
  assert.equal(read(STRICT), "sum(rate(http_requests_total[{{.window}}]))\n");
  assert.equal(read(AS_SLOTH), "sum(rate(http_requests_total[{{.window}}]))");
});
