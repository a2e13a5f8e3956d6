import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { startFlagger, type Check, type FlaggerOracle, type Outside, type Release, type RunRequest } from "./flagger.ts";
import type { Series } from "./prometheus.ts";

/** What we rely on in Flagger, asked of Flagger's own code. */

let flagger: FlaggerOracle;
before(async () => {
  flagger = await startFlagger();
});
after(() => flagger.stop());

const START = 1_700_000_000;
const PROMETHEUS = "http://prometheus.test:9090";
const HOOK = "http://judge.test/ask";

type Json = Readonly<Record<string, unknown>>;

interface CanaryParts {
  readonly analysis?: Json;
  readonly metrics?: readonly Json[];
  readonly spec?: Json;
}

/** JSON is YAML. */
function stream(...documents: readonly Json[]): string {
  return documents.map((document) => JSON.stringify(document)).join("\n---\n");
}

function canary({ analysis = { stepWeight: 20, maxWeight: 50 }, metrics = [check()], spec = {} }: CanaryParts = {}): Json {
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: { name: "checkout", namespace: "shop" },
    spec: {
      provider: "istio",
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "checkout" },
      service: { port: 8080 },
      ...spec,
      analysis: { interval: "1m", threshold: 5, metrics, ...analysis },
    },
  };
}

function check(parts: Json = {}): Json {
  return { name: "bad", interval: "5m", templateRef: { name: "bad" }, thresholdRange: { max: 0 }, ...parts };
}

function template(query = "bad", provider: Json = {}): Json {
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "MetricTemplate",
    metadata: { name: "bad", namespace: "shop" },
    spec: { provider: { type: "prometheus", address: PROMETHEUS, ...provider }, query },
  };
}

/** P and F are the check's answers, one a tick that asks; the last one repeats. */
function answers(script: string, query = "bad"): Record<string, readonly string[]> {
  return { [query]: Array.from(script, (letter) => (letter === "P" ? "0" : "1")) };
}

function run(parts: CanaryParts, outside: Outside = { answers: answers("P") }, more: Partial<RunRequest> = {}): Promise<Release> {
  return flagger.run({ documents: stream(canary(parts), template()), start: START, until: 7200, ...outside, ...more });
}

/** What happened at each tick from the start on, in a word. */
function story({ ticks, phase }: Release): string {
  const words = ticks
    .filter(({ at }) => at >= 0)
    .map((tick, index, all) => {
      const before = all[index - 1];
      if (tick.phase === "Promoting" && before?.phase !== "Promoting") return "promote";
      if (tick.phase !== "Progressing" && tick.phase !== "Promoting") return tick.phase.toLowerCase();
      if (tick.failedChecks > (before?.failedChecks ?? 0)) return `f${tick.failedChecks}`;
      if (tick.iterations > (before?.iterations ?? 0)) return `${tick.iterations}@${tick.weight}`;
      return String(tick.weight);
    });
  assert.ok(phase === "Succeeded" || phase === "Failed", `it ends as ${phase}`);
  return words.join(" ");
}

function checksAsked({ ticks }: Release): number {
  return ticks.flatMap(({ asked }) => asked).filter(({ query }) => query === "bad").length;
}

