import { parseDuration, seconds, type Seconds } from "../../units/duration.ts";
import { fromNumber, rational, type Rational } from "../../units/rational.ts";
import type { Json, JsonObject } from "../../yaml/json.ts";
import type { Priority, Timeframe } from "./types.ts";

/** The `datadog` section of `slogen.yaml`; the schema holds the descriptions. */
export interface DatadogOptions {
  /** The host of the organisation's Datadog, such as `datadoghq.eu`. */
  readonly site: string;
  readonly format: "json" | "terraform";
  /** Burn-rate alerts on the SLO, monitors that need no SLO, or none. */
  readonly alerts: "slo" | "metric" | "none";
  /** What stands in for windows above 48 hours of the default plan; undefined: `clamp`, and the build says so. */
  readonly longWindows: LongWindows | undefined;
  /** How long an SLI may have no data before a monitor says so; undefined for no such monitor. */
  readonly noDataFor: Seconds | undefined;
  readonly errorBudgetAlerts: readonly ErrorBudgetAlert[];
  /** Which timeframe stands for a period that Datadog does not have. */
  readonly timeframes: readonly TimeframeMapping[];
  /** The share of the budget that is spent when the SLO's status turns to warning; 0 for no warning. */
  readonly warning: Rational;
  /** `count`: formulas; `query`: the two strings of before. */
  readonly form: "count" | "query";
  /** Whom a severity, in small letters, notifies: handles with their `@`. */
  readonly notify: ReadonlyMap<string, readonly string[]>;
  /** The handle of each OpenSLO notification target, by its name. */
  readonly handles: ReadonlyMap<string, string>;
  /** By severity, in small letters. */
  readonly priorities: ReadonlyMap<string, Priority>;
  readonly owner: string | undefined;
}

export type LongWindows = "clamp" | "errorBudget" | "metric" | "none";

export interface ErrorBudgetAlert {
  /** The share of the budget, above 0 and up to 1. */
  readonly consumed: Rational;
  readonly severity: string;
}

export interface TimeframeMapping {
  readonly period: Seconds | "calendar";
  readonly timeframe: Timeframe;
}

/** The section with its defaults. Its shape is settled by `schemas/slogen/config.schema.json`. */
export function datadogOptions(section: JsonObject): DatadogOptions {
  const { site, format, alerts, longWindows, noDataFor, warning, form, owner } = section;
  return {
    site: text(site) ?? "datadoghq.com",
    format: format === "terraform" ? "terraform" : "json",
    alerts: alerts === "metric" || alerts === "none" ? alerts : "slo",
    longWindows: LONG_WINDOWS.find((each) => each === longWindows),
    noDataFor: noDataFor === "never" ? undefined : (parseDuration(text(noDataFor) ?? "") ?? seconds(3600)),
    errorBudgetAlerts: list(section["errorBudgetAlerts"]).map(errorBudgetAlert),
    timeframes: entries(section["timeframes"]).flatMap(([key, value]) => timeframeMapping(key, value)),
    warning: typeof warning === "number" ? fromNumber(warning) : rational(1, 2),
    form: form === "query" ? "query" : "count",
    notify: new Map(entries(section["notify"]).map(([key, value]) => [severityKey(key), texts(value)])),
    handles: new Map(entries(section["handles"]).map(([key, value]) => [key, text(value) ?? ""])),
    priorities: new Map([...DEFAULT_PRIORITIES, ...priorities(section["priorities"])]),
    owner: text(owner),
  };
}

const LONG_WINDOWS = ["clamp", "errorBudget", "metric", "none"] as const;

/** Severities are free words of the spec. */
export function severityKey(severity: string): string {
  return severity.toLowerCase();
}

/** Datadog's P1 is the most urgent. */
export const DEFAULT_PRIORITIES: ReadonlyMap<string, Priority> = new Map([
  ["page", 1],
  ["critical", 1],
  ["high", 2],
  ["ticket", 3],
  ["warning", 3],
  ["low", 4],
  ["info", 5],
]);

const TIMEFRAMES: readonly Timeframe[] = ["7d", "30d", "90d"];

function errorBudgetAlert(value: Json): ErrorBudgetAlert {
  const { consumed, severity } = object(value);
  return { consumed: fromNumber(typeof consumed === "number" ? consumed : 0), severity: text(severity) ?? "ticket" };
}

function timeframeMapping(key: string, value: Json): readonly TimeframeMapping[] {
  const timeframe = TIMEFRAMES.find((each) => each === value);
  const period = key === "calendar" ? key : parseDuration(key);
  return timeframe === undefined || period === undefined ? [] : [{ period, timeframe }];
}

function priorities(value: Json | undefined): readonly (readonly [string, Priority])[] {
  return entries(value).flatMap(([key, item]) => {
    const priority = PRIORITIES.find((each) => each === item);
    return priority === undefined ? [] : [[severityKey(key), priority] as const];
  });
}

const PRIORITIES: readonly Priority[] = [1, 2, 3, 4, 5];

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function object(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function entries(value: Json | undefined): readonly (readonly [string, Json])[] {
  return Object.entries(object(value));
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function texts(value: Json): readonly string[] {
  return list(value).filter((item) => typeof item === "string");
}
