import { groupingLabels } from "../../backends/prometheus/sli.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Entry, PrometheusSlo } from "../../model/model.ts";
import { formatDuration, MINUTE } from "../../units/duration.ts";
import { nearest } from "../../units/identifier.ts";
import { prometheusCodes } from "./codes.ts";
import { objectOf, type FileUnit } from "./files.ts";
import type { PrometheusOptions } from "./options.ts";

/** What the options make of these SLOs that Prometheus, its operator or Alertmanager would stumble over. */
export function checkOptions(slos: readonly PrometheusSlo[], options: PrometheusOptions, report: Report): void {
  checkIntervals(options, report);
  checkRetention(slos, options, report);
  checkSeverities(slos, options, report);
  for (const slo of slos) {
    checkGrouping(slo, options, report);
    checkInhibition(slo, options, report);
  }
}

/** Whether every file and every object has a name of its own. */
export function checkNames(units: readonly FileUnit[], options: PrometheusOptions, report: Report): void {
  checkPaths(units, report);
  checkObjects(units, options, report);
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
function checkRetention(slos: readonly PrometheusSlo[], options: PrometheusOptions, report: Report): void {
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

function checkSeverities(slos: readonly PrometheusSlo[], options: PrometheusOptions, report: Report): void {
  const known = [...new Set(["page", "ticket", ...slos.flatMap((slo) => [...slo.alerts, ...slo.noData].map(({ severity }) => severity))])];
  for (const option of ["for", "keepFiringFor", "severityLabels"] as const) {
    for (const severity of Object.keys(options[option])) {
      if (!known.includes(severity)) {
        report(prometheusCodes["unknown-severity"](undefined, { option, severity, nearest: nearest(severity, known), known }));
      }
    }
  }
}

/** A label that the rules set takes the place of the one that tells the groups apart. */
function checkGrouping(slo: PrometheusSlo, options: PrometheusOptions, report: Report): void {
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

function checkInhibition(slo: PrometheusSlo, options: PrometheusOptions, report: Report): void {
  if (!options.inhibition || options.disableAlerts) return;
  const grouping = groupingLabels(slo);
  const missing = grouping === "unknown" ? [] : grouping.filter((label) => !options.inhibitionLabels.includes(label));
  if (missing.length === 0) return;
  report(prometheusCodes["inhibition-labels"](slo.at, { id: slo.id, labels: [...options.inhibitionLabels, ...missing] }));
}

function checkPaths(units: readonly FileUnit[], report: Report): void {
  const taken = new Map<string, PrometheusSlo>();
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

/** An object that replaces another one when it is applied, or that has to be in two places, loses alerts without a word. */
function checkObjects(units: readonly FileUnit[], options: PrometheusOptions, report: Report): void {
  const taken = new Map<string, PrometheusSlo>();
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

function metadataOf({ origin: { object } }: PrometheusSlo): string {
  const pairs = (entries: readonly Entry[] = []): unknown => entries.map(({ key, value }) => [key, value]).sort();
  return JSON.stringify([object?.namespace, pairs(object?.labels), pairs(object?.annotations)]);
}
