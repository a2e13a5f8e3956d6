import assert from "node:assert/strict";
import { test } from "node:test";
import { terraformFiles } from "../../../src/emitters/datadog/terraform.ts";
import { problemOf, type SchemaId } from "../../../src/schema/validate.ts";
import type { Json } from "../../../src/yaml/json.ts";
import { printJson } from "../../../src/yaml/print.ts";
import {
  BUDGET_MONITOR,
  BURN_MONITOR,
  ID,
  LATENCY_SLO,
  MANIFEST,
  METRIC_MONITOR,
  METRIC_SLO,
  NO_DATA_MONITOR,
  OBJECTS,
  QUERY_SLO,
  TIME_SLICE_SLO,
} from "./samples.ts";

/** As a file holds it. */
const asFile = (value: unknown): Json => JSON.parse(printJson(value as Json)) as Json;

const SLO_ID = "0123456789abcdef0123456789abcdef";
const resolved = (monitor: object): object => JSON.parse(printJson(monitor as Json).replaceAll(`__SLO_ID__${ID}__`, SLO_ID)) as object;

const terraform = (): Json => {
  const [file] = terraformFiles(OBJECTS, new Map());
  assert.ok(file?.kind === "json");
  return file.value;
};

test("what slogen writes satisfies its schema", () => {
  for (const { id, payload } of OBJECTS) assert.equal(problemOf("datadog/objects", asFile(payload)), undefined, id);
  assert.equal(problemOf("datadog/objects", asFile(MANIFEST)), undefined);
  assert.equal(problemOf("datadog/objects", asFile(terraform())), undefined);
});

test("an object that is ready to be sent satisfies the schema of those", () => {
  for (const { id, payload } of OBJECTS) assert.equal(problemOf("datadog/resolved", asFile(resolved(payload))), undefined, id);
});

test("a placeholder is for files and an id is for Datadog", () => {
  const wrong = (schema: SchemaId, payload: object): string => problemOf(schema, asFile(payload)) ?? "nothing";
  for (const monitor of [BURN_MONITOR, BUDGET_MONITOR]) {
    assert.match(wrong("datadog/resolved", monitor), /^`\/query` does not match/);
    assert.match(wrong("datadog/objects", resolved(monitor)), /^`\/query` does not match/);
  }
  const linked = { ...METRIC_MONITOR, message: `\nslo_id=__SLO_ID__${ID}__` };
  assert.equal(problemOf("datadog/objects", asFile(linked)), undefined);
  assert.match(wrong("datadog/resolved", linked), /^`\/message` does not match/);
});

type Change = (copy: Record<string, unknown>) => void;

/** `at("options.thresholds.critical", 3)` sets a value; without one the field is taken out. */
function at(path: string, ...value: readonly unknown[]): Change {
  return (copy) => {
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    const holder = steps.reduce<Record<string, unknown>>((here, step) => here[step] as Record<string, unknown>, copy);
    if (value.length === 0) Reflect.deleteProperty(holder, last);
    else holder[last] = value[0];
  };
}

function problemAfter(original: unknown, changes: readonly Change[]): string {
  const copy = JSON.parse(printJson(original as Json)) as Record<string, unknown>;
  for (const change of changes) change(copy);
  return problemOf("datadog/objects", copy as Json) ?? "nothing";
}

const PLACEHOLDER = `__SLO_ID__${ID}__`;
const burn = (text: string): Change => at("query", text.replace("ID", PLACEHOLDER));

