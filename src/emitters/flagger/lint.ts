import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { FlaggerPolicy } from "../../model/policy.ts";
import { exactText } from "../../yaml/json.ts";
import { flaggerCodes as codes } from "./codes.ts";
import type { Check } from "./metrics.ts";
import type { CanaryAnalysis, CanaryMetric, MetricTemplate, ThresholdRange } from "./types.ts";

export interface LintInput {
  readonly templates: readonly MetricTemplate[];
  readonly analysis: CanaryAnalysis;
}

/**
 * Everything that the API server or Flagger would refuse, or worse, take and judge wrongly. No admission webhook comes with Flagger, and its
 * CRD admits most of it: https://github.com/fluxcd/flagger/issues/312
 */
export function lintGate(input: LintInput, checks: readonly Check[], policy: FlaggerPolicy, report: Report): void {
  const byUser = [...repeatedChecks(checks), ...repeatedHooks(input.analysis, policy), ...longNames(checks)];
  for (const problem of byUser) problem(report);
  checkLengths(checks, report);
  const [own] = findProblems(input);
  // What a user's words have broken may break more.
  if (own !== undefined && byUser.length === 0) throw new Error(`the gate of ${policy.name}: ${own}`);
}

type Problem = (report: Report) => void;

/** Two SLOs whose names are one share several checks, and are told once. */
function repeatedChecks(checks: readonly Check[]): readonly Problem[] {
  const told = new Set<string>();
  return checks.flatMap((check, i): readonly Problem[] => {
    const first = checks.slice(0, i).find(({ name }) => name === check.name);
    const pair = JSON.stringify([first, check].map((each) => each && wordOf(each)));
    if (first === undefined || told.has(pair)) return [];
    told.add(pair);
    const related = [{ at: placeOf(first), message: "the other one" }];
    const params = { names: [wordOf(first), wordOf(check)], check: check.name } as const;
    return [
      (report) => {
        report(codes["duplicate-check"](placeOf(check), params, { related }));
      },
    ];
  });
}

/** The policy's own hooks may have the names of slogen's, or one name twice. */
function repeatedHooks({ webhooks }: CanaryAnalysis, { name: policy, controller }: FlaggerPolicy): readonly Problem[] {
  const names = webhooks.flatMap(({ name }) => (typeof name === "string" ? [name] : []));
  const repeated = new Set(names.filter((name, i) => names.indexOf(name) !== i));
  // Two of slogen's own belong to SLOs whose checks are called the same, too.
  const own = controller.webhooks.flatMap(({ name }) => (typeof name === "string" ? [name] : []));
  return own
    .filter((name, i) => repeated.has(name) && own.indexOf(name) === i)
    .map((name) => (report) => {
      report(codes["webhook-twice"](controller.at, { policy, name }));
    });
}

function longNames(checks: readonly Check[]): readonly Problem[] {
  return longest(checks, ({ name }) => name.length, LONGEST_NAME).map(([check, length]) => (report) => {
    report(codes["name-too-long"](placeOf(check), { name: check.name, length }));
  });
}

const LONGEST_NAME = 253;

/** What nginx takes by default: https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers */
const LONGEST_ADDRESS = 8192;

function checkLengths(checks: readonly Check[], report: Report): void {
  for (const [check, length] of longest(checks, addressLength, LONGEST_ADDRESS)) {
    report(codes["long-query"](placeOf(check), { check: check.name, length }));
  }
}

function addressLength({ provider, query, variables }: Check): number {
  const filled = query
    .replace(/\{\{ variables\.(\w+) \}\}/g, (_, name: string) => variables[name] ?? "")
    .replace(/\{\{ "(\{+)" \}\}/g, "$1");
  return `${provider.address}/api/v1/query?query=`.length + escapedLength(filled.replace(/\s+/g, " "));
}

