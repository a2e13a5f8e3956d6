import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { startArgo, type ArgoOracle, type Metric, type Phase, type RunRequest, type Value } from "./argo.ts";

/** What we take for granted of Argo Rollouts, said by Argo Rollouts itself. */
let argo: ArgoOracle;
before(async () => {
  argo = await startArgo();
});
after(() => argo.stop());

/** A metric whose measurements come from a script. */
function scripted(name: string, fields: Omit<Metric, "name" | "provider"> = {}): Metric {
  return { name, interval: "60s", ...fields, provider: { prometheus: { address: "http://unused", query: "1" } } };
}

interface RunRow extends Omit<RunRequest, "run"> {
  readonly name: string;
  readonly metrics: readonly Metric[];
  readonly dryRun?: readonly string[];
  readonly want: readonly [phase: Phase, at: number];
  /** Phases by metric; absent ones are not asked. */
  readonly phases?: Readonly<Record<string, Phase>>;
  readonly taken?: Readonly<Record<string, number>>;
}

/** An inline gate of ten minutes' bake that needs five good looks in a row and waits thirty minutes for them. */
const PROMOTE = { initialDelay: "6m", count: 35, consecutiveSuccessLimit: 5, failureLimit: -1 };

const RUNS: readonly RunRow[] = [
  {
    name: "failures count in total, not in a row, and one more than the limit fails",
    metrics: [scripted("a", { failureLimit: 3 })],
    script: { a: "F S F S F S F" },
    want: ["Failed", 360],
  },
  {
    name: "a run that is ended within its limit is successful, whatever it has seen",
    metrics: [scripted("a", { failureLimit: 3 })],
    script: { a: "F F F S" },
    terminateAt: 500,
    want: ["Successful", 500],
  },
  { name: "without limits the first failure fails", metrics: [scripted("a")], script: { a: "S S F" }, want: ["Failed", 120] },
  {
    name: "errors are retried every ten seconds, and the fifth in a row ends the run",
    metrics: [scripted("a", { interval: "300s" })],
    script: { a: "E" },
    want: ["Error", 40],
  },
  {
    name: "a success starts the count of errors again",
    metrics: [scripted("a", { interval: "300s" })],
    script: { a: "EEEES EEEES EEEES" },
    until: 1000,
    want: ["Running", 720],
  },
  {
    name: "inconclusive measurements use up the count, and at a limit of the same number they are a success",
    metrics: [scripted("a", { count: 3, inconclusiveLimit: 3 })],
    script: { a: "I" },
    want: ["Successful", 120],
  },
  {
    name: "one inconclusive measurement more than the limit is inconclusive",
    metrics: [scripted("a", { count: 3, inconclusiveLimit: 2 })],
    script: { a: "I" },
    want: ["Inconclusive", 120],
  },
  {
    name: "without a limit the first inconclusive measurement is inconclusive",
    metrics: [scripted("a", { count: 3 })],
    script: { a: "S I" },
    want: ["Inconclusive", 60],
  },
  {
    name: "errors are no part of the count",
    metrics: [scripted("a", { count: 5, failureLimit: 2 })],
    script: { a: "E E F E S F S S" },
    want: ["Successful", 270],
  },
  {
    name: "a metric that is stopped by another one's failure is successful",
    metrics: [scripted("a", { failureLimit: 0 }), scripted("b", { failureLimit: 5 })],
    script: { a: "F", b: "F" },
    want: ["Failed", 0],
    phases: { a: "Failed", b: "Successful" },
  },
  {
    name: "of an inconclusive and a failed metric the failed one decides",
    metrics: [scripted("a"), scripted("b")],
    script: { a: "I", b: "F" },
    want: ["Failed", 0],
  },
  {
    name: "an inconclusive metric ends the run before a delayed one is measured",
    metrics: [scripted("a"), scripted("b", { initialDelay: "60s" })],
    script: { a: "I", b: "F" },
    want: ["Inconclusive", 0],
    taken: { a: 1, b: 0 },
  },
  {
    name: "a failed dry run decides nothing and stops measuring",
    metrics: [scripted("a"), scripted("b", { count: 3 })],
    dryRun: ["^a$"],
    script: { a: "F", b: "S" },
    want: ["Successful", 120],
    phases: { a: "Failed", b: "Successful" },
    taken: { a: 1, b: 3 },
  },
  {
    name: "a dry run without a count keeps the run running",
    metrics: [scripted("a"), scripted("b", { count: 3 })],
    dryRun: ["^a$"],
    script: { a: "S", b: "S" },
    terminateAt: 1000,
    want: ["Successful", 1000],
    phases: { a: "Successful", b: "Successful" },
    taken: { a: 17, b: 3 },
  },
  {
    name: "three successes in a row are enough, whatever came before within the limits",
    metrics: [scripted("a", { interval: "30s", count: 20, consecutiveSuccessLimit: 3, failureLimit: 2, inconclusiveLimit: 20 })],
    script: { a: "I I F S S F S S S" },
    want: ["Successful", 240],
  },
  {
    name: "the count reached without the successes in a row is inconclusive",
    metrics: [scripted("a", { interval: "30s", count: 6, consecutiveSuccessLimit: 3, failureLimit: 2, inconclusiveLimit: 6 })],
    script: { a: "I I S S F S" },
    want: ["Inconclusive", 150],
  },
  {
    name: "a run that ends before its first measurement is successful",
    metrics: [scripted("a", { initialDelay: "600s" })],
    script: { a: "F" },
    terminateAt: 300,
    want: ["Successful", 300],
    taken: { a: 0 },
  },
  {
    name: "a failure limit as high as the count can never fail",
    metrics: [scripted("a", { count: 1, failureLimit: 1 })],
    script: { a: "F" },
    want: ["Successful", 0],
  },
  {
    name: "with failures switched off, the count reached without the successes in a row is failed",
    metrics: [scripted("a", { interval: "30s", count: 6, consecutiveSuccessLimit: 3, failureLimit: -1, inconclusiveLimit: 6 })],
    script: { a: "F F F F S S" },
    want: ["Failed", 150],
  },
  {
    name: "with failures switched off and no count, only successes in a row end the run",
    metrics: [scripted("a", { consecutiveSuccessLimit: 2, failureLimit: -1 })],
    script: { a: `${"FS".repeat(40)}FSS` },
    want: ["Successful", 82 * 60],
  },
  {
    name: "an error breaks successes in a row",
    metrics: [scripted("a", { count: 10, consecutiveSuccessLimit: 3, failureLimit: -1 })],
    script: { a: "S S E S S S" },
    want: ["Successful", 250],
  },
  {
    name: "a failed metric with successes to wait for ends its run though failures are switched off elsewhere",
    metrics: [scripted("a", { count: 3, consecutiveSuccessLimit: 3, failureLimit: -1 }), scripted("b")],
    script: { a: "S S F", b: "S" },
    want: ["Failed", 120],
    phases: { a: "Failed", b: "Successful" },
  },
  {
    name: "a gate that waits for five good looks lets a healthy canary pass at the end of its bake time",
    metrics: [scripted("promote", PROMOTE)],
    script: { promote: "S" },
    want: ["Successful", 600],
  },
  {
    name: "a gate that waits for five good looks begins to count again after a bad one",
    metrics: [scripted("promote", PROMOTE)],
    script: { promote: "S S S S F S" },
    want: ["Successful", 360 + 9 * 60],
  },
  {
    name: "a gate that waits in vain fails at its last look",
    metrics: [scripted("promote", PROMOTE)],
    script: { promote: "F" },
    want: ["Failed", 2400],
    taken: { promote: 35 },
  },
  {
    name: "a gate that waits in vain and may not fail is inconclusive at its last look",
    metrics: [scripted("promote", { ...PROMOTE, failureLimit: 0, inconclusiveLimit: 35 })],
    script: { promote: "I" },
    want: ["Inconclusive", 2400],
    taken: { promote: 35 },
  },
  {
    name: "an outage of the data source is endured for as many errors as the limit, ten seconds each",
    metrics: [scripted("burn-fail", { interval: "30s", initialDelay: "1m", failureLimit: 1, consecutiveErrorLimit: 60 })],
    script: { "burn-fail": "E" },
    want: ["Error", 60 + 60 * 10],
  },
  {
    name: "the initial delay counts from the start of the run",
    metrics: [scripted("a", { initialDelay: "6m", count: 2 })],
    script: { a: "S" },
    want: ["Successful", 420],
    taken: { a: 2 },
  },
];

