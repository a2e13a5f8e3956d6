import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { printFilter } from "../../../src/datadogql/print.ts";
import { isForFlagger, FLAGGER_PROVIDERS, type FlaggerPolicy, type FlaggerProvider } from "../../../src/model/policy.ts";
import type { Matcher } from "../../../src/promql/ast.ts";
import { analysed, onlyPolicy, placed, policiesOf, SLOS, type Project } from "./support.ts";

const STEPS = "steps: [{ weight: 5, bake: 10m }, { weight: 50, bake: 15m }]";
const ISTIO = "flagger: { provider: istio }";

/** A policy of these lines; `workload` is what stands in braces. */
const policyOf = (lines: readonly string[], workload = "deployment: checkout, namespace: shop"): string =>
  [
    "apiVersion: slogen/v1alpha1",
    "kind: RolloutPolicy",
    "metadata: { name: checkout }",
    "spec:",
    "  slos: [{ ref: checkout-availability }]",
    `  workload: { ${workload} }`,
    ...lines.map((line) => `  ${line}`),
    "",
  ].join("\n");

const canaryFile = (spec: string, { namespace = "" } = {}): string => `apiVersion: v1
kind: List
items:
  - apiVersion: flagger.app/v1beta1
    kind: Canary
    metadata: { name: shop-checkout${namespace === "" ? "" : `, namespace: ${namespace}`} }
    spec: ${spec}
`;

const sloOf = (selector: string): string => `version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: 'sum(rate(hits_total{${selector},code="500"}[{{.window}}]))'
        total_query: 'sum(rate(hits_total{${selector}}[{{.window}}]))'
    alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }
`;

function flaggerPolicy(project: Project): FlaggerPolicy {
  const policy = onlyPolicy(project);
  assert.ok(isForFlagger(policy));
  return policy;
}

function sidesOf(policy: FlaggerPolicy): { readonly canary: string; readonly stable: string } {
  if (policy.backend !== "prometheus") assert.fail("a policy on Datadog");
  const text = (side: readonly Matcher[]): string =>
    side.map(({ label, op, value }) => `${label}${op}"${typeof value === "string" ? value : ""}"`).join(", ");
  return { canary: text(policy.isolation.canary), stable: text(policy.isolation.stable) };
}

/** Codes of errors and warnings, each with its place. */
function findings(project: Project): readonly string[] {
  return analysed(project)
    .diagnostics.filter(({ severity, code }) => severity !== "notice" && !code.startsWith("alert/"))
    .map(({ severity, code, at }) => `${severity} ${code} ${at === undefined ? "" : placed(at)}`);
}

describe("each provider's series are told apart by what its metrics have", () => {
  const both = (around: string, side: (name: string) => string): readonly [string, string] => [
    `${around}${side("shop.checkout")}`,
    `${around}${side("shop.checkout-primary")}`,
  ];
  const pods = both('namespace="prod", ', (name) => `pod=~"${name.replace(".", "\\.")}-[0-9a-z]+-[0-9a-z]{5}"`);
  const rows: Readonly<Partial<Record<FlaggerProvider, readonly [string, string]>>> = {
    istio: both('destination_workload_namespace="prod", ', (name) => `destination_workload="${name}"`),
    linkerd: both('namespace="prod", ', (name) => `deployment="${name}"`),
    nginx: ['namespace="prod", ingress="shop.checkout", canary!=""', 'namespace="prod", ingress="shop.checkout", canary=""'],
    contour: [
      'envoy_cluster_name=~"prod_shop\\.checkout-canary_[0-9a-zA-Z-]+"',
      'envoy_cluster_name=~"prod_shop\\.checkout-primary_[0-9a-zA-Z-]+"',
    ],
    gloo: [
      'envoy_cluster_name=~"prod-shop\\.checkout-canaryupstream-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+"',
      'envoy_cluster_name=~"prod-shop\\.checkout-primaryupstream-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+"',
    ],
    traefik: [
      'service=~"prod-shop\\.checkout-canary-[0-9a-zA-Z-]+@kubernetescrd"',
      'service=~"prod-shop\\.checkout-primary-[0-9a-zA-Z-]+@kubernetescrd"',
    ],
    kubernetes: pods,
    "gatewayapi:v1": pods,
    "gatewayapi:v1beta1": pods,
  };
  for (const provider of FLAGGER_PROVIDERS) {
    const delivery = provider === "kubernetes" ? "blueGreen: { prePromotion: 30m }" : STEPS;
    const project = (workload: string, ...lines: readonly string[]): Project => ({
      policy: policyOf([delivery, `flagger: { provider: "${provider}" }`, ...lines], workload),
    });
    const expected = rows[provider];
    if (expected === undefined) {
      test(`${provider} by the policy's own matchers alone`, () => {
        assert.deepEqual(findings(project("deployment: checkout, namespace: shop")), [
          `error policy/untold-provider policy.yaml:8:24 "${provider}"`,
        ]);
        const own = flaggerPolicy(
          project("deployment: checkout", `isolation: { canary: 'job="checkout-canary"', stable: 'job="checkout-primary"' }`),
        );
        assert.deepEqual(sidesOf(own), { canary: 'job="checkout-canary"', stable: 'job="checkout-primary"' });
        assert.equal(own.controller.provider, provider);
      });
    } else {
      test(provider, () => {
        const [canary, stable] = expected;
        assert.deepEqual(sidesOf(flaggerPolicy(project("deployment: shop.checkout, namespace: prod"))), { canary, stable });
        const nowhere = sidesOf(flaggerPolicy(project("deployment: shop.checkout")));
        const open = (side: string): string => side.replace("prod", "{namespace}");
        assert.deepEqual(nowhere, { canary: open(canary), stable: open(stable) });
      });
    }
  }
});

