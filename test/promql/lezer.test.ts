import assert from "node:assert/strict";
import { test } from "node:test";
import { parser } from "@prometheus-io/lezer-promql";
import { parseExpr } from "../../src/promql/parse.ts";
import { printExpr } from "../../src/promql/print.ts";
import { QueryGenerator, Random, REAL_QUERIES } from "./generator.ts";

/** True if Prometheus's grammar for editors reads the text; it recovers from errors without a word, so they must be looked for. */
function lezerReads(text: string): boolean {
  let sound = true;
  parser.parse(text).iterate({
    enter: ({ type }) => {
      if (type.isError) sound = false;
    },
  });
  return sound;
}

/** What Prometheus itself reads, by its own word in the oracle test, and its grammar for editors does not. */
const LEZER_CANNOT: readonly { readonly why: string; readonly text: RegExp }[] = [
  { why: "a number that ends in its point (`1.`)", text: /\d\.(?![\d])/ },
  { why: "a series named `offset`", text: /(?:^|[(\s+-])offset(?=[[{),]|\s+[^\d-]|\s+-\s|$)/ },
];

test("what slogen reads and prints, Prometheus's grammar for editors reads too", (t) => {
  const random = new Random(11);
  const generator = new QueryGenerator(random, 0.15);
  const skipped = new Map<string, number>();
  const wrong: string[] = [];
  let read = 0;
  for (const query of [...REAL_QUERIES, ...Array.from({ length: 8000 }, () => generator.query())]) {
    const result = parseExpr(query, { windows: false });
    if (!result.ok) continue;
    read++;
    const text = printExpr(result.expr);
    if (lezerReads(text)) continue;
    const known = LEZER_CANNOT.find((limit) => limit.text.test(text));
    if (known === undefined) wrong.push(text);
    else skipped.set(known.why, (skipped.get(known.why) ?? 0) + 1);
  }
  t.diagnostic(`${read} queries read by both`);
  for (const [why, count] of skipped) t.diagnostic(`skipped ${count}: ${why}`);
  assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} differences`);
});
