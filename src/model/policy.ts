import type { SourceFile, Span } from "../diagnostics/source.ts";
import type { TagFilter } from "../datadogql/ast.ts";
import type { Matcher } from "../promql/ast.ts";
import type { BurnRate, Ratio } from "../units/quantity.ts";
import type { Rational } from "../units/rational.ts";
import type { Seconds } from "../units/duration.ts";
import type { JsonObject } from "../yaml/json.ts";
import type { YamlMap } from "../yaml/tree.ts";
import type { DatadogQuery, Entry, MeasuredSlo, PrometheusSlo, PromqlQuery, Query } from "./model.ts";

/**
 * A policy or a profile as a front end found it: its shape is valid by the schema of `slogen/v1alpha1`, but nothing is
 * merged, defaulted or resolved yet. Other dialects build `spec` in that shape, with the spans of their own nodes.
 */
export interface PolicyDocument {
  readonly kind: "policy" | "profile";
  readonly name: string;
  readonly labels: readonly Entry[];
  readonly spec: YamlMap;
  /** What a dialect says of its SLO that the SLO says itself. */
  readonly claims?: SloClaims;
  readonly format: string;
  readonly file: SourceFile;
  readonly at: Span;
}

/** A second copy of an SLO's numbers: it may stand, as long as it is the same. */
export interface SloClaims {
  readonly target?: { readonly value: Rational; readonly at: Span };
  readonly period?: { readonly value: Seconds; readonly at: Span };
}

/**
 * The release gate of one workload in one environment: profile, defaults and overrides are applied, and every reference
 * is resolved. What every controller target reads; what concerns one of them alone stands under `controller`.
 */
export type ReleasePolicy = PrometheusPolicy | DatadogPolicy;

/** What a policy says whatever its metrics source. */
export interface PolicyBase {
  /** A Kubernetes name, unique in a build but for the environment and the controller. */
  readonly name: string;
  readonly labels: readonly Entry[];
  /** The name of the profile that it extends itself; what policies of one profile share is named after it. */
  readonly profile?: string;
  /** Absent where the project has no environments. */
  readonly environment?: string;
  readonly workload: Workload;
  readonly controller: Controller;
  readonly delivery: Delivery;
  readonly enforcement: "observe" | "enforce";
  /** Requests a second of the whole service, canary and stable together; absent if not declared. */
  readonly traffic?: Rational;
  /** `slogen/v1alpha1` or `delivery.kubestead.io/v1alpha1`. */
  readonly format: string;
  readonly file: SourceFile;
  /** The policy's name. */
  readonly at: Span;
}

/** A policy whose gates ask a Prometheus. */
export interface PrometheusPolicy extends PolicyBase {
  readonly backend: "prometheus";
  /** How the series of the new and of the old version are told apart. */
  readonly isolation: Isolation<Matcher>;
  /** One for each SLO, in the policy's order; at least one. */
  readonly gates: readonly PrometheusGate[];
  readonly guards: readonly Guard<PromqlQuery>[];
  readonly source: PrometheusSource;
  /** Added to every selector of an SLI, such as `cluster="eu-1"`. */
  readonly matchers: readonly Matcher[];
}

/** A policy whose gates ask Datadog. */
export interface DatadogPolicy extends PolicyBase {
  readonly backend: "datadog";
  readonly isolation: Isolation<TagFilter>;
  readonly gates: readonly DatadogGate[];
  readonly guards: readonly Guard<DatadogQuery>[];
  readonly source: DatadogSource;
  /** Added to every scope of an SLI, such as `kube_cluster_name:eu-1`. */
  readonly matchers: readonly TagFilter[];
}

export interface Workload {
  /** The name of the Argo `Rollout` or, for Flagger, of the Deployment that the Canary targets. */
  readonly name: string;
  readonly namespace?: string;
  /** Files that hold the workload and its traffic objects, as paths from the project's root; they arrive as sources. */
  readonly files: readonly { readonly path: string; readonly at: Span }[];
  readonly at: Span;
}

/** Who carries the release out. A policy that names a workload for each of them is one policy for each. */
export type Controller = ArgoRolloutsController | FlaggerController;

