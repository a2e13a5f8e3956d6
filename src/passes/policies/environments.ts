import type { Config, Environment } from "../../config/config.ts";
import { UNNAMED_SOURCE } from "../../config/sources.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { MetricSource, PolicyBase, PolicyDocument } from "../../model/policy.ts";
import { nearest } from "../../units/identifier.ts";
import { parseTraffic } from "../../units/traffic.ts";
import { textOf, valueOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { entriesAt, keySpan, textAt } from "./fields.ts";

/** One of the places that a policy is compiled for. */
export interface Place {
  /** What slogen.yaml says of it; absent where the project has no environments. */
  readonly environment?: Environment;
  /** What the policy says of it. */
  readonly own?: YamlMap;
  readonly at: Span;
}

/** Those that the policy names, else all of the project's, else a single one without a name. */
export function placesOf(
  spec: YamlMap,
  document: PolicyDocument,
  { environments }: Pick<Config, "environments">,
  report: Report,
): readonly Place[] {
  const named = entriesAt(spec, "environments");
  if (named.length === 0 && environments.length === 0) return [{ at: document.at }];
  if (named.length === 0) return environments.map((environment) => ({ environment, at: document.at }));
  const known = environments.map(({ name }) => name);
  return named.flatMap(({ key, value }) => {
    const environment = environments.find(({ name }) => name === key.text);
    if (environment !== undefined) return [{ environment, ...(value.kind === "map" && { own: value }), at: key.at }];
    report(policyCodes["unknown-environment"](key.at, { name: key.text, nearest: nearest(key.text, known), known }));
    return [];
  });
}

/** What depends on the place: its own word goes before slogen.yaml's, and both before the rest of the policy. */
export function surroundings(
  spec: YamlMap,
  { environment, own, at }: Place,
  config: Pick<Config, "sources">,
  report: Report,
): Pick<PolicyBase, "environment" | "enforcement" | "traffic"> & {
  readonly source: MetricSource | undefined;
  readonly namespace?: string;
} {
  const traffic = parseTraffic(textAt(own, "traffic") ?? textAt(spec, "traffic") ?? "");
  const namespace = textAt(own, "namespace") ?? environment?.namespace ?? textAt(spec, "workload", "namespace");
  const enforcement = textAt(own, "enforcement") ?? environment?.enforcement ?? textAt(spec, "enforcement");
  return {
    ...(environment && { environment: environment.name }),
    source: sourceOf(spec, { environment, own, at }, config, report),
    enforcement: enforcement === "enforce" ? "enforce" : "observe",
    ...(traffic && { traffic }),
    ...(namespace !== undefined && { namespace }),
  };
}

function sourceOf(
  spec: YamlMap,
  { environment, own, at }: { readonly [K in keyof Place]: Place[K] | undefined },
  { sources }: Pick<Config, "sources">,
  report: Report,
): MetricSource | undefined {
  const find = (name: string): MetricSource | undefined => sources.find((source) => source.name === name);
  const known = sources.map(({ name }) => name);
  const written = (node: YamlNode | undefined): MetricSource | undefined => {
    const name = textOf(node) ?? "";
    const source = find(name);
    if (source === undefined) report(policyCodes["unknown-source"](node?.at, { name, nearest: nearest(name, known), known }));
    return source;
  };
  const [inPlace, inSpec] = [valueOf(own, "source"), valueOf(spec, "source")];
  if (inPlace !== undefined) return written(inPlace);
  // Its name was checked with the rest of slogen.yaml.
  if (environment?.source !== undefined) return find(environment.source.text);
  if (inSpec !== undefined) return written(inSpec);
  if (sources.length <= 1) return sources[0] ?? UNNAMED_SOURCE;
  report(policyCodes["source-needed"](at, { environment: environment?.name, known }));
  return undefined;
}

/** The labels, or tags, that every selector of an SLI asks for in this place. */
export function addedTo({ environment, own }: Place): readonly (readonly [string, string])[] {
  const values = new Map(environment?.matchers.map(({ key, value }) => [key, value]));
  for (const { key, value } of entriesAt(own, "matchers")) values.set(key.text, textOf(value) ?? "");
  return [...values];
}

/** Where one of them is written. */
export function addedAt({ environment, own, at }: Place, key: string): Span {
  if (valueOf(own, "matchers", key) !== undefined) return keySpan(own, ["matchers", key], at);
  return environment?.matchers.find((entry) => entry.key === key)?.at ?? at;
}
