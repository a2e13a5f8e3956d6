import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { globSync } from "tinyglobby";
import { parse, parseAllDocuments } from "yaml";
import { findProblems, type LintInput } from "../../../src/emitters/argo-rollouts/lint.ts";
import type { AnalysisTemplate, CanaryBlock, GateBlock, Metric, RolloutAnalysis } from "../../../src/emitters/argo-rollouts/types.ts";
import { without, type Strategy } from "./emitted.ts";

/** A small gate that breaks no rule; each row below breaks one. */
function metricOf(parts: Partial<Metric> = {}): Metric {
  return {
    name: "a-fail",
    initialDelay: "1m",
    interval: "30s",
    failureCondition: "len(result) > 0 && result[0] > 14.4",
    failureLimit: 1,
    consecutiveErrorLimit: 60,
    provider: { prometheus: { timeout: 20, query: 'up{pod=~"x-{{args.canary-hash}}-.+"}' } },
    ...parts,
  };
}

const promote = metricOf({
  name: "a-promote",
  initialDelay: "{{args.initial-delay}}",
  count: 35,
  successCondition: "len(result) == 1 && result[0] <= 2",
  consecutiveSuccessLimit: 5,
  failureLimit: -1,
});
const held: Metric = without(promote, "failureCondition");

function templateOf(name: string, metrics: readonly Metric[], spec: Partial<AnalysisTemplate["spec"]> = {}): AnalysisTemplate {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AnalysisTemplate",
    metadata: { name },
    spec: { args: [{ name: "canary-hash" }], metrics, ...spec },
  };
}

const CANARY_HASH = { name: "canary-hash", valueFrom: { podTemplateHashValue: "Latest" } } as const;
const runOf = (...names: readonly string[]): RolloutAnalysis => ({
  templates: names.map((templateName) => ({ templateName })),
  args: [CANARY_HASH],
});

const INLINE: RolloutAnalysis = { ...runOf("promote"), args: [CANARY_HASH, { name: "initial-delay", value: "6m" }] };
const BLOCK: CanaryBlock = {
  kind: "canary",
  analysis: { ...runOf("background"), startingStep: 1 },
  afterWeight: [{ weight: 5, step: { analysis: INLINE } }],
};
const BACKGROUND = templateOf("background", [metricOf()]);
const PROMOTE = templateOf("promote", [held], { args: [{ name: "canary-hash" }, { name: "initial-delay" }] });

function found({
  background = BACKGROUND,
  inline = PROMOTE,
  block = BLOCK,
  more = [],
  version = "1.8",
}: Partial<Broken>): readonly string[] {
  const input: LintInput = { templates: [background, inline, ...more], block, version };
  return [...new Set(findProblems(input).map((problem) => (problem.rule === "own" ? problem.problem : problem.rule)))];
}

interface Broken {
  readonly background: AnalysisTemplate;
  readonly inline: AnalysisTemplate;
  readonly more: readonly AnalysisTemplate[];
  readonly block: GateBlock;
  readonly version: LintInput["version"];
}

test("a sound gate has no problem", () => {
  assert.deepEqual(found({}), []);
});

const background = (parts: Partial<Metric>, spec: Partial<AnalysisTemplate["spec"]> = {}): Partial<Broken> => ({
  background: templateOf("background", [metricOf(parts)], spec),
});
const inline = (parts: Partial<Metric>): Partial<Broken> => ({
  inline: { ...PROMOTE, spec: { ...PROMOTE.spec, metrics: [{ ...held, ...parts }] } },
});
const query = (text: string): Partial<Broken> =>
  background({ provider: { prometheus: { timeout: 20, query: `x{{args.canary-hash}} ${text}` } } });
const passing = (args: RolloutAnalysis["args"] & object): Partial<Broken> => ({
  block: { ...BLOCK, analysis: { ...runOf("background"), args, startingStep: 1 } },
});
const once: Metric = without(metricOf(), "interval");

