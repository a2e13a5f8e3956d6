import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../src/index.ts";
import { unmark } from "../frontends/marks.ts";
import { edited, everyMistakeIsReported, type Edit, type MistakeRow } from "./mistakes.ts";
import { assertRun, folder, type Folder, type RunOptions } from "./support.ts";

/*
 * What a user gets for bad input: for each mistake its own code at `file:line:column`, the words in question underlined, a help,
 * an exit code, and an output folder in which not a byte has changed.
 */

const OPENSLO = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: availability
  labels: { team: shop }
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow:
    - duration: 30d
      isRolling: true
  indicatorRef: errors
  objectives:
    - target: 0.999
  alertPolicies:
    - alertPolicyRef: page
---
apiVersion: openslo/v1
kind: SLI
metadata: { name: errors }
spec:
  ratioMetric:
    counter: true
    bad: { metricSource: { type: Prometheus, spec: { query: 'requests_total{code="500"}' } } }
    total: { metricSource: { type: Prometheus, spec: { query: requests_total } } }
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: { name: page }
spec:
  alertWhenBreaching: true
  conditions: [{ conditionRef: fast-burn }]
  notificationTargets: [{ targetRef: on-call }]
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: { name: fast-burn }
spec:
  severity: page
  condition: { kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m }
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: { name: on-call }
spec: { target: pagerduty }
`;

const SLOTH = `version: prometheus/v1
service: checkout
labels: { team: checkout }
slos:
  - name: requests
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(handled_total{code="Internal"}[{{.window}}]))
        total_query: sum(rate(handled_total[{{.window}}]))
    alerting:
      name: CheckoutBudgetBurn
      page_alert: { labels: { severity: page } }
`;

const KUBERNETES = `apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: { name: ledger }
spec:
  service: ledger
  slos:
    - name: requests
      objective: 99.9
      sli:
        events:
          errorQuery: sum(rate(posted_total{code="500"}[{{.window}}]))
          totalQuery: sum(rate(posted_total[{{.window}}]))
      alerting:
        name: LedgerBudgetBurn
        pageAlert: { labels: { severity: page } }
`;

const CATALOG = `apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 30d
  page:
    quick: { errorBudgetPercent: 2, shortWindow: 5m, longWindow: 1h }
    slow: { errorBudgetPercent: 5, shortWindow: 30m, longWindow: 6h }
  ticket:
    quick: { errorBudgetPercent: 10, shortWindow: 2h, longWindow: 1d }
    slow: { errorBudgetPercent: 10, shortWindow: 6h, longWindow: 3d }
