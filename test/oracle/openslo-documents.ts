import { random, type Random } from "../yaml/random.ts";

/** A JSON value whose maps are lists of entries, so that a key can come twice. */
export type Value = null | boolean | number | string | readonly Value[] | Entries;

export class Entries {
  readonly list: readonly (readonly [string, Value])[];
  constructor(list: readonly (readonly [string, Value])[]) {
    this.list = list;
  }
}

export function entriesOf(value: unknown): Value {
  if (Array.isArray(value)) return value.map(entriesOf);
  if (typeof value === "object" && value !== null) return new Entries(Object.entries(value).map(([key, entry]) => [key, entriesOf(entry)]));
  return value as Value;
}

/** JSON text, which is YAML too; one entry a line. */
export function print(value: Value, indent = ""): string {
  const deeper = `${indent}  `;
  if (value instanceof Entries) {
    return value.list.length === 0
      ? "{}"
      : `{\n${value.list.map(([key, entry]) => `${deeper}${JSON.stringify(key)}: ${print(entry, deeper)}`).join(",\n")}\n${indent}}`;
  }
  if (Array.isArray(value)) return `[${value.map((item: Value) => print(item, indent)).join(", ")}]`;
  return JSON.stringify(value);
}

const metadata = (name: string): object => ({
  name,
  displayName: "Some name",
  labels: { team: "a", env: ["x", "y"] },
  annotations: { "example.com/note": "n" },
});
const query = (text: string): object => ({ metricSource: { type: "Prometheus", spec: { query: text } } });
const rolling = [{ duration: "30d", isRolling: true }];
const calendar = [{ duration: "1M", isRolling: false, calendar: { startTime: "2026-01-01 00:00:00", timeZone: "Europe/Berlin" } }];
const ratio = { counter: true, good: query('x_total{code="2"}'), total: query("x_total") };
const condition = { severity: "page", condition: { kind: "burnrate", op: "gte", threshold: 14.4, lookbackWindow: "1h", alertAfter: "5m" } };
const policy = {
  description: "d",
  alertWhenNoData: false,
  alertWhenResolved: true,
  alertWhenBreaching: true,
  conditions: [{ kind: "AlertCondition", metadata: metadata("fast"), spec: condition }],
  notificationTargets: [
    { kind: "AlertNotificationTarget", metadata: metadata("oncall"), spec: { target: "slack" } },
    { targetRef: "mail" },
  ],
};
const v1 = (kind: string, spec: object): object => ({ apiVersion: "openslo/v1", kind, metadata: metadata("name-1"), spec });
const alphaSource = (text: string): object => ({ source: "prometheus", queryType: "promql", query: text });

const plainMetadata = (name: string): object => ({ name, labels: { team: "a" }, annotations: { "example.com/note": "n" } });
const flat = (text: string): object => ({ dataSourceSpec: { type: "Prometheus", connectionDetails: { url: "u" } }, spec: { query: text } });
const v2 = (kind: string, spec: object): object => ({ apiVersion: "openslo.com/v2alpha", kind, metadata: plainMetadata("name-1"), spec });

