import assert from "node:assert/strict";
import fc from "fast-check";
import { test } from "node:test";
import { toJson, type Json } from "../../../src/yaml/json.ts";
import { readYaml } from "../../../src/yaml/read.ts";
import { valueOf } from "../../../src/yaml/tree.ts";
import { analysisOf, flaggerPolicy, hookOf, merge, metricOf } from "./canary-support.ts";

/** Seeded, so that a failure repeats. */
const RUNS = { seed: 20_270_114, numRuns: 200 };

/** Entries of an analysis; of the first group one each at most, for the API server takes no key twice. */
const FIGURES = {
  interval: ["interval: 1m", "interval: '30s'", "interval: 60s # often"],
  threshold: ["threshold: 5", "threshold: 30 # strikes", "threshold: '30'"],
  step: ["stepWeight: 10", "stepWeight: 5"],
  weights: ["stepWeights: [5, 20, 50]", "stepWeights:\n- 1\n# two\n- 2"],
  max: ["maxWeight: 50"],
  iterations: ["iterations: 10", "iterations: 3"],
  mirror: ["mirror: true", "stepWeightPromotion: 10"],
} as const;
const GROUPS = Object.keys(FIGURES) as readonly (keyof typeof FIGURES)[];

const METRICS = [
  "- name: request-duration\n  thresholdRange: { max: 500 } # ms",
  "- thresholdRange:\n    max: 1\n  # of the team\n  name: errors\n  interval: 1m\n  templateRef: {name: errors}",
  `- { name: "quoted: #1", threshold: 1, query: "sum(up)" }`,
];
const HOOKS = [
  "- name: load\n  url: http://load/ # all day\n  metadata:\n    cmd: |\n      hey -z 1m\n\n      true",
  "- { name: smoke, url: 'http://smoke' }",
];

interface Case {
  readonly figures: Readonly<Record<keyof typeof FIGURES, number>>;
  readonly order: readonly number[];
  readonly metrics: readonly number[];
  readonly hooks: readonly number[];
  readonly step: 2 | 4;
  readonly indented: boolean;
  readonly crlf: boolean;
  readonly open: boolean;
  readonly first: boolean;
  readonly twoDocuments: boolean;
}

const some = (all: readonly unknown[]): fc.Arbitrary<readonly number[]> =>
  fc.uniqueArray(fc.nat({ max: all.length - 1 }), { maxLength: all.length });
const cases: fc.Arbitrary<Case> = fc.record({
  figures: fc.record({
    interval: fc.nat({ max: 3 }),
    threshold: fc.nat({ max: 3 }),
    step: fc.nat({ max: 2 }),
    weights: fc.nat({ max: 2 }),
    max: fc.nat({ max: 1 }),
    iterations: fc.nat({ max: 2 }),
    mirror: fc.nat({ max: 2 }),
  }),
  order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 9 }),
  metrics: some(METRICS),
  hooks: some(HOOKS),
  step: fc.constantFrom(2 as const, 4 as const),
  indented: fc.boolean(),
  crlf: fc.boolean(),
  open: fc.boolean(),
  first: fc.boolean(),
  twoDocuments: fc.boolean(),
});

interface Written {
  readonly text: string;
  /** The lines around the analysis. */
  readonly before: string;
  readonly after: string;
  /** The user's items, each as it stands in the text. */
  readonly items: readonly string[];
}

function write({ figures, order, metrics, hooks, step, indented, crlf, open, first, twoDocuments }: Case): Written {
  const eol = crlf ? "\r\n" : "\n";
  const pad = (text: string, blanks: number): string => text.replaceAll(/^(?=.)/gm, " ".repeat(blanks)).replaceAll("\n", eol);
  const at = 2 * step;
  const dash = at + (indented ? step : 0);
  const items: string[] = [];
  const listed = (key: string, all: readonly string[], chosen: readonly number[]): readonly string[] => {
    const lines = chosen.map((index) => pad(all[index] ?? "", dash));
    items.push(...lines);
    return lines.length === 0 ? [] : [[pad(`${key}:`, at), ...lines].join(eol)];
  };
  const entries = [
    ...GROUPS.map((group) => FIGURES[group][figures[group] - 1]).map((text) => (text === undefined ? [] : [pad(text, at)])),
    listed("metrics", METRICS, metrics),
    listed("webhooks", HOOKS, hooks),
  ];
  const body = order.flatMap((index) => entries[index] ?? []);
  const head = ["# the release", "apiVersion: flagger.app/v1beta1", "kind: Canary", "metadata: { name: 'checkout' }", "spec:"];
  const target = pad("targetRef: { kind: Deployment, name: checkout } # 1", step);
  const other = ["kind: Service", "apiVersion: v1", "metadata: {name: 'other'}", "---"];
  const before =
    [...(twoDocuments ? other : []), ...head, ...(first ? [] : [target]), `${pad("analysis:", step)} # the plan`].join(eol) + eol;
  const tail = [...(first ? [target] : []), pad("revertOnDeletion: false", step)].join(eol) + (open ? "" : eol);
  const middle = (body.length === 0 ? [pad("mirrorWeight: 50", at)] : body).join(eol) + eol;
  return { text: before + middle + tail, before, after: tail, items };
}

function analysisIn(text: string): Json {
  const documents = readYaml({ path: "merged.yaml", text }, ({ message }) => assert.fail(message));
  const analysis = valueOf(documents.at(-1), "spec", "analysis");
  return analysis === undefined ? null : toJson(analysis, "go-yaml-1.1");
}

