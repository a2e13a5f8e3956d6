import { checkLiteralKeys } from "../../config/credentials.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Entry } from "../../model/model.ts";
import type { PolicyDocument } from "../../model/policy.ts";
import { validate, type SchemaId } from "../../schema/validate.ts";
import { nearest } from "../../units/identifier.ts";
import { entryOf, headOf, textOf, valueOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";
import type { Frontend, SpecDocument } from "../frontend.ts";
import { lowerBinding } from "./binding.ts";
import { codes } from "./codes.ts";

const FORMAT = "slogen/v1alpha1";

const SCHEMAS = {
  RolloutPolicy: "slogen/rollout-policy",
  GateProfile: "slogen/gate-profile",
  IndicatorBinding: "slogen/indicator-binding",
} as const satisfies Readonly<Record<string, SchemaId>>;

type Kind = keyof typeof SCHEMAS;

/** slogen's own kinds: `RolloutPolicy`, `GateProfile` and `IndicatorBinding`. */
export const slogen: Frontend = {
  id: "slogen",
  title: "slogen",
  docs: "https://slogen.dev/policies",
  codes,
  detect: (root) => {
    const version = textOf(valueOf(root, "apiVersion"));
    return version?.startsWith("slogen") ?? kindOf(root) !== undefined;
  },
  lower: (documents, { report, reading }) => {
    const sound = documents.flatMap((document) => soundDocument(document, report) ?? []);
    return {
      slos: [],
      catalogs: [],
      policies: sound.flatMap((document) => policyOf(document) ?? []),
      bindings: sound.flatMap(({ kind, spec }) => (kind === "IndicatorBinding" ? (lowerBinding(spec, { report, reading }) ?? []) : [])),
    };
  },
};

interface SoundDocument {
  readonly kind: Kind;
  readonly root: YamlMap;
  readonly spec: YamlMap;
  readonly name: YamlNode;
}

/** A document that is valid by its schema; undefined, with a report, for any other. */
function soundDocument({ root }: SpecDocument, report: Report): SoundDocument | undefined {
  const kind = kindOf(root);
  if (kind === undefined) {
    reportKind(root, report);
    return undefined;
  }
  if (!checkLiteralKeys(root, report)) return undefined;
  const isValid = validate(SCHEMAS[kind], root, { rules: "yaml-1.2", unknownKeys: "error", report });
  const name = valueOf(root, "metadata", "name");
  const spec = valueOf(root, "spec");
  return isValid && name !== undefined && spec?.kind === "map" ? { kind, root, spec, name } : undefined;
}

function reportKind(root: YamlMap, report: Report): void {
  const entry = entryOf(root, "kind");
  const kind = textOf(entry?.value) ?? "";
  const at = (kind === "" ? entryOf(root, "apiVersion")?.key.at : entry?.value.at) ?? headOf(root);
  report(codes["unknown-kind"](at, { kind, nearest: nearest(kind, Object.keys(SCHEMAS)) }));
}

function kindOf(root: YamlMap): Kind | undefined {
  const kind = textOf(valueOf(root, "kind"));
  return kind === "RolloutPolicy" || kind === "GateProfile" || kind === "IndicatorBinding" ? kind : undefined;
}

function policyOf({ kind, root, spec, name }: SoundDocument): PolicyDocument | undefined {
  if (kind === "IndicatorBinding") return undefined;
  return {
    kind: kind === "RolloutPolicy" ? "policy" : "profile",
    name: textOf(name) ?? "",
    labels: textEntries(valueOf(root, "metadata", "labels")),
    spec,
    format: FORMAT,
    file: name.at.file,
    at: name.at,
  };
}

function textEntries(node: YamlNode | undefined): readonly Entry[] {
  if (node?.kind !== "map") return [];
  return node.entries.map(({ key, value }) => ({ key: key.text, value: textOf(value) ?? "", at: key.at }));
}
