import type { DatadogExpr } from "../../datadogql/ast.ts";
import { binary, call, number } from "../../datadogql/build.ts";
import { printQuery } from "../../datadogql/print.ts";
import type { Reducer } from "../../datadogql/reduce.ts";
import { DEFAULT_ZERO, withoutDefaults } from "../../datadogql/rewrite.ts";
import { mapMetrics, metricsOf } from "../../datadogql/walk.ts";
import { allowancesOf, hasEventBudget, type Allowance } from "../../gate/excess.ts";
import { stableReach } from "../../gate/plan.ts";
import type { DatadogQuery } from "../../model/model.ts";
import type { DatadogGate, Guard } from "../../model/policy.ts";
import type { Seconds } from "../../units/duration.ts";
import { add, ONE } from "../../units/rational.ts";
import {
  beyondShares,
  burnRateOf,
  decimal,
  guardTree,
  sidesOf,
  whereAny,
  type Counts,
  type DatadogGatePolicy,
  type SideEvents,
} from "./counts.ts";
import { aggregatorOf } from "./guard.ts";

/**
 * A gate's checks as queries of the v1 timeseries API, for a client that looks at one point of the first series:
 * https://docs.datadoghq.com/api/latest/metrics/#query-timeseries-points
 *
 * Each metric stands in `moving_rollup(…, <look-back>, 'sum')`, so that any one point tells the whole stretch up to itself. That it reads
 * what lies before the request's own `from` follows from Datadog's guide, which sums four hours within the last five minutes, and is
 * said nowhere: https://docs.datadoghq.com/monitors/guide/non_static_thresholds/#spike-threshold
 *
 * `default_zero` stands within it, around the metric. Outside, a moment without an error would read as a stretch without one, since
 * nothing says that `moving_rollup` has a point where the metric has none. All metrics have the one form, so that whatever Datadog reads
 * of them, it reads the same stretch of each; a share of a whole stretch of requests and a part of the errors would look healthy. An
 * absent canary is then nothing or a total of zero, and both speak against it.
 */
export interface GateSeries {
  /** As `excessJudgeOf` has them: at least 1 speaks for the canary, and its silence is below, however a quotient by zero is answered. */
  readonly promote: string;
  readonly promoteSince: string;
  /** All requests of the canary since its start. */
  readonly requests: string;
  /** The same by the canary's share of the window's traffic: what it would have served since its start with all of it. */
  readonly requestsByShare: string;
  /**
   * The share of the period's error budget that is left, of the whole service: something is left above zero. Absent where the SLO counts
   * something else than events.
   */
  readonly budgetLeft?: string;
}

export interface SeriesParts {
  /** What stands for the number 1 in a release that must pass an exhausted budget, and for 0 in every other. */
  readonly hotfix: string;
  /** The value is looked at by nobody but people: nothing is then zero, so that there is an answer for every canary. */
  readonly observed: boolean;
}

export function gateSeries(gate: DatadogGate, policy: DatadogGatePolicy, { hotfix, observed }: SeriesParts): GateSeries {
  const { slo, settings } = gate;
  const { budget } = slo.objective;
  const sides = sidesOf(gate, policy);
  const since = stableReach(policy.delivery);
  const allowances = allowancesOf(settings, budget);
  const margin = (allowance: Allowance, lookBack: Seconds): string => {
    const [canary, stable] = [countsOver(sides.canary, lookBack), countsOver(sides.stable, lookBack)];
    const borne = whereAny(canary.total, decimal(add(ONE, allowance.events)));
    return printed(binary(borne, "-", beyondShares(canary, stable, allowance)), observed);
  };
  const requests = countsOver(sides.canary, since).total;
  const requestsByShare = (): string => {
    const [canary, stable] = [countsOver(sides.canary, settings.window).total, countsOver(sides.stable, settings.window).total];
    return printed(binary(binary(requests, "*", binary(canary, "+", stable)), "/", canary), observed);
  };
  const budgetLeft = (): string => {
    const whole = countsOver(sides.whole, slo.period);
    const counted = binary(number("1"), "-", number(hotfix));
    return printed(binary(binary(whole.total, "/", whole.total), "-", binary(counted, "*", burnRateOf(whole, budget))), observed);
  };
  return {
    promote: margin(allowances.promote, settings.window),
    promoteSince: margin(allowances.promoteSince, since),
    requests: printed(requests, observed),
    requestsByShare: requestsByShare(),
    ...(hasEventBudget(slo) && { budgetLeft: budgetLeft() }),
  };
}

