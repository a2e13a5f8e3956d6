import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { countQueries, gateQueries, type CountQueries, type Demand } from "../../src/backends/prometheus/gate.ts";
import { judge, type Counts, type Finding, type Judgement, type Look } from "../../src/gate/judge.ts";
import { stableReach } from "../../src/gate/plan.ts";
import type { Slo } from "../../src/model/model.ts";
import type { GateSettings, PrometheusGate } from "../../src/model/policy.ts";
import type { Expr } from "../../src/promql/ast.ts";
import { binary, number, paren } from "../../src/promql/build.ts";
import { printExpr } from "../../src/promql/print.ts";
import { fillWindow } from "../../src/promql/rewrite.ts";
import { seconds, type Seconds } from "../../src/units/duration.ts";
import { rational, toNumber } from "../../src/units/rational.ts";
import { burn, policyOf, share } from "../support/policies.ts";
import { countingGood, measuring, query, sloOf } from "../support/slos.ts";
import { startArgo, type ArgoOracle, type NativeHistogram, type Series } from "./argo.ts";
import { CANARY_HASH, SCENARIOS, scraped, STABLE_HASH, START, type Exposition, type Pod, type Scenario } from "./gate-scenarios.ts";

/*
 * The expressions of a gate give the verdicts of `judge` on the counts that Prometheus itself returns at the same time,
 * whatever the SLI counts and however its series are scraped.
 */

let oracle: ArgoOracle;
before(async () => {
  oracle = await startArgo();
});
after(() => oracle.stop());

const HASHES = { canary: CANARY_HASH, stable: STABLE_HASH };

type Exposed = Exposition["series"][number];

const good = (labels: Exposed["labels"], lazy = false): Exposed => ({ labels, counts: "good", lazy });
const bad = (labels: Exposed["labels"]): Exposed => ({ labels, counts: "bad", lazy: true });
const all = (labels: Exposed["labels"]): Exposed => ({ labels, counts: "all", lazy: false });

/** A way to count requests, and how the service exposes them. */
interface Subject {
  readonly name: string;
  readonly slo: (target: string) => Slo;
  readonly evidence?: PrometheusGate["evidenceQueries"];
  readonly exposes: readonly Exposed[];
  readonly revisionUnique?: false;
  readonly native?: true;
}

const CODES = [good({ __name__: "http_requests_total", code: "200" }), bad({ __name__: "http_requests_total", code: "503" })];
const HISTOGRAM = [
  good({ __name__: "http_seconds_bucket", le: "0.4" }),
  all({ __name__: "http_seconds_bucket", le: "+Inf" }),
  all({ __name__: "http_seconds_count" }),
];

const badSlo = (events: string, total: string) => (target: string) => sloOf({ target, bad: events, total });
const goodSlo = (events: string, total: string) => (target: string) => countingGood(badSlo(events, total)(target));

const BAD = 'sum(rate(http_requests_total{code=~"5.."}[{{.window}}]))';
const TOTAL = "sum(rate(http_requests_total[{{.window}}]))";

