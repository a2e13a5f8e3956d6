import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { suite, test } from "node:test";
import { flaggerDuration } from "../../../src/emitters/flagger/duration.ts";
import { goTemplate, variable } from "../../../src/emitters/flagger/go-template.ts";
import { shellQuoted } from "../../../src/emitters/flagger/hooks.ts";
import { findProblems, type LintInput } from "../../../src/emitters/flagger/lint.ts";
import type { PromqlQuery, Slo } from "../../../src/model/model.ts";
import type { Guard, PrometheusSource } from "../../../src/model/policy.ts";
import { readPromql } from "../../../src/model/query.ts";
import { STRICT_READING } from "../../../src/model/reading.ts";
import { binary, number, series } from "../../../src/promql/build.ts";
import { parseExpr } from "../../../src/promql/parse.ts";
import { problemOf } from "../../../src/schema/validate.ts";
import { seconds } from "../../../src/units/duration.ts";
import { rational } from "../../../src/units/rational.ts";
import { flaggerOnDatadog, every, LOADTESTER, stepsOf, switchAfter } from "../../support/flagger-policies.ts";
import { policyOf, SETTINGS } from "../../support/policies.ts";
import { sloOf } from "../../support/slos.ts";
import { without } from "../argo-rollouts/emitted.ts";
import { emitted, flaggerPolicy, IN_SHOP, type Analysis, type FlaggerParts, type Template } from "./emitted.ts";

/*
 * A 99.9 % SLO on Istio, by hand: 5 % for 10m, 20 % for 10m, 50 % for 15m, ticks every minute with a load tester.
 *
 *   analysis:
 *     interval: 1m
 *     threshold: 30                      # maxWait 30m
 *     stepWeights: [5, 20, 50]           # the load tester keeps each for its bake
 *     metrics:
 *       - { name: checkout-shop-hits-promote, templateRef: { name: checkout-shop-hits-promote }, interval: 5m,
 *           thresholdRange: { max: 2 }, templateVariables: { since: 40m, minRequests: "209", lastWeight: "50" } }
 *       - { name: checkout-shop-hits-budget, ..., thresholdRange: { max: 1 } }
 *     webhooks:                          # extreme in one look, fail in two; the budget before any traffic; the bakes
 *       [rollback checkout-shop-hits-extreme, rollback checkout-shop-hits-fail, confirm-rollout checkout-budget,
 *        confirm-traffic-increase checkout-bake]
 *
 * Without one: ticks every two minutes, the shortest time in which 10m fit into five weights; no webhook, and the budget is a metric.
 *
 *     interval: 2m
 *     threshold: 15
 *     stepWeights: [1, 2, 3, 4, 5, 8, 11, 14, 17, 20, 24, 28, 32, 35, 39, 43, 47, 50]
 *     metrics: [checkout-shop-hits-promote, checkout-shop-hits-budget,
 *               checkout-shop-hits-budget-left { min: 1 } { hotfix: "0" }]
 */

const AT = policyOf().at;
const TESTED: FlaggerParts = { workload: IN_SHOP, controller: LOADTESTER };

const analysisOf = (parts: FlaggerParts, section = {}): Analysis => emitted([flaggerPolicy(parts)], section).analysis;
const codesOf = (parts: FlaggerParts, section = {}): readonly string[] => emitted([flaggerPolicy(parts)], section).codes;
const queryOf = (templates: readonly Template[], name: string): string =>
  templates.find(({ metadata }) => metadata.name === name)?.spec.query.replace(/\s+/g, " ") ?? assert.fail(`no template ${name}`);
const hookNames = ({ webhooks = [] }: Analysis): readonly string[] => webhooks.map(({ name, type }) => `${type} ${name}`);
const commandOf = ({ webhooks = [] }: Analysis, name: string): string =>
  webhooks.find((hook) => hook.name === name)?.metadata["cmd"]?.replace(/\s+/g, " ") ?? assert.fail(`no hook ${name}`);

function promql(text: string): PromqlQuery {
  const context = { reading: STRICT_READING, report: ({ message }: { readonly message: string }) => assert.fail(message) };
  return readPromql({ kind: "scalar", text, style: "plain", at: AT }, { kind: "value" }, context) ?? assert.fail();
}

function guardOf(parts: Partial<Guard<PromqlQuery>> = {}): Guard<PromqlQuery> {
  return { name: "lag", query: promql("max(queue_lag_seconds)"), bound: "max", limit: rational(30), action: "hold", at: AT, ...parts };
}

