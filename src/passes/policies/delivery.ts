import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { CanaryStep, Delivery, PolicyDocument } from "../../model/policy.ts";
import { headOf, valueOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { durationAt, itemsAt, keySpan, textAt, valueSpan, wholeAt } from "./fields.ts";

/** The weights or the switch; undefined, with a report, where there is neither or a step is wrong. */
export function deliveryOf(spec: YamlMap, document: PolicyDocument, report: Report): Delivery | undefined {
  const blueGreen = valueOf(spec, "blueGreen");
  if (blueGreen !== undefined) {
    const prePromotion = durationAt(blueGreen, "prePromotion");
    const postPromotion = durationAt(blueGreen, "postPromotion");
    const at = keySpan(spec, ["blueGreen"], document.at);
    return { kind: "blueGreen", ...(prePromotion && { prePromotion }), ...(postPromotion && { postPromotion }), at };
  }
  const items = itemsAt(spec, "steps");
  if (items.length === 0) {
    report(policyCodes["no-delivery"](document.at, {}));
    return undefined;
  }
  const gated = withoutPromotion(items, report);
  const steps = gated.map((item) => stepOf(item, report));
  const isSound = checkOrder(gated, report);
  if (gated.length === 0) report(policyCodes["no-delivery"](keySpan(spec, ["steps"], document.at), {}));
  const sound = steps.filter((step) => step !== undefined);
  if (!isSound || sound.length < steps.length || sound.length === 0) return undefined;
  return { kind: "canary", steps: sound, at: keySpan(spec, ["steps"], document.at) };
}

/** A last step of 100 without a bake time only spells out what follows the steps anyway. */
function withoutPromotion(items: readonly YamlNode[], report: Report): readonly YamlNode[] {
  const last = items.at(-1);
  if (last === undefined || wholeAt(last, "weight") !== 100 || valueOf(last, "bake") !== undefined) return items;
  report(policyCodes["final-step"](weightSpan(last), {}));
  return items.slice(0, -1);
}

function stepOf(item: YamlNode, report: Report): CanaryStep | undefined {
  const weight = wholeAt(item, "weight");
  const bake = durationAt(item, "bake");
  if (weight === undefined || !isWeight(weight)) {
    report(policyCodes["weight-range"](weightSpan(item), { weight: textAt(item, "weight") ?? "none" }));
    return undefined;
  }
  return bake && { weight, bake, at: valueSpan(item, ["bake"], headOf(item)) };
}

function isWeight(weight: number): boolean {
  return weight >= 1 && weight <= 99;
}

function weightSpan(item: YamlNode): Span {
  return valueSpan(item, ["weight"], headOf(item));
}

function checkOrder(items: readonly YamlNode[], report: Report): boolean {
  let highest = 0;
  let isSound = true;
  for (const item of items) {
    const weight = wholeAt(item, "weight");
    if (weight === undefined || !isWeight(weight)) continue;
    if (weight <= highest) {
      report(policyCodes["steps-order"](weightSpan(item), { weight, before: highest }));
      isSound = false;
    }
    highest = Math.max(highest, weight);
  }
  return isSound;
}
