import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, suite, test } from "node:test";
import { promisify } from "node:util";
import { globSync } from "tinyglobby";
import { parseAllDocuments } from "yaml";
import { formatDuration, seconds } from "../../src/units/duration.ts";
import { compileTexts, configOf } from "../support/project.ts";
import { counter, counters, firing, gauge, silent, testFile, type Expectation, type Scenario, type Traffic } from "./scenarios.ts";
import { KINDS } from "./kinds.ts";
import { oracle, vectors } from "./support.ts";

const run = promisify(execFile);
const promtool = oracle("promtool");
const work = mkdtempSync(join(tmpdir(), "slogen-promtool-"));
after(() => rmSync(work, { recursive: true, force: true }));

const HOUR = 3600;
const MINUTE = 60;

/** What one SLO is tested with: its spec, the counters its queries read, its alert and its pairs of windows. */
interface Subject {
  readonly name: string;
  readonly spec: string;
  readonly good: string;
  readonly bad: string;
  readonly id: string;
  readonly alert: string;
  readonly pairs: readonly Pair[];
}

interface Pair {
  readonly severity: "page" | "ticket";
  readonly long: number;
  readonly short: number;
  /** The error ratio above which it fires. */
  readonly threshold: number;
}

const GOOD = 'http_requests_total{job="pay",code="200"}';
const BAD = 'http_requests_total{job="pay",code="500"}';

const sloth = (objective: string): string => `
version: prometheus/v1
service: pay
labels: { team: payments }
slos:
  - name: avail
    objective: ${objective}
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="pay",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="pay"}[{{.window}}]))
    alerting: { name: PayAvail }
`;

/** The twin of the 30-day plan at a thirtieth of its length: promtool holds 10,000 samples in memory, and 3d at 30 s are 8,640 of each series. */
const DAY_CATALOG = `
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

const openslo = `
apiVersion: openslo/v1
kind: SLO
metadata: { name: avail, labels: { team: payments } }
spec:
  service: pay
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 30d, isRolling: true }]
  indicator:
    metadata: { name: pay-good }
    spec:
      ratioMetric:
        counter: true
        good: { metricSource: { type: Prometheus, spec: { query: 'http_requests_total{job="pay",code="200"}' } } }
        total: { metricSource: { type: Prometheus, spec: { query: 'http_requests_total{job="pay"}' } } }
  objectives: [{ target: 0.99 }]
