import type { Config } from "../../config/config.ts";
import type { Diagnostic, Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import { onPrometheus, type Backend, type PlannedSlo, type PrometheusSlo } from "../../model/model.ts";
import type { DeployGate, DeploySlo, PolicyDocument } from "../../model/policy.ts";
import { formatDuration, HOUR, MINUTE, seconds, type Seconds } from "../../units/duration.ts";
import { burnRate, highestBurnRate, type BurnRate } from "../../units/quantity.ts";
import { less, toFigure, ZERO } from "../../units/rational.ts";
import { textOf, valueOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { deployCodes } from "./deploy-codes.ts";
import { placesOf, surroundings, type Place } from "./environments.ts";
import { extended } from "./extend.ts";
import { decimalAt, durationAt, flagAt, keySpan, mapAt, textAt, valueSpan } from "./fields.ts";
import { gateSettings } from "./gate.ts";
import { reportMissingIndicator } from "./indicators.ts";
import { addedMatchers } from "./matchers.ts";
import { mergeMaps } from "./merge.ts";
import { chooseSlos, type ChosenSlo } from "./slos.ts";

export interface DeployContext {
  readonly slos: readonly PlannedSlo[];
  readonly config: Pick<Config, "sources" | "environments">;
  /** Whether a target of this build asks before deploys: then every policy has such a gate, else plain workloads alone. */
  readonly gatesDeploys: boolean;
  /** Whether a target of this build releases by policies. */
  readonly releases: boolean;
  /** Whether rules of this project record error ratios and budgets. */
  readonly isRecorded: boolean;
  /** The backends by which a target of this build measures every SLO. */
  readonly measuring: readonly Backend[];
  /** False where a file or an SLO could not be read: then nothing is said to be missing. */
  readonly isComplete: boolean;
  readonly report: Report;
}

/** A workload that no release controller knows, such as a plain Deployment. */
export function isPlainWorkload(spec: YamlMap): boolean {
  return valueOf(spec, "workload", "name") !== undefined;
}

/** The gates before a deploy, one for each place of each policy. A policy with an error in it is reported and left out. */
export function resolveDeployGates(documents: readonly PolicyDocument[], context: DeployContext): readonly DeployGate[] {
  const profiles = documents.filter(({ kind }) => kind === "profile");
  const policies = documents.filter(({ kind }) => kind === "policy");
  // Of two with one name neither is certain to be meant, which is an error already.
  const unique = policies.filter(({ name }) => policies.filter((other) => other.name === name).length === 1);
  return unique.flatMap((document) => {
    const spec = extended(document, { profiles, isComplete: context.isComplete, report: context.report });
    return spec !== undefined && (context.gatesDeploys || isPlainWorkload(spec)) ? gatesOf(document, spec, context) : [];
  });
}

function gatesOf(document: PolicyDocument, spec: YamlMap, context: DeployContext): readonly DeployGate[] {
  const errors: Diagnostic[] = [];
  const note: Report = (diagnostic) => {
    if (diagnostic.severity === "error") errors.push(diagnostic);
    context.report(diagnostic);
  };
  const within = { ...context, report: note };
  const workload = workloadOf(spec, document, note);
  const chosen = chooseSlos(spec, document, within);
  const gates = placesOf(spec, document, context.config, note).flatMap((place): readonly DeployGate[] => {
    const { source, namespace, environment, enforcement } = surroundings(spec, place, context.config, note);
    if (source === undefined || workload === undefined) return [];
    if (source.type === "datadog") {
      const severity = context.releases && !isPlainWorkload(spec) ? "notice" : "error";
      note(deployCodes["deploy-on-datadog"](place.at, { policy: document.name, source: source.name }, { severity }));
      return [];
    }
    const { name, labels, file, at } = document;
    return [
      {
        name,
        labels,
        ...(environment !== undefined && { environment }),
        enforcement,
        file,
        at,
        workload: { name: workload, ...(namespace !== undefined && { namespace }) },
        source,
        matchers: addedMatchers(place, note),
        isRecorded: context.isRecorded,
        slos: chosen.flatMap((each) => deploySlo(each, spec, place, within) ?? []),
      },
    ];
  });
  return errors.length === 0 ? gates.filter(({ slos }) => slos.length > 0) : [];
}

function workloadOf(spec: YamlMap, document: PolicyDocument, report: Report): string | undefined {
  const plain = textAt(spec, "workload", "name");
  const released = (["rollout", "deployment"] as const).find((key) => valueOf(spec, "workload", key) !== undefined);
  if (plain !== undefined && released !== undefined) {
    const at = valueSpan(spec, ["workload", released], document.at);
    report(deployCodes["plain-and-released"](at, { name: plain, controller: released }));
  }
  return plain ?? (released && textAt(spec, "workload", released));
}

const USUAL = { window: HOUR, shortWindow: seconds(5 * MINUTE), remaining: ZERO } as const;

function deploySlo(chosen: ChosenSlo, spec: YamlMap, place: Place, context: DeployContext): DeploySlo | undefined {
  const { report, isRecorded } = context;
  const { at } = chosen;
  const slo = onPrometheus(chosen.slo);
  if (slo === undefined) {
    reportMissingIndicator(chosen, "prometheus", context);
    return undefined;
  }
  if (!isRecorded && !isReadable(slo)) report(policyCodes["unread-query"](at, { slo: slo.id, preDeploy: true }));
  const own = mergeMaps(mapAt(spec, "preDeploy"), mapAt(place.own, "preDeploy"));
  const gate = mergeMaps(mapAt(spec, "gate"), mapAt(place.own, "gate"), chosen.gate);
  const written = limitOf(own, slo, at, report);
  // Where this policy has no other gate and a limit of its own, nothing of a release's numbers is used.
  const settings = gateSettings(gate, slo, at, isPlainWorkload(spec) && written !== undefined ? () => undefined : report);
  const budget = budgetOf(own, gate, slo, at, context);
  return {
    slo,
    burnRate: written ?? settings.fail.burnRate,
    ...windowsOf(own, at, report),
    ...(budget && { budget }),
    noTraffic: settings.noTraffic,
    at,
  };
}

function isReadable({ indicator }: PrometheusSlo): boolean {
  const queries = indicator.kind === "events" ? [indicator.events, indicator.total] : [indicator.query];
  return queries.every(({ tree }) => tree !== undefined);
}

function limitOf(own: YamlMap | undefined, { id, objective }: PlannedSlo, at: Span, report: Report): BurnRate | undefined {
  const written = decimalAt(own, "burnRate");
  const limit = written && burnRate(written);
  if (limit === undefined) return undefined;
  const highest = highestBurnRate(objective.budget);
  if (!less(limit, highest)) {
    const params = { check: "preDeploy", slo: id, burnRate: toFigure(limit), highest: toFigure(highest) };
    report(policyCodes["unreachable-limit"](valueSpan(own, ["burnRate"], at), params));
  }
  return limit;
}

function windowsOf(own: YamlMap | undefined, at: Span, report: Report): { readonly window: Seconds; readonly shortWindow: Seconds } {
  const window = durationAt(own, "window") ?? USUAL.window;
  const short = durationAt(own, "shortWindow");
  if (short !== undefined && short > window) {
    const params = { window: formatDuration(window), shortWindow: formatDuration(short) };
    report(deployCodes["windows-reversed"](valueSpan(own, ["shortWindow"], at), params));
  }
  return { window, shortWindow: short ?? (USUAL.shortWindow < window ? USUAL.shortWindow : window) };
}

function budgetOf(
  own: YamlMap | undefined,
  gate: YamlMap | undefined,
  { id }: PlannedSlo,
  at: Span,
  { isRecorded, report }: DeployContext,
): DeploySlo["budget"] {
  const remaining = decimalAt(own, "remainingBudget");
  const isOff = flagAt(gate, "budget") === false;
  const blocks = textOf(valueOf(gate, "budget", "exhausted")) !== "observe";
  const reason = !isRecorded ? "unrecorded" : isOff ? "off" : blocks ? undefined : "observed";
  if (remaining !== undefined && reason !== undefined) {
    report(deployCodes["unused-remaining"](placeOf(own, at), { slo: id, reason }));
  } else if (!isRecorded && !isOff) {
    report(deployCodes["budget-unknown"](at, { slo: id }));
  }
  return isRecorded && !isOff ? { remaining: remaining ?? USUAL.remaining, blocks } : undefined;
}

function placeOf(own: YamlNode | undefined, at: Span): Span {
  return keySpan(own, ["remainingBudget"], at);
}
