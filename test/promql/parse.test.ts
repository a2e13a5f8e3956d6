import assert from "node:assert/strict";
import { test } from "node:test";
import { FUNCTIONS } from "../../src/promql/functions.ts";
import { parseExpr } from "../../src/promql/parse.ts";
import { typeOf } from "../../src/promql/rewrite.ts";
import { REAL_QUERIES } from "./generator.ts";
import { bare, parsed } from "./support.ts";

test("queries that people write are read", () => {
  for (const query of REAL_QUERIES) parsed(query);
});

test("every node spans its own text", () => {
  const query = 'sum by (a) (rate(x{b="c"}[5m] offset 1h)) / 2';
  const division = parsed(query);
  assert.ok(division.kind === "binary" && division.left.kind === "aggregation" && division.left.expr.kind === "call");
  const [range] = division.left.expr.args;
  assert.ok(range?.kind === "matrix");
  const texts = [division, division.left, division.left.expr, range, range.selector, range.selector.matchers[0], division.right].map(
    (node) => node?.at && query.slice(node.at.start, node.at.end),
  );
  assert.deepEqual(texts, [
    query,
    'sum by (a) (rate(x{b="c"}[5m] offset 1h))',
    'rate(x{b="c"}[5m] offset 1h)',
    'x{b="c"}[5m] offset 1h',
    'x{b="c"}',
    'b="c"',
    "2",
  ]);
});

test("operators group as in Prometheus", () => {
  const rows: readonly [text: string, grouped: string][] = [
    ["a + b * c ^ d ^ e", "a + (b * (c ^ (d ^ e)))"],
    ["a - b - c", "(a - b) - c"],
    ["-a ^ b * c", "(-(a ^ b)) * c"],
    ["a ^ -b * c", "(a ^ (-b)) * c"],
    ["a or b and c unless d == e", "a or ((b and c) unless (d == e))"],
    ["a + b offset 5m * c", "a + ((b offset 5m) * c)"],
    ["a % b atan2 c", "(a % b) atan2 c"],
    ["a AND b Or c", "(a and b) or c"],
  ];
  const withoutParens = (text: string): unknown =>
    JSON.parse(JSON.stringify(bare(parsed(text))), (_, value: { kind?: string; expr?: unknown } | null) =>
      value?.kind === "paren" ? value.expr : value,
    );
  for (const [text, grouped] of rows) assert.deepEqual(withoutParens(text), withoutParens(grouped), text);
});

test("offset and @ belong to the selector inside a range, and to a subquery as a whole", () => {
  const range = parsed("x[5m] offset -1h @ end()");
  assert.ok(range.kind === "matrix");
  assert.deepEqual(range.selector.offset, { negative: true, by: { kind: "duration", milliseconds: 3_600_000 } });
  assert.deepEqual(range.selector.anchor, { kind: "end" });
  const subquery = parsed("x offset 1m[5m:30s] @ 7");
  assert.ok(subquery.kind === "subquery" && subquery.expr.kind === "vector");
  assert.equal(subquery.offset, undefined);
  assert.deepEqual(subquery.anchor, { kind: "timestamp", text: "7" });
});

test("strings are read with Go's escapes", () => {
  const rows: readonly [source: string, value: string][] = [
    [String.raw`"a\nb\t\"\\"`, 'a\nb\t"\\'],
    [String.raw`'it\'s "x"'`, `it's "x"`],
    ["`a\\d\n`", "a\\d\n"],
    [String.raw`"\x41\101é\U0001F600"`, "AAé😀"],
    ['"{{x}}"', "{{x}}"],
  ];
  for (const [source, value] of rows) {
    const expr = parsed(`x == on () label_replace(x, ${source}, "", "", "")`, { windows: false });
    assert.ok(expr.kind === "binary" && expr.right.kind === "call" && expr.right.args[1]?.kind === "string");
    assert.equal(expr.right.args[1].value, value);
  }
});

test("every spelling of the window becomes a hole", () => {
  for (const placeholder of ["{{.window}}", "{{ .window }}", "{{.Window}}", "{{window}}", "{{\t.window }}", "window"]) {
    assert.deepEqual(bare(parsed(`rate(x[${placeholder}])`)), bare(parsed("rate(x[{{.window}}])")), placeholder);
  }
  const subquery = parsed("x[{{.window}}:{{.window}}] offset {{.window}}");
  assert.ok(subquery.kind === "subquery");
  assert.deepEqual([subquery.range, subquery.step, subquery.offset?.by], [{ kind: "window" }, { kind: "window" }, { kind: "window" }]);
  const selector = parsed(`a:rate{{.window}}_b{w="{{ .window }}", x='1{{.window}}\\n'}`);
  assert.ok(selector.kind === "vector");
  const window = { kind: "window" };
  assert.deepEqual(selector.name, { kind: "template", parts: ["a:rate", window, "_b"] });
  assert.deepEqual(
    selector.matchers.map(({ value }) => value),
    [
      { kind: "template", parts: [window] },
      { kind: "template", parts: ["1", window, "\n"] },
    ],
  );
});

