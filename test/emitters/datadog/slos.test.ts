import assert from "node:assert/strict";
import { test } from "node:test";
import { built, ERRORS, HITS, metric, QUIET, spec, textAt, type Built } from "./support.ts";

interface SloFile {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly type: string;
  readonly query?: unknown;
  readonly sli_specification?: { readonly count?: unknown; readonly time_slice?: Readonly<Record<string, unknown>> };
  readonly thresholds: readonly unknown[];
  readonly timeframe: string;
  readonly target_threshold: number;
  readonly warning_threshold?: number;
}

function sloFile(result: Built, path = "shop/hits.slo.json"): SloFile {
  return (result.files.get(path) as SloFile | undefined) ?? assert.fail(`no ${path}: ${result.codes.join(", ")}`);
}

const slices = (sli: string, target = "0.95", slice = "1m", objective = "0.99"): string =>
  spec({ sli, method: "Timeslices", objective: `target: ${objective}, timeSliceTarget: ${target}, timeSliceWindow: ${slice}` });
const threshold = (op: string, value: string, target = "1"): string =>
  spec({
    sli: `{ thresholdMetric: ${metric("avg:queue.age{env:prod}")} }`,
    method: "Timeslices",
    objective: `op: ${op}, value: ${value}, target: 0.99, timeSliceTarget: ${target}, timeSliceWindow: 5m`,
  });
const raw = (type: string): string => `{ ratioMetric: { raw: ${metric("avg:job.ratio{env:prod}")}, rawType: ${type} } }`;

test("bad events out of all are the whole payload, to the byte", () => {
  const { texts, codes } = built(
    spec({ metadata: "displayName: Shop requests, labels: { team: Pay Ments, env: prod }", objective: "target: 0.99985" }),
    `${QUIET}, owner: payments`,
  );
  assert.deepEqual(codes, []);
  assert.equal(
    texts.get("shop/hits.slo.json"),
    `{
  "name": "Shop requests",
  "description": "Of the events of 30 days 99.985 % should be good. Compiled by slogen: change the spec, not this object.",
  "tags": [
    "env:prod",
    "service:shop",
    "slogen_id:shop-hits",
    "slogen_owner:payments",
    "team:pay_ments"
  ],
  "thresholds": [
    {
      "timeframe": "30d",
      "target": 99.985,
      "warning": 99.993
    }
  ],
  "timeframe": "30d",
  "target_threshold": 99.985,
  "warning_threshold": 99.993,
  "type": "metric",
  "sli_specification": {
    "count": {
      "good_events_formula": {
        "formula": "total - default_zero(bad)"
      },
      "bad_events_formula": {
        "formula": "bad"
      },
      "queries": [
        {
          "data_source": "metrics",
          "name": "bad",
          "query": "sum:trace.http.request.errors{env:prod}.as_count()"
        },
        {
          "data_source": "metrics",
          "name": "total",
          "query": "sum:trace.http.request.hits{env:prod}.as_count()"
        }
      ]
    }
  }
}
`,
  );
});

test("the form before formulas is a numerator and a denominator", () => {
  const { query, sli_specification } = sloFile(built(spec(), `${QUIET}, form: query`));
  assert.deepEqual(query, { numerator: `${HITS} - ${ERRORS}`, denominator: HITS });
  assert.equal(sli_specification, undefined);
});

test("targets are percent by exact decimals, where doubles are not", () => {
  // 0.9985 * 100 is 99.85000000000001 in doubles.
  const table = [
    ["0.9985", '"target": 99.85,', '"warning": 99.925\n'],
    ["0.999", '"target": 99.9,', '"warning": 99.95\n'],
    ["0.99985", '"target": 99.985,', '"warning": 99.993\n'],
    ["0.5", '"target": 50,', '"warning": 75\n'],
    ["0.99998", '"target": 99.998,', '"warning": 99.999\n'],
  ] as const;
  for (const [target, percent, warning] of table) {
    const text = built(spec({ objective: `target: ${target}` })).texts.get("shop/hits.slo.json") ?? "";
    assert.ok(text.includes(percent), `${target}: ${text}`);
    assert.ok(text.includes(warning), `${target}: ${text}`);
  }
});

