import assert from "node:assert/strict";
import { test } from "node:test";
import { handleOf } from "../../../src/emitters/datadog/notify.ts";
import { datadogOptions } from "../../../src/emitters/datadog/options.ts";
import { inert, windowText } from "../../../src/emitters/datadog/words.ts";
import { compile } from "../../../src/index.ts";
import { seconds } from "../../../src/units/duration.ts";
import { configOf } from "../../support/project.ts";
import { built, monitor, monitorsOf, policy, QUIET, spec, textAt } from "./support.ts";

test("a page says what burns, how fast, what that means, and whom to tell", () => {
  const text = spec({ more: "  description: Shoppers can pay." });
  const { message } = monitor(
    built(text, "longWindows: clamp, notify: { page: ['@pagerduty-shop', '@slack-ops'], ticket: [] }"),
    "page-1h",
  );
  assert.equal(
    message,
    `{{#is_alert}}
shop hits burns its error budget {{long_window_burn_rate}} times as fast as it may over 1h, and {{short_window_burn_rate}} times over the last 5m.
{{/is_alert}}
{{#is_recovery}}
shop hits no longer burns its error budget 14.4 times as fast as it may.
{{/is_recovery}}

The limit of 14.4 is 1.44 % of bad events, where the objective of 99.9 % allows 0.1 %. That spends 2 % of the budget of 30 days within 1h, and all of it within 50 hours.

Shoppers can pay.

@pagerduty-shop @slack-ops`,
  );
});