suite("a release goes on by ticks", () => {
  const DONE = "promote finalising succeeded";
  const ALWAYS = "F";
  const table: readonly (readonly [string, CanaryParts, string, string, number])[] = [
    ["stepWeight may pass maxWeight", { analysis: { stepWeight: 20, maxWeight: 50 } }, "P", `20 40 60 ${DONE}`, 3],
    ["stepWeight up to 100", { analysis: { stepWeight: 50, maxWeight: 100 } }, "P", `50 100 ${DONE}`, 2],
    ["stepWeights", { analysis: { stepWeights: [1, 2, 10, 80] } }, "P", `1 2 10 80 ${DONE}`, 4],
    ["stepWeights above 100 end there", { analysis: { stepWeights: [1, 2, 10, 200] } }, "P", `1 2 10 100 ${DONE}`, 4],
    [
      "stepWeightPromotion moves traffic back in parts",
      { analysis: { stepWeight: 100, stepWeightPromotion: 50 } },
      "P",
      "100 promote 50 finalising succeeded",
      1,
    ],
    ["blue/green is asked once more at 100 %", { analysis: { iterations: 2 } }, "P", `1@0 2@0 3@100 ${DONE}`, 3],
    [
      "A/B is not asked once more",
      { analysis: { iterations: 2, match: [{ headers: { "x-user": { exact: "insider" } } }] } },
      "P",
      `1@100 2@100 ${DONE}`,
      2,
    ],
    ["mirroring takes one tick", { analysis: { stepWeight: 10, maxWeight: 30, mirror: true } }, "P", `0 10 20 30 ${DONE}`, 4],
    [
      "the threshold is looked at before the checks",
      { analysis: { stepWeight: 10, maxWeight: 50, threshold: 5 } },
      ALWAYS,
      "10 f1 f2 f3 f4 f5 failed",
      5,
    ],
    [
      "failures add up over the release",
      { analysis: { stepWeight: 10, maxWeight: 50, threshold: 2 } },
      "FPPFP",
      "10 f1 20 30 f2 failed",
      4,
    ],
    ["a threshold of 1", { analysis: { stepWeight: 50, maxWeight: 50, threshold: 1 } }, ALWAYS, "50 f1 failed", 1],
    ["a threshold of 0 is one of 1", { analysis: { stepWeight: 50, maxWeight: 50, threshold: 0 } }, ALWAYS, "50 f1 failed", 1],
    [
      "between pods there are iterations alone",
      { analysis: { iterations: 2 }, spec: { provider: "kubernetes" } },
      "P",
      `1@0 2@100 3@100 ${DONE}`,
      3,
    ],
  ];
  for (const [name, parts, script, want, asked] of table) {
    test(name, async () => {
      const release = await run(parts, { answers: answers(script) });
      assert.equal(story(release), want);
      assert.equal(checksAsked(release), asked, "checks asked");
    });
  }

  test("between pods, weights are ten iterations", async () => {
    const release = await run({ analysis: { stepWeights: [10, 50] }, spec: { provider: "kubernetes" } });
    assert.equal(checksAsked(release), 11);
    assert.ok(release.ticks.some(({ events }) => events.some((event) => event.includes("Progressive traffic is not supported"))));
  });

  test("a weight that comes twice is never left: the step after a weight is the one after its first place", async () => {
    const { phase, ticks } = await run({ analysis: { stepWeights: [10, 10, 50] } }, undefined, { until: 1200 });
    assert.deepEqual([phase, ticks.at(-1)?.weight], ["Progressing", 10]);
  });

  test("nothing is asked at the first tick, and once at each later one", async () => {
    const { ticks } = await run({ analysis: { stepWeights: [10, 50] } });
    assert.deepEqual(
      ticks.map(({ at, asked }) => [at, asked.length]),
      [
        [-60, 0],
        [0, 0],
        [60, 1],
        [120, 1],
        [180, 0],
        [240, 0],
      ],
    );
  });

  test("a tick that fails has one failed check however many checks fail, and asks no more after the first", async () => {
    const second = { ...template("worse"), metadata: { name: "worse", namespace: "shop" } };
    const release = await flagger.run({
      documents: stream(
        canary({
          analysis: { stepWeights: [10, 50], threshold: 2 },
          metrics: [check(), check({ name: "worse", templateRef: { name: "worse" } })],
        }),
        template(),
        second,
      ),
      start: START,
      until: 3600,
      answers: { ...answers("FP"), ...answers("F", "worse") },
    });
    assert.equal(story(release), "10 f1 f2 failed");
    assert.deepEqual(
      release.ticks.map(({ asked }) => asked.map(({ query }) => query).join()),
      ["", "", "bad", "bad,worse", ""],
    );
  });

  test("an interval below ten seconds is ten seconds", async () => {
    const { ticks } = await run({ analysis: { stepWeight: 50, interval: "5s" } });
    assert.deepEqual(ticks.map(({ at }) => at).slice(0, 3), [-10, 0, 10]);
  });

  test("a rollback of so many failed checks alerts, one by a hook too", async () => {
    assert.deepEqual((await run({ analysis: { stepWeight: 50, threshold: 1 } }, { answers: answers("F") })).alerts, [
      "info: New revision detected, progressing canary analysis.",
      "error: Failed checks threshold reached 1",
    ]);
    const release = await run(
      { analysis: { stepWeight: 50, webhooks: [{ name: "judge", type: "rollback", url: HOOK }] } },
      { answers: answers("P"), hooks: { [HOOK]: "RA" } },
    );
    assert.equal(release.alerts[1], "warn: Rolling back manual webhook invoked");
  });
});

