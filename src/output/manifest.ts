import type { Style } from "../config/config.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../diagnostics/source.ts";
import type { Json } from "../yaml/json.ts";
import { printJson } from "../yaml/print.ts";
import { outputCodes } from "./codes.ts";

/** Lies in the output folder and is committed with it. */
export const MANIFEST = ".slogen-manifest.json";

/** The files of an output folder that slogen wrote, by path; only these does it overwrite or remove. */
export type Manifest = ReadonlyMap<string, ManifestEntry>;

export interface ManifestEntry {
  /** Of the text as it was written, with `\n` line ends: Git may have changed them since. */
  readonly sha256: string;
  /** The specs it was compiled from, relative to the project's root. */
  readonly sources: readonly string[];
}

/** Sorted, so that the same output has the same manifest and two branches rarely conflict. */
export function encodeManifest(manifest: Manifest, style: Style): string {
  const files = [...manifest]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { sha256, sources }]): [string, Json] => [path, { sha256, sources: [...sources].sort() }]);
  return printJson({ version: 1, files: Object.fromEntries(files) }, style);
}

/** Undefined, with a report, for anything but a manifest of ours: what it lists would be overwritten and removed. */
export function decodeManifest(file: SourceFile, report: Report): Manifest | undefined {
  const entries = decodeEntries(parse(file.text));
  if (entries === undefined) report(outputCodes["manifest-syntax"]({ file, start: 0, end: file.text.length === 0 ? 0 : 1 }, {}));
  return entries && new Map(entries);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decodeEntries(value: unknown): readonly (readonly [string, ManifestEntry])[] | undefined {
  if (!isRecord(value) || value["version"] !== 1 || !isRecord(value["files"])) return undefined;
  const entries = Object.entries(value["files"]).map(([path, entry]) => {
    if (!isInside(path) || !isRecord(entry)) return undefined;
    const { sha256, sources } = entry;
    if (typeof sha256 !== "string" || !Array.isArray(sources)) return undefined;
    return sources.every((source): source is string => typeof source === "string") ? ([path, { sha256, sources }] as const) : undefined;
  });
  return entries.every((entry) => entry !== undefined) ? entries : undefined;
}

/** True for a relative path that stays below its folder whatever the system's separator is. */
export function isInside(path: string): boolean {
  return path !== "" && !/^[a-zA-Z]:|\\|\0/.test(path) && path.split("/").every((step) => step !== "" && step !== "." && step !== "..");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
