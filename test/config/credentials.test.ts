import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLiteralKeys } from "../../src/config/credentials.ts";
import { decodeConfig } from "../../src/config/decode.ts";
import { parseSetting } from "../../src/config/setting.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { reportJson } from "../../src/diagnostics/reporters/json.ts";
import { reportPretty } from "../../src/diagnostics/reporters/pretty.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { mark, unmark } from "../frontends/marks.ts";

/** Of the form of Datadog's keys, and keys of nobody. */
const API_KEY = "0123456789abcdef0123456789ABCDEF";
const APP_KEY = "0123456789abcdef0123456789abcdef01234567";
const NEW_APP_KEY = "ddapp_0123456789ABCDEFGHIJabcdefghij0123";

function found(marked: string): { readonly wanted: string; readonly got: string; readonly diagnostics: readonly Diagnostic[] } {
  const file = { path: "slogen.yaml", text: unmark(marked).text };
  const diagnostics: Diagnostic[] = [];
  for (const root of readYaml(file, (diagnostic) => assert.fail(diagnostic.message))) {
    checkLiteralKeys(root, (diagnostic) => diagnostics.push(diagnostic));
  }
  return {
    wanted: marked,
    got: mark(
      file,
      diagnostics.map(({ at }) => at),
    ),
    diagnostics,
  };
}

test("a Datadog key is found wherever it stands", () => {
  const rows = [
    // By its form, whatever it is called
    ...[API_KEY, APP_KEY, NEW_APP_KEY, `pub${API_KEY.toLowerCase()}`].map((key) => `a: { b: [«${key}»] }`),
    `a: «ddpat_0123456789abcdefghij0123»`,
    `sources: { dd: { keysFrom: { vault: { apiKey: «${API_KEY}» } } } }`,
    `sources: { dd: { keysFrom: { externalSecrets: { apiKey: { key: «"${API_KEY}"» } } } } }`,
    `a: «|\n  ${API_KEY}»\n`,
    `a: «" ${APP_KEY} "»`,
    `a: «"https://api.datadoghq.com/api/v1/slo?api_key=${API_KEY}&x=1"»`,
    `a: «'curl -H "DD-API-KEY: ${API_KEY}"'»`,
    // By its name, whatever its form
    ...["apiKey", "api_key", "API-KEY", "appKey", "app-key", "applicationKey", "DD_API_KEY", "DD-APPLICATION-KEY", "datadog_app_key"].map(
      (name) => `a: { ${name}: «hunter2» }`,
    ),
    `overlays: [{ patch: [{ op: add, path: /data/api-key, value: «aHVudGVyMg==» }] }]`,
    `a: [{ name: DD_APP_KEY, value: «hunter2» }]`,
    `api_key: «|\n  hunter2»\n`,
  ];
  for (const row of rows) {
    const { wanted, got } = found(row);
    assert.equal(got, wanted);
  }
});

test("what only looks like a key is none", () => {
  const rows = [
    // Datadog's SLOs and other things have ids of 32 such digits, commits have 40
    ...["id", "slo_id", "sloId", "slo-ids", "trace_id", "teamID", "uuid", "md5", "config-hash", "app.kubernetes.io/version"].map(
      (name) => `a: { ${name}: ${API_KEY} }`,
    ),
    ...["commit", "gitCommit", "revision", "sha1", "image-digest", "image_tag"].map((name) => `a: { ${name}: ${APP_KEY} }`),
    `a: { monitor: 'error_budget("${API_KEY.toLowerCase()}").over("30d") > 75' }`,
    // Not of the form
    `a: "${"0".repeat(32)}"`,
    `a: "${"1234567890".repeat(4)}"`,
    `a: "${"abcdefab".repeat(4)}"`,
    `a: ${API_KEY}0`,
    `a: sha256:${"0123456789abcdef".repeat(4)}`,
    `a: publishing`,
    // Where a key is, not what it is
    `keysFrom: { vault: { mount: kv, path: datadog/gates, apiKey: api-key, appKey: application } }`,
    `keysFrom: { externalSecrets: { apiKey: { key: datadog/api-key }, appKey: { key: datadog/app-key, property: value } } }`,
    ...[
      "$DD_API_KEY",
      "${DD_API_KEY}",
      "'{{ .Values.key }}'",
      "ENC[datadog_api_key]",
      "<your key>",
      "env:DD_API_KEY",
      "'***'",
      "''",
      "",
    ].map((value) => `api_key: ${value}`),
    `app_key: true`,
    `labels: { app-key: checkout }`,
    `app-keys: checkout`,
    `authentication: { bearer: { secret: reader, key: token } }`,
  ];
  for (const row of rows) {
    const { diagnostics } = found(row);
    assert.deepEqual(diagnostics, [], row);
  }
});

test("no report shows a key, nor another one on its line", () => {
  const text = `specs: [1]\nsources: { dd: { type: datadog, api_key: hunter2 }, x: { headers: { app_key: 'correct horse' }, apiKey: ${API_KEY} } }\n`;
  const diagnostics: Diagnostic[] = [];
  const setting = parseSetting(`datadog.apiKey=${APP_KEY}`, (diagnostic) => assert.fail(diagnostic.message));
  assert.ok(setting);
  assert.equal(
    decodeConfig({ path: "slogen.yaml", text }, (diagnostic) => diagnostics.push(diagnostic), [setting]),
    undefined,
  );
  const at = { file: { path: "slogen.yaml", text }, start: 20, end: 30 };
  const all: Diagnostic[] = [
    ...diagnostics,
    { code: "a/b", severity: "error", unreadable: false, message: "something else", related: [], at },
  ];
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    Array(4).fill("config/literal-credential"),
  );
  for (const report of [reportPretty(all, { color: false }), reportJson(all)]) {
    for (const secret of ["hunter2", "correct", "horse", API_KEY, APP_KEY]) assert.ok(!report.includes(secret), report);
  }
  assert.match(
    reportPretty(all, { color: false }),
    /datadog, api_key: \*{7} \}, x: \{ headers: \{ app_key: '\*{7} \*{5}' \}, apiKey: \*{10}/,
  );
});

test("a credential in a header of a Prometheus is not shown either", () => {
  const text = "sources: { p: { headers: { Authorization: Bearer abc123 } } }\n";
  const diagnostics: Diagnostic[] = [];
  decodeConfig({ path: "slogen.yaml", text }, (diagnostic) => diagnostics.push(diagnostic));
  assert.match(reportPretty(diagnostics, { color: false }), /Authorization: \*{6} \*{6} \}/);
});
