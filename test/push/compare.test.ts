import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, updateBody } from "../../src/push/compare.ts";
import type { JsonObject } from "../../src/yaml/json.ts";

const SLO: JsonObject = {
  name: "a",
  type: "metric",
  description: "text",
  tags: ["b:2", "a:1"],
  thresholds: [{ timeframe: "30d", target: 99, warning: 99.5 }],
  timeframe: "30d",
  target_threshold: 99,
  warning_threshold: 99.5,
  sli_specification: { count: { good_events_formula: { formula: "g" }, queries: [{ name: "g", query: "sum:g{*}.as_count()" }] } },
};

const MONITOR: JsonObject = {
  name: "m",
  type: "query alert",
  query: "sum(last_1h):sum:e{*}.as_count() > 3",
  message: "m",
  tags: ["a:1"],
  options: { thresholds: { critical: 3 }, include_tags: true, notify_no_data: false },
};

const fields = (kind: "slo" | "monitor", wanted: JsonObject, actual: JsonObject): readonly string[] =>
  changesOf(kind, wanted, actual).map(({ field }) => field);

test("what Datadog adds, reorders or spells in its own way is no difference", () => {
  const rows: readonly (readonly [kind: "slo" | "monitor", wanted: JsonObject, actual: JsonObject])[] = [
    ["slo", SLO, { ...SLO, id: "x", type_id: 1, monitor_tags: [], creator: { name: null } }],
    ["slo", SLO, { ...SLO, tags: ["a:1", "b:2"] }],
    ["slo", { ...SLO, tags: ["A:1", "b:2_"] }, { ...SLO, tags: ["a:1", "b:2"] }],
    [
      "slo",
      SLO,
      { ...SLO, thresholds: [{ timeframe: "30d", target: 99.0, target_display: "99.", warning: 99.5, warning_display: "99.5" }] },
    ],
    ["slo", SLO, { ...SLO, query: { numerator: "sum:g{*}.as_count()", denominator: "(sum:g{*}.as_count())" } }],
    ["slo", { ...SLO, description: "text\n" }, SLO],
    ["slo", { ...SLO, description: "" }, { ...SLO, description: null }],
    ["slo", SLO, Object.fromEntries(Object.entries(SLO).filter(([key]) => !/timeframe|_threshold/.test(key)))],
    ["monitor", MONITOR, { ...MONITOR, type: "metric alert", priority: null, overall_state: "OK" }],
    [
      "monitor",
      MONITOR,
      {
        ...MONITOR,
        options: {
          thresholds: { critical: 3.0 },
          include_tags: true,
          notify_no_data: false,
          notify_audit: false,
          new_host_delay: 300,
          silenced: {},
          renotify_interval: 0,
          evaluation_delay: null,
          timeout_h: 0,
          escalation_message: "",
        },
      },
    ],
  ];
  for (const [kind, wanted, actual] of rows) assert.deepEqual(changesOf(kind, wanted, actual), [], JSON.stringify(actual));
});

test("every field that is sent is compared, and named where it differs", () => {
  const rows: readonly (readonly [kind: "slo" | "monitor", wanted: JsonObject, actual: JsonObject, fields: readonly string[]])[] = [
    ["slo", SLO, { ...SLO, name: "b" }, ["name"]],
    ["slo", SLO, { ...SLO, type: "time_slice" }, ["type"]],
    ["slo", SLO, { ...SLO, tags: ["a:1", "c:3"] }, ["tags", "tags"]],
    ["slo", SLO, { ...SLO, thresholds: [{ timeframe: "30d", target: 98, warning: 99.5 }] }, ["thresholds[30d].target"]],
    ["slo", SLO, { ...SLO, thresholds: [{ timeframe: "7d", target: 99, warning: 99.5 }] }, ["thresholds[30d]", "thresholds[7d]"]],
    ["slo", SLO, { ...SLO, thresholds: [...(SLO["thresholds"] as JsonObject[]), { timeframe: "7d", target: 99 }] }, ["thresholds[7d]"]],
    ["slo", SLO, { ...SLO, target_threshold: 98 }, ["target_threshold"]],
    [
      "slo",
      SLO,
      {
        ...SLO,
        sli_specification: { count: { good_events_formula: { formula: "g" }, queries: [{ name: "g", query: "sum:h{*}.as_count()" }] } },
      },
      ["sli_specification.count.queries[g].query"],
    ],
    ["monitor", MONITOR, { ...MONITOR, type: "slo alert" }, ["type"]],
    [
      "monitor",
      MONITOR,
      { ...MONITOR, options: { thresholds: { critical: "3" }, include_tags: true } },
      ["options.thresholds.critical", "options.notify_no_data"],
    ],
  ];
  for (const [kind, wanted, actual, want] of rows) assert.deepEqual(fields(kind, wanted, actual), want, JSON.stringify(actual));
});

test("a field that the build no longer writes is a difference, which an update takes away", () => {
  const old: JsonObject = {
    ...MONITOR,
    priority: 2,
    options: {
      thresholds: { critical: 3, warning: 2 },
      include_tags: true,
      notify_no_data: false,
      renotify_interval: 60,
      notify_audit: true,
    },
  };
  assert.deepEqual(changesOf("monitor", MONITOR, old), [
    { field: "priority", from: 2, to: undefined },
    { field: "options.renotify_interval", from: 60, to: undefined },
    { field: "options.notify_audit", from: true, to: undefined },
    { field: "options.thresholds.warning", from: 2, to: undefined },
  ]);
  assert.deepEqual(updateBody("monitor", MONITOR, old), {
    ...MONITOR,
    priority: null,
    options: {
      thresholds: { critical: 3, warning: null },
      include_tags: true,
      notify_no_data: false,
      renotify_interval: null,
      notify_audit: false,
    },
  });
  const plain = Object.fromEntries(Object.entries(SLO).filter(([key]) => key !== "warning_threshold"));
  const quiet = { ...plain, thresholds: [{ timeframe: "30d", target: 99 }] };
  assert.deepEqual(fields("slo", quiet, SLO), ["thresholds[30d].warning", "warning_threshold"]);
});

test("an update of what has nothing to take away sends the object as it was built", () => {
  assert.deepEqual(updateBody("monitor", MONITOR, { ...MONITOR, name: "n" }), MONITOR);
  assert.deepEqual(updateBody("slo", SLO, { ...SLO, name: "n" }), SLO);
});