`;

const SUBJECTS: readonly Subject[] = [
  {
    name: "99.9 % over 30d",
    spec: sloth("99.9"),
    good: GOOD,
    bad: BAD,
    id: "pay-avail",
    alert: "PayAvail",
    pairs: [
      { severity: "page", long: HOUR, short: 5 * MINUTE, threshold: 0.0144 },
      { severity: "page", long: 6 * HOUR, short: 30 * MINUTE, threshold: 0.006 },
    ],
  },
  {
    name: "99 % over 30d, from good events",
    spec: openslo,
    good: GOOD,
    bad: BAD,
    id: "pay-avail",
    alert: "PayAvailErrorBudgetBurn",
    pairs: [
      { severity: "page", long: HOUR, short: 5 * MINUTE, threshold: 0.144 },
      { severity: "page", long: 6 * HOUR, short: 30 * MINUTE, threshold: 0.06 },
    ],
  },
  {
    name: "99.9 % over 1d, the twin of the long windows",
    spec: `${sloth("99.9")}---${DAY_CATALOG}`,
    good: GOOD,
    bad: BAD,
    id: "pay-avail",
    alert: "PayAvail",
    pairs: [
      { severity: "page", long: 30 * MINUTE, short: 5 * MINUTE, threshold: 0.0144 },
      { severity: "page", long: 3 * HOUR, short: 15 * MINUTE, threshold: 0.006 },
      { severity: "ticket", long: 4 * HOUR, short: 30 * MINUTE, threshold: 0.003 },
      { severity: "ticket", long: 16 * HOUR, short: 3 * HOUR, threshold: 0.00102 },
    ],
  },
];

const steady = (seconds: number, bad: number, perSecond = 20): Traffic => ({ seconds, perSecond, bad });

/** Each threshold from both sides, after healthy hours; then the end of the alert. */
function thresholdScenarios(subject: Subject): readonly Scenario[] {
  return subject.pairs.flatMap(({ severity, long, short, threshold }): readonly Scenario[] => {
    const healthy = Math.max(...subject.pairs.filter((pair) => pair.severity === severity).map((pair) => pair.long)) * 1.2;
    const burning = long * 1.05 + 10 * MINUTE;
    const settle = severity === "ticket" ? 20 * MINUTE : 2 * MINUTE;
    const end = healthy + burning + settle;
    const series = (factor: number) =>
      counters(subject.good, subject.bad, [steady(healthy, 0), steady(burning + settle, threshold * factor), steady(short + HOUR, 0)]);
    const { alert } = subject;
    return [
      {
        name: `${subject.name}: ${severity} over ${long / MINUTE}m fires just above its threshold and ends after recovery`,
        series: series(1.05),
        expect: [silent(alert, severity, healthy), firing(alert, severity, end), silent(alert, severity, end + short + 7 * MINUTE)],
      },
      {
        name: `${subject.name}: ${severity} over ${long / MINUTE}m is silent just below its threshold`,
        series: series(0.95),
        expect: [silent(alert, severity, end)],
      },
    ];
  });
}

function trafficScenarios({ name, good, bad, id, alert, pairs }: Subject): readonly Scenario[] {
  const gone = (expr: string, at: number): Expectation => ({ expr, at, samples: [] });
  const is = (expr: string, at: number, value: number): Expectation => ({ expr, at, samples: [{ labels: "{}", value }] });
  const noPages = (at: number): readonly Expectation[] => [silent(alert, "page", at), silent(alert, "ticket", at)];
  const ratio = (window: string): string => `sum(slo:sli_error:ratio_rate${window}{sloth_id="${id}"})`;
  return [
    {
      name: `${name}: a total outage pages within two minutes`,
      series: counters(good, bad, [steady(2 * HOUR, 0), steady(HOUR, 1)]),
      expect: [silent(alert, "page", 2 * HOUR), firing(alert, "page", 2 * HOUR + (name.startsWith("99.9") ? 2 : 11) * MINUTE)],
    },
    {
      name: `${name}: without traffic there is no ratio, no NaN, no alert, and the budget stays`,
      series: counters(good, bad, [steady(2 * HOUR, 0.0005), steady(2 * HOUR, 0, 0)]),
      expect: [
        gone(ratio("5m"), 4 * HOUR),
        is("sum(slo:sli_events_total:rate5m)", 4 * HOUR, 0),
        gone("count(slo:period_error_budget_remaining:ratio != slo:period_error_budget_remaining:ratio)", 4 * HOUR),
        is("count(slo:period_error_budget_remaining:ratio > 0.4 < 1)", 4 * HOUR, 1),
        ...noPages(4 * HOUR),
        gone('ALERTS{alertname="PayAvailNoData"}', 4 * HOUR),
      ],
    },
    {
      name: `${name}: without a series of bad events the ratio is zero, not a gap`,
      series: [{ series: good, values: counter([steady(2 * HOUR, 0)], ({ perSecond }) => perSecond) }],
      expect: [
        is(ratio(formatDuration(seconds(pairs[0]?.long ?? HOUR))), 2 * HOUR, 0),
        is("sum(slo:period_error_budget_remaining:ratio)", 2 * HOUR, 1),
        is('sum(slo:burn_rate:ratio{sloth_window="5m"})', 2 * HOUR, 0),
        ...noPages(2 * HOUR),
      ],
    },
    {
      name: `${name}: a restart of the counters is no outage`,
      series: counters(good, bad, [steady(2 * HOUR, 0.0002), { ...steady(HOUR, 0.0002), restart: true }]),
      expect: [2 * HOUR + MINUTE, 2 * HOUR + 5 * MINUTE, 3 * HOUR].flatMap(noPages),
    },
    {
      name: `${name}: one bad event at a request a minute alerts nobody`,
      series: [
        { series: good, values: counter([steady(6 * HOUR, 0, 1 / 60)], ({ perSecond }) => perSecond) },
        {
          series: bad,
          values: gauge([
            [4 * HOUR, "0"],
            [2 * HOUR, "1"],
          ]),
        },
      ],
      expect: [4 * HOUR + MINUTE, 4 * HOUR + 5 * MINUTE, 4.5 * HOUR, 6 * HOUR].flatMap(noPages),
    },
    {
      name: `${name}: an outage at a request a minute pages`,
      series: counters(good, bad, [steady(4 * HOUR, 0, 1 / 60), steady(HOUR, 1, 1 / 60)]),
      expect: [silent(alert, "page", 4 * HOUR), firing(alert, "page", 4 * HOUR + 15 * MINUTE)],
    },
    {
      name: `${name}: an SLI that is not measured says so after half an hour`,
      series: counters(good, bad, [steady(HOUR, 0)]),
      expect: [
        gone('ALERTS{alertname="PayAvailNoData",alertstate="firing"}', 90 * MINUTE),
        is('count(ALERTS{alertname="PayAvailNoData",alertstate="firing",sloth_severity="ticket",team="payments"})', 2 * HOUR, 1),
      ],
    },
  ];
}

/** Sloth recorded 0.2 % for half a day, NaN while there was no traffic; then its rules were swapped for these. */
function switchScenario({ name, good, bad, id }: Subject): Scenario {
  const before = 12 * HOUR;
  const old = gauge([
    [6 * HOUR, "0.0005"],
    [HOUR, "NaN"],
    [5 * HOUR, "0.0005"],
  ]);
  const later = counters(good, bad, [steady(6 * HOUR, 0)]).map(({ series, values }) => ({
    series,
    values: `_x${before / 30 - 1} ${values}`,
  }));
  const remaining = (at: number, from: number, to: number): Expectation => ({
    expr: `count(slo:period_error_budget_remaining:ratio{sloth_id="${id}"} > ${from} < ${to})`,
    at,
    samples: [{ labels: "{}", value: 1 }],
  });
  return {
    name: `${name}: after the switch from Sloth's rules the old history still counts`,
    series: [
      { series: `slo:sli_error:ratio_rate5m{sloth_id="${id}",sloth_service="pay",sloth_slo="avail",sloth_window="5m"}`, values: old },
      ...later,
    ],
    expect: [remaining(before + 30 * MINUTE, 0.45, 0.6), remaining(before + 6 * HOUR, 0.6, 0.72)],
  };
}

