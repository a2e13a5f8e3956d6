import assert from "node:assert/strict";
import { test } from "node:test";
import { goDuration } from "../../../src/emitters/argo-rollouts/go-duration.ts";
import type { Metric, PrometheusProvider, RolloutAnalysis } from "../../../src/emitters/argo-rollouts/types.ts";
import { CAPABILITIES, supports } from "../../../src/emitters/argo-rollouts/versions.ts";
import { planSteps } from "../../../src/gate/plan.ts";
import type { PromqlQuery } from "../../../src/model/model.ts";
import { readPromql } from "../../../src/model/query.ts";
import { STRICT_READING } from "../../../src/model/reading.ts";
import type { Guard, ReleasePolicy } from "../../../src/model/policy.ts";
import { parseExpr } from "../../../src/promql/parse.ts";
import { printExpr } from "../../../src/promql/print.ts";
import { withChildren } from "../../../src/promql/walk.ts";
import type { Expr } from "../../../src/promql/ast.ts";
import { formatDuration, seconds } from "../../../src/units/duration.ts";
import { rational } from "../../../src/units/rational.ts";
import { burn, decimal, policyOf, SETTINGS, share } from "../../support/policies.ts";
import { sloOf } from "../../support/slos.ts";
import { emitted, without, type Strategy } from "./emitted.ts";

const codes = (policy: ReleasePolicy, section = {}): readonly string[] => emitted([policy], section).found.map(({ code }) => code);

const metric = (metrics: ReadonlyMap<string, Metric>, name: string): Metric => metrics.get(name) ?? assert.fail(`no metric ${name}`);

function prometheus({ provider }: Pick<Metric, "provider">): PrometheusProvider {
  return "prometheus" in provider ? provider.prometheus : assert.fail("it asks another source");
}

function guardOf(parts: Partial<Guard<PromqlQuery>>): Guard<PromqlQuery> {
  const at = policyOf().at;
  const query = readPromql(
    { kind: "scalar", text: "max(queue_lag_seconds)", style: "plain", at },
    { kind: "value" },
    { reading: STRICT_READING, report: ({ message }) => assert.fail(message) },
  );
  return { name: "lag", query: query ?? assert.fail(), bound: "max", limit: rational(30), action: "hold", at, ...parts };
}

test("durations are Go's, without days", () => {
  const table = [
    [0, "0s"],
    [30, "30s"],
    [60, "1m"],
    [90, "1m30s"],
    [3600, "1h"],
    [129_600, "36h"],
    [90_061, "25h1m1s"],
  ] as const;
  for (const [length, wanted] of table) assert.equal(goDuration(length), wanted);
});

test("versions are compared by number, not by letter", () => {
  assert.ok(supports("consecutiveSuccessLimit", "1.10"));
  assert.ok(supports("consecutiveSuccessLimit", "1.8"));
  assert.ok(!supports("consecutiveSuccessLimit", "1.7"));
});

test("every capability says where it can be looked up", () => {
  for (const { since, source } of Object.values(CAPABILITIES)) assert.ok(source.includes(`/v${since}.`), source);
});

test("fail checks run in the background alone, promote checks in the steps alone", () => {
  const { templates } = emitted([policyOf()]);
  const names = (template: string): readonly string[] => (templates.get(template)?.spec.metrics ?? []).map(({ name }) => name);
  assert.deepEqual(names("checkout-background"), [
    "shop-hits-fail",
    "shop-hits-extreme",
    "obs-shop-hits-canary-burn",
    "obs-shop-hits-stable-burn",
  ]);
  assert.deepEqual(names("checkout-promote"), ["shop-hits-promote", "shop-hits-budget"]);
  assert.deepEqual(names("checkout-budget"), ["shop-hits-budget-left"]);
});

test("fails on more than the tolerated failures, which Argo counts as one less than the looks", () => {
  const policy = policyOf({ settings: { fail: { ...SETTINGS.fail, looks: 3 }, noSeries: "fail" } });
  const { metrics } = emitted([policy]);
  assert.equal(metric(metrics, "shop-hits-fail").failureLimit, 2);
  assert.equal(metric(metrics, "shop-hits-extreme").failureLimit, 0);
  assert.equal(metric(metrics, "shop-hits-series").failureLimit, 2);
  assert.equal(metric(metrics, "shop-hits-series").failureCondition, "len(result) > 0");
});

