import { spawnOracle } from "./process.ts";
import { startPrometheus, type PrometheusOracle, type Value } from "./prometheus.ts";

export type { NativeHistogram, Series, Value } from "./prometheus.ts";

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

type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Argo Rollouts and a Prometheus, both the real ones, as processes of this test. */
export interface ArgoOracle extends Omit<PrometheusOracle, "end" | "addressOf"> {
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
  /** Ends both processes. */
  readonly stop: () => Promise<void>;
}

/** Starts both processes, which `test/oracle/build.sh` has built; `stop` them in `after`. */
export async function startArgo(): Promise<ArgoOracle> {
  const argo = spawnOracle("argo");
  const { addressOf, end, ...prometheus } = await startPrometheus();
  return {
    ...prometheus,
    validate: (documents, hashes = { stable: "stable", latest: "latest" }) => argo.ask("validate", { documents, ...hashes }),
    evaluate: (result, conditions) => argo.ask("evaluate", { result, ...conditions }),
    measure: ({ scenario, ...request }) =>
      argo.ask("measure", scenario === undefined ? request : { ...request, address: `${addressOf(scenario)}/at/${request.at ?? 0}` }),
    run: ({ scenario, ...request }) => argo.ask("run", scenario === undefined ? request : { ...request, address: addressOf(scenario) }),
    async stop() {
      await Promise.all([argo.end(), end()]);
    },
  };
}
