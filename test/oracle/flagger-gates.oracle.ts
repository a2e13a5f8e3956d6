import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { checkName } from "../../src/emitters/flagger/names.ts";
import { judge, type Counts, type Finding, type Judgement } from "../../src/gate/judge.ts";
import { stableReach } from "../../src/gate/plan.ts";
import { requestsAsked, type TickOutcome } from "../../src/gate/tick-run.ts";
import { tickPlan } from "../../src/gate/ticks.ts";
import { startFlagger, type FlaggerOracle, type Release } from "./flagger.ts";
import {
  asker,
  countsAt,
  countsOf,
  emitted,
  EXPOSITION,
  LOADTESTER,
  lookAt,
  referenceRelease,
  type Emitted,
  type PolicyParts,
} from "./flagger-releases.ts";
import { SCENARIOS, scraped, served, START, type Pod, type Scenario } from "./gate-scenarios.ts";
import type { Series } from "./prometheus.ts";

/**
 * The templates and hooks as slogen emits them, asked by Flagger's own provider and by its load tester from a real Prometheus, and
 * carried out by Flagger's own controller; the reference implementation judges the counts that Prometheus gives for the same windows.
 */

let flagger: FlaggerOracle;
before(async () => {
  flagger = await startFlagger();
});
after(() => flagger.stop());

const SCRAPES = [15, 30, 60];
const REPRESENTATIVE = [
  "healthy",
  "canary fails 5 %",
  "canary fails 60 %",
  "canary burns above what a promotion allows",
  "canary breaks in its twelfth minute",
  "no series of the canary",
  "shared outage of 20 minutes",
  "shared blip of 3 minutes",
  "young canary, one of its first requests fails",
  "budget gone",
];
/** Seconds after the canary's start. */
const LOOKS = [75, 250, 410, 700, 1330, 2400];
const UNTIL = 5400;
/** The analysis begins when the canary is ready; a subquery's looks lie at whole multiples of their distance. */
const FIRST_TICK = START + 10;

/** How Prometheus stores what Flagger says of its canary: beside the labels of Flagger's own pod. */
const FLAGGER_TARGET = { job: "flagger", namespace: "flagger-system" };

interface Tally {
  compared: number;
  readonly disagreements: string[];
}

/** What a check must say, by our names. */
function findingOf(name: string, { policy }: Emitted, judgements: readonly Judgement[]): { finding: Finding; hasValue: boolean } {
  for (const [index, { slo }] of policy.gates.entries()) {
    const judgement = judgements[index] ?? assert.fail();
    for (const [suffix, finding] of [
      ["promote", judgement.promote],
      ["budget", judgement.budget],
      ["budget-left", judgement.exhausted],
    ] as const) {
      if (name === checkName(policy, slo.id, suffix)) {
        return { finding: finding ?? assert.fail(`${name} is no check of this policy`), hasValue: suffix !== "budget-left" };
      }
    }
  }
  return assert.fail(`what is ${name}?`);
}

function checksIn({ documents }: Emitted): readonly string[] {
  const canary = parseAllDocuments(documents)
    .map((document): unknown => document.toJS())
    .find((each): each is { readonly spec: { readonly analysis: { readonly metrics: readonly { readonly name: string }[] } } } =>
      isKind(each, "Canary"),
    );
  return canary?.spec.analysis.metrics.map(({ name }) => name) ?? assert.fail("no Canary");
}

