import { configCodes } from "../config/codes.ts";
import type { Rule } from "../config/config.ts";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import { nearest } from "../units/identifier.ts";
import { SEVERITIES } from "./all-codes.ts";
import { ignoreOf } from "./ignores.ts";

/**
 * Passes findings on as the user wants them: at the level of a rule, or marked as ignored. An error stays one, because what is built in
 * spite of it would mislead. What has been settled stays as it is.
 */
export function settled(rules: readonly Rule[], report: Report): Report {
  return (diagnostic) => {
    report(settle(diagnostic, rules));
  };
}

function settle(diagnostic: Diagnostic, rules: readonly Rule[]): Diagnostic {
  if (diagnostic.severity === "error" || diagnostic.ignored !== undefined) return diagnostic;
  const comment = ignoreOf(diagnostic);
  if (comment !== undefined) return { ...diagnostic, ignored: { by: "comment", at: comment.at, reason: comment.reason } };
  const rule = ruleFor(diagnostic.code, rules);
  if (rule === undefined) return diagnostic;
  return rule.level === "off" ? { ...diagnostic, ignored: { by: "rule", rule: rule.code } } : { ...diagnostic, severity: rule.level };
}

/** The code's own wins over its area's. */
function ruleFor(code: string, rules: readonly Rule[]): Rule | undefined {
  return rules.find((rule) => rule.code === code) ?? rules.find((rule) => rule.code === `${areaOf(code)}/*`);
}

/** Reports rules that name nothing, and those that would lower an error. */
export function checkRules(rules: readonly Rule[], report: Report): void {
  const known = [...SEVERITIES.keys(), ...new Set([...SEVERITIES.keys()].map((code) => `${areaOf(code)}/*`))];
  for (const { code: name, level, at } of rules) {
    if (!known.includes(name)) report(configCodes["unknown-rule"](at, { name, nearest: nearest(name, known) }));
    else if (SEVERITIES.get(name) === "error" && level !== "error") report(configCodes["rule-for-error"](at, { name, level }));
  }
}

function areaOf(code: string): string {
  return code.slice(0, code.indexOf("/"));
}
