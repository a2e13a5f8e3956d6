import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { aggregatorOf } from "../../src/backends/datadog/guard.ts";
import type { TagFilter } from "../../src/datadogql/ast.ts";
import type { Check } from "../../src/emitters/flagger/metrics.ts";
import { datadogChecks } from "../../src/emitters/flagger/on-datadog.ts";
import { allowancesOf, excess, excessJudgeOf } from "../../src/gate/excess.ts";
import type { Counts, Look } from "../../src/gate/judge.ts";
import { stableReach } from "../../src/gate/plan.ts";
import { requestsAsked } from "../../src/gate/tick-run.ts";
import { tickPlan } from "../../src/gate/ticks.ts";
import type { DatadogGate, DatadogPolicy, FlaggerPolicy } from "../../src/model/policy.ts";
import { toNumber } from "../../src/units/rational.ts";
import type { Json } from "../../src/yaml/json.ts";
import { printYaml } from "../../src/yaml/print.ts";
import { emitted, type Analysis, type Template } from "../emitters/flagger/emitted.ts";
import { FLAGGER } from "../support/flagger-policies.ts";
import { GATES, seriesOf, type Gate } from "./datadog-gates.ts";
import { countsIn, past, releases, type Release, type Served } from "./datadog-releases.ts";
import { API_KEY, APP_KEY, type Fault } from "./datadog-scalar.ts";
import { BUCKET, startDatadogTimeseries, type DatadogTimeseries, type Reading } from "./datadog-timeseries.ts";
import { CANARY_HASH, STABLE_HASH, START } from "./gate-scenarios.ts";
import { spawnOracle, type OracleProcess } from "./process.ts";

/**
 * Gates that ask Datadog from Flagger, rendered, asked and judged by Flagger's own code against a timeseries endpoint on loopback; the
 * definition judges what truly happened, without a query in between.
 */

let flagger: OracleProcess;
let datadog: DatadogTimeseries;
before(async () => {
  flagger = spawnOracle("flagger");
  datadog = await startDatadogTimeseries();
});
after(() => Promise.all([flagger.end(), datadog.stop()]));

const RELEASES = releases();
/** Seconds after the canary's start; points do not begin where Flagger looks. */
const LOOKS = [75, 140, 252, 410, 700, 1330, 2411];

type AskingPolicy = DatadogPolicy & FlaggerPolicy;

type Asking = Gate & { readonly policy: AskingPolicy };

/** The gate under Flagger, whose workloads have names instead of hashes. */
function underFlagger({ policy, ...gate }: Gate): Asking {
  const { isolation } = policy;
  const named = (tags: readonly TagFilter[], name: string): readonly TagFilter[] =>
    tags.map((tag) => (tag.value === undefined ? tag : { ...tag, value: tag.value.replaceAll("{hash}", name) }));
  return {
    ...gate,
    policy: {
      ...policy,
      controller: FLAGGER,
      isolation: { ...isolation, canary: named(isolation.canary, CANARY_HASH), stable: named(isolation.stable, STABLE_HASH) },
    },
  };
}

interface Answer {
  readonly query: string;
  readonly value: string;
  readonly pass: boolean;
  readonly events: readonly string[];
}

interface Moment {
  readonly at: number;
  readonly secret?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
}

const KEYS = { datadog_api_key: API_KEY, datadog_application_key: APP_KEY };

/** A check with what the target writes for it. */
interface Probe {
  readonly check: Check;
  readonly template: Template;
  readonly metric: Analysis["metrics"][number];
}

function probesOf(policy: AskingPolicy): readonly Probe[] {
  const { templates, analysis, found } = emitted([{ ...policy, workload: { ...policy.workload, namespace: "shop" } }]);
  for (const { severity, message } of found) assert.notEqual(severity, "error", message);
  const checks = datadogChecks(policy);
  assert.equal(templates.length, checks.length);
  return checks.map((check) => ({
    check,
    template: templates.find(({ metadata }) => metadata.name === check.name) ?? assert.fail(check.name),
    metric: analysis.metrics.find(({ name }) => name === check.name) ?? assert.fail(check.name),
  }));
}

