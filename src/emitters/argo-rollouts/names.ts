import { slug } from "../../units/identifier.ts";

/**
 * Names of metrics end up in label values, events and regular expressions, so they keep to small letters, digits and dashes.
 * `stem` is what `metricStem` makes of an SLO's id, or an argument in shared templates.
 */
export function metricStem(sloId: string): string {
  return slug(sloId);
}

export function metricNames(stem: string) {
  return {
    fail: `${stem}-fail`,
    failSince: `${stem}-since-fail`,
    extreme: `${stem}-extreme`,
    series: `${stem}-series`,
    promote: `${stem}-promote`,
    promoteSince: `${stem}-since-promote`,
    requests: `${stem}-requests-promote`,
    budget: `${stem}-budget`,
    budgetLeft: `${stem}-budget-left`,
    budgetGone: `${stem}-budget-gone`,
    canaryBurn: `obs-${stem}-canary-burn`,
    stableBurn: `obs-${stem}-stable-burn`,
  };
}

export function guardName(guard: string): string {
  return `guard-${slug(guard)}`;
}

/** What a template is for; its name ends in it. */
export type TemplateRole = "background" | "promote" | "budget" | "post-promotion";
