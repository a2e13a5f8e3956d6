import assert from "node:assert/strict";
import { test } from "node:test";
import type { Expr } from "../../src/promql/ast.ts";
import { aggregate, binary, call, ignoring, number, on, paren, range, series, subquery, WINDOW } from "../../src/promql/build.ts";
import { printExpr } from "../../src/promql/print.ts";
import { DAY, HOUR, MINUTE, seconds } from "../../src/units/duration.ts";
import { QueryGenerator, Random } from "./generator.ts";
import { bare, parsed } from "./support.ts";
import { parseExpr } from "../../src/promql/parse.ts";

const string = (value: string): Expr => ({ kind: "string", value });

test("built trees print with the parentheses they need and no others", () => {
  const [a, b, c] = [series("a"), series("b"), series("c")];
  const rows: readonly [Expr, string][] = [
    [binary(binary(a, "+", b), "*", c), "(a + b) * c"],
    [binary(a, "+", binary(b, "*", c)), "a + b * c"],
    [binary(binary(a, "-", b), "-", c), "a - b - c"],
    [binary(a, "-", binary(b, "-", c)), "a - (b - c)"],
    [binary(binary(a, "^", b), "^", c), "(a ^ b) ^ c"],
    [binary(a, "^", binary(b, "^", c)), "a ^ b ^ c"],
    [binary(number("-2"), "^", number("2")), "(-2) ^ 2"],
    [binary(a, "^", number("-2")), "a ^ -2"],
    [binary(number("-2"), "*", a), "-2 * a"],
    [binary(a, "or", binary(b, "and", c)), "a or b and c"],
    [binary(binary(a, "or", b), "and", c), "(a or b) and c"],
    [paren(a), "(a)"],
    [subquery(binary(a, "/", b), HOUR, MINUTE), "(a / b)[1h:1m]"],
    [subquery(aggregate("sum", a), HOUR), "sum(a)[1h:]"],
    [binary(a, ">", number("0.5"), { bool: true }), "a > bool 0.5"],
    [binary(a, "/", b, { matching: on(["x", "y.z"], { side: "left", include: [] }) }), 'a / on (x, "y.z") group_left () b'],
    [binary(a, "/", b, { matching: ignoring(["le"]) }), "a / ignoring (le) b"],
    [aggregate("sum", call("rate", range(a, DAY)), { kind: "without", labels: ["pod"] }), "sum without (pod) (rate(a[1d]))"],
    [aggregate("sum", a, { kind: "by", labels: ["without"] }), 'sum by ("without") (a)'],
    [call("label_replace", a, ...["x", "$1", "y", "\\d\n"].map(string)), 'label_replace(a, "x", "$1", "y", "\\\\d\\n")'],
    [series("http.requests", [{ label: "a.b", op: "=~", value: "x|y" }]), '{__name__="http.requests","a.b"=~"x|y"}'],
    [series("on", []), '{__name__="on"}'],
    [series(undefined, [{ label: "job", op: "!=", value: "" }]), '{job!=""}'],
  ];
  for (const [tree, text] of rows) {
    assert.equal(printExpr(tree), text);
    assert.equal(printExpr(parsed(text)), text);
  }
});

test("durations are printed as Prometheus prints them", () => {
  const rows: readonly [written: string, printed: string][] = [
    ["300", "5m"],
    ["28d", "4w"],
    ["30d", "30d"],
    ["365d", "1y"],
    ["1w1d", "8d"],
    ["90m", "1h30m"],
    ["1.5", "1s500ms"],
    ["1w500ms", "7d500ms"],
    ["010", "8s"],
    ["0.0005", "0.0005"],
  ];
  for (const [written, printed] of rows) assert.equal(printExpr(parsed(`x[${written}]`)), `x[${printed}]`);
  assert.equal(printExpr(parsed("x @ 5 offset -60")), "x @ 5 offset -1m");
  assert.equal(printExpr(parsed("x offset 1h @ end()")), "x @ end() offset 1h");
});

test("strings survive printing, whatever they hold", () => {
  for (const value of ['"', "\\", "\n\r\t\0\x7f", "é😀", "\u2028\ufeff\u0085", "{{x}}", "`'$1", "\ufffd"]) {
    const text = printExpr(call("label_replace", series("x"), ...[value, "", "", ""].map(string)));
    assert.ok(/^[\x20-\x7eé😀]*$/u.test(text), text);
    const again = parsed(text, { windows: false });
    assert.ok(again.kind === "call" && again.args[1]?.kind === "string");
    assert.equal(again.args[1].value, value);
  }
});

test("what does not fit is broken inside parentheses and around operators", () => {
  const query = 'sum by (a) (rate(long_name_total{code="500"}[5m])) / on (a) group_left () (topk(3, other_long_name) > bool 0.5)';
  assert.equal(
    printExpr(parsed(query), { width: 30 }),
    `sum by (a) (
  rate(
    long_name_total{code="500"}[5m]
  )
)
/ on (a) group_left ()
(
  topk(3, other_long_name) > bool 0.5
)`,
  );
  assert.equal(printExpr(parsed(query), { width: 200 }), query);
});

test("a window that is still open is never printed", () => {
  assert.throws(() => printExpr(range(series("x"), WINDOW)), /before its window is filled/);
  assert.throws(() => printExpr(parsed('x{a="{{.window}}"}')), /before its window is filled/);
});

test("printing and reading again gives the same tree", () => {
  const generator = new QueryGenerator(new Random(7), 0.1);
  let read = 0;
  for (let i = 0; i < 5000; i++) {
    const result = parseExpr(generator.query(), { windows: false });
    if (!result.ok) continue;
    read++;
    for (const width of [100, 10]) {
      const text = printExpr(result.expr, { width });
      assert.deepEqual(bare(parsed(text, { windows: false })), bare(result.expr), text);
    }
  }
  assert.ok(read > 2000, `only ${read} of the generated queries are PromQL`);
});

test("lengths are whole seconds", () => {
  assert.equal(printExpr(range(series("x"), seconds(86_401))), "x[1d1s]");
});
