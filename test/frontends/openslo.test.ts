import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { opensloCodes } from "../../src/frontends/openslo/codes.ts";
import type { Reading } from "../../src/model/reading.ts";
import { mark, unmark } from "./marks.ts";
import { lowerText } from "./openslo-support.ts";

const RATIO = `apiVersion: openslo/v1
kind: SLO
metadata: { name: availability, labels: { team: payments } }
spec:
  service: checkout
  indicator:
    metadata: { name: success }
    spec:
      ratioMetric:
        counter: true
        good: { metricSource: { type: Prometheus, spec: { query: 'sum(http_requests_total{code!~"5.."})' } } }
        total: { metricSource: { type: Prometheus, spec: { query: sum(http_requests_total) } } }
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 30d, isRolling: true }]
  objectives:
    - target: 0.999
`;

const THRESHOLD = `apiVersion: openslo/v1
kind: SLO
metadata: { name: lag }
spec:
  service: checkout
  indicatorRef: consumer-lag
  budgetingMethod: Timeslices
  timeWindow: [{ duration: 1M, calendar: { startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin } }]
  objectives:
    - { op: lte, value: 500, target: 0.99, timeSliceTarget: 1, timeSliceWindow: 1m }
---
apiVersion: openslo/v1
kind: SLI
metadata: { name: consumer-lag }
spec: { thresholdMetric: { metricSource: { metricSourceRef: prom, spec: { query: sum(lag) } } } }
---
apiVersion: openslo/v1
kind: DataSource
metadata: { name: prom }
spec: { type: Prometheus, connectionDetails: { url: http://prometheus } }
`;

const COMPOSITE = `apiVersion: openslo/v1
kind: SLO
metadata: { name: both }
spec:
  service: checkout
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 4w, isRolling: true }]
  «objectives»:
    - { displayName: Web, target: 0.99, indicatorRef: ok, compositeWeight: 2 }
    - { displayName: Api, target: 0.9, indicatorRef: ok }
---
apiVersion: openslo/v1
kind: SLI
metadata: { name: ok }
spec: { ratioMetric: { raw: { metricSource: { type: Prometheus, spec: { query: 'avg_over_time(ok[5m])' } } }, rawType: success } }
`;

const POLICY = `${RATIO}  alertPolicies: [{ alertPolicyRef: fast-burn }]
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: { name: fast-burn }
spec:
  alertWhenBreaching: true
  conditions:
    - kind: AlertCondition
      metadata: { name: fast, annotations: { slogen/short-window: 5m } }
      spec: { severity: page, condition: { kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 2m } }
  notificationTargets: [{ targetRef: oncall }]
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: { name: oncall }
spec: { target: pagerduty }
`;

const HISTOGRAM = `apiVersion: openslo/v1
kind: SLI
metadata: { name: latency }
spec:
  ratioMetric:
    counter: true
    good: { metricSource: { type: Prometheus, spec: { query: 'http_request_duration_seconds{job="api"}', histogram: classic, below: 300ms, buckets: [0.1, 0.3, 1] } } }
    total: { metricSource: { type: Prometheus, spec: { query: 'http_request_duration_seconds{job="api"}', histogram: classic } } }
`;

const BUCKETS = `apiVersion: openslo/v1
kind: SLI
metadata: { name: latency }
spec:
  ratioMetric:
    counter: true
    good: { metricSource: { type: Prometheus, spec: { query: 'sum(seconds_bucket{le="0.3"})' } } }
    total: { metricSource: { type: Prometheus, spec: { query: sum(seconds_count) } } }
`;

const DATADOG = `apiVersion: openslo/v1
kind: SLI
metadata: { name: availability }
spec:
  ratioMetric:
    good: { metricSource: { metricSourceRef: dd, spec: { query: 'sum:http.requests{env:prod,!code:5*}.as_count()' } } }
    total: { metricSource: { metricSourceRef: dd, spec: { query: 'sum:http.requests{env:prod}.as_count()' } } }
---
apiVersion: openslo/v1
kind: DataSource
metadata: { name: dd }
spec: { type: Datadog, connectionDetails: { site: datadoghq.eu } }
`;

