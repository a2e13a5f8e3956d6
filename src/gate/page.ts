import type { BlueGreenDelivery, DatadogPolicy, GateSettings, ReleasePolicy, SloGate } from "../model/policy.ts";
import { describeDuration, formatDuration, seconds } from "../units/duration.ts";
import { toFigure, toNumber, multiply, rational, type Rational } from "../units/rational.ts";
import type { CanaryPolicy } from "./run.ts";
import { hasEventBudget, WHOLE_PLAN } from "./excess.ts";
import { stableReach } from "./plan.ts";
import { policyQuality, type Quality } from "./simulate.ts";
import { earliestFail, sensitivity, timeline } from "./timeline.ts";

/** Requests a minute at which a policy without a declared traffic is tried. */
const USUAL_RATES = [60, 600, 6000];

/** Enough to tell 99 % from 95 %. */
const RELEASES = 400;

/**
 * A policy in plain words and figures, for a reader who wants to know what it will do: lines of at most 100 characters.
 * `counted` are the gates that have numbers of events; the others take their SLI's value as it is.
 */
export function policyPage(policy: ReleasePolicy, counted: readonly SloGate[] = policy.gates): string {
  const { delivery } = policy;
  const isCounted = (gate: SloGate): boolean => counted.includes(gate);
  const lines = [headline(policy), ""];
  if (delivery.kind === "canary") {
    const canary = { ...policy, delivery };
    lines.push(...stepLines(canary), "", ...policy.gates.flatMap((gate) => [...gateLines(canary, gate, isCounted(gate)), ""]));
    lines.push(...guardLines(policy), ...(policy.gates.every(isCounted) ? qualityLines(canary) : NOT_SIMULATED));
  } else {
    lines.push(
      `Before the switch: ${delivery.prePromotion === undefined ? "no check" : `${formatDuration(delivery.prePromotion)} of promote checks on the preview, which needs traffic of its own`}.`,
      `After the switch: ${delivery.postPromotion === undefined ? "no check" : `${formatDuration(delivery.postPromotion)} of fail checks; no stable side is left to compare with`}.`,
      ...policy.gates.flatMap((gate) => ["", ...switchLines({ ...policy, delivery }, gate)]),
      ...guardLines(policy),
    );
  }
  const losses = lossLines(policy);
  if (losses.length > 0) lines.push("", "What to know", ...losses.map((line) => `  - ${line}`));
  return `${lines.join("\n")}\n`;
}

