import { DAY, formatDuration, HOUR, MINUTE, seconds } from "../units/duration.ts";
import type { PlannedSlo } from "../model/model.ts";
import { fromNumber, multiply, rational, toFigure } from "../units/rational.ts";

/** A time to three digits or so: `52s`, `1m26s`, `3h36m`, `7d12h`. */
export function timeFigure(time: number): string {
  const unit = time < 10 * MINUTE ? 1 : time < DAY ? MINUTE : HOUR;
  const rounded = Math.round(time / unit) * unit;
  return rounded === 0 ? (time === 0 ? "0s" : "< 1s") : daysText(rounded);
}

/** A time to the second: `43m12s`. */
export function exactTime(time: number): string {
  return time < 1 ? timeFigure(time) : daysText(Math.round(time));
}

/** Prometheus's notation, but for weeks and years, in which nobody thinks of a budget. */
function daysText(time: number): string {
  const days = Math.floor(time / DAY);
  const rest = time % DAY;
  return `${days === 0 ? "" : `${days}d`}${rest === 0 ? "" : formatDuration(seconds(rest))}`;
}

/** The target as it was written: to three digits 99.95 % would be a promise that nobody can keep. */
export function targetFigure({ target }: PlannedSlo["objective"]): string {
  return `${toFigure(multiply(target, rational(100)))} %`;
}

/** A share as a percentage to three digits: `1.44 %`. */
export function percentFigure(share: number): string {
  return `${numberFigure(share * 100)} %`;
}

export function numberFigure(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en-US") : toFigure(fromNumber(Number(value.toPrecision(3))));
}
