import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gateProblems, guardProblems, type GateProblem } from "../../src/backends/prometheus/gate-problems.ts";
import { countQueries, gateQueries, guardQuery, type GateQueries } from "../../src/backends/prometheus/gate.ts";
import { sliceExpr } from "../../src/backends/prometheus/slices.ts";
import type { Indicator, Slo } from "../../src/model/model.ts";
import type { GateSettings, Guard, Isolation, PrometheusGate, PrometheusPolicy } from "../../src/model/policy.ts";
import type { Expr, Matcher } from "../../src/promql/ast.ts";
import { number } from "../../src/promql/build.ts";
import { parseExpr } from "../../src/promql/parse.ts";
import { printExpr } from "../../src/promql/print.ts";
import { fillWindow, hasWindow, outputLabels } from "../../src/promql/rewrite.ts";
import { seconds } from "../../src/units/duration.ts";
import { decimal, policyOf } from "../support/policies.ts";
import { countingGood, measuring, query, sloOf } from "../support/slos.ts";

const HASHES = { canary: "new", stable: "old" };

const equals = (label: string, value: string): Matcher => ({ label, op: "=", value });

/** Both sides are told apart by `rs`. */
const SHORT: Isolation<Matcher> = { ...policyOf().isolation, canary: [equals("rs", "{hash}")], stable: [equals("rs", "{hash}")] };

const COUNTED = sloOf({ bad: "sum(rate(bad[5m]))", total: "sum(rate(all[5m]))" });

interface Parts {
  readonly slo?: Slo;
  readonly isolation?: Isolation<Matcher>;
  readonly matchers?: readonly Matcher[];
  readonly settings?: Partial<GateSettings>;
  readonly evidence?: PrometheusGate["evidenceQueries"];
  readonly minRequests?: Expr;
}

function gateOf({ slo = COUNTED, isolation = SHORT, matchers = [], settings = {}, evidence }: Parts): {
  readonly gate: PrometheusGate;
  readonly policy: PrometheusPolicy;
} {
  const policy = policyOf({ slos: [slo], isolation, matchers, settings });
  const [gate] = policy.gates;
  assert.ok(gate);
  return { gate: { ...gate, ...(evidence && { evidenceQueries: evidence }) }, policy };
}

function queriesOf(parts: Parts = {}): GateQueries {
  const { gate, policy } = gateOf(parts);
  return gateQueries(gate, policy, HASHES, parts.minRequests);
}

/** The text of a check ten minutes after the start; every one reads back and has no labels. */
function printed(expr: Expr | undefined, width?: number): string {
  assert.ok(expr);
  const filled = fillWindow(expr, seconds(600));
  assert.deepEqual(outputLabels(filled), { known: [] });
  const text = printExpr(filled, width === undefined ? {} : { width });
  const read = parseExpr(text, { windows: false });
  assert.ok(read.ok, text);
  return text;
}

const line = (expr: Expr | undefined): string => printed(expr, 10_000);

const asRatio = (ratio: Omit<Extract<Indicator, { kind: "ratio" }>, "at" | "kind">): Slo =>
  measuring(COUNTED, { kind: "ratio", ...ratio, at: COUNTED.at });

const RAW = asRatio({ measures: "failure", query: query("avg(avg_over_time(failing[5m]))", { kind: "ratio" }) });

const THRESHOLD = measuring(COUNTED, {
  kind: "threshold",
  query: query("max(queue_age_seconds)", { kind: "value" }),
  op: "<",
  limit: decimal("60"),
  at: COUNTED.at,
});

const goodOf = (events: string, total: string): Slo => countingGood(sloOf({ bad: events, total }));

