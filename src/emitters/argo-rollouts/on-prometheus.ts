import { gateQueries, guardQuery, type GateQueries, type Hashes } from "../../backends/prometheus/gate.ts";
import { stableReach } from "../../gate/plan.ts";
import type { GateSettings, PrometheusGate, PrometheusPolicy, SloGate } from "../../model/policy.ts";
import type { Expr } from "../../promql/ast.ts";
import { binary, number } from "../../promql/build.ts";
import { printExpr } from "../../promql/print.ts";
import { fillWindow, leaveWindow } from "../../promql/rewrite.ts";
import { toDecimal } from "../../units/rational.ts";
import { ARGUMENTS, valueOf } from "./arguments.ts";
import { isAbove, isAtLeast, isAtMost, isBelow, isGone, isLeft, isThere } from "./conditions.ts";
import type { GateChecks } from "./metrics.ts";
import { guardName, metricNames, metricStem } from "./names.ts";
import type { Checks } from "./parts.ts";
import { sourceOf, type Source } from "./provider.ts";
import type { Provider } from "./types.ts";

/** Argo fills the hashes of the two ReplicaSets in; its values are not templates again, so they stay as they are in any matcher. */
export const HASHES: Hashes = { canary: valueOf(ARGUMENTS.canaryHash), stable: valueOf(ARGUMENTS.stableHash) };

/** The checks of a policy that asks a Prometheus. */
export function prometheusChecks(policy: PrometheusPolicy): Checks {
  const { whole, stepwise } = asking(policy);
  const guards = policy.guards.map((guard) => {
    const limit = toDecimal(guard.limit);
    const [breach, keeps] = guard.bound === "max" ? [isAbove, isAtMost] : [isBelow, isAtLeast];
    const condition = guard.action === "fail" ? breach(limit) : keeps(limit);
    return { name: guardName(guard.name), action: guard.action, provider: whole(guardQuery(guard, policy, HASHES)), condition };
  });
  return {
    whole: policy.gates.map((gate) => checksOf(gate, policy, evidenceAtEnd(gate), whole)),
    stepwise: policy.gates.map((gate) => checksOf(gate, policy, evidenceByStep(gate), stepwise)),
    guards,
  };
}

/** Puts a query to the policy's source, its open window filled with how far back stable's side is looked at. */
export type Ask = (query: Expr) => Provider;

/** `whole` looks back as far as the plan, `stepwise` as far as the step's argument says. */
export function asking({ source, delivery, gates: [first] }: PrometheusPolicy): { readonly whole: Ask; readonly stepwise: Ask } {
  if (first === undefined) throw new Error("a policy without a gate");
  const { fail, promote } = first.settings;
  const from: Source = sourceOf(source, Math.min(fail.every, promote.every));
  const reach = stableReach(delivery);
  const ask = (query: Expr): Provider => ({ prometheus: { ...from, query: printExpr(query) } });
  return { whole: (query) => ask(fillWindow(query, reach)), stepwise: (query) => ask(leaveWindow(query, valueOf(ARGUMENTS.since))) };
}

function checksOf(gate: PrometheusGate, policy: PrometheusPolicy, minRequests: Expr | undefined, ask: Ask): GateChecks {
  const { slo, settings } = gate;
  const queries = gateQueries(gate, policy, HASHES, minRequests);
  return checksBy({ stem: metricStem(slo.id), queries, limits: limitsOf(settings), settings }, ask);
}

/** A gate's queries with its names and numbers, or with arguments in their place. */
export interface NamedQueries {
  readonly stem: string;
  readonly queries: GateQueries;
  readonly limits: { readonly fail: string; readonly extreme: string; readonly promote: string };
  readonly settings: GateSettings;
}

export function checksBy({ stem, queries, limits, settings }: NamedQueries, ask: Ask): GateChecks {
  const names = metricNames(stem);
  const { fail, extreme } = settings;
  return {
    stem,
    settings,
    failing: [
      { name: names.fail, provider: ask(queries.fail), condition: isAbove(limits.fail), looks: fail.looks },
      ...(queries.extreme === undefined || extreme === undefined
        ? []
        : [{ name: names.extreme, provider: ask(queries.extreme), condition: isAbove(limits.extreme), looks: 1 }]),
      ...(queries.series === undefined
        ? []
        : [{ name: names.series, provider: ask(queries.series), condition: isThere(), looks: fail.looks }]),
    ],
    promoting: [
      { name: names.promote, provider: ask(queries.promote), condition: isAtMost(limits.promote) },
      // Of a budget that is nearly gone, nothing is left for a release to spend.
      ...(queries.budget === undefined ? [] : [{ name: names.budget, provider: ask(queries.budget), condition: isAtMost("1") }]),
    ],
    ...(queries.budgetLeft && { budgetLeft: { provider: ask(queries.budgetLeft), isLeft: isLeft(), isGone: isGone() } }),
    observed: [
      { name: names.canaryBurn, provider: ask(queries.canaryBurn) },
      { name: names.stableBurn, provider: ask(queries.stableBurn) },
    ],
  };
}

function limitsOf({ fail, extreme, promote }: GateSettings): NamedQueries["limits"] {
  return {
    fail: toDecimal(fail.burnRate),
    extreme: extreme === undefined ? "" : toDecimal(extreme.burnRate),
    promote: toDecimal(promote.burnRate),
  };
}

/** `demand` is the number of requests, or an argument in its place. */
export function evidenceAtEnd({ settings: { evidence } }: SloGate, demand = String(evidence.minRequests)): Expr | undefined {
  return evidence.otherwise === "pass" ? undefined : number(demand);
}

/** Zero requests are enough for a step whose argument `evidence` is 0. */
export function evidenceByStep(gate: SloGate, demand?: string): Expr | undefined {
  const atEnd = evidenceAtEnd(gate, demand);
  if (atEnd === undefined || gate.settings.evidence.by === "everyStep") return atEnd;
  return binary(atEnd, "*", number(valueOf(ARGUMENTS.evidence)));
}
