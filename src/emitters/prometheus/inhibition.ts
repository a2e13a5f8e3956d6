import type { Json } from "../../yaml/json.ts";

/**
 * The Alertmanager rule by which a page silences the ticket for the same budget: one outage, one call.
 * To be merged into the `inhibit_rules` of alertmanager.yml. https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule
 */
export function inhibitRules(labels: readonly string[]): Json {
  return {
    inhibit_rules: [
      {
        source_matchers: ['sloth_severity = "page"'],
        target_matchers: ['sloth_severity = "ticket"'],
        // A label that both alerts lack counts as equal.
        equal: ["sloth_id", ...labels],
      },
    ],
  };
}
