import { entryOf, headOf, textOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";
import { decodeCalendar } from "./calendar.ts";
import { opensloCodes } from "./codes.ts";
import { optional, type DecodeContext } from "./context.ts";
import { decodeAlphaSlo } from "./decode-v1alpha.ts";
import { readDuration } from "./durations.ts";
import { placeOf } from "./fields.ts";
import { decodeMetadata } from "./metadata.ts";
import type {
  AlertCondition,
  AlertPolicy,
  Field,
  Kind,
  Metric,
  NotificationTarget,
  Objective,
  OpensloObject,
  Ratio,
  Reference,
  Sli,
  Slo,
  TimeWindow,
  Version,
} from "./source.ts";

/** One object of any version; undefined if it has no `spec` to speak of, which the schema reports. */
export function decodeObject(root: YamlMap, kind: Kind, document: number, context: DecodeContext): OpensloObject | undefined {
  const { version, fields, report } = context;
  const base = { version, document, metadata: decodeMetadata(root, kind, fields, report) };
  const spec = fields.map(root, "spec");
  if (kind === "Service") return { ...base, kind };
  if (spec === undefined) return undefined;
  const at = placeOf(root, "spec");
  switch (kind) {
    case "SLO":
      return { ...base, kind, spec: version === "openslo/v1alpha" ? decodeAlphaSlo(spec, at, context) : decodeSlo(spec, at, context) };
    case "SLI":
      return { ...base, kind, spec: decodeSli(spec, at, context) };
    case "DataSource":
      return { ...base, kind, spec: optional("type", fields.text(spec, "type")) };
    case "AlertPolicy":
      return { ...base, kind, spec: decodePolicy(root, spec, context) };
    case "AlertCondition":
      return { ...base, kind, spec: decodeCondition(root, spec, context) };
    case "AlertNotificationTarget":
      return { ...base, kind, spec: decodeTarget(root, spec, context) };
  }
}

/** v2alpha renamed these three. https://github.com/OpenSLO/OpenSLO/blob/main/enhancements/v2alpha.md */
const WORDS = {
  "openslo/v1": { service: "service", inline: "indicator", ref: "indicatorRef" },
  "openslo.com/v2alpha": { service: "serviceRef", inline: "sli", ref: "sliRef" },
} as const;

function wordsOf(version: Version): (typeof WORDS)[keyof typeof WORDS] {
  return version === "openslo.com/v2alpha" ? WORDS[version] : WORDS["openslo/v1"];
}

function decodeSlo(spec: YamlMap, at: Slo["at"], context: DecodeContext): Slo {
  const { fields } = context;
  const words = wordsOf(context.version);
  const objectives = fields.list(spec, "objectives").filter((node) => node.kind === "map");
  return {
    ...optional("description", fields.text(spec, "description")?.value),
    ...optional("service", fields.text(spec, words.service)),
    ...optional("method", fields.text(spec, "budgetingMethod")),
    ...optional("window", decodeWindow(fields.list(spec, "timeWindow")[0], context)),
    indicator: decodeIndicator(spec, context),
    objectives: objectives.map((node) => decodeObjective(node, context)),
    alertPolicies: decodePolicies(spec, context),
    words,
    node: spec,
    at,
  };
}

function decodeWindow(node: YamlNode | undefined, context: DecodeContext): TimeWindow | undefined {
  if (node?.kind !== "map") return undefined;
  const { fields } = context;
  return {
    ...optional("length", readDuration(node, "duration", context)),
    rolling: fields.flag(node, "isRolling") ?? false,
    ...optional("calendar", decodeCalendar(node, fields)),
    node,
    at: headOf(node),
  };
}

function decodeObjective(node: YamlMap, context: DecodeContext): Objective {
  const { fields } = context;
  return {
    ...optional("displayName", fields.text(node, "displayName")),
    ...optional("op", fields.text(node, "op")),
    ...optional("value", fields.decimal(node, "value")),
    ...optional("target", fields.decimal(node, "target")),
    ...optional("targetPercent", fields.decimal(node, "targetPercent")),
    ...optional("sliceTarget", fields.decimal(node, "timeSliceTarget")),
    ...optional("sliceWindow", readDuration(node, "timeSliceWindow", context, context.reading.numericSliceWindow)),
    ...optional("weight", fields.decimal(node, "compositeWeight")),
    indicator: decodeIndicator(node, context),
    node,
    at: headOf(node),
  };
}

function decodeIndicator(owner: YamlMap, context: DecodeContext): Reference<Sli> {
  const { fields, report, reading } = context;
  const words = wordsOf(context.version);
  const inline = fields.map(owner, words.inline);
  const kind = entryOf(inline, "kind");
  if (kind !== undefined && !(reading.kindInIndicator && textOf(kind.value) === "SLI"))
    report(opensloCodes["kind-in-indicator"](kind.key.at, {}));
  if (inline !== undefined) decodeMetadata(inline, "SLI", fields, report);
  const spec = fields.map(inline, "spec");
  return {
    ...optional("name", fields.text(owner, words.ref)),
    ...(inline !== undefined && spec !== undefined && { inline: decodeSli(spec, placeOf(inline, "spec"), context) }),
    at: placeOf(owner, inline === undefined ? words.ref : words.inline),
  };
}

function decodeSli(spec: YamlMap, at: Sli["at"], context: DecodeContext): Sli {
  const { fields } = context;
  const ratio = fields.map(spec, "ratioMetric");
  return {
    ...optional("threshold", decodeMetric(spec, "thresholdMetric", context)),
    ...(ratio !== undefined && { ratio: decodeRatio(ratio, placeOf(spec, "ratioMetric"), context) }),
    node: spec,
    at,
  };
}

function decodeRatio(node: YamlMap, at: Ratio["at"], context: DecodeContext): Ratio {
  const { fields } = context;
  return {
    counter: fields.flag(node, "counter") ?? false,
    ...optional("good", decodeMetric(node, "good", context)),
    ...optional("bad", decodeMetric(node, "bad", context)),
    ...optional("total", decodeMetric(node, "total", context)),
    ...optional("raw", decodeMetric(node, "raw", context)),
    ...optional("rawType", fields.text(node, "rawType")),
    node,
    at,
  };
}

function decodeMetric(owner: YamlMap, key: string, { version, fields }: DecodeContext): Metric | undefined {
  const metric = fields.map(owner, key);
  if (metric === undefined) return undefined;
  const at = placeOf(owner, key);
  if (version === "openslo.com/v2alpha") {
    return {
      ...optional("source", fields.text(metric, "dataSourceRef")),
      ...optional("type", fields.text(fields.map(metric, "dataSourceSpec"), "type")),
      ...optional("query", fields.map(metric, "spec")),
      node: metric,
      at,
    };
  }
  const source = fields.map(metric, "metricSource");
  return {
    ...optional("source", nonEmpty(fields.text(source, "metricSourceRef"))),
    ...optional("type", nonEmpty(fields.text(source, "type"))),
    ...optional("query", fields.map(source, "spec")),
    node: source ?? metric,
    at,
  };
}

const nonEmpty = (field: Field<string> | undefined): Field<string> | undefined => (field?.value === "" ? undefined : field);

function decodePolicies(spec: YamlMap, context: DecodeContext): readonly Reference<AlertPolicy>[] {
  const { fields, report, reading } = context;
  return fields.list(spec, "alertPolicies").map((node) => {
    if (node.kind === "map") return decodeReference(node, "alertPolicyRef", decodePolicy, context);
    const name = node.kind === "scalar" && typeof fields.plain(node) === "string" ? node.text : "";
    const at = headOf(node);
    if (reading.barePolicyNames && name !== "") return { name: { value: name, at }, at };
    report(opensloCodes["bare-policy-name"](at, { name }));
    return { at };
  });
}

function decodeReference<T>(
  node: YamlMap,
  refField: string,
  decodeInline: (owner: YamlMap, spec: YamlMap, context: DecodeContext) => T,
  context: DecodeContext,
): Reference<T> {
  const spec = context.fields.map(node, "spec");
  return {
    ...optional("name", context.fields.text(node, refField)),
    ...(spec !== undefined && { inline: decodeInline(node, spec, context) }),
    at: headOf(node),
  };
}

function decodePolicy(owner: YamlMap, spec: YamlMap, context: DecodeContext): AlertPolicy {
  const { fields, report } = context;
  const references = <T>(
    key: string,
    refField: string,
    decodeInline: (owner: YamlMap, spec: YamlMap, context: DecodeContext) => T,
  ): Reference<T>[] =>
    fields
      .list(spec, key)
      .filter((node) => node.kind === "map")
      .map((node) => decodeReference(node, refField, decodeInline, context));
  return {
    metadata: decodeMetadata(owner, "AlertPolicy", fields, report),
    ...optional("description", fields.text(spec, "description")?.value),
    whenNoData: fields.flag(spec, "alertWhenNoData") ?? false,
    whenResolved: fields.flag(spec, "alertWhenResolved") ?? false,
    whenBreaching: fields.flag(spec, "alertWhenBreaching") ?? false,
    conditions: references("conditions", "conditionRef", decodeCondition),
    targets: references("notificationTargets", "targetRef", decodeTarget),
    conditionsAt: placeOf(spec, "conditions"),
    at: placeOf(owner, "spec"),
  };
}

function decodeCondition(owner: YamlMap, spec: YamlMap, context: DecodeContext): AlertCondition {
  const { fields, report } = context;
  const condition = fields.map(spec, "condition");
  return {
    metadata: decodeMetadata(owner, "AlertCondition", fields, report),
    ...optional("severity", fields.text(spec, "severity")),
    ...optional("op", fields.text(condition, "op")),
    ...optional("threshold", fields.decimal(condition, "threshold")),
    ...optional("lookback", readDuration(condition, "lookbackWindow", context)),
    ...optional("after", readDuration(condition, "alertAfter", context)),
    at: placeOf(spec, "condition"),
  };
}

function decodeTarget(owner: YamlMap, spec: YamlMap, { fields, report }: DecodeContext): NotificationTarget {
  return {
    metadata: decodeMetadata(owner, "AlertNotificationTarget", fields, report),
    ...optional("target", fields.text(spec, "target")?.value),
  };
}
