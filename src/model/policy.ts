import type { SourceFile, Span } from "../diagnostics/source.ts";
import type { Matcher } from "../promql/ast.ts";
import type { BurnRate, Ratio } from "../units/quantity.ts";
import type { Rational } from "../units/rational.ts";
import type { Seconds } from "../units/duration.ts";
import type { YamlMap } from "../yaml/tree.ts";
import type { Entry, PlannedSlo, PromqlQuery } from "./model.ts";

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
 * is resolved. What every controller target reads; it names no controller's object.
 */
export interface ReleasePolicy {
  /** A Kubernetes name, unique in a build. */
  readonly name: string;
  readonly labels: readonly Entry[];
  /** The name of the profile that it extends itself; what policies of one profile share is named after it. */
  readonly profile?: string;
  /** Absent where the project has no environments. */
  readonly environment?: string;
  readonly workload: Workload;
  /** How the series of the new and of the old version are told apart. */
  readonly isolation: Isolation;
  readonly delivery: Delivery;
  /** One for each SLO, in the policy's order; at least one. */
  readonly gates: readonly SloGate[];
  readonly guards: readonly Guard[];
  readonly enforcement: "observe" | "enforce";
  readonly source: MetricSource;
  /** Added to every selector of an SLI, such as `cluster="eu-1"`. */
  readonly matchers: readonly Matcher[];
  /** Requests a second of the whole service, canary and stable together; absent if not declared. */
  readonly traffic?: Rational;
  /** `slogen/v1alpha1` or `delivery.kubestead.io/v1alpha1`. */
  readonly format: string;
  readonly file: SourceFile;
  /** The policy's name. */
  readonly at: Span;
}

export interface Workload {
  /** The name of the Argo `Rollout` or, for Flagger, of the Deployment. */
  readonly name: string;
  readonly namespace?: string;
  /** Files that hold the workload and its traffic objects, as paths from the project's root; they arrive as sources. */
  readonly files: readonly { readonly path: string; readonly at: Span }[];
  readonly at: Span;
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

/**
 * `hash` in a matcher's value stands for the hash of that side's ReplicaSet: `pod=~"checkout-{hash}-.+"`.
 */
export interface Isolation {
  readonly strategy: "podName" | "podTemplateHash" | "istioHost" | "nginx" | "explicit";
  readonly canary: readonly Matcher[];
  readonly stable: readonly Matcher[];
  /** Whether the canary's matchers select series of this revision alone, so that a counter's value is its count since the start. */
  readonly revisionUnique: boolean;
  /** Metrics that have no such label and stay as they are, such as `kube_pod_info`. */
  readonly except: readonly string[];
  readonly at: Span;
}

/** The gate's numbers for one SLO. */
export interface SloGate {
  readonly slo: PlannedSlo;
  readonly settings: GateSettings;
  /** Counts for an SLI that has none of its own: bad and total events. Absent where the SLI counts, or cannot be counted. */
  readonly evidenceQueries?: { readonly bad: PromqlQuery; readonly total: PromqlQuery };
  /** Where the policy names the SLO. */
  readonly at: Span;
}

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
  /** The series are there and count nothing. */
  readonly noTraffic: "hold" | "pass";
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
  /** What becomes of a release when nothing is left of the budget. */
  readonly exhausted: "hold" | "fail" | "observe";
  /** A Rollout with this annotation set to `"true"` passes an exhausted budget. */
  readonly bypassAnnotation?: string;
  readonly at: Span;
}

/** A plain threshold that is no SLO, such as the 99th percentile of the canary's latency. */
export interface Guard {
  readonly name: string;
  readonly query: PromqlQuery;
  readonly bound: "max" | "min";
  /** In the unit of the query's result. */
  readonly limit: Rational;
  /** `hold` keeps the step waiting, `fail` rolls back after `looks` looks. */
  readonly action: "hold" | "fail";
  readonly at: Span;
}

/** A metrics backend that gates ask, from `slogen.yaml`. Secrets appear by reference only. */
export interface MetricSource {
  readonly name: string;
  readonly type: "prometheus";
  /** Absent where the controller's own default (`ARGO_ROLLOUTS_PROMETHEUS_ADDRESS`) holds. */
  readonly address?: string;
  readonly headers: readonly Entry[];
  readonly timeout?: Seconds;
  /** How often the targets are scraped. */
  readonly scrapeInterval: Seconds;
  readonly insecure: boolean;
  readonly authentication?: Authentication;
  readonly at?: Span;
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
