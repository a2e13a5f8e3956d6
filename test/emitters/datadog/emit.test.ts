import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { idOf, monitorId } from "../../../src/emitters/datadog/names.ts";
import { datadogOptions } from "../../../src/emitters/datadog/options.ts";
import { normalTag } from "../../../src/datadogql/tags.ts";
import { problemOf } from "../../../src/schema/validate.ts";
import type { Json } from "../../../src/yaml/json.ts";
import { compileTexts, configOf } from "../../support/project.ts";
import { built, policy, QUIET, spec } from "./support.ts";

test("the manifest lists SLOs before monitors, and the SLO whose id each waits for", () => {
  const { files, codes } = built(
    [spec({ name: "late" }), spec({ name: "early" })],
    `${QUIET}, site: datadoghq.eu, owner: payments, noDataFor: 30m`,
  );
  assert.deepEqual(codes, []);
  const { objects, ...head } = files.get("manifest.json") as { readonly objects: readonly { readonly file: string }[] };
  assert.deepEqual(head, { version: 1, site: "datadoghq.eu", owner: "payments" });
  assert.deepEqual(objects.slice(0, 4), [
    { id: "shop-early", kind: "slo", file: "shop/early.slo.json", needs: [] },
    { id: "shop-late", kind: "slo", file: "shop/late.slo.json", needs: [] },
    { id: "shop-early.no-data", kind: "monitor", file: "shop/early.no-data.monitor.json", needs: [] },
    { id: "shop-early.page-1h", kind: "monitor", file: "shop/early.page-1h.monitor.json", needs: ["shop-early"] },
  ]);
  assert.deepEqual([...objects.map(({ file }) => file), "manifest.json"].sort(), [...files.keys()].sort());
});

test("every file is what the schema of the target allows", () => {
  const specs = [
    spec(),
    spec({ name: "slices", method: "Timeslices", objective: "target: 0.9, timeSliceTarget: 0.5, timeSliceWindow: 1m" }),
    spec({ name: "policy", more: policy({ whenNoData: true }) }),
  ];
  const sections = [
    "form: query",
    "alerts: metric",
    "alerts: none",
    "errorBudgetAlerts: [{ consumed: 0.5, severity: page }]",
    "format: terraform",
    "warning: 0",
  ];
  for (const section of sections) {
    const { files } = built(section.includes("metric") ? specs.slice(0, 1) : specs, `${QUIET}, ${section}`);
    assert.ok(files.size > 0, section);
    for (const [path, value] of files) assert.equal(problemOf("datadog/objects", value as Json), undefined, `${section} ${path}`);
  }
});

test("Terraform takes one file for each service, and refers to SLOs instead of waiting for their ids", () => {
  const { texts, codes } = built([spec(), spec({ service: "cart" })], `${QUIET}, format: terraform`);
  assert.deepEqual(codes, []);
  assert.deepEqual([...texts.keys()], ["shop.tf.json", "cart.tf.json"]);
  const text = texts.get("shop.tf.json") ?? "";
  assert.ok(!text.includes("__SLO_ID__"));
  assert.ok(text.includes('burn_rate(\\"${datadog_service_level_objective.shop-hits.id}\\").over(\\"30d\\")'));
});

