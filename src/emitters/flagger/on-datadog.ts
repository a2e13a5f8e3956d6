import { gateSeries, guardSeries } from "../../backends/datadog/timeseries.ts";
import { evidenceOf, lastShare, tickPlan } from "../../gate/ticks.ts";
import { datadogApi, type DatadogGate, type DatadogPolicy, type DatadogSource, type FlaggerPolicy } from "../../model/policy.ts";
import { divide, rational, roundTo, toNumber } from "../../units/rational.ts";
import { exactNumber } from "../../yaml/json.ts";
import { datadogSecretName } from "../datadog-secret.ts";
import { stopsRelease } from "./budget.ts";
import type { Check, GateSubject } from "./metrics.ts";
import { checkName, guardCheckName, type CheckRole } from "./names.ts";
import type { MetricProvider, ThresholdRange } from "./types.ts";

/**
 * Flagger asks Datadog for the last ten of these and reads the oldest point, since the newest is not whole yet: what is judged ended a
 * minute ago at most. https://github.com/fluxcd/flagger/blob/v1.44.0/pkg/metrics/providers/datadog.go
 */
const INTERVAL = "6s";

/** A value of `templateVariables`: "1" lets a release pass an exhausted budget. */
const HOTFIX = "hotfix";

/** A point without a value is read as 0, so what passes is above it. */
const SPEAKS_FOR_IT: ThresholdRange = { min: 1 };

/** A millionth of the budget: both bounds of a range are part of it, and nothing left must not pass. */
const SOMETHING_LEFT: ThresholdRange = { min: exactNumber("0.000001") };

/** Below every count and burn rate there is. An empty range says the same, but what prunes empty maps would leave Flagger `value <= 0`. */
const WHATEVER: ThresholdRange = { min: -1e15 };

/** The checks of every tick of a policy that asks Datadog. What fails a canary holds it, too: no limit of `fail` is below its `promote`. */
export function datadogChecks(policy: DatadogPolicy & FlaggerPolicy): readonly Check[] {
  const provider = providerOf(policy.source);
  const observed = policy.enforcement === "observe";
  const asked = (check: GateCheck): Check => ({
    provider,
    interval: INTERVAL,
    variables: {},
    ...check,
    ...(observed && { thresholdRange: WHATEVER }),
  });
  const [first] = policy.gates;
  if (first === undefined) throw new Error(`policy ${policy.name} has no gate`);
  return [
    ...policy.gates.flatMap((gate) => gateChecks(gate, policy).map(asked)),
    ...policy.guards.map((guard) =>
      asked({
        name: guardCheckName(policy, guard.name),
        subject: { kind: "guard", guard },
        query: guardSeries(guard, policy, { window: first.settings.window, observed }),
        thresholdRange: SPEAKS_FOR_IT,
      }),
    ),
  ];
}

/** What differs from check to check. */
type GateCheck = Pick<Check, "name" | "subject" | "query" | "thresholdRange"> & Partial<Check>;

function gateChecks(gate: DatadogGate, policy: DatadogPolicy & FlaggerPolicy): readonly GateCheck[] {
  const { slo, settings } = gate;
  // A policy's tags are names of Datadog's, which hold no braces: nothing but this is an action of the template.
  const { promote, promoteSince, requests, requestsByShare, budgetLeft } = gateSeries(gate, policy, {
    hotfix: `{{ variables.${HOTFIX} }}`,
    observed: policy.enforcement === "observe",
  });
  const check = (role: CheckRole, kind: GateSubject["kind"], query: string, thresholdRange: ThresholdRange): GateCheck => ({
    name: checkName(policy, slo.id, role),
    subject: { kind, gate },
    query,
    thresholdRange,
  });
  return [
    ...(budgetLeft === undefined || !stopsRelease(settings)
      ? []
      : [{ ...check("budget-left", "budgetLeft", budgetLeft, SOMETHING_LEFT), variables: { [HOTFIX]: "0" } }]),
    check("promote", "promote", promote, SPEAKS_FOR_IT),
    check("promote-since", "promoteSince", promoteSince, SPEAKS_FOR_IT),
    ...demanded(),
  ];

  function demanded(): readonly GateCheck[] {
    const { minRequests } = settings.evidence;
    switch (evidenceOf(policy, gate)) {
      case "never":
        return [];
      case "byShare":
        return [check("requests", "requests", requestsByShare, { min: withAllTraffic(minRequests, gate, policy) })];
      case "everyTick":
      case "lastWeight":
        return [check("requests", "requests", requests, { min: minRequests })];
    }
  }
}

/** What a canary would have served with all of the traffic, if so many requests come with its share of it at the last weight. */
function withAllTraffic(minRequests: number, { settings }: DatadogGate, policy: FlaggerPolicy): number {
  return toNumber(roundTo(divide(rational(minRequests), lastShare(tickPlan(policy), settings.window)), 0, "up"));
}

function providerOf(source: DatadogSource): MetricProvider {
  return { type: "datadog", address: datadogApi(source.site), secretRef: { name: datadogSecretName(source) } };
}
