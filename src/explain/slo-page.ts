import { table } from "../gate/page-parts.ts";
import type { Indicator, PlannedSlo, Query } from "../model/model.ts";
import { DAY, describeDuration } from "../units/duration.ts";
import { multiply, rational, toFigure } from "../units/rational.ts";
import { alertDetection, budgetSpent, detectionTime, resetTime, unseenRatio } from "./detection.ts";
import { detectionPlot } from "./detection-plot.ts";
import type { AlertFacts, BudgetFacts, PairFacts, SloFacts } from "./facts.ts";
import { exactTime, numberFigure, percentFigure, targetFigure, timeFigure } from "./figures.ts";
import { incidentPlot } from "./incident-plot.ts";
import { countsRequests } from "./slo-facts.ts";
import { paint, toneOf, type Terminal } from "./terminal.ts";
import { wrapped } from "./wrap.ts";

export interface SloPageOptions {
  /** Who says how much traffic there is, such as `the policy checkout`. */
  readonly trafficBy?: string;
}

/** An SLO in words and figures, for a reader who wants to know what it promises and when somebody is woken: lines of at most 100 characters. */
export function sloPage(facts: SloFacts, terminal: Terminal, { trafficBy }: SloPageOptions = {}): string {
  const sections = [
    headLines(facts.slo, terminal),
    budgetLines(facts, trafficBy, terminal),
    alertLines(facts, terminal),
    detectionPlot(facts, terminal),
    incidentPlot(facts, terminal),
    toKnow(facts, terminal),
  ];
  const lines = sections.filter((section) => section.length > 0).flatMap((section) => [...section, ""]);
  return `${lines.slice(0, -1).join("\n")}\n`;
}

function headLines(slo: PlannedSlo, terminal: Terminal): readonly string[] {
  const { id, title, description, objective, period, window } = slo;
  const over = `${window.kind === "calendar" ? "a calendar period of nominally" : "the last"} ${describeDuration(period)}`;
  return [
    paint(terminal, "strong", title === undefined ? id : `${id}: ${title}`),
    ...wrapped(`${targetFigure(objective)} of ${measured(slo)}, over ${over}.`),
    ...(description === undefined ? [] : wrapped(description)),
  ];
}

const SYSTEMS = { prometheus: "Prometheus", datadog: "Datadog" } as const;

/** What the target is a share of, in a few words. */
function measured({ budgeting, indicators }: PlannedSlo): string {
  const indicator = indicators.prometheus ?? indicators.datadog;
  const systems = (["prometheus", "datadog"] as const).filter((backend) => indicators[backend] !== undefined);
  const by = `as measured by ${systems.map((backend) => SYSTEMS[backend]).join(" and ")}`;
  switch (budgeting.kind) {
    case "timeslices": {
      const slice = timeFigure(budgeting.slice);
      const atLeast = `${toFigure(multiply(budgeting.target, rational(100)))} % good`;
      return `all slices of ${slice} are at least ${atLeast}, ${by}`;
    }
    case "ratio-timeslices":
      return `the mean of all slices of ${timeFigure(budgeting.slice)}, ${by}`;
    case "occurrences":
      return `${indicator === undefined ? "all that is measured" : subject(indicator)}, ${by}`;
  }
}

function subject(indicator: Indicator<Query>): string {
  switch (indicator.kind) {
    case "events":
      return "all events are good";
    case "ratio":
      return "what the ready ratio counts is good";
    case "threshold":
      return `the time the value is ${indicator.op} ${toFigure(indicator.limit)}`;
  }
}

function budgetLines({ slo, traffic, budget }: SloFacts, trafficBy: string | undefined, terminal: Terminal): readonly string[] {
  const { share, period, outage, requests } = budget;
  const perDay = (DAY / period) * outage;
  const lines = [
    `  a total outage     ${exactTime(outage)} in ${describeDuration(period)}, or ${exactTime(perDay)} a day`,
    `  a steady failure   ${percentFigure(share)} for ${describeDuration(period)}`,
  ];
  const { budgeting } = slo;
  if (budgeting.kind === "timeslices") {
    lines.push(`  bad slices         ${numberFigure(outage / budgeting.slice)} of ${numberFigure(period / budgeting.slice)}`);
  } else if (requests !== undefined && traffic !== undefined) {
    const rate = `${numberFigure(traffic * 60)} a minute${trafficBy === undefined ? "" : ` (${trafficBy})`}`;
    lines.push(`  bad requests       ${numberFigure(requests)} of ${numberFigure(traffic * period)}, at ${rate}`);
  } else if (countsRequests(slo)) lines.push(...unknownTraffic(slo));
  return [paint(terminal, "strong", "Error budget"), ...lines];
}

