import { rollupProbe, risesWithAll } from "../../backends/datadog/timeseries.ts";
import { aggregatorOf } from "../../backends/datadog/guard.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import { hasEventBudget } from "../../gate/excess.ts";
import { stableReach } from "../../gate/plan.ts";
import { evidenceOf, type TickPlan } from "../../gate/ticks.ts";
import type { DatadogPolicy, FlaggerPolicy } from "../../model/policy.ts";
import { formatDuration, type Seconds } from "../../units/duration.ts";
import { datadogSecretName } from "../datadog-secret.ts";
import { flaggerCodes } from "./codes.ts";
import { flaggerDatadogCodes as codes } from "./datadog-codes.ts";
import { stopsRelease } from "./budget.ts";
import { QUERY_TIMEOUT } from "./provider.ts";

/** What Flagger's queries to Datadog cannot say is told once a policy, and what would be judged wrongly is refused. */
export function checkDatadog(policy: DatadogPolicy & FlaggerPolicy, plan: TickPlan, report: Report): void {
  const { name, gates, delivery } = policy;
  const [first] = gates;
  if (first === undefined) throw new Error(`policy ${name} has no gate`);
  report(codes["datadog-delay"](policy.at, { policy: name, first: formatDuration(plan.interval) }));
  const [window, reach] = [formatDuration(first.settings.window), formatDuration(stableReach(delivery))];
  report(codes["one-window"](policy.at, { policy: name, window, reach }));
  if (policy.enforcement === "enforce") checkRollup(policy, report);
  checkSettings(policy, report);
  checkGuards(policy, report);
  checkSource(policy, report);
}

/** Whether Datadog's function does what the checks need is shown by the demanded requests, and by nothing else. */
function checkRollup(policy: DatadogPolicy & FlaggerPolicy, report: Report): void {
  const { name, gates, delivery } = policy;
  const [first] = gates;
  if (first === undefined) return;
  const [reach, periods] = [stableReach(delivery), budgetPeriods(policy)];
  const lookBacks = [...new Set([...gates.map(({ settings }) => settings.window), reach, ...periods])].sort((a, b) => a - b);
  const params = { windows: lookBacks.map(formatDuration), periods: periods.map(formatDuration), over: formatDuration(reach) };
  report(codes["rollup-unconfirmed"](policy.at, { policy: name, ...params, ...rollupProbe(first, policy) }));
  for (const gate of gates) {
    const { slo, settings } = gate;
    if (evidenceOf(policy, gate) === "never") report(codes["rollup-unguarded"](settings.evidence.at, { policy: name, slo: slo.id }));
  }
}

/** Over which times it is counted what is left of a budget, each once. */
function budgetPeriods({ gates }: DatadogPolicy): readonly Seconds[] {
  return [...new Set(gates.flatMap((gate) => (stopsRelease(gate.settings) && hasEventBudget(gate.slo) ? [gate.slo.period] : [])))];
}

function checkSettings({ name, gates }: DatadogPolicy, report: Report): void {
  const tightened = gates.flatMap(({ settings: { budget } }) => budget?.tightenAtPlace ?? [])[0];
  if (tightened !== undefined) report(codes["no-tightening"](tightened, { policy: name }));
  for (const gate of gates) {
    if (stopsRelease(gate.settings) && !hasEventBudget(gate.slo)) report(codes["budget-unknown"](gate.at, { slo: gate.slo.id }));
  }
  const passing = gates.find(({ settings }) => settings.noTraffic === "pass");
  if (passing !== undefined) report(codes["no-traffic-holds"](passing.settings.noTrafficAt ?? passing.at, { policy: name }));
}

function checkGuards({ guards, gates }: DatadogPolicy, report: Report): void {
  const window = gates[0]?.settings.window;
  for (const { name, query, bound, at } of guards) {
    if (aggregatorOf(query.tree) !== "percentile" || window === undefined) continue;
    if (risesWithAll(query.tree)) report(codes["percentile-points"](at, { guard: name, bound, window: formatDuration(window) }));
    else report(codes["percentile-formula"](query.scalar.at, { guard: name }));
  }
}

function checkSource({ source, at, workload: { namespace }, enforcement }: DatadogPolicy, report: Report): void {
  const { name, timeout } = source;
  if (timeout !== undefined && timeout !== QUERY_TIMEOUT) {
    report(flaggerCodes["source-timeout"](source.at ?? at, { source: name, timeout: formatDuration(timeout) }));
  }
  if (source.keysFrom !== undefined) return;
  const where = namespace === undefined ? "the Canary's namespace" : `the namespace \`${namespace}\``;
  const params = { secret: datadogSecretName(source), where, observed: enforcement === "observe" };
  report(codes["datadog-secret-needed"](source.at ?? at, params));
}