suite("the analysis controller", () => {
  for (const { name, metrics, dryRun = [], want, phases = {}, taken = {}, ...request } of RUNS) {
    test(name, async () => {
      const spec = { metrics, dryRun: dryRun.map((metricName) => ({ metricName })) };
      const result = await argo.run({ run: { spec }, ...request });
      assert.deepEqual([result.phase, result.at], want, result.message);
      for (const [metric, phase] of Object.entries(phases))
        assert.equal(result.metrics.find((one) => one.name === metric)?.phase, phase, metric);
      for (const [metric, times] of Object.entries(taken))
        assert.equal(result.measurements.filter((one) => one.metric === metric).length, times, metric);
    });
  }

  test("takes a rule for dry runs as an expression that need not match the whole name", async () => {
    const metrics = [scripted("error-rate"), scripted("b", { count: 1 })];
    const run = { spec: { metrics, dryRun: [{ metricName: "error" }] } };
    const result = await argo.run({ run, script: { "error-rate": "F", b: "S" } });
    assert.deepEqual(
      result.metrics.map(({ name, phase, dryRun }) => [name, phase, dryRun]),
      [
        ["error-rate", "Failed", true],
        ["b", "Successful", false],
      ],
    );
    assert.equal(result.phase, "Successful");
  });

  for (const metricName of ["*", "^other$"])
    test(`ends the run at once when the rule for dry runs is ${metricName}`, async () => {
      const result = await argo.run({ run: { spec: { metrics: [scripted("a")], dryRun: [{ metricName }] } }, script: { a: "S" } });
      assert.deepEqual([result.phase, result.measurements], ["Error", []], result.message);
    });
});

