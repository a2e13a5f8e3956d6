import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, suite, test } from "node:test";
import { globSync } from "tinyglobby";
import { parse, parseAllDocuments } from "yaml";
import type { Source } from "../../src/config/config.ts";
import { emitArgoRollouts } from "../../src/emitters/argo-rollouts/emit.ts";
import { argoRolloutsOptions } from "../../src/emitters/argo-rollouts/options.ts";
import { allowancesOf, excess, excessJudgeOf } from "../../src/gate/excess.ts";
import type { Counts, Look, Verdict } from "../../src/gate/judge.ts";
import { planSteps, requestsDemanded, stableReach, type PlannedStep } from "../../src/gate/plan.ts";
import { runCanary, type Outcome } from "../../src/gate/run.ts";
import { analyse, compile } from "../../src/index.ts";
import type { DatadogGate } from "../../src/model/policy.ts";
import { renderer } from "../../src/text/render.ts";
import { DAY } from "../../src/units/duration.ts";
import { toNumber } from "../../src/units/rational.ts";
import { printYaml } from "../../src/yaml/print.ts";
import { datadogPolicyOf, guardOn } from "../support/datadog-policies.ts";
import { configOf } from "../support/project.ts";
import { startArgo, type ArgoOracle, type Measurement, type Metric, type RunOfRollout } from "./argo.ts";
import { clientProblems } from "./datadog-client.ts";
import { GATES, latencies, seriesOf, traced, type Gate } from "./datadog-gates.ts";
import { countsIn, past, releases, UNTIL, type Release, type Served } from "./datadog-releases.ts";
import { API_KEY, APP_KEY, startDatadogScalar, type DatadogScalar, type Fault, type Nothing } from "./datadog-scalar.ts";
import { CANARY_HASH, STABLE_HASH, START } from "./gate-scenarios.ts";

/**
 * Gates that ask Datadog, as slogen emits them, measured and judged by Argo's own Datadog provider and controllers against a scalar
 * endpoint on loopback; the definition judges what truly happened, without a query in between.
 */

let argo: ArgoOracle;
let datadog: DatadogScalar;
before(async () => {
  [argo, datadog] = await Promise.all([startArgo(), startDatadogScalar()]);
});
after(() => Promise.all([argo.stop(), datadog.stop()]));

const RELEASES = releases();
/** Seconds after the canary's start. */
const LOOKS = [75, 250, 410, 700, 1330, 2400];
const keys = (): Readonly<Record<string, string>> => ({ address: datadog.url, "api-key": API_KEY, "app-key": APP_KEY });
const secrets = () => ({ "datadog-gates": keys() });

interface Emitted extends Gate {
  readonly runs: readonly RunOfRollout[];
}

const EXAMPLE = "examples/payments-datadog";

/** The example, whose documents are those that the whole build makes. */
async function example(): Promise<Emitted> {
  const source =
    (role: Source["role"]) =>
    (path: string): Source => ({ path, text: readFileSync(join(EXAMPLE, path), "utf8"), role });
  const input = {
    sources: [
      ...globSync(["slo/*.yaml", "policy/*.yaml"], { cwd: EXAMPLE }).sort().map(source("spec")),
      ...globSync("deploy/*.yaml", { cwd: EXAMPLE }).sort().map(source("workload")),
    ],
    config: configOf(readFileSync(join(EXAMPLE, "slogen.yaml"), "utf8")),
  };
  const [policy] = analyse(input).model.policies;
  assert.ok(policy?.backend === "datadog");
  const { files } = compile(input);
  const text = (name: string): string => files.find(({ path }) => path === `argo-rollouts/payments/${name}`)?.text ?? assert.fail(name);
  return {
    name: EXAMPLE,
    policy,
    runs: await runsOf(`${text("analysis-templates.yaml")}---\n${text("rollout.yaml")}`),
    series: (served, tags, slo) => {
      const own = { ...tags, service: "payments" };
      return slo === "payments-latency" ? latencies(served, own) : traced(served, own);
    },
    foreign: [{ env: "staging" }, { service: "checkout" }],
    guards: { p99: (canary) => canary && (canary.bad > canary.total - Math.ceil(0.99 * canary.total) ? 1.2 : 0.1) },
  };
}

