import type { Slo } from "../../model/model.ts";
import { series } from "../../promql/build.ts";
import type { Matcher, VectorSelector } from "../../promql/ast.ts";
import { formatDuration, type Seconds } from "../../units/duration.ts";

/**
 * The series that the rules record and that alerts, gates and dashboards read. Names and id labels are Sloth's,
 * so that its dashboards and its UI keep working: https://github.com/slok/sloth/tree/v0.16.0/internal/plugin/slo/core
 */
export function idLabels(slo: Slo): Readonly<Record<string, string>> {
  return { [ID_LABEL]: slo.id, sloth_service: slo.service, sloth_slo: slo.name };
}

/** The one id label that selects: it is unique in a build, and the rules put the other two back on what they record. */
export const ID_LABEL = "sloth_id";

/** Bad events per second over five minutes; slogen's own. */
export const BAD_EVENTS = "slo:sli_events_bad:rate5m";
/** All events per second over five minutes; slogen's own. */
export const TOTAL_EVENTS = "slo:sli_events_total:rate5m";
/** The error ratio of one time slice or, for a threshold, of one evaluation; slogen's own. */
export const SLICE_ERROR = "slo:sli_slice_error:ratio";
/** The share of the period's error budget that is left; below 0 if overspent. */
export const BUDGET_REMAINING = "slo:period_error_budget_remaining:ratio";
/** The burn rate of every window, told apart by `sloth_window`; slogen's own. */
export const BURN_RATE = "slo:burn_rate:ratio";

export function errorRatioName(window: Seconds): string {
  return `slo:sli_error:ratio_rate${formatDuration(window)}`;
}

/** One SLO's series of a recorded name. */
export function recorded(slo: Slo, name: string): VectorSelector {
  return series(name, [idMatcher(slo)]);
}

export function idMatcher(slo: Slo): Matcher {
  return { label: ID_LABEL, op: "=", value: slo.id };
}
