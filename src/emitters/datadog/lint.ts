import type { MetricQuery } from "../../datadogql/ast.ts";
import { AGGREGATORS } from "../../datadogql/names.ts";
import { parseQuery } from "../../datadogql/parse.ts";
import { isPlainMetric, metricsOf } from "../../datadogql/rewrite.ts";
import { isJsonObject } from "../../output/json-object.ts";
import { divide, equal, fromNumber, less, ONE, parseDecimal, rational, subtract, toDecimal, type Rational } from "../../units/rational.ts";
import { exactText, type ExactNumber, type Json } from "../../yaml/json.ts";
import { placeholder } from "./names.ts";
import type { DatadogObject, DatadogSloPayload, Formula, MetricSlo, MonitorPayload, NamedQuery, Timeframe } from "./types.ts";

/**
 * Everything between the fields of one object that Datadog would refuse, or worse, take and watch wrongly: what its schema cannot say.
 * Users' mistakes are found before; a finding here is slogen's own fault. There is no way to ask Datadog about an SLO without creating it.
 * @param slos the payloads of the build's SLOs by their `slogen_id`
 */
export function lintObject(object: DatadogObject, slos: ReadonlyMap<string, DatadogSloPayload>): readonly string[] {
  return [...inTags(object), ...(object.kind === "slo" ? inSlo(object.payload) : inMonitor(object.payload, object.slo, slos))];
}

/**
 * The first rule between the fields of one file that an overlay has broken; a document that satisfies its schema. Only what holds whatever
 * the user may have meant: two numbers that Datadog compares, and names of queries.
 */
export function problemWithin(document: Json): string | undefined {
  if (!isJsonObject(document)) return undefined;
  if ("thresholds" in document) return inOverlaidSlo(document as unknown as DatadogSloPayload)[0];
  const { query, options } = document as unknown as Partial<MonitorPayload>;
  return query === undefined || options === undefined ? undefined : inOverlaidMonitor(query, options.thresholds.critical)[0];
}

function inOverlaidSlo(slo: DatadogSloPayload): readonly string[] {
  const { sli_specification: specification } = slo;
  if (specification === undefined) return inThresholds(slo);
  if ("time_slice" in specification) {
    const { formulas, queries } = specification.time_slice.query;
    return [...inThresholds(slo), ...inFormulas(formulas, queries)];
  }
  // An overlay may choose the form with all events, which slogen does not write.
  const { queries, ...formulas } = specification.count;
  return [...inThresholds(slo), ...inFormulas(Object.values(formulas), queries)];
}

function inOverlaidMonitor(query: string, critical: ExactNumber): readonly string[] {
  const value = /-?[\d.]+$/.exec(query)?.[0] ?? "";
  const isSame = equal(parseDecimal(value) ?? rational(0), valueOf(critical));
  const burn = BURN_RATE.exec(query);
  return [...(isSame ? [] : inCritical(value, critical)), ...(burn === null ? [] : inWindows(Number(burn[3]), Number(burn[4])))];
}

function inTags({ id, payload: { name, tags } }: DatadogObject): readonly string[] {
  return [
    ...(name === name.trim() ? [] : ["its name starts or ends with a blank"]),
    ...(tags.every((tag, i) => i === 0 || (tags[i - 1] ?? "") < tag) ? [] : ["its tags are not sorted, or one is there twice"]),
    ...(tags.includes(`slogen_id:${id}`) ? [] : [`no tag tells its slogen_id ${id}`]),
  ];
}

// SLOs

function inSlo(slo: DatadogSloPayload): readonly string[] {
  return [...inThresholds(slo), ...(slo.type === "metric" ? inCounts(slo) : inSlices(slo.sli_specification.time_slice.query))];
}

