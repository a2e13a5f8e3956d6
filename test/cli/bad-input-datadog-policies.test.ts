import { edited, everyMistakeIsReported, findingsIn, type Edit, type Finding, type MistakeRow } from "./mistakes.ts";

/*
 * What a user gets for a release policy whose source is Datadog, or for such a source, that is wrong. Keys that are no keys: the text is
 * of their form.
 */

const API_KEY = "0123456789abcdef0123456789abcdef";
const APP_KEY = "ddapp_0123456789ABCDEFGHIJabcdefghij0123";

const SLOS = `version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli: { events: { error_query: 'sum(rate(errors_total[{{.window}}]))', total_query: 'sum(rate(hits_total[{{.window}}]))' } }
    alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }
  - name: latency
    objective: 99
    sli: { events: { error_query: 'sum(rate(slow_total[{{.window}}]))', total_query: 'sum(rate(hits_total[{{.window}}]))' } }
    alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }
`;

const BINDINGS = `apiVersion: slogen/v1alpha1
kind: IndicatorBinding
metadata: { name: availability }
spec:
  slo: checkout-availability
  datadog:
    bad: sum:checkout.errors{service:checkout,!kube_replica_set:legacy}.as_count()
    total: sum:checkout.hits{service:checkout,!kube_replica_set:legacy}.as_count()
---
apiVersion: slogen/v1alpha1
kind: IndicatorBinding
metadata: { name: latency }
spec:
  slo: checkout-latency
  datadog: { ratio: 'sum:checkout.slow{*}.as_count() / sum:checkout.hits{*}.as_count()', measures: failure }
`;

const POLICY = `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: checkout }
spec:
  slos: [{ ref: checkout-availability }]
  workload: { rollout: checkout, namespace: shop }
  isolation: { strategy: podTemplateHash }
  steps: [{ weight: 5, bake: 10m }, { weight: 50, bake: 15m }]
  guards: [{ name: p99, query: 'p99:checkout.latency{service:checkout}', unit: seconds, max: 400ms }]
  traffic: 6000rpm
  environments: { prod-eu: {} }
`;

const CONFIG = `specs: [slo/**, policy/**]
targets: [argo-rollouts]
sources:
  dd: { type: datadog, site: datadoghq.eu, secret: { name: datadog-gates, namespaced: true } }
  prom: { address: "http://prometheus:9090" }
environments:
  prod-eu: { source: dd, matchers: { kube_cluster_name: eu-1 } }
`;

const GOOD: Readonly<Record<string, string>> = {
  "slogen.yaml": CONFIG,
  "policy/checkout.yaml": POLICY,
  "slo/bindings.yaml": BINDINGS,
  "slo/slo.yaml": SLOS,
};

type Files = Readonly<Record<string, string>>;

const policy = (...edits: readonly Edit[]): Files => ({ "policy/checkout.yaml": edited(POLICY, edits) });
const config = (...edits: readonly Edit[]): Files => ({ "slogen.yaml": edited(CONFIG, edits) });
const bindings = (...edits: readonly Edit[]): Files => ({ "slo/bindings.yaml": edited(BINDINGS, edits) });
const isolation = (text: string): Files => policy(["isolation: { strategy: podTemplateHash }", `isolation: { ${text} }`]);
const guard = (text: string): Files => policy(["query: 'p99:checkout.latency{service:checkout}', unit: seconds, max: 400ms", text]);
const source = (text: string): Files => config(["site: datadoghq.eu,", `site: datadoghq.eu, ${text},`]);
const VERSIONS = `canary: 'version:{hash}', stable: 'version:{hash}'`;

const BY_VERSION = policy(["strategy: podTemplateHash", VERSIONS], ["namespace: shop", "namespace: shop, file: deploy/rollout.yaml"]);

const ROLLOUT = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: checkout, namespace: shop }
spec:
  replicas: 20
  rollbackWindow: { revisions: 3 }
  strategy: { canary: { steps: [{ setWeight: 5 }, { setWeight: 50 }] } }
  template:
    spec: { containers: [{ name: checkout, env: [PLACE] }] }
