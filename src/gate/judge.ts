import type { GateSettings } from "../model/policy.ts";
import type { Ratio } from "../units/quantity.ts";
import { toNumber } from "../units/rational.ts";
import { boundConstants, lowerBound, type BoundConstants } from "./confidence.ts";

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
  /** Stable over the window. */
  readonly stableRecent?: Counts;
  /** Stable over the plan's time since the canary's start. */
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
  readonly extreme?: Finding;
  readonly series: Finding;
  readonly promote: Finding;
  readonly budget?: Finding;
  readonly exhausted?: Finding;
}

export interface JudgeInput {
  readonly settings: GateSettings;
  /** The SLO's error budget. */
  readonly budget: Ratio;
  /** Requests that the canary must have served by now; 0 for no demand. */
  readonly minRequests: number;
}

/**
 * The definition of a gate's verdict: every target's encoding is tested against it.
 * Burn rates of the canary are lower confidence bounds; those of stable, the baseline, are plain.
 */
export function judge(input: JudgeInput, look: Look): Judgement {
  const { settings } = input;
  const budget = toNumber(input.budget);
  const constants = boundConstants(toNumber(settings.confidence), settings.minBadEvents);
  const recent = bound(look.recent, budget, constants);
  const start = bound(look.start, budget, constants);
  const stableRecent = burn(look.stableRecent, budget) ?? 0;
  const stableSince = burn(look.stableSince, budget) ?? 0;

  /** `max(burnRate, timesStable x stable)`, which attribution and floor are in one. */
  const limit = (burnRate: number, timesStable: number, stable: number): number => Math.max(burnRate, timesStable * stable);

  const failingNow = ({ burnRate, timesStable }: Limits): Finding =>
    above(recent, limit(burnRate, timesStable, stableRecent)) ? { verdict: "fail", ...shown(recent) } : { verdict: "go" };
  const failing = ({ burnRate, timesStable }: Limits): Finding => {
    const now = failingNow({ burnRate, timesStable });
    if (now.verdict === "fail") return now;
    // Few requests in the window may show nothing where all since the start do, if the canary is still at it.
    const still = above(burn(look.recent, budget), burnRate);
    if (still && above(start, limit(burnRate, timesStable, stableSince))) return { verdict: "fail", ...shown(start) };
    return { verdict: "go" };
  };
  const promoting = ({ burnRate, timesStable }: Limits): Finding => {
    const silent = look.start?.total === 0;
    if (silent && settings.noTraffic === "pass") return { verdict: "go", burnRate: 0 };
    if (look.start === undefined || start === undefined || look.start.total < input.minRequests) return { verdict: "hold" };
    if (above(recent, burnRate)) return { verdict: "hold", ...shown(recent) };
    if (start > limit(burnRate, timesStable, stableSince)) return { verdict: "hold", ...shown(start) };
    return { verdict: "go", burnRate: Math.min(start, burnRate) };
  };

  const { extreme, budget: position } = settings;
  return {
    fail: failing(limits(settings.fail)),
    ...(extreme && { extreme: failingNow(limits(extreme)) }),
    series: { verdict: settings.noSeries === "fail" && look.start === undefined ? "fail" : "go" },
    promote: promoting(limits(settings.promote)),
    ...(position && {
      // Where nobody records the budget, it counts as nearly gone.
      budget: (look.budgetConsumed ?? 1) >= toNumber(position.tightenAt) ? promoting(TIGHT) : { verdict: "go", burnRate: 0 },
      exhausted: exhausted(position.exhausted, look.budgetConsumed),
    }),
  };
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

function exhausted(action: "hold" | "fail" | "observe", consumed: number | undefined): Finding {
  if (action === "observe" || (consumed !== undefined && consumed < 1)) return { verdict: "go" };
  // An unknown budget never rolls anything back.
  return { verdict: consumed === undefined ? "hold" : action };
}

/** The plain burn rate; absent without traffic. */
function burn(counts: Counts | undefined, budget: number): number | undefined {
  return counts === undefined || counts.total <= 0 ? undefined : counts.bad / counts.total / budget;
}

function bound(counts: Counts | undefined, budget: number, constants: BoundConstants): number | undefined {
  return counts === undefined || counts.total <= 0 ? undefined : lowerBound(counts.bad, constants) / counts.total / budget;
}

function above(value: number | undefined, limit: number): boolean {
  return value !== undefined && value > limit;
}

function shown(burnRate: number | undefined): { readonly burnRate?: number } {
  return burnRate === undefined ? {} : { burnRate };
}
