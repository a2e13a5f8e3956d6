import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { decodePushManifest } from "../../src/push/manifest.ts";
import { fillIn, placeholderIn } from "../../src/push/placeholders.ts";
import { datadogApi } from "../../src/model/policy.ts";
import { SITES, pageOf } from "../../src/push/site.ts";
import { storedTag } from "../../src/datadogql/tags.ts";
import { valuesOf } from "../../src/push/tags.ts";
import { readFileSync } from "node:fs";

test("a manifest that is not understood in full is refused, and says why", () => {
  const slo = { id: "a", kind: "slo", file: "a.slo.json", needs: [] };
  const monitor = { id: "a.page", kind: "monitor", file: "a.monitor.json", needs: ["a"] };
  const rows: readonly (readonly [text: string, said: RegExp])[] = [
    ["", /no JSON object/],
    ["[]", /no JSON object/],
    [JSON.stringify({ version: 2, site: "datadoghq.eu", objects: [] }), /`version` is 2/],
    [JSON.stringify({ site: "datadoghq.eu", objects: [] }), /`version` is null/],
    [JSON.stringify({ version: 1, site: "datadoghq.eu" }), /objects/],
    [JSON.stringify({ version: 1, site: "datadog.eu", objects: [] }), /site `datadog\.eu`/],
    [JSON.stringify({ version: 1, site: "datadoghq.eu", objects: [{ ...slo, file: "../a.slo.json" }] }), /file/],
    [
      JSON.stringify({ version: 1, site: "datadoghq.eu", objects: [{ ...slo, kind: "dashboard", file: "a.monitor.json" }] }),
      /objects\/0\/kind/,
    ],
    [JSON.stringify({ version: 1, site: "datadoghq.eu", objects: [slo, { ...slo, id: "A", file: "b.slo.json" }] }), /both have the id `a`/],
    [JSON.stringify({ version: 1, site: "datadoghq.eu", objects: [monitor, slo] }), /needs the SLO `a`, which does not come before/],
    [JSON.stringify({ version: 1, site: "datadoghq.eu", objects: [slo, { ...monitor, needs: ["b"] }] }), /needs the SLO `b`/],
  ];
  for (const [text, said] of rows) {
    const found: Diagnostic[] = [];
    assert.equal(
      decodePushManifest({ path: "m.json", text }, (each) => found.push(each)),
      undefined,
      text,
    );
    assert.equal(found.length, 1, text);
    assert.match(found[0]?.message ?? "", said);
  }
});

test("the sites are those of the schema, each with its API and the page of an object", () => {
  const schema = JSON.parse(readFileSync("schemas/datadog/manifest.schema.json", "utf8")) as { properties: { site: { enum: string[] } } };
  assert.deepEqual(SITES, schema.properties.site.enum);
  assert.equal(datadogApi("us5.datadoghq.com"), "https://api.us5.datadoghq.com");
  const rows: readonly (readonly [site: string, page: string])[] = [
    ["datadoghq.com", "https://app.datadoghq.com/monitors/7"],
    ["datadoghq.eu", "https://app.datadoghq.eu/monitors/7"],
    ["us5.datadoghq.com", "https://us5.datadoghq.com/monitors/7"],
    ["ddog-gov.com", "https://app.ddog-gov.com/monitors/7"],
    ["us2.ddog-gov.com", "https://us2.ddog-gov.com/monitors/7"],
  ];
  for (const [site, page] of rows) assert.equal(pageOf(site, "monitor", "7"), page);
});

test("placeholders are filled wherever they stand, the longest id first, and those that are left are found", () => {
  const ids = new Map([
    ["a", "1"],
    ["a__b", "2"],
  ]);
  const payload = {
    query: 'f("__SLO_ID__a__") + f("__SLO_ID__a__b__")',
    tags: ["x:__SLO_ID__a__"],
    options: { n: 1, of: "__SLO_ID__c__" },
  };
  const filled = fillIn(payload, ids);
  assert.deepEqual(filled, { query: 'f("1") + f("2")', tags: ["x:1"], options: { n: 1, of: "__SLO_ID__c__" } });
  assert.equal(placeholderIn(filled), "__SLO_ID__c__");
  assert.equal(placeholderIn(fillIn(filled, new Map([["c", "3"]]))), undefined);
});

test("a tag is known again by what Datadog stores of it", () => {
  const rows: readonly (readonly [tag: string, stored: string])[] = [
    ["Env:Prod", "env:prod"],
    ["1team:x", "team:x"],
    ["team:a b!!c", "team:a_b_c"],
    ["team:x__", "team:x"],
    ["url:https://a.b/c-d", "url:https://a.b/c-d"],
    [`a:${"x".repeat(300)}`, `a:${"x".repeat(198)}`],
  ];
  for (const [tag, stored] of rows) assert.equal(storedTag(tag), stored);
  assert.deepEqual(valuesOf(["Slogen_ID:A", "slogen_id:a", "slogen_id2:b", "x:slogen_id:c"], "slogen_id"), ["a"]);
});
