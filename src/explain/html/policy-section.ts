import { countedGates } from "../../emitters/counted.ts";
import { hasEventBudget } from "../../gate/excess.ts";
import { lossLines, limitWords, looksOf, nothingLeft } from "../../gate/page-parts.ts";
import { stableReach } from "../../gate/plan.ts";
import { oneRequestLines } from "../../gate/step-page.ts";
import { tickLosses } from "../../gate/tick-page.ts";
import { tickChecks } from "../../gate/tick-run.ts";
import { catchable, checksNeeded, evidenceOf, tickPlan } from "../../gate/ticks.ts";
import { earliestFail, sensitivity, tickSensitivity, tickTimeline, timeline, type Sensitivity } from "../../gate/timeline.ts";
import { isForFlagger, type CanaryDelivery, type FlaggerPolicy, type ReleasePolicy, type SloGate } from "../../model/policy.ts";
import { multiply, rational, toFigure, toNumber } from "../../units/rational.ts";
import { figureOf, tableOf } from "./chart.ts";
import { html, prose, type Markup } from "./markup.ts";
import { releaseChart } from "./release-chart.ts";
import { releasePlan } from "./release-plan.ts";
import { heading, tiles } from "./slo-section.ts";
import { count, figure, list, shortTime } from "./words.ts";

const CONTROLLERS = { "argo-rollouts": "Argo Rollouts", flagger: "Flagger" } as const;

/** A policy in each of its environments and for each of its controllers. */
export function policySections(policies: readonly ReleasePolicy[]): Markup {
  const [first] = policies;
  if (first === undefined) return html``;
  const slos = [...new Set(policies.flatMap(({ gates }) => gates.map(({ slo }) => slo.id)))];
  return html`<header>
      <p class="kicker">Release policy</p>
      ${heading(1, first.name)}
      <p class="promise">A new version goes on only as long as it keeps ${list(slos)}.</p>
    </header>
    ${policies.map((policy, i) => policySection(policy, `release-${i + 1}`))}`;
}

function policySection(policy: ReleasePolicy, id: string): Markup {
  const { environment, controller, workload, enforcement, gates } = policy;
  const where = environment === undefined ? "" : `In ${environment}, by `;
  const target = workload.namespace === undefined ? workload.name : `${workload.namespace}/${workload.name}`;
  const counted = countedGates(policy);
  const chart = releaseChart(id, releasePlan(policy));
  const notes = isForFlagger(policy)
    ? [...tickLosses(policy, tickPlan(policy)), ...lossLines(policy)]
    : [...(policy.backend === "datadog" ? oneRequestLines(policy) : []), ...lossLines(policy)];
  return html`<section class="part">
    ${heading(2, `${where}${where === "" ? "By " : ""}${CONTROLLERS[controller.kind]}`)}
    <p>
      Releases of <code>${target}</code>,
      ${enforcement === "enforce" ? "enforced." : "observed only: the verdicts are recorded and stop nothing."}
    </p>
    ${releaseTiles(policy)} ${chart && html`${heading(3, "How a release goes")} ${figureOf(chart)}`}
    ${gates.map((gate) => gatePart(policy, gate, counted.includes(gate)))}
    ${
      notes.length === 0
        ? undefined
        : html`${heading(3, "What to know of these releases")}
            <ul>
              ${notes.map((note) => html`<li>${prose(sentence(note))}</li> `)}
            </ul>`
    }
  </section>`;
}

function releaseTiles(policy: ReleasePolicy): Markup {
  const { isEnforced, promoted, until, verdicts } = releasePlan(policy);
  const { traffic, delivery } = policy;
  const [first] = verdicts;
  const requests = traffic && delivery.kind === "canary" ? requestsAtEnd({ ...policy, delivery }) : undefined;
  return tiles([
    promoted === 0 ? ["All traffic", "at once", "and judged from then on"] : ["All traffic after", shortTime(promoted), "at the least"],
    ...(first === undefined
      ? []
      : [[isEnforced ? "Rolled back from" : "Would roll back from", shortTime(first.at), `on, ${first.words}`] as const]),
    ...(until > promoted ? [["Known by", shortTime(until), "if only the last step is held"] as const] : []),
    ...(requests === undefined || traffic === undefined
      ? []
      : [["Judged on", count(requests), `requests, at ${count(toNumber(traffic) * 60)} a minute in all`] as const]),
  ]);
}

