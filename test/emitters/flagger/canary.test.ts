import assert from "node:assert/strict";
import { test } from "node:test";
import { visitedWeights } from "../../../src/emitters/flagger/canary/ladder.ts";
import { flaggerReplacement, flaggerSeconds } from "../../../src/emitters/flagger/canary/durations.ts";
import type { FlaggerPolicy } from "../../../src/model/policy.ts";
import { readYaml } from "../../../src/yaml/read.ts";
import { sloOf } from "../../support/slos.ts";
import { analysisOf, flaggerPolicy, hookOf, merge, metricOf, read } from "./canary-support.ts";

const head = (name = "checkout", target = name): string =>
  `apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: { name: ${name} }\nspec:\n  targetRef: { apiVersion: apps/v1, kind: Deployment, name: ${target} }\n`;
const PLAIN = `${head()}  service: { port: 80 }
  analysis:
    interval: 1m
    threshold: 5 # strikes
    maxWeight: 50
    stepWeight: 10
`;
const withMetric = (lines: string): string => `${PLAIN}    metrics:\n      - ${lines.replaceAll("\n", "\n        ")}\n`;
const RATE = "name: request-success-rate\ninterval: 1m\n";
const TEMPLATE = "name: errors\ninterval: 1m\ntemplateRef: { name: errors }\n";

test("a Canary that cannot carry the gate is refused, with one code", () => {
  const analysis = "  analysis: { interval: 1m }\n";
  const inNamespace = (policy: string): FlaggerPolicy => flaggerPolicy({ workload: { ...flaggerPolicy().workload, namespace: policy } });
  const named = (namespace: string): string => (head() + analysis).replace("name: checkout }", `name: checkout, namespace: ${namespace} }`);
  const rows: readonly (readonly [string, string, readonly string[], FlaggerPolicy?])[] = [
    ["one that can", head() + analysis, []],
    ["one of another name than its target", head("shop", "checkout") + analysis, []],
    ["no object at all", "# nothing\n", ["canary/not-found"]],
    ["another target", head("checkout", "checkuot") + analysis, ["canary/not-found"]],
    ["a Deployment alone", "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: checkout }\n", ["canary/not-a-canary"]],
    ["a Rollout", "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: { name: checkout }\n", ["canary/not-a-canary"]],
    ["somebody else's Canary", (head() + analysis).replace("flagger.app", "example.com"), ["canary/not-a-canary"]],
    ["a version of old", (head() + analysis).replace("v1beta1", "v1alpha3"), ["canary/api-version"]],
    ["two of the target", `${head() + analysis}---\n${head("other", "checkout")}${analysis}`, ["canary/twice"]],
    ["two namespaces, and the policy says which", `${named("a")}---\n${named("b")}`, [], inNamespace("a")],
    ["two namespaces, and nobody says which", `${named("a")}---\n${named("b")}`, ["canary/twice"]],
    ["another namespace", named("shop"), ["canary/other-namespace"], inNamespace("store")],
    ["no analysis", head(), ["canary/no-analysis"]],
    ["an analysis of nothing", `${head()}  analysis:\n`, ["canary/no-analysis"]],
    ["the analysis of old", `${head()}  canaryAnalysis: { interval: 1m }\n`, ["canary/legacy-analysis"]],
    ["no YAML", "a: [\n", ["yaml/unclosed-bracket"]],
  ];
  for (const [name, text, codes, policy] of rows) {
    const { file, found } = read(text, policy);
    assert.deepEqual([found.map((each) => each.code), file === undefined], [codes, codes.length > 0], name);
  }
});

test("a name that is nearly right is suggested", () => {
  const [diagnostic] = read(`${head("checkout", "checkuot")}  analysis: { interval: 1m }\n`).found;
  assert.equal(diagnostic?.help, "did you mean `checkuot`? else correct the Canary's `targetRef.name`");
});

