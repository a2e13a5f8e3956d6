import assert from "node:assert/strict";
import { countQueries, type CountQueries } from "../../src/backends/prometheus/gate.ts";
import type { Counts, Look } from "../../src/gate/judge.ts";
import type { LookRequest } from "../../src/gate/run.ts";
import { tickRun, type TickOutcome } from "../../src/gate/tick-run.ts";
import { analyse, compile } from "../../src/index.ts";
import { isForFlagger, type FlaggerPolicy, type PrometheusPolicy } from "../../src/model/policy.ts";
import type { Expr } from "../../src/promql/ast.ts";
import { printExpr } from "../../src/promql/print.ts";
import { fillWindow } from "../../src/promql/rewrite.ts";
import type { Seconds } from "../../src/units/duration.ts";
import type { Source } from "../../src/config/config.ts";
import { configOf } from "../support/project.ts";
import type { FlaggerOracle } from "./flagger.ts";
import type { Exposition, Pod } from "./gate-scenarios.ts";

/** A service on Istio with a canary that keeps its name from release to release, and what slogen emits for it. */

export const NAMESPACE = "shop";

const PRIMARY = "checkout-primary";

/** As sidecars expose it: each pod its own series, the workload's name the same in every release. */
export const EXPOSITION: Exposition = {
  example: "checkout-flagger",
  identify: ({ side, name }: Pod) => {
    const workload = side === "canary" ? "checkout" : PRIMARY;
    return { pod: `${workload}-${name}`, destination_workload: workload, destination_workload_namespace: NAMESPACE };
  },
  series: [
    ...(["200", "503"] as const).map((code) => ({
      labels: { __name__: "istio_requests_total", reporter: "destination", response_code: code },
      counts: code === "200" ? ("good" as const) : ("bad" as const),
      lazy: code === "503",
    })),
    ...(["500", "+Inf"] as const).map((le) => ({
      labels: { __name__: "istio_request_duration_milliseconds_bucket", reporter: "destination", le },
      counts: le === "500" ? ("good" as const) : ("all" as const),
      lazy: false,
    })),
    { labels: { __name__: "istio_request_duration_milliseconds_count", reporter: "destination" }, counts: "all", lazy: false },
  ],
  sloIds: ["checkout-availability", "checkout-latency"],
};

const WORKLOADS = 'reporter="destination", destination_workload=~"checkout(-primary)?"';

const SLOS = `version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(istio_requests_total{${WORKLOADS}, response_code=~"5.."}[{{.window}}]))
        total_query: sum(rate(istio_requests_total{${WORKLOADS}}[{{.window}}]))
    alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }
  - name: latency
    objective: 99
    sli:
      events:
        error_query: >-
          sum(rate(istio_request_duration_milliseconds_count{${WORKLOADS}}[{{.window}}]))
          - sum(rate(istio_request_duration_milliseconds_bucket{${WORKLOADS}, le="500"}[{{.window}}]))
        total_query: sum(rate(istio_request_duration_milliseconds_count{${WORKLOADS}}[{{.window}}]))
    alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }
`;

const CANARY = `apiVersion: flagger.app/v1beta1
kind: Canary
metadata: { name: checkout, namespace: ${NAMESPACE} }
spec:
  provider: istio
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: checkout }
  service: { port: 8080 }
  analysis:
    interval: 1m
    threshold: 5
    stepWeight: 10
`;

export interface PolicyParts {
  readonly loadtester?: boolean;
  readonly scrapesFlagger?: boolean;
  /** Lines of the policy's `spec`. */
  readonly spec?: string;
  readonly scrapeInterval?: number;
}

export interface Emitted {
  readonly policy: PrometheusPolicy & FlaggerPolicy;
  /** The Canary and its templates. */
  readonly documents: string;
}

export const LOADTESTER = "flagger-loadtester.test";

const STEPS = `
  steps:
    - { weight: 5, bake: 5m }
    - { weight: 25, bake: 5m }
    - { weight: 50, bake: 10m }`;

