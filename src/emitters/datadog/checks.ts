import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { DatadogSlo, Entry, NotificationTarget } from "../../model/model.ts";
import type { ReleasePolicy } from "../../model/policy.ts";
import { nearest } from "../../units/identifier.ts";
import { equal } from "../../units/rational.ts";
import { datadogCodes } from "./codes.ts";
import { handleOf } from "./notify.ts";
import { DEFAULT_PRIORITIES, severityKey, type DatadogOptions } from "./options.ts";
import { levelName, type Clamped, type MonitorPlan, type MonitorsPlan } from "./plan.ts";
import { percentWords, windowText } from "./words.ts";

/** Whether what the options say of severities and targets has anything to do with these SLOs. */
export function checkOptions(slos: readonly DatadogSlo[], options: DatadogOptions, report: Report): void {
  const known = [
    ...new Set([
      ...["page", "ticket"],
      ...slos.flatMap((slo) => [...slo.alerts, ...slo.noData].map(({ severity }) => severity)),
      ...options.errorBudgetAlerts.map(({ severity }) => severity),
    ]),
  ];
  const reportUnknown = (option: string, severity: string): void => {
    if (known.some((each) => severityKey(each) === severity)) return;
    report(datadogCodes["unknown-severity"](undefined, { option, severity, nearest: nearest(severity, known), known }));
  };
  for (const severity of options.notify.keys()) reportUnknown("notify", severity);
  for (const [severity, priority] of options.priorities) {
    if (DEFAULT_PRIORITIES.get(severity) !== priority) reportUnknown("priorities", severity);
  }
  const targets = [...new Set(targetsOf(slos).map(({ name }) => name))];
  for (const name of options.handles.keys()) {
    if (!targets.includes(name)) report(datadogCodes["unknown-target"](undefined, { name, nearest: nearest(name, targets) }));
  }
}

/** Two alerts on the budget at one level would be one monitor, of every SLO. */
export function checkLevels({ alerts, errorBudgetAlerts }: DatadogOptions, report: Report): void {
  if (alerts === "none") return;
  for (const [i, alert] of errorBudgetAlerts.entries()) {
    const other = errorBudgetAlerts.slice(0, i).find(({ consumed }) => equal(consumed, alert.consumed));
    if (other === undefined) continue;
    const first = `the alert for \`${other.severity}\` at ${percentWords(other.consumed)} of the budget`;
    report(datadogCodes["duplicate-id"](undefined, { id: levelName(alert.consumed), first, second: `the one for \`${alert.severity}\`` }));
  }
}

/** Says once of each notification target that nobody knows whom it means. */
export function checkTargets(slos: readonly DatadogSlo[], options: DatadogOptions, report: Report): void {
  if (options.alerts === "none") return;
  const told = new Set<string>();
  for (const { name, target, at } of targetsOf(slos)) {
    if (told.has(name) || handleOf({ name, target }, options) !== undefined) continue;
    told.add(name);
    report(datadogCodes["notification-target"](at, { name, target }));
  }
}

function targetsOf(slos: readonly DatadogSlo[]): readonly NotificationTarget[] {
  return slos.flatMap((slo) => [...slo.alerts, ...slo.noData].flatMap(({ notify }) => notify));
}

/** Labels and annotations that only Prometheus can fill, each told once. */
export function checkTemplates(slos: readonly DatadogSlo[], { alerts }: DatadogOptions, report: Report): void {
  const told = new Set<Span>();
  for (const slo of slos) {
    const { alerting } = slo;
    const ofAlerts = alerting.kind === "standard" ? [alerting, alerting.page, alerting.ticket] : alerting.policies;
    const parts = alerts === "none" ? [slo] : [slo, ...ofAlerts];
    for (const kind of ["label", "annotation"] as const) {
      for (const entry of parts.flatMap((part): readonly Entry[] => (kind === "label" ? part.labels : part.annotations))) {
        if (!isTemplate(entry) || told.has(entry.at)) continue;
        told.add(entry.at);
        report(datadogCodes["go-template"](entry.at, { name: entry.key, kind }));
      }
    }
  }
}

/** An alert's label or annotation that Prometheus expands: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/ */
export function isTemplate({ value }: Entry): boolean {
  return value.includes("{{");
}

/** Says once what holds for all monitors of the build. */
export function reportPlans(plans: readonly MonitorsPlan[], options: DatadogOptions, report: Report): void {
  const monitors = plans.flatMap((plan) => plan.monitors);
  reportSilence(monitors, options, report);
  const shares = monitors.filter(({ kind }) => kind === "share");
  if (shares.length > 0) report(datadogCodes["metric-alerts"](undefined, { count: shares.length }));
  const clamped = plans.map((plan) => plan.clamped).filter(({ length }) => length > 0);
  if (options.longWindows !== undefined || clamped.length === 0) return;
  const pairs = clamped.flat().map(({ from, to }) => {
    const text = (pair: Clamped["from"]): string => `${windowText(pair.long)}/${windowText(pair.short)}`;
    return `${text(from)} become ${text(to)}`;
  });
  report(datadogCodes["long-windows"](undefined, { windows: [...new Set(pairs)].join(", "), count: clamped.length }));
}

/** A severity that the options name with no handle is meant to be silent. */
function reportSilence(plans: readonly MonitorPlan[], options: DatadogOptions, report: Report): void {
  const silent = plans.filter(({ severity, notify }) => !options.notify.has(severityKey(severity)) && notify.length === 0);
  const severities = [...new Set(silent.map(({ severity }) => severity))].sort();
  if (silent.length > 0) report(datadogCodes["nobody-notified"](undefined, { severities, count: silent.length }));
}

/** Gates and SLOs of one organisation are on one site. A project may well gate on several, so only a site that no gate asks is odd. */
export function checkSite(policies: readonly ReleasePolicy[], { site }: DatadogOptions, report: Report): void {
  const sources = policies.flatMap(({ source }) => (source.type === "datadog" ? [source] : []));
  const [first] = sources;
  if (first === undefined || sources.some((source) => source.site === site)) return;
  report(datadogCodes["other-site"](first.at, { site, source: first.name, asked: first.site }));
}
