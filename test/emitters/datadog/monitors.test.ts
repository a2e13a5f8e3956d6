import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import { emitDatadog } from "../../../src/emitters/datadog/emit.ts";
import { datadogOptions } from "../../../src/emitters/datadog/options.ts";
import type { MonitorPayload } from "../../../src/emitters/datadog/types.ts";
import type { Slo, WindowCatalog } from "../../../src/model/model.ts";
import { planSlos } from "../../../src/passes/plan.ts";
import { renderer } from "../../../src/text/render.ts";
import { parseDuration, seconds, type Seconds } from "../../../src/units/duration.ts";
import { parseDecimal } from "../../../src/units/rational.ts";
import type { Json, JsonObject } from "../../../src/yaml/json.ts";
import { printJson } from "../../../src/yaml/print.ts";
import { built, datadogSlo, ERRORS, events, HITS, metric, monitor, monitorsOf, policy, QUIET, spec, textAt } from "./support.ts";

const length = (text: string): Seconds => parseDuration(text) ?? assert.fail(text);
const share = (text: string) => parseDecimal(text) ?? assert.fail(text);

/** A catalog from `[share, short, long]`: page quick, page slow, ticket quick, ticket slow. */
function catalog(period: string, windows: readonly (readonly [string, string, string])[]): WindowCatalog {
  const [quick, slow, ticketQuick, ticketSlow] = windows.map(([budgetShare, short, long]) => ({
    budgetShare: share(budgetShare),
    short: length(short),
    long: length(long),
  }));
  assert.ok(quick && slow && ticketQuick && ticketSlow);
  return { period: length(period), page: { quick, slow }, ticket: { quick: ticketQuick, slow: ticketSlow } };
}

interface Planned {
  readonly queries: readonly string[];
  readonly texts: readonly string[];
  readonly codes: readonly string[];
  readonly messages: readonly string[];
}

/** What becomes of an SLO below the front ends. */
function emitted(slo: Slo, section: JsonObject, catalogs: readonly WindowCatalog[] = []): Planned {
  const found: Diagnostic[] = [];
  const slos = planSlos([slo], { defaultPeriod: length("30d"), catalogs }, () => undefined);
  const options = datadogOptions({ longWindows: "clamp", notify: { page: [], ticket: [] }, noDataFor: "never", ...section });
  const artifacts = emitDatadog(
    { slos, policies: [], deployGates: [] },
    {
      options,
      report: (diagnostic) => found.push(diagnostic),
      render: renderer([], ({ message }) => assert.fail(message)),
      catalogs,
      workloads: [],
    },
  );
  const monitors = artifacts.flatMap((artifact) =>
    artifact.kind === "json" && artifact.path.endsWith(".monitor.json") ? [artifact.value] : [],
  );
  return {
    queries: monitors.map((value) => (value as unknown as MonitorPayload).query),
    texts: monitors.map((value) => printJson(value)),
    codes: found.map(({ code }) => code),
    messages: found.map(({ message }) => message),
  };
}

const burn = (long: string, short: string, rate: string, timeframe = "30d"): string =>
  `burn_rate("__SLO_ID__shop-hits__").over("${timeframe}").long_window("${long}").short_window("${short}") > ${rate}`;

test("each pair of windows is one monitor, and the three days become two", () => {
  const result = built(spec());
  assert.deepEqual(result.codes, []);
  assert.deepEqual([...monitorsOf(result)].map(([name, { query }]) => [name, query]).sort(), [
    ["no-data", `sum(last_1h):${HITS} <= 0`],
    ["page-1h", burn("1h", "5m", "14.4")],
    ["page-6h", burn("6h", "30m", "6")],
    ["ticket-24h", burn("24h", "120m", "3")],
    // 10 % of 30 days' budget within 48 hours: 0.1 * 720 / 48.
    ["ticket-48h", burn("48h", "240m", "1.5")],
  ]);
});

test("a burn-rate monitor is this payload and no field more", () => {
  const { message, ...payload } = monitor(built(spec({ metadata: "labels: { team: payments }" })), "page-1h");
  assert.deepEqual(payload, {
    name: "[page] shop hits burns its error budget at 14.4x (1h/5m)",
    type: "slo alert",
    query: burn("1h", "5m", "14.4"),
    tags: ["service:shop", "severity:page", "slogen_id:shop-hits.page-1h", "team:payments"],
    priority: 1,
    options: { thresholds: { critical: 14.4 }, include_tags: true, notify_no_data: false },
  });
  assert.ok(message.startsWith("{{#is_alert}}\n"));
});