test("one measurement: both conditions count, and a failure is stronger than a success", async () => {
  const conditions = { true: "result > 0", false: "result < 0", error: "len(result) > 0" };
  type Word = keyof typeof conditions | "absent";
  const rows: readonly (readonly [success: Word, failure: Word, want: Phase])[] = [
    ["absent", "absent", "Successful"],
    ["true", "absent", "Successful"],
    ["false", "absent", "Failed"],
    ["absent", "true", "Failed"],
    ["absent", "false", "Successful"],
    ["true", "true", "Failed"],
    ["false", "true", "Failed"],
    ["true", "false", "Successful"],
    ["false", "false", "Inconclusive"],
    ["error", "absent", "Error"],
    ["error", "true", "Error"],
    ["true", "error", "Error"],
  ];
  for (const [success, failure, want] of rows) {
    const { phase } = await argo.evaluate(1, {
      ...(success === "absent" ? {} : { successCondition: conditions[success] }),
      ...(failure === "absent" ? {} : { failureCondition: conditions[failure] }),
    });
    assert.equal(phase, want, `success ${success}, failure ${failure}`);
  }
});

test("what is no number is failed, passed or undecided by the conditions that are there", async () => {
  const [successCondition, failureCondition] = ["result <= 1", "result > 1"];
  assert.equal((await argo.evaluate("NaN", { successCondition })).phase, "Failed");
  assert.equal((await argo.evaluate("NaN", { failureCondition })).phase, "Successful");
  assert.equal((await argo.evaluate("NaN", { successCondition, failureCondition })).phase, "Inconclusive");
});

