import { HOUR, MINUTE } from "../../units/duration.ts";

const UNITS = [
  ["h", HOUR],
  ["m", MINUTE],
  ["s", 1],
] as const;

/** A duration as Go reads it, which has no unit above hours: https://pkg.go.dev/time#ParseDuration. Whole seconds; 0 is `0s`. */
export function goDuration(length: number): string {
  let rest: number = length;
  let text = "";
  for (const [letter, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${letter}`;
    rest -= count * size;
  }
  return text || "0s";
}
