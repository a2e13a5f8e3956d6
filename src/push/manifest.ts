import type { Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../diagnostics/source.ts";
import { isJsonObject } from "../output/json-object.ts";
import { problemOf } from "../schema/validate.ts";
import { nearest } from "../units/identifier.ts";
import type { Json } from "../yaml/json.ts";
import { pushCodes } from "./codes.ts";
import { SITES } from "./site.ts";
import { ID_TAG, storedValue } from "./tags.ts";

export type ObjectKind = "slo" | "monitor";

/** What the build says of its objects. */
export interface PushManifest {
  readonly site: string;
  /** Sets this project's objects apart from those of others in the same organisation. */
  readonly owner?: string;
  /** SLOs first, since monitors name them. */
  readonly objects: readonly ManifestObject[];
}

export interface ManifestObject {
  /** The `slogen_id`, unique among objects of its kind. */
  readonly id: string;
  readonly kind: ObjectKind;
  /** Relative to the manifest. */
  readonly file: string;
  /** The SLOs whose Datadog ids the file has placeholders for. */
  readonly needs: readonly string[];
}

/** Undefined, with a report, for anything but a manifest that this version of slogen understands in full. */
export function decodePushManifest(file: SourceFile, report: Report): PushManifest | undefined {
  const decoded = decode(parseJson(file.text));
  if (typeof decoded === "string") {
    report(pushCodes["bad-manifest"](undefined, { path: file.path, problem: decoded }));
    return undefined;
  }
  const { site } = decoded;
  if (SITES.includes(site)) return decoded;
  report(pushCodes["unknown-site"](undefined, { path: file.path, site, nearest: nearest(site, SITES), sites: SITES }));
  return undefined;
}

/** Undefined for what is no JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The manifest, or what is wrong with it. */
function decode(value: Json | undefined): PushManifest | string {
  if (!isJsonObject(value)) return "it is no JSON object";
  const { version, site, owner, objects } = value;
  if (version !== 1) return `its \`version\` is ${JSON.stringify(version ?? null)}, and this slogen knows version 1`;
  // Where it would lead is worth an error of its own.
  if (typeof site === "string" && !SITES.includes(site)) return { site, objects: [] };
  const problem = problemOf("datadog/manifest", value);
  if (problem !== undefined) return problem;
  const manifest = { site, ...(owner !== undefined && { owner }), objects } as unknown as PushManifest;
  return problemBetween(manifest.objects) ?? manifest;
}

/** What no schema can tell. */
function problemBetween(objects: readonly ManifestObject[]): string | undefined {
  const files = new Map<string, string>();
  const slos = new Set<string>();
  for (const { id, kind, file, needs } of objects) {
    const stored = storedValue(ID_TAG, id);
    const before = files.get(`${kind} ${stored}`);
    if (before !== undefined) return `\`${before}\` and \`${file}\` both have the id \`${stored}\``;
    const missing = needs.find((need) => !slos.has(need));
    if (missing !== undefined) return `\`${file}\` needs the SLO \`${missing}\`, which does not come before it`;
    files.set(`${kind} ${stored}`, file);
    if (kind === "slo") slos.add(id);
  }
  return undefined;
}
