import type { GateSettings } from "../model/policy.ts";
import type { Ratio } from "../units/quantity.ts";
import { toNumber } from "../units/rational.ts";
import { boundConstants, lowerBound, upperBound, type BoundConstants } from "./confidence.ts";

/** Events of one side over one stretch of time. Counts from a metrics source are extrapolated and so need not be whole. */
export interface Counts {
  /** 0 where no bad event was ever counted. */
  readonly bad: number;
  readonly total: number;
}

/** What a gate sees of one SLO at one moment. A side or stretch without any series is absent. */
export interface Look {
  /** The canary over the window. */
  readonly recent?: Counts;
  /** The canary since its start; over `since` seconds where its series outlive a revision. */
  readonly start?: Counts;
  /** Stable over the window. Counters lose a series' first events, so each birth of a series of bad events counts as one. */
  readonly stableRecent?: Counts;
  /** Stable, counted likewise, over `stableReach`. */
  readonly stableSince?: Counts;
  /** The consumed share of the period's error budget; above 1 if overspent. Absent where nobody records it. */
  readonly budgetConsumed?: number;
}

/** What one check says of a look, and the burn rate that it says it of (absent without data). */
export interface Finding {
  readonly verdict: Verdict;
  readonly burnRate?: number;
}

/** `go` on, `hold` the step, or `fail`, which counts towards a rollback. A fail check that has nothing against the canary says `go`. */
export type Verdict = "go" | "hold" | "fail";

/** Every check of one SLO. Persistence (how many looks it takes) is `run`'s affair. */
export interface Judgement {
  readonly fail: Finding;
  /** What a source that sees one stretch of time at once cannot say together with `fail`. */
  readonly failSince?: Finding;
  readonly extreme?: Finding;
  readonly series: Finding;
  readonly promote: Finding;
  /** The same of `promote`. */
  readonly promoteSince?: Finding;
  readonly evidence?: Finding;
  readonly budget?: Finding;
  readonly exhausted?: Finding;
}

export type Judge = (look: Look) => Judgement;

export interface JudgeInput {
  readonly settings: GateSettings;
  /** The SLO's error budget. */
  readonly budget: Ratio;
  /** Requests that the canary must have served by now; 0 for no demand. */
  readonly minRequests: number;
  /** The canary's share of the window's traffic at which so many are demanded; at another share, in proportion. Absent where none matters. */
  readonly fullShare?: number;
}

/**
 * The definition of a gate's verdict: every target's encoding is tested against it.
 * Burn rates of the canary are lower confidence bounds. Those of stable, the baseline, are plain over the long stretch
 * and upper bounds over the short one, which holds few events: a trouble that both share must not look like the canary's.
 */
export function judge(input: JudgeInput, look: Look): Judgement {
  return judgeOf(input)(look);
}

/** `judge` with everything computed that does not depend on the look, for callers that have many. */
export function judgeOf(input: JudgeInput): Judge {
  const { settings } = input;
  const budget = toNumber(input.budget);
  const constants = boundConstants(toNumber(settings.confidence), settings.minBadEvents);
  const fail = limits(settings.fail);
  const extreme = settings.extreme && limits(settings.extreme);
  const promote = limits(settings.promote);
  const position = settings.budget;
  const tightenAt = position && toNumber(position.tightenAt);

  return (look) => {
    const seen: Burns = {
      recent: lowest(look.recent, budget, constants),
      recentRaw: burn(look.recent, budget),
      start: lowest(look.start, budget, constants),
      stableRecent: highest(look.stableRecent, budget, constants) ?? 0,
      stableSince: burn(look.stableSince, budget) ?? 0,
    };
    // Where nobody records the budget, it counts as nearly gone.
    const isTight = tightenAt !== undefined && (look.budgetConsumed ?? 1) >= tightenAt;
    return {
      fail: failing(seen, fail),
      ...(extreme && { extreme: failingNow(seen, extreme) }),
      series: { verdict: settings.noSeries === "fail" && look.start === undefined ? "fail" : "go" },
      promote: promoting(seen, promote, look, input),
      ...(position && {
        budget: isTight ? promoting(seen, TIGHT, look, input) : { verdict: "go", burnRate: 0 },
        exhausted: exhausted(position.exhausted, look.budgetConsumed),
      }),
    };
  };
}

