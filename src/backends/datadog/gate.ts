import type { DatadogExpr, MetricQuery, TagFilter } from "../../datadogql/ast.ts";
import { binary, name, number } from "../../datadogql/build.ts";
import { printQuery } from "../../datadogql/print.ts";
import type { Reducer } from "../../datadogql/reduce.ts";
import { splitFormula, ungrouped, withTags, zeroWhereAbsent } from "../../datadogql/rewrite.ts";
import { childrenOf, mapMetrics } from "../../datadogql/walk.ts";
import { allowancesOf, hasEventBudget, type Allowance } from "../../gate/excess.ts";
import { stableReach } from "../../gate/plan.ts";
import type { DatadogQuery, EventsIndicator } from "../../model/model.ts";
import type { DatadogGate, DatadogPolicy, Guard } from "../../model/policy.ts";
import type { Seconds } from "../../units/duration.ts";
import { toDecimal, type Rational } from "../../units/rational.ts";
import { inEnvironment } from "./environment.ts";
import { aggregatorOf } from "./guard.ts";

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

export type DatadogGatePolicy = Pick<DatadogPolicy, "isolation" | "matchers" | "delivery">;

/** What stands for the hashes of the two ReplicaSets in tags. */
export interface Hashes {
  readonly canary: string;
  readonly stable: string;
}

export function gateRequests(gate: DatadogGate, policy: DatadogGatePolicy, hashes: Hashes): GateRequests {
  const { slo, settings } = gate;
  const events = countedEvents(gate);
  const { canary, stable, whole } = countsOf(events, policy, hashes);
  const { window } = settings;
  const since = stableReach(policy.delivery);
  const allowances = allowancesOf(settings, slo.objective.budget);
  const excess = (allowance: Allowance, lookBack: Seconds): ScalarRequest => request(excessOf(canary, stable, allowance), lookBack);
  const burn = ({ bad, total }: Counts): DatadogExpr => binary(binary(bad, "/", total), "/", decimal(slo.objective.budget));
  return {
    fail: excess(allowances.fail, window),
    failSince: excess(allowances.failSince, since),
    ...(allowances.extreme && { extreme: excess(allowances.extreme, window) }),
    promote: excess(allowances.promote, window),
    promoteSince: excess(allowances.promoteSince, since),
    requests: request(canary.total, since),
    ...(hasEventBudget(slo) && { budgetLeft: request(binary(number("1"), "-", burn(whole)), slo.period) }),
    canaryBurn: request(burn(canary), window),
    stableBurn: request(burn(stable), window),
  };

  function request(formula: DatadogExpr, lookBack: Seconds): ScalarRequest {
    return scalarRequest(formula, [canary, stable, whole], lookBack);
  }
}

function excessOf(canary: Counts, stable: Counts, { share, timesStable, events }: Allowance): DatadogExpr {
  const borne = binary(decimal(share), "*", canary.total);
  const beside =
    timesStable === undefined
      ? undefined
      : binary(
          binary(binary(decimal(timesStable), "*", canary.total), "*", stable.badOrZero),
          "/",
          binary(stable.totalOrZero, "+", number("1")),
        );
  const beyond = binary(canary.bad, "-", borne);
  return binary(beside === undefined ? beyond : binary(beyond, "-", beside), "-", whereAny(canary.total, decimal(events)));
}

/** The number where there were requests, and nothing where they are zero: https://github.com/argoproj/argo-rollouts/pull/3893 */
function whereAny(total: DatadogExpr, value: DatadogExpr): DatadogExpr {
  return binary(value, "*", binary(total, "/", total));
}

/** Bad events and all events of one side over the look-back, as formulas over its queries. */
interface Counts {
  /** Zero where no bad event was ever counted, which has no series. */
  readonly bad: DatadogExpr;
  /** Nothing or zero where the side sent nothing. */
  readonly total: DatadogExpr;
  /** A side without traffic burns nothing. */
  readonly badOrZero: DatadogExpr;
  readonly totalOrZero: DatadogExpr;
  readonly queries: ReadonlyMap<string, MetricQuery>;
}

function countsOf(
  events: EventsIndicator<DatadogQuery>,
  { isolation, matchers }: DatadogGatePolicy,
  hashes: Hashes,
): Readonly<Record<"canary" | "stable" | "whole", Counts>> {
  const { except } = isolation;
  const side = (tags: readonly TagFilter[], hash: string) => (tree: DatadogExpr) =>
    withTags(
      withTags(inEnvironment(tree, matchers), matchers),
      tags.map((tag) => withHash(tag, hash)),
      except,
    );
  return {
    canary: sideCounts("canary", events, side(isolation.canary, hashes.canary)),
    stable: sideCounts("stable", events, side(isolation.stable, hashes.stable)),
    whole: sideCounts("service", events, side([], "")),
  };
}

function withHash(tag: TagFilter, hash: string): TagFilter {
  return tag.value === undefined ? tag : { ...tag, value: tag.value.replaceAll("{hash}", hash) };
}

function sideCounts(
  prefix: string,
  { counted, events, total }: EventsIndicator<DatadogQuery>,
  narrow: (tree: DatadogExpr) => DatadogExpr,
): Counts {
  // A release goes on or back as one, and a grouped result is none that every release of Argo Rollouts can read.
  const part = named(`${prefix}_${counted}`, ungrouped(narrow(events.tree)));
  const all = named(`${prefix}_total`, ungrouped(narrow(total.tree)));
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

function scalarRequest(formula: DatadogExpr, sides: readonly Pick<Counts, "queries">[], lookBack: Seconds): ScalarRequest {
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

/** What a gate counts: its evidence queries, or else the SLI's own events. A policy without counts has been refused. */
function countedEvents({ slo, evidenceQueries }: DatadogGate): EventsIndicator<DatadogQuery> {
  const { indicator } = slo;
  if (evidenceQueries !== undefined) {
    return { kind: "events", counted: "bad", events: evidenceQueries.bad, total: evidenceQueries.total, at: indicator.at };
  }
  if (indicator.kind !== "events") throw new Error(`${slo.id} has no counts`);
  return indicator;
}

/** A guard's value on the canary over the window. */
export function guardRequest(guard: Guard<DatadogQuery>, policy: DatadogGatePolicy, hashes: Hashes, window: Seconds): ScalarRequest {
  const { isolation, matchers } = policy;
  const tags = isolation.canary.map((tag) => withHash(tag, hashes.canary));
  const tree = withTags(withTags(inEnvironment(guard.query.tree, matchers), matchers), tags, isolation.except);
  const { formula, queries } = named("value", tree);
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

function decimal(value: Rational): DatadogExpr {
  return number(toDecimal(value));
}
