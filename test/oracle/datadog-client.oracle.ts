import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { globSync } from "tinyglobby";
import { parseAllDocuments } from "yaml";
import { problemOf } from "../../src/schema/validate.ts";
import { lintObject } from "../../src/emitters/datadog/lint.ts";
import type { DatadogObject } from "../../src/emitters/datadog/types.ts";
import { exactNumber, type Json } from "../../src/yaml/json.ts";
import { printJson } from "../../src/yaml/print.ts";
import { OBJECTS } from "../emitters/datadog/samples.ts";
import { clientProblems, type Body } from "./datadog-client.ts";
import { committed } from "./datadog-files.ts";

type Fields = Record<string, unknown>;

interface Payload {
  readonly name: string;
  readonly body: Body;
  readonly json: Fields;
}

const SAMPLES: readonly Payload[] = OBJECTS.map(({ id, kind, payload }) => ({
  name: id,
  body: kind === "slo" ? "ServiceLevelObjectiveRequest" : "Monitor",
  json: JSON.parse(printJson(payload as unknown as Json)) as Fields,
}));

function files(end: string, body: Body): readonly Payload[] {
  return committed(end).map(({ path, text }) => ({ name: path, body, json: JSON.parse(text) as Fields }));
}

test("Datadog's client reads every committed SLO and monitor whole, and would send it as it is", (t) => {
  const slos = files(".slo.json", "ServiceLevelObjectiveRequest");
  const monitors = files(".monitor.json", "Monitor");
  for (const { name, body, json } of [...SAMPLES, ...slos, ...monitors]) {
    assert.deepEqual(clientProblems(body, json), [], name);
    assert.equal(problemOf("datadog/objects", json as Json), undefined, name);
  }
  t.diagnostic(`${slos.length} SLOs, ${monitors.length} monitors, ${SAMPLES.length} samples`);
});

/** The field `provider.datadog` of an Argo Rollouts metric. */
interface DatadogProvider {
  readonly apiVersion?: string;
  readonly interval?: string;
  readonly query?: string;
  readonly queries?: Readonly<Record<string, string>>;
  readonly formula?: string;
  readonly aggregator?: string;
}

/** https://github.com/argoproj/argo-rollouts/blob/v1.9.1/metricproviders/datadog/datadogV2.go */
function scalarRequest({ query, queries, formula, aggregator }: DatadogProvider): Fields {
  const asked = Object.entries(queries ?? { query: query ?? "" });
  return {
    data: {
      type: "scalar_request",
      attributes: {
        from: 1_700_000_000_000,
        to: 1_700_000_300_000,
        queries: asked.map(([name, text]) => ({ name, query: text, data_source: "metrics", aggregator: aggregator ?? "last" })),
        formulas: formula === undefined ? [] : [{ formula }],
      },
    },
  };
}

const GATE: DatadogProvider = {
  apiVersion: "v2",
  interval: "5m",
  aggregator: "sum",
  queries: { bad: "sum:errors{version:{{args.canary-hash}}}.as_count()", total: "sum:hits{version:{{args.canary-hash}}}.as_count()" },
  formula: "default_zero(bad) - 0.001 * total - 3",
};

test("Datadog's client reads the request of every metric in a committed gate, as Argo Rollouts would send it", (t) => {
  const paths = globSync(["examples/**/generated/argo-rollouts/**/*.yaml", "test/golden/argo-rollouts/*/output/**/*.yaml"]);
  const gates = paths.flatMap((path) =>
    parseAllDocuments(readFileSync(path, "utf8")).flatMap((document) => {
      const { kind, spec } = document.toJS() as { kind?: string; spec?: { metrics?: { provider: { datadog?: DatadogProvider } }[] } };
      const metrics = kind?.endsWith("AnalysisTemplate") === true ? (spec?.metrics ?? []) : [];
      return metrics.flatMap(({ provider: { datadog } }) => (datadog === undefined ? [] : [{ path, datadog }]));
    }),
  );
  for (const { path, datadog } of [{ path: "the sample", datadog: GATE }, ...gates]) {
    assert.equal(datadog.apiVersion, "v2", path);
    assert.deepEqual(clientProblems("ScalarFormulaQueryRequest", scalarRequest(datadog)), [], path);
  }
  t.diagnostic(`${gates.length} metrics`);
});

test("a request that Datadog cannot read is refused", () => {
  for (const aggregator of ["median", "SUM", ""]) {
    assert.notDeepEqual(clientProblems("ScalarFormulaQueryRequest", scalarRequest({ ...GATE, aggregator })), [], aggregator);
  }
  assert.notDeepEqual(clientProblems("ScalarFormulaQueryRequest", { data: { type: "scalar_request" } }), []);
});

interface Mutant {
  readonly path: string;
  readonly kind: string;
  readonly json: Fields;
}

