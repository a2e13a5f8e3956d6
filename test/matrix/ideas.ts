/** What a target makes of an idea: rules or metrics by name with their expressions on one line, or a gap by its code. */
export type Expectation =
  | {
      readonly kind: "supported";
      readonly codes: readonly string[];
      readonly rules: Readonly<Record<string, string>>;
      /** What an expression holds among much that does not depend on the idea. */
      readonly parts?: Readonly<Record<string, readonly string[]>>;
    }
  | { readonly kind: "unsupported"; readonly codes: readonly string[] };

/** The ids of `TARGETS`; a new one is a to-do list of type errors below. */
type TargetId = "prometheus" | "argo-rollouts" | "flagger" | "ci-gate" | "datadog";

export interface Idea {
  readonly name: string;
  readonly spec: string;
  /** The same idea measured by Datadog, for the targets that ask Datadog; absent where it is told in `spec`, or cannot be said. */
  readonly onDatadog?: string;
  readonly config?: string;
  readonly targets: Readonly<Record<TargetId, Expectation>>;
}

const rules = (wanted: Readonly<Record<string, string>>, codes: readonly string[] = []): Expectation => ({
  kind: "supported",
  codes,
  rules: wanted,
});
const unsupported = (...codes: readonly string[]): Expectation => ({ kind: "unsupported", codes });

/** The canary's burn rate, in which the whole reading of an SLI shows. */
const gate = (query: string, codes: readonly string[] = []): Expectation => rules({ "obs-shop-idea-canary-burn": query }, codes);
const canary = (name: string, matchers = ""): string => `${name}{${matchers}pod=~"idea-{{args.canary-hash}}-.+"}`;
/** Events of five minutes in which every series that is younger counts from zero. */
const young = (selector: string): string => `sum((${selector} unless ${selector} offset 5m) or increase(${selector}[5m]))`;
const BAD_OF_ALL = `(${young(canary("hits_total", 'code="500",'))} or vector(0)) / (${young(canary("hits_total"))} > 0) / 0.01`;

/** On Flagger the pods have other names and no hash, so that of five minutes only the living series count. */
const pods = (name: string, matchers = ""): string => `${name}{${matchers}namespace="shop",pod=~"idea-[0-9a-z]+-[0-9a-z]{5}"}`;
const living = (selector: string): string => `sum((${selector} unless ${selector} offset 5m) or increase(${selector}[5m]) and ${selector})`;
/** What the check of every tick holds. */
const tick = (parts: readonly string[], codes: readonly string[] = []): Expectation => ({
  kind: "supported",
  codes: ["flagger/observed-source", ...codes],
  rules: {},
  parts: { "idea-shop-idea-promote": parts },
});
const BAD_AND_ALL = [living(pods("hits_total", 'code="500",')), `(${living(pods("hits_total"))} > 0) / 0.01`];

/** The error ratio of the longer of two windows, which a script asks for before a deploy. */
const deploy = (query: string, codes: readonly string[] = []): Expectation => rules({ "30m": query }, codes);
const RATIO_OF_BAD = '(sum(rate(hits_total{code="500"}[30m])) or 0 * sum(rate(hits_total[30m]))) / (sum(rate(hits_total[30m])) > 0)';

const slo = (
  indicator: string,
  objective = "target: 0.99",
  more = "budgetingMethod: Occurrences\n  timeWindow: [{ duration: 30d, isRolling: true }]",
): string => `
apiVersion: openslo/v1
kind: SLO
metadata: { name: idea }
spec:
  service: shop
  ${more}
  indicator:
    metadata: { name: idea-sli }
    spec: ${indicator}
  objectives: [{ ${objective} }]
`;

const metric = (query: string, more = ""): string => `{ metricSource: { type: Prometheus, spec: { query: '${query}'${more} } } }`;

