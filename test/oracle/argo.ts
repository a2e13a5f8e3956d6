import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { oracle } from "./support.ts";

/** Argo's own phases; the empty one is a run that has not been looked at. */
export type Phase = "" | "Pending" | "Running" | "Successful" | "Failed" | "Error" | "Inconclusive";

/** What a metric of an AnalysisRun looks like after Argo has filled in its args. */
export interface Metric {
  readonly name: string;
  readonly initialDelay?: string;
  readonly interval?: string;
  readonly count?: number | string;
  readonly failureLimit?: number | string;
  readonly inconclusiveLimit?: number | string;
  readonly consecutiveErrorLimit?: number | string;
  readonly consecutiveSuccessLimit?: number | string;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  readonly provider: {
    readonly prometheus?: { readonly address?: string; readonly query?: string; readonly [field: string]: unknown };
    readonly [name: string]: unknown;
  };
}

/** An arg as templates and runs have it. */
export interface Argument {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

export interface AnalysisRun {
  readonly metadata?: {
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly metrics: readonly Metric[];
    readonly args?: readonly Argument[];
    readonly dryRun?: readonly { readonly metricName: string }[];
    readonly measurementRetention?: readonly { readonly metricName: string; readonly limit: number }[];
  };
}

/**
 * One complaint. `schema`: the API server with Argo's CRDs. `decode`: a field that Argo's Go types do not have. `rollout`: the Rollout
 * controller, which then does nothing but wait for another spec. `run`: the analysis controller, which ends the run as Error.
 */
export interface Problem {
  readonly stage: "schema" | "decode" | "rollout" | "run";
  readonly kind: string;
  readonly name: string;
  readonly message: string;
}

/** The AnalysisRun that the Rollout controller creates at one place, and its metrics with all args filled in. */
export interface RunOfRollout {
  /** `background`, `pre`, `post`, or the index of the canary step. */
  readonly place: string;
  readonly run: AnalysisRun;
  /** Null where the args cannot be filled in; a problem then says why. */
  readonly metrics: readonly Metric[] | null;
}

export interface Verdict {
  readonly problems: readonly Problem[];
  /** Empty unless the Rollout is valid. */
  readonly runs: readonly RunOfRollout[];
}

/** A number as Prometheus and Argo know it; JSON has no word for three of them. */
export type Value = number | "NaN" | "+Inf" | "-Inf";

export interface Measurement {
  readonly phase: Phase;
  /** As Argo records it: `[0.5,2]` for a vector, `0.5` for a scalar, empty after an error. */
  readonly value: string;
  readonly message: string;
  /** Only of `measure`: the query with its args filled in (`ResolvedPrometheusQuery`), and Prometheus's `warnings`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface RunRequest {
  readonly run: AnalysisRun;
  /** The clock at the run's first look, in unix seconds; 0 if left out. */
  readonly start?: number;
  /** Seconds after the start: where the simulation stops without a verdict (a day if left out), and where the run is told to end. */
  readonly until?: number;
  readonly terminateAt?: number;
  /** Measurements by metric, in place of its provider: S, F, I or E each, spaces aside. The last one repeats. */
  readonly script?: Readonly<Record<string, string>>;
  /** A loaded scenario, in place of every Prometheus address, asked at the simulated time. */
  readonly scenario?: string;
  /** Values by key by Secret, in the namespace of the run unless it has its own: `argo-rollouts/datadog`. */
  readonly secrets?: Secrets;
}

/** All times are in seconds after the start. */
export interface RunResult {
  readonly phase: Phase;
  readonly message: string;
  /** When the run ended or, if it did not, when the controller last looked. */
  readonly at: number;
  /** In the order of the spec; a metric that was never measured is left out, as Argo leaves it out. `at` is when the phase was entered. */
  readonly metrics: readonly {
    readonly name: string;
    readonly phase: Phase;
    readonly message: string;
    readonly at: number;
    readonly dryRun: boolean;
  }[];
  /** All of them in the order of time, also those that the run itself has forgotten. */
  readonly measurements: readonly (Measurement & { readonly metric: string; readonly at: number })[];
  /** The run's own status, as Argo wrote it. */
  readonly status: Readonly<Record<string, unknown>>;
}

/** A native histogram in promtool's words: `{{schema:0 count:3 sum:2 buckets:[1 2]}}`. */
export type NativeHistogram = `{{${string}}}`;

/** A sample is its time in unix seconds and its value; null marks the series as stale. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [number, Value | NativeHistogram | null])[];
}

/** One element of an instant query's answer, values as Prometheus prints them. */
export interface Element {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Argo Rollouts and a Prometheus, both the real ones, as processes of this test. */
export interface ArgoOracle {
  /** What Kubernetes and Argo say of a YAML stream of templates, at most one Rollout, and what it refers to; and the runs it becomes. */
  readonly validate: (documents: string, hashes?: { readonly stable: string; readonly latest: string }) => Promise<Verdict>;
  /** The phase of a measurement with this result: null for none, a number for a scalar, a list for a vector. */
  readonly evaluate: (
    result: Value | readonly Value[] | null,
    conditions: { readonly successCondition?: string; readonly failureCondition?: string },
  ) => Promise<Measurement>;
  /** One measurement by the metric's own provider at a time in unix seconds; a scenario replaces its Prometheus address. */
  readonly measure: (request: {
    readonly metric: Metric;
    readonly args?: readonly Argument[];
    readonly scenario?: string;
    readonly at?: number;
    readonly secrets?: Secrets;
  }) => Promise<Measurement>;
  /** A whole AnalysisRun under the real controller, in simulated time. */
  readonly run: (request: RunRequest) => Promise<RunResult>;
  /** Gives Prometheus the series of a scenario, in place of those it had. */
  readonly loadScenario: (id: string, series: readonly Series[]) => Promise<void>;
  /** Forgets a scenario's series. */
  readonly dropScenario: (id: string) => Promise<void>;
  /** An instant query at a time in unix seconds; a scalar is one element without labels. Rejects with Prometheus's error. */
  readonly query: (scenario: string, at: number, expression: string) => Promise<readonly Element[]>;
  /** Ends both processes. */
  readonly stop: () => Promise<void>;
}

/** Starts both processes, which `test/oracle/build.sh` has built; `stop` them in `after`. */
export async function startArgo(): Promise<ArgoOracle> {
  const argo = spawnOracle("argo");
  const prometheus = spawnOracle("prometheus");
  const address = (await prometheus.lines.next()).value ?? fail("prometheus did not start");
  const scenarioAddress = (id: string): string => `${address}/scenario/${encodeURIComponent(id)}`;

  let last: Promise<unknown> = Promise.resolve();
  /** One question after the other: answers come in the order of questions. */
  function ask<Answer>(op: string, request: object): Promise<Answer> {
    const answer = last.then(async () => {
      argo.process.stdin.write(`${JSON.stringify({ op, ...request })}\n`);
      const line = (await argo.lines.next()).value ?? fail(`argo ended at ${op}`);
      const parsed = JSON.parse(line) as Answer | { readonly error: string };
      if (typeof parsed === "object" && parsed !== null && "error" in parsed) fail(String(parsed.error));
      return parsed as Answer;
    });
    last = answer.catch(() => undefined);
    return answer;
  }

  return {
    validate: (documents, hashes = { stable: "stable", latest: "latest" }) => ask("validate", { documents, ...hashes }),
    evaluate: (result, conditions) => ask("evaluate", { result, ...conditions }),
    measure: ({ scenario, ...request }) =>
      ask("measure", scenario === undefined ? request : { ...request, address: `${scenarioAddress(scenario)}/at/${request.at ?? 0}` }),
    run: ({ scenario, ...request }) => ask("run", scenario === undefined ? request : { ...request, address: scenarioAddress(scenario) }),
    async loadScenario(id, series) {
      const response = await fetch(scenarioAddress(id), { method: "POST", body: JSON.stringify({ series }) });
      if (!response.ok) fail(await response.text());
    },
    async dropScenario(id) {
      const response = await fetch(scenarioAddress(id), { method: "DELETE" });
      if (!response.ok) fail(await response.text());
    },
    async query(scenario, at, expression) {
      const body = new URLSearchParams({ query: expression });
      const response = await fetch(`${scenarioAddress(scenario)}/at/${at}/api/v1/query`, { method: "POST", body });
      if (response.status === 404) fail(await response.text());
      return elementsOf((await response.json()) as QueryResponse);
    },
    async stop() {
      await Promise.all([argo, prometheus].map(({ end }) => end()));
    },
  };
}

type QueryResponse =
  | { readonly status: "error"; readonly error: string }
  | { readonly status: "success"; readonly data: { readonly resultType: "scalar" | "string"; readonly result: readonly [number, string] } }
  | {
      readonly status: "success";
      readonly data: {
        readonly resultType: "vector";
        readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }[];
      };
    };

function elementsOf(response: QueryResponse): readonly Element[] {
  if (response.status === "error") return fail(response.error);
  const { data } = response;
  if (data.resultType !== "vector") return [{ labels: {}, value: data.result[1] }];
  return data.result.map(({ metric, value }) => ({ labels: metric, value: value[1] }));
}

interface Process {
  readonly process: ChildProcessWithoutNullStreams;
  readonly lines: AsyncIterator<string, undefined>;
  readonly end: () => Promise<void>;
}

/** An oracle that answers line by line and ends when its input does; what it says on stderr is shown. */
function spawnOracle(name: string): Process {
  const child = spawn(oracle(name), { stdio: ["pipe", "pipe", "pipe"] });
  child.stderr.pipe(process.stderr);
  // A process that died answers no more, and that is reported where the answer is missed.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    process: child,
    lines: createInterface({ input: child.stdout, crlfDelay: Infinity })[Symbol.asyncIterator](),
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}

function fail(message: string): never {
  throw new Error(message);
}
