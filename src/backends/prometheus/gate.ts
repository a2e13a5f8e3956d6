import { boundConstants, type BoundConstants } from "../../gate/confidence.ts";
import { stableReach } from "../../gate/plan.ts";
import type { EventsIndicator, Indicator, PromqlQuery, ThresholdIndicator } from "../../model/model.ts";
import type { BudgetSettings, Guard, PrometheusPolicy, PrometheusGate } from "../../model/policy.ts";
import type { Expr, WindowHole } from "../../promql/ast.ts";
import { aggregate, binary, call, number, paren, subquery, WINDOW } from "../../promql/build.ts";
import { outputLabels } from "../../promql/rewrite.ts";
import { seconds, type Seconds } from "../../units/duration.ts";
import { burnRate, type BurnRate } from "../../units/quantity.ts";
import { equal, ONE, toDecimal, toNumber, type Rational } from "../../units/rational.ts";
import {
  countsOn,
  increaseFromBirth,
  increaseOver,
  knownBad,
  measurable,
  measuredTotal,
  measureOf,
  orNone,
  orZero,
  sinceBirth,
  type CountedEvents,
  type CountExprs,
} from "./counts.ts";
import { BUDGET_REMAINING, recorded } from "./series.ts";
import { errorRatio, isSliced, mayBeNaN, sliceError, treeOf } from "./sli.ts";
import { sidesOf, sliceExpr, sliceQuery, type Hashes, type Side } from "./slices.ts";

export type { Hashes } from "./slices.ts";

/**
 * One gate's checks. Every expression gives at most one number, without labels, never NaN or infinite. The open window in `promote` and
 * `budget` stands for the time since the canary's start, as `PlannedStep.since` has it.
 */
export interface GateQueries {
  /** The lower bound of the canary's burn rate where it speaks against the canary, else nothing. */
  readonly fail: Expr;
  /** The same by the limits of `extreme`. */
  readonly extreme?: Expr;
  /** 1 where the canary has no series, else nothing. */
  readonly series?: Expr;
  /** The burn rate that matters: at most the limit of `promote` where the canary may go on; nothing where nobody can tell. */
  readonly promote: Expr;
  /** 0 while enough of the budget is left, else as `promote` with both limits at 1. */
  readonly budget?: Expr;
  /** The share of the period's budget that is left; nothing if nobody records it. */
  readonly budgetLeft?: Expr;
  /** The plain burn rate over the window, for people. */
  readonly canaryBurn: Expr;
  readonly stableBurn: Expr;
}

/**
 * A number of requests, or what makes one by the canary's share of the window's traffic. It is given the inverse, how many times the
 * canary's requests all of them are: nothing where it has served none.
 */
export type Demand = Expr | ((timesCanary: Expr) => Expr);

export type GatePolicy = Pick<PrometheusPolicy, "isolation" | "matchers" | "delivery">;

/**
 * The expressions that give exactly the verdicts of `judge`, by counts where the SLI has any and by its error ratio otherwise.
 * `minRequests` is what the canary must have served for `promote` to speak; it may hold an argument of the controller.
 */
export function gateQueries(gate: PrometheusGate, policy: GatePolicy, hashes: Hashes, minRequests: Demand | undefined): GateQueries {
  const { settings } = gate;
  const checks = checksOf(gate, policy, hashes, minRequests);
  const { promoting } = checks;
  return {
    fail: checks.failing(settings.fail),
    ...(settings.extreme && { extreme: checks.failingNow(settings.extreme) }),
    ...(settings.noSeries === "fail" && { series: call("absent", checks.measured) }),
    promote: promoting(settings.promote),
    ...(settings.budget && {
      budget: binary(whileFine(gate, settings.budget), "or", paren(promoting(TIGHT))),
      budgetLeft: budgetLeft(gate),
    }),
    canaryBurn: checks.canaryBurn,
    stableBurn: checks.stableBurn,
  };
}

/** The limit of a burn rate: `burnRate`, or `timesStable` times stable's where that is more. */
interface Limits {
  readonly burnRate: BurnRate;
  readonly timesStable: Rational;
}

/** As good as stable and within the budget. */
const TIGHT: Limits = { burnRate: burnRate(ONE) ?? never(), timesStable: ONE };

interface Checks {
  readonly failing: (limits: Limits) => Expr;
  readonly failingNow: (limits: Limits) => Expr;
  readonly promoting: (limits: Limits) => Expr;
  /** What is there as soon as the canary is measured, traffic or not. */
  readonly measured: Expr;
  readonly canaryBurn: Expr;
  readonly stableBurn: Expr;
}

function checksOf(gate: PrometheusGate, policy: GatePolicy, hashes: Hashes, minRequests: Demand | undefined): Checks {
  const events = countedEvents(gate);
  return events === undefined ? pointChecks(gate, policy, hashes) : countChecks(gate, events, policy, hashes, minRequests);
}

