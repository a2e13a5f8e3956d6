import { scaleLog, type ScaleLogarithmic } from "d3-scale";
import { line } from "d3-shape";
import { alertDetection, tripRatio, unseenRatio } from "../detection.ts";
import type { AlertFacts, BudgetFacts, SloFacts } from "../facts.ts";
import { apart, box, path, px, rule, seriesClass, text, textWidth, type Chart, type Drawing } from "./chart.ts";
import { html, type Markup } from "./markup.ts";
import { alertNames, percent, shortNames, shortTime } from "./words.ts";

type Point = readonly [ratio: number, time: number];

/** How long errors of each rate go on until an alert fires; undefined where none ever does. */
export function detectionChart(id: string, { alerts, budget }: SloFacts): Chart | undefined {
  const lowest = unseenRatio(alerts);
  if (lowest === 1) return undefined;
  const names = alertNames(alerts);
  const atWorst = alerts.map((alert, i) => {
    const time = alertDetection(alert, 1);
    return `${names[i] ?? ""}: ${time === undefined ? "never fires" : `${shortTime(time)} into a total outage`}`;
  });
  return {
    id,
    title: "Time until errors are noticed, by error rate",
    description: `Both axes are logarithmic. The more requests fail, the sooner an alert fires. ${atWorst.join(". ")}. At ${percent(lowest)} errors and below nothing fires.`,
    draw: (width) => draw(width, { alerts, budget, lowest }),
    caption: `Read from below: pick an error rate, go up to the first line. The broad band is whatever alert comes first. The dotted line is when errors of that rate have used up the whole budget, if they went on.`,
    data: {
      caption: "Time until an alert fires, by error rate",
      head: ["error rate", ...names, "budget gone after"],
      rows: rates(lowest).map((ratio) => [
        percent(ratio),
        ...alerts.map((alert) => {
          const time = alertDetection(alert, ratio);
          return time === undefined ? "never" : shortTime(time);
        }),
        shortTime((budget.share * budget.period) / ratio),
      ]),
    },
  };
}

/** 1, 2 and 5 of each power of ten, from below what is noticed up to a total outage. */
function rates(lowest: number): readonly number[] {
  const first = Math.floor(Math.log10(lowest));
  const powers = Array.from({ length: 1 - first }, (_, i) => first + i);
  return powers.flatMap((power) => [1, 2, 5].map((digit) => Number((digit * 10 ** power).toPrecision(1)))).filter((ratio) => ratio <= 1);
}

const TIMES = [0.01, 0.1, 1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400];
const LEFT = 48;
const TOP = 14;
const NAME_GAP = 30;

interface Detections {
  readonly alerts: readonly AlertFacts[];
  readonly budget: BudgetFacts;
  readonly lowest: number;
}

function draw(width: number, { alerts, budget, lowest }: Detections): Drawing {
  const isWide = width > 500;
  const columns = isWide ? 18 : 10;
  const names = shortNames(alerts, columns);
  const curves = alerts.map((alert) => curveOf(alert));
  const reachable = curves.flatMap((points, i) => (points.length === 0 ? [] : [{ points, i }]));
  const right = width - Math.max(...[...reachable.map(({ i }) => names[i] ?? ""), "all budget"].map(textWidth)) - 10;
  const height = isWide ? 330 : 310;
  const bottom = height - 38;

  const times = curves.flat().map(([, time]) => time);
  const gone = budget.share * budget.period;
  const x = scaleLog([lowest / 4, 1], [LEFT, right]);
  const y = scaleLog([Math.min(...times) / 2, Math.max(...times) * 1.8], [bottom, TOP]);
  const curve = line<Point>(
    ([ratio]) => px(x(ratio)),
    ([, time]) => px(y(time)),
  );

  // Names of the lines at the right edge, where all of them end.
  const ends = [
    ...reachable.map(({ points, i }) => ({ name: names[i] ?? "", time: points.at(-1)?.[1] ?? 0, className: `name s${i % 4}` })),
  ];
  const goneAt =
    gone < (y.domain()[1] ?? 0) && gone > (y.domain()[0] ?? 0) ? [{ name: "all budget", time: gone, className: "name gone" }] : [];
  const labels = [...ends, ...goneAt];
  const places = apart(
    labels.map(({ time }) => y(time)),
    NAME_GAP,
    [TOP + 4, bottom - 14],
  );
  return {
    height,
    marks: [
      box(LEFT, TOP, x(lowest) - LEFT, bottom - TOP, "unseen"),
      ...grid(x, y, { bottom, right, isWide }),
      text(LEFT + (x(lowest) - LEFT) / 2 + 4, TOP + 8, "never noticed", { anchor: "end", className: "note", upright: true }),
      path(curve(budgetLine(gone, y.domain()[1] ?? 0, y.domain()[0] ?? 0)), "gone"),
      path(curve(envelopeOf(alerts)), "first"),
      ...reachable.map(({ points, i }) => path(curve(points), `detects ${seriesClass(i, i)}`)),
      ...labels.flatMap(({ name, time, className }, i) => [
        text(right + 8, (places[i] ?? 0) + 3, name, { className }),
        text(right + 8, (places[i] ?? 0) + 16, shortTime(time), { className: "tick" }),
      ]),
      ...example(alerts, names, { x, y, isWide }),
    ],
  };
}

