import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { boundConstants, CONFIDENCES, lowerBound, quantile, upperBound } from "../../src/gate/confidence.ts";
import { hasEvidence, judge, type Counts, type Judgement, type Look } from "../../src/gate/judge.ts";
import { Random } from "../../src/gate/random.ts";
import type { GateSettings } from "../../src/model/policy.ts";
import { SETTINGS, share } from "../support/policies.ts";

const BUDGET = share("0.001");

function judged(look: Look, settings: Partial<GateSettings> = {}, minRequests = 0): Judgement {
  return judge({ settings: { ...SETTINGS, ...settings }, budget: BUDGET, minRequests }, look);
}

const of = (bad: number, total: number): Counts => ({ bad, total });
const HEALTHY: Look = {
  recent: of(0, 1000),
  start: of(1, 3000),
  stableRecent: of(10, 20_000),
  stableSince: of(70, 140_000),
  budgetConsumed: 0.2,
};

describe("looks and what is said of them", () => {
  const rows: readonly (readonly [given: string, look: Look, fail: string, extreme: string, promote: string])[] = [
    ["a healthy canary", HEALTHY, "go", "go", "go"],
    ["burn 9, which only holds", { ...HEALTHY, recent: of(9, 1000), start: of(27, 3000) }, "go", "go", "hold"],
    ["burn 40", { ...HEALTHY, recent: of(40, 1000), start: of(40, 3000) }, "fail", "go", "hold"],
    ["burn 80", { ...HEALTHY, recent: of(80, 1000), start: of(80, 3000) }, "fail", "fail", "hold"],
    ["burn 40 on both sides", { ...HEALTHY, recent: of(40, 1000), stableRecent: of(800, 20_000) }, "go", "go", "hold"],
    ["burn 80 on the canary, 4 on stable", { ...HEALTHY, recent: of(80, 1000), stableRecent: of(80, 20_000) }, "fail", "fail", "hold"],
    ["burn 80 on the canary, 7 on stable", { ...HEALTHY, recent: of(80, 1000), stableRecent: of(140, 20_000) }, "fail", "go", "hold"],
    ["too little in the window, enough since the start", { ...HEALTHY, recent: of(2, 25), start: of(12, 300) }, "fail", "go", "hold"],
    ["much since the start, but over", { ...HEALTHY, recent: of(0, 1000), start: of(120, 3000) }, "go", "go", "hold"],
    ["much since the start, as on stable", { ...HEALTHY, start: of(120, 3000), stableSince: of(4200, 140_000) }, "go", "go", "go"],
    [
      "much since the start; now both sides",
      { ...HEALTHY, recent: of(2, 25), start: of(12, 300), stableRecent: of(1600, 20_000) },
      "go",
      "go",
      "hold",
    ],
    ["two bad requests of three", { ...HEALTHY, recent: of(2, 3), start: of(2, 3) }, "go", "go", "go"],
    ["one bad request of twenty", { ...HEALTHY, recent: of(1, 20), start: of(1, 20) }, "go", "go", "go"],
    ["no series at all", {}, "go", "go", "hold"],
    ["no series of the canary", { stableRecent: of(1, 100), stableSince: of(1, 100) }, "go", "go", "hold"],
    ["no traffic: 0/0", { recent: of(0, 0), start: of(0, 0) }, "go", "go", "hold"],
    ["no traffic in the window", { ...HEALTHY, recent: of(0, 0) }, "go", "go", "go"],
    ["no series of stable, burn 40", { recent: of(40, 1000), start: of(40, 3000) }, "fail", "go", "hold"],
    [
      "no traffic on stable, burn 40",
      { ...HEALTHY, recent: of(40, 1000), stableRecent: of(0, 0), stableSince: of(0, 0) },
      "fail",
      "go",
      "hold",
    ],
  ];
  for (const [given, look, fail, extreme, promote] of rows)
    test(given, () => {
      const { fail: failing, extreme: failingAtOnce, promote: promoting } = judged(look);
      assert.deepEqual([failing.verdict, failingAtOnce?.verdict, promoting.verdict], [fail, extreme, promote]);
    });
});

