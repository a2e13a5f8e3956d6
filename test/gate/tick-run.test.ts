import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import type { Look } from "../../src/gate/judge.ts";
import type { LookRequest } from "../../src/gate/run.ts";
import { tickRun, type TickOutcome } from "../../src/gate/tick-run.ts";
import { checksNeeded, tickPlan } from "../../src/gate/ticks.ts";
import type { FlaggerPolicy } from "../../src/model/policy.ts";
import { every, flaggerOnDatadog, flaggerPolicyOf, LOADTESTER, stepsOf, switchAfter } from "../support/flagger-policies.ts";
import { datadogSlo } from "../emitters/datadog/support.ts";
import { policyOf, SETTINGS } from "../support/policies.ts";
import { sloOf } from "../support/slos.ts";
import { seconds } from "../../src/units/duration.ts";

const look = (bad: number): Look => ({
  recent: { bad, total: 1000 },
  start: { bad, total: 1000 },
  stableRecent: { bad: 0, total: 10_000 },
  stableSince: { bad: 0, total: 10_000 },
  budgetConsumed: 0,
});
const [GOOD, HOLD, FAIL, EXTREME] = [look(0), look(9), look(40), look(90)];

const minutely = (...weights: readonly number[]) => stepsOf(...weights.map((weight) => [weight, 60] as const));
const patience = (ticks: number) => ({ settings: { promote: { ...SETTINGS.promote, maxWait: seconds(60 * ticks) } } });

function run(policy: FlaggerPolicy, lookAt: (request: LookRequest) => Look): TickOutcome {
  return tickRun(policy)(lookAt);
}

/** The end in short, and each tick's weight, with the count of failures where it failed. */
function shape({ kind, at, ticks }: TickOutcome): readonly unknown[] {
  const route = ticks.map(({ weight, failed, failedChecks }) => (failed.length === 0 ? String(weight) : `${weight}!${failedChecks}`));
  return [kind, at / 60, route.join(" ")];
}

describe("Flagger's ticks", () => {
  const fails =
    (...ticks: readonly number[]) =>
    ({ at }: LookRequest): Look =>
      ticks.includes(at / 60) ? HOLD : GOOD;
  const always = (): Look => HOLD;
  const never = (): Look => GOOD;
  const rows = [
    { name: "a weight a tick, then the promotion", parts: minutely(20, 40, 60), look: never, want: ["promoted", 3, "20 40 60"] },
    {
      name: "a failure holds the weight, and is looked at before the next checks",
      parts: { ...minutely(10, 20, 30, 40, 50), ...patience(5) },
      look: always,
      want: ["rolledBack", 6, "10!1 10!2 10!3 10!4 10!5"],
    },
    {
      name: "failures add up, whatever passes between them",
      parts: { ...minutely(10, 20, 30, 40, 50), ...patience(2) },
      look: fails(1, 4),
      want: ["rolledBack", 5, "10!1 10 20 30!2"],
    },
    {
      name: "one failure is enough for a threshold of one",
      parts: { ...minutely(50), ...patience(1) },
      look: always,
      want: ["rolledBack", 2, "50!1"],
    },
    {
      name: "one failure fewer than the threshold promotes",
      parts: { ...minutely(10, 50), ...patience(2) },
      look: fails(2),
      want: ["promoted", 3, "10 50!1 50"],
    },
    { name: "blue/green is asked once more with all traffic", parts: switchAfter(120), look: never, want: ["promoted", 3, "0 0 100"] },
    { name: "a failure does not count as an iteration", parts: switchAfter(120), look: fails(1), want: ["promoted", 4, "0!1 0 0 100"] },
  ] as const;
  for (const { name, parts, look, want } of rows)
    test(name, () => {
      assert.deepEqual(shape(run(flaggerPolicyOf(every(60), parts), look)), want);
    });

  test("an A/B test has its share of the traffic from the start, and ends without another check", () => {
    const match = [{ headers: { "x-canary": { exact: "insider" } } }];
    assert.deepEqual(shape(run(flaggerPolicyOf({ ...every(60), match }, switchAfter(180)), never)), ["promoted", 3, "100 100 100"]);
  });

  test("a hook keeps a weight for its bake, failed ticks among it", () => {
    const policy = flaggerPolicyOf(LOADTESTER, stepsOf([5, 180], [50, 120]));
    assert.deepEqual(shape(run(policy, never)), ["promoted", 5, "5 5 5 50 50"]);
    assert.deepEqual(shape(run(policy, fails(2))), ["promoted", 5, "5 5!1 5 50 50"]);
    assert.deepEqual(shape(run(policy, fails(3, 4))), ["promoted", 7, "5 5 5!1 5!2 5 50 50"]);
  });
});