test("a pattern for pods selects those of its own side alone", () => {
  const { canary, stable } = flaggerPolicy({ policy: policyOf([STEPS, 'flagger: { provider: "gatewayapi:v1" }']) }).isolation;
  const matches = (side: typeof canary, pod: string): boolean =>
    side.some(
      (each) => "label" in each && each.label === "pod" && typeof each.value === "string" && new RegExp(`^(?:${each.value})$`).test(pod),
    );
  const rows: readonly (readonly [string, boolean, boolean])[] = [
    ["checkout-7d4b9f5c68-x7k2p", true, false],
    ["checkout-primary-7d4b9f5c68-x7k2p", false, true],
    ["checkout-worker-7d4b9f5c68-x7k2p", false, false],
    ["checkout-redis-0", false, false],
  ];
  for (const [pod, ofCanary, ofPrimary] of rows) assert.deepEqual([matches(canary, pod), matches(stable, pod)], [ofCanary, ofPrimary], pod);
});

test("the Canary's file says what the policy leaves out", () => {
  const policy = flaggerPolicy({
    policy: policyOf([STEPS], "deployment: checkout, namespace: shop, file: deploy/rollout.yaml"),
    rollout: canaryFile(
      "{ provider: nginx, targetRef: { kind: Deployment, name: checkout }, ingressRef: { kind: Ingress, name: front }, service: { name: api } }",
    ),
  });
  assert.equal(policy.controller.provider, "nginx");
  assert.equal(policy.controller.canary, "shop-checkout");
  assert.deepEqual(sidesOf(policy), {
    canary: 'namespace="shop", ingress="front", canary!=""',
    stable: 'namespace="shop", ingress="front", canary=""',
  });
});

test("the Canary's file says where it is, unless that is filled in later or the policy says it", () => {
  const namespaceOf = (ofCanary: string, ofPolicy = ""): string | undefined =>
    flaggerPolicy({
      policy: policyOf([STEPS], `deployment: checkout${ofPolicy}, file: deploy/rollout.yaml`),
      rollout: canaryFile("{ provider: istio, targetRef: { kind: Deployment, name: checkout } }", { namespace: ofCanary }),
    }).workload.namespace;
  assert.equal(namespaceOf("production"), "production");
  assert.equal(namespaceOf(""), undefined);
  assert.equal(namespaceOf('"{{ .Release.Namespace }}"'), undefined);
  assert.equal(namespaceOf('"${namespace}"'), undefined);
  assert.equal(namespaceOf("production", ", namespace: shop"), "shop");
});

