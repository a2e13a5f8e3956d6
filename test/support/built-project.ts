/** An output folder with an SLO that Datadog knows and two monitors, as small as may be. Its owner is not set. */
const OBJECTS: Readonly<Record<string, object>> = {
  "manifest.json": {
    version: 1,
    site: "datadoghq.eu",
    objects: [
      { id: "checkout-availability", kind: "slo", file: "checkout/availability.slo.json", needs: [] },
      {
        id: "checkout-availability.page-1h",
        kind: "monitor",
        file: "checkout/availability.page-1h.monitor.json",
        needs: ["checkout-availability"],
      },
      { id: "checkout-availability.ticket-72h", kind: "monitor", file: "checkout/availability.ticket-72h.monitor.json", needs: [] },
    ],
  },
  "checkout/availability.slo.json": {
    name: "checkout availability",
    type: "metric",
    tags: ["slogen_id:checkout-availability"],
    thresholds: [{ timeframe: "30d", target: 99.9 }],
    timeframe: "30d",
    target_threshold: 99.9,
    query: { numerator: "sum:good{*}.as_count()", denominator: "sum:all{*}.as_count()" },
  },
  "checkout/availability.page-1h.monitor.json": {
    name: "checkout availability burns its budget",
    type: "slo alert",
    query: 'burn_rate("__SLO_ID__checkout-availability__").over("30d").long_window("1h").short_window("5m") > 14.4',
    message: "@pagerduty-checkout",
    tags: ["slogen_id:checkout-availability.page-1h"],
    options: { thresholds: { critical: 14.4 }, include_tags: true, notify_no_data: false },
  },
  "checkout/availability.ticket-72h.monitor.json": {
    name: "checkout availability over three days",
    type: "query alert",
    query: "sum(last_72h):sum:bad{*}.as_count() / sum:all{*}.as_count() > 0.001",
    message: "@slack-checkout",
    tags: ["slogen_id:checkout-availability.ticket-72h"],
    options: { thresholds: { critical: 0.001 }, include_tags: true, notify_no_data: false, require_full_window: false },
  },
};

/** By path, from the project's folder. */
export const BUILT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(OBJECTS).map(([path, object]) => [`generated/datadog/${path}`, JSON.stringify(object)]),
);