const SUBJECTS: readonly Subject[] = [
  { name: "bad of all", slo: badSlo(BAD, TOTAL), exposes: CODES },
  { name: "bad of all, series outlive a revision", slo: badSlo(BAD, TOTAL), exposes: CODES, revisionUnique: false },
  {
    name: "good of all, both born late",
    slo: goodSlo('sum(increase(http_requests_total{code!~"5.."}[{{.window}}]))', "sum(increase(http_requests_total[{{.window}}]))"),
    exposes: [good({ __name__: "http_requests_total", code: "200" }, true), bad({ __name__: "http_requests_total", code: "503" })],
  },
  {
    name: "by route",
    slo: badSlo('sum by (route) (rate(http_requests_total{code=~"5.."}[5m]))', "sum by (route) (rate(http_requests_total[5m]))"),
    exposes: CODES,
  },
  {
    name: "buckets of a histogram",
    slo: goodSlo('sum(rate(http_seconds_bucket{le="0.4"}[{{.window}}]))', "sum(rate(http_seconds_count[{{.window}}]))"),
    exposes: HISTOGRAM,
  },
  {
    name: "buckets of a histogram, the slow ones counted",
    slo: badSlo(
      'sum(rate(http_seconds_count[{{.window}}])) - sum(rate(http_seconds_bucket{le="0.4"}[{{.window}}]))',
      "sum(rate(http_seconds_count[{{.window}}]))",
    ),
    exposes: HISTOGRAM,
  },
  {
    name: "a bucket that nobody exports",
    slo: goodSlo('sum(rate(http_seconds_bucket{le="0.3"}[{{.window}}]))', "sum(rate(http_seconds_count[{{.window}}]))"),
    exposes: HISTOGRAM,
  },
  {
    name: "a native histogram",
    slo: goodSlo(
      "histogram_fraction(0, 0.5, sum(rate(http_seconds[{{.window}}]))) * histogram_count(sum(rate(http_seconds[{{.window}}])))",
      "histogram_count(sum(rate(http_seconds[{{.window}}])))",
    ),
    exposes: [good({ __name__: "http_seconds" }), bad({ __name__: "http_seconds" })],
    native: true,
  },
  {
    name: "a share of all, which is NaN without traffic",
    slo: badSlo(`${BAD} / ${TOTAL} * ${TOTAL}`, TOTAL),
    exposes: CODES,
  },
  {
    name: "evidence for a ready ratio",
    slo: (target) => ({
      ...sloOf({ target }),
      indicator: {
        kind: "ratio",
        measures: "failure",
        query: query("avg(avg_over_time(failing[{{.window}}]))", { kind: "ratio" }),
        at: sloOf({}).at,
      },
    }),
    evidence: { bad: query(BAD), total: query(TOTAL) },
    exposes: CODES,
  },
];

interface Case {
  readonly subject: Subject;
  readonly scenario: Scenario;
  readonly interval: number;
  readonly target: string;
  readonly settings: Partial<GateSettings>;
  /** Seconds from the canary's first traffic. */
  readonly looks: readonly number[];
  readonly minRequests: number;
  /** The share of the traffic at which so many are demanded; the same at any share where it is absent. */
  readonly fullShare?: number;
}

interface Tally {
  looks: number;
  readonly verdicts: Map<string, number>;
}

const SINCE = [seconds(600), seconds(1200), seconds(2100)];

async function check(id: string, { subject, scenario, interval, target, settings, looks, ...demand }: Case, tally: Tally): Promise<void> {
  const slo = subject.slo(target);
  const policy = policyOf({ slos: [slo], settings });
  const isolation = { ...policy.isolation, revisionUnique: subject.revisionUnique ?? true };
  const [planned] = policy.gates;
  assert.ok(planned);
  const gate: PrometheusGate = { ...planned, ...(subject.evidence && { evidenceQueries: subject.evidence }) };
  const view = { ...policy, isolation };
  const queries = gateQueries(gate, view, HASHES, demandOf(demand));
  const counts = countQueries(gate, view, HASHES) ?? assert.fail("the gate has no counts");

  await oracle.loadScenario(id, seriesOf(subject, scenario, interval, Math.max(...looks) + 60));
  try {
    for (const at of looks) {
      const since = SINCE.find((each) => each >= at) ?? seconds(2100);
      const ask = asking(id, START + at, since);
      const stage = await lookAt(counts, (expr) => ask(expr));
      const whole = await lookAt(counts, (expr) => ask(expr, stableReach(policy.delivery)));
      const input = { settings: gate.settings, budget: slo.objective.budget, ...demand };
      const background = judge(input, whole);
      const inline = judge(input, stage);
      const context = `${subject.name}, ${scenario.name}, every ${interval} s, at ${at} s: ${JSON.stringify({ stage, whole, settings: shown(gate.settings), ...demand }, null, 1)}`;
      const limits = gate.settings.promote;

      assertFailing(await ask(queries.fail), background.fail, `fail: ${context}`);
      if (queries.extreme) assertFailing(await ask(queries.extreme), background.extreme, `extreme: ${context}`);
      if (queries.series)
        assert.equal(await ask(queries.series), background.series.verdict === "fail" ? 1 : undefined, `series: ${context}`);
      assertPromoting(await ask(queries.promote), inline.promote, toNumber(limits.burnRate), `promote: ${context}`);
      if (queries.budget) assertPromoting(await ask(queries.budget), inline.budget, 1, `budget: ${context}`);
      if (queries.budgetLeft) {
        const left = await ask(queries.budgetLeft);
        assert.equal(left === undefined ? undefined : 1 - left, stage.budgetConsumed, `budget left: ${context}`);
      }
      const budget = toNumber(slo.objective.budget);
      assertClose(await ask(queries.canaryBurn), plainBurn(stage.recent, budget), `canary's burn: ${context}`);
      assertClose(await ask(queries.stableBurn), plainBurn(stage.stableRecent, budget), `stable's burn: ${context}`);
      tally.looks += 1;
      for (const [check, verdict] of verdictsOf(background, inline))
        tally.verdicts.set(`${check} ${verdict}`, (tally.verdicts.get(`${check} ${verdict}`) ?? 0) + 1);
    }
  } finally {
    await oracle.dropScenario(id);
  }
}

