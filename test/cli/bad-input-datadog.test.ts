import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../src/index.ts";
import { edited, everyMistakeIsReported, findingsIn, type Edit, type MistakeRow } from "./mistakes.ts";
import { folder, type RunOptions } from "./support.ts";

/*
 * What a user gets for a Datadog indicator that is wrong: each mistake's own code at `file:line:column`, the words in question underlined,
 * a help, an exit code, and an output folder in which not a byte has changed.
 */

const SLOTH = `version: prometheus/v1
service: search
slos:
  - name: availability
    objective: 99.9
    sli: { events: { error_query: 'sum(rate(bad[{{.window}}]))', total_query: 'sum(rate(all[{{.window}}]))' } }
    alerting: { name: SearchAvailability }
`;

const PROMETHEUS = `apiVersion: openslo/v1
kind: SLO
metadata: { name: availability }
spec:
  service: orders
  indicator:
    metadata: { name: orders }
    spec:
      ratioMetric:
        bad: { metricSource: { type: Prometheus, spec: { query: 'sum(rate(bad[5m]))' } } }
        total: { metricSource: { type: Prometheus, spec: { query: 'sum(rate(all[5m]))' } } }
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 30d, isRolling: true }]
  objectives: [{ target: 0.999 }]
`;

const DATADOG = `apiVersion: openslo/v1
kind: SLO
metadata: { name: availability }
spec:
  service: checkout
  indicator:
    metadata: { name: checkout }
    spec:
      ratioMetric:
        bad: { metricSource: { type: Datadog, spec: { query: 'sum:checkout.requests{env:prod,code:5*}.as_count()' } } }
        total: { metricSource: { type: Datadog, spec: { query: 'sum:checkout.requests{env:prod}.as_count()' } } }
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 30d, isRolling: true }]
  objectives: [{ target: 0.999 }]
`;

/** So that every SLO has both languages. */
const BINDINGS = `apiVersion: slogen/v1alpha1
kind: IndicatorBinding
metadata: { name: checkout-prometheus }
spec:
  slo: checkout-availability
  prometheus:
    bad: sum(rate(bad_total[5m]))
    total: sum(rate(all_total[5m]))
---
apiVersion: slogen/v1alpha1
kind: IndicatorBinding
metadata: { name: search-datadog }
spec:
  slo: search-availability
  datadog:
    bad: sum:search.errors{env:prod}.as_count()
    total: sum:search.requests{env:prod}.as_count()
---
apiVersion: slogen/v1alpha1
kind: IndicatorBinding
metadata: { name: orders-datadog }
spec:
  slo: orders-availability
  datadog:
    bad: sum:orders.errors{*}.as_count()
    total: sum:orders.requests{*}.as_count()
`;

const CONFIG = `targets: [prometheus, datadog]
prometheus: { retention: 400d }
datadog: { site: datadoghq.eu, longWindows: clamp, notify: { page: ["@pagerduty-shop"], ticket: ["@slack-shop"] } }
`;

const PAGE = `  alertPolicies:
    - kind: AlertPolicy
      metadata: { name: fast }
      spec:
        alertWhenBreaching: true
        conditions:
          - kind: AlertCondition
            metadata: { name: fast }
            spec: { severity: page, condition: { kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h } }
        notificationTargets: [{ kind: AlertNotificationTarget, metadata: { name: page }, spec: { target: pagerduty } }]
`;

const GOOD: Readonly<Record<string, string>> = {
  "slogen.yaml": CONFIG,
  "slo/bindings.yaml": BINDINGS,
  "slo/checkout.yaml": DATADOG,
  "slo/orders.yaml": PROMETHEUS,
  "slo/search.yaml": SLOTH,
};

type Files = Readonly<Record<string, string>>;

const datadog = (...edits: readonly Edit[]): Files => ({ "slo/checkout.yaml": edited(DATADOG, edits) });
const prometheus = (...edits: readonly Edit[]): Files => ({ "slo/orders.yaml": edited(PROMETHEUS, edits) });
const sloth = (...edits: readonly Edit[]): Files => ({ "slo/search.yaml": edited(SLOTH, edits) });
const config = (...edits: readonly Edit[]): Files => ({ "slogen.yaml": edited(CONFIG, edits) });
const bindings = (...edits: readonly Edit[]): Files => ({ "slo/bindings.yaml": edited(BINDINGS, edits) });

