import { failDelay, plannedLength, promoteLooks } from "../../gate/plan.ts";
import type { GateSettings, ReleasePolicy } from "../../model/policy.ts";
import type { Seconds } from "../../units/duration.ts";
import { ARGUMENTS, valueOf } from "./arguments.ts";
import { NEVER } from "./conditions.ts";
import { goDuration } from "./go-duration.ts";
import { metricNames } from "./names.ts";
import type { Metric, Provider } from "./types.ts";
import { supports, type Version } from "./versions.ts";

/** A number to be asked for, and the condition that says what it means. */
export interface Check {
  readonly name: string;
  readonly provider: Provider;
  readonly condition: string;
}

/** One SLO's checks as its metrics source can answer them. */
export interface GateChecks {
  /** What the names of its metrics begin with. */
  readonly stem: string;
  readonly settings: GateSettings;
  /** Conditions that speak against the canary; `looks` of them in total roll back. */
  readonly failing: readonly (Check & { readonly looks: number })[];
  /** Conditions that a step waits for. */
  readonly promoting: readonly Check[];
  /** What is left of the period's budget; absent where nobody knows or asks. */
  readonly budgetLeft?: { readonly provider: Provider; readonly isLeft: string; readonly isGone: string };
  /** Burn rates for people to look at. */
  readonly observed: readonly Omit<Check, "condition">[];
}

/** A guard's check: the condition of a guard that rolls back says what is wrong, that of one which holds says what is well. */
export interface GuardCheck extends Check {
  readonly action: "hold" | "fail";
}

/** What the metrics of one policy have in common. */
export interface Rhythm {
  readonly version: Version;
  /** Of the first gate: the rhythm of looks is one for the whole policy. */
  readonly settings: GateSettings;
  /** From the start of the background run to its first look. */
  readonly failDelay: Seconds;
  /** The whole release as planned. */
  readonly length: Seconds;
}

export function rhythmOf(policy: ReleasePolicy, version: Version): Rhythm {
  const [first] = policy.gates;
  if (first === undefined) throw new Error(`policy ${policy.name} has no gate`);
  return {
    version,
    settings: first.settings,
    failDelay: failDelay(policy.source),
    length: plannedLength(policy.delivery),
  };
}

/** How long a check goes on: as long as the release, or for some looks. */
export type Looks = "throughout" | number;

/**
 * The checks that roll back. Each has a failure condition alone, so that a look without data says nothing and a terminated run is no verdict.
 * `failureLimit` is how many failures a run bears in total, never in a row: https://github.com/argoproj/argo-rollouts/issues/4792
 */
export function failMetrics({ failing }: GateChecks, rhythm: Rhythm, looks: Looks): readonly Metric[] {
  return failing.map((check) => failMetric(check, check.looks, rhythm, looks));
}

/** `tolerated` is how many failures in total roll back. */
export function failGuard(check: GuardCheck, tolerated: number, rhythm: Rhythm, looks: Looks): Metric {
  return failMetric(check, tolerated, rhythm, looks);
}

function failMetric({ name, provider, condition }: Check, tolerated: number, rhythm: Rhythm, looks: Looks): Metric {
  return { ...watch(name, rhythm, looks), failureCondition: condition, failureLimit: tolerated - 1, provider };
}

/** Burn rates for people to look at; no condition, so they never end. */
export function observations({ observed }: GateChecks, rhythm: Rhythm, looks: Looks): readonly Metric[] {
  return observed.map(({ name, provider }) => ({ ...watch(name, rhythm, looks), provider }));
}

/** Makes a metric that is good at a look if its condition holds, and has to be good for some looks in a row. */
export type Hold = (check: Check) => Metric;

/** The looks of an inline run. Their number is the same at each step, their delay is an argument. */
export function holdStep(rhythm: Rhythm): Hold {
  const { settings } = rhythm;
  const { good, count } = promoteLooks(settings.promote, rhythm.length);
  return ({ name, condition, provider }) => ({
    name,
    initialDelay: valueOf(ARGUMENTS.initialDelay),
    interval: goDuration(settings.promote.every),
    ...holding(condition, { good, count, onTimeout: settings.promote.onTimeout }, rhythm.version),
    consecutiveErrorLimit: toleratedErrors(settings),
    provider,
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
export function budgetMetrics({ stem, budgetLeft, settings }: GateChecks, rhythm: Rhythm): readonly Metric[] {
  const { budget, promote } = settings;
  if (budgetLeft === undefined || budget === undefined || budget.exhausted === "observe") return [];
  const names = metricNames(stem);
  const { provider } = budgetLeft;
  const condition = orHotfix(budgetLeft.isLeft, budget.bypassAnnotation);
  const waiting: Metric = {
    name: names.budgetLeft,
    interval: goDuration(promote.every),
    // Nothing is lost by an abort before the first request, and a pause would stop the scaling of what serves now.
    ...holding(condition, { good: 1, count: Math.ceil(promote.maxWait / promote.every) + 1, onTimeout: "abort" }, rhythm.version),
    consecutiveErrorLimit: toleratedErrors(settings),
    provider,
  };
  if (budget.exhausted === "hold") return [waiting];
  const gone: Metric = {
    name: names.budgetGone,
    count: 1,
    failureCondition: unlessHotfix(budgetLeft.isGone, budget.bypassAnnotation),
    failureLimit: 0,
    consecutiveErrorLimit: toleratedErrors(settings),
    provider,
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
  return ({ name, condition, provider }) => ({
    name,
    initialDelay: goDuration(firstAt),
    interval: goDuration(settings.promote.every),
    ...(looks !== "throughout" && { count: looks }),
    successCondition: condition,
    failureLimit: looks === "throughout" ? ENDLESS : looks,
    consecutiveErrorLimit: toleratedErrors(settings),
    provider,
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