`;

const ROWS: readonly MistakeRow[] = [
  // The source
  {
    mistake: "an unknown site",
    files: config(["site: datadoghq.eu", "site: «datadoghq.ue»"]),
    codes: ["schema/not-one-of"],
    exit: 2,
  },
  {
    mistake: "an address of a Datadog source",
    files: source("«address»: https://api.datadoghq.eu"),
    codes: ["schema/unknown-field"],
    exit: 2,
  },
  {
    mistake: "a Prometheus with a site",
    files: config(["prom: {", "prom: { type: prometheus, «site»: datadoghq.eu,"]),
    codes: ["schema/unknown-field"],
    exit: 2,
  },
  {
    mistake: "a site without the kind of source",
    files: config(["  prom: {", "  «prom»: { site: datadoghq.eu,"]),
    codes: ["schema/missing-field"],
    exit: 2,
  },
  {
    mistake: "keys from two places",
    files: source(
      "keysFrom: { vault: { mount: kv, path: a }, «externalSecrets»: { store: { name: s }, apiKey: { key: a }, appKey: { key: b } } }",
    ),
    codes: ["schema/conflicting-fields"],
    exit: 2,
  },
  {
    mistake: "keys for a Secret without a name",
    files: config([
      "dd: { type: datadog, site: datadoghq.eu, secret: { name: datadog-gates, namespaced: true } }",
      "«dd»: { type: datadog, keysFrom: { vault: { mount: kv, path: a } } }",
    ]),
    codes: ["schema/missing-field"],
    exit: 2,
  },

  // Keys in the open
  { mistake: "an API key in a source", files: source(`api_key: «'hunter2'»`), codes: ["config/literal-credential"], exit: 2 },
  {
    mistake: "an API key as the name of a field in Vault",
    files: source(`keysFrom: { vault: { mount: kv, path: a, apiKey: «${API_KEY}» } }`),
    codes: ["config/literal-credential"],
    exit: 2,
  },
  {
    mistake: "an application key below a target",
    files: config(["targets:", `datadog: { appKey: «"${APP_KEY}"» }\ntargets:`]),
    codes: ["config/literal-credential"],
    exit: 2,
  },
  {
    mistake: "keys in overlays",
    files: config([
      "targets:",
      `overlays:
  - { target: datadog, patch: [{ op: add, path: /stringData/api-key, value: «${API_KEY}» }] }
  - { target: argo-rollouts, merge: { spec: { args: [{ name: DD_APP_KEY, value: «${APP_KEY}» }] } } }
