import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { analyse, type Analysis } from "../../src/index.ts";
import { DEFAULT_CONFIG } from "../../src/config/config.ts";
import type { Slo } from "../../src/model/model.ts";
import { toDecimal } from "../../src/units/rational.ts";
import { codesOf, compileTexts, configOf } from "../support/project.ts";

const SLOTH = `version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli: { events: { error_query: 'sum(rate(bad[{{.window}}]))', total_query: 'sum(rate(all[{{.window}}]))' } }
    alerting: { name: CheckoutAvailability }
`;

const openslo = (name: string, indicator: string, objectives: string): string => `apiVersion: openslo/v1
kind: SLO
metadata: { name: ${name} }
spec:
  service: checkout
  indicator: { metadata: { name: i }, spec: ${indicator} }
  budgetingMethod: Timeslices
  timeWindow: [{ duration: 30d, isRolling: true }]
  objectives: ${objectives}
`;

const LATENCY = openslo(
  "latency",
  "{ thresholdMetric: { metricSource: { type: Prometheus, spec: { query: 'max(p99_seconds)' } } } }",
  "[{ target: 0.99, op: lt, value: 0.4, timeSliceTarget: 0.9, timeSliceWindow: 5m }]",
);

const SPEEDS = openslo(
  "speed",
  "{ thresholdMetric: { metricSource: { type: Datadog, spec: { query: 'p99:trace.http.request{*}' } } } }",
  "[{ displayName: Fast, target: 0.9, op: lt, value: 0.4, timeSliceTarget: 0.9, timeSliceWindow: 5m }, { displayName: Slow, target: 0.99, op: lt, value: 2, timeSliceTarget: 0.9, timeSliceWindow: 5m }]",
);

const binding = (slo: string, indicators: string): string => `apiVersion: slogen/v1alpha1
kind: IndicatorBinding
metadata: { name: a-binding }
spec:
  slo: ${slo}
  ${indicators}
`;

const EVENTS = "datadog: { bad: 'sum:hits{code:5*}.as_count()', total: 'sum:hits{*}.as_count()' }";
const VALUE = "datadog: { value: 'p99:trace.http.request{*}' }";

const CONFIG = configOf("prometheus: { retention: 400d }");

function analysed(...texts: readonly string[]): Analysis {
  return analyse({ sources: texts.map((text, i) => ({ path: `${i}.yaml`, text, role: "spec" })), config: DEFAULT_CONFIG });
}

const found = (...texts: readonly string[]): readonly Diagnostic[] =>
  analysed(...texts).diagnostics.filter(({ severity }) => severity !== "notice");

function only(...texts: readonly string[]): Slo {
  const { model, diagnostics } = analysed(...texts);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message),
    [],
  );
  return model.slos[0] ?? assert.fail("no SLO");
}

describe("an SLO is measured by what its spec says and by what a binding adds", () => {
  test("events", () => {
    const { indicators, bound } = only(SLOTH, binding("checkout-availability", EVENTS));
    assert.ok(indicators.prometheus?.kind === "events" && indicators.datadog?.kind === "events");
    assert.deepEqual(
      [indicators.datadog.counted, indicators.datadog.events.text, indicators.datadog.total.text],
      ["bad", "sum:hits{code:5*}.as_count()", "sum:hits{*}.as_count()"],
    );
    assert.deepEqual(bound, ["datadog"]);
  });

  test("good events, whichever comes first", () => {
    const good = EVENTS.replace("bad:", "good:").replace("code:5*", "!code:5*");
    const { datadog } = only(binding("checkout-availability", good), SLOTH).indicators;
    assert.ok(datadog?.kind === "events" && datadog.counted === "good");
  });

  test("a ready ratio", () => {
    const { datadog } = only(SLOTH, binding("checkout-availability", "datadog: { ratio: 'avg:ok{*}', measures: success }")).indicators;
    assert.ok(datadog?.kind === "ratio" && datadog.measures === "success" && datadog.query.text === "avg:ok{*}");
  });

  test("a value, compared as the SLO says", () => {
    const { datadog } = only(LATENCY, binding("checkout-latency", VALUE)).indicators;
    assert.ok(datadog?.kind === "threshold");
    assert.deepEqual([datadog.op, toDecimal(datadog.limit)], ["<", "0.4"]);
  });

  test("a value in another unit, with its own limit, exactly", () => {
    const { datadog } = only(LATENCY, binding("checkout-latency", VALUE.replace(" }", ", limit: 400.10 }"))).indicators;
    assert.ok(datadog?.kind === "threshold");
    assert.deepEqual([datadog.op, toDecimal(datadog.limit)], ["<", "400.1"]);
  });

  test("PromQL for an SLO of Datadog's, one binding for each objective", () => {
    const { model, diagnostics } = analysed(SPEEDS, promqlBinding("fast"), promqlBinding("slow"));
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === "error"),
      [],
    );
    const limits = model.slos.map(({ indicators: { prometheus } }) => prometheus?.kind === "threshold" && toDecimal(prometheus.limit));
    assert.deepEqual(limits, ["0.4", "2"]);
  });

  test("an alerting rule is generated for what a binding alone measures", () => {
    const texts = { "slo.yaml": SPEEDS, "more.yaml": ["fast", "slow"].map(promqlBinding).join("---\n") };
    const { files, diagnostics } = compileTexts(texts, CONFIG);
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message),
      [],
    );
    const [rules] = files.filter(({ path }) => path.startsWith("prometheus/"));
    assert.match(rules?.text ?? "", /^# Code generated by slogen from more.yaml, slo.yaml[^]*max\(p99_seconds\)/);
  });
});

