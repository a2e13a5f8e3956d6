import type { Backend } from "../model/model.ts";
import type { GateSettings, ReleasePolicy, SloGate } from "../model/policy.ts";
import { describeDuration, formatDuration, seconds } from "../units/duration.ts";
import { toFigure, toNumber, multiply, rational, type Rational } from "../units/rational.ts";
import { policyQuality, type Machine, type Quality } from "./simulate.ts";
import type { Sensitivity } from "./timeline.ts";

/** Requests a minute at which a policy without a declared traffic is tried. */
const USUAL_RATES = [60, 600, 6000];

/** Enough to tell 99 % from 95 %. */
const RELEASES = 400;

/** `kind` as in "canary", `by` as in " by Flagger". */
export function headline({ name, environment, workload, enforcement }: ReleasePolicy, kind: string, by = ""): string {
  const where = environment === undefined ? "" : ` in ${environment}`;
  const target = workload.namespace === undefined ? workload.name : `${workload.namespace}/${workload.name}`;
  const how = enforcement === "enforce" ? "enforced" : "observed only: it records its verdicts and stops nothing";
  return `${name}${where}: ${kind} of ${target}${by}, ${how}`;
}

export const VALUE_ALONE = "the value as it is: no confidence, no least number of bad events or requests";
export const NOT_SIMULATED = ["How it decides: not simulated, since not every SLO has a number of events"];

export type Limit = Pick<GateSettings["fail"], "burnRate" | "timesStable">;

/** On Datadog both add up, since a request computes no maximum. */
export function limitWords(backend: Backend, { burnRate, timesStable }: Limit): string {
  return `above burn ${toFigure(burnRate)} ${backend === "datadog" ? "plus" : "and"} ${toFigure(timesStable)} times stable`;
}

export function objectiveLine({ id, objective }: SloGate["slo"]): string {
  return `${id} (${percent(objective.target)}, so a budget of ${percent(objective.budget)})`;
}

export function looksOf({ looks }: GateSettings["fail"]): string {
  return looks === 1 ? "one look" : `${looks} looks`;
}

export function nothingLeft({ exhausted }: NonNullable<GateSettings["budget"]>, when: string): string {
  return `with nothing left: ${{ hold: `waits before ${when}`, fail: `aborts before ${when}`, observe: "no effect" }[exhausted]}`;
}

export function guardLines({ guards, delivery }: ReleasePolicy, failing = "rolls back"): readonly string[] {
  if (guards.length === 0) return [];
  const lines = guards.map(({ name, bound, limit, action }) => {
    const wanted = `${bound === "max" ? "at most" : "at least"} ${toFigure(limit)} in the unit of its query`;
    return `  ${name}: ${wanted}, else it ${action === "hold" ? "holds" : failing}`;
  });
  // Before a table of figures and behind one, as the SLOs are.
  return delivery.kind === "canary" ? ["Guards", ...lines, ""] : ["", "Guards", ...lines];
}

/** How many bad requests it takes, for each step. */
export function sensitivityLines(
  window: GateSettings["window"],
  figures: readonly Sensitivity[],
  { canRollBack = true }: { readonly canRollBack?: boolean } = {},
): readonly string[] {
  const rows = figures.map(({ requests, oneBad, oneBadJudged, toHold, toFail, toFailAtOnce }, step) => [
    String(step + 1),
    count(requests),
    figure(oneBad),
    figure(oneBadJudged),
    ...(canRollBack ? [toHold, toFail, toFailAtOnce] : [toHold]).map((bad) =>
      bad === undefined ? "-" : bad > requests ? "never" : String(bad),
    ),
  ]);
  return [
    `  in one window of ${formatDuration(window)}`,
    ...table([
      ["step", "requests", "one bad: raw burn", "judged as", "bad to hold", ...(canRollBack ? ["to roll back", "at once"] : [])],
      ...rows,
    ]),
  ];
}

export function percent(share: Rational): string {
  return `${toFigure(multiply(share, rational(100)))} %`;
}

/** `stops` are the words for being held until the end and, where that can be, for being ended before. */
export function qualityLines(policy: ReleasePolicy, machine: Machine, stops: readonly string[]): readonly string[] {
  const rates = policy.traffic === undefined ? USUAL_RATES : [toNumber(policy.traffic) * 60];
  const slos = policy.gates.length === 1 ? "the SLO" : `${policy.gates.length} SLOs together`;
  const lines = rates.flatMap((rate) => [
    `  at ${count(rate)} requests a minute`,
    ...table([
      ["canary", "promoted", ...stops, "stopped after"],
      ...policyQuality(machine, rate / 60, { releases: RELEASES }).map((quality) => [
        kindOf(quality),
        ...[quality.promoted, quality.timedOut, quality.rolledBack].slice(0, 1 + stops.length).map(percentOf),
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

export function lossLines(policy: ReleasePolicy): readonly string[] {
  const { backend, isolation, enforcement, delivery, traffic, gates } = policy;
  return [
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

export function toKnow(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", "What to know", ...lines.map((line) => `  - ${line}`)];
}

/** Columns: the first to the left, figures to the right. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)));
    return `    ${cells.join("  ")}`.trimEnd();
  });
}

export function time(value: number): string {
  return value === 0 ? "0s" : formatDuration(seconds(Math.round(value)));
}

export function count(value: number): string {
  return String(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}

export function figure(value: number): string {
  return String(Number(value.toPrecision(2)));
}

export function perMinute(traffic: Rational): string {
  return toFigure(multiply(traffic, rational(60)));
}