const HITS = "sum:hits{*}.as_count()";
const FAILED = "sum:hits{code:500}.as_count()";
const ddMetric = (query: string): string => `{ metricSource: { type: Datadog, spec: { query: '${query}' } } }`;
const ddRatio = (counted: "good" | "bad", part: string, total = HITS): string =>
  `{ ratioMetric: { ${counted}: ${ddMetric(part)}, total: ${ddMetric(total)} } }`;
const ddRaw = (type: "success" | "failure"): string => `{ ratioMetric: { raw: ${ddMetric("avg:job.ratio{*}")}, rawType: ${type} } }`;
const slices = "budgetingMethod: Timeslices\n  timeWindow: [{ duration: 30d, isRolling: true }]";
/** An SLO whose bad events are its failed ones. */
const GOOD_AND_BAD = `${HITS} - default_zero(${FAILED}) good, ${FAILED} bad`;

export const IDEAS: readonly Idea[] = [
  {
    name: "bad events out of all",
    spec: slo(`{ ratioMetric: { counter: true, bad: ${metric('hits_total{code="500"}')}, total: ${metric("hits_total")} } }`),
    onDatadog: slo(ddRatio("bad", FAILED)),
    targets: {
      prometheus: rules({
        "slo:sli_events_bad:rate5m": 'sum(rate(hits_total{code="500"}[5m])) or 0 * sum(rate(hits_total[5m]))',
        "slo:sli_events_total:rate5m": "sum(rate(hits_total[5m]))",
        "slo:sli_error:ratio_rate30m":
          '(sum(rate(hits_total{code="500"}[30m])) or 0 * sum(rate(hits_total[30m]))) / (sum(rate(hits_total[30m])) > 0)',
      }),
      "argo-rollouts": gate(BAD_OF_ALL),
      flagger: tick(BAD_AND_ALL),
      "ci-gate": deploy(RATIO_OF_BAD),
      datadog: rules({
        "shop-idea": GOOD_AND_BAD,
        "shop-idea.page-1h": 'burn_rate("__SLO_ID__shop-idea__").over("30d").long_window("1h").short_window("5m") > 14.4',
        "shop-idea.ticket-48h": 'burn_rate("__SLO_ID__shop-idea__").over("30d").long_window("48h").short_window("240m") > 1.5',
      }),
    },
  },
  {
    name: "good events out of all",
    spec: slo(`{ ratioMetric: { counter: true, good: ${metric('hits_total{code="200"}')}, total: ${metric("hits_total")} } }`),
    onDatadog: slo(ddRatio("good", "sum:hits{code:200}.as_count()")),
    targets: {
      prometheus: rules({
        "slo:sli_events_bad:rate5m":
          'clamp_min(sum(rate(hits_total[5m])) - (sum(rate(hits_total{code="200"}[5m])) or 0 * sum(rate(hits_total[5m]))), 0)',
      }),
      "argo-rollouts": gate(
        `(${young(canary("hits_total"))} - (${young(canary("hits_total", 'code="200",'))} or vector(0)) or vector(0)) / (${young(canary("hits_total"))} > 0) / 0.01`,
      ),
      flagger: tick([`${living(pods("hits_total"))} - (${living(pods("hits_total", 'code="200",'))} or vector(0))`]),
      "ci-gate": deploy(
        'clamp_min(sum(rate(hits_total[30m])) - (sum(rate(hits_total{code="200"}[30m])) or 0 * sum(rate(hits_total[30m]))), 0) / (sum(rate(hits_total[30m])) > 0)',
      ),
      datadog: rules({
        "shop-idea": `default_zero(sum:hits{code:200}.as_count()) good, ${HITS} - default_zero(sum:hits{code:200}.as_count()) bad`,
      }),
    },
  },
  {
    name: "counts that may fall",
    spec: slo(`{ ratioMetric: { bad: ${metric("failed_rows")}, total: ${metric("rows")} } }`),
    targets: {
      prometheus: rules({ "slo:sli_events_total:rate5m": "sum(sum_over_time(rows[5m])) / 300" }),
      "argo-rollouts": gate(
        `(sum(sum_over_time(${canary("failed_rows")}[5m])) or vector(0)) / (sum(sum_over_time(${canary("rows")}[5m])) > 0) / 0.01`,
      ),
      flagger: tick([
        `sum(sum_over_time(${pods("failed_rows")}[5m]) and ${pods("failed_rows")})`,
        `(sum(sum_over_time(${pods("rows")}[5m]) and ${pods("rows")}) > 0) / 0.01`,
      ]),
      "ci-gate": deploy(
        "(sum(sum_over_time(failed_rows[30m])) or 0 * sum(sum_over_time(rows[30m]))) / (sum(sum_over_time(rows[30m])) > 0)",
      ),
      datadog: unsupported("slo/no-indicator"),
    },
  },
  {
    name: "a ready ratio of failures",
    spec: slo(`{ ratioMetric: { raw: ${metric("job:errors:ratio_rate{{.window}}")}, rawType: failure } }`),
    onDatadog: slo(ddRaw("failure")),
    targets: {
      prometheus: rules({ "slo:sli_error:ratio_rate1h": "job:errors:ratio_rate1h >= 0 <= 1" }, ["slo/ratio-weights", "slo/unaggregated"]),
      "argo-rollouts": gate(`max(${canary("job:errors:ratio_rate5m")} >= 0 <= 1) / 0.01`, [
        "gate/grouped",
        "gate/recorded-series",
        "policy/no-counts",
        "slo/ratio-weights",
        "slo/unaggregated",
      ]),
      flagger: tick(
        [`clamp_max(max(${pods("job:errors:ratio_rate5m")} >= 0 <= 1) / 0.01, 2)`],
        ["gate/grouped", "gate/recorded-series", "policy/no-counts", "slo/ratio-weights", "slo/unaggregated"],
      ),
      "ci-gate": deploy("max(job:errors:ratio_rate30m >= 0 <= 1)", ["ci-gate/grouped", "slo/ratio-weights", "slo/unaggregated"]),
      datadog: unsupported("datadog/ratio-occurrences"),
    },
  },
  {
    name: "a ready ratio of successes",
    spec: slo(`{ ratioMetric: { raw: ${metric("avg(avg_over_time(up[{{.window}}]))")}, rawType: success } }`),
    onDatadog: slo(ddRaw("success"), "target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 5m", slices),
    targets: {
      prometheus: rules({ "slo:sli_error:ratio_rate1h": "1 - (avg(avg_over_time(up[1h])) >= 0 <= 1)" }, ["slo/ratio-weights"]),
      "argo-rollouts": gate(`(1 - (avg(avg_over_time(${canary("up")}[5m])) >= 0 <= 1)) / 0.01`, ["policy/no-counts", "slo/ratio-weights"]),
      flagger: tick(
        [`clamp_max((1 - (avg(avg_over_time(${pods("up")}[5m])) >= 0 <= 1)) / 0.01, 2)`],
        ["policy/no-counts", "slo/ratio-weights"],
      ),
      "ci-gate": deploy("1 - (avg(avg_over_time(up[30m])) >= 0 <= 1)", ["slo/ratio-weights"]),
      datadog: rules({ "shop-idea": "avg:job.ratio{*} >= 0.95 in 300s" }),
    },
  },
  {
    name: "a threshold at every evaluation",
    spec: slo(`{ thresholdMetric: ${metric("max(queue_age_seconds)")} }`, "op: lt, value: 60, target: 0.99"),
    onDatadog: slo(`{ thresholdMetric: ${ddMetric("max:queue.age{*}")} }`, "op: lt, value: 60, target: 0.99"),
    targets: {
      prometheus: rules({
        "slo:sli_slice_error:ratio": "max(queue_age_seconds) >= -Inf >= bool 60",
        "slo:sli_error:ratio_rate5m":
          'sum by (sloth_id) (sum_over_time(slo:sli_slice_error:ratio{sloth_id="shop-idea"}[5m])) / sum by (sloth_id) (count_over_time(slo:sli_slice_error:ratio{sloth_id="shop-idea"}[5m]))',
      }),
      "argo-rollouts": gate(`avg_over_time((max(${canary("queue_age_seconds")}) >= -Inf >= bool 60)[5m:30s]) / 0.01`, ["policy/no-counts"]),
      flagger: tick(
        [`clamp_max(avg_over_time((max(${pods("queue_age_seconds")}) >= -Inf >= bool 60)[5m:30s]) / 0.01, 2)`],
        ["policy/no-counts"],
      ),
      "ci-gate": deploy("avg_over_time((max(queue_age_seconds) >= -Inf >= bool 60)[30m:30s])"),
      datadog: unsupported("datadog/threshold-occurrences"),
    },
  },
  {
    name: "time slices of events",
    spec: slo(
      `{ ratioMetric: { counter: true, bad: ${metric('hits_total{code="500"}')}, total: ${metric("hits_total")} } }`,
      "target: 0.9, timeSliceTarget: 0.95, timeSliceWindow: 1m",
      "budgetingMethod: Timeslices\n  timeWindow: [{ duration: 30d, isRolling: true }]",
    ),
    onDatadog: slo(ddRatio("bad", FAILED), "target: 0.9, timeSliceTarget: 0.95, timeSliceWindow: 1m", slices),
    targets: {
      prometheus: rules(
        {
          "slo:sli_slice_error:ratio":
            '(sum(rate(hits_total{code="500"}[1m])) or 0 * sum(rate(hits_total[1m]))) / (sum(rate(hits_total[1m])) > 0) > bool 0.05',
        },
        ["alert/pair-left-out", "slo/slice-below-scrapes"],
      ),
      "argo-rollouts": gate(
        `avg_over_time(((sum(rate(${canary("hits_total", 'code="500",')}[1m])) or 0 * sum(rate(${canary("hits_total")}[1m]))) / (sum(rate(${canary("hits_total")}[1m])) > 0) > bool 0.05)[5m:30s]) / 0.1`,
        ["alert/pair-left-out", "policy/no-counts", "slo/slice-below-scrapes"],
      ),
      flagger: tick(
        [
          `avg_over_time(((sum(rate(${pods("hits_total", 'code="500",')}[1m])) or 0 * sum(rate(${pods("hits_total")}[1m]))) / (sum(rate(${pods("hits_total")}[1m])) > 0) > bool 0.05)[5m:30s]) / 0.1`,
        ],
        ["alert/pair-left-out", "policy/no-counts", "slo/slice-below-scrapes"],
      ),
      "ci-gate": deploy(
        'avg_over_time(((sum(rate(hits_total{code="500"}[1m])) or 0 * sum(rate(hits_total[1m]))) / (sum(rate(hits_total[1m])) > 0) > bool 0.05)[30m:30s])',
        ["alert/pair-left-out", "slo/slice-below-scrapes"],
      ),
      datadog: rules({ "shop-idea": `(${HITS} - default_zero(${FAILED})) / ${HITS} >= 0.95 in 60s` }, ["alert/pair-left-out"]),
    },
  },
  {
    name: "a grouped SLI",
    spec: slo(
      `{ ratioMetric: { counter: true, bad: ${metric('sum by (region) (hits_total{code="500"})')}, total: ${metric("sum by (region) (hits_total)")} } }`,
    ),
    onDatadog: slo(ddRatio("bad", "sum:hits{code:500} by {region}.as_count()", "sum:hits{*} by {region}.as_count()")),
    targets: {
      prometheus: rules(
        {
          "slo:sli_error:ratio_rate6h":
            'sum by (sloth_id, region) (sum_over_time(slo:sli_events_bad:rate5m{sloth_id="shop-idea"}[6h])) / (sum by (sloth_id, region) (sum_over_time(slo:sli_events_total:rate5m{sloth_id="shop-idea"}[6h])) > 0)',
        },
        ["prometheus/inhibition-labels"],
      ),
      "argo-rollouts": gate(BAD_OF_ALL, ["gate/grouped"]),
      flagger: tick(BAD_AND_ALL, ["gate/grouped"]),
      "ci-gate": deploy(
        'max((sum by (region) (rate(hits_total{code="500"}[30m])) or 0 * sum by (region) (rate(hits_total[30m]))) / (sum by (region) (rate(hits_total[30m])) > 0))',
        ["ci-gate/grouped"],
      ),
      datadog: rules(
        {
          "shop-idea":
            "sum:hits{*} by {region}.as_count() - default_zero(sum:hits{code:500} by {region}.as_count()) good, sum:hits{code:500} by {region}.as_count() bad",
        },
        ["datadog/grouped-alerts"],
      ),
    },
  },
  {
    name: "a calendar window",
    spec: slo(
      `{ ratioMetric: { counter: true, bad: ${metric('hits_total{code="500"}')}, total: ${metric("hits_total")} } }`,
      "target: 0.99",
      "budgetingMethod: Occurrences\n  timeWindow: [{ duration: 1M, calendar: { startTime: 2026-01-01 00:00:00, timeZone: UTC } }]",
    ),
    onDatadog: slo(
      ddRatio("bad", FAILED),
      "target: 0.99",
      "budgetingMethod: Occurrences\n  timeWindow: [{ duration: 1M, calendar: { startTime: 2026-01-01 00:00:00, timeZone: UTC } }]",
    ),
    targets: {
      prometheus: rules({ "slo:time_period:days": "vector(30)" }, ["slo/calendar-period"]),
      "argo-rollouts": gate(BAD_OF_ALL, ["slo/calendar-period"]),
      flagger: tick(BAD_AND_ALL, ["slo/calendar-period"]),
      "ci-gate": deploy(RATIO_OF_BAD, ["slo/calendar-period"]),
      datadog: unsupported("datadog/timeframe"),
    },
  },
  {
    name: "a quarter",
    spec: slo(
      `{ ratioMetric: { counter: true, bad: ${metric('hits_total{code="500"}')}, total: ${metric("hits_total")} } }`,
      "target: 0.99",
      "budgetingMethod: Occurrences\n  timeWindow: [{ duration: 90d, isRolling: true }]",
    ),
    onDatadog: slo(
      ddRatio("bad", FAILED),
      "target: 0.99",
      "budgetingMethod: Occurrences\n  timeWindow: [{ duration: 90d, isRolling: true }]",
    ),
    targets: {
      prometheus: rules({ "slo:time_period:days": "vector(90)" }),
      "argo-rollouts": gate(BAD_OF_ALL),
      flagger: tick(BAD_AND_ALL),
      "ci-gate": deploy(RATIO_OF_BAD),
      datadog: rules({
        "shop-idea": GOOD_AND_BAD,
        "shop-idea.page-1h": 'burn_rate("__SLO_ID__shop-idea__").over("90d").long_window("1h").short_window("5m") > 43.2',
      }),
    },
  },
  {
    name: "an indicator of another vendor",
    spec: slo(
      `{ ratioMetric: { counter: true, good: { metricSource: { type: Datadog, spec: { query: 'sum:good{*}.as_count()' } } }, total: { metricSource: { type: Datadog, spec: { query: 'sum:all{*}.as_count()' } } } } }`,
    ),
    targets: {
      prometheus: unsupported("openslo/idle-setting", "slo/no-indicator"),
      "argo-rollouts": unsupported("openslo/idle-setting", "policy/no-indicator"),
      flagger: unsupported("openslo/idle-setting", "policy/no-indicator"),
      "ci-gate": unsupported("openslo/idle-setting", "policy/no-indicator"),
      datadog: rules(
        {
          "shop-idea": "default_zero(sum:good{*}.as_count()) good, sum:all{*}.as_count() - default_zero(sum:good{*}.as_count()) bad",
        },
        ["openslo/idle-setting"],
      ),
    },
  },
];