function demandOf({ minRequests, fullShare }: Pick<Case, "minRequests" | "fullShare">): Demand | undefined {
  if (minRequests === 0) return undefined;
  return fullShare === undefined
    ? number(String(minRequests))
    : (timesCanary) => binary(number(String(minRequests / fullShare)), "/", paren(timesCanary));
}

function verdictsOf(background: Judgement, inline: Judgement): readonly (readonly [string, string])[] {
  return [
    ["fail", background.fail.verdict],
    ...(background.extreme ? [["extreme", background.extreme.verdict] as const] : []),
    ["series", background.series.verdict],
    ["promote", inline.promote.burnRate === undefined ? "hold without data" : inline.promote.verdict],
    ...(inline.budget ? [["budget", inline.budget.verdict] as const] : []),
  ];
}

async function lookAt(counts: CountQueries, ask: (expr: Expr) => Promise<number | undefined>): Promise<Look> {
  const side = async <K extends "recent" | "start" | "stableRecent" | "stableSince">(key: K): Promise<Partial<Record<K, Counts>>> => {
    const [bad, total] = [await ask(counts[key].bad), await ask(counts[key].total)];
    return bad === undefined || total === undefined ? {} : ({ [key]: { bad, total } } as Record<K, Counts>);
  };
  const budgetConsumed = await ask(counts.budgetConsumed);
  return {
    ...(await side("recent")),
    ...(await side("start")),
    ...(await side("stableRecent")),
    ...(await side("stableSince")),
    ...(budgetConsumed !== undefined && { budgetConsumed }),
  };
}

type Ask = (expr: Expr, over?: Seconds) => Promise<number | undefined>;

/** Asks the same question once. */
function asking(id: string, at: number, since: Seconds): Ask {
  const answers = new Map<string, Promise<number | undefined>>();
  return (expr, over = since) => {
    const text = printExpr(fillWindow(expr, over));
    const answer = answers.get(text) ?? value(id, at, text);
    answers.set(text, answer);
    return answer;
  };
}

/** The only element of the answer, which has no labels. */
async function value(id: string, at: number, text: string): Promise<number | undefined> {
  const elements = await oracle.query(id, at, text);
  assert.ok(elements.length <= 1, `${elements.length} elements: ${text}`);
  const [element] = elements;
  if (element === undefined) return undefined;
  assert.deepEqual(element.labels, {}, text);
  return Number(element.value);
}

function assertFailing(given: number | undefined, finding: Finding | undefined, context: string): void {
  if (finding?.verdict === "fail") assertClose(given, finding.burnRate, context);
  else assert.equal(given, undefined, context);
}

function assertPromoting(given: number | undefined, finding: Finding | undefined, limit: number, context: string): void {
  assert.equal(given !== undefined && given <= limit, finding?.verdict === "go", context);
  // When all pods are gone, nothing is left since the start; what they did within the window may still be shown, and holds.
  if (finding?.burnRate !== undefined || given === undefined) assertClose(given, finding?.burnRate, context);
}

