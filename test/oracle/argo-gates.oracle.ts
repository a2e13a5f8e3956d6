import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { globSync } from "tinyglobby";
import { countQueries, guardQuery, type CountQueries } from "../../src/backends/prometheus/gate.ts";
import type { Source } from "../../src/config/config.ts";
import { judge, type Counts, type Finding, type Judgement, type Look } from "../../src/gate/judge.ts";
import { stableReach, planSteps, requestsDemanded, type PlannedStep } from "../../src/gate/plan.ts";
import { runCanary, type CanaryPolicy, type LookRequest, type Outcome } from "../../src/gate/run.ts";
import { analyse, compile } from "../../src/index.ts";
import type { PrometheusPolicy, SloGate } from "../../src/model/policy.ts";
import { printExpr } from "../../src/promql/print.ts";
import { fillWindow } from "../../src/promql/rewrite.ts";
import type { Expr } from "../../src/promql/ast.ts";
import { seconds, type Seconds } from "../../src/units/duration.ts";
import { toNumber } from "../../src/units/rational.ts";
import { configOf } from "../support/project.ts";
import { startArgo, type ArgoOracle, type Metric, type RunOfRollout } from "./argo.ts";
import {
  CANARY_HASH,
  EXPOSITIONS,
  SCENARIOS,
  scraped,
  served,
  STABLE_HASH,
  START,
  type Exposition,
  type Scenario,
} from "./gate-scenarios.ts";

/**
 * Every example's templates as slogen emits them, measured by Argo's own Prometheus provider from a real Prometheus and
 * judged by Argo's own evaluator; the reference implementation judges the counts that Prometheus gives for the same windows.
 */

let argo: ArgoOracle;
before(async () => {
  argo = await startArgo();
});
after(() => argo.stop());

const SCRAPES = [15, 30, 60];
/** Seconds after the canary's start. */
const LOOKS = [75, 250, 410, 700, 1330, 2400];
const UNTIL = 5400;
const HASHES = { canary: CANARY_HASH, stable: STABLE_HASH };
const NOWHERE = "http://127.0.0.1:1";

interface Example {
  readonly exposition: Exposition;
  readonly policy: PrometheusPolicy;
  /** Templates, and the Rollout with its gate. */
  readonly documents: string;
  readonly runs: readonly RunOfRollout[];
}

function sourcesOf(folder: string): readonly Source[] {
  const read =
    (role: Source["role"]) =>
    (path: string): Source => ({ path, text: readFileSync(join(folder, path), "utf8"), role });
  return [
    ...globSync(["slo/*.yaml", "policy/*.yaml"], { cwd: folder }).sort().map(read("spec")),
    ...globSync("deploy/*.yaml", { cwd: folder }).sort().map(read("workload")),
  ];
}

async function loadExample(exposition: Exposition): Promise<Example> {
  const folder = join("examples", exposition.example);
  const config = configOf(readFileSync(join(folder, "slogen.yaml"), "utf8"));
  const input = { sources: sourcesOf(folder), config };
  const { files } = compile(input);
  const policy = analyse(input).model.policies.find(({ environment }) => environment === exposition.environment);
  assert.ok(policy?.backend === "prometheus");
  const path = `argo-rollouts/${exposition.environment === undefined ? "" : `${exposition.environment}/`}${policy.name}`;
  const own = files.filter((file) => file.path.startsWith(`${path}/`));
  const text = (name: string): string | undefined => own.find((file) => file.path === `${path}/${name}`)?.text;
  const rollout = text("rollout.yaml") ?? rolloutAround(text("rollout-patch.yaml") ?? assert.fail(`${path} has no Rollout`));
  const documents = `${text("analysis-templates.yaml") ?? ""}---\n${rollout}`;
  const { problems, runs } = await argo.validate(documents, { stable: STABLE_HASH, latest: CANARY_HASH });
  assert.deepEqual(problems, [], `${exposition.example}: Argo refuses what slogen emits`);
  return { exposition, policy, documents, runs };
}

/** A patch completed to a whole Rollout, as kustomize would. */
function rolloutAround(patch: string): string {
  return patch.replace(
    /\nspec:\n/,
    "\nspec:\n  replicas: 10\n  selector: { matchLabels: { app: x } }\n  template: { metadata: { labels: { app: x } }, spec: { containers: [{ name: x, image: x }] } }\n",
  );
}

type Ask = (expr: Expr) => Promise<number | undefined>;