function requestsAtEnd(policy: ReleasePolicy & { readonly delivery: CanaryDelivery }): number | undefined {
  return isForFlagger(policy) ? tickTimeline(tickPlan(policy), policy.traffic).at(-1)?.requests : timeline(policy).at(-1)?.requests;
}

function gatePart(policy: ReleasePolicy, gate: SloGate, isCounted: boolean): Markup {
  const { slo } = gate;
  const lines = isForFlagger(policy) ? tickedWords(policy, gate) : steppedWords(policy, gate);
  const budget = budgetWords(policy, gate);
  return html`${heading(3, `What ${slo.id} decides`)}
    <ul>
      ${[...lines, ...(isCounted ? evidenceWords(policy, gate) : []), ...budget].map((words) => html`<li>${words}</li> `)}
    </ul>
    ${isCounted ? sensitivityTable(policy, gate) : undefined}`;
}

function steppedWords(policy: ReleasePolicy, gate: SloGate): readonly string[] {
  const { backend, delivery } = policy;
  const { fail, extreme, promote } = gate.settings;
  const first = earliestFail(policy, gate);
  const since = delivery.kind === "canary" ? "of its traffic" : "after the switch";
  const held = promote.onTimeout === "abort" ? "it rolls back" : "it pauses for a human";
  const hasFail = delivery.kind === "canary" || delivery.postPromotion !== undefined;
  const hasPromote = delivery.kind === "canary" || delivery.prePromotion !== undefined;
  return [
    ...(hasFail
      ? [
          `Rolls back ${limitWords(backend, fail)}, in ${looksOf(fail)}: after ${shortTime(first.fail)} ${since} at the earliest.`,
          ...(extreme && first.extreme !== undefined
            ? [`Rolls back ${limitWords(backend, extreme)}, in one look: after ${shortTime(first.extreme)} at the earliest.`]
            : []),
        ]
      : []),
    ...(hasPromote
      ? [
          `Holds ${promoteWords(policy, gate)}.`,
          `Goes on after ${promote.goodLooks} good looks in a row, ${shortTime(promote.every)} apart; held for ${shortTime(promote.maxWait)} beyond its time, ${held}.`,
        ]
      : []),
  ];
}

function tickedWords(policy: FlaggerPolicy, gate: SloGate): readonly string[] {
  const { fail, extreme } = gate.settings;
  const plan = tickPlan(policy);
  const first = catchable(plan, gate);
  const looks = fail.looks === 1 ? "in one look" : `in ${looksOf(fail)} in a row, ${shortTime(fail.every)} apart`;
  return [
    ...(first.fail === undefined
      ? []
      : [`Rolls back ${limitWords(policy.backend, fail)}, ${looks}: after ${shortTime(first.fail)} at the earliest.`]),
    ...(extreme && first.extreme !== undefined
      ? [`Rolls back ${limitWords(policy.backend, extreme)}, in one look: after ${shortTime(first.extreme)} at the earliest.`]
      : []),
    `A tick fails ${promoteWords(policy, gate)}; ${checksNeeded(plan)} must pass.`,
    `When ${plan.threshold} ticks have failed in the whole release, it rolls back: after ${shortTime(first.threshold)} at the earliest.`,
  ];
}

/** A request to Datadog has one look-back, so that the start lies where the plan began. */
function promoteWords({ backend, delivery }: ReleasePolicy, { settings: { promote, window } }: SloGate): string {
  const [now, since] =
    backend === "datadog"
      ? [`over the last ${shortTime(window)}`, `over the last ${shortTime(stableReach(delivery))}`]
      : ["now", "since the start"];
  return `above burn ${toFigure(promote.burnRate)} ${now}, or ${toFigure(promote.timesStable)} times stable ${since}`;
}

