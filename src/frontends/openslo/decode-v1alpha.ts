import type { Span } from "../../diagnostics/source.ts";
import { seconds } from "../../units/duration.ts";
import { headOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";
import { decodeCalendar } from "./calendar.ts";
import { optional, type DecodeContext } from "./context.ts";
import { placeOf } from "./fields.ts";
import type { Metric, Objective, Reference, Sli, Slo, TimeWindow } from "./source.ts";

const SECONDS = { Second: 1, Day: 86_400, Week: 604_800, Month: 30 * 86_400, Quarter: 90 * 86_400 } as const;

/** v1alpha gives the ratio in each objective, and has no references, no alert policies and no slice length. */
export function decodeAlphaSlo(spec: YamlMap, at: Span, context: DecodeContext): Slo {
  const { fields } = context;
  const indicator = fields.map(spec, "indicator");
  const threshold = indicator && decodeSource(indicator, "thresholdMetric", context);
  const objectives = fields.list(spec, "objectives").filter((node) => node.kind === "map");
  return {
    ...optional("description", fields.text(spec, "description")?.value),
    ...optional("service", fields.text(spec, "service")),
    ...optional("method", fields.text(spec, "budgetingMethod")),
    ...optional("window", decodeWindow(fields.list(spec, "timeWindows")[0], context)),
    indicator: {
      ...(indicator !== undefined && { inline: { ...optional("threshold", threshold), node: indicator, at: placeOf(spec, "indicator") } }),
      at: placeOf(spec, "indicator"),
    },
    objectives: objectives.map((node) => decodeObjective(node, context)),
    alertPolicies: [],
    words: { inline: "indicator", ref: "objectives[].ratioMetrics" },
    node: spec,
    at,
  };
}

function decodeWindow(node: YamlNode | undefined, { fields }: DecodeContext): TimeWindow | undefined {
  if (node?.kind !== "map") return undefined;
  const unit = Object.entries(SECONDS).find(([name]) => name === fields.text(node, "unit")?.value)?.[1];
  const count = fields.decimal(node, "count");
  const length = unit === undefined || count?.value.d !== 1n ? 0 : Number(count.value.n) * unit;
  return {
    ...(count !== undefined && Number.isSafeInteger(length) && length > 0 && { length: { value: seconds(length), at: count.at } }),
    rolling: fields.flag(node, "isRolling") ?? false,
    ...optional("calendar", decodeCalendar(node, fields)),
    node,
    at: headOf(node),
  };
}

function decodeObjective(node: YamlMap, context: DecodeContext): Objective {
  const { fields } = context;
  const sliceTarget = fields.decimal(node, "timeSliceTarget");
  return {
    ...optional("displayName", fields.text(node, "displayName")),
    ...optional("op", fields.text(node, "op")),
    ...optional("value", fields.decimal(node, "value")),
    ...optional("target", fields.decimal(node, "target")),
    ...optional("sliceTarget", sliceTarget),
    // The length of a slice came with v1, whose examples all have one minute.
    ...(sliceTarget !== undefined && { sliceWindow: { value: seconds(60), at: sliceTarget.at } }),
    indicator: decodeRatio(node, context),
    node,
    at: headOf(node),
  };
}

function decodeRatio(objective: YamlMap, context: DecodeContext): Reference<Sli> {
  const { fields } = context;
  const node = fields.map(objective, "ratioMetrics");
  const at = placeOf(objective, "ratioMetrics");
  if (node === undefined) return { at };
  const ratio = {
    counter: fields.flag(node, "incremental") ?? false,
    ...optional("good", decodeSource(node, "good", context)),
    ...optional("total", decodeSource(node, "total", context)),
    node,
    at,
  };
  return { inline: { ratio, node, at }, at };
}

function decodeSource(owner: YamlMap, key: string, { fields }: DecodeContext): Metric | undefined {
  const node = fields.map(owner, key);
  if (node === undefined) return undefined;
  return {
    ...optional("type", fields.text(node, "source")),
    ...optional("queryType", fields.text(node, "queryType")),
    query: node,
    node,
    at: placeOf(owner, key),
  };
}
