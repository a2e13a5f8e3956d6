import type { PlannedSlo } from "../../model/model.ts";
import { describeDuration } from "../../units/duration.ts";
import { multiply, rational, toFigure } from "../../units/rational.ts";
import { alertDetection, budgetSpent, tripRatio, unseenRatio } from "../detection.ts";
import type { AlertFacts, BudgetFacts, SloFacts } from "../facts.ts";
import { targetFigure } from "../figures.ts";
import { countsRequests } from "../slo-facts.ts";
import { kindLines } from "../slo-page.ts";
import { alertNames, count, list, percent, plural, roughPercent, shortTime, windowsOf } from "./words.ts";

/** What an SLO promises, in a sentence. */
export function promise({ objective, budgeting, indicators, window, period }: PlannedSlo): string {
  const target = targetFigure(objective);
  const when =
    window.kind === "calendar" ? `in each calendar period of ${describeDuration(period)}` : `over any ${describeDuration(period)}`;
  const kind = (indicators.prometheus ?? indicators.datadog)?.kind;
  switch (budgeting.kind) {
    case "timeslices":
      return `${target} of all slices of ${shortTime(budgeting.slice)} must be good, ${when}. A slice is good if at least ${toFigure(multiply(budgeting.target, rational(100)))} % of what happens in it is.`;
    case "ratio-timeslices":
      return `Slices of ${shortTime(budgeting.slice)} must be ${target} good on average, ${when}.`;
    case "occurrences":
      if (kind === "events") return `${target} of all requests must be good, ${when}.`;
      return kind === "threshold"
        ? `The value must be within its limit ${target} of the time, ${when}.`
        : `The share of what is good must be ${target} on average, ${when}.`;
  }
}

/** What to know of an SLO and its alerts beyond the figures. Code stands between backticks. */
export function toKnow({ slo, traffic, budget, alerts, alertsFrom }: SloFacts): readonly string[] {
  const unseen = unseenRatio(alerts);
  const names = alertNames(alerts);
  const pairs = alerts.flatMap((alert, i) => alert.pairs.map((pair) => ({ ...pair, of: names[i] ?? "", pair })));
  const dead = pairs.filter(({ pair }) => tripRatio(pair) >= 1);
  const least = pairs.filter(({ minBadRequests }) => minBadRequests !== undefined);
  const few = pairs.filter(({ badRequests = Infinity }) => badRequests < 3);
  return [
    ...(alerts.length === 0 ? ["No alert watches this SLO."] : []),
    ...(alerts.length > 0 && unseen < 1 ? [unseenWords(unseen, budget.share, budget.period)] : []),
    ...(unseen < 1 ? [shortestWords(alerts, budget)] : []),
    ...(alerts.length > 0 && unseen === 1 ? ["No alert can fire: not even a total outage burns as fast as they demand."] : []),
    ...(unseen < 1
      ? dead.map(({ of, pair }) => `The alert ${of} over ${windowsOf(pair)} never fires: it would take more than 100 % errors.`)
      : []),
    ...(few.length > 0 && traffic !== undefined
      ? [
          `There is so little traffic that ${list([...new Set(few.map(({ of, long, badRequests = 0 }) => `${plural(Math.max(1, Math.ceil(badRequests)), "bad request")} within ${shortTime(long)} can raise ${of}`))])}.`,
        ]
      : []),
    ...[...new Set(least.map(({ minBadRequests = 0 }) => minBadRequests))].map(
      (bad) => `However high the burn rate, nothing fires before ${count(bad)} bad requests are in the longer window.`,
    ),
    ...(alerts.some(({ combine, pairs: each }) => combine === "all" && each.length > 1)
      ? ["An alert with several conditions fires while all of them hold at once."]
      : []),
    ...alerts.flatMap(({ holds }, i) =>
      holds === 0
        ? []
        : [`The alert ${names[i] ?? ""} waits until its condition has held for ${shortTime(holds)}; the times here include that.`],
    ),
    ...alerts.flatMap(({ keepsFiring = 0 }, i) =>
      keepsFiring === 0 ? [] : [`The alert ${names[i] ?? ""} goes on for ${shortTime(keepsFiring)} after its condition has ended.`],
    ),
    ...(alerts.length > 0
      ? [
          "The times are for errors that set in at once, in even traffic. Add what the metrics take to arrive and to be looked at: with Prometheus usually a minute.",
        ]
      : []),
    ...slo.noData.map(({ name }) => `\`${name}\` fires when the metric itself goes missing: without it, silence would look like health.`),
    ...(alerts.length > 0 && alertsFrom === undefined ? ["No target of this project makes these alerts yet: they are the plan."] : []),
    ...kindLines(slo).map((line) => `${line.charAt(0).toUpperCase()}${line.slice(1)}.`),
    ...(countsRequests(slo) && traffic === undefined ? [trafficWords(slo)] : []),
    ...(slo.window.kind === "calendar"
      ? [`The budget starts anew at each boundary; figures take a period of ${describeDuration(slo.period)}.`]
      : []),
  ];
}

function shortestWords(alerts: readonly AlertFacts[], budget: BudgetFacts): string {
  const soonest = Math.min(...alerts.map((alert) => alertDetection(alert, 1) ?? Infinity));
  const spent = roughPercent(Number(budgetSpent(budget, 1, soonest).toPrecision(2)));
  return `Nor does a total outage of less than ${shortTime(soonest)}, which spends up to ${spent} of the budget.`;
}

function trafficWords({ origin }: PlannedSlo): string {
  const annotation = origin.format.startsWith("openslo") ? ", or the annotation `slogen/traffic: 600rpm`" : "";
  return `Declare the traffic to see the budget in requests: \`slogen explain --traffic 600rpm\`${annotation}.`;
}

function unseenWords(unseen: number, share: number, period: number): string {
  const used = unseen / share;
  const cost =
    used > 1
      ? `use up the whole budget in ${shortTime(period / used)}`
      : used === 1
        ? `use exactly the budget of ${describeDuration(period)}`
        : `use ${roughPercent(used)} of the budget of ${describeDuration(period)}`;
  return `Up to ${percent(unseen)} errors raise no alert, however long they go on. At that rate they ${cost}.`;
}