function headline({ name, environment, delivery, workload, enforcement }: ReleasePolicy): string {
  const where = environment === undefined ? "" : ` in ${environment}`;
  const target = workload.namespace === undefined ? workload.name : `${workload.namespace}/${workload.name}`;
  const how = enforcement === "enforce" ? "enforced" : "observed only: it records its verdicts and stops nothing";
  return `${name}${where}: ${delivery.kind === "canary" ? "canary" : "blue-green"} of ${target}, ${how}`;
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
  const and = isSplit ? "plus" : "and";
  const limit = ({ burnRate, timesStable }: Limit): string =>
    `above burn ${toFigure(burnRate)} ${and} ${toFigure(timesStable)} times stable`;
  const window = formatDuration(settings.window);
  const reach = formatDuration(stableReach(policy.delivery));
  const lines = [
    objectiveLine(slo),
    `  rolls back     ${limit(fail)}, in ${looksOf(fail)}; at ${time(first.fail)} at the earliest`,
    ...(extreme && first.extreme !== undefined
      ? [`                 ${limit(extreme)}, in one look; at ${time(first.extreme)} at the earliest`]
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
  const rows = timeline(policy).map((step) => {
    const { requests, oneBad, oneBadJudged, toHold, toFail, toFailAtOnce } = sensitivity(policy.backend, gate, step, traffic);
    return [
      String(step.index + 1),
      count(requests),
      figure(oneBad),
      figure(oneBadJudged),
      ...[toHold, toFail, toFailAtOnce].map((bad) => (bad === undefined ? "-" : bad > requests ? "never" : String(bad))),
    ];
  });
  return [
    ...lines,
    `  in one window of ${window}`,
    ...table([["step", "requests", "one bad: raw burn", "judged as", "bad to hold", "to roll back", "at once"], ...rows]),
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

const VALUE_ALONE = "the value as it is: no confidence, no least number of bad events or requests";
const NOT_SIMULATED = ["How it decides: not simulated, since not every SLO has a number of events"];

function demanded({ otherwise, minRequests, by }: GateSettings["evidence"]): string {
  if (otherwise === "pass") return "none demanded";
  return `${minRequests} requests by ${by === "lastStep" ? "the last step's end" : "every step's end"}`;
}

type Limit = Pick<GateSettings["fail"], "burnRate" | "timesStable">;

function objectiveLine({ id, objective }: SloGate["slo"]): string {
  return `${id} (${percent(objective.target)}, so a budget of ${percent(objective.budget)})`;
}

function goesOnLine({ goodLooks, every, maxWait, onTimeout }: GateSettings["promote"]): string {
  const then = onTimeout === "abort" ? "rolls back" : "pauses for a human";
  return `  goes on        after ${goodLooks} good looks in a row, ${time(every)} apart; held for ${time(maxWait)}, it ${then}`;
}

function looksOf({ looks }: GateSettings["fail"]): string {
  return looks === 1 ? "one look" : `${looks} looks`;
}

function nothingLeft({ exhausted }: NonNullable<GateSettings["budget"]>, when: string): string {
  return `with nothing left: ${{ hold: `waits before ${when}`, fail: `aborts before ${when}`, observe: "no effect" }[exhausted]}`;
}

function guardLines({ guards, delivery }: ReleasePolicy): readonly string[] {
  if (guards.length === 0) return [];
  const lines = guards.map(({ name, bound, limit, action }) => {
    const wanted = `${bound === "max" ? "at most" : "at least"} ${toFigure(limit)} in the unit of its query`;
    return `  ${name}: ${wanted}, else it ${action === "hold" ? "holds" : "rolls back"}`;
  });
  // Before a table of figures and behind one, as the SLOs are.
  return delivery.kind === "canary" ? ["Guards", ...lines, ""] : ["", "Guards", ...lines];
}

function percent(share: Rational): string {
  return `${toFigure(multiply(share, rational(100)))} %`;
}

function qualityLines(policy: Canary): readonly string[] {
  const rates = policy.traffic === undefined ? USUAL_RATES : [toNumber(policy.traffic) * 60];
  const slos = policy.gates.length === 1 ? "the SLO" : `${policy.gates.length} SLOs together`;
  const lines = rates.flatMap((rate) => [
    `  at ${count(rate)} requests a minute`,
    ...table([
      ["canary", "promoted", "timed out", "rolled back", "stopped after"],
      ...policyQuality(policy, rate / 60, { releases: RELEASES }).map((quality) => [
        kindOf(quality),
        ...[quality.promoted, quality.timedOut, quality.rolledBack].map(percentOf),
        quality.stoppedAfter === undefined ? "-" : describeDuration(quality.stoppedAfter),
      ]),
    ]),
  ]);
  return [`How it decides: ${RELEASES} simulated releases each, ${slos}, every event seen`, ...lines];
}

function kindOf({ canary, stable }: Quality): string {
  if (canary === stable) return canary === 1 ? "at the budget (burn 1, as stable)" : `healthy (burn ${canary}, as stable)`;
  return `bad: burn ${canary}, stable ${stable}`;
}

function percentOf(share: number): string {
  if (share > 0 && share < 0.01) return "< 1 %";
  return share < 1 && share > 0.99 ? "> 99 %" : `${Math.round(share * 100)} %`;
}

function lossLines(policy: ReleasePolicy): readonly string[] {
  const { backend, isolation, enforcement, delivery, traffic, gates } = policy;
  return [
    ...(policy.backend === "datadog" ? oneRequestLines(policy) : []),
    ...(isolation.revisionUnique
      ? []
      : [
          backend === "datadog"
            ? "the canary's tags outlive a revision, so events of an earlier release count too"
            : "the canary's series outlive a revision, so the first event of each new one is lost",
        ]),
    ...(enforcement === "observe" ? ["nothing is stopped yet: set `enforcement: enforce` when the recorded verdicts convince you"] : []),
    ...(delivery.kind === "canary" && traffic === undefined
      ? ["declare `traffic` to see requests, and how many bad ones stop a release"]
      : []),
    ...(backend === "prometheus" && gates.some(({ settings }) => settings.noTraffic === "pass")
      ? ["a canary without traffic passes: `noTraffic: pass`"]
      : []),
    ...(gates.some(({ settings }) => settings.evidence.otherwise === "pass")
      ? ["a canary that has served too few requests to tell passes"]
      : []),
  ];
}

/** What a check cannot be where it is one request for one number. */
function oneRequestLines({ delivery }: DatadogPolicy): readonly string[] {
  return [
    "on Datadog confidence is a straight line, so with little traffic more bad releases pass",
    ...(delivery.kind === "blueGreen"
      ? ["a request to Datadog has one look-back: no check sees both the last minutes and the whole time"]
      : []),
  ];
}

/** Columns: the first to the left, figures to the right. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)));
    return `    ${cells.join("  ")}`.trimEnd();
  });
}

function time(value: number): string {
  return value === 0 ? "0s" : formatDuration(seconds(Math.round(value)));
}

function count(value: number): string {
  return String(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}

function figure(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function perMinute(traffic: Rational): string {
  return toFigure(multiply(traffic, rational(60)));
}