targets:`,
    ]),
    codes: ["config/literal-credential", "config/literal-credential"],
    exit: 2,
  },
  {
    mistake: "a key in a policy",
    files: policy(["metadata: { name: checkout }", `metadata: { name: checkout, labels: { datadog: «${API_KEY}» } }`]),
    codes: ["config/literal-credential"],
  },
  {
    mistake: "a key in a binding's query",
    files: bindings(["sum:checkout.errors{service:checkout,!kube_replica_set:legacy}.as_count()", `«'https://x/?api_key=${API_KEY}'»`]),
    codes: ["config/literal-credential"],
  },

  // SLOs
  {
    mistake: "an SLO without counts",
    files: policy(["ref: checkout-availability", "ref: «checkout-latency»"]),
    codes: ["policy/no-counts-on-datadog"],
  },
  {
    mistake: "counts in PromQL",
    files: policy([
      "ref: checkout-availability",
      "ref: checkout-latency, evidence: { bad: 'sum(«rate(»slow_total[5m]))', total: 'sum:checkout.hits{*}.as_count()' }",
    ]),
    codes: ["datadogql/promql"],
  },
  {
    mistake: "an SLO that Datadog does not measure",
    files: {
      "policy/checkout.yaml": edited(POLICY, [["ref: checkout-availability", "ref: «checkout-latency»"]]),
      "slo/bindings.yaml": BINDINGS.slice(0, BINDINGS.indexOf("---")),
    },
    codes: ["policy/no-indicator"],
  },

  // Isolation
  { mistake: "Istio's label", files: isolation("strategy: «istioHost»"), codes: ["policy/strategy-on-datadog"] },
  { mistake: "ingress-nginx's label", files: isolation("strategy: «nginx»"), codes: ["policy/strategy-on-datadog"] },
  { mistake: "a tag that few agents send", files: isolation("strategy: «podName»"), codes: ["policy/optional-tag"], exit: 0 },
  { mistake: "matchers in place of tags", files: isolation(`canary: 'version«="a"»', stable: 'version:b'`), codes: ["policy/bad-tags"] },
  {
    mistake: "both styles of scope",
    files: isolation(`canary: 'version:a, b:c «AND» d:e', stable: 'version:b'`),
    codes: ["policy/bad-tags"],
  },
  {
    mistake: "more than a list of tags",
    files: isolation(`canary: '«version:a OR version:c»', stable: 'version:b'`),
    codes: ["policy/bad-tags"],
  },
  { mistake: "the hash in a tag's key", files: isolation(`canary: '«v{hash}:a»', stable: 'version:b'`), codes: ["policy/bad-tags"] },
  { mistake: "the same tags on both sides", files: isolation(`canary: 'version:a', stable: «'version:a'»`), codes: ["policy/same-sides"] },
  {
    mistake: "a side that excludes its own hash alone",
    files: isolation(`canary: 'version:{hash}', stable: «'!version:{hash}'»`),
    codes: ["policy/same-sides"],
  },
  {
    mistake: "tags that come back",
    files: policy(["isolation: { strategy: podTemplateHash }", "«isolation»: { canary: 'track:canary', stable: 'track:stable' }"]),
    codes: ["gate/not-revision-unique"],
    exit: 0,
  },
  {
    mistake: "services of Istio's",
    files: isolation(`${VERSIONS}, «canaryService»: a`),
    codes: ["policy/unused-isolation"],
  },

  // Clashes
  {
    mistake: "an SLI that is about one ReplicaSet already",
    files: bindings(
      ["errors{service:checkout,!kube_replica_set:legacy}", "errors{service:checkout,«kube_replica_set:checkout-1»}"],
      ["hits{service:checkout,!kube_replica_set:legacy}", "hits{service:checkout,«kube_replica_set:checkout-1»}"],
    ),
    codes: ["gate/label-clash", "gate/label-clash"],
  },
  {
    mistake: "an SLI that names its cluster",
    files: bindings(
      ["errors{service:checkout,", "errors{service:checkout,«kube_cluster_name:us-1»,"],
      ["hits{service:checkout,", "hits{service:checkout,«kube_cluster_name:us-1»,"],
    ),
    codes: ["gate/label-clash", "gate/label-clash"],
  },
  {
    mistake: "a guard about one ReplicaSet",
    files: guard("query: 'p99:checkout.latency{«kube_replica_set IN (a,b)»}', unit: seconds, max: 400ms"),
    codes: ["gate/label-clash"],
  },
  {
    mistake: "an environment's tag on the key that tells the versions apart",
    files: policy(["prod-eu: {}", "prod-eu: { matchers: { «kube_replica_set»: x } }"]),
    codes: ["policy/matcher-clash"],
  },
  {
    mistake: "an environment's tag that is two",
    files: config(["kube_cluster_name: eu-1", '«kube_cluster_name»: "eu-1,team:shop"']),
    codes: ["policy/unfit-matcher"],
  },
  {
    mistake: "a query whose metrics all stay as they are",
    files: {
      ...isolation("strategy: podTemplateHash, except: [checkout.hits]"),
      ...bindings([
        "total: sum:checkout.hits{service:checkout,!kube_replica_set:legacy}.as_count()",
        "total: «sum:checkout.hits{service:checkout}.as_count()»",
      ]),
    },
    codes: ["gate/not-isolated"],
  },
  {
    mistake: "trace metrics by a container's tag",
    files: guard("query: '«p99:trace.http.request{service:checkout}»', max: 400ms"),
    codes: ["gate/untagged-traces"],
    exit: 0,
  },
  {
    mistake: "trace metrics in an environment that is told by a container's tag",
    files: {
      ...config(["kube_cluster_name: eu-1", "kube_namespace: shop"]),
      ...policy(
        ["strategy: podTemplateHash", VERSIONS],
        ["query: 'p99:checkout.latency{service:checkout}', unit: seconds,", "query: '«p99:trace.http.request{service:checkout}»',"],
      ),
    },
    codes: ["gate/untagged-traces"],
    exit: 0,
  },
  {
    mistake: "a Rollout that reports its release as its version",
    files: { ...BY_VERSION, "deploy/rollout.yaml": ROLLOUT.replace("PLACE", "{ name: DD_VERSION, value: «2.14.0» }") },
    codes: ["rollout/version-is-no-hash"],
    exit: 0,
  },
  {
    mistake: "a Rollout that reports no version",
    files: { ...BY_VERSION, "deploy/rollout.yaml": ROLLOUT.replace("PLACE", "").replace("    spec: {", "    «spec»: {") },
    codes: ["rollout/version-is-no-hash"],
    exit: 0,
  },

  // Guards
  {
    mistake: "a limit without a unit, of a latency in seconds",
    files: guard("query: 'p99:trace.http.request{service:checkout}', max: «400»"),
    codes: ["policy/guard-unit-missing"],
  },
  {
    mistake: "a metric of one's own without a unit",
    files: guard("query: 'p99:checkout.latency{*}', max: «400ms»"),
    codes: ["policy/guard-unit-missing"],
  },
  {
    mistake: "a limit in time for a share",
    files: guard("query: 'sum:a.errors{*}.as_count() / sum:a.hits{*}.as_count()', max: «400ms»"),
    codes: ["policy/guard-unit"],
  },
  {
    mistake: "a unit that Datadog's name contradicts",
    files: guard("query: 'p99:trace.http.request{*}', unit: «milliseconds», max: 400"),
    codes: ["policy/guard-unit-differs"],
  },
  {
    mistake: "a guard by region",
    files: guard("query: '«p99:checkout.latency{*} by {region}»', unit: seconds, max: 400ms"),
    codes: ["policy/guard-series"],
  },
  {
    mistake: "a guard of two aggregators",
    files: guard("query: 'p99:a.latency{*} / «avg:b.latency{*}»', max: 2"),
    codes: ["policy/guard-aggregators"],
  },
  {
    mistake: "a guard with a moving sum",
    files: guard(`query: "«moving_rollup(sum:a.hits{*}.as_count(), 60, 'sum')»", max: 2`),
    codes: ["policy/guard-function"],
  },
  {
    mistake: "a guard in PromQL",
    files: guard("query: 'max(«rate(»a_total[5m]))', max: 2"),
    codes: ["datadogql/promql"],
  },
];

/** What the target says of every such gate is tested with the target. */
const aboutPolicies = (report: string): readonly Finding[] =>
  findingsIn(report).filter(({ code }) => code?.startsWith("argo-rollouts/") !== true);

everyMistakeIsReported(GOOD, ROWS, aboutPolicies);