suite("the Canary of a 99.9 % SLO", () => {
  test("with a load tester has the policy's weights, and hooks for the rest", () => {
    const analysis = analysisOf(TESTED);
    assert.deepEqual([analysis.interval, analysis.threshold, analysis.stepWeights, analysis.iterations], ["1m", 30, [5, 20, 50], null]);
    const variables = { since: "40m", minRequests: "209", lastWeight: "50" };
    const metric = (name: string, max: number): object => ({
      name,
      templateRef: { name },
      interval: "5m",
      thresholdRange: { max },
      templateVariables: variables,
    });
    assert.deepEqual(analysis.metrics, [metric("checkout-shop-hits-promote", 2), metric("checkout-shop-hits-budget", 1)]);
    assert.deepEqual(hookNames(analysis), [
      "rollback checkout-shop-hits-extreme",
      "rollback checkout-shop-hits-fail",
      "confirm-rollout checkout-budget",
      "confirm-traffic-increase checkout-bake",
    ]);
  });

  test("without one climbs a ladder and asks for the budget at each tick", () => {
    const analysis = analysisOf({});
    assert.deepEqual([analysis.interval, analysis.threshold, analysis.webhooks], ["2m", 15, undefined]);
    assert.deepEqual(analysis.stepWeights, [1, 2, 3, 4, 5, 8, 11, 14, 17, 20, 24, 28, 32, 35, 39, 43, 47, 50]);
    assert.deepEqual(
      analysis.metrics.map(({ name, thresholdRange }) => [name, thresholdRange]),
      [
        ["checkout-shop-hits-promote", { max: 2 }],
        ["checkout-shop-hits-budget", { max: 1 }],
        ["checkout-shop-hits-budget-left", { min: 1 }],
      ],
    );
  });

  test("lies beside its templates, in the policy's folder and its environment's", () => {
    const { paths, templates } = emitted([flaggerPolicy({ ...TESTED, environment: "prod" })]);
    assert.deepEqual(paths, ["flagger/prod/checkout/metric-templates.yaml", "flagger/prod/checkout/canary-patch.yaml"]);
    assert.deepEqual([...new Set(templates.map(({ metadata }) => metadata.namespace))], ["shop"]);
  });
});

test("durations are whole minutes or whole seconds", () => {
  for (const [given, want] of [
    [45, "45s"],
    [60, "1m"],
    [90, "90s"],
    [3600, "60m"],
    [90_000, "1500m"],
  ] as const) {
    assert.equal(flaggerDuration(seconds(given)), want);
  }
});

suite("go templates", () => {
  const metric = (value: string) => series("m", [{ label: "l", op: "=", value }]);
  const rows: readonly (readonly [given: string, want: string])[] = [
    ["plain", 'm{l="plain"}'],
    ["{{ name }}", 'm{l="{{ "{{" }} name }}"}'],
    ["{{{x", 'm{l="{{ "{{" }}{x"}'],
    ["a{b}}", 'm{l="a{b}}"}'],
    ['q"{{\\', 'm{l="q\\"{{ "{{" }}\\\\"}'],
    ["two  blanks   here", 'm{l="two \\x20blanks \\x20\\x20here"}'],
    ["a\n\tb", 'm{l="a\\n\\tb"}'],
  ];
  for (const [given, want] of rows) {
    test(`keep the text ${JSON.stringify(given)}`, () => {
      const text = goTemplate(metric(given));
      assert.equal(text, want);
      // What Flagger does to it: fill in, then make each run of blanks one.
      const sent = text.replace(/\{\{ "(\{+)" \}\}/g, "$1").replace(/\s+/g, " ");
      const parsed = parseExpr(sent, { windows: false });
      assert.ok(parsed.ok && parsed.expr.kind === "vector");
      assert.equal(parsed.expr.matchers[0]?.value, given);
    });
  }

  test("let only slogen's own variables act", () => {
    assert.equal(
      goTemplate(binary(metric("{{ variables.since }}"), ">", number(variable("minRequests")))),
      'm{l="{{ "{{" }} variables.since }}"} > {{ variables.minRequests }}',
    );
  });

  test("take the Canary's namespace where the policy names none", () => {
    const { templates } = emitted([flaggerPolicy()]);
    assert.match(queryOf(templates, "checkout-shop-hits-promote"), /destination_workload_namespace="\{\{ namespace \}\}"/);
    assert.match(queryOf(templates, "checkout-shop-hits-promote"), /exported_namespace="\{\{ namespace \}\}"/);
  });
});