test("each type of monitor uses only the variables that it has", () => {
  const all = built(spec(), `${QUIET}, errorBudgetAlerts: [{ consumed: 0.75, severity: ticket }]`);
  const metric = built(spec(), `${QUIET}, alerts: metric`);
  const variables = (message: string): readonly string[] => [
    ...new Set([...message.matchAll(/\{\{([^}]*)\}\}/g)].map(([, name = ""]) => name).filter((name) => !/^[#/]/.test(name))),
  ];
  assert.deepEqual(variables(monitor(all, "page-1h").message), ["long_window_burn_rate", "short_window_burn_rate"]);
  assert.deepEqual(variables(monitor(all, "budget-75").message), ["value"]);
  assert.deepEqual(variables(monitor(all, "no-data").message), []);
  assert.deepEqual(variables(monitor(metric, "page-1h").message), ["value", "threshold"]);
});

test("words of a spec notify nobody and are no variables", () => {
  const table = [
    ["ask @bob", "ask (at)bob"],
    ["bob@example.com", "bob(at)example.com"],
    ["see https://wiki.example.com/@team/page?x=@y", "see https://wiki.example.com/%40team/page?x=%40y"],
    ["{{value}} and {{{{raw}}}}", "{ {value}} and { { { {raw}}}}"],
    ["{{#is_alert}}", "{ {#is_alert}}"],
    ["a { b } c", "a { b } c"],
    ["ends with {", "ends with { "],
  ] as const;
  for (const [words, wanted] of table) {
    assert.equal(inert(words), wanted);
    assert.ok(!/\{\{|(?<!\S)@\S/.test(inert(words)), words);
  }
});

test("nothing of a spec reaches a message as a handle or a variable", () => {
  const trap = "@all {{#is_alert}} @here {{value}}";
  const text = spec({
    metadata: `annotations: { runbook: 'https://wiki/@x', note: '${trap}', "tool.io/x": "hidden" }, displayName: '${trap}'`,
    more: `  description: '${trap}'\n${policy({ more: `        description: '${trap}'` })}`,
  });
  for (const section of [QUIET, `${QUIET}, alerts: metric`, `${QUIET}, errorBudgetAlerts: [{ consumed: 0.5, severity: page }]`]) {
    const monitors = [...monitorsOf(built(text, section)).values()];
    assert.ok(monitors.length > 0);
    for (const { name, message, query } of monitors) {
      // The policy's own target is the only handle.
      assert.deepEqual(
        [...`${name}\n${message}`.matchAll(/@\S+/g)].map(([handle]) => handle),
        query.startsWith("error_budget") ? [] : ["@slack-payments"],
      );
      assert.equal(message.split("{{#is_alert}}").length, 2, "once, by slogen");
      assert.ok(!message.includes("hidden"));
    }
  }
});

test("templates that only Prometheus fills are left out, each told once", () => {
  const text = `
version: prometheus/v1
service: shop
slos:
  - name: hits
    objective: 99.9
    sli: { raw: { error_ratio_query: "sum(rate(errors[{{.window}}]))" } }
    alerting:
      name: Burn
      labels: { team: payments, pod: "{{ $labels.pod }}" }
      annotations: { summary: "{{ $value }}", runbook: "https://wiki/hits" }
      page_alert: { labels: { severity: critical } }
      ticket_alert: {}
`;
  const binding = `
apiVersion: slogen/v1alpha1
kind: IndicatorBinding
metadata: { name: hits-datadog }
spec:
  slo: shop-hits
  datadog: { bad: "sum:bad{*}.as_count()", total: "sum:all{*}.as_count()" }
`;
  const result = built([text, binding]);
  assert.deepEqual(
    result.codes.filter((code) => code.startsWith("datadog/")),
    ["datadog/go-template", "datadog/go-template"],
  );
  const { message, tags } = monitor(result, "page-1h");
  assert.match(message, /^- runbook: https:\/\/wiki\/hits$/m);
  assert.ok(!message.includes("summary"));
  // An alert's own severity takes the place of slogen's word, as it does on Prometheus.
  assert.deepEqual(tags, ["service:shop", "severity:critical", "slogen_id:shop-hits.page-1h", "team:payments"]);
});

test("an SLO's own template is told and left out too, of its tags as of its messages", () => {
  const metadata = 'labels: { zone: "{{ $labels.zone }}" }, annotations: { runbook: "https://wiki/{{ $labels.zone }}" }';
  const result = built(spec({ metadata }));
  assert.deepEqual(result.codes, ["datadog/go-template", "datadog/go-template"]);
  const { tags } = result.files.get("shop/hits.slo.json") as { readonly tags: readonly string[] };
  assert.deepEqual(tags, ["service:shop", "slogen_id:shop-hits"]);
  assert.ok(!monitor(result, "page-1h").message.includes("wiki"));
});

test("windows are told as Datadog writes them", () => {
  for (const [window, text] of [
    [3600, "1h"],
    [86_400, "24h"],
    [5400, "90m"],
    [90, "1m30s"],
  ] as const) {
    assert.equal(windowText(seconds(window)), text);
  }
});

test("a notification target is a handle by the options, by itself, or by its kind", () => {
  const options = datadogOptions({ handles: { "on-call": "@slack-payments", constructor: "@slack-odd" } });
  const table = [
    ["on-call", "email", "@slack-payments"],
    ["payments", "slack", "@slack-payments"],
    ["payments", "PagerDuty", "@pagerduty-payments"],
    ["deploys", "webhook", "@webhook-deploys"],
    ["sre", "team", "@team-sre"],
    ["ops", "@opsgenie-ops", "@opsgenie-ops"],
    ["ops", "ops@example.com", "@ops@example.com"],
    ["constructor", "", "@slack-odd"],
    ["toString", "", undefined],
    ["ops", "email", undefined],
    ["ops", "", undefined],
    ["two words", "slack", undefined],
    ["ops", "opsgenie", undefined],
  ] as const;
  for (const [name, target, wanted] of table) assert.equal(handleOf({ name, target }, options), wanted, `${name} ${target}`);
});

test("a target that nobody knows is one error that shows the lines to write", () => {
  const more = policy({ targets: [["ops-mail", "email"]] });
  const { codes, found } = built([
    spec({ more }),
    spec({ name: "other", more: more.replaceAll("fast-burn", "other-burn").replaceAll("ops-mail", "ops-mail") }),
  ]);
  assert.deepEqual(
    codes.filter((code) => code.startsWith("datadog/")),
    ["datadog/notification-target"],
  );
  const diagnostic = found.find(({ code }) => code === "datadog/notification-target");
  assert.equal(textAt(diagnostic), "ops-mail");
  assert.match(diagnostic?.help ?? "", /handles: \{ ops-mail: "@slack-payments" \}/);
  const known = built(spec({ more }), `${QUIET}, handles: { ops-mail: "@ops@example.com" }`);
  assert.deepEqual(known.codes, []);
  assert.ok(monitor(known, "fast-burn").message.endsWith("\n\n@ops@example.com"));
});

test("severities and targets that the options name and no alert has are warned of", () => {
  const { codes, found } = built(
    spec(),
    `${QUIET.replace("ticket", "tickets")}, priorities: { critcal: 2, Page: 2 }, handles: { nobody: "@slack-x" }`,
  );
  assert.deepEqual(codes, ["datadog/nobody-notified", "datadog/unknown-severity", "datadog/unknown-severity", "datadog/unknown-target"]);
  assert.equal(found.find(({ code }) => code === "datadog/unknown-severity")?.help, "did you mean `ticket`?");
});

test("monitors that tell nobody are one notice, until that is said to be meant", () => {
  const codes = (section: string): readonly string[] => built(spec(), `longWindows: clamp, ${section}`).codes;
  assert.deepEqual(codes("owner: a"), ["datadog/nobody-notified"]);
  assert.deepEqual(codes("notify: { page: ['@slack-x'] }"), ["datadog/nobody-notified"]);
  assert.deepEqual(codes("notify: { page: ['@slack-x'], ticket: [] }"), []);
});

test("priorities are those of the severity, in any spelling", () => {
  const priority = (severity: string, section = QUIET): number | undefined =>
    monitor(built(spec({ more: policy({ severity }) }), section), "fast-burn").priority;
  assert.equal(priority("page"), 1);
  assert.equal(priority("High"), 2);
  assert.equal(priority("sev5"), undefined);
  assert.equal(priority("sev5", `${QUIET}, priorities: { SEV5: 5 }`), 5);
  assert.equal(priority("page", `${QUIET}, priorities: { page: 2 }`), 2);
});

test("a text of one's own may say anything but what Datadog would misread", () => {
  const build = (template: string): readonly string[] => {
    const config = configOf(`targets: [datadog]\ndatadog: { ${QUIET} }`);
    const sources = [
      { path: "slo.yaml", text: spec(), role: "spec" },
      { path: "templates/datadog/burn-message.hbs", text: template, role: "template" },
    ] as const;
    return compile({ sources, config }).diagnostics.map(({ code }) => code);
  };
  assert.deepEqual(build('{{slo.name}} burns: {{vendor "{{long_window_burn_rate}}"}} @slack-mine'), []);
  assert.deepEqual(build('{{vendor "{{value}}"}}'), ["datadog/would-be-refused"], "once, however many monitors it is in");
  assert.deepEqual(build('{{vendor "{{#is_alert}}"}} burns'), ["datadog/would-be-refused"]);
});