export interface ArgoRolloutsController {
  readonly kind: "argo-rollouts";
}

/** What a policy says to Flagger alone: https://docs.flagger.app/usage/how-it-works */
export interface FlaggerController {
  readonly kind: "flagger";
  /** The mesh or ingress that divides the traffic, `spec.provider` of the Canary. */
  readonly provider: FlaggerProvider;
  /** `metadata.name` of the Canary. */
  readonly canary: string;
  /** The kind of what the Canary targets. */
  readonly target: "Deployment" | "DaemonSet";
  /** The time between two ticks, where the policy says it. */
  readonly interval?: { readonly value: Seconds; readonly at: Span };
  /** Requests that go to the canary during the analysis, as Flagger has them in `analysis.match`; makes a switch an A/B test. */
  readonly match?: readonly JsonObject[];
  /** Where a Flagger load tester runs the commands by which bakes are kept, and by which `fail` rolls back at once. */
  readonly loadtester?: { readonly url: string; readonly at: Span };
  /** A service of the user's own that is asked at every tick, and told the queries of `fail`, whether to roll back. */
  readonly rollback?: { readonly url: string; readonly at: Span };
  /** Copied to the Canary as they are; valid by the schema of the policy. */
  readonly alerts: readonly JsonObject[];
  readonly webhooks: readonly JsonObject[];
  readonly at: Span;
}

/** Values of a Canary's `spec.provider` with which Flagger releases a Deployment or DaemonSet: all but `knative`. */
export const FLAGGER_PROVIDERS = [
  "istio",
  "linkerd",
  "nginx",
  "gloo",
  "contour",
  "traefik",
  "apisix",
  "gatewayapi:v1",
  "gatewayapi:v1beta1",
  "kubernetes",
  "appmesh",
  "appmesh:v1beta2",
  "kuma",
  "osm",
  "skipper",
  "smi:v1alpha1",
  "smi:v1alpha2",
  "smi:v1alpha3",
] as const;

export type FlaggerProvider = (typeof FLAGGER_PROVIDERS)[number];

export type FlaggerPolicy = ReleasePolicy & { readonly controller: FlaggerController };

export function isForFlagger(policy: ReleasePolicy): policy is FlaggerPolicy {
  return policy.controller.kind === "flagger";
}

export type Delivery = CanaryDelivery | BlueGreenDelivery;

export interface CanaryDelivery {
  readonly kind: "canary";
  /** Rising weights below 100; at least one. Full promotion follows the last. */
  readonly steps: readonly CanaryStep[];
  readonly at: Span;
}

export interface CanaryStep {
  /** Percent of the traffic, a whole number in 1..99. */
  readonly weight: number;
  /** The least time at this weight. */
  readonly bake: Seconds;
  /** The bake time. */
  readonly at: Span;
}

/** The old version serves until the switch; afterwards it stands by for `postPromotion`. */
export interface BlueGreenDelivery {
  readonly kind: "blueGreen";
  /** How long the preview is judged before the switch; it needs traffic of its own. Absent for none. */
  readonly prePromotion?: Seconds;
  /** How long the new version is judged after the switch. Absent for none. */
  readonly postPromotion?: Seconds;
  readonly at: Span;
}

/** `hash` in a matcher's or tag's value stands for the hash of that side's ReplicaSet: `pod=~"checkout-{hash}-.+"`, `version:{hash}`. */
export interface Isolation<M extends Matcher | TagFilter = Matcher | TagFilter> {
  readonly strategy: "podName" | "podTemplateHash" | "istioHost" | "nginx" | "flagger" | "explicit";
  readonly canary: readonly M[];
  readonly stable: readonly M[];
  /**
   * Whether the canary's living series are of this revision alone, so that a counter's value is its count since the start: by a hash in the
   * matchers or, with Flagger, because the canary's own pods expose them and are gone between two releases.
   */
  readonly revisionUnique: boolean;
  /** Metrics that have no such label and stay as they are, such as `kube_pod_info`. */
  readonly except: readonly string[];
  readonly at: Span;
}