describe("what settings decide", () => {
  test("an absent canary fails where the policy says so, and 0/0 does not", () => {
    assert.equal(judged({}, { noSeries: "fail" }).series.verdict, "fail");
    assert.equal(judged({ start: of(0, 0) }, { noSeries: "fail" }).series.verdict, "go");
    assert.equal(judged({}).series.verdict, "go");
  });

  test("no traffic passes where the policy says so", () => {
    assert.equal(judged({ start: of(0, 0) }, { noTraffic: "pass" }).promote.verdict, "go");
    assert.equal(judged({}, { noTraffic: "pass" }).promote.verdict, "hold");
  });

  test("too few requests hold", () => {
    assert.equal(judged({ ...HEALTHY, start: of(0, 208) }, {}, 209).promote.verdict, "hold");
    assert.equal(judged({ ...HEALTHY, start: of(0, 209) }, {}, 209).promote.verdict, "go");
  });

  test("of the demanded requests, a share of the traffic asks for as much as it is of the full share", () => {
    const rows: readonly (readonly [given: string, look: Look, served: number])[] = [
      ["the full share", { recent: of(0, 500), stableRecent: of(0, 500) }, 200],
      ["a tenth of it", { recent: of(0, 50), stableRecent: of(0, 950) }, 20],
      ["more than it", { recent: of(0, 750), stableRecent: of(0, 250) }, 300],
      ["all of the traffic, beside a stable that is not seen", { recent: of(0, 50) }, 400],
    ];
    const input = { settings: SETTINGS, budget: BUDGET, minRequests: 200, fullShare: 0.5 };
    for (const [given, look, served] of rows) {
      assert.equal(hasEvidence({ ...look, start: of(0, served) }, input), true, given);
      assert.equal(hasEvidence({ ...look, start: of(0, served - 1) }, input), false, given);
    }
    for (const recent of [of(0, 0), undefined]) {
      const quiet = { ...(recent && { recent }), start: of(0, 1e6), stableRecent: of(0, 100) };
      assert.equal(hasEvidence(quiet, input), false, "no requests in the window");
    }
  });

  test("a budget nearly gone asks for a canary within it", () => {
    const look = { ...HEALTHY, recent: of(4, 1000), start: of(4, 1000) };
    assert.equal(judged(look).promote.verdict, "go");
    assert.equal(judged({ ...look, budgetConsumed: 0.79 }).budget?.verdict, "go");
    assert.equal(judged({ ...look, budgetConsumed: 0.8 }).budget?.verdict, "hold");
    const { budgetConsumed, ...unknown } = look;
    assert.equal(budgetConsumed, 0.2);
    assert.equal(judged(unknown).budget?.verdict, "hold");
  });

  test("an exhausted budget does what the policy says, an unknown one never more than hold", () => {
    const position = SETTINGS.budget;
    assert.ok(position);
    for (const [exhausted, spent, unknown] of [
      ["hold", "hold", "hold"],
      ["fail", "fail", "hold"],
      ["observe", "go", "go"],
    ] as const) {
      const settings: Partial<GateSettings> = { budget: { ...position, exhausted } };
      assert.equal(judged({ budgetConsumed: 1 }, settings).exhausted?.verdict, spent);
      assert.equal(judged({}, settings).exhausted?.verdict, unknown);
      assert.equal(judged({ budgetConsumed: 0.99 }, settings).exhausted?.verdict, "go");
    }
  });
});

