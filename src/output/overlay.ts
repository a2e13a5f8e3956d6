import type { Overlay, PatchOperation } from "../config/config.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import { nearest } from "../units/identifier.ts";
import type { Json, JsonObject } from "../yaml/json.ts";
import type { Artifact } from "./artifact.ts";
import { overlayCodes } from "./codes.ts";
import { isJsonObject } from "./json-object.ts";
import { jsonPatch } from "./json-patch.ts";
import { mergePatch } from "./merge-patch.ts";

/**
 * The artifacts of one target with the overlays for it applied, in the order of the configuration.
 * An overlay that matches nothing is a warning, a patch that fails an error. Texts and edits of the user's own files take no overlays.
 */
export function applyOverlays(
  target: string,
  artifacts: readonly Artifact[],
  overlays: readonly Overlay[],
  report: Report,
  problemOf: ProblemOf = () => undefined,
): readonly Artifact[] {
  return overlays
    .filter((overlay) => overlay.target === target)
    .reduce((before, overlay) => applyOverlay(before, overlay, report, problemOf), artifacts);
}

/** What is wrong with a document as a whole, by the target's own schema. */
export type ProblemOf = (document: Json) => string | undefined;

function applyOverlay(artifacts: readonly Artifact[], overlay: Overlay, report: Report, problemOf: ProblemOf): readonly Artifact[] {
  const pathFits = wildcard(overlay.path);
  const nameFits = wildcard(overlay.name);
  const names = new Set<string>();
  const failed = new Set<PatchOperation | Overlay>();
  const matched = new Set<string>();

  const change = (object: JsonObject, path: string): Json => {
    const { kind = "document", name } = identityOf(object);
    if (overlay.kind !== undefined && overlay.kind !== kind) return object;
    if (name !== undefined) names.add(name);
    if (overlay.name !== undefined && (name === undefined || !nameFits(name))) return object;
    matched.add(path);
    const described = `the ${kind}${name === undefined ? "" : ` \`${name}\``} in \`${path}\``;
    const result = changed(object, overlay);
    if (!result.ok) {
      // One wrong pointer fails on every object alike; the first is enough to mend it.
      if (!failed.has(result.operation))
        report(overlayCodes["patch-failed"](result.operation.at, { problem: result.problem, object: described }));
      failed.add(result.operation);
      return object;
    }
    if (isJsonObject(result.value)) return result.value;
    if (!failed.has(overlay)) report(overlayCodes["not-a-map"](overlay.at, { object: described }));
    failed.add(overlay);
    return object;
  };
  const changeDocument = (document: Json, path: string): Json => {
    if (!isJsonObject(document)) return document;
    const result = isRulePart(overlay.kind) ? changeRules(document, (part) => change(part, path)) : change(document, path);
    const problem = result === document || failed.has(overlay) ? undefined : problemOf(result);
    if (problem === undefined) return result;
    report(overlayCodes["invalid-result"](overlay.at, { object: `\`${path}\``, problem }));
    failed.add(overlay);
    return document;
  };

  const texts = artifacts.some((artifact) => (artifact.kind === "text" || artifact.kind === "edit") && pathFits(artifact.path));
  const result = artifacts.map((artifact): Artifact => {
    if (!pathFits(artifact.path)) return artifact;
    switch (artifact.kind) {
      case "yaml":
        return { ...artifact, documents: artifact.documents.map((document) => changeDocument(document, artifact.path)) };
      case "json":
        return { ...artifact, value: changeDocument(artifact.value, artifact.path) };
      case "text":
      case "edit":
        return artifact;
    }
  });
  if (matched.size === 0) {
    const suggestion = overlay.name === undefined ? undefined : nearest(overlay.name, names);
    report(overlayCodes.unmatched(overlay.at, { target: overlay.target, suggestion, texts }));
  }
  return result;
}

function changed(object: JsonObject, { change }: Overlay): ReturnType<typeof jsonPatch> {
  return change.kind === "merge" ? { ok: true, value: mergePatch(object, change.value) } : jsonPatch(object, change.operations);
}

interface Identity {
  readonly kind?: string;
  readonly name?: string;
}

/** A Kubernetes object by its kind and name; a part of a rules file by what it is. */
function identityOf(object: JsonObject): Identity {
  const { kind, metadata, alert, record, name } = object;
  if (typeof kind === "string") return { kind, ...(isJsonObject(metadata) && named(metadata["name"])) };
  if (alert !== undefined) return { kind: "Alert", ...named(alert) };
  if (record !== undefined) return { kind: "Record", ...named(record) };
  if (object["rules"] !== undefined) return { kind: "Group", ...named(name) };
  return named(name);
}

function named(name: Json | undefined): Identity {
  return typeof name === "string" ? { name } : {};
}

function isRulePart(kind: string | undefined): boolean {
  return kind === "Group" || kind === "Alert" || kind === "Record";
}

/**
 * Groups and rules have no `kind` of their own, in a rules file as in a PrometheusRule's `spec`.
 * https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#syntax
 */
function changeRules(document: JsonObject, change: (part: JsonObject) => Json): JsonObject {
  if (isJsonObject(document["spec"])) return { ...document, spec: changeRules(document["spec"], change) };
  const groups = mapObjects(document["groups"], (group) => {
    const rules = mapObjects(group["rules"], change);
    const whole = rules === undefined ? group : { ...group, rules };
    return change(whole);
  });
  return groups === undefined ? document : { ...document, groups };
}

function mapObjects(list: Json | undefined, change: (item: JsonObject) => Json): Json | undefined {
  return Array.isArray(list) ? list.map((item: Json) => (isJsonObject(item) ? change(item) : item)) : undefined;
}

function wildcard(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true;
  const literal = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const expression = new RegExp(`^${literal.join(".*")}$`, "su");
  return (text) => expression.test(text);
}
