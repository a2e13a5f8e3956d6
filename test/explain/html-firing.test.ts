import assert from "node:assert/strict";
import { test } from "node:test";
import { burnRateAt, type Incident } from "../../src/explain/detection.ts";
import type { AlertFacts, BudgetFacts, PairFacts } from "../../src/explain/facts.ts";
import { alertFires, burnCorners, sampleIncident, type Span } from "../../src/explain/html/firing.ts";
import { Random } from "../../src/gate/random.ts";

const BUDGET: BudgetFacts = { share: 0.001, period: 2_592_000, outage: 2592 };

function pair(long: number, short: number, burnRate: number): PairFacts {
  return { long, short, burnRate, errorRatio: burnRate * BUDGET.share, budgetShare: (burnRate * long) / BUDGET.period };
}

function alert(pairs: readonly PairFacts[], parts: Partial<AlertFacts> = {}): AlertFacts {
  return { name: "burn", severity: "page", combine: "any", holds: 0, pairs, ...parts };
}

/** Second by second, as an alerting rule would: the condition, how long it has held, and what keeps it firing. */
function watched({ pairs, combine, holds, keepsFiring = 0 }: AlertFacts, incident: Incident, until: number): readonly Span[] {
  const spans: Span[] = [];
  let since: number | undefined;
  let from: number | undefined;
  let keeps = 0;
  for (let time = 0; time <= until; time++) {
    const burns = pairs.map(({ long, short, burnRate }) =>
      [long, short].every((window) => burnRateAt(incident, BUDGET, window, time) > burnRate),
    );
    const isTrue = combine === "any" ? burns.includes(true) : !burns.includes(false);
    since = isTrue ? (since ?? time) : undefined;
    if (since !== undefined && time - since >= holds) {
      from ??= time;
      keeps = time + keepsFiring;
    } else if (from !== undefined && time > keeps) {
      spans.push({ from, to: keeps });
      from = undefined;
    }
  }
  return spans;
}

test("an alert fires from when to when a watch second by second finds it to", () => {
  const random = new Random(7);
  const between = (low: number, high: number): number => Math.round(low + (high - low) * random.next());
  for (let round = 0; round < 60; round++) {
    const pairs = Array.from({ length: between(1, 3) }, () => {
      const long = between(300, 3000);
      return pair(long, between(30, long), between(1, 15));
    });
    const holds = random.next() < 0.4 ? between(1, 200) : 0;
    const keepsFiring = random.next() < 0.3 ? between(1, 300) : 0;
    const subject = alert(pairs, { combine: random.next() < 0.5 ? "any" : "all", holds, ...(keepsFiring > 0 && { keepsFiring }) });
    const incident = { errorRatio: between(1, 60) / 1000, duration: between(60, 3000) };
    const want = watched(subject, incident, 12_000);
    const have = alertFires(subject, incident).filter(({ from, to }) => to - from > 2);
    const said = `round ${round}: ${JSON.stringify({ subject, incident, have, want })}`;
    assert.equal(have.length, want.filter(({ from, to }) => to - from > 2).length, said);
    for (const [i, { from, to }] of have.entries()) {
      const other = want.filter((each) => each.to - each.from > 2)[i];
      assert.ok(other !== undefined && Math.abs(from - other.from) <= 1.01 && Math.abs(to - other.to) <= 1.01, said);
    }
  }
});

test("between two corners the burn rate is a line", () => {
  const incident = { errorRatio: 0.07, duration: 2400 };
  for (const window of [300, 2400, 3600]) {
    const corners = burnCorners(incident, BUDGET, window, 9000);
    for (const [i, [time, rate]] of corners.slice(0, -1).entries()) {
      const [next = 0, nextRate = 0] = corners[i + 1] ?? [];
      assert.ok(Math.abs(burnRateAt(incident, BUDGET, window, (time + next) / 2) - (rate + nextRate) / 2) < 1e-9, `${window} at ${time}`);
    }
  }
});

test("the sample incident trips what it is a sample of", () => {
  for (const [alerts, name] of [
    [[alert([pair(3600, 300, 14.4), pair(21_600, 1800, 6)])], "a page"],
    [[alert([pair(3600, 300, 990)])], "one that only an outage trips"],
    [[alert([pair(3600, 300, 14.4), pair(21_600, 1800, 6)], { combine: "all" })], "all of two"],
    [[alert([pair(3600, 300, 2000)]), alert([pair(86_400, 7200, 3)], { severity: "ticket" })], "the ticket, where no page can be"],
  ] as const) {
    const incident = sampleIncident(alerts) ?? assert.fail(name);
    assert.ok(
      alerts.some((each) => alertFires(each, incident).length > 0),
      name,
    );
  }
  assert.equal(sampleIncident([alert([pair(3600, 300, 2000)])]), undefined);
  assert.equal(sampleIncident([]), undefined);
});
