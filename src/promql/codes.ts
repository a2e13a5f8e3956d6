import { code, codeTable } from "../diagnostics/diagnostic.ts";
import type { ValueType } from "./ast.ts";

/** What the parser found, in its own words. */
interface Found {
  readonly message: string;
  readonly help?: string;
}

const UNREADABLE = "Prometheus refuses the whole rules file for one query that it cannot read";
const SYNTAX_PAGE = "https://prometheus.io/docs/prometheus/latest/querying/basics/";

/** What can be wrong with a PromQL query. */
export const promqlCodes = codeTable("promql", {
  syntax: code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: UNREADABLE,
    help: ({ help }) => help ?? `write the query as in ${SYNTAX_PAGE}`,
  }),
  type: code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: UNREADABLE,
    help: ({ help }) => help ?? `see which function and operator takes what: ${SYNTAX_PAGE}#expression-language-data-types`,
  }),
  "unknown-function": code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: UNREADABLE,
    help: ({ help }) => help ?? "use one of https://prometheus.io/docs/prometheus/latest/querying/functions/",
  }),
  "bad-regex": code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: UNREADABLE,
    help: ({ help }) => help ?? "write it in the syntax of RE2: https://github.com/google/re2/wiki/Syntax",
  }),
  "foreign-variable": code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: "nobody fills it in on the way to Prometheus: outside quotes the query is refused, inside them it silently matches nothing",
    help: ({ help }) => help ?? "write `{{.window}}` for the window, and any other value itself",
  }),
  "unknown-template": code<Found>({
    severity: "error",
    message: ({ message }) => message,
    why: "it would reach Prometheus as it is, and inside quotes silently match nothing",
    help: ({ help }) => help ?? "write `{{.window}}` for the window, and any other value itself",
  }),
  /** `declared` where the spec says that its queries are MetricsQL, and by whether the target can do without reading them. */
  metricsql: code<{ found: string; declared?: "usable" | "unusable" }>({
    severity: "error",
    message: ({ found }) => `this is no PromQL: ${found}`,
    why: "Prometheus refuses the whole rules file for it; what slogen cannot read it can neither check nor narrow to a slice",
    help: ({ declared }) =>
      declared === "usable"
        ? "leave it if VictoriaMetrics alone evaluates these rules, else write it in PromQL"
        : declared === "unusable"
          ? "write it in PromQL, or build with `--set prometheus.dialect=sloth`, which copies the text; the `slogen` dialect builds its rules from the parsed query"
          : "write it in PromQL; a Sloth spec whose rules only VictoriaMetrics reads says so with the plugin `sloth.dev/contrib/validate_victoria_metrics/v1` and `overridePrevious: true`",
  }),
  "is-datadog": code<{ found: string }>({
    severity: "error",
    message: ({ found }) => `\`${found}\` is a Datadog query, and this query is for Prometheus`,
    why: "slogen never translates one backend's query into another's, since their metrics need not mean the same",
    help: "write it in PromQL, or name Datadog as the system: `type: Datadog` in OpenSLO, or an `IndicatorBinding` of `slogen/v1alpha1`",
  }),
  "not-a-vector": code<{ type: ValueType; suggestion?: string }>({
    severity: "error",
    message: ({ type }) => `this query gives a ${type}, and an SLI needs an instant vector`,
    why: "the generated rules divide and compare it, which Prometheus allows with instant vectors only",
    help: ({ type, suggestion }) =>
      type === "range vector"
        ? `put a function around it, such as \`${suggestion ?? "sum(rate(...))"}\``
        : type === "scalar"
          ? "make it a vector, as `vector(...)` does, or leave `scalar(...)` out"
          : "write an expression that selects series",
  }),
  "no-window": code<{ metric?: string; commented?: boolean }>({
    severity: "error",
    message: ({ metric }) =>
      metric === undefined ? "this query has no window that slogen could vary" : `the counter \`${metric}\` is read without a window`,
    why: ({ metric }) =>
      metric === undefined
        ? "one query is evaluated over every window of the alerts, from five minutes to thirty days"
        : "a counter's value has grown since its process started, so it says nothing about the window",
    help: ({ metric, commented }) =>
      commented === true
        ? "the only `{{.window}}` stands in a comment: write it as the range of the selectors"
        : `give its selectors the range, as in \`sum(rate(${metric ?? "http_requests_total"}[{{.window}}]))\``,
  }),
  "several-windows": code<{ ranges: readonly string[] }>({
    severity: "error",
    message: ({ ranges }) =>
      `this query has several ranges (${ranges.map((range) => `\`${range}\``).join(", ")}), and one of them must be the window`,
    why: "which of them grows with the window of an alert cannot be guessed",
    help: "write `[{{.window}}]` for each range that is the window of the SLI",
  }),
  "fixed-window-beside-template": code<{ range: string }>({
    severity: "error",
    message: ({ range }) => `the range \`${range}\` stays as it is while \`{{.window}}\` beside it changes`,
    why: "the parts of the query would then count over different stretches of time, which makes a wrong ratio",
    help: "write `{{.window}}` here too; a resolution of its own is only possible inside a subquery",
  }),
  "not-linear": code<{ part: string }>({
    severity: "error",
    message: ({ part }) => `events cannot be counted through \`${part}\``,
    why: "the rate of a sum is the sum of the rates, but the same is not true here, so slogen cannot add the range by itself",
    help: "write the range yourself, as in `sum(rate(http_requests_total[{{.window}}]))`",
  }),
  "counter-flag-missing": code<{ metric: string }>({
    severity: "error",
    message: ({ metric }) => `\`${metric}\` is named like a counter, but \`counter\` is not true`,
    why: "a counter's value grows for ever, so summing its samples counts every event again at each scrape",
    help: "add `counter: true`, or write the query with its range, as in `sum(rate(...[{{.window}}]))`",
  }),
  "window-in-value": code({
    severity: "error",
    message: () => "a threshold is judged at an instant, so there is no window to fill in here",
    why: "its value must be the same whichever alert asks",
    help: "write the range that the value is measured over, such as `[5m]`",
  }),
});
