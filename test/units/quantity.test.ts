import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, HOUR, seconds } from "../../src/units/duration.ts";
import { burnRateSpending, complement, errorRatioAt, highestBurnRate, ratio, ratioFromPercent } from "../../src/units/quantity.ts";
import { parseDecimal, rational, toDecimal } from "../../src/units/rational.ts";

const percent = (text: string) => {
  const value = ratioFromPercent(parseDecimal(text) ?? rational(0));
  assert.ok(value, text);
  return value;
};

test("burn rates of the SRE workbook come out of share, window and period", () => {
  const rows = [
    [2, 1, 30, "14.4"],
    [5, 6, 30, "6"],
    [10, 24, 30, "3"],
    [10, 72, 30, "1"],
    [2, 1, 28, "13.44"],
    [5, 6, 28, "5.6"],
    [10, 72, 28, "0.9333333333333333"],
    [2, 1, 90, "43.2"],
    [2, 1, 7, "3.36"],
  ] as const;
  for (const [share, hours, days, want] of rows) {
    const burn = burnRateSpending(rational(share, 100), seconds(hours * HOUR), seconds(days * DAY));
    assert.equal(toDecimal(burn), want, `${share} % in ${hours}h of ${days}d`);
  }
});

test("thresholds multiply out exactly", () => {
  const budget = complement(percent("99.9"));
  const burn = burnRateSpending(rational(2, 100), HOUR, seconds(30 * DAY));
  assert.equal(toDecimal(errorRatioAt(burn, budget)), "0.0144");
  assert.equal(toDecimal(highestBurnRate(budget)), "1000");
});

test("0 and 1 are no ratios", () => {
  for (const value of [rational(0), rational(1), rational(-1, 2), rational(3, 2)]) assert.equal(ratio(value), undefined);
});