/** One check as Flagger asks it at a time after the canary's start. */
function ask({ template, metric }: Probe, { at, secret = KEYS, variables }: Moment): Promise<Answer> {
  const { spec, metadata } = template;
  assert.equal(spec.provider["address"], "https://api.datadoghq.eu");
  const documents = [
    { ...template, spec: { ...spec, provider: { ...spec.provider, address: datadog.addressAt(START + at) } } },
    {
      apiVersion: "flagger.app/v1beta1",
      kind: "Canary",
      metadata: { name: "checkout", namespace: metadata.namespace },
      spec: {
        targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "checkout" },
        service: { port: 80 },
        analysis: {
          interval: "1m",
          threshold: 5,
          stepWeights: [5, 20, 50],
          metrics: [{ ...metric, ...(variables && { templateVariables: variables }) }],
        },
      },
    },
  ] as unknown as readonly Json[];
  const secrets = { "datadog-gates": secret };
  return flagger.ask("metric", { documents: printYaml(documents), metric: metric.name, at: START + at, secrets });
}

/** The end of the oldest point within the last minute. */
function judgedUntil(at: number): number {
  return at - 60 - ((at - 60) % BUCKET) + BUCKET;
}

function historiesOf({ policy }: Gate, { consumed }: Release): ReadonlyMap<string, Served> {
  return new Map(policy.gates.map(({ slo }) => [slo.id, past(consumed, toNumber(slo.objective.budget))]));
}

type Counted = (side: "canary" | "stable" | "all", from: number, to: number) => Counts | undefined;

/** What truly happened in a stretch, of which a canary without a tag is no part. */
function counting(gate: Gate, { slo }: DatadogGate, release: Release): Counted {
  const served = [historiesOf(gate, release).get(slo.id) ?? assert.fail(), ...release.served];
  return (side, from, to) => (side === "canary" && release.untagged === true ? undefined : countsIn(served, side, from, to));
}

function lookAt(gate: Gate, each: DatadogGate, release: Release, until: number): Look {
  const counts = counting(gate, each, release);
  const { slo, settings } = each;
  const over = (side: "canary" | "stable" | "all", length: number): Counts | undefined => counts(side, until - length, until);
  const reach = stableReach(gate.policy.delivery);
  const [recent, start] = [over("canary", settings.window), over("canary", reach)];
  const [stableRecent, stableSince] = [over("stable", settings.window), over("stable", reach)];
  const all = over("all", slo.period);
  const budgetConsumed = all && all.bad / all.total / toNumber(slo.objective.budget);
  return {
    ...(recent && { recent }),
    ...(start && { start }),
    ...(stableRecent && { stableRecent }),
    ...(stableSince && { stableSince }),
    ...(budgetConsumed !== undefined && { budgetConsumed }),
  };
}

interface Expected {
  readonly pass: boolean;
  /** Undefined for nothing, which Flagger reads as 0. */
  readonly value: number | undefined;
}

/** What Flagger must say of a check. */
function expected({ subject }: Check, gate: Asking, release: Release, at: number): Expected {
  const until = judgedUntil(at);
  if (subject.kind === "guard") return expectedOfGuard(subject.guard.name, gate, release, until);
  const each = gate.policy.gates.find(({ slo }) => slo.id === subject.gate.slo.id) ?? assert.fail();
  const { slo, settings } = each;
  const look = lookAt(gate, each, release, until);
  const { budget } = slo.objective;
  const lines = allowancesOf(settings, budget);
  const demand = requestsAsked(gate.policy, tickPlan(gate.policy), each, { isLast: false });
  const found = excessJudgeOf({ settings, budget, ...demand })(look);
  const margin = (bad: number | undefined): number | undefined => bad && 1 - bad;
  switch (subject.kind) {
    case "promote":
      return { pass: found.promote.verdict === "go", value: margin(excess(look.recent, undefined, lines.promote)) };
    case "promoteSince":
      return { pass: found.promoteSince?.verdict === "go", value: margin(excess(look.start, look.stableSince, lines.promoteSince)) };
    case "requests":
      return {
        pass: found.evidence?.verdict === "go",
        value: demand.fullShare === undefined ? (look.start?.total ?? 0) : withAllTraffic(look),
      };
    case "budgetLeft": {
      const left = look.budgetConsumed === undefined ? undefined : 1 - look.budgetConsumed;
      return { pass: found.exhausted?.verdict === "go", value: left };
    }
    case "budget":
      return assert.fail("Datadog cannot tighten");
  }
}

