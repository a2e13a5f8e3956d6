import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { describeDuration, formatDuration, parseDuration, seconds } from "../../src/units/duration.ts";

test("durations print as Prometheus prints them", () => {
  const rows: readonly (readonly [number, string])[] = [
    [300, "5m"],
    [5400, "1h30m"],
    [86_400, "1d"],
    [129_600, "1d12h"],
    [7 * 86_400, "1w"],
    [28 * 86_400, "4w"],
    [30 * 86_400, "30d"],
    [90 * 86_400, "90d"],
    [365 * 86_400, "1y"],
    [366 * 86_400, "366d"],
  ];
  for (const [given, want] of rows) assert.equal(formatDuration(seconds(given)), want);
});

test("what prints reads back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 ** 9 }), (length) => {
      assert.equal(parseDuration(formatDuration(seconds(length))), length);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test("zero, units out of order and other syntaxes are no durations", () => {
  for (const text of ["", "0s", "1m1h", "1.5h", "5", "P1D", "5 m", "-5m", "5M"]) assert.equal(parseDuration(text), undefined, text);
});

test("durations are told in the words people use", () => {
  const rows: readonly (readonly [number, string])[] = [
    [2_592_000 / 14.4, "50 hours"],
    [2_592_000 / 6, "5 days"],
    [2_592_000, "30 days"],
    [3600, "60 minutes"],
    [90, "90 seconds"],
    [1, "1 second"],
  ];
  for (const [given, want] of rows) assert.equal(describeDuration(given), want);
});