/** One of ours, as the target emits it by itself. */
async function emitted(gate: Gate): Promise<Emitted> {
  const context = { options: argoRolloutsOptions({ version: "1.9" }), catalogs: [], workloads: [] };
  const render = renderer([], ({ message }) => assert.fail(message));
  const report = ({ severity, message }: { readonly severity: string; readonly message: string }): void =>
    assert.notEqual(severity, "error", message);
  const artifacts = emitArgoRollouts({ policies: [gate.policy] }, { ...context, report, render });
  const documents = artifacts.flatMap((artifact) => (artifact.kind === "yaml" ? artifact.documents : []));
  return { ...gate, runs: await runsOf(documents.map((document) => around(printYaml([document]))).join("---\n")) };
}

/** A Rollout's patch completed to a whole Rollout, as kustomize would, with its Services. */
function around(text: string): string {
  const [document] = parseAllDocuments(text);
  const found = document?.toJS() as { kind: string; metadata: object; spec: { template?: object; strategy?: { blueGreen?: object } } };
  if (found.kind !== "Rollout" || found.spec.template !== undefined) return text;
  const labels = { app: "x" };
  const { blueGreen } = found.spec.strategy ?? {};
  const spec = {
    replicas: 10,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "x", image: "x" }] } },
    ...found.spec,
    ...(blueGreen && { strategy: { blueGreen: { activeService: "active", previewService: "preview", ...blueGreen } } }),
  };
  const services = ["active", "preview"].map((name) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...found.metadata, name },
    spec: { selector: labels, ports: [{ port: 80 }] },
  }));
  return [{ ...found, spec }, ...(blueGreen ? services : [])].map((each) => `${JSON.stringify(each)}\n`).join("---\n");
}

async function runsOf(documents: string): Promise<readonly RunOfRollout[]> {
  const { problems, runs } = await argo.validate(documents, { stable: STABLE_HASH, latest: CANARY_HASH });
  assert.deepEqual(problems, []);
  assert.ok(runs.length > 0);
  return runs;
}

function historiesOf({ policy }: Gate, { consumed }: Release): ReadonlyMap<string, Served> {
  return new Map(policy.gates.map(({ slo }) => [slo.id, past(consumed, toNumber(slo.objective.budget))]));
}

/** Every metric of a moment asks for the same look. */
const looks = new WeakMap<Release, Map<string, Look>>();

function lookAt(gate: Gate, each: DatadogGate, release: Release, at: number): Look {
  const known = looks.get(release) ?? new Map<string, Look>();
  looks.set(release, known);
  const key = `${gate.name} ${each.slo.id} ${at}`;
  const look = known.get(key) ?? looked(gate, each, release, at);
  known.set(key, look);
  return look;
}

/** What truly happened, as the definition wants to see it. */
function looked(gate: Gate, { slo, settings }: DatadogGate, release: Release, at: number): Look {
  const { policy } = gate;
  const canaryIsKnown = release.untagged !== true;
  const history = historiesOf(gate, release).get(slo.id) ?? assert.fail();
  const served = [history, ...release.served];
  const counts = (side: "canary" | "stable" | "all", length: number): Counts | undefined =>
    side === "canary" && !canaryIsKnown ? undefined : countsIn(served, side, at - length, at);
  const reach = stableReach(policy.delivery);
  const [recent, start] = [counts("canary", settings.window), counts("canary", reach)];
  const [stableRecent, stableSince] = [counts("stable", settings.window), counts("stable", reach)];
  const budgetConsumed = burnOf(counts("all", 30 * DAY), slo.objective.budget);
  return {
    ...(recent && { recent }),
    ...(start && { start }),
    ...(stableRecent && { stableRecent }),
    ...(stableSince && { stableSince }),
    ...(budgetConsumed !== undefined && { budgetConsumed }),
  };
}

