import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { PlannedSlo } from "../../model/model.ts";
import type { PolicyDocument } from "../../model/policy.ts";
import { describeDuration, formatDuration } from "../../units/duration.ts";
import { nearest } from "../../units/identifier.ts";
import { equal, toDecimal } from "../../units/rational.ts";
import { headOf, textOf, valueOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { entriesAt, itemsAt, keySpan, mapAt } from "./fields.ts";

/** An SLO that a policy keeps, with what the policy says of it alone. */
export interface ChosenSlo {
  readonly slo: PlannedSlo;
  readonly gate?: YamlMap;
  readonly evidence?: YamlMap;
  /** The key of `evidence`. */
  readonly evidenceAt?: Span;
  /** Where the policy names it. */
  readonly at: Span;
}

export interface SloContext {
  readonly slos: readonly PlannedSlo[];
  /** False where a file could not be read, so that an SLO may be in it. */
  readonly isComplete: boolean;
  readonly report: Report;
}

/** The SLOs that a spec names, in its order; those of a selector by id. */
export function chooseSlos(spec: YamlMap, document: PolicyDocument, context: SloContext): readonly ChosenSlo[] {
  const { report } = context;
  const items = itemsAt(spec, "slos");
  if (items.length === 0) report(policyCodes["no-slos"](document.at, {}));
  const named = items.flatMap((item) => byRef(item, document, context) ?? []);
  const chosen: ChosenSlo[] = [];
  for (const item of items) {
    const own = named.find((each) => each.item === item);
    if (own === undefined) chosen.push(...unclaimed(bySelector(item, context), named, chosen, report));
    else if (isAmong(own.slo, chosen)) report(policyCodes["slo-twice"](own.at, { id: own.slo.id }));
    else chosen.push(own);
  }
  for (const { slo } of chosen) checkClaims(document, slo, report);
  return chosen;
}

/** What a selector finds and nobody else has named. Two selectors may overlap unless one of them has settings of its own. */
function unclaimed(
  found: readonly ChosenSlo[],
  named: readonly ChosenSlo[],
  chosen: readonly ChosenSlo[],
  report: Report,
): readonly ChosenSlo[] {
  return found.filter((each) => {
    if (isAmong(each.slo, named)) return false;
    const other = chosen.find(({ slo }) => slo === each.slo);
    if (other !== undefined && (other.gate ?? each.gate) !== undefined) report(policyCodes["slo-twice"](each.at, { id: each.slo.id }));
    return other === undefined;
  });
}

function isAmong(slo: PlannedSlo, chosen: readonly ChosenSlo[]): boolean {
  return chosen.some((each) => each.slo === slo);
}

function byRef(item: YamlNode, document: PolicyDocument, context: SloContext): (ChosenSlo & { readonly item: YamlNode }) | undefined {
  const ref = valueOf(item, "ref");
  const name = textOf(ref);
  if (ref === undefined || name === undefined) return undefined;
  const slo = findSlo(name, ref.at, document, context);
  return slo && { slo, ...settingsOf(item), at: ref.at, item };
}

function findSlo(ref: string, at: Span, document: PolicyDocument, { slos, isComplete, report }: SloContext): PlannedSlo | undefined {
  const byId = slos.find(({ id }) => id === ref);
  if (byId !== undefined) return byId;
  const called = slos.filter(({ name }) => name === ref);
  const ids = called.map(({ id }) => id);
  if (called.length > 1) report(policyCodes["ambiguous-slo"](at, { ref, ids }));
  if (called.length > 0 || !isComplete) return called.length === 1 ? called[0] : undefined;
  const known = slos.map(({ id }) => id);
  const near = nearest(ref, [...known, ...slos.map(({ name }) => name)]);
  if (document.claims === undefined) report(policyCodes["unknown-slo"](at, { ref, nearest: near, known }));
  else
    report(
      policyCodes.unbound(at, {
        name: ref,
        isAnnotated: at.start !== document.at.start,
        candidates: near === undefined ? known : [near, ...known.filter((id) => id !== near)],
      }),
    );
  return undefined;
}

function bySelector(item: YamlNode, { slos, isComplete, report }: SloContext): readonly ChosenSlo[] {
  const labels = entriesAt(item, "selector");
  if (labels.length === 0) return [];
  const fits = ({ labels: own }: PlannedSlo): boolean =>
    labels.every(({ key, value }) => own.some((label) => label.key === key.text && label.value === textOf(value)));
  const found = slos.filter(fits).sort((a, b) => (a.id < b.id ? -1 : 1));
  const at = keySpan(item, ["selector"], headOf(item));
  const selector = labels.map(({ key, value }) => `\`${key.text}: ${textOf(value) ?? ""}\``).join(" and ");
  if (found.length === 0 && isComplete) report(policyCodes["empty-selector"](at, { selector }));
  return found.map((slo) => ({ slo, ...settingsOf(item), at }));
}

function settingsOf(item: YamlNode): Pick<ChosenSlo, "gate" | "evidence" | "evidenceAt"> {
  const gate = mapAt(item, "gate");
  const evidence = mapAt(item, "evidence");
  return { ...(gate && { gate }), ...(evidence && { evidence, evidenceAt: keySpan(item, ["evidence"], headOf(item)) }) };
}

/** One number, one place: what a dialect repeats of its SLO must be the same. */
function checkClaims({ claims }: PolicyDocument, slo: PlannedSlo, report: Report): void {
  const { target, period } = claims ?? {};
  if (target !== undefined && !equal(target.value, slo.objective.target)) {
    const related = [{ at: slo.objective.at, message: "the SLO's own target" }];
    const params = { claimed: toDecimal(target.value), slo: slo.id, target: toDecimal(slo.objective.target) };
    report(policyCodes["target-differs"](target.at, params, { related }));
  }
  if (period !== undefined && period.value !== slo.period) {
    const related = slo.window.kind === "default" ? [] : [{ at: slo.window.at, message: "the SLO's own period" }];
    const params = {
      claimed: describeDuration(period.value),
      slo: slo.id,
      promised: describeDuration(slo.period),
      period: formatDuration(slo.period),
    };
    report(policyCodes["period-differs"](period.at, params, { related }));
  }
}
