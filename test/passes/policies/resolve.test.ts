import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReleasePolicy } from "../../../src/model/policy.ts";
import { toDecimal, type Rational } from "../../../src/units/rational.ts";
import { SETTINGS } from "../../support/policies.ts";
import { analysed, onlyPolicy, placed, policiesOf } from "./support.ts";

const policyOf = (spec: string): string => `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: checkout, labels: { team: shop } }
spec:
  slos: [{ ref: checkout-availability }]
  workload: { rollout: checkout, namespace: shop }
${spec}`;

const profileOf = (spec: string): string => `apiVersion: slogen/v1alpha1
kind: GateProfile
metadata: { name: standard }
spec:
${spec}`;

const STEPS = "  steps: [{ weight: 5, bake: 10m }, { weight: 20, bake: 10m }, { weight: 50, bake: 15m }]\n";

/** Settings without their places, numbers as people write them. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, each: unknown) => {
      if (key === "at") return undefined;
      return typeof each === "object" && each !== null && "n" in each && "d" in each ? toDecimal(each as Rational) : each;
    }),
  );
}

test("a policy that says next to nothing has the usual gate", () => {
  const policy = onlyPolicy({ policy: policyOf(STEPS) });
  assert.deepEqual(plain(policy.gates[0]?.settings), plain(SETTINGS));
  assert.deepEqual(plain(policy.delivery), {
    kind: "canary",
    steps: [
      { weight: 5, bake: 600 },
      { weight: 20, bake: 600 },
      { weight: 50, bake: 900 },
    ],
  });
  assert.deepEqual(plain(policy.isolation), {
    strategy: "podName",
    canary: [{ label: "pod", op: "=~", value: "checkout-{hash}-.+" }],
    stable: [{ label: "pod", op: "=~", value: "checkout-{hash}-.+" }],
    revisionUnique: true,
    except: [],
  });
  const { name, labels, enforcement, source, matchers, traffic, environment, profile } = policy;
  assert.deepEqual(plain({ name, labels, enforcement, source, matchers, traffic, environment, profile }), {
    name: "checkout",
    labels: [{ key: "team", value: "shop" }],
    enforcement: "observe",
    source: { name: "default", type: "prometheus", headers: [], scrapeInterval: 30, scrapesFlagger: true, insecure: false },
    matchers: [],
  });
});

test("a policy's word goes before its profile's, and each value keeps its place", () => {
  const { gates, delivery, isolation, profile } = onlyPolicy({
    policy: policyOf("  extends: standard\n  gate:\n    fail: { burnRate: 10 }\n    promote: { maxWait: 1h }\n"),
    profile: profileOf(`${STEPS}  isolation: { strategy: podTemplateHash, except: [kube_pod_info] }
  gate:
    window: 10m
    fail: { burnRate: 12, looks: 3 }
    budget: false
`),
  });
  const settings = gates[0]?.settings;
  assert.ok(settings);
  const { window, fail, promote, budget } = settings;
  assert.deepEqual(plain({ window, fail, promote, budget }), {
    window: 600,
    fail: { burnRate: "10", timesStable: "5", looks: 3, every: 30 },
    promote: { burnRate: "2", timesStable: "2", goodLooks: 5, every: 60, maxWait: 3600, onTimeout: "abort" },
  });
  assert.deepEqual([isolation.strategy, isolation.except, profile], ["podTemplateHash", ["kube_pod_info"], "standard"]);
  assert.deepEqual([fail.at, promote.at, settings.evidence.at, delivery.at, isolation.at].map(placed), [
    "policy.yaml:9:5 fail",
    "policy.yaml:10:5 promote",
    "policy.yaml:5:17 checkout-availability",
    "profile.yaml:5:3 steps",
    "profile.yaml:6:3 isolation",
  ]);
});

test("profiles extend profiles; lists replace, and what stands for something else removes it", () => {
  const base = profileOf(`${STEPS}  isolation: { strategy: istioHost, canaryService: a, stableService: b, except: [x] }\n`);
  const between = profileOf(`  extends: standard\n  isolation: { canary: 'v="c"', stable: 'v="s"' }\n`).replace(
    "name: standard",
    "name: own",
  );
  const own = { profile: `${base}---\n${between}` };
  const stepped = onlyPolicy({ ...own, policy: policyOf("  extends: own\n  steps: [{ weight: 10, bake: 20m }]\n") });
  assert.deepEqual(plain(stepped.delivery), { kind: "canary", steps: [{ weight: 10, bake: 1200 }] });
  assert.deepEqual(plain(stepped.isolation), {
    strategy: "explicit",
    canary: [{ label: "v", op: "=", value: "c" }],
    stable: [{ label: "v", op: "=", value: "s" }],
    revisionUnique: false,
    except: ["x"],
  });
  const switched = onlyPolicy({
    ...own,
    policy: policyOf("  extends: own\n  blueGreen: { postPromotion: 15m }\n  isolation: { strategy: nginx }\n"),
  });
  assert.deepEqual(plain(switched.delivery), { kind: "blueGreen", postPromotion: 900 });
  assert.deepEqual([switched.isolation.strategy, switched.isolation.revisionUnique], ["nginx", false]);
});

test("the SLO's word goes before the environment's, and that before the policy's", () => {
  const config = "sources: { one: {} }\nenvironments: { staging: {}, prod: {} }\n";
  const policy = policyOf(`${STEPS}  gate: { fail: { burnRate: 8 }, minBadEvents: 4, evidence: { minRequests: 10 } }
  environments:
    prod: {}
    staging: { gate: { fail: { burnRate: 9, looks: 3 }, minBadEvents: 5 } }
`).replace(
    "[{ ref: checkout-availability }]",
    "[{ ref: latency, gate: { fail: { burnRate: 6 } } }, { ref: availability, gate: { budget: false } }]".replace(
      "availability",
      "checkout-availability",
    ),
  );
  const seen = policiesOf({ policy, config }).map(({ environment, gates }) => [
    environment,
    ...gates.map(({ slo, settings: { fail, minBadEvents, evidence, budget } }) => [
      slo.name,
      toDecimal(fail.burnRate),
      fail.looks,
      minBadEvents,
      evidence.minRequests,
      budget !== undefined,
    ]),
  ]);
  assert.deepEqual(seen, [
    ["prod", ["latency", "6", 2, 4, 10, true], ["availability", "8", 2, 4, 10, false]],
    ["staging", ["latency", "6", 3, 5, 10, true], ["availability", "9", 3, 5, 10, false]],
  ]);
});

test("each environment has its source, matchers, namespace, traffic and enforcement", () => {
  const config = `sources:
  eu: { address: "http://eu:9090/", headers: { X-Scope-OrgID: shop }, scrapeInterval: 15s, timeout: 20s }
  us: { address: "http://us:9090", authentication: { bearer: { secret: reader, key: token } } }
environments:
  prod-eu: { source: eu, matchers: { cluster: eu-1, tier: web }, namespace: eu-shop, enforcement: enforce }
  prod-us: { source: us }
  staging: { source: eu, enforcement: enforce }
`;
  const spec = `${STEPS}  traffic: 600rpm\n  source: us\n`;
  const summary = ({ environment, source, matchers, workload, traffic, enforcement }: ReleasePolicy) =>
    [
      environment,
      source.name,
      matchers.map((each) => ("label" in each ? `${each.label}${each.op}${each.value as string}` : each.key)).join(),
      workload.namespace,
      traffic && toDecimal(traffic),
      enforcement,
    ].join(" ");

  assert.deepEqual(policiesOf({ policy: policyOf(spec), config }).map(summary), [
    "prod-eu eu cluster=eu-1,tier=web eu-shop 10 enforce",
    "prod-us us  shop 10 observe",
    "staging eu  shop 10 enforce",
  ]);
  const own = `${spec}  environments:
    prod-us: { source: eu, traffic: 5rps, matchers: { cluster: us-1 }, namespace: us-shop }
    prod-eu: { matchers: { cluster: eu-2 }, enforcement: observe }
`;
  assert.deepEqual(policiesOf({ policy: policyOf(own), config }).map(summary), [
    "prod-us eu cluster=us-1 us-shop 5 observe",
    "prod-eu eu cluster=eu-2,tier=web eu-shop 10 observe",
  ]);
});

test("a selector takes SLOs by id, and leaves those that are named to their own entry", () => {
  const chosen = (slos: string): readonly string[] =>
    onlyPolicy({ policy: policyOf(STEPS).replace("[{ ref: checkout-availability }]", slos) }).gates.map(
      ({ slo, settings }) => `${slo.id} ${toDecimal(settings.fail.burnRate)}`,
    );
  assert.deepEqual(chosen("[{ selector: { team: shop } }]"), ["checkout-availability 14.4", "checkout-latency 14.4", "search-errors 14.4"]);
  assert.deepEqual(
    chosen("[{ selector: { team: shop }, gate: { fail: { burnRate: 9 } } }, { ref: latency, gate: { fail: { burnRate: 6 } } }]"),
    ["checkout-availability 9", "search-errors 9", "checkout-latency 6"],
  );
  assert.deepEqual(chosen("[{ ref: errors }, { selector: { team: shop } }, { selector: { team: shop } }]"), [
    "search-errors 14.4",
    "checkout-availability 14.4",
    "checkout-latency 14.4",
  ]);
});

test("limits follow the objective: extreme is half of an outage, promotion never above failure", () => {
  const low = policyOf(`${STEPS}  gate: { fail: { burnRate: 1.5 } }\n`).replace("checkout-availability", "latency");
  const settings = onlyPolicy({ policy: low }).gates[0]?.settings;
  assert.deepEqual(plain([settings?.fail.burnRate, settings?.promote.burnRate, settings?.extreme?.burnRate]), ["1.5", "1.5", "50"]);
  const high = policyOf(`${STEPS}  gate: { fail: { burnRate: 60 } }\n`).replace("checkout-availability", "latency");
  assert.deepEqual(plain(onlyPolicy({ policy: high }).gates[0]?.settings.extreme), { burnRate: "60", timesStable: "10" });
});

test("the Rollout's own file names Istio's Services", () => {
  const rollout = (strategy: string): string =>
    `kind: Service\nmetadata: { name: checkout }\n---\nkind: Rollout\nmetadata: { name: checkout }\nspec: { strategy: { ${strategy} } }\n`;
  const policy = policyOf(`${STEPS}  isolation: { strategy: istioHost, stableService: own }\n`).replace(
    "namespace: shop",
    "file: ./deploy//rollout.yaml",
  );
  const { isolation, workload } = onlyPolicy({ policy, rollout: rollout("canary: { canaryService: c, stableService: s }") });
  assert.deepEqual(isolation.canary, [{ label: "destination_service_name", op: "=", value: "c" }]);
  assert.deepEqual(isolation.stable, [{ label: "destination_service_name", op: "=", value: "own" }]);
  assert.deepEqual(
    workload.files.map(({ path }) => path),
    ["deploy/rollout.yaml"],
  );
});

test("a file that nobody read is reported where the policy names it", () => {
  const policy = policyOf(STEPS).replace("namespace: shop", "file: deploy/rollout.yaml");
  const { diagnostics, model } = analysed({ policy });
  const found = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, at }) => `${code} ${at === undefined ? "" : placed(at)}`);
  assert.deepEqual([found, model.policies], [["policy/missing-file policy.yaml:6:40 deploy/rollout.yaml"], []]);
});

test("nothing is called missing while a file cannot be read", () => {
  const policy = policyOf(STEPS).replace("checkout-availability", "gone").replace("spec:", "spec:\n  extends: lost");
  const { diagnostics } = analysed({ policy, profile: "a: [" });
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code.split("/")[0]),
    ["yaml"],
  );
});

test("an SLI that is no PromQL cannot be narrowed to the canary", () => {
  const slos = `version: prometheus/v1
service: checkout
slo_plugins: { overridePrevious: true, chain: [{ id: sloth.dev/contrib/validate_victoria_metrics/v1 }, { id: sloth.dev/core/sli_rules/v1 }, { id: sloth.dev/core/metadata_rules/v1 }, { id: sloth.dev/core/alert_rules/v1 }] }
slos:
  - name: availability
    objective: 99.9
    sli: { events: { error_query: 'sum(rate({a="b" or c="d"}[{{.window}}]))', total_query: 'sum(rate(hits_total[{{.window}}]))' } }
    alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }
`;
  const { diagnostics, model } = analysed({ slos, policy: policyOf(STEPS), config: "prometheus: { dialect: sloth }" });
  const found = diagnostics
    .filter(({ code }) => code.startsWith("policy/"))
    .map(({ code, at }) => `${code} ${at === undefined ? "" : placed(at)}`);
  assert.deepEqual(
    [found.filter((each) => !each.includes("no-traffic")), model.policies],
    [["policy/unread-query policy.yaml:5:17 checkout-availability"], []],
  );
});

test("a policy may be a list's item, JSON, and one of several in a file", () => {
  const policy = JSON.stringify([
    {
      apiVersion: "slogen/v1alpha1",
      kind: "RolloutPolicy",
      metadata: { name: "one" },
      spec: { slos: [{ ref: "latency" }], workload: { rollout: "one" }, steps: [{ weight: 5, bake: "10m" }] },
    },
    { apiVersion: "slogen/v1alpha1", kind: "GateProfile", metadata: { name: "unused" }, spec: {} },
  ]);
  assert.equal(onlyPolicy({ policy }).name, "one");
});
