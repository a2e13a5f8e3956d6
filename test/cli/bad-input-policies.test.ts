import { edited, everyMistakeIsReported, findingsIn, type Edit, type Finding, type MistakeRow } from "./mistakes.ts";

/*
 * What a user gets for a release policy that is wrong: each mistake's own code at `file:line:column`, the words in question underlined,
 * a help, an exit code, and an output folder in which not a byte has changed.
 */

const SLOS = `version: prometheus/v1
service: checkout
labels: { team: shop }
slos:
  - name: availability
    objective: 99.9
    sli: { events: { error_query: 'sum(rate(hits_total{code="500"}[{{.window}}]))', total_query: 'sum(rate(hits_total[{{.window}}]))' } }
    alerting: { name: CheckoutAvailability }
  - name: latency
    objective: 99
    sli: { events: { error_query: 'sum(rate(slow_total[{{.window}}]))', total_query: 'sum(rate(hits_total[{{.window}}]))' } }
    alerting: { name: CheckoutLatency }
---
version: prometheus/v1
service: search
slos:
  - name: availability
    objective: 90
    sli: { raw: { error_ratio_query: 'avg_over_time(search_errors:ratio[{{.window}}])' } }
    alerting: { name: SearchAvailability }
`;

const PROFILE = `apiVersion: slogen/v1alpha1
kind: GateProfile
metadata: { name: standard }
spec:
  isolation: { strategy: podName }
  gate:
    promote: { goodLooks: 5 }
`;

const POLICY = `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: checkout }
spec:
  extends: standard
  slos: [{ ref: checkout-availability }]
  workload: { rollout: checkout, namespace: shop, file: deploy/rollout.yaml }
  steps:
    - { weight: 5, bake: 10m }
    - { weight: 50, bake: 15m }
  gate:
    window: 5m
    fail: { burnRate: 14.4 }
  guards: [{ name: p99, query: 'checkout_p99_seconds{job="checkout"} or vector(0)', unit: seconds, max: 400ms }]
  traffic: 6000rpm
  environments: { prod-eu: {}, prod-us: {} }
`.replace(`'checkout_p99_seconds{job="checkout"} or vector(0)', unit: seconds`, "'max(checkout_p99_seconds)'");

const KUBESTEAD = `apiVersion: delivery.kubestead.io/v1alpha1
kind: RolloutPolicy
metadata:
  name: latency
  annotations: { slogen/extends: quiet }
spec:
  slo: { target: 0.99, window: 30d, budgetConsumedAlert: 0.8 }
  canary:
    steps: [{ weight: 5, analysisWindow: 10m }, { weight: 50, analysisWindow: 20m }, { weight: 100 }]
  analysis: { maxBurnRateMultiplier: 2.0 }
---
apiVersion: slogen/v1alpha1
kind: GateProfile
metadata: { name: quiet }
spec: { traffic: 6000rpm }
`;

const CONFIG = `specs: [slo/**, policy/**]
prometheus: { retention: 400d }
sources:
  eu: { address: "http://eu:9090", headers: { X-Scope-OrgID: shop }, scrapeInterval: 30s }
  us: { address: "http://us:9090", authentication: { bearer: { secret: reader, key: token } } }
environments:
  prod-eu: { source: eu, matchers: { cluster: eu-1 } }
  prod-us: { source: us }
`;

const ROLLOUT = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: { name: checkout, namespace: shop }\n";

const GOOD: Readonly<Record<string, string>> = {
  "slogen.yaml": CONFIG,
  "deploy/rollout.yaml": ROLLOUT,
  "policy/checkout.yaml": POLICY,
  "policy/kubestead.yaml": KUBESTEAD,
  "policy/standard.yaml": PROFILE,
  "slo/slo.yaml": SLOS,
};

type Files = Readonly<Record<string, string>>;