/** A look's burn rates, as they are compared. */
interface Burns {
  readonly recent: number | undefined;
  readonly recentRaw: number | undefined;
  readonly start: number | undefined;
  readonly stableRecent: number;
  readonly stableSince: number;
}

function failingNow({ recent, stableRecent }: Burns, limits: Limits): Finding {
  return above(recent, limitBeside(stableRecent, limits)) ? { verdict: "fail", ...shown(recent) } : { verdict: "go" };
}

function failing(seen: Burns, limits: Limits): Finding {
  const now = failingNow(seen, limits);
  if (now.verdict === "fail") return now;
  // Few requests in the window may show nothing where all since the start do, if the canary is still at it, and alone.
  const still = above(seen.recentRaw, limitBeside(seen.stableRecent, limits));
  if (still && above(seen.start, limitBeside(seen.stableSince, limits))) return { verdict: "fail", ...shown(seen.start) };
  return { verdict: "go" };
}

function promoting({ recent, start, stableSince }: Burns, limits: Limits, look: Look, input: JudgeInput): Finding {
  if (look.start?.total === 0 && input.settings.noTraffic === "pass") return { verdict: "go", burnRate: 0 };
  if (start === undefined || !hasEvidence(look, input)) return { verdict: "hold" };
  if (above(recent, limits.burnRate)) return { verdict: "hold", ...shown(recent) };
  if (start > limitBeside(stableSince, limits)) return { verdict: "hold", ...shown(start) };
  return { verdict: "go", burnRate: Math.min(start, limits.burnRate) };
}

/** Whether the canary has served the requests that are demanded: not where these depend on a share of the traffic that nobody can tell. */
export function hasEvidence({ recent, start, stableRecent }: Look, { minRequests, fullShare }: JudgeInput): boolean {
  const served = start?.total ?? 0;
  if (fullShare === undefined) return served >= minRequests;
  const canary = recent?.total ?? 0;
  const all = canary + (stableRecent?.total ?? 0);
  return canary > 0 && served >= (minRequests * (canary / all)) / fullShare;
}

/** The floor and the attribution in one: `max(burnRate, timesStable x stable)`. */
function limitBeside(stable: number, { burnRate, timesStable }: Limits): number {
  return Math.max(burnRate, timesStable * stable);
}

/** As good as stable and within the budget. */
export const TIGHT: Limits = { burnRate: 1, timesStable: 1 };

export interface Limits {
  readonly burnRate: number;
  readonly timesStable: number;
}

/** A gate's limits as the numbers that are compared. */
export function limits({ burnRate, timesStable }: Pick<GateSettings["fail"], "burnRate" | "timesStable">): Limits {
  return { burnRate: toNumber(burnRate), timesStable: toNumber(timesStable) };
}

export function exhausted(action: "hold" | "fail" | "observe", consumed: number | undefined): Finding {
  if (action === "observe" || (consumed !== undefined && consumed < 1)) return { verdict: "go" };
  // An unknown budget never rolls anything back.
  return { verdict: consumed === undefined ? "hold" : action };
}

/** The plain burn rate; absent without traffic. */
function burn(counts: Counts | undefined, budget: number): number | undefined {
  return counts === undefined || counts.total <= 0 ? undefined : counts.bad / counts.total / budget;
}

/** The burn rate that the counts show at least. */
function lowest(counts: Counts | undefined, budget: number, constants: BoundConstants): number | undefined {
  return counts === undefined || counts.total <= 0 ? undefined : lowerBound(counts.bad, constants) / counts.total / budget;
}

/** The burn rate that the counts show at most. */
function highest(counts: Counts | undefined, budget: number, constants: BoundConstants): number | undefined {
  return counts === undefined || counts.total <= 0 ? undefined : upperBound(counts.bad, constants) / counts.total / budget;
}

function above(value: number | undefined, limit: number): boolean {
  return value !== undefined && value > limit;
}

function shown(burnRate: number | undefined): { readonly burnRate?: number } {
  return burnRate === undefined ? {} : { burnRate };
}