/** Each field of a payload taken out, or given another type or another value; and a field that nobody knows in each map. */
function mutants(json: Fields): readonly Mutant[] {
  const found: Mutant[] = [];
  const mutate = (path: readonly string[], kind: string, change: (holder: Fields, key: string) => void): void => {
    const copy = structuredClone(json);
    const holder = path.slice(0, -1).reduce((here, step) => here[step] as Fields, copy);
    change(holder, path.at(-1) ?? "");
    found.push({ path: path.join("."), kind, json: copy });
  };
  const visit = (value: unknown, path: readonly string[]): void => {
    if (path.length > 0) {
      mutate(path, "taken out", (holder, key) => {
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete holder[key];
      });
      for (const other of ["x y", 7, 0.5, true, null, [], {}].filter((each) => each !== value)) {
        const kind = typeOf(other) === typeOf(value) ? "another value" : "another type";
        mutate(path, kind, (holder, key) => (holder[key] = other));
      }
    }
    if (typeof value !== "object" || value === null) return;
    if (!Array.isArray(value)) mutate([...path, "unknown_field"], "unknown field", (holder, key) => (holder[key] = 1));
    for (const [key, field] of Object.entries(value)) visit(field, [...path, key]);
  };
  visit(json, []);
  return found;
}

const typeOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

test("what Datadog's client refuses our schema refuses too, and what both take is a free choice or found by the lint", (t) => {
  const table = new Map<string, Map<string, number>>();
  const [missed, free]: [string[], Set<string>] = [[], new Set()];
  for (const [i, sample] of SAMPLES.entries()) {
    for (const { path, kind, json } of mutants(sample.json)) {
      const client = clientProblems(sample.body, json);
      const schema = problemOf("datadog/objects", json as Json);
      const lint = schema === undefined ? linted(i, json) : [];
      if (client.length > 0 && schema === undefined) missed.push(`${sample.name}: ${path}, ${kind}: ${client.join()}`);
      if (client.length === 0 && schema === undefined && lint.length === 0) free.add(path.replace(/\.\d+$/, ""));
      const finders = [client.length > 0 ? "client" : "", schema !== undefined ? "schema" : "", lint.length > 0 ? "lint" : ""];
      const finder = finders.filter((each) => each !== "").join(" and ") || "nobody";
      const row = table.get(kind) ?? new Map<string, number>();
      table.set(kind, row.set(finder, (row.get(finder) ?? 0) + 1));
    }
  }
  for (const [kind, row] of table) t.diagnostic(`${kind}: ${[...row].map(([finder, count]) => `${finder} ${count}`).join(", ")}`);
  assert.deepEqual(missed, []);
  assert.deepEqual([...free].sort(), FREE);
});

/** Where another value, or none, is as good to Datadog. */
const FREE = [
  "description",
  "message",
  "name",
  "options.evaluation_delay",
  "options.no_data_timeframe",
  "options.renotify_interval",
  "priority",
  "sli_specification.time_slice.threshold",
  "tags",
];

const SLOS = new Map(OBJECTS.flatMap((object) => (object.kind === "slo" ? [[object.id, object.payload]] : [])));
const DECIMALS = new Set(["target", "warning", "target_threshold", "warning_threshold", "threshold", "critical"]);

function linted(sample: number, json: Fields): readonly string[] {
  const payload: unknown = JSON.parse(JSON.stringify(json), (key, value: unknown) =>
    typeof value === "number" && DECIMALS.has(key) ? exactNumber(String(value)) : value,
  );
  return lintObject({ ...OBJECTS[sample], payload } as DatadogObject, SLOS);
}

test("our schema finds what Datadog's client does not know", () => {
  const [slo, , , slices, burn] = SAMPLES;
  assert.ok(slo && slices && burn);
  const rows: readonly [string, Payload, (json: Fields) => Fields, client: boolean][] = [
    ["no name", slo, ({ name: _, ...json }) => json, true],
    ["a target as text", slo, (json) => ({ ...json, target_threshold: "99.9" }), true],
    ["a timeframe of 28 days", slo, (json) => ({ ...json, timeframe: "28d" }), true],
    ["bad and total events at once", slo, (json) => withCount(json, { total_events_formula: { formula: "total" } }), true],
    ["neither bad nor total events", slo, (json) => withCount(json, { bad_events_formula: undefined }), true],
    ["the timeframe custom", slo, (json) => ({ ...json, timeframe: "custom" }), false],
    ["a target of 100", slo, (json) => ({ ...json, target_threshold: 100 }), false],
    ["no query", slo, ({ sli_specification: _, ...json }) => json, false],
    ["both forms of a query", slo, (json) => ({ ...json, query: { numerator: "a", denominator: "b" } }), false],
    ["no queries", slo, (json) => withCount(json, { queries: [] }), false],
    ["tags in capitals", slo, (json) => ({ ...json, tags: ["Team:A"] }), false],
    ["the wrong type", slices, (json) => ({ ...json, type: "metric" }), false],
    ["a priority of 9", burn, (json) => ({ ...json, priority: 9 }), false],
    ["a monitor type of another product", burn, (json) => ({ ...json, type: "log alert" }), false],
    ["a query that is none", burn, (json) => ({ ...json, query: "burn_rate" }), false],
    ["no critical threshold", burn, (json) => ({ ...json, options: { thresholds: {}, include_tags: true, notify_no_data: false } }), false],
  ];
  for (const [name, { body, json }, change, client] of rows) {
    const broken = JSON.parse(JSON.stringify(change(json))) as Fields;
    assert.equal(clientProblems(body, broken).length > 0, client, name);
    assert.notEqual(problemOf("datadog/objects", broken as Json), undefined, name);
  }
});

function withCount(json: Fields, parts: Fields): Fields {
  const { count } = json["sli_specification"] as { count: Fields };
  return { ...json, sli_specification: { count: { ...count, ...parts } } };
}