function burnOf(counts: Counts | undefined, budget: DatadogGate["slo"]["objective"]["budget"]): number | undefined {
  return counts === undefined || counts.total === 0 ? undefined : counts.bad / counts.total / toNumber(budget);
}

interface Expected {
  readonly phase: "Successful" | "Failed";
  /** Undefined for nothing. */
  readonly value: number | undefined;
}

/** What Argo must say of a metric, which is told by its name alone. */
function expected(metric: string, gate: Gate, release: Release, at: number, step: PlannedStep | undefined): Expected | undefined {
  const { policy, guards = {} } = gate;
  for (const each of policy.gates) {
    const { slo, settings } = each;
    const look = lookAt(gate, each, release, at);
    const { recent, start, stableRecent, stableSince, budgetConsumed } = look;
    const { budget } = slo.objective;
    const lines = allowancesOf(settings, budget);
    const minRequests = step === undefined ? settings.evidence.minRequests : requestsDemanded(settings, step);
    const found = excessJudgeOf({ settings, budget, minRequests })(look);
    const said = (verdict: Verdict | undefined, value: number | undefined): Expected => ({
      phase: (verdict ?? assert.fail(`${metric} is no check of ${policy.name}`)) === "go" ? "Successful" : "Failed",
      value,
    });
    const left = budgetConsumed === undefined ? undefined : 1 - budgetConsumed;
    switch (metric) {
      case `${slo.id}-fail`:
        return said(found.fail.verdict, excess(recent, stableRecent, lines.fail));
      case `${slo.id}-since-fail`:
        return said(found.failSince?.verdict, excess(start, stableSince, lines.failSince));
      case `${slo.id}-extreme`:
        return said(found.extreme?.verdict, excess(recent, stableRecent, lines.extreme ?? assert.fail()));
      case `${slo.id}-series`:
        return said(found.series.verdict, start?.total || undefined);
      case `${slo.id}-promote`:
        return said(found.promote.verdict, excess(recent, undefined, lines.promote));
      case `${slo.id}-since-promote`:
        return said(found.promoteSince?.verdict, excess(start, stableSince, lines.promoteSince));
      case `${slo.id}-requests-promote`:
        return said(found.evidence?.verdict, start?.total || undefined);
      case `${slo.id}-budget-left`:
        return said(found.exhausted?.verdict, left);
      case `${slo.id}-budget-gone`:
        return said(found.exhausted?.verdict === "fail" ? "fail" : "go", left);
      case `obs-${slo.id}-canary-burn`:
        return said("go", burnOf(recent, budget));
      case `obs-${slo.id}-stable-burn`:
        return said("go", burnOf(stableRecent, budget));
    }
  }
  const guard = policy.guards.find(({ name }) => metric === `guard-${name}`);
  const [first] = policy.gates;
  const valueOf = guard && guards[guard.name];
  if (guard === undefined || first === undefined || valueOf === undefined) return undefined;
  const value = valueOf(lookAt(gate, first, release, at).recent);
  const limit = toNumber(guard.limit);
  const keeps = value !== undefined && (guard.bound === "max" ? value <= limit : value >= limit);
  const isGood = guard.action === "hold" ? keeps : keeps || value === undefined;
  return { phase: isGood ? "Successful" : "Failed", value };
}

