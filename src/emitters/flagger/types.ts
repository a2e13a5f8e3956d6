import type { ExactNumber, JsonObject } from "../../yaml/json.ts";

/** The slice of Flagger's API that slogen writes: https://github.com/fluxcd/flagger/tree/v1.44.0/pkg/apis/flagger/v1beta1 */
export interface MetricTemplate {
  readonly apiVersion: "flagger.app/v1beta1";
  readonly kind: "MetricTemplate";
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly provider: MetricProvider;
    /** A Go template with the functions of https://docs.flagger.app/usage/metrics#custom-metrics, then the provider's language. */
    readonly query: string;
  };
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface MetricProvider {
  readonly type: "prometheus" | "datadog";
  readonly address: string;
  /** A Secret in the template's own namespace. */
  readonly secretRef?: { readonly name: string };
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly insecureSkipVerify?: true;
}

/** What slogen owns of a Canary's `spec.analysis`. Durations are whole minutes or whole seconds. */
export interface CanaryAnalysis {
  /** The time between two ticks. */
  readonly interval: string;
  /** Failed checks of the whole release after which it is rolled back. */
  readonly threshold: number;
  /** Rising weights below 100, one a tick; either these or `iterations`. */
  readonly stepWeights?: readonly number[];
  /** Ticks that must pass before all traffic is switched. */
  readonly iterations?: number;
  /** With `iterations`: the requests that go to the canary, as Flagger has them. */
  readonly match?: readonly JsonObject[];
  readonly metrics: readonly CanaryMetric[];
  /** Flagger's own shape, from the policy. */
  readonly alerts: readonly JsonObject[];
  /** slogen's own and, after them, the policy's. */
  readonly webhooks: readonly (CanaryWebhook | JsonObject)[];
}

export interface CanaryMetric {
  readonly name: string;
  readonly templateRef: { readonly name: string };
  readonly interval: string;
  readonly thresholdRange: ThresholdRange;
  /** Keys are Go identifiers. */
  readonly templateVariables?: Readonly<Record<string, string>>;
}

/** A value passes within both bounds, inclusively; without any it always passes. */
export interface ThresholdRange {
  readonly min?: ExactNumber | number;
  readonly max?: ExactNumber | number;
}

export interface CanaryWebhook {
  readonly name: string;
  readonly type: "rollback" | "confirm-rollout" | "confirm-traffic-increase";
  readonly url: string;
  readonly timeout: string;
  readonly muteAlert?: true;
  readonly metadata: Readonly<Record<string, string>>;
}
