import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedSlo } from "../../src/model/model.ts";
import { planSlos } from "../../src/passes/plan.ts";
import { DAY, formatDuration, MINUTE, seconds } from "../../src/units/duration.ts";
import { toDecimal } from "../../src/units/rational.ts";
import { lowerText } from "../frontends/openslo-support.ts";
import { sloOf } from "../support/slos.ts";

interface Planned {
  readonly plan: PlannedSlo;
  readonly codes: readonly string[];
}

function planned(period: string, target = "0.999", slice?: number): Planned {
  const codes: string[] = [];
  const [plan] = planSlos(
    [sloOf({ target, period, ...(slice !== undefined && { slice: seconds(slice) }) })],
    { defaultPeriod: seconds(30 * DAY), catalogs: [] },
    ({ code }) => codes.push(code),
  );
  assert.ok(plan);
  return { plan, codes };
}

/** `page 1h/5m 14.4` and so on. */
function pairsOf({ alerts }: PlannedSlo): readonly string[] {
  return alerts.flatMap(({ severity, pairs }) =>
    pairs.map(({ long, short, burnRate }) => `${severity} ${formatDuration(long)}/${formatDuration(short)} ${toDecimal(burnRate)}`),
  );
}

test("the default plan is the workbook's, its burn rates by the period", () => {
  const rows: Readonly<Record<string, readonly string[]>> = {
    "30d": ["page 1h/5m 14.4", "page 6h/30m 6", "ticket 1d/2h 3", "ticket 3d/6h 1"],
    "28d": ["page 1h/5m 13.44", "page 6h/30m 5.6", "ticket 1d/2h 2.8", "ticket 3d/6h 0.9333333333333333"],
    "90d": ["page 1h/5m 43.2", "page 6h/30m 18", "ticket 1d/2h 9", "ticket 3d/6h 3"],
    "7d": ["page 1h/5m 14.4", "page 6h/30m 6", "ticket 1d/2h 3", "ticket 3d/6h 1"],
  };
  for (const [period, want] of Object.entries(rows)) assert.deepEqual(pairsOf(planned(period).plan), want, period);
});

test("windows that would fire only once the budget is gone are left out of short periods, and an emptied severity is said", () => {
  const { plan, codes } = planned("2d");
  assert.deepEqual(pairsOf(plan), ["page 1h/5m 14.4", "page 6h/30m 6"]);
  assert.deepEqual(codes, ["alert/severity-left-out"]);
  assert.deepEqual(planned("4d").codes, []);
  assert.deepEqual(planned("3d").codes, ["alert/severity-left-out"]);
  assert.deepEqual(plan.windows.map(formatDuration), ["5m", "30m", "1h", "2h", "6h", "1d"]);
});

test("a period below a day is refused", () => {
  assert.ok(planned("12h").codes.includes("slo/period-too-short"));
});

test("a burn rate that no outage reaches is left out, and the rest stays", () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["0.94", []],
    ["0.9", ["page 1h/5m 14.4"]],
    ["0.8", ["page 1h/5m 14.4", "page 6h/30m 6"]],
    ["0.5", ["page 1h/5m 14.4", "page 6h/30m 6", "ticket 1d/2h 3"]],
  ];
  const all = pairsOf(planned("30d").plan);
  for (const [target, missing] of rows) {
    const { plan, codes } = planned("30d", target);
    assert.deepEqual(
      pairsOf(plan),
      all.filter((pair) => !missing.includes(pair)),
      target,
    );
    const isPageGone = missing.filter((pair) => pair.startsWith("page")).length === 2;
    const ofPairs = missing.filter((pair) => !isPageGone || pair.startsWith("ticket")).map(() => "alert/pair-left-out");
    assert.deepEqual(codes, isPageGone ? ["alert/severity-left-out", ...ofPairs] : ofPairs);
  }
});

test("windows hold whole slices", () => {
  assert.deepEqual(pairsOf(planned("30d", "0.9", 10 * MINUTE).plan), ["page 6h/30m 6", "ticket 1d/2h 3", "ticket 3d/6h 1"]);
  const { plan } = planned("30d", "0.95", 10 * MINUTE);
  assert.deepEqual(pairsOf(plan), ["page 1h/10m 14.4", "page 6h/30m 6", "ticket 1d/2h 3", "ticket 3d/6h 1"]);
  assert.deepEqual(plan.windows.map(formatDuration), ["10m", "30m", "1h", "2h", "6h", "1d", "3d"]);
});

test("a slice so long that one of them alerts is said", () => {
  assert.ok(planned("30d", "0.999", 1 * MINUTE).codes.includes("alert/one-slice-alerts"));
  assert.ok(!planned("30d", "0.95", 1 * MINUTE).codes.includes("alert/one-slice-alerts"));
});

test("a slice that does not divide the period is refused", () => {
  assert.ok(planned("30d", "0.95", 7 * MINUTE).codes.includes("slo/slice-window"));
});

test("only an SLO that Prometheus measures is told what its scrapes and its rules cannot do", () => {
  const codesOf = (type: string, bad: string, total: string): readonly string[] => {
    const { slos, diagnostics } = lowerText(`apiVersion: openslo/v1
kind: SLO
metadata: { name: availability }
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 1M, calendar: { startTime: 2026-01-01 00:00:00, timeZone: UTC } }]
  indicator:
    metadata: { name: errors }
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: ${type}, spec: { query: '${bad}' } } }
        total: { metricSource: { type: ${type}, spec: { query: '${total}' } } }
  objectives: [{ target: 0.999 }]
  alertPolicies:
    - kind: AlertPolicy
      metadata: { name: fast-burn }
      spec:
        alertWhenBreaching: true
        conditions:
          - kind: AlertCondition
            metadata: { name: fast-burn-condition }
            spec: { severity: page, condition: { kind: burnrate, op: gt, threshold: 20, lookbackWindow: 2m } }
        notificationTargets: [{ kind: AlertNotificationTarget, metadata: { name: on-call }, spec: { target: pagerduty } }]
`);
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === "error"),
      [],
    );
    const codes: string[] = [];
    planSlos(slos, { defaultPeriod: seconds(30 * DAY), catalogs: [] }, ({ code }) => codes.push(code));
    return codes;
  };
  const told = ["slo/calendar-period", "alert/window-below-scrapes"];
  assert.deepEqual(codesOf("Prometheus", 'hits_total{code="500"}', "hits_total"), told);
  assert.deepEqual(codesOf("Datadog", "sum:hits{code:500}.as_count()", "sum:hits{*}.as_count()"), []);
});
