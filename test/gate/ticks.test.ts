import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import {
  canLoadTesterAsk,
  catchable,
  checksNeeded,
  earliestPromotion,
  evidenceOf,
  ladderRequests,
  lastShare,
  tickPlan,
  ticksNeeded,
  ticksWithoutEvidence,
  tickWeights,
} from "../../src/gate/ticks.ts";
import { tickTimeline } from "../../src/gate/timeline.ts";
import { seconds } from "../../src/units/duration.ts";
import { rational, toDecimal, toNumber } from "../../src/units/rational.ts";
import { every, FLAGGER, flaggerOnDatadog, flaggerPolicyOf, LOADTESTER, stepsOf, switchAfter } from "../support/flagger-policies.ts";
import { policyOf, SETTINGS } from "../support/policies.ts";
import { sloOf } from "../support/slos.ts";

const MATCH = { match: [{ headers: { "x-canary": { exact: "insider" } } }] };
const { source } = policyOf();

describe("the interval", () => {
  const rows = [
    { name: "is the policy's own", policy: flaggerPolicyOf(every(45)), want: 45 },
    { name: "is never what Flagger would silently raise", policy: flaggerPolicyOf(every(5)), want: 10 },
    { name: "lets the ladder keep every bake", policy: flaggerPolicyOf(), want: 120 },
    { name: "is that of the looks where a hook keeps the bakes", policy: flaggerPolicyOf(LOADTESTER), want: 60 },
    {
      name: "lets every series be scraped twice",
      policy: flaggerPolicyOf(LOADTESTER, { source: { ...source, scrapeInterval: seconds(60) } }),
      want: 120,
    },
    { name: "of a switch is that of the looks", policy: flaggerPolicyOf({}, switchAfter(600)), want: 60 },
  ];
  for (const { name, policy, want } of rows)
    test(name, () => {
      assert.equal(tickPlan(policy).interval, want);
    });
});

