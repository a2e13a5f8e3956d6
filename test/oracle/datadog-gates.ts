import { tag } from "../../src/datadogql/build.ts";
import type { Counts } from "../../src/gate/judge.ts";
import type { DatadogQuery, RatioIndicator } from "../../src/model/model.ts";
import type { DatadogPolicy } from "../../src/model/policy.ts";
import { seconds } from "../../src/units/duration.ts";
import { without } from "../emitters/argo-rollouts/emitted.ts";
import { datadogSlo, ERRORS, events, HITS, query } from "../emitters/datadog/support.ts";
import { datadogPolicyOf, guardOn, sides } from "../support/datadog-policies.ts";
import { policyOf, SETTINGS, share } from "../support/policies.ts";
import { countPoints, elsewhere, latencyPoints, type Release, type Served } from "./datadog-releases.ts";
import type { Point, Series } from "./datadog-scalar.ts";
import { START } from "./gate-scenarios.ts";

/** Policies of every form that a Datadog-backed gate can have, each with how its service would tell Datadog what it served. */
export interface Gate {
  readonly name: string;
  readonly policy: DatadogPolicy;
  /** What is sent of one SLO's events. */
  readonly series: (served: Served, tags: Tags, slo: string) => readonly Series[];
  /** What others send of the same metrics. */
  readonly foreign: readonly Tags[];
  /** By a guard's name, its value over the last `window` seconds of the canary. */
  readonly guards?: Readonly<Record<string, (canary: Counts | undefined) => number | undefined>>;
}

type Tags = Readonly<Record<string, string>>;

/** What the tracer and the agent say of a pod. */
export function tagsOf({ side, hash, pod, route }: Served, { untagged }: Pick<Release, "untagged">): Tags {
  const plain = { env: "prod", kube_cluster_name: "eu-1", resource_name: `/r${route}` };
  if (untagged === true && side === "canary") return plain;
  return { ...plain, version: hash, track: side, pod_name: `checkout-${pod}`, kube_replica_set: `checkout-${hash}` };
}

const counts = (metric: string, tags: Tags, points: readonly Point[]): readonly Series[] =>
  points.length === 0 ? [] : [{ metric, kind: "count", tags, points }];

const all = (good: number, bad: number): number => good + bad;
const onlyGood = (good: number): number => good;
const onlyBad = (_good: number, bad: number): number => bad;

/** The tracer's own metrics. */
export function traced(served: Served, tags: Tags): readonly Series[] {
  return [
    ...counts("trace.http.request.hits", tags, countPoints(served, all)),
    ...counts("trace.http.request.errors", tags, countPoints(served, onlyBad)),
  ];
}

export function latencies(served: Served, tags: Tags): readonly Series[] {
  const points = latencyPoints(served);
  return points.length === 0 ? [] : [{ metric: "trace.http.request", kind: "distribution", tags, points }];
}

/** A gauge that every pod sends as long as it serves. */
function queued(served: Served, tags: Tags): readonly Series[] {
  const points = served.seconds.flatMap(([time, good, bad]): readonly Point[] => (good + bad > 0 ? [[START + time, GAUGED]] : []));
  return points.length === 0 ? [] : [{ metric: "shop.queue", kind: "gauge", tags, points }];
}

const ANSWERS = "sum:shop.answers{env:prod,!code:5xx}.as_count()";
const REQUESTS = "sum:shop.answers{env:prod}.as_count()";
const FAULTS = "sum:shop.faults{service:shop OR service:shop-v2}.as_count()";
const TIMEOUTS = "sum:shop.timeouts{*}.as_count()";
const FULL = "sum:shop.full_answers{!zone:z9}.as_count()";

/** One metric for all answers, told apart by their code. */
function answered(served: Served, tags: Tags): readonly Series[] {
  const code = { ...tags, code: served.route % 2 === 0 ? "2xx" : "3xx" };
  return [
    ...counts("shop.answers", code, countPoints(served, onlyGood)),
    ...counts("shop.answers", { ...tags, code: "5xx" }, countPoints(served, onlyBad)),
  ];
}

