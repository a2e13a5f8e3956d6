import type { Report } from "../../diagnostics/diagnostic.ts";
import type * as model from "../../model/model.ts";
import type { Reading } from "../../model/reading.ts";
import { burnRate } from "../../units/quantity.ts";
import { toDecimal } from "../../units/rational.ts";
import { opensloCodes } from "./codes.ts";
import { optional } from "./context.ts";
import { checkShortWindow, shortWindow } from "./metadata.ts";
import type { AlertCondition, AlertPolicy, NotificationTarget, Version } from "./source.ts";
import { follow, type ObjectTable } from "./table.ts";

export interface AlertContext {
  readonly version: Version;
  readonly table: ObjectTable;
  readonly report: Report;
  readonly reading: Reading;
}

export function lowerPolicy(policy: AlertPolicy, context: AlertContext): model.AlertPolicy | undefined {
  const { report, reading, table, version } = context;
  const { metadata, whenBreaching, whenNoData, whenResolved } = policy;
  const name = metadata.name.value;
  if (!whenBreaching && !whenNoData) {
    report(opensloCodes[whenResolved ? "resolved-only" : "silent-policy"](metadata.name.at, { name }));
  }
  const count = policy.conditions.length;
  if (count > 1 && !reading.conditionsAsAnd) report(opensloCodes["several-conditions"](policy.conditionsAt, { count }));
  checkShortWindow(metadata, report);
  const conditions = policy.conditions.map((reference) => {
    if (reference.inline !== undefined) checkCondition(reference.inline, report);
    const condition = follow(reference, (name) => table.follow(name, version, "AlertCondition"));
    return condition && lowerCondition(condition, shortWindow(metadata));
  });
  const notify = policy.targets.map((reference) => follow(reference, (name) => table.follow(name, version, "AlertNotificationTarget")));
  const whole = conditions.filter((condition) => condition !== undefined);
  if (whole.length < Math.max(count, 1) || (count > 1 && !reading.conditionsAsAnd)) return undefined;
  return {
    name,
    ...optional("description", policy.description),
    whenBreaching,
    whenNoData,
    conditions: whole,
    notify: notify.filter((target) => target !== undefined).map(lowerTarget),
    labels: metadata.labels,
    annotations: metadata.annotations,
    at: metadata.name.at,
  };
}

function lowerTarget({ metadata, target }: NotificationTarget): model.NotificationTarget {
  return { name: metadata.name.value, target: target ?? "", at: metadata.name.at };
}

/** Once for each condition, however many policies refer to it. */
export function checkCondition({ metadata, op, threshold }: AlertCondition, report: Report): void {
  checkShortWindow(metadata, report);
  if (op?.value === "lt" || op?.value === "lte") report(opensloCodes["burn-condition-below"](op.at, { op: op.value }));
  if (threshold !== undefined && burnRate(threshold.value) === undefined) {
    report(opensloCodes["burn-threshold"](threshold.at, { threshold: toDecimal(threshold.value) }));
  }
}

function lowerCondition(condition: AlertCondition, fallback: ReturnType<typeof shortWindow>): model.BurnCondition | undefined {
  const { metadata, severity, threshold, lookback, after } = condition;
  const burn = threshold && burnRate(threshold.value);
  if (severity === undefined || threshold === undefined || burn === undefined || lookback === undefined) return undefined;
  const short = shortWindow(metadata) ?? fallback;
  return {
    name: metadata.name.value,
    severity: severity.value,
    burnRate: burn,
    window: lookback.value,
    ...optional("shortWindow", short?.value),
    ...optional("after", after?.value),
    at: { burnRate: threshold.at, window: lookback.at, ...optional("shortWindow", short?.at), ...optional("after", after?.at) },
  };
}
