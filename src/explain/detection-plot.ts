import { DAY, HOUR, MINUTE } from "../units/duration.ts";
import { axisLabels, barAcross } from "./bars.ts";
import { alertDetection, unseenRatio } from "./detection.ts";
import type { AlertFacts, SloFacts } from "./facts.ts";
import { percentFigure, timeFigure } from "./figures.ts";
import { paint, toneOf, type Terminal } from "./terminal.ts";

const WIDTH = 52;
const SHORTEST = 10;
const TICKS = [MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 10 * DAY, 30 * DAY];
const ROWS = 14;

/** When each severity is alerted, for error rates from one that nobody sees to a total outage. */
export function detectionPlot({ alerts, budget }: SloFacts, terminal: Terminal): readonly string[] {
  const severities = [...new Set(alerts.map(({ severity }) => severity))];
  if (severities.length === 0) return [];
  const scale = (time: number): number => Math.max(0, (Math.log(time / SHORTEST) / Math.log(budget.period / SHORTEST)) * WIDTH);
  const widths = severities.map((severity) => Math.max(severity.length, 7));
  const lead = (rate: string, cells: readonly string[]): string =>
    `    ${rate.padStart(8)}  ${cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("  ")}  `;
  const rows = ratesFrom(unseenRatio(alerts)).map((rate) => {
    const times = severities.map((severity) => earliest(alerts, severity, rate));
    const text = lead(
      percentFigure(rate),
      times.map((time) => (time === undefined ? "never" : timeFigure(time))),
    );
    const first = times.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a), undefined);
    if (first === undefined) return `${text}never: the budget lasts ${timeFigure(budget.outage / rate)}`;
    return text + paint(terminal, toneOf(severities[times.indexOf(first)] ?? ""), barAcross(scale(first), terminal));
  });
  const ticks = TICKS.filter((tick) => tick <= budget.period).map((tick) => [scale(tick), timeFigure(tick)] as const);
  return [
    paint(terminal, "strong", "Alerted after, by how much fails"),
    lead("failing", severities).trimEnd(),
    ...rows,
    paint(
      terminal,
      "dim",
      `${lead(
        "",
        severities.map(() => ""),
      )}${axisLabels(ticks, WIDTH)}`,
    ),
  ];
}

function earliest(alerts: readonly AlertFacts[], severity: string, rate: number): number | undefined {
  const times = alerts.flatMap((alert) => (alert.severity === severity ? (alertDetection(alert, rate) ?? []) : []));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** 100 %, 50 %, 20 %, 10 % ... down to one that is not above `lowest`; the lowest first. */
function ratesFrom(lowest: number): readonly number[] {
  const rates: number[] = [];
  for (let power = 0; rates.length < ROWS; power++) {
    for (const digit of [10, 5, 2]) {
      const rate = Number(`${digit}e-${power + 1}`);
      rates.unshift(rate);
      if (rate <= lowest || rates.length >= ROWS) return rates;
    }
  }
  return rates;
}
