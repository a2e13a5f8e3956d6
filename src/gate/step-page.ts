import type { BlueGreenDelivery, DatadogPolicy, GateSettings, ReleasePolicy, SloGate } from "../model/policy.ts";
import { formatDuration } from "../units/duration.ts";
import { toFigure } from "../units/rational.ts";
import { hasEventBudget, WHOLE_PLAN } from "./excess.ts";
import {
  count,
  guardLines,
  headline,
  lossLines,
  limitWords,
  looksOf,
  NOT_SIMULATED,
  nothingLeft,
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
import type { CanaryPolicy } from "./run.ts";
import { steppedMachine } from "./simulate.ts";
import { earliestFail, sensitivity, timeline } from "./timeline.ts";

/** A release by steps, each of which is held until its looks are good. */
export function stepPage(policy: ReleasePolicy, isCounted: (gate: SloGate) => boolean): readonly string[] {
  const { delivery } = policy;
  const lines = [headline(policy, delivery.kind === "canary" ? "canary" : "blue-green"), ""];
  if (delivery.kind === "canary") {
    const canary = { ...policy, delivery };
    lines.push(...stepLines(canary), "", ...policy.gates.flatMap((gate) => [...gateLines(canary, gate, isCounted(gate)), ""]));
    lines.push(
      ...guardLines(policy),
      ...(policy.gates.every(isCounted) ? qualityLines(policy, steppedMachine(canary), ["timed out", "rolled back"]) : NOT_SIMULATED),
    );
  } else {
    lines.push(
      `Before the switch: ${delivery.prePromotion === undefined ? "no check" : `${formatDuration(delivery.prePromotion)} of promote checks on the preview, which needs traffic of its own`}.`,
      `After the switch: ${delivery.postPromotion === undefined ? "no check" : `${formatDuration(delivery.postPromotion)} of fail checks; no stable side is left to compare with`}.`,
      ...policy.gates.flatMap((gate) => ["", ...switchLines({ ...policy, delivery }, gate)]),
      ...guardLines(policy),
    );
  }
  return [...lines, ...toKnow([...(policy.backend === "datadog" ? oneRequestLines(policy) : []), ...lossLines(policy)])];
}

type Canary = CanaryPolicy & Pick<ReleasePolicy, "traffic">;

function stepLines(policy: Canary): readonly string[] {
  const steps = timeline(policy);
  const whole = steps.at(-1)?.to ?? 0;
  const rows = steps.map(({ index, weight, from, to, until, requests, queries }) => [
    String(index + 1),
    `${weight} %`,
    time(from),
    time(to),
    time(until),
    ...(requests === undefined ? [] : [count(requests)]),
    String(queries),
  ]);
  const { traffic } = policy;
  const head = ["step", "weight", "from", "to", "gives up", ...(traffic === undefined ? [] : ["requests"]), "queries"];
  const at = traffic === undefined ? "no traffic is declared" : `${perMinute(traffic)} requests a minute`;
  return [
    `Steps, if nothing is held: ${time(whole)} (${at})`,
    ...table([head, ...rows]),
    ...(traffic === undefined ? [] : ["  requests: what the canary has served by the step's end"]),
  ];
}

function gateLines(policy: Canary, gate: SloGate, isCounted: boolean): readonly string[] {
  const { slo, settings } = gate;
  const { fail, extreme, promote, evidence, budget } = settings;
  const first = earliestFail(policy, gate);
  const isSplit = policy.backend === "datadog";
  const window = formatDuration(settings.window);
  const reach = formatDuration(stableReach(policy.delivery));
  const lines = [
    objectiveLine(slo),
    `  rolls back     ${limitWords(policy.backend, fail)}, in ${looksOf(fail)}; at ${time(first.fail)} at the earliest`,
    ...(extreme && first.extreme !== undefined
      ? [`                 ${limitWords(policy.backend, extreme)}, in one look; at ${time(first.extreme)} at the earliest`]
      : []),
    ...(isSplit
      ? [
          `                 over the last ${window}, or over the last ${reach}, where stable counts ${toFigure(WHOLE_PLAN)} times as much;`,
          "                 a request to Datadog has one look-back, so the second asks not whether it still burns",
        ]
      : []),
    `  holds          above burn ${toFigure(promote.burnRate)} now, or ${toFigure(promote.timesStable)} times stable since the start`,
    goesOnLine(promote),
    `  evidence       ${isCounted ? demanded(evidence) : VALUE_ALONE}`,
    ...(budget === undefined
      ? []
      : [
          ...(isSplit
            ? [
                hasEventBudget(slo)
                  ? `  budget         ${nothingLeft(budget, "the first step")}; its position tightens nothing on Datadog`
                  : "  budget         not asked: it is one of slices, and a request counts events",
              ]
            : [
                `  budget         with ${percent(budget.tightenAt)} of it gone, a canary must be as good as stable and within it`,
                `                 ${nothingLeft(budget, "the first step")}`,
              ]),
        ]),
  ];
  const { traffic } = policy;
  if (traffic === undefined || !isCounted) return lines;
  return [
    ...lines,
    ...sensitivityLines(
      settings.window,
      timeline(policy).map((step) => sensitivity(policy.backend, gate, step, traffic)),
    ),
  ];
}

/** An SLO's limits where all traffic is switched at once: each side of the switch has checks of its own. */
function switchLines(policy: ReleasePolicy & { readonly delivery: BlueGreenDelivery }, gate: SloGate): readonly string[] {
  const { slo, settings } = gate;
  const { fail, extreme, promote, budget } = settings;
  const first = earliestFail(policy, gate);
  const { prePromotion, postPromotion } = policy.delivery;
  return [
    objectiveLine(slo),
    ...(prePromotion === undefined
      ? []
      : [`  holds          above burn ${toFigure(promote.burnRate)}, now or since the preview is up`, goesOnLine(promote)]),
    ...(postPromotion === undefined
      ? []
      : [
          `  rolls back     above burn ${toFigure(fail.burnRate)}, in ${looksOf(fail)}; ${time(first.fail)} after the switch at the earliest`,
          ...(extreme && first.extreme !== undefined
            ? [
                `                 above burn ${toFigure(extreme.burnRate)}, in one look; ${time(first.extreme)} after the switch at the earliest`,
              ]
            : []),
        ]),
    ...(budget === undefined ? [] : [`  budget         ${nothingLeft(budget, "the switch")}`]),
  ];
}

function demanded({ otherwise, minRequests, by }: GateSettings["evidence"]): string {
  if (otherwise === "pass") return "none demanded";
  return `${minRequests} requests by ${by === "lastStep" ? "the last step's end" : "every step's end"}`;
}

function goesOnLine({ goodLooks, every, maxWait, onTimeout }: GateSettings["promote"]): string {
  const then = onTimeout === "abort" ? "rolls back" : "pauses for a human";
  return `  goes on        after ${goodLooks} good looks in a row, ${time(every)} apart; held for ${time(maxWait)}, it ${then}`;
}

/** What a check cannot be where it is one request for one number. */
export function oneRequestLines({ delivery }: DatadogPolicy): readonly string[] {
  return [
    "on Datadog confidence is a straight line, so with little traffic more bad releases pass",
    ...(delivery.kind === "blueGreen"
      ? ["a request to Datadog has one look-back: no check sees both the last minutes and the whole time"]
      : []),
  ];
}
