import { code, codeTable } from "../diagnostics/diagnostic.ts";
import { BACKENDS, bindingLines, type MissingIndicator } from "./binding-lines.ts";

/** What can be wrong with an SLO whatever format it was written in. */
export const sloCodes = codeTable("slo", {
  "duplicate-id": code<{ id: string }>({
    severity: "error",
    message: ({ id }) => `two SLOs have the id \`${id}\``,
    why: "both would record the same series, so each would overwrite the other's error budget",
    help: "rename one of them; the id is the service and the name joined by a dash, so `a-b` + `c` and `a` + `b-c` are the same",
  }),
  "no-indicator": code<MissingIndicator & { target: string }>({
    severity: "error",
    message: ({ slo, backend }) => `\`${slo}\` is not measured by ${BACKENDS[backend]}`,
    why: ({ target }) => `the target \`${target}\` needs it, and a query cannot be translated from one system's language to another's`,
    help: (missing) => `add an indicator for it:\n${bindingLines(missing)}`,
  }),
  "reserved-label": code<{ label: string }>({
    severity: "error",
    message: ({ label }) => `the label \`${label}\` belongs to the generated rules`,
    why: ({ label }) =>
      label === "alertname"
        ? "Prometheus writes the alert's own name over it"
        : label === "sloth_severity"
          ? "it tells pages from tickets, so that the one can silence the other"
          : "it identifies the recorded series; another value would cut the alerts off from the series they read",
    help: "choose another label name",
  }),
  "label-name": code<{ label: string; suggestion: string }>({
    severity: "error",
    message: ({ label }) => `\`${label}\` is no name of a label or annotation that every Prometheus accepts`,
    why: "Prometheus before 3.0 and some operators refuse the whole rules file for it, and Alertmanager before 0.27 the alert",
    help: ({ suggestion }) => `use letters, digits and underscores: \`${suggestion}\``,
  }),
  "empty-label": code<{ label: string }>({
    severity: "error",
    message: ({ label }) => `the label \`${label}\` is empty`,
    why: "an empty label is the same as no label to Prometheus",
    help: "give it a value or remove it",
  }),
  "template-syntax": code<{ name: string; problem: string }>({
    severity: "error",
    message: ({ name, problem }) => `\`${name}\` is no template that Prometheus reads: ${problem}`,
    why: "Prometheus expands labels and annotations of alerts as Go templates and refuses the whole file for one that does not parse",
    help: 'mend the template; write a literal `{{` as `{{ "{{" }}`',
  }),
  "unsound-window": code<{ function: string }>({
    severity: "error",
    message: ({ function: name }) => `\`${name}\` does not tell how often something happened in its window`,
    why: "the rules compare windows from minutes to days; over a longer one this function gives the latest or the largest value, not the share of failures",
    help: "use `rate` or `increase` on counters, and `avg_over_time` on ratios",
  }),
  "scales-with-window": code({
    severity: "error",
    message: () => "this ratio grows with the length of its window",
    why: "it counts over the window and divides by something that does not, so over a day it would be hundreds of times what it is over five minutes",
    help: "use `rate` instead of `increase`, or divide by a count over the same window",
  }),
  "filter-as-ratio": code<{ op: string }>({
    severity: "error",
    message: ({ op }) => `\`${op}\` filters here, so the value on its left is taken for the ratio`,
    why: "where the comparison is true the rules would record that value, and where it is false nothing at all",
    help: ({ op }) => `write \`${op} bool\`, which gives 1 and 0`,
  }),
  "percent-ratio": code({
    severity: "error",
    message: () => "this query gives percent, and a ratio lies between 0 and 1",
    why: "half a percent of failures would be recorded as half of everything",
    help: "leave out `* 100`",
  }),
  "same-query": code<{ counted: "good" | "bad"; example: string }>({
    severity: "error",
    message: ({ counted }) => `the ${counted} events are counted by the same query as all events`,
    why: ({ counted }) =>
      counted === "good" ? "there would never be a failure, and no alert could fire" : "everything would be a failure, at all times",
    help: ({ counted, example }) => `narrow the query of the ${counted} events, as in \`${example}\``,
  }),
  "different-groups": code<{ events: string; total: string }>({
    severity: "error",
    message: ({ events, total }) => `one query of this SLI is ${events}, the other ${total}`,
    why: "nothing documents how Datadog pairs them, so events may be divided by something else than their own total, or left out",
    help: "give both queries the same `by {...}`, or none",
  }),
  /** A warning for two metrics, which may tag the same thing differently. */
  "disjoint-scopes": code<{ events: string; total: string }>({
    severity: "error",
    message: ({ events, total }) => `the counted events have \`${events}\`, and all events \`${total}\``,
    why: "what is counted is no part of the total, so the quotient is no share",
    help: ({ total }) => `write \`${total}\` here too, or correct \`total\``,
  }),
  "narrow-total": code<{ tag: string }>({
    severity: "error",
    message: ({ tag }) => `\`total\` asks for \`${tag}\`, and the counted events do not`,
    why: "events would be counted that are not in the total, so the share may be above 1 and failures of others are charged to this budget",
    help: ({ tag }) => `add \`${tag}\` to the query of the counted events, or leave it out of \`total\``,
  }),
  "bucket-as-bad": code<{ bound: string }>({
    severity: "error",
    message: ({ bound }) => `the bucket up to ${bound} holds what was fast enough, and is counted as bad`,
    why: "a histogram's bucket counts everything up to its bound, so the SLO would be the wrong way round",
    help: "count it as good, or subtract it from the count of all",
  }),
  "all-buckets": code({
    severity: "error",
    message: () => "a histogram's buckets are added up without a bound `le`",
    why: "each bucket holds all smaller ones, so one event would be counted many times",
    help: 'choose one bucket with `le="..."`, or use the `_count` series',
  }),
  "histogram-mismatch": code<{ of: string; all: string }>({
    severity: "warning",
    message: ({ of, all }) =>
      of === all
        ? `the bucket and the count of \`${of}\` select different series`
        : `a bucket of \`${of}\` is divided by the count of \`${all}\``,
    why: "what only one of them counts is taken for slow, or hides what is",
    help: "use the same histogram with the same matchers in both queries, `le` aside",
  }),
  "slice-below-scrapes": code({
    severity: "notice",
    message: () => "a slice below two minutes holds few scrapes",
    why: "a rate needs two samples, and with a minute between scrapes, Prometheus's default, no slice would ever have one",
    help: "use slices of `5m`, or scrape at least every 20s",
  }),
  "fixed-time": code({
    severity: "error",
    message: () => "`@` fixes this query to one moment",
    why: "the SLI would never change again, whatever the service does",
    help: "remove the `@`",
  }),
  "different-times": code<{ what: string }>({
    severity: "error",
    message: ({ what }) => `the two queries of this SLI look at different times: ${what}`,
    why: "the errors of one time divided by the traffic of another are no error ratio",
    help: "use the same offsets and ranges in both queries",
  }),
  "grouping-mismatch": code<{ events: string; total: string }>({
    severity: "error",
    message: ({ events, total }) => `the two queries of this SLI carry different labels: ${events} and ${total}`,
    why: "Prometheus divides series with the same labels only, so no error would find its total and no alert could fire",
    help: "group both queries `by` the same labels",
  }),
  /** `shared` is a metric of which one query counts some series and the other all. */
  unaggregated: code<{ shared?: string | undefined }>({
    severity: "warning",
    message: ({ shared }) =>
      shared === undefined
        ? "this query is not aggregated, so every series it selects becomes an SLO of its own"
        : `neither query is aggregated, so each series of \`${shared}\` is divided by itself`,
    why: ({ shared }) =>
      shared === undefined
        ? "one budget and one alert for each pod or instance, all of them young after each deployment"
        : "series are divided by those with the same labels, so the ratio would be 1 wherever the first query finds anything",
    help: "wrap it in `sum(...)`, or in `sum by (...)` with the labels that should have a budget of their own",
  }),
  "unit-mismatch": code<{ events: string; total: string }>({
    severity: "error",
    message: ({ events, total }) => `one query of this SLI counts ${events}, the other ${total}`,
    why: "their ratio would be off by the length of the window in seconds",
    help: "use `rate` in both or `increase` in both",
  }),
  "unknown-unit": code({
    severity: "notice",
    message: () => "this query does not say whether it counts events per second or over its window",
    why: "the ratio is right either way, but the minimum of bad events cannot be applied, so a single failure at a quiet hour may alert",
    help: "use `rate` or `increase` on counters in both queries",
  }),
  "ratio-weights": code({
    severity: "notice",
    message: () => "a raw ratio has no counts, so a quiet minute weighs as much as a busy one",
    why: "the error budget counts events, which this query does not tell; the minimum of bad events cannot be applied either",
    help: "give the events as two queries instead of the ratio; in OpenSLO, `RatioTimeslices` means just this weighting",
  }),
  "calendar-period": code<{ period: string }>({
    severity: "notice",
    message: ({ period }) => `alerts and the recorded budget use a rolling window of ${period}`,
    why: "Prometheus rules cannot reset at a calendar boundary; burn rates do not depend on it, the remaining budget does",
    help: "read the budget of the calendar period from a dashboard; nothing to do for alerts",
  }),
  "slice-window": code<{ slice: string; period: string }>({
    severity: "error",
    message: ({ slice, period }) => `a slice of ${slice} does not divide the period of ${period}`,
    why: "the last slice would be cut off, and the number of slices in the budget would be no whole number",
    help: "choose a slice that divides the period, such as `1m` or `5m`",
  }),
  "period-too-short": code<{ period: string }>({
    severity: "error",
    message: ({ period }) => `a period of ${period} is too short for an error budget`,
    why: "burn-rate alerts compare windows of an hour and more with the period",
    help: "use a period of at least `1d`",
  }),
});