`;

const GOOD: Readonly<Record<string, string>> = {
  "slogen.yaml": "prometheus: { retention: 400d }\n",
  "slo/kubernetes.yaml": KUBERNETES,
  "slo/openslo.yaml": OPENSLO,
  "slo/sloth.yaml": SLOTH,
};

type Files = Readonly<Record<string, string>>;

const openslo = (...edits: readonly Edit[]): Files => ({ "slo/openslo.yaml": edited(OPENSLO, edits) });
const sloth = (...edits: readonly Edit[]): Files => ({ "slo/sloth.yaml": edited(SLOTH, edits) });
const kubernetes = (...edits: readonly Edit[]): Files => ({ "slo/kubernetes.yaml": edited(KUBERNETES, edits) });
const catalog = (...edits: readonly Edit[]): Files => ({ "slo/windows.yaml": edited(CATALOG, edits) });
/** One more Sloth file with another service and name. */
const another = (service: string, name: string): string =>
  edited(SLOTH, [
    ["service: checkout", `service: ${service}`],
    ["name: requests", `name: ${name}`],
  ]);

const opensloQuery = (query: string): Files => openslo([`'requests_total{code="500"}'`, query]);
const slothQuery = (query: string): Files => sloth([`sum(rate(handled_total{code="Internal"}[{{.window}}]))`, query]);
const kubernetesQuery = (query: string): Files => kubernetes([`sum(rate(posted_total{code="500"}[{{.window}}]))`, query]);
const WINDOW = "    - duration: 30d\n      isRolling: true\n";

const ROWS: readonly MistakeRow[] = [
  // YAML that cannot be read
  {
    mistake: "a quote that is not closed",
    files: slothQuery(`«"»sum(rate(a_total[{{.window}}]))`),
    codes: ["yaml/unclosed-quote"],
    exit: 2,
  },
  { mistake: "a tab as indentation", files: openslo(["  service: shop", "«\t»service: shop"]), codes: ["yaml/tab-indentation"], exit: 2 },
  {
    mistake: "a bracket that is not closed",
    files: openslo(["{ team: shop }\nspec:", "{ team: shop\n«s»pec:"]),
    codes: ["yaml/unclosed-bracket"],
    exit: 2,
  },
  {
    mistake: "a key that is indented too little",
    files: sloth(["    objective: 99.9", "   «objective: 99.9»"]),
    codes: ["yaml/bad-indentation"],
    exit: 2,
  },
  { mistake: "a key without its colon", files: sloth(["service: checkout", "«service checkout»"]), codes: ["yaml/missing-colon"], exit: 2 },
  { mistake: "a colon in a value", files: sloth(["checkout\nlabels", "checkout«:» web\nlabels"]), codes: ["yaml/unquoted-colon"], exit: 2 },
  {
    mistake: "a query that begins with a brace",
    files: slothQuery(`{__name__="a_total"}«[»{{.window}}]`),
    codes: ["yaml/text-after-value"],
    exit: 2,
  },
  {
    mistake: "broken JSON",
    files: { "slo/web.json": '{ "version": "prometheus/v1", "slos": [ «}»' },
    codes: ["yaml/unclosed-bracket"],
    exit: 2,
  },
  { mistake: "a broken configuration", files: { "slogen.yaml": "out: gen\n«targets»\n" }, codes: ["yaml/missing-colon"], exit: 2 },
  {
    mistake: "a broken file that others refer to",
    files: {
      "slo/openslo.yaml": OPENSLO.split("---\n")
        .filter((document) => !document.includes("kind: SLI"))
        .join("---\n"),
      "slo/sli.yaml": "apiVersion: openslo/v1\nkind: SLI\nmetadata: { name: errors }\n«spec»\n",
    },
    codes: ["yaml/missing-colon"],
    exit: 2,
  },
  {
    mistake: "two mistakes in two files",
    files: { ...openslo(["target: 0.999", "target: «1»"]), ...sloth(["objective: 99.9", "objective: «100»"]) },
    codes: ["openslo/bad-target", "sloth/objective-range"],
  },

  // Keys given twice
  {
    mistake: "a key given twice, in OpenSLO",
    files: openslo(["  service: shop\n", "  service: shop\n  «service»: web\n"]),
    codes: ["yaml/duplicate-key"],
    exit: 2,
  },
  {
    mistake: "a key given twice, in Sloth",
    files: sloth(["{ team: checkout }", "{ team: checkout, «team»: web }"]),
    codes: ["yaml/duplicate-key"],
    exit: 2,
  },
  {
    mistake: "a key given twice, in the configuration",
    files: { "slogen.yaml": "out: a\n«out»: b\n" },
    codes: ["yaml/duplicate-key"],
    exit: 2,
  },

  // Unknown keys
  {
    mistake: "misspelt and mis-cased keys, in OpenSLO",
    files: openslo(["  service:", "  «serivce»:"], ["budgetingMethod", "«budgetingmethod»"], ["timeWindow", "«time_window»"]),
    codes: ["schema/unknown-field", "schema/unknown-field", "schema/unknown-field"],
  },
  {
    mistake: "mis-cased `apiVersion` and `kind`",
    files: openslo(["apiVersion: openslo/v1\nkind: SLO", "«apiversion»: openslo/v1\n«Kind»: SLO"]),
    codes: ["schema/unknown-field", "schema/unknown-field"],
  },
  {
    mistake: "a mis-cased `metricSource`",
    files: openslo(["total: { metricSource", "total: { «metricsource»"]),
    codes: ["schema/unknown-field"],
  },
  { mistake: "a misspelt `query`", files: openslo(["query: requests_total", "«qeury»: requests_total"]), codes: ["openslo/query-missing"] },
  {
    mistake: "camelCase keys in Sloth's own format",
    files: sloth(["error_query", "«errorQuery»"], ["total_query", "«totalQuery»"], ["page_alert", "«pageAlert»"]),
    codes: ["schema/unknown-field", "schema/unknown-field", "schema/unknown-field"],
  },
  {
    mistake: "snake_case keys in a Kubernetes object",
    files: kubernetes(["errorQuery", "«error_query»"], ["totalQuery", "«total_query»"], ["pageAlert", "«page_alert»"]),
    codes: ["schema/unknown-field", "schema/unknown-field", "schema/unknown-field"],
  },
  {
    mistake: "capital letters and inventions in Sloth's format",
    files: sloth(["version:", "«Version»:"], ["    objective: 99.9", "    objective: 99.9\n    «period»: 7d"]),
    codes: ["schema/unknown-field", "schema/unknown-field"],
  },
  {
    mistake: "unknown keys in the configuration",
    files: { "slogen.yaml": "«target»: [prometheus]\nprometheus: { «Retention»: 400d }\n" },
    codes: ["schema/unknown-field", "schema/unknown-field"],
    exit: 2,
  },

  // Kinds and versions
  {
    mistake: "an unknown version of OpenSLO",
    files: openslo(["openslo/v1\nkind: SLO", "«openslo/v2»\nkind: SLO"]),
    codes: ["openslo/unknown-version"],
  },
  {
    mistake: "a version in the wrong case",
    files: openslo(["openslo/v1\nkind: SLO", "«OpenSLO/v1»\nkind: SLO"]),
    codes: ["openslo/unknown-version"],
  },
  { mistake: "an unknown kind of OpenSLO", files: openslo(["kind: SLI", "kind: «Sli»"]), codes: ["openslo/unknown-kind"] },
  {
    mistake: "no kind, in OpenSLO",
    files: openslo(["apiVersion: openslo/v1\nkind: SLO\n", "«apiVersion»: openslo/v1\n"]),
    codes: ["openslo/unknown-kind"],
  },
  {
    mistake: "no version, in OpenSLO",
    files: openslo(["apiVersion: openslo/v1\nkind: SLO\n", "kind: «SLO»\n"]),
    codes: ["input/unknown-format"],
  },
  { mistake: "an unknown version of Sloth", files: sloth(["prometheus/v1", "«prometheus/v2»"]), codes: ["schema/not-one-of"] },
  { mistake: "no version, in Sloth", files: sloth(["version: prometheus/v1\nservice", "«service»"]), codes: ["schema/missing-field"] },
  {
    mistake: "an unknown version of Sloth's objects",
    files: kubernetes(["sloth.slok.dev/v1", "«sloth.slok.dev/v2»"]),
    codes: ["schema/not-one-of"],
  },
  {
    mistake: "an unknown kind of Sloth's objects",
    files: kubernetes(["PrometheusServiceLevel", "«PrometheusServicelevels»"]),
    codes: ["sloth/unknown-kind"],
  },
  {
    mistake: "an SLO of another tool",
    files: { "slo/other.yaml": "apiVersion: «n9/v1alpha»\nkind: SLO\nmetadata: { name: other }\n" },
    codes: ["input/unknown-format"],
  },
  {
    mistake: "an unknown target in the configuration",
    files: { "slogen.yaml": "targets: [«promethius»]\n" },
    codes: ["schema/not-one-of"],
    exit: 2,
  },

  // References
  {
    mistake: "an SLI that is not there",
    files: openslo(["indicatorRef: errors", "indicatorRef: «erors»"]),
    codes: ["openslo/dangling-reference"],
  },
  {
    mistake: "a policy, a condition and a target that are not there",
    files: openslo(
      ["alertPolicyRef: page", "alertPolicyRef: «pager»"],
      ["conditionRef: fast-burn", "conditionRef: «fast»"],
      ["targetRef: on-call", "targetRef: «oncall»"],
    ),
    codes: ["openslo/dangling-reference", "openslo/dangling-reference", "openslo/dangling-reference"],
  },
  {
    mistake: "a reference to an object of another kind",
    files: openslo(["alertPolicyRef: page", "alertPolicyRef: «fast-burn»"]),
    codes: ["openslo/dangling-reference"],
  },
  {
    mistake: "a data source that is not there",
    files: openslo(["total: { metricSource: { type: Prometheus", "total: { metricSource: { metricSourceRef: «prom-eu»"]),
    codes: ["openslo/no-source-type"],
  },
  {
    mistake: "a reference that two objects answer to",
    files: {
      "slo/more.yaml": "apiVersion: openslo/v1\nkind: AlertNotificationTarget\nmetadata: { name: on-call }\nspec: { target: mail }\n",
      ...openslo(["metadata: { name: on-call }", "metadata: { name: «on-call» }"]),
    },
    codes: ["openslo/duplicate-object"],
  },
  {
    mistake: "an indicator in place beside a reference",
    files: openslo([
      "  indicatorRef: errors",
      "  «indicatorRef»: errors\n  indicator: { metadata: { name: own }, spec: { ratioMetric: { counter: true, bad: { metricSource: { type: Prometheus, spec: { query: bad_total } } }, total: { metricSource: { type: Prometheus, spec: { query: all_total } } } } } }",
    ]),
    codes: ["openslo/indicator-twice"],
  },

  // Ids
  {
    mistake: "an id given twice in one file",
    files: sloth([
      "{ severity: page } }\n",
      "{ severity: page } }\n  - { name: «requests», objective: 99, sli: { events: { error_query: 'sum(rate(a_total[{{.window}}]))', total_query: 'sum(rate(b_total[{{.window}}]))' } } }\n",
    ]),
    codes: ["slo/duplicate-id"],
  },
  { mistake: "an id given twice in two files", files: { "slo/web.yaml": another("checkout", "«requests»") }, codes: ["slo/duplicate-id"] },
  {
    mistake: "an id given twice in two formats",
    files: { "slo/web.yaml": another("shop", "«availability»") },
    codes: ["slo/duplicate-id"],
  },
  {
    mistake: "ids that are the same once service and name are joined",
    files: { "slo/web-1.yaml": another("web-eu", "requests"), "slo/web-2.yaml": another("web", "«eu-requests»") },
    codes: ["slo/duplicate-id"],
  },

  // Targets
  ...["1", "1.0", "0", "-0.5", "99.9", "100"].map((target) => ({
    mistake: `a target of ${target}`,
    files: openslo(["target: 0.999", `target: «${target}»`]),
    codes: ["openslo/bad-target"],
  })),
  ...["abc", "99.9%", "'0.999'", "true"].map((target) => ({
    mistake: `the target ${target}, which is no number`,
    files: openslo(["target: 0.999", `target: «${target}»`]),
    codes: ["schema/wrong-type"],
  })),
  ...["0.999", "1"].map((percent) => ({
    mistake: `a ratio of ${percent} as a percentage, in OpenSLO`,
    files: openslo(["target: 0.999", `targetPercent: «${percent}»`]),
    codes: ["openslo/percent-is-ratio"],
  })),
  ...["100", "0"].map((percent) => ({
    mistake: `a target of ${percent} percent`,
    files: openslo(["target: 0.999", `targetPercent: «${percent}»`]),
    codes: ["openslo/bad-target"],
  })),
  ...["100", "0", "150", "-1"].map((percent) => ({
    mistake: `an objective of ${percent} percent`,
    files: sloth(["objective: 99.9", `objective: «${percent}»`]),
    codes: ["sloth/objective-range"],
  })),
  ...["0.999", "1"].map((percent) => ({
    mistake: `a ratio of ${percent} as a percentage, in Sloth`,
    files: kubernetes(["objective: 99.9", `objective: «${percent}»`]),
    codes: ["sloth/objective-is-ratio"],
  })),
  { mistake: "no target", files: openslo(["- target: 0.999", "- «displayName»: main"]), codes: ["openslo/target-or-percent"] },
  {
    mistake: "no objective, in Sloth",
    files: sloth(["- name: requests\n    objective: 99.9", "- «name»: requests"]),
    codes: ["schema/missing-field"],
  },
  {
    mistake: "`op` and `value` with a ratio",
    files: openslo(["target: 0.999", "target: 0.999\n      «op»: lte\n      «value»: 0.3"]),
    codes: ["openslo/op-with-ratio", "openslo/op-with-ratio"],
  },

  // Time windows
  {
    mistake: "no time window",
    files: openslo([`  timeWindow:\n${WINDOW}`, ""], ["spec:\n  service", "«spec»:\n  service"]),
    codes: ["schema/missing-field"],
  },
  {
    mistake: "an empty list of time windows",
    files: openslo([`  timeWindow:\n${WINDOW}`, "  «timeWindow»: []\n"]),
    codes: ["schema/too-few"],
  },
  {
    mistake: "a map for the list of time windows",
    files: openslo([`timeWindow:\n${WINDOW}`, "«timeWindow»: { duration: 30d, isRolling: true }\n"]),
    codes: ["schema/wrong-type"],
  },
  {
    mistake: "a window neither rolling nor on the calendar",
    files: openslo([WINDOW, "    - «duration»: 30d\n"]),
    codes: ["openslo/rolling-or-calendar"],
  },
  {
    mistake: "a window off the calendar that does not roll",
    files: openslo([WINDOW, "    - «duration»: 30d\n      isRolling: false\n"]),
    codes: ["openslo/rolling-or-calendar"],
  },
  {
    mistake: "a rolling window on the calendar",
    files: openslo([WINDOW, `${WINDOW}      «calendar»: { startTime: 2026-01-01 00:00:00, timeZone: UTC }\n`]),
    codes: ["openslo/rolling-or-calendar"],
  },
  {
    mistake: "a calendar without a time zone",
    files: openslo([WINDOW, "    - duration: 1M\n      «calendar»: { startTime: 2026-01-01 00:00:00 }\n"]),
    codes: ["schema/missing-field"],
  },
  {
    mistake: "a calendar that starts on no day, in no zone",
    files: openslo([WINDOW, "    - duration: 1M\n      calendar: { startTime: «2026-02-30 00:00:00», timeZone: «Europe/Belin» }\n"]),
    codes: ["openslo/bad-start-time", "openslo/bad-time-zone"],
  },
  {
    mistake: "a month in minutes",
    files: openslo([WINDOW, "    - duration: «1m»\n      calendar: { startTime: 2026-01-01 00:00:00, timeZone: UTC }\n"]),
    codes: ["openslo/short-calendar-window"],
  },

  // Durations
  ...["30 days", "30", "1.5h", "30s", "0d", "-1d", "1d12h", "P30D", "''"].map((duration) => ({
    mistake: `a duration of ${duration}`,
    files: openslo(["duration: 30d", `duration: «${duration}»`]),
    codes: ["openslo/bad-duration"],
  })),
  {
    mistake: "bad durations in an alert condition",
    files: openslo(["lookbackWindow: 1h", "lookbackWindow: «1 hour»"], ["alertAfter: 5m", "alertAfter: «5min»"]),
    codes: ["openslo/bad-duration", "openslo/bad-duration"],
  },
  {
    mistake: "a bad duration in an annotation of slogen's",
    files: openslo(["{ name: fast-burn }", "{ name: fast-burn, annotations: { slogen/short-window: «5» } }"]),
    codes: ["openslo/bad-annotation"],
  },
  { mistake: "a bad duration in a catalog", files: catalog(["shortWindow: 5m", "shortWindow: «5 minutes»"]), codes: ["schema/bad-format"] },
  {
    mistake: "bad durations in the configuration",
    files: { "slogen.yaml": "prometheus: { interval: «30», retention: «forever» }\n" },
    codes: ["schema/wrong-type", "schema/bad-format"],
    exit: 2,
  },

  // Queries
  { mistake: "a query with a missing bracket", files: opensloQuery(`'sum(rate(requests_total[5m])«'»`), codes: ["promql/syntax"] },
  {
    mistake: "a query with a bracket too many",
    files: kubernetesQuery(`sum(rate(posted_total[{{.window}}]))«)»`),
    codes: ["promql/syntax"],
  },
  { mistake: "a query with an open string", files: slothQuery(`sum(rate(a_total{code=«"»500}[{{.window}}]))`), codes: ["promql/syntax"] },
  {
    mistake: "an unknown function, on the third line of a query",
    files: slothQuery(`|\n          sum(\n            «rat»(a_total[{{.window}}])\n          )`),
    codes: ["promql/unknown-function"],
  },
  { mistake: "a rate without a range", files: opensloQuery(`'sum(rate(«requests_total»))'`), codes: ["promql/type"] },
  { mistake: "a bad regular expression", files: opensloQuery(`'requests_total{«code=~"5(."»}'`), codes: ["promql/bad-regex"] },
  { mistake: "a range vector, in OpenSLO", files: opensloQuery(`'«requests_total[5m]»'`), codes: ["promql/not-a-vector"] },
  { mistake: "a range vector, in Sloth", files: slothQuery("«a_total[{{.window}}]»"), codes: ["promql/not-a-vector"] },
  { mistake: "a range vector, in a Kubernetes object", files: kubernetesQuery("«a_total[{{.window}}]»"), codes: ["promql/not-a-vector"] },
  { mistake: "a scalar", files: opensloQuery(`'«1»'`), codes: ["promql/not-a-vector"] },
  { mistake: "no window, in Sloth", files: slothQuery("«sum(rate(a_total[5m]))»"), codes: ["sloth/no-window"] },
  { mistake: "a window of Grafana's", files: slothQuery("«sum(rate(a_total[$__rate_interval]))»"), codes: ["sloth/no-window"] },
  { mistake: "no window, in a Kubernetes object", files: kubernetesQuery("«sum(rate(a_total[5m]))»"), codes: ["sloth/no-window"] },
  {
    mistake: "a counter without a window beside one that has it",
    files: opensloQuery(`'sum(«requests_total») + sum(rate(others_total[5m]))'`),
    codes: ["promql/no-window"],
  },
  { mistake: "a query through which no window can be added", files: opensloQuery(`'«max(requests_total)»'`), codes: ["promql/not-linear"] },
  {
    mistake: "two ranges, of which one is the window",
    files: opensloQuery(`'«sum(rate(a_total[5m])) + sum(rate(b_total[10m]))»'`),
    codes: ["promql/several-windows"],
  },
  {
    mistake: "the same query for errors and for all",
    files: slothQuery("«sum(rate(handled_total[{{.window}}]))»"),
    codes: ["sloth/same-queries"],
  },
  {
    mistake: "a comment at the end of a query, in the dialect that copies its text",
    files: slothQuery(`«"sum(rate(a_total[{{.window}}])) # errors"»`),
    codes: ["prometheus/sloth-broken-rule"],
    line: "build -f slo/sloth.yaml --set prometheus.dialect=sloth",
  },

  // Alerts
  {
    mistake: "a burn rate that a total outage just reaches",
    files: openslo(["threshold: 14.4", "threshold: «1000»"]),
    codes: ["alert/cannot-fire"],
  },
  {
    mistake: "a burn rate that the objective cannot reach",
    files: openslo(["target: 0.999", "target: 0.9"], ["threshold: 14.4", "threshold: «14.4»"]),
    codes: ["alert/cannot-fire"],
  },
  {
    mistake: "a catalog whose page can never fire",
    files: {
      ...catalog(["errorBudgetPercent: 2, shortWindow: 5m, longWindow: 1h", "errorBudgetPercent: 50, shortWindow: 5m, longWindow: 15m"]),
      ...sloth(["objective: 99.9", "objective: «99.9»"]),
      ...kubernetes(["objective: 99.9", "objective: 99.99"]),
    },
    codes: ["alert/cannot-fire"],
  },
  {
    mistake: "a catalog whose short window is the longer one",
    files: catalog(["shortWindow: 5m", "shortWindow: «2h»"]),
    codes: ["sloth/windows-order"],
  },
  { mistake: "a burn rate of 0", files: openslo(["threshold: 14.4", "threshold: «0»"]), codes: ["openslo/burn-threshold"] },
  { mistake: "`lte` on a burn rate", files: openslo(["op: gte", "op: «lte»"]), codes: ["openslo/burn-condition-below"] },
  { mistake: "`lt` on a burn rate", files: openslo(["op: gte", "op: «lt»"]), codes: ["openslo/burn-condition-below"] },
  {
    mistake: "an alert window above the period",
    files: openslo(["lookbackWindow: 1h", "lookbackWindow: «60d»"]),
    codes: ["alert/window-above-period"],
  },

  // Labels
  {
    mistake: "a label that is part of the id, in OpenSLO",
    files: openslo(["{ team: shop }", "{ «sloth_id»: shop }"]),
    codes: ["slo/reserved-label"],
  },
  {
    mistake: "a label that is part of the id, in Sloth",
    files: sloth(["{ team: checkout }", "{ «sloth_service»: shop }"]),
    codes: ["slo/reserved-label"],
  },
  {
    mistake: "a label that is part of the id, in a Kubernetes object",
    files: kubernetes(["{ severity: page }", "{ «sloth_slo»: shop }"]),
    codes: ["slo/reserved-label"],
  },
  {
    mistake: "labels that Prometheus or the alert sets itself",
    files: sloth(["{ severity: page }", "{ «__name__»: up, «alertname»: Mine, «sloth_severity»: high }"]),
    codes: ["slo/reserved-label", "slo/reserved-label", "slo/reserved-label"],
  },
  {
    mistake: "two labels that become one",
    files: openslo(["{ team: shop }", "{ «cost-center»: a, cost_center: b }"]),
    codes: ["openslo/label-clash"],
  },

  // Files of the output
  {
    mistake: "services whose files some systems take for one",
    files: { "slo/web.yaml": another("Checkout", "«requests»") },
    codes: ["prometheus/file-collision"],
  },
  {
    mistake: "names whose files some systems take for one",
    files: { "slo/web.yaml": another("checkout", "«Requests»") },
    codes: ["prometheus/file-collision"],
  },
];

