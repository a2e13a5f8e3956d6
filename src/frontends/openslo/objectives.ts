import type { Report } from "../../diagnostics/diagnostic.ts";
import type * as model from "../../model/model.ts";
import { complement, ratio, ratioFromPercent } from "../../units/quantity.ts";
import { compare, divide, equal, less, multiply, ONE, rational, toDecimal, ZERO, type Rational } from "../../units/rational.ts";
import { nearest } from "../../units/identifier.ts";
import { entryOf, textOf, type YamlNode } from "../../yaml/tree.ts";
import { opensloCodes } from "./codes.ts";
import { placeOf, type Fields } from "./fields.ts";
import type { Reading } from "../../model/reading.ts";
import { has, lacks } from "./presence.ts";
import type { Field, Objective, Slo, Version } from "./source.ts";

export interface ObjectiveContext {
  readonly version: Version;
  readonly fields: Fields;
  readonly report: Report;
  readonly reading: Reading;
}

const HUNDRED = rational(100);

export function lowerTarget(objective: Objective, context: ObjectiveContext): model.Objective | undefined {
  const { report, version } = context;
  const { node, target, targetPercent } = objective;
  if (has(node, "target", context) && has(node, "targetPercent", context)) {
    report(opensloCodes["target-or-percent"](placeOf(node, "targetPercent"), { both: true }));
    return undefined;
  }
  // v1alpha knows `target` alone, which its schema demands.
  if (version !== "openslo/v1alpha" && lacks(node, context, "target", "targetPercent"))
    report(opensloCodes["target-or-percent"](objective.at, { both: false }));
  const share = target === undefined ? targetPercent && ratioFromPercent(targetPercent.value) : ratio(target.value);
  const at = (target ?? targetPercent)?.at;
  if (at === undefined) return undefined;
  if (share === undefined) {
    report(
      opensloCodes["bad-target"](
        at,
        target === undefined ? explain(targetPercent?.value ?? ZERO, "targetPercent") : explain(target.value, "target"),
      ),
    );
    return undefined;
  }
  if (targetPercent !== undefined && !less(ONE, targetPercent.value)) {
    const value = toDecimal(targetPercent.value);
    const bad = toDecimal(multiply(complement(share), HUNDRED));
    const percent = equal(targetPercent.value, ONE) ? undefined : toDecimal(multiply(targetPercent.value, HUNDRED));
    report(opensloCodes["percent-is-ratio"](at, { value, bad, percent }));
    return undefined;
  }
  return { target: share, budget: complement(share), at };
}

function explain(value: Rational, field: "target" | "targetPercent"): { problem: string; label: string | undefined; help: string } {
  const text = toDecimal(value);
  const whole = field === "target" ? ONE : HUNDRED;
  const usual = field === "target" ? "0.999" : "99.9";
  if (equal(value, whole)) {
    return {
      problem: `\`${field}: ${text}\` leaves no error budget`,
      label: undefined,
      help: `write a target below ${text}, such as \`${field}: ${usual}\``,
    };
  }
  if (compare(value, ZERO) <= 0) {
    return {
      problem: `\`${field}\` must be above 0, and is ${text}`,
      label: undefined,
      help: `write a target such as \`${field}: ${usual}\``,
    };
  }
  if (field === "target" && less(value, HUNDRED)) {
    const meant = toDecimal(divide(value, HUNDRED));
    return {
      problem: `\`target\` must be below 1, and is ${text}`,
      label: `did you mean ${meant}?`,
      help: `write \`target: ${meant}\`, or \`targetPercent: ${text}\``,
    };
  }
  return {
    problem: `\`${field}\` must be below ${toDecimal(whole)}, and is ${text}`,
    label: undefined,
    help: `write a target such as \`${field}: ${usual}\``,
  };
}

const OPS = { lt: "<", lte: "<=", gt: ">", gte: ">=" } as const;

function isOp(word: string): word is keyof typeof OPS {
  return word in OPS;
}

