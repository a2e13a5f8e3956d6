import type { Report } from "../../../diagnostics/diagnostic.ts";
import type { BlueGreenDelivery, CanaryDelivery, ReleasePolicy } from "../../../model/policy.ts";
import { headOf, textOf, valueOf } from "../../../yaml/tree.ts";
import { guardName, metricNames, metricStem } from "../names.ts";
import { rolloutCodes } from "./codes.ts";
import { checkVersion } from "./datadog-version.ts";
import { integerAt, itemsAt, keyAt, mapAt, textAt } from "../../../manifests/documents.ts";
import { podsAtWeight, replicasFor, shareOf, surgePods } from "./replicas.ts";
import { servicesOf, type RolloutFile } from "./rollout-file.ts";
import { isGated, templateNames } from "./steps.ts";
import { checkServicesExist, checkTraffic } from "./traffic.ts";

/** What in the Rollout, or in the objects beside it, would make the gate judge something else than the policy means. */
export function checkWiring(file: RolloutFile, policy: ReleasePolicy, report: Report): void {
  const { delivery } = file;
  if (delivery.kind === "canary") checkCanary(file, delivery, policy, report);
  else checkBlueGreen(file, delivery, policy, report);
  checkIsolation(file, policy, report);
  if (policy.backend === "datadog") checkVersion(file, policy, report);
  checkMetricNames(file, policy, report);
  const isGatedByBudget = policy.gates.some(({ settings }) => settings.budget !== undefined && settings.budget.exhausted !== "observe");
  if (
    policy.enforcement === "enforce" &&
    isGatedByBudget &&
    delivery.kind === "canary" &&
    valueOf(file.rollout.root, "spec", "rollbackWindow") === undefined
  )
    report(
      rolloutCodes["no-rollback-window"](keyAt(file.rollout.root, "spec"), {}, { related: [{ at: policy.at, message: "by this policy" }] }),
    );
}

function checkCanary(file: RolloutFile, delivery: CanaryDelivery, policy: ReleasePolicy, report: Report): void {
  const { strategy } = file;
  const routing = mapAt(strategy, "trafficRouting");
  if (routing === undefined) checkReplicas(file, delivery, report);
  else checkTraffic(file, routing, report);
  if (routing !== undefined && textAt(strategy, "dynamicStableScale") === "true")
    report(
      rolloutCodes["stable-thins-out"](
        keyAt(strategy, "dynamicStableScale"),
        {},
        { related: [{ at: policy.at, message: "compared by this policy" }] },
      ),
    );
}

/** Below this many percent points a weight is as good as exact. */
const TOLERANCE = 1;
/** More pods than that are no advice. */
const MOST_REPLICAS = 100;

function checkReplicas({ rollout, strategy, steps }: RolloutFile, delivery: CanaryDelivery, report: Report): void {
  const replicas = integerAt(rollout.root, "spec", "replicas");
  if (replicas === undefined) {
    report(rolloutCodes["unknown-replicas"](keyAt(rollout.root, "spec"), {}));
    return;
  }
  const written = integerAt(strategy, "maxSurge") ?? textAt(strategy, "maxSurge");
  const maxSurge = surgePods(written, replicas);
  if (maxSurge === undefined || replicas <= 0) return;
  const enough = replicasFor(
    delivery.steps.map(({ weight }) => weight),
    MOST_REPLICAS,
    (count) => surgePods(written, count) ?? 0,
  );
  const more = enough === undefined || enough <= replicas ? "" : `, or run ${enough} pods`;
  for (const step of steps.filter(isGated)) {
    const pods = podsAtWeight(replicas, step.weight, maxSurge);
    const actual = shareOf(pods);
    if (Math.abs(actual - step.weight) < TOLERANCE) continue;
    const nearest = Math.round(actual);
    const help = `route traffic with Istio, NGINX or another router${more}${nearest > 0 && nearest < 100 ? `, or write the weight as it is: ${nearest}` : ""}`;
    const counted = `${pods.canary} of ${pods.canary + pods.stable} pods`;
    report(
      rolloutCodes["approximate-weight"](headOf(step.node), {
        weight: step.weight,
        actual: String(Number(actual.toFixed(1))),
        pods: counted,
        help,
      }),
    );
  }
}