test("the warning lies above the target and below 100, rounded up, or is left out", () => {
  const warning = (target: string, share?: string): number | undefined =>
    sloFile(built(spec({ objective: `target: ${target}` }), share === undefined ? QUIET : `${QUIET}, warning: ${share}`)).warning_threshold;
  const table = [
    ["0.999", undefined, 99.95],
    ["0.999", "0.25", 99.975],
    ["0.99999", undefined, undefined],
    ["0.99998", "0.9", 99.999],
    ["0.999", "0", undefined],
    ["0.9", "0.001", 99.99],
    // 99.9999 % would be, and rounded up is 100.
    ["0.999", "0.001", undefined],
  ] as const;
  for (const [target, share, wanted] of table) assert.equal(warning(target, share), wanted, `${target} ${share ?? ""}`);
});

test("more decimals than Datadog keeps are an error, and a third one of a slice is a warning", () => {
  const { codes, found } = built(spec({ objective: "target: 0.999985" }));
  assert.deepEqual(codes, ["datadog/target-decimals"]);
  assert.equal(found[0]?.help, "round it: `0.99998`, or `99.998` in percent");
  const sli = `{ ratioMetric: { bad: ${metric(ERRORS)}, total: ${metric(HITS)} } }`;
  const own = (target: string): readonly string[] =>
    built(slices(sli, "0.95", "1m", target)).codes.filter((code) => code.startsWith("datadog/"));
  assert.deepEqual(own("0.99985"), ["datadog/unsure-decimals"]);
  assert.deepEqual(own("0.9985"), []);
});

test("timeframes are the last 7, 30 and 90 days, and nothing else without being asked", () => {
  const window = (text: string, section = QUIET): Built => built(spec({ window: text }), section);
  const rolling = (length: string): string => `{ duration: ${length}, isRolling: true }`;
  for (const [length, timeframe] of [
    ["7d", "7d"],
    ["1w", "7d"],
    ["30d", "30d"],
    ["720h", "30d"],
    ["90d", "90d"],
  ] as const) {
    assert.equal(sloFile(window(rolling(length))).timeframe, timeframe, length);
  }
  const { found, codes } = window(rolling("28d"));
  assert.deepEqual(codes, ["datadog/timeframe"]);
  assert.match(found[0]?.help ?? "", /\{ 28d: 30d \}/);
  const mapped = window(rolling("4w"), `${QUIET}, timeframes: { 28d: 30d }`);
  assert.deepEqual(mapped.codes, ["datadog/timeframe-mapped"]);
  assert.equal(mapped.found[0]?.severity, "warning");
  assert.equal(sloFile(mapped).timeframe, "30d");
  assert.deepEqual(window(rolling("14d"), `${QUIET}, timeframes: { 28d: 30d, calendar: 30d }`).codes, ["datadog/timeframe"]);
});

test("a calendar period is never a rolling one of its length by itself", () => {
  const window = "{ duration: 1M, calendar: { startTime: 2026-01-01 00:00:00, timeZone: UTC } }";
  assert.deepEqual(built(spec({ window })).codes, ["datadog/timeframe"]);
  const mapped = built(spec({ window }), `${QUIET}, timeframes: { calendar: 30d }`);
  assert.deepEqual(mapped.codes, ["datadog/timeframe-mapped"]);
  assert.equal(sloFile(mapped).timeframe, "30d");
});

test("slices of events are good from the slice target on", () => {
  const { type, sli_specification } = sloFile(
    built(slices(`{ ratioMetric: { good: ${metric("sum:ok{*}.as_count()")}, total: ${metric("sum:all{*}.as_count()")} } }`)),
  );
  assert.equal(type, "time_slice");
  assert.deepEqual(sli_specification?.time_slice, {
    comparator: ">=",
    threshold: 0.95,
    query_interval_seconds: 60,
    query: {
      formulas: [{ formula: "default_zero(good) / total" }],
      queries: [
        { data_source: "metrics", name: "good", query: "sum:ok{*}.as_count()" },
        { data_source: "metrics", name: "total", query: "sum:all{*}.as_count()" },
      ],
    },
  });
});

test("a value is compared as the spec says, slice by slice", () => {
  for (const [op, comparator] of [
    ["lt", "<"],
    ["lte", "<="],
    ["gt", ">"],
    ["gte", ">="],
  ] as const) {
    const result = built(threshold(op, "0.1"), `${QUIET}, noDataFor: never`);
    assert.deepEqual(result.codes, []);
    const { time_slice } = sloFile(result).sli_specification ?? {};
    assert.deepEqual(
      [time_slice?.["comparator"], time_slice?.["threshold"], time_slice?.["query_interval_seconds"]],
      [comparator, 0.1, 300],
    );
    assert.deepEqual(time_slice?.["query"], {
      formulas: [{ formula: "value" }],
      queries: [{ data_source: "metrics", name: "value", query: "avg:queue.age{env:prod}" }],
    });
  }
});

