import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeConfig } from "../../src/config/decode.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { positionAt } from "../../src/diagnostics/source.ts";
import type { Artifact } from "../../src/output/artifact.ts";
import { applyOverlays } from "../../src/output/overlay.ts";
import { problemOf } from "../../src/schema/validate.ts";
import type { Json } from "../../src/yaml/json.ts";

const ARTIFACTS: readonly Artifact[] = [
  {
    kind: "yaml",
    path: "prometheus/shop.yaml",
    sources: [],
    documents: [
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: { name: "shop", labels: { team: "a" } },
        spec: {
          groups: [
            {
              name: "g1",
              rules: [
                { record: "r:1", expr: "x" },
                { alert: "Burn", expr: "y", labels: { severity: "page" } },
              ],
            },
          ],
        },
      },
    ],
  },
  {
    kind: "yaml",
    path: "prometheus/cart.yaml",
    sources: [],
    documents: [
      {
        groups: [
          {
            name: "g2",
            rules: [
              { alert: "Burn", expr: "z" },
              { alert: "Absent", expr: "w" },
            ],
          },
        ],
      },
    ],
  },
  { kind: "json", path: "prometheus/shop.json", sources: [], value: { name: "json" } },
  { kind: "text", path: "prometheus/sloth.yml", sources: [], text: "groups: []\n" },
];

interface Overlaid {
  readonly documents: Readonly<Record<string, Json>>;
  readonly found: readonly string[];
  readonly messages: readonly string[];
}

/** Applies overlays written as in `slogen.yaml`, one a line. */
function overlay(...lines: readonly string[]): Overlaid {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): unknown => diagnostics.push(diagnostic);
  const config = decodeConfig(
    { path: "slogen.yaml", text: `overlays:\n${lines.map((line) => `  - { target: prometheus, ${line} }\n`).join("")}` },
    report,
  );
  assert.ok(config, diagnostics.map(({ message }) => message).join());
  const result = applyOverlays("prometheus", ARTIFACTS, config.overlays, report);
  return {
    documents: Object.fromEntries(
      result.map((artifact) => [
        artifact.path,
        artifact.kind === "yaml" ? (artifact.documents[0] ?? null) : artifact.kind === "json" ? artifact.value : artifact.text,
      ]),
    ),
    found: diagnostics.map(({ code, at }) => `${code} ${at === undefined ? "" : positionAt(at.file, at.start).line}`),
    messages: diagnostics.map(({ message, why = "", help = "" }) => `${message} ${why} ${help}`),
  };
}

const before = overlay("path: prometheus/shop.json, merge: {}").documents;

/** The paths of the artifacts that differ from before. */
function changedPaths({ documents }: Overlaid): readonly string[] {
  return Object.keys(documents).filter((path) => JSON.stringify(documents[path]) !== JSON.stringify(before[path]));
}

test("an overlay chooses by path, kind and name", () => {
  const rows: readonly (readonly [selector: string, changed: readonly string[]])[] = [
    ["kind: PrometheusRule", ["prometheus/shop.yaml"]],
    ["kind: PrometheusRule, name: shop", ["prometheus/shop.yaml"]],
    ["name: shop", ["prometheus/shop.yaml"]],
    ["name: 'sh*'", ["prometheus/shop.yaml"]],
    ["path: prometheus/cart.yaml", ["prometheus/cart.yaml"]],
    ["path: 'prometheus/shop*'", ["prometheus/shop.yaml", "prometheus/shop.json"]],
    ["kind: Alert", ["prometheus/shop.yaml", "prometheus/cart.yaml"]],
    ["kind: Alert, name: Burn, path: '*/cart*'", ["prometheus/cart.yaml"]],
    ["kind: Alert, name: Absent", ["prometheus/cart.yaml"]],
    ["kind: Record", ["prometheus/shop.yaml"]],
    ["kind: Group, name: g2", ["prometheus/cart.yaml"]],
    ["name: json", ["prometheus/shop.json"]],
  ];
  for (const [selector, changed] of rows) {
    const result = overlay(`${selector}, merge: { x: 1 }`);
    assert.deepEqual(result.found, [], selector);
    assert.deepEqual(changedPaths(result), changed, selector);
  }
});

