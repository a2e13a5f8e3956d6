import { scaleLinear } from "d3-scale";
import { line, curveStepAfter, area } from "d3-shape";
import { box, path, px, rule, text, textWidth, type Chart, type Drawing } from "./chart.ts";
import { html, type Markup } from "./markup.ts";
import type { ReleasePlan, Verdict } from "./release-plan.ts";
import { drawTimeAxis, timeAxis } from "./time-axis.ts";
import { list, shortTime, wrap } from "./words.ts";

type Point = readonly [time: number, weight: number];

/** The new version's share of the traffic over time, when it is looked at, and what may end or hold it. */
export function releaseChart(id: string, plan: ReleasePlan): Chart | undefined {
  if (plan.until === 0) return undefined;
  const { weights, promoted, verdicts } = plan;
  const steps = weights.filter(({ weight }) => weight > 0);
  const shares = steps.length === 0 ? "" : `${list(steps.map(({ weight, to }) => `${weight} % until ${shortTime(to)}`))}, then `;
  return {
    id,
    title: "The new version's share of the traffic",
    description: `If nothing holds it: ${shares}all traffic after ${shortTime(promoted)}. ${verdicts.map((each) => verdictWords(plan, each)).join(". ")}.`,
    draw: (width) => draw(width, plan),
    caption:
      "The line is a release that nothing holds. Hollow bars are how long it may be held; each counts from its own planned end, so time that was lost before comes on top.",
    data: {
      caption: "The release over time, if nothing holds it",
      head: ["share of the traffic", "from", "to"],
      rows: [
        ...weights.map(({ weight, from, to }) => [weight === 0 ? "none: judged beside it" : `${weight} %`, shortTime(from), shortTime(to)]),
        ["100 %", shortTime(promoted), ""],
      ],
    },
  };
}

const LEFT = 48;
const RIGHT = 16;
const PLOT = 150;
const LINE = 15;
const BAR = 9;

function draw(width: number, plan: ReleasePlan): Drawing {
  const { weights, promoted, until, lanes, verdicts } = plan;
  const right = width - RIGHT;
  const columns = (width - LEFT) / 6.4;
  const end = Math.max(until * 1.02, promoted * 1.15);
  const axis = timeAxis(end, [LEFT, right]);
  const { x } = axis;
  const [top, bottom] = [18, 18 + PLOT];
  const y = scaleLinear([0, 100], [bottom, top]);
  const points: readonly Point[] = [...weights.map(({ from, weight }): Point => [from, weight]), [promoted, 100], [end, 100]];
  const place = { x: ([time]: Point) => px(x(time)), y: ([, weight]: Point) => px(y(weight)) };
  const marks: Markup[] = [];

  let below = bottom + 22;
  const words = (said: string): void => {
    for (const each of wrap(said, columns)) {
      marks.push(text(LEFT, below, each, { className: "lane" }));
      below += LINE;
    }
    below -= LINE - 7;
  };
  for (const verdict of verdicts) {
    words(verdictWords(plan, verdict));
    marks.push(rule(LEFT, below + BAR / 2, right, below + BAR / 2, "track"), diamond(x(verdict.at), below + BAR / 2));
    below += BAR + 18;
  }
  for (const { words: said, looks = [], planned, held } of lanes) {
    words(said);
    marks.push(rule(LEFT, below + BAR / 2, right, below + BAR / 2, "track"));
    marks.push(...looks.map((time) => rule(x(time), below, x(time), below + BAR, "look")));
    if (planned) marks.push(box(x(planned.from), below, x(planned.to) - x(planned.from), BAR, "bar s1"));
    if (held) marks.push(box(x(held.from), below + 0.5, x(held.to) - x(held.from), BAR - 1, "later"));
    below += BAR + 18;
  }
  below -= 6;
  return {
    height: below + 38,
    marks: [
      ...axis.ticks.map(({ time }) => rule(x(time), top, x(time), below, "grid")),
      ...[0, 25, 50, 75, 100].map((weight) => rule(LEFT, y(weight), right, y(weight), "grid")),
      ...[0, 50, 100].map((weight) => text(LEFT - 6, y(weight) + 4, `${weight} %`, { anchor: "end", className: "tick" })),
      path(area<Point>().x(place.x).y1(place.y).y0(bottom).curve(curveStepAfter)(points), "weight"),
      path(line<Point>().x(place.x).y(place.y).curve(curveStepAfter)(points), "weights"),
      ...weightNames(
        points,
        (time) => x(time),
        (weight) => y(weight),
      ),
      ...marks,
      ...drawTimeAxis(axis, below, "the new version's first traffic"),
    ],
  };
}

/** The weights above their part of the line, where there is room. */
function weightNames(points: readonly Point[], x: (time: number) => number, y: (weight: number) => number): readonly Markup[] {
  let free = 0;
  return points.slice(0, -1).flatMap(([time, weight], i) => {
    const name = `${weight} %`;
    const next = points[i + 1]?.[0] ?? time;
    const isShown = weight > 0 && x(time) >= free && (x(next) - x(time) >= textWidth(name) || weight === 100);
    if (!isShown) return [];
    free = x(time) + textWidth(name) + 8;
    return [text(x(time) + 3, y(weight) - 5, name, { className: "name s1" })];
  });
}

function diamond(x: number, y: number): Markup {
  return html`<path class="bar s0" d="M${px(x)} ${px(y - 6)}l6 6l-6 6l-6 -6z" />`;
}

function verdictWords({ isEnforced }: ReleasePlan, { at, words }: Verdict): string {
  return `${isEnforced ? "Can" : "Would"} be rolled back ${words}: from ${shortTime(at)} on`;
}
