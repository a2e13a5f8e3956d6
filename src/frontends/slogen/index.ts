import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Entry } from "../../model/model.ts";
import type { PolicyDocument } from "../../model/policy.ts";
import { validate } from "../../schema/validate.ts";
import { nearest } from "../../units/identifier.ts";
import { entryOf, headOf, textOf, valueOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";
import type { Frontend, SpecDocument } from "../frontend.ts";
import { codes } from "./codes.ts";

const FORMAT = "slogen/v1alpha1";

const KINDS = {
  RolloutPolicy: { kind: "policy", schema: "slogen/rollout-policy" },
  GateProfile: { kind: "profile", schema: "slogen/gate-profile" },
} as const;

/** slogen's own kinds: `RolloutPolicy` and `GateProfile`. */
export const slogen: Frontend = {
  id: "slogen",
  title: "slogen",
  docs: "https://slogen.dev/policies",
  codes,
  detect: (root) => {
    const version = textOf(valueOf(root, "apiVersion"));
    return version?.startsWith("slogen") ?? kindOf(root) !== undefined;
  },
  lower: (documents, { report }) => ({
    slos: [],
    catalogs: [],
    policies: documents.flatMap((document) => lowerDocument(document, report)),
  }),
};

function kindOf(root: YamlMap): keyof typeof KINDS | undefined {
  const kind = textOf(valueOf(root, "kind"));
  return kind === "RolloutPolicy" || kind === "GateProfile" ? kind : undefined;
}

function lowerDocument({ root }: SpecDocument, report: Report): readonly PolicyDocument[] {
  const known = kindOf(root);
  if (known === undefined) {
    const entry = entryOf(root, "kind");
    const kind = textOf(entry?.value) ?? "";
    const at = (kind === "" ? entryOf(root, "apiVersion")?.key.at : entry?.value.at) ?? headOf(root);
    report(codes["unknown-kind"](at, { kind, nearest: nearest(kind, Object.keys(KINDS)) }));
    return [];
  }
  const { kind, schema } = KINDS[known];
  const isValid = validate(schema, root, { rules: "yaml-1.2", unknownKeys: "error", report });
  const name = valueOf(root, "metadata", "name");
  const spec = valueOf(root, "spec");
  if (!isValid || name === undefined || spec?.kind !== "map") return [];
  const labels = textEntries(valueOf(root, "metadata", "labels"));
  return [{ kind, name: textOf(name) ?? "", labels, spec, format: FORMAT, file: name.at.file, at: name.at }];
}

function textEntries(node: YamlNode | undefined): readonly Entry[] {
  if (node?.kind !== "map") return [];
  return node.entries.map(({ key, value }) => ({ key: key.text, value: textOf(value) ?? "", at: key.at }));
}