test("a rule is changed where it stands, in a rules file and in a PrometheusRule", () => {
  const { documents } = overlay("kind: Alert, name: Burn, merge: { labels: { channel: shop } }");
  assert.deepEqual(documents["prometheus/cart.yaml"], {
    groups: [
      {
        name: "g2",
        rules: [
          { alert: "Burn", expr: "z", labels: { channel: "shop" } },
          { alert: "Absent", expr: "w" },
        ],
      },
    ],
  });
  assert.match(JSON.stringify(documents["prometheus/shop.yaml"]), /"labels":\{"severity":"page","channel":"shop"\}/);
});

test("overlays apply in their order, each to what the one before has left", () => {
  const { documents, found } = overlay(
    "name: json, merge: { a: { b: 1 } }",
    "name: json, patch: [{ op: move, from: /a/b, path: /c }, { op: remove, path: /a }]",
  );
  assert.deepEqual(found, []);
  assert.equal(JSON.stringify(documents["prometheus/shop.json"]), JSON.stringify({ name: "json", c: {} }));
});

test("an overlay that matches nothing is a warning at its line, with the nearest name", () => {
  const { found, messages } = overlay("name: json, merge: {}", "name: shpo, merge: {}", "kind: Alert, name: nothing-like-it, merge: {}");
  assert.deepEqual(found, ["overlay/unmatched 3", "overlay/unmatched 4"]);
  assert.match(messages[0] ?? "", /did you mean `shop`\?/);
});

test("text that copies another tool takes no overlay, and the warning says so", () => {
  const { found, messages, documents } = overlay("path: '*.yml', merge: { x: 1 }");
  assert.deepEqual(found, ["overlay/unmatched 2"]);
  assert.match(messages[0] ?? "", /`sloth` dialect/);
  assert.equal(documents["prometheus/sloth.yml"], "groups: []\n");
});

test("a patch that fails is one error at its operation, however many objects it fails on", () => {
  const result = overlay("kind: Alert, patch: [{ op: test, path: /expr, value: y }, { op: remove, path: /lables }]");
  assert.deepEqual(result.found, ["overlay/patch-failed 2", "overlay/patch-failed 2"]);
  assert.match(
    result.messages[0] ?? "",
    /fails on the Alert `Burn` in `prometheus\/shop\.yaml`: there is no `lables`; did you mean `labels`/,
  );
  assert.deepEqual(changedPaths(result), []);
});

test("an object must stay a map", () => {
  assert.deepEqual(overlay("name: json, patch: [{ op: replace, path: '', value: [] }]").found, ["overlay/not-a-map 2"]);
});

test("what an overlay leaves is held to the target's schema, where its numbers count as numbers", () => {
  const rows: readonly (readonly [change: string, problem: string | undefined])[] = [
    ["kind: Group, merge: { limit: 10 }", undefined],
    ["kind: Group, merge: { limit: 1.5 }", "`/spec/groups/0/limit` must be of type integer"],
    ["kind: Group, merge: { interval: 1 minute }", "`/spec/groups/0/interval` does not match"],
    ["kind: Alert, merge: { keepFiringFor: 1m }", "`/spec/groups/0/rules/1` knows no field `keepFiringFor`"],
    ["kind: Alert, merge: { expr: null }", "`/spec/groups/0/rules/1` needs the field `expr`"],
    ["kind: Record, merge: { for: 1m }", "`/spec/groups/0/rules/0/for` is not allowed here"],
  ];
  for (const [change, problem] of rows) {
    const found: Diagnostic[] = [];
    const file = { path: "slogen.yaml", text: `overlays: [{ target: prometheus, ${change} }]` };
    const config = decodeConfig(file, (diagnostic) => found.push(diagnostic));
    applyOverlays(
      "prometheus",
      ARTIFACTS,
      config?.overlays ?? [],
      (diagnostic) => found.push(diagnostic),
      (document) => problemOf("prometheus/rules", document),
    );
    const wanted = problem === undefined ? [] : [`this overlay spoils \`prometheus/shop.yaml\`: ${problem}`];
    assert.equal(found.length, wanted.length, change);
    for (const [index, { message }] of found.entries()) assert.ok(message.startsWith(wanted[index] ?? ""), message);
  }
});

test("overlays of another target do not concern this one", () => {
  const diagnostics: Diagnostic[] = [];
  const config = decodeConfig({ path: "slogen.yaml", text: "overlays: [{ target: prometheus, merge: {} }]" }, () => undefined);
  const result = applyOverlays("other", ARTIFACTS, config?.overlays ?? [], (diagnostic) => diagnostics.push(diagnostic));
  assert.deepEqual([result, diagnostics], [ARTIFACTS, []]);
});
