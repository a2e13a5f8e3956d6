import assert from "node:assert/strict";
import { test } from "node:test";
import { openslo } from "../../src/frontends/openslo/index.ts";
import { sloth } from "../../src/frontends/sloth/index.ts";
import { DAY, HOUR, seconds } from "../../src/units/duration.ts";
import { generate, places, readSpec, type GenerateOptions } from "../support/sloth.ts";

const EVENTS = `sli:
      events:
        error_query: sum(rate(errors_total[{{.window}}]))
        total_query: sum(rate(requests_total[{{.window}}]))`;
const spec = (slo: string, objective = "99.9"): string => `version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: ${objective}
    ${slo}
`;
const ALERTING = "alerting: { name: CheckoutErrors }";
const QUIET = "alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }";
const NATIVE = spec(`${EVENTS}\n    ${ALERTING}`);

const OBJECT = `apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata:
  name: checkout
  labels: { argocd.argoproj.io/instance: shop, team: payments }
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: { raw: { errorRatioQuery: "1 - avg_over_time(probe_success[{{.window}}])" } }
      alerting: { name: CheckoutErrors }
`;

const OPENSLO = `apiVersion: openslo/v1
kind: SLO
metadata: { name: availability }
spec:
  service: checkout
  indicator:
    metadata: { name: availability }
    spec:
      ratioMetric:
        counter: true
        good: { metricSource: { type: Prometheus, spec: { query: 'requests_total{code!~"5.."}' } } }
        total: { metricSource: { type: Prometheus, spec: { query: requests_total } } }
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 30d, isRolling: true }]
  objectives: [{ displayName: All, target: 0.999 }]
`;

test("the file keeps the spec's path and says what it was generated from", () => {
  const { path, documents } = generate(NATIVE);
  assert.equal(path, "prometheus/spec.yml");
  assert.equal(documents.length, 1);
});

test("an SLO has eight SLI rules, seven about itself and two alerts, in three groups", () => {
  const [document = ""] = generate(NATIVE).documents;
  assert.deepEqual(document.match(/^- name: .*$/gm), [
    "- name: sloth-slo-sli-recordings-checkout-availability",
    "- name: sloth-slo-meta-recordings-checkout-availability",
    "- name: sloth-slo-alerts-checkout-availability",
  ]);
  assert.equal(document.match(/^ {2}- record: slo:sli_error/gm)?.length, 8);
  assert.equal(document.match(/^ {2}- record: /gm)?.length, 15);
  assert.equal(document.match(/^ {2}- alert: CheckoutErrors$/gm)?.length, 2);
});

test("later labels win: the document's, the SLO's, the extra ones, and those of sloth_slo_info", () => {
  const text = NATIVE.replace("slos:", "labels: { a: doc, b: doc, c: doc }\nslos:").replace(
    "    sli:",
    "    labels: { b: slo, c: slo }\n    sli:",
  );
  const [document = ""] = generate(text, { extraLabels: { c: "extra", sloth_mode: "extra" } }).documents;
  const info = document.slice(document.indexOf("record: sloth_slo_info"), document.indexOf("sloth-slo-alerts"));
  assert.match(info, /\n {6}a: doc\n {6}b: slo\n {6}c: extra\n/);
  assert.match(info, /\n {6}sloth_mode: cli-gen-prom\n/);
});

test("an OpenSLO v1 query, which has no template, is printed from its tree", () => {
  const [document = ""] = generate(OPENSLO, { frontends: [openslo, sloth] }).documents;
  assert.match(document, /sum\(rate\(requests_total\{code!~"5\.\."\}\[5m\]\)\)|rate\(requests_total\{code!~"5\.\."\}\[5m\]\)/);
  assert.match(document, /sloth_mode: cli-gen-openslo/);
});

interface Finding extends GenerateOptions {
  readonly name: string;
  readonly text: string;
  readonly want: readonly string[];
  readonly refused: boolean;
}

