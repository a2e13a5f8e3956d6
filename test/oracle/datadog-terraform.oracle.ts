import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { monitorName, sloName, terraformFiles } from "../../src/emitters/datadog/terraform.ts";
import type { DatadogObject } from "../../src/emitters/datadog/types.ts";
import type { Json } from "../../src/yaml/json.ts";
import { printJson } from "../../src/yaml/print.ts";
import { BURN_MONITOR, ID, METRIC_SLO, OBJECTS } from "../emitters/datadog/samples.ts";
import { random } from "../yaml/random.ts";
import { committed } from "./datadog-files.ts";
import { problemsOf, type TerraformResource } from "./datadog-provider.ts";
import { oracle } from "./support.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What HashiCorp's parser makes of a file. */
interface Read {
  readonly error?: string;
  readonly resources?: Readonly<Record<string, Readonly<Record<string, Fields>>>>;
  readonly ids?: Readonly<Record<string, string>>;
}

function read(texts: readonly string[]): readonly Read[] {
  const run = spawnSync(oracle("terraform"), { input: JSON.stringify(texts), maxBuffer: 1 << 30 });
  assert.equal(run.status, 0, run.stderr.toString());
  return JSON.parse(run.stdout.toString()) as Read[];
}

function written(objects: readonly DatadogObject[]): string {
  const [file, ...others] = terraformFiles(objects, new Map());
  assert.ok(file?.kind === "json" && others.length === 0);
  return printJson(file.value);
}

const FILES = [{ path: "every shape", text: written(OBJECTS) }, ...committed(".tf.json")];

test("Terraform reads what the API would get, whatever the texts hold", (t) => {
  const next = random(11);
  const pieces = [
    "$",
    "%",
    "{",
    "}",
    "$${",
    "%%{",
    "${",
    "%{",
    "~",
    '"',
    "\\",
    "\\n",
    "\n",
    "a",
    " ",
    "{{#is_alert}}",
    "{{/is_alert}}",
    "é",
    "if",
  ];
  const text = (): string => Array.from({ length: 1 + next.below(12) }, () => next.pick(pieces)).join("");
  const cases = Array.from({ length: 2000 }, (): readonly DatadogObject[] => [
    { kind: "slo", id: ID, service: "checkout", payload: { ...METRIC_SLO, name: text(), description: text() } },
    { kind: "monitor", id: `${ID}.page-1h`, service: "checkout", slo: ID, payload: { ...BURN_MONITOR, name: text(), message: text() } },
  ]);
  const all = [OBJECTS, ...cases];
  for (const [i, answer] of read(all.map(written)).entries()) {
    const objects = all[i] ?? [];
    assert.equal(answer.error, undefined, JSON.stringify(objects));
    for (const object of objects) {
      const resource = object.kind === "slo" ? sloName(object.id) : monitorName(object.id);
      const kind = object.kind === "slo" ? "datadog_service_level_objective" : "datadog_monitor";
      const found = answer.resources?.[kind]?.[resource];
      assert.ok(found, object.id);
      assert.deepEqual(object.kind === "slo" ? sloPayload(found) : monitorPayload(found), expected(object, answer.ids ?? {}), object.id);
    }
  }
  t.diagnostic(`${all.length} files, ${all.flat().length} objects`);
});

/** The object as the API would get it, with the id that Terraform knows by then. */
function expected(object: DatadogObject, ids: Readonly<Record<string, string>>): Fields {
  const payload = JSON.parse(printJson(object.payload as unknown as Json)) as { query?: unknown; message?: string };
  if (object.kind === "slo" || object.slo === undefined) return payload as Fields;
  const id = ids[sloName(object.slo)];
  assert.ok(id !== undefined);
  const resolved = (text: unknown): string => String(text).replaceAll(`__SLO_ID__${object.slo ?? ""}__`, id);
  return { ...payload, query: resolved(payload.query), message: resolved(payload.message) };
}

/** What the provider sends: https://github.com/DataDog/terraform-provider-datadog/blob/master/datadog/resource_datadog_service_level_objective.go */
function sloPayload({ query, sli_specification: specification, ...others }: Fields): Fields {
  return {
    ...others,
    ...(query !== undefined && { query: only(query) }),
    ...(specification !== undefined && { sli_specification: specificationPayload(only(specification)) }),
  };
}