function isKind(value: unknown, kind: string): boolean {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

/** As Flagger would have shown it all the while; absent where nobody scrapes Flagger. */
function weightSeries(weight: number | undefined, interval: number): readonly Series[] {
  if (weight === undefined) return [];
  const times = Array.from({ length: Math.ceil(3600 / interval) }, (_, i) => START - 600 + i * interval);
  const labels = { __name__: "flagger_canary_weight", workload: "checkout", exported_namespace: "shop", ...FLAGGER_TARGET };
  return [{ labels, samples: times.map((time) => [time, weight] as const) }];
}

async function compare(
  subject: Emitted,
  scenario: Scenario,
  id: string,
  at: number,
  weight: number | undefined,
  tally: Tally,
): Promise<void> {
  const { policy, documents } = subject;
  const lastWeight = tickPlan(policy).ladder.at(-1)?.weight ?? 100;
  const isDemanded = weight === undefined || weight >= lastWeight;
  const judgements: Judgement[] = [];
  for (const [index, gate] of policy.gates.entries()) {
    const look = await lookAt(countsOf(policy, index), stableReach(policy.delivery), asker(flagger, id, START + at));
    const demand = requestsAsked(policy, tickPlan(policy), gate, { isLast: isDemanded });
    judgements.push(judge({ settings: gate.settings, budget: gate.slo.objective.budget, ...demand }, look));
  }
  const down = (scenario.down ?? []).map(({ from, to }) => ({ from: START + from, to: START + to }));
  const isDown = down.some(({ from, to }) => START + at >= from && START + at < to);
  for (const name of checksIn(subject)) {
    const got = await flagger.metric({ documents, metric: name, at: START + at, scenario: id, down });
    const where = `${scenario.name}, ${at} s, weight ${weight ?? "unknown"}, ${name}`;
    tally.compared += 1;
    if (isDown) {
      if (got.pass || !/Status 503/.test(got.events.join())) tally.disagreements.push(`${where}: passes though the source is down`);
      continue;
    }
    const { finding, hasValue } = findingOf(name, subject, judgements);
    const value = got.value === "" ? undefined : Number(got.value);
    const isSame = !hasValue || (finding.burnRate === undefined ? value === undefined : near(value, finding.burnRate));
    if (got.pass !== (finding.verdict === "go") || !isSame) {
      tally.disagreements.push(
        `${where}: Flagger ${got.pass ? "passes" : "holds"} ${got.value} ${got.events.join()}; reference ${finding.verdict} ${finding.burnRate ?? ""}`,
      );
    }
  }
}

/** JSON carries the bound's last digits; thresholds are far coarser. */
function near(value: number | undefined, want: number): boolean {
  return value !== undefined && Math.abs(value - want) <= 1e-9 * Math.max(1, Math.abs(want));
}

/** The canary has the same name in its next release, and its last one was rolled back only just before. */
const SECOND_RELEASES: readonly Scenario[] = [90, 20].map((before): Scenario => {
  const healthy = SCENARIOS.find(({ name }) => name === "healthy") ?? assert.fail();
  const [canary] = healthy.pods.filter(({ side }) => side === "canary");
  assert.ok(canary);
  const earlier: Pod = {
    ...canary,
    name: "5f7d9c4b88-old77",
    from: -900,
    to: -before,
    phases: [{ until: 1e9, rpm: 300, errors: 0.5 }],
  };
  return { ...healthy, name: `a bad release ended ${before} s before`, pods: [...healthy.pods, earlier] };
});

const BLUE_GREEN = `
  blueGreen: { prePromotion: 10m }`;

interface Project {
  readonly name: string;
  readonly parts: PolicyParts;
  /** Seconds between two scrapes, where verdicts are compared. */
  readonly scrapes: readonly number[];
  /** Whether whole releases are run of every scenario; with the load tester's commands a tick takes a quarter of a second of real time. */
  readonly isWhole: boolean;
}

const PROJECTS: readonly Project[] = [
  { name: "without a load tester", parts: {}, scrapes: [15, 60], isWhole: true },
  { name: "with a load tester", parts: { loadtester: true }, scrapes: [30], isWhole: false },
  { name: "Flagger is not scraped", parts: { scrapesFlagger: false }, scrapes: [30], isWhole: false },
  { name: "blue/green", parts: { spec: BLUE_GREEN }, scrapes: [], isWhole: false },
];

suite("Flagger's verdict is the reference's, at every tick", () => {
  for (const { name, parts, scrapes } of PROJECTS.filter((each) => each.scrapes.length > 0)) {
    test(name, async (context) => {
      const subject = await emitted(flagger, parts);
      for (const interval of scrapes) {
        const tally: Tally = { compared: 0, disagreements: [] };
        for (const [index, scenario] of [...SCENARIOS, ...SECOND_RELEASES].entries()) {
          // Each weight at every third scenario, another one at each scrape interval.
          const weight = [undefined, 5, 50][(index + SCRAPES.indexOf(interval)) % 3];
          await flagger.loadScenario("looks", [...scraped(scenario, EXPOSITION, interval, 2700), ...weightSeries(weight, interval)]);
          for (const at of LOOKS) await compare(subject, scenario, "looks", at, parts.scrapesFlagger === false ? undefined : weight, tally);
          await flagger.dropScenario("looks");
        }
        context.diagnostic(`${name}, ${interval} s scrapes: ${tally.compared} measurements, ${tally.disagreements.length} disagreements`);
        assert.deepEqual(tally.disagreements.slice(0, 5), []);
      }
    });
  }
});

/** When Flagger is done with judging: it copies the new version to the primary, or goes back. */
function outcomeOf({ ticks, phase, at }: Release): string {
  if (phase === "Failed") return `rolledBack at ${at} s`;
  const promoted = ticks.find((tick) => tick.phase === "Promoting");
  return promoted === undefined ? `${phase} at ${at} s` : `promoted at ${promoted.at} s`;
}

/** Each tick at which checks were asked, as the reference tells it. */
function ladderOf({ ticks }: Release): readonly string[] {
  return ticks.flatMap((tick, index) => {
    const before = ticks[index - 1];
    const wasAsked = tick.at > 0 && before?.phase === "Progressing" && tick.phase !== "Failed";
    return wasAsked ? [`${tick.at} s: ${before.weight} %, ${tick.failedChecks} failed`] : [];
  });
}

function referenceLadder({ ticks }: TickOutcome): readonly string[] {
  return ticks.map(({ at, weight, failedChecks }) => `${at} s: ${weight} %, ${failedChecks} failed`);
}

/** Whether the hook that is asked before the first traffic lets the release begin. */
async function mayBegin({ policy }: Emitted, scenario: string): Promise<boolean> {
  if (tickPlan(policy).budget !== "beforeTraffic") return true;
  for (const [index, gate] of policy.gates.entries()) {
    const look = await lookAt(countsOf(policy, index), stableReach(policy.delivery), asker(flagger, scenario, FIRST_TICK - 60));
    const { exhausted } = judge({ settings: gate.settings, budget: gate.slo.objective.budget, minRequests: 0 }, look);
    if (exhausted !== undefined && exhausted.verdict !== "go") return false;
  }
  return true;
}

suite("a whole release under Flagger's controller is the reference's, tick by tick", () => {
  for (const { name, parts, isWhole } of PROJECTS) {
    test(name, async (context) => {
      const subject = await emitted(flagger, parts);
      const table: string[] = [];
      const scenarios = [...SCENARIOS, ...SECOND_RELEASES].filter(
        (each) => each.down === undefined && (isWhole || REPRESENTATIVE.includes(each.name)),
      );
      for (const [index, scenario] of scenarios.entries()) {
        await flagger.loadScenario("release", scraped(scenario, EXPOSITION, 30, UNTIL));
        const got = await flagger.run({
          documents: subject.documents,
          start: FIRST_TICK,
          until: UNTIL - 60,
          scenario: "release",
          loadtester: LOADTESTER,
          ...(parts.scrapesFlagger !== false && { scrape: { interval: 30, offset: [1, 14, 29][index % 3] ?? 0, labels: FLAGGER_TARGET } }),
        });
        if (await mayBegin(subject, "release")) {
          const want = await referenceRelease(subject.policy, flagger, "release", FIRST_TICK);
          table.push(`${scenario.name}: ${want.kind} at ${want.at} s, Flagger ${outcomeOf(got)}`);
          assert.deepEqual(ladderOf(got), referenceLadder(want), table.at(-1));
          assert.equal(outcomeOf(got), `${want.kind} at ${want.at} s`, scenario.name);
        } else {
          table.push(`${scenario.name}: it does not begin, Flagger ${outcomeOf(got)}`);
          assert.deepEqual([...new Set(got.ticks.map(({ phase, weight }) => `${phase} ${weight}`))], ["Waiting 0"], scenario.name);
        }
        await flagger.dropScenario("release");
      }
      for (const line of table) context.diagnostic(line);
      context.diagnostic(`${name}: ${table.length} releases, 0 disagreements`);
    });
  }
});

suite("a source that does not answer", () => {
  const scenario = SCENARIOS.find(({ name }) => name === "healthy") ?? assert.fail();
  for (const { name, parts } of PROJECTS.slice(0, 2)) {
    test(`${name}: it holds the release, and rolls nothing back before the threshold`, async () => {
      const { documents, policy } = await emitted(flagger, parts);
      await flagger.loadScenario("down", scraped(scenario, EXPOSITION, 30, UNTIL));
      const { interval } = tickPlan(policy);
      const down = [{ from: FIRST_TICK + 2 * interval, to: FIRST_TICK + 5 * interval }];
      const scrape = { interval: 30, offset: 7, labels: FLAGGER_TARGET };
      const got = await flagger.run({ documents, start: FIRST_TICK, until: UNTIL, scenario: "down", loadtester: LOADTESTER, down, scrape });
      await flagger.dropScenario("down");
      assert.equal(got.phase, "Succeeded");
      assert.equal(Math.max(...got.ticks.map(({ failedChecks }) => failedChecks)), 3);
    });
  }
});

test("Prometheus's counts of a canary stay within one scrape of the true ones, whatever its name did before", async (context) => {
  const { policy } = await emitted(flagger);
  const queries = countsOf(policy, 0);
  for (const interval of SCRAPES) {
    let [worst, compared] = [0, 0];
    for (const scenario of [...SCENARIOS, ...SECOND_RELEASES].filter(({ down }) => down === undefined)) {
      await flagger.loadScenario("truth", scraped(scenario, EXPOSITION, interval, 2700));
      const living = scenario.pods.filter(({ side, to }) => side === "canary" && to === undefined);
      const truth = (time: number): Counts =>
        living
          .flatMap((pod) => [0, 1, 2, 3].map((route) => served(pod, route, Math.max(pod.from, time))))
          .reduce((sum, { good, bad }) => ({ bad: sum.bad + bad, total: sum.total + good + bad }), { bad: 0, total: 0 });
      for (const at of LOOKS) {
        const ask = asker(flagger, "truth", START + at);
        const [start, recent] = await Promise.all([
          countsAt(queries.start, ask, stableReach(policy.delivery)),
          countsAt(queries.recent, ask),
        ]);
        const [least, most] = [truth(at - interval), truth(at)];
        compared += 1;
        if (start === undefined) {
          assert.equal(least.total, 0, `${scenario.name} at ${at} s: nothing seen of ${least.total} requests`);
          continue;
        }
        if (living.some(({ restarts }) => restarts.some((time) => Math.abs(time - at) <= interval))) continue;
        worst = Math.max(worst, most.total - start.total);
        for (const side of ["bad", "total"] as const) {
          const where = `${scenario.name} at ${at} s, ${interval} s scrapes: ${side}`;
          assert.ok(
            start[side] >= least[side] && start[side] <= most[side],
            `${where} ${start[side]} is not within ${least[side]}..${most[side]}`,
          );
          // A window that is longer than the canary's life has no more than its life.
          const isWhole = at <= 250 && living.every(({ restarts }) => restarts.length === 0);
          if (isWhole && recent)
            assert.ok(recent[side] <= most[side] + 1e-9, `${where} ${recent[side]} of the last minutes are more than ${most[side]}`);
        }
      }
      await flagger.dropScenario("truth");
    }
    context.diagnostic(`${interval} s scrapes: ${compared} counts since the start, at most ${worst} requests behind`);
  }
});
