import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { promisify } from "node:util";
import { alertDetection, alertReset, detectionTime } from "../../src/explain/detection.ts";
import type { PairFacts } from "../../src/explain/facts.ts";
import { sloFacts } from "../../src/explain/slo-facts.ts";
import { analyse, compile } from "../../src/index.ts";
import { configOf } from "../support/project.ts";
import { counters, firing, silent, testFile, type Traffic } from "./scenarios.ts";
import { oracle } from "./support.ts";

const run = promisify(execFile);
const promtool = oracle("promtool");
const work = mkdtempSync(join(tmpdir(), "slogen-explain-"));
after(() => rmSync(work, { recursive: true, force: true }));

const MINUTE = 60;
const HOUR = 3600;

/** Two scrapes and two evaluations, half a minute each: the alert's rules read what others recorded. */
const LATE = 120;
/** Windows above an hour are summed from rates over five minutes, which on average are half of that behind, and the longest every two minutes. */
const SUMMED = 150;
const SLOW = 120;
/** A rate that is extrapolated to its window's ends can be ahead of the errors by a scrape. */
const EARLY = 30;

const GOOD = 'http_requests_total{job="pay",code="200"}';
const BAD = 'http_requests_total{job="pay",code="500"}';

const SPEC = `
version: prometheus/v1
service: pay
slos:
  - name: avail
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="pay",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="pay"}[{{.window}}]))
    alerting: { name: PayAvail }
`;

/** Days take more samples than promtool holds, so tickets are tried with windows of hours. */
const DAY_WINDOWS = `
---
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 1d
  page:
    quick: { errorBudgetPercent: 30, shortWindow: 5m, longWindow: 30m }
    slow: { errorBudgetPercent: 75, shortWindow: 15m, longWindow: 3h }
  ticket:
    quick: { errorBudgetPercent: 50, shortWindow: 30m, longWindow: 4h }
    slow: { errorBudgetPercent: 68, shortWindow: 3h, longWindow: 16h }
`;

interface Row {
  readonly name: string;
  readonly period: "30d" | "1d";
  readonly severity: string;
  readonly errorRatio: number;
  readonly duration: number;
  /** Requests a second. */
  readonly traffic?: number;
}

const ROWS: readonly Row[] = [
  { name: "a total outage of five minutes", period: "30d", severity: "page", errorRatio: 1, duration: 5 * MINUTE },
  { name: "7.2 % for twenty minutes", period: "30d", severity: "page", errorRatio: 0.072, duration: 20 * MINUTE },
  { name: "2 % for an hour", period: "30d", severity: "page", errorRatio: 0.02, duration: HOUR },
  { name: "1 % for five hours", period: "30d", severity: "page", errorRatio: 0.01, duration: 5 * HOUR },
  { name: "an outage that a ticket waits for", period: "1d", severity: "ticket", errorRatio: 1, duration: 30 * MINUTE },
  { name: "1 % for three hours", period: "1d", severity: "ticket", errorRatio: 0.01, duration: 3 * HOUR },
];

suite("an alert of the emitted rules fires and ends when explain says so", { concurrency: availableParallelism() }, () => {
  for (const row of ROWS) check(row);
});

test("errors below every limit of a page alert nobody, however long they last", async () => {
  const unseen = await failures({ ...ROWS[3], errorRatio: 0.0055, name: "unseen" } as Row, (from) => [
    silent("PayAvail", "page", from + 7 * HOUR),
  ]);
  assert.equal(unseen, undefined);
});

function check(row: Row): void {
  const { name, severity, errorRatio, duration } = row;
  test(`${severity}, ${row.period}: ${name}`, async () => {
    const alert = factsOf(row).alerts.find((each) => each.severity === severity) ?? assert.fail();
    const seen = alertDetection(alert, errorRatio) ?? assert.fail();
    const reset = alertReset(alert, errorRatio, duration);
    const fired = alert.pairs.filter((pair) => (detectionTime(pair, errorRatio) ?? Infinity) < duration);
    const [first] = [...fired].sort((a, b) => Number(detectionTime(a, errorRatio)) - Number(detectionTime(b, errorRatio)));
    assert.ok(first !== undefined, "no pair fires before the errors end");
    assert.ok(seen + lateness([first]) < duration && reset > 0, `${seen} of ${duration}`);
    process.stderr.write(`${name}: seen after ${Math.round(seen)} s, ends ${Math.round(reset)} s after the errors\n`);
    const problems = await failures(row, (from) => [
      silent("PayAvail", severity, from + whole(seen) - EARLY),
      firing("PayAvail", severity, from + whole(seen) + lateness([first])),
      firing("PayAvail", severity, from + duration + whole(reset) - EARLY),
      silent("PayAvail", severity, from + duration + whole(reset) + lateness(fired)),
    ]);
    assert.equal(problems, undefined);
  });
}

/** By how much the rules may be later than the windows that they stand for. */
function lateness(pairs: readonly PairFacts[]): number {
  const longest = Math.max(...pairs.map(({ long }) => long));
  return LATE + (longest > HOUR ? SUMMED : 0) + (longest > 6 * HOUR ? SLOW : 0);
}

/** To the evaluation at which it can be seen. */
const whole = (time: number): number => Math.floor(time / 30) * 30;

const projectOf = ({ period }: Row) => ({
  sources: [{ path: "slo.yaml", text: SPEC + (period === "1d" ? DAY_WINDOWS : ""), role: "spec" as const }],
  config: configOf(`prometheus: { defaultPeriod: ${period}, retention: 400d }`),
});

function factsOf(row: Row) {
  const { model, alertsOf } = analyse(projectOf(row));
  const slo = model.slos[0] ?? assert.fail();
  return sloFacts(slo, undefined, alertsOf(slo));
}

/** What promtool says is wrong; `expectations` get the moment at which the errors begin. */
async function failures(
  row: Row,
  expectations: (from: number) => Parameters<typeof testFile>[1][number]["expect"],
): Promise<string | undefined> {
  const { name, errorRatio, duration, period } = row;
  const from = (period === "1d" ? 17 : 7) * HOUR;
  const perSecond = 32;
  const stretch = (seconds: number, bad: number): Traffic => ({ seconds, perSecond, bad });
  const series = counters(GOOD, BAD, [stretch(from, 0), stretch(duration, errorRatio), stretch(4 * HOUR, 0)]);
  const folder = join(work, name.replace(/[^a-z0-9]+/gi, "-"));
  mkdirSync(folder, { recursive: true });
  const rules = compile(projectOf(row)).files.find(({ path }) => path.startsWith("prometheus/")) ?? assert.fail();
  writeFileSync(join(folder, "rules.yaml"), rules.text);
  writeFileSync(join(folder, "test.json"), testFile("rules.yaml", [{ name, series, expect: expectations(from) }]));
  return run(promtool, ["test", "rules", join(folder, "test.json")]).then(
    () => undefined,
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
  );
}
