import { groupingLabels } from "../../backends/prometheus/sli.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { SourceFile } from "../../diagnostics/source.ts";
import type { Entry, PlannedSlo } from "../../model/model.ts";
import type { Artifact } from "../../output/artifact.ts";
import { formatDuration, MINUTE } from "../../units/duration.ts";
import { nearest } from "../../units/identifier.ts";
import type { Json } from "../../yaml/json.ts";
import type { EmitContext } from "../emitter.ts";
import { prometheusCodes } from "./codes.ts";
import { inhibitRules } from "./inhibition.ts";
import { supports } from "./capabilities.ts";
import type { PrometheusOptions } from "./options.ts";
import { prometheusRule, ruleObject, type RuleObject } from "./prometheus-rule.ts";
import { alerts } from "./rules/alerts.ts";
import { groupsOfSlo, longestRun, packedGroups, type SloRules } from "./rules/groups.ts";
import { recordings } from "./rules/recordings.ts";
import type { RuleGroup } from "./types.ts";

type Context = EmitContext<PrometheusOptions>;

/** The repaired rule set: one file for each SLO, or for each service if packed. */
export function emitSlogenDialect(slos: readonly PlannedSlo[], context: Context): readonly Artifact[] {
  const { report } = context;
  const options = forVersion(context);
  checkIntervals(options, report);
  checkRetention(slos, options, report);
  checkSeverities(slos, options, report);
  for (const slo of slos) checkGrouping(slo, options, report);
  const units = filesOf(slos, options);
  checkCollisions(units, options, report);
  const files = units.flatMap((unit): readonly Artifact[] => {
    const groups = groupsOf(unit, { ...context, options });
    if (groups.length === 0) return [];
    return [{ kind: "yaml", path: unit.path, sources: sourcesOf(unit.slos), documents: [document(unit, groups, options)] }];
  });
  return [...files, ...inhibition(slos, options, report)];
}

/** What goes into one file. */
interface FileUnit {
  readonly path: string;
  readonly service: string;
  readonly slos: readonly PlannedSlo[];
  readonly packed: boolean;
}

function filesOf(slos: readonly PlannedSlo[], options: PrometheusOptions): readonly FileUnit[] {
  if (options.groups === "perSlo") {
    return slos.map((slo) => ({
      path: `prometheus/${fileName(slo.service)}/${fileName(slo.name)}.yaml`,
      service: slo.service,
      slos: [slo],
      packed: false,
    }));
  }
  return [...new Set(slos.map((slo) => slo.service))].map((service) => ({
    path: `prometheus/${fileName(service)}.yaml`,
    service,
    slos: slos.filter((slo) => slo.service === service),
    packed: true,
  }));
}

function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^\.+/, "");
}

function checkCollisions(units: readonly FileUnit[], options: PrometheusOptions, report: Report): void {
  checkObjects(units, options, report);
  const taken = new Map<string, PlannedSlo>();
  for (const { path, slos } of units) {
    const slo = slos[0];
    if (slo === undefined) continue;
    const other = taken.get(path.toLowerCase());
    // Two SLOs of one id have been reported as duplicates.
    if (other === undefined) taken.set(path.toLowerCase(), slo);
    else if (other.id !== slo.id) {
      const related = [{ at: other.at, message: "the other one is here" }];
      report(prometheusCodes["file-collision"](slo.at, { path, id: slo.id, other: other.id }, { related }));
    }
  }
}

function groupsOf(unit: FileUnit, { options, render, report }: Context): readonly RuleGroup[] {
  const rules = unit.slos.map((slo): SloRules => {
    const all = recordings(slo, options);
    return {
      id: slo.id,
      slice: slo.budgeting.kind === "occurrences" ? undefined : slo.budgeting.slice,
      recordings: options.disableRecordings ? { slices: [], fast: [], slow: [], meta: [] } : all,
      alerts: options.disableAlerts ? [] : alerts(slo, options, render),
    };
  });
  for (const [i, slo] of rules.entries()) {
    const run = longestRun(slo, options);
    if (run <= options.maxRulesPerGroup) continue;
    // Prometheus itself has no such limit; packing is for rulers that do.
    const severity = unit.packed ? "error" : "warning";
    report(prometheusCodes["group-too-large"](unit.slos[i]?.at, { rules: run, limit: options.maxRulesPerGroup }, { severity }));
  }
  return unit.packed ? packedGroups(unit.service, rules, options) : rules.flatMap((slo) => groupsOfSlo(slo, options));
}

function document(unit: FileUnit, groups: readonly RuleGroup[], options: PrometheusOptions): Json {
  const object = objectOf(unit, options);
  return object === undefined ? ({ groups } as unknown as Json) : prometheusRule(object, groups);
}

/** The object that the file is to hold, or undefined for a plain rules file. */
function objectOf(unit: FileUnit, options: PrometheusOptions): RuleObject | undefined {
  const source = unit.slos.find((slo) => slo.origin.object !== undefined)?.origin.object;
  if (options.format === "rules" || (options.format === "auto" && source === undefined)) return undefined;
  return ruleObject(unit.packed ? unit.service : (unit.slos[0]?.id ?? unit.service), source, options);
}

