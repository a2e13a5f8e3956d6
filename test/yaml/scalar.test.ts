import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDocument } from "yaml";
import { differsBetweenVersions, goText, numberText, scalarValue } from "../../src/yaml/scalar.ts";
import type { YamlScalar } from "../../src/yaml/tree.ts";
import { random } from "./random.ts";

function scalar(text: string, more: Partial<YamlScalar> = {}): YamlScalar {
  return { kind: "scalar", text, style: "plain", at: { file: { path: "x.yaml", text }, start: 0, end: text.length }, ...more };
}

const rows: readonly {
  readonly text: string;
  readonly go: unknown;
  readonly core: unknown;
  readonly json?: unknown;
  readonly number?: string;
  readonly asText: string;
}[] = [
  { text: "99.9", go: 99.9, core: 99.9, json: 99.9, number: "99.9", asText: "99.9" },
  { text: "0.20", go: 0.2, core: 0.2, json: 0.2, number: "0.20", asText: "0.2" },
  { text: "1e-3", go: 0.001, core: 0.001, json: 0.001, number: "1e-3", asText: "0.001" },
  { text: "1e3", go: 1000, core: 1000, json: 1000, number: "1e3", asText: "1000" },
  { text: "1e6", go: 1e6, core: 1e6, json: 1e6, number: "1e6", asText: "1e+06" },
  { text: "1e21", go: 1e21, core: 1e21, json: 1e21, number: "1e21", asText: "1e+21" },
  { text: "1000000", go: 1e6, core: 1e6, json: 1e6, number: "1000000", asText: "1000000" },
  { text: "010", go: 8, core: 10, number: "8", asText: "8" },
  { text: "0o17", go: 15, core: 15, number: "15", asText: "15" },
  { text: "0x1F", go: 31, core: 31, number: "31", asText: "31" },
  { text: "0b11", go: 3, core: "0b11", number: "3", asText: "3" },
  { text: "1_000", go: 1000, core: "1_000", number: "1000", asText: "1000" },
  { text: "+12", go: 12, core: 12, number: "12", asText: "12" },
  {
    text: "18446744073709551615",
    go: 2 ** 64,
    core: 2 ** 64,
    json: 2 ** 64,
    number: "18446744073709551615",
    asText: "18446744073709551615",
  },
  { text: "1e400", go: "1e400", core: Infinity, json: Infinity, asText: "1e400" },
  { text: ".inf", go: Infinity, core: Infinity, asText: "+Inf" },
  { text: "yes", go: true, core: "yes", asText: "true" },
  { text: "y", go: true, core: "y", asText: "true" },
  { text: "Off", go: false, core: "Off", asText: "false" },
  { text: "true", go: true, core: true, json: true, asText: "true" },
  { text: "~", go: null, core: null, asText: "" },
  { text: "null", go: null, core: null, json: null, asText: "" },
  { text: "2024-01-01", go: "2024-01-01", core: "2024-01-01", asText: "2024-01-01" },
  { text: "12:30:00", go: "12:30:00", core: "12:30:00", asText: "12:30:00" },
  { text: "30d", go: "30d", core: "30d", asText: "30d" },
];

for (const { text, go, core, json = text, number, asText } of rows) {
  test(`\`${text}\` has its value by each set of rules`, () => {
    const plain = scalar(text);
    assert.equal(scalarValue(plain, "go-yaml-1.1"), go);
    assert.equal(scalarValue(plain, "yaml-1.2"), core);
    assert.equal(scalarValue(plain, "json"), json);
    assert.equal(numberText(plain, "go-yaml-1.1"), number);
    assert.equal(goText(plain, "go-yaml-1.1"), asText);
  });
}

test("quoted and block text is never a number, unless a tag says so", () => {
  for (const style of ["single", "double", "literal", "folded"] as const) {
    assert.equal(scalarValue(scalar("010", { style }), "go-yaml-1.1"), "010");
    assert.equal(scalarValue(scalar("010", { style, tag: "tag:yaml.org,2002:int" }), "go-yaml-1.1"), 8);
  }
  assert.equal(scalarValue(scalar("1", { tag: "tag:yaml.org,2002:str" }), "yaml-1.2"), "1");
  assert.equal(scalarValue(scalar("1", { tag: "tag:yaml.org,2002:float" }), "go-yaml-1.1"), 1);
  assert.equal(scalarValue(scalar("x", { tag: "tag:yaml.org,2002:int" }), "go-yaml-1.1"), "x");
  assert.equal(scalarValue(scalar("", { style: "missing" }), "json"), null);
  assert.equal(scalarValue(scalar("", { style: "missing", tag: "tag:yaml.org,2002:str" }), "json"), "");
});

test("the words and numbers that YAML 1.1 and 1.2 disagree on are known", () => {
  const differ = ["on", "No", "y", "N", "010", "0b1", "1_000", "-0x1F", "12:30", "190:20:30.15", "1e400"];
  const agree = ["true", "~", "10", "1e3", "0x1F", "0o17", "99.9", "2024-01-01", "slo:rate5m", "5m", "text", ".inf", ".nan"];
  assert.deepEqual(
    [...differ, ...agree].filter((text) => differsBetweenVersions(scalar(text))),
    differ,
  );
  assert.equal(differsBetweenVersions(scalar("on", { style: "double" })), false);
});

test("10,000 random plain scalars have the value of the `yaml` package under YAML 1.2", () => {
  const next = random(5);
  for (let i = 0; i < 10_000; i++) {
    const text = Array.from({ length: 1 + next.below(6) }, () => next.pick(PIECES)).join("");
    const document = parseDocument(`v: ${text}\n`, { version: "1.2" });
    const value: unknown = document.get("v");
    if (
      document.errors.length > 0 ||
      (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean" && value !== null)
    )
      continue;
    if (value !== text && /\s/.test(text)) continue;
    const ours = scalarValue(scalar(text), "yaml-1.2");
    // The package keeps the sign of a whole `-0`.
    assert.equal(ours === 0 ? 0 : ours, value === 0 ? 0 : value, text);
  }
});

const PIECES = [...Array.from("0123456789+-._eExob~"), "true", "null", ".inf", "NaN"];
