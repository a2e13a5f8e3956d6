import { alertDetection, burnRateAt, detectionTime, resetTime, tripRatio, unseenRatio, type Incident } from "../detection.ts";
import type { AlertFacts, BudgetFacts, PairFacts } from "../facts.ts";

/** From a moment to another, in seconds since an incident began. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When a pair of windows burns above its limit; undefined if the incident ends before it does. */
export function pairFires(pair: PairFacts, { errorRatio, duration }: Incident): Span | undefined {
  const from = detectionTime(pair, errorRatio);
  if (from === undefined || from > duration) return undefined;
  const longEnd = pair.long * (1 - tripRatio(pair) / errorRatio);
  return { from, to: duration + Math.min(resetTime(pair, errorRatio), longEnd) };
}

/** When an alert fires, with the time for which its condition must hold and that for which it goes on. It may do so more than once. */
export function alertFires(alert: AlertFacts, incident: Incident): readonly Span[] {
  const { pairs, combine, holds, keepsFiring = 0 } = alert;
  const spans = pairs.flatMap((pair) => pairFires(pair, incident) ?? []);
  const whole = combine === "any" ? union(spans) : spans.length === pairs.length ? intersection(spans) : [];
  return union(whole.flatMap(({ from, to }) => (from + holds < to ? [{ from: from + holds, to: to + keepsFiring }] : [])));
}

function union(spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else merged.push(span);
  }
  return merged;
}

function intersection(spans: readonly Span[]): readonly Span[] {
  const from = Math.max(...spans.map((span) => span.from));
  const to = Math.min(...spans.map((span) => span.to));
  return from < to ? [{ from, to }] : [];
}

/** The corners of a window's burn rate over an incident, which is a line between them: time in seconds, and burn rate. */
export function burnCorners(
  incident: Incident,
  budget: BudgetFacts,
  window: number,
  until: number,
): readonly (readonly [number, number])[] {
  const { duration } = incident;
  const corners = [0, Math.min(window, duration), Math.max(window, duration), window + duration, until];
  return [...new Set(corners)]
    .filter((time) => time <= until)
    .sort((a, b) => a - b)
    .map((time) => [time, burnRateAt(incident, budget, window, time)]);
}

const NICE = [1, 2, 3, 5, 7, 10];

/** An incident that trips the most urgent alert well before it ends; undefined where none can be tripped. */
export function sampleIncident(alerts: readonly AlertFacts[]): Incident | undefined {
  const reachable = alerts.filter((alert) => unseenRatio([alert]) < 1);
  const alert = reachable.find(({ severity }) => /page|critical/i.test(severity)) ?? reachable[0];
  if (alert === undefined) return undefined;
  const { pairs, combine } = alert;
  const limits = pairs.map(tripRatio).filter((limit) => limit < 1);
  const quickest = pairs.filter((pair) => tripRatio(pair) < 1).reduce((a, b) => (b.long < a.long ? b : a));
  const limit = combine === "all" ? Math.max(...limits) : tripRatio(quickest);
  const errorRatio = Math.min(1, nice(5 * limit));
  return { errorRatio, duration: niceTime(2.6 * (alertDetection(alert, errorRatio) ?? 0)) };
}

/** To one digit that reads well. */
function nice(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = NICE.reduce((a, b) => (Math.abs(b - value / power) < Math.abs(a - value / power) ? b : a));
  return Number((digit * power).toPrecision(1));
}

const NICE_TIMES = [1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 90, 120, 180, 240, 360, 480, 720, 960, 1440, 2880, 4320, 7200, 10_080, 20_160];

/** Minutes or hours that read well, in seconds, and no fewer than these. */
function niceTime(time: number): number {
  return (NICE_TIMES.find((minutes) => minutes * 60 >= time) ?? Math.ceil(time / 86_400) * 1440) * 60;
}