const real: RunOptions = { compile };

/** The good project, built once. */
async function goodProject(t: Parameters<typeof folder>[0]): Promise<Folder> {
  const project = folder(t, GOOD);
  const run = await project.slogen("build", real);
  assert.equal(run.code, 0, run.err);
  return project;
}

void test("the project that the rows change is up to date", async (t) => {
  const { slogen } = await goodProject(t);
  const run = await slogen("build --check", real);
  assert.deepEqual([run.code, run.err], [0, "3 SLOs, 4 files up to date in 0 ms\n"]);
});

everyMistakeIsReported(GOOD, ROWS);

void test("a comment at the end of a query is no mistake where the query is printed anew", async (t) => {
  const { slogen, write } = await goodProject(t);
  write("slo/sloth.yaml", unmark(slothQuery('"sum(rate(a_total[{{.window}}])) # errors"')["slo/sloth.yaml"] ?? "").text);
  const run = await slogen("build -f slo/sloth.yaml -o -", real);
  assert.equal(run.code, 0, run.err);
  assert.doesNotMatch(run.out, /# errors/);
});

void test("a mistake is told with what to write instead", async (t) => {
  const rows: readonly (readonly [files: Files, said: RegExp])[] = [
    [openslo(["query: requests_total", "qeury: requests_total"]), /did you mean `query`\?[^]*help: write `query`/],
    [sloth(["version: prometheus/v1\n", ""]), /help: add `version: prometheus\/v1`/],
    [openslo(["apiVersion: openslo/v1\nkind: SLO", "kind: SLO"]), /`kind: SLO` but no `apiVersion`/],
    [openslo(["alertPolicyRef: page", "alertPolicyRef: fast-burn"]), /`fast-burn` is the name of an AlertCondition: name an AlertPolicy/],
    [openslo(["{ team: shop }", "{ team: 5 }"]), /help: write `team: "5"`, in quotes/],
    [openslo(["target: 0.999", "targetPercent: 1"]), /help: write (?!.*`target: 1`)/],
    [slothQuery("sum(rat(a_total[{{.window}}]))"), /help: write `rate`/],
    [sloth(["{ severity: page }", "{ alertname: Mine }"]), /why: Prometheus writes the alert's own name over it/],
    [
      { "slo/sloth.yaml": `\ufeff${SLOTH.replace("prometheus/v1", "prometheus/v2")}` },
      /slo\/sloth\.yaml:1:10\n.*\n 1 \| version: prometheus\/v2$/m,
    ],
    [
      { "slo/sloth.yaml": SLOTH.replace("99.9", "100").replaceAll("\n", "\r\n") },
      /slo\/sloth\.yaml:6:16\n.*\n 6 \| {5}objective: 100\n {3}\| {16}\^\^\^\n/,
    ],
  ];
  for (const [files, said] of rows) {
    const { slogen, write } = await goodProject(t);
    for (const [path, text] of Object.entries(files)) write(path, text);
    const run = await slogen("build", real);
    assert.equal(run.code, 1, run.err);
    assert.match(run.err, said);
  }
});

void test("what stands on the command line is shown as it was written", async (t) => {
  const { slogen } = await goodProject(t);
  const rows: readonly (readonly [line: string, codes: readonly string[], said: RegExp])[] = [
    ["build --set out=[a", ["yaml/unclosed-bracket"], /<--set out>:1:6\n.*\n 1 \| out=\[a\n {3}\| {6}\^/],
    ["build --set out=", ["schema/wrong-type"], /<--set out>:1:1/],
    ["build --set prometheus.dialect", ["config/bad-set"], /<--set prometheus\.dialect>:1:1/],
    ["build --set prometheus.dialekt=sloth", ["schema/unknown-field"], /<--set prometheus\.dialekt>:1:12[^]*did you mean `dialect`/],
    ["build --set prometheus.dialect=slot", ["schema/not-one-of"], /<--set prometheus\.dialect>:1:20[^]*did you mean `sloth`/],
    ["build -t promethius", ["schema/not-one-of"], /1 \| -t promethius\n {3}\| {4}\^{10} did you mean `prometheus`/],
    ["build -f nope.yaml", ["cli/no-such-file"], /1 \| -f nope\.yaml\n {3}\| {4}\^{9}/],
    ["build slo", [], /too many arguments[^]*`slogen build -f slo`/],
    ["build --chek", [], /Did you mean --check\?/],
    ["explain-code openslo/bad-targt", [], /did you mean `openslo\/bad-target`\?/],
    ["explain-code bad-target", [], /did you mean `openslo\/bad-target`\?/],
  ];
  for (const [line, codes, said] of rows) {
    const run = await slogen(line, real);
    assertRun(run, { code: 2, codes });
    assert.match(run.err, said);
  }
});

void test("specs without an SLO, and a folder without specs, remove nothing", async (t) => {
  const { slogen, write, remove, files } = await goodProject(t);
  const before = files("generated");
  for (const text of ["", "# nothing\n---\n# here\n"]) {
    for (const path of ["slo/kubernetes.yaml", "slo/openslo.yaml", "slo/sloth.yaml"]) write(path, text);
    const run = await slogen("build", real);
    assertRun(run, { code: 1, codes: ["input/no-slos"] });
    assert.match(run.err, /there is no SLO in `slo\/kubernetes\.yaml`, `slo\/openslo\.yaml`, `slo\/sloth\.yaml`\n/);
  }
  remove("slo");
  write("slo/notes.txt", "nothing");
  for (const line of ["build", "build -f slo", "build --check", "validate"]) {
    assertRun(await slogen(line, real), { code: 2, codes: ["cli/no-specs"] });
  }
  assert.deepEqual(files("generated"), before);
});

void test("an output folder that cannot be written stays as it was", async (t) => {
  const { slogen, write, files } = await goodProject(t);
  const before = files("generated");
  write("slo/sloth.yaml", edited(SLOTH, [["objective: 99.9", "objective: 99.5"]]));
  for (const code of ["EACCES", "EROFS", "ENOSPC"]) {
    const refuse = (): never => {
      throw Object.assign(new Error(code), { code, syscall: "open" });
    };
    const run = await slogen("build", { ...real, fs: { writeFileSync: refuse } });
    assertRun(run, { code: 2, codes: ["cli/unwritable"] });
    assert.match(run.err, /help: .*-o/);
    assert.deepEqual(files("generated"), before);
  }
  write("file", "no folder");
  assertRun(await slogen("build -o file", real), { code: 2, codes: ["cli/unwritable"] });
});

void test("a generated file that was edited by hand is overwritten with `--force` only", async (t) => {
  const { slogen, write, read, files } = await goodProject(t);
  const path = "generated/prometheus/checkout/requests.yaml";
  const generated = read(path);
  write(path, `${generated}# mine\n`);
  const before = files("generated");
  for (const line of ["build", "build --check", "build -f slo/sloth.yaml"]) {
    const run = await slogen(line, real);
    assertRun(run, { code: 1, codes: ["output/hand-edited"] });
    assert.match(run.err, /`generated\/prometheus\/checkout\/requests\.yaml` was edited by hand/);
    assert.deepEqual(files("generated"), before);
  }
  assert.equal((await slogen("build --force", real)).code, 0);
  assert.equal(read(path), generated);
});