const policies = fc.constantFrom(
  analysisOf(),
  analysisOf({ stepWeights: [10, 20, 30, 40, 50], interval: "30s", threshold: 5, webhooks: [] }),
  analysisOf({ metrics: [metricOf("promote")], webhooks: [hookOf("bake"), hookOf("budget")] }),
  iterating(),
);

function iterating(): ReturnType<typeof analysisOf> {
  const { stepWeights, ...rest } = analysisOf({ iterations: 10, metrics: [] });
  assert.ok(stepWeights);
  return rest;
}

test("everything outside the analysis keeps its bytes, and so do the user's items in it, in their order", () => {
  fc.assert(
    fc.property(cases, policies, (each, analysis) => {
      const { text, before, after, items } = write(each);
      const merged = merge(text, analysis).text ?? assert.fail();
      assert.ok(merged.startsWith(before) && merged.endsWith(after));
      let position = 0;
      const places = items.map((item) => (position = merged.indexOf(item, position)));
      // The two lists may stand in either order.
      assert.ok(
        items.every((item) => merged.includes(item)) &&
          (places.every((place) => place >= 0) || each.order.indexOf(8) < each.order.indexOf(7)),
      );
      assert.equal(merged.includes("\r\n"), each.crlf);
      assert.ok(!each.crlf || !/[^\r]\n/.test(merged));
    }),
    RUNS,
  );
});

test("the merged analysis holds one way to go on, slogen's figures, and every item of both", () => {
  fc.assert(
    fc.property(cases, policies, (each, analysis) => {
      const merged = merge(write(each).text, analysis).text ?? assert.fail();
      const got = analysisIn(merged) as Record<string, unknown> & { metrics?: { name: string }[]; webhooks?: { name: string }[] };
      const ways = ["stepWeight", "stepWeights", "iterations"].filter((key) => key in got);
      assert.equal(ways.length, 1, merged);
      assert.equal(got["threshold"], analysis.threshold);
      assert.ok([analysis.interval, analysis.interval === "1m" ? "60s" : "30s"].includes(String(got["interval"])));
      if (analysis.iterations !== undefined) assert.equal(got["iterations"], analysis.iterations);
      else if ("stepWeights" in got) assert.deepEqual(got["stepWeights"], analysis.stepWeights);
      else assert.deepEqual([got["stepWeight"], got["maxWeight"], analysis.stepWeights], [10, 50, [10, 20, 30, 40, 50]]);
      const names = (list: readonly { readonly name?: unknown }[] | undefined): readonly unknown[] => (list ?? []).map(({ name }) => name);
      assert.deepEqual(names(got.metrics), [
        ...each.metrics.map((index) => ["request-duration", "errors", "quoted: #1"][index]),
        ...names(analysis.metrics),
      ]);
      assert.deepEqual(names(got.webhooks), [...each.hooks.map((index) => ["load", "smoke"][index]), ...names(analysis.webhooks)]);
    }),
    RUNS,
  );
});

test("a second merge changes no byte and tells nothing, and one by way of another policy neither", () => {
  fc.assert(
    fc.property(cases, policies, policies, (each, analysis, other) => {
      const { text } = write(each);
      const once = merge(text, analysis).text ?? assert.fail();
      const again = merge(once, analysis);
      assert.equal(again.text, once);
      assert.ok(again.found.every(({ code }) => code !== "canary/changed"));
      const back = merge(merge(once, other).text ?? assert.fail(), analysis).text ?? assert.fail();
      assert.deepEqual(sorted(analysisIn(back)), sorted(analysisIn(once)));
      assert.equal(merge(back, analysis).text, back);
    }),
    RUNS,
  );
});

/** A way to go on that the other policy took away comes back as slogen writes it: the same ladder, in another place. */
function sorted(analysis: Json): unknown {
  const { stepWeight, maxWeight, ...rest } = analysis as Record<string, unknown>;
  const entries = stepWeight === undefined ? rest : { ...rest, stepWeights: [10, 20, 30, 40, 50] };
  const { interval, ...others } = entries as Record<string, unknown>;
  assert.ok(maxWeight === undefined || maxWeight === 50);
  return Object.fromEntries(
    Object.entries({ ...others, interval: interval === "60s" ? "1m" : interval }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

test("JSON stays JSON, and what was in it stays too", () => {
  const policy = flaggerPolicy({}, "deploy/canary.json");
  fc.assert(
    fc.property(fc.constantFrom(0, 2, 4), some(METRICS), policies, policies, (indent, chosen, analysis, other) => {
      const metrics = chosen.map((index) => ({ name: `mine-${index}`, threshold: 1, query: "sum(up)" }));
      const canary = {
        apiVersion: "flagger.app/v1beta1",
        kind: "Canary",
        metadata: { name: "checkout" },
        spec: {
          targetRef: { name: "checkout" },
          analysis: { interval: "1m", threshold: 5, stepWeight: 10, ...(metrics.length > 0 && { metrics }) },
        },
      };
      const merged = merge(JSON.stringify(canary, null, indent), analysis, policy).text ?? assert.fail();
      const value = JSON.parse(merged) as typeof canary;
      assert.deepEqual({ ...value, spec: { ...value.spec, analysis: {} } }, { ...canary, spec: { ...canary.spec, analysis: {} } });
      assert.equal(merge(merged, analysis, policy).text, merged);
      const changed = merge(merged, other, policy).text ?? assert.fail();
      assert.equal(((JSON.parse(changed) as typeof canary).spec.analysis.metrics ?? []).length, metrics.length + other.metrics.length);
    }),
    { ...RUNS, numRuns: 100 },
  );
});
