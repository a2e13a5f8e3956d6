import type { Report } from "../../diagnostics/diagnostic.ts";
import type * as model from "../../model/model.ts";
import type { Reading } from "../../model/reading.ts";
import { nearest, slug } from "../../units/identifier.ts";
import { opensloCodes } from "./codes.ts";
import { optional } from "./context.ts";
import { placeOf, type Fields } from "./fields.ts";
import type { LoweredMetric, LoweredSli } from "./indicators.ts";
import { lowerBudgeting, lowerLimit, lowerTarget, type ObjectiveContext } from "./objectives.ts";
import { trafficOf } from "./metadata.ts";
import { has, lacks, misspells } from "./presence.ts";
import type { AlertPolicy, Objective, ObjectOf, Reference, Sli, Slo, Version } from "./source.ts";
import { follow, type ObjectTable } from "./table.ts";
import { lowerWindow } from "./windows.ts";

export interface SloContext {
  readonly fields: Fields;
  readonly table: ObjectTable;
  readonly report: Report;
  readonly reading: Reading;
  /** Each source object is lowered once, however many SLOs refer to it. */
  readonly lowerSli: (sli: Sli, version: Version, slo: string) => LoweredSli | undefined;
  readonly lowerPolicy: (policy: AlertPolicy, version: Version) => model.AlertPolicy | undefined;
}

/** One SLO of the model for each objective that is whole; what is missing has been reported. */
export function lowerSlo(object: ObjectOf<"SLO">, context: SloContext): readonly model.Slo[] {
  const { spec, version, metadata } = object;
  const { report } = context;
  const objectiveContext = { ...context, version };
  checkService(object, context);
  checkPlacement(spec, objectiveContext);
  const objectives = context.fields.value(spec.node, "objectives");
  if (objectives?.kind === "list" && objectives.items.length === 0) {
    report(opensloCodes["no-objectives"](placeOf(spec.node, "objectives"), {}));
  }
  // Read even where no objective uses it, so that one run shows all that is wrong.
  const shared = follow(spec.indicator, (name) => context.table.follow(name, version, "SLI"));
  if (shared !== undefined) context.lowerSli(shared, version, metadata.name.value);
  const window = spec.window && lowerWindow(spec.window, objectiveContext);
  const alerting = lowerAlerting(spec, version, context);
  const names = nameObjectives(object, report);
  const traffic = trafficOf(metadata, report);
  return spec.objectives.flatMap((objective, i) => {
    checkWeight(objective, report);
    const target = lowerTarget(objective, objectiveContext);
    const budgeting = lowerBudgeting(spec, objective, objectiveContext);
    const indicators = lowerIndicators(object, objective, objectiveContext, context);
    const service = spec.service?.value;
    const name = names[i];
    if (service === undefined || name === undefined || metadata.name.value === "") return [];
    if (!target || !budgeting || !indicators || !window || !alerting) return [];
    return [
      {
        id: `${service}-${name}`,
        service,
        name,
        ...optional("title", titleOf(object, objective)),
        ...optional("description", spec.description),
        objective: target,
        indicators,
        budgeting,
        window,
        labels: metadata.labels,
        annotations: metadata.annotations,
        alerting,
        ...optional("traffic", traffic),
        origin: { format: version, document: object.document, plugins: [] },
        at: spec.objectives.length === 1 ? metadata.name.at : (objective.displayName?.at ?? objective.at),
      },
    ];
  });
}

function titleOf({ metadata, spec }: ObjectOf<"SLO">, objective: Objective): string | undefined {
  const own = spec.objectives.length > 1 ? objective.displayName?.value : undefined;
  return own === undefined ? metadata.displayName : metadata.displayName === undefined ? own : `${metadata.displayName}: ${own}`;
}

/** A slip in the service's name makes another SLO; without any Service object there is nothing to compare with. */
function checkService({ spec, version }: ObjectOf<"SLO">, { table, report }: SloContext): void {
  const names = table.names(version, "Service");
  const { service } = spec;
  if (service !== undefined && names.length > 0 && !names.includes(service.value)) {
    report(opensloCodes["unknown-service"](service.at, { name: service.value, nearest: nearest(service.value, names) }));
  }
}

