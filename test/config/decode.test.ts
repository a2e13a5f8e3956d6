import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DEFAULT_CONFIG, DEFAULT_STYLE, type Config } from "../../src/config/config.ts";
import { decodeConfig } from "../../src/config/decode.ts";
import { listSetting, parseSetting } from "../../src/config/setting.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { positionAt } from "../../src/diagnostics/source.ts";
import { exactText, type Json } from "../../src/yaml/json.ts";
import { spanOfPath } from "../../src/yaml/tree.ts";
import { unmark } from "../frontends/marks.ts";

interface Decoded {
  readonly config: Config | undefined;
  /** `code line:column` each. */
  readonly found: readonly string[];
}

function decode(text: string | undefined, set: readonly string[] = []): Decoded {
  const diagnostics: Diagnostic[] = [];
  const settings = set.flatMap((argument) => parseSetting(argument, (diagnostic) => diagnostics.push(diagnostic)) ?? []);
  const file = text === undefined ? undefined : { path: "slogen.yaml", text };
  const config = decodeConfig(file, (diagnostic) => diagnostics.push(diagnostic), settings);
  return { config, found: diagnostics.map(placed) };
}

function placed({ code, at }: Diagnostic): string {
  if (at === undefined) return code;
  const { line, column } = positionAt(at.file, at.start);
  return `${code} ${at.file.path === "slogen.yaml" ? "" : `${at.file.path} `}${line}:${column}`;
}

test("without a file, and with an empty one, the defaults hold", () => {
  for (const text of [undefined, "", "# nothing yet\n", "{}"]) assert.deepEqual(decode(text), { config: DEFAULT_CONFIG, found: [] });
});

test("the schema documents the defaults that hold", () => {
  const schema = JSON.parse(readFileSync("schemas/slogen/config.schema.json", "utf8")) as {
    readonly properties: Readonly<
      Record<string, { readonly default?: unknown; readonly properties?: Readonly<Record<string, { readonly default?: unknown }>> }>
    >;
  };
  const told = (key: string): unknown => schema.properties[key]?.default;
  const within = (key: string): unknown =>
    Object.fromEntries(Object.entries(schema.properties[key]?.properties ?? {}).map(([name, { default: value }]) => [name, value]));
  assert.deepEqual(
    told("specs"),
    DEFAULT_CONFIG.specs.map(({ text }) => text),
  );
  assert.deepEqual([told("exclude"), told("out"), told("targets"), told("overlays")], [[], DEFAULT_CONFIG.out, DEFAULT_CONFIG.targets, []]);
  assert.deepEqual(within("lenient"), DEFAULT_CONFIG.lenient);
  assert.deepEqual(within("style"), DEFAULT_STYLE);
});

test("a layout is a word or a map, and only a chart has a name", () => {
  const rows: readonly (readonly [layout: string, want: unknown])[] = [
    ["kustomize", { kind: "kustomize", syncWaves: false, chart: DEFAULT_CONFIG.layout.chart }],
    ["{ syncWaves: true }", { kind: "flat", syncWaves: true, chart: DEFAULT_CONFIG.layout.chart }],
    ["{ kind: helm, chart: { name: a } }", { kind: "helm", syncWaves: false, chart: { name: "a", version: "0.1.0" } }],
    ["jsonnet", ["schema/not-one-of 1:9"]],
    ["{ kind: kustomise }", ["schema/not-one-of 1:17"]],
    ["{ kind: kustomize, chart: { name: a } }", ["schema/unknown-field 1:28"]],
    ["{ kind: helm, chart: { version: 1.0 } }", ["schema/wrong-type 1:41"]],
  ];
  for (const [layout, want] of rows) {
    const { config, found } = decode(`layout: ${layout}\n`);
    const { kind, syncWaves, chart } = config?.layout ?? DEFAULT_CONFIG.layout;
    assert.deepEqual(config === undefined ? found : { kind, syncWaves, chart }, want, layout);
  }
});

