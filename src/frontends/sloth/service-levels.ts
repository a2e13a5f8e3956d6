import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Alerting, Indicator, KubernetesObject, Objective, PromqlQuery, SeverityAlerting, Slo } from "../../model/model.ts";
import { readPromql, reportDatadog, type QueryUse } from "../../model/query.ts";
import type { Reading } from "../../model/reading.ts";
import { WINDOW_PLACEHOLDER } from "../../promql/placeholders.ts";
import { validate } from "../../schema/validate.ts";
import { complement, ratioFromPercent } from "../../units/quantity.ts";
import { equal, less, multiply, ONE, parseDecimal, rational, toDecimal } from "../../units/rational.ts";
import { numberText } from "../../yaml/scalar.ts";
import { entryOf, headOf, type YamlMap, type YamlScalar } from "../../yaml/tree.ts";
import type { LowerContext, SpecDocument } from "../frontend.ts";
import { codes } from "./codes.ts";
import { entriesOf, fieldOf, flagOf, itemsOf, mapOf, mergedEntries, RULES, scalarOf } from "./fields.ts";
import { combinePlugins, readingOf, readPlugins, type PluginBlock } from "./plugins.ts";
import { checkScalars, withKnownKeys, withTrimmedEnd } from "./spelling.ts";
import { NATIVE, type Words } from "./words.ts";

type Context = Pick<LowerContext, "report" | "reading">;

/** The SLOs of one document. Where the `sloth` dialect reads, Sloth's own oddities hold. */
export function lowerServiceLevels(document: SpecDocument, words: Words, { report, reading }: Context): readonly Slo[] {
  const lenient = reading.unknownKeys !== "error";
  const trimmed = lenient ? withTrimmedEnd(document.root) : document.root;
  const root = lenient && words === NATIVE ? withKnownKeys(trimmed, report) : trimmed;
  validate(words.schema, root, { rules: RULES, unknownKeys: reading.unknownKeys, report });
  checkScalars(root, report);
  const spec = words === NATIVE ? root : mapOf(root, "spec");
  const group: Group = {
    words,
    spec,
    plugins: readPlugins(spec, words.groupPlugins, report),
    document: document.index,
    object: words === NATIVE ? undefined : objectOf(root),
  };
  return itemsOf(spec, "slos").flatMap((item) => (item.kind === "map" ? lowerSlo(item, group, { report, reading }) : []));
}

/** What the SLOs of a document share. */
interface Group {
  readonly words: Words;
  readonly spec: YamlMap | undefined;
  readonly plugins: PluginBlock;
  readonly document: number;
  readonly object: KubernetesObject | undefined;
}

function objectOf(root: YamlMap): KubernetesObject {
  const metadata = mapOf(root, "metadata");
  const namespace = fieldOf(metadata, "namespace")?.text;
  return {
    name: fieldOf(metadata, "name")?.text ?? "",
    ...(namespace !== undefined && { namespace }),
    labels: entriesOf(metadata, "labels"),
    annotations: entriesOf(metadata, "annotations"),
  };
}

function lowerSlo(slo: YamlMap, group: Group, { report, reading }: Context): readonly Slo[] {
  const { words, spec, object } = group;
  const plugins = combinePlugins(group.plugins, readPlugins(slo, "plugins", report));
  const objective = lowerObjective(slo, reading, report);
  const indicator = lowerIndicator(slo, words, { report, reading: readingOf(plugins, reading) });
  const service = fieldOf(spec, "service");
  const name = fieldOf(slo, "name");
  if (objective === undefined || indicator === undefined || service === undefined || name === undefined) return [];
  const description = fieldOf(slo, "description")?.text;
  return [
    {
      id: `${service.text}-${name.text}`,
      service: service.text,
      name: name.text,
      ...(description !== undefined && { description }),
      objective,
      indicators: { prometheus: indicator },
      budgeting: { kind: "occurrences" },
      window: { kind: "default" },
      labels: mergedEntries(entriesOf(spec, "labels"), entriesOf(slo, "labels")),
      annotations: [],
      alerting: lowerAlerting(mapOf(slo, "alerting"), words),
      origin: { format: words.format, document: group.document, ...(object && { object }), plugins: plugins.ids },
      at: name.at,
    },
  ];
}

