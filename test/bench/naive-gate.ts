import type { Outcome } from "../../src/gate/run.ts";
import type { ScrapedRelease } from "./scraped-release.ts";

export type Ending = "promoted" | "held" | "rolledBack";

export interface NaiveStep {
  readonly weight: number;
  readonly bake: number;
}

const LIMITS = { pass: 2, fail: 14.4 };

/**
 * The gate that articles print: raw ratios of `increase()`, looked at once a minute beside fixed pauses.
 * Two looks at 5m above 14.4 or three at 1m roll back; one at 5m above 2 is Inconclusive and pauses; no data is 0.
 */
export function runNaive(release: ScrapedRelease, steps: readonly NaiveStep[], budgets: readonly number[]): { ending: Ending; at: number } {
  const failures = budgets.map(() => ({ long: 0, short: 0 }));
  let start = 0;
  for (const [index, { weight, bake }] of steps.entries()) {
    release.setWeight(index, weight, start);
    for (let at = start + 60; at <= start + bake; at += 60) {
      release.advance(at);
      let held = false;
      for (const [gate, budget] of budgets.entries()) {
        const burn = (window: number): number => {
          const { bad, total } = release.increase(gate, at, window);
          return total > 0 ? bad / total / budget : 0;
        };
        const count = failures[gate] ?? { long: 0, short: 0 };
        const long = burn(300);
        if (long > LIMITS.fail) count.long += 1;
        else if (long > LIMITS.pass) held = true;
        if (burn(60) > LIMITS.fail) count.short += 1;
        if (count.long > 1 || count.short > 2) return { ending: "rolledBack", at };
      }
      if (held) return { ending: "held", at };
    }
    start += bake;
  }
  return { ending: "promoted", at: start };
}

export function endingOf(kind: Outcome["kind"]): Ending {
  return kind === "timedOut" ? "held" : kind;
}