/** The gate's numbers for one SLO. */
export interface SloGate<Q extends Query = Query> {
  readonly slo: MeasuredSlo<Q>;
  readonly settings: GateSettings;
  /** Counts for an SLI that has none of its own: bad and total events. Absent where the SLI counts, or cannot be counted. */
  readonly evidenceQueries?: { readonly bad: Q; readonly total: Q };
  /** Where the policy names the SLO. */
  readonly at: Span;
}

export type PrometheusGate = SloGate<PromqlQuery>;
export type DatadogGate = SloGate<DatadogQuery>;

export interface GateSettings {
  /** The window of the recent past. */
  readonly window: Seconds;
  readonly fail: FailSettings;
  readonly extreme?: ExtremeSettings;
  readonly promote: PromoteSettings;
  /** One-sided confidence that the burn rate is at least the bound that is judged, such as 0.95. */
  readonly confidence: Ratio;
  /** Fewer bad events than these never stop a release. */
  readonly minBadEvents: number;
  readonly evidence: EvidenceSettings;
  readonly budget?: BudgetSettings;
  /** No series of the canary at all: most likely the label is missing. */
  readonly noSeries: "hold" | "fail";
  /** Where that is written. */
  readonly noSeriesAt?: Span;
  /** The series are there and count nothing. */
  readonly noTraffic: "hold" | "pass";
  /** Where that is written. */
  readonly noTrafficAt?: Span;
  /** How long the metrics source may fail to answer before the release is aborted. */
  readonly sourceDown: Seconds;
}

/** Roll back when the burn rate is above `burnRate` and above `timesStable` times the stable side's, in `looks` looks in total. */
export interface FailSettings {
  readonly burnRate: BurnRate;
  readonly timesStable: Rational;
  readonly looks: number;
  readonly every: Seconds;
  readonly at: Span;
}

/** The same with higher limits, at the first look. */
export interface ExtremeSettings {
  readonly burnRate: BurnRate;
  readonly timesStable: Rational;
  readonly at: Span;
}

/** Advance after `goodLooks` looks in a row at which the burn rate is at most `burnRate`, or not clearly above `timesStable` times stable's. */
export interface PromoteSettings {
  readonly burnRate: BurnRate;
  readonly timesStable: Rational;
  readonly goodLooks: number;
  readonly every: Seconds;
  /** How long a step may be held beyond its bake time. */
  readonly maxWait: Seconds;
  readonly onTimeout: "abort" | "pause";
  readonly at: Span;
}

export interface EvidenceSettings {
  /** Requests that the canary must have served before the last step may pass (or every step, by `by`). */
  readonly minRequests: number;
  readonly by: "lastStep" | "everyStep";
  readonly otherwise: "hold" | "pass";
  readonly at: Span;
}

export interface BudgetSettings {
  /** From this share of the period's budget on, consumed, a canary must be as good as stable and within the budget. */
  readonly tightenAt: Ratio;
  /** Where it is written; absent for the default. */
  readonly tightenAtPlace?: Span;
  /** What becomes of a release when nothing is left of the budget. */
  readonly exhausted: "hold" | "fail" | "observe";
  /** A Rollout with this annotation set to `"true"` passes an exhausted budget. */
  readonly bypassAnnotation?: string;
  readonly at: Span;
}

/** A plain threshold that is no SLO, such as the 99th percentile of the canary's latency. */
export interface Guard<Q extends Query = Query> {
  readonly name: string;
  readonly query: Q;
  readonly bound: "max" | "min";
  /** In the unit of the query's result. */
  readonly limit: Rational;
  /** `hold` keeps the step waiting, `fail` rolls back after `looks` looks. */
  readonly action: "hold" | "fail";
  readonly at: Span;
}

/**
 * Whether a service as it runs now may be changed at all, asked once before a deploy. It knows no canary, so it needs no release controller;
 * one for each policy and environment.
 */
export interface DeployGate extends Pick<PolicyBase, "name" | "labels" | "environment" | "enforcement" | "file" | "at"> {
  readonly workload: Pick<Workload, "name" | "namespace">;
  readonly source: PrometheusSource;
  /** Added to every selector, of recorded series too. */
  readonly matchers: readonly Matcher[];
  /** Whether rules of this project record the SLOs' error ratios and budgets; else the SLIs' own queries are asked, and no budget. */
  readonly isRecorded: boolean;
  /** At least one. */
  readonly slos: readonly DeploySlo[];
}

