import { counter, gauge, STEP, type Expectation, type Scenario, type Traffic } from "./scenarios.ts";

/** A spec and what its rules must do; one for each kind of SLI. */
export interface Kind {
  readonly spec: string;
  readonly scenario: Scenario;
}

const HOUR = 3600;
const MINUTE = 60;

const slo = (indicator: string, objective: string, more = "budgetingMethod: Occurrences"): string => `
apiVersion: openslo/v1
kind: SLO
metadata: { name: kind }
spec:
  service: shop
  ${more}
  timeWindow: [{ duration: 30d, isRolling: true }]
  indicator: { metadata: { name: sli }, spec: ${indicator} }
  objectives: [{ ${objective} }]
`;

const metric = (query: string, more = ""): string => `{ metricSource: { type: Prometheus, spec: { query: '${query}'${more} } } }`;

const paging = (at: number, labels = "{}"): Expectation => ({ expr: pages(labels), at, samples: [{ labels, value: 1 }] });
const quiet = (at: number): Expectation => ({ expr: pages("{}"), at, samples: [] });
const holds = (expr: string, at: number): Expectation => ({ expr: `count(${expr})`, at, samples: [{ labels: "{}", value: 1 }] });
const nothing = (expr: string, at: number): Expectation => ({ expr, at, samples: [] });

function pages(labels: string): string {
  const by = labels === "{}" ? "" : "by (region) ";
  return `count ${by}(ALERTS{alertname="ShopKindErrorBudgetBurn",alertstate="firing",sloth_severity="page"})`;
}

const steady = (seconds: number, perSecond: number): Traffic => ({ seconds, perSecond, bad: 0 });
const events = (...rates: readonly (readonly [seconds: number, perSecond: number])[]): string =>
  counter(
    rates.map(([seconds, perSecond]) => steady(seconds, perSecond)),
    ({ perSecond }) => perSecond,
  );

/** A native histogram of which so many observations an interval fall into (0.125, 0.25], or into (1, 2]. */
function nativeHistogram(...stretches: readonly (readonly [seconds: number, fast: number, slow: number])[]): string {
  let [fast, slow] = [0, 0];
  return stretches
    .flatMap(([seconds, fastEach, slowEach]) =>
      Array.from({ length: seconds / STEP }, () => {
        [fast, slow] = [fast + fastEach, slow + slowEach];
        return `{{schema:0 sum:${fast + slow} count:${fast + slow} offset:-2 buckets:[${fast} 0 0 ${slow}]}}`;
      }),
    )
    .join(" ");
}

const classic = slo(
  `{ ratioMetric: { counter: true, good: ${metric('http_seconds{job="shop"}', ", histogram: classic, below: 300ms")}, total: ${metric('http_seconds{job="shop"}', ", histogram: classic")} } }`,
  "target: 0.99",
);

const native = slo(
  `{ ratioMetric: { counter: true, good: ${metric("http_seconds", ", histogram: native, below: 500ms")}, total: ${metric("http_seconds", ", histogram: native")} } }`,
  "target: 0.99",
);

const grouped = slo(
  `{ ratioMetric: { counter: true, bad: ${metric('sum by (region) (hits_total{code="500"})')}, total: ${metric("sum by (region) (hits_total)")} } }`,
  "target: 0.999",
);

const slices = slo(
  `{ thresholdMetric: ${metric("max(queue_age_seconds)")} }`,
  "op: lt, value: 60, target: 0.98, timeSliceTarget: 0.9, timeSliceWindow: 1m",
  "budgetingMethod: Timeslices",
);

const eventSlices = slo(
  `{ ratioMetric: { counter: true, bad: ${metric('hits_total{code="500"}')}, total: ${metric("hits_total")} } }`,
  "target: 0.95, timeSliceTarget: 0.9, timeSliceWindow: 5m",
  "budgetingMethod: Timeslices",
);