suite("the checks of the default gate", () => {
  const queries = queriesOf({ minRequests: number("209 * {{args.evidence}}") });

  test("fail: over the window, or since the start while it goes on, and worse than stable", () => {
    assert.equal(
      printed(queries.fail),
      `(
  (
    (
      sqrt(sum((bad{rs="new"} unless bad{rs="new"} offset 5m) or increase(bad{rs="new"}[5m])) + 0.6765) >= 1.8375
    ) - 0.8225
  ) ^ 2
  /
  (sum((all{rs="new"} unless all{rs="new"} offset 5m) or increase(all{rs="new"}[5m])) > 0) / 0.001
  >
  clamp_min(
    (sqrt((sum(increase(bad{rs="old"}[5m])) or vector(0)) + 0.6765) + 0.8225) ^ 2
    /
    (sum(increase(all{rs="old"}[5m])) > 0) / 0.001 * 5
    or
    vector(0),
    14.4
  )
)
or
(
  (
    ((sqrt(sum(bad{rs="new"}) + 0.6765) >= 1.8375) - 0.8225) ^ 2 / (sum(all{rs="new"}) > 0) / 0.001
    >
    clamp_min(
      sum(increase(bad{rs="old"}[40m])) / (sum(increase(all{rs="old"}[40m])) > 0) / 0.001 * 5 or vector(0),
      14.4
    )
  )
  and
  (
    sum((bad{rs="new"} unless bad{rs="new"} offset 5m) or increase(bad{rs="new"}[5m]))
    /
    (sum((all{rs="new"} unless all{rs="new"} offset 5m) or increase(all{rs="new"}[5m])) > 0) / 0.001
    >
    clamp_min(
      (sqrt((sum(increase(bad{rs="old"}[5m])) or vector(0)) + 0.6765) + 0.8225) ^ 2
      /
      (sum(increase(all{rs="old"}[5m])) > 0) / 0.001 * 5
      or
      vector(0),
      14.4
    )
  )
)`,
    );
  });

  test("extreme: over the window alone", () => {
    assert.equal(
      printed(queries.extreme),
      `(
  (
    (
      sqrt(sum((bad{rs="new"} unless bad{rs="new"} offset 5m) or increase(bad{rs="new"}[5m])) + 0.6765) >= 1.8375
    ) - 0.8225
  ) ^ 2
  /
  (sum((all{rs="new"} unless all{rs="new"} offset 5m) or increase(all{rs="new"}[5m])) > 0) / 0.001
  >
  clamp_min(
    (sqrt((sum(increase(bad{rs="old"}[5m])) or vector(0)) + 0.6765) + 0.8225) ^ 2
    /
    (sum(increase(all{rs="old"}[5m])) > 0) / 0.001 * 10
    or
    vector(0),
    50
  )
)`,
    );
  });

  test("promote: a number as soon as enough requests were served", () => {
    const { gate, policy } = gateOf({});
    const promote = gateQueries(gate, policy, HASHES, number("209 * {{args.evidence}}")).promote;
    assert.equal(
      printExpr(fillWindow(promote, seconds(600))),
      `(
  (
    (
      (
        sqrt(sum((bad{rs="new"} unless bad{rs="new"} offset 5m) or increase(bad{rs="new"}[5m])) + 0.6765) >= 1.8375
      ) - 0.8225
    ) ^ 2
    /
    (sum((all{rs="new"} unless all{rs="new"} offset 5m) or increase(all{rs="new"}[5m])) > 0) / 0.001 > 2
  )
  or
  (
    ((sqrt(sum(bad{rs="new"}) + 0.6765) >= 1.8375) - 0.8225) ^ 2 / (sum(all{rs="new"}) > 0) / 0.001
    >
    clamp_min(
      sum(increase(bad{rs="old"}[10m])) / (sum(increase(all{rs="old"}[10m])) > 0) / 0.001 * 2 or vector(0),
      2
    )
  )
  or
  clamp_max(
    (((sqrt(sum(bad{rs="new"}) + 0.6765) >= 1.8375) - 0.8225) ^ 2 or vector(0))
    /
    (sum(all{rs="new"}) > 0) / 0.001,
    2
  )
)
and
(sum(all{rs="new"}) >= 209 * {{args.evidence}})`,
    );
  });

  test("budget: 0 while enough is left, else promote with both limits at 1", () => {
    const { budget, budgetLeft } = queriesOf();
    const text = line(budget);
    assert.match(text, /^0 \* \(1 - min\(slo:period_error_budget_remaining:ratio\{sloth_id="shop-hits"\} > -Inf\) < 0\.8\) or \(/);
    const tight = text.slice(text.indexOf(" or ") + 4);
    const promote = line(queriesOf().promote);
    assert.equal(
      tight,
      `(${promote
        .replace(" > 2)", " > 1)")
        .replace(" * 2 or vector(0), 2)", " or vector(0), 1)")
        .replace(/, 2\)$/, ", 1)")})`,
    );
    assert.equal(line(budgetLeft), 'min(slo:period_error_budget_remaining:ratio{sloth_id="shop-hits"} > -Inf)');
  });

  test("what people see: the plain burn rates of both sides", () => {
    assert.equal(
      line(queries.stableBurn),
      '(sum(increase(bad{rs="old"}[5m])) or vector(0)) / (sum(increase(all{rs="old"}[5m])) > 0) / 0.001',
    );
    assert.equal(
      line(queries.canaryBurn),
      '(sum((bad{rs="new"} unless bad{rs="new"} offset 5m) or increase(bad{rs="new"}[5m])) or vector(0)) / (sum((all{rs="new"} unless all{rs="new"} offset 5m) or increase(all{rs="new"}[5m])) > 0) / 0.001',
    );
  });

  test("checks that are not asked for are not there", () => {
    const { gate, policy } = gateOf({});
    const { extreme, budget, ...settings } = gate.settings;
    assert.ok(extreme && budget);
    const given = gateQueries({ ...gate, settings }, policy, HASHES, undefined);
    assert.deepEqual(Object.keys(given).sort(), ["canaryBurn", "fail", "promote", "stableBurn"]);
  });
});

test("only the checks of a step leave the time since the start open", () => {
  for (const revisionUnique of [true, false]) {
    const queries = queriesOf({ isolation: { ...SHORT, revisionUnique }, settings: { noSeries: "fail", noTraffic: "pass" } });
    const open = Object.entries(queries).filter(([, expr]: readonly [string, Expr]) => hasWindow(expr));
    assert.deepEqual(
      open.map(([name]) => name),
      ["promote", "budget"],
    );
  }
});

test("series and silence are told apart", () => {
  const settings = { noSeries: "fail", noTraffic: "pass" } as const;
  const { series, promote } = queriesOf({ settings });
  const buckets = goodOf('sum(rate(s_bucket{le="0.3"}[5m]))', "sum(rate(s_count[5m]))");
  assert.equal(
    printExpr(queriesOf({ slo: buckets, settings }).series ?? assert.fail()),
    'absent(sum(s_count{rs="new"}) - sum(s_bucket{le="0.3",rs="new"}))',
  );
  assert.equal(printExpr(series ?? assert.fail()), 'absent(sum(all{rs="new"}))');
  assert.match(line(promote), / or \(sum\(all\{rs="new"\}\) == 0\)$/);
});

suite("the counts of a side", () => {
  const counts = (parts: Parts): Readonly<Record<"recent" | "start" | "stableSince", string>> => {
    const { gate, policy } = gateOf(parts);
    const found = countQueries(gate, policy, HASHES);
    assert.ok(found);
    const { recent, start, stableSince } = found;
    return { recent: line(recent.bad), start: line(start.bad), stableSince: line(stableSince.bad) };
  };

  const rows: readonly (readonly [name: string, parts: Parts, want: Partial<ReturnType<typeof counts>>])[] = [
    [
      "bad events of an SLI that counts good ones are the rest",
      { slo: goodOf("sum(rate(good[5m]))", "sum(rate(all[5m]))") },
      { start: 'sum(all{rs="new"}) - (sum(good{rs="new"}) or vector(0)) or vector(0)' },
    ],
    [
      "a bucket that is missing is neither zero nor everything",
      { slo: goodOf('sum(rate(s_bucket{le="0.3"}[5m]))', "sum(rate(s_count[5m]))") },
      { start: 'sum(s_count{rs="new"}) - sum(s_bucket{le="0.3",rs="new"})' },
    ],
    [
      "groups are summed up",
      { slo: sloOf({ bad: "sum by (a) (rate(bad[5m]))", total: "sum by (a) (rate(all[5m]))" }) },
      { start: 'sum(bad{rs="new"}) or vector(0)', stableSince: 'sum(increase(bad{rs="old"}[10m])) or vector(0)' },
    ],
    [
      "series without a sum are summed up",
      { slo: sloOf({ bad: "rate(bad[5m])", total: "rate(all[5m])" }) },
      { start: 'sum(bad{rs="new"}) or vector(0)' },
    ],
    [
      "where series outlive a revision, increase is all there is",
      { isolation: { ...SHORT, revisionUnique: false } },
      { recent: 'sum(increase(bad{rs="new"}[5m])) or vector(0)', start: 'sum(increase(bad{rs="new"}[10m])) or vector(0)' },
    ],
    [
      "an offset is kept, and births are looked for before it",
      { slo: sloOf({ bad: "sum(rate(bad[5m] offset 1m))", total: "sum(rate(all[5m] offset 1m))" }) },
      {
        recent: 'sum((bad{rs="new"} offset 1m unless bad{rs="new"} offset 6m) or increase(bad{rs="new"}[5m] offset 1m)) or vector(0)',
        start: 'sum(bad{rs="new"} offset 1m) or vector(0)',
      },
    ],
    [
      "samples that are counts themselves are summed over the time since the start",
      { slo: sloOf({ bad: "sum(sum_over_time(bad[5m]))", total: "sum(sum_over_time(all[5m]))" }) },
      { recent: 'sum(sum_over_time(bad{rs="new"}[5m])) or vector(0)', start: 'sum(sum_over_time(bad{rs="new"}[10m])) or vector(0)' },
    ],
    [
      "info metrics stay whole",
      {
        slo: sloOf({ bad: "sum(rate(bad[5m]) * on (pod) group_left () kube_pod_info)", total: "sum(rate(all[5m]))" }),
        isolation: { ...SHORT, except: ["kube_pod_info"] },
        matchers: [equals("cluster", "eu-1")],
      },
      { start: 'sum(bad{cluster="eu-1",rs="new"} * on (pod) group_left () kube_pod_info{cluster="eu-1"}) or vector(0)' },
    ],
    [
      "evidence goes before the SLI",
      { slo: RAW, evidence: { bad: query("failed"), total: query("done") } },
      { start: 'sum(failed{rs="new"}) or vector(0)' },
    ],
    [
      "native histograms",
      {
        slo: goodOf(
          "histogram_fraction(0, 0.5, sum(rate(h[5m]))) * histogram_count(sum(rate(h[5m])))",
          "histogram_count(sum(rate(h[5m])))",
        ),
      },
      {
        start: 'histogram_count(sum(h{rs="new"})) - histogram_fraction(0, 0.5, sum(h{rs="new"})) * histogram_count(sum(h{rs="new"}))',
      },
    ],
    [
      "a matcher that is there already is not said twice",
      { slo: sloOf({ bad: 'sum(rate(bad{rs="new"}[5m]))', total: "sum(rate(all[5m]))" }) },
      { start: 'sum(bad{rs="new"}) or vector(0)' },
    ],
    [
      "a matcher on the same label narrows: what comes out is never more than the side",
      { slo: sloOf({ bad: 'sum(rate(bad{rs="prod"}[5m]))', total: "sum(rate(all[5m]))" }) },
      { start: 'sum(bad{rs="prod",rs="new"}) or vector(0)' },
    ],
  ];
  for (const [name, parts, want] of rows) {
    test(name, () => {
      const given = counts(parts);
      assert.deepEqual(Object.fromEntries(Object.entries(given).filter(([key]) => key in want)), want);
    });
  }
});

suite("isolation", () => {
  const POD: Matcher = { label: "pod", op: "=~", value: "checkout-{hash}-.+" };
  const rows: readonly (readonly [name: string, isolation: Partial<Isolation<Matcher>>, canary: string, stable: string])[] = [
    ["by pod", { canary: [POD], stable: [POD] }, 'bad{pod=~"checkout-new-.+"}', 'bad{pod=~"checkout-old-.+"}'],
    [
      "by hash label",
      { canary: [equals("rollouts_pod_template_hash", "{hash}")], stable: [equals("rollouts_pod_template_hash", "{hash}")] },
      'bad{rollouts_pod_template_hash="new"}',
      'bad{rollouts_pod_template_hash="old"}',
    ],
    [
      "by service",
      {
        canary: [equals("destination_service_name", "checkout-canary")],
        stable: [equals("destination_service_name", "checkout-stable")],
        revisionUnique: false,
      },
      'bad{destination_service_name="checkout-canary"}',
      'bad{destination_service_name="checkout-stable"}',
    ],
    [
      "by several matchers",
      { canary: [equals("role", "canary"), equals("v", "{hash}")], stable: [{ label: "role", op: "!=", value: "canary" }] },
      'bad{role="canary",v="new"}',
      'bad{role!="canary"}',
    ],
  ];
  for (const [name, isolation, canary, stable] of rows) {
    test(name, () => {
      const { fail } = queriesOf({ isolation: { ...SHORT, ...isolation } });
      const text = line(fail);
      assert.ok(text.includes(`increase(${canary}[5m])`), text);
      assert.ok(text.includes(`sum(increase(${stable}[5m]))`), text);
      assert.equal(/\bbad(?!\{)/.test(text), false, "a selector of neither side");
    });
  }

  test("Argo's arguments pass through", () => {
    const { gate, policy } = gateOf({ isolation: { ...SHORT, canary: [POD], stable: [POD] } });
    const { fail } = gateQueries(gate, policy, { canary: "{{args.canary-hash}}", stable: "{{args.stable-hash}}" }, undefined);
    assert.ok(line(fail).includes('pod=~"checkout-{{args.canary-hash}}-.+"'));
  });
});

suite("without counts, the error ratio of the window is judged", () => {
  test("of a ready ratio", () => {
    const { fail, promote, canaryBurn } = queriesOf({ slo: RAW, minRequests: number("209") });
    const ratio = (side: string): string => `(avg(avg_over_time(failing{rs="${side}"}[5m])) >= 0 <= 1) / 0.001`;
    assert.equal(line(canaryBurn), ratio("new"));
    assert.equal(line(fail), `(${ratio("new")} > clamp_min(${ratio("old")} * 5 or vector(0), 14.4))`);
    assert.equal(line(promote), `(${ratio("new")} > clamp_min(${ratio("old")} * 2 or vector(0), 2)) or clamp_max(${ratio("new")}, 2)`);
  });

  test("of a threshold: the share of the window in which it is broken", () => {
    const { canaryBurn } = queriesOf({ slo: THRESHOLD });
    assert.equal(line(canaryBurn), 'avg_over_time((max(queue_age_seconds{rs="new"}) >= -Inf >= bool 60)[5m:30s]) / 0.001');
  });

  test("of several groups: the worst", () => {
    const slo = asRatio({
      measures: "success",
      query: query("avg by (zone) (avg_over_time(up[5m]))", { kind: "ratio" }),
    });
    assert.equal(line(queriesOf({ slo }).canaryBurn), 'max(1 - (avg by (zone) (avg_over_time(up{rs="new"}[5m])) >= 0 <= 1)) / 0.001');
  });
});

test("a guard looks at the canary and tells its worst series", () => {
  const { policy } = gateOf({ matchers: [equals("cluster", "eu-1")] });
  const guard = (text: string, bound: Guard["bound"]): string =>
    line(
      guardQuery(
        { name: "g", query: query(text, { kind: "value" }), bound, limit: decimal("1"), action: "hold", at: COUNTED.at },
        policy,
        HASHES,
      ),
    );
  assert.equal(guard("queue_age", "max"), 'max(queue_age{cluster="eu-1",rs="new"})');
  assert.equal(guard("sum by (pod) (up)", "min"), 'min(sum by (pod) (up{cluster="eu-1",rs="new"}))');
  assert.equal(guard("avg(a) / avg(b)", "max"), 'avg(a{cluster="eu-1",rs="new"}) / avg(b{cluster="eu-1",rs="new"}) > -Inf < Inf');
});

suite("problems", () => {
  const PODS = (own: string): Parts => {
    const pods = [{ label: "pod", op: "=~", value: "shop-{hash}-.+" }] as const;
    return { isolation: { ...SHORT, canary: pods, stable: pods }, slo: sloOf({ bad: `sum(rate(bad{${own}}[5m]))` }) };
  };
  const NAMED = (own: string): Parts => ({
    isolation: { ...SHORT, canary: [equals("workload", "shop")], stable: [equals("workload", "shop-primary")] },
    slo: sloOf({ bad: `sum(rate(bad{${own}}[5m]))` }),
  });
  const rows: readonly (readonly [name: string, parts: Parts, want: readonly string[]])[] = [
    ["none", {}, []],
    ["a label that is taken", { slo: sloOf({ bad: 'sum(rate(bad{rs="a"}[5m]))' }) }, ["clash rs"]],
    [
      "one side's own value",
      {
        isolation: { ...SHORT, canary: [equals("version", "canary")], stable: [equals("version", "stable")] },
        slo: sloOf({ bad: 'sum(rate(bad{version="canary"}[5m]))' }),
      },
      ["clash version"],
    ],
    ["a pattern that all pods of the workload fit", PODS('pod=~"shop-.+"'), []],
    ["a pattern that fits some pods", PODS('pod=~"shop-v2-.+"'), ["clash pod"]],
    ["a pattern that may fit some pods", PODS('pod=~"(shop|cart)-.+"'), ["clash pod"]],
    ["names of which this is one", NAMED('workload=~"shop(-primary)?"'), []],
    ["names of which this is none", NAMED('workload=~"cart|bag"'), ["clash workload"]],
    ["names of which only one side is one", NAMED('workload=~"shop|cart"'), ["clash workload"]],
    ["a pattern that only RE2 can read", NAMED('workload=~"(?i)SHOP(-primary)?"'), ["clash workload"]],
    ["a label that only excludes", { slo: sloOf({ bad: 'sum(rate(bad{rs!=""}[5m]))' }) }, []],
    ["a label that the environment sets", { matchers: [equals("code", "200")], slo: sloOf({}) }, ["clash code"]],
    ["recorded series", { slo: sloOf({ bad: "sum(rate(job:bad:sum[5m]))" }) }, ["recorded job:bad:sum"]],
    ["nothing to tell the sides apart by", { isolation: { ...SHORT, except: ["bad"] } }, ["unsliced"]],
    ["a ready ratio", { slo: RAW }, ["not-countable ratio"]],
    ["a ready ratio with evidence", { slo: RAW, evidence: { bad: query("failed"), total: query("done") } }, []],
    ["a threshold, silence passes", { slo: THRESHOLD, settings: { noTraffic: "pass" } }, ["not-countable threshold"]],
    ["time slices", { slo: sloOf({ slice: seconds(60) }) }, ["not-countable slices"]],
    ["a count that is filtered", { slo: sloOf({ total: "sum(rate(all[5m])) > 1" }) }, ["nonlinear sum(rate(all[5m])) > 1"]],
    ["a count that is scaled", { slo: sloOf({ bad: "sum(rate(bad[5m])) * 60" }) }, ["nonlinear sum(rate(bad[5m])) * 60"]],
    ["a mean", { slo: sloOf({ bad: "avg(rate(bad[5m]))" }) }, ["nonlinear avg(rate(bad[5m]))"]],
    [
      "a share",
      { slo: sloOf({ bad: "sum(rate(bad[5m])) / sum(rate(all[5m]))", total: "sum(rate(all[5m]))" }) },
      ["nonlinear sum(rate(bad[5m])) / sum(rate(all[5m]))"],
    ],
    ["twins", { slo: sloOf({ bad: "sum(max by (route) (rate(bad[5m])))" }) }, []],
    ["groups", { slo: sloOf({ bad: "sum by (a) (rate(bad[5m]))", total: "sum by (a) (rate(all[5m]))" }) }, ["grouped a"]],
    ["series that outlive a revision", { isolation: { ...SHORT, revisionUnique: false } }, ["not-revision-unique"]],
  ];
  for (const [name, parts, want] of rows) {
    test(name, () => {
      const { gate, policy } = gateOf(parts);
      assert.deepEqual(gateProblems(gate, policy).map(told), want);
    });
  }

  test("of a guard", () => {
    const { policy } = gateOf({});
    const guard = { name: "g", bound: "max", limit: decimal("1"), action: "hold", at: COUNTED.at } as const;
    assert.deepEqual(guardProblems({ ...guard, query: query('max(a{rs="x"})', { kind: "value" }) }, policy).map(told), ["clash rs"]);
  });
});

function told(problem: GateProblem): string {
  switch (problem.kind) {
    case "clash":
      return `clash ${problem.own.label}`;
    case "recorded":
      return `recorded ${problem.name}`;
    case "not-countable":
      return `not-countable ${problem.why}`;
    case "nonlinear":
      return `nonlinear ${printExpr(fillWindow(problem.part, seconds(300)))}`;
    case "grouped":
      return `grouped ${problem.labels === "unknown" ? "unknown" : problem.labels.join(" ")}`;
    case "unsliced":
    case "not-revision-unique":
      return problem.kind;
  }
}

test("matchers are added to every selector, beside what it asks already", () => {
  const { expr } = parsed('sum(rate(x[5m] offset 1m)) / {job="y"} > on () r:s unless z{"k8s.hash"="b"} unless info');
  const side = { everywhere: [], isolating: [equals("k8s.hash", "a")], except: ["info"] };
  assert.equal(
    printExpr(sliceExpr(expr, side), { width: 300 }),
    'sum(rate(x{"k8s.hash"="a"}[5m] offset 1m)) / {job="y","k8s.hash"="a"} > on () r:s{"k8s.hash"="a"} unless z{"k8s.hash"="b","k8s.hash"="a"} unless info',
  );
});

function parsed(text: string): { readonly expr: Expr } {
  const result = parseExpr(text);
  assert.ok(result.ok);
  return result;
}
