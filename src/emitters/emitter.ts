import type { CodeTable, Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../diagnostics/source.ts";
import type { Backend, Model, PlannedAlert, PlannedSlo, WindowCatalog, WindowPair } from "../model/model.ts";
import type { Reading } from "../model/reading.ts";
import type { Artifact } from "../output/artifact.ts";
import type { Render } from "../text/render.ts";
import type { SchemaId } from "../schema/validate.ts";
import type { Rational } from "../units/rational.ts";
import type { Seconds } from "../units/duration.ts";
import type { Json, JsonObject } from "../yaml/json.ts";

/** One target: a folder, one object, one line in the registry. */
export interface Emitter<Options> {
  readonly id: string;
  readonly title: string;
  /** The vendor's own page on what is emitted. */
  readonly docs: string;
  /** The top folders of the output that it alone writes to. */
  readonly folders: readonly string[];
  /** Its own; those of gates, whoever carries them out, are `gateCodes`. */
  readonly codes: readonly CodeTable[];
  /** What every object that it emits satisfies, with the user's overlays too. */
  readonly schema: SchemaId;
  /** What is wrong with a document that satisfies the schema, where that cannot say it. */
  readonly problemWithin?: (document: Json) => string | undefined;
  /** The backend by which it measures every SLO; absent where each object says for itself. */
  readonly measures?: Backend;
  /** The target's section of the configuration, already valid by its schema, with the defaults filled in. */
  readonly options: (section: JsonObject) => Options;
  /** How these options want the input read and planned; `undefined` fields leave the default. */
  readonly habits: (options: Options) => Habits;
  /** The alerts that it makes for an SLO, for whoever explains them; undefined for one that it does not measure. */
  readonly alerts?: (slo: PlannedSlo, options: Options) => SloAlerts | undefined;
  /** Pure: the same model and options give the same artifacts. */
  readonly emit: (model: Model, context: EmitContext<Options>) => readonly Artifact[];
}

/** What a target may ask of the stages before it. */
export interface Habits {
  readonly reading?: Partial<Reading>;
  readonly defaultPeriod?: Seconds;
  /** The target records what is left of each error budget, which gates read. */
  readonly recordsBudgets?: boolean;
  /** The target asks before deploys: by recorded series or by the SLIs' own queries, where its options say which. */
  readonly asksBeforeDeploys?: { readonly series: "recorded" | "inline" | undefined };
  /** The target releases by policies, so that a policy is of use to it. */
  readonly releases?: boolean;
  /** The target plans alerts by another tool's rules, so slogen's findings about its own plan do not concern the user. */
  readonly plansItself?: boolean;
}

/** An alert as a target makes it of the plan. Times are in seconds, 0 for none. */
export interface TargetAlert extends Pick<PlannedAlert, "name" | "severity" | "combine"> {
  readonly pairs: readonly TargetPair[];
  /** How long its condition must hold before it fires. */
  readonly holds: number;
  /** How long it goes on firing once the condition has ended. */
  readonly keepsFiring: number;
}

export interface TargetPair extends WindowPair {
  /** Bad events that the long window must hold; 0 where it asks for none. */
  readonly minBadEvents: number;
}

/** The alerts that one target makes for an SLO. */
export interface SloAlerts {
  /** Those on burn rates. */
  readonly alerts: readonly TargetAlert[];
  /** Shares of the period's budget whose loss is alerted by itself, however slow. */
  readonly onBudget: readonly Rational[];
}

export interface TargetAlerts extends SloAlerts {
  /** The target's id. */
  readonly target: string;
}

export interface EmitContext<Options> {
  readonly options: Options;
  readonly report: Report;
  /** Words come from `templates/`, which the user may override. */
  readonly render: Render;
  /** The user's window catalogs. */
  readonly catalogs: readonly WindowCatalog[];
  /** The files that release policies name: Rollouts and their traffic objects. */
  readonly workloads: readonly SourceFile[];
  /** The output folder as the configuration names it, for files that point at each other. */
  readonly out?: string;
  /** Where the layout puts below it what is no Kubernetes object; absent for nowhere else. */
  readonly below?: string;
}

/** An emitter whose options are its own affair, as the registry lists it. */
export interface Target extends Pick<
  Emitter<unknown>,
  "id" | "title" | "docs" | "folders" | "codes" | "schema" | "problemWithin" | "measures"
> {
  readonly prepare: (section: JsonObject) => PreparedTarget;
}

/** A target with its options decided. */
export interface PreparedTarget {
  readonly habits: Habits;
  readonly alerts: (slo: PlannedSlo) => SloAlerts | undefined;
  readonly emit: (model: Model, context: Omit<EmitContext<unknown>, "options">) => readonly Artifact[];
}

export function asTarget<Options>({
  id,
  title,
  docs,
  folders,
  codes,
  schema,
  problemWithin,
  measures,
  ...emitter
}: Emitter<Options>): Target {
  return {
    id,
    title,
    docs,
    folders,
    codes,
    schema,
    ...(problemWithin && { problemWithin }),
    ...(measures && { measures }),
    prepare: (section) => {
      const options = emitter.options(section);
      return {
        habits: emitter.habits(options),
        alerts: (slo) => emitter.alerts?.(slo, options),
        emit: (model, context) => emitter.emit(model, { ...context, options }),
      };
    },
  };
}