/** The word for `<=` and the like, or for a slip. */
function opMeant(text: string): string | undefined {
  const word = Object.entries(OPS).find(([, symbol]) => symbol === text.trim())?.[0];
  return word ?? nearest({ le: "lte", ge: "gte" }[text.toLowerCase()] ?? text, Object.keys(OPS));
}

/** `op` and `value` against the kind of the indicator, once it is known: the Go SDK checks indicators in place only. */
export function lowerLimit(
  objective: Objective,
  kind: "ratio" | "threshold" | undefined,
  context: ObjectiveContext,
): { readonly op: model.ThresholdIndicator["op"]; readonly limit: Rational } | undefined {
  const { report, version } = context;
  const { node, op, value } = objective;
  if (kind === "ratio") {
    if (version === "openslo/v1alpha" && lacks(node, context, "value")) report(opensloCodes["ratio-without-value"](objective.at, {}));
    for (const field of version === "openslo/v1alpha" ? ["op"] : ["op", "value"]) {
      if (has(node, field, context)) report(opensloCodes["op-with-ratio"](placeOf(node, field), { field }));
    }
    return undefined;
  }
  if (op !== undefined && !isOp(op.value)) report(opensloCodes["bad-op"](op.at, { op: op.value, nearest: opMeant(op.value) }));
  if (kind === undefined) return undefined;
  for (const field of ["op", "value"]) {
    if (lacks(node, context, field)) report(opensloCodes["threshold-limit"](objective.at, { field }));
  }
  return op !== undefined && isOp(op.value) && value !== undefined ? { op: OPS[op.value], limit: value.value } : undefined;
}

export function lowerBudgeting(slo: Slo, objective: Objective, context: ObjectiveContext): model.Budgeting | undefined {
  const { report, version } = context;
  const { node, sliceTarget, sliceWindow } = objective;
  if (slo.method === undefined) return undefined;
  const { value: method, at: methodAt } = slo.method;
  if (method === "Occurrences") {
    // Without slices it is unused; out of range it shows that something else was meant.
    const isSound = sliceTarget === undefined || checkSliceTarget(sliceTarget, report);
    if (isSound) reportIdle(node, ["timeSliceTarget", "timeSliceWindow"], "`Occurrences` counts events, `Timeslices` slices", report);
    return { kind: "occurrences" };
  }
  if (method !== "Timeslices" && method !== "RatioTimeslices") return undefined;
  const needed = [...(method === "Timeslices" ? ["timeSliceTarget"] : []), ...(version === "openslo/v1alpha" ? [] : ["timeSliceWindow"])];
  for (const field of needed) {
    if (lacks(node, context, field)) report(opensloCodes["slice-settings"](objective.at, { field, method }));
  }
  const at = entryOf(node, "timeSliceWindow")?.value.at ?? objective.at;
  if (method === "RatioTimeslices")
    reportIdle(node, ["timeSliceTarget"], "`RatioTimeslices` takes the mean of the slices as they are", report);
  if (method === "RatioTimeslices") return sliceWindow && { kind: "ratio-timeslices", slice: sliceWindow.value, at, methodAt };
  if (sliceTarget === undefined) return undefined;
  if (!checkSliceTarget(sliceTarget, report)) return undefined;
  return sliceWindow && { kind: "timeslices", slice: sliceWindow.value, target: sliceTarget.value, at, targetAt: sliceTarget.at };
}

function reportIdle(node: YamlNode, fields: readonly string[], reason: string, report: Report): void {
  for (const field of fields) {
    const entry = entryOf(node, field);
    if (entry !== undefined && textOf(entry.value) !== undefined)
      report(opensloCodes["idle-setting"](entry.key.at, { setting: field, reason }));
  }
}

function checkSliceTarget({ value, at }: Field<Rational>, report: Report): boolean {
  if (less(ZERO, value) && !less(ONE, value)) return true;
  const isPercent = less(ONE, value) && !less(HUNDRED, value);
  const suggestion = isPercent ? toDecimal(divide(value, HUNDRED)) : undefined;
  report(opensloCodes["slice-target-range"](at, { value: toDecimal(value), suggestion }));
  return false;
}