test("routes are called after the Canary's Service, not its target", () => {
  const policy = flaggerPolicy({
    policy: policyOf([STEPS], "deployment: checkout, namespace: shop, file: deploy/rollout.yaml"),
    rollout: canaryFile("{ provider: contour, targetRef: { kind: Deployment, name: checkout }, service: { name: api } }"),
  });
  assert.equal(sidesOf(policy).canary, 'envoy_cluster_name=~"shop_api-canary_[0-9a-zA-Z-]+"');
});

test("the pods of a DaemonSet have no ReplicaSet's hash", () => {
  const policyIn = (provider: string): FlaggerPolicy =>
    flaggerPolicy({
      policy: policyOf([STEPS], "deployment: checkout, namespace: shop, file: deploy/rollout.yaml"),
      rollout: canaryFile(`{ provider: "${provider}", targetRef: { kind: DaemonSet, name: checkout } }`),
    });
  assert.equal(policyIn("gatewayapi:v1").controller.target, "DaemonSet");
  assert.deepEqual(sidesOf(policyIn("gatewayapi:v1")), {
    canary: 'namespace="shop", pod=~"checkout-[0-9a-z]{5}"',
    stable: 'namespace="shop", pod=~"checkout-primary-[0-9a-z]{5}"',
  });
  assert.equal(sidesOf(policyIn("linkerd")).stable, 'namespace="shop", daemonset="checkout-primary"');
});

test("series are of one release where the canary's own pods expose all of them", () => {
  const isUnique = (provider: string, selector: string, ...lines: readonly string[]): boolean =>
    flaggerPolicy({ policy: policyOf([STEPS, `flagger: { provider: "${provider}" }`, ...lines]), slos: sloOf(selector) }).isolation
      .revisionUnique;
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["istio", 'reporter="destination"', true],
    ["istio", 'reporter="source"', false],
    ["istio", 'reporter=~"destination|waypoint"', false],
    ["linkerd", 'direction="inbound"', true],
    ["linkerd", 'direction="outbound"', false],
    ["gatewayapi:v1", 'path="/"', true],
    ["nginx", 'host="shop.test"', false],
  ];
  for (const [provider, selector, expected] of rows) assert.equal(isUnique(provider, selector), expected, `${provider} ${selector}`);
  const half = sloOf('reporter="destination"').replace('{reporter="destination"}', '{path="/"}');
  assert.equal(flaggerPolicy({ policy: policyOf([STEPS, ISTIO]), slos: half }).isolation.revisionUnique, false);
  assert.equal(
    isUnique("nginx", 'path="/"', `isolation: { canary: 'job="checkout-canary"', stable: 'job="checkout-primary"', revisionUnique: true }`),
    true,
  );
});

test("on Datadog the versions are told apart by the workload's tag", () => {
  const datadog = {
    slos: `apiVersion: openslo/v1
kind: SLO
metadata: { name: availability }
spec:
  service: checkout
  indicator:
    metadata: { name: availability }
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: Datadog, spec: { query: "sum:trace.http.request.errors{service:checkout}.as_count()" } } }
        total: { metricSource: { type: Datadog, spec: { query: "sum:trace.http.request.hits{service:checkout}.as_count()" } } }
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 28d, isRolling: true }]
  objectives: [{ target: 0.999 }]
`,
    config: "targets: [datadog]\nsources: { dd: { type: datadog, site: datadoghq.eu } }\n",
  };
  const tags = (lines: readonly string[], workload: string): readonly string[] => {
    const { isolation, backend } = flaggerPolicy({ ...datadog, policy: policyOf([STEPS, ISTIO, ...lines], workload) });
    assert.equal(backend, "datadog");
    assert.equal(isolation.revisionUnique, false);
    return [isolation.canary, isolation.stable].map((side) => side.map((each) => ("key" in each ? printFilter(each) : "")).join(","));
  };
  assert.deepEqual(tags([], "deployment: checkout, namespace: shop"), [
    "kube_namespace:shop,kube_deployment:checkout",
    "kube_namespace:shop,kube_deployment:checkout-primary",
  ]);
  assert.deepEqual(tags([], "deployment: checkout"), ["kube_deployment:checkout", "kube_deployment:checkout-primary"]);
  assert.deepEqual(tags(["isolation: { canary: 'version:checkout', stable: 'version:checkout-primary' }"], "deployment: checkout"), [
    "version:checkout",
    "version:checkout-primary",
  ]);
  assert.deepEqual(
    findings({ ...datadog, policy: policyOf([STEPS, "flagger: { provider: istio, loadtester: 'http://flagger-loadtester.test/' }"]) }),
    ["warning policy/hook-on-datadog policy.yaml:8:43 'http://flagger-loadtester.test/'"],
  );
});

