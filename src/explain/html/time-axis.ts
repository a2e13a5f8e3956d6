import { scaleLinear, type ScaleLinear } from "d3-scale";
import { rule, text } from "./chart.ts";
import type { Markup } from "./markup.ts";
import { figure } from "./words.ts";

const UNITS = [
  { size: 60, word: "minutes", upTo: 3 * 3600 },
  { size: 3600, word: "hours", upTo: 3 * 86_400 },
  { size: 86_400, word: "days", upTo: Infinity },
] as const;

export interface TimeAxis {
  readonly x: ScaleLinear<number, number>;
  readonly ticks: readonly { readonly time: number; readonly label: string }[];
  /** `minutes`, `hours` or `days`. */
  readonly unit: string;
}

/** Seconds from 0 on, between two edges of a drawing; ticks are whole numbers of minutes, hours or days. */
export function timeAxis(until: number, [left, right]: readonly [number, number]): TimeAxis {
  const { size, word } = UNITS.find(({ upTo }) => until <= upTo) ?? UNITS[2];
  const inUnits = scaleLinear([0, until / size], [left, right]);
  const ticks = inUnits.ticks((right - left) / 56).map((value) => ({ time: value * size, label: figure(value, 6) }));
  return { x: scaleLinear([0, until], [left, right]), ticks, unit: word };
}

/** The axis below a drawing: its marks, numbers, and the words for what it counts. Takes 34 pixels. */
export function drawTimeAxis({ x, ticks, unit }: TimeAxis, y: number, since: string): readonly Markup[] {
  const [left = 0, right = 0] = x.range();
  return [
    rule(left, y, right, y, "axis"),
    ...ticks.flatMap(({ time, label }) => [
      rule(x(time), y, x(time), y + 4, "axis"),
      text(x(time), y + 16, label, { anchor: "middle", className: "tick" }),
    ]),
    text(right, y + 32, `${unit} since ${since}`, { anchor: "end", className: "tick" }),
  ];
}
