import { code, codeTable } from "../diagnostics/diagnostic.ts";

/** What the parser found, in its own words. */
interface Found {
  readonly message: string;
  readonly help?: string;
}

const METRICS_PAGE = "https://docs.datadoghq.com/metrics/#anatomy-of-a-metric-query";
const FILTERS_PAGE = "https://docs.datadoghq.com/metrics/advanced-filtering/";

/** What can be wrong with a Datadog metric query. */
export const datadogqlCodes = codeTable("datadogql", {
  syntax: code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: "Datadog refuses the SLO or monitor, and a gate gets no answer",
    help: ({ help }) => help ?? `write the query as in ${METRICS_PAGE}`,
  }),
  "mixed-scope": code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: `Datadog has two styles of scope and refuses a mix: ${FILTERS_PAGE}`,
    help: "write `env:prod,!zone:a` or `env:prod AND NOT zone:a`",
  }),
  promql: code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: "slogen never translates one backend's query into another's, since their metrics need not mean the same",
    help: "write Datadog's own query, such as `sum:requests{env:prod}.as_count()`, or name Prometheus as the system: `type: Prometheus` in OpenSLO, `prometheus:` in an `IndicatorBinding`",
  }),
  "template-variable": code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: "only dashboards fill in template variables; an SLO or monitor is refused or matches nothing",
    help: "write the tag itself, such as `env:prod`",
  }),
  placeholder: code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: "it would reach Datadog as it is, and a Datadog query needs no window: whoever asks says from when to when",
    help: "leave it out, or write the value itself",
  }),
  "wildcard-inside": code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: `Datadog documents wildcards only at the ends of a tag's value: ${FILTERS_PAGE}`,
    help: ({ help }) => help ?? "write `web-*`, `*-web` or `*web*`",
  }),
  "modifier-order": code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: "Datadog reads the grouping only between the scope and the modifiers",
    help: ({ help }) => help,
  }),
  "no-metric": code({
    severity: "error",
    message: () => "this query reads no metric",
    why: "an SLI of constants never changes",
    help: "write a query such as `sum:requests{env:prod}.as_count()`",
  }),
  "no-aggregator": code<{ metric: string; corrected: string; counts: boolean }>({
    severity: "error",
    message: ({ metric }) => `the query does not say how the series of \`${metric}\` become one`,
    why: "nothing documents what Datadog does then; a mean where a sum is meant is silently wrong",
    help: ({ corrected, counts }) =>
      counts
        ? `write \`${corrected}\`; a distribution counts with \`count:\`, or \`count(v: v<0.25):\` below a limit`
        : `write \`${corrected}\`, or \`sum:\`, \`min:\`, \`max:\` or a percentile such as \`p99:\` in its place`,
  }),
  "not-a-count": code<{ aggregator: string; corrected: string }>({
    severity: "error",
    message: ({ aggregator }) => `events cannot be counted with \`${aggregator}:\``,
    why: "a mean, an extreme or a percentile over hosts and tags is no number of events",
    help: ({ corrected }) => `write \`${corrected}\`; a distribution counts with \`count:\`, or \`count(v: v<0.25):\` below a limit`,
  }),
  "no-as-count": code<{ metric: string; corrected: string }>({
    severity: "error",
    message: ({ metric }) => `\`${metric}\` counts events and lacks \`.as_count()\``,
    why: "without it Datadog may average over time, or fill gaps by interpolation, and gives no number of events",
    help: ({ corrected }) => `write \`${corrected}\``,
  }),
  "alters-counts": code<{ modifier: string; corrected: string }>({
    severity: "error",
    message: ({ modifier }) => `\`.${modifier}()\` alters what is counted`,
    why: "an SLO needs the events themselves; a rate, a rollup or invented points add up to another number",
    help: ({ corrected }) => `write \`${corrected}\``,
  }),
  "not-additive": code<{ part: string }>({
    severity: "error",
    message: ({ part }) => `events cannot be counted through ${part}`,
    why: "counts are added up over time: sums and differences of counts are counts again, and anything else need not be",
    help: "use `+`, `-` and `default_zero(...)` alone; a ready ratio or a value belongs to another kind of SLI",
  }),
  "different-groups": code<{ groups: string; others: string }>({
    severity: "error",
    message: ({ groups, others }) => `one metric is ${groups}, another ${others}`,
    why: "nothing documents how Datadog pairs series that are grouped unlike each other, and some may be left out silently",
    help: "give each metric of the query the same `by {...}`, or none",
  }),
});
