import type { Indicator, PromqlQuery } from "../../model/model.ts";
import type { Guard, PrometheusGate } from "../../model/policy.ts";
import type { Expr, Matcher, VectorSelector } from "../../promql/ast.ts";
import { outputLabels, selectorsOf, seriesName } from "../../promql/rewrite.ts";
import { measureOf, uncountedPart } from "./counts.ts";
import { countedEvents, type GatePolicy } from "./gate.ts";
import { treeOf } from "./sli.ts";
import { clashesIn, isExcepted, sidesOf, type Side } from "./slices.ts";

/**
 * What cannot be gated soundly, or only with a loss. `query` is the one to point at; a part of it, where there is one, has its own place
 * within, or none if the query was made from a histogram's settings.
 */
export type GateProblem =
  /** A selector narrows a label by which the sides are told apart: what both matchers select may be nothing. */
  | {
      readonly kind: "clash";
      readonly query: PromqlQuery;
      readonly selector: VectorSelector;
      readonly own: Matcher;
      readonly added: Matcher;
    }
  /** A recorded series most likely lost the labels of the pods when it was recorded. */
  | { readonly kind: "recorded"; readonly query: PromqlQuery; readonly selector: VectorSelector; readonly name: string }
  /** Every metric of the query is excepted from the isolation, so both sides get the same number. */
  | { readonly kind: "unsliced"; readonly query: PromqlQuery }
  /** The gate has no counts, so the error ratio of the window is judged as it is. */
  | { readonly kind: "not-countable"; readonly why: "ratio" | "threshold" | "slices" }
  /** `part` makes the query something else than a sum of counters, which cannot be asked since the canary's start; a recorded series alone is told as that. */
  | { readonly kind: "nonlinear"; readonly query: PromqlQuery; readonly part: Expr }
  /** All groups are judged together, where the SLO has a budget for each. */
  | { readonly kind: "grouped"; readonly query: PromqlQuery; readonly labels: readonly string[] | "unknown" }
  /** Series outlive a revision: errors in a series' first sample are lost, and "since the start" is as long as the plan. */
  | { readonly kind: "not-revision-unique" };

/** As a policy writes them, since problems show the matchers that are added. */
const HASHES = { canary: "{hash}", stable: "{hash}" };

export function gateProblems(gate: PrometheusGate, policy: GatePolicy): readonly GateProblem[] {
  const { canary, stable } = sidesOf(policy, HASHES);
  const events = countedEvents(gate);
  const queries = events === undefined ? queriesOf(gate.slo.indicator) : [events.events, events.total];
  return [
    ...queries.flatMap((query) => [...sliceProblems(query, canary), ...clashesOfStable(query, canary, stable)]),
    ...(events === undefined ? uncounted(gate, canary) : []),
    ...queries.slice(-1).flatMap(grouped),
    ...(events !== undefined && !policy.isolation.revisionUnique ? [{ kind: "not-revision-unique" } as const] : []),
  ];
}

export function guardProblems({ query }: Guard<PromqlQuery>, policy: GatePolicy): readonly GateProblem[] {
  return sliceProblems(query, sidesOf(policy, HASHES).canary);
}

/** The last one tells the labels of the SLI. */
function queriesOf(indicator: Indicator): readonly PromqlQuery[] {
  return indicator.kind === "events" ? [indicator.events, indicator.total] : [indicator.query];
}

/** An SLI that is about the canary already leaves nothing of stable, and the canary without anybody to be compared with. */
function clashesOfStable(query: PromqlQuery, canary: Side, stable: Side): readonly GateProblem[] {
  const told = new Set(clashesIn(treeOf(query), canary).map(({ own }) => own));
  return clashesIn(treeOf(query), stable).flatMap((clash) => (told.has(clash.own) ? [] : [{ kind: "clash", query, ...clash } as const]));
}

function sliceProblems(query: PromqlQuery, side: Side): readonly GateProblem[] {
  const tree = treeOf(query);
  const selectors = selectorsOf(tree);
  const recorded = selectors.flatMap((selector): readonly GateProblem[] => {
    const name = seriesName(selector);
    return name !== undefined && isRecorded(selector, side) ? [{ kind: "recorded", query, selector, name }] : [];
  });
  return [
    ...clashesIn(tree, side).map((clash) => ({ kind: "clash", query, ...clash }) as const),
    ...recorded,
    ...(selectors.every((selector) => isExcepted(selector, side)) ? [{ kind: "unsliced", query } as const] : []),
  ];
}

function uncounted({ slo, evidenceQueries }: PrometheusGate, side: Side): readonly GateProblem[] {
  if (evidenceQueries !== undefined) return eventProblems(evidenceQueries.bad, evidenceQueries.total, side);
  const { budgeting, indicator } = slo;
  if (budgeting.kind !== "occurrences") return [{ kind: "not-countable", why: "slices" }];
  return indicator.kind === "events"
    ? eventProblems(indicator.events, indicator.total, side)
    : [{ kind: "not-countable", why: indicator.kind }];
}

function eventProblems(events: PromqlQuery, total: PromqlQuery, side: Side): readonly GateProblem[] {
  return [events, total].flatMap((query): readonly GateProblem[] => {
    const tree = treeOf(query);
    if (measureOf(tree) === "count") return [];
    const part = uncountedPart(tree) ?? tree;
    return isRecordedCount(part, side) ? [] : [{ kind: "nonlinear", query, part }];
  });
}

/** A rate of a recorded series is no count, and that it is recorded says why. */
function isRecordedCount(part: Expr, side: Side): boolean {
  return part.kind === "call" && selectorsOf(part).some((selector) => isRecorded(selector, side));
}

function isRecorded(selector: VectorSelector, side: Side): boolean {
  return seriesName(selector)?.includes(":") === true && !isExcepted(selector, side);
}

function grouped(query: PromqlQuery): readonly GateProblem[] {
  const labels = outputLabels(treeOf(query));
  if (labels === "unknown") return [{ kind: "grouped", query, labels }];
  return labels.known.length === 0 ? [] : [{ kind: "grouped", query, labels: labels.known }];
}