/** What the canary would have served since its start if all of the window's requests had been its own; undefined where none were. */
function withAllTraffic({ recent, start, stableRecent }: Look): number | undefined {
  const canary = recent?.total ?? 0;
  return canary === 0 ? undefined : ((start?.total ?? 0) * (canary + (stableRecent?.total ?? 0))) / canary;
}

/** Of levels, what the points of the window make where the last of them is there; of counts, what they add up to. */
function expectedOfGuard(name: string, gate: Gate, release: Release, until: number): Expected {
  const guard = gate.policy.guards.find((each) => each.name === name) ?? assert.fail();
  const valueOf = gate.guards?.[name] ?? assert.fail(`what is ${name}?`);
  const [first] = gate.policy.gates;
  assert.ok(first);
  const counts = counting(gate, first, release);
  const { window } = first.settings;
  const reducer = aggregatorOf(guard.query.tree);
  const points = Array.from({ length: window / BUCKET }, (_, i) => counts("canary", until - (i + 1) * BUCKET, until - i * BUCKET));
  const values = points.flatMap((point) => (point === undefined ? [] : [valueOf(point) ?? assert.fail()]));
  const worst = guard.bound === "max" ? Math.max(...values) : Math.min(...values);
  const ofLevels =
    points[0] === undefined ? undefined : reducer === "percentile" ? worst : valueOf(counts("canary", until - window, until));
  const value = reducer === "sum" ? valueOf(counts("canary", until - window, until)) : ofLevels;
  const limit = toNumber(guard.limit);
  const margin = value === undefined ? undefined : 1 + (guard.bound === "max" ? limit - value : value - limit);
  return { pass: value !== undefined && (guard.bound === "max" ? value <= limit : value >= limit), value: margin };
}

function isNear(got: string, want: number): boolean {
  return got !== "" && Math.abs(Number(got) - want) <= 1e-9 * Math.max(1, Math.abs(want));
}

suite("Flagger's verdict on what Datadog answers is the definition's on what happened, at every look", () => {
  for (const gate of GATES.map(underFlagger).filter(({ policy }) => policy.enforcement === "enforce")) {
    test(gate.name, async (context) => {
      const probes = probesOf(gate.policy);
      const disagreements: string[] = [];
      const seen = new Map<string, number>();
      let compared = 0;
      for (const release of RELEASES) {
        datadog.load(seriesOf(gate, release, historiesOf(gate, release)));
        for (const at of LOOKS) {
          for (const probe of probes) {
            const { check } = probe;
            const want = expected(check, gate, release, at);
            const got = await ask(probe, { at });
            compared++;
            const kind = `${check.subject.kind} ${got.pass ? "passes" : "fails"}`;
            seen.set(kind, (seen.get(kind) ?? 0) + 1);
            if (got.pass === want.pass && isNear(got.value, want.value ?? 0)) continue;
            const said = `Flagger ${got.pass} ${got.value} ${got.events.join()}; wanted ${want.pass} ${want.value}`;
            disagreements.push(`${release.name}; ${at} s; ${check.name}: ${said}`);
          }
        }
      }
      context.diagnostic(`${gate.name}: ${RELEASES.length} releases, ${compared} checks, ${disagreements.length} disagreements`);
      context.diagnostic([...seen].map(([kind, times]) => `${kind} ${times}`).join(", "));
      assert.deepEqual(disagreements.slice(0, 5), []);
    });
  }
});

const [PLAIN] = GATES.map(underFlagger);
const GUARDED = GATES.map(underFlagger).find(({ policy }) => policy.guards.length > 0);

function allProbes(parts: Partial<AskingPolicy> = {}): readonly Probe[] {
  assert.ok(PLAIN && GUARDED);
  return [PLAIN, GUARDED].flatMap((gate) => {
    return probesOf({ ...gate.policy, ...parts } as AskingPolicy);
  });
}

function loadHealthy(gate = PLAIN): void {
  const healthy = RELEASES.find(({ name }) => name === "healthy") ?? assert.fail();
  assert.ok(gate);
  datadog.load(seriesOf(gate, healthy, historiesOf(gate, healthy)));
}