const ALPHA = `apiVersion: openslo/v1alpha
kind: SLO
metadata: { name: availability }
spec:
  service: checkout
  timeWindows: [{ unit: Day, count: 30, isRolling: true }]
  budgetingMethod: Occurrences
  objectives:
    - value: 1
      target: 0.999
      ratioMetrics:
        good: { source: prometheus, queryType: promql, query: 'sum(rate(ok_total[{{.window}}]))' }
        total: { source: prometheus, queryType: promql, query: 'sum(rate(all_total[{{.window}}]))' }
`;

const V2ALPHA = `apiVersion: openslo.com/v2alpha
kind: SLO
metadata: { name: availability, labels: { team: payments } }
spec:
  serviceRef: checkout
  sli:
    metadata: { name: success }
    spec:
      ratioMetric:
        counter: true
        good: { dataSourceRef: prom, spec: { query: sum(ok_total) } }
        total: { dataSourceRef: prom, spec: { query: sum(all_total) } }
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 4w, isRolling: true }]
  objectives: [{ target: 0.999 }]
---
apiVersion: openslo.com/v2alpha
kind: DataSource
metadata: { name: prom }
spec: { type: mimir, connectionDetails: { url: http://mimir } }
`;

const SERVICE = `---
apiVersion: openslo/v1
kind: Service
metadata: { name: checkout }
`;

interface Row {
  readonly code: string;
  readonly in: string;
  /** What to write instead of what; the place of the finding between `«` and `»`. Whole documents need no replacement. */
  readonly write: readonly (readonly [from: string, to: string])[];
  /** Said by the message, the label or the help. */
  readonly says?: string;
  readonly severity?: string;
  /** Findings that come with it. */
  readonly beside?: readonly string[];
}