function lowerObjective(slo: YamlMap, reading: Reading, report: Report): Objective | undefined {
  const scalar = scalarOf(slo, "objective");
  if (scalar === undefined) return undefined;
  const { at } = scalar;
  const percent = parseDecimal(numberText(scalar, RULES) ?? "");
  if (percent === undefined) return undefined;
  const target = ratioFromPercent(percent);
  if (target === undefined) {
    report(codes["objective-range"](at, { objective: toDecimal(percent), full: equal(percent, rational(100)) }));
    return undefined;
  }
  if (!less(ONE, percent)) {
    const meant = equal(percent, ONE) ? "99.9" : toDecimal(multiply(percent, rational(100)));
    const params = { objective: toDecimal(percent), percent: meant };
    // Sloth computes with whatever it is given.
    report(codes["objective-is-ratio"](at, params, { severity: reading.unknownKeys }));
    if (reading.unknownKeys === "error") return undefined;
  }
  return { target, budget: complement(target), at };
}

function lowerIndicator(slo: YamlMap, words: Words, context: Context): Indicator | undefined {
  const sli = mapOf(slo, "sli");
  // Which of them is meant is not known.
  if (["events", "raw", "plugin"].filter((kind) => mapOf(sli, kind) !== undefined).length > 1) return undefined;
  const at = (key: string): Indicator["at"] => entryOf(sli, key)?.key.at ?? headOf(slo);
  const plugin = mapOf(sli, "plugin");
  if (plugin !== undefined) {
    const id = fieldOf(plugin, "id");
    context.report(codes["sli-plugin"](id?.at ?? at("plugin"), { id: id?.text ?? "" }));
    return undefined;
  }
  const raw = mapOf(sli, "raw");
  if (raw !== undefined) {
    const query = lowerQuery(scalarOf(raw, words.errorRatioQuery), { kind: "ratio" }, context);
    return query && { kind: "ratio", measures: "failure", query, at: at("raw") };
  }
  const events = mapOf(sli, "events");
  const errorScalar = scalarOf(events, words.errorQuery);
  const totalScalar = scalarOf(events, words.totalQuery);
  if (errorScalar !== undefined && totalScalar !== undefined && errorScalar.text === totalScalar.text) {
    context.report(codes["same-queries"](errorScalar.at, {}, { related: [{ at: totalScalar.at, message: "the same text is here" }] }));
    return undefined;
  }
  // Counters are turned into rates by the queries themselves, as the window in each shows.
  const errors = lowerQuery(errorScalar, { kind: "events", counter: true }, context);
  const total = lowerQuery(totalScalar, { kind: "events", counter: true }, context);
  return errors && total && { kind: "events", counted: "bad", events: errors, total, at: at("events") };
}

/** Sloth's own test for the window. https://github.com/slok/sloth/blob/v0.16.0/pkg/common/conventions/conventions.go */
const SLOTH_WINDOW = /\{\{ *\.window *\}\}/;

function lowerQuery(scalar: YamlScalar | undefined, use: QueryUse, context: Context): PromqlQuery | undefined {
  if (scalar === undefined) return undefined;
  if (!SLOTH_WINDOW.test(scalar.text)) {
    if (reportDatadog(scalar, context.report)) return undefined;
    const written = new RegExp(WINDOW_PLACEHOLDER.source).exec(scalar.text)?.[0];
    context.report(codes["no-window"](scalar.at, { written }));
    return undefined;
  }
  return readPromql(scalar, use, context);
}

function lowerAlerting(alerting: YamlMap | undefined, words: Words): Alerting {
  const name = fieldOf(alerting, "name")?.text;
  return {
    kind: "standard",
    ...(name !== undefined && name !== "" && { name }),
    labels: entriesOf(alerting, "labels"),
    annotations: entriesOf(alerting, "annotations"),
    page: severityOf(alerting, words.pageAlert),
    ticket: severityOf(alerting, words.ticketAlert),
  };
}

function severityOf(alerting: YamlMap | undefined, key: string): SeverityAlerting {
  const severity = mapOf(alerting, key);
  return { enabled: !flagOf(severity, "disable"), labels: entriesOf(severity, "labels"), annotations: entriesOf(severity, "annotations") };
}
