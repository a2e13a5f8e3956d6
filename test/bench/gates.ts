/**
 * How good the default gate is, on releases as Prometheus sees them:
 *
 *     npm run bench:gates -- [--rollouts 4000] [--quick] [--check] [--seed 1] [--scenario blip] [--backend datadog]
 *     npm run bench:gates -- --controller flagger [--loadtester]
 *
 * It is bundled first, since workers do not inherit the loader that reads TypeScript, and since that loader makes closures slow.
 * `--check` fails if a figure misses its aim. Every cell has its own seed, so a figure does not depend on the others.
 */
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { parseArgs } from "node:util";
import { canaryRun, type CanaryPolicy } from "../../src/gate/run.ts";
import { tickedMachine, type Machine } from "../../src/gate/simulate.ts";
import type { PrometheusPolicy } from "../../src/model/policy.ts";
import { toNumber } from "../../src/units/rational.ts";
import { seconds } from "../../src/units/duration.ts";
import type { Backend } from "../../src/model/model.ts";
import { FLAGGER, LOADTESTER } from "../support/flagger-policies.ts";
import { policyOf } from "../support/policies.ts";
import { sloOf } from "../support/slos.ts";
import { endingOf, runNaive, type Ending } from "./naive-gate.ts";
import { Random } from "../../src/gate/random.ts";
import { HEALTHY, SCENARIOS, type Aim, type Scenario } from "./scenarios.ts";
import { ScrapedRelease } from "./scraped-release.ts";

interface Cell {
  readonly scenario: number;
  readonly slos: number;
  readonly requestsPerMinute: number;
  readonly scrapeInterval: number;
  readonly rollouts: number;
  readonly seed: number;
  readonly backend: Backend;
  readonly controller: Controller;
}

/** Flagger with a load tester has its bakes kept and its failures rolled back by hooks. */
type Controller = "argo-rollouts" | "flagger" | "flagger-loadtester";

interface Result {
  readonly cell: Cell;
  readonly ours: Shares;
  readonly naive: Shares;
}

interface Shares extends Readonly<Record<Ending, number>> {
  /** Mean minutes until the release was stopped; NaN if none was. */
  readonly stoppedAfter: number;
}

const PLAN = 2100;

function measure(cell: Cell): Result {
  const scenario = scenarioOf(cell);
  const policy = policyFor(cell);
  const { canary, stable, blip } = scenario;
  const others = Array.from({ length: cell.slos - 1 }, () => (canary === stable ? canary : HEALTHY));
  const traffic = {
    requestsPerMinute: cell.requestsPerMinute,
    scrapeInterval: cell.scrapeInterval,
    canary: [canary, ...others],
    stable: [stable, ...others],
    ...(blip && { blip: { ...blip, latest: PLAN - 300 } }),
  };
  const release = new ScrapedRelease(traffic, new Random(cell.seed));
  const { run } = runOf(policy, cell);
  const budgets = policy.gates.map(({ slo }) => toNumber(slo.objective.budget));
  const ours = tally(cell.rollouts, () => {
    release.begin();
    const { kind, at } = run((request) => release.look(request));
    return { ending: endingOf(kind), at };
  });
  const naive = tally(Math.ceil(cell.rollouts / 4), () => {
    release.begin();
    return runNaive(release, policy.delivery.steps, budgets);
  });
  return { cell, ours, naive };
}

function tally(rollouts: number, run: () => { readonly ending: Ending; readonly at: number }): Shares {
  const counts = { promoted: 0, held: 0, rolledBack: 0 };
  let [stopped, time] = [0, 0];
  for (let i = 0; i < rollouts; i++) {
    const { ending, at } = run();
    counts[ending] += 1;
    if (ending === "promoted") continue;
    stopped += 1;
    time += at;
  }
  return {
    promoted: counts.promoted / rollouts,
    held: counts.held / rollouts,
    rolledBack: counts.rolledBack / rollouts,
    stoppedAfter: time / stopped / 60,
  };
}

type Policy = PrometheusPolicy & CanaryPolicy;

function policyFor({ slos, scrapeInterval }: Cell): Policy {
  const names = ["availability", "latency", "freshness"].slice(0, slos);
  const policy = policyOf({
    slos: names.map((name) => ({ ...sloOf({}), name, id: `shop-${name}` })),
  });
  if (policy.delivery.kind !== "canary") throw new Error("the default policy is a canary");
  return { ...policy, delivery: policy.delivery, source: { ...policy.source, scrapeInterval: seconds(scrapeInterval) } };
}

function runOf(policy: Policy, { backend, controller }: Cell): Pick<Machine, "run"> {
  if (controller === "argo-rollouts") return { run: canaryRun({ ...policy, backend }) };
  return tickedMachine({ ...policy, controller: { ...FLAGGER, ...(controller === "flagger-loadtester" && LOADTESTER) } });
}

