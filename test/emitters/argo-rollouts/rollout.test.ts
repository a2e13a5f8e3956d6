import assert from "node:assert/strict";
import type { Matcher } from "../../../src/promql/ast.ts";
import { test } from "node:test";
import { servicesOf } from "../../../src/emitters/argo-rollouts/rollout/index.ts";
import { pauseSeconds } from "../../../src/emitters/argo-rollouts/rollout/steps.ts";
import type { CanaryBlock } from "../../../src/emitters/argo-rollouts/types.ts";
import type { Isolation, ReleasePolicy } from "../../../src/model/policy.ts";
import { seconds } from "../../../src/units/duration.ts";
import { policyOf } from "../../support/policies.ts";
import { analysisOf, blockFor, codesOf, filePolicy, merge, read } from "./support.ts";

const HEAD = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: { name: checkout }\n";
const STEPS = "[{ setWeight: 5 }, { pause: { duration: 10m } }, { setWeight: 20 }, { setWeight: 50 }]";
const ROUTED = `${HEAD}spec:
  rollbackWindow: { revisions: 3 }
  strategy:
    canary:
      canaryService: checkout-canary
      stableService: checkout
      trafficRouting: { istio: { virtualService: { name: checkout, routes: [primary] } } }
      steps: ${STEPS}
`;
const SERVICES = ["checkout", "checkout-canary"]
  .map((name) => `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\n`)
  .join("");
const VIRTUAL_SERVICE = `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: checkout }
spec:
  http:
    - name: primary
      route:
        - { destination: { host: checkout }, weight: 100 }
        - { destination: { host: checkout-canary.shop.svc.cluster.local }, weight: 0 }
`;
const FULL = ROUTED + SERVICES + VIRTUAL_SERVICE;
const BLUE_GREEN = `${HEAD}spec:
  progressDeadlineSeconds: 3600
  strategy:
    blueGreen:
      activeService: checkout # serves
      previewService: checkout-preview
`;

const blueGreen = (parts: { prePromotion?: number; postPromotion?: number }): ReleasePolicy =>
  filePolicy({
    delivery: {
      kind: "blueGreen",
      ...(parts.prePromotion !== undefined && { prePromotion: seconds(parts.prePromotion) }),
      ...(parts.postPromotion !== undefined && { postPromotion: seconds(parts.postPromotion) }),
      at: policyOf().at,
    },
  });
const isolatedBy = (canary: string, stable: string): ReleasePolicy => {
  const matchers = (value: string): Isolation<Matcher>["canary"] => [{ label: "destination_service_name", op: "=", value }];
  return filePolicy({ isolation: { ...policyOf().isolation, strategy: "istioHost", canary: matchers(canary), stable: matchers(stable) } });
};

