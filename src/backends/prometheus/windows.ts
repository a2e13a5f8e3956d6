import type { PrometheusSlo } from "../../model/model.ts";
import { MINUTE, seconds, type Seconds } from "../../units/duration.ts";
import { isSliced } from "./sli.ts";

/** The window over which events are recorded once, to be summed for every longer window. */
export const BASE_WINDOW = seconds(5 * MINUTE);

/** Every window whose error ratio is recorded, ascending, without the period. */
export function recordedWindows(slo: PrometheusSlo): readonly Seconds[] {
  const needed = isSliced(slo) ? slo.windows : [...slo.windows, BASE_WINDOW];
  return [...new Set(needed)].sort((a, b) => a - b);
}
