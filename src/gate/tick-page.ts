import type { FlaggerPolicy, GateSettings, SloGate } from "../model/policy.ts";
import { formatDuration } from "../units/duration.ts";
import { toFigure } from "../units/rational.ts";
import {
  count,
  guardLines,
  headline,
  limitWords,
  lossLines,
  looksOf,
  NOT_SIMULATED,
  objectiveLine,
  percent,
  perMinute,
  qualityLines,
  sensitivityLines,
  table,
  time,
  toKnow,
  VALUE_ALONE,
} from "./page-parts.ts";
import { stableReach } from "./plan.ts";
import { tickedMachine } from "./simulate.ts";
import { tickChecks } from "./tick-run.ts";
import {
  catchable,
  checksNeeded,
  earliestPromotion,
  evidenceOf,
  tickPlan,
  ticksNeeded,
  ticksWithoutEvidence,
  type TickPlan,
} from "./ticks.ts";
import { tickSensitivity, tickTimeline } from "./timeline.ts";

const KINDS = { canary: "canary", blueGreen: "blue-green", abTesting: "A/B test" };

/** A release by Flagger: one tick every interval, at each of which everything is asked once. */
export function tickPage(policy: FlaggerPolicy, isCounted: (gate: SloGate) => boolean): readonly string[] {
  const plan = tickPlan(policy);
  const isCanary = plan.strategy === "canary";
  return [
    headline(policy, KINDS[plan.strategy], " by Flagger"),
    "",
    ...(isCanary ? ladderLines(policy, plan) : iterationLines(policy, plan)),
    ...ruleLines(plan),
    ...policy.gates.flatMap((gate) => ["", ...gateLines(policy, plan, gate, isCounted(gate))]),
    ...(isCanary ? [""] : []),
    ...guardLines(policy, plan.rollback === undefined ? "fails the tick" : "rolls back"),
    ...(!isCanary ? [] : policy.gates.every(isCounted) ? qualityLines(policy, tickedMachine(policy), stops(plan)) : NOT_SIMULATED),
    ...toKnow([...tickLosses(policy, plan), ...lossLines(policy)]),
  ];
}

function ladderLines({ traffic }: FlaggerPolicy, plan: TickPlan): readonly string[] {
  const rows = tickTimeline(plan, traffic).map(({ firstWeight, weight, firstTick, lastTick, from, to, requests }, step) => [
    String(step + 1),
    `${range(firstWeight, weight)} %`,
    range(firstTick, lastTick),
    time(from),
    time(to),
    ...(requests === undefined ? [] : [count(requests)]),
  ]);
  const at = traffic === undefined ? "no traffic is declared" : `${perMinute(traffic)} requests a minute`;
  return [
    `Steps, if nothing is held: ${time(earliestPromotion(plan))}, with a tick every ${time(plan.interval)} (${at})`,
    ...table([["step", "weight", "ticks", "from", "to", ...(traffic === undefined ? [] : ["requests"])], ...rows]),
    ...(traffic === undefined ? [] : ["  requests: what the canary has served by the step's end"]),
    plan.bakes === "hook"
      ? "  a weight is kept for its bake by the load tester, which asks `flagger_canary_weight` at each tick"
      : "  each tick that passes is followed by the next weight: Flagger keeps none for a time",
  ];
}

function iterationLines({ controller }: FlaggerPolicy, plan: TickPlan): readonly string[] {
  const { interval, iterations, strategy } = plan;
  const switched = iterations * interval;
  const before = strategy === "abTesting" ? "with the requests that match" : "the preview, with traffic of its own";
  const after = controller.provider === "kubernetes" ? "once more" : "with all traffic";
  return [
    `Checks, if nothing is held: ${time(earliestPromotion(plan))}, with a tick every ${time(interval)}`,
    ...table([
      ["judged", "ticks", "from", "to"],
      [before, range(1, iterations), "0s", time(switched)],
      ...(strategy === "abTesting" ? [] : [[after, String(iterations + 1), time(switched), time(switched + interval)]]),
    ]),
  ];
}

