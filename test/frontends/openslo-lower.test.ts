import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Indicator, PromqlQuery, Slo } from "../../src/model/model.ts";
import { printExpr } from "../../src/promql/print.ts";
import { fillWindow } from "../../src/promql/rewrite.ts";
import { MINUTE, seconds } from "../../src/units/duration.ts";
import { toDecimal } from "../../src/units/rational.ts";
import { indicatorOf } from "../support/slos.ts";
import { lowerFiles, lowerText } from "./openslo-support.ts";

/** A v1 SLO with these parts of its spec; the indicator is a good and a total counter unless given. */
function slo(parts: Readonly<Record<string, string>> = {}): string {
  const spec = {
    service: "checkout",
    indicator:
      "{ metadata: { name: i }, spec: { ratioMetric: { counter: true, good: { metricSource: { type: Prometheus, spec: { query: ok_total } } }, total: { metricSource: { type: Prometheus, spec: { query: all_total } } } } } }",
    budgetingMethod: "Occurrences",
    timeWindow: "[{ duration: 30d, isRolling: true }]",
    objectives: "[{ target: 0.999 }]",
    ...parts,
  };
  const lines = Object.entries(spec).map(([key, value]) => `  ${key}: ${value}\n`);
  return `apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: slo, displayName: The SLO }\nspec:\n${lines.join("")}`;
}

const metric = (query: string): string => `{ metricSource: { type: Prometheus, spec: { query: '${query}' } } }`;
const inline = (spec: string): string => `{ metadata: { name: i }, spec: ${spec} }`;

function lowerOne(text: string): Slo {
  const { slos, diagnostics } = lowerText(text);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message),
    [],
  );
  const [first, ...others] = slos;
  assert.ok(first);
  assert.deepEqual(others, []);
  return first;
}

const indicatorIn = (text: string): Indicator => indicatorOf(lowerOne(text));

function textOf(query: PromqlQuery): string {
  assert.ok(query.tree);
  return printExpr(fillWindow(query.tree, seconds(5 * MINUTE)), { width: 1000 });
}

describe("an SLO has the id of Sloth's series", () => {
  const rows: readonly { readonly given: string; readonly objectives: string; readonly want: readonly string[] }[] = [
    { given: "one objective", objectives: "[{ target: 0.9 }]", want: ["slo"] },
    { given: "one objective with a name", objectives: "[{ target: 0.9, displayName: Good }]", want: ["slo"] },
    {
      given: "two with names",
      objectives: "[{ target: 0.9, displayName: Good (EU) }, { target: 0.99, displayName: Best }]",
      want: ["slo-good-eu", "slo-best"],
    },
    {
      given: "two with one name",
      objectives: "[{ target: 0.9, displayName: Good }, { target: 0.99, displayName: good! }]",
      want: ["slo-0", "slo-1"],
    },
    { given: "two without names", objectives: "[{ target: 0.9 }, { target: 0.99 }]", want: ["slo-0", "slo-1"] },
  ];
  for (const { given, objectives, want } of rows) {
    test(`with ${given}`, () => {
      const { slos } = lowerText(slo({ objectives }));
      assert.deepEqual(
        slos.map(({ name }) => name),
        want,
      );
      assert.deepEqual(
        slos.map(({ id }) => id),
        want.map((name) => `checkout-${name}`),
      );
    });
  }
});

describe("a target is exact to the last digit", () => {
  for (const [objective, target, budget] of [
    ["target: 0.999", "0.999", "0.001"],
    ["target: 0.99999", "0.99999", "0.00001"],
    ["targetPercent: 99.9", "0.999", "0.001"],
    ["targetPercent: 99.95", "0.9995", "0.0005"],
    ["target: 9.99e-1", "0.999", "0.001"],
  ] as const) {
    test(objective, () => {
      const { objective: lowered } = lowerOne(slo({ objectives: `[{ ${objective} }]` }));
      assert.deepEqual([toDecimal(lowered.target), toDecimal(lowered.budget)], [target, budget]);
    });
  }
});

