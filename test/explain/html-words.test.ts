import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertFacts } from "../../src/explain/facts.ts";
import { apart } from "../../src/explain/html/chart.ts";
import { html, prose } from "../../src/explain/html/markup.ts";
import { count, percent, shortNames, shortTime, shorten, wrap } from "../../src/explain/html/words.ts";

test("a time is said in the unit that one would say it in", () => {
  const table: readonly (readonly [number, string])[] = [
    [0, "0"],
    [0.052, "52 ms"],
    [5.184, "5.18 s"],
    [51.84, "51.8 s"],
    [59.99, "1 min"],
    [60, "1 min"],
    [2592, "43.2 min"],
    [3599, "1 h"],
    [4050, "1 h 8 min"],
    [86_400, "1 d"],
    [129_600, "36 h"],
    [180_000, "2 d 2 h"],
    [2_592_000, "30 d"],
  ];
  for (const [given, want] of table) assert.equal(shortTime(given), want, String(given));
});

test("a share is a percentage without a float's tail", () => {
  for (const [given, want] of [
    [0.001, "0.1 %"],
    [0.0144, "1.44 %"],
    [0.1 + 0.2, "30 %"],
    [0.00005, "0.005 %"],
    [1, "100 %"],
  ] as const)
    assert.equal(percent(given), want);
});

test("counts are whole but for the fewest", () => {
  for (const [given, want] of [
    [0.64, "0.64"],
    [12.3, "12"],
    [103_680_000, "103,680,000"],
  ] as const)
    assert.equal(count(given), want);
});

test("texts are cut by columns, never in the middle of a character", () => {
  assert.equal(shorten("checkout", 8), "checkout");
  assert.equal(shorten("checkout-api", 8), "checkou…");
  assert.equal(shorten("重大重大", 5), "重大…");
  assert.deepEqual(wrap("errors for a long while", 10), ["errors for", "a long", "while"]);
  assert.deepEqual(wrap("unbreakable-name fires", 8), ["unbreak…", "fires"]);
});

test("alerts that are cut alike are numbered", () => {
  const alerts = ["CheckoutBurnsFast", "CheckoutBurnsSlow"].map((name): AlertFacts => ({
    name,
    severity: "page",
    combine: "any",
    holds: 0,
    pairs: [],
  }));
  assert.deepEqual(shortNames(alerts, 10), ["Checko… 1", "Checko… 2"]);
  assert.deepEqual(shortNames(alerts, 20), ["CheckoutBurnsFast", "CheckoutBurnsSlow"]);
});

test("labels keep their distance, their order and their bounds", () => {
  assert.deepEqual(apart([50, 52, 51], 10, [0, 100]), [50, 70, 60]);
  assert.deepEqual(apart([98, 99], 10, [0, 100]), [90, 100]);
  assert.deepEqual(apart([-5, 30], 10, [0, 100]), [0, 30]);
});

test("a template escapes whatever is not markup, in text and in attributes", () => {
  assert.equal(html`<p title="${`"><b>`}">${"<&'>\0"}</p>`.markup, '<p title="&quot;&gt;&lt;b&gt;">&lt;&amp;&#39;&gt;\ufffd</p>');
  assert.equal(html`${[html`<i>${1}</i>`, html`<b>${undefined}</b>`]}`.markup, "<i>1</i><b></b>");
  assert.equal(prose("say `a < b` & go").markup, "say <code>a &lt; b</code> &amp; go");
});