const ROWS: readonly Row[] = [
  { code: "unknown-version", in: RATIO, write: [["openslo/v1", "«openslo/v1.0.0»"]], says: "write `apiVersion: openslo/v1`" },
  { code: "unknown-version", in: RATIO, write: [["openslo/v1", "«openslo/v0.1.0-beta»"]], says: "write `apiVersion: openslo/v1`" },
  { code: "unknown-version", in: RATIO, write: [["openslo/v1", "«openslo.com/v1»"]], says: "write `apiVersion: openslo/v1`" },
  { code: "unknown-version", in: RATIO, write: [["openslo/v1", "«openslo/v2alpha1»"]], says: "write `apiVersion: openslo.com/v2alpha`" },
  { code: "unknown-version", in: RATIO, write: [["openslo/v1", "«OpenSLO/v1»"]], says: "write `apiVersion: openslo/v1`" },
  { code: "unknown-kind", in: RATIO, write: [["SLO", "«Slo»"]], says: "write `kind: SLO`" },
  { code: "unknown-kind", in: RATIO, write: [["SLO", "«Datasource»"]], says: "write `kind: DataSource`" },
  { code: "unknown-kind", in: RATIO, write: [["SLO", "«BudgetAdjustment»"]], says: "use one of `SLO`, `SLI`" },
  { code: "unknown-kind", in: ALPHA, write: [["SLO", "«SLI»"]], says: "write `apiVersion: openslo/v1`, which has it" },
  {
    code: "unknown-kind",
    in: RATIO,
    write: [
      ["apiVersion", "«apiVersion»"],
      ["kind: SLO\n", ""],
    ],
    says: "needs a `kind`",
  },
  { code: "duplicate-object", in: THRESHOLD + SERVICE + SERVICE.replace("checkout", "«checkout»"), write: [] },
  { code: "dangling-reference", in: THRESHOLD, write: [["consumer-lag", "«consumer-lagg»"]], says: "did you mean `consumer-lag`?" },
  {
    code: "dangling-reference",
    in: THRESHOLD,
    write: [["consumer-lag", "«prom»"]],
    says: "`prom` is the name of a DataSource: name an SLI",
  },
  {
    code: "dangling-reference",
    in: POLICY,
    write: [["fast-burn", "«slow-burning»"]],
    says: "there is no AlertPolicy named `slow-burning`",
  },
  { code: "dangling-reference", in: POLICY, write: [["oncall", "«on-call»"]], says: "did you mean `oncall`?" },
  {
    code: "unknown-service",
    in: RATIO + SERVICE,
    write: [["service: checkout", "service: «chekout»"]],
    severity: "warning",
    says: "did you mean `checkout`?",
  },
  {
    code: "unknown-source",
    in: THRESHOLD,
    write: [["metricSourceRef: prom,", "metricSourceRef: «pron», type: Prometheus,"]],
    severity: "warning",
    says: "did you mean `prom`?",
  },
  {
    code: "indicator-missing",
    in: THRESHOLD,
    write: [
      ["  indicatorRef: consumer-lag\n", ""],
      ["spec:\n", "«spec»:\n"],
    ],
    says: "add `indicatorRef`",
  },
  {
    code: "indicator-missing",
    in: unmark(COMPOSITE).text,
    write: [["- { displayName: Api, target: 0.9, indicatorRef: ok }", "- { «displayName»: Api, target: 0.9 }"]],
    beside: ["composite"],
  },
  {
    code: "indicator-twice",
    in: RATIO,
    write: [["  indicator:", "  «indicatorRef»: success\n  indicator:"]],
    says: "`indicator` and `indicatorRef`",
  },
  {
    code: "indicator-twice",
    in: THRESHOLD,
    write: [["- { op", "- { «indicatorRef»: consumer-lag, op"]],
    says: "the SLO and its objectives",
  },
  {
    code: "kind-in-indicator",
    in: RATIO,
    write: [["    metadata: { name: success }", "    «kind»: SLI\n    metadata: { name: success }"]],
    says: "kindInIndicator",
  },
  {
    code: "sli-metric",
    in: BUCKETS,
    write: [["  ratioMetric:", "  «thresholdMetric»: { metricSource: { type: Prometheus, spec: { query: x } } }\n  ratioMetric:"]],
  },
  {
    code: "sli-metric",
    in: "apiVersion: openslo/v1\nkind: SLI\nmetadata: { name: x }\n«spec»: { description: none }\n",
    write: [],
    says: "this SLI has no metric",
  },
  {
    code: "ratio-parts",
    in: RATIO,
    write: [["        counter", "        «bad»: { metricSource: { type: Prometheus, spec: { query: sum(x_total) } } }\n        counter"]],
    says: "either `good` or `bad`",
  },
  {
    code: "ratio-parts",
    in: unmark(COMPOSITE).text,
    write: [
      [", rawType: success", ""],
      ["raw:", "«raw»:"],
    ],
    says: "add `rawType: success`",
    beside: ["composite"],
  },
  {
    code: "ratio-parts",
    in: unmark(COMPOSITE).text,
    write: [["rawType: success", "rawType: «sucess»"]],
    says: "write `rawType: success`",
    beside: ["composite"],
  },
  {
    code: "ratio-parts",
    in: "apiVersion: openslo/v1\nkind: SLI\nmetadata: { name: x }\nspec: { ratioMetric: { «good»: { metricSource: { type: Prometheus, spec: { query: x } } } } }\n",
    write: [],
    says: "add `total`",
  },
  {
    code: "ratio-parts",
    in: "apiVersion: openslo/v1\nkind: SLI\nmetadata: { name: x }\nspec: { ratioMetric: { «total»: { metricSource: { type: Prometheus, spec: { query: x } } } } }\n",
    write: [],
    says: "add `good`",
  },
  {
    code: "ratio-parts",
    in: "apiVersion: openslo/v1\nkind: SLI\nmetadata: { name: x }\nspec: { ratioMetric: { «bad»: { metricSource: { type: Prometheus, spec: { query: x } } } } }\n",
    write: [],
    says: "add `total`",
  },
  {
    code: "idle-setting",
    in: RATIO,
    write: [["        counter: true", "        counter: true\n        «rawType»: success"]],
    severity: "warning",
  },
  {
    code: "idle-setting",
    in: unmark(COMPOSITE).text,
    write: [["ratioMetric: {", "ratioMetric: { «counter»: true,"]],
    severity: "warning",
    beside: ["composite"],
  },
  {
    code: "idle-setting",
    in: BUCKETS,
    write: [["query: sum(seconds_count)", "query: sum(seconds_count), «expr»: x"]],
    severity: "warning",
  },
  {
    code: "metric-source",
    in: V2ALPHA,
    write: [
      [
        "{ dataSourceRef: prom, spec: { query: sum(ok",
        "{ dataSourceRef: prom, «dataSourceSpec»: { type: Prometheus, connectionDetails: {} }, spec: { query: sum(ok",
      ],
    ],
  },
  {
    code: "metric-source",
    in: V2ALPHA,
    write: [["good: { dataSourceRef: prom,", "good: { dataSourceRef: prom, «dataSourceSpec»: { type: Datadog, connectionDetails: {} },"]],
  },
  { code: "metric-source", in: V2ALPHA, write: [["good: { dataSourceRef: prom, ", "«good»: { "]] },
  {
    code: "no-source-type",
    in: RATIO,
    write: [["good: { metricSource: { type: Prometheus, ", "«good»: { metricSource: { "]],
    says: "add `type: Prometheus`",
  },
  {
    code: "no-source-type",
    in: V2ALPHA,
    write: [["good: { dataSourceRef: prom,", "good: { dataSourceRef: «prometheus»,"]],
    says: "write `dataSourceSpec: { type: Prometheus }` here",
  },
  { code: "source-type-mismatch", in: THRESHOLD, write: [["metricSourceRef: prom,", "metricSourceRef: prom, type: «Datadog»,"]] },
  {
    code: "mixed-sources",
    in: V2ALPHA,
    write: [["good: { dataSourceRef: prom", "«good»: { dataSourceSpec: { type: Datadog, connectionDetails: {} }"]],
  },
  {
    code: "foreign-system",
    in: THRESHOLD,
    write: [
      ["type: Prometheus", "type: CloudWatch"],
      ["metricSourceRef: prom", "metricSourceRef: «prom»"],
    ],
    says: "the SLO `lag` is measured in `CloudWatch`",
  },
  {
    code: "foreign-system",
    in: RATIO,
    write: [
      ["good: { metricSource: { type: Prometheus", "good: { metricSource: { type: «Promethius»"],
      ["total: { metricSource: { type: Prometheus", "total: { metricSource: { type: Promethius"],
    ],
    says: "did you mean `Prometheus`?",
  },
  {
    code: "mixed-sources",
    in: DATADOG,
    write: [
      ["    good: { metricSource: { metricSourceRef: dd", "    «good»: { metricSource: { type: Prometheus"],
      ["sum:http.requests{env:prod,!code:5*}.as_count()", "sum(rate(http_requests_total[5m]))"],
    ],
    says: "`good` is queried from `Prometheus`, and `total` from the DataSource `dd` (`Datadog`)",
  },
  {
    code: "mixed-sources",
    in: DATADOG,
    write: [["    total: { metricSource: { metricSourceRef: dd", "    «total»: { metricSource: { type: Prometheus"]],
    says: "`total` from `Prometheus`",
  },
  {
    code: "prometheus-setting",
    in: DATADOG,
    write: [["!code:5*}.as_count()'", "!code:5*}.as_count()', «below»: 300ms"]],
    says: "`below` belongs to Prometheus metrics",
  },
  {
    code: "prometheus-setting",
    in: DATADOG,
    write: [["!code:5*}.as_count()'", "!code:5*}.as_count()', «histogram»: classic, below: 300ms"]],
    says: "`histogram`, `below` belong to Prometheus metrics",
  },
  {
    code: "query-language",
    in: DATADOG,
    write: [["!code:5*}.as_count()'", "!code:5*}.as_count()', queryType: «promql»"]],
    says: "Datadog reads its own",
  },
  {
    code: "query-missing",
    in: DATADOG,
    write: [["{ query: 'sum:http.requests{env:prod,", "{ «promql»: 'sum:http.requests{env:prod,"]],
    says: "write `query`",
  },
  {
    code: "unread-setting",
    in: DATADOG,
    write: [["!code:5*}.as_count()'", "!code:5*}.as_count()', «rollup»: 60"]],
    severity: "warning",
    says: "of a Datadog metric",
  },
  {
    code: "idle-setting",
    in: DATADOG,
    write: [["    good:", "    «counter»: true\n    good:"]],
    severity: "notice",
    says: "a Datadog query says how it counts",
  },
  {
    code: "query-missing",
    in: BUCKETS,
    write: [["query: sum(seconds_count)", "«querry»: sum(seconds_count)"]],
    says: "did you mean `query`?",
  },
  {
    code: "query-missing",
    in: BUCKETS,
    write: [["query: sum(seconds_count)", "«query»: [sum(seconds_count)]"]],
    says: "must be the query as text",
  },
  { code: "query-language", in: ALPHA, write: [["queryType: promql", "queryType: «logql»"]] },
  {
    code: "unread-setting",
    in: BUCKETS,
    write: [["query: sum(seconds_count)", "query: sum(seconds_count), «dimensions»: []"]],
    severity: "warning",
  },
  { code: "no-objectives", in: RATIO, write: [["  objectives:\n    - target: 0.999\n", "  «objectives»: []\n"]] },
  { code: "target-or-percent", in: RATIO, write: [["- target: 0.999", "- target: 0.999\n      «targetPercent»: 99.9"]] },
  { code: "target-or-percent", in: RATIO, write: [["- target: 0.999", "- «displayName»: x"]] },
  { code: "bad-target", in: RATIO, write: [["target: 0.999", "target: «99.9»"]], says: "write `target: 0.999`, or `targetPercent: 99.9`" },
  { code: "bad-target", in: RATIO, write: [["target: 0.999", "target: «1»"]], says: "leaves no error budget" },
  { code: "bad-target", in: RATIO, write: [["target: 0.999", "target: «0»"]], says: "must be above 0" },
  { code: "bad-target", in: RATIO, write: [["target: 0.999", "targetPercent: «100»"]], says: "leaves no error budget" },
  { code: "bad-target", in: RATIO, write: [["target: 0.999", "targetPercent: «999»"]], says: "must be below 100" },
  { code: "bad-target", in: ALPHA, write: [["target: 0.999", "target: «99.9»"]], says: "did you mean 0.999?" },
  {
    code: "percent-is-ratio",
    in: RATIO,
    write: [["target: 0.999", "targetPercent: «0.999»"]],
    says: "write `targetPercent: 99.9`, or `target: 0.999`",
  },
  {
    code: "percent-is-ratio",
    in: RATIO,
    write: [["target: 0.999", "targetPercent: «1»"]],
    says: "99 % of all events may be bad",
  },
  { code: "bad-op", in: THRESHOLD, write: [["op: lte", "op: «LTE»"]], says: "did you mean `lte`?" },
  { code: "bad-op", in: THRESHOLD, write: [["op: lte", "op: «'>='»"]], says: "did you mean `gte`?" },
  { code: "bad-op", in: THRESHOLD, write: [["op: lte", "op: «le»"]], says: "did you mean `lte`?" },
  { code: "op-with-ratio", in: RATIO, write: [["- target: 0.999", "- target: 0.999\n      «op»: lt"]] },
  { code: "op-with-ratio", in: RATIO, write: [["- target: 0.999", "- target: 0.999\n      «value»: 0"]] },
  { code: "op-with-ratio", in: ALPHA, write: [["- value: 1", "- «op»: lt\n      value: 1"]] },
  { code: "threshold-limit", in: THRESHOLD, write: [["{ op: lte, value: 500, ", "{ «op»: lte, "]], says: "no `value`" },
  { code: "threshold-limit", in: THRESHOLD, write: [["{ op: lte, value: 500, ", "{ «value»: 500, "]], says: "no `op`" },
  {
    code: "ratio-without-value",
    in: ALPHA,
    write: [["- value: 1\n      target", "- «target»"]],
    severity: "warning",
  },
  {
    code: "assumed-rolling",
    in: ALPHA,
    write: [["{ unit: Day, count: 30, isRolling: true }", "{ «unit»: Day, count: 30 }"]],
    severity: "warning",
  },
  {
    code: "rolling-or-calendar",
    in: ALPHA,
    write: [["{ unit: Day, count: 30, isRolling: true }", "{ «unit»: Day, count: 30, isRolling: false }"]],
  },
  {
    code: "slice-settings",
    in: THRESHOLD,
    write: [
      [
        "{ op: lte, value: 500, target: 0.99, timeSliceTarget: 1, timeSliceWindow: 1m }",
        "{ «op»: lte, value: 500, target: 0.99, timeSliceTarget: 1 }",
      ],
    ],
    says: "timeSliceWindow",
  },
  {
    code: "slice-settings",
    in: THRESHOLD,
    write: [["{ op: lte, value: 500, target: 0.99, timeSliceTarget: 1,", "{ «op»: lte, value: 500, target: 0.99,"]],
    says: "timeSliceTarget",
  },
  { code: "slice-target-range", in: THRESHOLD, write: [["timeSliceTarget: 1", "timeSliceTarget: «95»"]], says: "did you mean `0.95`?" },
  { code: "composite-weight", in: unmark(COMPOSITE).text, write: [["compositeWeight: 2", "compositeWeight: «-1»"]], beside: ["composite"] },
  { code: "composite", in: COMPOSITE, write: [], severity: "warning", says: "the weights are not used" },
  {
    code: "objective-order",
    in: RATIO,
    write: [["objectives:\n    - target: 0.999", "«objectives»:\n    - target: 0.999\n    - target: 0.9"]],
    severity: "warning",
    says: "`checkout-availability-0`",
  },
  {
    code: "rolling-or-calendar",
    in: RATIO,
    write: [["{ duration: 30d, isRolling: true }", "{ «duration»: 30d }"]],
    says: "add `isRolling: true`",
  },
  { code: "rolling-or-calendar", in: THRESHOLD, write: [["calendar:", "isRolling: true, «calendar»:"]], says: "remove `calendar`" },
  { code: "bad-duration", in: RATIO, write: [["duration: 30d", "duration: «30 days»"]], says: "write `duration: 30d`" },
  { code: "bad-duration", in: POLICY, write: [["lookbackWindow: 1h", "lookbackWindow: «1h30m»"]], says: "write `lookbackWindow: 90m`" },
  { code: "bad-duration", in: THRESHOLD, write: [["timeSliceWindow: 1m", "timeSliceWindow: «1s»"]], says: "no seconds" },
  { code: "bad-duration", in: THRESHOLD, write: [["timeSliceWindow: 1m", "timeSliceWindow: «5»"]], says: "write `timeSliceWindow: 5m`" },
  { code: "bad-duration", in: V2ALPHA, write: [["duration: 4w", "duration: «1M»"]], says: "write `duration: 30d`" },
  { code: "bad-duration", in: RATIO, write: [["duration: 30d", "duration: «0d»"]], says: "whole numbers from 1" },
  {
    code: "bad-start-time",
    in: THRESHOLD,
    write: [["2026-01-01 00:00:00", "«2026-01-01T00:00:00Z»"]],
    says: "write `startTime: 2026-01-01 00:00:00`",
  },
  { code: "bad-start-time", in: THRESHOLD, write: [["2026-01-01 00:00:00", "«2026-02-29 00:00:00»"]] },
  { code: "bad-time-zone", in: THRESHOLD, write: [["Europe/Berlin", "«Europe/Berln»"]], says: "did you mean `Europe/Berlin`?" },
  { code: "bad-time-zone", in: THRESHOLD, write: [["Europe/Berlin", "«Local»"]], says: "would depend on the machine" },
  { code: "short-calendar-window", in: THRESHOLD, write: [["duration: 1M", "duration: «1m»"]], says: "did you mean `1M`?" },
  {
    code: "bare-policy-name",
    in: RATIO,
    write: [["  objectives:", "  alertPolicies: [«fast-burn»]\n  objectives:"]],
    says: "write `alertPolicyRef: fast-burn`",
  },
  {
    code: "several-conditions",
    in: POLICY,
    write: [["  conditions:", "  «conditions»:\n    - conditionRef: fast-too"]],
    beside: ["dangling-reference"],
    says: "conditionsAsAnd",
  },
  { code: "burn-condition-below", in: POLICY, write: [["op: gte", "op: «lte»"]], says: "write `op: gte`" },
  { code: "burn-threshold", in: POLICY, write: [["threshold: 14.4", "threshold: «0»"]] },
  {
    code: "silent-policy",
    in: POLICY,
    write: [
      ["  alertWhenBreaching: true\n", ""],
      ["{ name: fast-burn }", "{ name: «fast-burn» }"],
    ],
    severity: "warning",
  },
  {
    code: "resolved-only",
    in: POLICY,
    write: [
      ["alertWhenBreaching: true", "alertWhenResolved: true"],
      ["{ name: fast-burn }", "{ name: «fast-burn» }"],
    ],
    severity: "warning",
  },
  {
    code: "unknown-annotation",
    in: POLICY,
    write: [["slogen/short-window", "«slogen/short_windw»"]],
    says: "did you mean `slogen/short-window`?",
  },
  {
    code: "unknown-annotation",
    in: RATIO,
    write: [["{ name: availability,", "{ name: availability, annotations: { «slogen/short-window»: 5m },"]],
    says: "move it to the AlertPolicy or AlertCondition",
  },
  { code: "bad-annotation", in: POLICY, write: [["slogen/short-window: 5m", "slogen/short-window: «5 min»"]] },
  { code: "label-renamed", in: RATIO, write: [["team: payments", "«cost-center»: x"]], severity: "notice", says: "becomes `cost_center`" },
  { code: "label-clash", in: RATIO, write: [["team: payments", "a_b: x, «a-b»: z"]] },
  {
    code: "histogram-kind",
    in: HISTOGRAM,
    write: [["histogram: classic, below", "histogram: «clasic», below"]],
    says: "did you mean `classic`?",
  },
  {
    code: "histogram-query",
    in: HISTOGRAM,
    write: [
      ["query: 'http_request_duration_seconds{job=\"api\"}', histogram: classic, below", "query: «'sum(x)'», histogram: classic, below"],
    ],
    says: "it is an expression",
  },
  {
    code: "histogram-query",
    in: HISTOGRAM,
    write: [
      [
        "query: 'http_request_duration_seconds{job=\"api\"}', histogram: classic, below",
        "query: «'x_bucket{a=\"b\"}'», histogram: classic, below",
      ],
    ],
    says: "write `query: 'x{a=\"b\"}'`",
  },
  {
    code: "histogram-use",
    in: HISTOGRAM,
    write: [["histogram: classic, below: 300ms, buckets: [0.1, 0.3, 1]", "«histogram»: classic"]],
    says: "add `below`",
  },
  {
    code: "histogram-use",
    in: HISTOGRAM,
    write: [["histogram: classic } }", "histogram: classic, «below»: 1 } }"]],
    says: "it belongs to `good`",
  },
  {
    code: "histogram-use",
    in: BUCKETS,
    write: [["query: sum(seconds_count)", "query: sum(seconds_count), «below»: 1"]],
    says: "add `histogram: classic`",
  },
  { code: "bad-below", in: HISTOGRAM, write: [["below: 300ms", "below: «fast»"]] },
  {
    code: "bad-below",
    in: HISTOGRAM,
    write: [
      ['duration_seconds{job="api"}\', histogram: classic, below: 300ms', 'duration{job="api"}\', histogram: classic, below: «300ms»'],
    ],
    says: "tells no unit of time",
  },
  {
    code: "below-not-a-bucket",
    in: HISTOGRAM,
    write: [["below: 300ms", "below: «250ms»"]],
    says: "use one of its buckets: `0.1`, `0.3`, `1`",
  },
  {
    code: "below-unit",
    in: HISTOGRAM,
    write: [["below: 300ms, buckets: [0.1, 0.3, 1]", "below: «300»"]],
    severity: "warning",
    says: "300 seconds",
  },
  { code: "le-missing", in: BUCKETS, write: [['seconds_bucket{le="0.3"}', "«seconds_bucket»"]] },
  { code: "le-missing", in: BUCKETS, write: [["seconds_count", "«seconds_bucket»"]], says: "count all events with `seconds_count`" },
  { code: "le-infinite", in: BUCKETS, write: [['le="0.3"', '«le="+Inf"»']] },
  { code: "le-not-a-number", in: BUCKETS, write: [['le="0.3"', '«le="300ms"»']] },
  { code: "le-several", in: BUCKETS, write: [['le="0.3"', '«le=~"0.1|0.3"»']] },
  { code: "le-integer", in: BUCKETS, write: [['le="0.3"', '«le="1"»']], severity: "warning", says: "Prometheus 3" },
];

