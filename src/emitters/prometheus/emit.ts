import type { PrometheusSlo } from "../../model/model.ts";
import type { Artifact } from "../../output/artifact.ts";
import type { Json } from "../../yaml/json.ts";
import type { EmitContext } from "../emitter.ts";
import { sourceFiles } from "../sources.ts";
import { supports } from "./capabilities.ts";
import { checkNames, checkOptions } from "./checks.ts";
import { prometheusCodes } from "./codes.ts";
import { filesOf, objectOf, type FileUnit } from "./files.ts";
import { inhibitRules } from "./inhibition.ts";
import type { PrometheusOptions } from "./options.ts";
import { prometheusRule } from "./prometheus-rule.ts";
import { alerts } from "./rules/alerts.ts";
import { groupsOfSlo, longestRun, packedGroups, type SloRules } from "./rules/groups.ts";
import { recordings } from "./rules/recordings.ts";
import type { RuleGroup } from "./types.ts";

type Context = EmitContext<PrometheusOptions>;

/** The repaired rule set: one file for each SLO, or for each service if packed. */
export function emitSlogenDialect(slos: readonly PrometheusSlo[], context: Context): readonly Artifact[] {
  const { report } = context;
  const options = forVersion(context);
  checkOptions(slos, options, report);
  const units = filesOf(slos, options);
  checkNames(units, options, report);
  const files = units.flatMap((unit): readonly Artifact[] => {
    const groups = groupsOf(unit, { ...context, options });
    if (groups.length === 0) return [];
    return [{ kind: "yaml", path: unit.path, sources: sourceFiles(unit.slos), documents: [document(unit, groups, options)] }];
  });
  return [...files, ...inhibition(options)];
}

function groupsOf(unit: FileUnit, { options, render, report }: Context): readonly RuleGroup[] {
  const rules = unit.slos.map((slo): SloRules => {
    const all = recordings(slo, options);
    return {
      id: slo.id,
      slice: slo.budgeting.kind === "occurrences" ? undefined : slo.budgeting.slice,
      recordings: options.disableRecordings ? { slices: [], fast: [], slow: [], meta: [] } : all,
      alerts: options.disableAlerts ? [] : alerts(slo, options, render),
    };
  });
  for (const [i, slo] of rules.entries()) {
    const run = longestRun(slo, options);
    if (run <= options.maxRulesPerGroup) continue;
    // Prometheus itself has no such limit; packing is for rulers that do.
    const severity = unit.packed ? "error" : "warning";
    report(prometheusCodes["group-too-large"](unit.slos[i]?.at, { rules: run, limit: options.maxRulesPerGroup }, { severity }));
  }
  return unit.packed ? packedGroups(unit.service, rules, options) : rules.flatMap((slo) => groupsOfSlo(slo, options));
}

function document(unit: FileUnit, groups: readonly RuleGroup[], options: PrometheusOptions): Json {
  const object = objectOf(unit, options);
  return object === undefined ? ({ groups } as unknown as Json) : prometheusRule(object, groups);
}

/** The options less what the user's Prometheus cannot do yet. */
function forVersion({ options, report }: Context): PrometheusOptions {
  if (supports("keep_firing_for", options.version) || Object.keys(options.keepFiringFor).length === 0) return options;
  report(prometheusCodes["keep-firing-for"](undefined, { version: options.version }));
  return { ...options, keepFiringFor: {} };
}

/** Depends on the options alone, so that a build of one spec writes the same snippet. */
function inhibition(options: PrometheusOptions): readonly Artifact[] {
  if (!options.inhibition || options.disableAlerts) return [];
  return [{ kind: "yaml", path: "alertmanager/inhibit-rules.yaml", sources: [], documents: [inhibitRules(options.inhibitionLabels)] }];
}
