import type { Span } from "../../diagnostics/source.ts";
import type { Entry } from "../../model/model.ts";
import type { SloClaims } from "../../model/policy.ts";
import { parseDuration } from "../../units/duration.ts";
import { parseDecimal } from "../../units/rational.ts";
import { goText, numberText } from "../../yaml/scalar.ts";
import { entryOf, headOf, valueOf, type YamlEntry, type YamlList, type YamlMap, type YamlNode, type YamlScalar } from "../../yaml/tree.ts";

/** Kubernetes reads objects with Go's YAML reader. */
export const RULES = "go-yaml-1.1";

interface Surroundings {
  /** The SLO's id or name. */
  readonly slo: YamlScalar;
  /** The policy's name, which is the Rollout's too. */
  readonly name: YamlScalar;
  readonly namespace: YamlEntry | undefined;
  readonly profile: YamlEntry | undefined;
}

/**
 * The same policy in slogen's shape. Each key and value lies where Kubestead's own does, so that whatever is wrong with it
 * is reported at the line that the user wrote.
 *
 * | Kubestead | slogen |
 * | --- | --- |
 * | `metadata.name` | `workload.rollout`, and the SLO's name unless `slogen/slo` says another |
 * | the annotation `slogen/extends` | `extends` |
 * | `canary.steps[].analysisWindow` | `steps[].bake` |
 * | `slo.budgetConsumedAlert` | `gate.budget.tightenAt` |
 * | `analysis.maxBurnRateMultiplier` | `gate.promote.timesStable` |
 */
export function specOf(spec: YamlMap, { slo, name, namespace, profile }: Surroundings): YamlMap {
  const steps = entryOf(valueOf(spec, "canary"), "steps");
  const tightenAt = entryOf(valueOf(spec, "slo"), "budgetConsumedAlert");
  const timesStable = entryOf(valueOf(spec, "analysis"), "maxBurnRateMultiplier");
  const gate = [
    ...(timesStable ? [under("promote", timesStable, [renamed(timesStable, "timesStable")])] : []),
    ...(tightenAt ? [under("budget", tightenAt, [renamed(tightenAt, "tightenAt")])] : []),
  ];
  return mapOf(spec.at, [
    ...(profile ? [renamed(profile, "extends")] : []),
    under("slos", at(slo), listOf(slo.at, [mapOf(slo.at, [under("ref", at(slo), slo)])])),
    under("workload", at(name), [under("rollout", at(name), name), ...(namespace ? [namespace] : [])]),
    ...(steps ? [{ key: steps.key, value: stepsOf(steps.value) }] : []),
    ...(gate.length > 0 ? [under("gate", entryOf(spec, "analysis") ?? at(name), gate)] : []),
  ]);
}

/** The SLO's numbers as Kubestead repeats them. */
export function claimsOf(spec: YamlMap): SloClaims {
  const target = valueOf(spec, "slo", "target");
  const window = valueOf(spec, "slo", "window");
  const value = target?.kind === "scalar" ? parseDecimal(numberText(target, RULES) ?? "") : undefined;
  const period = window?.kind === "scalar" ? parseDuration(window.text) : undefined;
  return {
    ...(target && value && { target: { value, at: target.at } }),
    ...(window && period && { period: { value: period, at: window.at } }),
  };
}

export function textEntries(node: YamlNode | undefined): readonly Entry[] {
  if (node?.kind !== "map") return [];
  return node.entries.flatMap(({ key, value }) =>
    value.kind === "scalar" ? [{ key: goText(key, RULES), value: goText(value, RULES), at: key.at }] : [],
  );
}

/** A full promotion has no gate; slogen's steps do without it. */
function stepsOf(node: YamlNode): YamlNode {
  if (node.kind !== "list") return node;
  const last = node.items.at(-1);
  const isPromotion = entryOf(last, "analysisWindow") === undefined && decimal(valueOf(last, "weight")) === "100";
  const items = isPromotion && node.items.length > 1 ? node.items.slice(0, -1) : node.items;
  return listOf(node.at, items.map(stepOf));
}

function stepOf(node: YamlNode): YamlNode {
  const weight = entryOf(node, "weight");
  const bake = entryOf(node, "analysisWindow");
  return mapOf(headOf(node), [...(weight ? [renamed(weight, "weight")] : []), ...(bake ? [renamed(bake, "bake")] : [])]);
}

/** The same entry by another key; a number is written out, for slogen reads YAML 1.2. */
function renamed({ key, value }: YamlEntry, name: string): YamlEntry {
  const text = decimal(value);
  return { key: { ...key, text: name }, value: value.kind === "scalar" && text !== undefined ? { ...value, text } : value };
}

function decimal(node: YamlNode | undefined): string | undefined {
  return node?.kind === "scalar" ? numberText(node, RULES) : undefined;
}

function under(name: string, { key }: Pick<YamlEntry, "key">, value: YamlNode | readonly YamlEntry[]): YamlEntry {
  return { key: { ...key, text: name }, value: "kind" in value ? value : mapOf(key.at, value) };
}

const at = (scalar: YamlScalar): Pick<YamlEntry, "key"> => ({ key: scalar });

function mapOf(span: Span, entries: readonly YamlEntry[]): YamlMap {
  return { kind: "map", entries, at: span };
}

function listOf(span: Span, items: readonly YamlNode[]): YamlList {
  return { kind: "list", items, at: span };
}