describe("the rollback hook", () => {
  const policy = flaggerPolicyOf(LOADTESTER);
  const ends = (policy: FlaggerPolicy, lookAt: (request: LookRequest) => Look) => {
    const outcome = run(policy, lookAt);
    return [outcome.kind, outcome.at, outcome.kind === "rolledBack" ? outcome.hook : undefined];
  };

  test("rolls back at once what is extreme, and what fails in as many looks in a row", () => {
    assert.deepEqual(
      ends(policy, () => EXTREME),
      ["rolledBack", 60, { gate: 0, check: "fail" }],
    );
    assert.deepEqual(
      ends(policy, ({ at }) => (at === 120 ? EXTREME : GOOD)),
      ["rolledBack", 120, { gate: 0, check: "extreme" }],
    );
    assert.deepEqual(
      ends(policy, ({ at }) => (at >= 90 && at <= 120 ? FAIL : GOOD)),
      ["rolledBack", 120, { gate: 0, check: "fail" }],
    );
  });

  test("does not see what fails between two ticks, or in looks apart", () => {
    assert.equal(run(policy, ({ at }) => ([60, 120, 180].includes(at) ? FAIL : GOOD)).kind, "promoted");
    assert.equal(run(policy, ({ at }) => (at % 60 === 30 ? EXTREME : GOOD)).kind, "promoted");
  });

  test("sees the same looks from several ticks where these are closer than they", () => {
    const close = flaggerPolicyOf({ ...LOADTESTER, ...every(20) });
    // At 20 s only one look has traffic behind it.
    assert.deepEqual(
      ends(close, () => FAIL),
      ["rolledBack", 40, { gate: 0, check: "fail" }],
    );
    assert.deepEqual(
      ends(close, ({ at }) => (at === 50 || at === 80 ? FAIL : GOOD)),
      ["rolledBack", 80, { gate: 0, check: "fail" }],
    );
  });

  test("without one, what fails is held until the threshold", () => {
    assert.deepEqual(
      ends(flaggerPolicyOf(every(60)), () => EXTREME),
      ["rolledBack", 31 * 60, undefined],
    );
    assert.deepEqual(
      ends(flaggerOnDatadog(every(60)), () => EXTREME),
      ["rolledBack", 31 * 60, undefined],
    );
  });

  test("waits for two scrapes before no series is a failure", () => {
    const strict = flaggerPolicyOf(LOADTESTER, { settings: { noSeries: "fail" } });
    assert.deepEqual(
      ends(strict, () => ({})),
      ["rolledBack", 120, { gate: 0, check: "series" }],
    );
    assert.equal(run(strict, ({ at }) => (at < 60 ? {} : GOOD)).kind, "promoted");
    const unseen = flaggerPolicyOf(LOADTESTER, { settings: { noSeries: "fail" }, source: { ...policyOf().source, scrapesFlagger: false } });
    assert.deepEqual(
      ends(unseen, () => ({})),
      ["rolledBack", 32 * 60, undefined],
    );
  });
});

