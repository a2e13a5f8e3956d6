import type { Report } from "../../diagnostics/diagnostic.ts";
import { boundConstants, lowerBound } from "../../gate/confidence.ts";
import {
  expectedRequests,
  failDelay,
  plannedLength,
  planSteps,
  promoteLooks,
  requestsDemanded,
  type PlannedStep,
} from "../../gate/plan.ts";
import { evidenceOf, ladderRequests, tickPlan, ticksWithoutEvidence, tickWeights, type TickPlan } from "../../gate/ticks.ts";
import { isForFlagger, type FlaggerPolicy, type GateSettings, type ReleasePolicy, type SloGate } from "../../model/policy.ts";
import { formatDuration, seconds, type Seconds } from "../../units/duration.ts";
import { highestBurnRate } from "../../units/quantity.ts";
import { fromNumber, less, multiply, toFigure, toNumber, type Rational } from "../../units/rational.ts";
import { valueOf, type YamlMap } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { valueSpan } from "./fields.ts";

/** Checks that the gate has the time and the traffic to say anything. `gate` is the policy's own, for the places of its numbers. */
export function checkRhythm(policy: ReleasePolicy, gate: YamlMap | undefined, report: Report): void {
  const [first] = policy.gates;
  if (first === undefined) return;
  checkWindow(policy, first.settings, gate, report);
  checkWait(policy, first.settings, gate, report);
  checkLooks(policy, first.settings, gate, report);
  // Flagger has no runs of looks: at a tick everything is asked once, and whatever passes goes on.
  if (isForFlagger(policy)) return;
  checkSpeed(policy, gate, report);
  checkBakes(policy, first.settings, report);
}

const FEWEST_SCRAPES = 4;

function checkWindow(policy: ReleasePolicy, { window }: GateSettings, gate: YamlMap | undefined, report: Report): void {
  const { source, at } = policy;
  const span = valueSpan(gate, ["window"], at);
  const length = judgedLength(policy);
  const least = seconds(FEWEST_SCRAPES * source.scrapeInterval);
  if (window > length) {
    report(policyCodes["window-above-release"](span, { window: formatDuration(window), length: formatDuration(length) }));
  }
  if (window < least) {
    const related = source.at === undefined ? [] : [{ at: source.at, message: "the source" }];
    const params = {
      window: formatDuration(window),
      interval: formatDuration(source.scrapeInterval),
      least: formatDuration(least),
      source: source.name,
      backend: source.type,
    };
    report(policyCodes["window-below-scrapes"](span, params, { related }));
  }
}

/** Flagger promotes a switch for good, so only what lies before it is judged; that there is nothing is an error of its own. */
function judgedLength({ delivery, controller }: ReleasePolicy): Seconds {
  const length = plannedLength(delivery);
  return controller.kind === "flagger" && delivery.kind === "blueGreen" ? (delivery.prePromotion ?? length) : length;
}

/** A look is good again when the window has forgotten the trouble, so the wait must hold the window and the good looks after it. */
function checkWait(policy: ReleasePolicy, { window, promote }: GateSettings, gate: YamlMap | undefined, report: Report): void {
  const { at } = policy;
  // Flagger goes on at the first tick that passes.
  const streak = isForFlagger(policy) ? 0 : (promote.goodLooks - 1) * promote.every;
  // A window longer than the release is an error of its own.
  if (window + streak <= promote.maxWait || window > judgedLength(policy)) return;
  const span = valueSpan(gate, valueOf(gate, "window") === undefined ? ["promote", "maxWait"] : ["window"], at);
  report(policyCodes["window-outlasts-wait"](span, { window: formatDuration(window), wait: formatDuration(promote.maxWait) }));
}

/** Only what the policy says: the usual 30 seconds are right for the usual scrapes, and do no harm beside slower ones. */
function checkLooks({ source, at }: ReleasePolicy, { fail }: GateSettings, gate: YamlMap | undefined, report: Report): void {
  const isWritten = valueOf(gate, "fail", "every") !== undefined;
  if (!isWritten || fail.looks === 1 || fail.every >= source.scrapeInterval) return;
  const related = source.at === undefined ? [] : [{ at: source.at, message: "the source" }];
  const params = {
    every: formatDuration(fail.every),
    interval: formatDuration(source.scrapeInterval),
    source: source.name,
    backend: source.type,
    looks: fail.looks,
  };
  report(policyCodes["looks-too-close"](valueSpan(gate, ["fail", "every"], at), params, { related }));
}

/** A run that ends before its last allowed failure is a success: https://argo-rollouts.readthedocs.io/en/stable/features/analysis/ */
function checkSpeed({ delivery, gates, source }: ReleasePolicy, gate: YamlMap | undefined, report: Report): void {
  const length = delivery.kind === "canary" ? plannedLength(delivery) : delivery.postPromotion;
  if (length === undefined) return;
  for (const { settings, at } of gates) {
    const { looks, every } = settings.fail;
    const earliest = seconds(failDelay(source) + (looks - 1) * every);
    if (earliest <= length) continue;
    const params = { delivery: delivery.kind, earliest: formatDuration(earliest), length: formatDuration(length) };
    report(
      policyCodes["gate-too-slow"](settings.fail.at === at ? delivery.at : valueSpan(gate, ["fail", "looks"], settings.fail.at), params),
    );
  }
}

function checkBakes({ delivery }: ReleasePolicy, { promote }: GateSettings, report: Report): void {
  const stretches =
    delivery.kind === "canary"
      ? delivery.steps.map(({ bake, at }) => ({ when: "step" as const, bake, at }))
      : delivery.prePromotion === undefined
        ? []
        : [{ when: "preview" as const, bake: delivery.prePromotion, at: delivery.at }];
  for (const { when, bake, at } of stretches) {
    const { earliest } = promoteLooks(promote, bake);
    if (earliest <= bake) continue;
    const params = {
      when,
      bake: formatDuration(bake),
      needed: formatDuration(seconds(earliest)),
      looks: promote.goodLooks,
      every: formatDuration(promote.every),
    };
    report(policyCodes["bake-stretched"](at, params));
  }
}