test("every key is read", () => {
  const { config, found } = decode(`
specs: [teams/*/slo.yaml]
exclude: [teams/old/**]
out: deploy/slo
targets: [prometheus]
templates: words
lenient: { conditionsAsAnd: true }
style: { singleQuote: true, tabWidth: 4, endOfLine: crlf }
rules: { prometheus/retention: off, "slo/*": error }
prometheus:
  dialect: sloth
  windows: windows
  extraLabels: { cluster: eu-1 }
  maxRulesPerGroup: 40
overlays:
  - target: prometheus
    kind: PrometheusRule
    merge: { metadata: { labels: { a: "1" } }, rate: 1.10, gone: null }
  - { target: prometheus, path: "prometheus/*", name: x, patch: [{ op: move, from: /a, path: /b }, { op: add, path: /c/-, value: 1e-3 }] }
layout: { kind: helm, syncWaves: true, chart: { name: shop-slo, version: 2.0.0 } }
`);
  assert.deepEqual(found, []);
  assert.ok(config);
  const { overlays, options, ...rest } = config;
  assert.deepEqual(JSON.parse(JSON.stringify(rest, (key, value: unknown) => (key === "at" ? undefined : value))), {
    specs: [{ text: "teams/*/slo.yaml" }],
    exclude: [{ text: "teams/old/**" }],
    out: "deploy/slo",
    targets: ["prometheus"],
    templates: { text: "words" },
    catalogs: [{ text: "windows" }],
    lenient: { ...DEFAULT_CONFIG.lenient, conditionsAsAnd: true },
    layout: { kind: "helm", syncWaves: true, chart: { name: "shop-slo", version: "2.0.0" } },
    rules: [
      { code: "prometheus/retention", level: "off" },
      { code: "slo/*", level: "error" },
    ],
    projects: [],
    sources: [],
    environments: [],
    style: { singleQuote: true, tabWidth: 4, endOfLine: "crlf" },
  });
  assert.deepEqual(options["prometheus"]?.values, {
    dialect: "sloth",
    windows: "windows",
    extraLabels: { cluster: "eu-1" },
    maxRulesPerGroup: 40,
  });
  const interval = spanOfPath(options["prometheus"].node, ["dialect"]);
  assert.deepEqual(positionAt(interval.file, interval.start), { line: 11, column: 3 });

  const [merge, patch] = overlays.map(({ change }) => change);
  assert.ok(merge?.kind === "merge" && patch?.kind === "patch");
  const { rate, gone } = merge.value as Readonly<Record<string, Json>>;
  assert.deepEqual([rate !== undefined && exactText(rate), gone], ["1.1", null]);
  const [move, add] = patch.operations;
  assert.ok(move?.op === "move" && add?.op === "add");
  assert.deepEqual([move.from, move.path, add.path, exactText(add.value)], ["/a", "/b", "/c/-", "0.001"]);
});

test("sources and environments are read, with their defaults", () => {
  const { config, found } = decode(
    `
sources:
  plain: {}
  eu:
    type: prometheus
    address: https://mimir.example.com/prometheus/
    headers: { X-Scope-OrgID: shop }
    timeout: 20s
    scrapeInterval: 1m30s
    insecure: true
    authentication: { basic: { secret: reader, key: credentials } }
  login: { authentication: { oauth2: { tokenUrl: "https://login.example.com/token", clientId: gates, clientSecret: { secret: a, key: b }, scopes: [read] } } }
  amazon: { authentication: { sigv4: { region: eu-central-1, roleArn: "arn:aws:iam::1:role/read" } } }
environments:
  staging: {}
  prod-eu: { source: eu, matchers: { cluster: eu-1 }, namespace: shop, enforcement: enforce }
`,
    ["sources.plain.address=http://prometheus:9090"],
  );
  assert.deepEqual(found, []);
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, each: unknown) => (key === "at" ? undefined : each)));
  const usual = { type: "prometheus", headers: [], scrapeInterval: 30, scrapesFlagger: true, insecure: false };
  assert.deepEqual(plain(config?.sources), [
    { ...usual, name: "plain", address: "http://prometheus:9090" },
    {
      name: "eu",
      type: "prometheus",
      address: "https://mimir.example.com/prometheus",
      headers: [{ key: "X-Scope-OrgID", value: "shop" }],
      timeout: 20,
      scrapeInterval: 90,
      scrapesFlagger: true,
      insecure: true,
      authentication: { kind: "basic", credentials: { name: "reader", key: "credentials" } },
    },
    {
      ...usual,
      name: "login",
      authentication: {
        kind: "oauth2",
        tokenUrl: "https://login.example.com/token",
        clientId: "gates",
        clientSecret: { name: "a", key: "b" },
        scopes: ["read"],
      },
    },
    { ...usual, name: "amazon", authentication: { kind: "sigv4", region: "eu-central-1", roleArn: "arn:aws:iam::1:role/read" } },
  ]);
  assert.deepEqual(plain(config?.environments), [
    { name: "staging", matchers: [] },
    {
      name: "prod-eu",
      source: { text: "eu" },
      matchers: [{ key: "cluster", value: "eu-1" }],
      namespace: "shop",
      enforcement: "enforce",
    },
  ]);
});