/** Blocks while both windows burn above `burnRate`, or while no more of the budget is left than `budget` wants. */
export interface DeploySlo {
  readonly slo: PrometheusSlo;
  readonly burnRate: BurnRate;
  readonly window: Seconds;
  /** At most `window`. */
  readonly shortWindow: Seconds;
  /** `remaining` is a share of the period's budget, at least 0 and below 1; absent where the budget is not asked. */
  readonly budget?: { readonly remaining: Rational; readonly blocks: boolean };
  readonly noTraffic: GateSettings["noTraffic"];
  /** Where the policy names the SLO. */
  readonly at: Span;
}

/** A metrics backend that gates ask, from `slogen.yaml`. Secrets appear by reference only. */
export type MetricSource = PrometheusSource | DatadogSource;

export interface PrometheusSource {
  readonly name: string;
  readonly type: "prometheus";
  /** Absent where the controller's own default (`ARGO_ROLLOUTS_PROMETHEUS_ADDRESS`) holds. */
  readonly address?: string;
  readonly headers: readonly Entry[];
  readonly timeout?: Seconds;
  /** How often the targets are scraped. */
  readonly scrapeInterval: Seconds;
  /** Whether Flagger itself is among them: its `flagger_canary_weight` tells which step a release is at. */
  readonly scrapesFlagger: boolean;
  readonly insecure: boolean;
  readonly authentication?: Authentication;
  readonly at?: Span;
}

export interface DatadogSource {
  readonly name: string;
  readonly type: "datadog";
  readonly site: DatadogSite;
  /** The Secret with `address`, `api-key` and `app-key`; absent where the controller's own, named `datadog`, holds. */
  readonly secret?: { readonly name: string; readonly namespaced: boolean };
  /** Where the keys come from, if slogen is to write the object that makes the Secret. */
  readonly keysFrom?: KeySource;
  readonly timeout?: Seconds;
  /** How often the agent sends: 10 s by default. */
  readonly scrapeInterval: Seconds;
  readonly at?: Span;
}

/** The sites with an API of their own: https://docs.datadoghq.com/getting_started/site/ */
export const DATADOG_SITES = [
  "datadoghq.com",
  "us3.datadoghq.com",
  "us5.datadoghq.com",
  "datadoghq.eu",
  "ap1.datadoghq.com",
  "ap2.datadoghq.com",
  "uk1.datadoghq.com",
  "ddog-gov.com",
  "us2.ddog-gov.com",
] as const;

export type DatadogSite = (typeof DATADOG_SITES)[number];

export function datadogApi(site: string): string {
  return `https://api.${site}`;
}

/** Where an operator in the cluster finds the two keys. References only, never values. */
export type KeySource =
  /** https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference#vaultstaticsecret */
  | {
      readonly kind: "vault";
      readonly mount: string;
      readonly path: string;
      readonly type: "kv-v1" | "kv-v2";
      /** The keys of the secret at `path`. */
      readonly apiKey: string;
      readonly appKey: string;
      /** The `VaultAuth` to use; absent for the operator's default. */
      readonly auth?: string;
    }
  /** https://external-secrets.io/latest/api/externalsecret/ */
  | {
      readonly kind: "externalSecrets";
      readonly store: { readonly name: string; readonly kind: "SecretStore" | "ClusterSecretStore" };
      readonly apiKey: RemoteKey;
      readonly appKey: RemoteKey;
    };

export interface RemoteKey {
  readonly key: string;
  readonly property?: string;
}

export type Authentication =
  | { readonly kind: "bearer"; readonly token: SecretRef }
  /** The secret holds the whole `Authorization` header's credentials, base64 of `user:password`. */
  | { readonly kind: "basic"; readonly credentials: SecretRef }
  | {
      readonly kind: "oauth2";
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: SecretRef;
      readonly scopes: readonly string[];
    }
  | { readonly kind: "sigv4"; readonly region: string; readonly profile?: string; readonly roleArn?: string };

/** A Secret in the namespace of the workload. */
export interface SecretRef {
  readonly name: string;
  readonly key: string;
}