/** The metrics that Argo would measure at a moment, and for which step. */
function measuredAt({ policy, runs }: Emitted, at: number): readonly (readonly [Metric, PlannedStep | undefined])[] {
  const steps = policy.delivery.kind === "canary" ? planSteps(policy.delivery) : [];
  const step = steps.findLast(({ startsAt }) => startsAt <= at);
  const inline = runs.filter(({ place }) => /^\d+$/.test(place));
  const [beforeTraffic, afterWeight] = [inline.filter(isAboutBudget), inline.filter((run) => !isAboutBudget(run))];
  const sideways = runs.filter(({ place }) => !/^\d+$/.test(place));
  const metricsOf = (run: RunOfRollout, of?: PlannedStep) => (run.metrics ?? []).map((metric) => [metric, of] as const);
  const current = step && afterWeight[step.index];
  return [...sideways, ...beforeTraffic].flatMap((run) => metricsOf(run)).concat(current === undefined ? [] : metricsOf(current, step));
}

function isAboutBudget({ metrics }: RunOfRollout): boolean {
  return metrics?.every(({ name }) => /-budget-(left|gone)$/.test(name)) === true;
}

/** Nothing is `[null]`, `[]` or an empty object in Argo's records. */
function valueOf({ value }: Measurement): number | undefined {
  return /^-?[\d.]+$/.test(value) ? Number(value) : undefined;
}

function isNear(got: number | undefined, want: number | undefined): boolean {
  if (got === undefined || want === undefined) return got === want;
  return Math.abs(got - want) <= 1e-9 * Math.max(1, Math.abs(want));
}

suite("Argo's verdict on what Datadog answers is the definition's on what happened, at every look", () => {
  const check = async (gate: Emitted, say: (line: string) => void): Promise<void> => {
    const disagreements: string[] = [];
    const seen = new Map<string, number>();
    let compared = 0;
    for (const release of RELEASES) {
      datadog.load(seriesOf(gate, release, historiesOf(gate, release)));
      for (const at of LOOKS) {
        for (const [metric, step] of measuredAt(gate, at)) {
          const where = `${gate.name}; ${release.name}; ${at} s; ${metric.name}`;
          const want = expected(metric.name, gate, release, at, step) ?? assert.fail(`what is ${metric.name}?`);
          const got = await argo.measure({ metric, at: START + at, secrets: secrets() });
          compared++;
          const kind = `${metric.name.replace(/^(obs-)?.*?(-since)?-(?=[a-z]+$)/, "$1$2-")} ${got.phase}`;
          seen.set(kind, (seen.get(kind) ?? 0) + 1);
          // A sum of several metrics is zero where all are absent.
          const isNothing = want.value === undefined && /-(requests-promote|series)$/.test(metric.name) && valueOf(got) === 0;
          if (got.phase !== want.phase || !(isNothing || isNear(valueOf(got), want.value))) {
            disagreements.push(`${where}: Argo ${got.phase} ${got.value} ${got.message}; wanted ${want.phase} ${want.value}`);
          }
        }
      }
    }
    say(`${gate.name}: ${RELEASES.length} releases, ${compared} measurements, ${disagreements.length} disagreements`);
    say(
      [...seen]
        .sort()
        .map(([kind, times]) => `${kind} ${times}`)
        .join(", "),
    );
    assert.deepEqual(disagreements.slice(0, 5), []);
  };

  test("the example", async (context) => check(await example(), (line) => context.diagnostic(line)));
  for (const gate of GATES) test(gate.name, async (context) => check(await emitted(gate), (line) => context.diagnostic(line)));
});

test("Datadog's own client could have sent every request", () => {
  const bodies = new Set(
    datadog.requests.map((attributes) =>
      JSON.stringify({ data: { type: "scalar_request", attributes: { ...attributes, from: 0, to: 1 } } }),
    ),
  );
  assert.ok(bodies.size > 50, String(bodies.size));
  for (const body of bodies) assert.deepEqual(clientProblems("ScalarFormulaQueryRequest", JSON.parse(body)), [], body);
});