/** One indicator for the SLO, or one for each objective. */
function checkPlacement(spec: Slo, context: ObjectiveContext): void {
  const { report, version } = context;
  const { words } = spec;
  const isAlpha = version === "openslo/v1alpha";
  const given = isAlpha ? ["ratioMetrics"] : [words.inline, words.ref];
  const own = (isAlpha ? ["indicator"] : given).filter((key) => has(spec.node, key, context));
  const params = { inline: words.inline, ref: words.ref };
  if (own.length > 1) report(opensloCodes["indicator-twice"](placeOf(spec.node, words.ref), { ...params, levels: false }));
  const withOne = spec.objectives.filter(({ node }) => given.some((key) => has(node, key, context)));
  for (const { node } of withOne) {
    const keys = given.filter((key) => has(node, key, context));
    if (keys.length > 1) report(opensloCodes["indicator-twice"](placeOf(node, words.ref), { ...params, levels: false }));
    else if (own.length > 0) report(opensloCodes["indicator-twice"](placeOf(node, keys[0] ?? ""), { ...params, levels: true }));
  }
  if (own.length > 0) return;
  if (withOne.length === 0) {
    const slip = spec.objectives.some(({ node }) => !lacks(node, context, ...given)) || misspells(spec.node, context, "objectives");
    if (!slip && lacks(spec.node, context, ...(isAlpha ? ["indicator"] : given)))
      report(opensloCodes["indicator-missing"](spec.at, { ...params, objective: false }));
    return;
  }
  for (const { node, at } of spec.objectives) {
    const missing = { ...(isAlpha ? { inline: "ratioMetrics", ref: "ratioMetrics" } : params), objective: true };
    if (lacks(node, context, ...given)) report(opensloCodes["indicator-missing"](at, missing));
  }
  if (!isAlpha) {
    const weighted = withOne.some(({ weight }) => weight !== undefined);
    report(opensloCodes.composite(placeOf(spec.node, "objectives"), { weighted }));
  }
}

function checkWeight({ weight }: Objective, report: Report): void {
  if (weight !== undefined && weight.value.n <= 0n) report(opensloCodes["composite-weight"](weight.at, {}));
}

function lowerIndicators(
  object: ObjectOf<"SLO">,
  objective: Objective,
  objectiveContext: ObjectiveContext,
  context: SloContext,
): model.Indicators | undefined {
  const { version, metadata } = object;
  const ofObjective = objective.indicator.inline !== undefined || objective.indicator.name !== undefined;
  const reference: Reference<Sli> = ofObjective ? objective.indicator : object.spec.indicator;
  const sli = follow(reference, (name) => context.table.follow(name, version, "SLI"));
  const kind = sli?.ratio !== undefined ? "ratio" : sli?.threshold !== undefined ? "threshold" : undefined;
  const limit = lowerLimit(objective, kind, objectiveContext);
  const lowered = sli && context.lowerSli(sli, version, metadata.name.value);
  if (lowered?.language === "promql") {
    const indicator = limited(lowered.metric, limit);
    return indicator && { prometheus: indicator };
  }
  const indicator = lowered && limited(lowered.metric, limit);
  return indicator && { datadog: indicator };
}

function limited<Q extends model.Query>(metric: LoweredMetric<Q>, limit: ReturnType<typeof lowerLimit>): model.Indicator<Q> | undefined {
  return metric.kind === "threshold" ? limit && { ...metric, ...limit } : metric;
}

/**
 * With one objective the SLO's own name. Otherwise the objectives' display names keep the ids apart, or, where they do not, their order.
 * v1alpha's ids are Sloth's, which count from 0, so that dashboards stay.
 */
function nameObjectives({ metadata, spec, version }: ObjectOf<"SLO">, report: Report): readonly string[] {
  const { name } = metadata;
  const { objectives } = spec;
  if (version === "openslo/v1alpha") return objectives.map((_, i) => `${name.value}-${i}`);
  if (objectives.length < 2) return [name.value];
  const slugs = objectives.map(({ displayName }) => slug(displayName?.value ?? ""));
  if (!slugs.includes("") && new Set(slugs).size === slugs.length) return slugs.map((word) => `${name.value}-${word}`);
  const id = spec.service === undefined ? name.value : `${spec.service.value}-${name.value}`;
  report(opensloCodes["objective-order"](placeOf(spec.node, "objectives"), { first: `${id}-0` }));
  return objectives.map((_, i) => `${name.value}-${i}`);
}

const NO_ENTRIES = { enabled: true, labels: [], annotations: [] };
const STANDARD: model.StandardAlerting = { kind: "standard", labels: [], annotations: [], page: NO_ENTRIES, ticket: NO_ENTRIES };

function lowerAlerting(spec: Slo, version: Version, { table, lowerPolicy }: SloContext): model.Alerting | undefined {
  if (spec.alertPolicies.length === 0) return STANDARD;
  const policies = spec.alertPolicies.map((reference) => {
    const policy = follow(reference, (name) => table.follow(name, version, "AlertPolicy"));
    return policy && lowerPolicy(policy, version);
  });
  const whole = policies.filter((policy) => policy !== undefined);
  return whole.length === policies.length ? { kind: "policies", policies: whole } : undefined;
}
