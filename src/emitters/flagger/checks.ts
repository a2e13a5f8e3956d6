import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import { canLoadTesterAsk, catchable, evidenceOf, isWeightKnown, type TickPlan } from "../../gate/ticks.ts";
import type { BlueGreenDelivery, CanaryDelivery, FlaggerPolicy, PrometheusSource, SloGate } from "../../model/policy.ts";
import { describeDuration, formatDuration } from "../../units/duration.ts";
import { countedGates } from "../counted.ts";
import { budgetsBeforeTraffic } from "./budget.ts";
import { flaggerCodes as codes } from "./codes.ts";
import { checkDatadog } from "./datadog-checks.ts";
import { asksForSeries, lacksNamespace } from "./hooks.ts";
import type { Check } from "./metrics.ts";
import { policyHookName } from "./names.ts";
import { isOnPrometheus, type PromqlPolicy } from "./on-prometheus.ts";
import { QUERY_TIMEOUT, TOKEN_KEY } from "./provider.ts";
import type { CanaryAnalysis, CanaryWebhook } from "./types.ts";

/** What Flagger makes of this policy that its user should know, or could not want. */
export function checkPolicy(
  policy: FlaggerPolicy,
  plan: TickPlan,
  {
    checks,
    hooks,
    isApplied,
  }: { readonly checks: readonly Check[]; readonly hooks: readonly CanaryWebhook[]; readonly isApplied: boolean },
  report: Report,
): void {
  if (policy.delivery.kind === "blueGreen") checkSwitch(policy, policy.delivery, plan, report);
  else checkBakes(policy, policy.delivery, plan, report);
  if (isOnPrometheus(policy)) {
    checkSource(policy, report);
    checkHooks(policy, plan, hooks, report);
  } else checkDatadog(policy, plan, report);
  if (policy.enforcement === "observe") {
    if (isApplied) report(codes["observed-source"](policy.at, { policy: policy.name, threshold: plan.threshold }));
    return;
  }
  checkRollback(policy, plan, report);
  checkHolds(policy, plan, report);
  checkEvidence(policy, report);
  checkBudget(policy, plan, checks, report);
}

/** Whether anybody hears of a rollback by a hook: https://github.com/fluxcd/flagger/blob/v1.44.0/pkg/controller/scheduler.go#L374 */
export function checkAlerts(policy: FlaggerPolicy, { webhooks }: CanaryAnalysis, severities: readonly unknown[], report: Report): void {
  const isHooked = webhooks.some(({ type }) => type === "rollback");
  if (!isHooked || severities.length === 0 || severities.some((severity) => severity !== "error")) return;
  report(codes["rollback-unheard"](policy.controller.at, { policy: policy.name }));
}

function checkSwitch({ name, controller }: FlaggerPolicy, delivery: BlueGreenDelivery, plan: TickPlan, report: Report): void {
  if (delivery.postPromotion !== undefined) report(codes["no-post-promotion"](delivery.at, { policy: name }));
  // One without a type is called as well: https://github.com/fluxcd/flagger/blob/v1.44.0/pkg/controller/scheduler.go#L755
  const isCalled = controller.webhooks.some(({ type = "" }) => type === "rollout" || type === "");
  if (plan.strategy === "blueGreen" && !isCalled) report(codes["preview-traffic"](delivery.at, { policy: name }));
}

function checkBakes(policy: FlaggerPolicy, { steps, at }: CanaryDelivery, plan: TickPlan, report: Report): void {
  if (plan.bakes === "hook") return;
  const { name, controller } = policy;
  const weights = plan.ladder.map(({ weight }) => weight);
  const ticks = steps.map(({ bake }) => Math.max(1, Math.ceil(bake / plan.interval))).reduce((sum, each) => sum + each, 0);
  const lacksTester = lacksLoadtester(policy);
  const isScraped = isWeightKnown(policy);
  if (weights.length < ticks) {
    const [interval, shortest] = [formatDuration(plan.interval), formatDuration(plan.shortest)];
    const params = { policy: name, interval, shortest, canBeHeld: lacksTester && isScraped };
    report(codes["bake-cut"](controller.interval?.at ?? at, params));
  } else if (weights.length > steps.length) {
    const missing = isScraped ? (lacksTester ? "loadtester" : undefined) : canLoadTesterAsk(policy) ? "scrapes" : undefined;
    report(codes["bakes-as-ladder"](at, { policy: name, weights, missing }));
  }
}

/** Whether a load tester is named and not asked, since its commands would hold a token. */
function wouldShowToken({ controller, source }: PromqlPolicy): boolean {
  return controller.loadtester !== undefined && source.authentication?.kind === "bearer";
}

/** Whether a load tester is all that is missing to ask the policy's source. */
function lacksLoadtester(policy: FlaggerPolicy): boolean {
  return isOnPrometheus(policy) && policy.controller.loadtester === undefined && policy.source.authentication === undefined;
}

function checkSource({ source, workload, enforcement, at: policyAt }: PromqlPolicy, report: Report): void {
  const at = source.at ?? policyAt;
  const { name, address, timeout, authentication, headers } = source;
  if (address === undefined) report(codes["no-address"](at, { source: source.at === undefined ? undefined : name }));
  if (timeout !== undefined && timeout !== QUERY_TIMEOUT) {
    report(codes["source-timeout"](at, { source: name, timeout: formatDuration(timeout) }));
  }
  if (authentication === undefined) return;
  if (authentication.kind !== "bearer") {
    report(codes.authentication(at, { source: name, kind: authentication.kind }));
    return;
  }
  const { name: secret, key } = authentication.token;
  if (key !== TOKEN_KEY) report(codes["token-key"](at, { source: name, secret, key }));
  else report(codes["secret-needed"](at, { secret, namespace: workload.namespace, observed: enforcement === "observe" }));
  if (headers.length > 0) report(codes["headers-and-token"](at, { source: name }));
}