/** An object that replaces another one when it is applied, or that has to be in two places, loses alerts without a word. */
function checkObjects(units: readonly FileUnit[], options: PrometheusOptions, report: Report): void {
  const taken = new Map<string, PlannedSlo>();
  for (const unit of units) {
    const [slo, ...others] = unit.slos;
    const object = objectOf(unit, options);
    if (slo === undefined || object === undefined) continue;
    const key = `${object.namespace ?? ""}/${object.name}`;
    const first = taken.get(key);
    if (first === undefined) taken.set(key, slo);
    else if (first.id !== slo.id) {
      const related = [{ at: first.at, message: "the other one is here" }];
      report(prometheusCodes["object-collision"](slo.at, { name: object.name, id: slo.id, other: first.id }, { related }));
    }
    const stranger = others.find((other) => metadataOf(other) !== metadataOf(slo));
    if (stranger !== undefined) {
      const related = [{ at: slo.at, message: "this one is of another object" }];
      report(prometheusCodes["packed-objects"](stranger.at, { service: unit.service }, { related }));
    }
  }
}

function metadataOf({ origin: { object } }: PlannedSlo): string {
  const pairs = (entries: readonly Entry[] = []): unknown => entries.map(({ key, value }) => [key, value]).sort();
  return JSON.stringify([object?.namespace, pairs(object?.labels), pairs(object?.annotations)]);
}

/** A label that the rules set takes the place of the one that tells the groups apart. */
function checkGrouping(slo: PlannedSlo, options: PrometheusOptions, report: Report): void {
  const grouping = groupingLabels(slo);
  if (grouping === "unknown") return;
  const at = slo.indicator.kind === "events" ? slo.indicator.total.scalar.at : slo.indicator.query.scalar.at;
  const own = (entries: readonly Entry[]): readonly string[] => entries.map(({ key }) => key);
  const setters: readonly (readonly [string, readonly string[]])[] = [
    ["a label of this SLO", own(slo.labels)],
    ["a label of its alerts", slo.alerts.flatMap(({ labels }) => own(labels))],
    ["`prometheus.extraLabels`", Object.keys(options.extraLabels)],
    ["the severity of its alerts", Object.keys(options.severityLabels).length > 0 ? ["severity"] : []],
    ["the generated rules", ["slo_notify", ...grouping.filter((label) => label.startsWith("sloth_"))]],
  ];
  for (const label of grouping) {
    const by = setters.find(([, labels]) => labels.includes(label))?.[0];
    if (by !== undefined) report(prometheusCodes["grouping-overwritten"](at, { label, by }));
  }
}

function checkSeverities(slos: readonly PlannedSlo[], options: PrometheusOptions, report: Report): void {
  const known = [...new Set(["page", "ticket", ...slos.flatMap((slo) => [...slo.alerts, ...slo.noData].map(({ severity }) => severity))])];
  for (const option of ["for", "keepFiringFor", "severityLabels"] as const) {
    for (const severity of Object.keys(options[option])) {
      if (!known.includes(severity)) {
        report(prometheusCodes["unknown-severity"](undefined, { option, severity, nearest: nearest(severity, known), known }));
      }
    }
  }
}

function sourcesOf(slos: readonly PlannedSlo[]): readonly SourceFile[] {
  return [...new Set(slos.map((slo) => slo.at.file))];
}

/** The options less what the user's Prometheus cannot do yet. */
function forVersion({ options, report }: Context): PrometheusOptions {
  if (supports("keep_firing_for", options.version) || Object.keys(options.keepFiringFor).length === 0) return options;
  report(prometheusCodes["keep-firing-for"](undefined, { version: options.version }));
  return { ...options, keepFiringFor: {} };
}

/** https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness: five minutes; one is left for a late evaluation. */
const LONGEST_INTERVAL = 4 * MINUTE;

function checkIntervals(options: PrometheusOptions, report: Report): void {
  for (const option of ["interval", "slowInterval"] as const) {
    if (options[option] <= LONGEST_INTERVAL) continue;
    report(prometheusCodes["interval-too-long"](undefined, { option, interval: formatDuration(options[option]) }));
  }
}

/** Says once what concerns every SLO with such a period. */
function checkRetention(slos: readonly PlannedSlo[], options: PrometheusOptions, report: Report): void {
  const { retention } = options;
  const longest = Math.max(0, ...slos.map((slo) => slo.period));
  const first = slos.find((slo) => slo.period === longest);
  if (first === undefined) return;
  const at = first.window.kind === "default" ? first.at : first.window.at;
  const period = formatDuration(first.period);
  const beyond = slos.filter((slo) => slo.period > (retention ?? PROMETHEUS_DEFAULT_RETENTION)).length;
  if (beyond === 0) return;
  report(
    retention === undefined
      ? prometheusCodes["retention-unknown"](undefined, { period, count: beyond })
      : prometheusCodes.retention(at, { period, retention: formatDuration(retention), count: beyond }),
  );
}

/** https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects: 15 days. */
const PROMETHEUS_DEFAULT_RETENTION = 15 * 86_400;

/** Depends on the options alone, so that a build of one spec writes the same snippet. */
function inhibition(slos: readonly PlannedSlo[], options: PrometheusOptions, report: Report): readonly Artifact[] {
  if (!options.inhibition || options.disableAlerts) return [];
  for (const slo of slos) {
    const grouping = groupingLabels(slo);
    const missing = grouping === "unknown" ? [] : grouping.filter((label) => !options.inhibitionLabels.includes(label));
    if (missing.length === 0) continue;
    report(prometheusCodes["inhibition-labels"](slo.at, { id: slo.id, labels: [...options.inhibitionLabels, ...missing] }));
  }
  return [{ kind: "yaml", path: "alertmanager/inhibit-rules.yaml", sources: [], documents: [inhibitRules(options.inhibitionLabels)] }];
}
