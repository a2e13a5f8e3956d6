import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Analysis } from "../../src/index.ts";
import { analysed } from "../passes/policies/support.ts";

/** A policy that uses every setting; each number may be another one. */
const policyOf = (value: (usual: string) => string): string => `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: checkout }
spec:
  extends: standard
  slos: [{ ref: latency, gate: { extreme: false, fail: { burnRate: ${value("6")} } } }, { selector: { team: shop } }]
  workload: { rollout: checkout, namespace: shop, file: deploy/rollout.yaml }
  isolation: { canary: 'version="canary"', stable: 'version="stable"', except: [info] }
  steps:
    - { weight: ${value("5")}, bake: ${value("10m")} }
    - { weight: ${value("50")}, bake: ${value("15m")} }
  gate:
    window: ${value("5m")}
    fail: { burnRate: ${value("14.4")}, timesStable: ${value("5")}, looks: ${value("2")}, every: ${value("30s")} }
    promote: { burnRate: ${value("2")}, goodLooks: ${value("5")}, maxWait: ${value("30m")}, onTimeout: pause }
    confidence: 0.95
    minBadEvents: ${value("3")}
    evidence: { minRequests: ${value("40")}, by: everyStep, otherwise: hold }
    budget: { tightenAt: ${value("0.8")}, exhausted: fail, bypass: { annotation: slogen/hotfix } }
    sourceDown: { tolerate: ${value("10m")} }
  guards: [{ name: p99, query: 'max(checkout_p99_seconds)', max: ${value("400")}ms, action: fail }]
  traffic: ${value("6000")}rpm
  environments: { prod: { matchers: { cluster: eu }, gate: { minBadEvents: 4 } } }
`;

const USUAL = policyOf((usual) => usual);

function made(policy: string): Analysis {
  return analysed({
    policy,
    profile: "apiVersion: slogen/v1alpha1\nkind: GateProfile\nmetadata: { name: standard }\nspec: { gate: { noSeries: fail } }\n",
    config: "sources: { one: { scrapeInterval: 15s } }\nenvironments: { prod: {} }\n",
    rollout: "kind: Rollout",
  });
}

function assertPresentable({ model, diagnostics }: Analysis): void {
  assert.deepEqual(notFinite(model.policies), []);
  for (const { message, why = "", help = "" } of diagnostics)
    assert.doesNotMatch(`${message} ${why} ${help}`, /undefined|NaN|Infinity|\[object/);
}

/** The numbers in a value that no file can hold. */
function notFinite(value: unknown): readonly unknown[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(notFinite) : [];
}

test("the policy that is changed below is sound", () => {
  assert.equal(made(USUAL).model.policies.length, 1);
});

/** What slips and merges leave behind in the place of a value. */
const LEFTOVERS = ["", "{}", "[]", "0", "-1", "1e-9", ".inf", ".nan", "true", "~", "'", "a", "*a", "{hash}", "]"];

test("no policy makes the compiler throw", () => {
  const words = [...USUAL.matchAll(/[\w./'"()={}-]+/g)].map(({ index, 0: word }) => ({ index, length: word.length }));
  fc.assert(
    fc.property(fc.constantFrom(...words), fc.constantFrom(...LEFTOVERS), ({ index, length }, by) => {
      assertPresentable(made(USUAL.slice(0, index) + by + USUAL.slice(index + length)));
    }),
    { seed: 7, numRuns: 200 },
  );
});

/** Others of the same kind, to the edge of what the schema lets through. */
function others(usual: string): readonly string[] {
  if (/[smh]$/.test(usual)) return ["1s", "29s", "4m", "20m", "3h", "9999y"];
  return usual.includes(".") ? ["0.01", "0.5", "1", "99", "1e6"] : ["1", "2", "7", "60", "99", "1000"];
}

test("whatever the numbers are, what comes of them is finite", () => {
  let sound = 0;
  let slots = 0;
  policyOf((usual) => {
    slots++;
    return usual;
  });
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 2 }), fc.nat({ max: slots - 1 }), (choices, from) => {
      let slot = 0;
      const analysis = made(
        policyOf((usual) => {
          const choice = choices[slot++ - from];
          const known = others(usual);
          return choice === undefined ? usual : (known[choice % known.length] ?? usual);
        }),
      );
      assertPresentable(analysis);
      sound += analysis.model.policies.length;
    }),
    { seed: 7, numRuns: 200 },
  );
  assert.ok(sound >= 40, `only ${sound} changed policies were still sound`);
});
