import type { PromqlQuery } from "../../model/model.ts";
import type { DeployGate, DeploySlo } from "../../model/policy.ts";
import type { Expr, Matcher, VectorSelector } from "../../promql/ast.ts";
import { aggregate, binary, call, number, on, paren, subquery } from "../../promql/build.ts";
import { seconds, type Seconds } from "../../units/duration.ts";
import { BUDGET_REMAINING, errorRatioName, recorded } from "./series.ts";
import { errorRatio, groupingLabels, isSliced, sliceError, totalEvents } from "./sli.ts";
import { clashesIn, sliceExpr, sliceQuery, type Clash, type Side } from "./slices.ts";
import { recordedWindows } from "./windows.ts";

/** What a gate before a deploy asks about one SLO. Every expression gives one number, or nothing where nobody knows. */
export interface DeployQueries {
  /** The error ratio of the long window. */
  readonly long: Expr;
  readonly short: Expr;
  /** The share of the period's budget that is left. */
  readonly budget?: Expr;
}

export function deployQueries(each: DeploySlo, gate: DeployGate): DeployQueries {
  const ratio = (window: Seconds): Expr => worst("max", filled(ratioOver(each, window, gate), window, each, gate), each);
  return {
    long: ratio(each.window),
    short: ratio(each.shortWindow),
    ...(each.budget && { budget: worst("min", ours(recorded(each.slo, BUDGET_REMAINING), gate.matchers), each) }),
  };
}

/** Whether rules of this project record the error ratio over the window. */
export function isRecordedOver({ slo }: DeploySlo, window: Seconds, { isRecorded }: DeployGate): boolean {
  return isRecorded && (window === slo.period || recordedWindows(slo).includes(window));
}

/** The labels by which the SLO has several budgets; `unknown` where its query does not say, or is no PromQL. */
export function groupsOf({ slo }: DeploySlo): readonly string[] | "unknown" {
  const query = slo.indicator.kind === "events" ? slo.indicator.total : slo.indicator.query;
  return query.tree === undefined ? "unknown" : groupingLabels(slo);
}

export function isGrouped(each: DeploySlo): boolean {
  return groupsOf(each).length > 0;
}

/** Selectors of the SLI's own queries that narrow a label which the environment sets. */
export function deployClashes({ slo }: DeploySlo, { matchers }: DeployGate): readonly (Clash & { readonly query: PromqlQuery })[] {
  const { indicator } = slo;
  const queries = indicator.kind === "events" ? [indicator.events, indicator.total] : [indicator.query];
  return queries.flatMap((query) =>
    query.tree === undefined ? [] : clashesIn(query.tree, sideOf(matchers)).map((clash) => ({ ...clash, query })),
  );
}

function ratioOver(each: DeploySlo, window: Seconds, gate: DeployGate): Expr {
  const { slo } = each;
  if (isRecordedOver(each, window, gate)) return ours(recorded(slo, errorRatioName(window)), gate.matchers);
  const indicator = here(slo.indicator, gate.matchers);
  if (isSliced(slo)) return call("avg_over_time", subquery(sliceError({ ...slo, indicator }, SLICE_STEP), window, SLICE_STEP));
  if (indicator.kind === "threshold") throw new Error("a threshold is judged in slices");
  return errorRatio(indicator, window);
}

/** How often a subquery looks at what has no counts. */
const SLICE_STEP = seconds(30);

/** Where the policy lets a service without traffic pass, none of its events are bad. */
function filled(ratio: Expr, window: Seconds, each: DeploySlo, { matchers }: DeployGate): Expr {
  const { slo, noTraffic } = each;
  const { indicator } = slo;
  if (noTraffic !== "pass" || isSliced(slo) || indicator.kind !== "events" || indicator.total.tree === undefined) return ratio;
  const total = totalEvents({ ...indicator, total: sliceQuery(indicator.total, sideOf(matchers)) }, window);
  // One silent group says nothing of the others, whose ratios may be missing.
  const silent = binary(isGrouped(each) ? aggregate("sum", total) : total, "==", number("0"));
  // Sloth's rules record NaN without traffic.
  return binary(paren(binary(ratio, ">=", number("0"))), "or", silent, { matching: on([]) });
}

/** A grouped SLI has a budget for each group: the one that is worst off counts. Without groups, several series are for the reader to refuse. */
function worst(op: "max" | "min", expr: Expr, each: DeploySlo): Expr {
  return isGrouped(each) ? aggregate(op, expr) : expr;
}

function here(indicator: DeploySlo["slo"]["indicator"], matchers: readonly Matcher[]): DeploySlo["slo"]["indicator"] {
  const side = sideOf(matchers);
  return indicator.kind === "events"
    ? { ...indicator, events: sliceQuery(indicator.events, side), total: sliceQuery(indicator.total, side) }
    : { ...indicator, query: sliceQuery(indicator.query, side) };
}

function ours(selector: VectorSelector, matchers: readonly Matcher[]): Expr {
  return sliceExpr(selector, sideOf(matchers));
}

function sideOf(matchers: readonly Matcher[]): Side {
  return { everywhere: matchers, isolating: [], except: [] };
}
