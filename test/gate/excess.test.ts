import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { CONFIDENCES, boundConstants, lowerBound, quantile } from "../../src/gate/confidence.ts";
import { allowancesOf, excess, excessJudgeOf, type Allowance } from "../../src/gate/excess.ts";
import type { Counts, Look } from "../../src/gate/judge.ts";
import { Random } from "../../src/gate/random.ts";
import type { GateSettings } from "../../src/model/policy.ts";
import { toNumber } from "../../src/units/rational.ts";
import { burn, decimal, SETTINGS, share } from "../support/policies.ts";

const of = (bad: number, total: number): Counts => ({ bad, total });
const TIMES = 20_000;
/** The line's slope goes into queries with four digits. */
const ROUNDING = 1e-4;

interface Drawn {
  readonly settings: GateSettings;
  readonly budget: number;
  readonly canary: Counts;
  readonly stable: Counts;
}

/** Gates from lax to strict, and counts about their limits rather than far from them. */
function* drawn(seed: number): Generator<Drawn & { readonly allowances: ReturnType<typeof allowancesOf>; readonly z: number }> {
  const random = new Random(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random.next() * values.length)] ?? assert.fail();
  for (let i = 0; i < TIMES; i++) {
    const budget = share(pick(["0.1", "0.01", "0.005", "0.001", "0.0001"]));
    const burnRate = burn((1 + random.next() * 9).toFixed(2));
    const confidence = pick(CONFIDENCES);
    const settings = {
      ...SETTINGS,
      fail: { ...SETTINGS.fail, burnRate, timesStable: decimal((1 + random.next() * 9).toFixed(1)) },
      extreme: { ...SETTINGS.fail, burnRate, timesStable: decimal("10") },
      promote: { ...SETTINGS.promote, burnRate },
      confidence: share(String(confidence)),
      minBadEvents: 1 + Math.floor(random.next() * 12),
    };
    const total = 1 + Math.floor(10 ** (random.next() * 5));
    const mean = total * toNumber(burnRate) * toNumber(budget);
    const bad = Math.min(total, Math.round(mean + (random.next() * 8 - 2) * (Math.sqrt(mean) + 1)));
    const stableTotal = Math.floor(random.next() * 20_000);
    const stable = of(random.poisson(stableTotal * toNumber(budget) * pick([0, 0.5, 5])), stableTotal);
    yield {
      settings,
      budget: toNumber(budget),
      canary: of(Math.max(0, bad), total),
      stable: of(Math.min(stable.bad, stableTotal), stableTotal),
      allowances: allowancesOf(settings, budget),
      z: quantile(confidence),
    };
  }
}

