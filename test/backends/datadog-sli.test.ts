import assert from "node:assert/strict";
import { test } from "node:test";
import {
  allEvents,
  badShare,
  countFormulas,
  goodEvents,
  goodShareFormula,
  groupingOf,
  valueFormula,
  type NamedFormulas,
} from "../../src/backends/datadog/sli.ts";
import { printQuery } from "../../src/datadogql/print.ts";
import { events, query } from "../emitters/datadog/support.ts";

const A = "sum:a{*}.as_count()";
const B = "sum:b{*}.as_count()";
const T = "sum:t{*}.as_count()";
const U = "sum:u{*}.as_count()";

/** Formulas, marked, and queries as text. */
function shown({ formulas, queries }: NamedFormulas<string>): Readonly<Record<string, string>> {
  const marked = Object.entries(formulas).map(([key, expr]) => [`= ${key}`, printQuery(expr)]);
  return Object.fromEntries([...marked, ...[...queries].map(([name, metric]) => [name, printQuery(metric)])]) as Record<string, string>;
}

test("counts become formulas over one query for each metric, and what is absent counts as zero", () => {
  const table = [
    [events("bad", A, T), { "= good": "total - default_zero(bad)", "= bad": "bad", bad: A, total: T }],
    [events("good", A, T), { "= good": "default_zero(good)", "= bad": "total - default_zero(good)", good: A, total: T }],
    [
      events("bad", `${A} + ${B}`, T),
      {
        "= good": "total - (default_zero(bad1) + default_zero(bad2))",
        "= bad": "default_zero(bad1) + default_zero(bad2)",
        bad1: A,
        bad2: B,
        total: T,
      },
    ],
    // Good and bad add up to all: the metric of both sides is asked for once.
    [
      events("bad", A, `${A} + ${T}`),
      { "= good": "default_zero(bad) + default_zero(total1) - default_zero(bad)", "= bad": "bad", bad: A, total1: T },
    ],
    [
      events("good", `${T} - ${A}`, `${T} + ${U}`),
      {
        "= good": "default_zero(good1) - default_zero(good2)",
        "= bad": "default_zero(good1) + default_zero(total1) - (default_zero(good1) - default_zero(good2))",
        good1: T,
        good2: A,
        total1: U,
      },
    ],
    // The user's own words stay, and are not doubled.
    [events("bad", `default_zero(${A})`, T), { "= good": "total - default_zero(bad)", "= bad": "default_zero(bad)", bad: A, total: T }],
    // One absent term would take the sum with it, whose zero would then stand for the other's events.
    [
      events("bad", `default_zero(${A} + ${B})`, T),
      {
        "= good": "total - default_zero(default_zero(bad1) + default_zero(bad2))",
        "= bad": "default_zero(default_zero(bad1) + default_zero(bad2))",
        bad1: A,
        bad2: B,
        total: T,
      },
    ],
  ] as const;
  for (const [indicator, wanted] of table) assert.deepEqual(shown(countFormulas(indicator)), wanted);
});

test("the same metric written in two ways is asked for once", () => {
  const indicator = events("bad", "sum:a{x:1, y:2}.as_count()", "sum:a{x:1,y:2}.as_count() + sum:t{*}.as_count()");
  assert.deepEqual([...countFormulas(indicator).queries.keys()], ["bad", "total1"]);
});

test("the share of good events of a slice", () => {
  const table = [
    [events("bad", A, T), "(total - default_zero(bad)) / total"],
    [events("good", A, T), "default_zero(good) / total"],
    [
      events("bad", A, `${T} + ${U}`),
      "(default_zero(total1) + default_zero(total2) - default_zero(bad)) / (default_zero(total1) + default_zero(total2))",
    ],
  ] as const;
  for (const [indicator, wanted] of table) assert.equal(printQuery(goodShareFormula(indicator).formulas.share), wanted);
});

test("a value keeps its own functions and arithmetic", () => {
  assert.deepEqual(shown(valueFormula(query("p99:lag{*}", "value"))), { "= value": "value", value: "p99:lag{*}" });
  assert.deepEqual(shown(valueFormula(query("100 * sum:a{*} / sum:t{*}", "value"))), {
    "= value": "100 * value1 / value2",
    value1: "sum:a{*}",
    value2: "sum:t{*}",
  });
});

test("one string of a monitor or a numerator has plain arithmetic, bracketed where precedence asks for it", () => {
  assert.equal(printQuery(goodEvents(events("bad", `${A} + ${B}`, T))), `${T} - (${A} + ${B})`);
  assert.equal(printQuery(goodEvents(events("good", A, T))), A);
  assert.equal(printQuery(badShare(events("bad", A, T))), `${A} / ${T}`);
  assert.equal(printQuery(badShare(events("good", A, T))), `(${T} - ${A}) / ${T}`);
  assert.equal(printQuery(badShare(events("bad", A, `${T} + ${U}`))), `${A} / (${T} + ${U})`);
  // Datadog advises against it in monitors of counts.
  assert.equal(printQuery(badShare(events("bad", `default_zero(${A})`, `default_zero(${T})`))), `${A} / ${T}`);
});

test("groups are those of the total, and all of them together are the traffic", () => {
  const grouped = events("bad", "sum:a{*} by {zone,env}.as_count()", "sum:t{*} by {env,zone}.as_count()");
  assert.deepEqual(groupingOf(grouped), ["env", "zone"]);
  assert.equal(printQuery(allEvents(grouped)), T);
  assert.deepEqual(groupingOf(events("bad", A, T)), []);
});