describe("a tick's record", () => {
  test("names every check of every SLO that failed", () => {
    const slos = ["one", "two"].map((name) => ({ ...sloOf({}), name, id: `shop-${name}` }));
    const { ticks } = run(flaggerPolicyOf(every(60), { slos }), ({ gate, at }) =>
      gate === 1 && at === 60 ? { ...HOLD, budgetConsumed: 1 } : GOOD,
    );
    assert.deepEqual(ticks[0]?.failed, [
      { gate: 1, check: "promote" },
      { gate: 1, check: "budget" },
      { gate: 1, check: "budgetLeft" },
    ]);
  });

  test("has on Datadog what one request can ask", () => {
    const { ticks } = run(flaggerOnDatadog(every(60), { slos: [datadogSlo()] }), ({ at }) => (at === 60 ? {} : GOOD));
    assert.deepEqual(
      ticks[0]?.failed.map(({ check }) => check),
      ["promote", "promoteSince", "evidence", "budgetLeft"],
    );
  });

  test("has the demanded requests at the last weight alone", () => {
    const idle = { ...GOOD, recent: { bad: 0, total: 100 }, start: { bad: 0, total: 100 } };
    const failures = (policy: FlaggerPolicy): readonly number[] => [
      ...new Set(run(policy, () => idle).ticks.flatMap(({ failed, weight }) => (failed.length > 0 ? weight : []))),
    ];
    assert.deepEqual(failures(flaggerPolicyOf(every(60), minutely(5, 20, 50))), [50]);
    assert.deepEqual(failures(flaggerPolicyOf(LOADTESTER)), [50]);
    assert.deepEqual(failures(flaggerOnDatadog(every(60), { ...minutely(5, 20, 50), ...switchAfter(600) })), [0]);
  });

  test("has them by share of the traffic where nobody knows the weight", () => {
    const source = { ...policyOf().source, scrapesFlagger: false };
    // 100 requests are enough below (209 / 0.5) x 0.2 of the traffic's share, since a window lasts as long as a weight.
    const settings = { window: seconds(60) };
    const failures = (policy: FlaggerPolicy): readonly number[] => {
      const served = ({ step: { weight } }: LookRequest): Look => ({
        ...GOOD,
        recent: { bad: 0, total: 10 * weight },
        start: { bad: 0, total: 100 },
        stableRecent: { bad: 0, total: 1000 - 10 * weight },
      });
      return [...new Set(run(policy, served).ticks.flatMap(({ failed, weight }) => (failed.length > 0 ? weight : [])))];
    };
    for (const weights of [minutely(5, 20, 50), minutely(5, 23, 50)]) {
      assert.deepEqual(failures(flaggerOnDatadog(every(60), { ...weights, settings })), [50]);
      assert.deepEqual(failures(flaggerPolicyOf(every(60), { ...weights, settings, source })), [50]);
    }
    assert.deepEqual(failures(flaggerOnDatadog(every(60), { ...minutely(5, 24, 50), settings })), [24]);
  });
});

test("whatever is seen, a release ends in time, its weights never fall, and only what passes moves it", () => {
  const releases = fc.record({
    steps: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 4 }),
    bake: fc.integer({ min: 30, max: 900 }),
    interval: fc.integer({ min: 10, max: 300 }),
    hook: fc.boolean(),
    looks: fc.array(fc.constantFrom(GOOD, GOOD, HOLD, FAIL, EXTREME, {}), { minLength: 1, maxLength: 50 }),
  });
  fc.assert(
    fc.property(releases, ({ steps, bake, interval, hook, looks }) => {
      const policy = flaggerPolicyOf(
        { ...every(interval), ...(hook && LOADTESTER) },
        stepsOf(...steps.sort((a, b) => a - b).map((weight) => [weight, bake] as const)),
      );
      const plan = tickPlan(policy);
      const asked: number[] = [];
      const outcome = run(policy, ({ at }) => {
        asked.push(at);
        return looks[Math.floor(at / 10) % looks.length] ?? GOOD;
      });
      for (const [i, at] of asked.entries()) assert.ok(at > 0 && at >= (asked[i - 1] ?? 0));
      const { ticks } = outcome;
      assert.ok(ticks.length <= checksNeeded(plan) + plan.threshold);
      for (const [i, tick] of ticks.entries()) {
        const before = ticks[i - 1];
        assert.equal(tick.at, (i + 1) * interval);
        assert.equal(tick.failedChecks, (before?.failedChecks ?? 0) + Number(tick.failed.length > 0));
        assert.ok(tick.failedChecks <= plan.threshold && tick.weight >= (before?.weight ?? 0));
        if (before !== undefined && before.failed.length > 0) assert.equal(tick.weight, before.weight);
      }
      if (outcome.kind === "promoted") assert.ok(ticks.length >= checksNeeded(plan) && ticks.at(-1)?.failed.length === 0);
      else if (outcome.hook === undefined) assert.equal(ticks.at(-1)?.failedChecks, plan.threshold);
    }),
    { seed: 1, numRuns: 500 },
  );
});
