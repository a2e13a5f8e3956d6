import type { GateQueries } from "../../backends/prometheus/gate.ts";
import { failDelay, plannedLength, promoteLooks, stableReach } from "../../gate/plan.ts";
import type { GateSettings, Guard, ReleasePolicy } from "../../model/policy.ts";
import type { Expr } from "../../promql/ast.ts";
import { printExpr } from "../../promql/print.ts";
import { fillWindow, leaveWindow } from "../../promql/rewrite.ts";
import type { Seconds } from "../../units/duration.ts";
import { toDecimal } from "../../units/rational.ts";
import { ARGUMENTS, valueOf } from "./arguments.ts";
import { isAbove, isAtLeast, isAtMost, isBelow, isGone, isLeft, isThere, NEVER } from "./conditions.ts";
import { goDuration } from "./go-duration.ts";
import { guardName, metricNames } from "./names.ts";
import type { Source } from "./provider.ts";
import type { Metric } from "./types.ts";
import { supports, type Version } from "./versions.ts";

/** One SLO's checks as one kind of templates says them: with names and numbers, or with arguments in their place. */
export interface GateChecks {
  /** What the names of its metrics begin with. */
  readonly stem: string;
  readonly queries: GateQueries;
  readonly limits: { readonly fail: string; readonly extreme: string; readonly promote: string };
  readonly settings: GateSettings;
}

export interface GuardCheck {
  readonly guard: Guard;
  readonly query: Expr;
}

/** What the metrics of one policy have in common. */
export interface Rhythm {
  readonly source: Source;
  readonly version: Version;
  /** Of the first gate: the rhythm of looks is one for the whole policy. */
  readonly settings: GateSettings;
  /** From the start of the background run to its first look. */
  readonly failDelay: Seconds;
  /** The whole release as planned. */
  readonly length: Seconds;
  /** How far back a run that is no step's looks at stable's side. */
  readonly reach: Seconds;
}

export function rhythmOf(policy: ReleasePolicy, source: Source, version: Version): Rhythm {
  const [first] = policy.gates;
  if (first === undefined) throw new Error(`policy ${policy.name} has no gate`);
  return {
    source,
    version,
    settings: first.settings,
    failDelay: failDelay(policy.source),
    length: plannedLength(policy.delivery),
    reach: stableReach(policy.delivery),
  };
}

/** How long a check goes on: as long as the release, or for some looks. */
export type Looks = "throughout" | number;

/**
 * The checks that roll back. Each has a failure condition alone, so that a look without data says nothing and a terminated run is no verdict.
 * `failureLimit` is how many failures a run bears in total, never in a row: https://github.com/argoproj/argo-rollouts/issues/4792
 */
export function failMetrics({ stem, queries, limits, settings }: GateChecks, rhythm: Rhythm, looks: Looks): readonly Metric[] {
  const names = metricNames(stem);
  const metric = (name: string, query: Expr, failureCondition: string, failureLimit: number): Metric => ({
    ...watch(name, rhythm, looks),
    failureCondition,
    failureLimit,
    ...asks(query, rhythm),
  });
  const { fail, extreme } = settings;
  return [
    metric(names.fail, queries.fail, isAbove(limits.fail), fail.looks - 1),
    ...(queries.extreme === undefined || extreme === undefined ? [] : [metric(names.extreme, queries.extreme, isAbove(limits.extreme), 0)]),
    ...(queries.series === undefined ? [] : [metric(names.series, queries.series, isThere(), fail.looks - 1)]),
  ];
}

/** Burn rates for people to look at; no condition, so they never end. */
export function observations({ stem, queries }: GateChecks, rhythm: Rhythm, looks: Looks): readonly Metric[] {
  const names = metricNames(stem);
  const metric = (name: string, query: Expr): Metric => ({ ...watch(name, rhythm, looks), ...asks(query, rhythm) });
  return [metric(names.canaryBurn, queries.canaryBurn), metric(names.stableBurn, queries.stableBurn)];
}

export function failGuard({ guard, query }: GuardCheck, tolerated: number, rhythm: Rhythm, looks: Looks): Metric {
  const limit = toDecimal(guard.limit);
  return {
    ...watch(guardName(guard.name), rhythm, looks),
    failureCondition: guard.bound === "max" ? isAbove(limit) : isBelow(limit),
    failureLimit: tolerated,
    ...asks(query, rhythm),
  };
}

/** The checks that a step waits for. */
export function promoteMetrics({ stem, queries, limits }: GateChecks, hold: Hold): readonly Metric[] {
  const names = metricNames(stem);
  return [
    hold(names.promote, isAtMost(limits.promote), queries.promote),
    // Of a budget that is nearly gone, nothing is left for a release to spend.
    ...(queries.budget === undefined ? [] : [hold(names.budget, isAtMost("1"), queries.budget)]),
  ];
}

export function holdGuard({ guard, query }: GuardCheck, hold: Hold): Metric {
  const limit = toDecimal(guard.limit);
  return hold(guardName(guard.name), guard.bound === "max" ? isAtMost(limit) : isAtLeast(limit), query);
}

/** Makes a metric that is good at a look if its condition holds, and has to be good for some looks in a row. */
export type Hold = (name: string, successCondition: string, query: Expr) => Metric;

