import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SloAlerts } from "../../src/emitters/emitter.ts";
import { alertDetection, alertReset, budgetSpent, detectionTime, resetTime, unseenRatio } from "../../src/explain/detection.ts";
import type { AlertFacts, PairFacts, SloFacts } from "../../src/explain/facts.ts";
import { sloFacts } from "../../src/explain/slo-facts.ts";
import type { PlannedSlo } from "../../src/model/model.ts";
import { planSlos } from "../../src/passes/plan.ts";
import { DAY, HOUR, MINUTE, seconds } from "../../src/units/duration.ts";
import { query, sloOf, type SloParts } from "../support/slos.ts";

function planned(parts: SloParts = {}): PlannedSlo {
  const [slo] = planSlos([sloOf(parts)], { defaultPeriod: seconds(30 * DAY), catalogs: [] }, () => undefined);
  return slo ?? assert.fail();
}

const near = (actual: number | undefined, wanted: number, within = 0.5): void => {
  assert.ok(actual !== undefined && Math.abs(actual - wanted) <= within, `${actual ?? "never"} instead of ${wanted}`);
};

function pairOf({ alerts }: SloFacts, long: number): PairFacts {
  return alerts.flatMap(({ pairs }) => pairs).find((pair) => pair.long === long) ?? assert.fail();
}

function alertOf({ alerts }: SloFacts, severity: string): AlertFacts {
  return alerts.find((alert) => alert.severity === severity) ?? assert.fail();
}

/** https://sre.google/workbook/alerting-on-slos/, tables 5-2 and 5-8, at its objective of 99.9 % over 30 days. */
describe("the SRE workbook's figures", () => {
  const facts = sloFacts(planned());

  test("the budget is 43.2 minutes, 1 minute 26 seconds a day", () => {
    near(facts.budget.outage / MINUTE, 43.2, 1e-9);
    near(facts.budget.outage / 30, 86.4, 1e-9);
  });

  const rows = [
    { long: HOUR, short: 5 * MINUTE, burnRate: 14.4, budgetShare: 0.02 },
    { long: 6 * HOUR, short: 30 * MINUTE, burnRate: 6, budgetShare: 0.05 },
    { long: DAY, short: 2 * HOUR, burnRate: 3, budgetShare: 0.1 },
    { long: 3 * DAY, short: 6 * HOUR, burnRate: 1, budgetShare: 0.1 },
  ];
  for (const row of rows)
    test(`${row.burnRate} times over ${row.long / HOUR}h spends ${row.budgetShare * 100} %, and trips above ${row.burnRate / 10} %`, () => {
      const { long, short, burnRate, budgetShare, errorRatio } = pairOf(facts, row.long);
      assert.deepEqual({ long, short, burnRate, budgetShare }, row);
      near(errorRatio, row.burnRate / 1000, 1e-12);
    });

  test("a total outage trips 1h at 14.4 after 52 seconds, and 2 % failing after 43.2 minutes", () => {
    const pair = pairOf(facts, HOUR);
    near(detectionTime(pair, 1), 51.84, 1e-9);
    near(detectionTime(pair, 0.02), 43.2 * MINUTE, 1e-6);
    assert.equal(detectionTime(pair, 0.0144), undefined);
  });

  test("budget spent at detection is the same for any error rate, as the workbook says", () => {
    const pair = pairOf(facts, HOUR);
    for (const rate of [0.02, 0.1, 1]) near(budgetSpent(facts.budget, rate, detectionTime(pair, rate) ?? 0), 0.02, 1e-9);
  });

  test("the short window brings the reset from an hour to some minutes", () => {
    near(resetTime(pairOf(facts, HOUR), 1), 5 * MINUTE * (1 - 0.0144), 1e-9);
  });

  test("what no alert sees uses up just the budget", () => {
    near(unseenRatio(facts.alerts), 0.001, 1e-12);
    assert.equal(unseenRatio([]), 1);
  });
});

describe("traffic", () => {
  test("gives the budget and the alerts in requests", () => {
    const facts = sloFacts(planned(), 10);
    near(facts.budget.requests, 25_920, 1e-6);
    near(pairOf(facts, HOUR).badRequests, 518.4, 1e-9);
  });

  test("is left out where the budget counts no requests", () => {
    const slices = sloFacts(planned({ slice: MINUTE }), 10);
    const ratio = planned();
    const value = query("avg_over_time(availability[{{.window}}])", { kind: "ratio" });
    const ready = sloFacts(
      { ...ratio, indicators: { prometheus: { kind: "ratio", measures: "failure", query: value, at: ratio.at } } },
      10,
    );
    for (const facts of [slices, ready]) {
      assert.equal(facts.traffic, undefined);
      assert.equal(facts.budget.requests, undefined);
      assert.equal(pairOf(facts, HOUR).badRequests, undefined);
    }
  });
});

describe("what a target adds to the plan", () => {
  const slo = planned();
  const made = (minBadEvents: number): readonly (SloAlerts & { readonly target: string })[] => [
    {
      target: "prometheus",
      onBudget: [],
      alerts: slo.alerts.map(({ name, severity, combine, pairs }) => ({
        name,
        severity,
        combine,
        pairs: pairs.map((pair) => ({ ...pair, minBadEvents })),
        holds: severity === "ticket" ? 900 : 0,
        keepsFiring: severity === "page" ? 300 : 0,
      })),
    },
  ];

  test("an alert that must hold comes so much later, and one that is kept ends so much later", () => {
    const facts = sloFacts(slo, undefined, made(0));
    near(alertDetection(alertOf(facts, "ticket"), 1), 0.003 * DAY + 900, 1e-6);
    near(alertReset(alertOf(facts, "page"), 1), 30 * MINUTE * (1 - 0.006) + 300, 1e-6);
  });

  test("a minimum of bad events raises what it takes where there are few requests, and only there", () => {
    const quiet = sloFacts(slo, 1 / 60, made(3));
    const { leastRatio, badRequests } = pairOf(quiet, HOUR);
    near(leastRatio, 3 / 60, 1e-12);
    assert.equal(badRequests, 3);
    near(detectionTime(pairOf(quiet, HOUR), 1), 180, 1e-9);
    assert.equal(detectionTime(pairOf(quiet, HOUR), 0.04), undefined);
    assert.equal(pairOf(sloFacts(slo, 100, made(3)), HOUR).leastRatio, undefined);
  });

  test("only pairs that fired are waited for at the end", () => {
    const page = alertOf(sloFacts(slo, undefined, made(0)), "page");
    near(alertReset(page, 0.072, 20 * MINUTE), 4 * MINUTE + 300, 1e-6);
    assert.equal(alertReset(page, 0.072, 10 * MINUTE), 0);
  });
});

test("an alert of several conditions comes with its last and goes with its first", () => {
  const alert = { ...alertOf(sloFacts(planned()), "page"), combine: "all" as const };
  near(alertDetection(alert, 1), 129.6, 1e-6);
  near(alertReset(alert, 1), 5 * MINUTE * (1 - 0.0144), 1e-6);
  near(unseenRatio([alert]), 0.0144, 1e-12);
});
