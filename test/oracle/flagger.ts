import { spawnOracle } from "./process.ts";
import { startPrometheus, type PrometheusOracle } from "./prometheus.ts";

/** One complaint. `schema`: the API server with Flagger's CRDs. `decode`: what Flagger's Go types cannot hold, or do not have. */
export interface Problem {
  readonly stage: "schema" | "decode";
  readonly kind: string;
  readonly name: string;
  readonly message: string;
}

/** Flagger's own phases. */
export type Phase =
  | ""
  | "Initializing"
  | "Initialized"
  | "Waiting"
  | "Progressing"
  | "WaitingPromotion"
  | "Promoting"
  | "Finalising"
  | "Succeeded"
  | "Failed";

/** Everything outside the cluster. Documents keep their own `http://` addresses: Flagger and its load tester's commands go through a proxy. */
export interface Outside {
  /** The loaded scenario that every Prometheus address leads to, at the simulated time; without it no source answers. */
  readonly scenario?: string;
  /** The host of webhooks that Flagger's own load tester answers, with real bash, curl and jq. */
  readonly loadtester?: string;
  /** By URL, what a webhook answers instead: A approves and R refuses, one for each call; the last one repeats. */
  readonly hooks?: Readonly<Record<string, string>>;
  /** By query, what the source answers instead: a number, `none` for an empty vector or `error`, one for each time; the last one repeats. */
  readonly answers?: Readonly<Record<string, readonly string[]>>;
  /** Stretches in unix seconds in which the source does not answer. */
  readonly down?: readonly { readonly from: number; readonly to: number }[];
  /** Values by key by Secret, in the namespace of the Canary unless it has its own: `monitoring/datadog`. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What the metrics source was asked. */
export interface Question {
  readonly address: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

export interface Check {
  /** The template's with its variables filled in; empty where that fails. */
  readonly query: string;
  /** As Go prints it; empty where there is none. */
  readonly value: string;
  readonly pass: boolean;
  /** What Flagger says of a check that did not pass, as `Warning: …`. */
  readonly events: readonly string[];
  readonly asked: readonly Question[];
}

export interface HookCall {
  readonly url: string;
  readonly phase: Phase;
  readonly status: number;
  readonly said?: string;
}

/** A tick and how it left the release. `at` is in seconds after the start. */
export interface Tick {
  readonly at: number;
  readonly phase: Phase;
  /** The canary's, as Flagger exposes it. */
  readonly weight: number;
  readonly iterations: number;
  readonly failedChecks: number;
  readonly events: readonly string[];
  readonly hooks: readonly HookCall[];
  readonly asked: readonly Question[];
}

export interface Release {
  readonly phase: Phase;
  /** When that phase was entered. */
  readonly at: number;
  /** From the one that finds the new revision, an interval before the start. */
  readonly ticks: readonly Tick[];
  /** As `error: …`, where the Canary lists no alerts of its own. */
  readonly alerts: readonly string[];
}

export interface RunRequest extends Outside {
  /** A YAML stream of one Canary and what it refers to. */
  readonly documents: string;
  /** The tick at which the analysis starts, the canary being ready, in unix seconds. */
  readonly start: number;
  /** Seconds after the start: where the simulation stops without an end. */
  readonly until: number;
  /** How the scenario's Prometheus scrapes Flagger itself: `flagger_canary_weight` as Flagger sets it, beside the target's own labels. */
  readonly scrape?: { readonly interval: number; readonly offset: number; readonly labels: Readonly<Record<string, string>> };
}

/** Flagger and a Prometheus, both the real ones, as processes of this test. */
export interface FlaggerOracle extends Omit<PrometheusOracle, "end" | "addressOf"> {
  /** What Kubernetes and Flagger's types say of a YAML stream. */
  readonly crd: (documents: string) => Promise<readonly Problem[]>;
  /** One check of the stream's Canary, by its name, asked and judged by Flagger at a time in unix seconds. */
  readonly metric: (request: Outside & { readonly documents: string; readonly metric: string; readonly at: number }) => Promise<Check>;
  /** A whole release of a Deployment under the real controller, in simulated time. Pods are ready at once. */
  readonly run: (request: RunRequest) => Promise<Release>;
  /** Ends both processes. */
  readonly stop: () => Promise<void>;
}

/** Starts both processes, which `test/oracle/build.sh` has built; `stop` them in `after`. */
export async function startFlagger(): Promise<FlaggerOracle> {
  const flagger = spawnOracle("flagger");
  const { addressOf, end, ...prometheus } = await startPrometheus();
  const located = ({ scenario, ...request }: Outside): object =>
    scenario === undefined ? request : { ...request, address: addressOf(scenario) };
  return {
    ...prometheus,
    crd: (documents) => flagger.ask("crd", { documents }),
    metric: (request) => flagger.ask("metric", located(request)),
    run: (request) => flagger.ask("run", located(request)),
    async stop() {
      await Promise.all([flagger.end(), end()]);
    },
  };
}
