import { nearest } from "../../units/identifier.ts";
import { entryOf, headOf, textOf, valueOf, type YamlMap } from "../../yaml/tree.ts";
import type { Frontend, LowerContext, SpecDocument } from "../frontend.ts";
import { lowerAlertWindows, withoutDuplicates } from "./alert-windows.ts";
import { codes } from "./codes.ts";
import { lowerServiceLevels } from "./service-levels.ts";
import { KUBERNETES, NATIVE } from "./words.ts";

/** Sloth 0.16: `prometheus/v1`, and as Kubernetes objects `PrometheusServiceLevel` and `AlertWindows`. */
export const sloth: Frontend = {
  id: "sloth",
  title: "Sloth",
  docs: "https://sloth.dev/specs/default/",
  codes,
  detect: (root) => isNative(root) || isObject(root),
  lower: (documents, context) => {
    const lowered = documents.map((document) => lowerDocument(document, context));
    return {
      slos: lowered.flatMap(({ slos }) => slos),
      catalogs: withoutDuplicates(
        lowered.flatMap(({ catalogs }) => catalogs),
        context.report,
      ),
    };
  },
};

const KINDS = ["PrometheusServiceLevel", "AlertWindows"];

function lowerDocument(document: SpecDocument, context: LowerContext): ReturnType<Frontend["lower"]> {
  const { root } = document;
  if (!isObject(root)) return { slos: lowerServiceLevels(document, NATIVE, context), catalogs: [] };
  const entry = entryOf(root, "kind");
  const kind = textOf(entry?.value) ?? "";
  if (kind === "AlertWindows") return { slos: [], catalogs: lowerAlertWindows(root, context) };
  if (kind === "PrometheusServiceLevel") return { slos: lowerServiceLevels(document, KUBERNETES, context), catalogs: [] };
  const at = kind === "" ? (entryOf(root, "apiVersion")?.key.at ?? headOf(root)) : (entry?.value.at ?? headOf(root));
  context.report(codes["unknown-kind"](at, { kind, nearest: nearest(kind, KINDS) }));
  return { slos: [], catalogs: [] };
}

/** A slip in the version or in a key's case still tells what is meant. */
function isNative(root: YamlMap): boolean {
  const keys = new Set(root.entries.map(({ key }) => key.text.toLowerCase()));
  if (keys.has("apiversion") || keys.has("kind")) return false;
  const version = root.entries.find(({ key }) => key.text.toLowerCase() === "version");
  return /^prometheus\/?v?\d/i.test(textOf(version?.value) ?? "") || (keys.has("service") && keys.has("slos"));
}

function isObject(root: YamlMap): boolean {
  const kind = textOf(valueOf(root, "kind"))?.toLowerCase() ?? "";
  const version = textOf(valueOf(root, "apiVersion")) ?? "";
  return version.startsWith("sloth.slok.dev/") || KINDS.some((known) => known.toLowerCase() === kind);
}
