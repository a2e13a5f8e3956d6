/** A project with two SLOs and their monitors, as the build writes it. */
export const SLO = (name: string, target = 99.9): object => ({
  name: `checkout ${name}`,
  type: "metric",
  description: `How often ${name} is right.`,
  tags: ["env:prod", "service:checkout", `slogen_id:checkout-${name}`, "slogen_owner:payments"],
  thresholds: [{ timeframe: "30d", target, warning: 99.95 }],
  timeframe: "30d",
  target_threshold: target,
  warning_threshold: 99.95,
  sli_specification: {
    count: {
      good_events_formula: { formula: "total - default_zero(bad)" },
      bad_events_formula: { formula: "bad" },
      queries: [
        { data_source: "metrics", name: "bad", query: "sum:trace.http.request.errors{service:checkout}.as_count()" },
        { data_source: "metrics", name: "total", query: "sum:trace.http.request.hits{service:checkout}.as_count()" },
      ],
    },
  },
});

export const BURN = (slo: string, long: string, short: string, rate: number): object => ({
  name: `[page] ${slo} burns its budget (${long})`,
  type: "slo alert",
  query: `burn_rate("__SLO_ID__checkout-${slo}__").over("30d").long_window("${long}").short_window("${short}") > ${rate}`,
  message: "Burn {{long_window_burn_rate}} @pagerduty-checkout",
  tags: ["service:checkout", "severity:page", `slogen_id:checkout-${slo}.page-${long}`, "slogen_owner:payments"],
  priority: 1,
  options: { thresholds: { critical: rate }, include_tags: true, notify_no_data: false },
});

export const METRIC = (slo: string): object => ({
  name: `[ticket] ${slo} over three days`,
  type: "query alert",
  query:
    "sum(last_72h):( sum:trace.http.request.errors{service:checkout}.as_count() / sum:trace.http.request.hits{service:checkout}.as_count() ) > 0.001",
  message: "Too many errors @slack-checkout",
  tags: ["service:checkout", "severity:ticket", `slogen_id:checkout-${slo}.ticket-72h`, "slogen_owner:payments"],
  options: { thresholds: { critical: 0.001 }, include_tags: true, notify_no_data: false, require_full_window: false, evaluation_delay: 60 },
});

interface Listed {
  readonly id: string;
  readonly kind: "slo" | "monitor";
  readonly file: string;
  readonly needs: readonly string[];
  readonly payload: object;
}

const slo = (name: string, payload = SLO(name)): Listed => ({
  id: `checkout-${name}`,
  kind: "slo",
  file: `checkout/${name}.slo.json`,
  needs: [],
  payload,
});

const monitor = (of: string, name: string, payload: object, needs = [`checkout-${of}`]): Listed => ({
  id: `checkout-${of}.${name}`,
  kind: "monitor",
  file: `checkout/${of}.${name}.monitor.json`,
  needs,
  payload,
});

export const CHECKOUT: readonly Listed[] = [
  slo("availability"),
  slo("latency"),
  monitor("availability", "page-1h", BURN("availability", "1h", "5m", 14.4)),
  monitor("availability", "page-6h", BURN("availability", "6h", "30m", 6)),
  monitor("availability", "ticket-72h", METRIC("availability"), []),
  monitor("latency", "page-1h", BURN("latency", "1h", "5m", 14.4)),
];

/** The files of an output folder; `manifest` overrides its fields. */
export function built(
  objects: readonly Listed[] = CHECKOUT,
  manifest: object = {},
  folder = "generated",
): Readonly<Record<string, string>> {
  const listed = objects.map(({ id, kind, file, needs }) => ({ id, kind, file, needs }));
  const files = objects.map(({ file, payload }): [string, object] => [file, payload]);
  const all: readonly [string, object][] = [
    ["manifest.json", { version: 1, site: "datadoghq.eu", owner: "payments", objects: listed, ...manifest }],
    ...files,
  ];
  return Object.fromEntries(all.map(([file, value]) => [`${folder}/datadog/${file}`, `${JSON.stringify(value, null, 2)}\n`]));
}

/** The same objects with one field of one payload changed. */
export function changed(id: string, change: object): readonly Listed[] {
  return CHECKOUT.map((each) => (each.id === id ? { ...each, payload: { ...each.payload, ...change } } : each));
}

export function without(...ids: readonly string[]): readonly Listed[] {
  return CHECKOUT.filter(({ id }) => !ids.includes(id));
}
