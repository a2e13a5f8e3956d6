import { BAD_EVENTS, errorRatioName, ID_LABEL, idLabels, recorded, TOTAL_EVENTS } from "../../../backends/prometheus/series.ts";
import { isSliced, measurement } from "../../../backends/prometheus/sli.ts";
import { BASE_WINDOW } from "../../../backends/prometheus/windows.ts";
import type { NoDataAlert, NotificationTarget, PlannedAlert, PrometheusSlo, WindowPair } from "../../../model/model.ts";
import type { Expr } from "../../../promql/ast.ts";
import { aggregate, binary, call, number, on, paren, range } from "../../../promql/build.ts";
import { formatDuration, type Seconds } from "../../../units/duration.ts";
import { errorRatioAt } from "../../../units/quantity.ts";
import { toDecimal } from "../../../units/rational.ts";
import type { Render } from "../../../text/render.ts";
import type { PrometheusOptions } from "../options.ts";
import { sorted, type AlertingRule, type Labels } from "../types.ts";
import { alertView, literal, noDataView } from "../words.ts";
import { expression } from "./expression.ts";
import { minimumOfBadEvents } from "./minimum.ts";
import { budgetGrouping } from "./recordings.ts";

/** The alerting rules of one SLO: its burn-rate alerts, then those about a missing SLI. */
export function alerts(slo: PrometheusSlo, options: PrometheusOptions, render: Render): readonly AlertingRule[] {
  return [
    ...slo.alerts.map((alert) => burnAlert(slo, alert, options, render)),
    ...(options.noDataFor === undefined ? [] : slo.noData.map((alert) => noDataAlert(slo, alert, options, render))),
  ];
}

function noDataAlert(slo: PrometheusSlo, alert: NoDataAlert, options: PrometheusOptions, render: Render): AlertingRule {
  const view = noDataView(slo, alert, options);
  return {
    alert: alert.name,
    expr: expression(missing(slo)),
    ...duration("for", options.noDataFor),
    // `absent` knows only the labels of its selector, so those that route an alert to its team are given here.
    labels: sorted({
      ...literals({ ...texts(slo.labels), ...options.extraLabels }),
      ...severityLabels(alert.severity, options),
      ...notifyLabel(alert.notify),
      ...texts(alert.labels),
      ...literals(idLabels(slo)),
    }),
    annotations: sorted({
      title: render("prometheus/no-data-title", view),
      summary: render("prometheus/no-data-summary", view),
      ...texts(ownAnnotations(slo.annotations)),
      ...texts(slo.alerting.kind === "policies" ? ownAnnotations(alert.annotations) : alert.annotations),
    }),
  };
}

function burnAlert(slo: PrometheusSlo, alert: PlannedAlert, options: PrometheusOptions, render: Render): AlertingRule {
  const [first, ...rest] = alert.pairs.map((pair) => burns(slo, pair, options));
  if (first === undefined) throw new Error(`the alert ${alert.name} of ${slo.id} has no windows`);
  const expr =
    rest.length === 0
      ? first
      : rest.reduce<Expr>((all, pair) => binary(all, alert.combine === "any" ? "or" : "and", paren(pair)), paren(first));
  const view = alertView(slo, alert, options);
  return {
    alert: alert.name,
    expr: expression(expr),
    ...duration("for", alert.after ?? options.for[alert.severity]),
    ...duration("keep_firing_for", options.keepFiringFor[alert.severity]),
    labels: sorted({ ...severityLabels(alert.severity, options), ...notifyLabel(alert.notify), ...texts(alert.labels) }),
    annotations: sorted({
      title: render("prometheus/alert-title", view),
      summary: render("prometheus/alert-summary", view),
      description: render("prometheus/alert-description", view),
      ...texts(ownAnnotations(slo.annotations)),
      ...texts(slo.alerting.kind === "policies" ? ownAnnotations(alert.annotations) : alert.annotations),
    }),
  };
}

/** The long window says that much budget is gone, the short one that it still burns; the events say that it is no fluke. */
function burns(slo: PrometheusSlo, pair: WindowPair, options: PrometheusOptions): Expr {
  const threshold = number(toDecimal(errorRatioAt(pair.burnRate, slo.objective.budget)));
  const above = (window: Seconds): Expr =>
    aggregate("max", binary(recorded(slo, errorRatioName(window)), ">", threshold), { kind: "without", labels: ["sloth_window"] });
  const both = pair.short === pair.long ? above(pair.long) : binary(above(pair.short), "and", above(pair.long));
  const minimum = pair.long < BASE_WINDOW ? 0 : minimumOfBadEvents(slo, options);
  if (minimum === 0) return both;
  const grouping = budgetGrouping(slo);
  // Each sample is a rate that holds for one evaluation. A mean over the window would overstate the events of a young SLO.
  const rates = call("sum_over_time", range(recorded(slo, BAD_EVENTS), pair.long));
  const events = binary(grouping === undefined ? rates : aggregate("sum", rates, grouping), "*", number(String(options.interval)));
  const enough = binary(events, ">=", number(String(minimum)));
  return binary(both, "and", enough, grouping === undefined ? {} : { matching: on(grouping.labels) });
}

/** True while the SLI's own series are missing, or events come in and yet there is no ratio of them. */
function missing(slo: PrometheusSlo): Expr {
  const { indicator, budgeting } = slo;
  if (isSliced(slo) || indicator.kind !== "events") {
    const slice = budgeting.kind === "occurrences" ? BASE_WINDOW : budgeting.slice;
    return call("absent", measurement(indicator, slice < BASE_WINDOW ? slice : BASE_WINDOW));
  }
  const total = recorded(slo, TOTAL_EVENTS);
  // Group by group: one that has no ratio must not hide behind the others.
  const grouping = budgetGrouping(slo) ?? { kind: "by", labels: [ID_LABEL] };
  const traffic = aggregate("sum", binary(total, ">", number("0")), grouping);
  const ratio = recorded(slo, errorRatioName(BASE_WINDOW));
  return binary(call("absent", total), "or", paren(binary(traffic, "unless", ratio, { matching: on(grouping.labels) })));
}

/** Labels of alerts are Go templates; those that the spec means for series are not. */
function literals(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, literal(value)]));
}

function severityLabels(severity: string, options: PrometheusOptions): Labels {
  const mapped = options.severityLabels[severity];
  return literals({ sloth_severity: severity, ...(mapped !== undefined && { severity: mapped }) });
}

/** Alertmanager can route on it: the spec's notification targets are names without addresses. */
function notifyLabel(targets: readonly NotificationTarget[]): Labels {
  return targets.length === 0 ? {} : literals({ slo_notify: targets.map(({ name }) => name).join(",") });
}

function texts(entries: PlannedAlert["labels"]): Labels {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

function duration<K extends string>(key: K, value: Seconds | undefined): Partial<Readonly<Record<K, string>>> {
  return value === undefined ? {} : ({ [key]: formatDuration(value) } as Partial<Record<K, string>>);
}

/** Annotations of an OpenSLO object with a prefix, such as `openslo.com/owner`, are meant for other tools; Prometheus takes no such names. */
function ownAnnotations(entries: PlannedAlert["annotations"]): PlannedAlert["annotations"] {
  return entries.filter(({ key }) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key));
}