suite("hooks", () => {
  const withHook = (type: string, more: Json = {}): CanaryParts => ({
    analysis: { stepWeights: [10, 50], threshold: 3, webhooks: [{ name: "judge", type, url: HOOK, ...more }] },
  });
  const table: readonly (readonly [string, CanaryParts, string, string, string])[] = [
    ["a rollback hook that refuses does nothing", withHook("rollback"), "P", "R", "10 50 promote finalising succeeded"],
    ["a rollback hook ends the release at once", withHook("rollback"), "P", "RRA", "10 50 failed"],
    ["a rollback hook is asked at the first tick too", withHook("rollback"), "P", "A", "failed"],
    ["a rollback hook comes before the checks", withHook("rollback"), "F", "RRA", "10 f1 failed"],
    [
      "confirm-traffic-increase keeps the weight",
      withHook("confirm-traffic-increase"),
      "P",
      "ARRA",
      "10 10 10 50 promote finalising succeeded",
    ],
    [
      "confirm-traffic-increase is asked before the first weight and before the promotion",
      withHook("confirm-traffic-increase"),
      "P",
      "RAARA",
      "0 10 50 50 promote finalising succeeded",
    ],
    [
      "while confirm-traffic-increase refuses, failed checks go on being counted, and roll back",
      withHook("confirm-traffic-increase"),
      "PFPFF",
      "AR",
      "10 10 f1 10 f2 f3 failed",
    ],
    [
      "confirm-rollout keeps a release from starting",
      withHook("confirm-rollout"),
      "P",
      "RRA",
      "waiting 0 10 50 promote finalising succeeded",
    ],
    ["a pre-rollout hook that refuses is a failed check", withHook("pre-rollout"), "P", "RA", "f1 10 50 promote finalising succeeded"],
    ["a rollout hook that refuses is a failed check", withHook("rollout"), "P", "RA", "10 f1 50 promote finalising succeeded"],
  ];
  for (const [name, parts, script, hook, want] of table) {
    test(name, async () => {
      assert.equal(story(await run(parts, { answers: answers(script), hooks: { [HOOK]: hook } })), want);
    });
  }

  test("a hook nobody answers neither rolls back nor lets traffic increase", async () => {
    assert.equal(story(await run(withHook("rollback"))), "10 50 promote finalising succeeded");
    const stuck = await run(withHook("confirm-traffic-increase"), { answers: answers("P") }, { until: 1200 });
    assert.deepEqual([stuck.phase, stuck.ticks.at(-1)?.weight], ["Progressing", 0]);
  });

  test("the load tester runs a command by bash, with curl and jq, and refuses where it fails", async () => {
    await flagger.loadScenario("loadtester", [constant("x", 1)]);
    const ask = (jq: string): string => `curl -fsS --max-time 5 --data-urlencode 'query=x' ${PROMETHEUS}/api/v1/query | jq ${jq}`;
    const hook = (cmd: string): CanaryParts => withHook("rollback", { url: "http://loadtester.test/", metadata: { type: "bash", cmd } });
    const outside: Outside = { answers: answers("P"), scenario: "loadtester", loadtester: "loadtester.test" };
    const found = await run(hook(ask("-en 'input.data.result | length > 0'")), outside);
    assert.equal(story(found), "failed");
    assert.deepEqual(
      found.ticks.at(-1)?.hooks.map(({ url, phase, status }) => ({ url, phase, status })),
      [{ url: "http://loadtester.test/", phase: "Progressing", status: 200 }],
    );
    const notFound = await run(hook(ask("-en 'input.data.result | length > 1'")), outside);
    assert.equal(story(notFound), "10 50 promote finalising succeeded");
    assert.equal(notFound.ticks[1]?.hooks[0]?.status, 500);
    const isDown: Outside = { ...outside, down: [{ from: 0, to: START * 2 }] };
    // A jq of 1.6 ends with 0 where `-e` has nothing to read; `input` is an error in each.
    const down = await run(hook(ask("-en 'input.data.result | length > 0'")), isDown, { until: 60 });
    assert.equal(down.ticks[1]?.hooks[0]?.status, 500, "a source that is down says nothing of the canary");
    await flagger.dropScenario("loadtester");
  });
});

function constant(name: string, value: Series["samples"][number][1], labels: Readonly<Record<string, string>> = {}): Series {
  return {
    labels: { __name__: name, ...labels },
    samples: Array.from({ length: 40 }, (_, i) => [START - 600 + i * 30, value] as const),
  };
}