test("a broken object is refused at the broken place", () => {
  const rows: readonly [object: object, changes: readonly Change[], want: string | RegExp][] = [
    [METRIC_SLO, [at("name")], "the document needs the field `name`"],
    [METRIC_SLO, [at("name", " a")], /^`\/name` does not match/],
    [METRIC_SLO, [at("name", "a\nb")], /^`\/name` does not match/],
    [METRIC_SLO, [at("thresholds")], "the document needs the field `thresholds`"],
    [METRIC_SLO, [at("thresholds", [])], "`/thresholds` breaks the rule `minItems`"],
    [METRIC_SLO, [at("thresholds.0.timeframe", "28d")], "`/thresholds/0/timeframe` breaks the rule `enum`"],
    [METRIC_SLO, [at("thresholds.0.timeframe", "custom")], "`/thresholds/0/timeframe` breaks the rule `enum`"],
    [METRIC_SLO, [at("thresholds.0.target", 100)], "`/thresholds/0/target` breaks the rule `exclusiveMaximum`"],
    [METRIC_SLO, [at("thresholds.0.target", 0)], "`/thresholds/0/target` breaks the rule `exclusiveMinimum`"],
    [METRIC_SLO, [at("thresholds.0.target", "99.9")], "`/thresholds/0/target` must be of type number"],
    [METRIC_SLO, [at("thresholds.0.target_display", "99.9")], "`/thresholds/0` knows no field `target_display`"],
    [METRIC_SLO, [at("target_threshold")], "the document needs the field `target_threshold`"],
    [METRIC_SLO, [at("type", "monitor")], "`/type` breaks the rule `enum`"],
    [METRIC_SLO, [at("monitor_ids", [1])], "the document knows no field `monitor_ids`"],
    [METRIC_SLO, [at("id", SLO_ID)], "the document knows no field `id`"],
    [METRIC_SLO, [at("query", QUERY_SLO.query)], "the document breaks the rule `oneOf`"],
    [
      METRIC_SLO,
      [at("sli_specification.count.total_events_formula", { formula: "total" })],
      "`/sli_specification/count` breaks the rule `oneOf`",
    ],
    [METRIC_SLO, [at("sli_specification.count.bad_events_formula")], "`/sli_specification/count` needs the field `bad_events_formula`"],
    [
      METRIC_SLO,
      [at("sli_specification.count.bad_events_formula", "bad")],
      "`/sli_specification/count/bad_events_formula` must be of type object",
    ],
    [METRIC_SLO, [at("sli_specification.count.queries", [])], "`/sli_specification/count/queries` breaks the rule `minItems`"],
    [
      METRIC_SLO,
      [at("sli_specification.count.queries.0.data_source", "logs")],
      "`/sli_specification/count/queries/0/data_source` breaks the rule `const`",
    ],
    [
      METRIC_SLO,
      [at("sli_specification.count.queries.0.name", "Bad events")],
      /^`\/sli_specification\/count\/queries\/0\/name` does not match/,
    ],
    [
      METRIC_SLO,
      [at("sli_specification.count.queries.0.aggregator", "sum")],
      "`/sli_specification/count/queries/0` knows no field `aggregator`",
    ],
    [METRIC_SLO, [at("tags", ["Team:A"])], /^`\/tags\/0` does not match/],
    [METRIC_SLO, [at("tags", ["a_"])], /^`\/tags\/0` does not match/],
    [METRIC_SLO, [at("tags", ["a b"])], /^`\/tags\/0` does not match/],
    [METRIC_SLO, [at("tags", [`a:${"b".repeat(199)}`])], "`/tags/0` breaks the rule `maxLength`"],
    [METRIC_SLO, [at("tags", ["a", "a"])], "`/tags` breaks the rule `uniqueItems`"],
    [QUERY_SLO, [at("query.denominator")], "`/query` needs the field `denominator`"],
    [
      TIME_SLICE_SLO,
      [at("sli_specification.time_slice.comparator", "==")],
      "`/sli_specification/time_slice/comparator` breaks the rule `enum`",
    ],
    [
      TIME_SLICE_SLO,
      [at("sli_specification.time_slice.query_interval_seconds", 120)],
      "`/sli_specification/time_slice/query_interval_seconds` breaks the rule `enum`",
    ],
    [
      TIME_SLICE_SLO,
      [at("sli_specification.time_slice.query.formulas.1", { formula: "query1" })],
      "`/sli_specification/time_slice/query/formulas` breaks the rule `maxItems`",
    ],
    [
      TIME_SLICE_SLO,
      [at("sli_specification.time_slice.query.queries", [])],
      "`/sli_specification/time_slice/query/queries` breaks the rule `minItems`",
    ],
    [TIME_SLICE_SLO, [at("query", QUERY_SLO.query)], "`/query` is not allowed here"],
    [TIME_SLICE_SLO, [at("sli_specification")], "the document needs the field `sli_specification`"],
    [BURN_MONITOR, [at("type", "composite alert")], "`/type` breaks the rule `enum`"],
    [BURN_MONITOR, [at("message")], "the document needs the field `message`"],
    [BURN_MONITOR, [at("priority", 0)], "`/priority` breaks the rule `minimum`"],
    [BURN_MONITOR, [at("priority", "1")], "`/priority` must be of type integer"],
    [BURN_MONITOR, [at("options.thresholds")], "`/options` needs the field `thresholds`"],
    [BURN_MONITOR, [at("options.thresholds.critical", "14.4")], "`/options/thresholds/critical` must be of type number"],
    [BURN_MONITOR, [at("options.thresholds", { warning: 3 })], "`/options/thresholds` needs the field `critical`"],
    [BURN_MONITOR, [at("options.burn_rate_threshold", 14)], "`/options` knows no field `burn_rate_threshold`"],
    [BURN_MONITOR, [at("options.on_missing_data", "resolve")], "`/options` knows no field `on_missing_data`"],
    [BURN_MONITOR, [at("options.require_full_window", false)], "`/options` knows no field `require_full_window`"],
    [BURN_MONITOR, [at("options.new_group_delay", 60)], "`/options` knows no field `new_group_delay`"],
    [BURN_MONITOR, [at("options.notify_no_data", true)], "`/options/notify_no_data` breaks the rule `const`"],
    [
      BURN_MONITOR,
      [at("options.renotify_interval"), at("options.renotify_statuses", ["alert"])],
      "`/options` needs the field `renotify_interval`",
    ],
    [METRIC_MONITOR, [at("options.on_missing_data", "resolve")], "`/options` breaks the rule `oneOf`"],
    [
      METRIC_MONITOR,
      [at("options.notify_no_data"), at("options.no_data_timeframe", 10), at("options.on_missing_data", "resolve")],
      "`/options` needs the field `notify_no_data`",
    ],
    [METRIC_MONITOR, [at("options.new_host_delay", 300)], "`/options` knows no field `new_host_delay`"],
    [METRIC_MONITOR, [at("options.evaluation_delay", 90_000)], "`/options/evaluation_delay` breaks the rule `maximum`"],
    [METRIC_MONITOR, [at("query", "sum(last_72h):sum:a{*}.as_count() > .001")], /^`\/query` does not match/],
    [METRIC_MONITOR, [at("query", "sum(last_72h):sum:a{*}.as_count() > 1e-3")], /^`\/query` does not match/],
    [METRIC_MONITOR, [at("query", "sum(last_3d):sum:a{*}.as_count() > 0.001")], /^`\/query` does not match/],
    [METRIC_MONITOR, [at("query", "sum:a{*}.as_count() > 0.001")], /^`\/query` does not match/],
    [NO_DATA_MONITOR, [at("options.no_data_timeframe", 0)], "`/options/no_data_timeframe` breaks the rule `minimum`"],
    [MANIFEST, [at("version", 2)], "`/version` breaks the rule `const`"],
    [MANIFEST, [at("site", "datadog.com")], "`/site` breaks the rule `enum`"],
    [MANIFEST, [at("objects.0.file", "../availability.slo.json")], /^`\/objects\/0\/file` does not match/],
    [MANIFEST, [at("objects.0.file", "/etc/availability.slo.json")], /^`\/objects\/0\/file` does not match/],
    [MANIFEST, [at("objects.0.file", "a/./b.slo.json")], /^`\/objects\/0\/file` does not match/],
    [MANIFEST, [at("objects.0.kind", "monitor")], /^`\/objects\/0\/file` does not match/],
    [MANIFEST, [at("objects.0.needs", ["x"])], "`/objects/0/needs` breaks the rule `maxItems`"],
  ];
  for (const [object, changes, want] of rows) {
    const found = problemAfter(object, changes);
    if (typeof want === "string") assert.equal(found, want);
    else assert.match(found, want);
  }
});