suite("evidence", () => {
  const demand = (parts: FlaggerParts): string => queryOf(emitted([flaggerPolicy(parts)]).templates, "checkout-shop-hits-promote");
  test("is demanded at the last weight, or where nobody knows the weight", () => {
    assert.match(
      demand(TESTED),
      /\{\{ variables\.minRequests \}\} \* scalar\( max\( flagger_canary_weight\{workload="checkout",exported_namespace="shop"\} or flagger_canary_weight\{workload="checkout",namespace="shop",exported_namespace=""\} \) >= bool \{\{ variables\.lastWeight \}\} or vector\(1\) \)/,
    );
  });
  test("is demanded by share of the traffic if Prometheus does not scrape Flagger", () => {
    const source = { ...flaggerPolicy().source, scrapesFlagger: false };
    assert.match(demand({ source }), />= \{\{ variables\.minRequests \}\} \/ \{\{ variables\.lastShare \}\} \/ \( 1 \+ /);
    assert.deepEqual(analysisOf({ source }).metrics[0]?.templateVariables, { since: "40m", minRequests: "209", lastShare: "0.474" });
    const noticed = (parts: FlaggerParts): boolean => codesOf(parts).includes("flagger/evidence-by-share");
    assert.deepEqual([noticed({ source }), noticed({ source, traffic: rational(10) }), noticed({})], [true, false, false]);
  });
  test("is demanded at every tick before a switch, or where the policy says so", () => {
    const settings = { evidence: { ...SETTINGS.evidence, by: "everyStep" } } as const;
    const delivery = { kind: "blueGreen", prePromotion: seconds(600), at: AT } as const;
    for (const parts of [{ settings }, { delivery }]) assert.match(demand(parts), />= \{\{ variables\.minRequests \}\} \)$/);
    assert.ok(codesOf({ delivery }).includes("flagger/evidence-every-tick"));
    assert.ok(!codesOf({ settings }).includes("flagger/evidence-every-tick"));
  });
  test("is not demanded where the policy passes without", () => {
    const settings = { evidence: { ...SETTINGS.evidence, otherwise: "pass" } } as const;
    assert.doesNotMatch(demand({ settings }), /minRequests|flagger_canary_weight/);
  });
});