function range(first: number, last: number): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** What holds for the whole release, whatever the SLO. */
function ruleLines(plan: TickPlan): readonly string[] {
  const { threshold, interval } = plan;
  const many = threshold === 1 ? "one has failed" : `${threshold} have failed in the whole release`;
  return [
    `  takes          ${ticksNeeded(plan)} ticks if none fails: one starts the release, ${checksNeeded(plan)} are judged, two end it`,
    `  holds          after a tick that fails; the same is asked again ${time(interval)} later`,
    `  rolls back     when ${many}, one tick later: ${time((threshold + 1) * interval)} at the earliest`,
  ];
}

function gateLines(policy: FlaggerPolicy, plan: TickPlan, gate: SloGate, isCounted: boolean): readonly string[] {
  const { slo, settings } = gate;
  const { promote } = settings;
  const isSplit = policy.backend === "datadog";
  const now = isSplit ? `over the last ${formatDuration(settings.window)}` : "now";
  const sinceStart = isSplit ? `over the last ${formatDuration(stableReach(policy.delivery))}` : "since the start";
  const lines = [
    objectiveLine(slo),
    ...rollbackLines(policy, plan, gate),
    `  fails a tick   above burn ${toFigure(promote.burnRate)} ${now}, or ${toFigure(promote.timesStable)} times stable ${sinceStart}`,
    `  evidence       ${isCounted ? demanded(policy, plan, gate) : VALUE_ALONE}`,
    ...budgetLines(policy, plan, gate),
  ];
  const { traffic } = policy;
  if (traffic === undefined || !isCounted || plan.strategy !== "canary") return lines;
  const figures = tickTimeline(plan, traffic).map((step) => tickSensitivity(policy, plan, gate, step, traffic));
  return [...lines, ...sensitivityLines(settings.window, figures, { canRollBack: plan.rollback !== undefined })];
}

function rollbackLines({ backend }: FlaggerPolicy, plan: TickPlan, gate: SloGate): readonly string[] {
  const { fail, extreme } = gate.settings;
  const first = catchable(plan, gate);
  if (first.fail === undefined) return [];
  const inARow = fail.looks === 1 ? "in one look" : `in ${looksOf(fail)} in a row, ${time(fail.every)} apart`;
  return [
    `  rolls back     ${limitWords(backend, fail)}, ${inARow}; from ${time(first.fail)} on`,
    ...(extreme && first.extreme !== undefined
      ? [`                 ${limitWords(backend, extreme)}, in one look; from ${time(first.extreme)} on`]
      : []),
  ];
}

function demanded(policy: FlaggerPolicy, { ladder }: TickPlan, gate: SloGate): string {
  const { minRequests } = gate.settings.evidence;
  const last = ladder.at(-1)?.weight ?? 0;
  switch (evidenceOf(policy, gate)) {
    case "never":
      return "none demanded";
    case "lastWeight":
      return `${minRequests} requests at each tick with ${last} %`;
    case "byShare":
      return `${minRequests} requests with ${last} % of the traffic, and in proportion with less`;
    case "everyTick":
      return `${minRequests} requests at each tick, the first among them`;
  }
}

function budgetLines(policy: FlaggerPolicy, plan: TickPlan, gate: SloGate): readonly string[] {
  const { budget } = gate.settings;
  if (budget === undefined) return [];
  const isAsked = tickChecks(policy, plan, gate).includes("budgetLeft");
  const nothingLeft = ((): string => {
    if (budget.exhausted === "observe") return "no effect";
    if (plan.budget === "beforeTraffic") return "waits before the first traffic";
    return isAsked ? "each tick fails" : "not asked: it is one of slices";
  })();
  return policy.backend === "datadog"
    ? [`  budget         with nothing left: ${nothingLeft}`, "                 its position tightens nothing on Datadog"]
    : [
        `  budget         with ${percent(budget.tightenAt)} of it gone, a canary must be as good as stable and within it`,
        `                 with nothing left: ${nothingLeft}`,
      ];
}

