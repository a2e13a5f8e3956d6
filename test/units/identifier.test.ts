import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../../src/units/identifier.ts";

test("a slip finds the word that was meant, and another word finds none", () => {
  const rows = [
    ["burnRate", ["burnrate", "budget"], "burnrate"],
    ["time_window", ["timeWindow", "timeZone"], "timeWindow"],
    ["objectve", ["objectives", "indicator"], "objectives"],
    ["clasic", ["classic", "native"], "classic"],
    ["rat", ["rad", "rate"], "rate"],
    ["prod-su", ["prod-eu", "prod-us"], "prod-us"],
    ["exponential", ["classic", "native"], undefined],
    // Two edits make any two letters out of any other two.
    [">=", ["lt", "lte", "gt", "gte"], undefined],
    ["q", ["d", "w"], undefined],
    ["", ["lt"], undefined],
  ] as const;
  for (const [word, candidates, want] of rows) assert.equal(nearest(word, candidates), want, word);
});
