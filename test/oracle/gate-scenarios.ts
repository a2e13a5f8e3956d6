/** Releases as Prometheus would have scraped them: what happened to each pod, told for one SLI's metrics after another. */

/** A sample's time in unix seconds and its value; null marks the series as stale. */
export type Sample = readonly [number, number | null];

export interface SeriesData {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

/** The canary's first second of traffic. */
export const START = 1_700_000_000;
/** Stable has served for longer than any window reaches. */
const STABLE_FROM = -5400;

export const STABLE_HASH = "6d4f8c7b9";
export const CANARY_HASH = "7c5b9f6d8";

/** What one pod did. Times are seconds from `START`. */
export interface Pod {
  readonly side: "canary" | "stable";
  readonly name: string;
  readonly from: number;
  readonly to?: number;
  /** Restarts of the container: its counters begin again at zero. */
  readonly restarts: readonly number[];
  /** Requests a minute and the share of them that fails, until `until`. */
  readonly phases: readonly Phase[];
  /** Error series exist from the start, at zero; otherwise each is born with its first error. */
  readonly eager: boolean;
}

interface Phase {
  readonly until: number;
  readonly rpm: number;
  readonly errors: number;
}

export interface Scenario {
  readonly name: string;
  readonly pods: readonly Pod[];
  /** The consumed share of the error budget; absent where nobody records it. */
  readonly budgetConsumed?: number;
  /** Stretches in which the metrics source does not answer. */
  readonly down?: readonly { readonly from: number; readonly to: number }[];
}

interface PodParts extends Partial<Pod> {
  readonly rpm: number;
  readonly errors: number;
}

const FOREVER = 1e9;

function pods(side: Pod["side"], count: number, { rpm, errors, ...parts }: PodParts): readonly Pod[] {
  return Array.from({ length: count }, (_, index) => ({
    side,
    name: `${side === "canary" ? CANARY_HASH : STABLE_HASH}-${"abcdefgh"[index] ?? "z"}x4q2`,
    from: side === "canary" ? index * 7 : STABLE_FROM,
    restarts: [],
    phases: [{ until: FOREVER, rpm: rpm / count, errors }],
    eager: false,
    ...parts,
    ...(parts.phases && { phases: parts.phases.map((phase) => ({ ...phase, rpm: phase.rpm / count })) }),
  }));
}

const stable = (errors: number, parts: Partial<Pod> = {}): readonly Pod[] => pods("stable", 3, { rpm: 540, errors, ...parts });
const canary = (errors: number, parts: Partial<Pod> = {}): readonly Pod[] => pods("canary", 2, { rpm: 60, errors, ...parts });

/** `rate` for everyone between two minutes, `before` around it. */
function shared(rate: number, from: number, to: number): readonly Pod[] {
  const phases = (rpm: number): readonly Phase[] => [
    { until: from * 60, rpm, errors: 0.0005 },
    { until: to * 60, rpm, errors: rate },
    { until: FOREVER, rpm, errors: 0.0005 },
  ];
  return [...stable(0, { phases: phases(540) }), ...canary(0, { phases: phases(60) })];
}

const FINE = { budgetConsumed: 0.3 };

export const SCENARIOS: readonly Scenario[] = [
  { name: "healthy", pods: [...stable(0.0005), ...canary(0.0005)], ...FINE },
  { name: "no error was ever counted", pods: [...stable(0), ...canary(0)], ...FINE },
  { name: "one error series for each route, born late", pods: [...stable(0.0005, { eager: true }), ...canary(0.02)], ...FINE },
  { name: "canary fails 5 %", pods: [...stable(0.0005), ...canary(0.05)], ...FINE },
  { name: "canary fails 60 %", pods: [...stable(0.0005), ...canary(0.6)], ...FINE },
  { name: "canary burns above what a promotion allows", pods: [...stable(0.0005), ...canary(0.02, { eager: true })], ...FINE },
  {
    name: "canary breaks in its twelfth minute",
    pods: [
      ...stable(0.0005),
      ...canary(0, {
        phases: [
          { until: 720, rpm: 60, errors: 0 },
          { until: FOREVER, rpm: 60, errors: 0.3 },
        ],
      }),
    ],
    ...FINE,
  },
  { name: "no series of the canary", pods: stable(0.0005), ...FINE },
  { name: "no traffic on the canary", pods: [...stable(0.0005), ...pods("canary", 2, { rpm: 0, errors: 0, eager: true })], ...FINE },
  { name: "canary restarts", pods: [...stable(0.0005), ...canary(0.05, { restarts: [400] })], ...FINE },
  {
    name: "retry of an earlier hash",
    pods: [
      ...stable(0.0005),
      ...pods("canary", 1, { rpm: 300, errors: 0.5, name: `${CANARY_HASH}-old77`, from: -1500, to: -900 }),
      ...canary(0),
    ],
    ...FINE,
  },
  { name: "shared outage of 20 minutes", pods: shared(0.3, 3, 23), ...FINE },
  { name: "shared blip of 3 minutes", pods: shared(0.05, 6, 9), ...FINE },
  { name: "stable is gone", pods: [...stable(0.0005, { to: 60 }), ...canary(0.05)], ...FINE },
  {
    name: "source does not answer",
    pods: [...stable(0.0005), ...canary(0)],
    down: [{ from: 200, to: 500 }],
    ...FINE,
  },
  {
    name: "young canary, one of its first requests fails",
    pods: [...stable(0.0005), ...pods("canary", 2, { rpm: 10, errors: 0.05 })],
    ...FINE,
  },
  { name: "budget nearly gone", pods: [...stable(0.0005), ...canary(0.004)], budgetConsumed: 0.92 },
  { name: "budget gone", pods: [...stable(0.0005), ...canary(0)], budgetConsumed: 1.07 },
  { name: "nobody records the budget", pods: [...stable(0.0005), ...canary(0.0005)] },
];

/** How one example's services expose what happened. */
export interface Exposition {
  /** The example's folder. */
  readonly example: string;
  /** Labels that tell the pods apart. */
  readonly identify: (pod: Pod) => Readonly<Record<string, string>>;
  /** The series for good and for bad requests of one route. `lazy` ones exist from their first event on. */
  readonly series: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly counts: "good" | "bad" | "all";
    readonly lazy: boolean;
  }[];
  readonly sloIds: readonly string[];
  /** Whether whole releases are run: the gate is enforced step by step, and has no checks but those of its SLOs. */
  readonly isWholeRun?: boolean;
  /** Where the example has several, the one whose gate is tried. */
  readonly environment?: string;
}