function inThresholds({ thresholds, timeframe, target_threshold, warning_threshold }: DatadogSloPayload): readonly string[] {
  const primary = thresholds.find((threshold) => threshold.timeframe === timeframe);
  const isPrimary =
    textOf(primary?.target) === textOf(target_threshold) && textOf(primary?.warning) === textOf(warning_threshold) && primary !== undefined;
  return [
    ...repeated(thresholds.map((threshold) => threshold.timeframe)).map((each) => `two thresholds are for ${each}`),
    ...(isPrimary ? [] : [`no threshold has the primary timeframe ${timeframe} with its target and warning`]),
    ...thresholds.flatMap(({ target, warning }) => [
      ...[target, warning].flatMap((value) => (value === undefined ? [] : inPercentage(value))),
      ...(warning === undefined || less(valueOf(target), valueOf(warning))
        ? []
        : [`the warning ${textOf(warning)} is not above the target`]),
    ]),
  ];
}

const HUNDRED = rational(100);

/** https://docs.datadoghq.com/service_level_objectives/metric/#set-your-slo-targets; DataDog/terraform-provider-datadog#780 */
const PLACES = 3;

function inPercentage(value: ExactNumber): readonly string[] {
  const text = textOf(value) ?? "";
  const isInside = less(rational(0), valueOf(value)) && less(valueOf(value), HUNDRED);
  return [
    ...(isInside ? [] : [`${text} is not between 0 and 100`]),
    ...((text.split(".")[1] ?? "").length <= PLACES ? [] : [`Datadog would cut ${text} to ${PLACES} decimal places`]),
  ];
}

function inCounts({ sli_specification: specification, query }: MetricSlo): readonly string[] {
  const own = specification === undefined ? [] : inCountSpecification(specification.count);
  const leaves = [
    ...(specification?.count.queries.map((each) => each.query) ?? []),
    ...(query === undefined ? [] : [query.numerator, query.denominator]),
  ].map(readLeaves);
  const metrics = leaves.flatMap((each) => each.metrics);
  return [
    ...((specification === undefined) === (query === undefined) ? ["it has not one query, but none or two"] : []),
    ...own,
    ...leaves.flatMap((each) => each.problems),
    ...metrics.flatMap(inCountedMetric),
    ...(isGroupedAlike(metrics) ? [] : ["its queries are grouped by different tags"]),
  ];
}

function inCountSpecification(count: NonNullable<MetricSlo["sli_specification"]>["count"]): readonly string[] {
  return inFormulas([count.good_events_formula, count.bad_events_formula], count.queries);
}

function inSlices({
  formulas,
  queries,
}: {
  readonly formulas: readonly Formula[];
  readonly queries: readonly NamedQuery[];
}): readonly string[] {
  const leaves = queries.map(({ query }) => readLeaves(query));
  return [
    ...inFormulas(formulas, queries),
    ...leaves.flatMap((each) => each.problems),
    ...(isGroupedAlike(leaves.flatMap((each) => each.metrics)) ? [] : ["its queries are grouped by different tags"]),
  ];
}

/** A metric whose sum over any time is a number of events. */
function inCountedMetric({ name, aggregator, modifiers }: MetricQuery): readonly string[] {
  const counts = aggregator?.kind === "count-values" || (aggregator?.kind === "named" && ["sum", "count"].includes(aggregator.name));
  return [
    ...(counts ? [] : [`${name} is neither summed nor counted`]),
    ...(modifiers.some(({ kind }) => kind === "as_count") ? [] : [`${name} is not taken as a count`]),
    ...modifiers.filter(({ kind }) => kind !== "as_count").map(({ kind }) => `${name} is changed by .${kind}()`),
  ];
}

function inFormulas(formulas: readonly Formula[], queries: readonly NamedQuery[]): readonly string[] {
  const read = formulas.map(({ formula }) => readFormula(formula));
  const names = queries.map(({ name }) => name);
  const used = read.flatMap((each) => each.names);
  const functions = new Set<string>([...AGGREGATORS, ...read.flatMap((each) => each.functions)]);
  return [
    ...read.flatMap((each) => each.problems),
    ...repeated(names).map((name) => `two queries are named ${name}`),
    ...names.filter((name) => functions.has(name)).map((name) => `the query ${name} has the name of a function`),
    ...names.filter((name) => !used.includes(name)).map((name) => `no formula uses the query ${name}`),
    ...[...new Set(used)].filter((name) => !names.includes(name)).map((name) => `no query is named ${name}`),
    // A v2 query holds a metric and its modifiers; the rest belongs into the formula (argoproj/argo-rollouts#2813).
    ...queries.flatMap(({ name, query }) => (isOneMetric(query) ? [] : [`the query ${name} is more than a metric`])),
  ];
}

