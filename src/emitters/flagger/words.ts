import { stableReach } from "../../gate/plan.ts";
import { evidenceOf, type TickPlan } from "../../gate/ticks.ts";
import type { FlaggerPolicy } from "../../model/policy.ts";
import type { Render } from "../../text/render.ts";
import { describeDuration } from "../../units/duration.ts";
import { errorRatioAt } from "../../units/quantity.ts";
import { toDecimal, toFigure } from "../../units/rational.ts";
import type { JsonObject } from "../../yaml/json.ts";
import { countedGates } from "../counted.ts";
import { percent, withoutBlankLines } from "../gate-words.ts";
import type { Check, CheckSubject, GateSubject } from "./metrics.ts";

/** What a template asks, in words. Every figure is computed, so that no sentence can contradict the query below it. */
export function descriptionOf({ subject }: Check, policy: FlaggerPolicy, plan: TickPlan, render: Render): string {
  return withoutBlankLines(render(`flagger/${TEMPLATES[subject.kind]}-description`, view(subject, policy, plan)));
}

const TEMPLATES: Readonly<Record<CheckSubject["kind"], string>> = {
  promote: "promote",
  promoteSince: "promote",
  requests: "requests",
  budget: "tight",
  budgetLeft: "budget",
  guard: "guard",
};

function view(subject: CheckSubject, policy: FlaggerPolicy, { interval, threshold }: TickPlan): JsonObject {
  const { delivery, enforcement, gates, source, workload } = policy;
  const settings = subject.kind === "guard" ? gates[0]?.settings : subject.gate.settings;
  if (settings === undefined) throw new Error(`policy ${policy.name} has no gate`);
  return {
    workload: workload.name,
    observed: enforcement === "observe",
    window: describeDuration(settings.window),
    reach: describeDuration(stableReach(delivery)),
    every: describeDuration(interval),
    threshold,
    isOne: threshold === 1,
    onDatadog: source.type === "datadog",
    ...(subject.kind === "guard" ? guardView(subject) : gateView(subject, policy)),
  };
}

function guardView({ guard: { name, bound, limit } }: Extract<CheckSubject, { kind: "guard" }>): JsonObject {
  return { name, isMax: bound === "max", limit: toDecimal(limit) };
}

function gateView({ kind, gate }: GateSubject, policy: FlaggerPolicy): JsonObject {
  const { slo, settings } = gate;
  const { promote, evidence, budget, noTraffic } = settings;
  const isCounted = countedGates(policy).includes(gate);
  const demanded = isCounted ? evidenceOf(policy, gate) : "never";
  return {
    slo: slo.id,
    target: percent(slo.objective.target),
    period: describeDuration(slo.period),
    burnRate: toFigure(promote.burnRate),
    timesStable: toFigure(promote.timesStable),
    errors: percent(errorRatioAt(promote.burnRate, slo.objective.budget)),
    sinceStart: kind === "promoteSince",
    // Without counts there is no bound, and the ratio is taken as it is.
    confidence: isCounted ? percent(settings.confidence) : "",
    minRequests: evidence.minRequests,
    demanded: demanded !== "never",
    demandedAtLastWeight: demanded === "lastWeight",
    demandedByShare: demanded === "byShare",
    passesWithoutTraffic: noTraffic === "pass",
    tightenAt: budget === undefined ? "" : percent(budget.tightenAt),
    bypass: budget?.bypassAnnotation ?? "",
  };
}
