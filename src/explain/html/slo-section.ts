import { describeDuration } from "../../units/duration.ts";
import { budgetSpent, detectionTime, resetTime, tripRatio } from "../detection.ts";
import type { AlertFacts, PairFacts, SloFacts } from "../facts.ts";
import { countsRequests } from "../slo-facts.ts";
import { fewestBad, makerOf } from "../slo-page.ts";
import { figureOf, tableOf, type Chart } from "./chart.ts";
import { detectionChart } from "./detection-chart.ts";
import { incidentChart } from "./incident-chart.ts";
import { html, prose, type Content, type Markup } from "./markup.ts";
import { promise, toKnow } from "./slo-words.ts";
import { alertNames, burn, count, percent, roughPercent, shortTime, windowsOf } from "./words.ts";

/** One SLO. `level` is that of its heading; its ids begin with `id`. */
export function sloSection(facts: SloFacts, id: string, level: 1 | 2): Markup {
  const { slo, alerts, elsewhere = [] } = facts;
  const sub = (words: string): Markup => heading((level + 1) as 2 | 3, words);
  const incident = incidentChart(`${id}-incident`, facts);
  const detection = detectionChart(`${id}-detection`, facts);
  const notes = toKnow(facts);
  return html`<section${level === 1 ? undefined : html` class="part"`}>
<header>
${level === 1 ? html`<p class="kicker">Service level objective of ${slo.service}</p>` : undefined}
${heading(level, slo.title ?? slo.id)}
${slo.title === undefined ? undefined : html`<p class="kicker"><code>${slo.id}</code></p>`}
<p class="promise">${promise(slo)}</p>
${slo.description === undefined ? undefined : html`<p>${slo.description}</p>`}
</header>
${sub("What may go wrong")}
${budgetTiles(facts)}
${
  alerts.length === 0
    ? undefined
    : html`${sub("When you are told")}
      ${alertTable(facts, alerts, facts.alertsFrom === undefined ? "Alerts as planned" : `Alerts of ${makerOf(facts.alertsFrom)}`)}
      ${elsewhere.map(({ target, alerts: others }) => alertTable(facts, others, `Alerts of ${makerOf(target)}`))}`
}
${chartPart(sub, "An incident, minute by minute", incident)}
${chartPart(sub, "How soon errors are noticed", detection)}
${sub("What to know")}
<ul>
${notes.map((note) => html`<li>${prose(note)}</li> `)}</ul>
</section>
`;
}

function chartPart(sub: (words: string) => Markup, words: string, chart: Chart | undefined): Markup | undefined {
  return chart && html`${sub(words)} ${figureOf(chart)}`;
}

export function heading(level: 1 | 2 | 3 | 4, words: string): Markup {
  switch (level) {
    case 1:
      return html`<h1>${words}</h1>`;
    case 2:
      return html`<h2>${words}</h2>`;
    case 3:
      return html`<h3>${words}</h3>`;
    case 4:
      return html`<h4>${words}</h4>`;
  }
}

export function tiles(each: readonly (readonly [name: string, value: string, about: string])[]): Markup {
  return html`<dl class="tiles">
    ${each.map(
      ([name, value, about]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
          <dd class="small">${about}</dd>
        </div> `,
    )}
  </dl>`;
}

function budgetTiles({ slo, traffic, budget }: SloFacts): Markup {
  const { share, period, outage, requests } = budget;
  return tiles([
    [
      "Error budget",
      percent(share),
      `of all ${slo.budgeting.kind === "occurrences" ? (countsRequests(slo) ? "requests" : "time") : "slices"} in ${describeDuration(period)}`,
    ],
    ["As a total outage", shortTime(outage), "uses it all up"],
    ["For each day", shortTime(share * 86_400), "of outage, evenly spent"],
    ...(requests === undefined || traffic === undefined
      ? []
      : [["In requests", count(requests), `of ${count(traffic * period)}, at ${count(traffic * 60)} a minute`] as const]),
  ]);
}

/** Ten times what the objective allows: bad, and no outage. */
const WORSE = 10;

function alertTable({ traffic, budget }: SloFacts, alerts: readonly AlertFacts[], caption: string): Markup {
  const names = alertNames(alerts);
  const worse = budget.share * WORSE < 1 ? budget.share * WORSE : undefined;
  return tableOf({
    caption,
    head: [
      "alert",
      "windows",
      "burn rate",
      "fires above errors of",
      "outage noticed after",
      "budget spent by then",
      ...(worse === undefined ? [] : [`${percent(Number(worse.toPrecision(6)))} errors noticed after`]),
      "stops after the end",
      ...(traffic === undefined ? [] : ["bad requests it takes"]),
    ],
    rows: alerts.flatMap((alert, i) =>
      alert.pairs.map((pair) => pairRow(names[i] ?? "", { alert, pair, budget, worse, isCounted: traffic !== undefined })),
    ),
  });
}

interface PairPlace {
  readonly alert: AlertFacts;
  readonly pair: PairFacts;
  readonly budget: SloFacts["budget"];
  readonly worse: number | undefined;
  readonly isCounted: boolean;
}

function pairRow(name: string, { alert, pair, budget, worse, isCounted }: PairPlace): readonly Content[] {
  const { holds, keepsFiring = 0 } = alert;
  const noticed = (ratio: number): number | undefined => {
    const time = detectionTime(pair, ratio);
    return time === undefined ? undefined : time + holds;
  };
  const told = (time: number | undefined): string => (time === undefined ? "never" : shortTime(time));
  const outage = noticed(1);
  return [
    name,
    windowsOf(pair),
    burn(pair.burnRate),
    outage === undefined ? "never" : percent(Number(tripRatio(pair).toPrecision(6))),
    told(outage),
    outage === undefined ? "–" : roughPercent(budgetSpent(budget, 1, outage)),
    ...(worse === undefined ? [] : [told(noticed(worse))]),
    outage === undefined ? "–" : shortTime(resetTime(pair, 1) + keepsFiring),
    ...(isCounted
      ? [pair.badRequests === undefined || outage === undefined ? "–" : count(fewestBad(pair.badRequests, pair.minBadRequests))]
      : []),
  ];
}