async function measured(query: string, parts: Json = {}, outside: Outside = { scenario: "values" }, provider: Json = {}): Promise<Check> {
  return flagger.metric({
    documents: stream(canary({ metrics: [check(parts)] }), template(query, provider)),
    metric: "bad",
    at: START,
    ...outside,
  });
}

suite("the verdict of one check", () => {
  before(() =>
    flagger.loadScenario("values", [
      constant("one", 1),
      constant("two", 2),
      constant("not_a_number", "NaN"),
      constant("infinite", "+Inf"),
      constant("histogram", "{{schema:0 count:3 sum:2 buckets:[1 2]}}"),
      constant("many", 1, { pod: "a" }),
      constant("many", 5, { pod: "b" }),
      constant("spaced", 7, { word: "a b" }),
    ]),
  );
  after(() => flagger.dropScenario("values"));

  const table: readonly (readonly [string, string, Json, Pick<Check, "pass" | "value">, RegExp?])[] = [
    ["at max it passes", "one", { thresholdRange: { max: 1 } }, { pass: true, value: "1" }],
    ["at min it passes", "one", { thresholdRange: { min: 1 } }, { pass: true, value: "1" }],
    ["above max it does not", "two", { thresholdRange: { max: 1 } }, { pass: false, value: "2" }, /advancement bad 2\.00 > 1$/],
    ["below min it does not", "one", { thresholdRange: { min: 1.5 } }, { pass: false, value: "1" }, /advancement bad 1\.00 < 1\.5$/],
    ["a range without bounds accepts everything", "two", { thresholdRange: {} }, { pass: true, value: "2" }],
    ["without a range, above 0 fails", "one", { thresholdRange: undefined }, { pass: false, value: "1" }, /1\.00 > 0$/],
    ["infinity is a number", "infinite", { thresholdRange: { min: 1 } }, { pass: true, value: "+Inf" }],
    ["no series fails", "nowhere", {}, { pass: false, value: "" }, /no values found/],
    ["NaN fails", "not_a_number", {}, { pass: false, value: "" }, /no values found/],
    ["a scalar fails", "1 + 1", {}, { pass: false, value: "" }, /Metric query failed/],
    ["a range of values fails", "one[5m]", {}, { pass: false, value: "" }, /multiple values/],
    ["a bad query fails", "sum by", {}, { pass: false, value: "" }, /Metric query failed for bad: error response: Status 400/],
    ["the last series wins", "sort(many)", { thresholdRange: { max: 4 } }, { pass: false, value: "5" }, /advancement bad 5\.00 > 4$/],
    ["and hides the others", "sort_desc(many)", { thresholdRange: { max: 4 } }, { pass: true, value: "1" }],
    ["a comment swallows what follows", "one # and\n + one", { thresholdRange: { max: 1 } }, { pass: true, value: "1" }],
    ["white space in strings is collapsed too", 'spaced{word="a  b"}', { thresholdRange: { max: 7 } }, { pass: true, value: "7" }],
  ];
  for (const [name, query, parts, want, event] of table) {
    test(name, async () => {
      const { pass, value, events } = await measured(query, parts);
      assert.deepEqual({ pass, value }, want);
      if (event === undefined) assert.deepEqual(events, []);
      else assert.match(events.join("\n"), event);
    });
  }

  test("a native histogram ends Flagger's process", async () => {
    await assert.rejects(measured("histogram"), /panic: runtime error: index out of range/);
  });

  test("a source that does not answer fails the check", async () => {
    assert.equal((await measured("one", {}, {})).pass, false);
  });

  test("a query is sent in one line, as a parameter of a GET", async () => {
    const { asked } = await measured("one\n  +\n\ttwo\n");
    assert.deepEqual(
      asked.map(({ address, query }) => ({ address, query })),
      [{ address: PROMETHEUS, query: "one + two " }],
    );
  });

  test("a template without its object, or of another namespace, fails", async () => {
    const { pass, events } = await measured("one", { templateRef: { name: "bad", namespace: "elsewhere" } });
    assert.equal(pass, false);
    assert.match(events.join(), /Metric template bad\.elsewhere error/);
  });
});