/** What can be wrong with the alerts that are planned for an SLO. */
export const alertCodes = codeTable("alert", {
  "cannot-fire": code<{ burnRate: string; highest: string; target: string }>({
    severity: "error",
    message: ({ burnRate }) => `this alert can never fire: it waits for a burn rate of ${burnRate}`,
    why: ({ highest, target }) => `with an objective of ${target} a total outage burns at ${highest} times the allowed rate, and no more`,
    help: ({ highest }) => `use a threshold below ${highest}, or in a catalog a smaller share over that window`,
  }),
  "pair-left-out": code<{ severity: string; burnRate: string; windows: string; highest: string; target: string }>({
    severity: "warning",
    message: ({ severity, burnRate, windows }) =>
      `the ${severity} alert does without its windows ${windows}: a burn rate of ${burnRate} cannot be reached`,
    why: ({ highest, target }) => `with an objective of ${target} a total outage burns at ${highest} times the allowed rate, and no more`,
    help: "the other windows still alert; give an `AlertWindows` catalog for this period to choose your own",
  }),
  "window-left-out": code<{ severity: string; window: string; period: string }>({
    severity: "warning",
    message: ({ severity, window, period }) => `the ${severity} alert does without its ${window} window: the period is only ${period}`,
    why: "by the time such an alert fired, the whole budget of the period would be gone",
    help: "the other windows still alert; give an `AlertWindows` catalog for this period to choose your own",
  }),
  "severity-left-out": code<{ severity: string; period: string; target: string }>({
    severity: "warning",
    message: ({ severity }) => `no ${severity} alert is left for this SLO`,
    why: ({ period, target }) =>
      `each of its windows either waits for a burn rate that an objective of ${target} cannot reach, or fires only once the budget of ${period} is gone`,
    help: "give an `AlertWindows` catalog for this period to choose windows of your own",
  }),
  "fires-too-late": code<{ window: string; share: string }>({
    severity: "warning",
    message: ({ window, share }) =>
      `this alert fires once ${share} of the budget is gone: its window of ${window} is too long for its threshold`,
    why: "the budget of the whole period is spent before anybody is told",
    help: "use a shorter window or a lower threshold",
  }),
  "window-below-scrapes": code<{ window: string }>({
    severity: "warning",
    message: ({ window }) => `a window of ${window} holds few scrapes`,
    why: "a rate needs two samples, so with an interval of 30s or more between scrapes there may be no ratio over it, and no alert",
    help: "use windows of `5m` and more, or of at least four scrape intervals",
  }),
  "same-alert-twice": code<{ name: string }>({
    severity: "error",
    message: ({ name }) => `two alert policies of this SLO make the alert \`${name}\` with the same labels`,
    why: "Alertmanager could not tell them apart: the one that ends would end the other too",
    help: "give the policies different names or severities",
  }),
  "window-above-period": code<{ window: string; period: string }>({
    severity: "error",
    message: ({ window, period }) => `the alert window of ${window} is longer than the SLO's period of ${period}`,
    why: "the budget it watches would be older than the budget that is left",
    help: ({ period }) => `use a window below ${period}`,
  }),
  "short-window-too-long": code<{ short: string; long: string }>({
    severity: "error",
    message: ({ short, long }) => `the short window of ${short} is not below the long window of ${long}`,
    why: "the short window is there to end the alert soon after the burning stops",
    help: "a twelfth of the long window is usual: `5m` beside `1h`",
  }),
  "window-not-in-slices": code<{ window: string; slice: string }>({
    severity: "error",
    message: ({ window, slice }) => `the window of ${window} does not hold a whole number of slices of ${slice}`,
    why: "a slice is either good or bad as a whole, so a window that cuts one has no burn rate",
    help: ({ slice }) => `use a multiple of ${slice}`,
  }),
  "one-slice-alerts": code<{ severity: string; slice: string; window: string }>({
    severity: "warning",
    message: ({ severity, slice, window }) => `a single bad slice of ${slice} is enough for the ${severity} alert over ${window}`,
    why: "the window holds so few slices that one of them already burns faster than the threshold",
    help: "use shorter slices, longer windows, or a lower target",
  }),
  "below-one": code<{ burnRate: string }>({
    severity: "warning",
    message: ({ burnRate }) => `a burn rate of ${burnRate} alerts although the budget lasts`,
    why: "at a burn rate of 1 the budget is spent exactly at the end of the period; below it some is left over",
    help: "use a threshold of 1 or more",
  }),
  "nothing-alerts": code({
    severity: "warning",
    message: () => "no alert is left for this SLO",
    why: "nobody is told when its budget burns",
    help: "give an alert policy with `alertWhenBreaching: true`",
  }),
});
