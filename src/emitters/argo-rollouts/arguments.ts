/** The arguments by which a Rollout tells its templates what they cannot know. */
export const ARGUMENTS = {
  canaryHash: "canary-hash",
  stableHash: "stable-hash",
  /** From the start of the analysis to its first look, as Go writes durations. */
  initialDelay: "initial-delay",
  /** How far back stable's side is looked at, as Prometheus writes durations. */
  since: "since",
  /** `1` where the canary must have served enough requests by now, else `0`. */
  evidence: "evidence",
  /** `true` lets a release pass an exhausted budget. */
  hotfix: "hotfix",
} as const;

/** What Argo replaces by the argument's value, in any text of a metric. */
export function valueOf(argument: string): string {
  return `{{args.${argument}}}`;
}

/** The names of the arguments that a value uses, in the order of their first use. */
export function argumentsUsed(value: unknown): readonly string[] {
  return [...new Set([...JSON.stringify(value).matchAll(/\{\{args\.([^{}]*)\}\}/g)].map(([, name = ""]) => name))];
}

/** The numbers of a gate that are arguments in shared templates. */
export const NUMBERS = [
  "budget",
  "fail-burn-rate",
  "fail-times-stable",
  "extreme-burn-rate",
  "extreme-times-stable",
  "promote-burn-rate",
  "promote-times-stable",
  "tighten-at",
] as const;

/** What tells one service from another in shared templates; those of an SLO end in its number. */
const OF_A_SERVICE = ["workload", "slo", "bad", "good", "total", ...NUMBERS, "min-requests"];

/** The release's own arguments, then those of a service and its SLOs, then whatever a source needs. */
export function inReadingOrder(names: readonly string[]): readonly string[] {
  const order: readonly string[] = [...Object.values(ARGUMENTS), ...OF_A_SERVICE];
  const rank = (name: string): number => (order.indexOf(name.replace(/-[0-9]+$/, "")) + order.length + 1) % (order.length + 1);
  const position = (name: string): number => Number(/[0-9]+$/.exec(name)?.[0] ?? 0);
  return [...names].sort((a, b) => position(a) - position(b) || rank(a) - rank(b));
}
