import { gateQueries, guardQuery, type Demand, type Hashes } from "../../backends/prometheus/gate.ts";
import { stableReach } from "../../gate/plan.ts";
import { evidenceOf, lastShare, type TickPlan } from "../../gate/ticks.ts";
import type { FlaggerPolicy, PrometheusGate, PrometheusPolicy } from "../../model/policy.ts";
import type { Expr } from "../../promql/ast.ts";
import { binary, call, number, paren } from "../../promql/build.ts";
import { leaveWindow } from "../../promql/rewrite.ts";
import { formatDuration } from "../../units/duration.ts";
import { toDecimal } from "../../units/rational.ts";
import { exactNumber } from "../../yaml/json.ts";
import { asksBudget } from "./budget.ts";
import { flaggerDuration } from "./duration.ts";
import { goTemplate, inCanaryNamespace, variable, VARIABLES, type VariableName } from "./go-template.ts";
import type { Check, CheckSubject, GateSubject } from "./metrics.ts";
import { checkName, guardCheckName } from "./names.ts";
import { prometheusProvider } from "./provider.ts";
import type { ThresholdRange } from "./types.ts";
import { weight } from "./weight.ts";

/** A policy whose release Flagger carries out by what a Prometheus says. */
export type PromqlPolicy = PrometheusPolicy & FlaggerPolicy;

export function isOnPrometheus(policy: FlaggerPolicy): policy is PromqlPolicy {
  return policy.backend === "prometheus";
}

/** Flagger knows no hash of a ReplicaSet: the sides differ by name. */
export const NO_HASHES: Hashes = { canary: "", stable: "" };

/** The checks of a policy that asks a Prometheus, in the order in which they are asked. */
export function prometheusChecks(policy: PromqlPolicy, plan: TickPlan): readonly Check[] {
  const named = { ...policy, isolation: inCanaryNamespace(policy.isolation) };
  const ask = asking(policy, plan);
  return [
    ...policy.gates.flatMap((gate) => gateChecks(gate, named, plan, ask)),
    ...policy.guards.map((guard) => {
      const range = { [guard.bound]: exactNumber(toDecimal(guard.limit)) };
      const subject = { kind: "guard", guard } as const;
      return ask(guardCheckName(policy, guard.name), subject, guardQuery(guard, named, NO_HASHES), range, "any");
    }),
  ];
}

/** Puts a query into a check; `values` says whether the number may be below zero. */
type Ask = (name: string, subject: CheckSubject, query: Expr, range: ThresholdRange, values: "any" | "notNegative") => Check;

function gateChecks(gate: PrometheusGate, policy: PromqlPolicy, plan: TickPlan, ask: Ask): readonly Check[] {
  const { slo, settings } = gate;
  const queries = gateQueries(gate, policy, NO_HASHES, demand(gate, policy));
  const check = (kind: GateSubject["kind"], role: Parameters<typeof checkName>[2], query: Expr, range: ThresholdRange): Check =>
    ask(checkName(policy, slo.id, role), { kind, gate }, query, range, "notNegative");
  return [
    check("promote", "promote", queries.promote, { max: exactNumber(toDecimal(settings.promote.burnRate)) }),
    ...(queries.budget ? [check("budget", "budget", queries.budget, { max: 1 })] : []),
    ...(queries.budgetLeft && asksBudget(policy, plan, settings)
      ? [check("budgetLeft", "budget-left", isLeftOrHotfix(queries.budgetLeft), { min: 1 })]
      : []),
  ];
}

/** The requests that the canary must have served now: none before the last weight or, where nobody knows the weight, its share of them. */
function demand(gate: PrometheusGate, policy: PromqlPolicy): Demand | undefined {
  const requests = number(variable("minRequests"));
  switch (evidenceOf(policy, gate)) {
    case "never":
      return undefined;
    case "everyTick":
      return requests;
    case "byShare":
      return (timesCanary) => binary(binary(requests, "/", number(variable("lastShare"))), "/", paren(timesCanary));
    case "lastWeight": {
      const isLast = binary(weight(policy), ">=", number(variable("lastWeight")), { bool: true });
      return binary(requests, "*", call("scalar", binary(isLast, "or", call("vector", number("1")))));
    }
  }
}

function isLeftOrHotfix(budgetLeft: Expr): Expr {
  const isHotfix = binary(call("vector", number(variable("hotfix"))), ">", number("0"));
  return binary(isHotfix, "or", paren(binary(budgetLeft, ">", number("0"), { bool: true })));
}

function asking(policy: PromqlPolicy, plan: TickPlan): Ask {
  const provider = prometheusProvider(policy.source);
  const [first] = policy.gates;
  if (first === undefined) throw new Error(`policy ${policy.name} has no gate`);
  const interval = flaggerDuration(first.settings.window);
  return (name, subject, expr, range, values) => {
    const observed = policy.enforcement === "observe";
    const query = goTemplate(leaveWindow(observed ? binary(paren(expr), "or", NOTHING) : expr, variable("since")));
    const gate = subject.kind === "guard" ? first : subject.gate;
    return {
      name,
      subject,
      provider,
      query,
      thresholdRange: observed ? { min: values === "any" ? LOWEST : -1 } : range,
      interval,
      variables: variablesIn(query, valuesOf(policy, plan, gate)),
    };
  };
}

/** What is recorded where there is no number: to Flagger, that alone would be a failed check. */
const NOTHING = call("vector", number("-1"));

/** Below whatever a guard measures. An empty range says the same, but what prunes empty maps would leave Flagger `value <= 0`. */
const LOWEST = -1e15;

function valuesOf({ delivery }: PromqlPolicy, plan: TickPlan, { settings }: Pick<PrometheusGate, "settings">) {
  return {
    since: formatDuration(stableReach(delivery)),
    minRequests: String(settings.evidence.minRequests),
    lastWeight: String(plan.ladder.at(-1)?.weight ?? 100),
    lastShare: delivery.kind === "canary" ? toDecimal(lastShare(plan, settings.window)) : "1",
    hotfix: "0",
  } satisfies Record<VariableName, string>;
}

function variablesIn(query: string, values: Readonly<Record<VariableName, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(VARIABLES.filter((name) => query.includes(`{{ variables.${name} }}`)).map((name) => [name, values[name]]));
}