suite("what Datadog does not say fails every check, in whatever form", () => {
  const readings: readonly Partial<Reading>[] = [
    { nothing: "null" },
    { nothing: "no points" },
    { nothing: "no series" },
    { absent: "nothing" },
    { absent: "nothing", nothing: "no series" },
    { byZero: "zero" },
    { byZero: "zero", nothing: "no series" },
  ];
  for (const reading of readings) {
    test(JSON.stringify(reading), async () => {
      datadog.load([]);
      datadog.read(reading);
      for (const probe of allProbes()) {
        const { pass, value } = await ask(probe, { at: 700 });
        // A count that may not be too high is none where nothing was ever counted.
        const isCount = probe.check.name.endsWith("guard-panics") && reading.absent !== "nothing";
        assert.equal(pass, isCount, `${probe.check.name}: ${value}`);
      }
      datadog.read({});
    });
  }

  test("nor does a canary pass by what stable served", async () => {
    assert.ok(PLAIN);
    const without = RELEASES.find(({ untagged }) => untagged) ?? assert.fail();
    datadog.load(seriesOf(PLAIN, without, historiesOf(PLAIN, without)));
    for (const byZero of ["nothing", "zero"] as const) {
      datadog.read({ byZero });
      for (const probe of probesOf(PLAIN.policy)) {
        const { pass } = await ask(probe, { at: 700 });
        assert.equal(pass, probe.check.subject.kind === "budgetLeft", probe.check.name);
      }
    }
    datadog.read({});
  });
});

suite("what is no answer fails every check, even one that only observes", () => {
  for (const fault of [403, 429, 500, "silent"] satisfies readonly Fault[]) {
    test(`${fault}`, async () => {
      loadHealthy();
      datadog.failWith(() => fault);
      // Flagger waits for 5 seconds.
      const probes = fault === "silent" ? allProbes().slice(0, 1) : [...allProbes(), ...allProbes({ enforcement: "observe" })];
      for (const probe of probes) assert.equal((await ask(probe, { at: 700 })).pass, false, probe.check.name);
      datadog.failWith(() => undefined);
    });
  }

  const missing: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["the keys of Argo Rollouts", { "api-key": API_KEY, "app-key": APP_KEY, address: "https://api.datadoghq.eu" }],
    ["no application key", { datadog_api_key: API_KEY }],
    ["another site's keys", { ...KEYS, datadog_api_key: "f".repeat(32) }],
  ];
  for (const [name, secret] of missing) {
    test(`a Secret with ${name}`, async () => {
      loadHealthy();
      for (const probe of allProbes()) assert.equal((await ask(probe, { at: 700, secret })).pass, false, probe.check.name);
    });
  }
});

test("where `moving_rollup` stays within the minute, the demanded requests must come within it", async () => {
  loadHealthy();
  const requests = allProbes().find(({ check: { subject } }) => subject.kind === "requests") ?? assert.fail();
  assert.equal((await ask(requests, { at: 2400 })).pass, true);
  datadog.read({ rollup: "stays within" });
  assert.equal((await ask(requests, { at: 2400 })).pass, false);
  datadog.read({});
});

test("an exhausted budget fails its check, and a release that says so passes it", async () => {
  assert.ok(PLAIN);
  const spent: Release = { ...(RELEASES[0] ?? assert.fail()), consumed: 1.3 };
  datadog.load(seriesOf(PLAIN, spent, historiesOf(PLAIN, spent)));
  const left = allProbes().find(({ check: { subject } }) => subject.kind === "budgetLeft") ?? assert.fail();
  assert.equal((await ask(left, { at: 700 })).pass, false);
  assert.equal((await ask(left, { at: 700, variables: { hotfix: "1" } })).pass, true);
  assert.equal((await ask(left, { at: 700, variables: {} })).pass, false);
});

test("a policy that observes is held by nothing that Datadog answers", async () => {
  const observing = allProbes({ enforcement: "observe" });
  assert.ok(PLAIN);
  for (const release of [...RELEASES, { name: "nothing at all", served: [], consumed: 2 }]) {
    datadog.load(seriesOf(PLAIN, release, historiesOf(PLAIN, release)));
    for (const probe of observing) {
      const { pass, value, events } = await ask(probe, { at: 700 });
      assert.equal(pass, true, `${release.name}; ${probe.check.name}: ${value} ${events.join()}`);
    }
  }
});
