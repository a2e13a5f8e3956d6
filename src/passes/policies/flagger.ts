import type { Report } from "../../diagnostics/diagnostic.ts";
import type { SourceFile } from "../../diagnostics/source.ts";
import { FLAGGER_PROVIDERS, type FlaggerController, type FlaggerProvider, type Workload } from "../../model/policy.ts";
import { nearest } from "../../units/identifier.ts";
import { toJson, type Json, type JsonObject } from "../../yaml/json.ts";
import { textOf, valueOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { durationAt, itemsAt, keySpan, RULES, valueSpan } from "./fields.ts";
import { canariesOf, type CanaryFacts } from "./workloads.ts";

export interface FlaggerContext {
  /** With the namespace of the place. */
  readonly workload: Workload;
  /** The Canary of the workload's files; absent where they have none. */
  readonly canary: CanaryFacts | undefined;
  readonly report: Report;
}

/** The Canary of the workload in its namespace, if the files have one there, else the first that targets it. */
export function canaryIn(files: readonly SourceFile[], { name, namespace }: Workload): CanaryFacts | undefined {
  const found = canariesOf(name, files);
  const inNamespace = (wanted: string | undefined): CanaryFacts | undefined => found.find((each) => each.namespace === wanted);
  return inNamespace(namespace) ?? inNamespace(undefined) ?? found[0];
}

/** What the policy says to Flagger; undefined, with a report, where nothing says which provider divides the traffic. */
export function flaggerController(spec: YamlMap, { workload, canary, report }: FlaggerContext): FlaggerController | undefined {
  const provider = providerOf(spec, { workload, canary, report });
  if (provider === undefined) return undefined;
  const flagger = valueOf(spec, "flagger");
  const at = keySpan(spec, ["flagger"], workload.at);
  const interval = durationAt(flagger, "interval");
  const match = objectsAt(flagger, "match");
  const loadtester = urlAt(valueOf(flagger, "loadtester"));
  const rollback = urlAt(valueOf(flagger, "rollback", "url"));
  return {
    kind: "flagger",
    provider,
    canary: canary?.name ?? workload.name,
    target: canary?.kind === "DaemonSet" ? "DaemonSet" : "Deployment",
    ...(interval && { interval: { value: interval, at: valueSpan(flagger, ["interval"], at) } }),
    ...(match.length > 0 && { match }),
    ...(loadtester && { loadtester }),
    ...(rollback && { rollback }),
    alerts: objectsAt(flagger, "alerts"),
    webhooks: objectsAt(flagger, "webhooks"),
    at,
  };
}

function providerOf(spec: YamlMap, { workload, canary, report }: FlaggerContext): FlaggerProvider | undefined {
  const node = valueOf(spec, "flagger", "provider");
  const own = textOf(node);
  const there = canary?.provider;
  const name = own ?? there?.text;
  if (name === undefined) {
    const at = keySpan(spec, ["flagger"], workload.at);
    report(
      policyCodes["no-provider"](at, { workload: workload.name, hasCanary: canary !== undefined, hasFile: workload.files.length > 0 }),
    );
    return undefined;
  }
  // The policy's own is known by its schema.
  if (there !== undefined && knownProvider(there.text) === undefined) {
    const params = { provider: there.text, nearest: nearest(there.text, FLAGGER_PROVIDERS), known: FLAGGER_PROVIDERS };
    report(policyCodes["unknown-provider"](there.at, params));
  } else if (own !== undefined && there !== undefined && own !== there.text) {
    const related = [{ at: there.at, message: "the Canary's own provider" }];
    report(policyCodes["other-provider"](node?.at, { policy: own, canary: there.text }, { related }));
  }
  return knownProvider(name);
}

function knownProvider(name: string): FlaggerProvider | undefined {
  return FLAGGER_PROVIDERS.find((each) => each === name);
}

function objectsAt(flagger: YamlNode | undefined, key: "match" | "alerts" | "webhooks"): readonly JsonObject[] {
  return itemsAt(flagger, key).flatMap((item) => {
    const value = toJson(item, RULES);
    return isObject(value) ? [value] : [];
  });
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function urlAt(node: YamlNode | undefined): FlaggerController["loadtester"] {
  const url = textOf(node);
  return node === undefined || url === undefined ? undefined : { url, at: node.at };
}