/** Compiles a small project, and has Flagger's types and CRDs accept what comes out. */
export async function emitted(flagger: FlaggerOracle, parts: PolicyParts = {}): Promise<Emitted> {
  const { loadtester = false, scrapesFlagger = true, spec = STEPS, scrapeInterval = 30 } = parts;
  const policyText = `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: checkout }
spec:
  slos:
    - ref: checkout-availability
    - { ref: checkout-latency, gate: { fail: { burnRate: 10 } } }
  workload: { deployment: checkout, namespace: ${NAMESPACE}, file: deploy/canary.yaml }
  flagger: { provider: istio${loadtester ? `, loadtester: http://${LOADTESTER}/` : ""} }
  gate: { noSeries: fail, promote: { maxWait: 15m }, budget: { tightenAt: 0.8, exhausted: hold } }
  traffic: 3000rpm
  enforcement: enforce${spec}
`;
  const config = configOf(`specs: [slo/*.yaml, policy/*.yaml]
targets: [flagger]
sources:
  mesh:
    { type: prometheus, address: http://prometheus.istio-system:9090, scrapeInterval: ${scrapeInterval}s, scrapesFlagger: ${scrapesFlagger} }
`);
  const sources: readonly Source[] = [
    { path: "slo/checkout.yaml", text: SLOS, role: "spec" },
    { path: "policy/checkout.yaml", text: policyText, role: "spec" },
    { path: "deploy/canary.yaml", text: CANARY, role: "workload" },
  ];
  const { files, diagnostics } = compile({ sources, config });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  assert.deepEqual(
    errors.map(({ code, message }) => `${code}: ${message}`),
    [],
  );
  const [policy] = analyse({ sources, config }).model.policies;
  assert.ok(policy?.backend === "prometheus" && isForFlagger(policy), "no policy for Flagger");
  const documents = ["canary.yaml", "metric-templates.yaml"]
    .map((name) => files.find(({ path }) => path === `flagger/checkout/${name}`)?.text ?? assert.fail(`no ${name}`))
    .join("\n---\n");
  assert.deepEqual(await flagger.crd(documents), [], "Flagger refuses what slogen emits");
  return { policy, documents };
}

export type Ask = (expr: Expr) => Promise<number | undefined>;

/** Asks a scenario at a time in unix seconds. */
export function asker({ query }: FlaggerOracle, scenario: string, at: number): Ask {
  return async (expr) => {
    const found = await query(scenario, at, printExpr(expr));
    assert.ok(found.length <= 1, printExpr(expr));
    return found[0] === undefined ? undefined : Number(found[0].value);
  };
}

const NO_HASHES = { canary: "", stable: "" };

export function countsOf(policy: PrometheusPolicy, gate: number): CountQueries {
  return countQueries(policy.gates[gate] ?? assert.fail(`no gate ${gate}`), policy, NO_HASHES) ?? assert.fail("no counts");
}

export async function countsAt({ bad, total }: CountQueries["recent"], ask: Ask, since?: Seconds): Promise<Counts | undefined> {
  const [b, n] = await Promise.all([bad, total].map((expr) => ask(since === undefined ? expr : fillWindow(expr, since))));
  // Bad events alone are missing where nobody measures them, such as a bucket that is not exported.
  return n === undefined || b === undefined ? undefined : { bad: b, total: n };
}

export async function lookAt(queries: CountQueries, since: Seconds, ask: Ask): Promise<Look> {
  const [recent, start, stableRecent, stableSince, budgetConsumed] = await Promise.all([
    countsAt(queries.recent, ask),
    countsAt(queries.start, ask, since),
    countsAt(queries.stableRecent, ask),
    countsAt(queries.stableSince, ask, since),
    ask(queries.budgetConsumed),
  ]);
  return {
    ...(recent && { recent }),
    ...(start && { start }),
    ...(stableRecent && { stableRecent }),
    ...(stableSince && { stableSince }),
    ...(budgetConsumed !== undefined && { budgetConsumed }),
  };
}

/** Thrown by a look that Prometheus has not been asked for yet. */
class Unasked extends Error {
  constructor(readonly request: LookRequest) {
    super("not asked yet");
  }
}

/** `tickRun` fed by Prometheus: run again after each question until none is open. */
export async function referenceRelease(
  policy: PrometheusPolicy & FlaggerPolicy,
  flagger: FlaggerOracle,
  scenario: string,
  start: number,
): Promise<TickOutcome> {
  const known = new Map<string, Look>();
  const keyOf = ({ at, gate, since }: LookRequest): string => `${at} ${gate} ${since}`;
  const release = tickRun(policy);
  for (;;) {
    try {
      return release((request) => known.get(keyOf(request)) ?? fail(new Unasked(request)));
    } catch (error) {
      if (!(error instanceof Unasked)) throw error;
      const { at, gate, since } = error.request;
      known.set(keyOf(error.request), await lookAt(countsOf(policy, gate), since, asker(flagger, scenario, start + at)));
    }
  }
}

function fail(error: Error): never {
  throw error;
}
