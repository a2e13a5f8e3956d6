import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  alertBudget,
  burnRateFactor,
  days,
  goDecimal,
  goFloat,
  objectiveRatio,
  percentAsWritten,
  percentFromRatio,
} from "../../src/emitters/prometheus/sloth/floats.ts";
import type { Seconds } from "../../src/units/duration.ts";
import { parseDuration } from "../../src/units/duration.ts";
import { ratio, ratioFromPercent, type Ratio } from "../../src/units/quantity.ts";
import { parseDecimal } from "../../src/units/rational.ts";
import { vectors } from "../oracle/support.ts";

const target = (percent: string): Ratio => ratioFromPercent(parseDecimal(percent) ?? assert.fail()) ?? assert.fail(percent);
const duration = (text: string): Seconds => parseDuration(text) ?? assert.fail(text);

test("Go writes an exponent below 1e-4 and from 1e+06, with two digits at least", () => {
  const table: readonly (readonly [number, string])[] = [
    [0, "0"],
    [1, "1"],
    [0.5, "0.5"],
    [14.4, "14.4"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [0.000049999, "4.9999e-05"],
    [999999, "999999"],
    [999999.5, "999999.5"],
    [1000000, "1e+06"],
    [1.5e100, "1.5e+100"],
    [1e-100, "1e-100"],
    [-0.25, "-0.25"],
  ];
  for (const [given, want] of table) assert.equal(goFloat(given), want);
});

test("the label of the objective never has an exponent", () => {
  const table: readonly (readonly [number, string])[] = [
    [99.9, "99.9"],
    [95, "95"],
    [0.0000001, "0.0000001"],
    [99.99900000000001, "99.99900000000001"],
  ];
  for (const [given, want] of table) assert.equal(goDecimal(given), want);
});

test("the rounding noise of Sloth's arithmetic is kept", () => {
  assert.equal(goFloat(objectiveRatio(percentAsWritten(target("99.9")))), "0.9990000000000001");
  assert.equal(goFloat(alertBudget(percentAsWritten(target("99.9")))), "0.0009999999999999432");
  assert.equal(goFloat(alertBudget(percentAsWritten(target("99.999")))), "1.0000000000047748e-05");
  assert.equal(goDecimal(percentFromRatio(ratio(parseDecimal("0.57") ?? assert.fail()) ?? assert.fail())), "56.99999999999999");
});

test("burn-rate factors are those of Sloth's own catalogs", () => {
  const table: readonly (readonly [string, string, string, string])[] = [
    ["0.02", "1h", "30d", "14.4"],
    ["0.1", "3d", "30d", "1"],
    ["0.02", "1h", "28d", "13.44"],
    ["0.05", "6h", "28d", "5.6000000000000005"],
    ["0.1", "1d", "28d", "2.8000000000000003"],
    ["0.1", "3d", "28d", "0.9333333333333333"],
    ["0.125", "6h", "7d", "3.5"],
    ["0.2", "1d", "7d", "1.4000000000000001"],
    ["0.42", "3d", "7d", "0.98"],
  ];
  for (const [share, long, period, want] of table) {
    const window = { budgetShare: parseDecimal(share) ?? assert.fail(), short: duration("5m"), long: duration(long) };
    assert.equal(goFloat(burnRateFactor(window, duration(period))), want, `${share} ${long} ${period}`);
  }
});

test("a period is given in days", () => {
  assert.equal(goFloat(days(duration("28d"))), "28");
  assert.equal(goFloat(days(duration("36h"))), "1.5");
});

const shared = vectors();
test("2,006 objectives read as Go prints them", { skip: shared === undefined && "the public vectors are not beside this checkout" }, () => {
  const rows = JSON.parse(readFileSync(`${shared ?? ""}/sloth/go-floats.json`, "utf8")) as readonly {
    objective: string;
    ratio: string;
    budget: string;
  }[];
  assert.equal(rows.length, 2006);
  for (const row of rows) {
    const exact = parseDecimal(row.objective) ?? assert.fail(row.objective);
    // 100 is refused everywhere, so there is no such target; the floats are the same all the same.
    const percent = Number(row.objective) === 100 ? 100 : percentAsWritten(ratioFromPercent(exact) ?? assert.fail(row.objective));
    assert.equal(goFloat(objectiveRatio(percent)), row.ratio, row.objective);
    assert.equal(goFloat(alertBudget(percent)), row.budget, row.objective);
  }
});