function assertClose(given: number | undefined, want: number | undefined, context: string): void {
  const isClose = given === undefined || want === undefined ? given === want : Math.abs(given - want) <= 1e-9 * Math.max(1, Math.abs(want));
  assert.ok(isClose, `${given} instead of ${want}: ${context}`);
}

function plainBurn(counts: Counts | undefined, budget: number): number | undefined {
  return counts === undefined || counts.total <= 0 ? undefined : counts.bad / counts.total / budget;
}

function shown({ fail, extreme, promote, noTraffic, noSeries }: GateSettings): unknown {
  const limits = (each: GateSettings["extreme"]) => each && [toNumber(each.burnRate), toNumber(each.timesStable)];
  return { fail: limits(fail), extreme: limits(extreme), promote: limits(promote), noTraffic, noSeries };
}

function seriesOf(subject: Subject, scenario: Scenario, interval: number, until: number): readonly Series[] {
  const exposition: Exposition = {
    example: "",
    identify: ({ name }) => ({ pod: `checkout-${name}` }),
    series: subject.exposes.map((each, index) =>
      subject.native ? { ...each, labels: { ...each.labels, part: String(index) }, lazy: false } : each,
    ),
    sloIds: ["shop-hits"],
  };
  const series = scraped(scenario, exposition, interval, until);
  return subject.native ? asHistograms(series) : series;
}

/** Good requests take a quarter of a second, bad ones two. */
function asHistograms(series: ReturnType<typeof scraped>): readonly Series[] {
  const [good, bad, others] = ["0", "1", undefined].map((part) => series.filter(({ labels }) => labels["part"] === part));
  assert.ok(good && bad && others);
  const histograms = good.map(({ labels: { part: _, ...labels }, samples }, index) => ({
    labels,
    samples: samples.map(([at, fast], i) => {
      const slow = bad[index]?.samples[i]?.[1] ?? 0;
      return [at, fast === null ? null : histogram(fast, slow)] as const;
    }),
  }));
  return [...others, ...histograms];
}

function histogram(fast: number, slow: number): NativeHistogram {
  return `{{schema:0 count:${fast + slow} sum:${fast / 4 + slow * 2} offset:-2 buckets:[${fast} 0 0 ${slow}]}}`;
}

/** https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (mulberry32) */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const EXTRA: readonly Scenario[] = [
  {
    name: "two bad of sixty",
    pods: [
      pod("stable", [{ until: 1e9, rpm: 540, errors: 0.001 }]),
      pod("canary", [
        { until: 120, rpm: 15, errors: 0.0667 },
        { until: 1e9, rpm: 15, errors: 0 },
      ]),
    ],
    budgetConsumed: 0.3,
  },
];

function pod(side: Pod["side"], phases: Pod["phases"], parts: Partial<Pod> = {}): Pod {
  const hash = side === "canary" ? CANARY_HASH : STABLE_HASH;
  return { side, name: `${hash}-r4nd0`, from: side === "canary" ? 0 : -5400, restarts: [], phases, eager: false, ...parts };
}

const newTally = (): Tally => ({ looks: 0, verdicts: new Map() });

function report(name: string, { looks, verdicts }: Tally): void {
  process.stderr.write(
    `${name}: ${looks} looks; ${[...verdicts]
      .sort()
      .map(([verdict, n]) => `${verdict} ${n}`)
      .join(", ")}\n`,
  );
}

/** Series of one pod as a function of the seconds since the canary's start; undefined where it does not exist. */
interface Line {
  readonly pod: string;
  readonly code: string;
  readonly route?: string;
  readonly at: (time: number) => number | undefined;
}

const CANARY_POD = `checkout-${CANARY_HASH}-aaaaa`;
const rising =
  (perSecond: number, from: number, value = 0) =>
  (time: number) =>
    time < from ? undefined : value + perSecond * (time - from);