function scenarioOf({ scenario }: Cell): Scenario {
  const found = SCENARIOS[scenario];
  if (found === undefined) throw new Error(`no scenario ${scenario}`);
  return found;
}

function misses({ cell, ours }: Result): readonly Aim[] {
  const shares = { promoted: ours.promoted, stopped: ours.held + ours.rolledBack, rolledBack: ours.rolledBack };
  return scenarioOf(cell)
    .aims(cell.requestsPerMinute)
    .filter(({ of, least = 0, most = 1 }) => shares[of] < least || shares[of] > most);
}

const SCRAPES = [15, 30, 60];
const RATES = [100, 600, 6000];

function report(results: readonly Result[], write: (line: string) => void): boolean {
  const percent = (share: number): string =>
    share >= 0.9995 || share < 0.0005 ? (100 * share).toFixed(share === 1 || share === 0 ? 0 : 2) : (100 * share).toFixed(1);
  const shown = ({ promoted, held, rolledBack, stoppedAfter }: Shares): string =>
    `${[promoted, held, rolledBack].map(percent).join("/")}${Number.isNaN(stoppedAfter) ? "" : ` ${stoppedAfter.toFixed(0)}m`}`;
  let missed = 0;
  write("percent promoted/held until the time-out/rolled back, mean minutes until stopped; `!` misses the aim; naive: an article's gate");
  for (const slos of [1, 3]) {
    for (const [index, scenario] of SCENARIOS.entries()) {
      const aims = RATES.map((rate) =>
        scenario
          .aims(rate)
          .map(({ of, least, most }) => `${of} ${least === undefined ? `<= ${percent(most ?? 1)}` : `>= ${percent(least)}`}`)
          .join(", "),
      );
      if (!results.some(({ cell }) => cell.scenario === index)) continue;
      write(
        `\n${scenario.name}, ${slos === 1 ? "one SLO" : "three SLOs"} (aim: ${[...new Set(aims)].join("; ")})${scenario.designed === undefined ? "" : `; on exact counts ${scenario.designed}`}`,
      );
      for (const requestsPerMinute of RATES) {
        const row = results.filter(
          ({ cell }) => cell.scenario === index && cell.slos === slos && cell.requestsPerMinute === requestsPerMinute,
        );
        if (row.length === 0) continue;
        const cells = row.map((result) => {
          const bad = misses(result).length > 0;
          missed += Number(bad);
          return `${result.cell.scrapeInterval}s ${shown(result.ours)}${bad ? " !" : ""}`.padEnd(27);
        });
        const naive = row.map((result) => shown(result.naive)).join(" | ");
        write(`${String(requestsPerMinute).padStart(7)}/min  ${cells.join("")}  naive ${naive}`);
      }
    }
  }
  write(missed === 0 ? "\nEvery figure meets its aim." : `\n${missed} of ${results.length} cells miss their aim.`);
  return missed === 0;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      rollouts: { type: "string", default: "4000" },
      seed: { type: "string", default: "1" },
      quick: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      scenario: { type: "string", default: "" },
      backend: { type: "string", default: "prometheus" },
      controller: { type: "string", default: "argo-rollouts" },
      loadtester: { type: "boolean", default: false },
    },
  });
  const backend = values.backend === "datadog" ? "datadog" : "prometheus";
  const flagger = values.loadtester ? "flagger-loadtester" : "flagger";
  const controller = values.controller === "flagger" ? flagger : "argo-rollouts";
  const rollouts = values.quick ? 400 : Number(values.rollouts);
  const cells: Cell[] = [];
  for (const slos of [1, 3])
    for (const requestsPerMinute of RATES)
      for (const scrapeInterval of values.quick ? [30] : SCRAPES)
        for (const [scenario, { name }] of SCENARIOS.entries())
          if (name.includes(values.scenario))
            cells.push({
              scenario,
              slos,
              requestsPerMinute,
              scrapeInterval,
              rollouts,
              seed: Number(values.seed) * 1000 + cells.length,
              backend,
              controller,
            });

  const started = performance.now();
  // The longest first, so that both workers end together.
  const queue = [...cells].sort((a, b) => b.slos - a.slos || b.requestsPerMinute - a.requestsPerMinute);
  const results: Result[] = [];
  for (let i = 0; i < 2; i++) {
    const worker = new Worker(new URL(import.meta.url));
    const next = (): void => {
      const cell = queue.shift();
      if (cell === undefined) void worker.terminate();
      else worker.postMessage(cell);
    };
    worker.on("message", (result: Result) => {
      results.push(result);
      next();
      if (results.length < cells.length) return;
      results.sort((a, b) => a.cell.seed - b.cell.seed);
      const met = report(results, (line) => process.stdout.write(`${line}\n`));
      process.stdout.write(`${rollouts} rollouts a cell, ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
      if (values.check && !met) process.exitCode = 1;
    });
    next();
  }
}

if (isMainThread) main();
else parentPort?.on("message", (cell: Cell) => parentPort?.postMessage(measure(cell)));