test("an analysis that never runs, or is written beside the one that does, is a warning", () => {
  const codes = (text: string): readonly string[] => read(text).found.map(({ code, severity }) => `${severity} ${code}`);
  assert.deepEqual(codes(`${PLAIN}  skipAnalysis: true\n`), ["warning canary/skips-analysis"]);
  assert.deepEqual(codes(`${PLAIN}  skipAnalysis: yes\n`), ["warning canary/skips-analysis"]);
  assert.deepEqual(codes(`${PLAIN}  skipAnalysis: false\n`), []);
  assert.deepEqual(codes(`${PLAIN}  canaryAnalysis: { interval: 1m }\n`), ["warning canary/legacy-analysis"]);
});

test("what the API server refuses in the user's own lines is found there, with what to write instead", () => {
  const alert = (text: string): string => `${PLAIN}    alerts:\n      - ${text}\n`;
  const hook = (text: string): string => `${PLAIN}    webhooks:\n      - ${text}\n`;
  const rows: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [withMetric(TEMPLATE + "thresholdRange: { max: 1 }"), []],
    [withMetric(TEMPLATE.replace("1m", "1h") + "thresholdRange: { max: 1 }"), [["canary/bad-duration", "write `60m`"]]],
    [withMetric(TEMPLATE.replace("1m", "1min") + "thresholdRange: { max: 1 }"), [["canary/bad-duration", "write `1m`"]]],
    [
      withMetric(TEMPLATE.replace("1m", "60") + "thresholdRange: { max: 1 }"),
      [["canary/bad-duration", "write whole minutes or seconds, such as `1m` or `90s`"]],
    ],
    [withMetric(TEMPLATE + `thresholdRange: { max: "500" }`), [["canary/bad-number", "write `max: 500`"]]],
    [
      withMetric(TEMPLATE + "thresholdRange: { min: 2, max: 1 }"),
      [["canary/empty-range", "write `{ min: 1, max: 2 }` if the two are the wrong way round"]],
    ],
    [withMetric(TEMPLATE + "thresholdRange: { min: 1, max: 1.0 }"), []],
    [withMetric(TEMPLATE + "threshold: '1'"), [["canary/bad-number", "write `threshold: 1`"]]],
    [withMetric(TEMPLATE + "threshold: 1\ntemplateVariables: { limit: 5 }"), [["canary/not-text", `write \`"5"\``]]],
    [withMetric("interval: 1m\ntemplateRef: { name: x }\nthreshold: 1"), [["canary/missing-field", "add `name`"]]],
    [PLAIN.replace("port: 80", `port: "80"`), [["canary/bad-number", "write `port: 80`"]]],
    [`${PLAIN}    stepWeightPromotion: 10.5\n`, [["canary/bad-number", "write a whole number from 0 to 100, without quotes"]]],
    [`${PLAIN}    mirrorWeight: 500\n`, [["canary/bad-number", "write a whole number from 0 to 100, without quotes"]]],
    [`${PLAIN}    mirrorWeight: "500"\n`, [["canary/bad-number", "write a whole number from 0 to 100, without quotes"]]],
    [alert("{ name: a, severity: error, providerRef: { name: on-call } }"), []],
    [
      alert("{ name: a, providerRef: { name: on-call } }"),
      [
        [
          "canary/no-severity",
          "add `severity: warn`; `error` leaves out the rollbacks that a webhook asks for, and `info` tells of releases that go well too",
        ],
      ],
    ],
    [alert("{ name: a, severity: eror, providerRef: { name: on-call } }"), [["canary/unknown-value", "did you mean `error`?"]]],
    [alert("{ name: a, severity: error }"), [["canary/missing-field", "add `providerRef.name`"]]],
    [hook("{ name: load, url: http://load }"), []],
    [hook("{ name: load, url: http://load, type: rollouts }"), [["canary/unknown-value", "did you mean `rollout`?"]]],
    [hook("{ name: load, url: http://load, timeout: 1h30m }"), [["canary/bad-duration", "write `90m`"]]],
    [hook("{ name: load, url: http://load, retries: '3' }"), [["canary/bad-number", "write `retries: 3`"]]],
    [hook("{ name: load }"), [["canary/missing-field", "add `url`"]]],
    [hook("{ name: load, url: http://load, metadata: { logCmdOutput: true } }"), [["canary/not-text", `write \`"true"\``]]],
    [hook("{ name: load, url: http://load, metadata: { headers: [a] } }"), [["canary/not-text", "write one string in quotes"]]],
    [withMetric("templateRef: { name: x }"), [["canary/missing-field", "add `name`"]]],
    [alert("{ providerRef: { name: on-call } }"), [["canary/missing-field", "add `name`"]]],
    [
      withMetric(TEMPLATE.replace("1m", '""') + "thresholdRange: { max: 1 }"),
      [["canary/bad-duration", "write whole minutes or seconds, such as `1m` or `90s`"]],
    ],
  ];
  for (const [text, findings] of rows)
    assert.deepEqual(
      read(text).found.map(({ code, help }) => [code, help]),
      findings,
      text,
    );
});