describe("a time window has its nominal length in days", () => {
  const calendar = "calendar: { startTime: 2026-01-01 00:00:00, timeZone: UTC }";
  for (const [window, kind, days] of [
    ["duration: 30d, isRolling: true", "rolling", 30],
    ["duration: 4w, isRolling: true", "rolling", 28],
    ["duration: 1M, isRolling: true", "rolling", 30],
    ["duration: 1Q, isRolling: true", "rolling", 90],
    ["duration: 1Y, isRolling: true", "rolling", 365],
    ["duration: 720h, isRolling: true", "rolling", 30],
    [`duration: 1M, ${calendar}`, "calendar", 30],
    [`duration: 1w, isRolling: false, ${calendar}`, "calendar", 7],
  ] as const) {
    test(window, () => {
      const lowered = lowerOne(slo({ timeWindow: `[{ ${window} }]` })).window;
      assert.ok(lowered.kind !== "default");
      assert.deepEqual([lowered.kind, lowered.length / 86_400], [kind, days]);
    });
  }
});

describe("a duration in other words is offered in OpenSLO's", () => {
  for (const [written, offered] of [
    ["30 days", "30d"],
    ["1 month", "1M"],
    ["2 quarters", "2Q"],
    ["1y", "1Y"],
    ["30D", "30d"],
    ["1h30m", "90m"],
    ["90s", undefined],
    ["120s", "2m"],
    ["1.5h", "90m"],
    ["0.5d", "12h"],
    ["+5m", "5m"],
    ["5", "5d"],
    ["1s", undefined],
    ["soon", undefined],
  ] as const) {
    test(written, () => {
      const [found, ...others] = lowerText(slo({ timeWindow: `[{ duration: '${written}', isRolling: true }]` })).diagnostics;
      assert.deepEqual(others, []);
      assert.equal(found?.code, "openslo/bad-duration");
      assert.equal(found.help, `write ${offered === undefined ? "a duration such as `duration: 30d`" : `\`duration: ${offered}\``}`);
    });
  }
});

describe("an indicator keeps what was counted", () => {
  test("good out of total", () => {
    const indicator = indicatorIn(slo());
    assert.ok(indicator.kind === "events");
    assert.deepEqual(
      [indicator.counted, textOf(indicator.events), textOf(indicator.total)],
      ["good", "sum(rate(ok_total[5m]))", "sum(rate(all_total[5m]))"],
    );
  });

  test("bad out of total", () => {
    const spec = `{ ratioMetric: { counter: true, bad: ${metric("bad_total")}, total: ${metric("all_total")} } }`;
    const indicator = indicatorIn(slo({ indicator: inline(spec) }));
    assert.ok(indicator.kind === "events");
    assert.deepEqual([indicator.counted, textOf(indicator.events)], ["bad", "sum(rate(bad_total[5m]))"]);
  });

  test("numbers that are no counters are summed", () => {
    const spec = `{ ratioMetric: { bad: ${metric("bad_per_minute")}, total: ${metric("all_per_minute")} } }`;
    const indicator = indicatorIn(slo({ indicator: inline(spec) }));
    assert.ok(indicator.kind === "events");
    assert.equal(textOf(indicator.events), "sum(sum_over_time(bad_per_minute[5m]))");
  });

  for (const measures of ["success", "failure"]) {
    test(`a raw ratio of ${measures}`, () => {
      const spec = `{ ratioMetric: { raw: ${metric("avg_over_time(ok[{{.window}}])")}, rawType: ${measures} } }`;
      const indicator = indicatorIn(slo({ indicator: inline(spec) }));
      assert.ok(indicator.kind === "ratio");
      assert.deepEqual([indicator.measures, textOf(indicator.query)], [measures, "avg_over_time(ok[5m])"]);
    });
  }

  for (const [op, sign] of [
    ["lt", "<"],
    ["lte", "<="],
    ["gt", ">"],
    ["gte", ">="],
  ] as const) {
    test(`a value that is good while ${sign} its limit`, () => {
      const indicator = indicatorIn(
        slo({ indicator: inline(`{ thresholdMetric: ${metric("lag")} }`), objectives: `[{ target: 0.9, op: ${op}, value: 0.25 }]` }),
      );
      assert.ok(indicator.kind === "threshold");
      assert.deepEqual([indicator.op, toDecimal(indicator.limit), textOf(indicator.query)], [sign, "0.25", "lag"]);
    });
  }
});

describe("a source that speaks PromQL is one in any case", () => {
  for (const type of [
    "Prometheus",
    "prometheus",
    "PROMETHEUS",
    "Mimir",
    "cortex",
    "Thanos",
    "VictoriaMetrics",
    "AmazonPrometheus",
    "amazonPrometheus",
  ]) {
    test(type, () => {
      const spec = `{ thresholdMetric: { metricSource: { type: ${type}, spec: { promql: up } } } }`;
      const indicator = indicatorIn(slo({ indicator: inline(spec), objectives: "[{ target: 0.9, op: gt, value: 0 }]" }));
      assert.ok(indicator.kind === "threshold");
      assert.equal(textOf(indicator.query), "up");
    });
  }
});

describe("a Datadog query is read as one in every version", () => {
  const GOOD = "sum:http.requests{env:prod,!code:5*}.as_count()";
  const TOTAL = "sum:http.requests{env:prod}.as_count()";
  const source =
    "\n---\napiVersion: openslo/v1\nkind: DataSource\nmetadata: { name: dd }\nspec: { type: datadog, connectionDetails: {} }\n";
  const documents: Readonly<Record<string, string>> = {
    "openslo/v1": slo({
      indicator: inline(
        `{ ratioMetric: { good: { metricSource: { type: Datadog, spec: { query: '${GOOD}' } } }, total: { metricSource: { type: datadog, spec: { query: '${TOTAL}' } } } } }`,
      ),
    }),
    "a DataSource": `${slo({
      indicator: inline(
        `{ ratioMetric: { good: { metricSource: { metricSourceRef: dd, spec: { query: '${GOOD}' } } }, total: { metricSource: { metricSourceRef: dd, type: Datadog, spec: { query: '${TOTAL}' } } } } }`,
      ),
    })}${source}`,
    "openslo/v1alpha": `apiVersion: openslo/v1alpha
kind: SLO
metadata: { name: slo }
spec:
  service: checkout
  budgetingMethod: Occurrences
  timeWindows: [{ unit: Day, count: 30, isRolling: true }]
  objectives:
    - target: 0.999
      value: 1
      ratioMetrics:
        incremental: true
        good: { source: datadog, queryType: query, query: '${GOOD}' }
        total: { source: datadog, queryType: query, query: '${TOTAL}' }
`,
    "openslo.com/v2alpha": `apiVersion: openslo.com/v2alpha
kind: SLO
metadata: { name: slo }
spec:
  serviceRef: checkout
  sli:
    metadata: { name: i }
    spec:
      ratioMetric:
        good: { dataSourceSpec: { type: Datadog, connectionDetails: {} }, spec: { query: '${GOOD}' } }
        total: { dataSourceSpec: { type: Datadog, connectionDetails: {} }, spec: { query: '${TOTAL}' } }
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 30d, isRolling: true }]
  objectives: [{ target: 0.999 }]
`,
  };
  for (const [version, text] of Object.entries(documents)) {
    test(version, () => {
      const { slos, diagnostics } = lowerText(text);
      assert.deepEqual(
        diagnostics.map(({ code, help }) => [code, help]),
        [],
      );
      const [{ indicators } = assert.fail("no SLO")] = slos;
      assert.deepEqual(Object.keys(indicators), ["datadog"]);
      assert.ok(indicators.datadog?.kind === "events");
      const { counted, events, total } = indicators.datadog;
      assert.deepEqual([counted, events.kind, events.text, total.text], ["good", "datadogql", GOOD, TOTAL]);
    });
  }

  test("a ready ratio and a value", () => {
    const ratio = inline(
      "{ ratioMetric: { raw: { metricSource: { type: Datadog, spec: { query: 'avg:availability{*}' } } }, rawType: success } }",
    );
    const value = inline("{ thresholdMetric: { metricSource: { type: Datadog, spec: { query: 'p99:http.duration{*}' } } } }");
    const [asRatio, asValue] = [
      lowerOne(slo({ indicator: ratio })).indicators.datadog,
      lowerOne(slo({ indicator: value, objectives: "[{ target: 0.9, op: lt, value: 0.25 }]" })).indicators.datadog,
    ];
    assert.ok(asRatio?.kind === "ratio" && asValue?.kind === "threshold");
    assert.deepEqual([asRatio.measures, asRatio.query.text], ["success", "avg:availability{*}"]);
    assert.deepEqual([asValue.op, toDecimal(asValue.limit), asValue.query.text], ["<", "0.25", "p99:http.duration{*}"]);
  });
});

describe("a histogram and a bound become queries", () => {
  const histogram = (query: string, settings: string): string =>
    inline(
      `{ ratioMetric: { counter: true, good: { metricSource: { type: Prometheus, spec: { query: '${query}', ${settings} } } }, total: { metricSource: { type: Prometheus, spec: { query: '${query}', histogram: ${settings.includes("native") ? "native" : "classic"} } } } } }`,
    );
  const rows: readonly { readonly query: string; readonly settings: string; readonly good: string; readonly total: string }[] = [
    {
      query: 'http_seconds{job="api"}',
      settings: "histogram: classic, below: 300ms",
      good: 'sum(rate(http_seconds_bucket{job="api",le="0.3"}[5m]))',
      total: 'sum(rate(http_seconds_count{job="api"}[5m]))',
    },
    {
      query: "http_seconds",
      settings: "histogram: classic, below: 1s, buckets: [0.1, 1, 10]",
      good: 'sum(rate(http_seconds_bucket{le=~"1(\\\\.0)?"}[5m]))',
      total: "sum(rate(http_seconds_count[5m]))",
    },
    {
      query: "http_milliseconds",
      settings: "histogram: classic, below: 0.25s",
      good: 'sum(rate(http_milliseconds_bucket{le=~"250(\\\\.0)?"}[5m]))',
      total: "sum(rate(http_milliseconds_count[5m]))",
    },
    {
      query: "size_bytes",
      settings: "histogram: classic, below: 2.5",
      good: 'sum(rate(size_bytes_bucket{le="2.5"}[5m]))',
      total: "sum(rate(size_bytes_count[5m]))",
    },
    {
      query: "tiny_seconds",
      settings: "histogram: classic, below: 50us",
      good: 'sum(rate(tiny_seconds_bucket{le="5e-05"}[5m]))',
      total: "sum(rate(tiny_seconds_count[5m]))",
    },
    {
      query: 'http_seconds{job="api"}',
      settings: "histogram: native, below: 300ms",
      good: 'histogram_fraction(0, 0.3, sum(rate(http_seconds{job="api"}[5m]))) * histogram_count(sum(rate(http_seconds{job="api"}[5m])))',
      total: 'histogram_count(sum(rate(http_seconds{job="api"}[5m])))',
    },
  ];
  for (const { query, settings, good, total } of rows) {
    test(`${query} with ${settings}`, () => {
      const indicator = indicatorIn(slo({ indicator: histogram(query, settings) }));
      assert.ok(indicator.kind === "events");
      assert.deepEqual([textOf(indicator.events), textOf(indicator.total)], [good, total]);
    });
  }
});

describe("budgeting methods", () => {
  test("Timeslices count slices by their share of good events", () => {
    const { budgeting } = lowerOne(
      slo({ budgetingMethod: "Timeslices", objectives: "[{ target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 5m }]" }),
    );
    assert.ok(budgeting.kind === "timeslices");
    assert.deepEqual([budgeting.slice, toDecimal(budgeting.target)], [300, "0.95"]);
  });

  test("RatioTimeslices average the slices' ratios", () => {
    const { budgeting } = lowerOne(slo({ budgetingMethod: "RatioTimeslices", objectives: "[{ target: 0.99, timeSliceWindow: 1m }]" }));
    assert.ok(budgeting.kind === "ratio-timeslices");
    assert.equal(budgeting.slice, 60);
  });

  test("v1alpha's Timeslices have slices of a minute", () => {
    const text = `apiVersion: openslo/v1alpha
kind: SLO
metadata: { name: slo }
spec:
  service: checkout
  timeWindows: [{ unit: Week, count: 4, isRolling: true }]
  budgetingMethod: Timeslices
  objectives: [{ value: 1, target: 0.99, timeSliceTarget: 0.9, ratioMetrics: { incremental: true, good: { source: prometheus, queryType: promql, query: ok_total }, total: { source: prometheus, queryType: promql, query: all_total } } }]
`;
    const lowered = lowerOne(text);
    assert.ok(lowered.budgeting.kind === "timeslices");
    assert.deepEqual([lowered.id, lowered.budgeting.slice, lowered.origin.format], ["checkout-slo-0", 60, "openslo/v1alpha"]);
  });
});

describe("alerting", () => {
  for (const [given, parts] of [
    ["absent", {}],
    ["empty", { alertPolicies: "[]" }],
    ["null", { alertPolicies: "" }],
  ] as const) {
    test(`policies that are ${given} mean the standard alerts`, () => {
      const { alerting } = lowerOne(slo(parts));
      assert.ok(alerting.kind === "standard");
      assert.deepEqual([alerting.page.enabled, alerting.ticket.enabled, alerting.name], [true, true, undefined]);
    });
  }

  test("a policy is resolved through all its references, over files", () => {
    const object = (kind: string, name: string, spec: string, annotations = ""): string =>
      `apiVersion: openslo/v1\nkind: ${kind}\nmetadata: { name: ${name}${annotations} }\nspec: ${spec}\n`;
    const files = [
      slo({ alertPolicies: "[{ alertPolicyRef: fast }]" }),
      object(
        "AlertPolicy",
        "fast",
        "{ alertWhenBreaching: true, alertWhenNoData: true, conditions: [{ conditionRef: burn }], notificationTargets: [{ targetRef: oncall }] }",
        ", annotations: { slogen/short-window: 10m, a.dev/x: z }",
      ),
      object(
        "AlertCondition",
        "burn",
        "{ severity: page, condition: { kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 2m } }",
        ", annotations: { slogen/short-window: 5m }",
      ),
      object("AlertNotificationTarget", "oncall", "{ target: pagerduty }"),
    ].map((text, i) => ({ path: `${i}.yaml`, text }));
    const { slos, diagnostics } = lowerFiles(files);
    assert.deepEqual(diagnostics, []);
    const alerting = slos[0]?.alerting;
    assert.ok(alerting?.kind === "policies");
    const [policy] = alerting.policies;
    assert.ok(policy);
    const { name, whenBreaching, whenNoData, annotations } = policy;
    const notify = policy.notify.map(({ name, target }) => ({ name, target }));
    assert.deepEqual(
      { name, whenBreaching, whenNoData, notify, annotations: annotations.map(({ key }) => key) },
      { name: "fast", whenBreaching: true, whenNoData: true, notify: [{ name: "oncall", target: "pagerduty" }], annotations: ["a.dev/x"] },
    );
    const [condition] = policy.conditions;
    assert.ok(condition);
    assert.deepEqual(
      [condition.name, condition.severity, toDecimal(condition.burnRate), condition.window, condition.shortWindow, condition.after],
      ["burn", "page", "14.4", 3600, 300, 120],
    );
  });
});

describe("references", () => {
  const sli =
    "apiVersion: openslo/v1\nkind: SLI\nmetadata: { name: shared }\nspec: { thresholdMetric: { metricSource: { type: Prometheus, spec: { query: 'rate(' } } } }\n";
  const use = (name: string): string => {
    const text = slo({ objectives: "[{ target: 0.9, op: lt, value: 1 }]" }).replace("name: slo", `name: ${name}`);
    return text.replace(/ {2}indicator: .*\n/, "  indicatorRef: shared\n");
  };

  test("a mistake in an object is reported once, however many refer to it", () => {
    const { diagnostics } = lowerText([use("a"), use("b"), sli].join("---\n"));
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["promql/syntax"],
    );
  });

  test("a mistake in an object that nobody refers to is reported too", () => {
    assert.deepEqual(
      lowerText(sli).diagnostics.map(({ code }) => code),
      ["promql/syntax"],
    );
  });

  test("an SLI for another system is no mistake until an SLO uses it", () => {
    const other = sli.replace("Prometheus", "CloudWatch");
    assert.deepEqual(lowerText(other).diagnostics, []);
    assert.deepEqual(
      lowerText([use("a"), other].join("---\n")).diagnostics.map(({ code }) => code),
      ["openslo/foreign-system"],
    );
  });

  test("a reference stays within its version", () => {
    const [found] = lowerText(
      [
        use("a"),
        sli
          .replace("openslo/v1", "openslo.com/v2alpha")
          .replace("metricSource: { type: Prometheus, spec: { query: 'rate(' } }", "dataSourceRef: x"),
      ].join("---\n"),
    ).diagnostics;
    assert.equal(found?.code, "openslo/dangling-reference");
    assert.match(found.help ?? "", /references stay within a version/);
  });
});

test("labels keep their values, several joined by commas, under names that Prometheus takes", () => {
  const text = slo().replace(
    "displayName: The SLO",
    "labels: { team: [a, b], cost-center: '7' }, annotations: { example.com/runbook: here }",
  );
  const { labels, annotations } = lowerOne(text);
  assert.deepEqual(
    [...labels, ...annotations].map(({ key, value }) => [key, value]),
    [
      ["team", "a,b"],
      ["cost_center", "7"],
      ["example.com/runbook", "here"],
    ],
  );
});

test("labels that never come out again may be called as OpenSLO allows", () => {
  const text = "apiVersion: openslo/v1\nkind: Service\nmetadata: { name: checkout, labels: { cost-center: a } }\n";
  assert.deepEqual(lowerText(text).diagnostics, []);
});

test("a list of objects is a document too", () => {
  const indented = slo().trimEnd().replaceAll("\n", "\n  ");
  assert.equal(lowerOne(`- ${indented}\n`).id, "checkout-slo");
});

test("JSON is read like YAML", () => {
  const text = JSON.stringify({
    apiVersion: "openslo/v1",
    kind: "SLO",
    metadata: { name: "x" },
    spec: {
      service: "s",
      budgetingMethod: "Occurrences",
      timeWindow: [{ duration: "30d", isRolling: true }],
      objectives: [{ target: 0.9, op: "lt", value: 3 }],
      indicator: { metadata: { name: "i" }, spec: { thresholdMetric: { metricSource: { type: "Prometheus", spec: { query: "up" } } } } },
    },
  });
  const { slos, diagnostics } = lowerFiles([{ path: "slo.json", text }]);
  assert.deepEqual(diagnostics, []);
  assert.equal(slos.length, 1);
});
