import { code, codeTable } from "../../diagnostics/diagnostic.ts";
import type { Language } from "./sources.ts";

const quoted = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");
const meant = (nearest: string | undefined): string => (nearest === undefined ? "" : `did you mean \`${nearest}\`?`);

export const opensloCodes = codeTable("openslo", {
  "unknown-version": code<{ version: string; suggestion: string }>({
    severity: "error",
    message: ({ version }) => (version === "" ? "`apiVersion` is no version of OpenSLO" : `\`${version}\` is no version of OpenSLO`),
    label: ({ suggestion }) => meant(suggestion),
    help: ({ suggestion }) =>
      `write \`apiVersion: ${suggestion}\`; there are \`openslo/v1\`, \`openslo/v1alpha\` and \`openslo.com/v2alpha\``,
  }),
  "unknown-kind": code<{ kind: string; version: string; kinds: readonly string[]; nearest: string | undefined; inV1: boolean }>({
    severity: "error",
    message: ({ kind, version }) => (kind === "" ? `an object of ${version} needs a \`kind\`` : `\`${version}\` has no kind \`${kind}\``),
    label: ({ nearest }) => meant(nearest),
    why: "the OpenSLO SDK refuses the whole file for it",
    help: ({ nearest, kinds, inV1 }) =>
      nearest !== undefined
        ? `write \`kind: ${nearest}\``
        : inV1
          ? "write `apiVersion: openslo/v1`, which has it"
          : `use one of ${quoted(kinds)}`,
  }),
  "duplicate-object": code<{ kind: string; name: string }>({
    severity: "error",
    message: ({ kind, name }) => `there are two ${kind} objects named \`${name}\``,
    label: "the second one",
    why: "a reference to this name could mean either",
    help: "rename one of them, or remove it",
  }),
  "dangling-reference": code<{ kind: string; name: string; nearest: string | undefined; hint: string | undefined }>({
    severity: "error",
    message: ({ kind, name }) => `there is no ${kind} named \`${name}\``,
    label: ({ nearest }) => meant(nearest),
    help: ({ kind, name, nearest, hint }) =>
      hint ??
      (nearest === undefined ? `add the ${kind} \`${name}\` to the files that are built, or correct the name` : `write \`${nearest}\``),
  }),
  "unknown-service": code<{ name: string; nearest: string | undefined }>({
    severity: "warning",
    message: ({ name }) => `there is no Service named \`${name}\``,
    label: ({ nearest }) => meant(nearest),
    why: "the service is part of the SLO's id and of its series, so a slip makes another SLO",
    help: ({ name, nearest }) => (nearest === undefined ? `add the Service \`${name}\`, or correct the name` : `write \`${nearest}\``),
  }),
  "unknown-source": code<{ name: string; nearest: string | undefined }>({
    severity: "warning",
    message: ({ name }) => `there is no DataSource named \`${name}\``,
    label: ({ nearest }) => meant(nearest),
    why: "the metric names its type itself, but a tool that asks the source by its name finds none",
    help: ({ name, nearest }) => (nearest === undefined ? `add the DataSource \`${name}\`, or correct the name` : `write \`${nearest}\``),
  }),

  "indicator-missing": code<{ inline: string; ref: string; objective: boolean }>({
    severity: "error",
    message: ({ objective }) => (objective ? "this objective has no indicator, though others have one" : "this SLO has no indicator"),
    why: ({ objective }) => (objective ? "an SLO gives one indicator for all objectives, or one in each" : "nothing says what to measure"),
    help: ({ inline, ref }) =>
      inline === ref ? `add \`${inline}\`` : `add \`${ref}\` with the name of an SLI, or \`${inline}\` with its spec`,
  }),
  "indicator-twice": code<{ inline: string; ref: string; levels: boolean }>({
    severity: "error",
    message: ({ levels, inline, ref }) =>
      levels ? "the SLO and its objectives both have an indicator" : `\`${inline}\` and \`${ref}\` both give the indicator`,
    why: "only one of them can be measured",
    help: ({ levels, inline, ref }) =>
      levels ? "keep the SLO's indicator, or give each objective its own and remove the SLO's" : `keep \`${inline}\` or \`${ref}\``,
  }),
  "kind-in-indicator": code({
    severity: "error",
    message: () => "an indicator in place has no `kind`",
    why: "the OpenSLO SDK refuses the field, so other tools cannot read the file",
    help: "remove the line, or allow it with `lenient: { kindInIndicator: true }` in slogen.yaml",
  }),
  "sli-metric": code<{ both: boolean }>({
    severity: "error",
    message: ({ both }) => (both ? "an SLI has either `ratioMetric` or `thresholdMetric`" : "this SLI has no metric"),
    help: ({ both }) =>
      both ? "keep one of the two" : "add `ratioMetric` for shares of events, or `thresholdMetric` for a value with a limit",
  }),
  "ratio-parts": code<{ problem: string; help: string }>({
    severity: "error",
    message: ({ problem }) => problem,
    why: "a ratio is good or bad events out of all of them (`total`), or a ready ratio (`raw`)",
    help: ({ help }) => help,
  }),
  "idle-setting": code<{ setting: string; reason: string }>({
    severity: "warning",
    message: ({ setting, reason }) => `\`${setting}\` has no effect: ${reason}`,
    help: ({ setting }) => `remove \`${setting}\``,
  }),
  "metric-source": code<{ both: boolean }>({
    severity: "error",
    message: ({ both }) =>
      both ? "a metric has either `dataSourceRef` or `dataSourceSpec`" : "this metric does not say where its data is",
    why: "without a source the query has no language, and two sources may disagree",
    help: ({ both }) => (both ? "keep one of the two" : "add `dataSourceRef` with the name of a DataSource, or `dataSourceSpec`"),
  }),
  "no-source-type": code<{ source: string | undefined; inPlace: string }>({
    severity: "error",
    message: ({ source }) =>
      source === undefined
        ? "nothing says which system this metric is queried from"
        : `the system behind the DataSource \`${source}\` is not known`,
    why: "the query's language depends on it",
    help: ({ source, inPlace }) =>
      source === undefined
        ? `add \`${inPlace}\`, or \`metricSourceRef\` with the name of a DataSource`
        : `add the DataSource \`${source}\` to the files that are built, or write \`${inPlace}\` here`,
  }),
  "source-type-mismatch": code<{ type: string; source: string; sourceType: string }>({
    severity: "error",
    message: ({ type, source, sourceType }) => `the metric says \`${type}\`, and its DataSource \`${source}\` says \`${sourceType}\``,
    why: "the query's language depends on it",
    help: ({ sourceType }) => `write \`type: ${sourceType}\`, or name another DataSource`,
  }),
  "mixed-sources": code<{ part: string; one: string; other: string }>({
    severity: "error",
    message: ({ part, one, other }) => `\`${part}\` is queried from ${one}, and \`total\` from ${other}`,
    why: "one query cannot divide numbers from two systems",
    help: "query both from the same source",
  }),
  "foreign-system": code<{ slo: string; type: string; nearest: string | undefined }>({
    severity: "error",
    message: ({ slo, type }) => `the SLO \`${slo}\` is measured in \`${type}\`, whose queries slogen does not read`,
    label: ({ nearest }) => meant(nearest),
    why: "a query cannot be translated from one system's language to another's",
    help: ({ nearest }) =>
      nearest === undefined
        ? "give the indicator as a query for Prometheus or Datadog, or leave this SLO out of the build"
        : `write \`type: ${nearest}\``,
  }),
  "prometheus-setting": code<{ settings: readonly string[] }>({
    severity: "error",
    message: ({ settings }) =>
      `${quoted(settings)} ${settings.length === 1 ? "belongs" : "belong"} to Prometheus metrics, and this one is queried from Datadog`,
    why: "a Datadog query is taken as it is written, so without its bound every event would count",
    help: ({ settings }) =>
      `remove ${quoted(settings)}; a distribution's values up to a bound are counted by \`count(v: v<=0.3):http.request.duration{...}.as_count()\``,
  }),
  "query-missing": code<{ key: string | undefined; nearest: string | undefined; language: Language }>({
    severity: "error",
    message: ({ key }) => (key === undefined ? "the metric has no query" : `\`${key}\` must be the query as text`),
    label: ({ nearest }) => meant(nearest),
    why: "OpenSLO leaves this part of a metric to each tool, so other checks let it pass",
    help: ({ key, nearest, language }) =>
      nearest === undefined
        ? `${key === undefined ? "add `query` with" : "write"} the ${language === "promql" ? "PromQL expression" : "Datadog query"}`
        : `write \`${nearest}\``,
  }),
  "query-language": code<{ language: string; system: string }>({
    severity: "error",
    message: ({ language, system }) =>
      `the query's language is \`${language}\`, and ${system} reads ${system === "Prometheus" ? "PromQL" : "its own"}`,
    why: "in another language the query fails to load, or counts something else",
    help: ({ system }) =>
      system === "Prometheus"
        ? "write `queryType: promql` if that is what it is, or give the query as PromQL"
        : "remove `queryType` if this is a Datadog query, or write the system that it is for",
  }),
  "unread-setting": code<{ setting: string; nearest: string | undefined; known: readonly string[]; system: string }>({
    severity: "warning",
    message: ({ setting, system }) => `nothing reads \`${setting}\` of a ${system} metric`,
    label: ({ nearest }) => meant(nearest),
    why: "a setting that nobody reads silently does nothing",
    help: ({ known, nearest }) => (nearest === undefined ? `remove it; ${quoted(known)} are read` : `write \`${nearest}\`, or remove it`),
  }),

  "no-objectives": code({
    severity: "error",
    message: () => "this SLO has no objective",
    why: "the OpenSLO SDK accepts it, and nothing would be built from it",
    help: "add `objectives: [{ target: 0.999 }]`",
  }),
  "target-or-percent": code<{ both: boolean }>({
    severity: "error",
    message: ({ both }) => (both ? "an objective has either `target` or `targetPercent`" : "this objective has no target"),
    help: ({ both }) => (both ? "keep one of the two" : "add `target: 0.999`, or `targetPercent: 99.9`"),
  }),
  "bad-target": code<{ problem: string; label: string | undefined; help: string }>({
    severity: "error",
    message: ({ problem }) => problem,
    label: ({ label }) => label ?? "",
    help: ({ help }) => help,
  }),
  "percent-is-ratio": code<{ value: string; bad: string; percent: string | undefined }>({
    severity: "error",
    message: ({ value, bad }) => `\`targetPercent: ${value}\` is ${value} %, so ${bad} % of all events may be bad`,
    label: ({ percent }) => meant(percent),
    why: "a percentage of 1 or less is nearly always a ratio by mistake, and with such a budget no page can fire",
    help: ({ value, percent }) =>
      percent === undefined
        ? "write a percentage below 100, such as `targetPercent: 99.9`"
        : `write \`targetPercent: ${percent}\`, or \`target: ${value}\``,
  }),
  "bad-op": code<{ op: string; nearest: string | undefined }>({
    severity: "error",
    message: ({ op }) => `\`op\` must be \`lt\`, \`lte\`, \`gt\` or \`gte\`, and is \`${op}\``,
    label: ({ nearest }) => meant(nearest),
    help: ({ nearest }) => `write \`op: ${nearest ?? "lte"}\`: a point of the metric is good while \`point op value\` holds`,
  }),
  "op-with-ratio": code<{ field: string }>({
    severity: "error",
    message: ({ field }) => `\`${field}\` has no meaning for a ratio`,
    why: "a ratio counts good events; only a threshold metric compares a value with a limit. The OpenSLO SDK refuses it too",
    help: ({ field }) => `remove \`${field}\`; the promise is in \`target\` alone`,
  }),
  "threshold-limit": code<{ field: string }>({
    severity: "error",
    message: ({ field }) => `this objective has no \`${field}\`, which its threshold metric needs`,
    why: "a point of the metric is good while `point op value` holds",
    help: ({ field }) =>
      field === "op" ? "add `op: lte`, or another of `lt`, `gt` and `gte`" : "add `value` with the limit, in the metric's unit",
  }),
  "ratio-without-value": code({
    severity: "warning",
    message: () => "this objective has no `value`",
    why: "a ratio has no use for it, but the OpenSLO SDK refuses the document; Sloth does not",
    help: "add `value: 1`, or move to `openslo/v1`, which has no value here",
  }),
  "slice-settings": code<{ field: string; method: string }>({
    severity: "error",
    message: ({ field, method }) => `the budgeting method \`${method}\` needs \`${field}\` in each objective`,
    help: ({ field }) => (field === "timeSliceWindow" ? "add `timeSliceWindow: 1m`" : "add `timeSliceTarget: 0.95`"),
  }),
  "slice-target-range": code<{ value: string; suggestion: string | undefined }>({
    severity: "error",
    message: ({ value }) => `\`timeSliceTarget\` must be above 0 and at most 1, and is \`${value}\``,
    label: ({ suggestion }) => meant(suggestion),
    why: "it is the share of good events from which a slice counts as good",
    help: ({ suggestion }) =>
      suggestion === undefined ? "write a ratio such as `timeSliceTarget: 0.95`" : `write \`timeSliceTarget: ${suggestion}\``,
  }),
  "composite-weight": code({
    severity: "error",
    message: () => "`compositeWeight` must be above 0",
    why: "with 0 the objective would never count, and below 0 its failures would fill the budget up",
    help: "write `compositeWeight: 1`, or remove it",
  }),
  composite: code<{ weighted: boolean }>({
    severity: "warning",
    message: () => "each objective of this composite SLO becomes an SLO of its own",
    why: ({ weighted }) => `OpenSLO does not define which target a composite has${weighted ? "; the weights are not used" : ""}`,
    help: "read the budgets one by one; nothing combines them",
  }),
  "objective-order": code<{ first: string }>({
    severity: "warning",
    message: ({ first }) =>
      `the objectives have no names, or names that make the same id, so their ids end in numbers: \`${first}\` and so on`,
    why: "once an objective is inserted or moved, the others continue each other's series and error budgets",
    help: "give each objective its own `displayName`",
  }),

  "rolling-or-calendar": code<{ rolling: boolean }>({
    severity: "error",
    message: ({ rolling }) => (rolling ? "a rolling window has no calendar" : "this time window is neither rolling nor on the calendar"),
    why: "a rolling budget recovers day by day, and one on the calendar is full again when a period starts",
    help: ({ rolling }) =>
      rolling ? "remove `calendar`, or write `isRolling: false`" : "add `isRolling: true`, or `calendar` with `startTime` and `timeZone`",
  }),
  "assumed-rolling": code({
    severity: "warning",
    message: () => "this time window is read as rolling, which it does not say",
    why: "that is how Sloth reads it; the OpenSLO SDK refuses a window that is neither rolling nor on the calendar",
    help: "add `isRolling: true`",
  }),
  "bad-duration": code<{ field: string; text: string; units: readonly string[]; suggestion: string | undefined; example: string }>({
    severity: "error",
    message: ({ field, text }) => (text === "" ? `\`${field}\` is no duration` : `\`${field}\` is no duration: \`${text}\``),
    label: ({ suggestion }) => meant(suggestion),
    why: ({ units }) => `OpenSLO has whole numbers from 1 with one unit of ${quoted(units)}, no seconds and no sums`,
    help: ({ field, suggestion, example }) =>
      suggestion === undefined ? `write a duration such as \`${field}: ${example}\`` : `write \`${field}: ${suggestion}\``,
  }),
  "bad-start-time": code<{ text: string; suggestion: string | undefined }>({
    severity: "error",
    message: ({ text }) => `\`startTime\` is no moment of the form \`YYYY-MM-DD HH:MM:SS\`: \`${text}\``,
    label: ({ suggestion }) => meant(suggestion),
    help: ({ suggestion }) => `write \`startTime: ${suggestion ?? "2026-01-01 00:00:00"}\`, in local time of \`timeZone\``,
  }),
  "bad-time-zone": code<{ name: string; nearest: string | undefined }>({
    severity: "error",
    message: ({ name }) => `\`${name}\` is no time zone`,
    label: ({ nearest }) => meant(nearest),
    why: "the zone decides when each period starts; `Local` would depend on the machine",
    help: ({ nearest }) => `write a name of the time zone database, such as \`timeZone: ${nearest ?? "Europe/Berlin"}\``,
  }),
  "short-calendar-window": code<{ duration: string; months: string | undefined }>({
    severity: "error",
    message: ({ duration }) => `a calendar period of \`${duration}\` is shorter than a day`,
    label: ({ months }) => meant(months),
    why: ({ months }) => (months === undefined ? "a budget that is full again so often says nothing" : "`m` is minutes; months are `M`"),
    help: ({ months }) => `write \`duration: ${months ?? "1d"}\``,
  }),

  "bare-policy-name": code<{ name: string }>({
    severity: "error",
    message: () => "an entry of `alertPolicies` must be a map",
    why: "OpenSLO took bare names until 2022; its SDK refuses them now",
    help: ({ name }) =>
      `write \`alertPolicyRef: ${name === "" ? "name" : name}\`, or allow bare names with \`lenient: { barePolicyNames: true }\` in slogen.yaml`,
  }),
  "several-conditions": code<{ count: number }>({
    severity: "error",
    message: ({ count }) => `an alert policy has one condition, and this one has ${count}`,
    why: "OpenSLO does not say whether all of them or any must hold",
    help: "make one policy of each, or demand all of them with `lenient: { conditionsAsAnd: true }` in slogen.yaml",
  }),
  "burn-condition-below": code<{ op: string }>({
    severity: "error",
    message: ({ op }) => `with \`op: ${op}\` this alert fires while all is well`,
    why: "a burn rate is bad when it is high; older OpenSLO examples have the operator the wrong way round",
    help: ({ op }) => `write \`op: ${op === "lt" ? "gt" : "gte"}\``,
  }),
  "burn-threshold": code<{ threshold: string }>({
    severity: "error",
    message: ({ threshold }) => `an alert cannot wait for a burn rate of ${threshold}`,
    why: "a burn rate is 0 while nothing fails, and never less, so the alert would fire for ever or at the first failure",
    help: "write a threshold above 0, such as `14.4`",
  }),
  "silent-policy": code<{ name: string }>({
    severity: "warning",
    message: ({ name }) => `the alert policy \`${name}\` never alerts`,
    why: "`alertWhenBreaching`, `alertWhenNoData` and `alertWhenResolved` are all false, which they are unless written",
    help: "add `alertWhenBreaching: true`",
  }),
  "resolved-only": code<{ name: string }>({
    severity: "warning",
    message: ({ name }) => `the alert policy \`${name}\` speaks only when an alert is over`,
    why: "that is a setting of the receiver in Alertmanager and no rule, so nobody hears that the budget burns",
    help: "add `alertWhenBreaching: true`, and `send_resolved: true` to the receiver",
  }),

  "unknown-annotation": code<{
    name: string;
    kind: string;
    nearest: string | undefined;
    known: readonly string[];
    owners: readonly string[];
  }>({
    severity: "error",
    message: ({ name, kind }) => `slogen reads no annotation \`${name}\` of ${kind} objects`,
    label: ({ nearest }) => meant(nearest),
    why: "a setting that nobody reads silently does nothing",
    help: ({ nearest, known, owners }) =>
      nearest !== undefined
        ? `write \`${nearest}\``
        : owners.length > 0
          ? `move it to the ${owners.join(" or ")} that it is meant for`
          : known.length === 0
            ? "remove it: there are none for this kind"
            : `use one of ${quoted(known)}`,
  }),
  "bad-annotation": code<{ name: string; value: string; wanted: string; example: string }>({
    severity: "error",
    message: ({ name, value, wanted }) => `\`${name}\` must be ${wanted}, and is \`${value}\``,
    help: ({ name, example }) => `write \`${name}: ${example}\``,
  }),
  "label-renamed": code<{ label: string; renamed: string }>({
    severity: "notice",
    message: ({ label, renamed }) => `the label \`${label}\` becomes \`${renamed}\` in Prometheus`,
    why: "Alertmanager and most operators take only letters, digits and underscores",
    help: ({ renamed }) => `write \`${renamed}\` to say the same in both`,
  }),
  "label-clash": code<{ label: string; renamed: string }>({
    severity: "error",
    message: ({ label, renamed }) => `the label \`${label}\` becomes \`${renamed}\` in Prometheus, the name of another label`,
    why: "one of the two values would be lost",
    help: "rename one of them",
  }),

  "histogram-kind": code<{ kind: string; nearest: string | undefined }>({
    severity: "error",
    message: ({ kind }) => `\`histogram\` must be \`classic\` or \`native\`, and is \`${kind}\``,
    label: ({ nearest }) => meant(nearest),
    help: ({ nearest }) =>
      nearest === undefined
        ? "write `histogram: classic` if the metric has a `_bucket` series for each bound, `histogram: native` if it has none"
        : `write \`histogram: ${nearest}\``,
  }),
  "histogram-query": code<{ reason: string; suggestion: string | undefined }>({
    severity: "error",
    message: ({ reason }) => `with \`histogram\`, the query must be the histogram alone: ${reason}`,
    why: "slogen adds the bucket, the rate and the sum itself",
    help: ({ suggestion }) => `write \`query: ${suggestion ?? `'http_request_duration_seconds{job="api"}'`}\``,
  }),
  "histogram-use": code<{ problem: string; help: string }>({
    severity: "error",
    message: ({ problem }) => problem,
    why: "`good` counts the events below a bound and `total` all events of the same histogram",
    help: ({ help }) => help,
  }),
  "bad-below": code<{ text: string; reason: string; help: string }>({
    severity: "error",
    message: ({ text, reason }) => `\`${text}\` is no bound of a histogram: ${reason}`,
    help: ({ help }) => help,
  }),
  "below-not-a-bucket": code<{ below: string; buckets: readonly string[]; nearest: string | undefined }>({
    severity: "error",
    message: ({ below }) => `the histogram has no bucket at ${below}`,
    label: ({ nearest }) => meant(nearest),
    why: "a bucket that does not exist has no series, so there would be no error ratio and no burn rate to alert on",
    help: ({ buckets }) => `use one of its buckets: ${quoted(buckets)}`,
  }),
  "below-unit": code<{ bound: string; unit: string; metric: string }>({
    severity: "warning",
    message: ({ bound, unit }) => `the bound is ${bound} ${unit}`,
    why: ({ metric, unit }) => `\`${metric}\` counts ${unit}, for which that is an unusual limit`,
    help: "write the bound with its unit, such as `300ms`",
  }),
  "le-missing": code<{ metric: string; total: boolean }>({
    severity: "error",
    message: ({ metric }) => `\`${metric}\` is summed over all its buckets`,
    why: "each bucket of a classic histogram contains the smaller ones, so events are counted many times",
    help: ({ metric, total }) =>
      total ? `count all events with \`${metric.replace(/_bucket$/, "_count")}\`` : 'choose one bucket, such as `{le="0.3"}`',
  }),
  "le-infinite": code<{ metric: string }>({
    severity: "error",
    message: ({ metric }) => `the bucket \`le="+Inf"\` of \`${metric}\` holds all events`,
    why: "every event would be good, and no alert could fire",
    help: 'choose the bucket of the limit, such as `{le="0.3"}`',
  }),
  "le-not-a-number": code<{ value: string }>({
    severity: "error",
    message: ({ value }) => `\`${value}\` is no bound of a bucket`,
    why: "no bucket has it, so the query selects nothing",
    help: 'write the bound as a number, such as `{le="0.3"}`',
  }),
  "le-several": code<{ matcher: string }>({
    severity: "error",
    message: ({ matcher }) => `\`${matcher}\` may select several buckets`,
    why: "each bucket holds all smaller ones, so one event would be counted more than once",
    help: 'choose one bucket, such as `{le="0.3"}`',
  }),
  "le-integer": code<{ value: string; both: string }>({
    severity: "warning",
    message: ({ value }) =>
      `\`le="${value}"\` ${value.includes(".") ? "may select nothing in Prometheus 2" : "selects nothing in Prometheus 3"}`,
    why: "Prometheus 3 stores whole bounds as `1.0`, and Prometheus 2 as the target writes them, which is `1` or `1.0`",
    help: ({ both }) => `write \`le=~"${both}"\`, which selects either`,
  }),
});