const policy = (...edits: readonly Edit[]): Files => ({ "policy/checkout.yaml": edited(POLICY, edits) });
const profile = (...edits: readonly Edit[]): Files => ({ "policy/standard.yaml": edited(PROFILE, edits) });
const kubestead = (...edits: readonly Edit[]): Files => ({ "policy/kubestead.yaml": edited(KUBESTEAD, edits) });
const config = (...edits: readonly Edit[]): Files => ({ "slogen.yaml": edited(CONFIG, edits) });
/** The gate with one line more. */
const gate = (line: string, ...edits: readonly Edit[]): Files => policy(["    window: 5m\n", `    window: 5m\n    ${line}\n`], ...edits);
const failing = (settings: string): Files => policy(["fail: { burnRate: 14.4 }", `fail: { ${settings} }`]);
const steps = (first: string, second: string): Files => policy(["{ weight: 5, bake: 10m }", first], ["{ weight: 50, bake: 15m }", second]);
const guard = (text: string): Files => policy(["name: p99, query: 'max(checkout_p99_seconds)', max: 400ms", `name: p99, ${text}`]);
const isolation = (text: string, key = "isolation"): Files => policy(["  steps:", `  ${key}: { ${text} }\n  steps:`]);
const another = (name: string, rollout: string): string =>
  edited(POLICY, [
    ["name: checkout }", `name: ${name} }`],
    ["rollout: checkout, namespace: shop, file: deploy/rollout.yaml", `rollout: ${rollout}, namespace: shop`],
  ]);