/** What a gate counts: its evidence queries, or else the SLI's own if both of them are counts of events. */
export function countedEvents({ slo, evidenceQueries }: PrometheusGate): CountedEvents | undefined {
  if (evidenceQueries !== undefined) {
    const { bad, total } = evidenceQueries;
    const events: EventsIndicator = { kind: "events", counted: "bad", events: bad, total, at: slo.indicator.at };
    return isCounted(events) ? events : undefined;
  }
  return slo.budgeting.kind === "occurrences" && slo.indicator.kind === "events" && isCounted(slo.indicator) ? slo.indicator : undefined;
}

function isCounted(indicator: EventsIndicator): boolean {
  return [indicator.events, indicator.total].every((query) => measureOf(treeOf(query)) === "count");
}

/** The stretches of time that `judge` compares, as counts. */
interface Stretches {
  readonly recent: CountExprs;
  readonly stableRecent: CountExprs;
  readonly start: (since: Since) => CountExprs;
  readonly stableSince: (since: Since) => CountExprs;
}

/** A literal length, or the one that the controller fills in for each step. */
type Since = Seconds | WindowHole;

function stretchesOf(events: CountedEvents, window: Seconds, policy: GatePolicy, hashes: Hashes): Stretches {
  const { canary, stable } = sidesOf(policy, hashes);
  const { revisionUnique } = policy.isolation;
  return {
    recent: countsOn(canary, events, revisionUnique ? increaseFromBirth(window, seriesOf(policy)) : increaseOver(window)),
    start: (since) => countsOn(canary, events, revisionUnique ? sinceBirth(since, seriesOf(policy)) : increaseOver(since)),
    stableRecent: countsOn(stable, events, increaseOver(window)),
    stableSince: (since) => countsOn(stable, events, increaseOver(since)),
  };
}

/** Without a hash, series are of this revision for as long as they live: the release before had the same names. */
function seriesOf({ isolation }: GatePolicy): "all" | "living" {
  return isolation.canary.some(({ value }) => typeof value === "string" && value.includes("{hash}")) ? "all" : "living";
}

function countChecks(
  { slo, settings }: PrometheusGate,
  events: CountedEvents,
  policy: GatePolicy,
  hashes: Hashes,
  minRequests: Demand | undefined,
): Checks {
  const { recent, stableRecent, start, stableSince } = stretchesOf(events, settings.window, policy, hashes);
  const constants = boundConstants(toNumber(settings.confidence), settings.minBadEvents);
  const burning = (share: Expr, total: Expr): Expr =>
    binary(binary(share, "/", binary(total, ">", number("0"))), "/", decimal(slo.objective.budget));
  const plain = ({ bad, total }: CountExprs): Expr => burning(bad, total);
  const bounded = ({ bad, total }: CountExprs): Expr => burning(lowerBound(bad, constants), total);
  const atMost = (counts: CountExprs): Expr => burning(upperBound(knownBad(counts), constants), counts.total);
  const above = (burn: Expr, limit: Expr): Expr => paren(binary(burn, ">", limit));

  const failingNow = (limits: Limits): Expr => above(bounded(recent), limitOf(atMost(stableRecent), limits));
  const observed = (counts: CountExprs): Expr => {
    const burn = burning(paren(knownBad(counts)), counts.total);
    return mayBeNaN(counts.bad) ? binary(burn, ">", number("-Inf")) : burn;
  };
  const whole = stableReach(policy.delivery);
  const since = start(WINDOW);
  const demanded = typeof minRequests === "function" ? minRequests(timesCanary(recent, stableRecent)) : minRequests;
  return {
    failingNow,
    failing: (limits) => {
      const sinceStart = above(bounded(start(whole)), limitOf(plain(stableSince(whole)), limits));
      const still = above(plain(recent), limitOf(atMost(stableRecent), limits));
      return binary(failingNow(limits), "or", paren(binary(sinceStart, "and", still)));
    },
    promoting: (limits) => {
      const burns = above(bounded(recent), decimal(limits.burnRate));
      const burned = above(bounded(since), limitOf(plain(stableSince(WINDOW)), limits));
      const bound = burning(paren(orNone(lowerBound(since.bad, constants), since)), since.total);
      const seen = binary(binary(burns, "or", burned), "or", call("clamp_max", bound, decimal(limits.burnRate)));
      const enough = demanded === undefined ? seen : binary(paren(seen), "and", paren(binary(since.total, ">=", demanded)));
      return settings.noTraffic === "pass" ? binary(enough, "or", paren(binary(measuredTotal(since), "==", number("0")))) : enough;
    },
    measured: measurable(start(whole)),
    canaryBurn: observed(recent),
    stableBurn: observed(stableRecent),
  };
}

/** How many times the canary's requests all requests are. */
function timesCanary(canary: CountExprs, stable: CountExprs): Expr {
  return binary(number("1"), "+", binary(paren(orZero(stable.total)), "/", paren(binary(canary.total, ">", number("0")))));
}

function lowerBound(bad: Expr, { square, half, least }: BoundConstants): Expr {
  const root = binary(call("sqrt", binary(bad, "+", number(String(square)))), ">=", number(String(least)));
  return binary(paren(binary(paren(root), "-", number(String(half)))), "^", number("2"));
}