const born = (from: number, value: number) => (time: number) => (time < from ? undefined : value);
const restarting = (perSecond: number, restart: number) => (time: number) =>
  time < 0 ? undefined : perSecond * (time < restart ? time : time - restart);
const oldPod = (code: string, perSecond: (time: number) => number | undefined): Line => ({
  pod: `checkout-${STABLE_HASH}-aaaaa`,
  code,
  at: perSecond,
});
const newPod = (code: string, at: Line["at"], route = "/"): Line => ({ pod: CANARY_POD, code, route, at });

const STABLE = [oldPod("200", rising(9, -3600)), oldPod("503", rising(0.009, -3600))];

/** Wilson's lower bound for rare events at 95 %, as a burn rate of an SLO of 99.9 %. */
const bound = (bad: number, total: number): number => (Math.sqrt(bad + 1.645 ** 2 / 4) - 1.645 / 2) ** 2 / total / 0.001;

interface Told {
  readonly name: string;
  readonly lines: readonly Line[];
  readonly at: number;
  /** Burn rates, true to two percent; undefined for nothing. */
  readonly fail: number | undefined;
  readonly promote: number | undefined;
}

const TOLD: readonly Told[] = [
  {
    name: "eight error series are born with one error each: all are seen",
    lines: [...STABLE, newPod("200", rising(1, 0)), ...Array.from({ length: 8 }, (_, i) => newPod("503", born(60, 1), `/r${i}`))],
    at: 240,
    fail: bound(8, 248),
    promote: bound(8, 248),
  },
  { name: "no error series", lines: [...STABLE, newPod("200", rising(1, 0))], at: 240, fail: undefined, promote: 0 },
  { name: "no series of the canary", lines: STABLE, at: 240, fail: undefined, promote: undefined },
  { name: "no traffic", lines: [...STABLE, newPod("200", rising(0, 0))], at: 240, fail: undefined, promote: undefined },
  {
    name: "two bad of sixty",
    lines: [...STABLE, newPod("200", rising(0.25, 0)), newPod("503", born(60, 2))],
    at: 240,
    fail: undefined,
    promote: 0,
  },
  {
    name: "an earlier pod of the same hash had fifty errors",
    lines: [
      ...STABLE,
      newPod("200", rising(1, 0)),
      ...["200", "503"].map((code) => ({
        pod: `checkout-${CANARY_HASH}-zzzzz`,
        code,
        at: (time: number) => (time >= -900 && time < -600 ? 50 : undefined),
      })),
    ],
    at: 240,
    fail: undefined,
    promote: 0,
  },
  {
    name: "both sides fail a tenth since the canary's start: not its fault",
    lines: [
      oldPod("200", rising(9, -3600)),
      oldPod("503", (time) => Math.max(0, time)),
      newPod("200", rising(9, 0)),
      newPod("503", rising(1, 0)),
    ],
    at: 600,
    fail: undefined,
    promote: bound(300, 3000),
  },
  {
    name: "the canary alone fails a tenth",
    lines: [...STABLE, newPod("200", rising(9, 0)), newPod("503", rising(1, 0))],
    at: 600,
    fail: bound(300, 3000),
    promote: bound(300, 3000),
  },
  {
    name: "the canary fails a tenth and restarts",
    lines: [...STABLE, newPod("200", restarting(9, 1200)), newPod("503", restarting(1, 1200))],
    at: 1320,
    fail: bound(300, 3000),
    promote: bound(300, 3000),
  },
];

suite("what a gate must see, by hand", () => {
  for (const { name, lines, at, fail, promote } of TOLD) {
    for (const interval of [15, 30, 60]) {
      test(`${name}, scraped every ${interval} s`, async () => {
        const slo = sloOf({ bad: BAD, total: TOTAL });
        const policy = policyOf({ slos: [slo] });
        const [gate] = policy.gates;
        assert.ok(gate);
        const queries = gateQueries(gate, policy, HASHES, undefined);
        const times = Array.from({ length: Math.floor((3600 + at) / interval) + 1 }, (_, i) => i * interval - 3600);
        await oracle.loadScenario(
          "told",
          lines.map(({ pod, code, route = "/", at: valueAt }) => ({
            labels: { __name__: "http_requests_total", pod, code, route },
            samples: times.flatMap((time): Series["samples"] => {
              const now = valueAt(time);
              // Prometheus marks a series as stale at the first scrape without it.
              if (now === undefined) return valueAt(time - interval) === undefined ? [] : [[START + time, null]];
              return [[START + time, now]];
            }),
          })),
        );
        const ask = asking("told", START + at, seconds(2100));
        assertNear(await ask(queries.fail), fail, "fail");
        assertNear(await ask(queries.promote), promote, "promote");
      });
    }
  }
});

