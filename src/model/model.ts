import type { Span } from "../diagnostics/source.ts";
import type { DatadogExpr } from "../datadogql/ast.ts";
import type { Expr } from "../promql/ast.ts";
import type { BurnRate, Ratio } from "../units/quantity.ts";
import type { Rational } from "../units/rational.ts";
import type { Seconds } from "../units/duration.ts";
import type { YamlScalar } from "../yaml/tree.ts";
import type { DeployGate, ReleasePolicy } from "./policy.ts";

/** What every front end lowers to and every emitter reads. It names no vendor's object. */
export interface Model {
  readonly slos: readonly PlannedSlo[];
  /** Release gates, one for each policy and environment. */
  readonly policies: readonly ReleasePolicy[];
  /** Gates before a deploy, one for each policy and environment. */
  readonly deployGates: readonly DeployGate[];
}

/** One objective on one indicator. An OpenSLO SLO with three objectives lowers to three of these. */
export interface Slo {
  /** `<service>-<name>`, unique in a build; the `sloth_id` of recorded series. */
  readonly id: string;
  readonly service: string;
  /** Unique within the service; ends in the objective's own name where the spec has several. */
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly objective: Objective;
  readonly indicators: Indicators;
  /** The backends whose indicator a binding gave; the others' are the spec's own. */
  readonly bound?: readonly Backend[];
  readonly budgeting: Budgeting;
  readonly window: TimeWindow;
  /** In source order; the printer sorts. */
  readonly labels: readonly Entry[];
  readonly annotations: readonly Entry[];
  readonly alerting: Alerting;
  /** Requests a second of the whole service, where the spec itself says; for explanations alone. */
  readonly traffic?: Rational;
  readonly origin: Origin;
  /** The SLO's name, or the objective where the spec has several. */
  readonly at: Span;
}

export interface Objective {
  readonly target: Ratio;
  /** 1 - target, exactly. */
  readonly budget: Ratio;
  readonly at: Span;
}

export interface Entry {
  readonly key: string;
  readonly value: string;
  /** The key as the user wrote it. */
  readonly at: Span;
}

/** Where an SLI's numbers can come from. A spec states one, an `IndicatorBinding` may add another; nothing is ever translated. */
export type Backend = "prometheus" | "datadog";

/** What the SLO measures, in the language of each backend that has its numbers; at least one. */
export interface Indicators {
  readonly prometheus?: Indicator;
  readonly datadog?: Indicator<DatadogQuery>;
}

export type Indicator<Q extends Query = PromqlQuery> = EventsIndicator<Q> | RatioIndicator<Q> | ThresholdIndicator<Q>;

/** Counts of events: good or bad ones out of all. The only kind that has evidence for a gate by itself. */
export interface EventsIndicator<Q extends Query = PromqlQuery> {
  readonly kind: "events";
  readonly counted: "good" | "bad";
  readonly events: Q;
  readonly total: Q;
  readonly at: Span;
}

/** A ready ratio between 0 and 1, without its counts (OpenSLO `raw`, Sloth `raw`). */
export interface RatioIndicator<Q extends Query = PromqlQuery> {
  readonly kind: "ratio";
  readonly measures: "success" | "failure";
  readonly query: Q;
  readonly at: Span;
}

/** A value that is good while `value op limit` holds. */
export interface ThresholdIndicator<Q extends Query = PromqlQuery> {
  readonly kind: "threshold";
  readonly query: Q;
  readonly op: "<" | "<=" | ">" | ">=";
  readonly limit: Rational;
  readonly at: Span;
}

/** A document of its own that measures an SLO by backends which the SLO's spec does not name. */
export interface IndicatorBinding {
  /** The SLO's id. */
  readonly slo: string;
  readonly indicators: {
    readonly prometheus?: BoundIndicator;
    readonly datadog?: BoundIndicator<DatadogQuery>;
  };
  /** Where it names the SLO. */
  readonly at: Span;
}

export type BoundIndicator<Q extends Query = PromqlQuery> = EventsIndicator<Q> | RatioIndicator<Q> | BoundThreshold<Q>;

/** A value that is compared as the SLO says. */
export interface BoundThreshold<Q extends Query = PromqlQuery> {
  readonly kind: "threshold";
  readonly query: Q;
  /** In this value's unit; absent where the SLO's own limit holds. */
  readonly limit?: Rational;
  readonly at: Span;
}

export type Query = PromqlQuery | DatadogQuery;

/**
 * A PromQL query in the user's words and as a tree in which every window is a hole.
 * `tree` is absent where the user opted out of PromQL (MetricsQL): then the text alone is known.
 */
export interface PromqlQuery {
  readonly kind: "promql";
  readonly text: string;
  /** True where `text` holds `{{.window}}` and is meant to be filled as text. */
  readonly templated: boolean;
  readonly tree?: Expr;
  readonly scalar: YamlScalar;
}

/** A Datadog metric query in the user's words and as a tree. It has no window: whoever asks says from when to when. */
export interface DatadogQuery {
  readonly kind: "datadogql";
  readonly text: string;
  readonly tree: DatadogExpr;
  readonly scalar: YamlScalar;
}

export type Budgeting =
  | { readonly kind: "occurrences" }
  /** A slice is bad if its share of good events is below `target`; the SLO counts slices. */
  | { readonly kind: "timeslices"; readonly slice: Seconds; readonly target: Rational; readonly at: Span; readonly targetAt: Span }
  /** The SLO is the mean of the slices' ratios. */
  | { readonly kind: "ratio-timeslices"; readonly slice: Seconds; readonly at: Span; readonly methodAt: Span };