test("a source may be silent for as long as the policy tolerates, asked again every ten seconds", () => {
  const { metrics } = emitted([policyOf({ settings: { sourceDown: seconds(125) } })]);
  for (const { consecutiveErrorLimit } of metrics.values()) assert.equal(consecutiveErrorLimit, 13);
});

test("a step is held by good looks in a row, and given up in the end", () => {
  const { failureCondition, ...held } = metric(emitted([policyOf()]).metrics, "shop-hits-promote");
  assert.equal(failureCondition, undefined);
  assert.deepEqual([held.count, held.consecutiveSuccessLimit, held.failureLimit, held.inconclusiveLimit], [35, 5, -1, undefined]);
});

test("`onTimeout: pause` ends Inconclusive and is warned of", () => {
  const policy = policyOf({ settings: { promote: { ...SETTINGS.promote, onTimeout: "pause" } } });
  const held = metric(emitted([policy]).metrics, "shop-hits-promote");
  assert.deepEqual([held.failureCondition, held.failureLimit, held.inconclusiveLimit, held.count], ["false", 0, 35, 35]);
  assert.deepEqual(codes(policy), ["argo-rollouts/hold-is-inconclusive"]);
});

test("version 1.7 pauses at the first look that is not good, and is warned of", () => {
  const held = metric(emitted([policyOf()], { version: "1.7" }).metrics, "shop-hits-promote");
  assert.deepEqual([held.count, held.failureCondition, held.inconclusiveLimit, held.consecutiveSuccessLimit], [5, "false", 0, undefined]);
  assert.deepEqual(codes(policyOf(), { version: "1.7" }), ["argo-rollouts/hold-is-inconclusive"]);
});

test("observing stops nothing: one dry run beside plain pauses", () => {
  const { strategy, templates, found } = emitted([policyOf({ enforcement: "observe" })]);
  assert.deepEqual([...templates.keys()], ["checkout-background"]);
  assert.deepEqual(templates.get("checkout-background")?.spec.dryRun, [{ metricName: "^.+$" }]);
  assert.deepEqual(strategy.canary?.steps, [
    { setWeight: 5 },
    { pause: { duration: "10m" } },
    { setWeight: 20 },
    { pause: { duration: "10m" } },
    { setWeight: 50 },
    { pause: { duration: "15m" } },
  ]);
  assert.equal(strategy.canary.analysis?.startingStep, 1);
  assert.deepEqual(found, []);
});

test("the background run starts after the first weight, our own step before it counted", () => {
  const start = (policy: ReleasePolicy): number | undefined => emitted([policy]).strategy.canary?.analysis?.startingStep;
  assert.equal(start(policyOf()), 2);
  assert.equal(start(policyOf({ settings: { budget: { tightenAt: share("0.8"), exhausted: "observe", at: policyOf().at } } })), 1);
});

test("each step says how far back to look, and the last one asks for requests", () => {
  const values = (analysis: RolloutAnalysis | undefined): readonly (string | undefined)[] =>
    ["initial-delay", "since", "evidence"].map((name) => analysis?.args?.find((each) => each.name === name)?.value);
  const { delivery } = policyOf();
  const planned = delivery.kind === "canary" ? planSteps(delivery) : [];
  const steps =
    emitted([policyOf()])
      .strategy.canary?.steps.filter(({ analysis }) => analysis !== undefined)
      .slice(1) ?? [];
  assert.deepEqual(
    steps.map(({ analysis }) => values(analysis)),
    planned.map(({ since, isLast }, i) => [i === 2 ? "11m" : "6m", formatDuration(since), isLast ? "1" : "0"]),
  );
});

test("evidence by every step needs no argument", () => {
  const policy = policyOf({ settings: { evidence: { ...SETTINGS.evidence, by: "everyStep" } } });
  const { metrics, strategy } = emitted([policy]);
  assert.match(prometheus(metric(metrics, "shop-hits-promote")).query, />= 209\)/);
  assert.ok(!JSON.stringify(strategy).includes("evidence"));
});

test("a service named obs is not taken for an observation, and still fails", () => {
  const policy = policyOf({ slos: [{ ...sloOf({}), id: "obs-availability", service: "obs", name: "availability" }] });
  const { spec } = emitted([policy]).templates.get("checkout-background") ?? assert.fail();
  const [rule] = spec.dryRun ?? [];
  const dry = spec.metrics.map(({ name }) => name).filter((name) => new RegExp(rule?.metricName ?? "").test(name));
  assert.deepEqual(dry, ["obs-obs-availability-canary-burn", "obs-obs-availability-stable-burn"]);
});

