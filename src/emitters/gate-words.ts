import type { ReleasePolicy } from "../model/policy.ts";
import { multiply, rational, toFigure, type Rational } from "../units/rational.ts";

/** A policy's labels for the objects that are made of it, by key. */
export function labelsOf({ labels }: Pick<ReleasePolicy, "labels">): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.map(({ key, value }): [string, string] => [key, value]).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function percent(share: Rational): string {
  return `${toFigure(multiply(share, rational(100)))} %`;
}

/** A description without the lines that what was left out has left behind. */
export function withoutBlankLines(text: string): string {
  return text.replace(/\n{2,}/g, "\n");
}