/** The looks of an inline run. Their number is the same at each step, their delay is an argument. */
export function holdStep(rhythm: Rhythm): Hold {
  const { settings } = rhythm;
  const { good, count } = promoteLooks(settings.promote, rhythm.length);
  return (name, successCondition, query) => ({
    name,
    initialDelay: valueOf(ARGUMENTS.initialDelay),
    interval: goDuration(settings.promote.every),
    ...holding(successCondition, { good, count, onTimeout: settings.promote.onTimeout }, rhythm.version),
    consecutiveErrorLimit: toleratedErrors(settings),
    ...asks(query, rhythm, valueOf(ARGUMENTS.since)),
  });
}

/**
 * A hold that clears itself: looks that are not good are no failures, they only start the count anew. What is not good in the end fails, or,
 * where the user wants a pause, is Inconclusive. Before 1.8 there is no such thing, and the first look that is not good pauses the release.
 */
function holding(
  successCondition: string,
  { good, count, onTimeout }: { readonly good: number; readonly count: number; readonly onTimeout: "abort" | "pause" },
  version: Version,
): Pick<Metric, "count" | "successCondition" | "failureCondition" | "failureLimit" | "inconclusiveLimit" | "consecutiveSuccessLimit"> {
  if (!supports("consecutiveSuccessLimit", version)) {
    return { count: good, successCondition, failureCondition: NEVER, failureLimit: 0, inconclusiveLimit: 0 };
  }
  const base = { count, successCondition, consecutiveSuccessLimit: good };
  return onTimeout === "abort"
    ? { ...base, failureLimit: -1 }
    : { ...base, failureCondition: NEVER, failureLimit: 0, inconclusiveLimit: count };
}

/**
 * Before any traffic moves: something must be left of the budget, unless the release says that it mends what spent it.
 * `hold` waits for that, `fail` looks once more for a budget that is known to be gone and ends the release at once.
 */
export function budgetMetrics({ stem, queries, settings }: GateChecks, rhythm: Rhythm): readonly Metric[] {
  const { budget, promote } = settings;
  if (queries.budgetLeft === undefined || budget === undefined || budget.exhausted === "observe") return [];
  const names = metricNames(stem);
  const condition = orHotfix(isLeft(), budget.bypassAnnotation);
  const waiting: Metric = {
    name: names.budgetLeft,
    interval: goDuration(promote.every),
    // Nothing is lost by an abort before the first request, and a pause would stop the scaling of what serves now.
    ...holding(condition, { good: 1, count: Math.ceil(promote.maxWait / promote.every) + 1, onTimeout: "abort" }, rhythm.version),
    consecutiveErrorLimit: toleratedErrors(settings),
    ...asks(queries.budgetLeft, rhythm),
  };
  if (budget.exhausted === "hold") return [waiting];
  const gone: Metric = {
    name: names.budgetGone,
    count: 1,
    failureCondition: unlessHotfix(isGone(), budget.bypassAnnotation),
    failureLimit: 0,
    consecutiveErrorLimit: toleratedErrors(settings),
    ...asks(queries.budgetLeft, rhythm),
  };
  return [waiting, gone];
}

function orHotfix(condition: string, annotation: string | undefined): string {
  return annotation === undefined ? condition : `'${valueOf(ARGUMENTS.hotfix)}' == 'true' || (${condition})`;
}

function unlessHotfix(condition: string, annotation: string | undefined): string {
  return annotation === undefined ? condition : `'${valueOf(ARGUMENTS.hotfix)}' != 'true' && (${condition})`;
}

/** More looks than any release has, for checks that are only recorded and have to go on whatever they find. */
const ENDLESS = 10_000;

/** The same checks while observing: each look is recorded as good or not, and none ends the metric. */
export function recordStep(rhythm: Rhythm, looks: Looks, firstAt: number): Hold {
  const { settings } = rhythm;
  return (name, successCondition, query) => ({
    name,
    initialDelay: goDuration(firstAt),
    interval: goDuration(settings.promote.every),
    ...(looks !== "throughout" && { count: looks }),
    successCondition,
    failureLimit: looks === "throughout" ? ENDLESS : looks,
    consecutiveErrorLimit: toleratedErrors(settings),
    ...asks(query, rhythm),
  });
}

/** An error is asked again after 10 s, whatever the interval: https://github.com/argoproj/argo-rollouts/blob/v1.9.1/analysis/analysis.go */
const ERROR_RETRY = 10;

function toleratedErrors({ sourceDown }: GateSettings): number {
  return Math.ceil(sourceDown / ERROR_RETRY);
}

function watch(
  name: string,
  rhythm: Rhythm,
  looks: Looks,
): Pick<Metric, "name" | "initialDelay" | "interval" | "count" | "consecutiveErrorLimit"> {
  const { settings } = rhythm;
  return {
    name,
    initialDelay: goDuration(rhythm.failDelay),
    interval: goDuration(settings.fail.every),
    ...(looks !== "throughout" && { count: looks }),
    consecutiveErrorLimit: toleratedErrors(settings),
  };
}

/** `since` is the argument that says how far back to look at stable's side. */
function asks(query: Expr, { source, reach }: Rhythm, since?: string): Pick<Metric, "provider"> {
  const filled = since === undefined ? fillWindow(query, reach) : leaveWindow(query, since);
  return { provider: { prometheus: { ...source, query: printExpr(filled) } } };
}
