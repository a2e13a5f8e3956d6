import { formatDuration, seconds } from "../../src/units/duration.ts";

/** One stretch of traffic: so many events a second, of which a share is bad. */
export interface Traffic {
  readonly seconds: number;
  readonly perSecond: number;
  readonly bad: number;
  /** The process restarts at the start of the stretch, so its counters begin at zero. */
  readonly restart?: true;
}

/** A series of promtool's input: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series */
export interface Series {
  readonly series: string;
  readonly values: string;
}

/** What an expression must give at a time; an empty list for nothing. */
export interface Expectation {
  readonly expr: string;
  readonly at: number;
  readonly samples: readonly { readonly labels: string; readonly value: number }[];
}

export interface Scenario {
  readonly name: string;
  readonly series: readonly Series[];
  readonly expect: readonly Expectation[];
}

export const STEP = 30;

/** The counters of good and bad events that the traffic makes, sampled every 30 s. */
export function counters(good: string, bad: string, traffic: readonly Traffic[]): readonly Series[] {
  return [
    { series: good, values: counter(traffic, (stretch) => stretch.perSecond * (1 - stretch.bad)) },
    { series: bad, values: counter(traffic, (stretch) => stretch.perSecond * stretch.bad) },
  ];
}

/** A counter that grows at the rate of each stretch. */
export function counter(traffic: readonly Traffic[], perSecond: (stretch: Traffic) => number): string {
  const chunks: string[] = ["0x0"];
  let value = 0;
  for (const stretch of traffic) {
    const steps = Math.round(stretch.seconds / STEP);
    const grows = exact(perSecond(stretch) * STEP);
    if (stretch.restart) value = -grows;
    if (steps > 0) chunks.push(`${value + grows}+${grows}x${steps - 1}`);
    value += grows * steps;
  }
  return chunks.join(" ");
}

/** A value that stays for so many seconds, then the next; promtool repeats numbers, but not `NaN`. */
export function gauge(stretches: readonly (readonly [seconds: number, value: string])[]): string {
  return stretches
    .map(([length, value]) => {
      const steps = Math.round(length / STEP);
      return value === "NaN" ? Array.from({ length: steps }, () => value).join(" ") : `${value}x${steps - 1}`;
    })
    .join(" ");
}

export const firing = (alert: string, severity: string, at: number): Expectation => ({
  expr: alertsFiring(alert, severity),
  at,
  samples: [{ labels: "{}", value: 1 }],
});
export const silent = (alert: string, severity: string, at: number): Expectation => ({
  expr: alertsFiring(alert, severity),
  at,
  samples: [],
});

function alertsFiring(alert: string, severity: string): string {
  return `count(ALERTS{alertname="${alert}", alertstate="firing", sloth_severity="${severity}"})`;
}

/** A promtool test file. JSON is YAML. */
export function testFile(rules: string, scenarios: readonly Scenario[]): string {
  return JSON.stringify({
    rule_files: [rules],
    evaluation_interval: "30s",
    tests: scenarios.map(({ name, series, expect }) => ({
      name,
      interval: "30s",
      input_series: series,
      promql_expr_test: expect.map(({ expr, at, samples }) => ({ expr, eval_time: formatDuration(seconds(at)), exp_samples: samples })),
    })),
  });
}

/** A multiple of 1/1024, which doubles add without rounding: a sum that came out a hair lower would look like a restarted counter. */
function exact(x: number): number {
  return Math.round(x * 1024) / 1024;
}