describe("whatever is counted", () => {
  const random = new Random(7);
  const amount = (most: number): number => Math.floor(most ** random.next());
  const side = (): Counts => {
    const total = amount(100_000);
    return of(Math.min(total, amount(2000)), total);
  };
  const looks = Array.from({ length: 5000 }, (): Look => {
    const [recent, start, stableRecent, stableSince] = [side(), side(), side(), side()];
    return { recent, start, stableRecent, stableSince, budgetConsumed: random.next() };
  });
  const isFail = ({ fail, extreme }: Judgement): readonly boolean[] => [fail.verdict === "fail", extreme?.verdict === "fail"];
  const worse = (counts: Counts | undefined, by: number): Counts => of((counts?.bad ?? 0) + by, counts?.total ?? 0);

  test("there are looks of every kind", () => {
    const verdicts = looks.map((look) => judged(look));
    for (const kind of ["go", "fail"]) assert.ok(verdicts.filter(({ fail }) => fail.verdict === kind).length > 200, kind);
    for (const kind of ["go", "hold"]) assert.ok(verdicts.filter(({ promote }) => promote.verdict === kind).length > 200, kind);
  });

  test("more bad events of the canary never take a failure back, nor a hold", () => {
    for (const look of looks) {
      const by = amount(50);
      const [before, after] = [judged(look), judged({ ...look, recent: worse(look.recent, by), start: worse(look.start, by) })];
      for (const [i, failed] of isFail(before).entries()) assert.ok(!failed || isFail(after)[i], JSON.stringify(look));
      assert.ok(before.promote.verdict === "go" || after.promote.verdict === "hold", JSON.stringify(look));
    }
  });

  test("more bad events of stable never make a failure, nor a hold", () => {
    for (const look of looks) {
      const by = amount(50);
      const after = judged({ ...look, stableRecent: worse(look.stableRecent, by), stableSince: worse(look.stableSince, by) });
      for (const [i, failed] of isFail(after).entries()) assert.ok(!failed || isFail(judged(look))[i], JSON.stringify(look));
      assert.ok(after.promote.verdict === "go" || judged(look).promote.verdict === "hold", JSON.stringify(look));
    }
  });

  test("fewer than `minBadEvents` never stop a release", () => {
    for (const look of looks) {
      const few = { ...look, recent: of(2, 1 + amount(50)), start: of(2, 1 + amount(50)) };
      const { fail, extreme, promote } = judged(few);
      assert.deepEqual([fail.verdict, extreme?.verdict, promote.verdict], ["go", "go", "go"], JSON.stringify(few));
    }
  });

  test("every failure also holds", () => {
    for (const look of looks) {
      const { fail, extreme, promote } = judged({ ...look, start: look.recent ?? of(0, 1) });
      if (extreme?.verdict === "fail") assert.equal(fail.verdict, "fail");
      if (fail.verdict === "fail") assert.equal(promote.verdict, "hold");
    }
  });
});

describe("the bounds", () => {
  /** The score interval of a Poisson mean: the m for which (b - m)^2 = z^2 m. */
  const residual = (bad: number, mean: number, z: number): number => (bad - mean) ** 2 - z * z * mean;

  test("solve the score equation, one on each side of the count", () => {
    for (const confidence of CONFIDENCES) {
      const constants = boundConstants(confidence, 3);
      for (const bad of [3, 4, 7, 20, 150, 5000]) {
        const [low, high] = [lowerBound(bad, constants), upperBound(bad, constants)];
        assert.ok(low < bad && bad < high);
        for (const mean of [low, high])
          assert.ok(Math.abs(residual(bad, mean, quantile(confidence))) / (bad * bad) < 0.001, `${confidence} ${bad}`);
      }
    }
  });

  test("agree with Wilson's interval where bad events are rare", () => {
    const z = quantile(0.95);
    const total = 1e6;
    for (const bad of [3, 10, 100]) {
      const p = bad / total;
      const middle = p + (z * z) / (2 * total);
      const spread = z * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total));
      const scale = total / (1 + (z * z) / total);
      const constants = boundConstants(0.95, 3);
      assert.ok(Math.abs(lowerBound(bad, constants) - (middle - spread) * scale) < 0.01);
      assert.ok(Math.abs(upperBound(bad, constants) - (middle + spread) * scale) < 0.01);
    }
  });

  test("are the printed constants of 95 % and three events", () => {
    assert.deepEqual(boundConstants(0.95, 3), { square: 0.6765, half: 0.8225, least: 1.8375 });
  });

  test("three events count even where extrapolation reads them as 2.7, and two never do", () => {
    const constants = boundConstants(0.95, 3);
    assert.ok(lowerBound(2.701, constants) > 0);
    assert.equal(lowerBound(2.5, constants), 0);
    assert.equal(lowerBound(0, constants), 0);
  });
});
