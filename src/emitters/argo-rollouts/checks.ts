import { hasEventBudget } from "../../gate/excess.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import { promoteLooks, stableReach } from "../../gate/plan.ts";
import { datadogApi, type BlueGreenDelivery, type DatadogPolicy, type PrometheusPolicy, type ReleasePolicy } from "../../model/policy.ts";
import { formatDuration } from "../../units/duration.ts";
import { bypassAnnotations } from "./block.ts";
import { argoRolloutsCodes as codes } from "./codes.ts";
import type { Rhythm } from "./metrics.ts";
import { secretOf } from "./provider.ts";
import { supports } from "./versions.ts";

/** What Argo Rollouts makes of this policy that its user should know, or could not want. */
export function checkPolicy(policy: ReleasePolicy, rhythm: Rhythm, report: Report): void {
  checkHold(policy, rhythm, report);
  checkSource(policy, rhythm, report);
  checkBypass(policy, report);
  if (policy.delivery.kind === "blueGreen") checkBlueGreen(policy, policy.delivery, rhythm, report);
}

function checkHold(policy: ReleasePolicy, { version, settings: { promote } }: Rhythm, report: Report): void {
  const holds = policy.delivery.kind === "canary" || policy.delivery.prePromotion !== undefined;
  if (policy.enforcement === "observe" || !holds) return;
  if (!supports("consecutiveSuccessLimit", version)) {
    const because = `Argo Rollouts ${version} can hold a step in no other way (\`consecutiveSuccessLimit\` came with 1.8)`;
    report(
      codes["hold-is-inconclusive"](policy.at, {
        policy: policy.name,
        because,
        instead: "run 1.8 or later, and say so under `argo-rollouts.version`",
      }),
    );
  } else if (promote.onTimeout === "pause") {
    const params = { policy: policy.name, because: "of `onTimeout: pause`", instead: "use `onTimeout: abort`" };
    report(codes["hold-is-inconclusive"](promote.at, params));
  }
}

function checkBypass(policy: ReleasePolicy, report: Report): void {
  const annotations = bypassAnnotations(policy);
  const placeOf = (annotation: string | undefined): Span =>
    policy.gates.find(({ settings }) => settings.budget?.bypassAnnotation === annotation)?.settings.budget?.at ?? policy.at;
  const [first, second] = annotations;
  if (second === undefined) return;
  const related = [{ at: placeOf(first), message: "another annotation holds here" }];
  report(codes["bypass-differs"](placeOf(second), { policy: policy.name, annotations }, { related }));
}

function checkSource(policy: ReleasePolicy, rhythm: Rhythm, report: Report): void {
  const { settings } = rhythm;
  const { source } = policy;
  const at = source.at ?? policy.at;
  const every = settings.fail.every < settings.promote.every ? settings.fail.every : settings.promote.every;
  const timeout = source.timeout;
  if (timeout !== undefined && timeout >= every) {
    report(codes["timeout-too-long"](at, { source: source.name, timeout: formatDuration(timeout), every: formatDuration(every) }));
  }
  if (policy.backend === "prometheus") checkPrometheus(policy, at, report);
  else checkDatadog(policy, rhythm, at, report);
}

/** What a request to Datadog cannot say is told once a policy, and what would be judged wrongly is refused. */
function checkDatadog(policy: DatadogPolicy, { version }: Rhythm, at: Span, report: Report): void {
  const { name, source, gates, workload, enforcement, delivery } = policy;
  if (!supports("datadogNil", version)) report(codes["datadog-too-old"](policy.at, { policy: name, version }));
  if (source.timeout !== undefined && !supports("datadogTimeout", version)) {
    report(codes["datadog-timeout"](at, { source: source.name, version }));
  }
  const [first] = gates;
  if (first !== undefined) {
    const reach = formatDuration(stableReach(delivery));
    report(codes["one-window"](policy.at, { policy: name, window: formatDuration(first.settings.window), reach }));
  }
  const tightened = gates.flatMap(({ settings: { budget } }) => budget?.tightenAtPlace ?? [])[0];
  if (tightened !== undefined) report(codes["no-tightening"](tightened, { policy: name }));
  for (const { slo, settings, at: place } of gates) {
    const asks = settings.budget !== undefined && settings.budget.exhausted !== "observe";
    if (asks && !hasEventBudget(slo)) report(codes["budget-unknown"](place, { slo: slo.id }));
  }
  const passing = gates.find(({ settings }) => settings.noTraffic === "pass");
  if (passing !== undefined) report(codes["no-traffic-holds"](passing.settings.noTrafficAt ?? passing.at, { policy: name }));
  if (source.keysFrom === undefined) {
    const where =
      source.secret?.namespaced !== true
        ? "the controller's namespace"
        : workload.namespace === undefined
          ? "the Rollout's namespace"
          : `the namespace \`${workload.namespace}\``;
    const params = { secret: source.secret?.name ?? "datadog", where, address: datadogApi(source.site) };
    report(codes["datadog-secret-needed"](at, { ...params, observed: enforcement === "observe" }));
  }
}

function checkPrometheus({ source, workload, enforcement }: PrometheusPolicy, at: Span, report: Report): void {
  if (source.address === undefined) report(codes["no-address"](at, { source: source.name }));
  if (source.authentication?.kind === "sigv4" && source.address?.includes("aps-workspaces") !== true) {
    report(codes["sigv4-address"](at, { source: source.name }));
  }
  const secret = secretOf(source)?.ref;
  if (secret !== undefined) {
    const place = { secret: secret.name, key: secret.key, namespace: workload.namespace };
    report(codes["secret-needed"](at, { ...place, observed: enforcement === "observe" }));
  }
}

/** https://argo-rollouts.readthedocs.io/en/stable/features/specification/ (progressDeadlineSeconds) */
const DEFAULT_DEADLINE = 600;

function checkBlueGreen(
  policy: ReleasePolicy,
  { prePromotion, postPromotion, at }: BlueGreenDelivery,
  rhythm: Rhythm,
  report: Report,
): void {
  const { name, guards } = policy;
  const { promote, fail } = rhythm.settings;
  if (prePromotion !== undefined) report(codes["preview-traffic"](at, { policy: name }));
  if (postPromotion !== undefined) report(codes["no-baseline"](at, { policy: name }));
  for (const guard of guards) {
    const when = guard.action === "hold" ? "before" : "after";
    if ((when === "before" ? prePromotion : postPromotion) !== undefined) continue;
    report(codes["check-left-out"](guard.at, { check: `the guard \`${guard.name}\``, when }));
  }
  const before = prePromotion === undefined ? 0 : promoteLooks(promote, prePromotion).latest + promote.every;
  const after = postPromotion === undefined ? 0 : postPromotion + fail.every;
  const needed = Math.max(before, after);
  // With the Rollout's file at hand, its own deadline is looked at.
  if (needed <= DEFAULT_DEADLINE || policy.workload.files.length > 0) return;
  report(codes["blue-green-deadline"](at, { policy: name, needed, after: postPromotion === undefined ? undefined : after }));
}
