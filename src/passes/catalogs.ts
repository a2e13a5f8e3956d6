import type { WindowCatalog } from "../model/model.ts";
import { DAY, HOUR, MINUTE, seconds, type Seconds } from "../units/duration.ts";
import { budgetShareSpent, burnRateSpending } from "../units/quantity.ts";
import { rational, type Rational } from "../units/rational.ts";

const percent = (share: number): Rational => rational(share, 100);

/**
 * The four pairs of the Google SRE Workbook (chapter 5, table 5-8), with the 1d/2h pair of its example rules,
 * which Sloth and Datadog use too: 14.4, 6, 3 and 1 times the allowed rate over 30 days.
 */
const WORKBOOK: Omit<WindowCatalog, "period"> = {
  page: {
    quick: { budgetShare: percent(2), short: seconds(5 * MINUTE), long: HOUR },
    slow: { budgetShare: percent(5), short: seconds(30 * MINUTE), long: seconds(6 * HOUR) },
  },
  ticket: {
    quick: { budgetShare: percent(10), short: seconds(2 * HOUR), long: DAY },
    slow: { budgetShare: percent(10), short: seconds(6 * HOUR), long: seconds(3 * DAY) },
  },
};

const MONTH = seconds(30 * DAY);

/** The shortest period for which the workbook's budget shares still mean burn rates near or above 1. */
const SHORTEST_FOR_SHARES = seconds(28 * DAY);

/** The catalog for any period: the user's own for just this period, else the workbook's. */
export function catalogFor(period: Seconds, own: readonly WindowCatalog[]): WindowCatalog {
  return own.find((catalog) => catalog.period === period) ?? workbookCatalog(period);
}

/**
 * Shares of the budget are kept for periods of four weeks and more. In shorter ones they would mean burn rates below 1
 * (2 % in 1h of 7d is 3.36, 10 % in 3d is 0.23), so there the burn rates of 30 days are kept and the shares follow.
 */
export function workbookCatalog(period: Seconds): WindowCatalog {
  if (period >= SHORTEST_FOR_SHARES) return { ...WORKBOOK, period };
  const rescale = ({ budgetShare, short, long }: WindowCatalog["page"]["quick"]): WindowCatalog["page"]["quick"] => ({
    budgetShare: budgetShareSpent(burnRateSpending(budgetShare, long, MONTH), long, period),
    short,
    long,
  });
  const { page, ticket } = WORKBOOK;
  return {
    period,
    page: { quick: rescale(page.quick), slow: rescale(page.slow) },
    ticket: { quick: rescale(ticket.quick), slow: rescale(ticket.slow) },
  };
}
