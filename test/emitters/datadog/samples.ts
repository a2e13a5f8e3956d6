import type { DatadogObject, MetricSlo, MonitorPayload, TimeSliceSlo } from "../../../src/emitters/datadog/types.ts";
import { exactNumber, type ExactNumber } from "../../../src/yaml/json.ts";

/** One sound object of each shape that slogen writes; tests break them. */

export const exact = (decimal: string): ExactNumber => exactNumber(decimal);

const TOTAL = "sum:trace.http.request.hits{env:prod,service:checkout}.as_count()";
const BAD = "sum:trace.http.request.errors{env:prod,service:checkout}.as_count()";

export const ID = "checkout-availability";

export const METRIC_SLO: MetricSlo = {
  name: "checkout availability",
  type: "metric",
  description: "Orders go through. Costs ${HOME} and %{ of } $${it}.",
  tags: ["env:prod", "service:checkout", `slogen_id:${ID}`],
  sli_specification: {
    count: {
      good_events_formula: { formula: "total - default_zero(bad)" },
      bad_events_formula: { formula: "bad" },
      queries: [
        { data_source: "metrics", name: "bad", query: BAD },
        { data_source: "metrics", name: "total", query: TOTAL },
      ],
    },
  },
  thresholds: [{ timeframe: "30d", target: exact("99.9"), warning: exact("99.95") }],
  timeframe: "30d",
  target_threshold: exact("99.9"),
  warning_threshold: exact("99.95"),
};

export const QUERY_SLO: MetricSlo = {
  name: METRIC_SLO.name,
  type: "metric",
  description: "",
  tags: ["service:checkout", "slogen_id:checkout-orders"],
  query: { numerator: `${TOTAL} - ${BAD}`, denominator: TOTAL },
  thresholds: [{ timeframe: "7d", target: exact("99") }],
  timeframe: "7d",
  target_threshold: exact("99"),
};

export const LATENCY_SLO: MetricSlo = {
  ...METRIC_SLO,
  tags: ["service:checkout", "slogen_id:checkout-latency"],
  sli_specification: {
    count: {
      good_events_formula: { formula: "good" },
      bad_events_formula: { formula: "total - good" },
      queries: [
        { data_source: "metrics", name: "good", query: "count(v: v<0.25):trace.http.request{service:checkout}.as_count()" },
        { data_source: "metrics", name: "total", query: "count:trace.http.request{service:checkout}.as_count()" },
      ],
    },
  },
};

export const TIME_SLICE_SLO: TimeSliceSlo = {
  name: "checkout freshness",
  type: "time_slice",
  description: "The queue is short.",
  tags: ["service:checkout", "slogen_id:checkout-freshness"],
  sli_specification: {
    time_slice: {
      comparator: "<",
      threshold: exact("0.5"),
      query_interval_seconds: 60,
      query: {
        formulas: [{ formula: "query1 / query2" }],
        queries: [
          { data_source: "metrics", name: "query1", query: "max:queue.age{service:checkout}" },
          { data_source: "metrics", name: "query2", query: "avg:queue.limit{service:checkout}" },
        ],
      },
    },
  },
  thresholds: [{ timeframe: "90d", target: exact("99.5") }],
  timeframe: "90d",
  target_threshold: exact("99.5"),
};

export const BURN_MONITOR: MonitorPayload = {
  name: "[page] checkout availability: burn rate above 14.4 (1h/5m)",
  type: "slo alert",
  query: `burn_rate("__SLO_ID__${ID}__").over("30d").long_window("1h").short_window("5m") > 14.4`,
  message: "{{#is_alert}}\nBurning at {{long_window_burn_rate}}. ${user} @pagerduty-checkout\n{{/is_alert}}",
  tags: ["service:checkout", "severity:page", `slogen_id:${ID}.page-1h`],
  priority: 1,
  options: { thresholds: { critical: exact("14.4") }, include_tags: true, notify_no_data: false, renotify_interval: 60 },
};

export const BUDGET_MONITOR: MonitorPayload = {
  name: "[ticket] checkout availability: 75 % of the budget is gone",
  type: "slo alert",
  query: `error_budget("__SLO_ID__${ID}__").over("30d") > 75`,
  message: "{{#is_alert}}{{value}} % of the error budget is gone.{{/is_alert}}",
  tags: ["service:checkout", "severity:ticket", `slogen_id:${ID}.budget-75`],
  options: { thresholds: { critical: exact("75") }, include_tags: true, notify_no_data: false },
};

export const METRIC_MONITOR: MonitorPayload = {
  name: "[ticket] checkout availability: budget burns over three days",
  type: "query alert",
  query: `sum(last_72h):${BAD} / ${TOTAL} > 0.001`,
  message: "{{#is_alert}}Too many errors.{{/is_alert}}",
  tags: ["service:checkout", "severity:ticket", `slogen_id:${ID}.ticket-72h`],
  options: {
    thresholds: { critical: exact("0.001") },
    include_tags: true,
    notify_no_data: false,
    require_full_window: false,
    evaluation_delay: 60,
  },
};

export const NO_DATA_MONITOR: MonitorPayload = {
  name: "[ticket] checkout availability: no data",
  type: "query alert",
  query: `sum(last_1h):${TOTAL} < 0`,
  message: "{{#is_no_data}}Nobody counts requests.{{/is_no_data}}",
  tags: ["service:checkout", "severity:ticket", `slogen_id:${ID}.no-data`],
  options: {
    thresholds: { critical: exact("0") },
    include_tags: true,
    notify_no_data: true,
    no_data_timeframe: 120,
    require_full_window: false,
  },
};

const slo = (id: string, payload: MetricSlo | TimeSliceSlo): DatadogObject => ({ kind: "slo", id, service: "checkout", payload });
const monitor = (name: string, payload: MonitorPayload, needs?: string): DatadogObject => ({
  kind: "monitor",
  id: `${ID}.${name}`,
  service: "checkout",
  payload,
  ...(needs !== undefined && { slo: needs }),
});

export const OBJECTS: readonly DatadogObject[] = [
  slo(ID, METRIC_SLO),
  slo("checkout-orders", QUERY_SLO),
  slo("checkout-latency", LATENCY_SLO),
  slo("checkout-freshness", TIME_SLICE_SLO),
  monitor("page-1h", BURN_MONITOR, ID),
  monitor("budget-75", BUDGET_MONITOR, ID),
  monitor("ticket-72h", METRIC_MONITOR),
  monitor("no-data", NO_DATA_MONITOR),
];

export const MANIFEST = {
  version: 1,
  site: "datadoghq.eu",
  owner: "payments",
  objects: [
    { id: ID, kind: "slo", file: "checkout/availability.slo.json", needs: [] },
    { id: `${ID}.page-1h`, kind: "monitor", file: "checkout/availability.page-1h.monitor.json", needs: [ID] },
  ],
};
