import assert from "node:assert/strict";
import { test } from "node:test";
import { lintObject } from "../../../src/emitters/datadog/lint.ts";
import type { DatadogObject, DatadogSloPayload, MetricSlo, MonitorOptions, MonitorPayload } from "../../../src/emitters/datadog/types.ts";
import {
  BUDGET_MONITOR,
  BURN_MONITOR,
  exact,
  ID,
  LATENCY_SLO,
  METRIC_MONITOR,
  METRIC_SLO,
  NO_DATA_MONITOR,
  OBJECTS,
  QUERY_SLO,
  TIME_SLICE_SLO,
} from "./samples.ts";
import { without } from "../argo-rollouts/emitted.ts";

const SLOS = new Map(OBJECTS.flatMap((object) => (object.kind === "slo" ? [[object.id, object.payload]] : [])));

function inSlo(payload: DatadogSloPayload, id = idIn(payload)): readonly string[] {
  return lintObject({ kind: "slo", id, service: "checkout", payload }, SLOS);
}

function inMonitor(payload: MonitorPayload, more: { readonly slo?: string; readonly slos?: ReadonlyMap<string, DatadogSloPayload> } = {}) {
  const slo = "slo" in more ? more.slo : payload.type === "slo alert" ? ID : undefined;
  const object: DatadogObject = { kind: "monitor", id: idIn(payload), service: "checkout", payload, ...(slo !== undefined && { slo }) };
  return lintObject(object, more.slos ?? SLOS);
}

const idIn = ({ tags }: { readonly tags: readonly string[] }): string =>
  tags.find((tag) => tag.startsWith("slogen_id:"))?.slice("slogen_id:".length) ?? "";

const { count } = METRIC_SLO.sli_specification ?? assert.fail();
const [bad, total] = count.queries;
assert.ok(bad && total);

const counting = (parts: Partial<typeof count>): MetricSlo => ({ ...METRIC_SLO, sli_specification: { count: { ...count, ...parts } } });
const withBad = (query: string): MetricSlo => counting({ queries: [{ ...bad, query }, total] });
const withTargets = (thresholds: MetricSlo["thresholds"], parts: Partial<MetricSlo> = {}): MetricSlo => ({
  ...METRIC_SLO,
  thresholds,
  ...parts,
});
const withTarget = (target: string): MetricSlo => {
  const parts = { thresholds: [{ timeframe: "30d", target: exact(target) }], target_threshold: exact(target) } as const;
  return { ...without(METRIC_SLO, "warning_threshold"), ...parts };
};
const burning = (query: string, critical = "14.4"): MonitorPayload => ({
  ...BURN_MONITOR,
  query,
  options: { ...BURN_MONITOR.options, thresholds: { critical: exact(critical) } },
});
const optioned = (monitor: MonitorPayload, options: Partial<MonitorOptions>): MonitorPayload => ({
  ...monitor,
  options: { ...monitor.options, ...options },
});

test("one sound object of each shape breaks no rule", () => {
  for (const object of OBJECTS) assert.deepEqual(lintObject(object, SLOS), [], object.id);
});