describe("the ladder", () => {
  const rows = [
    { name: "of a hook is the policy's weights", policy: flaggerPolicyOf(LOADTESTER), want: [5, 20, 50] },
    { name: "of long ticks too", policy: flaggerPolicyOf(every(900)), want: [5, 20, 50] },
    // 600, 600 and 900 s at 300 s: two, two and three weights, each as near below the line as a whole number can be from above.
    { name: "rises to each weight within its bake", policy: flaggerPolicyOf(every(300)), want: [3, 5, 13, 20, 30, 40, 50] },
    {
      name: "without Flagger's own metrics cannot wait for them",
      policy: flaggerPolicyOf({ ...LOADTESTER, ...every(300) }, { source: { ...source, scrapesFlagger: false } }),
      want: [3, 5, 13, 20, 30, 40, 50],
    },
    {
      name: "never repeats a weight, even where that cuts a bake short",
      policy: flaggerPolicyOf(every(60), stepsOf([3, 600])),
      want: [1, 2, 3],
    },
    { name: "on Datadog has no hook", policy: flaggerOnDatadog({ ...LOADTESTER, ...every(900) }), want: [5, 20, 50] },
    { name: "of a switch is none", policy: flaggerPolicyOf({}, switchAfter(600)), want: [] },
  ];
  for (const { name, policy, want } of rows)
    test(name, () => {
      const { ladder } = tickPlan(policy);
      assert.deepEqual(
        ladder.map(({ weight }) => weight),
        want,
      );
    });

  const canaries = fc
    .uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 6 })
    .chain((weights) =>
      fc.tuple(...weights.sort((a, b) => a - b).map((weight) => fc.tuple(fc.constant(weight), fc.integer({ min: 60, max: 7200 })))),
    );
  const plans = fc.record({ steps: canaries, interval: fc.option(fc.integer({ min: 10, max: 900 })), hook: fc.boolean() });

  test("never gets above the policy's plan, ends each step at its weight, and bakes as long", () => {
    fc.assert(
      fc.property(plans, ({ steps, interval, hook }) => {
        const policy = flaggerPolicyOf({ ...(interval !== null && every(interval)), ...(hook && LOADTESTER) }, stepsOf(...steps));
        const plan = tickPlan(policy);
        const weights = tickWeights(plan);
        const keepsBakes = plan.bakes === "hook" || plan.interval >= plan.shortest;
        const line = steps.flatMap(([weight], step) => {
          const ends = steps.slice(0, step + 1).reduce((sum, [, bake]) => sum + bake, 0);
          return { weight, ends };
        });
        for (const [tick, weight] of weights.entries()) {
          const planned = line.find(({ ends }) => tick * plan.interval < ends)?.weight ?? 100;
          if (keepsBakes) assert.ok(weight <= planned, `${weight} % at tick ${tick}, planned ${planned} %`);
        }
        const rungs = plan.ladder.map(({ weight }) => weight);
        for (const [i, weight] of rungs.entries()) assert.ok(Number.isInteger(weight) && weight > (rungs[i - 1] ?? 0));
        for (const [step, { weight, from, to }] of tickTimeline(plan, undefined).entries()) {
          assert.equal(weight, steps[step]?.[0]);
          if (keepsBakes) assert.ok(to - from >= (steps[step]?.[1] ?? 0));
        }
        if (interval === null) assert.ok(keepsBakes);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

/** Metric checks, and ticks from the first ready one to the end, as Flagger's scheduler counts them. */
describe("a release that nothing holds takes Flagger", () => {
  const minutely = (...weights: readonly number[]) => stepsOf(...weights.map((weight) => [weight, 60] as const));
  const rows = [
    { name: "three weights", policy: flaggerPolicyOf(every(60), minutely(20, 40, 60)), checks: 3, ticks: 6 },
    { name: "four weights", policy: flaggerPolicyOf(every(60), minutely(1, 2, 10, 80)), checks: 4, ticks: 7 },
    { name: "one weight that rises by 2", policy: flaggerPolicyOf(every(60), stepsOf([50, 25 * 60])), checks: 25, ticks: 28 },
    { name: "blue/green, once", policy: flaggerPolicyOf(every(60), switchAfter(60)), checks: 2, ticks: 5 },
    { name: "blue/green, ten times", policy: flaggerPolicyOf(every(60), switchAfter(600)), checks: 11, ticks: 14 },
    { name: "A/B, ten times", policy: flaggerPolicyOf({ ...every(60), ...MATCH }, switchAfter(600)), checks: 10, ticks: 13 },
  ];
  for (const { name, policy, checks, ticks } of rows)
    test(`${checks} checks and ${ticks} ticks: ${name}`, () => {
      const plan = tickPlan(policy);
      assert.deepEqual([checksNeeded(plan), ticksNeeded(plan), earliestPromotion(plan)], [checks, ticks, checks * 60]);
    });
});

test("as many ticks may fail as the most impatient SLO waits", () => {
  const slos = ["one", "two"].map((name) => ({ ...sloOf({}), name, id: `shop-${name}` }));
  const policy = policyOf({ slos });
  const gates = policy.gates.map((gate, i) => ({
    ...gate,
    settings: { ...gate.settings, promote: { ...gate.settings.promote, maxWait: seconds(i === 1 ? 610 : 1800) } },
  }));
  const threshold = (interval: number, parts: Partial<typeof policy> = {}): number =>
    tickPlan({ ...policy, ...parts, controller: { ...FLAGGER, ...every(interval) } }).threshold;
  assert.deepEqual([threshold(60), threshold(60, { gates }), threshold(3600)], [30, 11, 1]);
});

test("a load tester is not sent where it cannot get in", () => {
  const token = { kind: "bearer" as const, token: { name: "prometheus", key: "token" } };
  const { address, ...nowhere } = source;
  assert.ok(address);
  const rows = [
    { policy: flaggerPolicyOf(LOADTESTER), want: [true, "loadtester", "hook", "beforeTraffic"] },
    { policy: flaggerPolicyOf(), want: [false, undefined, "ladder", "everyTick"] },
    {
      policy: flaggerPolicyOf(LOADTESTER, { source: { ...source, authentication: token } }),
      want: [false, undefined, "ladder", "everyTick"],
    },
    { policy: flaggerPolicyOf(LOADTESTER, { source: nowhere }), want: [false, undefined, "ladder", "everyTick"] },
    { policy: flaggerOnDatadog(LOADTESTER), want: [false, undefined, "ladder", "everyTick"] },
    {
      policy: flaggerPolicyOf({ ...LOADTESTER, rollback: { url: "http://judge.shop/", at: SETTINGS.fail.at } }),
      want: [true, "service", "hook", "beforeTraffic"],
    },
  ];
  for (const { policy, want } of rows) {
    const { rollback, bakes, budget } = tickPlan(policy);
    assert.deepEqual([canLoadTesterAsk(policy), rollback, bakes, budget], want);
  }
});

test("requests are demanded at the last weight where it is known, by share of the traffic elsewhere, and of each SLO as it says", () => {
  const evidence = (parts: Partial<typeof SETTINGS.evidence>) => ({ settings: { evidence: { ...SETTINGS.evidence, ...parts } } });
  const rows = [
    { policy: flaggerPolicyOf(), want: "lastWeight" },
    { policy: flaggerPolicyOf({}, { source: { ...source, scrapesFlagger: false } }), want: "byShare" },
    { policy: flaggerPolicyOf({}, evidence({ by: "everyStep" })), want: "everyTick" },
    { policy: flaggerPolicyOf({}, evidence({ otherwise: "pass" })), want: "never" },
    { policy: flaggerPolicyOf({}, switchAfter(600)), want: "everyTick" },
    { policy: flaggerOnDatadog(), want: "byShare" },
    { policy: flaggerOnDatadog({}, evidence({ by: "everyStep" })), want: "everyTick" },
    { policy: flaggerOnDatadog({}, switchAfter(600)), want: "everyTick" },
  ] as const;
  for (const { policy, want } of rows) {
    assert.equal(tickPlan(policy).evidence, want);
    assert.deepEqual(
      policy.gates.map((gate) => evidenceOf(policy, gate)),
      [want],
    );
  }
});

describe("the share of the traffic at the last weight", () => {
  const shareOf = (
    window: number,
    controller: Parameters<typeof flaggerOnDatadog>[0],
    parts: Parameters<typeof flaggerOnDatadog>[1] = {},
  ) => toDecimal(lastShare(tickPlan(flaggerOnDatadog(controller, parts)), seconds(window)));
  const rows = [
    { name: "is that weight's, once it lasts a window", given: shareOf(300, every(900)), want: "0.5" },
    // Two minutes at 50 %, two at 47 % and one at 43 %.
    { name: "is below it while the window holds the weights before", given: shareOf(300, {}), want: "0.474" },
    // (50 + 30) % of 60 s of 300 s.
    { name: "counts the time before the first traffic", given: shareOf(300, every(60), stepsOf([30, 60], [50, 60])), want: "0.16" },
    // 1 % of 10 s of 7 h is 0.00000396825…
    { name: "is never rounded up, nor to nothing", given: shareOf(25_200, every(10), stepsOf([1, 10])), want: "0.000003968" },
  ];
  for (const { name, given, want } of rows)
    test(name, () => {
      assert.equal(given, want);
    });

  test("is not undercut at the last weight, whatever ticks fail, so the whole demand is asked for there", () => {
    const ladders = fc.record({
      weights: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 8 }),
      held: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 8, maxLength: 8 }),
      interval: fc.integer({ min: 10, max: 600 }),
      window: fc.integer({ min: 60, max: 3600 }),
    });
    fc.assert(
      fc.property(ladders, ({ weights, held, interval, window }) => {
        const steps = weights.sort((a, b) => a - b).map((weight) => [weight, interval] as const);
        const full = toNumber(lastShare(tickPlan(flaggerOnDatadog(every(interval), stepsOf(...steps))), seconds(window)));
        const ticks = steps.flatMap(([weight], step) => Array<number>(held[step] ?? 1).fill(weight));
        const weightAt = (second: number): number => ticks[Math.floor(second / interval)] ?? 0;
        const end = ticks.length * interval;
        const share =
          Array.from({ length: window }, (_, ago) => weightAt(end - ago - 1)).reduce((sum, each) => sum + each, 0) / (100 * window);
        assert.ok(share >= full - 1e-12, `${share} at the last weight, ${full} expected`);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

test("a canary is expected to serve its weights' share of the traffic", () => {
  const plan = tickPlan(flaggerPolicyOf(every(300)));
  const requests = (tick: number): number => ladderRequests(plan, rational(10), tick);
  // 10 requests a second for 300 s at 3, 5 and 13 %.
  assert.deepEqual([0, 1, 1.5, 3].map(requests), [0, 90, 165, 630]);
  const baked = tickPlan(flaggerPolicyOf(LOADTESTER));
  assert.deepEqual(
    [10, 20, 35].map((tick) => Math.round(ladderRequests(baked, rational(10), tick))),
    [300, 1500, 6000],
  );
});

test("a demand that a low weight cannot meet in time lets no release pass", () => {
  const eachStep = { settings: { evidence: { ...SETTINGS.evidence, by: "everyStep" as const } } };
  const rows = [
    // At 1 % of 10 requests a second, 209 requests take 35 minutes.
    { name: "at each tick", policy: flaggerOnDatadog({}, eachStep), traffic: rational(10), want: 15 },
    { name: "with more traffic", policy: flaggerOnDatadog({}, eachStep), traffic: rational(200), want: 0 },
    // 209 / 0.474 = 441 of all requests: 60 a minute are there after 8 minutes at 1 %, so the ticks at 2, 4 and 6 minutes fail.
    { name: "by share", policy: flaggerOnDatadog(), traffic: rational(1), want: 3 },
    { name: "by share, with more traffic", policy: flaggerOnDatadog(), traffic: rational(10), want: 0 },
    { name: "by share, with hardly any", policy: flaggerOnDatadog(), traffic: rational(1, 10), want: 15 },
    { name: "at the last weight", policy: flaggerPolicyOf(), traffic: rational(10), want: 0 },
    // 45 requests come before the last weight, and 9 a minute with it.
    { name: "at the last weight, kept by a hook", policy: flaggerPolicyOf(LOADTESTER), traffic: rational(3, 10), want: 18 },
  ];
  for (const { name, policy, traffic, want } of rows) {
    const [gate] = policy.gates;
    assert.ok(gate);
    assert.equal(ticksWithoutEvidence(policy, tickPlan(policy), gate, traffic).length, want, name);
  }
});

test("the earliest rollback waits for its looks, each behind the first traffic", () => {
  const at = (policy: ReturnType<typeof flaggerPolicyOf>) => {
    const [gate] = policy.gates;
    assert.ok(gate);
    return catchable(tickPlan(policy), gate);
  };
  assert.deepEqual(at(flaggerPolicyOf(LOADTESTER)), { threshold: 31 * 60, fail: 60, extreme: 60 });
  assert.deepEqual(at(flaggerPolicyOf({ ...LOADTESTER, ...every(30) })), { threshold: 61 * 30, fail: 60, extreme: 30 });
  assert.deepEqual(at(flaggerPolicyOf(every(60))), { threshold: 31 * 60 });
});