test("a policy of both workloads is one for each controller", () => {
  const both = "rollout: checkout, deployment: checkout, namespace: shop";
  const policies = policiesOf({
    policy: policyOf([STEPS, ISTIO, "isolation: { strategy: podTemplateHash, except: [kube_pod_info] }"], both),
    config: "environments: { stage: {}, prod: { namespace: shop-eu } }\n",
  });
  assert.deepEqual(
    policies.map(({ controller, environment, workload, isolation: { strategy, except } }) => [
      controller.kind,
      environment,
      workload.namespace,
      strategy,
      except,
    ]),
    [
      ["argo-rollouts", "stage", "shop", "podTemplateHash", ["kube_pod_info"]],
      ["flagger", "stage", "shop", "flagger", ["kube_pod_info"]],
      ["argo-rollouts", "prod", "shop-eu", "podTemplateHash", ["kube_pod_info"]],
      ["flagger", "prod", "shop-eu", "flagger", ["kube_pod_info"]],
    ],
  );
  const hashed = policiesOf({
    policy: policyOf([STEPS, ISTIO, `isolation: { canary: 'rs="{hash}"', stable: 'rs="{hash}"' }`], both),
  });
  assert.deepEqual(
    hashed.map(({ isolation }) => isolation.strategy),
    ["explicit", "flagger"],
  );
});

test("what is wrong with a part of both is told once", () => {
  const both = "rollout: checkout, deployment: checkout";
  const found = findings({
    policy: policyOf([STEPS, ISTIO, `isolation: { canary: 'job="a"', stable: 'job="a"' }`, "gate: { window: 2h }"], both),
  });
  assert.deepEqual(found, ["error policy/same-sides policy.yaml:9:43 'job=\"a\"'"]);
  const window = findings({ policy: policyOf([STEPS, ISTIO, "gate: { window: 2h }"], both) });
  assert.deepEqual(window, ["error policy/window-above-release policy.yaml:9:19 2h"]);
});

test("a rhythm of looks concerns Argo Rollouts alone", () => {
  const short = "steps: [{ weight: 5, bake: 2m }, { weight: 50, bake: 10m }]";
  assert.deepEqual(findings({ policy: policyOf([short], "rollout: checkout") }), ["warning policy/bake-stretched policy.yaml:7:30 2m"]);
  assert.deepEqual(findings({ policy: policyOf([short, ISTIO]) }), []);
});

test("what Flagger alone is told arrives as it was written", () => {
  const { controller } = flaggerPolicy({
    policy: policyOf([
      "blueGreen: { prePromotion: 10m }",
      "flagger:",
      "  provider: istio",
      "  interval: 1h",
      "  loadtester: http://flagger-loadtester.test/",
      "  rollback: { url: http://judge.shop/rollback }",
      "  match: [{ headers: { x-canary: { exact: insider } } }]",
      "  alerts: [{ name: on-call, severity: error, providerRef: { name: on-call, namespace: flagger } }]",
      "  webhooks: [{ name: load, type: rollout, url: http://flagger-loadtester.test/, timeout: 5s, retries: 2, metadata: { cmd: hey } }]",
    ]),
  });
  const { interval, loadtester, rollback, match, alerts, webhooks } = controller;
  assert.deepEqual(
    { interval: interval?.value, loadtester: loadtester?.url, rollback: rollback?.url, match, alerts, webhooks },
    {
      interval: 3600,
      loadtester: "http://flagger-loadtester.test/",
      rollback: "http://judge.shop/rollback",
      match: [{ headers: { "x-canary": { exact: "insider" } } }],
      alerts: [{ name: "on-call", severity: "error", providerRef: { name: "on-call", namespace: "flagger" } }],
      webhooks: [
        { name: "load", type: "rollout", url: "http://flagger-loadtester.test/", timeout: "5s", retries: 2, metadata: { cmd: "hey" } },
      ],
    },
  );
});