/** What a gauge shows on each side, from an hour before the look until the look. */
interface Gauge {
  readonly canary: readonly (number | "NaN")[] | undefined;
  readonly stable: readonly (number | "NaN")[] | undefined;
}

interface Uncounted {
  readonly name: string;
  readonly slo: Slo;
  /** The last samples, a minute apart; the first one stands for all before it. */
  readonly gauge: Gauge;
  readonly fail: number | undefined;
  readonly promote: number | undefined;
}

const asRatio = (text: string): Slo =>
  measuring(sloOf({}), { kind: "ratio", measures: "failure", query: query(text, { kind: "ratio" }), at: sloOf({}).at });

const QUEUE = measuring(sloOf({ target: "0.99" }), {
  kind: "threshold",
  query: query("max(age)", { kind: "value" }),
  op: "<",
  limit: rational(60),
  at: sloOf({}).at,
});

const RATIO = asRatio("avg(avg_over_time(failing[{{.window}}]))");

const UNCOUNTED: readonly Uncounted[] = [
  { name: "a ratio, the canary's fault", slo: RATIO, gauge: { canary: [0.05], stable: [0.001] }, fail: 50, promote: 50 },
  { name: "a ratio, nobody's fault", slo: RATIO, gauge: { canary: [0.05], stable: [0.04] }, fail: undefined, promote: 2 },
  { name: "a ratio, good", slo: RATIO, gauge: { canary: [0.001], stable: undefined }, fail: undefined, promote: 1 },
  { name: "a ratio of no traffic", slo: RATIO, gauge: { canary: ["NaN"], stable: [0.001] }, fail: undefined, promote: undefined },
  { name: "a ratio that nobody measures", slo: RATIO, gauge: { canary: undefined, stable: [0.001] }, fail: undefined, promote: undefined },
  { name: "a ratio, stable silent", slo: RATIO, gauge: { canary: [0.05], stable: ["NaN"] }, fail: 50, promote: 50 },
  // Two of five minutes are beyond the limit: 40 % of the window, at a budget of 1 %.
  { name: "a threshold", slo: QUEUE, gauge: { canary: [20, 80, 80, 80], stable: [20] }, fail: 40, promote: 40 },
  { name: "a threshold, kept", slo: QUEUE, gauge: { canary: [20], stable: [80] }, fail: undefined, promote: 0 },
  {
    name: "time slices",
    slo: { ...QUEUE, budgeting: sloOf({ slice: seconds(60) }).budgeting },
    gauge: { canary: [20, 80, 80, 80], stable: [20] },
    fail: 40,
    promote: 40,
  },
];

suite("an SLI without counts is judged by its error ratio over the window", () => {
  for (const { name, slo, gauge, fail, promote } of UNCOUNTED) {
    test(name, async () => {
      const policy = policyOf({ slos: [slo] });
      const [gate] = policy.gates;
      assert.ok(gate);
      assert.equal(countQueries(gate, policy, HASHES), undefined);
      const queries = gateQueries(gate, policy, HASHES, number("209"));
      const series = (["canary", "stable"] as const).flatMap((side): Series[] => {
        const values = gauge[side];
        if (values === undefined) return [];
        const samples = Array.from(
          { length: 61 },
          (_, i) => [START - 3600 + i * 60, values[Math.max(0, i - 61 + values.length)] ?? 0] as const,
        );
        const labels = { __name__: slo === RATIO ? "failing" : "age", pod: `checkout-${HASHES[side]}-aaaaa` };
        return [{ labels, samples }];
      });
      await oracle.loadScenario("uncounted", series);
      const ask = asking("uncounted", START, seconds(2100));
      assertNear(await ask(queries.fail), fail, "fail");
      assertNear(await ask(queries.promote), promote, "promote");
    });
  }
});

