import { code, codeTable } from "../../diagnostics/diagnostic.ts";

export const datadogCodes = codeTable("datadog", {
  "threshold-occurrences": code({
    severity: "error",
    message: () => "Datadog judges a value by slices of time only, and this SLO counts occurrences",
    why: "there are no events to count, so its error budget would be a number of slices",
    help: "use `budgetingMethod: Timeslices` with `timeSliceWindow: 1m`; or count what is good and all of it, as in `count(v: v<0.5):trace.http.request{...}.as_count()` for a latency",
  }),
  "ratio-occurrences": code({
    severity: "error",
    message: () => "a raw ratio holds no counts, and without time slices an SLO of Datadog counts events",
    why: "Datadog would not know how much a quiet minute weighs against a busy one",
    help: "give the events as two queries, `good` or `bad` and `total`; or use `budgetingMethod: Timeslices` with `timeSliceWindow: 1m`",
  }),
  "ratio-timeslices": code({
    severity: "error",
    message: () => "Datadog has no SLO that is the mean of its slices' ratios",
    why: "a slice of time is good or bad as a whole there",
    help: "use `budgetingMethod: Occurrences`, or `Timeslices` with a `timeSliceTarget`",
  }),
  "slice-length": code<{ slice: string }>({
    severity: "error",
    message: ({ slice }) => `Datadog has no time slices of ${slice}`,
    why: "it knows slices of one minute and of five",
    help: "use `timeSliceWindow: 1m` or `5m`",
  }),
  "slice-target": code<{ target: string }>({
    severity: "notice",
    message: ({ target }) => `the \`timeSliceTarget\` of ${target} has no part in this SLO on Datadog`,
    why: "a measured value is one number for each slice there, so all of the slice is good or none of it",
    help: "nothing to do; with `timeSliceTarget: 1` the spec says what Datadog does",
  }),
  "coarse-slices": code<{ slice: string; budget: string; slices: string; period: string }>({
    severity: "warning",
    message: ({ slice, budget, period }) => `slices of ${slice} are too coarse for a budget of ${budget} in ${period}`,
    why: ({ slices }) =>
      `the whole budget is ${slices} slices, so ${Number(slices) > 1 ? "two bad ones exhaust" : "one bad one exhausts"} it`,
    help: ({ slice }) => (slice === "5m" ? "use `timeSliceWindow: 1m`, or a lower target" : "use a lower target, or count events"),
  }),
  "target-decimals": code<{ percent: string; most: number; share: string }>({
    severity: "error",
    message: ({ percent, most }) => `Datadog takes targets with ${most} decimals, and ${percent} % has more`,
    why: "it has been seen to cut further digits off without a word, which makes the objective another one",
    help: ({ percent, most, share }) => `round it: \`${share}\`, or \`${cut(percent, most)}\` in percent`,
  }),
  "unsure-decimals": code<{ percent: string }>({
    severity: "warning",
    message: ({ percent }) => `Datadog does not say whether a time slice SLO keeps all decimals of ${percent} %`,
    why: "other kinds of SLO there have lost their third decimal without a word",
    help: "use two decimals, or look at the target in Datadog once it is created",
  }),
  timeframe: code<{ period: string; key: string; calendar: boolean }>({
    severity: "error",
    message: ({ period, calendar }) =>
      calendar ? `Datadog has no calendar periods, and this one is a calendar period of ${period}` : `Datadog has no SLOs over ${period}`,
    why: "its timeframes are the last 7, 30 and 90 days",
    help: ({ key }) => `use one of them, or choose the one that stands for it: \`datadog: { timeframes: { ${key}: 30d } }\``,
  }),
  "timeframe-mapped": code<{ period: string; timeframe: string; calendar: boolean }>({
    severity: "warning",
    message: ({ period, timeframe, calendar }) =>
      `the SLO over ${calendar ? `a calendar period of ${period}` : period} is one over the last ${timeframe} on Datadog`,
    why: ({ calendar }) =>
      calendar
        ? "its budget does not come back at the start of the period, but day by day"
        : "its error budget is that of another length of time, so the two do not run out together",
    help: ({ timeframe }) => `use a rolling window of \`${timeframe}\` in the spec, so that it says what is measured`,
  }),
  "combined-conditions": code<{ policy: string; count: number }>({
    severity: "error",
    message: ({ policy, count }) => `the ${count} conditions of \`${policy}\` cannot be joined to one alert on Datadog`,
    why: "each burn-rate monitor holds one condition, and monitors that fire one by one would alert where the policy does not",
    help: "make a policy of each condition, or keep the one that matters",
  }),
  "long-window": code<{ window: string; metric: boolean }>({
    severity: "error",
    message: ({ window }) => `a burn rate over ${window} cannot be watched on Datadog`,
    why: "the long window of its burn-rate alerts is a number of whole hours, from 1 to 48",
    help: ({ metric }) =>
      metric
        ? "use a window of up to 48 hours, or `datadog: { alerts: metric }`, whose windows are up to seven days long"
        : "use a window of whole hours, up to 48",
  }),
  "short-window": code<{ short: string; long: string }>({
    severity: "error",
    message: ({ short, long }) => `Datadog has no short window of ${short} beside ${long}`,
    why: "the short window of its burn-rate alerts is a number of whole minutes, and shorter than the long one",
    help: "a twelfth of the long window is usual: `5m` beside `1h`",
  }),
  "metric-window": code<{ window: string }>({
    severity: "error",
    message: ({ window }) => `a metric monitor cannot look back over ${window}`,
    why: "its window is a number of whole minutes, and at most seven days",
    help: "use a shorter window",
  }),
  "metric-needs-events": code<{ setting: string }>({
    severity: "error",
    message: ({ setting }) => `\`datadog.${setting}: metric\` needs counts of events, and this SLO has none that its budget counts`,
    why: "a metric monitor divides bad events by all of them; what slices of time or a value burn is known to the SLO alone",
    help: ({ setting }) => `use \`datadog: { ${setting}: ${setting === "alerts" ? "slo" : "clamp"} }\``,
  }),
  "metric-alerts": code<{ count: number }>({
    severity: "notice",
    message: ({ count }) => `${count === 1 ? "a metric monitor has" : `${count} metric monitors have`} a long window only`,
    why: "one monitor has one window, so the alert stays until the burning has left the long one; from 24 hours on Datadog looks every ten minutes, from 48 every half hour",
    help: "use `datadog: { alerts: slo }` and `longWindows: clamp` for both windows",
  }),
  "long-windows": code<{ windows: string; count: number }>({
    severity: "notice",
    message: ({ windows, count }) => `the windows ${windows} for ${count === 1 ? "one SLO" : `${count} SLOs`}`,
    why: "Datadog's burn-rate alerts look back over 48 hours at most; the threshold is raised to spend the same share of the budget, so that what burns more slowly for days goes unnoticed",
    help: "choose with `datadog.longWindows`, which also ends this notice: `clamp`, `errorBudget`, `metric` or `none`",
  }),
  "clamped-cannot-fire": code<{ severity: string; window: string; burnRate: string; highest: string }>({
    severity: "warning",
    message: ({ severity, window }) => `the ${severity} alert does without its window of ${window}: within 48 hours it could never fire`,
    why: ({ burnRate, highest }) => `it would wait for a burn rate of ${burnRate}, and with this objective there is none above ${highest}`,
    help: "the other windows still alert; choose another `datadog.longWindows` to keep this one",
  }),
  "alert-after": code<{ after: string }>({
    severity: "warning",
    message: ({ after }) => `Datadog alerts at once, not after ${after}`,
    why: "its monitors have no time for which a condition must hold; the short window is what keeps a blip from alerting",
    help: "use a longer window, or leave `alertAfter` to the spec's other targets and live with this warning",
  }),
  "no-data-left-out": code({
    severity: "notice",
    message: () => "nobody is told on Datadog when this SLI has no data",
    why: "slogen watches counts of events, which silence brings to zero; a value has no such number, and its SLO takes what is missing for good",
    help: "watch the metric with a monitor of your own; `datadog: { noDataFor: never }` ends this notice",
  }),
  "grouped-alerts": code<{ groups: readonly string[] }>({
    severity: "notice",
    message: ({ groups }) => `the burn-rate alerts of this SLO watch all of its groups by ${groups.join(", ")} together`,
    why: "how Datadog writes an alert for each group of an SLO is not documented; the SLO itself shows each",
    help: "make an SLO of each group that must alert by itself",
  }),
  "notification-target": code<{ name: string; target: string }>({
    severity: "error",
    message: ({ name, target }) =>
      `nothing says who the notification target \`${name}\`${target === "" ? "" : ` (\`${target}\`)`} is on Datadog`,
    why: "the alert would reach nobody",
    help: ({ name }) => `say it in slogen.yaml: \`datadog: { handles: { ${name}: "@slack-payments" } }\``,
  }),
  "unknown-target": code<{ name: string; nearest: string | undefined }>({
    severity: "warning",
    message: ({ name }) => `\`datadog.handles.${name}\` is for a notification target that no alert has`,
    why: "it notifies nobody",
    help: ({ nearest }) => (nearest === undefined ? "remove it, or name a target of an alert policy" : `did you mean \`${nearest}\`?`),
  }),
  "unknown-severity": code<{ option: string; severity: string; nearest: string | undefined; known: readonly string[] }>({
    severity: "warning",
    message: ({ option, severity }) => `\`datadog.${option}.${severity}\` is for a severity that no alert has`,
    why: "it changes nothing",
    help: ({ nearest, known }) => (nearest === undefined ? `the severities are ${known.join(", ")}` : `did you mean \`${nearest}\`?`),
  }),
  "nobody-notified": code<{ severities: readonly string[]; count: number }>({
    severity: "notice",
    message: ({ severities, count }) =>
      `${count === 1 ? "a monitor" : `${count} monitors`} of severity ${severities.map((each) => `\`${each}\``).join(" and ")} ${count === 1 ? "notifies" : "notify"} nobody`,
    why: "a monitor of Datadog tells those whose handles are in its message, unless notification rules pick it up by its tags",
    help: ({ severities }) =>
      `name whom they tell, or \`[]\` for nobody: \`datadog: { notify: { ${severities.map((each) => `${each}: ["@slack-oncall"]`).join(", ")} } }\``,
  }),
  "go-template": code<{ name: string; kind: "label" | "annotation" }>({
    severity: "notice",
    message: ({ name, kind }) => `the ${kind} \`${name}\` is left out on Datadog: it is a template for Prometheus`,
    why: "what stands between its braces are Prometheus's series, which a monitor of Datadog does not have",
    help: "nothing to do, unless Datadog should have it: then write it without braces",
  }),
  "would-be-refused": code<{ id: string; others: number; problem: string }>({
    severity: "error",
    message: ({ id, others, problem }) =>
      `Datadog would refuse \`${id}\`${others === 0 ? "" : ` and ${others} more`}, or take it for something else: ${problem}`,
    why: "slogen found it by Datadog's own rules, which its server applies only when the object is created",
    help: "if a text of your own in the templates folder says it, change that; otherwise it is a mistake of slogen's: please report it",
  }),
  "reserved-tag": code<{ key: string }>({
    severity: "error",
    message: ({ key }) => `the label \`${key}\` would be a tag that tells slogen's own objects apart`,
    why: "`slogen push datadog` would take one object for another, and overwrite or remove it",
    help: "choose another name for the label",
  }),
  "tag-too-long": code<{ tag: string; length: number }>({
    severity: "error",
    message: ({ tag, length }) => `the tag \`${tag.slice(0, 40)}...\` has ${length} characters, and Datadog takes 200`,
    why: "it would be cut, and found by no search for the whole",
    help: "shorten the name or the value",
  }),
  "duplicate-id": code<{ id: string; first: string; second: string }>({
    severity: "error",
    message: ({ id, first, second }) => `${first} and ${second} would both be \`${id}\` on Datadog`,
    why: "slogen finds its objects again by this tag, which knows no capitals and few signs: one of the two would replace the other",
    help: "rename one of them; a monitor is named by its severity and long window, its policy, the share of the budget, or `no-data`",
  }),
  "file-collision": code<{ path: string; id: string; other: string }>({
    severity: "error",
    message: ({ path, id, other }) => `\`${id}\` and \`${other}\` would both be written to \`${path}\``,
    why: "characters that file names do not take become dashes, and some file systems do not tell capitals from small letters",
    help: "rename one of the two SLOs, or its service",
  }),
  "other-site": code<{ site: string; source: string; asked: string }>({
    severity: "warning",
    message: ({ site, source, asked }) => `the SLOs go to \`${site}\`, and the gates ask \`${source}\` on \`${asked}\``,
    why: "each site is an organisation of its own, with its own keys: what is pushed to the wrong one has no data, and alerts nobody",
    help: ({ asked }) => `set \`datadog: { site: ${asked} }\`, or the site of the source`,
  }),
});

/** The decimal less the digits that are too many. */
function cut(decimal: string, places: number): string {
  return new RegExp(`^\\d+(?:\\.\\d{0,${places}})?`).exec(decimal)?.[0] ?? decimal;
}