test("burn rates are exact where doubles are not, in the query and in the threshold alike", () => {
  // 168 * 0.2 / 6 is 5.6000000000000005 in doubles.
  const windows = [
    ["0.1", "5m", "1h"],
    ["0.2", "30m", "6h"],
    ["0.4", "2h", "24h"],
    ["0.5", "4h", "48h"],
  ] as const;
  const { queries, texts } = emitted(datadogSlo({ period: "7d" }), {}, [catalog("7d", windows)]);
  assert.deepEqual(queries, [
    burn("1h", "5m", "16.8", "7d"),
    burn("6h", "30m", "5.6", "7d"),
    burn("24h", "120m", "2.8", "7d"),
    burn("48h", "240m", "1.75", "7d"),
  ]);
  for (const [i, rate] of ["16.8", "5.6", "2.8", "1.75"].entries()) assert.ok(texts[i]?.includes(`"critical": ${rate}\n`), rate);
});

test("a burn rate without an end is cut to thousandths, so that the alert comes no later", () => {
  const windows = [
    ["0.02", "5m", "1h"],
    ["0.05", "35m", "7h"],
    ["0.1", "2h", "24h"],
    ["0.1", "10h", "120h"],
  ] as const;
  const { queries } = emitted(datadogSlo(), {}, [catalog("30d", windows)]);
  // 0.05 * 720 / 7 = 5.142857..., and 0.1 * 720 / 48 = 1.5 with a short window of 48 / 12.
  assert.deepEqual(queries.slice(1), [burn("7h", "35m", "5.142"), burn("24h", "120m", "3"), burn("48h", "240m", "1.5")]);
});

test("what becomes of a burn rate without an end within 48 hours is computed before it is cut", () => {
  const windows = [
    ["0.02", "5m", "1h"],
    ["0.05", "30m", "6h"],
    ["0.1", "2h", "24h"],
    ["0.1", "6h", "72h"],
  ] as const;
  const { queries } = emitted(datadogSlo({ period: "28d" }), { timeframes: { "28d": "30d" } }, [catalog("28d", windows)]);
  // 0.1 * 672 / 48; by way of 0.933, which is 0.1 * 672 / 72 cut, it would be 1.3995.
  assert.equal(queries.at(-1), burn("48h", "240m", "1.4"));
});

test("what stands for a window above 48 hours is a choice, told once unless it was made", () => {
  const of = (section: string) =>
    built([spec(), spec({ name: "other" })], `notify: { page: [], ticket: [] }, noDataFor: never, ${section}`);
  const queries = (section: string): readonly string[] => {
    const result = of(section);
    return [...result.files]
      .filter(([path]) => /hits\.(ticket|budget).*monitor/.test(path))
      .map(([, value]) => (value as MonitorPayload).query);
  };
  const day = burn("24h", "120m", "3");
  const unsaid = of("owner: a");
  assert.deepEqual(unsaid.codes, ["datadog/long-windows"]);
  assert.equal(unsaid.found[0]?.message, "the windows 72h/6h become 48h/4h for 2 SLOs");
  assert.deepEqual(of("longWindows: clamp").codes, []);
  assert.deepEqual(queries("longWindows: none"), [day]);
  assert.deepEqual(queries("longWindows: errorBudget"), [day, 'error_budget("__SLO_ID__shop-hits__").over("30d") > 75']);
  assert.deepEqual(queries("longWindows: errorBudget, errorBudgetAlerts: [{ consumed: 0.9, severity: ticket }]"), [
    day,
    'error_budget("__SLO_ID__shop-hits__").over("30d") > 90',
  ]);
  assert.deepEqual(queries("longWindows: metric"), [day, `sum(last_72h):${ERRORS} / ${HITS} > 0.001`]);
  assert.deepEqual(of("longWindows: metric").codes, ["datadog/metric-alerts"]);
});

test("a clamped alert that could never fire is left out with a warning", () => {
  // A budget of 0.8 burns at 1.25 at most, and the clamped pair would wait for 1.5.
  const { queries, codes } = emitted(datadogSlo({ target: "0.2" }), {});
  assert.deepEqual(queries, []);
  assert.deepEqual(codes, ["datadog/clamped-cannot-fire"]);
});

