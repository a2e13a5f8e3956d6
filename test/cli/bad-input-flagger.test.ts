import { edited, everyMistakeIsReported, findingsIn, type Edit, type Finding, type MistakeRow } from "./mistakes.ts";

/*
 * What a user gets for a policy or a Canary file that Flagger, or the API server before it, would refuse or read otherwise than it looks.
 */

const SLOS = `version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli: { events: { error_query: 'sum(rate(hits_total{code="500"}[{{.window}}]))', total_query: 'sum(rate(hits_total[{{.window}}]))' } }
    alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }
`;

const POLICY = `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: checkout }
spec:
  slos: [{ ref: checkout-availability }]
  workload: { deployment: checkout, namespace: shop, file: deploy/canary.yaml }
  flagger:
    loadtester: http://tester.flagger/
    interval: 1m
    webhooks: [{ name: soak, url: http://tester.flagger/, timeout: 1h }]
  steps: [{ weight: 10, bake: 5m }, { weight: 50, bake: 10m }]
  gate: { promote: { goodLooks: 1, maxWait: 1h }, budget: false }
  traffic: 6000rpm
  enforcement: enforce
`;

const CANARY = `apiVersion: flagger.app/v1beta1
kind: Canary
metadata: { name: checkout, namespace: shop }
spec:
  provider: gatewayapi:v1
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: checkout }
  service: { port: 80 }
  analysis:
    interval: 1m
    threshold: 60
    stepWeights: [10, 50]
    metrics:
      - name: request-success-rate
        interval: 2m
        thresholdRange: { min: 99.95 }
      - name: queue
        interval: 3m
        query: sum(queue_depth)
        thresholdRange: { max: 500 }
`;

const CONFIG = `specs: [slo/**, policy/**]
targets: [flagger]
sources: { prom: { type: prometheus, address: "http://prometheus:9090" } }
`;

const GOOD: Files = { "slogen.yaml": CONFIG, "policy/checkout.yaml": POLICY, "slo/slo.yaml": SLOS, "deploy/canary.yaml": CANARY };

type Files = Readonly<Record<string, string>>;

const policy = (...edits: readonly Edit[]): Files => ({ "policy/checkout.yaml": edited(POLICY, edits) });
const canary = (...edits: readonly Edit[]): Files => ({ "deploy/canary.yaml": edited(CANARY, edits) });

const ROWS: readonly MistakeRow[] = [
  // Durations
  {
    mistake: "hours, which are converted in the copy",
    files: canary(["interval: 3m", "interval: «1h»"]),
    codes: ["canary/converted-duration"],
    exit: 0,
  },
  {
    mistake: "hours where no copy is written",
    files: { ...canary(["interval: 3m", "interval: «1h»"]), "slogen.yaml": `${CONFIG}flagger: { canary: snippet }\n` },
    codes: ["canary/bad-duration"],
  },
  { mistake: "less than a second", files: canary(["interval: 3m", "interval: «500ms»"]), codes: ["canary/bad-duration"] },
  { mistake: "a unit that only begins well", files: canary(["interval: 3m", "interval: «1min»"]), codes: ["canary/bad-duration"] },
  { mistake: "a timeout of no unit", files: policy(["timeout: 1h", "timeout: «60»"]), codes: ["schema/wrong-type"] },
  { mistake: "ticks that Flagger does not make", files: policy(["interval: 1m", "interval: «5s»"]), codes: ["policy/short-interval"] },

  // Metrics
  {
    mistake: "a reserved name for a metric of one's own",
    files: canary(["name: queue", "name: «request-duration»"]),
    codes: ["canary/two-sources"],
    exit: 0,
  },
  {
    mistake: "a built-in check that is laxer than the SLO",
    files: canary(["min: 99.95", "min: «99»"]),
    codes: ["canary/laxer-than-slo"],
    exit: 0,
  },
  {
    mistake: "a query of several series",
    files: canary(["sum(queue_depth)", "«sum by (pod) (queue_depth)»"]),
    codes: ["canary/several-series"],
    exit: 0,
  },
  {
    mistake: "a query of a range",
    files: canary(["sum(queue_depth)", "«queue_depth[5m]»"]),
    codes: ["canary/result-type"],
  },

  // Numbers
  { mistake: "a bound in quotes", files: canary(["max: 500", 'max: «"500"»']), codes: ["canary/bad-number"] },
  { mistake: "a port in quotes", files: canary(["port: 80", 'port: «"80"»']), codes: ["canary/bad-number"] },
  { mistake: "a weight in quotes", files: policy(["weight: 50", 'weight: «"50"»']), codes: ["schema/wrong-type"] },

  // The Canary file
  {
    mistake: "a file of something else",
    files: { ...canary(["kind: Canary", "kind: Deployment"]), ...policy(["  flagger:", "  «flagger»:"]) },
    codes: ["policy/no-provider"],
  },
  {
    mistake: "a file of something else, though the provider is known",
    files: {
      ...canary(["kind: Canary", "kind: Deployment"]),
      ...policy(["deployment: checkout", "deployment: «checkout»"], ["interval: 1m", "provider: gatewayapi:v1"]),
    },
    codes: ["canary/not-a-canary"],
  },
  {
    mistake: "a Canary of old",
    files: canary(["apiVersion: flagger.app/v1beta1", "apiVersion: «flagger.app/v1alpha3»"]),
    codes: ["canary/api-version"],
  },

  // The SLI
  {
    mistake: "an SLI that only the canary fits",
    files: {
      ...canary(["provider: gatewayapi:v1", "provider: istio"]),
      "slo/slo.yaml": edited(SLOS, [['{code="500"}', '{«destination_workload="checkout"», code="500"}']]),
      "policy/checkout.yaml": POLICY.replace(
        "  flagger:",
        "  isolation: { canary: 'destination_workload=\"checkout\"', stable: 'destination_workload=\"checkout-primary\"', revisionUnique: true }\n  flagger:",
      ),
    },
    codes: ["gate/label-clash"],
  },
];

/** What every release by Flagger is told. */
const ALWAYS = new Set(["flagger/holds-add-up"]);

function besidesLosses(report: string): readonly Finding[] {
  return findingsIn(report).filter(({ code = "" }) => !ALWAYS.has(code));
}

everyMistakeIsReported(GOOD, ROWS, besidesLosses);
