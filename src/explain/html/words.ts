import { displayWidth } from "../../diagnostics/width.ts";
import { DAY, HOUR, MINUTE } from "../../units/duration.ts";
import type { AlertFacts, PairFacts } from "../facts.ts";

/** A time for an axis, a cell or a label: `52 s`, `43.2 min`, `1 h 7 min`, `2 d 2 h`. */
export function shortTime(time: number): string {
  if (time === 0) return "0";
  if (time < 1) return `${figure(time * 1000, 2)} ms`;
  if (time < 59.95) return `${figure(time, 3)} s`;
  if (time < 3597) return `${figure(time / 60, 3)} min`;
  return time < 2 * DAY && time % DAY !== 0 ? inTwo(time, HOUR, "h", MINUTE, "min") : inTwo(time, DAY, "d", HOUR, "h");
}

function inTwo(time: number, size: number, unit: string, smaller: number, smallerUnit: string): string {
  const whole = Math.round(time / smaller);
  const [large, small] = [Math.floor((whole * smaller) / size), whole % (size / smaller)];
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallerUnit}`;
}

/** A share as a percentage: `0.1 %`, `14.4 %`. */
export function percent(share: number): string {
  return `${figure(share * 100, 6)} %`;
}

/** A percentage that is a measure rather than a limit: three digits tell enough. */
export function roughPercent(share: number): string {
  return `${figure(share * 100, 3)} %`;
}

/** A number to so many significant digits, without an exponent, and with a comma between thousands. */
export function figure(value: number, digits: number): string {
  return Number(value.toPrecision(digits)).toLocaleString("en-US", { maximumFractionDigits: 12 });
}

export function burn(rate: number): string {
  return figure(rate, 4);
}

/** How many, of something that is counted: whole, but for the fewest. */
export function count(value: number): string {
  return value < 10 ? figure(value, 2) : figure(Math.round(value), 15);
}

export function plural(number: number, word: string): string {
  return `${count(number)} ${word}${number === 1 ? "" : "s"}`;
}

/** Cut to at most so many columns of text, with an ellipsis where it was. */
export function shorten(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = "";
  for (const char of text) {
    if (displayWidth(kept + char) >= columns) break;
    kept += char;
  }
  return `${kept.trimEnd()}…`;
}

/** Lines of at most so many columns; a word that is longer is cut. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").map((each) => shorten(each, columns))) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(`${last} ${word}`) <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A name for each alert that tells it from the others: its severity where that does, else its name. */
export function alertNames(alerts: readonly AlertFacts[]): readonly string[] {
  const isTold = new Set(alerts.map(({ severity }) => severity)).size === alerts.length;
  return alerts.map(({ name, severity }) => (isTold ? severity : name));
}

/** The same in at most so many columns; a number tells those apart that were cut alike. */
export function shortNames(alerts: readonly AlertFacts[], columns: number): readonly string[] {
  const names = alertNames(alerts);
  const cut = names.map((name) => shorten(name, columns));
  return cut.map((name, i) => (cut.indexOf(name) === cut.lastIndexOf(name) ? name : `${shorten(names[i] ?? "", columns - 3)} ${i + 1}`));
}

export function windowsOf({ long, short }: PairFacts): string {
  return long === short ? shortTime(long) : `${shortTime(long)} and ${shortTime(short)}`;
}

export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}
