import assert from "node:assert/strict";
import { test } from "node:test";
import { parseQuery } from "../../src/datadogql/parse.ts";
import { printQuery } from "../../src/datadogql/print.ts";
import { metricsOf } from "../../src/datadogql/rewrite.ts";
import { REAL_QUERIES } from "./generator.ts";
import { bare, parsed } from "./support.ts";

test("every spelling in Datadog's documentation is read, and printed in one", () => {
  const rows: readonly [given: string, want: string][] = [
    ["sum:a.b_1{*}", "sum:a.b_1{*}"],
    ["sum : a { * }", "sum:a{*}"],
    ["sum:a{\n  env:prod,\n  !zone:b\n}\n  by { x , y/z }\n  .as_count()", "sum:a{env:prod,!zone:b} by {x,y/z}.as_count()"],
    ["avg:a {team IN (b, c)} by {team}", "avg:a{team IN (b,c)} by {team}"],
    ["avg:a{pod_name: web-*}", "avg:a{pod_name:web-*}"],
    ["avg:a{b:*x*}", "avg:a{b:*x*}"],
    ["avg:a{b:*}", "avg:a{b:*}"],
    ["avg:a{image:repo/x:1.2, production}", "avg:a{image:repo/x:1.2,production}"],
    ["avg:a{not b:c or d:e and f not in (g)}", "avg:a{NOT b:c OR d:e AND f NOT IN (g)}"],
    ["avg:a{(b:c or d:e) and not (f:g)}", "avg:a{(b:c OR d:e) AND NOT (f:g)}"],
    ["avg:a{and-so, android:x, in:y, not:z, or/x}", "avg:a{and-so,android:x,in:y,not:z,or/x}"],
    ["count( v : v <= 0.25 ) : a{*}.as_count()", "count(v: v<=0.25):a{*}.as_count()"],
    ["count:a{*}.as_count()", "count:a{*}.as_count()"],
    ["p99.9:a{*}", "p99.9:a{*}"],
    ["p50{*}", "p50{*}"],
    ["a{*}.as_rate().rollup('sum',60).fill( last , 300 )", "a{*}.as_rate().rollup(sum, 60).fill(last, 300)"],
    ['a{*}.rollup("max")', "a{*}.rollup(max)"],
    ["p95:a{*}.rollup(60)", "p95:a{*}.rollup(60)"],
    ["sum:a{*}-sum:b{*}", "sum:a{*} - sum:b{*}"],
    ["sum:a{*} -1", "sum:a{*} - 1"],
    ["-1*sum:a{*}/- 2.5", "-1 * sum:a{*} / -2.5"],
    ["(sum:a{*}+sum:b{*})*100", "(sum:a{*} + sum:b{*}) * 100"],
    ["default_zero( sum:a{*}.as_count() )", "default_zero(sum:a{*}.as_count())"],
    ['moving_rollup(a{*},300,"sum")', "moving_rollup(a{*}, 300, 'sum')"],
    ["anomalies(a{*}, 'basic', 2, direction = 'above', interval=60)", "anomalies(a{*}, 'basic', 2, direction='above', interval=60)"],
    ["timeshift(a{*}, -3600)", "timeshift(a{*}, -3600)"],
    ["count(a{*})", "count(a{*})"],
  ];
  for (const [given, want] of rows) {
    assert.equal(printQuery(parsed(given)), want);
    assert.deepEqual(bare(parsed(want)), bare(parsed(given)));
  }
  for (const text of REAL_QUERIES) parsed(text);
});