function checkHooks(policy: PromqlPolicy, plan: TickPlan, hooks: readonly CanaryWebhook[], report: Report): void {
  const { name, controller, source, workload } = policy;
  const [first] = policy.gates;
  if (controller.loadtester !== undefined && wouldShowToken(policy)) {
    const isSlow = plan.rollback === undefined && policy.enforcement === "enforce" && first !== undefined;
    const params = { policy: name, source: source.name, after: isSlow ? slowest(plan, first) : undefined };
    report(codes["loadtester-unused"](controller.loadtester.at, params));
  }
  if (hooks.some(lacksNamespace)) report(codes["namespace-needed"](workload.at, { policy: name }));
  const silent = policy.gates.find(({ settings }) => settings.noSeries === "fail");
  if (silent === undefined || plan.rollback === undefined || asksForSeries(policy) || policy.enforcement === "observe") return;
  const reason = policy.delivery.kind === "blueGreen" ? "blueGreen" : "unscraped";
  report(codes["series-only-hold"](silent.settings.noSeriesAt ?? silent.at, { policy: name, reason }));
}

/** Without a hook, a canary that fails is only held; how long is the threshold's affair. */
function checkRollback(policy: FlaggerPolicy, plan: TickPlan, report: Report): void {
  const [first] = policy.gates;
  if (plan.rollback !== undefined || first === undefined) return;
  // Each of these has a code of its own.
  if (isOnPrometheus(policy) && (!canFlaggerAsk(policy.source) || wouldShowToken(policy))) return;
  const reason = !isOnPrometheus(policy) ? "datadog" : policy.source.authentication === undefined ? "none" : "authentication";
  const after = slowest(plan, first);
  const at = placeOf(first.settings.fail, first, policy);
  const found = codes["no-rollback-hook"](at, { policy: policy.name, after, threshold: plan.threshold, reason });
  // Where nobody can be asked it is a loss to know of, not one to mend.
  report(reason === "datadog" ? { ...found, severity: "notice" } : found);
}

/** Whether anybody could ask the source for Flagger. */
function canFlaggerAsk({ address, authentication }: PrometheusSource): boolean {
  return address !== undefined && (authentication === undefined || authentication.kind === "bearer");
}

/** When a release whose every tick fails is rolled back. */
function slowest(plan: TickPlan, gate: SloGate): string {
  return describeDuration(catchable(plan, gate).threshold);
}

function checkHolds(policy: FlaggerPolicy, { threshold, interval }: TickPlan, report: Report): void {
  const { name, gates } = policy;
  const [first] = gates;
  if (first === undefined) return;
  const { promote } = first.settings;
  const after = describeDuration(threshold * interval);
  const at = placeOf(promote, first, policy);
  report(codes["holds-add-up"](at, { policy: name, threshold, after }));
  if (promote.goodLooks > 1) report(codes["one-good-look"](at, { policy: name, goodLooks: promote.goodLooks }));
  const paused = gates.find(({ settings }) => settings.promote.onTimeout === "pause");
  if (paused !== undefined) report(codes["no-pause"](paused.settings.promote.at, { policy: name }));
}

/** Where somebody wrote a setting of the gate, else what makes Flagger judge by it. */
function placeOf({ at }: { readonly at: Span }, gate: SloGate, { controller }: FlaggerPolicy): Span {
  return at === gate.at ? controller.at : at;
}

function checkEvidence(policy: FlaggerPolicy, report: Report): void {
  for (const gate of countedGates(policy)) {
    const { evidence, window } = gate.settings;
    const when = evidenceOf(policy, gate);
    const params = { slo: gate.slo.id, requests: evidence.minRequests };
    if (evidence.by === "lastStep" && when === "everyTick") report(codes["evidence-every-tick"](evidence.at, params));
    // With declared traffic it is known how many ticks that fails, and said where it is any.
    if (when !== "byShare" || policy.traffic !== undefined) continue;
    const by = { ...params, window: formatDuration(window), backend: policy.backend };
    report(codes["evidence-by-share"](evidence.at, by));
  }
}

function checkBudget(policy: FlaggerPolicy, plan: TickPlan, checks: readonly Check[], report: Report): void {
  const { name, gates, controller } = policy;
  const before = isOnPrometheus(policy) ? budgetsBeforeTraffic(policy, plan) : [];
  const asked = checks.filter(({ subject }) => subject.kind === "budgetLeft");
  if (asked.length > 0) report(codes["budget-after-traffic"](controller.at, { policy: name, canBeAsked: lacksLoadtester(policy) }));
  for (const { slo, settings } of before) {
    if (settings.budget?.exhausted === "fail") report(codes["budget-waits"](settings.budget.at, { policy: name, slo: slo.id }));
  }
  if (before.length + asked.length === 0) return;
  const budget = gates.flatMap(({ settings }) => settings.budget ?? []).find(({ bypassAnnotation }) => bypassAnnotation !== undefined);
  if (budget?.bypassAnnotation === undefined) return;
  const hook = before.length > 0 ? policyHookName(policy, "budget") : undefined;
  const metrics = asked.map((check) => check.name);
  report(codes.bypass(budget.at, { policy: name, annotation: budget.bypassAnnotation, hook, metrics }));
}