test("figures that slogen sets itself are replaced without a complaint", () => {
  const text = PLAIN.replace("interval: 1m", "interval: 1h")
    .replace("threshold: 5", `threshold: "5"`)
    .replace("stepWeight: 10", "stepWeight: 10.5");
  assert.deepEqual(read(text).found, []);
  assert.match(merge(text).text ?? "", /interval: 1m # slogen\n/);
});

test("a metric must measure one thing, within a bound, in the unit that Flagger has", () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["name: errors\ninterval: 1m\nthresholdRange: { max: 1 }", ["canary/no-source"]],
    ["name: request-sucess-rate\ninterval: 1m\nthresholdRange: { min: 99 }", ["canary/no-source"]],
    [`${RATE}thresholdRange: { min: 99.95 }`, []],
    [`${RATE}thresholdRange: { min: 99.95 }\ntemplateRef: { name: mine }`, ["canary/two-sources"]],
    [`${TEMPLATE}query: sum(up)\nthresholdRange: { max: 1 }`, ["canary/two-sources"]],
    [TEMPLATE, ["canary/no-limit"]],
    [`${TEMPLATE}thresholdRange: {}`, ["canary/no-limit"]],
    [`${TEMPLATE}threshold: 0`, []],
    [RATE, ["canary/no-limit"]],
    [`${RATE}thresholdRange: { max: 100 }`, ["canary/no-limit"]],
    ["name: request-duration\nthresholdRange: { max: 500 }", []],
    ["name: request-duration\nthresholdRange: { max: 0.5 }", ["canary/wrong-unit"]],
    ["name: request-duration\nthreshold: 500", []],
    [`${RATE}thresholdRange: { min: 0.99 }`, ["canary/wrong-unit"]],
    ["name: errors\ntemplateRef: { name: errors }\nthreshold: 1", ["canary/no-interval"]],
    ["name: errors\ntemplateRef: { name: errors }\ninterval:\nthreshold: 1", ["canary/no-interval"]],
    ["name: errors\nquery: sum(up)\nthreshold: 1", []],
  ];
  for (const [lines, codes] of rows)
    assert.deepEqual(
      read(withMetric(lines)).found.map(({ code }) => code),
      codes,
      lines,
    );
  const [duration] = read(withMetric("name: request-duration\nthresholdRange: { max: 0.5 }")).found;
  assert.deepEqual([duration?.why, duration?.help], ["Flagger cuts off the fraction: it means 0 ms", "write `max: 500` if that is meant"]);
});

test("a template of the user's own that reads no interval needs none", () => {
  const template = (query: string): string =>
    `---\napiVersion: flagger.app/v1beta1\nkind: MetricTemplate\nmetadata: { name: errors }\nspec: { provider: { type: prometheus }, query: '${query}' }\n`;
  const metric = withMetric("name: errors\ntemplateRef: { name: errors }\nthreshold: 1");
  assert.deepEqual(read(metric + template("sum(rate(a[5m]))")).found, []);
  assert.deepEqual(
    read(metric + template("sum(rate(a[{{ interval }}]))")).found.map(({ code }) => code),
    ["canary/no-interval"],
  );
});

