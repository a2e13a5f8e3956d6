import type { MetricQuery, TagFilter } from "../../datadogql/ast.ts";
import { clashesIn, groupsOf, type Clash } from "../../datadogql/rewrite.ts";
import { mapMetrics, metricsOf } from "../../datadogql/walk.ts";
import type { DatadogQuery } from "../../model/model.ts";
import { inEnvironment, movesIn, type Move } from "./environment.ts";
import type { DatadogGate, DatadogPolicy, Guard } from "../../model/policy.ts";

/** What cannot be gated soundly on Datadog, or only with a loss. `query` is the one to point at, and parts of it have their places within. */
export type DatadogGateProblem =
  /** A scope already narrows a tag by which the sides are told apart: what has both tags may be nothing. */
  | ({ readonly kind: "clash"; readonly query: DatadogQuery } & Clash)
  /**
   * Every metric of the query is excepted from the isolation, so both sides get the same number; or `metric` is among counts, so that
   * each side is charged, or excused, with what both did.
   */
  | { readonly kind: "unsliced"; readonly query: DatadogQuery; readonly metric?: MetricQuery }
  /** The query's own environment gives way to the policy's. */
  | ({ readonly kind: "moved"; readonly query: DatadogQuery } & Move)
  /** A trace metric, which has none of the tags that agents give to what a container sends. */
  | { readonly kind: "untagged"; readonly query: DatadogQuery; readonly metric: MetricQuery; readonly tag: TagFilter }
  /** All groups are judged together, where the SLO has a budget for each. */
  | { readonly kind: "grouped"; readonly labels: readonly string[] }
  /** The canary's tags may come back with the next release. */
  | { readonly kind: "not-revision-unique" };

export type GatePolicy = Pick<DatadogPolicy, "isolation" | "matchers">;

export function datadogGateProblems(gate: DatadogGate, policy: GatePolicy): readonly DatadogGateProblem[] {
  const queries = countsOf(gate);
  const problems = queries.flatMap((query) => [...sliceProblems(query, policy), ...unslicedTerms(query, policy)]);
  // Said once for all queries of the gate.
  const once = (["untagged", "moved"] as const).map((wanted) => problems.find(({ kind }) => kind === wanted));
  const { datadog } = gate.slo.indicators;
  const labels = gate.evidenceQueries === undefined && datadog?.kind === "events" ? groupsOf(datadog.total.tree) : [];
  return [
    ...problems.filter((problem) => (problem.kind !== "untagged" && problem.kind !== "moved") || once.includes(problem)),
    ...(labels.length > 0 ? [{ kind: "grouped", labels } as const] : []),
    ...(policy.isolation.revisionUnique ? [] : [{ kind: "not-revision-unique" } as const]),
  ];
}

export function datadogGuardProblems({ query }: Guard<DatadogQuery>, policy: GatePolicy): readonly DatadogGateProblem[] {
  return sliceProblems(query, policy);
}

/** A policy without counts has been refused where it was resolved. */
function countsOf({ slo: { indicator }, evidenceQueries }: DatadogGate): readonly DatadogQuery[] {
  if (evidenceQueries !== undefined) return [evidenceQueries.bad, evidenceQueries.total];
  return indicator.kind === "events" ? [indicator.events, indicator.total] : [];
}

function sliceProblems(query: DatadogQuery, { isolation, matchers }: GatePolicy): readonly DatadogGateProblem[] {
  const { canary, stable, except } = isolation;
  const sliced = metricsOf(query.tree).filter(({ name }) => !except.includes(name));
  const tag = [...canary, ...matchers].find(({ key }) => isOfContainer(key));
  const untagged = tag && (matchers.includes(tag) ? metricsOf(query.tree) : sliced).find(({ name }) => name.startsWith("trace."));
  return [
    ...movesIn(query.tree, matchers)
      .slice(0, 1)
      .map((move) => ({ kind: "moved", query, ...move }) as const),
    ...clashes({ ...query, tree: inEnvironment(query.tree, matchers) }, matchers, []),
    ...oncePerTag([...clashes(query, canary, except), ...clashes(query, stable, except)]),
    ...(sliced.length === 0 ? [{ kind: "unsliced", query } as const] : []),
    ...(untagged ? [{ kind: "untagged", query, metric: untagged, tag } as const] : []),
  ];
}

/** Counts are added and subtracted alone, so each term must be of the side that is counted. */
function unslicedTerms(query: DatadogQuery, { isolation: { except } }: GatePolicy): readonly DatadogGateProblem[] {
  const metrics = metricsOf(query.tree);
  const [metric] = metrics.filter(({ name }) => except.includes(name));
  const isPartly = metric !== undefined && metrics.some(({ name }) => !except.includes(name));
  return isPartly ? [{ kind: "unsliced", query, metric }] : [];
}

type ClashProblem = DatadogGateProblem & { readonly kind: "clash" };

function clashes(query: DatadogQuery, tags: readonly TagFilter[], except: readonly string[]): readonly ClashProblem[] {
  const tree = mapMetrics(query.tree, (metric) => withoutExclusions(metric, tags));
  return clashesIn(tree, tags, except).map((clash) => ({ kind: "clash", query, ...clash }));
}

/** The stable side mostly asks for the same keys. */
function oncePerTag(problems: readonly ClashProblem[]): readonly ClashProblem[] {
  return problems.filter(({ own, metric }, i) => problems.findIndex((other) => other.own === own && other.metric.at === metric.at) === i);
}

/** `!version:legacy` beside `version:{hash}` takes nothing away that the hash selects. */
function withoutExclusions(metric: MetricQuery, tags: readonly TagFilter[]): MetricQuery {
  if (metric.scope.style !== "list") return metric;
  const isHarmless = ({ negated, key, value }: TagFilter): boolean =>
    negated && value?.includes("*") === false && tags.every((tag) => tag.key !== key || (!tag.negated && tag.value !== value));
  return { ...metric, scope: { ...metric.scope, items: metric.scope.items.filter((item) => !isHarmless(item)) } };
}

/**
 * Agents give these to what a container sends, and not to trace metrics: https://docs.datadoghq.com/containers/kubernetes/tag/,
 * https://docs.datadoghq.com/extend/guide/unified-tagging-advanced-usage/
 */
function isOfContainer(key: string): boolean {
  return /^(pod_|container_|image_|short_image$|display_container_name$|kube_(?!cluster_name$|node))/.test(key);
}
