import { boundConstants, lowerBound } from "../../gate/confidence.ts";
import { limits } from "../../gate/judge.ts";
import { failDelay, plannedLength } from "../../gate/plan.ts";
import type { ReleasePolicy, SloGate } from "../../model/policy.ts";
import type { TextArtifact } from "../../output/artifact.ts";
import type { Render } from "../../text/render.ts";
import { describeDuration } from "../../units/duration.ts";
import { errorRatioAt } from "../../units/quantity.ts";
import { multiply, rational, toFigure, toNumber } from "../../units/rational.ts";
import type { JsonObject } from "../../yaml/json.ts";
import { failMetricNames } from "./names.ts";

/** A page and a script by which people see the gate abort a broken release and let a healthy one pass. */
export function drillFiles(policy: ReleasePolicy, folder: string, render: Render): readonly TextArtifact[] {
  const view = drillView(policy);
  const sources = [policy.file];
  return [
    { kind: "text", path: `${folder}/drill.md`, text: `${render("argo-rollouts/drill-page", view)}\n`, sources },
    { kind: "text", path: `${folder}/drill.sh`, text: `${render("argo-rollouts/drill-script", view)}\n`, sources },
  ];
}

/** A broken image should leave no doubt, and yet be one that a plain error-rate alert might take minutes to see. */
const LEAST_FAILURES = 0.2;
/** For pods to start, and for a controller that is busy. */
const SLACK = 300;

function drillView(policy: ReleasePolicy): JsonObject {
  const { gates, delivery, enforcement, source, traffic, workload } = policy;
  const steps = delivery.kind === "canary" ? delivery.steps : [];
  const delay = failDelay(source);
  const failures = Math.max(LEAST_FAILURES, Math.min(...gates.map(shareThatFails)));
  const earliest = Math.min(
    ...gates.map(({ settings }) => delay + (settings.extreme ? 0 : (settings.fail.looks - 1) * settings.fail.every)),
  );
  const slowest = Math.max(...gates.map(({ settings }) => settings.window + settings.fail.looks * settings.fail.every));
  const waits = gates.map(({ settings }) => settings.promote.maxWait * (steps.length + (settings.budget ? 1 : 0)));
  const perMinute = traffic === undefined ? undefined : multiply(traffic, rational(60));
  return {
    rollout: workload.name,
    namespace: workload.namespace ?? "",
    environment: policy.environment ?? "",
    source: policy.file.path,
    enforced: enforcement === "enforce",
    drillPercent: `${Math.ceil(failures * 100)} %`,
    requestsPerMinute: perMinute === undefined ? "" : toFigure(perMinute),
    canaryPerMinute: perMinute === undefined ? "" : toFigure(multiply(perMinute, rational(steps[0]?.weight ?? 100, 100))),
    earliestFail: describeDuration(earliest),
    earliestFailSeconds: earliest,
    expectedFail: describeDuration(delay + slowest),
    latestFailSeconds: delay + slowest + SLACK,
    latestPassSeconds: plannedLength(delivery) + Math.max(...waits) + SLACK,
    plannedLength: describeDuration(plannedLength(delivery)),
    steps: steps.map(({ weight, bake }, index) => ({ weight, bake: describeDuration(bake), last: index === steps.length - 1 })),
    failMetrics: gates.flatMap((gate) => failMetricViews(gate)),
    failPattern: gates.flatMap((gate) => failMetricViews(gate).map(({ name }) => name)).join("|"),
  };
}

function failMetricViews({ slo, settings }: SloGate): readonly { name: string; limit: string; errorPercent: string; looks: number }[] {
  const names = failMetricNames(slo.id);
  const view = (name: string, { burnRate }: Pick<typeof settings.fail, "burnRate">, looks: number) => ({
    name,
    limit: toFigure(burnRate),
    errorPercent: `${toFigure(multiply(errorRatioAt(burnRate, slo.objective.budget), rational(100)))} %`,
    looks,
  });
  return [
    view(names.fail, settings.fail, settings.fail.looks),
    ...(settings.extreme === undefined ? [] : [view(names.extreme, settings.extreme, 0)]),
  ];
}

/** The share of failures of which a hundred requests are enough for the fail check. */
function shareThatFails({ slo, settings }: SloGate): number {
  const constants = boundConstants(toNumber(settings.confidence), settings.minBadEvents);
  const limit = limits(settings.fail).burnRate * toNumber(slo.objective.budget);
  for (let bad = 1; bad < 100; bad++) if (lowerBound(bad, constants) / 100 > limit) return bad / 100;
  return 1;
}