test("a Rollout that is not what the policy says is refused, with one code", () => {
  const rollout = (spec: string, name = "checkout"): string => `${HEAD.replace("checkout", name)}spec: ${spec}\n`;
  const canary = (steps: string): string => rollout(`{ strategy: { canary: { steps: ${steps} } } }`);
  const rows: readonly (readonly [string, string, string, ReleasePolicy?])[] = [
    ["no object at all", "# nothing\n", "rollout/not-found"],
    ["another name", rollout(`{ strategy: { canary: { steps: ${STEPS} } } }`, "checkuot"), "rollout/not-found"],
    ["a Deployment", "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: checkout }\n", "rollout/not-a-rollout"],
    ["somebody else's Rollout", "apiVersion: example.com/v1\nkind: Rollout\nmetadata: { name: checkout }\n", "rollout/not-a-rollout"],
    ["two of the name", `${canary(STEPS)}---\n${canary(STEPS)}`, "rollout/twice"],
    ["no strategy", rollout("{ replicas: 3 }"), "rollout/no-strategy"],
    ["both strategies", rollout("{ strategy: { canary: {}, blueGreen: {} } }"), "rollout/no-strategy"],
    ["blueGreen for a canary policy", BLUE_GREEN, "rollout/other-strategy"],
    ["a canary for a blueGreen policy", canary(STEPS), "rollout/other-strategy", blueGreen({ postPromotion: 600 })],
    ["no steps", rollout("{ strategy: { canary: {} } }"), "rollout/no-weights"],
    ["other weights", canary("[{ setWeight: 5 }, { setWeight: 25 }, { setWeight: 50 }]"), "rollout/other-weights"],
    ["fewer weights", canary("[{ setWeight: 5 }, { setWeight: 20 }]"), "rollout/other-weights"],
    ["more weights", canary("[{ setWeight: 5 }, { setWeight: 20 }, { setWeight: 50 }, { setWeight: 80 }]"), "rollout/other-weights"],
    [
      "another namespace",
      `${HEAD.replace("name: checkout", "name: checkout, namespace: shop")}spec: { strategy: { canary: { steps: ${STEPS} } } }\n`,
      "rollout/other-namespace",
      filePolicy({ workload: { ...filePolicy().workload, namespace: "store" } }),
    ],
  ];
  for (const [name, text, code, policy] of rows) {
    const { file, found } = read(text, policy);
    assert.deepEqual({ codes: found.map((each) => each.code), file }, { codes: [code], file: undefined }, name);
  }
  assert.deepEqual(
    read(canary("[{ setWeight: five }, { setWeight: 20 }, { setWeight: 50 }]")).found.map(({ code }) => code),
    ["rollout/bad-weight", "rollout/other-weights"],
  );
});

test("a conflict of weights shows both lists, and the place in the file", () => {
  const text = `${HEAD}spec:\n  strategy:\n    canary:\n      steps:\n        - setWeight: 5\n        - setWeight: 25\n        - setWeight: 50\n`;
  const [diagnostic] = read(text).found;
  assert.equal(diagnostic?.message, "the policy's steps are 5, 20, 50 %, the Rollout's are 5, 25, 50 %");
  const place = diagnostic.related[0]?.at;
  assert.equal(place && text.slice(place.start, place.end + 4), "setWeight: 25");
});

test("a pause of another length than the policy's bake time is a warning", () => {
  assert.deepEqual(
    read(FULL.replace("10m", "5m")).found.map(({ code }) => code),
    ["rollout/other-bake"],
  );
  assert.deepEqual(read(FULL).found, []);
});

test("Argo's durations are read as Argo reads them", () => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ["600", 600],
    ["10m", 600],
    ["1h30m", 5400],
    ["1.5h", 5400],
    ["90s", 90],
    ["500ms", 0.5],
    ["1d", undefined],
    ["10 m", undefined],
    ["-5m", undefined],
    ["", undefined],
  ];
  for (const [text, want] of rows) assert.equal(pauseSeconds(text), want, text);
});

test("a path may be written with dots", () => {
  const policy = filePolicy({}, "./deploy/../deploy/rollout.yaml");
  assert.ok(read(FULL, policy).file);
});

