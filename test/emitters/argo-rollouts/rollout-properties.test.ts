import assert from "node:assert/strict";
import fc from "fast-check";
import { test } from "node:test";
import { readYaml } from "../../../src/yaml/read.ts";
import { toJson, type Json } from "../../../src/yaml/json.ts";
import { analysisOf, blockFor, filePolicy, merge, read } from "./support.ts";

/** Seeded, so that a failure repeats. */
const RUNS = { seed: 20_261_121, numRuns: 200 };

interface Step {
  readonly text: string;
  readonly lines: readonly string[];
  readonly value: Json;
}

const USER_STEPS: readonly Step[] = [
  { text: "{ pause: {} }", lines: ["pause: {}"], value: { pause: {} } },
  { text: "{setCanaryScale: {weight: 10}}", lines: ["setCanaryScale:", "  weight: 10"], value: { setCanaryScale: { weight: 10 } } },
  { text: `{"setWeight": 100}`, lines: ["setWeight: 100"], value: { setWeight: 100 } },
  {
    text: "{analysis: {templates: [{templateName: smoke}]}}",
    lines: ["analysis:", "  templates:", "  - templateName: 'smoke' # mine"],
    value: { analysis: { templates: [{ templateName: "smoke" }] } },
  },
];

const PAUSES: readonly Step[] = ["10m", "15m"].flatMap((duration) => [
  { text: `{pause: {duration: ${duration}}}`, lines: [`pause: {duration: ${duration}}`], value: { pause: { duration } } },
  { text: `{pause: {"duration": "${duration}"}}`, lines: ["pause:", `  duration: "${duration}"`], value: { pause: { duration } } },
]);

interface Case {
  readonly weights: readonly { readonly pause?: number; readonly users: readonly number[] }[];
  readonly before: readonly number[];
  readonly style: "block" | "flow" | "flowLines";
  readonly step: 2 | 4;
  readonly indented: boolean;
  readonly crlf: boolean;
  readonly open: boolean;
  readonly background: "none" | "theirs";
  readonly analysisFirst: boolean;
  readonly comments: readonly boolean[];
  readonly twoDocuments: boolean;
}

const user = fc.array(fc.nat({ max: USER_STEPS.length - 1 }), { maxLength: 2 });
const cases: fc.Arbitrary<Case> = fc.record({
  weights: fc.tuple(
    ...[0, 1, 2].map(() => fc.record({ pause: fc.nat({ max: PAUSES.length - 1 }), users: user }, { requiredKeys: ["users"] })),
  ),
  before: user,
  style: fc.constantFrom("block" as const, "block" as const, "flow" as const, "flowLines" as const),
  step: fc.constantFrom(2 as const, 4 as const),
  indented: fc.boolean(),
  crlf: fc.boolean(),
  open: fc.boolean(),
  background: fc.constantFrom("none" as const, "theirs" as const),
  analysisFirst: fc.boolean(),
  comments: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  twoDocuments: fc.boolean(),
});

interface Written {
  readonly text: string;
  /** The lines that stay: all but the pauses that the gate replaces, and the first step of the background analysis. */
  readonly kept: readonly string[];
  readonly steps: readonly Json[];
}