const ROWS: readonly (readonly [string, Partial<Broken>, RegExp])[] = [
  ["two metrics of one name", { background: templateOf("background", [metricOf(), metricOf()]) }, /^duplicate-metric$/],
  [
    "one metric name in two templates of a run",
    { more: [templateOf("other", [metricOf()])], block: { ...BLOCK, analysis: { ...runOf("background", "other"), startingStep: 1 } } },
    /^duplicate-metric$/,
  ],
  ["a metric name with capitals", background({ name: "A-fail" }), /^unnamed-metric$/],
  ["no condition", background({ failureCondition: "", successCondition: "" }), /length first|always passes/],
  ["an index without a length", background({ failureCondition: "result[0] > 1" }), /length first/],
  ["a length that is asked too late", background({ failureCondition: "result[0] > 1 && len(result) > 0" }), /length first/],
  ["a list compared as a number", background({ failureCondition: "result > 1" }), /length first/],
  ["days in a duration", background({ interval: "1d" }), /no duration of Go's/],
  ["no time between looks", background({ interval: "0s" }), /without a pause/],
  ["looks without an interval", { inline: templateOf("promote", [{ ...once, name: "a-promote", count: 3 }]) }, /need an interval/],
  ["no look", inline({ count: 0 }), /no look/],
  ["fewer looks than its limits need", inline({ count: 4 }), /below the looks/],
  ["more undecided looks than looks", inline({ inconclusiveLimit: 36 }), /inconclusiveLimit is above/],
  [
    "undecided looks that pass",
    inline({ failureCondition: "false", failureLimit: 0, consecutiveSuccessLimit: 0, inconclusiveLimit: 35 }),
    /every look is Inconclusive/,
  ],
  ["failures without end", background({ failureLimit: -1 }), /never fail/],
  ["a limit below -1", background({ failureLimit: -2 }), /below -1/],
  ["good looks in a row before 1.8", { version: "1.7" }, /1\.7 has no consecutiveSuccessLimit/],
  [
    "as many failures tolerated as looks",
    inline({ failureCondition: "len(result) > 0", failureLimit: 35, consecutiveSuccessLimit: 0 }),
    /can never fail/,
  ],
  ["a step that never ends", { inline: templateOf("promote", [metricOf({ name: "a-promote" })]) }, /never ends/],
  ["a background check that ends", background({ count: 3 }), /ends before the release/],
  ["a background check that may end undecided", background({ successCondition: "len(result) > 0" }), /end Inconclusive/],
  ["braces of Helm", query("{{ .Values.x }}"), /^foreign-braces$/],
  ["braces of Prometheus", query("{{ $labels.x }}"), /^foreign-braces$/],
  ["three braces", query("{{{args.canary-hash}}}"), /^foreign-braces$/],
  ["braces that nothing closes", query("{{ x"), /^foreign-braces$/],
  ["a line end within braces", query("{{\nargs.canary-hash}}"), /^foreign-braces$/],
  ["an argument that is not declared", query("{{args.region}}"), /region is not declared/],
  ["an argument declared twice", background({}, { args: [{ name: "canary-hash" }, { name: "canary-hash" }] }), /declared twice/],
  ["an argument that nobody gives", passing([]), /nothing is given for the argument canary-hash/],
  ["an argument given twice", passing([CANARY_HASH, CANARY_HASH]), /given twice/],
  ["an argument that nobody takes", passing([CANARY_HASH, { name: "region", value: "eu" }]), /no template takes/],
  ["an argument without a value", passing([{ name: "canary-hash" }]), /would be empty/],
  [
    "a hash that Argo does not know",
    passing([{ name: "canary-hash", valueFrom: { podTemplateHashValue: "Canary" as "Latest" } }]),
    /would be empty/,
  ],
  [
    "two defaults of one argument",
    {
      background: templateOf("background", [metricOf()], { args: [{ name: "canary-hash", value: "a" }] }),
      more: [templateOf("other", [metricOf({ name: "b-fail" })], { args: [{ name: "canary-hash", value: "b" }] })],
      block: { ...BLOCK, analysis: { ...runOf("background", "other"), startingStep: 1 } },
    },
    /different defaults/,
  ],
  ["a rule that is not anchored", background({}, { dryRun: [{ metricName: "a-fail" }] }), /not anchored/],
  ["a rule that is no expression", background({}, { dryRun: [{ metricName: "^*$" }] }), /no regular expression/],
  ["a rule that fits nothing", background({}, { dryRun: [{ metricName: "^obs-.+$" }] }), /fits no metric/],
  [
    "two rules of one text in a run",
    {
      background: templateOf("background", [metricOf()], { measurementRetention: [{ metricName: "^.+$", limit: 50 }] }),
      more: [templateOf("other", [metricOf({ name: "b-fail" })], { measurementRetention: [{ metricName: "^.+$", limit: 50 }] })],
      block: { ...BLOCK, analysis: { ...runOf("background", "other"), startingStep: 1 } },
    },
    /two rules for/,
  ],
  ["an observation that is no dry run", { background: templateOf("background", [metricOf(), observation()]) }, /not recorded dry/],
  ["a template that is not there", { block: { ...BLOCK, analysis: { ...runOf("backgrund"), startingStep: 1 } } }, /no template backgrund/],
  [
    "a template of the other scope",
    { block: { ...BLOCK, analysis: { templates: [{ templateName: "background", clusterScope: true }], startingStep: 1 } } },
    /no template background/,
  ],
  ["no metric at all", { background: templateOf("background", []) }, /no metric/],
  ["a timeout of zero", background({ provider: { prometheus: { timeout: 0, query: "up" } } }), /not positive/],
  ["a background run that never starts", { block: { ...BLOCK, analysis: { ...runOf("background"), startingStep: 2 } } }, /never starts/],
  ["a background run without traffic", { block: { ...BLOCK, analysis: { ...runOf("background"), startingStep: 0 } } }, /before the canary/],
  ["a weight of 101", { block: { ...BLOCK, afterWeight: [{ weight: 101, step: { analysis: INLINE } }] } }, /101 is no weight/],
  [
    "a pause in days",
    { block: { ...BLOCK, afterWeight: [...BLOCK.afterWeight, { weight: 50, step: { pause: { duration: "1d" } } }] } },
    /1d is no pause/,
  ],
];

function observation(): Metric {
  return without(without(metricOf({ name: "obs-a-canary-burn" }), "failureCondition"), "failureLimit");
}

for (const [what, broken, wanted] of ROWS) {
  test(`${what} is found`, () => {
    const problems = found(broken);
    assert.ok(
      problems.some((problem) => wanted.test(problem)),
      problems.join("; ") || "nothing found",
    );
  });
}

const GOLDEN = join(dirname(fileURLToPath(import.meta.url)), "../../golden/argo-rollouts");

/** What Argo refuses that the lint does not look at, since no emitted object has it: nested templates, template arguments from fields. */
for (const file of globSync("*/output/argo-rollouts/**/analysis-templates.yaml", { cwd: GOLDEN }).sort()) {
  test(`${file.replace("/output/argo-rollouts", "")} keeps the rules that nothing else can break`, () => {
    const text = readFileSync(join(GOLDEN, file), "utf8");
    const templates = parseAllDocuments(text).map((document) => document.toJS() as AnalysisTemplate);
    for (const { spec } of templates) {
      assert.deepEqual(
        Object.keys(spec).filter((key) => !["args", "dryRun", "measurementRetention", "metrics"].includes(key)),
        [],
      );
      for (const { value, valueFrom } of spec.args ?? []) {
        assert.equal(value, undefined, "no argument has a default");
        assert.ok(valueFrom === undefined || "secretKeyRef" in valueFrom, "only secrets come from elsewhere");
      }
      for (const { count, name, provider, successCondition, failureCondition } of spec.metrics) {
        assert.ok(["prometheus", "datadog"].includes(Object.keys(provider).join()), `${name} has one provider`);
        assert.ok(count === undefined || Number.isInteger(count), `${name} has a literal count`);
        for (const condition of [successCondition, failureCondition]) {
          assert.ok(condition === undefined || !/\b(max|min|mean|sum|any|none|default|isNaN)\(/.test(condition), `${name} is portable`);
        }
      }
    }
  });
}

test("every argument of a Rollout in a golden case is a text in quotes or a reference", () => {
  for (const file of globSync("*/output/argo-rollouts/**/rollout-{patch,snippet}.yaml", { cwd: GOLDEN })) {
    const found = parse(readFileSync(join(GOLDEN, file), "utf8")) as { spec?: { strategy: Strategy } } & Strategy;
    const { canary, blueGreen } = found.spec?.strategy ?? found;
    const runs = [canary?.analysis, ...(canary?.steps ?? []).map(({ analysis }) => analysis), ...Object.values(blueGreen ?? {})];
    for (const argument of runs.flatMap((run) => run?.args ?? [])) {
      assert.ok(argument.valueFrom !== undefined || typeof argument.value === "string", `${file}: ${argument.name}`);
    }
  }
});