const promqlBinding = (objective: string): string => binding(`checkout-speed-${objective}`, "prometheus: { value: 'max(p99_seconds)' }");

describe("what does not fit is refused where it stands", () => {
  const rows: readonly (readonly [name: string, texts: readonly string[], code: string, underlined: string, says: string])[] = [
    ["a slip in the id", [SLOTH, binding("checkout-avialability", EVENTS)], "unknown-slo", "checkout-avialability", "did you mean"],
    ["a stranger", [SLOTH, binding("orders", EVENTS)], "unknown-slo", "orders", "`checkout-availability`"],
    [
      "the name of several objectives",
      [SPEEDS, binding("checkout-speed", EVENTS)],
      "unknown-slo",
      "checkout-speed",
      "`checkout-speed-fast`, `checkout-speed-slow`",
    ],
    [
      "a second indicator beside the spec's",
      [SLOTH, binding("checkout-availability", "prometheus: { bad: 'sum(rate(b[5m]))', total: 'sum(rate(a[5m]))' }")],
      "second-indicator",
      "prometheus",
      "two indicators for Prometheus",
    ],
    [
      "two bindings",
      [SLOTH, binding("checkout-availability", EVENTS), binding("checkout-availability", EVENTS)],
      "second-indicator",
      "datadog",
      "two indicators for Datadog",
    ],
    ["events for a threshold", [LATENCY, binding("checkout-latency", EVENTS)], "other-promise", "datadog", "a share of the time"],
    ["a value for events", [SLOTH, binding("checkout-availability", VALUE)], "other-promise", "datadog", "a share of events"],
  ];
  for (const [name, texts, code, underlined, says] of rows) {
    test(name, () => {
      // The targets' own demands come once bindings are whole.
      const [first, ...more] = found(...texts).filter((each) => each.severity === "error");
      assert.ok(first?.at);
      assert.deepEqual([first.code, more], [`binding/${code}`, []]);
      assert.equal(first.at.file.text.slice(first.at.start, first.at.end), underlined);
      assert.ok([first.message, first.label, first.help].join("\n").includes(says), JSON.stringify([first.message, first.help]));
    });
  }

  test("an SLO that may be in a file that could not be read is not missed", () => {
    const codes = found("a: [", binding("checkout-availability", EVENTS)).map(({ code }) => code);
    assert.ok(
      codes.every((code) => !code.startsWith("binding/")),
      codes.join(),
    );
  });

  test("a query that cannot be read is one complaint, and no missing indicator on top", () => {
    const codes = found(SLOTH, binding("checkout-availability", EVENTS.replace(".as_count()", ""))).map(({ code }) => code);
    assert.deepEqual(codes, ["datadogql/no-as-count"]);
  });
});

test("each indicator is of one kind", () => {
  const rows: Readonly<Record<string, string>> = {
    "{}": "schema/missing-alternative",
    "{ total: 'sum:a{*}.as_count()' }": "schema/missing-alternative",
    "{ bad: 'sum:a{*}.as_count()' }": "schema/missing-field",
    "{ good: 'sum:a{b:c}.as_count()', bad: 'sum:a{d:e}.as_count()', total: 'sum:a{*}.as_count()' }": "schema/conflicting-fields",
    "{ ratio: 'avg:a{*}' }": "schema/missing-field",
    "{ ratio: 'avg:a{*}', measures: sucess }": "schema/not-one-of",
    "{ ratio: 'avg:a{*}', measures: success, value: 'avg:a{*}' }": "schema/conflicting-fields",
    "{ value: 'avg:a{*}', op: lt }": "schema/unknown-field",
    "{ value: 'avg:a{*}', limit: '4' }": "schema/wrong-type",
    "{ bad: 'sum:a{b:c}.as_count()', total: 'sum:a{*}.as_count()', limit: 4 }": "schema/missing-field",
  };
  const codesWith = (indicators: string): readonly string[] =>
    codesOf(compileTexts({ "a.yaml": SLOTH, "b.yaml": binding("checkout-availability", indicators) }, CONFIG));
  for (const [indicator, code] of Object.entries(rows)) assert.deepEqual(codesWith(`datadog: ${indicator}`), [code], indicator);
  assert.deepEqual(codesWith(""), ["schema/missing-alternative"]);
});