test("the demanded requests are counted by ticks", () => {
  // Two minutes a tick: five ticks up to 5 %, eight up to 50 %, and 15 that may fail. Of 20 requests a minute that is
  // (1 + 2 + 3 + 4 + 5 + 11 + 17 + 22 + 28 + 34 + 39 + 45 + 50) % x 40 = 104.4, and 20 more for each tick that is held.
  const findingsFor = (evidence: string, config = ""): readonly string[] =>
    findings({ policy: policyOf([STEPS, ISTIO, "traffic: 20rpm", `gate: { evidence: { ${evidence} } }`]), config }).filter((each) =>
      each.includes("low-traffic"),
    );
  const at = "policy/low-traffic policy.yaml:10:11 evidence";
  const rows: readonly (readonly [evidence: string, expected: readonly string[]])[] = [
    ["minRequests: 104", []],
    ["minRequests: 105", [`warning ${at}`]],
    ["minRequests: 384", [`warning ${at}`]],
    ["minRequests: 385", [`error ${at}`]],
    ["minRequests: 105, otherwise: pass", [`warning ${at}`]],
    // From the first tick on, at 1 %: 0.4 requests and 0.4 more for each tick.
    ["minRequests: 5, by: everyStep", []],
    ["minRequests: 7, by: everyStep", [`error ${at}`]],
  ];
  for (const [evidence, expected] of rows) assert.deepEqual(findingsFor(evidence), expected, evidence);

  // At the end the last 5 minutes have (50 x 2 + 45 x 2 + 39) / 5 = 45.8 % of the traffic. At the first tick they hold 100 requests in all,
  // of which 45.8 would be the canary's: as many may be demanded, and at any tick after it more.
  const unscraped = "sources: { prom: { type: prometheus, address: 'http://prometheus:9090', scrapesFlagger: false } }";
  const byShare: readonly (readonly [minRequests: number, expected: readonly string[]])[] = [
    [45, []],
    [46, [`warning ${at}`]],
    [400, [`error ${at}`]],
  ];
  for (const [minRequests, expected] of byShare) {
    assert.deepEqual(findingsFor(`minRequests: ${minRequests}`, unscraped), expected, `${minRequests} by share`);
  }
});