suite("the variables of a template", () => {
  const table: readonly (readonly [string, string, Json, string | RegExp])[] = [
    [
      "names",
      "{{ name }} {{ namespace }} {{ target }} {{ service }} {{ ingress }} {{ route }} {{ interval }}",
      {},
      "checkout shop checkout checkout checkout checkout 5m",
    ],
    ["our own", 'up{v="{{ variables.since }}"}', { templateVariables: { since: "40m" } }, 'up{v="40m"}'],
    ["user text with braces, escaped", 'up{v="{{ "{{" }} x }}"}', {}, 'up{v="{{ x }}"}'],
    [
      "a missing one",
      "{{ variables.since }}",
      { templateVariables: { other: "1" } },
      /query render error: template excution failed: .*no entry for key "since"/,
    ],
    ["none at all", "{{ variables.since }}", {}, /query render error/],
    ["a dot before the function", "{{ .namespace }}", {}, /query render error/],
    ["a name with a dash", "{{ variables.a-b }}", { templateVariables: { "a-b": "1" } }, /query render error: template parsing failed/],
    ["no interval is the empty string", "x[{{ interval }}]", { interval: undefined }, "x[]"],
  ];
  for (const [name, query, parts, want] of table) {
    test(name, async () => {
      const got = await measured(query, parts, {});
      if (typeof want === "string") assert.equal(got.query, want);
      else {
        assert.deepEqual([got.query, got.asked], ["", []]);
        assert.match(got.events.join(), want);
      }
    });
  }
});

suite("secrets of the Prometheus provider", () => {
  const secretRef = { secretRef: { name: "reader" } };
  const header = async (provider: Json, secrets: Outside["secrets"]): Promise<readonly string[] | string> => {
    const { asked, events } = await measured("one", {}, { ...(secrets && { secrets }), answers: { one: ["0"] } }, provider);
    return asked[0]?.headers["Authorization"] ?? events.join();
  };
  test("a token is sent as Bearer", async () => {
    assert.deepEqual(await header(secretRef, { reader: { token: "t0k3n" } }), ["Bearer t0k3n"]);
  });
  test("username and password are sent as Basic", async () => {
    const basic = Buffer.from("prom:s3cret").toString("base64");
    assert.deepEqual(await header(secretRef, { reader: { username: "prom", password: "s3cret" } }), [`Basic ${basic}`]);
  });
  test("any other key is an error, and so is no Secret", async () => {
    assert.match(String(await header(secretRef, { reader: { authorization: "x" } })), /does not contain a username/);
    assert.match(String(await header(secretRef, undefined)), /secret reader error/);
  });
  test("headers are sent", async () => {
    const { asked } = await measured("one", {}, { answers: { one: ["0"] } }, { headers: { "X-Scope-OrgID": ["shop"] } });
    assert.deepEqual(asked[0]?.headers["X-Scope-Orgid"], ["shop"]);
  });
});

suite("what the API server and Flagger's types refuse", () => {
  const problems = async (...documents: readonly Json[]): Promise<readonly string[]> =>
    (await flagger.crd(stream(...documents))).map(({ stage, message }) => `${stage}: ${message}`);
  test("nothing of a sound Canary and its template", async () => {
    assert.deepEqual(await problems(canary(), template()), []);
  });
  const table: readonly (readonly [string, Json, RegExp])[] = [
    ["hours", canary({ analysis: { stepWeight: 10, interval: "1h" } }), /^schema: spec\.analysis\.interval: Invalid value/],
    [
      "both iterations and stepWeight",
      canary({ analysis: { stepWeight: 10, iterations: 1 } }),
      /^schema: .*must validate one and only one schema/,
    ],
    ["none of them", canary({ analysis: {} }), /^schema: .*must validate one and only one schema/],
    ["a field nobody knows", canary({ spec: { surprise: 1 } }), /unknown field/],
    ["half a weight", canary({ analysis: { stepWeight: 10.5 } }), /^decode: /],
    ["a provider nobody knows", canary({ spec: { provider: "istioo" } }), /^schema: spec\.provider: Unsupported value/],
    ["a bound in quotes", canary({ metrics: [check({ thresholdRange: { max: "1" } })] }), /^schema: .*thresholdRange\.max/],
    ["a variable that is a number", canary({ metrics: [check({ templateVariables: { since: 40 } })] }), /^schema: .*templateVariables/],
    ["a template without a query", { ...template(), spec: { provider: { type: "prometheus" } } }, /^schema: spec\.query: Required value/],
  ];
  for (const [name, document, want] of table) {
    test(name, async () => {
      assert.ok(
        (await problems(document)).some((problem) => want.test(problem)),
        (await problems(document)).join("\n"),
      );
    });
  }
});