test("braces in a string are just text where no windows are read", () => {
  const expr = parsed('x{hash="{{args.hash}}", w="{{.window}}"}', { windows: false });
  assert.ok(expr.kind === "vector");
  assert.deepEqual(
    expr.matchers.map(({ value }) => value),
    ["{{args.hash}}", "{{.window}}"],
  );
  assert.equal(parseExpr("rate(x[{{.window}}])", { windows: false }).ok, false);
});

test("a query that is wrong is refused at the place, with what to write instead", () => {
  // The bars mark the place.
  const rows: readonly [text: string, kind: string, message: RegExp, help?: RegExp][] = [
    ["||", "syntax", /is empty/],
    ["sum(rate(x[5m])||", "syntax", /the query ends where/],
    ["sum(x) |=| 5", "syntax", /unexpected `=`/, /`==`/],
    ["rate(|x|)", "type", /takes a range vector/, /\[\{\{\.window\}\}\]/],
    ["rate(x[|5min|])", "syntax", /neither a number nor a duration/, /`5m`/],
    ["x[|-5m|]", "syntax", /longer than zero/],
    ["x[|1h1d|]", "syntax", /no duration/, /large to small/],
    ["sum(x)|[5m]|", "type", /only a selector can have a range/],
    ["(x) |offset| 5m", "type", /only follow a selector/],
    ["x offset 5m |offset| 5m", "syntax", /set twice/],
    ["|{}|", "type", /every series/],
    ['|{a=~".*"}|', "type", /every series/],
    ['x{|a=~"(?!b)"|}', "bad-regex", /RE2/, /`!~`/],
    ['x{a="|\\d|"}', "syntax", /no escape/, /backquotes/],
    ['x{a=|"|b}', "syntax", /no closing/],
    ['x{|__name__="y"|}', "syntax", /given twice/],
    ["|rats|(x[5m])", "unknown-function", /no function `rats`/, /`rate`/],
    ["|mad_over_time|(x[5m])", "syntax", /experimental/],
    ["|1 > 2|", "type", /needs `bool`/, /`> bool`/],
    ["|1 and x|", "type", /both sides/, /vector\(0\)/],
    ["|x + bool y|", "type", /comparisons/],
    ["|x + on (a) group_left (a) y|", "type", /stands in `on`/],
    ["|round(x, 1, 2)|", "type", /takes 1 or 2 arguments, not 3/],
    ["|topk(x)|", "type", /takes two arguments, not 1/],
    ["rate(x[|$__rate_interval|])", "foreign-variable", /Grafana/, /`\{\{\.window\}\}`/],
    ['x{a="|${__range}|"}', "foreign-variable", /Grafana/, /`\{\{\.window\}\}`/],
    ["rate(x[|$DURATION|])", "foreign-variable", /Keptn/, /`\{\{\.window\}\}`/],
    ['x{job="|$SERVICE|"}', "foreign-variable", /Keptn/, /the value itself/],
    ["x > |:date_from|", "foreign-variable", /SQL/],
    ["rate(x[|{{- .window -}}|])", "unknown-template", /no template/, /`\{\{\.window\}\}`/],
    ["x{env='|{{ .env }}|'}", "unknown-template", /no template/, /the value itself/],
    ["x * |{{.window}}|", "syntax", /a duration here/],
    ["sum by (|a{{.window}}|) (x)", "syntax", /cannot hold a window/],
  ];
  for (const [marked, kind, message, help = /^undefined|./] of rows) {
    const [before = "", at = "", after = ""] = marked.split("|");
    const result = parseExpr(before + at + after);
    assert.ok(!result.ok, marked);
    const { error } = result;
    assert.deepEqual(
      [error.kind, error.at],
      [kind, { start: before.length, end: before.length + at.length }],
      `${marked}: ${error.message}`,
    );
    assert.match(error.message, message);
    assert.match(String(error.help), help);
  }
});

test("a query that is too deep or too long is refused, not a crash", () => {
  const deep = [
    "(".repeat(10_000) + "x",
    "-".repeat(10_000) + "x",
    "abs(".repeat(10_000),
    `x${" + x".repeat(10_000)}`,
    `x${" ^ x".repeat(10_000)}`,
  ];
  for (const query of [...deep, `x${" offset 0s".repeat(10_000)}`, `x{a=~"${"(".repeat(10_000)}"}`]) {
    assert.equal(parseExpr(query).ok, false);
  }
  assert.ok(parseExpr(`x${" or x".repeat(400)}`).ok);
});

test("functions that Prometheus does not have are read where that is asked for", () => {
  assert.equal(parseExpr("median_over_time(x[5m])").ok, false);
  const call = parsed("sum(median_over_time(x[5m]))", { unknownFunctions: true });
  assert.equal(typeOf(call), "instant vector");
});

test("every function of the table can be called as its signature says", () => {
  const argument = { scalar: "1", string: '"a"', "instant vector": "x", "range vector": "x[5m]" };
  for (const [name, { parameters, result }] of FUNCTIONS) {
    const call = parsed(`${name}(${parameters.map((type) => argument[type]).join(", ")})`);
    assert.equal(typeOf(call), result, name);
  }
});