function specificationPayload({ count, time_slice: slice }: Fields): Fields {
  if (count !== undefined) {
    const { good_events_formula: good, bad_events_formula: bad, queries } = only(count);
    return { count: { good_events_formula: { formula: good }, bad_events_formula: { formula: bad }, queries: queriesIn(queries) } };
  }
  const { query, ...others } = only(slice);
  const { formula, query: queries } = only(query);
  const { formula_expression } = only(formula);
  return { time_slice: { ...others, query: { formulas: [{ formula: formula_expression }], queries: queriesIn(queries) } } };
}

const queriesIn = (queries: unknown): readonly Fields[] => (queries as readonly Fields[]).map(({ metric_query }) => only(metric_query));

function monitorPayload({ name, type, query, message, tags, priority, monitor_thresholds, ...options }: Fields): Fields {
  const { critical } = only(monitor_thresholds);
  if (type === "slo alert") {
    const { require_full_window: always, ...rest } = options;
    assert.equal(always, false);
    options = rest;
  }
  return {
    name,
    type,
    query,
    message,
    tags,
    ...(priority !== undefined && { priority: Number(priority) }),
    options: { thresholds: { critical: Number(critical) }, ...options },
  };
}

function only(blocks: unknown): Fields {
  const [block, ...others] = blocks as readonly Fields[];
  assert.ok(block !== undefined && others.length === 0);
  return block;
}

function resourcesIn(text: string): readonly TerraformResource[] {
  const { resource } = JSON.parse(text) as { resource: Readonly<Record<string, Readonly<Record<string, Fields>>>> };
  return Object.entries(resource).flatMap(([type, named]) => Object.entries(named).map(([name, fields]) => ({ type, name, fields })));
}

test("every committed file is one that Terraform reads", (t) => {
  for (const [i, { error }] of read(FILES.map(({ text }) => text)).entries()) assert.equal(error, undefined, FILES[i]?.path);
  t.diagnostic(`${FILES.length} files`);
});

test("every field is one of the provider's, of its type, and none that it needs is missing", (t) => {
  const resources = FILES.flatMap(({ text }) => resourcesIn(text));
  for (const [i, problems] of problemsOf(resources).entries()) assert.deepEqual(problems, [], resources[i]?.name);
  t.diagnostic(`${resources.length} resources`);
});

test("the provider's schema tells a wrong field, a wrong type, a block too many and a missing field", () => {
  const [slo] = resourcesIn(written(OBJECTS)).filter(({ name }) => name === ID);
  const [monitor] = resourcesIn(written(OBJECTS)).filter(({ type }) => type === "datadog_monitor");
  assert.ok(slo && monitor);
  const [threshold] = slo.fields["thresholds"] as readonly Fields[];
  const rows: readonly [TerraformResource, Fields, RegExp][] = [
    [slo, { thresholds: [{ ...threshold, timeFrame: "30d" }] }, /timeFrame/],
    [slo, { thresholds: [{ ...threshold, target: "99.9" }] }, /'string' is not assignable to type 'number'/],
    [slo, { sli_specification: [{}, {}] }, /in common with type 'ServiceLevelObjectiveSliSpecification'/],
    [slo, { sli_specification: [{ count: [{ bad_events_formula: "bad", queries: [] }] }] }, /goodEventsFormula/],
    [slo, { sli_specification: [{ count: [{ good_events_formula: { formula: "good" }, queries: [] }] }] }, /assignable to type 'string'/],
    [slo, { options: {} }, /options/],
    [monitor, { priority: 1 }, /'number' is not assignable to type 'string'/],
    [monitor, { monitor_thresholds: [{ critical: 14.4 }] }, /'number' is not assignable to type 'string'/],
    [monitor, { message: undefined }, /message/],
    [monitor, { require_full_windows: false }, /requireFullWindows/],
  ];
  const broken = rows.map(([{ type, name, fields }, change]) => ({ type, name, fields: { ...fields, ...change } }));
  for (const [i, problems] of problemsOf(broken).entries()) {
    assert.equal(problems.length, 1, problems.join("\n"));
    assert.match(problems.join(), rows[i]?.[2] ?? assert.fail());
  }
});