const { at } = policyOf();
const RATIO: RatioIndicator<DatadogQuery> = { kind: "ratio", measures: "failure", query: query("avg:shop.failure_ratio{*}", "value"), at };
const GAUGED = 7;
export const GATES: readonly Gate[] = [
  {
    name: "bad events in one list, and the tags of an environment",
    policy: datadogPolicyOf({ matchers: [tag("kube_cluster_name", "eu-1")] }),
    series: traced,
    foreign: [{ env: "staging" }, { kube_cluster_name: "us-1" }],
  },
  {
    name: "good events in words",
    policy: datadogPolicyOf({
      slos: [
        datadogSlo({
          indicator: events(
            "good",
            "sum:shop.answers{env:prod AND (code:2xx OR code:3xx) AND NOT resource_name:/healthz}.as_count()",
            "sum:shop.answers{env:prod AND resource_name NOT IN (/healthz, /ready)}.as_count()",
          ),
        }),
      ],
      isolation: sides([tag("kube_replica_set", "checkout-{hash}")], { strategy: "podTemplateHash" }),
      matchers: [tag("zone", "z9", { negated: true })],
    }),
    series: answered,
    foreign: [{ env: "dev" }, { resource_name: "/healthz" }, { zone: "z9" }],
  },
  {
    name: "several metrics in each sum, one of them split by an OR",
    policy: datadogPolicyOf({
      slos: [datadogSlo({ indicator: events("bad", `${FAULTS} + ${TIMEOUTS}`, `${FULL} + ${FAULTS} + ${TIMEOUTS}`) })],
      isolation: sides([tag("pod_name", "checkout-{hash}-*")], { strategy: "podName" }),
      settings: { budget: { tightenAt: share("0.8"), exhausted: "fail", at }, noSeries: "fail" },
    }),
    series: (served, tags) => [
      ...counts("shop.full_answers", tags, countPoints(served, onlyGood)),
      ...(served.route < 2
        ? counts("shop.faults", { ...tags, service: served.route === 0 ? "shop" : "shop-v2" }, countPoints(served, onlyBad))
        : counts("shop.timeouts", tags, countPoints(served, onlyBad))),
    ],
    foreign: [],
  },
  {
    name: "bad events as a difference, of a total that the user has made zero",
    policy: datadogPolicyOf({
      slos: [datadogSlo({ indicator: events("bad", `${REQUESTS} - ${ANSWERS}`, `default_zero(${REQUESTS})`) })],
      settings: { noSeries: "fail" },
    }),
    series: answered,
    foreign: [{ env: "staging" }],
  },
  {
    name: "good events as a difference",
    policy: datadogPolicyOf({ slos: [datadogSlo({ indicator: events("good", `${HITS} - ${ERRORS}`, HITS) })] }),
    series: traced,
    foreign: [{ env: "staging" }],
  },
  {
    name: "evidence for an SLI that counts nothing",
    policy: datadogPolicyOf({
      slos: [datadogSlo({ indicator: RATIO })],
      evidenceQueries: { bad: query("sum:shop.bad{*}.as_count()"), total: query("sum:shop.all{*}.as_count()") },
      settings: { noSeries: "fail", evidence: { ...SETTINGS.evidence, by: "everyStep" } },
    }),
    series: (served, tags) => [
      ...counts("shop.all", tags, countPoints(served, all)),
      ...counts("shop.bad", tags, countPoints(served, onlyBad)),
    ],
    foreign: [],
  },
  {
    name: "tracks instead of hashes, no extreme check, and a budget that only observes",
    policy: withoutExtreme(
      datadogPolicyOf({
        isolation: sides([tag("track", "canary")], { stable: [tag("track", "stable")], revisionUnique: false }),
        settings: { budget: { tightenAt: share("0.8"), exhausted: "observe", at } },
      }),
    ),
    series: traced,
    foreign: [],
  },
  {
    name: "one bad event is enough, none is no evidence, and guards of each kind",
    policy: datadogPolicyOf({
      settings: {
        minBadEvents: 1,
        confidence: share("0.99"),
        evidence: { ...SETTINGS.evidence, otherwise: "pass" },
        noSeries: "fail",
      },
      guards: [
        { ...guardOn("p99:trace.http.request{env:prod}", "max", "0.8"), name: "slowest" },
        { ...guardOn("p50:trace.http.request{env:prod}", "max", "0.8", "fail"), name: "middle" },
        { ...guardOn("avg:shop.queue{env:prod}", "max", "6", "fail"), name: "queue" },
        { ...guardOn("avg:shop.queue{env:prod} * 2 - 1", "min", "13"), name: "doubled" },
        { ...guardOn("max:shop.queue{env:prod}", "max", "7"), name: "longest" },
        { ...guardOn("sum:shop.panics{env:prod}.as_count()", "max", "3", "fail"), name: "panics" },
      ],
    }),
    series: (served, tags) => [
      ...traced(served, tags),
      ...latencies(served, tags),
      ...counts("shop.panics", tags, countPoints({ ...served, eager: false }, onlyBad)),
      ...queued(served, tags),
    ],
    foreign: [{ env: "staging" }],
    guards: {
      slowest: (canary) => canary && (canary.bad > canary.total - Math.ceil(0.99 * canary.total) ? 1.2 : 0.1),
      middle: (canary) => canary && (canary.bad > canary.total - Math.ceil(0.5 * canary.total) ? 1.2 : 0.1),
      queue: (canary) => canary && GAUGED,
      doubled: (canary) => canary && 2 * GAUGED - 1,
      longest: (canary) => canary && GAUGED,
      panics: (canary) => canary?.bad ?? 0,
    },
  },
  {
    name: "a policy that only observes",
    policy: datadogPolicyOf({ enforcement: "observe" }),
    series: traced,
    foreign: [],
  },
  {
    name: "blue-green",
    policy: datadogPolicyOf({ delivery: { kind: "blueGreen", prePromotion: seconds(600), postPromotion: seconds(1800), at } }),
    series: traced,
    foreign: [],
  },
];

function withoutExtreme(policy: DatadogPolicy): DatadogPolicy {
  return { ...policy, gates: policy.gates.map((gate) => ({ ...gate, settings: without(gate.settings, "extreme") })) };
}

/** What Datadog holds of a release, for SLOs with these histories. */
export function seriesOf(
  { series, foreign }: Omit<Gate, "name" | "policy">,
  release: Release,
  histories: ReadonlyMap<string, Served>,
): readonly Series[] {
  const told = [...histories].flatMap(([slo, history]) =>
    [history, ...release.served].flatMap((served) => series(served, tagsOf(served, release), slo)),
  );
  const noise = foreign.flatMap((tags) =>
    elsewhere(
      told.filter((each) => each.tags["version"] !== undefined && each.points.length < 5000),
      tags,
    ),
  );
  return [...told, ...noise];
}