function evidenceWords(policy: ReleasePolicy, gate: SloGate): readonly string[] {
  const { minRequests, otherwise, by } = gate.settings.evidence;
  if (otherwise === "pass") return ["Demands no number of requests."];
  const demanded = `Demands ${count(minRequests)} requests`;
  if (!isForFlagger(policy)) return [`${demanded} of the new version by the end of ${by === "lastStep" ? "the last step" : "every step"}.`];
  switch (evidenceOf(policy, gate)) {
    case "never":
      return ["Demands no number of requests."];
    case "lastWeight":
      return [`${demanded} at each tick with the last weight.`];
    case "byShare":
      return [`${demanded} with the last weight, and in proportion with less.`];
    case "everyTick":
      return [`${demanded} at each tick, the first among them.`];
  }
}

function budgetWords(policy: ReleasePolicy, gate: SloGate): readonly string[] {
  const { budget } = gate.settings;
  if (budget === undefined) return [];
  const tightenAt = toFigure(multiply(budget.tightenAt, rational(100)));
  const tighter = `With ${tightenAt} % of the error budget gone, a new version must be as good as the old one, and within the budget.`;
  return [...(policy.backend === "datadog" ? [] : [tighter]), `The error budget ${withNothingLeft(policy, gate, budget)}.`];
}

function withNothingLeft(policy: ReleasePolicy, gate: SloGate, budget: NonNullable<SloGate["settings"]["budget"]>): string {
  const notAsked = "is not asked, since it is one of slices";
  if (!isForFlagger(policy)) {
    if (policy.backend === "datadog" && !hasEventBudget(gate.slo)) return notAsked;
    return nothingLeft(budget, policy.delivery.kind === "canary" ? "the first step" : "the switch");
  }
  const plan = tickPlan(policy);
  if (budget.exhausted === "observe") return "with nothing left: no effect";
  if (plan.budget === "beforeTraffic") return "with nothing left: waits before the first traffic";
  return tickChecks(policy, plan, gate).includes("budgetLeft") ? "with nothing left: each tick fails" : notAsked;
}

/** How many bad requests of one window it takes, at the end of each step. */
function sensitivityTable(policy: ReleasePolicy, gate: SloGate): Markup | undefined {
  const { traffic, delivery, backend } = policy;
  if (traffic === undefined || delivery.kind !== "canary") return undefined;
  let figures: readonly (readonly [number, Sensitivity])[];
  let canRollBack = true;
  if (isForFlagger(policy)) {
    const plan = tickPlan(policy);
    canRollBack = plan.rollback !== undefined;
    figures = tickTimeline(plan, traffic).map((step) => [step.weight, tickSensitivity(policy, plan, gate, step, traffic)]);
  } else {
    figures = timeline({ ...policy, delivery }).map((step) => [step.weight, sensitivity(backend, gate, step, traffic)]);
  }
  const window = shortTime(gate.settings.window);
  return tableOf({
    caption: `Bad requests within ${window} that it takes, if there are no others`,
    head: [
      "weight",
      `requests in ${window}`,
      "one bad is a burn rate of",
      "but is judged as",
      "to hold",
      ...(canRollBack ? ["to roll back", "at once"] : []),
    ],
    rows: figures.map(([weight, { requests, oneBad, oneBadJudged, toHold, toFail, toFailAtOnce }]) => [
      `${weight} %`,
      count(requests),
      figure(oneBad, 2),
      figure(oneBadJudged, 2),
      ...(canRollBack ? [toHold, toFail, toFailAtOnce] : [toHold]).map((bad) =>
        bad === undefined ? "–" : bad > requests ? "never" : count(bad),
      ),
    ]),
  });
}

function sentence(line: string): string {
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}.`;
}