function write({ weights, before, style, step, indented, crlf, open, background, analysisFirst, comments, twoDocuments }: Case): Written {
  const list: { readonly step: Step; readonly isBake: boolean }[] = before.map((index) => ({
    step: USER_STEPS[index] as Step,
    isBake: false,
  }));
  weights.forEach(({ pause, users }, index) => {
    const weight = [5, 20, 50][index] ?? 0;
    list.push({
      step: { text: `{setWeight: ${weight}}`, lines: [`setWeight: ${weight} # ${weight} %`], value: { setWeight: weight } },
      isBake: false,
    });
    if (pause !== undefined) list.push({ step: PAUSES[pause] as Step, isBake: true });
    list.push(...users.map((each) => ({ step: USER_STEPS[each] as Step, isBake: false })));
  });
  const lines: { readonly text: string; readonly goes?: boolean }[] = [];
  let comment = 0;
  const note = (indent: number): void => {
    if (comments[comment++ % comments.length]) lines.push({ text: `${" ".repeat(indent)}# note ${comment}: "it's"` });
    else if (comment % 7 === 0) lines.push({ text: "" });
  };
  const add = (indent: number, text: string, goes = false): void => void lines.push({ text: " ".repeat(indent) + text, goes });
  const at = 3 * step;
  const dash = at + (indented ? step : 0);
  if (twoDocuments)
    ["kind: Service", "apiVersion: v1", "metadata: {name: 'other'}", "---"].forEach((text) => {
      add(0, text);
    });
  ["apiVersion: argoproj.io/v1alpha1", "kind: Rollout", "metadata: { name: checkout }", "spec:"].forEach((text) => {
    add(0, text);
  });
  note(step);
  add(step, "strategy:");
  add(2 * step, "canary:   # the plan");
  note(at);
  const analysis = (): void => {
    if (background === "none") return;
    add(at, "analysis: # mine");
    add(at + step, "templates:");
    add(at + step + (indented ? step : 0), "- templateName: smoke");
    note(at + step);
    add(at + step, "startingStep: 1", true);
  };
  if (analysisFirst) analysis();
  if (style === "block") {
    add(at, "steps: # of the release");
    for (const {
      step: { lines: own },
      isBake,
    } of list) {
      note(dash);
      own.forEach((text, index) => {
        add(dash, `${index === 0 ? "- " : "  "}${text}`, isBake);
      });
    }
  } else {
    const items = list.map((each) => each.step.text);
    if (style === "flow") add(at, `steps: [${items.join(", ")}] # of the release`);
    else {
      add(at, "steps: [");
      items.forEach((text, index) => {
        add(at + step, `${text}${index < items.length - 1 ? "," : ""}`);
      });
      add(at, "]");
    }
  }
  if (!analysisFirst) analysis();
  note(at);
  add(at, "maxSurge: '25%'");
  add(step, "replicas: 20");
  const eol = crlf ? "\r\n" : "\n";
  return {
    text: lines.map(({ text }) => text).join(eol) + (open ? "" : eol),
    kept: lines.filter(({ goes }) => goes !== true).map(({ text }) => text),
    steps: list.map((each) => each.step.value),
  };
}

const isBakePause = (step: Json | undefined): boolean => JSON.stringify(step ?? null).startsWith(`{"pause":{"duration"`);

/** The merge as an object, written down a second time. */
function mergedObject({ background, analysisFirst }: Case, steps: readonly Json[], block: ReturnType<typeof blockFor>): Json {
  assert.equal(block.kind, "canary");
  const merged: unknown[] = [{ analysis: block.beforeTraffic }];
  let weights = 0;
  steps.forEach((step, index) => {
    const weight = (value: Json | undefined): boolean =>
      [5, 20, 50].some((each) => JSON.stringify(value ?? null) === `{"setWeight":${each}}`);
    if (weight(steps[index - 1]) && isBakePause(step)) return;
    merged.push(step);
    if (weight(step)) merged.push(block.afterWeight[weights++]?.step);
  });
  const startingStep = merged.findIndex((step) => JSON.stringify(step) === `{"setWeight":5}`) + 1;
  const ours = { ...block.analysis, startingStep };
  const theirs = { templates: [{ templateName: "smoke" }, ...(ours.templates ?? [])], startingStep, args: ours.args };
  const analysis = { analysis: background === "none" ? ours : theirs };
  const parts = background === "theirs" && analysisFirst ? { ...analysis, steps: merged } : { steps: merged, ...analysis };
  return JSON.parse(
    JSON.stringify({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Rollout",
      metadata: { name: "checkout" },
      spec: { strategy: { canary: { ...parts, maxSurge: "25%" } }, replicas: 20 },
    }),
  ) as Json;
}