test("a credential is refused wherever it may stand", () => {
  const rows: readonly string[] = [
    "headers: { authorization: «secret» }",
    "headers: { Proxy-Authorization: «x» }",
    "headers: { X-Api-Key: «x» }",
    "headers: { X-Auth-Token: «x» }",
    "headers: { Cookie: «a=b» }",
    "headers: { X-Any: «Bearer abc» }",
    "address: «'https://user:pw@host'»",
    "address: «'https://token@host/api'»",
    "authentication: { oauth2: { tokenUrl: «'https://host/token?client_secret=x'», clientId: a, clientSecret: { secret: a, key: b } } }",
  ];
  for (const row of rows) {
    const { text, marks } = unmark(`sources: { eu: { ${row} } }`);
    const place = (marks[0]?.start ?? 0) + 1;
    assert.deepEqual(decode(text), { config: undefined, found: [`config/literal-credential 1:${place}`] }, row);
  }
});

test("each mistake is one finding at its place", () => {
  const rows: readonly (readonly [text: string, ...found: readonly string[]])[] = [
    ["spec: [a]", "schema/unknown-field 1:1"],
    ["prometheus:\n  dialetc: sloth", "schema/unknown-field 2:3"],
    ["prometheus:\n  dialect: slot", "schema/not-one-of 2:12"],
    ["targets: [promethus]", "schema/not-one-of 1:11"],
    ["specs: slo.yaml", "schema/wrong-type 1:8"],
    ["specs: ['!slo.yaml']", "schema/bad-format 1:9"],
    ["specs: ['slo\\a.yaml']", "schema/bad-format 1:9"],
    ["prometheus: { interval: 30 }", "schema/wrong-type 1:25"],
    ["prometheus: { interval: 30 s }", "schema/bad-format 1:25"],
    ["prometheus: { version: 3.10 }", "schema/wrong-type 1:24"],
    ["prometheus: { extraLabels: { a-b: x } }", "schema/bad-key 1:30"],
    ["- a", "schema/wrong-type 1:3"],
    ["out: .", "config/out-is-project 1:6"],
    ["out: ./", "config/out-is-project 1:6"],
    ["out: a\n---\nout: b", "config/several-documents 3:1"],
    ["projects: [a]\nout: b", "config/not-only-projects 2:1"],
    ["overlays: [{ target: prometheus }]", "config/overlay-change 1:14"],
    ["overlays: [{ target: prometheus, merge: {}, patch: [{ op: remove, path: /a }] }]", "config/overlay-change 1:14"],
    ["overlays: [{ target: prometheus, patch: [{ op: add, path: /a }] }]", "config/operation-value 1:44"],
    ["overlays: [{ target: prometheus, patch: [{ op: remove, path: /a, value: 1 }] }]", "config/operation-value 1:66"],
    ["overlays: [{ target: prometheus, patch: [{ op: remove, path: a }] }]", "schema/bad-format 1:62"],
    ["overlays: [{ target: prometheus, merge: { a: .inf } }]", "config/not-finite 1:46"],
    ["sources: { eu: { adress: 'http://a' } }", "schema/unknown-field 1:18"],
    ["sources: { eu: { address: prometheus:9090 } }", "schema/bad-format 1:27"],
    ["sources: { eu: { address: 'http://a?tenant=b' } }", "schema/bad-format 1:27"],
    ["sources: { EU: {} }", "schema/bad-key 1:12"],
    ["sources: { eu: { scrapeInterval: 15 } }", "schema/wrong-type 1:34"],
    ["sources: { eu: { authentication: { bearer: { secret: a } } } }", "schema/missing-field 1:36"],
    ["sources: { eu: }", "schema/wrong-type 1:12"],
    ["environments: { prod: { source: eu } }", "config/unknown-source 1:33"],
    ["environments: { prod: { matchers: { a b: c } } }", "schema/bad-key 1:37"],
    ["environments: { prod: { enforcement: enforced } }", "schema/not-one-of 1:38"],
    ["spec: a\nout: 1\nstyle: { tabWidth: 1 }", "schema/unknown-field 1:1", "schema/wrong-type 2:6", "schema/out-of-range 3:20"],
  ];
  for (const [text, ...found] of rows) {
    const result = decode(text);
    assert.deepEqual([...result.found].sort(), [...found].sort(), text);
    assert.equal(result.config, undefined, text);
  }
});

