import { tickPlan, catchable, earliestPromotion } from "../gate/ticks.ts";
import { earliestFail, timeline } from "../gate/timeline.ts";
import { isForFlagger, type ReleasePolicy } from "../model/policy.ts";
import { axisLabels, barsUp, tickEvery } from "./bars.ts";
import { timeFigure } from "./figures.ts";
import { paint, type Terminal } from "./terminal.ts";
import { wrapped } from "./wrap.ts";

const WIDTH = 72;
const ROWS = 5;

/** A weight that the new version keeps, in percent; times are seconds since its first traffic. */
interface Stretch {
  readonly weight: number;
  readonly from: number;
  readonly to: number;
}

/** The weights of a canary that nothing holds, and from when on a verdict can end it. Nothing for a switch, which knows two weights. */
export function releasePlot(policy: ReleasePolicy, terminal: Terminal): readonly string[] {
  const stretches = weightsOf(policy);
  const end = stretches.at(-1)?.to ?? 0;
  if (end === 0) return [];
  // All traffic at last, so that the end is seen as one.
  const shown = end * 1.08;
  const heights = Array.from({ length: WIDTH }, (_, column) => {
    const time = ((column + 0.5) / WIDTH) * shown;
    return ((stretches.find(({ to }) => time < to)?.weight ?? 100) / 100) * ROWS;
  });
  const verdicts = earliestVerdicts(policy);
  const mark = terminal.unicode ? "▲" : "^";
  const cells = [...new Set(verdicts.map(({ at }) => Math.min(WIDTH - 1, Math.floor((at / shown) * WIDTH))))].sort((a, b) => a - b);
  const marks = cells.reduce((line, cell) => line.padEnd(cell) + mark, "");
  const step = tickEvery(shown);
  const ticks = Array.from(
    { length: Math.floor(shown / step) + 1 },
    (_, i) => [((i * step) / shown) * WIDTH, timeFigure(i * step)] as const,
  );
  const axis = terminal.unicode ? "┤" : "|";
  return [
    paint(terminal, "strong", "The canary's share of the traffic, if nothing holds it"),
    ...barsUp(heights, ROWS, terminal).map((line, fromTop) =>
      `    ${`${((ROWS - fromTop) / ROWS) * 100} %`.padStart(6)} ${axis}${line}`.trimEnd(),
    ),
    ...(marks === "" ? [] : [`${" ".repeat(12)}${paint(terminal, "page", marks)}`]),
    paint(terminal, "dim", `${" ".repeat(12)}${axisLabels(ticks, WIDTH)}`),
    ...(verdicts.length === 0
      ? []
      : wrapped(`${mark} the earliest verdict: ${verdicts.map(({ at, words }) => `${words} after ${timeFigure(at)}`).join(", ")}.`, 2)),
  ];
}

function weightsOf(policy: ReleasePolicy): readonly Stretch[] {
  if (isForFlagger(policy)) {
    const plan = tickPlan(policy);
    let tick = 0;
    const rungs = plan.ladder.map(({ weight, ticks }) => {
      const from = tick * plan.interval;
      tick += ticks;
      return { weight, from, to: tick * plan.interval };
    });
    return rungs.length === 0 ? [] : [...rungs.slice(0, -1), { ...rungs[rungs.length - 1], to: earliestPromotion(plan) } as Stretch];
  }
  const { delivery } = policy;
  return delivery.kind === "canary" ? timeline({ ...policy, delivery }).map(({ weight, from, to }) => ({ weight, from, to })) : [];
}

/** The moments from which on a release can be ended, the first of any SLO for each kind of verdict. */
function earliestVerdicts(policy: ReleasePolicy): readonly { readonly at: number; readonly words: string }[] {
  const all = policy.gates.flatMap((gate) => {
    if (!isForFlagger(policy)) {
      const { fail, extreme } = earliestFail(policy, gate);
      return [verdict(extreme, "at once"), verdict(fail, "rolled back")];
    }
    const { fail, extreme, threshold } = catchable(tickPlan(policy), gate);
    return [verdict(extreme, "at once"), verdict(fail, "rolled back"), verdict(threshold, "by failed ticks")];
  });
  const firsts = new Map<string, number>();
  for (const { at, words } of all.flat()) firsts.set(words, Math.min(at, firsts.get(words) ?? Infinity));
  return [...firsts].map(([words, at]) => ({ at, words })).sort((a, b) => a.at - b.at);
}

function verdict(at: number | undefined, words: string): readonly { readonly at: number; readonly words: string }[] {
  return at === undefined ? [] : [{ at, words }];
}