test("Services, routes and Ingresses that do not fit are found, each by one code", () => {
  const nginx = FULL.replace("istio: { virtualService: { name: checkout, routes: [primary] } }", "nginx: { stableIngress: web }");
  const ingress = (service: string, name = "web"): string =>
    `---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: ${name} }\nspec: { rules: [{ http: { paths: [{ backend: { service: { name: ${service} } } }] } }] }\n`;
  const subsets = FULL.replace(
    "routes: [primary] }",
    "routes: [primary] }, destinationRule: { name: c, canarySubsetName: new, stableSubsetName: old }",
  );
  const rows: readonly (readonly [string, string, readonly string[], ReleasePolicy?])[] = [
    ["all fits", FULL, []],
    ["objects kept elsewhere", ROUTED, []],
    ["no canaryService", FULL.replace(/ *canaryService.*\n/, ""), ["rollout/no-services"]],
    ["one Service for both", ROUTED.replace("checkout-canary", "checkout"), ["rollout/same-service"]],
    [
      "a Service misspelt",
      FULL.replace("stableService: checkout", "stableService: chekout"),
      ["rollout/unknown-service", "rollout/route-hosts"],
    ],
    ["a VirtualService misspelt", FULL.replace("name: checkout, routes", "name: chekcout, routes"), ["rollout/unknown-virtual-service"]],
    ["a VirtualService in a namespace", FULL.replace("name: checkout, routes", "name: checkout.shop, routes"), []],
    ["a route misspelt", FULL.replace("routes: [primary]", "routes: [primery]"), ["rollout/unknown-route"]],
    ["no route named, one there", FULL.replace(", routes: [primary]", ""), []],
    [
      "no route named, two there",
      `${FULL.replace(", routes: [primary]", "")}    - { name: other, route: [] }\n`,
      ["rollout/several-routes"],
    ],
    ["a third destination", `${FULL}        - { destination: { host: legacy }, weight: 0 }\n`, ["rollout/route-hosts"]],
    ["weights of 110", FULL.replace("weight: 0", "weight: 10"), ["rollout/route-weights"]],
    ["subsets without names in the route", subsets, ["rollout/route-hosts"]],
    ["nginx without its Ingress", nginx, []],
    ["nginx", nginx + ingress("checkout"), []],
    ["another Ingress", nginx + ingress("checkout", "site"), ["rollout/unknown-ingress"]],
    ["an Ingress that leads elsewhere", nginx + ingress("other"), ["rollout/ingress-backend"]],
    ["dynamicStableScale", FULL.replace("      steps", "      dynamicStableScale: true\n      steps"), ["rollout/stable-thins-out"]],
    ["another scale", FULL.replace("istio:", "maxTrafficWeight: 1000, istio:"), ["rollout/other-scale"]],
    ["no way back past the gate", FULL.replace(/.*rollbackWindow.*\n/, ""), ["rollout/no-rollback-window"]],
    ["while observing, no matter", FULL.replace(/.*rollbackWindow.*\n/, ""), [], filePolicy({ enforcement: "observe" })],
  ];
  for (const [name, text, codes, policy] of rows) assert.deepEqual(codesOf(text, policy), codes, name);
});

test("isolation by Service means the Rollout's own Services", () => {
  assert.deepEqual(servicesOf(read(FULL).file ?? assert.fail()), { canary: "checkout-canary", stable: "checkout" });
  assert.deepEqual(codesOf(FULL, isolatedBy("checkout-canary", "checkout")), []);
  assert.deepEqual(codesOf(FULL, isolatedBy("checkout-preview", "checkout")), ["rollout/other-service"]);
  assert.deepEqual(codesOf(FULL, isolatedBy("checkout", "checkout-canary")), ["rollout/other-service", "rollout/other-service"]);
});

test("without a router a weight that pods cannot give is a warning with the true figure", () => {
  const text = (spec: string): string =>
    `${HEAD}spec: { rollbackWindow: { revisions: 1 }, ${spec}strategy: { canary: { steps: ${STEPS} } } }\n`;
  assert.deepEqual(codesOf(text("replicas: 20, ")), []);
  assert.deepEqual(codesOf(text("")), ["rollout/unknown-replicas"]);
  const policy = filePolicy();
  assert.deepEqual(codesOf(text("replicas: 10, "), policy), ["rollout/approximate-weight"]);
  assert.deepEqual(codesOf(text("replicas: 4, "), policy), ["rollout/approximate-weight"]);
});

test("blueGreen: the deadline and the old pods must outlive the analysis", () => {
  assert.deepEqual(codesOf(BLUE_GREEN, blueGreen({ prePromotion: 600, postPromotion: 900 })), []);
  const rows: readonly (readonly [string, ReleasePolicy, readonly string[]])[] = [
    [BLUE_GREEN.replace("3600", "1200"), blueGreen({ prePromotion: 600 }), ["rollout/progress-deadline"]],
    [BLUE_GREEN.replace(/.*progress.*\n/, ""), blueGreen({ postPromotion: 900 }), ["rollout/progress-deadline"]],
    [`${BLUE_GREEN}      scaleDownDelaySeconds: 600\n`, blueGreen({ postPromotion: 900 }), ["rollout/scale-down-delay"]],
    [`${BLUE_GREEN}      scaleDownDelaySeconds: 900\n`, blueGreen({ postPromotion: 900 }), []],
  ];
  for (const [text, policy, codes] of rows) assert.deepEqual(codesOf(text, policy), codes, text);
});

