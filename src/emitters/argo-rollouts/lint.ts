import type { Diagnostic, Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { MeasuredSlo, Query } from "../../model/model.ts";
import type { ReleasePolicy } from "../../model/policy.ts";
import { parseQuery } from "../../datadogql/parse.ts";
import { isPlainMetric } from "../../datadogql/rewrite.ts";
import { spanWithin } from "../../yaml/locate.ts";
import { argumentsUsed } from "./arguments.ts";
import { argoRolloutsCodes as codes } from "./codes.ts";
import { guardName, metricNames, metricStem } from "./names.ts";
import type {
  AnalysisTemplate,
  DatadogProvider,
  GateBlock,
  Metric,
  PrometheusProvider,
  RolloutAnalysis,
  RolloutArgument,
} from "./types.ts";
import { supports, type Version } from "./versions.ts";

/** How a run is started, which decides what Argo Rollouts asks of its metrics. */
export type RunKind = "background" | "inline" | "prePromotion" | "postPromotion";

export interface Run {
  readonly kind: RunKind;
  readonly analysis: RolloutAnalysis;
}

/** One broken rule. What a user's words can cause has a code; the rest would be slogen's own fault. */
export type LintProblem =
  | { readonly rule: "duplicate-metric"; readonly metric: string }
  | { readonly rule: "foreign-braces"; readonly metric: string; readonly text: string }
  | { readonly rule: "unnamed-metric"; readonly metric: string }
  | { readonly rule: "own"; readonly problem: string };

export interface LintInput {
  readonly templates: readonly AnalysisTemplate[];
  readonly block: GateBlock;
  readonly version: Version;
}

/**
 * Everything that Argo Rollouts would refuse, or worse, take and judge wrongly, in one policy's gate. Most of it is found by the
 * controller only at the first measurement, when the release is under way, and `kubectl argo rollouts lint` reads no templates at all:
 * https://github.com/argoproj/argo-rollouts/blob/v1.9.1/pkg/kubectl-argo-rollouts/cmd/lint/lint.go
 */
export function lintGate(input: LintInput, policy: ReleasePolicy, report: Report): void {
  const problems = findProblems(input);
  const told = new Set<string>();
  // One mistake breaks several metrics, and is told once.
  const once = (key: string, diagnostic: Diagnostic): void => {
    if (!told.has(key)) report(diagnostic);
    told.add(key);
  };
  for (const problem of problems) {
    switch (problem.rule) {
      case "duplicate-metric": {
        const [first, ...others] = ownersOf(problem.metric, policy);
        const last = others.at(-1);
        if (first === undefined || last === undefined) throw new Error(`the gate of ${policy.name}: two metrics ${problem.metric}`);
        const params = { names: [first.name, last.name], metric: problem.metric } as const;
        const related = [{ at: first.at, message: "the other one" }];
        once(`${first.name} ${last.name}`, codes["duplicate-metric"](last.at, params, { related }));
        break;
      }
      case "foreign-braces":
        once(problem.text, codes["foreign-braces"](placeOf(problem, policy), { text: shortened(problem.text) }));
        break;
      // The schema of every format refuses an id without letters and digits.
      case "unnamed-metric":
        break;
      case "own":
        // What a user's words have broken may break more.
        if (problems.every(({ rule }) => rule === "own")) throw new Error(`the gate of ${policy.name}: ${problem.problem}`);
    }
  }
}

interface Owner {
  readonly name: string;
  readonly at: Span;
  readonly queries: readonly Query[];
}

/** The SLOs and guards that have a metric of this name, in the policy's order. */
function ownersOf(metric: string, { gates, guards }: ReleasePolicy): readonly Owner[] {
  return [
    ...gates
      .filter(({ slo }) => Object.values(metricNames(metricStem(slo.id))).includes(metric))
      .map(({ slo, evidenceQueries, at }) => ({
        name: slo.id,
        at,
        queries: [...queriesOf(slo), ...(evidenceQueries ? [evidenceQueries.bad, evidenceQueries.total] : [])],
      })),
    ...guards.filter(({ name }) => guardName(name) === metric).map(({ name, query, at }) => ({ name, at, queries: [query] })),
  ];
}

function queriesOf({ indicator }: MeasuredSlo<Query>): readonly Query[] {
  return indicator.kind === "events" ? [indicator.events, indicator.total] : [indicator.query];
}

/** Where the user wrote these braces, as near as can be told. */
function placeOf({ text, metric }: { readonly text: string; readonly metric: string }, policy: ReleasePolicy): Span {
  const { source } = policy;
  const words = source.type === "prometheus" ? [source.address, ...source.headers.map(({ value }) => value)] : [];
  if (words.some((each) => each?.includes(text) === true)) return source.at ?? policy.at;
  const owners = ownersOf(metric, policy);
  const scalar = owners.flatMap(({ queries }) => queries).find((query) => query.scalar.text.includes(text))?.scalar;
  const start = scalar?.text.indexOf(text) ?? 0;
  return scalar === undefined ? (owners[0]?.at ?? policy.at) : spanWithin(scalar, start, start + text.length);
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

export function findProblems({ templates, block, version }: LintInput): readonly LintProblem[] {
  return [
    ...templates.flatMap((template) => [...inTemplate(template), ...template.spec.metrics.flatMap((metric) => inMetric(metric, version))]),
    ...runsOf(block).flatMap((run) => inRun(run, templates)),
    ...inBlock(block),
  ];
}

export function runsOf(block: GateBlock): readonly Run[] {
  if (block.kind === "blueGreen") {
    const { prePromotionAnalysis: before, postPromotionAnalysis: after } = block;
    return [
      ...(before ? [{ kind: "prePromotion", analysis: before } as const] : []),
      ...(after ? [{ kind: "postPromotion", analysis: after } as const] : []),
    ];
  }
  const { analysis, beforeTraffic, afterWeight } = block;
  return [
    ...(analysis ? [{ kind: "background", analysis } as const] : []),
    ...(beforeTraffic ? [{ kind: "inline", analysis: beforeTraffic } as const] : []),
    ...afterWeight.flatMap(({ step }) => ("analysis" in step ? [{ kind: "inline", analysis: step.analysis } as const] : [])),
  ];
}

const own = (problem: string): LintProblem => ({ rule: "own", problem });

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** Go durations without signs and fractions; nothing above hours. */
const DURATION = /^(?=.)([0-9]+h)?([0-9]+m)?([0-9]+s)?$/;

function inTemplate({ metadata, spec }: AnalysisTemplate): readonly LintProblem[] {
  const declared = (spec.args ?? []).map(({ name }) => name);
  const names = spec.metrics.map(({ name }) => name);
  const rules = [...(spec.dryRun ?? []), ...(spec.measurementRetention ?? [])].map(({ metricName }) => metricName);
  return [
    ...(spec.metrics.length === 0 ? [own(`the template ${metadata.name} has no metric`)] : []),
    ...repeated(names).map((metric): LintProblem => ({ rule: "duplicate-metric", metric })),
    ...repeated(declared).map((name) => own(`the argument ${name} is declared twice`)),
    ...declared.filter((name) => !NAME.test(name)).map((name) => own(`${name} is no name of an argument`)),
    ...argumentsUsed(spec.metrics)
      .filter((name) => !declared.includes(name))
      .map((name) => own(`the argument ${name} is not declared`)),
    ...(spec.args ?? [])
      .filter(({ value, valueFrom }) => value !== undefined && valueFrom !== undefined)
      .map(({ name }) => own(`the argument ${name} has two values`)),
    ...rules.filter((rule) => !/^\^.*\$$/.test(rule)).map((rule) => own(`the rule ${rule} is not anchored`)),
    ...rules.filter((rule) => !isRegExp(rule)).map((rule) => own(`the rule ${rule} is no regular expression`)),
  ];
}

/** RE2's syntax is all but a part of ours; what slogen writes is in both. */
function isRegExp(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function inMetric(metric: Metric, version: Version): readonly LintProblem[] {
  const { name, interval, initialDelay, count, failureLimit = 0, inconclusiveLimit = 0, consecutiveSuccessLimit = 0 } = metric;
  const { successCondition, failureCondition, provider } = metric;
  const problem = (text: string): LintProblem => own(`the metric ${name}: ${text}`);
  const conditions = [successCondition, failureCondition].flatMap((condition) => condition ?? []);
  const durations = [interval, initialDelay].flatMap((duration) => duration ?? []);
  const observes = /^obs-.+-burn$/.test(name);
  return [
    ...foreignBraces(metric),
    ...(NAME.test(withoutArguments(name)) ? [] : [{ rule: "unnamed-metric", metric: name } as const]),
    // Without a condition every measurement is Successful, whatever Argo's documentation says.
    ...(conditions.length === 0 && !observes ? [problem("without a condition it always passes")] : []),
    ...conditions
      .filter((condition) => !isGuarded(condition))
      .map((condition) => problem(`${condition} does not ask for the length first`)),
    ...durations
      .filter((duration) => !DURATION.test(withoutArguments(duration, "1s")))
      .map((duration) => problem(`${duration} is no duration of Go's`)),
    ...(interval === "0s" ? [problem("it is asked without a pause")] : []),
    ...(count !== undefined && count > 1 && interval === undefined ? [problem("several looks need an interval")] : []),
    ...(count !== undefined && count < 1 ? [problem("it has no look")] : []),
    ...limitProblems({ count, failureLimit, inconclusiveLimit, consecutiveSuccessLimit }).map(problem),
    ...(consecutiveSuccessLimit > 0 && !supports("consecutiveSuccessLimit", version)
      ? [problem(`${version} has no consecutiveSuccessLimit`)]
      : []),
    ...(failureLimit === -1 && !supports("unlimitedFailures", version) ? [problem(`${version} knows no failureLimit of -1`)] : []),
    ...("prometheus" in provider ? inPrometheus(provider.prometheus) : inDatadog(provider.datadog)).map(problem),
  ];
}

function inPrometheus({ timeout = 1 }: PrometheusProvider): readonly string[] {
  return timeout > 0 ? [] : ["its timeout is not positive"];
}

/**
 * What Argo Rollouts or Datadog finds out at the first measurement only:
 * https://github.com/argoproj/argo-rollouts/blob/v1.9.1/metricproviders/datadog/datadog.go
 */
function inDatadog({ queries, formula, interval }: DatadogProvider): readonly string[] {
  const names = Object.keys(queries);
  const used = new Set(formula.match(/[a-z_][a-z0-9_]*/g));
  return [
    ...(names.length === 0 ? ["it has no query"] : []),
    ...names.filter((name) => !used.has(name)).map((name) => `the query ${name} is not in its formula`),
    ...Object.entries(queries)
      .filter(([, query]) => !isPlainQuery(withoutArguments(query)))
      .map(([name]) => `the query ${name} is more than one plain metric`),
    ...(DURATION.test(withoutArguments(interval, "1s")) ? [] : [`its look-back ${interval} is no duration of Go's`]),
  ];
}

/** Before 1.10 a grouped result cannot be read, and arithmetic has its place in the formula. */
function isPlainQuery(text: string): boolean {
  const parsed = parseQuery(text);
  return parsed.ok && isPlainMetric(parsed.expr) && parsed.expr.by.length === 0;
}

/** https://github.com/argoproj/argo-rollouts/blob/v1.9.1/utils/analysis/factory.go (ValidateMetric) */
function limitProblems({
  count,
  failureLimit,
  inconclusiveLimit,
  consecutiveSuccessLimit,
}: {
  readonly count: number | undefined;
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  readonly consecutiveSuccessLimit: number;
}): readonly string[] {
  if (failureLimit < -1) return ["its failureLimit is below -1"];
  if (failureLimit === -1 && consecutiveSuccessLimit === 0) return ["without limit to its failures it can never fail"];
  if (count === undefined) return [];
  return [
    ...(count < Math.max(0, failureLimit) + consecutiveSuccessLimit ? ["its count is below the looks that its limits need"] : []),
    ...(count < inconclusiveLimit ? ["its inconclusiveLimit is above its count"] : []),
    // Every look undecided, and yet it would pass.
    ...(inconclusiveLimit >= count && consecutiveSuccessLimit === 0 ? ["it passes if every look is Inconclusive"] : []),
  ];
}

/**
 * The result of a Prometheus query is a list: `result[0]` of an empty one is an error, and so is a comparison of the list itself.
 * That of a Datadog request is a number or nil, and any comparison of nil is an error, even one that is never reached.
 */
function isGuarded(condition: string): boolean {
  if (condition.includes("isNil(result)")) return !/(?<!isNil\(|asFloat\()result/.test(condition);
  const looks = condition.indexOf("result[");
  const asks = condition.indexOf("len(result)");
  return condition === "false" || (asks >= 0 && (looks < 0 || asks < looks));
}

/**
 * Double braces that are no argument of the template, or an argument that Argo would not see: the first `}}` closes, so `{{{args.x}}}`
 * is the unknown tag `{args.x`, and a tag is not trimmed of tabs and line ends.
 */
function foreignBraces(metric: Metric): readonly LintProblem[] {
  return texts(metric).flatMap((text) =>
    [...text.matchAll(/\{\{([^]*?)\}\}|\{\{[^]*$/g)]
      .filter(([, tag]) => tag === undefined || !/^args\.[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(tag))
      .map(([found]): LintProblem => ({
        rule: "foreign-braces",
        metric: metric.name,
        text: found,
      })),
  );
}

function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

function withoutArguments(text: string, instead = "x"): string {
  return text.replace(/\{\{args\.[^{}]*\}\}/g, instead);
}

/** What is true of the templates of a run together, and of what the Rollout passes them. */
function inRun({ kind, analysis }: Run, templates: readonly AnalysisTemplate[]): readonly LintProblem[] {
  const problem = (text: string): LintProblem => own(`the ${kind} run: ${text}`);
  const found = analysis.templates.map(({ templateName, clusterScope }) => {
    const wanted = clusterScope === true ? "ClusterAnalysisTemplate" : "AnalysisTemplate";
    return { templateName, template: templates.find(({ kind: each, metadata }) => each === wanted && metadata.name === templateName) };
  });
  const used = found.flatMap(({ template }) => template ?? []);
  const metrics = used.flatMap(({ spec }) => spec.metrics);
  const rulesOf = (rules: readonly { readonly metricName: string }[]): readonly string[] => rules.map(({ metricName }) => metricName);
  const dry = rulesOf(used.flatMap(({ spec }) => spec.dryRun ?? []));
  const kept = rulesOf(used.flatMap(({ spec }) => spec.measurementRetention ?? []));
  const given = analysis.args ?? [];
  const declared = used.flatMap(({ spec }) => spec.args ?? []);
  const isDry = (name: string): boolean => dry.some((rule) => new RegExp(rule).test(withoutArguments(name)));
  return [
    ...found.filter(({ template }) => template === undefined).map(({ templateName }) => problem(`there is no template ${templateName}`)),
    ...repeated(used.length > 1 ? metrics.map(({ name }) => name) : []).map((metric): LintProblem => ({
      rule: "duplicate-metric",
      metric,
    })),
    ...[...repeated(dry), ...repeated(kept)].map((rule) => problem(`two rules for ${rule}`)),
    ...[...dry, ...kept]
      .filter((rule) => isRegExp(rule) && !metrics.some(({ name }) => new RegExp(rule).test(withoutArguments(name))))
      .map((rule) => problem(`the rule ${rule} fits no metric`)),
    ...declared
      .filter(({ name, value, valueFrom }) => value === undefined && valueFrom === undefined && !given.some((each) => each.name === name))
      .map(({ name }) => problem(`nothing is given for the argument ${name}`)),
    ...repeated(given.map(({ name }) => name)).map((name) => problem(`the argument ${name} is given twice`)),
    ...given
      .filter(({ name }) => !declared.some((each) => each.name === name))
      .map(({ name }) => problem(`no template takes the argument ${name}`)),
    ...given.filter((argument) => !hasValue(argument)).map(({ name }) => problem(`the argument ${name} would be empty`)),
    ...conflictingDefaults(declared).map((name) => problem(`the argument ${name} has different defaults`)),
    // A terminated background run is Successful, so one that ends by itself leaves the release without a guard.
    ...(kind === "background"
      ? metrics.filter(({ count }) => count !== undefined).map(({ name }) => problem(`${name} ends before the release`))
      : []),
    ...(kind === "background"
      ? metrics
          .filter(
            ({ name, successCondition, failureCondition }) =>
              successCondition !== undefined && failureCondition !== undefined && !isDry(name),
          )
          .map(({ name }) => problem(`${name} may end Inconclusive and disarm the others`))
      : metrics
          .filter(({ count, interval }) => count === undefined && interval !== undefined)
          .map(({ name }) => problem(`${name} never ends`))),
    ...metrics
      .filter(({ name, successCondition, failureCondition }) => (successCondition ?? failureCondition) === undefined && !isDry(name))
      .map(({ name }) => problem(`${name} is an observation that is not recorded dry`)),
    ...metrics
      .filter(
        ({ count, failureLimit, failureCondition, name }) =>
          failureCondition !== undefined &&
          failureCondition !== "false" &&
          count !== undefined &&
          (failureLimit ?? 0) >= count &&
          !isDry(name),
      )
      .map(({ name }) => problem(`${name} can never fail`)),
  ];
}

function hasValue({ value, valueFrom }: RolloutArgument): boolean {
  if (value !== undefined || valueFrom === undefined) return value !== undefined;
  // Any other word gives an empty hash, and the selector of another service's pods, or of none.
  return "fieldRef" in valueFrom ? valueFrom.fieldRef.fieldPath !== "" : ["Latest", "Stable"].includes(valueFrom.podTemplateHashValue);
}

function conflictingDefaults(declared: readonly { readonly name: string; readonly value?: string }[]): readonly string[] {
  return [...new Set(declared.map(({ name }) => name))].filter(
    (name) => new Set(declared.filter((each) => each.name === name).flatMap(({ value }) => value ?? [])).size > 1,
  );
}

function inBlock(block: GateBlock): readonly LintProblem[] {
  if (block.kind === "blueGreen") return [];
  const { analysis, beforeTraffic, afterWeight } = block;
  const steps = (beforeTraffic === undefined ? 0 : 1) + 2 * afterWeight.length;
  const firstAfterWeight = (beforeTraffic === undefined ? 0 : 1) + 1;
  const weights = afterWeight.map(({ weight }) => weight);
  return [
    ...(analysis !== undefined && analysis.startingStep >= steps ? [own("the background run never starts")] : []),
    ...(analysis !== undefined && analysis.startingStep < firstAfterWeight
      ? [own("the background run starts before the canary has traffic")]
      : []),
    ...weights.filter((weight) => !Number.isInteger(weight) || weight < 0 || weight > 100).map((weight) => own(`${weight} is no weight`)),
    ...afterWeight.flatMap(({ step }) =>
      "pause" in step && !DURATION.test(step.pause.duration) ? [own(`${step.pause.duration} is no pause`)] : [],
    ),
  ];
}

function repeated(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, i) => values.indexOf(value) !== i))];
}