test("an inline query must give the one number that Flagger takes", () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["sum(rate(a[{{ interval }}]))", []],
    [`sum(rate(a{namespace="{{ namespace }}",pod=~"{{ target }}-.*"}[1m])) / sum(rate(b[1m])) * 100`, []],
    [`100 - sum(rate(a[1m])) / sum(rate(b[1m])) * 100`, []],
    ["sum(a) or vector(0)", []],
    ["histogram_quantile(0.99, sum(rate(a_bucket[1m])) by (le))", []],
    ["topk(1, a)", []],
    ["vector(1)", []],
    ["absent(a)", []],
    ["max(a > 1)", []],
    [`label_replace(sum(a), "w", "s", "", "")`, []],
    ["a / on() sum(b)", []],
    ["{{ if eq target `a` }}a{{ end }}", []],
    ["{{ variables.metric }}", []],
    ["a{", []],
    ["a", ["canary/several-series"]],
    ["a > 1", ["canary/several-series"]],
    ["rate(a[1m])", ["canary/several-series"]],
    ["abs(rate(a[1m]))", ["canary/several-series"]],
    ["sum(rate(a[1m])) by (pod)", ["canary/several-series"]],
    ["histogram_quantile(0.99, sum(rate(a_bucket[1m])) by (le, pod))", ["canary/several-series"]],
    ["topk(3, a)", ["canary/several-series"]],
    ["a and on() (sum(b) > 1)", ["canary/several-series"]],
    ["a[5m]", ["canary/result-type"]],
    ["scalar(sum(a))", ["canary/result-type"]],
    ["time() - 5", ["canary/result-type"]],
    [`"text"`, ["canary/result-type"]],
    ["sum(a) # all of them\n/ sum(b)", ["canary/query-comment"]],
    ["sum(a)\n/ sum(b) # all of them", []],
    [`sum(a{b="# none"})`, []],
  ];
  for (const [query, codes] of rows)
    assert.deepEqual(
      read(withMetric(`name: q\nthreshold: 1\nquery: |\n  ${query.replaceAll("\n", "\n  ")}`)).found.map(({ code }) => code),
      codes,
      query,
    );
});

