/**
 * The slice of the Argo Rollouts API that slogen writes:
 * https://github.com/argoproj/argo-rollouts/blob/v1.9.1/pkg/apis/rollouts/v1alpha1/analysis_types.go and types.go
 */
export interface AnalysisTemplate {
  readonly apiVersion: "argoproj.io/v1alpha1";
  readonly kind: "AnalysisTemplate" | "ClusterAnalysisTemplate";
  readonly metadata: ObjectMeta;
  readonly spec: AnalysisTemplateSpec;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface AnalysisTemplateSpec {
  readonly args?: readonly TemplateArgument[];
  /** `metricName` is an unanchored RE2 expression. */
  readonly dryRun?: readonly { readonly metricName: string }[];
  readonly measurementRetention?: readonly { readonly metricName: string; readonly limit: number }[];
  readonly metrics: readonly Metric[];
}

/** Values are strings in the CRD: an unquoted number is refused by the API server. */
export interface TemplateArgument {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

export interface Metric {
  readonly name: string;
  /** Go durations: no unit above hours. */
  readonly initialDelay?: string;
  readonly interval?: string;
  readonly count?: number;
  readonly failureLimit?: number;
  readonly inconclusiveLimit?: number;
  readonly consecutiveErrorLimit?: number;
  readonly consecutiveSuccessLimit?: number;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  readonly provider: Provider;
}

export type Provider = { readonly prometheus: PrometheusProvider } | { readonly datadog: DatadogProvider };

/** One request of Datadog's v2 API: every query is reduced by the aggregator over the look-back, then the formula is computed. */
export interface DatadogProvider {
  readonly apiVersion: "v2";
  /** How far back, to now. Not how often: that is the metric's own `interval`. */
  readonly interval: string;
  readonly aggregator: "avg" | "min" | "max" | "sum" | "percentile";
  readonly queries: Readonly<Record<string, string>>;
  readonly formula: string;
  readonly secretRef?: { readonly name: string; readonly namespaced?: true };
  readonly requestTimeout?: string;
}

export interface PrometheusProvider {
  readonly address?: string;
  readonly timeout?: number;
  readonly insecure?: boolean;
  readonly headers?: readonly { readonly key: string; readonly value: string }[];
  readonly authentication?: {
    readonly sigv4?: { readonly region: string; readonly profile?: string; readonly roleArn?: string };
    readonly oauth2?: {
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scopes?: readonly string[];
    };
  };
  readonly query: string;
}

/** What slogen owns of a Rollout's strategy. */
export type GateBlock = CanaryBlock | BlueGreenBlock;

export interface CanaryBlock {
  readonly kind: "canary";
  /** `spec.strategy.canary.analysis`. `startingStep` counts our own steps too. Absent where nothing runs in the background. */
  readonly analysis?: BackgroundAnalysis;
  /** Before the first weight; absent for none. */
  readonly beforeTraffic?: RolloutAnalysis;
  /** One for each weight, in order: what follows `setWeight`. */
  readonly afterWeight: readonly { readonly weight: number; readonly step: GateStep }[];
}

/** While observing only, time passes instead of a check. */
export type GateStep = { readonly analysis: RolloutAnalysis } | { readonly pause: { readonly duration: string } };

export interface BlueGreenBlock {
  readonly kind: "blueGreen";
  readonly prePromotionAnalysis?: RolloutAnalysis;
  readonly postPromotionAnalysis?: RolloutAnalysis;
}

export interface RolloutAnalysis {
  readonly templates: readonly { readonly templateName: string; readonly clusterScope?: true }[];
  readonly args?: readonly RolloutArgument[];
}

export interface BackgroundAnalysis extends RolloutAnalysis {
  readonly startingStep: number;
}

export interface RolloutArgument {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly podTemplateHashValue: "Latest" | "Stable" } | { readonly fieldRef: { readonly fieldPath: string } };
}