/** Unless the Rollout says otherwise: https://argo-rollouts.readthedocs.io/en/stable/features/specification/ */
const DEFAULT_PROGRESS_DEADLINE = 600;

function checkBlueGreen(file: RolloutFile, delivery: BlueGreenDelivery, policy: ReleasePolicy, report: Report): void {
  const { strategy, rollout, others } = file;
  checkServicesExist(file, ["activeService", "previewService"], others, report);
  const { canary, stable } = servicesOf(file);
  if (canary !== undefined && canary === stable)
    report(rolloutCodes["same-service"](valueOf(strategy, "previewService")?.at, { name: canary }));
  const post = delivery.postPromotion ?? 0;
  const wait = Math.max(...policy.gates.map(({ settings }) => settings.promote.maxWait));
  const pre = delivery.prePromotion === undefined ? 0 : delivery.prePromotion + wait;
  const longest = Math.max(pre, post);
  const written = integerAt(rollout.root, "spec", "progressDeadlineSeconds");
  const deadline = written ?? DEFAULT_PROGRESS_DEADLINE;
  if (policy.enforcement === "enforce" && longest > deadline) {
    const spec = mapAt(rollout.root, "spec") ?? rollout.root;
    const at = written === undefined ? keyAt(rollout.root, "spec") : keyAt(spec, "progressDeadlineSeconds");
    const params = { seconds: String(deadline), needed: String(longest), isDefault: written === undefined };
    report(rolloutCodes["progress-deadline"](at, params, { related: [{ at: delivery.at, message: "planned here" }] }));
  }
  const delay = integerAt(strategy, "scaleDownDelaySeconds");
  if (delay !== undefined && delay < post) {
    const related = [{ at: delivery.at, message: "planned here" }];
    report(
      rolloutCodes["scale-down-delay"](
        keyAt(strategy, "scaleDownDelaySeconds"),
        { seconds: String(delay), needed: String(post) },
        { related },
      ),
    );
  }
}

/** Names that the policy gives itself must be those of the Rollout. */
function checkIsolation(file: RolloutFile, { isolation }: ReleasePolicy, report: Report): void {
  if (isolation.strategy !== "istioHost") return;
  const services = servicesOf(file);
  for (const side of ["canary", "stable"] as const) {
    const [matcher] = isolation[side];
    const name = services[side];
    if (name === undefined || matcher === undefined || matcher.value === name || typeof matcher.value !== "string") continue;
    const related = [{ at: file.rollout.at, message: "the Rollout" }];
    report(rolloutCodes["other-service"](isolation.at, { side, policy: matcher.value, file: name }, { related }));
  }
}

/** Templates of the user's own, where the policy's files hold them, that would share a run with the gate's. */
function checkMetricNames({ strategy, others }: RolloutFile, { gates, guards }: ReleasePolicy, report: Report): void {
  const shared = ["analysis", "prePromotionAnalysis", "postPromotionAnalysis"].flatMap((key) => templateNames(valueOf(strategy, key)));
  const ours = new Set<string>([
    ...gates.flatMap(({ slo }) => Object.values(metricNames(metricStem(slo.id)))),
    ...guards.map(({ name }) => guardName(name)),
  ]);
  for (const template of others.filter(({ kind, name }) => TEMPLATE_KINDS.includes(kind) && shared.includes(name)))
    for (const metric of itemsAt(template.root, "spec", "metrics")) {
      const name = valueOf(metric, "name");
      const text = textOf(name);
      if (name !== undefined && text !== undefined && ours.has(text))
        report(rolloutCodes["metric-name"](name.at, { metric: text, template: template.name }));
    }
}

const TEMPLATE_KINDS = ["AnalysisTemplate", "ClusterAnalysisTemplate"];
