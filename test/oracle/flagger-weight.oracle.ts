import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { isBaked } from "../../src/emitters/flagger/weight.ts";
import type { Matcher } from "../../src/promql/ast.ts";
import { printExpr } from "../../src/promql/print.ts";
import { seconds } from "../../src/units/duration.ts";
import { flaggerPolicy, IN_SHOP } from "../emitters/flagger/emitted.ts";
import { oracle } from "./support.ts";

const work = mkdtempSync(join(tmpdir(), "slogen-weight-"));
after(() => {
  rmSync(work, { recursive: true });
});

const IN_EU: readonly Matcher[] = [{ label: "cluster", op: "=", value: "eu" }];

interface Scene {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** By labels, the weights scraped every minute. */
  readonly weights: Readonly<Record<string, string>>;
  readonly at: string;
  readonly isOver: boolean;
}

/** Ticks come every minute, and 5 % is kept for ten of them. */
const SCENES: readonly Scene[] = [
  { name: "before the first traffic", matchers: [], weights: { "": "0x20" }, at: "10m", isOver: true },
  { name: "at the tick after it, Flagger not scraped since", matchers: [], weights: { "": "0x10 _x10" }, at: "11m", isOver: false },
  { name: "while the weight is young", matchers: [], weights: { "": "0x10 5x20" }, at: "15m", isOver: false },
  { name: "at the end of the bake", matchers: [], weights: { "": "0x10 5x20" }, at: "21m", isOver: true },
  {
    name: "at the end of the bake, beside a cluster that releases nothing",
    matchers: IN_EU,
    weights: { 'cluster="eu"': "0x10 5x20", 'cluster="us"': "0x30" },
    at: "21m",
    isOver: true,
  },
  {
    name: "while the weight is young, beside a cluster that is further on",
    matchers: IN_EU,
    weights: { 'cluster="eu"': "0x10 5x20", 'cluster="us"': "5x30" },
    at: "15m",
    isOver: false,
  },
  {
    name: "at the end of the bake, where the weight does not bear the policy's labels",
    matchers: IN_EU,
    weights: { "": "0x10 5x20" },
    at: "21m",
    isOver: true,
  },
];

suite("a bake is over", () => {
  for (const [index, { name, matchers, weights, at, isOver }] of SCENES.entries()) {
    test(`${isOver ? "" : "not "}${name}`, () => {
      const policy = flaggerPolicy({ workload: IN_SHOP, matchers });
      const expr = printExpr(isBaked(policy, [{ weight: 5, length: seconds(570) }], seconds(60)));
      const file = join(work, `${String(index)}.yaml`);
      const series = Object.entries(weights).map(([labels, values]) => ({
        series: `flagger_canary_weight{workload="checkout",exported_namespace="shop"${labels && `,${labels}`}}`,
        values,
      }));
      const promqlTest = { expr: `count(${expr}) or vector(0)`, eval_time: at, exp_samples: [{ labels: "{}", value: isOver ? 1 : 0 }] };
      writeFileSync(file, JSON.stringify({ tests: [{ interval: "1m", input_series: series, promql_expr_test: [promqlTest] }] }));
      const { status, stdout, stderr } = spawnSync(oracle("promtool"), ["test", "rules", file], { encoding: "utf8" });
      assert.equal(status, 0, stdout + stderr);
    });
  }
});
