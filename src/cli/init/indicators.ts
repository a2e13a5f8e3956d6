/** What `init` can measure, each by the metric that most services have for it. */
export interface IndicatorKind {
  /** The name of its SLO. */
  readonly slo: string;
  /** Shown beside the choice. */
  readonly about: string;
  /** What is counted, in the plural. */
  readonly events: string;
  /** Said after the events, of the good ones. */
  readonly good: string;
  readonly metric: string;
  /** The labels of bad events; absent where a histogram's bucket tells good from bad. */
  readonly errors?: string;
}

export const INDICATORS = {
  availability: {
    slo: "availability",
    about: "HTTP requests that are not answered with a server error",
    events: "requests",
    good: "are not answered with a server error",
    metric: "http_requests_total",
    errors: 'code=~"5.."',
  },
  latency: {
    slo: "latency",
    about: "requests that are answered in time, by a histogram",
    events: "requests",
    good: "are answered within",
    metric: "http_request_duration_seconds",
  },
  grpc: {
    slo: "availability",
    about: "gRPC calls that do not fail for a reason of the server's",
    events: "calls",
    good: "do not fail for a reason of the server's",
    metric: "grpc_server_handled_total",
    errors: 'grpc_code=~"Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss"',
  },
  queue: {
    slo: "processing",
    about: "messages or jobs that are processed without an error",
    events: "messages",
    good: "are processed without an error",
    metric: "messages_processed_total",
    errors: 'result="error"',
  },
} as const satisfies Readonly<Record<string, IndicatorKind>>;

export type IndicatorName = keyof typeof INDICATORS;

export const INDICATOR_NAMES = Object.keys(INDICATORS) as readonly IndicatorName[];

/** The kind that an answer names; availability while none is given. */
export function indicatorOf({ sli }: { readonly sli?: string }): IndicatorKind {
  return INDICATORS[INDICATOR_NAMES.find((name) => name === sli) ?? "availability"];
}