test("the same specs in another order give the same files", () => {
  const specs = [spec({ name: "a" }), spec({ name: "b" })];
  const sorted = (all: ReadonlyMap<string, string>): unknown => [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  assert.deepEqual(sorted(built(specs).texts), sorted(built([...specs].reverse()).texts));
});

test("tags are written as Datadog stores them", () => {
  const table = [
    ["team:Pay Ments", "team:pay_ments"],
    ["Team:A&&B", "team:a_b"],
    ["1team:x", "team:x"],
    ["_x:y__", "x:y"],
    ["url:https://a.b/c-d", "url:https://a.b/c-d"],
    ["größe:ÄÖ", "größe:äö"],
    [":x", ":x"],
  ] as const;
  for (const [tag, wanted] of table) {
    assert.equal(normalTag(tag), wanted);
    assert.equal(normalTag(wanted), wanted, "once more changes nothing");
  }
});

test("ids are what their tags hold", () => {
  for (const id of ["shop-hits", "Shop/API v2", "_x.y_", "ä-b"]) {
    assert.equal(normalTag(`slogen_id:${idOf({ id })}`), `slogen_id:${idOf({ id })}`);
    assert.equal(normalTag(`slogen_id:${monitorId({ id }, "page-1h")}`), `slogen_id:${monitorId({ id }, "page-1h")}`);
  }
});

test("two objects that would be one on Datadog are an error", () => {
  const policies = policy({ name: "no-data", whenNoData: true });
  assert.ok(built(spec({ more: policies })).codes.includes("datadog/duplicate-id"));
  const levels = "errorBudgetAlerts: [{ consumed: 0.5, severity: page }, { consumed: 0.5, severity: ticket }]";
  const { found } = built([spec(), spec({ name: "other" })], `${QUIET}, ${levels}`);
  assert.deepEqual(
    found.map(({ message }) => message),
    ["the alert for `page` at 50 % of the budget and the one for `ticket` would both be `budget-50` on Datadog"],
  );
});

test("services that become one folder are an error where they are two ids, once for each SLO", () => {
  const { codes, found } = built([spec({ service: "Card Desk" }), spec({ service: "card-desk" })]);
  assert.deepEqual(codes, ["datadog/file-collision"]);
  assert.match(
    found[0]?.message ?? "",
    /^`card-desk-hits` and `card_desk-hits` would both be written to `datadog\/card-desk\/hits\.slo\.json`$/,
  );
});

/** A spec whose names OpenSLO would refuse, and its indicator on Datadog. */
const slothSpec = (name: string, binding: string): string => `
version: prometheus/v1
service: shop
slos:
  - name: ${name}
    objective: 99.9
    sli: { raw: { error_ratio_query: "avg(avg_over_time(errors[{{.window}}]))" } }
    alerting: { name: Burn }
---
apiVersion: slogen/v1alpha1
kind: IndicatorBinding
metadata: { name: ${binding} }
spec: { slo: shop-${name}, datadog: { bad: "sum:bad{*}.as_count()", total: "sum:all{*}.as_count()" } }
`;

test("SLOs whose names differ in capitals only are one on Datadog, which is told without their monitors", () => {
  const { codes } = built([slothSpec("API", "one"), slothSpec("api", "two")]);
  assert.deepEqual(
    codes.filter((code) => code.startsWith("datadog/")),
    ["datadog/duplicate-id"],
  );
});

test("labels that would pass for slogen's own tags, or are cut, are errors at the label", () => {
  const reserved = built(spec({ metadata: "labels: { slogen_id: x }" }));
  assert.deepEqual(reserved.codes, ["datadog/reserved-tag"]);
  const long = built(spec({ metadata: `labels: { team: ${"x".repeat(196)} }` }));
  assert.deepEqual(long.codes, ["datadog/tag-too-long"]);
  assert.deepEqual(built(spec({ metadata: `labels: { team: ${"x".repeat(195)} }` })).codes, []);
});

test("a label named service takes the place of slogen's tag", () => {
  const { files } = built(spec({ metadata: "labels: { service: checkout }" }));
  const { tags } = files.get("shop/hits.slo.json") as { readonly tags: readonly string[] };
  assert.deepEqual(tags, ["service:checkout", "slogen_id:shop-hits"]);
});

test("the schema documents the defaults that hold", () => {
  const { definitions } = JSON.parse(readFileSync("schemas/slogen/config.schema.json", "utf8")) as {
    readonly definitions: { readonly datadog: { readonly properties: Readonly<Record<string, { readonly default?: Json }>> } };
  };
  const told = Object.entries(definitions.datadog.properties).flatMap(([key, { default: value }]) =>
    value === undefined ? [] : [[key, value]],
  );
  assert.deepEqual(datadogOptions(Object.fromEntries(told) as Readonly<Record<string, Json>>), datadogOptions({}));
});

test("an overlay that parts two numbers which Datadog compares, or forgets a query's name, is refused", () => {
  const BURN = 'burn_rate("__SLO_ID__shop-hits__").over("30d")';
  const counts = (good: string): string => `sli_specification: { count: { good_events_formula: { formula: '${good}' } } }`;
  const rows: readonly [path: string, merge: string, want: RegExp | undefined][] = [
    ["*/hits.slo.json", "thresholds: [{ timeframe: 30d, target: 95 }]", /no threshold has the primary timeframe 30d with its target/],
    ["*/hits.slo.json", "thresholds: [{ timeframe: 30d, target: 95 }], target_threshold: 95, warning_threshold: null", undefined],
    [
      "*/hits.slo.json",
      "thresholds: [{ timeframe: 30d, target: 95.1234 }], target_threshold: 95.1234, warning_threshold: null",
      /would cut/,
    ],
    ["*/hits.slo.json", counts("totl - bad"), /no formula uses the query total/],
    ["*/hits.slo.json", counts("total - bad"), undefined],
    ["*/*.page-1h.*", `query: '${BURN}.long_window("2h").short_window("5m") > 14.40'`, undefined],
    ["*/*.page-1h.*", "options: { thresholds: { critical: 20 } }", /the query alerts at 14.4 and the threshold at 20/],
    ["*/*.page-1h.*", `query: '${BURN}.long_window("1h").short_window("5m") > 20'`, /the query alerts at 20 and the threshold at 14.4/],
    ["*/*.page-1h.*", `query: '${BURN}.long_window("72h").short_window("5m") > 14.4'`, /the long window of 72h is not between/],
    ["*/*.page-1h.*", `query: '${BURN}.long_window("2h").short_window("5m") > 20', options: { thresholds: { critical: 20 } }`, undefined],
    ["*/*.no-data.*", "query: 'avg(last_1d):sum:x{*} == 5', options: { thresholds: { critical: 5 } }", undefined],
    ["manifest.json", "site: datadoghq.eu", undefined],
  ];
  for (const [path, merge, want] of rows) {
    const overlay = `{ target: datadog, path: 'datadog/${path}', merge: { ${merge} } }`;
    const config = configOf(`targets: [datadog]\ndatadog: { ${QUIET} }\noverlays: [${overlay}]`);
    const { diagnostics } = compileTexts({ "slo.yaml": spec() }, config);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      want === undefined ? [] : ["overlay/invalid-result"],
      merge,
    );
    if (want !== undefined) assert.match(diagnostics[0]?.message ?? "", want);
  }
});
