import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { parseExpr } from "../../src/promql/parse.ts";
import { printExpr } from "../../src/promql/print.ts";
import { typeOf } from "../../src/promql/rewrite.ts";
import { QueryGenerator, Random, REAL_QUERIES } from "../promql/generator.ts";
import { oracle } from "./support.ts";

type Verdict = { readonly ok: true; readonly text: string; readonly type: string } | { readonly ok: false; readonly error: string };

/** What Prometheus's own parser says of each query. */
function judge(queries: readonly string[]): readonly Verdict[] {
  const input = queries.map((query) => JSON.stringify(query)).join("\n");
  const run = spawnSync(oracle("promql"), { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  assert.equal(run.status, 0, run.stderr);
  const verdicts = run.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Verdict);
  assert.equal(verdicts.length, queries.length);
  return verdicts;
}

const COUNT = Number(process.env["SLOGEN_ORACLE_QUERIES"] ?? 150_000);
const SEED = Number(process.env["SLOGEN_ORACLE_SEED"] ?? 1);

/** Generated ones, mutated ones, and ones that are all about one literal; none holds a window, which only slogen reads. */
function* queries(): Generator<string> {
  const random = new Random(SEED);
  const [tame, wild] = [new QueryGenerator(random, 0.05), new QueryGenerator(random, 0.5)];
  for (let i = 0; i < COUNT; i++) {
    const kind = i % 8;
    if (kind >= 4) yield kind < 7 ? tame.mutate(kind === 4 ? random.pick(REAL_QUERIES) : tame.query()) : wild.literal();
    else if (kind === 0) yield tame.query();
    else if (kind === 1) yield wild.query();
    else yield tame.mutate(kind === 2 ? random.pick(REAL_QUERIES) : tame.query());
  }
}

/** What Prometheus reads and slogen refuses on purpose. Anything else it refuses is a mistake of slogen's. */
const REFUSED: readonly { readonly why: string; readonly message: RegExp }[] = [
  { why: "a byte that is no character cannot be kept in a string of ours", message: /is a byte that is no character/ },
  {
    why: "a hexadecimal number with `e` as its second digit, which Prometheus reads except at the end",
    message: /^`0[xX]_?.[eE]\w*` is neither/,
  },
  { why: "a range below a nanosecond, which Prometheus rounds to nothing", message: /must be longer than zero/ },
  { why: "more than one sign before a duration", message: /unexpected `[-+]`, expected a duration/ },
  {
    why: "an offset in parentheses is half of the experimental arithmetic with durations",
    message: /arithmetic with durations is experimental/,
  },
];

const TYPES: Readonly<Record<string, string>> = { vector: "instant vector", matrix: "range vector", scalar: "scalar", string: "string" };

test("slogen reads what Prometheus reads, and prints it so that Prometheus reads the same", (t) => {
  const texts = [...new Set([...REAL_QUERIES, ...queries()])];
  const verdicts = judge(texts);
  const refused = new Map<string, number>();
  const wrong: string[] = [];
  const printed: { text: string; ours: string; wanted: string }[] = [];
  let accepted = 0;
  texts.forEach((text, i) => {
    const theirs = verdicts[i];
    const ours = parseExpr(text, { windows: false });
    if (theirs === undefined) return;
    if (theirs.ok) accepted++;
    if (ours.ok && !theirs.ok) wrong.push(`accepted, but Prometheus says ${theirs.error}: ${JSON.stringify(text)}`);
    else if (!ours.ok && theirs.ok) {
      const reason = REFUSED.find(({ message }) => message.test(ours.error.message));
      if (reason === undefined) wrong.push(`refused (${ours.error.message}): ${JSON.stringify(text)}`);
      else refused.set(reason.why, (refused.get(reason.why) ?? 0) + 1);
    } else if (ours.ok && theirs.ok) {
      if (typeOf(ours.expr) !== TYPES[theirs.type]) wrong.push(`typed ${typeOf(ours.expr)}, not ${theirs.type}: ${JSON.stringify(text)}`);
      for (const width of [100, 20]) printed.push({ text, ours: printExpr(ours.expr, { width }), wanted: theirs.text });
    }
  });
  const again = judge(printed.map(({ ours }) => ours));
  printed.forEach(({ text, ours, wanted }, i) => {
    const verdict = again[i];
    if (verdict?.ok !== true || verdict.text !== wanted) wrong.push(`printed as ${JSON.stringify(ours)}: ${JSON.stringify(text)}`);
  });
  t.diagnostic(`${texts.length} distinct queries, of which Prometheus reads ${accepted}; ${printed.length} printed forms`);
  for (const [why, count] of refused) t.diagnostic(`refused on purpose ${count} times: ${why}`);
  assert.deepEqual(wrong.slice(0, 40), [], `${wrong.length} differences`);
});
