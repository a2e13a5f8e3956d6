import type { Related, Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import { CONFIDENCES } from "../../gate/confidence.ts";
import { requestsToClear } from "../../gate/plan.ts";
import type { PlannedSlo } from "../../model/model.ts";
import type { BudgetSettings, EvidenceSettings, ExtremeSettings, FailSettings, GateSettings, PromoteSettings } from "../../model/policy.ts";
import { MINUTE, seconds } from "../../units/duration.ts";
import { burnRate, highestBurnRate, ratio, type BurnRate, type Ratio } from "../../units/quantity.ts";
import {
  compare,
  divide,
  equal,
  fromNumber,
  less,
  multiply,
  ONE,
  rational,
  toDecimal,
  toFigure,
  type Rational,
} from "../../units/rational.ts";
import { textOf, valueOf, type YamlMap } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { decimalAt, durationAt, flagAt, keySpan, textAt, valueSpan, wholeAt } from "./fields.ts";

/** What holds where neither the policy nor its profile says otherwise. */
const USUAL = {
  window: seconds(5 * MINUTE),
  fail: { burnRate: rational(144, 10), timesStable: rational(5), looks: 2, every: seconds(30) },
  extreme: { burnRate: rational(50), timesStable: rational(10) },
  promote: { burnRate: rational(2), timesStable: rational(2), goodLooks: 5, every: MINUTE, maxWait: seconds(30 * MINUTE) },
  confidence: rational(95, 100),
  minBadEvents: 3,
  tightenAt: rational(8, 10),
  bypassAnnotation: "slogen/hotfix",
  sourceDown: seconds(10 * MINUTE),
} as const;

interface Context {
  readonly gate: YamlMap | undefined;
  readonly slo: PlannedSlo;
  /** Where the policy names the SLO: the place of whatever it does not say. */
  readonly at: Span;
  readonly report: Report;
}

/** The numbers of one SLO's gate: the merged `gate` of profile, policy, environment and SLO over the usual ones. */
export function gateSettings(gate: YamlMap | undefined, slo: PlannedSlo, at: Span, report: Report): GateSettings {
  const context = { gate, slo, at, report };
  const fail = failSettings(context);
  const extreme = extremeSettings(fail, context);
  const promote = promoteSettings(fail, context);
  const budget = budgetSettings(context);
  return {
    window: durationAt(gate, "window") ?? USUAL.window,
    fail,
    ...(extreme && { extreme }),
    promote,
    confidence: confidenceOf(context),
    minBadEvents: wholeAt(gate, "minBadEvents") ?? USUAL.minBadEvents,
    evidence: evidenceSettings(fail, context),
    ...(budget && { budget }),
    noSeries: textAt(gate, "noSeries") === "fail" ? "fail" : "hold",
    ...(valueOf(gate, "noSeries") !== undefined && { noSeriesAt: valueSpan(gate, ["noSeries"], at) }),
    noTraffic: textAt(gate, "noTraffic") === "pass" ? "pass" : "hold",
    ...(valueOf(gate, "noTraffic") !== undefined && { noTrafficAt: valueSpan(gate, ["noTraffic"], at) }),
    sourceDown: durationAt(gate, "sourceDown", "tolerate") ?? USUAL.sourceDown,
  };
}

function failSettings(context: Context): FailSettings {
  const { gate, at } = context;
  return {
    burnRate: limitOf("fail", USUAL.fail.burnRate, context),
    timesStable: multiplierOf("fail", context),
    looks: wholeAt(gate, "fail", "looks") ?? USUAL.fail.looks,
    every: durationAt(gate, "fail", "every") ?? USUAL.fail.every,
    at: keySpan(gate, ["fail"], at),
  };
}

function extremeSettings(fail: FailSettings, context: Context): ExtremeSettings | undefined {
  const { gate, slo, at, report } = context;
  if (flagAt(gate, "extreme") === false) return undefined;
  const usual = atLeast(fail.burnRate, atMost(USUAL.extreme.burnRate, half(highestBurnRate(slo.objective.budget))));
  const limit = decimalAt(gate, "extreme", "burnRate") === undefined ? burn(usual) : limitOf("extreme", usual, context);
  if (less(limit, fail.burnRate) && isReachable(fail.burnRate, slo)) {
    const span = valueSpan(gate, ["extreme", "burnRate"], at);
    report(policyCodes["extreme-below-fail"](span, { extreme: toFigure(limit), fail: toFigure(fail.burnRate) }));
  }
  return { burnRate: limit, timesStable: multiplierOf("extreme", context), at: keySpan(gate, ["extreme"], at) };
}

function promoteSettings(fail: FailSettings, context: Context): PromoteSettings {
  const { gate, slo, at, report } = context;
  const limit = limitOf("promote", atMost(USUAL.promote.burnRate, fail.burnRate), context);
  if (less(fail.burnRate, limit) && isReachable(limit, slo)) {
    const span = valueSpan(gate, ["promote", "burnRate"], at);
    const params = { promote: toFigure(limit), fail: toFigure(fail.burnRate) };
    report(policyCodes["promote-above-fail"](span, params, { related: failLimit(context) }));
  }
  return {
    burnRate: limit,
    timesStable: multiplierOf("promote", context),
    goodLooks: wholeAt(gate, "promote", "goodLooks") ?? USUAL.promote.goodLooks,
    every: durationAt(gate, "promote", "every") ?? USUAL.promote.every,
    maxWait: durationAt(gate, "promote", "maxWait") ?? USUAL.promote.maxWait,
    onTimeout: textAt(gate, "promote", "onTimeout") === "pause" ? "pause" : "abort",
    at: keySpan(gate, ["promote"], at),
  };
}

/** The limit of `fail`, where somebody wrote one: in a profile, or for this SLO alone. */
function failLimit({ gate }: Context): readonly Related[] {
  const written = valueOf(gate, "fail", "burnRate");
  return written === undefined ? [] : [{ at: written.at, message: "the limit of `fail`" }];
}

type Check = "fail" | "extreme" | "promote";

/** A limit that the objective can reach: the user's own must be one, the usual one is lowered. */
function limitOf(check: Check, usual: Rational, { gate, slo, at, report }: Context): BurnRate {
  const highest = highestBurnRate(slo.objective.budget);
  const written = decimalAt(gate, check, "burnRate");
  const params = { check, highest: toFigure(highest) };
  if (written !== undefined) {
    const span = valueSpan(gate, [check, "burnRate"], at);
    if (!isReachable(written, slo)) report(policyCodes["unreachable-limit"](span, { ...params, slo: slo.id, burnRate: toFigure(written) }));
    return burn(written);
  }
  if (less(usual, highest)) return burn(usual);
  const lowered = half(highest);
  const span = keySpan(gate, [check], at);
  report(policyCodes["limit-lowered"](span, { ...params, usual: toFigure(usual), slo: slo.id, lowered: toFigure(lowered) }));
  return burn(lowered);
}

function isReachable(limit: Rational, { objective }: PlannedSlo): boolean {
  return less(limit, highestBurnRate(objective.budget));
}

function multiplierOf(check: Check, { gate, at, report }: Context): Rational {
  const written = decimalAt(gate, check, "timesStable");
  if (written === undefined) return USUAL[check].timesStable;
  if (less(written, ONE)) {
    report(policyCodes["multiplier-below-one"](valueSpan(gate, [check, "timesStable"], at), { multiplier: toDecimal(written) }));
  }
  return written;
}

function confidenceOf({ gate, at, report }: Context): Ratio {
  const node = valueOf(gate, "confidence");
  const written = decimalAt(gate, "confidence");
  const among = (value: Rational | undefined): number | undefined =>
    CONFIDENCES.find((confidence) => value !== undefined && equal(fromNumber(confidence), value));
  const known = among(written);
  if (node !== undefined && known === undefined) {
    const found = `\`${textOf(node) ?? ""}\``;
    const meant = among(written && divide(written, rational(100)))?.toString();
    report(policyCodes["unknown-confidence"](valueSpan(gate, ["confidence"], at), { found, meant, known: CONFIDENCES.map(String) }));
  }
  return share(known === undefined ? USUAL.confidence : fromNumber(known));
}

function evidenceSettings(fail: FailSettings, { gate, slo, at }: Context): EvidenceSettings {
  return {
    minRequests: wholeAt(gate, "evidence", "minRequests") ?? requestsToClear(fail.burnRate, slo.objective.budget),
    by: textAt(gate, "evidence", "by") === "everyStep" ? "everyStep" : "lastStep",
    otherwise: textAt(gate, "evidence", "otherwise") === "pass" ? "pass" : "hold",
    at: keySpan(gate, ["evidence"], at),
  };
}

function budgetSettings({ gate, at, report }: Context): BudgetSettings | undefined {
  if (flagAt(gate, "budget") === false) return undefined;
  const exhausted = textAt(gate, "budget", "exhausted");
  const bypass =
    flagAt(gate, "budget", "bypass") === false ? undefined : (textAt(gate, "budget", "bypass", "annotation") ?? USUAL.bypassAnnotation);
  const written = decimalAt(gate, "budget", "tightenAt");
  const tightenAt = written === undefined ? undefined : ratio(written);
  if (written !== undefined && tightenAt === undefined) {
    const percent = ratio(divide(written, rational(100)));
    const params = { share: toDecimal(written), percent: percent && less(ONE, written) ? toDecimal(percent) : undefined };
    report(policyCodes["tighten-range"](valueSpan(gate, ["budget", "tightenAt"], at), params));
  }
  return {
    tightenAt: tightenAt ?? share(USUAL.tightenAt),
    ...(written !== undefined && { tightenAtPlace: valueSpan(gate, ["budget", "tightenAt"], at) }),
    exhausted: exhausted === "fail" || exhausted === "observe" ? exhausted : "hold",
    ...(bypass !== undefined && { bypassAnnotation: bypass }),
    at: keySpan(gate, ["budget"], at),
  };
}

const half = (value: Rational): Rational => multiply(value, rational(1, 2));
const atMost = (value: Rational, limit: Rational): Rational => (compare(value, limit) <= 0 ? value : limit);
const atLeast = (least: Rational, value: Rational): Rational => (less(value, least) ? least : value);

/** The schema lets no burn rate of 0 or less through. */
function burn(value: Rational): BurnRate {
  const checked = burnRate(value);
  if (checked === undefined) throw new RangeError("a burn rate is above zero");
  return checked;
}

function share(value: Rational): Ratio {
  const checked = ratio(value);
  if (checked === undefined) throw new RangeError("a share lies between 0 and 1");
  return checked;
}