interface Frame {
  readonly bottom: number;
  readonly right: number;
  readonly isWide: boolean;
}

function grid(
  x: ScaleLogarithmic<number, number>,
  y: ScaleLogarithmic<number, number>,
  { bottom, right, isWide }: Frame,
): readonly Markup[] {
  const [lowest = 0] = x.domain();
  const [shortest = 0, longest = 0] = y.domain();
  const powers = Array.from({ length: 7 }, (_, i) => Number((10 ** -i).toPrecision(1))).filter((ratio) => ratio >= lowest);
  const ratios = powers.length > 2 ? powers : powers.flatMap((ratio) => [ratio, ratio / 2, ratio / 5]).filter((ratio) => ratio >= lowest);
  const times = TIMES.filter((time) => time >= shortest && time <= longest);
  return [
    ...spread(
      [...new Set(ratios)].sort((a, b) => b - a),
      x,
      46,
    ).flatMap((ratio) => [
      rule(x(ratio), TOP, x(ratio), bottom, "grid"),
      text(x(ratio), bottom + 16, percent(ratio), { anchor: "middle", className: "tick" }),
    ]),
    ...spread(times, y, 20).flatMap((time) => [
      rule(LEFT, y(time), right, y(time), "grid"),
      text(LEFT - 6, y(time) + 4, shortTime(time), { anchor: "end", className: "tick" }),
    ]),
    rule(LEFT, bottom, right, bottom, "axis"),
    text(right, bottom + 33, isWide ? "share of requests that fail" : "requests that fail", { anchor: "end", className: "tick" }),
  ];
}

/** Those of the values whose labels have room, the first of them in any case. */
function spread(values: readonly number[], scale: ScaleLogarithmic<number, number>, gap: number): readonly number[] {
  return values.reduce<readonly number[]>((kept, value) => {
    const last = kept.at(-1);
    return last !== undefined && Math.abs(scale(last) - scale(value)) < gap ? kept : [...kept, value];
  }, []);
}

/** The corners of an alert's line, straight between them on logarithmic axes unless its condition must hold for a time. */
function curveOf(alert: AlertFacts): readonly Point[] {
  return pointsOf([alert], cornersOf([alert]));
}

/** Whichever alert comes first. */
function envelopeOf(alerts: readonly AlertFacts[]): readonly Point[] {
  return pointsOf(alerts, cornersOf(alerts));
}

function cornersOf(alerts: readonly AlertFacts[]): readonly number[] {
  const lowest = unseenRatio(alerts);
  const limits = alerts.flatMap(({ pairs }) => pairs.map(tripRatio)).filter((ratio) => ratio < 1);
  const between = alerts.some(({ holds }) => holds > 0) ? Array.from({ length: 40 }, (_, i) => lowest ** (1 - i / 40)) : [];
  // A line ends, or falls, where it comes to the limit of a pair: a point on each side.
  const corners = [...limits.flatMap((ratio) => [ratio, ratio * (1 + 1e-9)]), ...between, 1];
  return [...new Set(corners)].sort((a, b) => a - b);
}

function pointsOf(alerts: readonly AlertFacts[], ratios: readonly number[]): readonly Point[] {
  return ratios.flatMap((ratio): readonly Point[] => {
    const times = alerts.flatMap((alert) => alertDetection(alert, ratio) ?? []);
    return times.length === 0 ? [] : [[ratio, Math.min(...times)]];
  });
}

function budgetLine(gone: number, longest: number, shortest: number): readonly Point[] {
  return [
    [gone / longest, longest],
    [Math.min(1, gone / shortest), Math.max(gone, shortest)],
  ];
}

/** One point of the chart in words: below the lines, where there is nothing else. */
function example(
  alerts: readonly AlertFacts[],
  names: readonly string[],
  {
    x,
    y,
    isWide,
  }: { readonly x: ScaleLogarithmic<number, number>; readonly y: ScaleLogarithmic<number, number>; readonly isWide: boolean },
): readonly Markup[] {
  const [from = 0] = x.domain();
  const wanted = Math.log(from) * (isWide ? 0.4 : 0.3);
  const ratio = rates(from).reduce((a, b) => (Math.abs(Math.log(b) - wanted) < Math.abs(Math.log(a) - wanted) ? b : a));
  const firsts = alerts.flatMap((alert, i) => {
    const time = alertDetection(alert, ratio);
    return time === undefined ? [] : [{ time, i }];
  });
  if (firsts.length === 0) return [];
  const { time, i } = firsts.reduce((a, b) => (b.time < a.time ? b : a));
  return [
    html`<circle class="dot s${i % 4}" cx="${px(x(ratio))}" cy="${px(y(time))}" r="4.5" /> `,
    text(x(ratio) - 8, y(time) + 14, `${percent(ratio)} errors:`, { anchor: "end", className: "note strong" }),
    text(x(ratio) - 8, y(time) + 28, `${names[i] ?? ""} after ${shortTime(time)}`, { anchor: "end", className: "note" }),
  ];
}
