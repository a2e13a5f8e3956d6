import { MINUTE } from "../units/duration.ts";
import { axisLabels, barsUp, tickEvery } from "./bars.ts";
import { alertDetection, alertReset, burnRateAt, detectionTime, tripRatio, type Incident } from "./detection.ts";
import type { AlertFacts, PairFacts, SloFacts } from "./facts.ts";
import { numberFigure, percentFigure, timeFigure } from "./figures.ts";
import { paint, toneOf, type Terminal } from "./terminal.ts";
import { wrapped } from "./wrap.ts";

const WIDTH = 72;

/** How the windows of the quickest page fill and empty again, and from when to when it fires. */
export function incidentPlot({ alerts, budget }: SloFacts, terminal: Terminal): readonly string[] {
  const alert = alerts.find(({ severity }) => severity === "page") ?? alerts[0];
  const pair = alert && quickest(alert);
  if (alert === undefined || pair === undefined) return [];
  const incident = sampleIncident(alert, pair);
  if (incident === undefined) return [];
  const { errorRatio, duration } = incident;
  const seen = alertDetection(alert, errorRatio) ?? 0;
  const reset = alertReset(alert, errorRatio, duration);
  const end = duration + pair.long;
  const timeAt = (column: number): number => ((column + 0.5) / WIDTH) * end;
  const columns = Array.from({ length: WIDTH }, (_, column) => timeAt(column));
  const chart = (name: string, window: number): readonly string[] => {
    const heights = columns.map((time) => burnRateAt(incident, budget, window, time) / pair.burnRate);
    const rows = Math.max(1, Math.ceil(Math.max(...heights) - 0.01));
    return barsUp(heights, rows, terminal).map((line, fromTop) => {
      const level = numberFigure((rows - fromTop) * pair.burnRate);
      const edge = fromTop === rows - 1 ? "limit" : "";
      return `    ${(fromTop === 0 ? name : "").padEnd(4)} ${edge.padStart(5)} ${level.padStart(6)} ${terminal.unicode ? "┤" : "|"}${line}`.trimEnd();
    });
  };
  const fires = columns.map((time) => (time >= seen && time <= duration + reset ? (terminal.unicode ? "━" : "=") : " ")).join("");
  const steps = tickEvery(end);
  const ticks = Array.from(
    { length: Math.floor(end / steps) + 1 },
    (_, i) => [((i * steps) / end) * WIDTH, timeFigure(i * steps)] as const,
  );
  const burning = numberFigure(errorRatio / budget.share);
  return [
    paint(terminal, "strong", `An incident: ${percentFigure(errorRatio)} fail for ${timeFigure(duration)} (burn rate ${burning})`),
    ...chart(timeFigure(pair.short), pair.short),
    "",
    ...chart(timeFigure(pair.long), pair.long),
    paint(terminal, toneOf(alert.severity), `    ${alert.severity.slice(0, 18).padEnd(19)}${fires.trimEnd()}`),
    paint(terminal, "dim", `${" ".repeat(23)}${axisLabels(ticks, WIDTH)}`).trimEnd(),
    ...wrapped(
      `Both windows must be above the limit, a burn rate of ${numberFigure(pair.burnRate)}. It fires after ${timeFigure(seen)} and ends ${timeFigure(reset)} after the errors.`,
      2,
    ),
  ];
}

/** Whose limits a total outage passes first. */
function quickest(alert: AlertFacts): PairFacts | undefined {
  if (alert.combine === "all" && alert.pairs.length > 1) return undefined;
  return [...alert.pairs].sort((a, b) => (detectionTime(a, 1) ?? Infinity) - (detectionTime(b, 1) ?? Infinity))[0];
}

/** A chart of more rows than this is no help: with little traffic it takes far more than the limit. */
const MOST_ROWS = 12;

/** Errors at five times the limit, for long enough to be seen and to be over before the long window is full. */
function sampleIncident({ holds }: AlertFacts, pair: PairFacts): Incident | undefined {
  const errorRatio = Math.min(1, Number(Math.max(pair.errorRatio * 5, tripRatio(pair) * 1.5).toPrecision(2)));
  const time = detectionTime(pair, errorRatio);
  if (time === undefined || time + holds >= pair.long || errorRatio / pair.errorRatio > MOST_ROWS) return undefined;
  const enough = time + holds + Math.min(time, pair.long - time - holds) * 0.6;
  return { errorRatio, duration: enough < MINUTE ? enough : Math.ceil(enough / MINUTE) * MINUTE };
}
