import type { Counts } from "../../src/gate/judge.ts";
import { firstFrom, type Point, type Series } from "./datadog-scalar.ts";
import { CANARY_HASH, SCENARIOS, served, STABLE_HASH, START, type Pod, type Scenario } from "./gate-scenarios.ts";

/** Releases as Datadog would have been told of them: counts of what happened in each second, and not counters that grow. */

/** What one pod did on one route. Times are seconds from `START`. */
export interface Served {
  /** `past` is what served before, and counts for the budget alone. */
  readonly side: "canary" | "stable" | "past";
  readonly hash: string;
  readonly pod: string;
  readonly route: number;
  /** Counts of zero are sent, too, as DogStatsD does: https://docs.datadoghq.com/metrics/custom_metrics/dogstatsd_metrics_submission/ */
  readonly eager: boolean;
  readonly seconds: readonly Second[];
}

export type Second = readonly [at: number, good: number, bad: number];

export interface Release {
  readonly name: string;
  readonly served: readonly Served[];
  /** The share of the budget that the month before has consumed. */
  readonly consumed: number;
  /** The canary does not say which version it is. */
  readonly untagged?: true;
}

/** Until when releases are told. */
export const UNTIL = 5400;
const STABLE_FROM = -5400;
const ROUTES = [0, 1, 2, 3];
const PAST_HASH = "5c9d7f6b4";

/** The scenarios of the gates that ask Prometheus; an outage of the source is a test of its own. */
export function releases(): readonly Release[] {
  return [...SCENARIOS.filter(({ down }) => down === undefined).map(told), ...EXACT];
}

function told({ name, pods, budgetConsumed = 0 }: Scenario): Release {
  return { name, served: pods.flatMap((pod) => ROUTES.map((route) => onRoute(pod, route))), consumed: budgetConsumed };
}

function onRoute(pod: Pod, route: number): Served {
  const seconds: Second[] = [];
  const end = Math.min(pod.to ?? UNTIL, UNTIL);
  let before = { good: 0, bad: 0 };
  for (let at = pod.from; at < end; at++) {
    if (pod.restarts.includes(at + 1)) before = { good: 0, bad: 0 };
    const now = served(pod, route, at + 1);
    const [good, bad] = [now.good - before.good, now.bad - before.bad];
    if (good + bad > 0 || (pod.eager && at % 10 === 0)) seconds.push([at, Math.max(0, good), Math.max(0, bad)]);
    before = now;
  }
  const hash = pod.side === "canary" ? CANARY_HASH : STABLE_HASH;
  return { side: pod.side, hash, pod: pod.name, route, eager: pod.eager, seconds };
}

/** Just so many requests of the canary, all within seconds 30 to 60, beside a stable that fails one request in 2000. */
function exactly(name: string, bad: number, total: number, stable: Pick<Release, "served"> = STEADY): Release {
  const seconds = Array.from({ length: 30 }, (_, i): Second => {
    const shareOf = (count: number): number => Math.floor(((i + 1) * count) / 30) - Math.floor((i * count) / 30);
    return [30 + i, shareOf(total - bad), shareOf(bad)];
  }).filter(([, good, failed]) => good + failed > 0);
  const canary: Served = { side: "canary", hash: CANARY_HASH, pod: `${CANARY_HASH}-exact`, route: 1, eager: false, seconds };
  return { name, served: [...stable.served, canary], consumed: 0.3 };
}

const healthy = told(SCENARIOS.find(({ name }) => name === "healthy") ?? { name: "", pods: [] });
const STEADY = { served: healthy.served.filter(({ side }) => side === "stable") };
const PERFECT = {
  served: STEADY.served.map((each): Served => ({ ...each, seconds: each.seconds.map(([at, good, bad]): Second => [at, good + bad, 0]) })),
};
const NONE = { served: [] };