/** Valid documents that between them use every field of every kind. */
export const SEEDS: readonly object[] = [
  v1("SLO", {
    description: "d",
    service: "checkout",
    indicator: { metadata: metadata("sli"), spec: { ratioMetric: ratio } },
    budgetingMethod: "Occurrences",
    timeWindow: rolling,
    objectives: [{ displayName: "o", target: 0.999 }],
    alertPolicies: [{ kind: "AlertPolicy", metadata: metadata("policy"), spec: policy }, { alertPolicyRef: "other" }],
  }),
  v1("SLO", {
    service: "checkout",
    indicator: { metadata: metadata("sli"), spec: { thresholdMetric: query("x") } },
    budgetingMethod: "Timeslices",
    timeWindow: calendar,
    objectives: [{ op: "lte", value: 5, targetPercent: 99.9, timeSliceTarget: 0.9, timeSliceWindow: "1m" }],
  }),
  v1("SLO", {
    service: "checkout",
    indicatorRef: "sli",
    budgetingMethod: "RatioTimeslices",
    timeWindow: rolling,
    objectives: [
      { displayName: "a", target: 0.9, timeSliceWindow: "5m" },
      { displayName: "b", target: 0.99, timeSliceWindow: "5m" },
    ],
  }),
  v1("SLO", {
    service: "checkout",
    budgetingMethod: "Occurrences",
    timeWindow: rolling,
    objectives: [
      { target: 0.9, indicatorRef: "sli", compositeWeight: 2 },
      { target: 0.9, indicator: { metadata: metadata("sli"), spec: { ratioMetric: { raw: query("x"), rawType: "success" } } } },
    ],
  }),
  v1("SLI", {
    description: "d",
    ratioMetric: { bad: { metricSource: { metricSourceRef: "prom", type: "Prometheus", spec: { query: "x" } } }, total: query("y") },
  }),
  v1("SLI", { thresholdMetric: query("x") }),
  v1("Service", { description: "d" }),
  v1("DataSource", { description: "d", type: "Prometheus", connectionDetails: { url: "u" } }),
  v1("AlertPolicy", { ...policy, conditions: [{ conditionRef: "fast" }] }),
  v1("AlertCondition", { description: "d", ...condition }),
  v1("AlertNotificationTarget", { description: "d", target: "slack" }),
  {
    apiVersion: "openslo/v1alpha",
    kind: "SLO",
    metadata: { name: "n", displayName: "N" },
    spec: {
      description: "d",
      service: "s",
      indicator: { thresholdMetric: alphaSource("x") },
      timeWindows: [{ unit: "Week", count: 1, isRolling: false, calendar: { startTime: "2022-01-01 12:00:00", timeZone: "UTC" } }],
      budgetingMethod: "Occurrences",
      objectives: [{ displayName: "Good", value: 200, op: "gt", target: 0.98 }],
    },
  },
  {
    apiVersion: "openslo/v1alpha",
    kind: "SLO",
    metadata: { name: "n" },
    spec: {
      service: "s",
      timeWindows: [{ unit: "Day", count: 30, isRolling: true }],
      budgetingMethod: "Timeslices",
      objectives: [
        {
          value: 1,
          target: 0.98,
          timeSliceTarget: 0.9,
          ratioMetrics: { incremental: true, good: alphaSource("x"), total: alphaSource("y") },
        },
      ],
    },
  },
  { apiVersion: "openslo/v1alpha", kind: "Service", metadata: { name: "n", displayName: "N" }, spec: { description: "d" } },
  v2("SLO", {
    description: "d",
    serviceRef: "checkout",
    sli: { metadata: plainMetadata("sli"), spec: { ratioMetric: { counter: true, good: flat("x_total"), total: flat("y_total") } } },
    budgetingMethod: "Occurrences",
    timeWindow: [{ duration: "4w", isRolling: true }],
    objectives: [{ displayName: "o", target: 0.999 }],
    alertPolicies: [{ alertPolicyRef: "other" }],
  }),
  v2("SLO", {
    serviceRef: "checkout",
    sliRef: "sli",
    budgetingMethod: "Timeslices",
    timeWindow: [{ duration: "4w", isRolling: true }],
    objectives: [{ op: "lte", value: 5, target: 0.999, timeSliceTarget: 0.9, timeSliceWindow: "1m" }],
  }),
  v2("SLI", { thresholdMetric: { dataSourceRef: "prom", spec: { query: "x" } } }),
  v2("DataSource", { type: "Prometheus", connectionDetails: [{ url: "u" }] }),
  v2("AlertPolicy", {
    alertWhenBreaching: true,
    conditions: [{ kind: "AlertCondition", metadata: plainMetadata("fast"), spec: condition }],
    notificationTargets: [{ targetRef: "mail" }],
  }),
  v2("AlertCondition", condition),
  v2("AlertNotificationTarget", { target: "slack" }),
  v2("Service", {}),
];