test("a slice target beside a value is told to have no part in it", () => {
  const { codes, found } = built(threshold("lt", "60", "0.9"), `${QUIET}, noDataFor: never`);
  assert.deepEqual(codes, ["datadog/slice-target"]);
  assert.equal(textAt(found[0]), "0.9");
});

test("a ratio of failures is good up to what the slice target leaves", () => {
  const of = (type: string): unknown => {
    const result = built(slices(raw(type), "0.9985"), `${QUIET}, noDataFor: never`);
    assert.deepEqual(result.codes, []);
    const { time_slice } = sloFile(result).sli_specification ?? {};
    return [time_slice?.["comparator"], time_slice?.["threshold"]];
  };
  assert.deepEqual(of("success"), [">=", 0.9985]);
  assert.deepEqual(of("failure"), ["<=", 0.0015]);
});

test("what no SLO of Datadog is, is an error that says what to write", () => {
  const table = [
    [
      spec({ sli: `{ thresholdMetric: ${metric("avg:queue.age{*}")} }`, objective: "op: lt, value: 60, target: 0.99" }),
      "datadog/threshold-occurrences",
      /timeSliceWindow: 1m/,
      "thresholdMetric",
    ],
    [spec({ sli: raw("failure") }), "datadog/ratio-occurrences", /two queries/, "ratioMetric"],
    [
      spec({ method: "RatioTimeslices", objective: "target: 0.99, timeSliceWindow: 5m" }),
      "datadog/ratio-timeslices",
      /Occurrences/,
      "RatioTimeslices",
    ],
    [
      slices(`{ ratioMetric: { bad: ${metric(ERRORS)}, total: ${metric(HITS)} } }`, "0.95", "10m"),
      "datadog/slice-length",
      /timeSliceWindow: 1m` or `5m`/,
      "10m",
    ],
  ] as const;
  for (const [text, code, help, place] of table) {
    const { codes, found } = built(text, `${QUIET}, noDataFor: never`);
    assert.deepEqual(
      codes.filter((each) => each.startsWith("datadog/")),
      [code],
    );
    const diagnostic = found.find((each) => each.code === code);
    assert.match(diagnostic?.help ?? "", help);
    assert.equal(textAt(diagnostic), place);
  }
});

test("slices that are too coarse for the budget are warned of", () => {
  const sli = `{ ratioMetric: { bad: ${metric(ERRORS)}, total: ${metric(HITS)} } }`;
  const codes = (slice: string, target: string): readonly string[] =>
    built(slices(sli, "0.95", slice, target)).codes.filter((code) => code.startsWith("datadog/"));
  // 30 days at 99.98 % are 8.64 minutes: less than two slices of five minutes, and more than eight of one.
  assert.deepEqual(codes("5m", "0.9998"), ["datadog/coarse-slices"]);
  assert.deepEqual(codes("1m", "0.9998"), []);
  assert.deepEqual(codes("5m", "0.999"), []);
});

test("both queries are grouped alike", () => {
  const grouped = (bad: string, total: string): Built =>
    built(
      spec({
        sli: `{ ratioMetric: { bad: ${metric(`sum:bad{*}${bad}.as_count()`)}, total: ${metric(`sum:all{*}${total}.as_count()`)} } }`,
      }),
    );
  assert.deepEqual(grouped(" by {a,b}", " by {b,a}").codes, ["datadog/grouped-alerts"]);
  assert.deepEqual(grouped(" by {a}", "").codes, ["slo/different-groups"]);
});

test("an SLO without an indicator on Datadog is somebody else's error, and nothing is written for it", () => {
  const other = spec({ name: "other" })
    .replaceAll("Datadog", "Prometheus")
    .replaceAll(/sum:trace[^']*/g, "sum(rate(hits_total[{{.window}}]))");
  const { codes, files } = built([spec(), other]);
  assert.ok(codes.includes("slo/no-indicator"), codes.join(", "));
  assert.ok(![...files.keys()].some((path) => path.includes("other")));
});