/** The same release under Argo's analysis controller: the background run beside one inline run for each step. */
async function argoOutcome({ runs }: Emitted): Promise<Outcome> {
  // Guards are no part of the definition's run.
  const ofSlos = ({ run }: RunOfRollout) => ({
    ...run,
    spec: { ...run.spec, metrics: run.spec.metrics.filter(({ name }) => !name.startsWith("guard-")) },
  });
  const background = runs.find(({ place }) => place === "background") ?? assert.fail("no background run");
  const inline = runs.filter((run) => /^\d+$/.test(run.place) && !isAboutBudget(run));
  // What fails first is looked for while each step is held, and where it came before the step's end, it ended the release.
  let start = 0;
  for (const [step, each] of inline.entries()) {
    const held = await argo.run({ run: ofSlos(each), start: START + start, until: UNTIL, secrets: secrets() });
    const end = start + held.at;
    const guard = await argo.run({ run: ofSlos(background), start: START, until: end, secrets: secrets() });
    if (guard.phase === "Failed") {
      const failed = guard.metrics.find(({ phase }) => phase === "Failed")?.name ?? "";
      return { kind: "rolledBack", at: guard.at, step, gate: 0, check: checkOf(failed) };
    }
    if (held.phase !== "Successful") {
      assert.equal(held.phase, "Failed", held.message);
      return { kind: "timedOut", at: end, step, gate: 0, check: "promote" };
    }
    start = end;
  }
  return { kind: "promoted", at: start };
}

function checkOf(metric: string): "fail" | "failSince" | "extreme" | "series" {
  if (metric.endsWith("-since-fail")) return "failSince";
  return (["fail", "extreme", "series"] as const).find((check) => metric.endsWith(`-${check}`)) ?? assert.fail(metric);
}

/** One release for each way to end. */
const DECISIVE = [
  "healthy",
  "canary fails 5 %",
  "canary fails 60 %",
  "canary breaks in its twelfth minute",
  "no traffic on the canary",
  "shared outage of 20 minutes",
  "the canary is tagged with no version",
];

suite("a whole release ends under Argo's controller as the definition says", () => {
  const check = async (gate: Emitted, all: readonly Release[], say: (line: string) => void): Promise<void> => {
    const { delivery } = gate.policy;
    assert.ok(delivery.kind === "canary");
    let latest = 0;
    for (const release of all) {
      datadog.load(seriesOf(gate, release, historiesOf(gate, release)));
      const policy = { ...gate.policy, delivery };
      const want = runCanary(policy, ({ at, gate: index }) => lookAt(gate, policy.gates[index] ?? assert.fail(), release, at));
      const got = await argoOutcome(gate);
      const line = `${release.name}: ${shown(want)}, Argo ${shown(got)}`;
      say(line);
      assert.equal(got.kind, want.kind, line);
      if (got.kind === "rolledBack" && want.kind === "rolledBack") assert.equal(got.check, want.check, line);
      latest = Math.max(latest, got.at - want.at);
      assert.ok(Math.abs(got.at - want.at) <= 60, line);
    }
    say(`at most ${latest} s later`);
  };
  const shown = (outcome: Outcome): string =>
    `${outcome.kind} at ${outcome.at} s${outcome.kind === "rolledBack" ? ` by ${outcome.check}` : ""}`;

  test("the example", async (context) => check(await example(), RELEASES, (line) => context.diagnostic(line)));
  const few = RELEASES.filter(({ name }) => DECISIVE.includes(name));
  for (const gate of GATES.filter(({ policy: { delivery, enforcement } }) => delivery.kind === "canary" && enforcement === "enforce"))
    test(gate.name, async (context) => check(await emitted(gate), few, (line) => context.diagnostic(line)));
});

/** A gate with every check there is. */
const EVERYTHING: Gate = {
  name: "every check",
  policy: datadogPolicyOf({
    settings: { noSeries: "fail", budget: { ...(datadogPolicyOf().gates[0]?.settings.budget ?? assert.fail()), exhausted: "fail" } },
    guards: [
      { ...guardOn("p99:trace.http.request{env:prod}", "max", "0.8"), name: "slowest" },
      { ...guardOn("avg:shop.queue{env:prod}", "max", "6", "fail"), name: "queue" },
    ],
  }),
  series: traced,
  foreign: [],
};

