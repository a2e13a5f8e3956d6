import { MINUTE } from "../units/duration.ts";
import type { Terminal } from "./terminal.ts";

const ACROSS = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];
const UPWARDS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const ASCII = [" ", " ", " ", " ", "#", "#", "#", "#", "#"];

/** A bar to the right, `length` in cells. What is not nothing is seen. */
export function barAcross(length: number, { unicode }: Terminal): string {
  const eighths = Math.max(1, Math.round(length * 8));
  const full = Math.floor(eighths / 8);
  if (!unicode) return "#".repeat(Math.max(1, Math.round(length)));
  return `${"█".repeat(full)}${eighths % 8 === 0 ? "" : (ACROSS[eighths % 8] ?? "")}`;
}

/** Columns of so many cells each, as lines from the top to the bottom. */
export function barsUp(heights: readonly number[], rows: number, { unicode }: Terminal): readonly string[] {
  const cells = unicode ? UPWARDS : ASCII;
  return Array.from({ length: rows }, (_, fromTop) => {
    const below = rows - 1 - fromTop;
    return heights.map((height) => cells[Math.round(Math.min(1, Math.max(0, height - below)) * 8)] ?? " ").join("");
  });
}

/** A line below `width` cells with a label where each value lies; one that would touch its neighbour is left out. */
export function axisLabels(labels: readonly (readonly [cell: number, text: string])[], width: number): string {
  let line = "";
  for (const [cell, text] of labels) {
    const start = Math.round(cell);
    if ((line !== "" && start < line.length + 2) || start + text.length > width + 4) continue;
    line = line.padEnd(start) + text;
  }
  return line;
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880, 5760].map((minutes) => minutes * MINUTE);

/** How far apart the labels of a time axis are, so that there are about eight of them. */
export function tickEvery(end: number): number {
  return STEPS.find((step) => end / step <= 9) ?? end;
}