const BAD = "sum:checkout.requests{env:prod,code:5*}.as_count()";

/** The one code whose report must not show what it is about. */

const ROWS: readonly MistakeRow[] = [
  // One system's language under the other's name
  {
    mistake: "PromQL under `type: Datadog`",
    files: datadog([BAD, 'sum(«rate(»http_requests_total{code=~"5.."}[5m]))']),
    codes: ["datadogql/promql"],
  },
  {
    mistake: "a Datadog query under `type: Prometheus`",
    files: prometheus(["sum(rate(bad[5m]))", "«sum:trace.http.request.errors{service:orders}».as_count()"]),
    codes: ["promql/is-datadog"],
  },
  {
    mistake: "a Datadog query with functions under `type: Prometheus`",
    files: prometheus(["sum(rate(bad[5m]))", "default_zero(«sum:orders.errors{*}»)"]),
    codes: ["promql/is-datadog"],
  },
  {
    mistake: "a Datadog query in a Sloth spec",
    files: sloth(["sum(rate(bad[{{.window}}]))", "«sum:trace.http.request.errors{service:search}».as_count()"]),
    codes: ["promql/is-datadog"],
  },
  {
    mistake: "a Datadog query in a binding for Prometheus",
    files: bindings(["sum(rate(bad_total[5m]))", "«sum:checkout.errors{*}».as_count()"]),
    codes: ["promql/is-datadog"],
  },
  {
    mistake: "PromQL in a binding for Datadog",
    files: bindings(["sum:search.errors{env:prod}.as_count()", "sum(«rate(»search_errors_total[5m]))"]),
    codes: ["datadogql/promql"],
  },
  {
    mistake: "good and total from different systems",
    files: datadog(["bad: { metricSource: { type: Datadog", "«bad»: { metricSource: { type: Prometheus"], [BAD, "sum(rate(bad[5m]))"]),
    codes: ["openslo/mixed-sources"],
  },
  {
    mistake: "a histogram's bound beside a Datadog query",
    files: datadog([`'${BAD}'`, `'${BAD}', «below»: 300ms`]),
    codes: ["openslo/prometheus-setting"],
  },
  {
    mistake: "a system that nobody reads",
    files: datadog(
      [`bad: { metricSource: { type: Datadog`, `bad: { metricSource: { type: «Datadogg»`],
      ["total: { metricSource: { type: Datadog", "total: { metricSource: { type: Datadogg"],
    ),
    codes: ["openslo/foreign-system"],
  },

  // The query
  {
    mistake: "a scope in both styles",
    files: datadog([BAD, "sum:checkout.requests{env:prod, code:500 «OR» code:503}.as_count()"]),
    codes: ["datadogql/mixed-scope"],
  },
  { mistake: "no `.as_count()`", files: datadog([BAD, "«sum:checkout.requests{env:prod,code:5*}»"]), codes: ["datadogql/no-as-count"] },
  {
    mistake: "a mean of counts",
    files: datadog([BAD, "«avg:checkout.requests{env:prod,code:5*}.as_count()»"]),
    codes: ["datadogql/not-a-count"],
  },
  {
    mistake: "a dashboard's variable",
    files: datadog([BAD, "sum:checkout.requests{env:prod,«$code»}.as_count()"]),
    codes: ["datadogql/template-variable"],
  },
  {
    mistake: "a window where none belongs",
    files: bindings(["sum:search.errors{env:prod}.as_count()", `"sum:search.errors{env:prod}.rollup(sum, «{{.window}}»)"`]),
    codes: ["datadogql/placeholder"],
  },

  // The pair
  { mistake: "one query twice", files: datadog([`'${BAD}'`, "«'sum:checkout.requests{env:prod}.as_count()'»"]), codes: ["slo/same-query"] },
  {
    mistake: "environments that differ",
    files: bindings(["sum:search.errors{env:prod}", "sum:search.errors{«env:staging»}"]),
    codes: ["slo/disjoint-scopes"],
  },
  {
    mistake: "a total of less than what is counted",
    files: datadog(["checkout.requests{env:prod}", "checkout.requests{env:prod,«region:eu»}"]),
    codes: ["slo/narrow-total"],
  },
  {
    mistake: "groups in one of the two",
    files: {
      ...bindings(["bad: sum:search.errors{env:prod}.as_count()", "bad: «sum:search.errors{env:prod} by {zone}.as_count()»"]),
      ...config(["[prometheus, datadog]", "[prometheus]"]),
    },
    codes: ["slo/different-groups"],
  },

  // The binding
  {
    mistake: "a binding for an SLO that does not exist",
    files: bindings(["slo: search-availability", "slo: «search-avalability»"]),
    codes: ["binding/unknown-slo"],
  },
  {
    mistake: "an indicator that the spec has",
    files: bindings(["slo: search-availability\n  datadog:", "slo: checkout-availability\n  «datadog»:"]),
    codes: ["binding/second-indicator"],
  },
  {
    mistake: "two bindings for one system",
    files: { "slo/more.yaml": edited(BINDINGS.split("---\n")[1] ?? "", [["  datadog:", "  «datadog»:"]]) },
    codes: ["binding/second-indicator"],
  },
  {
    mistake: "a value for an SLO of events",
    files: bindings([
      "  datadog:\n    bad: sum:search.errors{env:prod}.as_count()\n    total: sum:search.requests{env:prod}.as_count()\n",
      "  «datadog»: { value: 'p99:search.duration{*}', limit: 0.3 }\n",
    ]),
    codes: ["binding/other-promise"],
  },
  {
    mistake: "a binding without an indicator",
    files: bindings([/ {2}datadog:[^]*/.exec(BINDINGS)?.[0] ?? "", ""], ["spec:\n  slo: search", "«spec»:\n  slo: search"]),
    codes: ["schema/missing-alternative"],
  },
  {
    mistake: "a kind with a slip",
    files: bindings(["kind: IndicatorBinding\nmetadata: { name: search", "kind: «IndicatorBindings»\nmetadata: { name: search"]),
    codes: ["slogen/unknown-kind"],
  },

  // What a target needs
  {
    mistake: "a target that asks what Sloth cannot say",
    files: {
      ...bindings([/---\n(?:(?!---)[^])*name: search-datadog[^]*?(?=---)/.exec(BINDINGS)?.[0] ?? "", ""]),
      ...sloth(["- name: availability", "- name: «availability»"]),
    },
    codes: ["slo/no-indicator"],
  },
  {
    mistake: "more decimals than Datadog keeps",
    files: datadog(["target: 0.999", "target: «0.99995555»"]),
    codes: ["datadog/target-decimals"],
  },
  {
    mistake: "an alert over more than two days",
    files: {
      "slo/checkout.yaml":
        DATADOG +
        edited(PAGE, [
          ["lookbackWindow: 1h", "lookbackWindow: «3d»"],
          ["threshold: 14.4", "threshold: 2"],
        ]),
    },
    codes: ["datadog/long-window"],
  },
  {
    mistake: "a burn rate that no failure reaches",
    files: { "slo/checkout.yaml": DATADOG + edited(PAGE, [["threshold: 14.4", "threshold: «2000»"]]) },
    codes: ["alert/cannot-fire"],
  },
  { mistake: "a site that does not exist", files: config(["datadoghq.eu", "«datadog.eu»"]), codes: ["schema/not-one-of"], exit: 2 },
  {
    mistake: "a key in the configuration",
    files: config(["site:", "apiKey: «0123456789abcdef0123456789abcdef», site:"]),
    codes: ["config/literal-credential"],
    exit: 2,
  },
  {
    mistake: "a target that measures what nobody gave it",
    files: { ...bindings([BINDINGS.split(/^---\n/m)[0] ?? "", ""]), ...datadog(["name: availability }", "name: «availability» }"]) },
    codes: ["slo/no-indicator"],
  },
];

everyMistakeIsReported(GOOD, ROWS);

void test("what is missing is shown as the lines to add, which then build", async (t) => {
  const real: RunOptions = { compile };
  const { slogen, write } = folder(t, GOOD);
  write("slo/bindings.yaml", BINDINGS.split("---\n")[1] ?? "");
  const { code, err } = await slogen("build", real);
  assert.equal(code, 1);
  const added = [...err.matchAll(/help: add an indicator for it:\n([^]*?)\n\n/g)].map(([, lines = ""]) => {
    const indent = /^ */.exec(lines)?.[0].length ?? 0;
    return lines.replace(/^.*$/gm, (line) => line.slice(indent));
  });
  assert.equal(added.length, 2);
  write("slo/added.yaml", added.join("\n---\n"));
  const again = await slogen("build", real);
  assert.deepEqual([again.code, findingsIn(again.err)], [0, []], err);
});