const FINDINGS: readonly Finding[] = [
  { name: "a plain spec has nothing to complain about", text: NATIVE, want: [], refused: false },
  { name: "an alert without a name", text: spec(EVENTS), want: ["prometheus/sloth-alert-name 4:11"], refused: true },
  { name: "no name is needed without alerts", text: spec(`${EVENTS}\n    ${QUIET}`), want: [], refused: false },
  { name: "no name is needed if all alerts are disabled", text: spec(EVENTS), disableAlerts: true, want: [], refused: false },
  {
    name: "a low objective, whose page needs a burn rate beyond a total outage",
    text: spec(`${EVENTS}\n    ${ALERTING}`, "90"),
    want: ["prometheus/sloth-cannot-fire 5:16"],
    refused: false,
  },
  { name: "an objective just high enough for the page", text: spec(`${EVENTS}\n    ${ALERTING}`, "93.06"), want: [], refused: false },
  {
    name: "an objective just too low for the page",
    text: spec(`${EVENTS}\n    ${ALERTING}`, "93.05"),
    want: ["prometheus/sloth-cannot-fire 5:16"],
    refused: false,
  },
  {
    name: "two documents of rules in a file",
    text: `${NATIVE}---\n${NATIVE.replaceAll("checkout", "billing")}`,
    want: ["prometheus/sloth-first-document-only 15:11"],
    refused: false,
  },
  { name: "a period without a catalog", text: NATIVE, period: seconds(7 * DAY), want: ["prometheus/sloth-period 4:11"], refused: true },
  {
    name: "nothing to write",
    text: NATIVE,
    disableAlerts: true,
    disableRecordings: true,
    want: ["prometheus/sloth-no-rules 4:11"],
    refused: true,
  },
  {
    name: "an object without rules, which Sloth writes",
    text: OBJECT,
    disableAlerts: true,
    disableRecordings: true,
    want: ["prometheus/sloth-no-rules 9:13", "prometheus/sloth-copied-metadata 5:13"],
    refused: false,
  },
  { name: "a mark of Argo CD in the object's labels", text: OBJECT, want: ["prometheus/sloth-copied-metadata 5:13"], refused: false },
  {
    name: "a comment that swallows Sloth's parenthesis",
    text: NATIVE.replace("sum(rate(errors_total[{{.window}}]))", "'sum(rate(errors_total[{{.window}}])) # 5xx'"),
    want: ["prometheus/sloth-broken-rule 8:22"],
    refused: true,
  },
  {
    name: "OpenSLO, for which Sloth writes no alerts",
    text: OPENSLO,
    frontends: [openslo, sloth],
    want: ["prometheus/sloth-no-alerts 3:19"],
    refused: false,
  },
];

for (const { name, text, want, refused, ...options } of FINDINGS) {
  test(name, () => {
    const generated = generate(text, options);
    assert.deepEqual(
      places(generated.diagnostics).filter((place) => place.startsWith("prometheus/")),
      want,
    );
    assert.equal(generated.refused, refused);
  });
}

test("a period that is also an alert window is refused", () => {
  const [catalog] = readSpec(`apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 3d
  page:
    quick: { errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h }
    slow: { errorBudgetPercent: 12, shortWindow: 30m, longWindow: 6h }
  ticket:
    quick: { errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d }
    slow: { errorBudgetPercent: 42, shortWindow: 6h, longWindow: 3d }
`).catalogs;
  assert.ok(catalog);
  const { diagnostics } = generate(NATIVE, { catalogs: [catalog], period: seconds(72 * HOUR) });
  assert.deepEqual(places(diagnostics), ["prometheus/sloth-period-is-window 4:14"]);
});

test("objects are written with Sloth's two labels and every group", () => {
  const [document = ""] = generate(OBJECT).documents;
  assert.ok(
    document.startsWith(
      [
        "apiVersion: monitoring.coreos.com/v1",
        "kind: PrometheusRule",
        "metadata:",
        "  labels:",
        "    app.kubernetes.io/component: SLO",
        "    app.kubernetes.io/managed-by: sloth",
        "    argocd.argoproj.io/instance: shop",
        "    team: payments",
        "  name: checkout",
        "spec:",
        "  groups:",
        "  - name: sloth-slo-sli-recordings-checkout-availability",
        "    rules:",
        "    - expr: (1 - avg_over_time(probe_success[5m]))",
      ].join("\n"),
    ),
    document.slice(0, 600),
  );
});
