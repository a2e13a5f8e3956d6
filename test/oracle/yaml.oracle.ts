import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import type { Json } from "../../src/yaml/json.ts";
import { printYaml } from "../../src/yaml/print.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { goText, numberText, scalarValue } from "../../src/yaml/scalar.ts";
import { valueOf } from "../../src/yaml/tree.ts";
import { parseDecimal, toNumber } from "../../src/units/rational.ts";
import { HOSTILE, hostileMap } from "../yaml/hostile.ts";
import { random, type Random } from "../yaml/random.ts";
import { oracle } from "./support.ts";

interface Verdict {
  readonly json?: unknown;
  readonly strings?: Readonly<Record<string, string>>;
  readonly error?: string;
}

function judge(texts: readonly string[]): readonly Verdict[] {
  const run = spawnSync(oracle("yamlscalar"), { input: JSON.stringify(texts), maxBuffer: 1 << 30 });
  assert.equal(run.status, 0, run.stderr.toString());
  return JSON.parse(run.stdout.toString()) as Verdict[];
}

const WORDS =
  "y Y n N yes Yes YES yEs no No on On ON off OFF true True TRUE tRue false null Null NULL nULL ~ .inf -.inf +.INF .nan .NaN .INf <<".split(
    " ",
  );
const PIECES = [..."0123456789".split(""), ..."+-._eExXobBa:".split(""), "0x", "0b", "0o", "e+", "1e", "2024-01-01", "T00:00:00Z", "12:30"];

function randomScalar(next: Random): string {
  if (next.below(8) === 0) return next.pick(WORDS) + next.pick(["", "", "1", "_", "."]);
  return Array.from({ length: 1 + next.below(7) }, () => next.pick(PIECES)).join("");
}

test("20,000 random plain scalars have the value, the exact number and the text that sigs.k8s.io/yaml gives them", (t) => {
  const next = random(21);
  const texts = [...WORDS, ...Array.from({ length: 20_000 }, () => randomScalar(next))];
  const verdicts = judge(texts.map((text) => `v: ${text}\n`));
  const kinds = new Map<string, number>();
  for (const [i, text] of texts.entries()) {
    const scalar = readYaml({ path: "x.yaml", text: `v: ${text}\n` }, () => undefined).map((root) => valueOf(root, "v"))[0];
    const verdict = verdicts[i];
    if (scalar?.kind !== "scalar" || verdict === undefined) continue;
    const ours = scalarValue(scalar, "go-yaml-1.1");
    if (verdict.error !== undefined) {
      if (/unsupported value/.test(verdict.error)) assert.ok(typeof ours === "number" && !Number.isFinite(ours), text);
      continue;
    }
    const theirs = (verdict.json as { v: unknown }).v;
    assert.deepEqual(ours, theirs, text);
    kinds.set(typeof ours, (kinds.get(typeof ours) ?? 0) + 1);
    if (verdict.strings) assert.equal(goText(scalar, "go-yaml-1.1"), verdict.strings["v"], text);
    const number = numberText(scalar, "go-yaml-1.1");
    assert.equal(number !== undefined, typeof ours === "number", text);
    const exact = number === undefined ? undefined : parseDecimal(number);
    if (exact !== undefined) assert.equal(toNumber(exact), ours === 0 ? 0 : ours, text);
  }
  t.diagnostic([...kinds].map(([kind, count]) => `${count} ${kind}`).join(", "));
});

test("5,000 random doubles have the text of a Go string map", () => {
  const next = random(22);
  const texts = Array.from({ length: 5_000 }, () =>
    String((next.below(1 << 30) / (1 + next.below(1 << 20))) * 10 ** (next.below(60) - 30)),
  );
  const verdicts = judge(texts.map((text) => `v: ${text}\n`));
  for (const [i, text] of texts.entries()) {
    const at = { file: { path: "x.yaml", text }, start: 0, end: text.length };
    assert.equal(goText({ kind: "scalar", style: "plain", text, at }, "go-yaml-1.1"), verdicts[i]?.strings?.["v"], text);
  }
});

test("what is printed comes back from Go's reader: every hostile text, and 3,000 random documents", () => {
  const next = random(23);
  const values: Json[] = [
    ...HOSTILE.map((text) => ({ [text.slice(0, 1000)]: text, list: [text, [text]] })),
    ...Array.from({ length: 3_000 }, () => hostileMap(next)),
  ];
  const texts = values.map((value, i) => printYaml([value], i % 2 === 0 ? {} : { singleQuote: true, tabWidth: 4, endOfLine: "crlf" }));
  for (const [i, verdict] of judge(texts).entries()) assert.deepEqual(verdict.json, values[i], texts[i]);
});
