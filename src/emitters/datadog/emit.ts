import { groupsOf } from "../../datadogql/rewrite.ts";
import type { Diagnostic, Report } from "../../diagnostics/diagnostic.ts";
import type { SourceFile } from "../../diagnostics/source.ts";
import { onDatadog, type DatadogSlo, type Entry, type Model } from "../../model/model.ts";
import type { Artifact } from "../../output/artifact.ts";
import type { Json } from "../../yaml/json.ts";
import type { EmitContext } from "../emitter.ts";
import { checkLevels, checkOptions, checkSite, checkTargets, checkTemplates, isTemplate, reportPlans } from "./checks.ts";
import { datadogCodes } from "./codes.ts";
import { lintObject } from "./lint.ts";
import { manifestOf, type Placed } from "./manifest.ts";
import { monitorPayload, needsSlo } from "./monitors.ts";
import { filePath, idOf, monitorId } from "./names.ts";
import type { DatadogOptions } from "./options.ts";
import { timeframeOf } from "./periods.ts";
import { planMonitors, type MonitorPlan } from "./plan.ts";
import { sloPayload } from "./slos.ts";
import { sourceFiles } from "../sources.ts";
import { checkLabels, checkNames } from "./tags.ts";
import { terraformFiles } from "./terraform.ts";

type Context = EmitContext<DatadogOptions>;

/** The SLOs that have an indicator on Datadog, their monitors, and the order in which they are created. */
export function emitDatadog({ slos, policies }: Model, { report, ...context }: Context): readonly Artifact[] {
  const found: Diagnostic[] = [];
  const measured = slos.flatMap((slo) => onDatadog(slo) ?? []);
  const made = objectsOf(measured, { ...context, report: (diagnostic) => found.push(diagnostic) });
  found.forEach(report);
  checkSite(policies, context.options, report);
  // What the user got wrong has been told in the user's own words.
  if (!found.some(({ severity }) => severity === "error") && measured.every(isGroupedAlike)) lint(made, report);
  return context.options.format === "terraform" ? terraform(made) : json(made, context.options);
}

function isGroupedAlike({ indicator }: DatadogSlo): boolean {
  if (indicator.kind !== "events") return true;
  const [events, total] = [indicator.events, indicator.total].map(({ tree }) => [...groupsOf(tree)].sort().join());
  return events === total;
}

function objectsOf(all: readonly DatadogSlo[], context: Context): readonly Made[] {
  const { options, report } = context;
  checkOptions(all, options, report);
  if (all.length > 0) checkLevels(options, report);
  checkTargets(all, options, report);
  checkTemplates(all, options, report);
  const slos = all.map(withoutTemplates);
  const plans = slos.map((slo) => ({ slo, ...planMonitors(slo, options, report) }));
  reportPlans(plans, options, report);
  const made = plans.flatMap((plan) => objectsOfSlo(plan.slo, plan.monitors, context));
  checkIds(made, report);
  if (options.format === "json") checkPaths(made, report);
  return made;
}

/** An object with the SLO that it is of. */
interface Made extends Placed {
  readonly slo: DatadogSlo;
  /** For diagnostics. */
  readonly described: string;
}

function objectsOfSlo(slo: DatadogSlo, monitors: readonly MonitorPlan[], context: Context): readonly Made[] {
  const { options, report } = context;
  const { service, at, labels } = slo;
  const id = idOf(slo);
  checkNames({ id, service }, at, report);
  checkLabels([...new Set([...labels, ...monitors.flatMap((plan) => plan.labels)])], report);
  const timeframe = timeframeOf(slo, options, report);
  // A timeframe that is missing has been reported, and what else is wrong is worth knowing at once.
  const payload = sloPayload(slo, timeframe ?? "30d", context);
  if (payload === undefined || timeframe === undefined) return [];
  const made = { slo, described: `the SLO \`${slo.id}\``, path: filePath(slo), object: { kind: "slo", id, service, payload } } as const;
  return [
    made,
    ...monitors.map((plan): Made => {
      const monitor = {
        kind: "monitor",
        id: monitorId(slo, plan.name),
        service,
        payload: monitorPayload(plan, slo, timeframe, context),
      } as const;
      return {
        slo,
        described: `the monitor \`${plan.name}\` of \`${slo.id}\``,
        path: filePath(slo, plan.name),
        object: { ...monitor, ...(needsSlo(plan) && { slo: id }) },
      };
    }),
  ];
}