/** A thousandth of a busy hour fails, then a hundredth of ten quiet ones: 0.143 % of the events, 0.918 % of the time. */
function weightScenario({ name, good, bad }: Subject): Scenario {
  const traffic = [steady(HOUR, 0.001, 200), steady(10 * HOUR, 0.01, 1)];
  return {
    name: `${name}: the period is weighted by events`,
    series: counters(good, bad, traffic),
    expect: [{ expr: "count(slo:sli_error:ratio_rate1d > 0.0013 < 0.0016)", at: 11 * HOUR, samples: [{ labels: "{}", value: 1 }] }],
  };
}

/** The SLO's label changes at noon; what was recorded before goes on counting. */
function labelScenario({ name, good, bad, id }: Subject): Scenario {
  const before = 12 * HOUR;
  const old = (record: string, value: string) => ({
    series: `${record}{sloth_id="${id}",sloth_service="pay",sloth_slo="avail",team="before"}`,
    values: gauge([[before, value]]),
  });
  const later = counters(good, bad, [steady(6 * HOUR, 0.001)]).map(({ series, values }) => ({
    series,
    values: `_x${before / 30 - 1} ${values}`,
  }));
  return {
    name: `${name}: a changed label does not split the history`,
    series: [old("slo:sli_events_bad:rate5m", "0.0625"), old("slo:sli_events_total:rate5m", "20"), ...later],
    expect: [{ expr: "count(slo:sli_error:ratio_rate1d > 0.0023 < 0.0025)", at: before + 6 * HOUR, samples: [{ labels: "{}", value: 1 }] }],
  };
}

