import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { TARGETS } from "../../src/emitters/registry.ts";
import { codesOf, compileTexts, configOf } from "../support/project.ts";
import { IDEAS, type Expectation } from "./ideas.ts";

/** Every target says of every idea what comes of it, or by which code it declares the gap. A new target does not compile until it has. */
for (const idea of IDEAS) {
  for (const { id } of TARGETS) {
    const expectation = (idea.targets as Readonly<Record<string, Expectation | undefined>>)[id];
    test(`${idea.name} on ${id}`, () => {
      assert.ok(expectation, `${id} says nothing of ${idea.name}`);
      const config = configOf(`targets: [${id}]\nprometheus: { retention: 400d }\n${DATADOG}${FLAGGER}${SOURCE}${idea.config ?? ""}`);
      const spec = id === "datadog" ? (idea.onDatadog ?? idea.spec) : idea.spec;
      const result = compileTexts({ "slo.yaml": spec, ...policyFor(id) }, config);
      assert.deepEqual(codesOf(result), [...expectation.codes].sort());
      if (expectation.kind === "unsupported") return;
      const rules = result.files.flatMap(({ path, text }) =>
        path.endsWith(".sh") ? asksIn(text) : parseAllDocuments(text).flatMap((document) => rulesIn(document.toJS() as Document)),
      );
      const exprOf = (name: string): string => {
        const rule = rules.find((each) => each.record === name || each.alert === name);
        assert.ok(rule, `${name} is among ${rules.map((each) => each.record ?? each.alert).join(", ")}`);
        return rule.expr.replace(/\s+/g, " ").replace(/(?<=\() | (?=\))/g, "");
      };
      for (const [name, wanted] of Object.entries(expectation.rules)) assert.equal(exprOf(name), wanted, name);
      for (const [name, parts] of Object.entries(expectation.parts ?? {})) {
        for (const part of parts) assert.ok(exprOf(name).includes(part), `${part} is within ${exprOf(name)}`);
      }
    });
  }
}

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
}

/** A rules file; a template of a gate, whose metrics are looked up by name like rules; or an object of Datadog, looked up by its `slogen_id`. */
interface Document {
  readonly metadata?: { readonly name: string };
  readonly groups?: readonly { readonly rules: readonly Rule[] }[];
  readonly spec?: {
    readonly query?: string;
    readonly metrics?: readonly { readonly name: string; readonly provider: { readonly prometheus: { readonly query: string } } }[];
  };
  readonly tags?: readonly string[];
  readonly query?: string;
  readonly sli_specification?: {
    readonly count?: {
      readonly good_events_formula: Formula;
      readonly bad_events_formula: Formula;
      readonly queries: readonly NamedQuery[];
    };
    readonly time_slice?: {
      readonly comparator: string;
      readonly threshold: number;
      readonly query_interval_seconds: number;
      readonly query: { readonly formulas: readonly Formula[]; readonly queries: readonly NamedQuery[] };
    };
  };
}

interface Formula {
  readonly formula: string;
}

interface NamedQuery {
  readonly name: string;
  readonly query: string;
}

function rulesIn({ groups, metadata, spec, ...document }: Document): readonly Rule[] {
  const metrics = spec?.metrics ?? [];
  const id = document.tags?.find((tag) => tag.startsWith("slogen_id:"))?.slice("slogen_id:".length);
  return [
    ...(groups ?? []).flatMap(({ rules }) => rules),
    ...metrics.map(({ name, provider }) => ({ record: name, expr: provider.prometheus.query })),
    ...(metadata === undefined || spec?.query === undefined ? [] : [{ record: metadata.name, expr: spec.query }]),
    ...(id === undefined ? [] : [{ record: id, expr: document.query ?? sliOf(document) }]),
  ];
}

/** What a script asks before a deploy, by window. */
function asksIn(script: string): readonly Rule[] {
  return [...script.matchAll(/^ {4}(\d\w+) '([^]*?)' \\$/gm)].map(([, record = "", expr = ""]) => ({
    record,
    expr: expr.replaceAll("'\\''", "'"),
  }));
}

/** An SLO of Datadog in words, with the queries in place of their names. */
function sliOf({ sli_specification: { count, time_slice } = {} }: Pick<Document, "sli_specification">): string {
  const filled = ({ formula } = { formula: "" }, queries: readonly NamedQuery[]): string =>
    formula.replace(/\b[a-z]+\d*\b(?!\()/g, (word) => queries.find(({ name }) => name === word)?.query ?? word);
  if (count) return `${filled(count.good_events_formula, count.queries)} good, ${filled(count.bad_events_formula, count.queries)} bad`;
  if (time_slice === undefined) return "";
  const { query, comparator, threshold, query_interval_seconds: seconds } = time_slice;
  return `${filled(query.formulas[0], query.queries)} ${comparator} ${threshold} in ${seconds}s`;
}

/** A release gate on the idea's SLO, for the targets that only speak of releases. */
function policyFor(target: string): Readonly<Record<string, string>> {
  const workload = WORKLOADS[target];
  return workload === undefined ? {} : { "policy.yaml": POLICY.replace("WORKLOAD", workload) };
}

const WORKLOADS: Readonly<Record<string, string>> = {
  "argo-rollouts": "workload: { rollout: idea }",
  "ci-gate": "workload: { name: idea }",
  flagger: `workload: { deployment: idea, namespace: shop }
  flagger: { provider: "gatewayapi:v1", loadtester: "http://flagger-loadtester.test/" }`,
};

const POLICY = `
apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: idea }
spec:
  slos: [{ ref: idea }]
  WORKLOAD
  steps: [{ weight: 20, bake: 10m }, { weight: 50, bake: 10m }]
  preDeploy: { window: 30m }
  gate: { fail: { burnRate: 5 }, promote: { goodLooks: 1 }, extreme: false, budget: false }
  traffic: 600rpm
`;
/** Choices that leave no notice of the target's own. */
const DATADOG = "datadog: { longWindows: clamp, noDataFor: never, notify: { page: [], ticket: [] } }\n";
const FLAGGER = "flagger: { canary: snippet }\n";
const SOURCE = 'sources: { prometheus: { address: "http://prometheus:9090" } }\n';