function apply({ in: text, write }: Row): string {
  let result = text;
  for (const [from, to] of write) {
    assert.ok(result.includes(from), `nothing to replace: ${from}`);
    result = result.replace(from, () => to);
  }
  return result;
}

describe("each mistake is one finding, at the line that causes it", () => {
  for (const row of ROWS) {
    test(`${row.code}: ${row.write.map(([, to]) => to.trim()).join("; ") || "as it stands"}`, () => {
      const marked = apply(row);
      const { text } = unmark(marked);
      const { diagnostics } = lowerText(text);
      const name = `openslo/${row.code}`;
      assert.deepEqual(
        [...new Set(diagnostics.map(({ code }) => code))].sort(),
        [name, ...(row.beside ?? []).map((code) => `openslo/${code}`)].sort(),
      );
      const [found, ...more] = diagnostics.filter(({ code }) => code === name);
      assert.ok(found?.at);
      assert.deepEqual(more, []);
      assert.equal(found.severity, row.severity ?? "error");
      assert.equal(mark(found.at.file, [found.at]), marked);
      assert.ok(
        [found.message, found.label, found.why, found.help].join("\n").includes(row.says ?? ""),
        JSON.stringify(found, undefined, 1),
      );
    });
  }
});

test("every code has a row", () => {
  const covered = new Set(ROWS.map(({ code }) => `openslo/${code}`));
  assert.deepEqual(
    Object.values(opensloCodes)
      .map(({ code }) => code)
      .filter((code) => !covered.has(code)),
    [],
  );
});