test("the tree says what each part means", () => {
  const rows: readonly [text: string, tree: object][] = [
    [
      "sum:hits{env:prod,!b,c:d:e} by {r}.as_count()",
      {
        kind: "metric",
        aggregator: { kind: "named", name: "sum" },
        name: "hits",
        scope: {
          style: "list",
          items: [
            { kind: "tag", negated: false, key: "env", value: "prod" },
            { kind: "tag", negated: true, key: "b" },
            { kind: "tag", negated: false, key: "c", value: "d:e" },
          ],
        },
        by: ["r"],
        modifiers: [{ kind: "as_count" }],
      },
    ],
    [
      "count(v: v>=2):d{a:b OR NOT c IN (x)}.rollup(60)",
      {
        kind: "metric",
        aggregator: { kind: "count-values", op: ">=", limit: "2" },
        name: "d",
        scope: {
          style: "boolean",
          filter: {
            kind: "or",
            left: { kind: "tag", negated: false, key: "a", value: "b" },
            right: { kind: "not", filter: { kind: "in", negated: false, key: "c", values: ["x"] } },
          },
        },
        by: [],
        modifiers: [{ kind: "rollup", seconds: "60" }],
      },
    ],
    [
      "1 - 2 * -3 - 4",
      {
        kind: "binary",
        op: "-",
        left: {
          kind: "binary",
          op: "-",
          left: { kind: "number", text: "1" },
          right: { kind: "binary", op: "*", left: { kind: "number", text: "2" }, right: { kind: "number", text: "-3" } },
        },
        right: { kind: "number", text: "4" },
      },
    ],
  ];
  for (const [text, tree] of rows) assert.deepEqual(bare(parsed(text)), tree, text);
});

test("each part knows its place", () => {
  const text = "default_zero(sum:a{b:c, !d} by {e} .as_count() ) / ( p99:x{ f:g AND NOT h:i } )";
  const cut = (at: { start: number; end: number } | undefined): string => text.slice(at?.start, at?.end);
  const tree = parsed(text);
  assert.ok(tree.kind === "binary");
  assert.equal(cut(tree.at), text);
  assert.equal(cut(tree.left.at), "default_zero(sum:a{b:c, !d} by {e} .as_count() )");
  assert.equal(cut(tree.right.at), "( p99:x{ f:g AND NOT h:i } )");
  const [a, x] = metricsOf(tree);
  assert.equal(cut(a?.at), "sum:a{b:c, !d} by {e} .as_count()");
  assert.equal(cut(a?.scope.at), "{b:c, !d}");
  assert.equal(cut(a?.modifiers[0]?.at), ".as_count()");
  assert.deepEqual(a?.scope.style === "list" && a.scope.items.map(({ at }) => cut(at)), ["b:c", "!d"]);
  assert.equal(x?.scope.style === "boolean" && cut(x.scope.filter.at), "f:g AND NOT h:i");
});

/** `┆` marks where the finding starts and ends. */
function refused(marked: string): string {
  const [before = "", at = "", after = ""] = marked.split("┆");
  const text = before + at + after;
  const result = parseQuery(text);
  assert.ok(!result.ok, `${text} was read`);
  const { start, end } = result.error.at;
  assert.equal(`${text.slice(0, start)}┆${text.slice(start, end)}┆${text.slice(end)}`, marked);
  return `${result.error.kind}: ${result.error.message}`;
}