function stops({ rollback }: TickPlan): readonly string[] {
  return ["by threshold", ...(rollback === undefined ? [] : ["at once"])];
}

/** SLOs whose demanded requests come so late that healthy releases are rolled back. */
function outOfReach(policy: FlaggerPolicy, plan: TickPlan): readonly string[] {
  const { traffic, gates } = policy;
  if (traffic === undefined) return [];
  return gates
    .filter((gate) => ticksWithoutEvidence(policy, plan, gate, traffic).length >= plan.threshold)
    .map(({ slo, settings }) => `healthy releases fail: the ${settings.evidence.minRequests} requests of ${slo.id} come too late`);
}

/** What Flagger cannot say, or says otherwise than the policy has it. */
export function tickLosses(policy: FlaggerPolicy, plan: TickPlan): readonly string[] {
  const { backend, delivery, gates, enforcement } = policy;
  const some = (has: (settings: GateSettings) => boolean): boolean => gates.some(({ settings }) => has(settings));
  const slowest = time((plan.threshold + 1) * plan.interval);
  const isBudgetAsked = gates.some((gate) => tickChecks(policy, plan, gate).includes("budgetLeft"));
  return [
    "failed ticks add up over the whole release: a tick that passes clears none of those before it",
    ...(plan.rollback !== undefined
      ? []
      : backend === "datadog"
        ? [`nothing rolls back at once on Datadog: however bad a canary is, it is held until ${slowest} or later`]
        : [`nothing rolls back at once: name a \`loadtester\`; as it is, the worst canary is held until ${slowest}`]),
    ...outOfReach(policy, plan),
    ...(plan.rollback !== undefined && enforcement === "observe" ? ["the hook that rolls back at once comes with `enforce`"] : []),
    ...(plan.bakes === "ladder" && delivery.kind === "canary" && plan.ladder.length > delivery.steps.length
      ? ["a step is spread over weights that rise to its own, so its full weight holds for one tick"]
      : []),
    ...(some(({ promote }) => promote.goodLooks > 1) ? ["one good look ends a tick: Flagger counts no good looks in a row"] : []),
    ...(gates.some((gate) => gate.settings.evidence.by === "lastStep" && evidenceOf(policy, gate) === "everyTick")
      ? ["the requests are demanded at each tick, since a switch has no last step"]
      : []),
    ...(gates.some((gate) => evidenceOf(policy, gate) === "byShare")
      ? ["a check cannot know which weight is the last: requests are demanded by share of the traffic"]
      : []),
    ...(some(({ promote }) => promote.onTimeout === "pause") ? ["Flagger pauses for nobody: too many failed ticks roll back"] : []),
    ...(delivery.kind === "blueGreen" && delivery.postPromotion !== undefined
      ? ["nothing is judged after the promotion: Flagger has no checks there for `postPromotion`"]
      : []),
    ...(isBudgetAsked ? ["what is left of the budget is asked when the canary has its first traffic, not before"] : []),
    ...(isBudgetAsked && some(({ budget }) => budget?.bypassAnnotation !== undefined)
      ? ['no annotation passes an exhausted budget: set `hotfix: "1"` in the metric\'s `templateVariables`']
      : plan.budget === "beforeTraffic" && some(({ budget }) => budget?.bypassAnnotation !== undefined)
        ? ["no annotation passes an exhausted budget: set `hotfix=1` in its webhook's command"]
        : []),
    "a source that does not answer fails the tick, like a check does",
    ...(backend === "datadog"
      ? [
          "on Datadog a tick judges what was a minute ago",
          "on Datadog confidence is a straight line, so with little traffic more bad releases pass",
        ]
      : []),
  ];
}
