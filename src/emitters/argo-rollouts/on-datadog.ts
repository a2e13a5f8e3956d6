import { gateRequests, guardRequest, type Hashes, type ScalarRequest } from "../../backends/datadog/gate.ts";
import type { DatadogGate, DatadogPolicy, DatadogSource } from "../../model/policy.ts";
import { toDecimal } from "../../units/rational.ts";
import { ARGUMENTS, valueOf } from "./arguments.ts";
import { goDuration } from "./go-duration.ts";
import type { GateChecks } from "./metrics.ts";
import { guardName, metricNames, metricStem } from "./names.ts";
import type { Checks } from "./parts.ts";
import type { Provider } from "./types.ts";
import { supports, type Version } from "./versions.ts";

const HASHES: Hashes = { canary: valueOf(ARGUMENTS.canaryHash), stable: valueOf(ARGUMENTS.stableHash) };

/** The checks of a policy that asks Datadog. */
export function datadogChecks(policy: DatadogPolicy, version: Version): Checks {
  const { gates, source } = policy;
  const [first] = gates;
  if (first === undefined) throw new Error(`policy ${policy.name} has no gate`);
  const ask = (request: ScalarRequest): Provider => providerOf(request, source, version);
  const guards = policy.guards.map((guard) => {
    const limit = toDecimal(guard.limit);
    const [breach, keeps] = guard.bound === "max" ? ([">", "<="] as const) : (["<", ">="] as const);
    const condition = isThereAnd(guard.action === "fail" ? breach : keeps, limit);
    const request = guardRequest(guard, policy, HASHES, first.settings.window);
    return { name: guardName(guard.name), action: guard.action, provider: ask(request), condition };
  });
  const checks = (evidence: (gate: DatadogGate) => string | undefined): readonly GateChecks[] =>
    gates.map((gate) => checksOf(gate, policy, evidence(gate), ask));
  return { whole: checks(evidenceAtEnd), stepwise: checks(evidenceByStep), guards };
}

function checksOf(
  gate: DatadogGate,
  policy: DatadogPolicy,
  evidence: string | undefined,
  ask: (request: ScalarRequest) => Provider,
): GateChecks {
  const { slo, settings } = gate;
  const stem = metricStem(slo.id);
  const names = metricNames(stem);
  const requests = gateRequests(gate, policy, HASHES);
  const { fail, noSeries } = settings;
  return {
    stem,
    settings,
    failing: [
      { name: names.fail, provider: ask(requests.fail), condition: TOO_MANY, looks: fail.looks },
      { name: names.failSince, provider: ask(requests.failSince), condition: TOO_MANY, looks: fail.looks },
      ...(requests.extreme === undefined ? [] : [{ name: names.extreme, provider: ask(requests.extreme), condition: TOO_MANY, looks: 1 }]),
      ...(noSeries === "hold" ? [] : [{ name: names.series, provider: ask(requests.requests), condition: NO_REQUESTS, looks: fail.looks }]),
    ],
    promoting: [
      { name: names.promote, provider: ask(requests.promote), condition: NOT_TOO_MANY },
      { name: names.promoteSince, provider: ask(requests.promoteSince), condition: NOT_TOO_MANY },
      ...(evidence === undefined
        ? []
        : [{ name: names.requests, provider: ask(requests.requests), condition: `${REQUESTS} >= ${evidence}` }]),
    ],
    ...(requests.budgetLeft && {
      budgetLeft: { provider: ask(requests.budgetLeft), isLeft: isThereAnd(">", "0"), isGone: isThereAnd("<=", "0") },
    }),
    observed: [
      { name: names.canaryBurn, provider: ask(requests.canaryBurn) },
      { name: names.stableBurn, provider: ask(requests.stableBurn) },
    ],
  };
}

/** A request without data gives nil, and comparing that is an error, which would count as a source that does not answer. */
function isThereAnd(op: ">" | ">=" | "<" | "<=", limit: string): string {
  return `!isNil(result) && asFloat(result) ${op} ${limit}`;
}

const TOO_MANY = isThereAnd(">", "0");
const NOT_TOO_MANY = isThereAnd("<=", "0");
const NO_REQUESTS = "isNil(result) || asFloat(result) <= 0";
const REQUESTS = "(isNil(result) ? 0 : asFloat(result))";

function evidenceAtEnd({ settings: { evidence } }: DatadogGate): string | undefined {
  return evidence.otherwise === "pass" ? undefined : String(evidence.minRequests);
}

/** No requests are enough for a step whose argument `evidence` is 0; that it has any is for the other checks to see. */
function evidenceByStep(gate: DatadogGate): string | undefined {
  const atEnd = evidenceAtEnd(gate);
  if (atEnd === undefined || gate.settings.evidence.by === "everyStep") return atEnd;
  return `${atEnd} * ${valueOf(ARGUMENTS.evidence)}`;
}

function providerOf({ lookBack, aggregator, queries, formula }: ScalarRequest, source: DatadogSource, version: Version): Provider {
  const { secret, timeout } = source;
  return {
    datadog: {
      apiVersion: "v2",
      interval: goDuration(lookBack),
      aggregator,
      queries,
      formula,
      ...(secret && { secretRef: { name: secret.name, ...(secret.namespaced && { namespaced: true as const }) } }),
      ...(timeout !== undefined && supports("datadogTimeout", version) && { requestTimeout: goDuration(timeout) }),
    },
  };
}