const VECTORS: readonly (readonly Value[])[] = [[], [0.5], [2], ["NaN"], ["+Inf"], [0.5, 2], [2, 3], [2, "NaN"]];

/** T, f, or E for an error, for each of `VECTORS`. */
const ON_VECTORS: Readonly<Record<string, string>> = {
  "result[0] <= 1": "E T f f f T f f",
  "result <= 1": "E E E E E E E E",
  "len(result) == 0 || result[0] <= 1": "T T f f f T f f",
  "len(result) > 0 && result[0] > 1": "f f T f T f T T",
  "len(result) == 1 && result[0] <= 2": "f T T f f f f f",
  "len(result) == 2 && all(result, # > 1)": "f f f f f f T f",
  "any(result, # > 1)": "f f T f T T T T",
  "all(result, # <= 1)": "T T f f f f f f",
  "not (result[0] > 1)": "E T f T f T f f",
  "isNaN(result[0])": "E f f T f f f f",
  "isNaN(result)": "E E E E E E E E",
  "max(result) <= 1": "E E E E E E E E",
  "mean(result) <= 1": "T T f f f f f f",
  "result && result[0] > 1": "E E E E E E E E",
  "default(result[0], 0) <= 1": "E E E E E E E E",
};

const SCALARS: readonly (Value | null)[] = [null, 0.5, 2, "NaN", "+Inf"];

const ON_SCALARS: Readonly<Record<string, string>> = {
  "result <= 1": "E T f f f",
  "default(result, 0) <= 1": "T T f f f",
  "isNil(result) || result <= 1": "E T f f f",
  "result == nil || result <= 1": "E T f f f",
  "isNil(result) || asFloat(result) <= 1": "T T f f f",
  "!isNil(result) && asFloat(result) > 1": "f f T f T",
  "isNaN(result) || result <= 1": "E T f T f",
  "len(result) > 0": "E E E E E",
};

const LETTERS: Readonly<Record<string, string>> = { Successful: "T", Failed: "f", Error: "E" };

for (const [shape, results, table] of [
  ["vector", VECTORS, ON_VECTORS],
  ["scalar", SCALARS, ON_SCALARS],
] as const)
  test(`a condition on a ${shape}`, async () => {
    for (const [successCondition, want] of Object.entries(table)) {
      const phases = await Promise.all(results.map((result) => argo.evaluate(result, { successCondition })));
      assert.equal(phases.map(({ phase }) => LETTERS[phase]).join(" "), want, successCondition);
    }
  });

const TEMPLATE = `
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: gate }
spec:
  args:
    - { name: canary-hash }
    - { name: stable-hash }
    - { name: hotfix, value: "" }
    - { name: limit, value: "2" }
  metrics:
    - name: budget
      count: 1
      successCondition: "'{{args.hotfix}}' == 'true' || (len(result) == 1 && result[0] <= {{args.limit}})"
      provider:
        prometheus:
          address: http://prometheus:9090
          query: |
            errors{pod=~"web-{{args.canary-hash}}-.+"} / ignoring(pod) errors{pod=~"web-{{args.stable-hash}}-.+"}
`;

/** A Rollout with one analysis, in the first step but one, in the background, or before promotion. */
function rollout({ annotations = "{}", args = "", rules = "[]", where = "steps" } = {}): string {
  const analysis = `
          templates: [{ templateName: gate }]
          dryRun: ${rules}
          args:
            - { name: canary-hash, valueFrom: { podTemplateHashValue: Latest } }
            - { name: stable-hash, valueFrom: { podTemplateHashValue: Stable } }
            - { name: hotfix, valueFrom: { fieldRef: { fieldPath: "metadata.annotations['slogen/hotfix']" } } }
            ${args}`;
  const strategies: Readonly<Record<string, string>> = {
    steps: `canary:\n      steps:\n      - setWeight: 20\n      - analysis:${analysis}`,
    background: `canary:\n      steps: [{ setWeight: 20 }, { pause: {} }]\n      analysis:${analysis}`,
    pre: `blueGreen:\n      activeService: web\n      prePromotionAnalysis:${analysis}`,
  };
  return `
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web, annotations: ${annotations} }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web }] }
  strategy:
    ${strategies[where] ?? ""}
`;
}