/** Around the margins of a gate of 99.9 % that is as slogen makes it: below 3 bad events none fails, below 2 none holds. */
const EXACT: readonly Release[] = [
  exactly("one bad request, and it was the only one", 1, 1),
  exactly("both requests are bad", 2, 2, NONE),
  exactly("2 bad of 172, beside a perfect stable", 2, 172, PERFECT),
  exactly("2 bad of 173, beside a perfect stable", 2, 173, PERFECT),
  exactly("3 bad of 27, beside a perfect stable", 3, 27, PERFECT),
  exactly("3 bad of 28, beside a perfect stable", 3, 28, PERFECT),
  exactly("3 bad of 26", 3, 26),
  exactly("3 bad of 60", 3, 60),
  exactly("all of three are bad and there is no stable", 3, 3, NONE),
  exactly("enough requests of a canary that never failed", 0, 209),
  exactly("one request too few", 0, 208),
  {
    name: "the canary is tagged with no version",
    served: told(SCENARIOS.find(({ name }) => name === "canary fails 5 %") ?? { name: "", pods: [] }).served,
    consumed: 0.3,
    untagged: true,
  },
];

/** A month before the release that consumed that share of a budget, an hour at a time. */
export function past(consumed: number, budget: number): Served {
  const seconds: Second[] = [];
  for (let at = -31 * 86_400; at < STABLE_FROM - 3600; at += 3600) {
    const bad = Math.round(30_000 * consumed * budget);
    seconds.push([at, 30_000 - bad, bad]);
  }
  return { side: "past", hash: PAST_HASH, pod: `${PAST_HASH}-past`, route: 0, eager: false, seconds };
}

/** Everything that one side served within [from, to), or the whole service; undefined where that is nothing. */
export function countsIn(served: readonly Served[], side: Served["side"] | "all", from: number, to: number): Counts | undefined {
  let [bad, total] = [0, 0];
  for (const each of served) {
    if (side !== "all" && each.side !== side) continue;
    const { bads, totals } = grown(each.seconds);
    const [first, end] = [firstFrom(each.seconds, from), firstFrom(each.seconds, to)];
    bad += (bads[end] ?? 0) - (bads[first] ?? 0);
    total += (totals[end] ?? 0) - (totals[first] ?? 0);
  }
  return total === 0 ? undefined : { bad, total };
}

/** What had been served before each second. */
interface Grown {
  readonly bads: Float64Array;
  readonly totals: Float64Array;
}

const allGrown = new WeakMap<readonly Second[], Grown>();

function grown(seconds: readonly Second[]): Grown {
  const known = allGrown.get(seconds);
  if (known !== undefined) return known;
  const made: Grown = { bads: new Float64Array(seconds.length + 1), totals: new Float64Array(seconds.length + 1) };
  seconds.forEach(([, good, bad], i) => {
    made.bads[i + 1] = (made.bads[i] ?? 0) + bad;
    made.totals[i + 1] = (made.totals[i] ?? 0) + good + bad;
  });
  allGrown.set(seconds, made);
  return made;
}

/** The points of one metric for what is `counted` of each second; zeros are left out unless the pod sends them. */
export function countPoints({ seconds, eager }: Served, counted: (good: number, bad: number) => number): readonly Point[] {
  return seconds.flatMap(([at, good, bad]): readonly Point[] => {
    const value = counted(good, bad);
    return value === 0 && !eager ? [] : [[START + at, value]];
  });
}

/** Good requests take 0.1 s and bad ones 1.2 s. */
export function latencyPoints({ seconds }: Served): readonly Point[] {
  return seconds.flatMap(([at, good, bad]): readonly Point[] => [
    ...(good > 0 ? [[START + at, 0.1, good] as const] : []),
    ...(bad > 0 ? [[START + at, 1.2, bad] as const] : []),
  ]);
}

/** The same series once more from elsewhere, which no query is about. */
export function elsewhere(series: readonly Series[], tags: Readonly<Record<string, string>>): readonly Series[] {
  return series.map((each) => ({ ...each, tags: { ...each.tags, ...tags } }));
}