function printed(expr: DatadogExpr, observed: boolean): string {
  return printQuery(observed ? call(DEFAULT_ZERO, expr) : expr);
}

/** One total of a gate in both ways: the last point of `moving` is the sum of `plain` over the last `stableReach`. */
export function rollupProbe(gate: DatadogGate, policy: DatadogGatePolicy): { readonly moving: string; readonly plain: string } {
  const [metric] = metricsOf(sidesOf(gate, policy).whole.total);
  if (metric === undefined) throw new Error(`${gate.slo.id} has no total`);
  return { moving: printQuery(over(metric, stableReach(policy.delivery))), plain: printQuery(metric) };
}

function countsOver({ counted, events, total }: SideEvents, lookBack: Seconds): Counts {
  const [part, all] = [over(withoutDefaults(events), lookBack), over(withoutDefaults(total), lookBack)];
  const bad = counted === "bad" ? part : binary(all, "-", part);
  return { bad, total: all, badOrZero: bad, totalOrZero: all };
}

function over(counts: DatadogExpr, lookBack: Seconds): DatadogExpr {
  return mapMetrics(counts, (metric) => movingRollup(call(DEFAULT_ZERO, metric), lookBack, "sum"));
}

function movingRollup(expr: DatadogExpr, lookBack: Seconds, method: "sum" | "avg" | "min" | "max"): DatadogExpr {
  return call("moving_rollup", expr, number(String(lookBack)), { kind: "string", value: method });
}

/**
 * How far a guard's value keeps its bound: at least 1 where it does. Nothing where the guard sees nothing, which a client may read as 0.
 * A count that may not be too high is zero where it is absent.
 */
export function guardSeries(
  guard: Guard<DatadogQuery>,
  policy: DatadogGatePolicy,
  { window, observed }: { readonly window: Seconds } & Pick<SeriesParts, "observed">,
): string {
  const { bound, limit } = guard;
  const reducer = aggregatorOf(guard.query.tree);
  const isCount = reducer === "sum" && bound === "max";
  const value = mapMetrics(guardTree(guard, policy), (metric) =>
    movingRollup(isCount ? call(DEFAULT_ZERO, metric) : metric, window, methodOf(reducer, bound)),
  );
  const margin = bound === "max" ? binary(decimal(limit), "-", value) : binary(value, "-", decimal(limit));
  // Sums of decimals are rounded, and a value that is just the limit keeps it: the difference comes first.
  return printed(binary(number("1"), "+", margin), observed);
}

/**
 * No percentile can be had of the percentiles of the points in a window. The worst of them is at least as bad, as long as a higher one
 * gives a higher value (`risesWithAll`).
 */
function methodOf(reducer: Reducer, bound: "max" | "min"): "sum" | "avg" | "min" | "max" {
  return reducer === "percentile" ? bound : reducer;
}

/** Whether a higher value of any of its metrics can only make the expression higher. */
export function risesWithAll(expr: DatadogExpr): boolean {
  switch (expr.kind) {
    case "metric":
    case "number":
      return true;
    case "paren":
      return risesWithAll(expr.expr);
    case "binary": {
      const { op, left, right } = expr;
      if (op === "+") return risesWithAll(left) && risesWithAll(right);
      if (op === "-") return risesWithAll(left) && isConstant(right);
      if (op === "*" && isPositive(left)) return risesWithAll(right);
      return risesWithAll(left) && isPositive(right);
    }
    case "call":
      return (
        expr.function === DEFAULT_ZERO && expr.args.every((arg) => arg.kind !== "string" && arg.kind !== "option" && risesWithAll(arg))
      );
    case "name":
      return false;
  }
}

function isConstant(expr: DatadogExpr): boolean {
  return expr.kind === "number" || (expr.kind === "paren" && isConstant(expr.expr));
}

function isPositive(expr: DatadogExpr): boolean {
  if (expr.kind === "paren") return isPositive(expr.expr);
  return expr.kind === "number" && Number(expr.text) > 0;
}
