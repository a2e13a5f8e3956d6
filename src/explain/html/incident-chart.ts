import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { tripRatio, type Incident } from "../detection.ts";
import type { AlertFacts, BudgetFacts, PairFacts, SloFacts } from "../facts.ts";
import { apart, box, path, px, rule, seriesClass, text, textWidth, type Chart, type Drawing } from "./chart.ts";
import { alertFires, burnCorners, pairFires, sampleIncident, type Span } from "./firing.ts";
import type { Markup } from "./markup.ts";
import { drawTimeAxis, timeAxis, type TimeAxis } from "./time-axis.ts";
import { alertNames, burn, list, percent, roughPercent, shortTime, shorten, windowsOf, wrap } from "./words.ts";

/** How each window sees a sample incident, and when it makes an alert fire; undefined where nothing could. */
export function incidentChart(id: string, { alerts, budget }: SloFacts): Chart | undefined {
  const incident = sampleIncident(alerts);
  if (incident === undefined) return undefined;
  const { errorRatio, duration } = incident;
  const names = alertNames(alerts);
  const fires = alerts.map((alert) => alertFires(alert, incident));
  const until = 1.12 * Math.max(duration * 1.15, ...fires.flat().map(({ to }) => to));
  const stories = alerts.map((_, i) => firingWords(names[i] ?? "", fires[i] ?? []));
  const peak = errorRatio / budget.share;
  return {
    id,
    title: `Burn rates during ${shortTime(duration)} with ${percent(errorRatio)} errors`,
    description: `One panel for each pair of windows, with its limit as a dashed line. ${stories.join(". ")}.`,
    draw: (width) => draw(width, { alerts, budget, incident, names, fires, stories, until }),
    caption: `Both lines of a panel must be above its dashed line: the longer window so that it matters, the shorter so that it still goes on. The errors themselves burn at ${burn(peak)}; a line that leaves its panel at the top is on its way there.`,
    data: {
      caption: "Burn rate of each window in this incident",
      head: ["window", "limit", "highest", "both above it from", "until"],
      rows: alerts.flatMap(({ pairs }, i) =>
        pairs.flatMap((pair) => {
          const both = pairFires(pair, incident);
          return [...new Set([pair.long, pair.short])].map((window) => [
            `${names[i] ?? ""}, ${shortTime(window)}`,
            burn(pair.burnRate),
            burn(peak * Math.min(1, duration / window)),
            both === undefined ? "never" : shortTime(both.from),
            both === undefined ? "" : shortTime(both.to),
          ]);
        }),
      ),
    },
  };
}

interface Story {
  readonly alerts: readonly AlertFacts[];
  readonly budget: BudgetFacts;
  readonly incident: Incident;
  readonly names: readonly string[];
  readonly fires: readonly (readonly Span[])[];
  readonly stories: readonly string[];
  readonly until: number;
}

const LEFT = 40;
const PANEL = 66;
const LINE = 15;
const BAR = 9;

function draw(width: number, { alerts, budget, incident, names, fires, stories, until }: Story): Drawing {
  const windows = alerts.flatMap(({ pairs }) => pairs.flatMap(({ long, short }) => [shortTime(long), shortTime(short)]));
  const [left, right] = [LEFT, width - 10 - Math.max(...windows.map(textWidth))];
  const axis = timeAxis(until, [left, right]);
  const { x } = axis;
  const marks: Markup[] = [];
  let y = 12;
  const lane = (words: string, spans: readonly Span[], className: string): void => {
    marks.push(text(left, y, words, { className: "lane" }), rule(left, y + 7 + BAR / 2, right, y + 7 + BAR / 2, "track"));
    marks.push(...spans.map(({ from, to }) => box(x(from), y + 7, x(to) - x(from), BAR, className, 2)));
    y += 7 + BAR + 20;
  };

  lane(`${roughPercent(incident.errorRatio)} errors for ${shortTime(incident.duration)}`, [{ from: 0, to: incident.duration }], "errors");
  const top = y;
  for (const [i, { pairs }] of alerts.entries()) {
    for (const pair of pairs) {
      for (const words of wrap(`${names[i] ?? ""}: burn rate over ${windowsOf(pair)}`, (width - left - 8) / 6.4)) {
        marks.push(text(left, y, words, { className: "lane" }));
        y += LINE;
      }
      marks.push(...panel(pair, i, { y: y - 7, axis, right, budget, incident, until }));
      y += PANEL + 20;
    }
  }
  y += 4;
  for (const i of alerts.keys()) lane(shorten(stories[i] ?? "", (width - left) / 6.4), fires[i] ?? [], `bar s${i % 4}`);
  y -= 10;
  return {
    height: y + 38,
    marks: [
      ...axis.ticks.map(({ time }) => rule(x(time), top - 12, x(time), y, "grid")),
      ...marks,
      ...drawTimeAxis(axis, y, "the errors began"),
    ],
  };
}

