import { boundConstants, lowerBound } from "../../gate/confidence.ts";
import { limits } from "../../gate/judge.ts";
import { failDelay, plannedLength, promoteLooks } from "../../gate/plan.ts";
import type { ReleasePolicy, SloGate } from "../../model/policy.ts";
import type { TextArtifact } from "../../output/artifact.ts";
import type { Render } from "../../text/render.ts";
import { describeDuration, seconds, type Seconds } from "../../units/duration.ts";
import { errorRatioAt, type BurnRate } from "../../units/quantity.ts";
import { multiply, rational, toFigure, toNumber } from "../../units/rational.ts";
import type { JsonObject } from "../../yaml/json.ts";
import { metricNames, metricStem } from "./names.ts";

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
  // What a preview is asked holds it back, and gives up in the end: a broken one never gets to the fail checks.
  const preview = delivery.kind === "blueGreen" ? delivery.prePromotion : undefined;
  const givesUp = gates.map(({ settings }) => (preview === undefined ? 0 : promoteLooks(settings.promote, preview).latest));
  const earliest =
    preview === undefined
      ? Math.min(...gates.map(({ settings }) => delay + (settings.extreme ? 0 : (settings.fail.looks - 1) * settings.fail.every)))
      : Math.min(...givesUp);
  const slowest = Math.max(...gates.map(({ settings }) => settings.window + settings.fail.looks * settings.fail.every));
  const overdue = delay + slowest + Math.max(...givesUp);
  const culprits = gates.flatMap((gate) => [...(preview === undefined ? [] : [heldMetricView(gate)]), ...failMetricViews(gate)]);
  const length = releaseLength(delivery);
  const held = delivery.kind === "canary" ? steps.length : Number(delivery.prePromotion !== undefined);
  const waits = gates.map(({ settings }) => settings.promote.maxWait * (held + (settings.budget ? 1 : 0)));
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
    expectedFail: describeDuration(overdue),
    latestFailSeconds: overdue + SLACK,
    latestPassSeconds: length + Math.max(...waits) + SLACK,
    plannedLength: describeDuration(length),
    steps: steps.map(({ weight, bake }, index) => ({ weight, bake: describeDuration(bake), last: index === steps.length - 1 })),
    preview: preview !== undefined,
    failMetrics: culprits,
    failPattern: culprits.map(({ name }) => name).join("|"),
  };
}

/** From the first traffic to the end, with what is watched before a switch and after it. */
function releaseLength(delivery: ReleasePolicy["delivery"]): Seconds {
  return delivery.kind === "canary" ? plannedLength(delivery) : seconds((delivery.prePromotion ?? 0) + (delivery.postPromotion ?? 0));
}

type MetricView = {
  readonly name: string;
  readonly limit: string;
  readonly errorPercent: string;
  /** How often, and for how long, the burn rate must be above the limit; 0 and empty for one look. */
  readonly looks: number;
  readonly held: string;
};

function failMetricViews({ slo, settings }: SloGate): readonly MetricView[] {
  const { fail, extreme } = metricNames(metricStem(slo.id));
  return [
    { name: fail, ...limitView(slo, settings.fail.burnRate), looks: settings.fail.looks, held: "" },
    ...(settings.extreme === undefined ? [] : [{ name: extreme, ...limitView(slo, settings.extreme.burnRate), looks: 0, held: "" }]),
  ];
}

function heldMetricView({ slo, settings: { promote } }: SloGate): MetricView {
  const { promote: name } = metricNames(metricStem(slo.id));
  return { name, ...limitView(slo, promote.burnRate), looks: 0, held: describeDuration(promote.maxWait) };
}

function limitView({ objective }: SloGate["slo"], limit: BurnRate): Pick<MetricView, "limit" | "errorPercent"> {
  const share = errorRatioAt(limit, objective.budget);
  return { limit: toFigure(limit), errorPercent: `${toFigure(multiply(share, rational(100)))} %` };
}

/** The share of failures of which a hundred requests are enough for the fail check. */
function shareThatFails({ slo, settings }: SloGate): number {
  const constants = boundConstants(toNumber(settings.confidence), settings.minBadEvents);
  const limit = limits(settings.fail).burnRate * toNumber(slo.objective.budget);
  for (let bad = 1; bad < 100; bad++) if (lowerBound(bad, constants) / 100 > limit) return bad / 100;
  return 1;
}