/** As Go's `url.QueryEscape` does it: a blank becomes `+`, and everything but letters, digits and `-_.~` three characters a byte. */
function escapedLength(text: string): number {
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replace(/[!'()*]/g, "%00").length;
}

/** The checks above a limit, of each SLO and guard the longest alone. */
function longest(
  checks: readonly Check[],
  lengthOf: (check: Check) => number,
  limit: number,
): readonly (readonly [check: Check, length: number])[] {
  const long = checks.map((check) => [check, lengthOf(check)] as const).filter(([, length]) => length > limit);
  const sorted = long.toSorted(([, a], [, b]) => b - a);
  return sorted.filter(([check], i) => sorted.findIndex(([other]) => ownerOf(other) === ownerOf(check)) === i);
}

function ownerOf({ subject }: Check): object {
  return subject.kind === "guard" ? subject.guard : subject.gate;
}

function placeOf({ subject }: Check): Span {
  return subject.kind === "guard" ? subject.guard.at : subject.gate.at;
}

function wordOf({ subject }: Check): string {
  return subject.kind === "guard" ? subject.guard.name : subject.gate.slo.id;
}

/** What slogen itself must never emit, in words. */
export function findProblems({ templates, analysis }: LintInput): readonly string[] {
  return [...templates.flatMap(inTemplate), ...inAnalysis(analysis, templates)];
}

function inTemplate({ metadata: { name }, spec: { provider, query } }: MetricTemplate): readonly string[] {
  const texts = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;
  const actions = query.match(/\{\{.*?\}\}/gs) ?? [];
  const code = query.replaceAll(/\{\{.*?\}\}/gs, "0");
  return [
    ...(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) ? [] : [`${name} is no name of an object`]),
    ...(/^(https?:\/\/[^\s/]+.*)?$/.test(provider.address) ? [] : [`${name} has the address ${provider.address}`]),
    ...(provider.type === "prometheus" && code.replaceAll(texts, "").includes("#")
      ? [`${name} has a comment, which swallows what follows`]
      : []),
    ...(provider.type === "prometheus" && code.match(texts)?.some((text) => /\s\s|[\n\t]/.test(text)) === true
      ? [`${name} has blanks that would be lost`]
      : []),
    ...actions
      .filter((action) => !/^\{\{ (variables\.[a-zA-Z]+|namespace|"\{\{?") \}\}$/.test(action))
      .map((action) => `${name} holds ${action}`),
  ];
}

function inAnalysis(analysis: CanaryAnalysis, templates: readonly MetricTemplate[]): readonly string[] {
  const { interval, threshold, stepWeights, iterations, match, metrics, webhooks } = analysis;
  const names = [metrics, webhooks].map((list) => list.map(({ name }) => JSON.stringify(name)));
  return [
    ...notDurations([interval, ...metrics.map((metric) => metric.interval)]),
    ...((stepWeights === undefined) === (iterations === undefined) ? ["either weights or iterations"] : []),
    ...([threshold, iterations ?? 1, ...(stepWeights ?? [])].every((each) => Number.isInteger(each) && each > 0)
      ? []
      : ["a number that is not whole"]),
    ...(stepWeights === undefined ? [] : inLadder(stepWeights)),
    ...(match !== undefined && iterations === undefined ? ["match without iterations"] : []),
    ...metrics.flatMap((metric) => inMetric(metric, templates)),
    ...analysis.alerts
      .filter(({ severity }) => severity === undefined || severity === "")
      .map(({ name }) => `the alert ${JSON.stringify(name)} is never sent`),
    ...names.flatMap((list) => list.filter((name, i) => list.indexOf(name) !== i)).map((name) => `${name} stands twice`),
    ...webhooks.flatMap(({ timeout }) => (typeof timeout === "string" ? notDurations([timeout]) : [])),
  ];
}

/** Flagger takes the next weight by looking for the present one, and 100 if it is not there. */
function inLadder(weights: readonly number[]): readonly string[] {
  const rises = weights.every((weight, i) => weight > (weights[i - 1] ?? 0) && weight < 100);
  return weights.length > 0 && rises ? [] : [`the weights ${weights.join(", ")} do not rise below 100`];
}

/** The CRD's pattern has no end, so `5ms` would pass it: https://github.com/fluxcd/flagger/blob/v1.44.0/artifacts/flagger/crd.yaml */
function notDurations(texts: readonly string[]): readonly string[] {
  return texts.filter((text) => !/^[1-9][0-9]*(s|m)$/.test(text)).map((text) => `${text} is no duration of Flagger's`);
}

/** A name alone makes Flagger ask a query of its own, beside the template's. */
const BUILT_IN: readonly string[] = ["request-success-rate", "request-duration"];

function inMetric(
  { name, templateRef, thresholdRange, templateVariables = {} }: CanaryMetric,
  templates: readonly MetricTemplate[],
): readonly string[] {
  const template = templates.find(({ metadata }) => metadata.name === templateRef.name);
  const used = [...(template?.spec.query.matchAll(/\{\{ variables\.(\w+) \}\}/g) ?? [])].map(([, variable = ""]) => variable);
  const given = Object.keys(templateVariables);
  return [
    ...(BUILT_IN.includes(name) ? [`${name} is a built-in metric`] : []),
    ...(template === undefined ? [`${name} asks no template`] : []),
    ...(isEmpty(thresholdRange) ? [`no value passes ${name}, or every one`] : []),
    ...used.filter((variable) => !given.includes(variable)).map((variable) => `${name} gives no ${variable}`),
    ...given.filter((variable) => !used.includes(variable)).map((variable) => `${name} gives ${variable}, which nobody uses`),
    ...given.filter((variable) => !/^[a-zA-Z_]\w*$/.test(variable)).map((variable) => `${name} gives ${variable}, which Go cannot read`),
  ];
}

function isEmpty({ min, max }: ThresholdRange): boolean {
  const value = (bound: NonNullable<ThresholdRange["min"]>): number => (typeof bound === "number" ? bound : Number(exactText(bound)));
  return min === undefined ? max === undefined : max !== undefined && value(min) > value(max);
}