const hourlySlices = slo(
  `{ ratioMetric: { counter: true, bad: ${metric('runs_total{result="failed"}')}, total: ${metric("runs_total")} } }`,
  "target: 0.95, timeSliceWindow: 1h",
  "budgetingMethod: RatioTimeslices",
);

const threshold = slo(`{ thresholdMetric: ${metric("max(queue_age_seconds)")} }`, "op: lt, value: 60, target: 0.98");

const raw = slo(`{ ratioMetric: { raw: ${metric("max(avg_over_time(failing[{{.window}}]))")}, rawType: failure } }`, "target: 0.98");

const counts = slo(`{ ratioMetric: { bad: ${metric("failed_rows")}, total: ${metric("rows")} } }`, "target: 0.99");

const guarded = slo(
  `{ ratioMetric: { counter: true, bad: ${metric('sum(rate(hits_total{code="500"}[5m]))')}, total: ${metric("sum(rate(hits_total[5m])) > 1")} } }`,
  "target: 0.99",
);

export const KINDS: readonly Kind[] = [
  {
    spec: guarded,
    scenario: {
      name: "a total that is filtered at low traffic: its bad events do not count without it",
      series: [
        { series: 'hits_total{code="200"}', values: events([4 * HOUR, 0.5], [4 * HOUR, 9]) },
        { series: 'hits_total{code="500"}', values: events([4 * HOUR, 0.4], [4 * HOUR, 1]) },
      ],
      expect: [
        nothing("slo:sli_error:ratio_rate6h", 4 * HOUR - MINUTE),
        holds("slo:sli_error:ratio_rate1d > 0.099 < 0.101", 8 * HOUR),
        holds("slo:sli_error:ratio_rate30d > 0.099 < 0.101", 8 * HOUR),
      ],
    },
  },
  {
    spec: classic,
    scenario: {
      name: "a classic histogram: slow answers page, fast ones do not",
      series: [
        { series: 'http_seconds_bucket{job="shop",le="0.3"}', values: events([2 * HOUR, 10], [HOUR, 7]) },
        { series: 'http_seconds_count{job="shop"}', values: events([3 * HOUR, 10]) },
      ],
      expect: [quiet(2 * HOUR), holds("slo:sli_error:ratio_rate5m == 0", 2 * HOUR), paging(3 * HOUR)],
    },
  },
  {
    spec: classic,
    scenario: {
      name: "a classic histogram: a bucket that nobody exports is no data, not an outage",
      series: [{ series: 'http_seconds_count{job="shop"}', values: events([3 * HOUR, 10]) }],
      expect: [
        quiet(3 * HOUR),
        nothing("slo:sli_error:ratio_rate5m", 3 * HOUR),
        holds('ALERTS{alertname="ShopKindNoData",alertstate="firing"}', 3 * HOUR),
      ],
    },
  },
  {
    spec: native,
    scenario: {
      name: "a native histogram: slow answers page, fast ones and silence do not",
      series: [{ series: "http_seconds", values: nativeHistogram([HOUR, 300, 0], [HOUR, 0, 0], [HOUR, 200, 100]) }],
      expect: [
        quiet(HOUR),
        holds("slo:sli_error:ratio_rate5m == 0", HOUR),
        quiet(2 * HOUR - MINUTE),
        nothing("slo:sli_error:ratio_rate5m", 2 * HOUR - MINUTE),
        holds("slo:sli_error:ratio_rate5m > 0.33 < 0.34", 3 * HOUR),
        paging(3 * HOUR),
      ],
    },
  },
  {
    spec: grouped,
    scenario: {
      name: "a grouped SLI: each group has its own budget and its own page",
      series: [
        { series: 'hits_total{region="eu",code="200"}', values: events([3 * HOUR, 10]) },
        { series: 'hits_total{region="us",code="200"}', values: events([2 * HOUR, 10], [HOUR, 9]) },
        { series: 'hits_total{region="us",code="500"}', values: events([2 * HOUR, 0], [HOUR, 1]) },
      ],
      expect: [quiet(2 * HOUR), paging(3 * HOUR, '{region="us"}'), holds('slo:sli_error:ratio_rate6h{region="eu"} == 0', 3 * HOUR)],
    },
  },
  {
    spec: slices,
    scenario: {
      name: "slices of a threshold: minutes above it burn, minutes without a value do not count",
      series: [
        {
          series: "queue_age_seconds",
          values: gauge([
            [2 * HOUR, "10"],
            [30 * MINUTE, "_"],
            [90 * MINUTE, "100"],
          ]),
        },
      ],
      expect: [
        holds("slo:sli_error:ratio_rate1h == 0", 2 * HOUR),
        quiet(2.5 * HOUR),
        paging(4 * HOUR),
        holds("slo:sli_error:ratio_rate1h > 0.98", 4 * HOUR),
      ],
    },
  },
  {
    spec: eventSlices,
    scenario: {
      name: "slices of events: a slice counts as a whole once its share of good events is below the target",
      series: [
        { series: 'hits_total{code="200"}', values: events([2 * HOUR, 9.5], [2 * HOUR, 8]) },
        { series: 'hits_total{code="500"}', values: events([2 * HOUR, 0.5], [2 * HOUR, 2]) },
      ],
      expect: [holds("slo:sli_error:ratio_rate1h == 0", 2 * HOUR), holds("slo:sli_error:ratio_rate1h == 1", 4 * HOUR), paging(4 * HOUR)],
    },
  },
  {
    spec: hourlySlices,
    scenario: {
      name: "slices of an hour: the ratio stays up between two slices, and a quiet day is not missing data",
      series: [
        { series: 'runs_total{result="ok"}', values: events([3 * HOUR, 0.02], [5 * HOUR, 0]) },
        { series: 'runs_total{result="failed"}', values: events([8 * HOUR, 0]) },
      ],
      expect: [
        holds("slo:sli_error:ratio_rate1h == 0", 2.75 * HOUR),
        nothing('ALERTS{alertname="ShopKindNoData"}', 8 * HOUR),
        nothing("slo:sli_error:ratio_rate1h", 8 * HOUR),
      ],
    },
  },
  {
    spec: threshold,
    scenario: {
      name: "a threshold under Occurrences: each evaluation counts",
      series: [
        {
          series: "queue_age_seconds",
          values: gauge([
            [2 * HOUR, "10"],
            [2 * HOUR, "100"],
          ]),
        },
      ],
      expect: [
        holds("slo:sli_error:ratio_rate5m == 0", 2 * HOUR - MINUTE),
        paging(3 * HOUR),
        holds("slo:sli_error:ratio_rate1h == 1", 4 * HOUR - MINUTE),
      ],
    },
  },
  {
    spec: raw,
    scenario: {
      name: "a raw ratio: a gap leaves no NaN behind",
      series: [
        {
          series: "failing",
          values: gauge([
            [2 * HOUR, "0"],
            [2 * HOUR, "_"],
            [HOUR, "0.5"],
          ]),
        },
      ],
      expect: [
        nothing("slo:sli_error:ratio_rate5m", 4 * HOUR - MINUTE),
        quiet(4 * HOUR - MINUTE),
        nothing("slo:period_burn_rate:ratio != slo:period_burn_rate:ratio", 5 * HOUR),
        paging(5 * HOUR - MINUTE),
      ],
    },
  },
  {
    spec: counts,
    scenario: {
      name: "counts that are no counters: they are summed, and told per second",
      series: [
        { series: "rows", values: gauge([[4 * HOUR, "30"]]) },
        {
          series: "failed_rows",
          values: gauge([
            [2 * HOUR, "0"],
            [2 * HOUR, "6"],
          ]),
        },
      ],
      expect: [holds("slo:sli_events_total:rate5m == 1", 2 * HOUR), quiet(2 * HOUR), paging(4 * HOUR)],
    },
  },
];