const SERVICE = `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`;

const VIRTUAL_SERVICE = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web }
spec:
  hosts: [web]
  http: [{ route: [{ destination: { host: web-stable }, weight: 100 }, { destination: { host: web }, weight: 0 }] }]
`;

const INGRESS = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  rules:
    - http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web-stable, port: { number: 80 } } } }] }
`;

suite("the Rollout controller", () => {
  for (const [where, place] of [
    ["steps", "1"],
    ["background", "background"],
    ["pre", "pre"],
  ] as const)
    test(`fills in the args of a run at ${place}`, async () => {
      const { problems, runs } = await argo.validate([TEMPLATE, rollout({ where }), SERVICE].join("---\n"), {
        stable: "6d4f",
        latest: "7c5b",
      });
      assert.deepEqual(problems, []);
      assert.deepEqual(
        runs.map((run) => run.place),
        [place],
      );
      assert.match(runs[0]?.metrics?.[0]?.provider.prometheus?.query ?? "", /web-7c5b-\.\+.*web-6d4f-\.\+/);
    });

  test("gives the empty string for an annotation that the Rollout does not have", async () => {
    const { problems, runs } = await argo.validate(`${TEMPLATE}---${rollout()}`);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      runs[0]?.run.spec.args?.find(({ name }) => name === "hotfix"),
      { name: "hotfix", value: "" },
    );
    const { successCondition } = runs[0]?.metrics?.[0] ?? {};
    assert.equal(successCondition, "'' == 'true' || (len(result) == 1 && result[0] <= 2)");
    assert.equal((await argo.evaluate([3], { successCondition })).phase, "Failed");
    assert.equal((await argo.evaluate([], { successCondition })).phase, "Failed");
    assert.equal((await argo.evaluate([1], { successCondition })).phase, "Successful");
  });

  test("puts the annotation into the condition, where it is compared as text", async () => {
    const { problems, runs } = await argo.validate(`${TEMPLATE}---${rollout({ annotations: `{ slogen/hotfix: "true" }` })}`);
    assert.deepEqual(problems, []);
    const { successCondition } = runs[0]?.metrics?.[0] ?? {};
    assert.equal(successCondition, "'true' == 'true' || (len(result) == 1 && result[0] <= 2)");
    for (const result of [[], [3], ["NaN"]] as const) assert.equal((await argo.evaluate(result, { successCondition })).phase, "Successful");
  });

  test("gives the empty string for a hash that is neither of the two, and for an arg without a value", async () => {
    const { problems, runs } = await argo.validate(
      `${TEMPLATE}---${rollout({ args: "- { name: limit }" }).replace("podTemplateHashValue: Latest", "podTemplateHashValue: Canary")}`,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      runs[0]?.run.spec.args?.map(({ name, value }) => [name, value]),
      [
        ["canary-hash", ""],
        ["stable-hash", "stable"],
        ["hotfix", ""],
        ["limit", ""],
      ],
    );
  });

  test("adds the template's rules for dry runs to its own", async () => {
    const template = TEMPLATE.replace("  metrics:", "  dryRun: [{ metricName: ^budget$ }]\n  metrics:");
    const { problems, runs } = await argo.validate(`${template}---${rollout({ rules: "[{ metricName: budget }]" })}`);
    assert.deepEqual(problems, []);
    assert.deepEqual(runs[0]?.run.spec.dryRun, [{ metricName: "budget" }, { metricName: "^budget$" }]);
    const twice = await argo.validate(`${template}---${rollout({ rules: "[{ metricName: ^budget$ }]" })}`);
    assert.match(twice.problems[0]?.message ?? "", /two Dry-Run metric rules have the same name/);
  });

  test("finds what a Rollout with a traffic router refers to", async () => {
    const routed = (routing: string) =>
      rollout().replace(
        "canary:\n",
        `canary:\n      canaryService: web\n      stableService: web-stable\n      trafficRouting: ${routing}\n`,
      );
    const services = [SERVICE, SERVICE.replace("name: web", "name: web-stable")];
    const istio = routed("{ istio: { virtualService: { name: web } } }");
    const nginx = routed("{ nginx: { stableIngress: web } }");
    assert.deepEqual((await argo.validate([TEMPLATE, istio, VIRTUAL_SERVICE, ...services].join("---"))).problems, []);
    assert.match((await argo.validate([TEMPLATE, istio, ...services].join("---"))).problems[0]?.message ?? "", /"web" not found/);
    assert.deepEqual((await argo.validate([TEMPLATE, nginx, INGRESS, ...services].join("---"))).problems, []);
    assert.match((await argo.validate([TEMPLATE, nginx, ...services].join("---"))).problems[0]?.message ?? "", /"web" not found/);
  });

  const REFUSED: readonly {
    readonly name: string;
    readonly documents: string;
    readonly want: readonly [stage: string, message: RegExp];
  }[] = [
    { name: "a template that is not there", documents: rollout(), want: ["rollout", /AnalysisTemplate 'gate' not found/] },
    {
      name: "an arg that nobody gives",
      documents: `${TEMPLATE.replace(`limit, value: "2"`, "limit")}---${rollout()}`,
      want: ["rollout", /args\.limit was not resolved/],
    },
    {
      name: "a step that would never end",
      documents: `${TEMPLATE.replace("count: 1", "interval: 60s")}---${rollout()}`,
      want: ["rollout", /runs indefinitely/],
    },
    {
      name: "a field that nobody knows",
      documents: `${TEMPLATE.replace("count: 1", "counts: 1")}---${rollout()}`,
      want: ["decode", /unknown field "spec\.metrics\[0\]\.counts"|unknown field "counts"/],
    },
    {
      name: "a default that is no string",
      documents: `${TEMPLATE.replace(`"2"`, "2")}---${rollout()}`,
      want: ["schema", /spec\.args\[3\]\.value.*must be of type string/],
    },
    {
      name: "a name that Kubernetes does not take",
      documents: `${TEMPLATE.replace("name: gate", "name: Gate")}---${rollout()}`,
      want: ["schema", /metadata\.name.*lowercase RFC 1123/],
    },
    {
      name: "more failures and successes than the count has room for",
      documents: `${TEMPLATE.replace("count: 1", "interval: 60s\n      count: 5\n      failureLimit: 3\n      consecutiveSuccessLimit: 3")}---${rollout()}`,
      want: ["run", /count \(5\) must be >= failureLimit \+ consecutiveSuccessLimit/],
    },
    {
      name: "a tag that is no arg",
      documents: `${TEMPLATE.replace("{{args.limit}}", "{{args.limits}}")}---${rollout()}`,
      want: ["rollout", /failed to resolve \{\{args\.limits\}\}/],
    },
    {
      name: "a Service that is not there",
      documents: `${TEMPLATE}---${rollout({ where: "pre" })}`,
      want: ["rollout", /service "web" not found/],
    },
  ];
  for (const { name, documents, want } of REFUSED)
    test(`refuses ${name}`, async () => {
      const { problems } = await argo.validate(documents);
      const [stage, message] = want;
      assert.ok(
        problems.some((one) => one.stage === stage && message.test(one.message)),
        JSON.stringify(problems),
      );
    });
});

