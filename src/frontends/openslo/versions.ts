import type { Report } from "../../diagnostics/diagnostic.ts";
import { schemaCodes } from "../../schema/codes.ts";
import type { SchemaId } from "../../schema/validate.ts";
import { nearest } from "../../units/identifier.ts";
import { entryOf, headOf, textOf, type YamlEntry, type YamlMap } from "../../yaml/tree.ts";
import { opensloCodes } from "./codes.ts";
import type { Kind, Version } from "./source.ts";

export const SCHEMAS: Readonly<Record<Version, SchemaId>> = {
  "openslo/v1": "openslo/v1",
  "openslo/v1alpha": "openslo/v1alpha",
  "openslo.com/v2alpha": "openslo/v2alpha",
};

const ALL_KINDS: readonly Kind[] = ["SLO", "SLI", "Service", "DataSource", "AlertPolicy", "AlertCondition", "AlertNotificationTarget"];

const KINDS: Readonly<Record<Version, readonly Kind[]>> = {
  "openslo/v1": ALL_KINDS,
  "openslo/v1alpha": ["SLO", "Service"],
  "openslo.com/v2alpha": ALL_KINDS,
};

/** Anything that means to be OpenSLO, so that a wrong version or kind is told as such. */
export function looksLikeOpenslo(root: YamlMap): boolean {
  return /^openslo(?![a-z0-9])/i.test(textOf(tagOf(root, "apiVersion")?.value) ?? "");
}

/** The entry under a key, or under the same key in another case, as Go's decoder would find it. */
function tagOf(root: YamlMap, key: "apiVersion" | "kind"): YamlEntry | undefined {
  return entryOf(root, key) ?? root.entries.find((entry) => entry.key.text.toLowerCase() === key.toLowerCase());
}

/** The entry under exactly this key; the wrong case is reported as the unknown field that it is. */
function exactTag(root: YamlMap, key: "apiVersion" | "kind", report: Report): YamlEntry | "misspelt" | undefined {
  const entry = tagOf(root, key);
  if (entry === undefined || entry.key.text === key) return entry;
  const params = { field: entry.key.text, within: "the document", nearest: key, allowed: [] };
  report(schemaCodes["unknown-field"](entry.key.at, params));
  return "misspelt";
}

/** The version and kind of a document, or undefined once the error is reported. */
export function identify(root: YamlMap, report: Report): { readonly version: Version; readonly kind: Kind } | undefined {
  const versionEntry = exactTag(root, "apiVersion", report);
  const kindEntry = exactTag(root, "kind", report);
  if (versionEntry === "misspelt" || kindEntry === "misspelt") return undefined;
  const written = textOf(versionEntry?.value) ?? "";
  const version = Object.keys(SCHEMAS).find((known): known is Version => known === written);
  if (version === undefined) {
    report(opensloCodes["unknown-version"](versionEntry?.value.at ?? headOf(root), { version: written, suggestion: versionLike(written) }));
    return undefined;
  }
  const word = textOf(kindEntry?.value) ?? "";
  const kind = KINDS[version].find((known) => known === word);
  if (kind === undefined) {
    const inV1 = ALL_KINDS.some((known) => known === word);
    const params = {
      kind: word,
      version,
      kinds: KINDS[version],
      inV1,
      nearest: inV1 || word === "" ? undefined : nearest(word, KINDS[version]),
    };
    const at = word === "" ? (kindEntry?.key.at ?? headOf(root)) : kindEntry?.value.at;
    report(opensloCodes["unknown-kind"](at, params));
    return undefined;
  }
  return { version, kind };
}

/**
 * The version that a wrong one stands for: drafts of v1 and v2alpha had other names, and osko's CRDs are `openslo.com/v1`.
 */
function versionLike(text: string): Version {
  if (/v2/i.test(text)) return "openslo.com/v2alpha";
  return /v1-?alpha/i.test(text) ? "openslo/v1alpha" : "openslo/v1";
}
