import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { policyPage } from "../../src/gate/page.ts";
import { policyQuality, steppedMachine } from "../../src/gate/simulate.ts";
import { limits } from "../../src/gate/judge.ts";
import { boundConstants, lowerBound } from "../../src/gate/confidence.ts";
import { sensitivity, timeline } from "../../src/gate/timeline.ts";
import type { DatadogSlo } from "../../src/model/model.ts";
import type { DatadogPolicy, GateSettings } from "../../src/model/policy.ts";
import { readPromql } from "../../src/model/query.ts";
import { STRICT_READING } from "../../src/model/reading.ts";
import { seconds } from "../../src/units/duration.ts";
import { rational } from "../../src/units/rational.ts";
import { flaggerOnDatadog, flaggerPolicyOf, LOADTESTER, switchAfter } from "../support/flagger-policies.ts";
import { datadogPolicyOf } from "../support/datadog-policies.ts";
import { policyOf, SETTINGS, share } from "../support/policies.ts";
import { sloOf } from "../support/slos.ts";

const slos = ["availability", "latency"].map((name) => ({
  ...sloOf({ target: name === "latency" ? "0.99" : "0.999" }),
  name,
  id: `shop-${name}`,
}));
const PAGES = {
  "declared-traffic": policyOf({ slos, traffic: rational(10), environment: "prod-eu" }),
  "nothing-declared": policyOf({ enforcement: "observe", isolation: { ...policyOf().isolation, revisionUnique: false } }),
  "blue-green": policyOf({
    delivery: { kind: "blueGreen", prePromotion: seconds(600), postPromotion: seconds(900), at: SETTINGS.fail.at },
  }),
  "flagger-hooks": flaggerPolicyOf(LOADTESTER, { slos, traffic: rational(10), environment: "prod-eu" }),
  "flagger-ladder": flaggerPolicyOf({}, { enforcement: "observe" }),
  "flagger-switch": flaggerPolicyOf(LOADTESTER, switchAfter(600)),
  "flagger-ab-test": flaggerPolicyOf({ match: [{ headers: { "x-canary": { exact: "insider" } } }] }, switchAfter(600)),
  "flagger-datadog": flaggerOnDatadog({}, { traffic: rational(10) }),
};

describe("a policy's page", () => {
  for (const [name, policy] of Object.entries(PAGES))
    test(`reads as it should: ${name}`, () => {
      const path = new URL(`pages/${name}.txt`, import.meta.url);
      const page = policyPage(policy);
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, page);
      assert.equal(page, readFileSync(path, "utf8"));
      for (const line of page.split("\n")) assert.ok(line.length <= 100, line);
    });
});

test("an SLO without counts is not promised what only counts can give", () => {
  const page = policyPage(policyOf({ traffic: rational(10) }), []);
  assert.match(page, /evidence {7}the value as it is: no confidence/);
  assert.match(page, /How it decides: not simulated/);
  assert.doesNotMatch(page, /requests by|bad to hold|simulated releases/);
  for (const line of page.split("\n")) assert.ok(line.length <= 100, line);
});

test("guards are told beside the SLOs", () => {
  const policy = policyOf();
  const guard = { name: "p99", bound: "max" as const, limit: rational(2, 5), action: "hold" as const, at: policy.at };
  const query = readPromql(
    { kind: "scalar", text: "max(latency_seconds)", style: "plain", at: policy.at },
    { kind: "value" },
    { reading: STRICT_READING, report: ({ message }) => assert.fail(message) },
  );
  assert.ok(query);
  assert.match(
    policyPage({ ...policy, guards: [{ ...guard, query }] }),
    /^Guards\n {2}p99: at most 0.4 in the unit of its query, else it holds\n\n/m,
  );
});

test("a page says what a gate on Datadog only comes near to", () => {
  const delivery = { kind: "blueGreen" as const, postPromotion: seconds(900), at: SETTINGS.fail.at };
  const toKnow = (policy: DatadogPolicy): readonly string[] => (policyPage(policy).split("What to know\n")[1] ?? "").split("\n");
  const [straight, window] = [/confidence is a straight line/, /no check sees both/];
  const rows = [
    { policy: datadogPolicyOf(), want: [straight] },
    { policy: datadogPolicyOf({ delivery }), want: [straight, window] },
  ];
  for (const { policy, want } of rows) {
    const lines = toKnow({ ...policy, traffic: rational(10) });
    for (const line of lines) assert.ok(line.length <= 100, line);
    for (const each of [straight, window])
      assert.equal(
        lines.some((line) => each.test(line)),
        want.includes(each),
        `${String(each)} in ${lines.join()}`,
      );
  }
  assert.doesNotMatch(policyPage(policyOf()), straight);
});

