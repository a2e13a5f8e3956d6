import type { DatadogExpr, TagFilter } from "../../datadogql/ast.ts";
import { binary, number } from "../../datadogql/build.ts";
import { ungrouped, withTags } from "../../datadogql/rewrite.ts";
import type { Allowance } from "../../gate/excess.ts";
import type { DatadogQuery, EventsIndicator } from "../../model/model.ts";
import type { DatadogGate, DatadogPolicy, Guard } from "../../model/policy.ts";
import { toDecimal, type Rational } from "../../units/rational.ts";
import { inEnvironment } from "./environment.ts";

/** What a gate computes from counts, for every API of Datadog alike: trees over metrics, or over the names of queries. */

export type DatadogGatePolicy = Pick<DatadogPolicy, "isolation" | "matchers" | "delivery">;

/** What stands for the hashes of the two ReplicaSets in tags. */
export interface Hashes {
  readonly canary: string;
  readonly stable: string;
}

/** What one side counts: the SLI's own queries with the side's tags, all groups together, since a release goes on or back as one. */
export interface SideEvents {
  readonly counted: "good" | "bad";
  readonly events: DatadogExpr;
  readonly total: DatadogExpr;
}

/** `hashes` are left out where the policy's tags hold none. */
export function sidesOf(
  gate: DatadogGate,
  { isolation, matchers }: DatadogGatePolicy,
  hashes?: Hashes,
): Readonly<Record<"canary" | "stable" | "whole", SideEvents>> {
  const { counted, events, total } = countedEvents(gate);
  const side = (tags: readonly TagFilter[]): SideEvents => {
    const narrow = ({ tree }: DatadogQuery): DatadogExpr =>
      ungrouped(withTags(withTags(inEnvironment(tree, matchers), matchers), tags, isolation.except));
    return { counted, events: narrow(events), total: narrow(total) };
  };
  return {
    canary: side(withHash(isolation.canary, hashes?.canary)),
    stable: side(withHash(isolation.stable, hashes?.stable)),
    whole: side([]),
  };
}

/** A guard's query on the canary alone. */
export function guardTree({ query }: Guard<DatadogQuery>, { isolation, matchers }: DatadogGatePolicy, hashes?: Hashes): DatadogExpr {
  const tags = withHash(isolation.canary, hashes?.canary);
  return withTags(withTags(inEnvironment(query.tree, matchers), matchers), tags, isolation.except);
}

function withHash(tags: readonly TagFilter[], hash: string | undefined): readonly TagFilter[] {
  if (hash === undefined) return tags;
  return tags.map((tag) => (tag.value === undefined ? tag : { ...tag, value: tag.value.replaceAll("{hash}", hash) }));
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

/** Bad events and all events of one side over a look-back. */
export interface Counts {
  /** Zero where no bad event was ever counted, which has no series. */
  readonly bad: DatadogExpr;
  /** Nothing or zero where the side sent nothing. */
  readonly total: DatadogExpr;
  /** A side without traffic burns nothing. */
  readonly badOrZero: DatadogExpr;
  readonly totalOrZero: DatadogExpr;
}

/** The bad events of the canary beyond the shares that are borne; the number of events that is borne besides is not taken off. */
export function beyondShares(canary: Counts, stable: Counts, { share, timesStable }: Allowance): DatadogExpr {
  const beyond = binary(canary.bad, "-", binary(decimal(share), "*", canary.total));
  if (timesStable === undefined) return beyond;
  const perRequest = binary(binary(decimal(timesStable), "*", canary.total), "*", stable.badOrZero);
  return binary(beyond, "-", binary(perRequest, "/", binary(stable.totalOrZero, "+", number("1"))));
}

/** The number where there were requests, and nothing where they are zero: https://github.com/argoproj/argo-rollouts/pull/3893 */
export function whereAny(total: DatadogExpr, value: DatadogExpr): DatadogExpr {
  return binary(value, "*", binary(total, "/", total));
}

export function burnRateOf({ bad, total }: Pick<Counts, "bad" | "total">, budget: Rational): DatadogExpr {
  return binary(binary(bad, "/", total), "/", decimal(budget));
}

export function decimal(value: Rational): DatadogExpr {
  return number(toDecimal(value));
}
