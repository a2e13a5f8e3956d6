import fc from "fast-check";
import { binary } from "../../src/datadogql/build.ts";
import type {
  Argument,
  DatadogExpr,
  MetricQuery,
  Modifier,
  NumberLiteral,
  Scope,
  SpaceAggregator,
  TagExpr,
  TagFilter,
  TagIn,
  TextArgument,
} from "../../src/datadogql/ast.ts";

/** Queries of the kind people write, in each spelling that Datadog's documentation shows. */
export const REAL_QUERIES: readonly string[] = [
  "sum:trace.http.request.hits{env:prod,service:checkout}.as_count()",
  "sum:trace.http.request.hits{env:prod, service:checkout} by {region, version}.as_count()",
  "count(v: v<0.25):trace.http.request{service:x,env:prod}.as_count()",
  "count:trace.http.request{service:x AND NOT env:prod}.as_count()",
  "avg:system.cpu.user{env:staging AND (availability-zone:a OR availability-zone:c)} by {availability-zone}",
  "avg:system.cpu.user{env:shop.ist AND availability-zone IN (us-east-1a, us-east-1b)}",
  "avg:system.cpu.user{env:prod and location not in (atlanta,seattle)}",
  "avg:system.disk.in_use{!device:/dev/loop*} by {device}",
  "sum:pods.running{service:*-canary,image:repo/x:1.2,kube_app.io/name:*east*,production}.as_rate()",
  "p99.9:trace.http.request{*}.rollup(max, 60).fill(last, 300)",
  "(sum:a.b{*}.as_count() - default_zero(sum:a.c{*}.as_count())) / sum:a.b{*}.as_count() * 100",
  "moving_rollup(sum:requests{x:y}.rollup('sum', 60), 300, 'sum') / -2.5",
  "anomalies(avg:latency{!a:b,!c}, 'agile', 2, direction='above', interval=20)",
  "timeshift(min:x{NOT (a:b OR NOT c:d) OR e}.weighted(), -3600) + 1",
  "sum:requests{\n  env:prod,\n  service:checkout\n}.as_count()",
];

const name = fc.constantFrom("a", "trace.http.request.hits", "x_1.Y", "count", "by", "p99", "IN");
const key = fc.constantFrom("env", "kube_app.io/name", "availability-zone", "and-so", "zoné", "_x", "in", "NOT");
const bareTag = fc.constantFrom("production", "and-so", "android", "x/y");
const plainValue = fc.constantFrom("prod", "1.2", "repo/x:1.2", "/dev/loop0", "AND", "a-b_c", "ü");
const value = fc.oneof(plainValue, fc.constantFrom("*", "web-*", "*-web", "*web*", "5*"));
const digits = fc.constantFrom("0", "0.25", "12", "300.5");
const seconds = fc.constantFrom("60", "300");

const tag: fc.Arbitrary<TagFilter> = fc.oneof(
  fc.record({ kind: fc.constant("tag" as const), negated: fc.constant(false), key, value }),
  fc.record({ kind: fc.constant("tag" as const), negated: fc.constant(false), key: bareTag }),
);
/** What a release policy or an environment adds. */
export const listedTag: fc.Arbitrary<TagFilter> = fc.tuple(tag, fc.boolean()).map(([plain, negated]) => ({ ...plain, negated }));
const tagIn: fc.Arbitrary<TagIn> = fc.record({
  kind: fc.constant("in" as const),
  negated: fc.boolean(),
  key: fc.constantFrom("env", "availability-zone"),
  values: fc.array(plainValue, { minLength: 1, maxLength: 3 }),
});

const { filter } = fc.letrec<{ filter: TagExpr }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    tag,
    tagIn,
    fc.record({ kind: fc.constant("not" as const), filter: tie("filter") }),
    fc.record({ kind: fc.constantFrom("and" as const, "or" as const), left: tie("filter"), right: tie("filter") }),
    fc.record({ kind: fc.constant("group" as const), filter: tie("filter") }),
  ),
}));

const scope: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant<Scope>({ style: "all" }),
  fc.record({ style: fc.constant("list" as const), items: fc.array(listedTag, { minLength: 1, maxLength: 3 }) }),
  fc.record({ style: fc.constant("boolean" as const), filter: filter.filter(({ kind }) => kind !== "tag") }),
);

const aggregator: fc.Arbitrary<SpaceAggregator> = fc.oneof(
  fc.record({ kind: fc.constant("named" as const), name: fc.constantFrom("avg", "sum", "min", "max", "count") }),
  fc.record({ kind: fc.constant("percentile" as const), percent: fc.constantFrom("50", "99", "99.9") }),
  fc.record({ kind: fc.constant("count-values" as const), op: fc.constantFrom("<", "<=", ">", ">="), limit: digits }),
);

const modifiers: fc.Arbitrary<readonly Modifier[]> = fc.shuffledSubarray<Modifier>([
  { kind: "as_count" },
  { kind: "weighted" },
  { kind: "rollup", method: "sum", seconds: "60" },
  { kind: "fill", method: "zero" },
]);

export const metric: fc.Arbitrary<MetricQuery> = fc
  .record({ aggregator: fc.option(aggregator, { nil: undefined }), name, scope, by: fc.uniqueArray(key, { maxLength: 2 }), modifiers })
  .map(({ aggregator, ...rest }) => ({ kind: "metric", ...(aggregator && { aggregator }), ...rest }));

const number: fc.Arbitrary<NumberLiteral> = fc
  .tuple(fc.constantFrom("", "-"), digits)
  .map(([sign, text]) => ({ kind: "number", text: sign + text }));
const text: fc.Arbitrary<TextArgument> = fc.constantFrom("sum", "last 5m", "").map((value) => ({ kind: "string", value }));
const option: fc.Arbitrary<Argument> = fc.record({
  kind: fc.constant("option" as const),
  name: fc.constantFrom("direction", "interval"),
  value: fc.oneof(number, text),
});

export const { query } = fc.letrec<{ query: DatadogExpr }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 4 },
    metric,
    number,
    fc
      .tuple(tie("query"), fc.constantFrom("+" as const, "-" as const, "*" as const, "/" as const), tie("query"))
      .map((parts) => binary(...parts)),
    fc.record({ kind: fc.constant("paren" as const), expr: tie("query") }),
    fc
      .tuple(
        fc.constantFrom("default_zero", "abs", "count", "sum"),
        tie("query"),
        fc.array(
          fc.oneof(
            tie("query"),
            text,
            option,
            seconds.map((text) => ({ kind: "number" as const, text })),
          ),
          { maxLength: 2 },
        ),
      )
      .map(([fn, first, rest]) => ({ kind: "call" as const, function: fn, args: [first, ...rest] })),
  ),
}));