test("a template of the user's own that would share a run may have no metric of ours", () => {
  const own = (metric: string): string =>
    `${FULL.replace("      steps", "      analysis: { templates: [{ templateName: mine }] }\n      steps")}---\napiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: { name: mine }\nspec: { metrics: [{ name: ${metric} }] }\n`;
  const [gate] = filePolicy().gates;
  assert.deepEqual(codesOf(own(`${gate?.slo.id ?? ""}-fail`)), ["rollout/metric-name"]);
  assert.deepEqual(codesOf(own("latency")), []);
});

const BLOCK_STYLE = `${HEAD}spec:
  strategy:
    canary:
      steps:
        - setWeight: 5
        # two coffees
        - pause: { duration: 10m } # no less
        - setWeight: 20
        - pause: {} # ask Ada
        - setWeight: 50
        # - setWeight: 80
      maxSurge: 1
`;

test("the gate takes the place of pauses, and leaves people and comments where they are", () => {
  const merged = merge(BLOCK_STYLE, blockFor({ delivery: filePolicy().delivery }, { beforeTraffic: analysisOf("checkout-budget") })).text;
  const ours = (name: string, mark: string, since: string): string =>
    `        - analysis: ${mark}\n            templates:\n              - templateName: ${name}\n            args:\n              - name: canary-hash\n                valueFrom:\n                  podTemplateHashValue: Latest\n${since === "" ? "" : `              - name: since\n                value: ${since}\n`}`;
  assert.equal(
    merged,
    `${HEAD}spec:
  strategy:
    canary:
      steps:
${ours("checkout-budget", "# slogen", "")}        - setWeight: 5
        # two coffees
        # no less
${ours("checkout-promote", "# slogen: bake 10m", "10m")}        - setWeight: 20
${ours("checkout-promote", "# slogen: bake 10m", "10m")}        - pause: {} # ask Ada
        - setWeight: 50
${ours("checkout-promote", "# slogen: bake 15m", "15m")}        # - setWeight: 80
      analysis: # slogen
        templates:
          - templateName: checkout-background
        args:
          - name: canary-hash
            valueFrom:
              podTemplateHashValue: Latest
        startingStep: 2
      maxSurge: 1
`,
  );
});