test("Flagger's own checks are held against the SLOs of the policy", () => {
  const latency = (name: string, le: string, target = "0.99"): ReturnType<typeof sloOf> => ({
    ...sloOf({ target, bad: `sum(rate(${name}_count[{{.window}}])) - sum(rate(${name}_bucket{le=~"${le}"}[{{.window}}]))` }),
  });
  const good = (name: string, le: string, target = "0.99"): ReturnType<typeof sloOf> => {
    const slo = sloOf({
      target,
      bad: `sum(rate(${name}_bucket{${le}}[{{.window}}]))`,
      total: `sum(rate(${name}_count[{{.window}}]))`,
    });
    const { prometheus } = slo.indicators;
    assert.ok(prometheus?.kind === "events");
    return { ...slo, indicators: { prometheus: { ...prometheus, counted: "good" } } };
  };
  const rate = (bound: string): string => withMetric(`${RATE}${bound}`);
  const duration = (bound: string): string => withMetric(`name: request-duration\ninterval: 1m\n${bound}`);
  const istio = good("istio_request_duration_milliseconds", `le="250"`);
  const rows: readonly (readonly [string, FlaggerPolicy, string | undefined])[] = [
    [rate("thresholdRange: { min: 99 }"), flaggerPolicy(), "min: 99.9"],
    [rate("threshold: 99"), flaggerPolicy(), "threshold: 99.9"],
    [rate("thresholdRange: { min: 99.9 }\nthreshold: 99"), flaggerPolicy(), undefined],
    [rate("thresholdRange: { min: 99 }"), flaggerPolicy({ slos: [sloOf({ target: "0.99" })] }), undefined],
    [rate("thresholdRange: { min: 99 }"), flaggerPolicy({ slos: [sloOf({ target: "0.99999" })] }), "min: 99.999"],
    [rate("thresholdRange: { min: 99 }"), flaggerPolicy({ slos: [sloOf({ bad: "sum(rate(jobs_late_total[{{.window}}]))" })] }), undefined],
    [rate("thresholdRange: { min: 9 }"), flaggerPolicy({ slos: [istio] }), undefined],
    [duration("thresholdRange: { max: 500 }"), flaggerPolicy({ slos: [istio] }), "max: 250"],
    [duration("thresholdRange: { max: 250 }"), flaggerPolicy({ slos: [istio] }), undefined],
    [duration("threshold: 500"), flaggerPolicy({ slos: [istio] }), "threshold: 250"],
    [duration("thresholdRange: { max: 500 }"), flaggerPolicy({ slos: [good("http_request_duration_seconds", `le="0.3"`)] }), "max: 300"],
    [
      duration("thresholdRange: { max: 5000 }"),
      flaggerPolicy({ slos: [good("http_request_duration_seconds", String.raw`le=~"1(\\.0)?"`)] }),
      "max: 1000",
    ],
    [
      duration("thresholdRange: { max: 500 }"),
      flaggerPolicy({ slos: [good("http_request_duration_seconds", String.raw`le=~"0\\.3|0\\.30"`)] }),
      "max: 300",
    ],
    [duration("thresholdRange: { max: 500 }"), flaggerPolicy({ slos: [good("http_request_duration", `le="0.3"`)] }), undefined],
    [
      duration("thresholdRange: { max: 500 }"),
      flaggerPolicy({ slos: [good("http_request_duration_seconds", `le="0.3"`, "0.95")] }),
      undefined,
    ],
    [
      duration("thresholdRange: { max: 500 }"),
      flaggerPolicy({ slos: [latency("http_request_duration_seconds", String.raw`0\\.3`)] }),
      undefined,
    ],
  ];
  for (const [text, policy, better] of rows) {
    const found = read(text, policy).found.filter(({ code }) => code === "canary/laxer-than-slo");
    assert.deepEqual(
      found.map(({ help }) => /`([^`]+)`/.exec(help ?? "")?.[1]),
      better === undefined ? [] : [better],
      text,
    );
  }
  const nginx = flaggerPolicy({ slos: [istio] });
  assert.deepEqual(
    read(duration("thresholdRange: { max: 500 }"), { ...nginx, controller: { ...nginx.controller, provider: "nginx" } }).found,
    [],
  );
});

test("Flagger's ladder is walked as Flagger walks it", () => {
  // The ladders of https://github.com/fluxcd/flagger/blob/v1.44.0/pkg/controller/scheduler_svc_test.go and of its documentation.
  const rows: readonly (readonly [string, readonly number[] | undefined])[] = [
    ["{ stepWeight: 20, maxWeight: 50 }", [20, 40, 60]],
    ["{ stepWeight: 50, maxWeight: 100 }", [50, 100]],
    ["{ stepWeight: 10, maxWeight: 50 }", [10, 20, 30, 40, 50]],
    ["{ stepWeight: 30 }", [30, 60, 90, 100]],
    ["{ stepWeights: [1, 2, 10, 80] }", [1, 2, 10, 80]],
    ["{ stepWeights: [1, 2, 10, 80], maxWeight: 50 }", [1, 2, 10, 80]],
    ["{ stepWeight: 50, stepWeights: [1, 2] }", [50, 100]],
    ["{ stepWeights: [5, 5] }", undefined],
    ["{ stepWeights: [10, '20'] }", undefined],
    ["{ stepWeight: '10' }", undefined],
    ["{ iterations: 10 }", undefined],
  ];
  for (const [text, weights] of rows) {
    const [node] = readYaml({ path: "a.yaml", text }, ({ message }) => assert.fail(message));
    assert.deepEqual(node && visitedWeights(node), weights, text);
  }
});

test("durations are those of the schema and of Go, and others have an exact replacement", () => {
  const rows: readonly (readonly [string, number | undefined, string?])[] = [
    ["1m", 60],
    ["90s", 90],
    ["1m30s", 90],
    ["1h", undefined, "60m"],
    ["24h", undefined, "1440m"],
    ["1d", undefined, "1440m"],
    ["1h30m", undefined, "90m"],
    ["0.5m", undefined, "30s"],
    ["1.5h", undefined, "90m"],
    ["1min", undefined, "1m"],
    ["5 minutes", undefined, "5m"],
    ["2hours", undefined, "120m"],
    ["60", undefined],
    ["0s", undefined],
    ["soon", undefined],
    ["", undefined],
  ];
  for (const [text, length, better] of rows)
    assert.deepEqual([flaggerSeconds(text), length === undefined ? flaggerReplacement(text) : undefined], [length, better], text);
});

const OURS = (role: string): string => `      - name: checkout-shop-hits-${role} # slogen
        templateRef:
          name: checkout-shop-hits-${role}
        interval: 5m
        thresholdRange:
          max: 2
        templateVariables:
          minRequests: "209"
`;
const HOOKS = `    webhooks:
      - name: checkout-bake # slogen
        type: confirm-traffic-increase
        url: http://flagger-loadtester.test/
        timeout: 10s
        muteAlert: true
        metadata:
          type: bash
          cmd: curl -fsS 'http://prometheus:9090' | jq -e .data
`;

test("the analysis is set in the user's Canary, and the rest stays", () => {
  const text = `${PLAIN}    metrics:
      # ours since 2021
      - name: request-duration
        interval: 1m
        thresholdRange: { max: 500 } # ms
  # the end
  skipAnalysis: false
`;
  const { text: merged = assert.fail(), found } = merge(text);
  assert.equal(
    merged,
    `${head()}  service: { port: 80 }
  analysis:
    interval: 1m
    # strikes
    threshold: 30 # slogen
    stepWeights: [5, 20, 50] # slogen
    metrics:
      # ours since 2021
      - name: request-duration
        interval: 1m
        thresholdRange: { max: 500 } # ms
${OURS("promote")}${OURS("budget")}${HOOKS}  # the end
  skipAnalysis: false
`,
  );
  assert.deepEqual(
    found.map(({ code, severity, message }) => [severity, code, message]),
    [
      ["notice", "canary/changed", "`stepWeights: [5, 20, 50]` takes the place of `maxWeight: 50` and `stepWeight: 10`"],
      ["notice", "canary/changed", "`threshold: 30` takes the place of `threshold: 5`"],
    ],
  );
  const again = merge(merged);
  assert.deepEqual([again.text, again.found], [merged, []]);
});

test("figures that say the same stay as they are written", () => {
  const rows: readonly (readonly [string, ReturnType<typeof analysisOf>])[] = [
    ["    interval: 60s\n    threshold: 30\n    stepWeight: 10\n    maxWeight: 50\n", analysisOf({ stepWeights: [10, 20, 30, 40, 50] })],
    ["    interval: 1m\n    threshold: 0x1E\n    stepWeights:\n      - 5\n      - 20\n      - 50\n", analysisOf()],
    ["    interval: 1m\n    threshold: 30\n    iterations: 10\n", withIterations(10)],
  ];
  for (const [lines, analysis] of rows) {
    const text = `${head()}  analysis:\n${lines}`;
    assert.deepEqual(merge(text, { ...analysis, metrics: [], webhooks: [] }), { text, found: [] }, lines);
  }
});

function withIterations(iterations: number, match?: ReturnType<typeof analysisOf>["match"]): ReturnType<typeof analysisOf> {
  const { stepWeights, ...rest } = analysisOf({ iterations, metrics: [], webhooks: [], ...(match && { match }) });
  assert.ok(stepWeights);
  return rest;
}

test("of the ways to go on exactly one is left", () => {
  const rows: readonly (readonly [string, ReturnType<typeof analysisOf>, string])[] = [
    ["    stepWeight: 10\n    iterations: 5\n", analysisOf(), "    stepWeights: [5, 20, 50] # slogen\n"],
    ["    iterations: 5\n    stepWeights: [1]\n", analysisOf(), "    stepWeights: [5, 20, 50] # slogen\n"],
    ["    iterations: 5\n    stepWeights: [5, 20, 50]\n", analysisOf(), "    stepWeights: [5, 20, 50]\n"],
    ["    stepWeight: 10\n    maxWeight: 50\n", withIterations(5), "    iterations: 5 # slogen\n"],
    ["", withIterations(5), "    iterations: 5 # slogen\n"],
    ["    stepWeights: [5, 20] # slogen\n    maxWeight: 20\n", analysisOf(), "    stepWeights: [5, 20, 50] # slogen\n"],
  ];
  const text = (lines: string): string => `${head()}  analysis:\n    interval: 1m\n    threshold: 30\n${lines}    mirror: false\n`;
  for (const [before, analysis, after] of rows)
    assert.equal(merge(text(before), { ...analysis, metrics: [], webhooks: [] }).text, text(after), before);
});

test("an A/B test comes and goes with the policy, and the user's own is never taken over unsaid", () => {
  const match = [{ headers: { "x-canary": { exact: "insider" } } }];
  const text = `${head()}  analysis:\n    interval: 1m\n    threshold: 30\n    iterations: 10\n`;
  const tested = merge(text, withIterations(10, match)).text ?? assert.fail();
  assert.equal(tested, `${text}    match: # slogen\n      - headers:\n          x-canary:\n            exact: insider\n`);
  assert.equal(merge(tested, withIterations(10)).text, text);

  const own = `${text}    match: [{ headers: { x: { exact: v } } }]\n`;
  const refused = merge(own, withIterations(10));
  assert.deepEqual([refused.text, refused.found.map(({ code }) => code)], [undefined, ["canary/other-match"]]);
  assert.deepEqual(
    merge(own, withIterations(10, match)).found.map(({ code }) => code),
    ["canary/changed"],
  );
  assert.equal(merge(own, withIterations(10, [{ headers: { x: { exact: "v" } } }])).text, own);
});

test("what is no longer wanted goes, and nothing else moves", () => {
  const once = merge(PLAIN).text ?? assert.fail();
  const less = analysisOf({ metrics: [metricOf("promote")], webhooks: [] });
  assert.equal(merge(once, less).text, once.replace(OURS("budget"), "").replace(HOOKS, ""));
  assert.equal(merge(merge(once, less).text ?? "").text, once);

  // A tool that rewrote the file took the comments along; the names are left.
  const bare = once.replaceAll(" # slogen", "");
  assert.deepEqual(merge(bare), {
    text: once.replace("threshold: 30 # slogen\n    stepWeights: [5, 20, 50] # slogen", "threshold: 30\n    stepWeights: [5, 20, 50]"),
    found: [],
  });
});

test("an item of the user's with the name of ours is an error where it is another one", () => {
  const alert = { name: "on-call", severity: "error", providerRef: { name: "on-call" } };
  const analysis = analysisOf({ alerts: [alert] });
  const text = (provider: string): string =>
    `${PLAIN}    alerts:\n      - { name: on-call, severity: error, providerRef: { name: ${provider} } }\n`;
  const conflict = merge(text("slack"), analysis);
  assert.deepEqual(
    [conflict.text, conflict.found.filter(({ severity }) => severity === "error").map(({ code }) => code)],
    [undefined, ["canary/name-taken"]],
  );
  assert.ok(merge(text("on-call"), analysis).text?.includes(text("on-call").slice(PLAIN.length)));

  const mine = withMetric("name: checkout-shop-hits-promote\ninterval: 1m\nthreshold: 1\ntemplateRef: { name: mine }");
  assert.deepEqual([merge(mine).text, merge(mine).found.at(-1)?.code], [undefined, "canary/name-taken"]);
});

test("JSON and brackets stay what they are", () => {
  const canary = {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: { name: "checkout" },
    spec: {
      targetRef: { name: "checkout" },
      analysis: { interval: "1m", threshold: 5, stepWeight: 10, metrics: [{ name: "request-duration", thresholdRange: { max: 500 } }] },
    },
  };
  const policy = flaggerPolicy({}, "deploy/canary.json");
  for (const indent of [0, 2]) {
    const merged = merge(JSON.stringify(canary, null, indent), analysisOf(), policy).text ?? assert.fail();
    const { analysis } = (JSON.parse(merged) as typeof canary).spec;
    assert.deepEqual(Object.keys(analysis), ["interval", "threshold", "stepWeights", "metrics", "webhooks"]);
    assert.deepEqual(
      analysis.metrics.map(({ name }) => name),
      ["request-duration", "checkout-shop-hits-promote", "checkout-shop-hits-budget"],
    );
    assert.equal(merge(merged, analysisOf(), policy).text, merged);
    const changed = merge(merged, analysisOf({ webhooks: [{ ...hookOf("bake"), timeout: "5s" }] }), policy).text ?? "";
    assert.equal(merge(changed, analysisOf(), policy).text, merged);
  }
});

test("what cannot be edited with certainty is refused, and never broken", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["an analysis through an alias", `x: &a { interval: 1m, threshold: 5 }\n${head()}  analysis: *a\n`],
    ["an analysis through a merge key", `x: &a { threshold: 5 }\n${head()}  analysis:\n    <<: *a\n    interval: 1m\n`],
    ["an anchor on what goes", `${head()}  analysis:\n    interval: 1m\n    threshold: &t 5\n  progressDeadlineSeconds: *t\n`],
    [
      "metrics through an alias",
      `x: &m [{ name: request-duration, threshold: 500 }]\n${head()}  analysis:\n    interval: 1m\n    metrics: *m\n`,
    ],
    ["a comment between brackets", `${head()}  analysis: {\n    interval: 1m, # often\n    threshold: 5 }\n`],
    ["an analysis of no entry", `${head()}  analysis: {}\n`],
  ];
  for (const [name, text] of rows) {
    const merged = merge(text);
    assert.deepEqual(
      [merged.text, merged.found.filter(({ severity }) => severity === "error").map(({ code }) => code)],
      [undefined, ["canary/cannot-edit"]],
      name,
    );
  }
});

