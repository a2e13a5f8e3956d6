import { WHOLE_PLAN } from "../../gate/excess.ts";
import { stableReach } from "../../gate/plan.ts";
import type { ExtremeSettings, Guard, ReleasePolicy, SloGate } from "../../model/policy.ts";
import type { Render } from "../../text/render.ts";
import { describeDuration } from "../../units/duration.ts";
import { errorRatioAt } from "../../units/quantity.ts";
import { toDecimal, toFigure } from "../../units/rational.ts";
import type { JsonObject } from "../../yaml/json.ts";
import { bypassAnnotations } from "./block.ts";
import { countedGates } from "../counted.ts";
import { percent, withoutBlankLines } from "../gate-words.ts";
import type { Rhythm } from "./metrics.ts";
import type { TemplateRole } from "./names.ts";
import { supports } from "./versions.ts";

/** What a template does, in words. Every figure is computed, so that no sentence can contradict the metric beside it. */
export function descriptionOf(role: TemplateRole, policy: ReleasePolicy, rhythm: Rhythm, render: Render): string {
  return withoutBlankLines(render(`argo-rollouts/${role}-description`, view(role, policy, rhythm, { own: true })));
}

/** The same for templates that many services share: without their names and numbers. */
export function sharedDescription(role: TemplateRole, policy: ReleasePolicy, rhythm: Rhythm, render: Render): string {
  return withoutBlankLines(render(`argo-rollouts/${role}-description`, view(role, policy, rhythm, { own: false })));
}

function view(role: TemplateRole, policy: ReleasePolicy, rhythm: Rhythm, { own }: { readonly own: boolean }): JsonObject {
  const { delivery, enforcement, gates, guards, workload } = policy;
  const { promote, fail, sourceDown } = rhythm.settings;
  const action = role === "promote" ? "hold" : "fail";
  const counted = countedGates(policy);
  return {
    rollout: own ? workload.name : "",
    shared: !own,
    excess: policy.backend === "datadog",
    window: describeDuration(rhythm.settings.window),
    reach: describeDuration(stableReach(delivery)),
    wholePlan: toFigure(WHOLE_PLAN),
    observed: enforcement === "observe",
    beforeSwitch: delivery.kind === "blueGreen",
    postPromotion: delivery.kind === "blueGreen" && delivery.postPromotion !== undefined ? describeDuration(delivery.postPromotion) : "",
    gates: own ? gates.map((gate) => gateView(gate, counted.includes(gate))) : [],
    guards: own && role !== "budget" ? guards.filter((guard) => guard.action === action).map(guardView) : [],
    goodLooks: promote.goodLooks,
    promoteEvery: describeDuration(promote.every),
    failEvery: describeDuration(fail.every),
    maxWait: describeDuration(promote.maxWait),
    pauses: promote.onTimeout === "pause",
    holdsByPause: !supports("consecutiveSuccessLimit", rhythm.version),
    sourceDown: describeDuration(sourceDown),
    bypass: bypassAnnotations(policy)[0] ?? "",
  };
}

function gateView({ slo, settings }: SloGate, isCounted: boolean): JsonObject {
  const { fail, extreme, promote, evidence, budget, noSeries } = settings;
  const errors = ({ burnRate }: Pick<ExtremeSettings, "burnRate">): string => percent(errorRatioAt(burnRate, slo.objective.budget));
  const limits = (limit: Pick<ExtremeSettings, "burnRate" | "timesStable">): JsonObject => ({
    burnRate: toFigure(limit.burnRate),
    timesStable: toFigure(limit.timesStable),
    errors: errors(limit),
  });
  return {
    slo: slo.id,
    target: percent(slo.objective.target),
    period: describeDuration(slo.period),
    // Without counts there is no bound, and the ratio is taken as it is.
    confidence: isCounted ? percent(settings.confidence) : "",
    fail: { ...limits(fail), looks: fail.looks, isOnce: fail.looks === 1 },
    extreme: extreme === undefined ? false : limits(extreme),
    promote: limits(promote),
    failsWithoutSeries: noSeries === "fail",
    minRequests: evidence.otherwise === "pass" || !isCounted ? 0 : evidence.minRequests,
    evidenceEveryStep: evidence.by === "everyStep",
    tightenAt: budget === undefined ? "" : percent(budget.tightenAt),
    exhausted: budget !== undefined && budget.exhausted !== "observe",
    failsExhausted: budget?.exhausted === "fail",
  };
}

function guardView({ name, bound, limit }: Guard): JsonObject {
  return { name, isMax: bound === "max", limit: toDecimal(limit) };
}