async function lookAt(queries: CountQueries, since: Seconds, ask: Ask): Promise<Look> {
  const counts = async ({ bad, total }: { readonly bad: Expr; readonly total: Expr }): Promise<Counts | undefined> => {
    const [b, n] = await Promise.all([ask(fillWindow(bad, since)), ask(fillWindow(total, since))]);
    // Bad events alone are missing where nobody measures them, such as a bucket that is not exported.
    return n === undefined || b === undefined ? undefined : { bad: b, total: n };
  };
  const [recent, start, stableRecent, stableSince, budgetConsumed] = await Promise.all([
    counts(queries.recent),
    counts(queries.start),
    counts(queries.stableRecent),
    counts(queries.stableSince),
    queries.budgetConsumed === undefined ? undefined : ask(fillWindow(queries.budgetConsumed, since)),
  ]);
  return {
    ...(recent && { recent }),
    ...(start && { start }),
    ...(stableRecent && { stableRecent }),
    ...(stableSince && { stableSince }),
    ...(budgetConsumed !== undefined && { budgetConsumed }),
  };
}

function asker(scenario: string, at: number): Ask {
  return async (expr) => {
    const found = await argo.query(scenario, START + at, printExpr(expr));
    assert.ok(found.length <= 1, printExpr(expr));
    return found[0] === undefined ? undefined : Number(found[0].value);
  };
}

/** What Argo must say of a metric: by our names, the check of which SLO it is, and how a verdict reads as a phase. */
function expectation(metric: Metric, gates: readonly SloGate[], judgements: ReadonlyMap<string, Judgement>): Finding | undefined {
  for (const { slo } of gates) {
    const judgement = judgements.get(slo.id);
    for (const [suffix, finding] of [
      ["fail", judgement?.fail],
      ["extreme", judgement?.extreme],
      ["series", judgement?.series],
      ["promote", judgement?.promote],
      ["budget", judgement?.budget],
      ["budget-left", judgement?.exhausted],
    ] as const) {
      if (metric.name === `${slo.id}-${suffix}`) return finding ?? assert.fail(`${metric.name} is not a check of this policy`);
    }
  }
  return undefined;
}

interface Tally {
  compared: number;
  readonly disagreements: string[];
}

function stepAt(policy: PrometheusPolicy, at: number): PlannedStep | undefined {
  return policy.delivery.kind === "canary" ? planSteps(policy.delivery).findLast(({ startsAt }) => startsAt <= at) : undefined;
}

/** The metrics that Argo would measure at a moment, with how far back their stable side looks and what evidence they demand. */
function measuredAt({ policy, runs }: Example, at: number): readonly { metric: Metric; since: Seconds; step: PlannedStep | undefined }[] {
  const step = stepAt(policy, at);
  const inline = runs.filter(({ place }) => /^\d+$/.test(place));
  const whole = stableReach(policy.delivery);
  const all = (run: RunOfRollout | undefined, since: Seconds, of?: PlannedStep) =>
    (run?.metrics ?? []).map((metric) => ({ metric, since, step: of }));
  const places = (name: string): RunOfRollout | undefined => runs.find(({ place }) => place === name);
  const beforeTraffic = inline.filter(({ metrics }) => metrics?.every(({ name }) => name.endsWith("-budget-left")));
  const afterWeight = inline.filter((run) => !beforeTraffic.includes(run));
  return [
    ...all(places("background"), whole),
    ...all(places("post"), whole),
    ...all(places("pre"), whole),
    ...all(beforeTraffic[0], whole),
    ...(step === undefined ? [] : all(afterWeight[step.index], step.since, step)),
  ];
}