test("a page for Flagger says what it cannot do, where the policy wants it", () => {
  const parts = (settings: Partial<GateSettings>): { settings: Partial<GateSettings> } => ({ settings });
  const after = { delivery: { kind: "blueGreen" as const, postPromotion: seconds(900), at: SETTINGS.fail.at } };
  const unseen = { source: { ...policyOf().source, scrapesFlagger: false } };
  const annotated = parts({ budget: { tightenAt: share("0.8"), exhausted: "hold", bypassAnnotation: "x/y", at: SETTINGS.fail.at } });
  const rows = [
    { line: /nothing rolls back at once: name a `loadtester`/, has: flaggerPolicyOf(), not: flaggerPolicyOf(LOADTESTER) },
    { line: /nothing rolls back at once on Datadog/, has: flaggerOnDatadog(LOADTESTER), not: flaggerPolicyOf() },
    { line: /spread over weights that rise/, has: flaggerPolicyOf(), not: flaggerPolicyOf(LOADTESTER) },
    {
      line: /one good look ends a tick/,
      has: flaggerPolicyOf(),
      not: flaggerPolicyOf({}, parts({ promote: { ...SETTINGS.promote, goodLooks: 1 } })),
    },
    { line: /a check cannot know which weight is the last/, has: flaggerPolicyOf({}, unseen), not: flaggerPolicyOf() },
    { line: /a switch has no last step/, has: flaggerPolicyOf({}, switchAfter(600)), not: flaggerPolicyOf({}, unseen) },
    {
      line: /Flagger pauses for nobody/,
      has: flaggerPolicyOf({}, parts({ promote: { ...SETTINGS.promote, onTimeout: "pause" } })),
      not: flaggerPolicyOf(),
    },
    { line: /no checks there for `postPromotion`/, has: flaggerPolicyOf({}, after), not: flaggerPolicyOf({}, switchAfter(600)) },
    { line: /set `hotfix: "1"`/, has: flaggerPolicyOf({}, annotated), not: flaggerPolicyOf(LOADTESTER, annotated) },
    { line: /set `hotfix=1`/, has: flaggerPolicyOf(LOADTESTER, annotated), not: flaggerPolicyOf({}, annotated) },
    {
      line: /the hook that rolls back at once comes with `enforce`/,
      has: flaggerPolicyOf(LOADTESTER, { enforcement: "observe" }),
      not: flaggerPolicyOf(LOADTESTER),
    },
    {
      line: /healthy releases fail: the 209 requests of /,
      has: flaggerOnDatadog({}, { traffic: rational(1, 10) }),
      not: flaggerOnDatadog({}, { traffic: rational(10) }),
    },
  ];
  for (const { line, has, not } of rows) {
    assert.match(policyPage(has), line);
    assert.doesNotMatch(policyPage(not), line);
    for (const each of policyPage(has).split("\n")) assert.ok(each.length <= 100, each);
  }
});

describe("the figures", () => {
  test("name the fewest bad requests that do it: one less does not", () => {
    const policy = policyOf({ traffic: rational(10) });
    assert.ok(policy.delivery.kind === "canary");
    const [gate] = policy.gates;
    assert.ok(gate);
    const constants = boundConstants(0.95, 3);
    for (const step of timeline({ ...policy, delivery: policy.delivery })) {
      const { requests, toHold, toFail, toFailAtOnce, oneBad, oneBadJudged } = sensitivity("prometheus", gate, step, rational(10));
      const burn = (bad: number): number => lowerBound(bad, constants) / requests / 0.001;
      for (const [bad, { burnRate }] of [
        [toHold, limits(SETTINGS.promote)],
        [toFail, limits(SETTINGS.fail)],
        [toFailAtOnce ?? 0, { burnRate: 50 }],
      ] as const) {
        assert.ok(burn(bad) > burnRate);
        assert.ok(bad === 3 || burn(bad - 1) <= burnRate);
      }
      assert.equal(oneBad, 1000 / requests);
      assert.equal(oneBadJudged, 0);
    }
  });

  test("count what a quiet stable side cannot rule out", () => {
    const traffic = rational(1);
    const policy = policyOf({ traffic });
    assert.ok(policy.delivery.kind === "canary");
    const [gate] = policy.gates;
    assert.ok(gate);
    const steps = timeline({ ...policy, delivery: policy.delivery });
    const figures = steps.map((step) => {
      const { requests, toHold, toFail, toFailAtOnce } = sensitivity("prometheus", gate, step, traffic);
      return [requests, toHold, toFail, toFailAtOnce];
    });
    // By hand, with stable's upper bound of (sqrt(0.6765) + 0.8225)^2 = 2.71 bad requests in 285, 240 and 150. At 50 %:
    // 5 x 2.71 / 150 / 0.001 = 90.2, so 14 of 150 (93.3) are above it, if also 9.06 of 600 (15.1) are above 14.4.
    assert.deepEqual(figures, [
      [15, 3, 3, 4],
      [60, 3, 5, 12],
      [150, 3, 14, 36],
    ]);
  });

  test("of quality are the same for the same seed, and tell good from bad", () => {
    const policy = policyOf();
    assert.ok(policy.delivery.kind === "canary");
    const canary = steppedMachine({ ...policy, delivery: policy.delivery });
    const quality = policyQuality(canary, 10, { releases: 100 });
    assert.deepEqual(policyQuality(canary, 10, { releases: 100 }), quality);
    const [healthy, atBudget, bad, terrible] = quality;
    assert.ok(healthy && atBudget && bad && terrible);
    assert.ok(healthy.promoted > 0.98 && atBudget.promoted > 0.95);
    assert.ok(bad.promoted < 0.05 && terrible.rolledBack > 0.98);
    for (const { promoted, timedOut, rolledBack } of quality) assert.ok(Math.abs(promoted + timedOut + rolledBack - 1) < 1e-9);
  });
});

test("what is left of a budget of slices is not asked of Datadog", () => {
  const [gate] = datadogPolicyOf().gates;
  assert.ok(gate);
  const slo: DatadogSlo = {
    ...gate.slo,
    budgeting: { kind: "timeslices", slice: seconds(60), target: rational(95, 100), targetAt: gate.at, at: gate.at },
  };
  assert.match(policyPage({ ...datadogPolicyOf(), gates: [{ ...gate, slo }] }), /^ {2}budget {9}not asked/m);
});