test("metric monitors need no SLO's id: counts over the long window, summed before they are divided", () => {
  const result = built(spec({ objective: "target: 0.9985" }), "notify: { page: [], ticket: [] }, alerts: metric, noDataFor: never");
  assert.deepEqual(result.codes, ["datadog/metric-alerts"]);
  // 14.4 * 0.0015, 6 * 0.0015, 3 * 0.0015, 1 * 0.0015.
  assert.deepEqual(
    [...monitorsOf(result)].map(([name, { query }]) => [name, query]),
    [
      ["page-1h", `sum(last_1h):${ERRORS} / ${HITS} > 0.0216`],
      ["page-6h", `sum(last_6h):${ERRORS} / ${HITS} > 0.009`],
      ["ticket-24h", `sum(last_24h):${ERRORS} / ${HITS} > 0.0045`],
      ["ticket-72h", `sum(last_72h):${ERRORS} / ${HITS} > 0.0015`],
    ],
  );
  const { type, options } = monitor(result, "page-1h");
  assert.equal(type, "query alert");
  assert.deepEqual(options, {
    thresholds: { critical: 0.0216 },
    include_tags: true,
    notify_no_data: false,
    require_full_window: false,
    evaluation_delay: 60,
  });
  const manifest = result.files.get("manifest.json") as { readonly objects: readonly { readonly needs: readonly string[] }[] };
  assert.ok(manifest.objects.every(({ needs }) => needs.length === 0));
});

test("good events are taken from all for the share of bad ones", () => {
  const { queries } = emitted(datadogSlo({ indicator: events("good", "sum:ok{*}.as_count()", "sum:all{*}.as_count()") }), {
    alerts: "metric",
  });
  assert.equal(queries[0], "sum(last_1h):(sum:all{*}.as_count() - sum:ok{*}.as_count()) / sum:all{*}.as_count() > 0.0144");
});

test("metric monitors are refused for what has no counts that the budget counts", () => {
  const slices = datadogSlo({ slice: seconds(60), target: "0.99" });
  assert.ok(emitted(slices, { alerts: "metric" }).codes.includes("datadog/metric-needs-events"));
  assert.ok(emitted(slices, { longWindows: "metric" }).codes.includes("datadog/metric-needs-events"));
  assert.ok(!emitted(slices, {}).codes.includes("datadog/metric-needs-events"));
});

test("no monitors are written where none are wanted, whatever else the options say", () => {
  const result = built(spec(), "alerts: none, errorBudgetAlerts: [{ consumed: 1, severity: page }]");
  assert.deepEqual([...result.files.keys()], ["shop/hits.slo.json", "manifest.json"]);
  assert.deepEqual(result.codes, []);
});

test("alerts on the budget say percent, and a severity that the spec switched off has none", () => {
  const section = {
    errorBudgetAlerts: [
      { consumed: 0.333, severity: "ticket" },
      { consumed: 1, severity: "page" },
    ],
  };
  const budget = ({ queries }: Planned): readonly string[] => queries.filter((query) => query.startsWith("error_budget"));
  const query = (percent: string): string => `error_budget("__SLO_ID__shop-hits__").over("30d") > ${percent}`;
  assert.deepEqual(budget(emitted(datadogSlo(), section)), [query("33.3"), query("100")]);
  const off = { enabled: false, labels: [], annotations: [] };
  const slo = datadogSlo();
  assert.ok(slo.alerting.kind === "standard");
  assert.deepEqual(budget(emitted({ ...slo, alerting: { ...slo.alerting, page: off } }, section)), [query("33.3")]);
});

test("what stands for long windows is told by the number of SLOs, and is one alert on the budget however many windows are long", () => {
  const long = [
    ["0.2", "5h", "60h"],
    ["0.2", "6h", "72h"],
    ["0.3", "8h", "96h"],
    ["0.3", "10h", "120h"],
  ] as const;
  const catalogs = [catalog("30d", long)];
  const told = emitted(datadogSlo(), { longWindows: "none-yet" }, catalogs).messages;
  assert.deepEqual(told, [
    "the windows 60h/5h become 48h/4h, 72h/6h become 48h/4h, 96h/8h become 48h/4h, 120h/10h become 48h/4h for one SLO",
  ]);
  const queries = (errorBudgetAlerts: Json): readonly string[] =>
    emitted(datadogSlo(), { longWindows: "errorBudget", errorBudgetAlerts }, catalogs).queries;
  const query = (percent: string): string => `error_budget("__SLO_ID__shop-hits__").over("30d") > ${percent}`;
  assert.deepEqual(queries([]), [query("75")]);
  assert.deepEqual(queries([{ consumed: 0.75, severity: "page" }]), [query("75")]);
  assert.deepEqual(queries([{ consumed: 0.9, severity: "page" }]), [query("90"), query("75")]);
});

test("an alert policy is one monitor under its own name", () => {
  const result = built(spec({ more: policy({ condition: "10, lookbackWindow: 2h" }) }));
  assert.deepEqual(result.codes, []);
  // A twelfth of two hours.
  assert.equal(monitor(result, "fast-burn").query, burn("2h", "10m", "10"));
});