test("an exhausted budget that fails is looked at once, and a hotfix passes it", () => {
  const budget = { tightenAt: share("0.8"), exhausted: "fail", bypassAnnotation: "slogen/hotfix", at: policyOf().at } as const;
  const { metrics, strategy } = emitted([policyOf({ settings: { budget } })]);
  const gone = metric(metrics, "shop-hits-budget-gone");
  assert.deepEqual([gone.count, gone.failureLimit], [1, 0]);
  assert.equal(gone.failureCondition, "'{{args.hotfix}}' != 'true' && (len(result) == 1 && result[0] <= 0)");
  assert.deepEqual(strategy.canary?.steps[0]?.analysis?.args, [
    { name: "hotfix", valueFrom: { fieldRef: { fieldPath: "metadata.annotations['slogen/hotfix']" } } },
  ]);
});

test("SLOs of one release share one hotfix annotation", () => {
  const policy = policyOf({ slos: [sloOf({}), { ...sloOf({}), id: "shop-more", name: "more" }] });
  const [first, second] = policy.gates;
  assert.ok(first?.settings.budget && second?.settings.budget);
  const other = { ...second, settings: { ...second.settings, budget: { ...second.settings.budget, bypassAnnotation: "team/other" } } };
  assert.deepEqual(codes({ ...policy, gates: [first, other] }), ["argo-rollouts/bypass-differs"]);
});

test("guards hold in the steps or fail in the background", () => {
  const guards = [guardOf({ name: "lag" }), guardOf({ name: "Free disk", bound: "min", action: "fail" })];
  const { templates, metrics } = emitted([policyOf({ guards })]);
  assert.ok(templates.get("checkout-promote")?.spec.metrics.some(({ name }) => name === "guard-lag"));
  assert.equal(metric(metrics, "guard-lag").successCondition, "len(result) == 1 && result[0] <= 30");
  assert.equal(metric(metrics, "guard-free-disk").failureCondition, "len(result) > 0 && result[0] < 30");
  assert.equal(metric(metrics, "guard-free-disk").failureLimit, 1);
});

test("two checks of one metric name are an error", () => {
  assert.deepEqual(codes(policyOf({ guards: [guardOf({ name: "Lag" }), guardOf({ name: "lag" })] })), ["argo-rollouts/duplicate-metric"]);
});

test("braces of another tool are an error, not an argument", () => {
  const source = { ...policyOf().source, headers: [{ key: "X-Scope-OrgID", value: "{{ .Values.tenant }}", at: policyOf().at }] };
  const found = codes(policyOf({ source }));
  assert.ok(found.length > 0 && found.every((code) => code === "argo-rollouts/foreign-braces"), found.join());
});

test("what is wrong with a source is said at the source", () => {
  const source = policyOf().source;
  const homeless = without(source, "address");
  assert.deepEqual(codes(policyOf({ source: { ...source, timeout: seconds(30) } })), ["argo-rollouts/timeout-too-long"]);
  assert.deepEqual(codes(policyOf({ source: homeless })), ["argo-rollouts/no-address"]);
  const sigv4 = { kind: "sigv4", region: "eu-central-1" } as const;
  assert.deepEqual(codes(policyOf({ source: { ...source, authentication: sigv4 } })), ["argo-rollouts/sigv4-address"]);
  const bearer = { kind: "bearer", token: { name: "reader", key: "token" } } as const;
  assert.deepEqual(codes(policyOf({ source: { ...source, authentication: bearer } })), ["argo-rollouts/secret-needed"]);
});

test("a secret is an argument of the template, and never one of the Rollout", () => {
  const authentication = { kind: "bearer", token: { name: "reader", key: "token" } } as const;
  const { templates, metrics, strategy } = emitted([policyOf({ source: { ...policyOf().source, authentication } })]);
  for (const { spec } of templates.values()) {
    assert.deepEqual(spec.args?.at(-1), { name: "prometheus-token", valueFrom: { secretKeyRef: { name: "reader", key: "token" } } });
  }
  assert.deepEqual(prometheus(metric(metrics, "shop-hits-fail")).headers, [
    { key: "Authorization", value: "Bearer {{args.prometheus-token}}" },
  ]);
  assert.ok(!JSON.stringify(strategy).includes("prometheus-token"));
});