suite("the line lies above the curve", () => {
  test("what fails by the line has a confidence bound above the limit and above stable's multiple", () => {
    let [above, failed] = [0, 0];
    for (const { settings, budget, canary, stable, allowances } of drawn(1)) {
      const bound = lowerBound(canary.bad, boundConstants(toNumber(settings.confidence), settings.minBadEvents)) / canary.total;
      const [limit, times] = [toNumber(settings.fail.burnRate) * budget, toNumber(settings.fail.timesStable)];
      const beside = stable.bad / (stable.total + 1);
      if (bound > limit) above++;
      if ((excess(canary, undefined, allowances.fail) ?? 0) > 0) {
        failed++;
        assert.ok(bound > limit * (1 - ROUNDING), `${canary.bad} of ${canary.total}: ${bound} against ${limit}`);
      }
      for (const [allowance, reach] of [
        [allowances.fail, 1],
        [allowances.failSince, 2.5],
      ] as const) {
        if ((excess(canary, stable, allowance) ?? 0) <= 0) continue;
        assert.ok(bound > (limit + times * reach * beside) * (1 - ROUNDING), JSON.stringify({ canary, stable, limit, times }));
      }
    }
    // The line is not empty: most of what the bound shows, it shows too.
    assert.ok(failed > 0.7 * above, `${failed} of ${above}`);
  });

  test("what holds by the line has a confidence bound above the limit", () => {
    let held = 0;
    for (const { settings, budget, canary, allowances, z } of drawn(2)) {
      if ((excess(canary, undefined, allowances.promote) ?? 0) <= 0) continue;
      held++;
      const bound = (Math.sqrt(canary.bad + (z * z) / 4) - z / 2) ** 2 / canary.total;
      assert.ok(bound > toNumber(settings.promote.burnRate) * budget * (1 - ROUNDING), JSON.stringify(canary));
    }
    assert.ok(held > TIMES / 10, String(held));
  });

  test("and touches it at one point", () => {
    for (const confidence of CONFIDENCES) {
      for (const minBadEvents of [1, 2, 3, 5, 10]) {
        const z = quantile(confidence);
        const budget = share("0.01");
        const { fail } = allowancesOf({ ...SETTINGS, confidence: share(String(confidence)), minBadEvents }, budget);
        const borne = toNumber(SETTINGS.fail.burnRate) * toNumber(budget);
        const gap = (e: number): number => (toNumber(fail.share) / borne) * e + toNumber(fail.events) - (e + z * Math.sqrt(e));
        const touching = ((2 * toNumber(fail.events)) / z) ** 2;
        assert.ok(Math.abs(gap(touching)) <= ROUNDING * Math.max(1, touching), `${confidence}, ${minBadEvents}: ${gap(touching)}`);
        for (const factor of [0.01, 0.25, 0.5, 2, 4, 100]) assert.ok(gap(factor * touching) > 0.01, `${confidence}, ${minBadEvents}`);
      }
    }
  });
});

suite("few bad events", () => {
  test("fewer than `minBadEvents` never fail, however few the requests", () => {
    for (const { settings, canary, stable, allowances } of drawn(3)) {
      const bad = settings.minBadEvents - 1;
      for (const allowance of [allowances.fail, allowances.failSince, allowances.extreme ?? assert.fail()]) {
        const value = excess(of(bad, Math.max(bad, canary.total, 1)), stable, allowance);
        assert.ok(value !== undefined && value < 0, JSON.stringify({ bad, canary, value }));
      }
    }
  });

  test("so many of so many requests do", () => {
    for (const { settings, allowances } of drawn(4)) {
      const bad = settings.minBadEvents;
      // Half an event is left for what so few requests may have; a laxer limit than that wants more of them.
      if (toNumber(allowances.fail.share) * bad < 0.5) assert.ok((excess(of(bad, bad), undefined, allowances.fail) ?? 0) > 0, String(bad));
    }
  });

  test("one fewer than fails may hold, and a single one only where a single one fails", () => {
    for (const [minBadEvents, least] of [
      [1, 1],
      [2, 1],
      [3, 2],
      [5, 4],
    ] as const) {
      const { promote } = allowancesOf({ ...SETTINGS, minBadEvents }, share("0.001"));
      const holds = [0, 1, 2, 3, 4, 5].find((bad) => (excess(of(bad, Math.max(bad, 1)), undefined, promote) ?? 0) > 0);
      assert.equal(holds, least, String(minBadEvents));
    }
  });
});

suite("the other side", () => {
  test("a stable without traffic burns nothing", () => {
    for (const { canary, allowances } of drawn(5)) {
      const alone = excess(canary, undefined, allowances.fail);
      assert.equal(excess(canary, of(0, 0), allowances.fail), alone);
    }
  });

  test("a worse stable bears more, a worse canary less", () => {
    for (const { canary, stable, allowances } of drawn(6)) {
      const value = (c: Counts, s: Counts): number => excess(c, s, allowances.failSince) ?? assert.fail();
      assert.ok(value(canary, of(stable.bad + 1, stable.total + 1)) <= value(canary, of(stable.bad, stable.total + 1)));
      assert.ok(value(of(canary.bad + 1, canary.total), stable) > value(canary, stable));
    }
  });

  test("what burns now is waited for, whoever it is that burns", () => {
    const { promote } = allowancesOf(SETTINGS, share("0.001"));
    assert.equal(promote.timesStable, undefined);
    assert.equal(excess(of(30, 100), of(3000, 10_000), promote), excess(of(30, 100), undefined, promote));
  });
});