/** Says which budgets the gates will ask for in vain, unless somebody else records them. */
export function checkBudgets(policy: ReleasePolicy, report: Report): void {
  for (const { slo, settings, at } of policy.gates) {
    if (settings.budget === undefined) continue;
    const waits =
      settings.budget.exhausted === "observe"
        ? "no step lets a canary pass that is not as good as the old version"
        : isForFlagger(policy) && tickPlan(policy).budget === "beforeTraffic"
          ? "no release ever gets its first traffic"
          : `each release waits ${formatDuration(settings.promote.maxWait)} ${isForFlagger(policy) ? "at" : "before"} its first step and is given up`;
    report(policyCodes["budget-unrecorded"](at, { slo: slo.id, waits }));
  }
}

/** Checks that the declared traffic is enough for the demanded evidence and for the limits to be shown. */
export function checkTraffic(policy: ReleasePolicy, report: Report): void {
  const { delivery, traffic, gates } = policy;
  if (delivery.kind !== "canary") return;
  if (traffic === undefined) {
    report(policyCodes["no-traffic"](policy.at, { dialect: policy.format !== "slogen/v1alpha1" }));
    return;
  }
  if (isForFlagger(policy)) {
    const plan = tickPlan(policy);
    for (const gate of gates) {
      checkTickEvidence(policy, plan, gate, traffic, report);
      checkReach(gate, ladderRequests(plan, traffic, tickWeights(plan).length), report);
    }
    return;
  }
  const steps = planSteps(delivery);
  for (const gate of gates) {
    checkEvidence(gate, steps, traffic, report);
    checkReach(gate, expectedRequests(steps, steps.length - 1, traffic), report);
  }
}

function checkEvidence({ slo, settings }: SloGate, steps: readonly PlannedStep[], traffic: Rational, report: Report): void {
  const { minRequests, by, otherwise, at } = settings.evidence;
  const judged = steps.filter(({ isLast }) => isLast || by === "everyStep");
  const short = judged.find(({ index }) => expectedRequests(steps, index, traffic) < minRequests);
  if (short === undefined) return;
  const expected = Math.floor(expectedRequests(steps, short.index, traffic));
  const params = { expected, needed: minRequests, slo: slo.id, step: short.weight };
  if (otherwise === "pass") report(policyCodes["low-traffic"](at, { ...params, outcome: "blind" }, { severity: "warning" }));
  else if (requestsDemanded(settings, short) > expected + whileHeld(short, settings, traffic)) {
    report(policyCodes["low-traffic"](at, { ...params, outcome: "never" }));
  } else report(policyCodes["low-traffic"](at, { ...params, outcome: "late" }, { severity: "warning" }));
}

/** Requests between the end of a step's bake and its first look that would still be in time for all the good ones. */
function whileHeld({ bake, weight }: PlannedStep, { promote }: GateSettings, traffic: Rational): number {
  const { latest, good, every } = promoteLooks(promote, bake);
  const held = Math.max(0, latest - (good - 1) * every - bake);
  return toNumber(multiply(traffic, fromNumber((weight / 100) * held)));
}

/** On Flagger a demand that is not met fails a tick, at the same weight, until the release is rolled back. */
function checkTickEvidence(policy: FlaggerPolicy, plan: TickPlan, gate: SloGate, traffic: Rational, report: Report): void {
  const { minRequests, at } = gate.settings.evidence;
  const slo = gate.slo.id;
  const weights = tickWeights(plan);
  const served = ladderRequests(plan, traffic, weights.length);
  const atEnd = { expected: Math.floor(served), needed: minRequests, slo, step: weights.at(-1) ?? 0 };
  const when = evidenceOf(policy, gate);
  if (when === "never") {
    if (served < minRequests) report(policyCodes["low-traffic"](at, { ...atEnd, outcome: "blind" }, { severity: "warning" }));
    return;
  }
  const short = ticksWithoutEvidence(policy, plan, gate, traffic);
  const [first] = short;
  if (first === undefined) return;
  const atFirst = { expected: Math.floor(first.served), needed: Math.ceil(first.demanded), slo, step: first.weight };
  if (short.length >= plan.threshold) report(policyCodes["low-traffic"](at, { ...atFirst, outcome: "never" }));
  else if (when === "byShare") report(policyCodes["low-traffic"](at, { ...atFirst, outcome: "late" }, { severity: "warning" }));
  else if (when === "lastWeight" && served < minRequests) {
    report(policyCodes["low-traffic"](at, { ...atEnd, outcome: "late" }, { severity: "warning" }));
  }
}

/** With few requests even a total outage stays below a high limit, by its lower bound. */
function checkReach({ slo, settings }: SloGate, expected: number, report: Report): void {
  const requests = Math.floor(expected);
  const constants = boundConstants(toNumber(settings.confidence), settings.minBadEvents);
  const highest = requests === 0 ? 0 : lowerBound(requests, constants) / requests / toNumber(slo.objective.budget);
  const { burnRate, at } = settings.fail;
  const isBeyondAnyTraffic = !less(burnRate, highestBurnRate(slo.objective.budget));
  if (isBeyondAnyTraffic || highest > toNumber(burnRate)) return;
  const params = { check: "fail", slo: slo.id, burnRate: toFigure(burnRate), highest: toFigure(fromNumber(highest)), requests };
  report(policyCodes["unreachable-limit"](at, params));
}