interface FormulaParts {
  readonly names: readonly string[];
  readonly functions: readonly string[];
  readonly problems: readonly string[];
}

const WORDS = /'[^']*'|"[^"]*"|([A-Za-z_]\w*)(\s*\()?/g;

/** A formula is a query with names in place of metrics. */
function readFormula(formula: string): FormulaParts {
  const words = [...formula.matchAll(WORDS)].flatMap(([, word, call]) =>
    word === undefined ? [] : [{ word, isCall: call !== undefined }],
  );
  const filled = formula.replaceAll(WORDS, (text: string, word?: string, call?: string) =>
    word === undefined || call !== undefined ? text : "sum:m{*}",
  );
  return {
    names: words.filter(({ isCall }) => !isCall).map(({ word }) => word),
    functions: words.filter(({ isCall }) => isCall).map(({ word }) => word),
    problems: parseQuery(filled).ok ? [] : [`${formula} is no formula`],
  };
}

function isOneMetric(query: string): boolean {
  const parsed = parseQuery(query);
  return !parsed.ok || isPlainMetric(parsed.expr);
}

// Monitors

/** What is in the place of an SLO's id until that is known. */
const PLACEHOLDER = /__SLO_ID__(.+?)__(?=["&\s)]|$)/g;
const BURN_RATE = /^burn_rate\("([^"]*)"\)\.over\("(\w+)"\)\.long_window\("(\d+)h"\)\.short_window\("(\d+)m"\) > ([\d.]+)$/;
const ERROR_BUDGET = /^error_budget\("([^"]*)"\)\.over\("(\w+)"\) > ([\d.]+)$/;
const METRIC = /^(avg|sum|max|min)\(last_(\d+)([mh])\): ?(.+) (?:<|<=|>|>=) (-?[\d.]+)$/;

function inMonitor(payload: MonitorPayload, slo: string | undefined, slos: ReadonlyMap<string, DatadogSloPayload>): readonly string[] {
  const placeholders = [...`${payload.name}\n${payload.query}\n${payload.message}`.matchAll(PLACEHOLDER)].map(([, id]) => id);
  return [
    ...placeholders.filter((id) => id !== slo).map((id) => `it holds a placeholder for ${id}, which it does not need`),
    ...inSections(payload.message),
    ...(payload.type === "slo alert" ? inSloAlert(payload, slo, slos) : inQueryAlert(payload, slo)),
  ];
}