describe("what Flagger would do otherwise is refused where it stands", () => {
  const long = (length: number): string => `c${"o".repeat(length - 1)}`;
  const rows: readonly (readonly [name: string, project: Project, expected: readonly string[]])[] = [
    ["no workload", { policy: policyOf([STEPS], "namespace: shop") }, ["error policy/no-workload policy.yaml:6:3 workload"]],
    [
      "flagger without a Deployment",
      { policy: policyOf([STEPS, ISTIO], "rollout: checkout") },
      ["error policy/unused-flagger policy.yaml:8:3 flagger"],
    ],
    ["no provider", { policy: policyOf([STEPS]) }, ["error policy/no-provider policy.yaml:6:27 checkout"]],
    [
      "another provider in the file",
      {
        policy: policyOf([STEPS, ISTIO], "deployment: checkout, file: deploy/rollout.yaml"),
        rollout: canaryFile("{ provider: nginx, targetRef: { kind: Deployment, name: checkout } }"),
      },
      ["error policy/other-provider policy.yaml:8:24 istio"],
    ],
    [
      "Knative",
      {
        policy: policyOf([STEPS], "deployment: checkout, file: deploy/rollout.yaml"),
        rollout: canaryFile("{ provider: knative, targetRef: { kind: Service, name: checkout } }"),
      },
      ["error policy/unknown-provider deploy/rollout.yaml:7:23 knative"],
    ],
    [
      "a slip in the file",
      {
        policy: policyOf([STEPS, ISTIO], "deployment: checkout, file: deploy/rollout.yaml"),
        rollout: canaryFile("{ provider: itsio, targetRef: { kind: Deployment, name: checkout } }"),
      },
      ["error policy/unknown-provider deploy/rollout.yaml:7:23 itsio"],
    ],
    [
      "a named strategy",
      { policy: policyOf([STEPS, ISTIO, "isolation: { strategy: podName }"]) },
      ["error policy/strategy-on-flagger policy.yaml:9:26 podName"],
    ],
    [
      "a hash",
      { policy: policyOf([STEPS, ISTIO, `isolation: { canary: 'rs="{hash}"', stable: 'rs="{hash}"' }`]) },
      ["error policy/hash-on-flagger policy.yaml:9:24 'rs=\"{hash}\"'"],
    ],
    [
      "a key of Argo's strategies",
      { policy: policyOf([STEPS, ISTIO, "isolation: { canaryService: a }"]) },
      ["error policy/unused-isolation policy.yaml:9:16 canaryService"],
    ],
    [
      "a name that leaves no room for the primary's",
      { policy: policyOf([STEPS, ISTIO], `deployment: ${long(56)}`) },
      [`error policy/long-deployment policy.yaml:6:27 ${long(56)}`],
    ],
    ["the longest name", { policy: policyOf([STEPS, ISTIO], `deployment: ${long(55)}`) }, []],
    [
      "a name that is cut in pods",
      { policy: policyOf([STEPS, 'flagger: { provider: "gatewayapi:v1" }'], `deployment: ${long(39)}`) },
      [`error policy/long-deployment policy.yaml:6:27 ${long(39)}`],
    ],
    [
      "a name that is too long for both",
      { policy: policyOf([STEPS, 'flagger: { provider: "gatewayapi:v1" }'], `deployment: ${long(56)}`) },
      [`error policy/long-deployment policy.yaml:6:27 ${long(56)}`],
    ],
    ["the longest name in pods", { policy: policyOf([STEPS, 'flagger: { provider: "gatewayapi:v1" }'], `deployment: ${long(38)}`) }, []],
    [
      "weights that Kubernetes cannot give",
      { policy: policyOf([STEPS, "flagger: { provider: kubernetes }"]) },
      ["error policy/steps-on-kubernetes policy.yaml:7:3 steps"],
    ],
    [
      "a match beside weights",
      { policy: policyOf([STEPS, "flagger: { provider: istio, match: [{ headers: { a: { exact: b } } }] }"]) },
      ["error policy/unusable-match policy.yaml:8:31 match"],
    ],
    [
      "a match that the router does not know",
      {
        policy: policyOf(["blueGreen: { prePromotion: 30m }", "flagger: { provider: traefik, match: [{ headers: { a: { exact: b } } }] }"]),
      },
      ["error policy/unusable-match policy.yaml:8:33 match"],
    ],
    [
      "a match that the router does not know, beside weights",
      { policy: policyOf([STEPS, "flagger: { provider: traefik, match: [{ headers: { a: { exact: b } } }] }"]) },
      ["error policy/unusable-match policy.yaml:8:33 match"],
    ],
    [
      "a switch that nothing is judged before",
      { policy: policyOf(["blueGreen: { postPromotion: 30m }", ISTIO]) },
      ["error policy/no-preview policy.yaml:7:3 blueGreen"],
    ],
    [
      "a window longer than the preview",
      { policy: policyOf(["blueGreen: { prePromotion: 4m, postPromotion: 30m }", ISTIO]) },
      ["error policy/window-above-release policy.yaml:3:19 checkout"],
    ],
    [
      "ticks that Flagger makes longer",
      { policy: policyOf([STEPS, "flagger: { provider: istio, interval: 9s }"]) },
      ["error policy/short-interval policy.yaml:8:41 9s"],
    ],
    [
      "ticks closer together than two scrapes of the weight",
      { policy: policyOf([STEPS, "flagger: { provider: istio, interval: 59s }"]) },
      ["error policy/short-interval policy.yaml:8:41 59s"],
    ],
    ["the shortest ticks", { policy: policyOf([STEPS, "flagger: { provider: istio, interval: 60s }"]) }, []],
    [
      "close ticks that nobody asks for the weight at",
      { policy: policyOf(["blueGreen: { prePromotion: 30m }", "flagger: { provider: istio, interval: 10s }"]) },
      [],
    ],
    [
      "a promotion that fail would stop",
      { policy: policyOf([STEPS, ISTIO, "gate: { promote: { timesStable: 6 } }"]) },
      ["error policy/promote-times-above policy.yaml:9:11 promote"],
    ],
    [
      "a promotion that fail and extreme would stop",
      { policy: policyOf([STEPS, ISTIO, "gate: { promote: { timesStable: 11 } }"]) },
      ["error policy/promote-times-above policy.yaml:9:11 promote"],
    ],
    [
      "a fail limit below the usual promotion's",
      { policy: policyOf([STEPS, ISTIO, "gate: { fail: { timesStable: 1.5 } }"]) },
      ["error policy/promote-times-above policy.yaml:9:11 fail"],
    ],
  ];
  for (const [name, project, expected] of rows) {
    test(name, () => {
      assert.deepEqual(findings(project), expected);
    });
  }
});