const byPod =
  (rollout: string) =>
  ({ name }: Pod): Readonly<Record<string, string>> => ({ pod: `${rollout}-${name}` });

export const EXPOSITIONS: readonly Exposition[] = [
  {
    example: "payments-canary",
    identify: byPod("payments"),
    series: [
      { labels: { __name__: "http_requests_total", job: "payments", cluster: "eu-1", code: "200" }, counts: "good", lazy: false },
      { labels: { __name__: "http_requests_total", job: "payments", cluster: "eu-1", code: "503" }, counts: "bad", lazy: true },
    ],
    isWholeRun: true,
    sloIds: ["payments-availability"],
    environment: "prod-eu",
  },
  {
    example: "checkout-istio",
    identify: byPod("checkout"),
    series: [
      ...(["200", "503"] as const).map((code) => ({
        labels: {
          __name__: "istio_requests_total",
          reporter: "destination",
          destination_canonical_service: "checkout",
          response_code: code,
        },
        counts: code === "200" ? ("good" as const) : ("bad" as const),
        lazy: code === "503",
      })),
      ...(["500", "+Inf"] as const).map((le) => ({
        labels: {
          __name__: "istio_request_duration_milliseconds_bucket",
          reporter: "destination",
          destination_canonical_service: "checkout",
          le,
        },
        counts: le === "500" ? ("good" as const) : ("all" as const),
        lazy: false,
      })),
      {
        labels: {
          __name__: "istio_request_duration_milliseconds_count",
          reporter: "destination",
          destination_canonical_service: "checkout",
        },
        counts: "all",
        lazy: false,
      },
    ],
    isWholeRun: true,
    sloIds: ["checkout-availability", "checkout-latency"],
  },
  {
    example: "payment-api-budget",
    identify: byPod("payment-api"),
    series: [
      { labels: { __name__: "grpc_server_handled_total", job: "payment-api", grpc_code: "OK" }, counts: "good", lazy: false },
      { labels: { __name__: "grpc_server_handled_total", job: "payment-api", grpc_code: "Internal" }, counts: "bad", lazy: true },
    ],
    sloIds: ["payments-payment-api"],
  },
  {
    example: "search-latency-gate",
    identify: ({ side, name }) => ({
      pod: `search-${name}`,
      rollouts_pod_template_hash: side === "canary" ? CANARY_HASH : STABLE_HASH,
    }),
    series: [
      ...(["0.1", "0.4", "2", "+Inf"] as const).map((le) => ({
        labels: { __name__: "http_request_duration_seconds_bucket", job: "search", code: "200", le },
        counts: le === "0.1" || le === "0.4" ? ("good" as const) : ("all" as const),
        lazy: false,
      })),
      { labels: { __name__: "http_request_duration_seconds_count", job: "search", code: "200" }, counts: "good", lazy: false },
      { labels: { __name__: "http_request_duration_seconds_count", job: "search", code: "500" }, counts: "bad", lazy: true },
    ],
    sloIds: ["search-errors", "search-slow-answers"],
  },
  {
    example: "ledger-blue-green",
    identify: byPod("ledger"),
    series: [
      { labels: { __name__: "ledger_bookings_total", outcome: "booked" }, counts: "good", lazy: false },
      { labels: { __name__: "ledger_bookings_total", outcome: "fault" }, counts: "bad", lazy: true },
    ],
    sloIds: ["ledger-bookings"],
  },
];