const ROWS: readonly MistakeRow[] = [
  // The documents
  { mistake: "a kind that does not exist", files: profile(["kind: GateProfile", "kind: «GateProfil»"]), codes: ["slogen/unknown-kind"] },
  { mistake: "another version", files: policy(["slogen/v1alpha1", "«slogen/v2»"]), codes: ["schema/not-one-of"] },
  { mistake: "a version of nobody's", files: policy(["slogen/v1alpha1", "«rollouts/v1»"]), codes: ["input/unknown-format"] },
  { mistake: "an unknown setting", files: gate("«promotte»: {}"), codes: ["schema/unknown-field"] },
  { mistake: "a name that Kubernetes refuses", files: policy(["name: checkout }", "name: «Checkout» }"]), codes: ["schema/bad-format"] },
  {
    mistake: "two policies of one name",
    files: { "policy/more.yaml": another("«checkout»", "other") },
    codes: ["policy/duplicate-name"],
  },
  {
    mistake: "two profiles of one name",
    files: { "policy/twice.yaml": edited(PROFILE, [["name: standard", "name: «standard»"]]) },
    codes: ["policy/duplicate-name"],
  },

  // Profiles
  { mistake: "an unknown profile", files: policy(["extends: standard", "extends: «standart»"]), codes: ["policy/unknown-profile"] },
  {
    mistake: "profiles in a circle",
    files: {
      "policy/standard.yaml": edited(PROFILE, [["spec:\n", "spec:\n  extends: «base»\n"]]),
      "policy/base.yaml": edited(PROFILE, [
        ["name: standard", "name: base"],
        ["spec:\n", "spec:\n  extends: standard\n"],
      ]),
    },
    codes: ["policy/profile-cycle"],
  },
  { mistake: "a mistake in a profile", files: profile(["goodLooks: 5", "timesStable: «0.5»"]), codes: ["policy/multiplier-below-one"] },

  // SLOs
  {
    mistake: "no SLO",
    files: policy(["  slos: [{ ref: checkout-availability }]\n", ""], ["name: checkout }", "name: «checkout» }"]),
    codes: ["policy/no-slos"],
  },
  { mistake: "an empty list of SLOs", files: policy(["slos: [{ ref: checkout-availability }]", "«slos»: []"]), codes: ["schema/too-few"] },
  { mistake: "an unknown SLO", files: policy(["checkout-availability", "«checkout-availabilty»"]), codes: ["policy/unknown-slo"] },
  { mistake: "a name that two SLOs have", files: policy(["checkout-availability", "«availability»"]), codes: ["policy/ambiguous-slo"] },
  {
    mistake: "an SLO named twice",
    files: policy(["{ ref: checkout-availability }", "{ ref: checkout-latency }, { ref: «latency» }"]),
    codes: ["policy/slo-twice"],
  },
  {
    mistake: "a selector that matches nothing",
    files: policy(["{ ref: checkout-availability }", "{ «selector»: { team: shoes } }"]),
    codes: ["policy/empty-selector"],
  },
  {
    mistake: "a rhythm of one SLO alone",
    files: policy(["{ ref: checkout-availability }", "{ ref: checkout-availability, gate: { «window»: 10m } }"]),
    codes: ["schema/unknown-field"],
  },
  {
    mistake: "counts for an SLO that counts itself",
    files: policy(["{ ref: checkout-availability }", "{ ref: checkout-availability, «evidence»: { bad: a_total, total: b_total } }"]),
    codes: ["policy/needless-evidence"],
  },
  {
    mistake: "an SLO without counts",
    files: policy(["{ ref: checkout-availability }", "{ ref: «search-availability», gate: { extreme: false, fail: { burnRate: 6 } } }"]),
    codes: ["policy/no-counts"],
    exit: 0,
  },
  {
    mistake: "a counting query that does not parse",
    files: policy([
      "{ ref: checkout-availability }",
      "{ ref: search-availability, gate: { fail: { burnRate: 6 } }, evidence: { bad: 'a_total «)»', total: b_total } }",
    ]),
    codes: ["promql/syntax"],
  },

  // The workload
  {
    mistake: "no workload",
    files: policy(
      ["  workload: { rollout: checkout, namespace: shop, file: deploy/rollout.yaml }\n", ""],
      ["name: checkout }", "name: «checkout» }"],
    ),
    codes: ["policy/no-workload"],
  },
  {
    mistake: "a workload file that is not there",
    files: policy(["file: deploy/rollout.yaml", "file: «deploy/rolout.yaml»"]),
    codes: ["policy/missing-file"],
  },
  {
    mistake: "a path from the root of the disk",
    files: policy(["file: deploy", "file: «/deploy/rollout.yaml», «x»: deploy"]),
    codes: ["schema/bad-format", "schema/unknown-field"],
  },
  {
    mistake: "two policies for one workload",
    files: { "policy/more.yaml": another("more", "«checkout»") },
    codes: ["policy/workload-twice"],
  },

  // Steps
  {
    mistake: "steps that do not rise",
    files: steps("{ weight: 50, bake: 10m }", "{ weight: «50», bake: 15m }"),
    codes: ["policy/steps-order"],
  },
  { mistake: "steps that fall", files: steps("{ weight: 60, bake: 10m }", "{ weight: «50», bake: 15m }"), codes: ["policy/steps-order"] },
  ...["0", "101", "-5"].map((weight) => ({
    mistake: `a weight of ${weight}`,
    files: steps(`{ weight: «${weight}», bake: 10m }`, "{ weight: 50, bake: 15m }"),
    codes: ["policy/weight-range"],
  })),
  { mistake: "a weight of 2.5", files: steps("{ weight: «2.5», bake: 10m }", "{ weight: 50, bake: 15m }"), codes: ["schema/wrong-type"] },
  {
    mistake: "a gate at full weight",
    files: steps("{ weight: 5, bake: 10m }", "{ weight: «100», bake: 15m }"),
    codes: ["policy/weight-range"],
  },
  {
    mistake: "full weight before the end",
    files: steps("{ weight: «100» }", "{ weight: 50, bake: 15m }"),
    codes: ["policy/weight-range"],
  },
  { mistake: "a step without bake time", files: steps("{ «weight»: 5 }", "{ weight: 50, bake: 15m }"), codes: ["schema/missing-field"] },
  {
    mistake: "no steps",
    files: policy(
      ["  steps:\n    - { weight: 5, bake: 10m }\n    - { weight: 50, bake: 15m }\n", ""],
      ["name: checkout }", "name: «checkout» }"],
    ),
    codes: ["policy/no-delivery"],
  },
  {
    mistake: "steps beside a switch",
    files: policy(["  steps:\n", "  «blueGreen»: { postPromotion: 10m }\n  steps:\n"]),
    codes: ["schema/conflicting-fields"],
  },
  {
    mistake: "a full promotion spelt out",
    files: steps("{ weight: 5, bake: 15m }", "{ weight: 50, bake: 15m }\n    - { weight: «100» }"),
    codes: ["policy/final-step"],
    exit: 0,
  },
  {
    mistake: "a bake time too short for the looks",
    files: steps("{ weight: 5, bake: «3m» }", "{ weight: 50, bake: 15m }"),
    codes: ["policy/bake-stretched"],
    exit: 0,
  },

  // The gate's numbers
  { mistake: "a window longer than the release", files: policy(["window: 5m", "window: «26m»"]), codes: ["policy/window-above-release"] },
  {
    mistake: "a window of few scrapes",
    files: { ...policy(["window: 5m", "window: «119s»"]), ...config(['http://us:9090",', 'http://us:9090", scrapeInterval: 15s,']) },
    codes: ["policy/window-below-scrapes"],
  },
  { mistake: "a gate slower than its rollout", files: failing("looks: «60»"), codes: ["policy/gate-too-slow"] },
  { mistake: "a multiplier below 1", files: failing("timesStable: «0.99»"), codes: ["policy/multiplier-below-one"] },
  { mistake: "a multiplier that is no number", files: failing("timesStable: «much»"), codes: ["schema/wrong-type"] },
  { mistake: "a burn rate of 0", files: failing("burnRate: «0»"), codes: ["schema/out-of-range"] },
  {
    mistake: "a limit that no outage reaches",
    files: gate("extreme: false", ["burnRate: 14.4", "burnRate: «1000»"]),
    codes: ["policy/unreachable-limit"],
  },
  {
    mistake: "a limit that so few requests cannot show",
    files: gate(
      "extreme: false\n    evidence: { minRequests: 1 }\n    «fail»: { burnRate: 900 }",
      ["\n    fail: { burnRate: 14.4 }", ""],
      ["6000rpm", "1rpm"],
    ),
    codes: ["policy/unreachable-limit"],
  },
  { mistake: "a promotion that no outage hinders", files: gate("promote: { burnRate: «1000» }"), codes: ["policy/unreachable-limit"] },
  { mistake: "promotion above failure", files: gate("promote: { burnRate: «15» }"), codes: ["policy/promote-above-fail"] },
  { mistake: "an extreme below failure", files: gate("extreme: { burnRate: «14» }"), codes: ["policy/extreme-below-fail"] },
  { mistake: "an extreme that is neither limits nor nothing", files: gate("extreme: «true»"), codes: ["schema/not-one-of"] },
  {
    mistake: "the usual limit above a low objective's reach",
    files: policy(
      ["{ ref: checkout-availability }", "{ ref: search-availability, evidence: { bad: a_total, total: b_total } }"],
      ["fail: { burnRate: 14.4 }", "«fail»: { looks: 2 }"],
    ),
    codes: ["policy/limit-lowered"],
    exit: 0,
  },
  ...["0", "1", "80"].map((share) => ({
    mistake: `tightening at ${share}`,
    files: gate(`budget: { tightenAt: «${share}» }`),
    codes: ["policy/tighten-range"],
  })),
  ...["0.96", "95", "high"].map((confidence) => ({
    mistake: `a confidence of ${confidence}`,
    files: gate(`confidence: «${confidence}»`),
    codes: ["policy/unknown-confidence"],
  })),
  { mistake: "a duration without a unit", files: policy(["window: 5m", "window: «300»"]), codes: ["schema/wrong-type"] },

  // Traffic
  { mistake: "traffic in requests a day", files: policy(["6000rpm", "«10rpd»"]), codes: ["schema/bad-format"] },
  {
    mistake: "no traffic",
    files: policy(["  traffic: 6000rpm\n", ""], ["name: checkout }", "name: «checkout» }"]),
    codes: ["policy/no-traffic"],
    exit: 0,
  },
  {
    mistake: "too little traffic ever to promote",
    files: gate("«evidence»: { minRequests: 3000 }", ["6000rpm", "60rpm"]),
    codes: ["policy/low-traffic"],
  },
  {
    mistake: "too little traffic to promote in time",
    files: gate("«evidence»: { minRequests: 800 }", ["6000rpm", "60rpm"]),
    codes: ["policy/low-traffic"],
    exit: 0,
  },
  {
    mistake: "too little traffic at the first step",
    files: gate("«evidence»: { minRequests: 40, by: everyStep }", ["6000rpm", "60rpm"]),
    codes: ["policy/low-traffic"],
    exit: 0,
  },
  {
    mistake: "too little traffic to tell",
    files: gate("«evidence»: { minRequests: 3000, otherwise: pass }", ["6000rpm", "60rpm"]),
    codes: ["policy/low-traffic"],
    exit: 0,
  },

  // Environments and sources
  { mistake: "an unknown environment", files: policy(["prod-us: {}", "«prod-uk»: {}"]), codes: ["policy/unknown-environment"] },
  { mistake: "an unknown source", files: policy(["prod-us: {}", "prod-us: { source: «uk» }"]), codes: ["policy/unknown-source"] },
  {
    mistake: "no source where there are several",
    files: {
      ...config(["prod-us: { source: us }", "prod-us: {}"]),
      ...policy(["prod-us: {}", "«prod-us»: {}"]),
      ...kubestead(["name: latency", "name: «latency»"]),
    },
    codes: ["policy/source-needed", "policy/source-needed"],
  },
  {
    mistake: "an environment's matcher on the label that tells the versions apart",
    files: policy(["prod-us: {}", "prod-us: { matchers: { «pod»: x } }"]),
    codes: ["policy/matcher-clash"],
  },
  {
    mistake: "an environment's matcher that only Datadog could take",
    files: policy(["prod-us: {}", "prod-us: { matchers: { «acme.io/tier»: gold } }"]),
    codes: ["policy/unfit-matcher"],
  },
  {
    mistake: "an environment with an unknown source",
    files: config(["source: us }", "source: «uss» }"]),
    codes: ["config/unknown-source"],
    exit: 2,
  },
  {
    mistake: "a token in a header",
    files: config(["{ X-Scope-OrgID: shop }", "{ Authorization: «Bearer abc» }"]),
    codes: ["config/literal-credential"],
    exit: 2,
  },
  {
    mistake: "a password in a URL",
    files: config(['"http://eu:9090"', '«"http://me:pw@eu:9090"»']),
    codes: ["config/literal-credential"],
    exit: 2,
  },
  {
    mistake: "a secret written out",
    files: config(["bearer: { secret: reader, key: token }", "bearer: «abc»"]),
    codes: ["schema/wrong-type"],
    exit: 2,
  },
  {
    mistake: "two ways to authenticate",
    files: config(["bearer: { secret: reader, key: token }", "bearer: { secret: a, key: b }, «basic»: { secret: c, key: d }"]),
    codes: ["schema/conflicting-fields"],
    exit: 2,
  },
  {
    mistake: "an unknown kind of source",
    files: config(["us: { address", "us: { type: «graphite», address"]),
    codes: ["schema/not-one-of"],
    exit: 2,
  },

  // Isolation
  { mistake: "a strategy nobody knows", files: isolation("strategy: «podname»"), codes: ["schema/not-one-of"] },
  {
    mistake: "a strategy beside matchers",
    files: isolation(`strategy: podName, «canary»: 'v="c"', stable: 'v="s"'`),
    codes: ["schema/conflicting-fields"],
  },
  { mistake: "one side only", files: isolation(`canary: 'v="c"'`, "«isolation»"), codes: ["schema/missing-field"] },
  { mistake: "matchers that do not parse", files: isolation(`canary: 'v=«c»', stable: 'v="s"'`), codes: ["policy/bad-matchers"] },
  { mistake: "more than matchers", files: isolation(`canary: '«v="c"} or y{v="d"»', stable: 'v="s"'`), codes: ["policy/bad-matchers"] },
  { mistake: "the same matchers on both sides", files: isolation(`canary: 'v="c"', stable: «'v="c"'»`), codes: ["policy/same-sides"] },
  {
    mistake: "a claim that role labels are unique",
    files: isolation(`canary: 'v="c"', stable: 'v="s"', «revisionUnique»: true`),
    codes: ["policy/doubtful-unique"],
    exit: 0,
  },
  {
    mistake: "services that the strategy does not read",
    files: isolation("strategy: podName, «canaryService»: a"),
    codes: ["policy/unused-isolation"],
  },
  { mistake: "Istio without services", files: isolation("strategy: «istioHost»"), codes: ["policy/service-needed"] },
  { mistake: "Istio with one service", files: isolation("strategy: «istioHost», canaryService: a"), codes: ["policy/service-needed"] },
  {
    mistake: "a Rollout's name so long that pods lose their hash",
    files: policy(["  steps:", "  isolation: { strategy: «podName» }\n  steps:"], ["rollout: checkout", `rollout: ${"c".repeat(47)}`]),
    codes: ["policy/long-name"],
  },

  // Guards
  {
    mistake: "a guard without a limit",
    files: policy(["name: p99, query", "«name»: p99, query"], [", max: 400ms", ""]),
    codes: ["schema/missing-alternative"],
  },
  { mistake: "a guard's query that does not parse", files: guard("query: 'max(a_seconds«'», max: 400ms"), codes: ["promql/syntax"] },
  { mistake: "a guard with many series", files: guard("query: «'checkout_p99_seconds'», max: 400ms"), codes: ["policy/guard-series"] },
  { mistake: "a guard by route", files: guard("query: «'max by (route) (p99_seconds)'», max: 400ms"), codes: ["policy/guard-series"] },
  {
    mistake: "a quantile of each pod",
    files: guard("query: '«histogram_quantile(0.99, rate(d_seconds_bucket[5m]))»', max: 400ms"),
    codes: ["policy/quantile-without-le"],
  },
  { mistake: "a limit in the wrong unit", files: guard("query: 'max(checkout_p99_seconds)', max: «400MB»"), codes: ["policy/guard-unit"] },
  {
    mistake: "a limit without a unit",
    files: guard("query: 'max(checkout_p99_seconds)', max: «400»"),
    codes: ["policy/guard-unit-missing"],
  },
  { mistake: "a metric without a unit", files: guard("query: 'max(checkout_p99)', max: «400ms»"), codes: ["policy/guard-unit-missing"] },
  {
    mistake: "a unit that the metric's name contradicts",
    files: guard("query: 'max(checkout_p99_seconds)', unit: «milliseconds», max: 400"),
    codes: ["policy/guard-unit-differs"],
  },
  {
    mistake: "a guard's window from outside",
    files: guard("query: '«max(rate(a_total[{{.window}}]))»', max: 4"),
    codes: ["promql/window-in-value"],
  },
  {
    mistake: "two guards of one name",
    files: guard("query: 'max(a_seconds)', max: 400ms }, { name: «p99», query: 'max(b_seconds)', max: 1s"),
    codes: ["policy/guard-twice"],
  },

  // Kubestead
  {
    mistake: "a Kubestead policy without an SLO of its name",
    files: kubestead(["name: latency", "name: «latencies»"]),
    codes: ["policy/unbound"],
  },
  {
    mistake: "an annotation that names no SLO",
    files: kubestead(["slogen/extends: quiet", "slogen/extends: quiet, slogen/slo: «checkout-speed»"]),
    codes: ["policy/unbound"],
  },
  { mistake: "another target than the SLO's", files: kubestead(["target: 0.99", "target: «0.999»"]), codes: ["policy/target-differs"] },
  { mistake: "another period than the SLO's", files: kubestead(["window: 30d", "window: «7d»"]), codes: ["policy/period-differs"] },
  { mistake: "Kubestead's target in percent", files: kubestead(["target: 0.99", "target: «99»"]), codes: ["schema/out-of-range"] },
  {
    mistake: "Kubestead's share in percent",
    files: kubestead(["budgetConsumedAlert: 0.8", "budgetConsumedAlert: «80»"]),
    codes: ["policy/tighten-range"],
  },
  {
    mistake: "Kubestead's multiplier below 1",
    files: kubestead(["maxBurnRateMultiplier: 2.0", "maxBurnRateMultiplier: «0.5»"]),
    codes: ["policy/multiplier-below-one"],
  },
  { mistake: "Kubestead's steps falling", files: kubestead(["{ weight: 50,", "{ weight: «4»,"]), codes: ["policy/steps-order"] },
  {
    mistake: "Kubestead's step without a window",
    files: kubestead(["{ weight: 5, analysisWindow: 10m }", "{ «weight»: 5 }"]),
    codes: ["schema/missing-field"],
  },
  {
    mistake: "an unknown field of Kubestead's",
    files: kubestead(["analysis: {", "analysis: { «maxBurn»: 2,"]),
    codes: ["schema/unknown-field"],
  },
  {
    mistake: "another kind of Kubestead's",
    files: kubestead(["kind: RolloutPolicy", "kind: «Rollout»"]),
    codes: ["kubestead/unknown-kind"],
  },
  {
    mistake: "an annotation of ours that nobody reads",
    files: kubestead(["slogen/extends: quiet", "slogen/extends: quiet, «slogen/target»: x"]),
    codes: ["kubestead/unknown-annotation"],
  },
];

/** What is said of policies; the SLOs, whose flaws the rows need, have their own tests. */
function aboutPolicies(report: string): readonly Finding[] {
  return findingsIn(report).filter(({ place }) => !place.startsWith("slo/"));
}

everyMistakeIsReported(GOOD, ROWS, aboutPolicies);