function lastDocument(text: string): Json {
  const documents = readYaml({ path: "merged.yaml", text }, ({ message }) => assert.fail(message));
  const last = documents.at(-1);
  return last === undefined ? null : toJson(last, "go-yaml-1.1");
}

/** The lines that no marker covers: a marker stands for its line and all deeper ones below it, and a key's for its list. */
function withoutOurs(text: string): readonly string[] {
  const kept: string[] = [];
  let ours = Infinity;
  let isKey = false;
  for (const line of text.split(/\r?\n/)) {
    const indent = line.search(/\S/);
    if (indent > ours || (isKey && indent === ours && line.trim().startsWith("- "))) continue;
    ours = / # slogen(?:: bake \w+)?$/.test(line) ? indent : Infinity;
    isKey = !line.trim().startsWith("- ");
    if (ours === Infinity) kept.push(line);
  }
  return kept;
}

test("a merged file means the merged object, in every style of writing it", () => {
  fc.assert(
    fc.property(cases, (each) => {
      const { text, steps } = write(each);
      const { file } = read(text);
      assert.ok(file);
      const merged = merge(text).text;
      assert.ok(merged !== undefined);
      assert.deepEqual(lastDocument(merged), mergedObject(each, steps, blockFor(file)));
    }),
    RUNS,
  );
});

test("a second merge changes no byte, and a third with another gate and back neither", () => {
  fc.assert(
    fc.property(cases, (each) => {
      const { text } = write(each);
      const once = merge(text).text ?? assert.fail();
      assert.equal(merge(once).text, once);
      if (each.style !== "block") return;
      const other = blockFor({ delivery: filePolicy().delivery }, { analysis: { ...analysisOf("another", { x: "1" }), startingStep: 0 } });
      const changed = merge(once, other).text ?? assert.fail();
      assert.notEqual(changed, once);
      assert.equal(merge(changed).text, once);
    }),
    RUNS,
  );
});

test("every line that is neither ours nor a pause that we replace keeps its bytes", () => {
  fc.assert(
    fc.property(
      cases.filter(({ style }) => style === "block"),
      (each) => {
        const { text, kept } = write(each);
        const merged = merge(text).text ?? assert.fail();
        assert.deepEqual(withoutOurs(merged.replace(/\r?\n$/, "")), kept);
        assert.equal(merged.includes("\r\n"), each.crlf);
        assert.ok(!/[^\r]\n/.test(merged) || !each.crlf);
        assert.equal(merged.endsWith("\n"), !each.open);
      },
    ),
    RUNS,
  );
});

test("JSON stays JSON, and what was in it stays too", () => {
  const rollout = (steps: readonly Json[], indent: number): string =>
    `${JSON.stringify({ apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", metadata: { name: "checkout" }, spec: { strategy: { canary: { steps } }, replicas: 20 } }, null, indent)}\n`;
  const policy = filePolicy({}, "deploy/rollout.json");
  fc.assert(
    fc.property(fc.constantFrom(0, 2, 4), user, fc.boolean(), (indent, users, pauses) => {
      const steps = [5, 20, 50].flatMap((setWeight): Json[] => [
        { setWeight },
        ...(pauses ? [{ pause: { duration: setWeight === 50 ? "15m" : "10m" } }] : []),
        ...users.map((each) => USER_STEPS[each]?.value ?? null),
      ]);
      const merged = merge(rollout(steps, indent), undefined, policy).text ?? assert.fail();
      const value = JSON.parse(merged) as { spec: { replicas: number; strategy: { canary: { steps: unknown[] } } } };
      assert.equal(value.spec.replicas, 20);
      assert.equal(value.spec.strategy.canary.steps.length, 1 + 3 * (2 + users.length));
      assert.equal(merge(merged, undefined, policy).text, merged);
    }),
    { ...RUNS, numRuns: 100 },
  );
});