interface Worded {
  readonly labels: readonly Entry[];
  readonly annotations: readonly Entry[];
}

/** Labels and annotations that Prometheus would fill are left out, which has been told. */
function withoutTemplates(slo: DatadogSlo): DatadogSlo {
  const { alerting, alerts, noData } = slo;
  const own = alerting.kind === "policies" ? alerting : { ...plain(alerting), page: plain(alerting.page), ticket: plain(alerting.ticket) };
  return { ...plain(slo), alerting: own, alerts: alerts.map(plain), noData: noData.map(plain) };
}

function plain<T extends Worded>(worded: T): T {
  const isPlain = (entry: Entry): boolean => !isTemplate(entry);
  return { ...worded, labels: worded.labels.filter(isPlain), annotations: worded.annotations.filter(isPlain) };
}

/** Objects are found again by their `slogen_id`. An SLO that clashes is told once, without its monitors. */
function checkIds(made: readonly Made[], report: Report): void {
  const taken = new Map<string, Made>();
  const told = new Set<DatadogSlo>();
  for (const each of made) {
    if (told.has(each.slo)) continue;
    const { id } = each.object;
    const other = taken.get(id);
    if (other === undefined) taken.set(id, each);
    // Two SLOs of one id have been reported as duplicates, and so have their monitors.
    else if (other.slo === each.slo || other.slo.id !== each.slo.id) {
      if (each.object.kind === "slo") told.add(each.slo);
      const related = other.slo === each.slo ? [] : [{ at: other.slo.at, message: "the other one is here" }];
      report(datadogCodes["duplicate-id"](each.slo.at, { id, first: other.described, second: each.described }, { related }));
    }
  }
}

/** Files of one name, likewise. */
function checkPaths(made: readonly Made[], report: Report): void {
  const taken = new Map<string, Made>();
  const told = new Set<DatadogSlo>();
  for (const each of made) {
    if (told.has(each.slo)) continue;
    const { id } = each.object;
    const other = taken.get(each.path.toLowerCase());
    if (other === undefined) taken.set(each.path.toLowerCase(), each);
    else if (other.object.id !== id) {
      if (each.object.kind === "slo") told.add(each.slo);
      const related = [{ at: other.slo.at, message: "the other one is here" }];
      report(datadogCodes["file-collision"](each.slo.at, { path: `datadog/${each.path}`, id, other: other.object.id }, { related }));
    }
  }
}

function lint(made: readonly Made[], report: Report): void {
  const slos = new Map(made.flatMap(({ object }) => (object.kind === "slo" ? [[object.id, object.payload]] : [])));
  const problems = new Map<string, readonly Made[]>();
  for (const each of made) {
    for (const problem of lintObject(each.object, slos)) problems.set(problem, [...(problems.get(problem) ?? []), each]);
  }
  // One text of the user's is in the messages of many monitors.
  for (const [problem, [first, ...others]] of problems) {
    if (first === undefined) continue;
    report(datadogCodes["would-be-refused"](first.slo.at, { id: first.object.id, others: others.length, problem }));
  }
}

function terraform(made: readonly Made[]): readonly Artifact[] {
  const services = [...new Set(made.map(({ object }) => object.service))];
  const sources = new Map(services.map((service) => [service, sourcesOf(made.filter(({ object }) => object.service === service))]));
  return terraformFiles(
    made.map(({ object }) => object),
    sources,
  );
}

function json(made: readonly Made[], options: DatadogOptions): readonly Artifact[] {
  if (made.length === 0) return [];
  return [
    ...made.map((each): Artifact => ({
      kind: "json",
      path: `datadog/${each.path}`,
      sources: sourcesOf([each]),
      value: each.object.payload as unknown as Json,
    })),
    { kind: "json", path: "datadog/manifest.json", sources: sourcesOf(made), value: manifestOf(made, options) },
  ];
}

function sourcesOf(made: readonly Made[]): readonly SourceFile[] {
  return sourceFiles(made.map(({ slo }) => slo));
}