export type TimeWindow =
  | { readonly kind: "rolling"; readonly length: Seconds; readonly at: Span }
  /** Budget resets at each boundary from `start`; `length` is nominal (a month is 30 days). */
  | { readonly kind: "calendar"; readonly length: Seconds; readonly start: string; readonly timeZone: string; readonly at: Span }
  /** The format has no period (Sloth): the configuration's default holds. */
  | { readonly kind: "default" };

export type Alerting = StandardAlerting | PolicyAlerting;

/** The two alerts of the SRE workbook and of Sloth, from the window catalog of the SLO's period. */
export interface StandardAlerting {
  readonly kind: "standard";
  /** The rule name of both alerts, if the spec gives one. */
  readonly name?: string;
  readonly labels: readonly Entry[];
  readonly annotations: readonly Entry[];
  readonly page: SeverityAlerting;
  readonly ticket: SeverityAlerting;
}

export interface SeverityAlerting {
  readonly enabled: boolean;
  readonly labels: readonly Entry[];
  readonly annotations: readonly Entry[];
}

/** Alerts that the spec states itself (OpenSLO alert policies). */
export interface PolicyAlerting {
  readonly kind: "policies";
  readonly policies: readonly AlertPolicy[];
}

/** Fires while every condition holds. */
export interface AlertPolicy {
  readonly name: string;
  readonly description?: string;
  readonly whenBreaching: boolean;
  readonly whenNoData: boolean;
  readonly conditions: readonly BurnCondition[];
  readonly notify: readonly NotificationTarget[];
  readonly labels: readonly Entry[];
  readonly annotations: readonly Entry[];
  readonly at: Span;
}

export interface NotificationTarget {
  readonly name: string;
  /** Free text of the spec: slack, pagerduty, email. */
  readonly target: string;
  readonly at: Span;
}

export interface BurnCondition {
  readonly name: string;
  readonly severity: string;
  readonly burnRate: BurnRate;
  readonly window: Seconds;
  /** Both windows must burn; absent means that the plan chooses one. */
  readonly shortWindow?: Seconds;
  /** How long the condition must hold (OpenSLO `alertAfter`). */
  readonly after?: Seconds;
  readonly at: { readonly burnRate: Span; readonly window: Span; readonly shortWindow?: Span; readonly after?: Span };
}

/** Where an SLO came from, and what its format says about the surroundings. */
export interface Origin {
  /** `prometheus/v1`, `sloth.slok.dev/v1`, `openslo/v1alpha`, `openslo/v1`, `openslo.com/v2alpha`. */
  readonly format: string;
  /** The SLO's document and its index among the documents of its file that hold SLOs. */
  readonly document: number;
  /** The Kubernetes object that holds the spec, where there is one. */
  readonly object?: KubernetesObject;
  /** Plugin chain ids that the spec names and slogen does not run. */
  readonly plugins: readonly string[];
}

export interface KubernetesObject {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: readonly Entry[];
  readonly annotations: readonly Entry[];
}

/** An SLO whose period and alerts are settled. */
export interface PlannedSlo extends Slo {
  readonly period: Seconds;
  readonly alerts: readonly PlannedAlert[];
  /** Alerts that fire when the SLI itself goes missing. */
  readonly noData: readonly NoDataAlert[];
  /** Every window that alerts or dashboards read, ascending, without the period. */
  readonly windows: readonly Seconds[];
}

/** What one backend measures for an SLO. */
export interface Measured<Q extends Query = PromqlQuery> {
  readonly indicator: Indicator<Q>;
}

/** An SLO as one backend measures it. */
export interface MeasuredSlo<Q extends Query> extends PlannedSlo, Measured<Q> {}

export type PrometheusSlo = MeasuredSlo<PromqlQuery>;
export type DatadogSlo = MeasuredSlo<DatadogQuery>;

/** Undefined where the SLO has no indicator for Prometheus. */
export function onPrometheus(slo: PlannedSlo): PrometheusSlo | undefined {
  const indicator = slo.indicators.prometheus;
  return indicator && { ...slo, indicator };
}

/** Undefined where the SLO has no indicator for Datadog. */
export function onDatadog(slo: PlannedSlo): DatadogSlo | undefined {
  const indicator = slo.indicators.datadog;
  return indicator && { ...slo, indicator };
}

export interface PlannedAlert {
  readonly name: string;
  readonly description?: string;
  /** `page`, `ticket`, or the policy's own word. */
  readonly severity: string;
  /** Fires while any pair burns, or while every one does (several conditions of one OpenSLO policy). */
  readonly combine: "any" | "all";
  readonly pairs: readonly WindowPair[];
  readonly after?: Seconds;
  readonly labels: readonly Entry[];
  readonly annotations: readonly Entry[];
  readonly notify: readonly NotificationTarget[];
  readonly at: Span;
}

export interface NoDataAlert {
  readonly name: string;
  readonly severity: string;
  readonly labels: readonly Entry[];
  readonly annotations: readonly Entry[];
  readonly notify: readonly NotificationTarget[];
}

/** Burns above `burnRate` over the long window, and still does over the short one. */
export interface WindowPair {
  readonly long: Seconds;
  readonly short: Seconds;
  readonly burnRate: BurnRate;
}

/** Which windows page and ticket for an SLO period (Sloth's `AlertWindows`). */
export interface WindowCatalog {
  readonly period: Seconds;
  readonly page: { readonly quick: CatalogWindow; readonly slow: CatalogWindow };
  readonly ticket: { readonly quick: CatalogWindow; readonly slow: CatalogWindow };
  /** Absent for the built-in catalogs. */
  readonly at?: Span;
}

export interface CatalogWindow {
  /** The share of the period's error budget whose loss within `long` fires the alert. */
  readonly budgetShare: Rational;
  readonly short: Seconds;
  readonly long: Seconds;
  /** Absent for the built-in catalogs. */
  readonly at?: Span;
}
