import type { Span } from "../../diagnostics/source.ts";
import type { Entry } from "../../model/model.ts";
import type { Seconds } from "../../units/duration.ts";
import type { Rational } from "../../units/rational.ts";
import type { YamlMap, YamlNode } from "../../yaml/tree.ts";

/*
 * What the three versions of OpenSLO have in common, in v1's words.
 * A field is absent where the document lacks it or where its value is unusable, which then has been reported.
 */

export type Version = "openslo/v1alpha" | "openslo/v1" | "openslo.com/v2alpha";

export type Kind = "SLO" | "SLI" | "Service" | "DataSource" | "AlertPolicy" | "AlertCondition" | "AlertNotificationTarget";

export interface Field<T> {
  readonly value: T;
  /** The value; the key where the value has no line of its own. */
  readonly at: Span;
}

export interface Metadata {
  readonly name: Field<string>;
  readonly displayName?: string;
  readonly labels: readonly Entry[];
  /** Without slogen's own. */
  readonly annotations: readonly Entry[];
  /** Those that start with `slogen/`, without the prefix. */
  readonly settings: ReadonlyMap<string, Field<string>>;
}

interface ObjectBase {
  readonly version: Version;
  readonly metadata: Metadata;
  readonly document: number;
}

export type OpensloObject =
  | (ObjectBase & { readonly kind: "SLO"; readonly spec: Slo })
  | (ObjectBase & { readonly kind: "SLI"; readonly spec: Sli })
  | (ObjectBase & { readonly kind: "Service" })
  | (ObjectBase & { readonly kind: "DataSource"; readonly spec: DataSource })
  | (ObjectBase & { readonly kind: "AlertPolicy"; readonly spec: AlertPolicy })
  | (ObjectBase & { readonly kind: "AlertCondition"; readonly spec: AlertCondition })
  | (ObjectBase & { readonly kind: "AlertNotificationTarget"; readonly spec: NotificationTarget });

export type ObjectOf<K extends Kind> = Extract<OpensloObject, { readonly kind: K }>;

/** An object given in place or by its name; both or neither where the document is wrong. */
export interface Reference<T> {
  readonly name?: Field<string>;
  readonly inline?: T;
  readonly at: Span;
}

export interface Slo {
  readonly description?: string;
  readonly service?: Field<string>;
  readonly method?: Field<string>;
  readonly window?: TimeWindow;
  readonly indicator: Reference<Sli>;
  readonly objectives: readonly Objective[];
  readonly alertPolicies: readonly Reference<AlertPolicy>[];
  /** The words of this version for the two ways to give an indicator. */
  readonly words: { readonly inline: string; readonly ref: string };
  readonly node: YamlMap;
  readonly at: Span;
}

export interface TimeWindow {
  readonly length?: Field<Seconds>;
  readonly rolling: boolean;
  readonly calendar?: Calendar;
  readonly node: YamlMap;
  readonly at: Span;
}

export interface Calendar {
  readonly start?: Field<string>;
  readonly timeZone?: Field<string>;
  readonly at: Span;
}

export interface Objective {
  readonly displayName?: Field<string>;
  readonly op?: Field<string>;
  readonly value?: Field<Rational>;
  readonly target?: Field<Rational>;
  readonly targetPercent?: Field<Rational>;
  readonly sliceTarget?: Field<Rational>;
  readonly sliceWindow?: Field<Seconds>;
  readonly weight?: Field<Rational>;
  readonly indicator: Reference<Sli>;
  readonly node: YamlMap;
  readonly at: Span;
}

export interface Sli {
  readonly threshold?: Metric;
  readonly ratio?: Ratio;
  readonly node: YamlMap;
  readonly at: Span;
}

export interface Ratio {
  readonly counter: boolean;
  readonly good?: Metric;
  readonly bad?: Metric;
  readonly total?: Metric;
  readonly raw?: Metric;
  readonly rawType?: Field<string>;
  readonly node: YamlMap;
  readonly at: Span;
}

export interface Metric {
  /** The DataSource by name. */
  readonly source?: Field<string>;
  /** The kind of system, such as Prometheus, as the metric itself says it. */
  readonly type?: Field<string>;
  /** v1alpha's language of the query. */
  readonly queryType?: Field<string>;
  /** The free-form part that holds the query. */
  readonly query?: YamlNode;
  readonly node: YamlMap;
  readonly at: Span;
}

export interface DataSource {
  readonly type?: Field<string>;
}

export interface AlertPolicy {
  readonly metadata: Metadata;
  readonly description?: string;
  readonly whenNoData: boolean;
  readonly whenResolved: boolean;
  readonly whenBreaching: boolean;
  readonly conditions: readonly Reference<AlertCondition>[];
  readonly targets: readonly Reference<NotificationTarget>[];
  /** The list of conditions. */
  readonly conditionsAt: Span;
  readonly at: Span;
}

export interface AlertCondition {
  readonly metadata: Metadata;
  readonly severity?: Field<string>;
  readonly op?: Field<string>;
  readonly threshold?: Field<Rational>;
  readonly lookback?: Field<Seconds>;
  readonly after?: Field<Seconds>;
  readonly at: Span;
}

export interface NotificationTarget {
  readonly metadata: Metadata;
  readonly target?: string;
}