suite("hooks", () => {
  const isPlain = (text: string): string => execFileSync("bash", ["-c", `printf %s ${text}`], { encoding: "utf8" });

  test("quote whatever stands in a query for the shell", () => {
    for (const text of [`it's`, `$(rm) \`x\``, `"\\'`, "a\nb"]) assert.equal(isPlain(shellQuoted(text)), text);
  });

  test("ask for the verdict of a number of looks in a row", () => {
    assert.match(
      commandOf(analysisOf(TESTED), "checkout-shop-hits-fail"),
      /query=count_over_time\(.*\)\[1m:30s\] \) >= 2' 'http:\/\/prometheus\.monitoring:9090\/api\/v1\/query' \| jq -en 'input\.data\.result \| length > 0'$/,
    );
    assert.doesNotMatch(commandOf(analysisOf(TESTED), "checkout-shop-hits-extreme"), /count_over_time/);
  });

  test("roll back for a canary without series only once it should have some", () => {
    const settings = { noSeries: "fail" } as const;
    const command = commandOf(analysisOf({ ...TESTED, settings }), "checkout-shop-hits-series");
    assert.match(command, /count_over_time\( absent\(.*\)\[1m:30s\] \) >= 2 and \( max\(.*flagger_canary_weight\{.*\} offset 1m30s.*> 0/);
    const source = { ...flaggerPolicy().source, scrapesFlagger: false };
    assert.ok(!hookNames(analysisOf({ ...TESTED, settings, source })).includes("rollback checkout-shop-hits-series"));
    assert.ok(codesOf({ ...TESTED, settings, source }).includes("flagger/series-only-hold"));
  });

  test("keep each weight for its bake, as far as scrapes can tell, and the first for none", () => {
    const command = commandOf(analysisOf(TESTED), "checkout-bake");
    assert.match(command, /\) == 0 and max\( timestamp\(.*\) > time\(\) - 54 \) or \(/);
    for (const [weight, length] of [
      [5, "9m30s"],
      [20, "9m30s"],
      [50, "14m30s"],
    ] as const) {
      assert.match(
        command,
        new RegExp(`offset ${length} \\) == ${weight} and min\\( min_over_time\\(.*?\\[${length}\\]\\).*?\\) == ${weight}`),
        String(weight),
      );
    }
  });

  test("send the source's headers and bear a certificate that nobody signed", () => {
    const source = { ...flaggerPolicy().source, headers: [{ key: "X-Scope-OrgID", value: "it's", at: AT }], insecure: true };
    assert.match(
      commandOf(analysisOf({ ...TESTED, source }), "checkout-bake"),
      /^curl -fsS --max-time 5 --insecure -H 'X-Scope-OrgID: it'\\''s' --data-urlencode /,
    );
  });

  test("tell a service of the user's own the query, instead of the load tester", () => {
    const rollback = { url: "http://release-judge.shop/rollback", at: AT };
    const { webhooks = [] } = analysisOf({ ...TESTED, controller: { ...LOADTESTER, rollback } });
    const rollbacks = webhooks.filter(({ type }) => type === "rollback");
    assert.deepEqual(
      rollbacks.map(({ url, metadata }) => [url, metadata["check"], metadata["cmd"]]),
      [
        [rollback.url, "shop-hits extreme", undefined],
        [rollback.url, "shop-hits fail", undefined],
      ],
    );
    assert.equal(parseExpr(rollbacks[0]?.metadata["query"] ?? "").ok, true);
  });

  test("are PromQL", () => {
    for (const { metadata } of analysisOf({ ...TESTED, settings: { noSeries: "fail" }, guards: [guardOf({ action: "fail" })] }).webhooks ??
      []) {
      const [, query = ""] = /--data-urlencode 'query=(.*?)' 'http/s.exec(metadata["cmd"] ?? "") ?? [];
      const parsed = parseExpr(query.replaceAll(`'\\''`, "'"));
      assert.ok(parsed.ok, query);
    }
  });

  test("need the namespace, which no webhook is told", () => {
    const { codes, analysis } = emitted([flaggerPolicy({ controller: LOADTESTER })]);
    assert.ok(codes.includes("flagger/namespace-needed"));
    assert.deepEqual(hookNames(analysis), ["confirm-rollout checkout-budget"]);
  });

  test("stand before the policy's own", () => {
    const own = { name: "load", type: "rollout", url: "http://flagger-loadtester.test/", timeout: "5s", metadata: { cmd: "hey" } };
    const analysis = analysisOf({ ...TESTED, controller: { ...LOADTESTER, webhooks: [own, { ...own, name: "soak", timeout: "1h" }] } });
    assert.deepEqual(hookNames(analysis).slice(-2), ["rollout load", "rollout soak"]);
    assert.deepEqual(
      analysis.webhooks?.slice(-2).map(({ timeout }) => timeout),
      ["5s", "60m"],
    );
  });

  test("must differ from the policy's own, and those from each other", () => {
    const own = (...names: readonly string[]): readonly string[] => {
      const webhooks = names.map((name) => ({ name, type: "rollout", url: "http://flagger-loadtester.test/" }));
      return codesOf({ ...TESTED, controller: { ...LOADTESTER, webhooks } }).filter((code) => code === "flagger/webhook-twice");
    };
    assert.deepEqual(own("load", "checkout"), []);
    assert.deepEqual(own("checkout-bake"), ["flagger/webhook-twice"]);
    assert.deepEqual(own("load", "load", "load"), ["flagger/webhook-twice"]);
  });

  test("tell of a release that waits for its budget, and of nothing that they do at every tick", () => {
    const muted = analysisOf(TESTED)
      .webhooks?.filter(({ muteAlert }) => muteAlert)
      .map(({ type }) => type);
    assert.deepEqual(muted, ["rollback", "rollback", "confirm-traffic-increase"]);
  });

  test("ask for the weight in the cluster of the policy's matchers, if it has their labels", () => {
    const matchers = [{ label: "cluster", op: "=", value: "eu" }] as const;
    const command = commandOf(analysisOf({ ...TESTED, matchers }), "checkout-bake");
    assert.match(
      command,
      /\( max\( flagger_canary_weight\{workload="checkout",cluster="eu",exported_namespace="shop"\} or [^)]*\) or max\( flagger_canary_weight\{workload="checkout",exported/,
    );
  });

  test("wait for a budget before the first traffic, unless the release is said to mend it", () => {
    const command = commandOf(analysisOf(TESTED), "checkout-budget");
    assert.match(
      command,
      /^hotfix=0; \[ \$hotfix = 1 \] \|\| curl .*query=min\(slo:period_error_budget_remaining:ratio\{sloth_id="shop-hits"\} > -Inf\) > 0'/,
    );
    const bypassed = command.replace("hotfix=0", "hotfix=1").replace("curl", "false");
    execFileSync("bash", ["-c", bypassed]);
  });
});

suite("observing", () => {
  test("lets every value pass, and none", () => {
    const { analysis, templates, codes } = emitted([
      flaggerPolicy({ ...TESTED, enforcement: "observe", guards: [guardOf({ bound: "min" })] }),
    ]);
    assert.deepEqual(
      analysis.metrics.map(({ thresholdRange }) => thresholdRange),
      [{ min: -1 }, { min: -1 }, { min: -1 }, { min: -1e15 }],
    );
    for (const { spec } of templates) assert.match(spec.query, /\n?or\s+vector\(-1\)$/);
    assert.ok(codes.includes("flagger/observed-source"));
  });
  test("needs no source where no Canary asks the templates", () => {
    const { codes } = emitted([flaggerPolicy({ ...TESTED, enforcement: "observe" })], { canary: "none" });
    assert.ok(!codes.includes("flagger/observed-source"));
  });
  test("keeps the bakes and rolls nothing back", () => {
    assert.deepEqual(hookNames(analysisOf({ ...TESTED, enforcement: "observe" })), ["confirm-traffic-increase checkout-bake"]);
  });
});

suite("guards", () => {
  test("hold outside of their limits", () => {
    const guards = [guardOf(), guardOf({ name: "Cache hits", bound: "min", limit: rational(9, 10) })];
    const { analysis } = emitted([flaggerPolicy({ guards })]);
    assert.deepEqual(
      analysis.metrics.slice(-2).map(({ name, thresholdRange }) => [name, thresholdRange]),
      [
        ["checkout-guard-lag", { max: 30 }],
        ["checkout-guard-cache-hits", { min: 0.9 }],
      ],
    );
  });
  test("roll back in as many looks as the gate bears", () => {
    const analysis = analysisOf({ ...TESTED, guards: [guardOf({ action: "fail" })] });
    assert.match(
      commandOf(analysis, "checkout-guard-lag-fail"),
      /count_over_time\( \(?max\(queue_lag_seconds\{.*\}\) > 30\)?\[1m:30s\] ?\) >= 2/,
    );
  });
});

suite("a switch", () => {
  test("is judged for so many iterations", () => {
    const { analysis, codes } = emitted([flaggerPolicy(switchAfter(600))]);
    assert.deepEqual([analysis.iterations, analysis.stepWeights, analysis.match, analysis.interval], [10, null, null, "1m"]);
    assert.ok(codes.includes("flagger/preview-traffic"));
  });
  test("needs no more traffic where a webhook of the policy's own is called at each tick", () => {
    const load = (type?: string) => ({ controller: { webhooks: [{ name: "load", url: "http://tester/", ...(type && { type }) }] } });
    const isWarned = (parts: FlaggerParts): boolean => codesOf({ ...switchAfter(600), ...parts }).includes("flagger/preview-traffic");
    assert.deepEqual([undefined, "rollout", "pre-rollout"].map(load).map(isWarned), [false, false, true]);
  });
  test("of some requests is an A/B test", () => {
    const match = [{ headers: { "x-canary": { exact: "insider" } } }];
    const { analysis, codes } = emitted([flaggerPolicy({ ...switchAfter(600), controller: { match } })]);
    assert.deepEqual([analysis.iterations, analysis.match], [10, match]);
    assert.ok(!codes.includes("flagger/preview-traffic"));
  });
  test("is not judged afterwards", () => {
    const delivery = { kind: "blueGreen", prePromotion: seconds(600), postPromotion: seconds(600), at: AT } as const;
    assert.ok(codesOf({ delivery }).includes("flagger/no-post-promotion"));
  });
});

suite("a source", () => {
  const source = (parts: Partial<PrometheusSource>) => ({ source: { ...flaggerPolicy().source, ...parts } });
  const bearer = (key: string) => ({ kind: "bearer", token: { name: "reader", key } }) as const;
  test("may want a token, headers and any certificate", () => {
    const parts = source({ authentication: bearer("token"), insecure: true, headers: [{ key: "X-Scope-OrgID", value: "shop", at: AT }] });
    assert.deepEqual(emitted([flaggerPolicy(parts)]).templates[0]?.spec.provider, {
      type: "prometheus",
      address: "http://prometheus.monitoring:9090",
      secretRef: { name: "reader" },
      headers: { "X-Scope-OrgID": ["shop"] },
      insecureSkipVerify: true,
    });
  });
  const rows: readonly (readonly [name: string, parts: FlaggerParts, codes: readonly string[]])[] = [
    ["plain", {}, []],
    ["with a token", source({ authentication: bearer("token") }), ["flagger/secret-needed"]],
    ["with a token under another key", source({ authentication: bearer("password") }), ["flagger/token-key"]],
    [
      "with a token and headers",
      source({ authentication: bearer("token"), headers: [{ key: "A", value: "b", at: AT }] }),
      ["flagger/secret-needed", "flagger/headers-and-token"],
    ],
    [
      "with a password",
      source({ authentication: { kind: "basic", credentials: { name: "reader", key: "basic" } } }),
      ["flagger/authentication"],
    ],
    [
      "with OAuth",
      source({
        authentication: { kind: "oauth2", tokenUrl: "https://a", clientId: "b", clientSecret: { name: "c", key: "d" }, scopes: [] },
      }),
      ["flagger/authentication"],
    ],
    ["with signatures", source({ authentication: { kind: "sigv4", region: "eu-west-1" } }), ["flagger/authentication"]],
    ["with a timeout", source({ timeout: seconds(20) }), ["flagger/source-timeout"]],
    ["with Flagger's own timeout", source({ timeout: seconds(5) }), []],
  ];
  for (const [name, parts, want] of rows) {
    test(`${name} is told what Flagger cannot do`, () => {
      const always = codesOf({});
      assert.deepEqual(
        codesOf(parts).filter((code) => !always.includes(code)),
        want,
      );
    });
  }
  test("without an address cannot be asked", () => {
    assert.ok(codesOf({ source: without(flaggerPolicy().source, "address") }).includes("flagger/no-address"));
  });
  test("that wants a token is not asked by a load tester", () => {
    const parts = { ...TESTED, ...source({ authentication: bearer("token") }) };
    assert.ok(codesOf(parts).includes("flagger/loadtester-unused"));
    assert.ok(!codesOf(parts).includes("flagger/no-rollback-hook"), "one mistake is told once");
    assert.equal(analysisOf(parts).webhooks, undefined);
  });
});

suite("losses", () => {
  const always = ["flagger/holds-add-up", "flagger/one-good-look", "flagger/bypass", "flagger/patch-replaces"];
  const rows: readonly (readonly [name: string, parts: FlaggerParts, codes: readonly string[]])[] = [
    ["nothing more with a load tester", TESTED, []],
    [
      "a ladder, a slow rollback and a late budget without",
      { workload: IN_SHOP },
      ["flagger/bakes-as-ladder", "flagger/no-rollback-hook", "flagger/budget-after-traffic"],
    ],
    [
      "bakes that are too short for the ticks",
      { controller: every(30) },
      ["flagger/bake-cut", "flagger/no-rollback-hook", "flagger/budget-after-traffic"],
    ],
    [
      "no bake that is cut where the weights are just enough for the ticks",
      { ...stepsOf([4, 300]), controller: every(75) },
      ["flagger/bakes-as-ladder", "flagger/no-rollback-hook", "flagger/budget-after-traffic"],
    ],
    [
      "nothing but the missing address where nobody could be asked",
      { ...TESTED, source: without(flaggerPolicy().source, "address") },
      ["flagger/bakes-as-ladder", "flagger/no-address", "flagger/budget-after-traffic"],
    ],
    ["no pause", { ...TESTED, settings: { promote: { ...SETTINGS.promote, onTimeout: "pause" } } }, ["flagger/no-pause"]],
    [
      "a budget that cannot end a release",
      { ...TESTED, settings: { budget: { tightenAt: SETTINGS.confidence, exhausted: "fail", bypassAnnotation: "a/b", at: AT } } },
      ["flagger/budget-waits"],
    ],
  ];
  for (const [name, parts, want] of rows) {
    test(`are told: ${name}`, () => {
      assert.deepEqual(
        codesOf(parts).filter((code) => !always.includes(code)),
        want,
      );
    });
  }
});

suite("the Canary's object", () => {
  test("takes away in a patch what would contradict", () => {
    const { documents } = emitted([flaggerPolicy(TESTED)]);
    const canary = documents.find(({ kind }) => kind === "Canary");
    assert.deepEqual(canary?.["metadata"], { name: "checkout", namespace: "shop" });
    const { stepWeight, maxWeight, iterations, match } = emitted([flaggerPolicy(TESTED)]).analysis as unknown as Record<string, unknown>;
    assert.deepEqual([stepWeight, maxWeight, iterations, match], [null, null, null, null]);
  });
  test("is what stands below `analysis` as a snippet", () => {
    const { paths, documents } = emitted([flaggerPolicy(TESTED)], { canary: "snippet" });
    assert.equal(paths.at(-1), "flagger/checkout/canary-snippet.yaml");
    assert.deepEqual(Object.keys(documents.at(-1) ?? {}), ["interval", "threshold", "stepWeights", "metrics", "webhooks"]);
  });
  test("is left out, or needs a file", () => {
    assert.deepEqual(emitted([flaggerPolicy(TESTED)], { canary: "none" }).paths, ["flagger/checkout/metric-templates.yaml"]);
    assert.ok(codesOf(TESTED, { canary: "edit" }).includes("flagger/no-canary-file"));
  });
  test("is edited where the policy's file holds it", () => {
    const text = `apiVersion: flagger.app/v1beta1
kind: Canary
metadata: { name: checkout }
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: checkout }
  service: { port: 80 }
  analysis:
    interval: 1m
    threshold: 5
    stepWeights: [5, 20, 50]
`;
    const path = "deploy/canary.yaml";
    const policy = flaggerPolicy({ ...TESTED, workload: { ...IN_SHOP, files: [{ path, at: AT }] } });
    assert.deepEqual(emitted([policy], {}, [{ path, text }]).paths, [
      "flagger/checkout/metric-templates.yaml",
      "flagger/checkout/canary.yaml",
    ]);
  });
  test("is missed in a named file, unless that may be for Argo Rollouts alone", () => {
    const path = "deploy/checkout.yaml";
    const parts = { ...TESTED, workload: { ...IN_SHOP, files: [{ path, at: AT }] } };
    const beside = policyOf({ name: flaggerPolicy(parts).name });
    const holding = (kind: string) => [{ path, text: `apiVersion: example.com/v1\nkind: ${kind}\nmetadata: { name: checkout }\n` }];
    assert.ok(emitted([flaggerPolicy(parts)], {}, holding("Deployment")).codes.includes("canary/not-a-canary"));
    assert.ok(emitted([flaggerPolicy(parts)], {}, holding("Service")).codes.includes("canary/not-found"));
    for (const [policies, options] of [
      [[flaggerPolicy(parts), beside], {}],
      [[flaggerPolicy(parts)], { canary: "patch" }],
    ] as const) {
      const { paths, codes } = emitted(policies, options, holding("Rollout"));
      assert.equal(paths.at(-1), "flagger/checkout/canary-patch.yaml");
      assert.deepEqual(
        codes.filter((code) => code.startsWith("canary/")),
        [],
      );
    }
  });
});

suite("names", () => {
  const named = (id: string): Slo => ({ ...sloOf({}), id });
  test("of two SLOs must not become one", () => {
    const slos = [named("shop-hits"), named("shop.hits")];
    assert.equal(codesOf({ slos }).filter((code) => code === "flagger/duplicate-check").length, 1);
  });
  test("of two policies must not become one in a namespace", () => {
    const two = [flaggerPolicy({ name: "a", slos: [named("b-c")] }), flaggerPolicy({ name: "a-b", slos: [named("c")] })];
    assert.equal(emitted(two).codes.filter((code) => code === "flagger/object-collision").length, 1);
    const apart = two.map((policy, i) => ({ ...policy, workload: { ...policy.workload, namespace: `ns${i}` } }));
    assert.ok(!emitted(apart).codes.includes("flagger/object-collision"));
  });
  test("have at most 253 characters", () => {
    assert.ok(codesOf({ name: "a".repeat(240) }).includes("flagger/name-too-long"));
  });
});

test("a query that is too long for an address is told", () => {
  const filter = Array.from({ length: 40 }, (_, i) => `label_${i}!~"value-${i}|other-${i}"`).join(",");
  const slos = [sloOf({ bad: `sum(rate(hits_total{code="500",${filter}}[5m]))`, total: `sum(rate(hits_total{${filter}}[5m]))` })];
  assert.equal(codesOf({ slos }).filter((code) => code === "flagger/long-query").length, 1);
  assert.ok(!codesOf({}).includes("flagger/long-query"));
});

test("the length of an address is what Go makes of the query", () => {
  // Each of these is one character in JavaScript's `encodeURIComponent` and three in Go's `url.QueryEscape`.
  const address = (filter: string) => {
    const slos = [sloOf({ bad: `sum(rate(hits_total{code="500"}[5m]))`, total: `sum(rate(hits_total{path!="${filter}"}[5m]))` })];
    const [, length] =
      /address of (\d+)/.exec(
        emitted([flaggerPolicy({ slos })])
          .found.map(({ message }) => message)
          .join(),
      ) ?? [];
    return Number(length);
  };
  assert.equal(address("(".repeat(1200)), address("%".repeat(1200)));
  assert.equal(address("~".repeat(3600)), address("a".repeat(3600)));
});

test("Rollouts are Argo's", () => {
  assert.deepEqual(emitted([policyOf()]).paths, []);
});

test("everything that is emitted satisfies the schema", () => {
  const policies = [
    flaggerPolicy(TESTED),
    flaggerPolicy({ guards: [guardOf()] }),
    flaggerPolicy({ ...switchAfter(600), enforcement: "observe" }),
    flaggerPolicy(stepsOf([10, 60], [100 - 1, 60])),
    flaggerOnDatadog(),
    flaggerOnDatadog({}, { enforcement: "observe" }),
  ];
  for (const policy of policies) {
    for (const section of [{}, { canary: "snippet" }]) {
      const { documents } = emitted([policy], section);
      assert.ok(documents.length >= 3);
      for (const document of documents) assert.equal(problemOf("flagger/objects", document), undefined, JSON.stringify(document));
    }
  }
});

suite("what slogen must never emit", () => {
  const good: LintInput = {
    templates: [
      {
        apiVersion: "flagger.app/v1beta1",
        kind: "MetricTemplate",
        metadata: { name: "m" },
        spec: { provider: { type: "prometheus", address: "http://p" }, query: 'a{b="#"} > {{ variables.x }}' },
      },
    ],
    analysis: {
      interval: "1m",
      threshold: 1,
      stepWeights: [5, 20],
      metrics: [{ name: "m", templateRef: { name: "m" }, interval: "5m", thresholdRange: { max: 1 }, templateVariables: { x: "1" } }],
      alerts: [],
      webhooks: [],
    },
  };
  const [template] = good.templates;
  const [metric] = good.analysis.metrics;
  assert.ok(template && metric);
  const query = (text: string): LintInput => ({
    ...good,
    templates: [{ ...template, spec: { ...template.spec, query: text } }],
  });
  const analysis = (parts: object): LintInput => ({ ...good, analysis: { ...good.analysis, ...parts } });
  const rows: readonly (readonly [name: string, input: LintInput, problems: number])[] = [
    ["nothing", good, 0],
    ["a comment", query("a > {{ variables.x }} # b"), 1],
    ["blanks in a text", query('a{b="c  d"} > {{ variables.x }}'), 1],
    ["an action of somebody else's", query("{{ variables.x }} {{ target }}"), 1],
    ["a variable without a value", query("{{ variables.x }} {{ variables.y }}"), 1],
    ["an hour", analysis({ interval: "1h" }), 1],
    ["no time", analysis({ interval: "0s" }), 1],
    ["weights and iterations", analysis({ iterations: 3 }), 1],
    ["weights that fall", analysis({ stepWeights: [20, 5] }), 1],
    ["half a percent", analysis({ stepWeights: [0.5, 5] }), 1],
    ["all traffic as a weight", analysis({ stepWeights: [5, 100] }), 1],
    ["a match among weights", analysis({ match: [{}] }), 1],
    ["a built-in metric", analysis({ metrics: [{ ...metric, name: "request-duration" }] }), 1],
    ["a metric twice", analysis({ metrics: [metric, metric] }), 1],
    ["a metric without a template", analysis({ metrics: [{ ...metric, templateRef: { name: "n" } }] }), 2],
    ["a range that nothing is in", analysis({ metrics: [{ ...metric, thresholdRange: { min: 2, max: 1 } }] }), 1],
    ["a range that everything is in", analysis({ metrics: [{ ...metric, thresholdRange: {} }] }), 1],
    ["an alert that is never sent", analysis({ alerts: [{ name: "a", providerRef: { name: "a" } }] }), 1],
  ];
  for (const [name, input, problems] of rows) {
    test(name, () => {
      assert.equal(findProblems(input).length, problems, findProblems(input).join("; "));
    });
  }
});