suite("the Prometheus provider", () => {
  const T0 = 1_700_000_000;
  before(() =>
    argo.loadScenario("provider", [
      { labels: { __name__: "up", job: "a" }, samples: Array.from({ length: 41 }, (_, i) => [T0 + 15 * i, i < 20 ? 0.5 : 3] as const) },
      { labels: { __name__: "odd" }, samples: [[T0, "NaN"]] },
      {
        labels: { __name__: "gone" },
        samples: [
          [T0, 1],
          [T0 + 60, null],
        ],
      },
    ]),
  );

  const at = (query: string, seconds: number, conditions: object = { successCondition: "len(result) > 0 && result[0] <= 1" }) =>
    argo.measure({ metric: { name: "m", ...conditions, provider: { prometheus: { query } } }, scenario: "provider", at: T0 + seconds });

  test("reads what Prometheus has at the time that was asked for", async () => {
    const rows: readonly (readonly [query: string, seconds: number, phase: Phase, value: string])[] = [
      ["up", 285, "Successful", "[0.5]"],
      ["up", 300, "Failed", "[3]"],
      ["up or odd", 299, "Successful", "[0.5,NaN]"],
      ["absent_series", 300, "Failed", "[]"],
      ["odd", 1, "Failed", "[NaN]"],
      ["up[1m]", 300, "Successful", "[0.5,0.5,0.5,3]"],
    ];
    for (const [query, seconds, ...want] of rows) {
      const { phase, value } = await at(query, seconds);
      assert.deepEqual([phase, value], want, query);
    }
    const scalar = await at("scalar(up)", 300, { successCondition: "result <= 1" });
    assert.deepEqual([scalar.phase, scalar.value], ["Failed", "3"]);
  });

  test("fills in args as text", async () => {
    const measure = (query: string, value: string) =>
      argo.measure({ metric: { name: "m", provider: { prometheus: { query } } }, args: [{ name: "x", value }], scenario: "provider" });
    const rows: readonly (readonly [query: string, value: string, want: string])[] = [
      ["vector({{args.x}})", "1", "vector(1)"],
      ["vector({{ args.x }})", "1", "vector(1)"],
      ['{job="{{args.x}}"}', 'a"b\\\nc', '{job="a"b\\\nc"}'],
      ["vector({{args.x}})", "{{args.x}}", "vector({{args.x}})"],
      ["}} {{args.x}}", "1", "}} 1"],
    ];
    for (const [query, value, want] of rows) assert.equal((await measure(query, value)).metadata?.["ResolvedPrometheusQuery"], want, query);
    for (const query of ["{{{args.x}}}", "{{\targs.x}}", "{{args.y}}", "{{ $labels.job }}", "{{ {{args.x}}"])
      await assert.rejects(measure(query, "1"), /failed to resolve/, query);
    await assert.rejects(measure("{{args.x}}", "\u0007"), /invalid character/);
  });

  test("makes an error of a query that Prometheus refuses, and of a condition that cannot be read", async () => {
    const refused = await at("up +", 0);
    assert.equal(refused.phase, "Error");
    assert.match(refused.message, /bad_data/);
    assert.equal((await at("up", 0, { successCondition: "result[0] <=" })).phase, "Error");
  });

  test("sees a series for five minutes, or until it is marked as stale", async () => {
    assert.deepEqual((await argo.query("provider", T0 + 59, "gone")).length, 1);
    assert.deepEqual((await argo.query("provider", T0 + 60, "gone")).length, 0);
    assert.deepEqual((await argo.query("provider", T0 + 600 + 299, "up")).length, 1);
    assert.deepEqual((await argo.query("provider", T0 + 600 + 300, "up")).length, 0);
    await assert.rejects(argo.query("nowhere", T0, "up"), /no such scenario/);
  });

  test("is asked at the times of the run", async () => {
    const metric: Metric = {
      name: "burn",
      interval: "60s",
      failureLimit: 1,
      failureCondition: "len(result) > 0 && result[0] > 1",
      provider: { prometheus: { address: "http://replaced", query: "up" } },
    };
    const result = await argo.run({ run: { spec: { metrics: [metric] } }, start: T0, scenario: "provider" });
    assert.deepEqual([result.phase, result.at], ["Failed", 360]);
    assert.deepEqual(
      result.measurements.map((one) => one.value),
      ["[0.5]", "[0.5]", "[0.5]", "[0.5]", "[0.5]", "[3]", "[3]"],
    );
  });
});
