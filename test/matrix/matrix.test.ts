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
      const config = configOf(`targets: [${id}]\nprometheus: { retention: 400d }\n${SOURCE}${idea.config ?? ""}`);
      const result = compileTexts({ "slo.yaml": idea.spec, ...(id === "argo-rollouts" && { "policy.yaml": POLICY }) }, config);
      assert.deepEqual(codesOf(result), [...expectation.codes].sort());
      if (expectation.kind === "unsupported") return;
      const rules = result.files.flatMap(({ text }) => parseAllDocuments(text).flatMap((document) => rulesIn(document.toJS() as Document)));
      for (const [name, wanted] of Object.entries(expectation.rules)) {
        const rule = rules.find((each) => each.record === name || each.alert === name);
        assert.ok(rule, `${name} is among ${rules.map((each) => each.record ?? each.alert).join(", ")}`);
        assert.equal(rule.expr.replace(/\s+/g, " ").replace(/(?<=\() | (?=\))/g, ""), wanted, name);
      }
    });
  }
}

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
}

/** A rules file, or an analysis template, whose metrics are looked up by name like rules. */
interface Document {
  readonly groups?: readonly { readonly rules: readonly Rule[] }[];
  readonly spec?: {
    readonly metrics?: readonly { readonly name: string; readonly provider: { readonly prometheus: { readonly query: string } } }[];
  };
}

function rulesIn({ groups, spec }: Document): readonly Rule[] {
  const metrics = spec?.metrics ?? [];
  return [
    ...(groups ?? []).flatMap(({ rules }) => rules),
    ...metrics.map(({ name, provider }) => ({ record: name, expr: provider.prometheus.query })),
  ];
}

/** A release gate on the idea's SLO, for the targets that only speak of releases. */
const POLICY = `
apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: idea }
spec:
  slos: [{ ref: idea }]
  workload: { rollout: idea }
  steps: [{ weight: 20, bake: 10m }, { weight: 50, bake: 10m }]
  gate: { fail: { burnRate: 5 }, extreme: false, budget: false }
  traffic: 600rpm
`;
const SOURCE = 'sources: { prometheus: { address: "http://prometheus:9090" } }\n';