const allMetrics = ({ runs }: Emitted): readonly Metric[] => [
  ...new Map(runs.flatMap(({ metrics }) => (metrics ?? []).map((metric) => [metric.name, metric] as const))).values(),
];

suite("absence is neither good nor bad", () => {
  for (const form of ["null", "no values", "no columns", "no attributes"] satisfies readonly Nothing[]) {
    test(`${form}: what a step waits for has not come, and nothing speaks against the canary`, async () => {
      const gate = await emitted(EVERYTHING);
      datadog.load([]);
      datadog.nothingAs(form);
      const phases: Record<string, string> = {};
      for (const metric of allMetrics(gate)) phases[metric.name] = (await argo.measure({ metric, secrets: secrets() })).phase;
      datadog.nothingAs("null");
      assert.deepEqual(phases, {
        "shop-hits-fail": "Successful",
        "shop-hits-since-fail": "Successful",
        "shop-hits-extreme": "Successful",
        // The policy takes silence itself for a failure.
        "shop-hits-series": "Failed",
        "guard-queue": "Successful",
        "obs-shop-hits-canary-burn": "Successful",
        "obs-shop-hits-stable-burn": "Successful",
        "shop-hits-budget-left": "Failed",
        "shop-hits-budget-gone": "Successful",
        "shop-hits-promote": "Failed",
        "shop-hits-since-promote": "Failed",
        "shop-hits-requests-promote": "Failed",
        "guard-slowest": "Failed",
      });
    });
  }
});

suite("what is no answer is an error, which no check takes for a verdict", () => {
  for (const fault of [403, 429, 500] satisfies readonly Fault[]) {
    test(`status ${fault}`, async () => {
      datadog.failWith(() => fault);
      for (const metric of allMetrics(await emitted(EVERYTHING))) {
        const { phase, message } = await argo.measure({ metric, secrets: secrets() });
        assert.equal(phase, "Error", metric.name);
        assert.ok(message.includes(String(fault)), message);
      }
      datadog.failWith(() => undefined);
    });
  }

  test("no answer in Argo's ten seconds", async () => {
    const [metric] = allMetrics(await emitted(EVERYTHING));
    datadog.failWith(() => "silent");
    const { phase, message } = await argo.measure({ metric: metric ?? assert.fail(), secrets: secrets() });
    datadog.failWith(() => undefined);
    assert.equal(phase, "Error");
    assert.match(message, /Client\.Timeout|deadline exceeded/);
  });

  test("a release waits for a source that is down for five minutes, and goes back after ten", async () => {
    const gate = await emitted(GATES[0] ?? assert.fail());
    const healthy = RELEASES.find(({ name }) => name === "healthy") ?? assert.fail();
    datadog.load(seriesOf(gate, healthy, historiesOf(gate, healthy)));
    const during = (from: number, length: number) => (to: number) => (to >= START + from && to < START + from + length ? 429 : undefined);
    const background = gate.runs.find(({ place }) => place === "background") ?? assert.fail();
    const step = gate.runs.find((run) => /^\d+$/.test(run.place) && !isAboutBudget(run)) ?? assert.fail();
    const ends: string[] = [];
    for (const length of [300, 3000]) {
      datadog.failWith(during(200, length));
      for (const { run } of [background, step]) {
        const { phase, at } = await argo.run({ run, start: START, until: 3000, secrets: secrets() });
        ends.push(`${phase} ${Math.round(at / 60)}`);
      }
    }
    datadog.failWith(() => undefined);
    // The step's looks begin after six minutes.
    assert.deepEqual(ends, ["Running 50", "Successful 12", "Error 14", "Error 16"]);
  });
});