function unknownTraffic({ origin }: PlannedSlo): readonly string[] {
  const isOpenslo = /^openslo/.test(origin.format);
  return isOpenslo
    ? [
        "  bad requests       unknown: give `--traffic 600rpm`, or declare it below the metadata of the SLO",
        "                         annotations: { slogen/traffic: 600rpm }",
      ]
    : ["  bad requests       unknown: give `--traffic 600rpm`"];
}

const MAKERS: Readonly<Record<string, string>> = { prometheus: "Prometheus", datadog: "Datadog" };
export const makerOf = (target: string): string => MAKERS[target] ?? target;

function alertLines({ alerts, alertsFrom, elsewhere = [], budget }: SloFacts, terminal: Terminal): readonly string[] {
  const heading = alertsFrom === undefined ? "Alerts as planned: no target of this project makes them" : `Alerts of ${makerOf(alertsFrom)}`;
  return [
    ...alertTable(heading, alerts, budget, terminal),
    ...elsewhere.flatMap(({ target, alerts: others }) => ["", ...alertTable(`Alerts of ${makerOf(target)}`, others, budget, terminal)]),
  ];
}

/** Ten times what the objective allows: bad, and no outage. */
const WORSE = 10;

function alertTable(heading: string, alerts: readonly AlertFacts[], budget: BudgetFacts, terminal: Terminal): readonly string[] {
  if (alerts.length === 0) return [paint(terminal, "strong", `${heading}: none`)];
  const names = new Set(alerts.map(({ name }) => name));
  // A monitor is called after its severity and window, which are in its row.
  const isNamed = names.size > 1 && !alerts.every(({ name, severity }) => name.startsWith(`${severity}-`));
  const worse = budget.share * WORSE;
  const showsWorse = worse < 1;
  const counts = alerts.some(({ pairs }) => pairs.some(({ badRequests }) => badRequests !== undefined));
  const head = [
    "severity",
    "windows",
    "burn",
    "above",
    "outage seen",
    "spent",
    "ends",
    ...(showsWorse ? [`${percentFigure(worse)} seen`, "spent"] : []),
    ...(counts ? ["bad requests"] : []),
  ];
  const rows = alerts.flatMap((alert) => alert.pairs.map((pair) => rowOf(alert, pair, budget, showsWorse ? worse : undefined)));
  const [header = "", ...lines] = table([head, ...rows]);
  let next = 0;
  return [
    paint(terminal, "strong", names.size === 1 ? `${heading}: ${[...names].join("")}` : heading),
    header,
    ...alerts.flatMap(({ name, severity, combine, pairs }) => {
      const own = lines.slice(next, (next += pairs.length)).map((line) => paint(terminal, toneOf(severity), line));
      const together = combine === "all" && pairs.length > 1;
      return !isNamed && !together ? own : [`  ${name}${together ? ", while all of these burn" : ""}`, ...own];
    }),
    ...legend(alerts),
  ];
}

function rowOf(alert: AlertFacts, pair: PairFacts, budget: BudgetFacts, worse: number | undefined): readonly string[] {
  const own = { ...alert, pairs: [pair] };
  const seen = (rate: number): readonly string[] => {
    const time = alertDetection(own, rate);
    return time === undefined ? ["never", "-"] : [timeFigure(time), percentFigure(roundShare(budgetSpent(budget, rate, time)))];
  };
  const ends = detectionTime(pair, 1) === undefined ? "-" : timeFigure(resetTime(pair, 1) + (alert.keepsFiring ?? 0));
  return [
    alert.severity,
    pair.short === pair.long ? timeFigure(pair.long) : `${timeFigure(pair.long)}, ${timeFigure(pair.short)}`,
    `${numberFigure(pair.burnRate)}x`,
    pair.errorRatio >= 1 ? "never" : percentFigure(pair.errorRatio),
    ...seen(1),
    ends,
    ...(worse === undefined ? [] : seen(worse)),
    ...(pair.badRequests === undefined ? [] : [numberFigure(fewestBad(pair.badRequests, pair.minBadRequests))]),
  ];
}

