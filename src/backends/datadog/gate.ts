import type { DatadogExpr, MetricQuery } from "../../datadogql/ast.ts";
import { binary, name, number } from "../../datadogql/build.ts";
import { printQuery } from "../../datadogql/print.ts";
import type { Reducer } from "../../datadogql/reduce.ts";
import { splitFormula, zeroWhereAbsent } from "../../datadogql/rewrite.ts";
import { childrenOf, mapMetrics } from "../../datadogql/walk.ts";
import { allowancesOf, hasEventBudget, type Allowance } from "../../gate/excess.ts";
import { stableReach } from "../../gate/plan.ts";
import type { DatadogQuery } from "../../model/model.ts";
import type { DatadogGate, Guard } from "../../model/policy.ts";
import type { Seconds } from "../../units/duration.ts";
import {
  beyondShares,
  burnRateOf,
  decimal,
  guardTree,
  sidesOf,
  whereAny,
  type Counts,
  type DatadogGatePolicy,
  type Hashes,
  type SideEvents,
} from "./counts.ts";
import { aggregatorOf } from "./guard.ts";

export type { DatadogGatePolicy, Hashes } from "./counts.ts";

/**
 * One request of the v2 scalar API: each query is reduced by the aggregator over the look-back, and the formula computed from what is left.
 * https://docs.datadoghq.com/api/latest/metrics/#query-scalar-data-across-multiple-products
 */
export interface ScalarRequest {
  readonly lookBack: Seconds;
  readonly aggregator: Reducer;
  /** By the names that the formula uses. */
  readonly queries: Readonly<Record<string, string>>;
  readonly formula: string;
}

/**
 * One gate's checks, as `excessJudgeOf` has them. A check gives the bad events beyond what is borne: above zero speaks against the canary.
 * Nothing comes back where the canary sent nothing.
 */
export interface GateRequests {
  readonly fail: ScalarRequest;
  readonly failSince: ScalarRequest;
  readonly extreme?: ScalarRequest;
  readonly promote: ScalarRequest;
  readonly promoteSince: ScalarRequest;
  /** All requests of the canary since its start; nothing or zero where there were none. */
  readonly requests: ScalarRequest;
  /** The share of the period's error budget that is left, of the whole service; absent where the SLO counts something else than events. */
  readonly budgetLeft?: ScalarRequest;
  /** Plain burn rates over the window, for people. */
  readonly canaryBurn: ScalarRequest;
  readonly stableBurn: ScalarRequest;
}

export function gateRequests(gate: DatadogGate, policy: DatadogGatePolicy, hashes: Hashes): GateRequests {
  const { slo, settings } = gate;
  const { budget } = slo.objective;
  const sides = sidesOf(gate, policy, hashes);
  const canary = sideCounts("canary", sides.canary);
  const stable = sideCounts("stable", sides.stable);
  const whole = sideCounts("service", sides.whole);
  const { window } = settings;
  const since = stableReach(policy.delivery);
  const allowances = allowancesOf(settings, budget);
  const excess = (allowance: Allowance, lookBack: Seconds): ScalarRequest =>
    request(binary(beyondShares(canary, stable, allowance), "-", whereAny(canary.total, decimal(allowance.events))), lookBack);
  return {
    fail: excess(allowances.fail, window),
    failSince: excess(allowances.failSince, since),
    ...(allowances.extreme && { extreme: excess(allowances.extreme, window) }),
    promote: excess(allowances.promote, window),
    promoteSince: excess(allowances.promoteSince, since),
    requests: request(canary.total, since),
    ...(hasEventBudget(slo) && { budgetLeft: request(binary(number("1"), "-", burnRateOf(whole, budget)), slo.period) }),
    canaryBurn: request(burnRateOf(canary, budget), window),
    stableBurn: request(burnRateOf(stable, budget), window),
  };

  function request(formula: DatadogExpr, lookBack: Seconds): ScalarRequest {
    return scalarRequest(formula, [canary, stable, whole], lookBack);
  }
}

/** Counts as formulas over the queries of one request. */
interface NamedCounts extends Counts {
  readonly queries: ReadonlyMap<string, MetricQuery>;
}

function sideCounts(prefix: string, { counted, events, total }: SideEvents): NamedCounts {
  const part = named(`${prefix}_${counted}`, events);
  const all = named(`${prefix}_total`, total);
  const known = zeroWhereAbsent(part.formula);
  const totalOrZero = zeroWhereAbsent(all.formula);
  // A term that no event ever made, such as the bad ones of good + bad, would leave nothing of the whole sum.
  const requests = all.queries.size > 1 ? totalOrZero : all.formula;
  const badOf = (sum: DatadogExpr): DatadogExpr => (counted === "bad" ? known : binary(sum, "-", known));
  return {
    bad: badOf(requests),
    total: requests,
    badOrZero: badOf(totalOrZero),
    totalOrZero,
    queries: new Map([...part.queries, ...all.queries]),
  };
}

/** The plain name for a single metric, numbered ones for several. */
function named(prefix: string, tree: DatadogExpr): { readonly formula: DatadogExpr; readonly queries: ReadonlyMap<string, MetricQuery> } {
  const { formula, queries } = splitFormula(tree, prefix);
  const [only, ...others] = queries.values();
  if (only === undefined || others.length > 0) return { formula, queries };
  return { formula: mapMetrics(tree, () => name(prefix)), queries: new Map([[prefix, only]]) };
}

function scalarRequest(formula: DatadogExpr, sides: readonly Pick<NamedCounts, "queries">[], lookBack: Seconds): ScalarRequest {
  const used = namesIn(formula);
  const queries = sides.flatMap((side) => [...side.queries]).filter(([each]) => used.includes(each));
  return {
    lookBack,
    aggregator: "sum",
    queries: Object.fromEntries(queries.map(([each, metric]) => [each, printQuery(metric)])),
    formula: printQuery(formula),
  };
}

function namesIn(expr: DatadogExpr): readonly string[] {
  return expr.kind === "name" ? [expr.name] : childrenOf(expr).flatMap(namesIn);
}

/** A guard's value on the canary over the window. */
export function guardRequest(guard: Guard<DatadogQuery>, policy: DatadogGatePolicy, hashes: Hashes, window: Seconds): ScalarRequest {
  const { formula, queries } = named("value", guardTree(guard, policy, hashes));
  const aggregator = aggregatorOf(guard.query.tree);
  // What never happened has no series: of a count that may not be too high, that is zero, and no reason to hold.
  const isCount = aggregator === "sum" && guard.bound === "max";
  return {
    lookBack: window,
    aggregator,
    queries: Object.fromEntries([...queries].map(([each, metric]) => [each, printQuery(metric)])),
    formula: printQuery(isCount ? zeroWhereAbsent(formula) : formula),
  };
}