test("the default gate in figures", () => {
  const figures = ({ share: borne, timesStable, events }: Allowance): readonly (number | undefined)[] => [
    toNumber(borne),
    timesStable && toNumber(timesStable),
    toNumber(events),
  ];
  const { fail, failSince, extreme, promote, promoteSince } = allowancesOf(SETTINGS, share("0.001"));
  // z = 1.645: 1 + z^2 / 10 = 1.2706, and 1 + z^2 / 6 = 1.451.
  assert.deepEqual(figures(fail), [0.01829664, 6.353, 2.5]);
  assert.deepEqual(figures(failSince), [0.01829664, 15.8825, 2.5]);
  assert.deepEqual(figures(extreme ?? assert.fail()), [0.06353, 12.706, 2.5]);
  assert.deepEqual(figures(promote), [0.002902, undefined, 1.5]);
  assert.deepEqual(figures(promoteSince), [0.002902, 2.902, 1.5]);
});

suite("looks and what each check says of them", () => {
  const HEALTHY: Look = {
    recent: of(0, 1000),
    start: of(1, 3000),
    stableRecent: of(10, 20_000),
    stableSince: of(70, 140_000),
    budgetConsumed: 0.2,
  };
  const rows: readonly (readonly [given: string, look: Look, verdicts: string])[] = [
    // fail, failSince, extreme, series, promote, promoteSince, evidence
    ["a healthy canary", HEALTHY, "go go go go go go go"],
    ["burn 9, which only holds", { ...HEALTHY, recent: of(9, 1000), start: of(27, 3000) }, "go go go go hold hold go"],
    ["burn 40", { ...HEALTHY, recent: of(40, 1000), start: of(40, 3000) }, "fail go go go hold hold go"],
    ["burn 80", { ...HEALTHY, recent: of(80, 1000), start: of(80, 1200) }, "fail fail fail go hold hold go"],
    ["burn 40 on both sides", { ...HEALTHY, recent: of(40, 1000), stableRecent: of(800, 20_000) }, "go go go go hold go go"],
    ["much since the start, but over", { ...HEALTHY, start: of(120, 3000) }, "go fail go go go hold go"],
    ["much since the start, as on stable", { ...HEALTHY, start: of(120, 3000), stableSince: of(5600, 140_000) }, "go go go go go go go"],
    ["two bad requests of two", { ...HEALTHY, recent: of(2, 2), start: of(2, 2) }, "go go go go hold hold hold"],
    ["no data at all", {}, "go go go fail hold hold hold"],
    ["no data of the canary", { stableRecent: of(1, 100), stableSince: of(1, 100) }, "go go go fail hold hold hold"],
    ["a canary of zeros", { ...HEALTHY, recent: of(0, 0), start: of(0, 0) }, "go go go fail hold hold hold"],
    ["no traffic in the window", { ...HEALTHY, recent: of(0, 0) }, "go go go go hold go go"],
    ["no data of stable, burn 40", { recent: of(40, 1000), start: of(40, 1000) }, "fail fail go go hold hold go"],
  ];
  for (const [given, look, verdicts] of rows)
    test(given, () => {
      const settings: GateSettings = { ...SETTINGS, noSeries: "fail" };
      const found = excessJudgeOf({ settings, budget: share("0.001"), minRequests: 209 })(look);
      const { fail, failSince, extreme, series, promote, promoteSince, evidence } = found;
      const said = [fail, failSince, extreme, series, promote, promoteSince, evidence].map((finding) => finding?.verdict);
      assert.equal(said.join(" "), verdicts);
    });

  test("a policy that hears nothing against silence has no verdict on it", () => {
    const found = excessJudgeOf({ settings: SETTINGS, budget: share("0.001"), minRequests: 0 })({});
    assert.equal(found.series.verdict, "go");
    assert.equal(found.evidence?.verdict, "go");
    assert.equal(found.exhausted?.verdict, "hold");
  });
});
