import { formatDuration, type Seconds } from "../../../units/duration.ts";
import type { PrometheusOptions } from "../options.ts";
import type { AlertingRule, Rule, RuleGroup } from "../types.ts";
import type { Recordings } from "./recordings.ts";

/** All rules of one SLO. */
export interface SloRules {
  readonly id: string;
  readonly slice: Seconds | undefined;
  readonly recordings: Recordings;
  readonly alerts: readonly AlertingRule[];
}

/** Rules that stay in one group, in order: recording rules, of which the later ones read the earlier ones, or a single alert. */
interface Run {
  readonly kind: Kind;
  readonly interval: Seconds;
  readonly rules: readonly Rule[];
}

/** One set of groups for an SLO, under Sloth's names where Sloth has the group. */
export function groupsOfSlo(slo: SloRules, options: PrometheusOptions): readonly RuleGroup[] {
  const all = runs(slo, options);
  return KINDS.flatMap((kind) => {
    const own = all.filter((run) => run.kind === kind);
    const [first] = own;
    if (first === undefined) return [];
    return [{ name: `${GROUP_NAMES[kind]}-${slo.id}`, interval: formatDuration(first.interval), rules: own.flatMap(({ rules }) => rules) }];
  });
}

const GROUP_NAMES = {
  slices: "slogen-slo-sli-slices",
  fast: "sloth-slo-sli-recordings",
  slow: "slogen-slo-sli-long-recordings",
  meta: "sloth-slo-meta-recordings",
  alerts: "sloth-slo-alerts",
} as const;

type Kind = keyof typeof GROUP_NAMES;

const KINDS = Object.keys(GROUP_NAMES) as readonly Kind[];

/** As few groups as hold the rules of a whole service, each below the limit of rules and of one interval. */
export function packedGroups(service: string, slos: readonly SloRules[], options: PrometheusOptions): readonly RuleGroup[] {
  const groups: { name: string; interval: string; rules: Rule[] }[] = [];
  const open = new Map<string, { name: string; interval: string; rules: Rule[] }>();
  const counts = new Map<string, number>();
  for (const run of slos.flatMap((slo) => runs(slo, options))) {
    const lane = `${run.kind}-${run.interval}`;
    let group = open.get(lane);
    if (group === undefined || group.rules.length + run.rules.length > options.maxRulesPerGroup) {
      const count = (counts.get(run.kind) ?? 0) + 1;
      counts.set(run.kind, count);
      group = { name: `slogen-${run.kind}-${service}-${count}`, interval: formatDuration(run.interval), rules: [] };
      groups.push(group);
      open.set(lane, group);
    }
    group.rules.push(...run.rules);
  }
  return groups;
}

/** The most rules that have to stand together; no alert reads another rule of its group. */
export function longestRun(slo: SloRules, options: PrometheusOptions): number {
  return Math.max(0, ...runs(slo, options).map(({ rules }) => rules.length));
}

function runs({ slice, recordings, alerts }: SloRules, { interval, slowInterval }: PrometheusOptions): readonly Run[] {
  const all: readonly Run[] = [
    { kind: "slices", interval: slice ?? interval, rules: recordings.slices },
    { kind: "fast", interval, rules: recordings.fast },
    { kind: "slow", interval: slowInterval, rules: recordings.slow },
    { kind: "meta", interval, rules: recordings.meta },
    ...alerts.map((alert): Run => ({ kind: "alerts", interval, rules: [alert] })),
  ];
  return all.filter(({ rules }) => rules.length > 0);
}