async function compare(example: Example, scenario: Scenario, id: string, at: number, tally: Tally): Promise<void> {
  const { policy } = example;
  const down = scenario.down?.some(({ from, to }) => at >= from && at < to) === true;
  const cache = new Map<string, ReadonlyMap<string, Judgement>>();
  const judgementsFor = async (since: Seconds, step: PlannedStep | undefined): Promise<ReadonlyMap<string, Judgement>> => {
    const key = `${since} ${step?.index ?? "-"}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const judged = new Map<string, Judgement>();
    for (const gate of policy.gates) {
      const queries = countQueries(gate, policy, HASHES) ?? assert.fail(`${gate.slo.id} has no counts`);
      const look = await lookAt(queries, since, asker(id, at));
      // A background run knows no steps: where a policy only observes, its promote checks demand the evidence of the last one.
      const minRequests = step === undefined ? gate.settings.evidence.minRequests : requestsDemanded(gate.settings, step);
      judged.set(gate.slo.id, judge({ settings: gate.settings, budget: gate.slo.objective.budget, minRequests }, look));
    }
    cache.set(key, judged);
    return judged;
  };
  for (const { metric, since, step } of measuredAt(example, at)) {
    const where = `${example.exposition.example}, ${scenario.name}, ${at} s, ${metric.name}`;
    if (down) {
      const { phase } = await argo.measure({ metric: withAddress(metric, NOWHERE) });
      tally.compared += 1;
      if (phase !== "Error") tally.disagreements.push(`${where}: ${phase} from a source that is down`);
      continue;
    }
    const got = await argo.measure({ metric, scenario: id, at: START + at, secrets: SECRETS });
    tally.compared += 1;
    const values = JSON.parse(got.value === "" ? "[]" : got.value) as readonly number[];
    const guard = policy.guards.find(({ name }) => metric.name === `guard-${name}`);
    if (guard !== undefined) {
      const value = await asker(id, at)(guardQuery(guard, policy, HASHES));
      const good = value !== undefined && (guard.bound === "max" ? value <= toNumber(guard.limit) : value >= toNumber(guard.limit));
      const bad = value !== undefined && !good;
      const want = guard.action === "hold" ? (good ? "Successful" : "Failed") : bad ? "Failed" : "Successful";
      if (got.phase !== want) tally.disagreements.push(`${where}: ${got.phase} ${got.value}, but the value is ${value}`);
      continue;
    }
    if (metric.name.startsWith("obs-")) {
      if (got.phase !== "Successful") tally.disagreements.push(`${where}: an observation is ${got.phase}: ${got.message}`);
      continue;
    }
    const finding = expectation(metric, policy.gates, await judgementsFor(since, step)) ?? assert.fail(`what is ${metric.name}?`);
    const want = finding.verdict === "go" ? "Successful" : "Failed";
    const sameValue =
      finding.burnRate === undefined ? values.length === 0 || metric.name.endsWith("-budget-left") : near(values[0], finding.burnRate);
    const filtered = finding.verdict === "go" && /-(fail|extreme)$/.test(metric.name);
    if (got.phase !== want || !(sameValue || filtered || metric.name.endsWith("-series"))) {
      tally.disagreements.push(
        `${where}: Argo ${got.phase} ${got.value} ${got.message}; reference ${finding.verdict} ${finding.burnRate ?? ""}`,
      );
    }
  }
}

const SECRETS = { "mimir-reader": { token: "secret" } };

function withAddress(metric: Metric, address: string): Metric {
  return { ...metric, provider: { ...metric.provider, prometheus: { ...metric.provider.prometheus, address } } };
}

/** JSON carries the bound's last digits; thresholds are far coarser. */
function near(value: number | undefined, want: number): boolean {
  return value !== undefined && Math.abs(value - want) <= 1e-9 * Math.max(1, Math.abs(want));
}

suite("Argo's verdict is the reference's, at every look", () => {
  for (const exposition of EXPOSITIONS) {
    test(exposition.example, async (context) => {
      const example = await loadExample(exposition);
      for (const interval of SCRAPES) {
        const tally: Tally = { compared: 0, disagreements: [] };
        for (const scenario of SCENARIOS) {
          const id = `${exposition.example}-${interval}`;
          await argo.loadScenario(id, scraped(scenario, exposition, interval, 2700));
          for (const at of LOOKS) await compare(example, scenario, id, at, tally);
          await argo.dropScenario(id);
        }
        context.diagnostic(
          `${exposition.example}, ${interval} s scrapes: ${SCENARIOS.length} scenarios, ${tally.compared} measurements, ${tally.disagreements.length} disagreements`,
        );
        assert.deepEqual(tally.disagreements.slice(0, 5), []);
      }
    });
  }
});

/** Thrown by a look that Prometheus has not been asked for yet. */
class Unasked extends Error {
  constructor(readonly request: LookRequest) {
    super("not asked yet");
  }
}

/** `runCanary` fed by Prometheus: run again after each question until none is open. */
async function referenceOutcome(policy: PrometheusPolicy & CanaryPolicy, id: string): Promise<Outcome> {
  const known = new Map<string, Look>();
  const keyOf = ({ at, gate, since }: LookRequest): string => `${at} ${gate} ${since}`;
  for (;;) {
    try {
      return runCanary(policy, (request) => {
        const look = known.get(keyOf(request));
        if (look === undefined) throw new Unasked(request);
        return look;
      });
    } catch (error) {
      if (!(error instanceof Unasked)) throw error;
      const { at, gate, since } = error.request;
      const queries = countQueries(policy.gates[gate] ?? assert.fail(), policy, HASHES) ?? assert.fail();
      known.set(keyOf(error.request), await lookAt(queries, since, asker(id, at)));
    }
  }
}

/** The same release under Argo's analysis controller: the background run beside one inline run for each step. */
async function argoOutcome({ runs }: Example, id: string): Promise<Outcome> {
  const background = runs.find(({ place }) => place === "background") ?? assert.fail("no background run");
  const inline = runs.filter(({ place, metrics }) => /^\d+$/.test(place) && metrics?.some(({ name }) => name.endsWith("-promote")));
  const guard = await argo.run({ run: background.run, start: START, until: UNTIL, scenario: id, secrets: SECRETS });
  const rolledBack = guard.phase === "Failed" ? guard.at : Infinity;
  let start = 0;
  for (const [step, { run }] of inline.entries()) {
    const held = await argo.run({ run, start: START + start, until: UNTIL, scenario: id, secrets: SECRETS });
    const end = start + held.at;
    if (rolledBack <= end) return { kind: "rolledBack", at: rolledBack, step, gate: 0, check: "fail" };
    if (held.phase !== "Successful") {
      assert.equal(held.phase, "Failed", held.message);
      return { kind: "timedOut", at: end, step, gate: 0, check: "promote" };
    }
    start = end;
  }
  return { kind: "promoted", at: start };
}

suite("a whole release ends under Argo's controller as the reference says", () => {
  for (const exposition of EXPOSITIONS.filter(({ isWholeRun }) => isWholeRun === true)) {
    test(exposition.example, async (context) => {
      const example = await loadExample(exposition);
      const { delivery } = example.policy;
      assert.ok(delivery.kind === "canary");
      // Guards are no part of the reference's run.
      const policy = { ...example.policy, delivery };
      const table: string[] = [];
      for (const scenario of SCENARIOS.filter(({ down }) => down === undefined)) {
        const id = `${exposition.example}-run`;
        await argo.loadScenario(id, scraped(scenario, exposition, 30, UNTIL));
        const [want, got] = [await referenceOutcome(policy, id), await argoOutcome(example, id)];
        await argo.dropScenario(id);
        table.push(`${scenario.name}: ${want.kind} at ${want.at} s, Argo ${got.kind} at ${got.at} s`);
        assert.equal(got.kind, want.kind, table.at(-1));
        // Each look of Argo's begins when the last one ended, so it falls behind by up to a second a look.
        assert.ok(Math.abs(got.at - want.at) <= 60 + 0.05 * want.at, table.at(-1));
      }
      for (const line of table) context.diagnostic(line);
    });
  }
});

test("Prometheus's counts of a canary stay within one scrape of the true ones", async (context) => {
  const exposition = EXPOSITIONS[0] ?? assert.fail();
  const { policy } = await loadExample(exposition);
  const [gate] = policy.gates;
  assert.ok(gate);
  const queries = countQueries(gate, policy, HASHES) ?? assert.fail();
  for (const interval of SCRAPES) {
    let [worst, compared] = [0, 0];
    for (const scenario of SCENARIOS.filter(({ down }) => down === undefined)) {
      await argo.loadScenario("truth", scraped(scenario, exposition, interval, 2700));
      for (const at of LOOKS) {
        const { start } = await lookAt(queries, seconds(600), asker("truth", at));
        const living = scenario.pods.filter((pod) => pod.side === "canary" && pod.from <= at && (pod.to ?? Infinity) > at);
        const truth = (time: number): Counts =>
          living
            .flatMap((pod) => [0, 1, 2, 3].map((route) => served(pod, route, Math.max(pod.from, time))))
            .reduce((sum, { good, bad }) => ({ bad: sum.bad + bad, total: sum.total + good + bad }), { bad: 0, total: 0 });
        // Since the start, what a pod shows was true at its last scrape.
        const [least, most] = [truth(at - interval), truth(at)];
        compared += 1;
        if (start === undefined) {
          assert.equal(least.total, 0, `${scenario.name} at ${at} s: nothing seen of ${least.total} requests`);
          continue;
        }
        worst = Math.max(worst, most.total - start.total);
        for (const side of ["bad", "total"] as const) {
          const restarted = living.some(({ restarts }) => restarts.some((time) => Math.abs(time - at) <= interval));
          if (restarted) continue;
          assert.ok(
            start[side] >= least[side] && start[side] <= most[side],
            `${scenario.name} at ${at} s, ${interval} s scrapes: ${side} ${start[side]} is not within ${least[side]}..${most[side]}`,
          );
        }
      }
      await argo.dropScenario("truth");
    }
    context.diagnostic(`${interval} s scrapes: ${compared} counts since the start, at most ${worst} requests behind`);
  }
});