// Each is a process of its own, and promtool works on one core.
suite("promtool test rules", { concurrency: availableParallelism() }, () => {
  for (const subject of SUBJECTS) {
    const ofPeriods = [switchScenario(subject), weightScenario(subject), labelScenario(subject)];
    const scenarios = [...thresholdScenarios(subject), ...trafficScenarios(subject), ...(subject.name.includes("twin") ? ofPeriods : [])];
    for (const [i, scenario] of scenarios.entries()) check(scenario, `${subject.name}-${i}`, subject.spec);
  }
  for (const [i, { spec, scenario }] of KINDS.entries()) check(scenario, `kind-${i}`, spec);
});

/** Compiles the spec and runs the scenario against its rules. */
function check(scenario: Scenario, name: string, spec: string): void {
  test(scenario.name, async () => {
    const rules = rulesOf(name, spec);
    const file = join(dirname(rules), "test.json");
    writeFileSync(file, testFile(basename(rules), [scenario]));
    const failed = await run(promtool, ["test", "rules", file]).then(
      () => undefined,
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
    );
    assert.equal(failed, undefined);
  });
}

test("every committed rules file passes promtool check rules", () => {
  const files = globSync(["examples/*/generated/**/*.{yaml,yml}", "test/golden/prometheus/*/output/**/*.{yaml,yml}"]).filter(
    (path) => !path.includes("/alertmanager/"),
  );
  const checked = files.flatMap((path, i) =>
    parseAllDocuments(readFileSync(path, "utf8")).map((document, part) => {
      const { kind, spec, groups } = document.toJS() as { kind?: string; spec?: { groups: unknown }; groups?: unknown };
      const rules = join(work, `check-${i}-${part}.json`);
      writeFileSync(rules, JSON.stringify({ groups: kind === "PrometheusRule" ? spec?.groups : groups }));
      return rules;
    }),
  );
  assert.ok(checked.length > 0);
  const { status, stdout, stderr } = spawnSync(promtool, ["check", "rules", ...checked], { encoding: "utf8" });
  assert.equal(status, 0, `${stdout}${stderr}`);
  process.stderr.write(`promtool check rules: ${checked.length} of ${checked.length} files\n`);
});

test(
  "what the public Sloth examples become in our own dialect loads",
  { skip: vectors() === undefined && "the public vectors are not beside the checkout" },
  () => {
    const config = configOf("prometheus: { retention: 400d, format: rules }");
    const rules: string[] = [];
    for (const path of globSync("sloth/input/*.yml", { cwd: vectors() ?? "" }).sort()) {
      const { files, diagnostics } = compileTexts({ "slo.yaml": readFileSync(join(vectors() ?? "", path), "utf8") }, config);
      const refused = diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
      // Its total is a range of a scalar, which VictoriaMetrics alone reads.
      assert.deepEqual([...new Set(refused)], path.endsWith("victoria-metrics.yml") ? ["promql/metricsql"] : [], path);
      if (refused.length > 0) continue;
      for (const [i, file] of files.filter((each) => each.path.startsWith("prometheus/")).entries()) {
        rules.push(join(work, `${basename(path)}-${i}.yaml`));
        writeFileSync(rules.at(-1) ?? "", file.text);
      }
    }
    const { status, stdout, stderr } = spawnSync(promtool, ["check", "rules", ...rules], { encoding: "utf8" });
    assert.equal(status, 0, `${stdout}${stderr}`);
    process.stderr.write(`promtool check rules, public Sloth examples: ${rules.length} of ${rules.length} files\n`);
  },
);

function rulesOf(name: string, spec: string): string {
  const config = configOf(`prometheus: { defaultPeriod: ${name.includes("1d") ? "1d" : "30d"}, retention: 400d }`);
  const { files, diagnostics } = compileTexts({ "slo.yaml": spec }, config);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === "error").map(({ code, message }) => `${code}: ${message}`),
    [],
  );
  const rules = files.find(({ path }) => path.startsWith("prometheus/"));
  assert.ok(rules);
  const path = join(work, name.replace(/[^a-z0-9]+/gi, "-"), "rules.yaml");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, rules.text);
  return path;
}