test("an SLO that breaks a rule is told of it", () => {
  const slices = TIME_SLICE_SLO.sli_specification.time_slice;
  const given = { timeframe: "30d", target: exact("99.9"), warning: exact("99.95") } as const;
  const rows: readonly [string, DatadogSloPayload, readonly string[]][] = [
    [
      "R1",
      withTargets([{ ...given, warning: exact("99.9") }], { warning_threshold: exact("99.9") }),
      ["the warning 99.9 is not above the target"],
    ],
    ["R2 timeframe", { ...METRIC_SLO, timeframe: "7d" }, ["no threshold has the primary timeframe 7d with its target and warning"]],
    [
      "R2 target",
      { ...METRIC_SLO, target_threshold: exact("99.90") },
      ["no threshold has the primary timeframe 30d with its target and warning"],
    ],
    [
      "R2 warning",
      withTargets([{ timeframe: "30d", target: exact("99.9") }]),
      ["no threshold has the primary timeframe 30d with its target and warning"],
    ],
    ["R3", withTargets([given, given]), ["two thresholds are for 30d"]],
    ["R4", withTarget("99.9995"), ["Datadog would cut 99.9995 to 3 decimal places"]],
    ["target above", withTarget("100"), ["100 is not between 0 and 100"]],
    ["target below", withTarget("0"), ["0 is not between 0 and 100"]],
    ["R5 unknown", counting({ bad_events_formula: { formula: "bad + worse" } }), ["no query is named worse"]],
    ["R5 unused", counting({ queries: [...count.queries, { ...bad, name: "worse" }] }), ["no formula uses the query worse"]],
    ["R5 twice", counting({ queries: [...count.queries, bad] }), ["two queries are named bad"]],
    [
      "R5 shadow",
      counting({
        good_events_formula: { formula: "total - default_zero(default_zero)" },
        bad_events_formula: { formula: "default_zero" },
        queries: [{ ...bad, name: "default_zero" }, total],
      }),
      ["the query default_zero has the name of a function"],
    ],
    ["R5 syntax", counting({ bad_events_formula: { formula: "(bad" } }), ["(bad is no formula"]],
    ["R5 leaf", withBad(`${bad.query} + ${bad.query}`), ["the query bad is more than a metric"]],
    ["R6", { ...QUERY_SLO, ...METRIC_SLO }, ["it has not one query, but none or two"]],
    ["R7 as_count", withBad("sum:errors{a:b}"), ["errors is not taken as a count"]],
    ["R7 aggregator", withBad("avg:errors{a:b}.as_count()"), ["errors is neither summed nor counted"]],
    ["R7 no aggregator", withBad("errors{a:b}.as_count()"), ["errors is neither summed nor counted"]],
    ["R7 rollup", withBad("sum:errors{a:b}.as_count().rollup(sum, 60)"), ["errors is changed by .rollup()"]],
    ["R7 fill", withBad("sum:errors{a:b}.as_count().fill(zero)"), ["errors is changed by .fill()"]],
    ["R7 by", withBad("sum:errors{a:b} by {region}.as_count()"), ["its queries are grouped by different tags"]],
    [
      "R7 in the old form",
      { ...QUERY_SLO, query: { numerator: "sum:a{*}.as_count() + sum:b{*}", denominator: "sum:a{*}.as_count()" } },
      ["b is not taken as a count"],
    ],
    ["no blanks", { ...LATENCY_SLO, name: " latency" }, ["its name starts or ends with a blank"]],
    ["sorted tags", { ...METRIC_SLO, tags: [...METRIC_SLO.tags].reverse() }, ["its tags are not sorted, or one is there twice"]],
    [
      "slices: unknown name",
      {
        ...TIME_SLICE_SLO,
        sli_specification: { time_slice: { ...slices, query: { ...slices.query, formulas: [{ formula: "query1 / query2 + query3" }] } } },
      },
      ["no query is named query3"],
    ],
  ];
  for (const [rule, payload, want] of rows) assert.deepEqual(inSlo(payload, idIn(payload)), want, rule);
});

test("an SLO whose queries Datadog cannot read is told of it", () => {
  for (const query of ["sum:errors{a:b,c:d AND e:f}.as_count()", "sum:errors{a:b.as_count()", "sum:errors{a:b}).as_count()"]) {
    const [problem = "", ...others] = inSlo(withBad(query));
    assert.ok(problem.startsWith(`${query}: `), problem);
    assert.deepEqual(others, []);
  }
});

test("an object is told by its own tag", () => {
  assert.deepEqual(inSlo(METRIC_SLO, "checkout-orders"), ["no tag tells its slogen_id checkout-orders"]);
});