test("the timeout stays below the interval of the looks", () => {
  const source = without(policyOf().source, "timeout");
  const query = (every: number): number | undefined => {
    const policy = policyOf({ source, settings: { fail: { ...SETTINGS.fail, every: seconds(every) } } });
    return prometheus(metric(emitted([policy]).metrics, "shop-hits-fail")).timeout;
  };
  assert.deepEqual([query(30), query(10), query(1)], [20, 9, 1]);
});

test("a blue-green switch is judged before and after", () => {
  const at = policyOf().at;
  const policy = policyOf({ delivery: { kind: "blueGreen", prePromotion: seconds(600), postPromotion: seconds(900), at } });
  const { strategy, metrics, found } = emitted([policy]);
  assert.deepEqual(strategy.blueGreen?.prePromotionAnalysis?.templates, [
    { templateName: "checkout-budget" },
    { templateName: "checkout-promote" },
  ]);
  assert.equal(metric(metrics, "shop-hits-fail").count, 29);
  assert.deepEqual(
    found.map(({ code }) => code),
    ["argo-rollouts/preview-traffic", "argo-rollouts/no-baseline", "argo-rollouts/blue-green-deadline"],
  );
});

test("a guard that a switch has no place for is a warning", () => {
  const at = policyOf().at;
  const policy = policyOf({ delivery: { kind: "blueGreen", postPromotion: seconds(300), at }, guards: [guardOf({})] });
  const found = codes(policy);
  assert.ok(found.includes("argo-rollouts/check-left-out"), found.join());
});

test("cluster-wide templates carry the namespace in their names", () => {
  const workload = { ...policyOf().workload, namespace: "shop" };
  const names = (name: string): readonly string[] => [...emitted([policyOf({ name, workload })], { scope: "cluster" }).templates.keys()];
  assert.equal(names("checkout")[0], "shop-checkout-background");
  assert.equal(names("shop-web")[0], "shop-web-background");
  assert.equal(names("shop")[0], "shop-background");
});

test("two policies that would be one object are an error", () => {
  const workload = (namespace: string) => ({ ...policyOf().workload, namespace });
  const policies = [policyOf({ name: "b-c", workload: workload("a") }), policyOf({ name: "c", workload: workload("a-b") })];
  const found = emitted(policies, { scope: "cluster" }).found.map(({ code }) => code);
  assert.ok(found.length > 0 && found.every((code) => code === "argo-rollouts/object-collision"), found.join());
});

test("an edit needs a file, `none` writes templates alone", () => {
  assert.deepEqual(codes(policyOf(), { rollout: "edit" }), ["argo-rollouts/no-rollout-file"]);
  assert.deepEqual(emitted([policyOf()], { rollout: "none" }).paths, ["argo-rollouts/checkout/analysis-templates.yaml"]);
});

test("each environment has its folder", () => {
  const paths = emitted([policyOf({ environment: "eu" }), policyOf({ environment: "us" })], { rollout: "none" }).paths;
  assert.deepEqual(paths, ["argo-rollouts/eu/checkout/analysis-templates.yaml", "argo-rollouts/us/checkout/analysis-templates.yaml"]);
});

const SHARED = { templates: "shared" };

/** A template's query with the arguments that a Rollout passes, as Argo fills them in. */
function filled(query: string, analysis: RolloutAnalysis | undefined): string {
  return query.replace(/\{\{args\.([^{}]+)\}\}/g, (_, name: string) => {
    const argument = analysis?.args?.find((each) => each.name === name) ?? assert.fail(`no argument ${name}`);
    return argument.value ?? name;
  });
}

/** With names as the matchers that they are, in one order. */
function plain(query: string): string {
  const result = parseExpr(query);
  assert.ok(result.ok, query);
  return printExpr(named(result.expr));
}

function named(expr: Expr): Expr {
  if (expr.kind !== "vector") return withChildren(expr, named);
  const { name, ...rest } = expr;
  const all = [...(name === undefined ? [] : [{ label: "__name__", op: "=" as const, value: name }]), ...expr.matchers];
  return { ...rest, matchers: [...all].sort((a, b) => (JSON.stringify([a.label, a.value]) < JSON.stringify([b.label, b.value]) ? -1 : 1)) };
}