function inSloAlert(payload: MonitorPayload, slo: string | undefined, slos: ReadonlyMap<string, DatadogSloPayload>): readonly string[] {
  const { query, message, options } = payload;
  const burn = BURN_RATE.exec(query);
  const budget = burn ?? ERROR_BUDGET.exec(query);
  if (budget === null) return [`${query} is no query of an SLO alert`];
  const [, id = "", over = ""] = budget;
  const value = budget.at(-1) ?? "";
  const target = slos.get(slo ?? "")?.thresholds.find(({ timeframe }) => timeframe === (over as Timeframe))?.target;
  return [
    ...(slo !== undefined && id === placeholder(slo) ? [] : [`${id} is not the placeholder of its SLO`]),
    ...(slos.has(slo ?? "") ? [] : [`its SLO ${slo ?? ""} is not in the build`]),
    // Datadog asks for the timeframe among those of the SLO, and for the largest burn rate that its target allows.
    ...(target === undefined ? [`its SLO has no target over ${over}`] : []),
    ...inCritical(value, options.thresholds.critical),
    ...(isAboveZero(value) ? [] : [`the threshold ${value} is not above 0`]),
    ...(burn === null ? [] : inWindows(Number(burn[3]), Number(burn[4]))),
    ...(burn === null || target === undefined ? [] : inBurnRate(value, target)),
    ...(burn !== null && /\{\{\{?\s*value\s*\}/.test(message) ? ["a burn rate alert has no {{value}}"] : []),
    ...(["require_full_window", "evaluation_delay", "no_data_timeframe"] as const)
      .filter((option) => options[option] !== undefined)
      .map((option) => `an SLO alert has no option ${option}`),
    ...(options.notify_no_data ? ["an SLO alert cannot tell of missing data"] : []),
  ];
}

/** https://docs.datadoghq.com/service_level_objectives/burn_rate/ */
function inWindows(hours: number, minutes: number): readonly string[] {
  return [
    ...(hours >= 1 && hours <= 48 ? [] : [`the long window of ${hours}h is not between 1h and 48h`]),
    ...(minutes >= 1 && minutes < hours * 60 ? [] : [`the short window of ${minutes}m is not below the long one`]),
  ];
}

/** No more than everything can be bad: DataDog/terraform-provider-datadog#1093. */
function inBurnRate(value: string, target: ExactNumber): readonly string[] {
  const largest = divide(HUNDRED, subtract(HUNDRED, valueOf(target)));
  return less(largest, parseDecimal(value) ?? ONE) ? [`a target of ${textOf(target) ?? ""} allows no burn rate of ${value}`] : [];
}

function inQueryAlert({ query, options }: MonitorPayload, slo: string | undefined): readonly string[] {
  const match = METRIC.exec(query);
  if (match === null) return [`${query} is no query of a metric monitor`];
  const [, method = "", count = "", unit = "", expr = "", value = ""] = match;
  const { metrics, problems } = readLeaves(expr);
  const counted = metrics.filter(({ modifiers }) => modifiers.some(({ kind }) => kind === "as_count"));
  const noData = options.notify_no_data;
  return [
    ...(slo === undefined ? [] : ["it needs no SLO"]),
    ...problems,
    ...(Number(count) <= (unit === "h" ? 168 : 10_080) ? [] : [`a monitor cannot look back ${count}${unit}`]),
    // https://docs.datadoghq.com/monitors/guide/as-count-in-monitor-evaluations/
    ...(counted.length > 0 && method !== "sum" ? [`counts are summed over time, not ${method}`] : []),
    ...(counted.length === 0 || counted.length === metrics.length ? [] : ["only some of its metrics are taken as counts"]),
    ...(isGroupedAlike(metrics) ? [] : ["its queries are grouped by different tags"]),
    ...inCritical(value, options.thresholds.critical),
    ...(options.require_full_window === false ? [] : ["without require_full_window: false sparse errors may never alert"]),
    ...(noData === (options.no_data_timeframe !== undefined) ? [] : ["notify_no_data and no_data_timeframe come together or not at all"]),
  ];
}

/** The server compares the two: DataDog/datadog-operator#2106. */
function inCritical(inQuery: string, critical: ExactNumber): readonly string[] {
  return inQuery === textOf(critical) ? [] : [`the query alerts at ${inQuery} and the threshold at ${textOf(critical) ?? ""}`];
}

const SECTION = /\{\{\s*([#^/])\s*(\w+)[^}]*\}\}/g;

/** Datadog prints a section that is not closed as it stands, in every notification. */
function inSections(message: string): readonly string[] {
  const open: string[] = [];
  for (const [, sign, name = ""] of message.matchAll(SECTION)) {
    if (sign !== "/") open.push(name);
    else if (open.pop() !== name) return [`its message closes ${name} before it is open`];
  }
  return open.map((name) => `its message does not close ${name}`);
}

// Both

interface Leaves {
  readonly metrics: readonly MetricQuery[];
  readonly problems: readonly string[];
}

function readLeaves(query: string): Leaves {
  const parsed = parseQuery(query);
  return parsed.ok ? { metrics: metricsOf(parsed.expr), problems: [] } : { metrics: [], problems: [`${query}: ${parsed.error.message}`] };
}

function isGroupedAlike(metrics: readonly MetricQuery[]): boolean {
  return new Set(metrics.map(({ by }) => [...by].sort().join(","))).size <= 1;
}

function isAboveZero(text: string): boolean {
  const value = parseDecimal(text);
  return value !== undefined && less(rational(0), value);
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

/** What an overlay puts in is a plain number. */
function textOf(value: ExactNumber | number | undefined): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === "number" ? toDecimal(fromNumber(value)) : exactText(value);
}

function valueOf(value: ExactNumber): Rational {
  return parseDecimal(textOf(value) ?? "") ?? rational(0);
}