function upperBound(bad: Expr, { square, half }: BoundConstants): Expr {
  return binary(paren(binary(call("sqrt", binary(bad, "+", number(String(square)))), "+", number(String(half)))), "^", number("2"));
}

/** `max(burnRate, timesStable x stable)`, where a stable side without traffic burns nothing. */
function limitOf(stable: Expr, { burnRate, timesStable }: Limits): Expr {
  const times = equal(timesStable, ONE) ? stable : binary(stable, "*", decimal(timesStable));
  return call("clamp_min", orZero(times), decimal(burnRate));
}

/** How often a subquery looks at what has no counts. */
const POINT_STEP = seconds(30);

/** Checks by the error ratio of the window alone: nothing says how many requests it stands for. */
function pointChecks({ slo, settings }: PrometheusGate, policy: GatePolicy, hashes: Hashes): Checks {
  const { canary, stable } = sidesOf(policy, hashes);
  const burn = (side: Side): Expr => {
    const sliced = { ...slo, indicator: sliceIndicator(slo.indicator, side) };
    const ratio = isSliced(slo)
      ? call("avg_over_time", subquery(sliceError(sliced, POINT_STEP), settings.window, POINT_STEP))
      : errorRatio(ratioOf(sliced.indicator), settings.window);
    return binary(worst("max", ratio), "/", decimal(slo.objective.budget));
  };
  const [ofCanary, ofStable] = [burn(canary), burn(stable)];
  const failingNow = (limits: Limits): Expr => paren(binary(ofCanary, ">", limitOf(ofStable, limits)));
  return {
    failingNow,
    failing: failingNow,
    promoting: (limits) => binary(failingNow(limits), "or", call("clamp_max", ofCanary, decimal(limits.burnRate))),
    measured: ofCanary,
    canaryBurn: ofCanary,
    stableBurn: ofStable,
  };
}

function sliceIndicator(indicator: Indicator, side: Side): Indicator {
  return indicator.kind === "events"
    ? { ...indicator, events: sliceQuery(indicator.events, side), total: sliceQuery(indicator.total, side) }
    : { ...indicator, query: sliceQuery(indicator.query, side) };
}

function ratioOf(indicator: Indicator): Exclude<Indicator, ThresholdIndicator> {
  if (indicator.kind === "threshold") throw new Error("a threshold is judged in slices");
  return indicator;
}

/** One number out of those of all groups. */
function worst(op: "max" | "min", expr: Expr): Expr {
  const labels = outputLabels(expr);
  return labels !== "unknown" && labels.known.length === 0 ? expr : aggregate(op, expr);
}

/** The guard's query on the canary; of several series the one that is nearest to breaking the limit, or beyond it. */
export function guardQuery(guard: Guard<PromqlQuery>, policy: GatePolicy, hashes: Hashes): Expr {
  const expr = sliceExpr(treeOf(guard.query), sidesOf(policy, hashes).canary);
  const finite = mayBeNaN(expr) ? binary(binary(expr, ">", number("-Inf")), "<", number("Inf")) : expr;
  return worst(guard.bound, finite);
}

/**
 * The share of the period's budget that is left, by the rules that slogen and Sloth record. A grouped SLI has a budget for each group,
 * and a source that holds several clusters one for each: the emptiest counts. The policy's matchers name labels of the user's series,
 * which a rule that sums over them does not keep.
 */
function budgetLeft({ slo }: PrometheusGate): Expr {
  return aggregate("min", binary(recorded(slo, BUDGET_REMAINING), ">", number("-Inf")));
}

function budgetConsumed(gate: PrometheusGate): Expr {
  return binary(number("1"), "-", budgetLeft(gate));
}

function whileFine(gate: PrometheusGate, { tightenAt }: BudgetSettings): Expr {
  return binary(number("0"), "*", paren(binary(budgetConsumed(gate), "<", decimal(tightenAt))));
}

/** Both are absent where the side has no series; `bad` alone is where it is not measured. */
type Counts = Readonly<Record<"bad" | "total", Expr>>;

/** The plain counts that a `Look` is made of. Open windows stand for the time since the canary's start. */
export interface CountQueries {
  readonly recent: Counts;
  readonly start: Counts;
  readonly stableRecent: Counts;
  readonly stableSince: Counts;
  readonly budgetConsumed: Expr;
}

/** Undefined where the gate has no counts, and so no `Look`. */
export function countQueries(gate: PrometheusGate, policy: GatePolicy, hashes: Hashes): CountQueries | undefined {
  const events = countedEvents(gate);
  if (events === undefined) return undefined;
  const { recent, start, stableRecent, stableSince } = stretchesOf(events, gate.settings.window, policy, hashes);
  const filled = (counts: CountExprs): Counts => ({ bad: knownBad(counts), total: counts.total });
  return {
    recent: filled(recent),
    start: filled(start(WINDOW)),
    stableRecent: filled(stableRecent),
    stableSince: filled(stableSince(WINDOW)),
    budgetConsumed: budgetConsumed(gate),
  };
}

function decimal(value: Rational): Expr {
  return number(toDecimal(value));
}

function never(): never {
  throw new Error("1 is a burn rate");
}