test("what Datadog would refuse or misread is refused, with the caret on it", () => {
  const rows: readonly [marked: string, want: string][] = [
    ["┆┆", "syntax: the query is empty"],
    ["┆ \n┆", "syntax: the query is empty"],
    ["┆sum:a┆", "syntax: the metric `a` has no scope"],
    ["┆http_requests_total┆", "syntax: the metric `http_requests_total` has no scope"],
    ["sum:a┆{}┆", "syntax: this scope is empty"],
    ["┆smu┆:a{*}", "syntax: `smu` is no aggregator"],
    ["┆p100┆:a{*}", "syntax: `p100` is no aggregator"],
    ["sum:a{*┆,┆b:c}", "syntax: unexpected `,`, expected `}`"],
    ["sum:a{b:c,┆*┆}", "syntax: unexpected `*`, expected a tag such as `env:prod`"],
    ["sum:a{b:c ┆d┆:e}", "syntax: unexpected `d`, expected `,`, `AND`, `OR` or `}`"],
    ["sum:a{b:c AND┆}┆", "syntax: unexpected `}`, expected a tag such as `env:prod`"],
    ["sum:a{┆AND┆ b:c}", "syntax: unexpected `AND`, expected a tag such as `env:prod`"],
    ['sum:a{b:┆"┆c"}', 'syntax: unexpected `"`, expected the value of `b`'],
    ["sum:a{b:c┆@┆d}", "syntax: unexpected `@`, expected `,`, `AND`, `OR` or `}`"],
    ["sum:a{b:┆}┆", "syntax: unexpected `}`, expected the value of `b`"],
    ["sum:a{b ┆NOT┆ c:d}", "syntax: `NOT` stands before a tag"],
    ["sum:a{b IN (c, ┆)┆}", "syntax: unexpected `)`, expected the value of `b`"],
    ["sum:a{*}.as_count() ┆)┆", "syntax: unexpected `)`, expected an operator or the end"],
    ["(sum:a{*}┆┆", "syntax: the query ends where `)` is expected"],
    ["sum:a{*} +┆┆", "syntax: the query ends where a query such as `sum:requests{*}`, a function or a number is expected"],
    ["┆-┆sum:a{*}", "syntax: only a number can have a sign"],
    ["┆1e3┆ * sum:a{*}", "syntax: `1e3` is no number"],
    ["┆.5┆ * sum:a{*}", "syntax: `.5` is no number"],
    ["sum:a{*}┆.rolup┆(sum)", "syntax: `.rolup` is no modifier"],
    ["sum:a{*}.rollup(┆p99┆, 60)", "syntax: `.rollup()` has no method `p99`"],
    ["sum:a{*}.rollup(sum, ┆daily┆)", "syntax: unexpected `daily`, expected a number of seconds, such as `60`"],
    ["sum:a{*}.rollup(sum, ┆0┆)", "syntax: unexpected `0`, expected a number of seconds, such as `60`"],
    ["sum:a{*}.fill(┆zeroes┆)", "syntax: `.fill()` has no method `zeroes`"],
    ["sum:a{*}.as_count(┆60┆)", "syntax: unexpected `60`, expected `)`"],
    ["sum:a{*}.as_count()┆.as_rate()┆", "syntax: `.as_rate()` after `.as_count()`"],
    ["sum:a{*}.rollup(sum, 60)┆.rollup(max, 60)┆", "syntax: `.rollup()` after `.rollup()`"],
    ["(sum:a{*})┆.┆as_count()", "syntax: a modifier belongs to a metric, not to what is computed from it"],
    ["abs(sum:a{*})┆.┆rollup(sum, 60)", "syntax: a modifier belongs to a metric, not to what is computed from it"],
    ["top(sum:a{*}, 5, ┆'┆mean)", "syntax: this text in quotes is not closed, or holds a quote, a brace, a `$` or a backslash"],
    ["count(v: v<0.25)┆a┆{*}", "syntax: unexpected `a`, expected `:`"],
    ["sum:a{*} by {┆}┆", "syntax: unexpected `}`, expected the key of a tag, such as `region`"],
    ["sum:a{*} ┆BY┆ {b}", "syntax: unexpected `BY`, expected an operator or the end"],
    ["avg:a{env:prod AND ┆!┆region:us-east}", "mixed-scope: `!` cannot stand beside `AND`, `OR`, `NOT`, `IN` or parentheses in one scope"],
    ["avg:a{b:c,d:e ┆OR┆ f:g}", "mixed-scope: `OR` cannot stand beside `,` or `!` in one scope"],
    ["avg:a{b:c AND d:e┆,┆ f:g}", "mixed-scope: `,` cannot stand beside `AND`, `OR`, `NOT`, `IN` or parentheses in one scope"],
    ["avg:a{b:c, ┆NOT┆ f:g}", "mixed-scope: `NOT` cannot stand beside `,` or `!` in one scope"],
    ["avg:a{b:c, f ┆in┆ (g)}", "mixed-scope: `in` cannot stand beside `,` or `!` in one scope"],
    ["avg:a{!┆(┆b:c)}", "mixed-scope: `(` cannot stand beside `,` or `!` in one scope"],
    ["avg:a{(b:c┆,┆ d:e)}", "mixed-scope: `,` cannot stand beside `AND`, `OR`, `NOT`, `IN` or parentheses in one scope"],
    ["avg:a{NOT ┆!┆b:c}", "mixed-scope: `!` cannot stand beside `AND`, `OR`, `NOT`, `IN` or parentheses in one scope"],
    ["sum:a{b:web┆*┆1}", "wildcard-inside: the wildcard stands inside `web*1`"],
    ["sum:a{b:*web┆*┆1*}", "wildcard-inside: the wildcard stands inside `*web*1*`"],
    ["sum:a{b IN (c, d┆*┆)}", "wildcard-inside: a list of values cannot hold a wildcard"],
    ["sum:a{b┆*┆:c}", "wildcard-inside: a tag's key cannot hold a wildcard"],
    ["sum:a{*}.as_count() ┆by {b}┆", "modifier-order: `by {b}` stands behind `.as_count()`"],
    ["sum:a{┆$env┆}", "template-variable: `$env` is a template variable"],
    ["sum:a{env:┆$env.value┆}", "template-variable: `$env.value` is a template variable"],
    ["sum:a{*} by {┆$group┆}", "template-variable: `$group` is a template variable"],
    ["sum:a{env:┆{{args.env}}┆}", "placeholder: nobody fills in `{{args.env}}`"],
    ["sum:a┆{{ .x }}┆", "placeholder: nobody fills in `{{ .x }}`"],
    ["sum:a{*}.rollup(sum, ┆{{.window}}┆)", "placeholder: nobody fills in `{{.window}}`"],
  ];
  for (const [marked, want] of rows) assert.equal(refused(marked), want);
});

