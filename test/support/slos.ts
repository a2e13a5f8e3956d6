import assert from "node:assert/strict";
import type { Indicator, Slo } from "../../src/model/model.ts";
import { STRICT_READING } from "../../src/model/reading.ts";
import { readPromql, type QueryUse } from "../../src/model/query.ts";
import { parseDuration, type Seconds } from "../../src/units/duration.ts";
import { complement, ratio } from "../../src/units/quantity.ts";
import { parseDecimal, rational } from "../../src/units/rational.ts";

const FILE = { path: "slo.yaml", text: "slo" };
const AT = { file: FILE, start: 0, end: 3 };

export interface SloParts {
  readonly target?: string;
  readonly period?: string;
  /** Makes the SLO one of time slices. */
  readonly slice?: Seconds;
  readonly bad?: string;
  readonly total?: string;
}

/** An SLO as a front end would lower it, without a spec around it. */
export function sloOf({
  target = "0.999",
  period = "30d",
  slice,
  bad = 'sum(rate(hits_total{code="500"}[{{.window}}]))',
  total = "sum(rate(hits_total[{{.window}}]))",
}: SloParts): Slo {
  const share = ratio(parseDecimal(target) ?? rational(0));
  const length = parseDuration(period);
  assert.ok(share && length);
  const entries = { enabled: true, labels: [], annotations: [] };
  return {
    id: "shop-hits",
    service: "shop",
    name: "hits",
    objective: { target: share, budget: complement(share), at: AT },
    indicators: { prometheus: { kind: "events", counted: "bad", events: query(bad), total: query(total), at: AT } },
    budgeting: slice === undefined ? { kind: "occurrences" } : { kind: "timeslices", slice, target: rational(9, 10), at: AT, targetAt: AT },
    window: { kind: "rolling", length, at: AT },
    labels: [],
    annotations: [],
    alerting: { kind: "standard", labels: [], annotations: [], page: entries, ticket: entries },
    origin: { format: "prometheus/v1", document: 0, plugins: [] },
    at: AT,
  };
}

/** What the SLO asks of a Prometheus. */
export function indicatorOf(slo: Slo | undefined): Indicator {
  return slo?.indicators.prometheus ?? assert.fail("the SLO has no indicator for Prometheus");
}

/** The SLO with another indicator for Prometheus. */
export function measuring(slo: Slo, indicator: Indicator): Slo {
  return { ...slo, indicators: { prometheus: indicator } };
}

/** The SLO with its first query counting good events instead of bad ones. */
export function countingGood(slo: Slo): Slo {
  const indicator = indicatorOf(slo);
  assert.ok(indicator.kind === "events");
  return measuring(slo, { ...indicator, counted: "good" });
}

export function query(text: string, use: QueryUse = { kind: "events", counter: true }) {
  const found: string[] = [];
  const read = readPromql({ kind: "scalar", text, style: "plain", at: AT }, use, {
    report: ({ message }) => found.push(message),
    reading: STRICT_READING,
  });
  assert.ok(read, found.join("; "));
  return read;
}