test("shared templates with a service's arguments ask what its own would", () => {
  const second = {
    ...sloOf({ target: "0.995", bad: 'sum(rate(slow_total{path=~"/a\\\\.b"}[{{.window}}]))' }),
    id: "shop-slow",
    name: "slow",
  };
  const policy = policyOf({ slos: [sloOf({}), second], settings: { noSeries: "fail", noTraffic: "pass" } });
  const own = emitted([policy]);
  const shared = emitted([policy], SHARED);
  assert.deepEqual(shared.found, []);
  const analysis = shared.strategy.canary?.steps.at(-1)?.analysis;
  assert.deepEqual(
    analysis?.templates.map(({ templateName, clusterScope }) => [templateName, clusterScope]),
    [
      ["slogen-gate-promote-1", true],
      ["slogen-gate-promote-2", true],
    ],
  );
  const runOf = ({ canary }: Strategy, name: string): RolloutAnalysis | undefined => {
    if (name.endsWith("-budget-left")) return canary?.steps[0]?.analysis;
    return /-(promote|budget)$/.test(name) ? canary?.steps.at(-1)?.analysis : canary?.analysis;
  };
  assert.equal(shared.metrics.size, own.metrics.size);
  for (const [name, { provider, ...rest }] of shared.metrics) {
    const run = runOf(shared.strategy, name);
    const ownName = filled(name, run);
    const { provider: ownProvider, ...ownRest } = metric(own.metrics, ownName);
    const ownRun = runOf(own.strategy, ownName);
    assert.deepEqual(filled(JSON.stringify(rest), run), filled(JSON.stringify(ownRest), ownRun), ownName);
    assert.equal(
      plain(filled(prometheus({ provider }).query, run)),
      plain(filled(prometheus({ provider: ownProvider }).query, ownRun)),
      ownName,
    );
  }
});

test("policies of a profile share what the profile gives its name", () => {
  const other = policyOf({ name: "search", profile: "standard", workload: { ...policyOf().workload, name: "search" } });
  const { paths, templates, found } = emitted([policyOf({ profile: "standard" }), other], SHARED);
  assert.deepEqual(found, []);
  assert.deepEqual([...templates.keys()], ["standard-background-1", "standard-promote-1", "standard-budget-1"]);
  assert.deepEqual(paths, [
    "argo-rollouts/shared/analysis-templates.yaml",
    "argo-rollouts/checkout/rollout-patch.yaml",
    "argo-rollouts/search/rollout-patch.yaml",
  ]);
});

test("the shared templates of all profiles lie in one file", () => {
  const policies = ["standard", "careful"].map((profile) =>
    policyOf({ name: profile, profile, workload: { ...policyOf().workload, name: profile } }),
  );
  const { paths, templates } = emitted(policies, { ...SHARED, rollout: "none" });
  assert.deepEqual(paths, ["argo-rollouts/shared/analysis-templates.yaml"]);
  assert.ok(["standard-background-1", "careful-background-1"].every((name) => templates.has(name)));
});

test("a policy that does not fit the shared templates has its own, and is told why", () => {
  const usual = ["a", "b"].map((name) => policyOf({ name }));
  const rows: readonly (readonly [string, ReleasePolicy, RegExp])[] = [
    ["guards", policyOf({ name: "odd", guards: [guardOf({})] }), /guards/],
    ["confidence", policyOf({ name: "odd", settings: { confidence: share("0.99") } }), /confidence/],
    ["looks", policyOf({ name: "odd", settings: { fail: { ...SETTINGS.fail, looks: 1 } } }), /looks/],
    ["rhythm", policyOf({ name: "odd", settings: { window: seconds(600) } }), /rhythm/],
    [
      "two counters",
      policyOf({ name: "odd", slos: [sloOf({ bad: "sum(rate(a_total[{{.window}}])) + sum(rate(b_total[{{.window}}]))" })] }),
      /more than the sum/,
    ],
    ["times one", policyOf({ name: "odd", settings: { fail: { ...SETTINGS.fail, timesStable: decimal("1") } } }), /looks and confidence/],
  ];
  for (const [what, odd, why] of rows) {
    const { found, templates } = emitted([...usual, odd], SHARED);
    assert.deepEqual([found[0]?.code, found.length], ["argo-rollouts/own-templates", 1], what);
    assert.match(found[0]?.why ?? "", why, what);
    assert.ok(templates.has("odd-background"), what);
  }
});

test("numbers and names alone do not keep a policy from the shared templates", () => {
  const settings = { fail: { ...SETTINGS.fail, burnRate: burn("6"), timesStable: rational(3) } };
  const { found } = emitted([policyOf({ name: "a" }), policyOf({ name: "b", slos: [sloOf({ target: "0.99" })], settings })], SHARED);
  assert.deepEqual(found, []);
});