test("a monitor that breaks a rule is told of it", () => {
  const query = (over: string, long: string, short: string, value: string): string =>
    `burn_rate("__SLO_ID__${ID}__").over("${over}").long_window("${long}").short_window("${short}") > ${value}`;
  const rows: readonly [string, MonitorPayload, readonly string[]][] = [
    ["R9 above", burning(query("30d", "1h", "5m", "1000.1"), "1000.1"), ["a target of 99.9 allows no burn rate of 1000.1"]],
    ["R9 zero", burning(query("30d", "1h", "5m", "0"), "0"), ["the threshold 0 is not above 0"]],
    ["R10 long", burning(query("30d", "72h", "6m", "1"), "1"), ["the long window of 72h is not between 1h and 48h"]],
    [
      "R10 none",
      burning(query("30d", "0h", "5m", "1"), "1"),
      ["the long window of 0h is not between 1h and 48h", "the short window of 5m is not below the long one"],
    ],
    ["R10 short", burning(query("30d", "1h", "60m", "1"), "1"), ["the short window of 60m is not below the long one"]],
    ["R10 no short", burning(query("30d", "1h", "0m", "1"), "1"), ["the short window of 0m is not below the long one"]],
    ["R11", burning(query("7d", "1h", "5m", "14.4")), ["its SLO has no target over 7d"]],
    ["R12", burning(BURN_MONITOR.query, "14.40"), ["the query alerts at 14.4 and the threshold at 14.40"]],
    [
      "R12 metric",
      optioned(METRIC_MONITOR, { thresholds: { critical: exact("0.0010") } }),
      ["the query alerts at 0.001 and the threshold at 0.0010"],
    ],
    ["R15", { ...BURN_MONITOR, message: "{{#is_alert}}{{ value }}{{/is_alert}}" }, ["a burn rate alert has no {{value}}"]],
    ["R16 window", optioned(BURN_MONITOR, { require_full_window: false }), ["an SLO alert has no option require_full_window"]],
    ["R16 delay", optioned(BURN_MONITOR, { evaluation_delay: 60 }), ["an SLO alert has no option evaluation_delay"]],
    ["R16 no data", optioned(BUDGET_MONITOR, { notify_no_data: true }), ["an SLO alert cannot tell of missing data"]],
    ["R17", { ...METRIC_MONITOR, query: METRIC_MONITOR.query.replace("sum(", "avg(") }, ["counts are summed over time, not avg"]],
    [
      "R17 mixed",
      { ...METRIC_MONITOR, query: "sum(last_1h):sum:a{*}.as_count() / sum:b{*} > 0.001" },
      ["only some of its metrics are taken as counts"],
    ],
    ["look-back in hours", { ...METRIC_MONITOR, query: METRIC_MONITOR.query.replace("72h", "169h") }, ["a monitor cannot look back 169h"]],
    [
      "look-back in minutes",
      { ...METRIC_MONITOR, query: METRIC_MONITOR.query.replace("72h", "10081m") },
      ["a monitor cannot look back 10081m"],
    ],
    [
      "groups",
      { ...METRIC_MONITOR, query: "sum(last_1h):sum:a{*} by {x}.as_count() / sum:b{*}.as_count() > 0.001" },
      ["its queries are grouped by different tags"],
    ],
    [
      "sparse errors",
      { ...METRIC_MONITOR, options: without(METRIC_MONITOR.options, "require_full_window") },
      ["without require_full_window: false sparse errors may never alert"],
    ],
    [
      "no data without a time",
      optioned(METRIC_MONITOR, { notify_no_data: true }),
      ["notify_no_data and no_data_timeframe come together or not at all"],
    ],
    [
      "a time without no data",
      optioned(NO_DATA_MONITOR, { notify_no_data: false }),
      ["notify_no_data and no_data_timeframe come together or not at all"],
    ],
    ["open section", { ...BURN_MONITOR, message: "{{#is_alert}}x" }, ["its message does not close is_alert"]],
    [
      "crossed sections",
      { ...BURN_MONITOR, message: "{{#is_alert}}{{^is_recovery}}x{{/is_alert}}{{/is_recovery}}" },
      ["its message closes is_alert before it is open"],
    ],
    ["no SLO query", { ...BURN_MONITOR, query: "burn_rate(x) > 14.4" }, ["burn_rate(x) > 14.4 is no query of an SLO alert"]],
    ["no metric query", { ...METRIC_MONITOR, query: "sum:a{*} > 1" }, ["sum:a{*} > 1 is no query of a metric monitor"]],
  ];
  for (const [rule, payload, want] of rows) assert.deepEqual(inMonitor(payload), want, rule);
});

test("a burn rate at the very limit of the target is allowed, and the next step above it is not", () => {
  const rows: readonly [target: string, burn: string, allowed: boolean][] = [
    ["90", "10", true],
    ["90", "10.01", false],
    ["93.056", "14.4", true],
    ["93.055", "14.4", false],
    ["99.999", "100000", true],
    ["99.999", "100000.1", false],
  ];
  for (const [target, burn, allowed] of rows) {
    const query = `burn_rate("__SLO_ID__${ID}__").over("30d").long_window("1h").short_window("5m") > ${burn}`;
    const problems = inMonitor(burning(query, burn), { slos: new Map([[ID, withTarget(target)]]) });
    assert.deepEqual(problems, allowed ? [] : [`a target of ${target} allows no burn rate of ${burn}`]);
  }
});

test("a monitor holds the placeholder of its SLO and no other", () => {
  assert.deepEqual(inMonitor(BURN_MONITOR, { slos: new Map() }), [`its SLO ${ID} is not in the build`, "its SLO has no target over 30d"]);
  assert.deepEqual(inMonitor(burning(BURN_MONITOR.query.replace(`__SLO_ID__${ID}__`, "0123456789abcdef0123456789abcdef"))), [
    `0123456789abcdef0123456789abcdef is not the placeholder of its SLO`,
  ]);
  assert.deepEqual(inMonitor(BURN_MONITOR, { slo: "checkout-latency" }), [
    `it holds a placeholder for ${ID}, which it does not need`,
    `__SLO_ID__${ID}__ is not the placeholder of its SLO`,
  ]);
  assert.deepEqual(inMonitor({ ...METRIC_MONITOR, message: `see slo_id=__SLO_ID__${ID}__` }), [
    `it holds a placeholder for ${ID}, which it does not need`,
  ]);
  assert.deepEqual(inMonitor(METRIC_MONITOR, { slo: ID }), ["it needs no SLO"]);
});