test("a policy's windows beyond Datadog's are errors at the line that says them", () => {
  for (const [window, code] of [
    ["72h", "datadog/long-window"],
    ["90m", "datadog/long-window"],
    ["30m", "datadog/long-window"],
  ] as const) {
    const { codes, found } = built(spec({ more: policy({ condition: `2, lookbackWindow: ${window}` }) }));
    assert.deepEqual(codes, [code], window);
    assert.equal(textAt(found[0]), window);
  }
  const longer = built(spec({ more: policy({ condition: "2, lookbackWindow: 72h" }) }), `${QUIET}, alerts: metric`);
  assert.deepEqual(longer.codes, ["datadog/metric-alerts"]);
  assert.equal(monitor(longer, "fast-burn").query, `sum(last_72h):${ERRORS} / ${HITS} > 0.002`);
});

test("a policy's short window is whole minutes", () => {
  const { codes, found } = built(spec({ more: policy({ short: "7m30s" }) }));
  assert.deepEqual(codes, ["datadog/short-window"]);
  assert.equal(textAt(found[0]), "7m30s");
  assert.equal(monitor(built(spec({ more: policy({ short: "7m" }) })), "fast-burn").query, burn("2h", "7m", "10"));
});

test("a metric monitor looks back over at most seven days", () => {
  const more = policy({ condition: "1, lookbackWindow: 8d" });
  assert.deepEqual(built(spec({ more }), `${QUIET}, alerts: metric`).codes, ["datadog/metric-window"]);
});

test("conditions that must hold together cannot, and alerts without delay are warned of", () => {
  const after = built(spec({ more: policy({ condition: "10, lookbackWindow: 2h, alertAfter: 10m" }) }));
  assert.deepEqual(after.codes, ["datadog/alert-after"]);
  assert.equal(textAt(after.found[0]), "10m");
  const more = policy({ condition: "10, lookbackWindow: 2h", second: "3, lookbackWindow: 24h" });
  const { codes } = built(spec({ more }), `${QUIET} }\nlenient: { conditionsAsAnd: true`);
  assert.deepEqual(codes, ["datadog/combined-conditions"]);
});

test("missing data is watched by the count of all events, of all groups together", () => {
  const sli = `{ ratioMetric: { bad: ${metric("sum:bad{*} by {zone}.as_count()")}, total: ${metric("sum:all{*} by {zone}.as_count()")} } }`;
  const result = built(spec({ sli }), `${QUIET}, noDataFor: 30m`);
  assert.deepEqual(result.codes, ["datadog/grouped-alerts"]);
  const { query, options, type, priority } = monitor(result, "no-data");
  assert.equal(query, "sum(last_30m):sum:all{*}.as_count() <= 0");
  assert.deepEqual([type, priority], ["query alert", 3]);
  assert.deepEqual(options, {
    thresholds: { critical: 0 },
    include_tags: true,
    notify_no_data: true,
    no_data_timeframe: 60,
    require_full_window: false,
  });
  assert.equal(monitorsOf(built(spec(), `${QUIET}, noDataFor: never`)).has("no-data"), false);
});

test("a value cannot be watched for silence, which is told, and warned of where a policy asks for it", () => {
  const value = { sli: `{ thresholdMetric: ${metric("avg:queue.age{*}")} }`, method: "Timeslices" };
  const objective = "op: lt, value: 60, target: 0.99, timeSliceTarget: 1, timeSliceWindow: 1m";
  const plain = built(spec({ ...value, objective }));
  assert.deepEqual(
    plain.found.map(({ code, severity }) => [code, severity]),
    [["datadog/no-data-left-out", "notice"]],
  );
  const more = policy({ whenNoData: true });
  const asked = built(spec({ ...value, objective, more }));
  assert.deepEqual(
    asked.found.map(({ code, severity }) => [code, severity]),
    [["datadog/no-data-left-out", "warning"]],
  );
});

test("figures of a message are of the timeframe that Datadog counts", () => {
  const text = built(spec({ window: "{ duration: 28d, isRolling: true }" }), `${QUIET}, timeframes: { 28d: 30d }`);
  // 2 % of 28 days' budget in an hour is a burn rate of 13.44, which is 1.867 % of that of 30 days.
  const { query, message } = monitor(text, "page-1h");
  assert.ok(query.endsWith("> 13.44"));
  assert.match(message, /spends 1\.867 % of the budget of 30 days within 1h, and all of it within 53\.6 hours/);
});

test("a threshold of five places is exact", () => {
  assert.deepEqual(
    emitted(datadogSlo({ target: "0.99985" }), { alerts: "metric" }).queries[0],
    `sum(last_1h):${ERRORS} / ${HITS} > 0.00216`,
  );
});
