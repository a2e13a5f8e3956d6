import type { Reading } from "../../model/reading.ts";
import { nearest } from "../../units/identifier.ts";
import type { YamlMap } from "../../yaml/tree.ts";
import type { Fields } from "./fields.ts";

/** The fields whose absence is checked here, and those beside them that are no slips of these. */
const NAMES = [
  ...[
    "indicator",
    "indicatorRef",
    "sli",
    "sliRef",
    "thresholdMetric",
    "ratioMetric",
    "ratioMetrics",
    "counter",
    "good",
    "bad",
    "total",
    "raw",
    "rawType",
  ],
  ...["displayName", "op", "value", "target", "targetPercent", "timeSliceTarget", "timeSliceWindow", "compositeWeight"],
  ...["objectives", "duration", "isRolling", "calendar", "spec", "metadata", "description"],
  ...["metricSource", "metricSourceRef", "type", "dataSourceRef", "dataSourceSpec", "source"],
];

export interface PresenceContext {
  readonly fields: Fields;
  readonly reading: Reading;
}

export function has(map: YamlMap, key: string, { fields }: PresenceContext): boolean {
  return fields.value(map, key) !== undefined;
}

/** True if none of the fields is there, not even under a misspelt name: that is one mistake, which the schema reports. */
export function lacks(map: YamlMap, context: PresenceContext, ...keys: readonly string[]): boolean {
  return !keys.some((key) => has(map, key, context)) && !misspells(map, context, ...keys);
}

export function misspells(map: YamlMap, { reading }: PresenceContext, ...keys: readonly string[]): boolean {
  if (reading.unknownKeys !== "error") return false;
  const unknown = map.entries.map(({ key }) => key.text).filter((name) => !NAMES.includes(name));
  return unknown.some((name) => keys.includes(nearest(name, NAMES) ?? ""));
}