/** Values that mean something somewhere, right or wrong. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 0.5, 0.999, 1.5, 99.9, 100, 1e9, "", " ", "x", "A", "a-b", "a_b", "-a", "a".repeat(63), "a".repeat(64)],
  ...["1m", "0m", "0w", "5", "1s", "30 days", "1h30m", "-1h", "+5m", " 5m", "1M", "1Q", "2Y", "1y", "5m junk", "1.5h", "Week", "09h"],
  ...[
    "gt",
    "GT",
    "lte",
    "burnrate",
    "Burnrate",
    "success",
    "failure",
    "Occurrences",
    "occurrences",
    "Timeslices",
    "TimeSlices",
    "RatioTimeslices",
  ],
  ...[
    "SLO",
    "slo",
    "SLI",
    "AlertPolicy",
    "AlertCondition",
    "openslo/v1",
    "openslo/v1alpha",
    "openslo.com/v2alpha",
    "openslo/v2alpha1",
    "v1",
  ],
  ...["2026-01-01 00:00:00", "2026-02-30 00:00:00", "2026-01-01T00:00:00Z", "2026-01-01", "2026-01-01 24:00:00", "2026-01-01 00:00:00.5"],
  ...["UTC", "Local", "Europe/Berlin", "europe/berlin", "CET", "America/Argentina/Buenos_Aires", "+01:00", "Mars/Base", "Etc/GMT+1"],
  ...["Day", "day", "Month", "Year", "d".repeat(1050), "d".repeat(1051), "é".repeat(63), "example.com/x", "0.99"],
  ...[[], {}, ["x"], [null], [{}], { a: 1 }, [1], { x: "y" }],
];

const KEYS = [
  ...[
    "foo",
    "target",
    "targetPercent",
    "op",
    "value",
    "raw",
    "rawType",
    "bad",
    "good",
    "total",
    "indicator",
    "indicatorRef",
    "sliRef",
    "calendar",
  ],
  ...[
    "timeSliceTarget",
    "timeSliceWindow",
    "compositeWeight",
    "kind",
    "metadata",
    "spec",
    "conditionRef",
    "targetRef",
    "alertPolicyRef",
    "counter",
  ],
  ...[
    "thresholdMetric",
    "ratioMetric",
    "dataSourceRef",
    "displayName",
    "labels",
    "annotations",
    "description",
    "ratioMetrics",
    "apiVersion",
    "isRolling",
  ],
  ...["bad key", "net_", "a/b", "a/b/c", "-x", "x".repeat(64), "Example.com/x", "é"],
];

/** One document with one to three random changes. */
export function mutate(random: Random, seed: Value): Value {
  let value = seed;
  for (let changes = 1 + Math.floor(random.below(6) / 3); changes > 0; changes--) value = change(random, value);
  return value;
}

function children(value: Value): readonly Value[] {
  return value instanceof Entries ? value.list.map(([, entry]) => entry) : Array.isArray(value) ? (value as readonly Value[]) : [];
}

function size(value: Value): number {
  return children(value).reduce<number>((sum, child) => sum + size(child), 1);
}

/** The index of a child, the larger ones more often, so that each place in a document is as likely to change as any other. */
function pickChild(random: Random, value: Value): number {
  let left = random.below(size(value) - 1);
  return children(value).findIndex((child) => (left -= size(child)) < 0);
}

function change(random: Random, value: Value): Value {
  const count = children(value).length;
  const goDeeper = random.below(size(value)) > count;
  if (value instanceof Entries && count > 0) {
    const i = goDeeper ? pickChild(random, value) : random.below(count);
    const at = (replacement: readonly (readonly [string, Value])[]): Entries =>
      new Entries([...value.list.slice(0, i), ...replacement, ...value.list.slice(i + 1)]);
    const [key, entry] = value.list[i] ?? ["", null];
    if (goDeeper) return at([[key, change(random, entry)]]);
    switch (random.below(7)) {
      case 0:
        return at([]);
      case 1:
        return at([[misspell(random, key), entry]]);
      case 2:
        return at([
          [key, entry],
          [key, entry],
        ]);
      case 3:
        return at([
          [key, entry],
          [random.pick(KEYS), entriesOf(random.pick(VALUES))],
        ]);
      case 4:
        return at([
          [key, entry],
          [random.pick(KEYS), entry],
        ]);
      case 5:
        return at([[random.pick(KEYS), entry]]);
      default:
        return at([[key, retype(random, entry)]]);
    }
  }
  if (Array.isArray(value) && value.length > 0) {
    const items: readonly Value[] = value;
    const i = goDeeper ? pickChild(random, value) : random.below(count);
    const item = items[i] ?? null;
    if (goDeeper) return [...items.slice(0, i), change(random, item), ...items.slice(i + 1)];
    return random.pick([[...items.slice(0, i), ...items.slice(i + 1)], [...items, item], item, [...items, entriesOf(random.pick(VALUES))]]);
  }
  return retype(random, value);
}

function misspell(random: Random, key: string): string {
  const i = random.below(key.length);
  return random.pick([
    key.toLowerCase(),
    key.toUpperCase(),
    key.slice(0, i) + key.slice(i + 1),
    `${key}s`,
    key.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`),
  ]);
}

function retype(random: Random, value: Value): Value {
  if (random.below(4) > 0) return entriesOf(random.pick(VALUES));
  if (typeof value === "string") return random.pick<Value>([Number(value) || 1, [value], value.toUpperCase(), `${value} `, ""]);
  if (typeof value === "number") return random.pick<Value>([String(value), -value, value + 1, value / 100, [value], value > 0]);
  return random.pick<Value>([[value], null, "text", 1, true]);
}

export function* mutants(count: number, seed: number): Generator<Value> {
  const source = random(seed);
  const seeds = SEEDS.map(entriesOf);
  for (let i = 0; i < count; i++) yield mutate(source, seeds[i % seeds.length] ?? null);
}