test("the query of an SLO alert is one of Datadog's two", () => {
  const rows: readonly [query: string, allowed: boolean][] = [
    [`burn_rate("ID").over("30d").long_window("48h").short_window("240m") > 1.5`, true],
    [`burn_rate("ID").over("90d").long_window("1h").short_window("5m") >= 21.6`, true],
    [`error_budget("ID").over("7d") > 100`, true],
    [`burn_rate("ID").over("1h").long_window("1h").short_window("5m") > 14.4`, false],
    [`burn_rate("ID").over("30d").long_window("1d").short_window("5m") > 14.4`, false],
    [`burn_rate("ID").over("30d").long_window("24h").short_window("2h") > 14.4`, false],
    [`burn_rate("ID").over("30d").long_window("1h") > 14.4`, false],
    [`burn_rate("ID").over("30d").short_window("5m").long_window("1h") > 14.4`, false],
    [`burn_rate("ID").over("30d").long_window("1h").short_window("5m") < 14.4`, false],
    [`burn_rate("ID").over("30d").long_window("1h").short_window("5m") > 014.4`, false],
    [`burn_rate("ID").over("30d").long_window("1h").short_window("5m") > 14.4 `, false],
    [`burn_rate(ID).over("30d").long_window("1h").short_window("5m") > 14.4`, false],
    [`error_budget("ID").over("30d").long_window("1h") > 75`, false],
    [`error_budget("slo_id").over("30d") > 75`, false],
  ];
  for (const [query, allowed] of rows) {
    assert.equal(problemAfter(BURN_MONITOR, [burn(query)]) === "nothing", allowed, query);
  }
});

