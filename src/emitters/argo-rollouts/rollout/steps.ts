import type { Report } from "../../../diagnostics/diagnostic.ts";
import { numberText } from "../../../yaml/scalar.ts";
import { textOf, valueOf, type YamlNode } from "../../../yaml/tree.ts";
import { rolloutCodes } from "./codes.ts";
import { integerAt, itemsAt, textAt } from "../../../manifests/documents.ts";
import { hasMarker } from "../../../manifests/marker.ts";

/** One of `spec.strategy.canary.steps`: https://argo-rollouts.readthedocs.io/en/stable/features/specification/ */
export type RolloutStep = StepBase &
  (
    | { readonly kind: "setWeight"; readonly weight: number }
    /** Without a duration it waits for a human. */
    | { readonly kind: "pause"; readonly seconds?: number }
    | { readonly kind: "analysis"; readonly templates: readonly string[] }
    | { readonly kind: "other" }
  );

interface StepBase {
  readonly node: YamlNode;
  /** Set if slogen wrote it. */
  readonly isMarked: boolean;
}

/** A gate follows the weights between nothing and everything. */
export function isGated(step: RolloutStep): step is RolloutStep & { readonly kind: "setWeight" } {
  return step.kind === "setWeight" && step.weight > 0 && step.weight < 100;
}

export function decodeSteps(list: YamlNode | undefined, report: Report): readonly RolloutStep[] {
  return itemsAt(list).map((node) => decodeStep(node, report));
}

function decodeStep(node: YamlNode, report: Report): RolloutStep {
  const base = { node, isMarked: hasMarker(node) };
  const weight = valueOf(node, "setWeight");
  if (weight !== undefined) {
    const percent = integerAt(weight);
    if (percent === undefined || percent < 0 || percent > 100) {
      report(rolloutCodes["bad-weight"](weight.at, { text: textOf(weight) ?? "" }));
      return { ...base, kind: "other" };
    }
    return { ...base, kind: "setWeight", weight: percent };
  }
  const pause = valueOf(node, "pause");
  if (pause !== undefined) {
    const duration = valueOf(pause, "duration");
    if (duration === undefined || (duration.kind === "scalar" && duration.style === "missing")) return { ...base, kind: "pause" };
    const seconds = duration.kind === "scalar" ? pauseSeconds(numberText(duration, "go-yaml-1.1") ?? duration.text) : undefined;
    if (seconds === undefined) report(rolloutCodes["bad-duration"](duration.at, { text: textOf(duration) ?? "" }));
    return seconds === undefined ? { ...base, kind: "other" } : { ...base, kind: "pause", seconds };
  }
  const analysis = valueOf(node, "analysis");
  return analysis === undefined ? { ...base, kind: "other" } : { ...base, kind: "analysis", templates: templateNames(analysis) };
}

export function templateNames(analysis: YamlNode | undefined): readonly string[] {
  return itemsAt(analysis, "templates").map((template) => textAt(template, "templateName") ?? "");
}

const GO_UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/**
 * A pause's duration: whole seconds, or Go's time.ParseDuration.
 * https://github.com/argoproj/argo-rollouts/blob/v1.8.3/pkg/apis/rollouts/v1alpha1/types.go (DurationSeconds)
 */
export function pauseSeconds(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:h|ms|m|us|µs|s|ns))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+\.?\d*|\.\d+)(h|ms|m|us|µs|s|ns)/g);
  return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (GO_UNITS[unit ?? ""] ?? 0), 0);
}
