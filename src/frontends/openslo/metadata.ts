import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { Entry } from "../../model/model.ts";
import { nearest } from "../../units/identifier.ts";
import { parseDuration, type Seconds } from "../../units/duration.ts";
import type { Rational } from "../../units/rational.ts";
import { parseTraffic } from "../../units/traffic.ts";
import { headOf, type YamlMap } from "../../yaml/tree.ts";
import { opensloCodes } from "./codes.ts";
import type { Fields } from "./fields.ts";
import type { Field, Kind, Metadata } from "./source.ts";

const PREFIX = "slogen/";

/** slogen's own settings on each kind, without their prefix. */
const SETTINGS: Partial<Readonly<Record<Kind, readonly string[]>>> = {
  SLO: ["traffic"],
  AlertPolicy: ["short-window"],
  AlertCondition: ["short-window"],
};

/** The kinds whose labels come out again, on rules and alerts. */
const EMITTED: ReadonlySet<Kind> = new Set<Kind>(["SLO", "AlertPolicy"]);

export function decodeMetadata(owner: YamlMap, kind: Kind, fields: Fields, report: Report): Metadata {
  const map = fields.map(owner, "metadata");
  const displayName = fields.text(map, "displayName")?.value;
  const labels = entries(map, "labels", fields).map(plain);
  const annotations = entries(map, "annotations", fields);
  return {
    name: fields.text(map, "name") ?? { value: "", at: headOf(owner) },
    ...(displayName !== undefined && { displayName }),
    labels: EMITTED.has(kind) ? portableLabels(labels, report) : labels,
    annotations: annotations.filter(({ key }) => !key.startsWith(PREFIX)).map(plain),
    settings: settings(
      annotations.filter(({ key }) => key.startsWith(PREFIX)),
      kind,
      report,
    ),
  };
}

interface AnnotatedEntry extends Entry {
  readonly valueAt: Span;
}

function entries(map: YamlMap | undefined, key: string, fields: Fields): readonly AnnotatedEntry[] {
  const owner = fields.map(map, key);
  return (owner?.entries ?? []).flatMap(({ key: name }) => {
    const value = fields.value(owner, name.text);
    if (value === undefined) return [];
    const words = (value.kind === "list" ? value.items : [value]).filter((item) => item.kind === "scalar").map((item) => item.text);
    return [{ key: name.text, value: words.join(","), at: name.at, valueAt: headOf(value) }];
  });
}

const plain = ({ key, value, at }: Entry): Entry => ({ key, value, at });

/** OpenSLO's label names may hold dashes and dots, v2alpha's a slash as well. */
function portableLabels(labels: readonly Entry[], report: Report): readonly Entry[] {
  const taken = new Map(labels.map(({ key, at }) => [key, at]));
  return labels.map((label) => {
    const renamed = label.key.replace(/[^a-zA-Z0-9_]/g, "_").replace(/^(?=\d)/, "_");
    if (renamed === label.key) return label;
    const other = taken.get(renamed);
    const params = { label: label.key, renamed };
    if (other === undefined) report(opensloCodes["label-renamed"](label.at, params));
    else report(opensloCodes["label-clash"](label.at, params, { related: [{ at: other, message: "the other one" }] }));
    taken.set(renamed, other ?? label.at);
    return { ...label, key: renamed };
  });
}

function settings(annotations: readonly AnnotatedEntry[], kind: Kind, report: Report): ReadonlyMap<string, Field<string>> {
  const known = SETTINGS[kind] ?? [];
  const read = new Map<string, Field<string>>();
  for (const { key, value, at, valueAt } of annotations) {
    const name = key.slice(PREFIX.length);
    if (known.includes(name)) read.set(name, { value, at: valueAt });
    else {
      const close = nearest(name, known);
      const owners = Object.entries(SETTINGS).flatMap(([owner, names]) => (names.includes(name) ? [owner] : []));
      const params = { name: key, kind, nearest: close && PREFIX + close, known: known.map((word) => PREFIX + word), owners };
      report(opensloCodes["unknown-annotation"](at, params));
    }
  }
  return read;
}

/** The annotation `slogen/short-window`: over how short a window burning must go on as well, in Prometheus's notation. */
export function shortWindow({ settings }: Metadata): Field<Seconds> | undefined {
  const field = settings.get("short-window");
  const value = parseDuration(field?.value ?? "");
  return field && value !== undefined ? { value, at: field.at } : undefined;
}

export function checkShortWindow(metadata: Metadata, report: Report): void {
  const field = metadata.settings.get("short-window");
  if (field === undefined || shortWindow(metadata) !== undefined) return;
  const wanted = "a duration with its unit";
  report(opensloCodes["bad-annotation"](field.at, { name: "slogen/short-window", value: field.value, wanted, example: "5m" }));
}

/** The annotation `slogen/traffic`: how many requests the service gets at a quiet hour, in the notation of release policies. */
export function trafficOf({ settings }: Metadata, report: Report): Rational | undefined {
  const field = settings.get("traffic");
  if (field === undefined) return undefined;
  const traffic = parseTraffic(field.value);
  if (traffic === undefined) {
    const wanted = "requests a second or a minute, above zero";
    report(opensloCodes["bad-annotation"](field.at, { name: "slogen/traffic", value: field.value, wanted, example: "600rpm" }));
  }
  return traffic;
}