test("a setting lies over the file, before it is checked", () => {
  const rows: readonly (readonly [text: string, set: readonly string[], wanted: Json])[] = [
    ["prometheus: { dialect: sloth }", ["prometheus.dialect=slogen"], { dialect: "slogen" }],
    ["prometheus: { dialect: sloth }", ["prometheus.disableAlerts=true"], { dialect: "sloth", disableAlerts: true }],
    ["", ["prometheus.dialect=sloth", "prometheus.dialect=slogen"], { dialect: "slogen" }],
    ["", ["prometheus.extraLabels={a: b}", "prometheus.extraLabels.c=d=e"], { extraLabels: { a: "b", c: "d=e" } }],
    ["", ["prometheus.operatorLabels.app\\.kubernetes\\.io/name=x"], { operatorLabels: { "app.kubernetes.io/name": "x" } }],
    ["prometheus: { dialet: sloth }", ["prometheus={minBadEvents: 1}"], { minBadEvents: 1 }],
  ];
  for (const [text, set, wanted] of rows) {
    const { config, found } = decode(text, set);
    assert.deepEqual(found, [], set.join(" "));
    assert.deepEqual(config?.options["prometheus"]?.values, wanted, set.join(" "));
  }
});

test("a wrong setting is a finding at its own text", () => {
  const rows: readonly (readonly [set: string, found: string])[] = [
    ["prometheus.dialect", "config/bad-set <--set prometheus.dialect> 1:1"],
    ["=x", "config/bad-set <--set > 1:1"],
    ["prometheus..x=1", "config/bad-set <--set prometheus..x> 1:1"],
    ["prometheus.dialetc=sloth", "schema/unknown-field <--set prometheus.dialetc> 1:12"],
    ["prometheus.dialect=slot", "schema/not-one-of <--set prometheus.dialect> 1:20"],
    ["promethus.dialect=sloth", "schema/unknown-field <--set promethus.dialect> 1:1"],
    ["out.x=1", "schema/wrong-type <--set out.x> 1:1"],
    ["specs.0=a", "schema/wrong-type <--set specs.0> 1:1"],
    ["prometheus.extraLabels.a=", "schema/wrong-type <--set prometheus.extraLabels.a> 1:24"],
  ];
  for (const [set, wanted] of rows) assert.deepEqual(decode("", [set]).found, [wanted], set);
  assert.match(decode("", ["out=[a"]).found.join(), /^yaml\/.* <--set out> 1:/);
});

test("a repeated flag is a list with a place for each item", () => {
  const { path, value } = listSetting("-t", "targets", ["prometheus", "yes"]);
  assert.equal(path[0].text, "targets");
  assert.ok(value.kind === "list");
  assert.deepEqual(
    value.items.map(({ at }) => at.file.text.slice(at.start, at.end)),
    ["prometheus", "yes"],
  );
});

test("no text makes the reader throw", () => {
  const texts = [
    "a: &x [*x]",
    "? [a]\n: b",
    "__proto__: 1",
    "specs: [null]",
    "prometheus: ~",
    "overlays: [1, {}]",
    "lenient: []",
    "\u0000",
    "projects: {}",
  ];
  for (const text of texts) assert.equal(decode(text).config, undefined, text);
});
