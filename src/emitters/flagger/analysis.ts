import type { TickPlan } from "../../gate/ticks.ts";
import type { FlaggerPolicy } from "../../model/policy.ts";
import { parseDuration } from "../../units/duration.ts";
import type { JsonObject } from "../../yaml/json.ts";
import { flaggerDuration } from "./duration.ts";
import { canaryMetric, type Check } from "./metrics.ts";
import type { CanaryAnalysis, CanaryWebhook } from "./types.ts";

/** What the policy's Canary is to hold. */
export function canaryAnalysis(
  { controller }: FlaggerPolicy,
  plan: TickPlan,
  checks: readonly Check[],
  hooks: readonly CanaryWebhook[],
): CanaryAnalysis {
  const { interval, threshold, strategy, ladder, iterations } = plan;
  return {
    interval: flaggerDuration(interval),
    threshold,
    ...(strategy === "canary" ? { stepWeights: ladder.map(({ weight }) => weight) } : { iterations }),
    ...(strategy === "abTesting" && controller.match && { match: controller.match }),
    metrics: checks.map(canaryMetric),
    alerts: controller.alerts,
    // Flagger stops at the first rollback hook that speaks, so the ones that slogen knows stand first.
    webhooks: [...hooks, ...controller.webhooks.map(inItsUnits)],
  };
}

/** A user's hook, whose timeout may be in hours. */
function inItsUnits(webhook: JsonObject): JsonObject {
  const timeout = typeof webhook["timeout"] === "string" ? parseDuration(webhook["timeout"]) : undefined;
  return timeout === undefined ? webhook : { ...webhook, timeout: flaggerDuration(timeout) };
}
