import { parseDuration, seconds, type Seconds } from "../../units/duration.ts";
import type { Json, JsonObject } from "../../yaml/json.ts";

/** The `prometheus` section of `slogen.yaml`; the schema holds the descriptions. */
export interface PrometheusOptions {
  /** `slogen`: the repaired rule set. `sloth`: byte for byte what Sloth 0.16 writes. */
  readonly dialect: "slogen" | "sloth";
  /** The SLO period where the format has none (Sloth). */
  readonly defaultPeriod: Seconds;
  /** On every recorded series. */
  readonly extraLabels: Readonly<Record<string, string>>;
  readonly disableAlerts: boolean;
  readonly disableRecordings: boolean;
  /** What `sloth_slo_info` says of the generator in the `sloth` dialect. */
  readonly slothInfo: { readonly version: string; readonly mode: string | undefined };
  /** `auto` writes a `PrometheusRule` where the spec is a Kubernetes object. */
  readonly format: "auto" | "rules" | "operator";
  /** Labels that the operator's `ruleSelector` looks for. */
  readonly operatorLabels: Readonly<Record<string, string>>;
  readonly operatorNamespace: string | undefined;
  /** One set of rule groups for each SLO, or as few as the limit of rules allows. */
  readonly groups: "perSlo" | "packed";
  /** Mimir's default limit is 20. https://grafana.com/docs/mimir/latest/configure/configuration-parameters/#limits (ruler_max_rules_per_rule_group) */
  readonly maxRulesPerGroup: number;
  /** How often the rules up to six hours and the alerts are evaluated. */
  readonly interval: Seconds;
  /** How often the long windows are; at most 4m, so that a series never goes stale between two evaluations. */
  readonly slowInterval: Seconds;
  /** Bad events that the long window must hold before an alert fires; 0 or 1 for none. */
  readonly minBadEvents: number;
  /** Beside `sloth_severity`: `page` as `critical`, `ticket` as `warning`. */
  readonly severityLabels: Readonly<Record<string, string>>;
  /** How long each severity must hold before it fires. */
  readonly for: Readonly<Record<string, Seconds>>;
  /** How long each severity keeps firing after the last evaluation that was true. */
  readonly keepFiringFor: Readonly<Record<string, Seconds>>;
  /** How long an SLI may be missing before the alert about it; undefined for no such alert. */
  readonly noDataFor: Seconds | undefined;
  /** `slo:burn_rate:ratio`, the burn rate of every window. */
  readonly burnRateSeries: boolean;
  /** How long the Prometheus that evaluates the rules keeps samples. */
  readonly retention: Seconds | undefined;
  /** The oldest Prometheus that loads the rules, as `major.minor`. */
  readonly version: string;
  /** Write the Alertmanager snippet by which a page silences the ticket of the same SLO. */
  readonly inhibition: boolean;
  /** The labels of grouped SLIs, so that a page of one group does not silence the ticket of another. */
  readonly inhibitionLabels: readonly string[];
}

/** The section with its defaults. Its shape is settled by `schemas/slogen/config.schema.json`. */
export function prometheusOptions(section: JsonObject): PrometheusOptions {
  const info = object(section["slothInfo"]);
  const noDataFor = section["noDataFor"];
  return {
    dialect: section["dialect"] === "sloth" ? "sloth" : "slogen",
    defaultPeriod: duration(section["defaultPeriod"]) ?? seconds(30 * 86_400),
    extraLabels: texts(section["extraLabels"]),
    disableAlerts: section["disableAlerts"] === true,
    disableRecordings: section["disableRecordings"] === true,
    slothInfo: { version: text(info["version"]) ?? "slogen", mode: text(info["mode"]) },
    format: section["format"] === "rules" || section["format"] === "operator" ? section["format"] : "auto",
    operatorLabels: texts(section["operatorLabels"]),
    operatorNamespace: text(section["operatorNamespace"]),
    groups: section["groups"] === "packed" ? "packed" : "perSlo",
    maxRulesPerGroup: number(section["maxRulesPerGroup"]) ?? 20,
    interval: duration(section["interval"]) ?? seconds(30),
    slowInterval: duration(section["slowInterval"]) ?? seconds(120),
    minBadEvents: number(section["minBadEvents"]) ?? 3,
    severityLabels: section["severityLabels"] === undefined ? { page: "critical", ticket: "warning" } : texts(section["severityLabels"]),
    for: section["for"] === undefined ? { ticket: seconds(15 * 60) } : durations(section["for"]),
    keepFiringFor: section["keepFiringFor"] === undefined ? { page: seconds(5 * 60) } : durations(section["keepFiringFor"]),
    noDataFor: noDataFor === "never" ? undefined : (duration(noDataFor) ?? seconds(30 * 60)),
    burnRateSeries: section["burnRateSeries"] !== false,
    retention: duration(section["retention"]),
    version: text(section["version"]) ?? "3.0",
    inhibition: section["inhibition"] !== false,
    inhibitionLabels: list(section["inhibitionLabels"]),
  };
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function number(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function duration(value: Json | undefined): Seconds | undefined {
  return typeof value === "string" ? parseDuration(value) : undefined;
}

function object(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function list(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function texts(value: Json | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(object(value)).flatMap(([key, item]) => (typeof item === "string" ? [[key, item]] : [])));
}

function durations(value: Json | undefined): Readonly<Record<string, Seconds>> {
  return Object.fromEntries(
    Object.entries(object(value)).flatMap(([key, item]) => {
      const parsed = duration(item);
      return parsed === undefined ? [] : [[key, parsed]];
    }),
  );
}