/** An alert asks for more than its limit, but for no more than its minimum. */
export function fewestBad(badRequests: number, minimum = 0): number {
  return Math.max(minimum, Math.floor(Number(badRequests.toPrecision(12))) + (badRequests > minimum ? 1 : 0));
}

/** To whole percents: tenths of a budget are nobody's business. */
function roundShare(share: number): number {
  return share < 0.01 ? share : Math.round(share * 100) / 100;
}

function legend(alerts: readonly AlertFacts[]): readonly string[] {
  const waits = [
    ...new Set(alerts.flatMap(({ severity, holds }) => (holds > 0 ? [`a ${severity} must hold for ${timeFigure(holds)}`] : []))),
  ];
  const keeps = [
    ...new Set(
      alerts.flatMap(({ severity, keepsFiring = 0 }) => (keepsFiring > 0 ? [`a ${severity} stays for ${timeFigure(keepsFiring)}`] : [])),
    ),
  ];
  const least = Math.max(0, ...alerts.flatMap(({ pairs }) => pairs.map(({ minBadRequests = 0 }) => minBadRequests)));
  const included = [...waits, ...keeps].join(", ");
  const text = [
    "Seen and ends: how long after errors begin and are over; spent: of the budget, by then.",
    ...(included === "" ? [] : [`Included: ${included}.`]),
    ...(least > 0 ? [`Fewer than ${least} bad events in the long window alert nobody.`] : []),
  ].join(" ");
  return wrapped(text, 2);
}

function toKnow({ slo, alerts, alertsFrom, alertsOnBudget, budget }: SloFacts, terminal: Terminal): readonly string[] {
  const lines = [...unseen(alerts, alertsOnBudget, budget), ...kindLines(slo), ...(alertsFrom === "prometheus" ? [EVALUATIONS] : [])];
  return [paint(terminal, "strong", "What to know"), ...lines.flatMap((line) => bullet(line))];
}

/** Windows above an hour are sums of rates over five minutes, which lag by half of that, and those above six hours are recorded every two minutes. */
const EVALUATIONS =
  "the times are those of the windows: scraping and evaluating add a minute or so, and windows of more than an hour lag by three minutes";

function unseen(alerts: readonly AlertFacts[], [level]: readonly number[] = [], budget: BudgetFacts): readonly string[] {
  const highest = unseenRatio(alerts);
  const atLevel = level === undefined ? undefined : `an alert on the budget comes when ${percentFigure(level)} of it is spent`;
  if (highest >= 1) return [atLevel === undefined ? "nothing alerts, whatever fails" : `only ${atLevel}`];
  const lasts = budget.outage / highest;
  const whole = lasts < budget.period * 1.001 && lasts > budget.period * 0.999;
  const spends =
    lasts > budget.period
      ? `they use ${percentFigure(budget.period / lasts)} of the budget`
      : `${whole ? "they use up the budget in" : "the budget lasts only"} ${timeFigure(lasts)}`;
  const soonest = Math.min(...alerts.map((alert) => alertDetection(alert, 1) ?? Infinity));
  const short = percentFigure(roundShare(budgetSpent(budget, 1, soonest)));
  return [
    `errors at ${percentFigure(highest)} or less ${atLevel === undefined ? "are never alerted" : "pass no limit of a burn rate"}; at just that, ${spends}`,
    ...(atLevel === undefined ? [] : [atLevel]),
    ...(soonest === Infinity
      ? []
      : [`an outage of less than ${timeFigure(soonest)} is not alerted either; it spends up to ${short} of the budget`]),
  ];
}

/** What the figures mean where they are not shares of requests. */
export function kindLines({ budgeting, indicators }: PlannedSlo): readonly string[] {
  const kind = (indicators.prometheus ?? indicators.datadog)?.kind;
  if (budgeting.kind === "timeslices")
    return [
      `what fails are slices of ${timeFigure(budgeting.slice)}, not requests: a rate of errors is the share of slices that are bad, and one is judged when it is over`,
    ];
  if (budgeting.kind === "ratio-timeslices")
    return [`each slice of ${timeFigure(budgeting.slice)} counts alike, however few its requests: at night one bad request weighs more`];
  if (kind === "threshold")
    return ["what fails is time, not requests: a rate of errors is the share of evaluations at which the value is out of bounds"];
  if (kind === "ratio") return ["the ratio comes without its counts, so each moment counts alike, however few its requests"];
  return [];
}

function bullet(text: string): readonly string[] {
  return wrapped(text, 4).map((line, i) => (i === 0 ? `  - ${line.trimStart()}` : line));
}