test("when the policy changes, what is no longer wanted goes, and nothing else moves", () => {
  const { delivery } = filePolicy();
  const once = merge(BLOCK_STYLE, blockFor({ delivery })).text ?? assert.fail();
  const full = blockFor({ delivery });
  assert.equal(full.kind, "canary");
  const { analysis, beforeTraffic, ...rest } = full;
  assert.ok(analysis && beforeTraffic);
  const pauses: CanaryBlock = {
    ...rest,
    afterWeight: full.afterWeight.map(({ weight }) => ({ weight, step: { pause: { duration: "10m" } } })),
  };
  const observing = merge(once, pauses).text ?? assert.fail();
  assert.ok(!observing.includes("templateName"));
  assert.equal(observing.match(/- pause: \{ duration: 10m \} # slogen\n/g)?.length, 3);
  assert.equal(merge(observing, full).text, once);

  // A tool that rewrote the file took the comments along; the names are left.
  const bare = once.replaceAll(/ # slogen.*/g, "");
  const again = merge(bare, { ...full, afterWeight: full.afterWeight }).text ?? assert.fail();
  assert.equal(again, once);
  assert.ok(!(merge(bare, { ...rest, analysis }).text ?? "").includes("checkout-budget"));
});

test("an analysis of the user's own shares its run with the gate, and keeps its place", () => {
  const mine = `      analysis: # mine
        templates:
          - templateName: smoke # mine
        args:
          - name: canary-hash
            valueFrom: { podTemplateHashValue: Latest }
          - name: url
            value: http://checkout # mine
        startingStep: 1
        dryRun: [{ metricName: smoke }]
`;
  const text = BLOCK_STYLE.replace("      maxSurge", `${mine}      maxSurge`);
  const { text: merged = assert.fail(), found } = merge(text);
  assert.deepEqual(
    found.map(({ code, why }) => [code, why?.includes("now 2 instead of 1")]),
    [["rollout/shared-analysis", true]],
  );
  assert.ok(
    merged.includes(
      mine
        .replace("smoke # mine\n", "smoke # mine\n          - templateName: checkout-background # slogen\n")
        .replace("startingStep: 1", "startingStep: 2 # slogen"),
    ),
    merged,
  );
  assert.equal(merge(merged).text, merged);
  const { delivery } = filePolicy();
  const changed =
    merge(merged, blockFor({ delivery }, { analysis: { ...analysisOf("new-background", { limit: "3" }), startingStep: 2 } })).text ??
    assert.fail();
  assert.ok(
    changed.includes("new-background # slogen") && changed.includes("name: limit # slogen") && !changed.includes("checkout-background"),
  );
  assert.equal(merge(changed).text, merged);

  const conflict = merge(text.replace("podTemplateHashValue: Latest", "podTemplateHashValue: Stable"));
  assert.deepEqual([conflict.text, conflict.found.at(-1)?.code], [undefined, "rollout/argument-conflict"]);
});

test("a template that somebody put below our mark goes, and they are told", () => {
  const once = merge(BLOCK_STYLE).text ?? assert.fail();
  const edited = once.replace(
    "- templateName: checkout-background",
    "- templateName: checkout-background\n          - templateName: smoke",
  );
  const { text, found } = merge(edited);
  assert.equal(text, once);
  assert.deepEqual(
    found.map(({ code }) => code),
    ["rollout/removed-template"],
  );
});

test("blueGreen gets its two analyses at the end of the strategy", () => {
  const policy = blueGreen({ prePromotion: 600, postPromotion: 900 });
  const merged = merge(BLUE_GREEN, undefined, policy).text ?? assert.fail();
  assert.ok(merged.startsWith(BLUE_GREEN));
  assert.match(merged, /\n {6}prePromotionAnalysis: # slogen\n[^]*\n {6}postPromotionAnalysis: # slogen\n/);
  assert.equal(merge(merged, undefined, policy).text, merged);
  assert.equal(merge(merged, { kind: "blueGreen" }, policy).text, BLUE_GREEN);
});

test("what cannot be edited with certainty is refused, and never broken", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["steps through an alias", `x: &s ${STEPS}\n${HEAD}spec: { strategy: { canary: { steps: *s } } }\n`],
    ["steps through a merge key", `x: &s { steps: ${STEPS} }\n${HEAD}spec:\n  strategy:\n    canary:\n      <<: *s\n`],
    ["an anchor in a pause that goes", `${BLOCK_STYLE.replace("pause: { duration: 10m }", "pause: &p { duration: 10m }")}x: *p\n`],
    [
      "a comment between brackets",
      `${HEAD}spec:\n  strategy:\n    canary:\n      steps: [\n        { setWeight: 5 }, # first\n        { setWeight: 20 }, { setWeight: 50 }]\n`,
    ],
    [
      "steps that are aliases",
      `x: &w { setWeight: 5 }\n${HEAD}spec:\n  strategy:\n    canary:\n      steps:\n        - *w\n        - setWeight: 20\n        - setWeight: 50\n`,
    ],
    [
      "an explicit key",
      `${HEAD}spec:\n  strategy:\n    canary:\n      ? steps\n      : - setWeight: 5\n        - setWeight: 20\n        - setWeight: 50\n`,
    ],
  ];
  for (const [name, text] of rows) {
    const merged = merge(text);
    assert.deepEqual([merged.text, merged.found.at(-1)?.code], [undefined, "rollout/cannot-edit"], name);
  }
});