test("a Terraform file has each field where the provider wants it", () => {
  const slo = `resource.datadog_service_level_objective.${ID}`;
  const monitor = `resource.datadog_monitor.${ID}_page-1h`;
  const query = `${slo}.sli_specification.0.count.0.queries.0.metric_query`;
  const rows: readonly [changes: readonly Change[], want: RegExp][] = [
    [[at(`${slo}.sli_specification.0.count.0.bad_events_formula`, { formula: "bad" })], /bad_events_formula` must be of type string/],
    [[at(`${slo}.sli_specification`, {})], /sli_specification` must be of type array/],
    [[at(query, {})], /metric_query` must be of type array/],
    [[at(`${slo}.thresholds.0.target`, "99.9")], /target` must be of type number/],
    [[at(`${monitor}.priority`, 1)], /priority` breaks the rule `enum`/],
    [[at(`${monitor}.monitor_thresholds.0.critical`, 14.4)], /critical` must be of type string/],
    [[at(`${monitor}.require_full_window`)], /needs the field `require_full_window`/],
    [[at(`${monitor}.options`, {})], /knows no field `options`/],
    [[at(`${monitor}.query`, BURN_MONITOR.query)], /query` does not match/],
    [[at(`resource.datadog_monitor.1st`, {})], /^`\/resource\/datadog_monitor` does not match/],
    [[at(`resource.datadog_dashboard`, {})], /knows no field `datadog_dashboard`/],
  ];
  for (const [changes, want] of rows) assert.match(problemAfter(terraform(), changes), want);
  assert.equal(problemAfter(terraform(), [at("terraform", { required_providers: { datadog: { source: "DataDog/datadog" } } })]), "nothing");
});

test("an overlay may add what Datadog knows for the type", () => {
  const rows: readonly [object, readonly Change[]][] = [
    [BURN_MONITOR, [at("options.renotify_statuses", ["alert"]), at("options.renotify_occurrences", 2)]],
    [BURN_MONITOR, [at("options.thresholds.warning", 10)]],
    [BURN_MONITOR, [at("draft_status", "draft"), at("restricted_roles", ["a"])]],
    [METRIC_MONITOR, [at("options.notify_no_data"), at("options.on_missing_data", "resolve")]],
    [METRIC_MONITOR, [at("options.thresholds.critical_recovery", 0.0005), at("options.timeout_h", 24)]],
    [LATENCY_SLO, [at("thresholds.1", { timeframe: "7d", target: 99 })]],
  ];
  for (const [object, changes] of rows) assert.equal(problemAfter(object, changes), "nothing");
});
