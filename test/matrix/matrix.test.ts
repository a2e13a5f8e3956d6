import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { TARGETS } from "../../src/emitters/registry.ts";
import { codesOf, compileTexts, configOf } from "../support/project.ts";
import { IDEAS, type Expectation } from "./ideas.ts";

/** Every target says of every idea what comes of it, or by which code it declares the gap. A new target does not compile until it has. */
for (const idea of IDEAS) {
  for (const { id } of TARGETS) {
    const expectation = (idea.targets as Readonly<Record<string, Expectation | undefined>>)[id];
    test(`${idea.name} on ${id}`, () => {
      assert.ok(expectation, `${id} says nothing of ${idea.name}`);
      const config = configOf(`targets: [${id}]\nprometheus: { retention: 400d }\n${idea.config ?? ""}`);
      const result = compileTexts({ "slo.yaml": idea.spec }, config);
      assert.deepEqual(codesOf(result), [...expectation.codes].sort());
      if (expectation.kind === "unsupported") return;
      const rules = result.files.flatMap(({ text }) => rulesIn(parse(text) as RulesFile));
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

interface RulesFile {
  readonly groups?: readonly { readonly rules: readonly Rule[] }[];
}

function rulesIn(document: RulesFile): readonly Rule[] {
  return (document.groups ?? []).flatMap(({ rules }) => rules);
}
