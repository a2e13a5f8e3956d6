import type { MeasuredSlo, Query } from "../model/model.ts";
import type { GateSettings } from "../model/policy.ts";
import type { Ratio } from "../units/quantity.ts";
import { multiply, ONE, parseDecimal, toNumber, type Rational } from "../units/rational.ts";
import { quantile } from "./confidence.ts";
import { exhausted, hasEvidence, type Counts, type Judge, type JudgeInput, type Judgement, type Look, type Verdict } from "./judge.ts";

/**
 * One check as a straight line: so many bad events more than are borne. For sources that compute neither a root nor a maximum, and see
 * one stretch of time at once.
 */
export interface Allowance {
  /** The share of the canary's requests that may be bad whatever stable does. */
  readonly share: Rational;
  /** The share of the canary's requests that may be bad, in units of stable's own share; absent where stable does not count. */
  readonly timesStable?: Rational;
  /** Bad events that are borne besides. */
  readonly events: Rational;
}

/** Every check of one SLO by its name, with the stretch of time that it sees. */
export interface Allowances {
  readonly fail: Allowance;
  readonly failSince: Allowance;
  readonly extreme?: Allowance;
  readonly promote: Allowance;
  readonly promoteSince: Allowance;
}

/**
 * Over the whole plan the shares of canary and stable in a common trouble differ by up to the ratio of its weights, and no second
 * window tells whether it goes on, so stable counts that much more: below, a common outage rolls back one innocent canary in six;
 * above, nothing changes (`npm run bench:gates -- --backend datadog`).
 */
export const WHOLE_PLAN = parseDecimal("2.5") ?? ONE;

/** A step may wait for less than rolls back: one bad event fewer. */
const LENIENCY = 1;

/**
 * The line that touches the confidence bound of `judge`. `bad` events speak against a canary beyond `limit` where
 * `bad > e + z sqrt(e)`, with `e` = limit x requests the events that are borne (the Poisson limit of the Wilson score interval, as in
 * `confidence.ts`). For any m > 0 that root is at most `e z^2 / 4m + m`, by the means' inequality, and equal at one point: so
 * whatever is above the line is above the bound, and the line alone asks for more than m events.
 */
export function allowancesOf({ fail, extreme, promote, confidence, minBadEvents }: GateSettings, budget: Ratio): Allowances {
  const line = ({ burnRate, timesStable }: Limit, events: number, reach = ONE): Allowance => {
    const tilt = tiltOf(toNumber(confidence), events);
    return {
      share: multiply(tilt, multiply(burnRate, budget)),
      timesStable: multiply(tilt, multiply(timesStable, reach)),
      events: parseDecimal(String(events)) ?? ONE,
    };
  };
  const [toFail, toHold] = [Math.max(0.5, minBadEvents - 0.5), Math.max(0.5, minBadEvents - 0.5 - LENIENCY)];
  const { share, events } = line(promote, toHold);
  return {
    fail: line(fail, toFail),
    failSince: line(fail, toFail, WHOLE_PLAN),
    ...(extreme && { extreme: line(extreme, toFail) }),
    // What burns now is waited for, whoever it is that burns.
    promote: { share, events },
    promoteSince: line(promote, toHold),
  };
}

type Limit = Pick<GateSettings["fail"], "burnRate" | "timesStable">;

/** To four digits, as it goes into queries. */
function tiltOf(confidence: number, events: number): Rational {
  const z = quantile(confidence);
  return parseDecimal((1 + (z * z) / (4 * events)).toFixed(4)) ?? ONE;
}

/**
 * Bad events of the canary beyond what is borne; undefined where it served nothing. One request more on stable's side keeps a stable
 * without traffic from being a division by zero.
 */
export function excess(
  canary: Counts | undefined,
  stable: Counts | undefined,
  { share, timesStable, events }: Allowance,
): number | undefined {
  if (canary === undefined || canary.total <= 0) return undefined;
  const { bad, total } = stable ?? { bad: 0, total: 0 };
  const beside = timesStable === undefined ? 0 : toNumber(timesStable) * (bad / (total + 1));
  return canary.bad - canary.total * (toNumber(share) + beside) - toNumber(events);
}

/** Whether the SLO's budget is one of events, which a source without recorded budgets can count. That of slices of time is another number. */
export function hasEventBudget({ indicator, budgeting }: Pick<MeasuredSlo<Query>, "indicator" | "budgeting">): boolean {
  return budgeting.kind === "occurrences" && indicator.kind !== "threshold";
}

/**
 * `judgeOf` for sources that can only tell an excess. Each check is one of its own, so a step's good looks in a row are counted for each;
 * "since the start" is as far back as stable's stretch, and does not ask whether the canary is still at it. The budget's position cannot
 * tighten a limit.
 */
export function excessJudgeOf(input: JudgeInput): Judge {
  const { settings } = input;
  const allowances = allowancesOf(settings, input.budget);
  const { fail, failSince, extreme, promote, promoteSince } = allowances;
  const failing = (value: number | undefined): Verdict => (value !== undefined && value > 0 ? "fail" : "go");
  const promoting = (value: number | undefined): Verdict => (value !== undefined && value <= 0 ? "go" : "hold");
  return (look: Look): Judgement => ({
    fail: { verdict: failing(excess(look.recent, look.stableRecent, fail)) },
    failSince: { verdict: failing(excess(look.start, look.stableSince, failSince)) },
    ...(extreme && { extreme: { verdict: failing(excess(look.recent, look.stableRecent, extreme)) } }),
    series: { verdict: settings.noSeries === "fail" && (look.start?.total ?? 0) <= 0 ? "fail" : "go" },
    promote: { verdict: promoting(excess(look.recent, undefined, promote)) },
    promoteSince: { verdict: promoting(excess(look.start, look.stableSince, promoteSince)) },
    ...(settings.evidence.otherwise !== "pass" && {
      evidence: { verdict: hasEvidence(look, input) ? "go" : "hold" },
    }),
    ...(settings.budget && { exhausted: exhausted(settings.budget.exhausted, look.budgetConsumed) }),
  });
}