test("a scope that is not closed takes the modifier for a tag, and the help says where it ends", () => {
  const result = parseQuery("sum:a{b:c,d:e.as_count() + sum:f{*}.as_count()");
  assert.ok(!result.ok);
  assert.equal(result.error.help, "close the scope: `}.as_count(`");
});

test("PromQL is called that, and what only looks like it is not", () => {
  const rows: readonly [text: string, at: string][] = [
    ["sum(rate(x[5m]))", "rate("],
    ['sum(http_requests_total{code=~"5.."})', "=~"],
    ['x{env="prod"}', '="prod"'],
    ['sum:a{env="prod", b!="c"}', '="prod"'],
    ["x[{{.window}}]", "[{{.window}}]"],
    ["histogram_quantile(0.9, x)", "histogram_quantile("],
  ];
  for (const [text, at] of rows) {
    const result = parseQuery(text);
    assert.ok(!result.ok);
    assert.equal(result.error.kind, "promql", text);
    assert.equal(text.slice(result.error.at.start, result.error.at.end), at);
  }
  for (const text of ['anomalies(a{*}, "basic", direction="above"', "sum:a{b:c} by (d)", "sum:rate{*} x"]) {
    const result = parseQuery(text);
    assert.ok(!result.ok);
    assert.equal(result.error.kind, "syntax", text);
  }
});

test("a query with more branches than any stack has room for is refused", () => {
  for (const text of [
    "(".repeat(100_000),
    `sum:a{${"(".repeat(100_000)}`,
    `sum:a{${"NOT ".repeat(100_000)}b}`,
    Array.from({ length: 10_000 }, () => "sum:a{*}").join(" + "),
    `sum:a{${Array.from({ length: 10_000 }, () => "b:c").join(" AND ")}}`,
    "f(".repeat(10_000),
  ]) {
    const result = parseQuery(text);
    assert.ok(!result.ok);
    assert.match(result.error.message, /more than 500 branches/);
  }
  const long = Array.from({ length: 400 }, () => "sum:a{*}").join(" + ");
  assert.equal(printQuery(parsed(long)), long);
});