test("hours and days in the user's own lines become minutes in the edited copy, and nothing else changes", () => {
  const metric = TEMPLATE.replace("1m", '"1h" # slow') + "thresholdRange: { max: 1 }";
  const text = `${withMetric(metric)}    webhooks:\n      - { name: load, url: http://load, timeout: 1h30m }\n`;
  const { text: merged = "", found } = merge(text);
  assert.deepEqual(
    found.filter(({ code }) => code !== "canary/changed").map(({ code, severity, message }) => [severity, code, message]),
    [
      ["notice", "canary/converted-duration", "`interval: 60m` takes the place of `interval: 1h`"],
      ["notice", "canary/converted-duration", "`timeout: 90m` takes the place of `timeout: 1h30m`"],
    ],
  );
  assert.ok(merged.includes('interval: "60m" # slow') && merged.includes("{ name: load, url: http://load, timeout: 90m }"), merged);
  assert.equal(merge(merged).text, merged);
  assert.equal(merge(text.replaceAll("1h", "60m").replace("60m30m", "90m")).text, merged);
  for (const inexact of ["500ms", "1min", "&t 1h"])
    assert.deepEqual(
      merge(text.replace('"1h"', inexact)).found.flatMap(({ code, severity }) => (severity === "error" ? [code] : [])),
      ["canary/bad-duration"],
      inexact,
    );
});