interface PanelPlace {
  readonly y: number;
  readonly axis: TimeAxis;
  readonly right: number;
  readonly budget: BudgetFacts;
  readonly incident: Incident;
  readonly until: number;
}

function panel(pair: PairFacts, alert: number, { y: top, axis: { x }, right, budget, incident, until }: PanelPlace): readonly Markup[] {
  const bottom = top + PANEL;
  const peak = incident.errorRatio / budget.share;
  // The second is what makes up the bad requests that there must be in any case.
  const limits = [...new Set([pair.burnRate, tripRatio(pair) / budget.share])];
  const most = Math.max(...limits);
  const longPeak = peak * Math.min(1, incident.duration / pair.long);
  const highest = Math.max(2.5 * most, Math.min(1.1 * longPeak, 4 * most));
  const y = scaleLinear([0, highest], [bottom, top]);
  const windows = [...new Set([pair.long, pair.short])];
  const corners = windows.map((window) => clipped(burnCorners(incident, budget, window, until), highest));
  const curve = line<readonly [number, number]>(
    ([time]) => px(x(time)),
    ([, rate]) => px(y(rate)),
  ).defined(([, rate]) => !Number.isNaN(rate));
  const fires = pairFires(pair, incident);
  const ends = corners.map((each) => {
    const rate = each.at(-1)?.[1] ?? 0;
    return y(Number.isNaN(rate) ? highest : rate) + 4;
  });
  const places = apart(ends, 13, [top + 10, bottom + 4]);
  return [
    box(x(0), top, right - x(0), PANEL, "panel"),
    ...(fires === undefined ? [] : [box(x(fires.from), top, x(Math.min(fires.to, until)) - x(fires.from), PANEL, `fires s${alert % 4}`)]),
    ...limits.map((limit) => rule(x(0), y(limit), right, y(limit), "limit")),
    text(x(0) - 6, y(pair.burnRate) + 4, burn(pair.burnRate), { anchor: "end", className: "tick" }),
    text(x(0) - 6, bottom + 4, "0", { anchor: "end", className: "tick" }),
    ...corners.map((each, i) => path(curve(each), `${i === 0 ? "long" : "short"} ${seriesClass(alert)}`)),
    ...windows.map((window, i) =>
      text(right + 6, places[i] ?? 0, shortTime(window), { className: `${i === 0 ? "long" : "short"} name s${alert % 4}` }),
    ),
  ];
}

/** A line of corners without what is above a height, which is left as a gap between two corners at that height. */
function clipped(corners: readonly (readonly [number, number])[], highest: number): readonly (readonly [number, number])[] {
  return corners.flatMap(([time, rate], i): readonly (readonly [number, number])[] => {
    const [before, last] = corners[i - 1] ?? [time, rate];
    const isCrossed = rate > highest !== last > highest;
    const crossing = before + ((highest - last) / (rate - last)) * (time - before);
    return [...(isCrossed ? [[crossing, highest] as const] : []), [time, rate > highest ? NaN : rate]];
  });
}

function firingWords(name: string, spans: readonly Span[]): string {
  if (spans.length === 0) return `${name}: does not fire`;
  return `${name}: fires from ${list(spans.map(({ from, to }) => `${shortTime(from)} to ${shortTime(to)}`))}`;
}
