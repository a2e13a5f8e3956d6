import type { ExactNumber } from "../../yaml/json.ts";

/**
 * The slice of Datadog's API that slogen writes: https://docs.datadoghq.com/api/latest/service-level-objectives/ and
 * https://docs.datadoghq.com/api/latest/monitors/
 */
export type DatadogSloPayload = MetricSlo | TimeSliceSlo;

interface SloBase {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** One, since the spec has one period. */
  readonly thresholds: readonly SloThreshold[];
  /** The first threshold again: Datadog keeps the primary timeframe apart. */
  readonly timeframe: Timeframe;
  readonly target_threshold: ExactNumber;
  readonly warning_threshold?: ExactNumber;
}

export interface MetricSlo extends SloBase {
  readonly type: "metric";
  readonly sli_specification?: { readonly count: CountSpecification };
  /** The form before `sli_specification`, for tools that do not know that yet. */
  readonly query?: { readonly numerator: string; readonly denominator: string };
}

export interface TimeSliceSlo extends SloBase {
  readonly type: "time_slice";
  readonly sli_specification: {
    readonly time_slice: {
      readonly comparator: "<" | "<=" | ">" | ">=";
      readonly threshold: ExactNumber;
      readonly query_interval_seconds: 60 | 300;
      readonly query: { readonly formulas: readonly [Formula]; readonly queries: readonly NamedQuery[] };
    };
  };
}

export interface CountSpecification {
  readonly good_events_formula: Formula;
  readonly bad_events_formula: Formula;
  readonly queries: readonly NamedQuery[];
}

export interface Formula {
  readonly formula: string;
}

export interface NamedQuery {
  readonly data_source: "metrics";
  readonly name: string;
  readonly query: string;
}

export type Timeframe = "7d" | "30d" | "90d";

/** In percent, as Datadog writes targets. */
export interface SloThreshold {
  readonly timeframe: Timeframe;
  readonly target: ExactNumber;
  readonly warning?: ExactNumber;
}

export interface MonitorPayload {
  readonly name: string;
  readonly type: "slo alert" | "query alert";
  readonly query: string;
  readonly message: string;
  readonly tags: readonly string[];
  readonly priority?: Priority;
  readonly options: MonitorOptions;
}

/** `P1`, the most urgent, to `P5`. */
export type Priority = 1 | 2 | 3 | 4 | 5;

export interface MonitorOptions {
  readonly thresholds: { readonly critical: ExactNumber };
  readonly include_tags: true;
  readonly notify_no_data: boolean;
  /** Minutes. */
  readonly no_data_timeframe?: number;
  /** Metric monitors only: without it sparse errors never alert in tools whose default is true. */
  readonly require_full_window?: false;
  /** Seconds; metric monitors only. */
  readonly evaluation_delay?: number;
  /** Minutes between reminders. */
  readonly renotify_interval?: number;
}

/** One object to be created, before it is a file. */
export type DatadogObject =
  | { readonly kind: "slo"; readonly id: string; readonly service: string; readonly payload: DatadogSloPayload }
  | {
      readonly kind: "monitor";
      readonly id: string;
      readonly service: string;
      readonly payload: MonitorPayload;
      /** The `slogen_id` of the SLO whose id the query holds as a placeholder. */
      readonly slo?: string;
    };