function assertNear(given: number | undefined, want: number | undefined, check: string): void {
  const isNear = given === undefined || want === undefined ? given === want : Math.abs(given - want) <= 0.02 * want;
  assert.ok(isNear, `${check}: ${given} instead of ${want}`);
}

suite("a gate's expressions give the verdicts of judge", { concurrency: 2 }, () => {
  for (const subject of SUBJECTS) {
    test(subject.name, async () => {
      const tally = newTally();
      for (const [index, scenario] of [...SCENARIOS, ...EXTRA].entries()) {
        const interval = [15, 30, 60][index % 3] ?? 30;
        const settings = { noSeries: "fail", noTraffic: index % 2 === 0 ? "pass" : "hold" } as const;
        const looks = [61, 240, 420, 615, 1260, 1995];
        await check(
          subject.name,
          { subject, scenario, interval, target: "0.999", settings, looks, minRequests: index % 4 === 0 ? 209 : 0 },
          tally,
        );
      }
      report(subject.name, tally);
    });
  }

  for (const [index, subject] of SUBJECTS.entries()) {
    test(`${subject.name}, at random`, async () => {
      const random = randomOf(index + 1);
      const tally = newTally();
      for (let i = 0; i < 12; i++) await check(`${subject.name} at random`, randomCase(subject, random), tally);
      report(`${subject.name}, at random`, tally);
    });
  }
});

function randomCase(subject: Subject, random: () => number): Case {
  const one = <T>(...choices: readonly [T, ...T[]]): T => choices[Math.floor(random() * choices.length)] ?? choices[0];
  const errors = (): number => one(0, 0.0005, 0.002, 0.01, 0.05, 0.3, 1);
  const between = (low: number, high: number): number => Math.floor(low + random() * (high - low));
  const phases = (rpm: number): Pod["phases"] => [
    { until: between(100, 500), rpm, errors: errors() },
    { until: between(500, 1200), rpm: one(rpm, 0, rpm * 3), errors: errors() },
    { until: 1e9, rpm, errors: errors() },
  ];
  const canary = Array.from({ length: between(1, 3) }, (_, i) =>
    pod("canary", phases(one(0, 3, 20, 60, 600)), {
      name: `${CANARY_HASH}-r${i}`,
      from: between(0, 200),
      eager: random() < 0.3,
      restarts: random() < 0.3 ? [between(200, 900)] : [],
      ...(random() < 0.2 && { to: between(600, 1500) }),
    }),
  );
  const stable = random() < 0.1 ? [] : [pod("stable", phases(one(60, 600)), { eager: random() < 0.5 })];
  return {
    subject,
    scenario: { name: "at random", pods: [...canary, ...stable], ...(random() < 0.8 && { budgetConsumed: one(0, 0.5, 0.8, 0.95, 1.2) }) },
    interval: one(15, 30, 60),
    target: one("0.9", "0.99", "0.999"),
    settings: {
      window: seconds(one(120, 300, 600)),
      fail: {
        ...(policyOf().gates[0]?.settings.fail ?? assert.fail()),
        burnRate: burn(one("3", "8", "14.4")),
        timesStable: rational(one(1, 2, 5)),
      },
      confidence: share(one("0.8", "0.95", "0.99")),
      minBadEvents: one(1, 3, 5),
      noSeries: one("hold", "fail"),
      noTraffic: one("hold", "pass"),
    },
    looks: Array.from({ length: 5 }, () => between(30, 2000)).sort((a, b) => a - b),
    ...one(
      { minRequests: 0 },
      { minRequests: 50 },
      { minRequests: 300 },
      { minRequests: 20, fullShare: 0.2 },
      { minRequests: 100, fullShare: 0.5 },
    ),
  };
}
