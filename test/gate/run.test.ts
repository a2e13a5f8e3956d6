import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Look } from "../../src/gate/judge.ts";
import { failDelay, planSteps, promoteLooks, requestsToClear, stableReach } from "../../src/gate/plan.ts";
import { runCanary, type CanaryPolicy, type LookRequest, type Outcome } from "../../src/gate/run.ts";
import { seconds } from "../../src/units/duration.ts";
import { burn, policyOf, SETTINGS, share, type PolicyParts } from "../support/policies.ts";
import { sloOf } from "../support/slos.ts";

const MINUTE = 60;

function canary(parts: PolicyParts = {}): CanaryPolicy {
  const policy = policyOf(parts);
  assert.ok(policy.delivery.kind === "canary");
  return { ...policy, delivery: policy.delivery };
}

const look = (bad: number): Look => ({
  recent: { bad, total: 1000 },
  start: { bad, total: 1000 },
  stableRecent: { bad: 0, total: 10_000 },
  stableSince: { bad: 0, total: 10_000 },
  budgetConsumed: 0,
});
const [GOOD, HOLD, FAIL, EXTREME] = [look(0), look(9), look(40), look(90)];

function run(lookAt: (request: LookRequest) => Look, parts?: PolicyParts): Outcome {
  return runCanary(canary(parts), lookAt);
}

describe("a release", () => {
  test("that is healthy takes the planned time", () => {
    assert.deepEqual(
      run(() => GOOD),
      { kind: "promoted", at: 35 * MINUTE },
    );
  });

  test("fails at the second bad look, and at the first extreme one", () => {
    assert.deepEqual(
      run(() => FAIL),
      { kind: "rolledBack", at: 90, step: 0, gate: 0, check: "fail" },
    );
    assert.deepEqual(
      run(() => EXTREME),
      { kind: "rolledBack", at: 60, step: 0, gate: 0, check: "extreme" },
    );
  });

  test("counts bad looks in total, not in a row", () => {
    const outcome = run(({ at }) => (at === 5 * MINUTE || at === 30 * MINUTE ? FAIL : GOOD));
    assert.deepEqual(outcome, { kind: "rolledBack", at: 30 * MINUTE, step: 2, gate: 0, check: "fail" });
  });

  test("that is held for ever ends after `maxWait`", () => {
    assert.deepEqual(
      run(() => HOLD),
      { kind: "timedOut", at: 40 * MINUTE, step: 0, gate: 0, check: "promote" },
    );
    assert.deepEqual(
      run(() => ({})),
      { kind: "timedOut", at: 40 * MINUTE, step: 0, gate: 0, check: "promote" },
    );
  });

  test("that is held goes on by itself after five good looks", () => {
    const outcome = run(({ at }) => (at < 12 * MINUTE ? HOLD : GOOD));
    assert.deepEqual(outcome, { kind: "promoted", at: (12 + 4 + 10 + 15) * MINUTE });
  });

  test("needs its good looks in a row", () => {
    const outcome = run(({ at }) => (at === 8 * MINUTE ? HOLD : GOOD));
    assert.deepEqual(outcome, { kind: "promoted", at: (9 + 4 + 10 + 15) * MINUTE });
  });

  test("is stopped by any of its SLOs, which is named", () => {
    const slos = ["one", "two", "three"].map((name) => ({ ...sloOf({}), name, id: `shop-${name}` }));
    const bad = (which: number, what: Look) => run(({ gate }) => (gate === which ? what : GOOD), { slos });
    assert.deepEqual(bad(2, FAIL), { kind: "rolledBack", at: 90, step: 0, gate: 2, check: "fail" });
    assert.deepEqual(bad(1, HOLD), { kind: "timedOut", at: 40 * MINUTE, step: 0, gate: 1, check: "promote" });
  });

  test("without requests enough is held at the last step alone", () => {
    const idle = { ...GOOD, recent: { bad: 0, total: 100 }, start: { bad: 0, total: 100 } };
    const outcome = run(() => idle);
    assert.ok(outcome.kind === "timedOut" && outcome.step === 2);
    assert.equal(run(() => idle, { settings: { evidence: { ...SETTINGS.evidence, otherwise: "pass" } } }).kind, "promoted");
  });

  test("without series fails after two looks where the policy says so", () => {
    const outcome = run(() => ({}), { settings: { noSeries: "fail" } });
    assert.deepEqual(outcome, { kind: "rolledBack", at: 90, step: 0, gate: 0, check: "series" });
  });

  test("asks in the order of time, never before the delay, and with the same reach at every step", () => {
    const asked: LookRequest[] = [];
    run((request) => {
      asked.push(request);
      return GOOD;
    });
    for (const [i, { at }] of asked.slice(1).entries()) assert.ok(at >= (asked[i]?.at ?? 0));
    assert.ok(asked.every(({ at }) => at >= 60));
    assert.deepEqual([...new Set(asked.map(({ since }) => since))], [40 * MINUTE]);
  });
});

describe("the plan", () => {
  test("has steps that begin where the last ended", () => {
    assert.deepEqual(
      planSteps(canary().delivery).map(({ startsAt, isLast }) => [startsAt, isLast]),
      [
        [0, false],
        [600, false],
        [1200, true],
      ],
    );
  });

  test("looks back on stable over itself and five minutes more", () => {
    assert.equal(stableReach(canary().delivery), 40 * MINUTE);
    assert.equal(stableReach({ kind: "blueGreen", postPromotion: seconds(600), at: SETTINGS.fail.at }), 15 * MINUTE);
  });

  test("puts the last of the good looks at the end of the bake time, and stretches a short one", () => {
    assert.deepEqual(promoteLooks(SETTINGS.promote, seconds(600)), {
      firstAt: 360,
      every: 60,
      count: 35,
      good: 5,
      earliest: 600,
      latest: 2400,
    });
    const { firstAt, earliest } = promoteLooks(SETTINGS.promote, seconds(120));
    assert.deepEqual([firstAt, earliest], [0, 240]);
  });

  test("waits for two scrapes before the first look", () => {
    const { source } = policyOf();
    const delays = [15, 30, 60].map((interval) => failDelay({ ...source, scrapeInterval: seconds(interval) }));
    assert.deepEqual(delays, [60, 60, 120]);
  });

  test("asks for as many requests as clear a canary", () => {
    assert.equal(requestsToClear(burn("14.4"), share("0.001")), 209);
    assert.equal(requestsToClear(burn("2"), share("0.001")), 1500);
  });
});