test("a label that Flagger renames on the primary is told, unless it tells the versions apart", () => {
  const told = (selector: string, provider = "nginx"): readonly string[] =>
    analysed({ policy: policyOf([STEPS, `flagger: { provider: ${provider} }`]), slos: sloOf(selector) })
      .diagnostics.filter(({ code }) => code === "policy/primary-renamed")
      .map(({ at, help }) => `${at === undefined ? "" : placed(at)} -> ${help ?? ""}`);
  const rows: readonly (readonly [selector: string, instead: string | undefined])[] = [
    ['app="checkout"', 'app=~"checkout(-primary)?"'],
    ['app_kubernetes_io_name="checkout"', 'app_kubernetes_io_name=~"checkout(-primary)?"'],
    ['job="checkout-canary"', 'job=~"checkout-(canary|primary)"'],
    ['job="checkout"', undefined],
    ['app="search"', undefined],
    ['app=~"checkout.*"', undefined],
    ['service="checkout"', undefined],
  ];
  for (const [selector, instead] of rows) {
    const found = told(selector);
    assert.equal(found.length, instead === undefined ? 0 : 2, selector);
    if (instead !== undefined)
      assert.ok(
        found.every((each) => each.includes(selector) && each.includes(`\`${instead}\``)),
        found.join("\n"),
      );
  }
  assert.deepEqual(told('destination_workload="checkout"', "istio"), []);
});

test("two policies may gate one name on two controllers, and not on one", () => {
  const second = policyOf([STEPS, ISTIO], "deployment: checkout").replace("metadata: { name: checkout }", "metadata: { name: other }");
  const first = (workload: string, ...lines: readonly string[]): string => policyOf([STEPS, ...lines], workload);
  assert.deepEqual(findings({ policy: `${first("rollout: checkout")}---\n${second}`, slos: SLOS }), []);
  assert.deepEqual(findings({ policy: `${first("deployment: checkout", ISTIO)}---\n${second}` }), [
    "error policy/workload-twice policy.yaml:15:27 checkout",
  ]);
});

describe("alerts and webhooks are Flagger's own, and stricter", () => {
  const rows: readonly (readonly [name: string, line: string, expected: string])[] = [
    ["an alert that Flagger would never send", "alerts: [{ name: a, providerRef: { name: b } }]", "missing-field policy.yaml:9:16 name"],
    ["an unknown severity", "alerts: [{ name: a, severity: warning, providerRef: { name: b } }]", "not-one-of policy.yaml:9:35 warning"],
    ["a timeout with a fraction", "webhooks: [{ name: a, url: 'http://a/', timeout: 1.5m }]", "bad-format policy.yaml:9:54 1.5m"],
    // The pattern of Flagger's own CRD has no end, and lets it pass.
    ["a timeout in milliseconds", "webhooks: [{ name: a, url: 'http://a/', timeout: 5ms }]", "bad-format policy.yaml:9:54 5ms"],
    ["an unknown type of hook", "webhooks: [{ name: a, url: 'http://a/', type: rollouts }]", "not-one-of policy.yaml:9:51 rollouts"],
    ["a URL without a scheme", "loadtester: flagger-loadtester.test", "bad-format policy.yaml:9:17 flagger-loadtester.test"],
    ["two comparisons of one header", "match: [{ headers: { a: { exact: b, prefix: c } } }]", "too-many policy.yaml:9:26 a"],
    ["a provider for other workloads", "provider: knative", "not-one-of policy.yaml:9:15 knative"],
  ];
  for (const [name, line, expected] of rows) {
    test(name, () => {
      assert.deepEqual(findings({ policy: policyOf([STEPS, "flagger:", `  ${line}`]) }), [`error schema/${expected}`]);
    });
  }
});