test("Argo reads the keys `address`, `api-key` and `app-key` of the Secret that the policy names", async () => {
  const { source } = datadogPolicyOf();
  const namespaced = { ...source, secret: { name: "datadog-gates", namespaced: true } };
  const table = [
    ["beside the Rollout", namespaced, { "datadog-gates": keys() }, "Successful"],
    ["not beside the Rollout", namespaced, { "argo-rollouts/datadog-gates": keys() }, "Error"],
    ["beside the controller", { ...source, secret: { name: "x", namespaced: false } }, { "argo-rollouts/x": keys() }, "Successful"],
    ["not beside the controller", { ...source, secret: { name: "x", namespaced: false } }, { x: keys() }, "Error"],
    ["the controller's own", (({ secret: _, ...rest }) => rest)(source), { "argo-rollouts/datadog": keys() }, "Successful"],
    ["no key of the application", namespaced, { "datadog-gates": { address: datadog.url, "api-key": API_KEY } }, "Error"],
    ["keys in camel case", namespaced, { "datadog-gates": { address: datadog.url, apiKey: API_KEY, appKey: APP_KEY } }, "Error"],
    ["a wrong key", namespaced, { "datadog-gates": { ...keys(), "app-key": "x" } }, "Error"],
  ] as const;
  for (const [name, from, given, phase] of table) {
    const [metric] = allMetrics(await emitted({ ...EVERYTHING, policy: { ...EVERYTHING.policy, source: from } }));
    assert.equal((await argo.measure({ metric: metric ?? assert.fail(), secrets: given })).phase, phase, name);
  }
});

test("the Secret that slogen writes has those keys", () => {
  const { spec } = parse(readFileSync(join(EXAMPLE, "generated/argo-rollouts/shared/datadog-secret.yaml"), "utf8")) as {
    spec: { destination: { name: string; transformation: { templates: Record<string, { text: string }> } } };
  };
  const { name, transformation } = spec.destination;
  assert.deepEqual(Object.keys(transformation.templates).sort(), Object.keys(keys()).sort());
  assert.equal(name, "datadog-gates");
  assert.equal(transformation.templates["address"]?.text, "https://api.datadoghq.eu");
});

test("the budget is asked for over its whole period, with what the months before have spent", async () => {
  const gate = await emitted(GATES[0] ?? assert.fail());
  const metric = allMetrics(gate).find(({ name }) => name === "shop-hits-budget-left") ?? assert.fail();
  for (const [consumed, phase] of [
    [0, "Successful"],
    [0.9, "Successful"],
    [1.1, "Failed"],
  ] as const) {
    const release = { name: "only the past", served: [], consumed };
    datadog.load(seriesOf(gate, release, historiesOf(gate, release)));
    const got = await argo.measure({ metric, at: START, secrets: secrets() });
    assert.equal(got.phase, phase, String(consumed));
    assert.ok(isNear(valueOf(got), 1 - consumed), got.value);
    const { from, to } = datadog.requests.at(-1) ?? assert.fail();
    assert.deepEqual([from, to], [(START - 30 * DAY) * 1000, START * 1000]);
  }
});

/** Those of the golden cases are taken by `argo-templates.oracle.ts`. */
suite("Argo takes the templates of every example that asks Datadog", () => {
  const files = globSync("examples/*/generated/argo-rollouts/**/analysis-templates.yaml")
    .sort()
    .filter((path) => readFileSync(path, "utf8").includes("datadog:"));
  assert.ok(files.length > 0);
  for (const path of files) {
    test(path, async () => {
      const [rollout = assert.fail("no Rollout")] = globSync("{rollout,rollout-patch}.yaml", { cwd: dirname(path) });
      const documents = [path, join(dirname(path), rollout)].map((each) => around(readFileSync(each, "utf8")));
      for (const { metrics } of await runsOf(documents.join("---\n"))) {
        assert.ok(metrics !== null && !JSON.stringify(metrics).includes("{{"), "every argument is filled in");
      }
    });
  }
});