const ROUTES = 4;

/** Everything that is scraped of a scenario until `until` seconds after the start. */
export function scraped(scenario: Scenario, exposition: Exposition, interval: number, until: number): readonly SeriesData[] {
  const requests = scenario.pods.flatMap((pod, index) => scrapedPod(pod, exposition, interval, until, (index * 7) % interval));
  const { budgetConsumed } = scenario;
  if (budgetConsumed === undefined) return requests;
  const times = Array.from({ length: Math.ceil((until - STABLE_FROM) / 30) }, (_, i) => START + STABLE_FROM + i * 30);
  const budget = exposition.sloIds.map((id) => ({
    labels: { __name__: "slo:period_error_budget_remaining:ratio", sloth_id: id },
    samples: times.map((time): Sample => [time, Number((1 - budgetConsumed).toFixed(6))]),
  }));
  return [...requests, ...budget];
}

function scrapedPod(pod: Pod, { identify, series }: Exposition, interval: number, until: number, phase: number): readonly SeriesData[] {
  const end = Math.min(pod.to ?? Infinity, until);
  const times: number[] = [];
  for (let time = pod.from + phase; time <= end; time += interval) times.push(time);
  return Array.from({ length: ROUTES }, (_, route) => route).flatMap((route) =>
    series.flatMap(({ labels, counts, lazy }) => {
      const samples: Sample[] = times.flatMap((time): readonly Sample[] => {
        const { good, bad } = served(pod, route, time);
        const value = counts === "good" ? good : counts === "bad" ? bad : good + bad;
        return lazy && !pod.eager && value === 0 ? [] : [[START + time, value]];
      });
      if (samples.length === 0) return [];
      // Prometheus marks the series of a target that is gone at the next scrape.
      const gone: readonly Sample[] = pod.to !== undefined && pod.to < until ? [[START + end + interval, null]] : [];
      return [{ labels: { ...labels, ...identify(pod), route: `/r${route}` }, samples: [...samples, ...gone] }];
    }),
  );
}

/** What a route's counters show at a time: whole requests, errors spread evenly among them. */
export function served(pod: Pod, route: number, time: number): { readonly good: number; readonly bad: number } {
  const started = Math.max(pod.from, ...pod.restarts.filter((at) => at <= time));
  const [before, now] = [totals(pod, started), totals(pod, time)];
  // Routes take turns, so that each has a quarter of the requests and of the errors.
  const share = (count: number): number => Math.floor((count + ROUTES - 1 - route) / ROUTES);
  const bad = share(Math.floor(now.bad)) - share(Math.floor(before.bad));
  const all = share(Math.floor(now.all)) - share(Math.floor(before.all));
  return { good: Math.max(0, all - bad), bad };
}

function totals({ phases, from }: Pod, time: number): { readonly all: number; readonly bad: number } {
  let [all, bad, start] = [0, 0, from];
  for (const { until, rpm, errors } of phases) {
    const length = Math.max(0, Math.min(time, until) - start) / 60;
    all += rpm * length;
    bad += rpm * length * errors;
    start = Math.max(start, until);
  }
  return { all, bad };
}
