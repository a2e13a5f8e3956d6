/**
 * How many pods Argo gives the canary where no router splits the traffic:
 * https://github.com/argoproj/argo-rollouts/blob/v1.8.3/utils/replicaset/canary.go (approximateWeightedCanaryStableReplicaCounts)
 */
export interface PodCounts {
  readonly canary: number;
  readonly stable: number;
}

/** `weight` in percent. One pod more than `replicas` may run where that comes closer and `maxSurge` allows it. */
export function podsAtWeight(replicas: number, weight: number, maxSurge: number): PodCounts {
  if (replicas === 0) return { canary: 0, stable: 0 };
  const up = Math.ceil((replicas * weight) / 100);
  const down = Math.floor((replicas * weight) / 100);
  const mayBeNone = weight === 100 || weight === 0 || (replicas === 1 && maxSurge === 0);
  const mayRoundDown = down !== 0 || mayBeNone;
  const options: { readonly canary: number; readonly total: number }[] = [];
  if (up < replicas || mayBeNone) options.push({ canary: up, total: replicas });
  if (!isTied(replicas, weight) && mayRoundDown) options.push({ canary: down, total: replicas });
  if (maxSurge > 0) {
    options.push({ canary: up, total: replicas + 1 });
    if (!isTied(replicas + 1, weight) && mayRoundDown) options.push({ canary: down, total: replicas + 1 });
  }
  const distance = ({ canary, total }: { readonly canary: number; readonly total: number }): number =>
    Math.abs((canary * 100) / total - weight);
  const [first = { canary: 0, total: replicas }, ...others] = options;
  const best = others.reduce((before, option) => (distance(option) < distance(before) ? option : before), first);
  return { canary: best.canary, stable: best.total - best.canary };
}

/** Whether rounding up and down come equally close; Argo then rounds up. The order of the operations is Argo's too. */
function isTied(replicas: number, weight: number): boolean {
  return (replicas * (weight / 100)) % 1 === 0.5;
}

/**
 * `maxSurge` in pods: a number, or a percentage rounded up, as `25` in quotes is; 25 % by default. Undefined for anything else.
 * https://github.com/argoproj/argo-rollouts/blob/v1.8.3/utils/replicaset/replicaset.go (MaxSurge)
 */
export function surgePods(maxSurge: string | number | undefined, replicas: number): number | undefined {
  if (typeof maxSurge === "number") return maxSurge;
  const percent = /^(\d+)%?$/.exec(maxSurge ?? "25%")?.[1];
  return percent === undefined ? undefined : Math.ceil((Number(percent) * replicas) / 100);
}

/** The least number of pods with which every weight is exact to one percent point, if one up to `limit` is. */
export function replicasFor(weights: readonly number[], limit: number, surgeOf: (replicas: number) => number): number | undefined {
  for (let replicas = 2; replicas <= limit; replicas++)
    if (weights.every((weight) => Math.abs(shareOf(podsAtWeight(replicas, weight, surgeOf(replicas))) - weight) < 1)) return replicas;
  return undefined;
}

/** Percent of the traffic, with every pod getting the same. */
export function shareOf({ canary, stable }: PodCounts): number {
  return (canary * 100) / (canary + stable);
}