test("an unusual bound that names its unit is meant", () => {
  assert.deepEqual(lowerText(HISTOGRAM.replace("below: 300ms, buckets: [0.1, 0.3, 1]", "below: 300s")).diagnostics, []);
});

test("the documents that the rows change have no finding of their own", () => {
  for (const text of [RATIO, THRESHOLD, POLICY, HISTOGRAM, BUCKETS, DATADOG, ALPHA, V2ALPHA]) {
    assert.deepEqual(
      lowerText(text).diagnostics.map(({ code, message }) => `${code} ${message}`),
      [],
    );
  }
});

test("each code that a schema leaves to the front end is one of its codes", () => {
  const names = new Set(Object.values(opensloCodes).map(({ code }) => code));
  for (const version of ["v1", "v1alpha", "v2alpha"]) {
    const schema = readFileSync(new URL(`../../schemas/openslo/${version}.schema.json`, import.meta.url), "utf8");
    for (const [, code = ""] of schema.matchAll(/"(openslo\/[a-z-]+)"/g))
      assert.ok(code === "openslo/v1" || code.startsWith("openslo/v1alpha") || names.has(code), code);
  }
});

describe("a leniency is an option, and off unless asked for", () => {
  const rows: readonly { readonly option: keyof Reading; readonly text: string }[] = [
    { option: "kindInIndicator", text: RATIO.replace("    metadata: { name: success }", "    kind: SLI\n    metadata: { name: success }") },
    { option: "barePolicyNames", text: POLICY.replace("{ alertPolicyRef: fast-burn }", "fast-burn") },
    {
      option: "conditionsAsAnd",
      text: POLICY.replace(
        "  notificationTargets",
        `${POLICY.slice(POLICY.indexOf("    - kind"), POLICY.indexOf("  notificationTargets"))}  notificationTargets`,
      ),
    },
    { option: "numericSliceWindow", text: THRESHOLD.replace("timeSliceWindow: 1m", "timeSliceWindow: 1") },
  ];
  for (const { option, text } of rows) {
    test(option, () => {
      assert.equal(lowerText(text).diagnostics.length, 1);
      const lenient = lowerText(text, { [option]: true });
      assert.deepEqual(lenient.diagnostics, []);
      assert.equal(lenient.slos.length, 1);
    });
  }

  test("unknownKeys", () => {
    const text = RATIO.replace("  service:", "  extra: 1\n  service:");
    const lenient = lowerText(text, { unknownKeys: "warning" });
    assert.deepEqual(
      lenient.diagnostics.map(({ code, severity }) => `${code} ${severity}`),
      ["schema/unknown-field warning"],
    );
    assert.equal(lenient.slos.length, 1);
  });
});
