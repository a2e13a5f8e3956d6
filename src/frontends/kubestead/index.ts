import type { Report } from "../../diagnostics/diagnostic.ts";
import type { PolicyDocument } from "../../model/policy.ts";
import { validate } from "../../schema/validate.ts";
import { nearest } from "../../units/identifier.ts";
import { entryOf, headOf, textOf, valueOf, type YamlMap } from "../../yaml/tree.ts";
import type { Frontend, SpecDocument } from "../frontend.ts";
import { codes } from "./codes.ts";
import { claimsOf, RULES, specOf, textEntries } from "./translate.ts";

const FORMAT = "delivery.kubestead.io/v1alpha1";

/** Annotations of ours on Kubestead's objects begin so. */
const OURS = "slogen/";
const SLO = "slogen/slo";
const EXTENDS = "slogen/extends";

/** Kubestead's `RolloutPolicy`: an objective and a delivery, without a word on how the objective is measured. */
export const kubestead: Frontend = {
  id: "kubestead",
  title: "Kubestead",
  docs: "https://slogen.dev/policies#kubestead",
  codes,
  detect: (root) => /(^|\.)kubestead\.io\//.test(textOf(valueOf(root, "apiVersion")) ?? ""),
  lower: (documents, { report }) => ({
    slos: [],
    catalogs: [],
    policies: documents.flatMap((document) => lowerDocument(document, report)),
  }),
};

function lowerDocument({ root }: SpecDocument, report: Report): readonly PolicyDocument[] {
  const kind = entryOf(root, "kind");
  if (textOf(kind?.value) !== "RolloutPolicy") {
    report(
      codes["unknown-kind"](kind?.value.at ?? entryOf(root, "apiVersion")?.key.at ?? headOf(root), { kind: textOf(kind?.value) ?? "" }),
    );
    return [];
  }
  const isValid = validate("kubestead/rollout-policy", root, { rules: RULES, unknownKeys: "error", report });
  const metadata = valueOf(root, "metadata");
  const name = valueOf(metadata, "name");
  const spec = valueOf(root, "spec");
  if (!isValid || metadata?.kind !== "map" || name?.kind !== "scalar" || spec?.kind !== "map") return [];
  checkAnnotations(metadata, report);
  const slo = valueOf(metadata, "annotations", SLO);
  const claims = claimsOf(spec);
  const labels = textEntries(valueOf(metadata, "labels"));
  return [
    {
      kind: "policy",
      name: name.text,
      labels,
      spec: specOf(spec, {
        slo: slo?.kind === "scalar" ? slo : name,
        name,
        namespace: entryOf(metadata, "namespace"),
        profile: entryOf(valueOf(metadata, "annotations"), EXTENDS),
      }),
      claims,
      format: FORMAT,
      file: name.at.file,
      at: name.at,
    },
  ];
}

function checkAnnotations(metadata: YamlMap, report: Report): void {
  const annotations = valueOf(metadata, "annotations");
  if (annotations?.kind !== "map") return;
  for (const { key } of annotations.entries) {
    if (key.text.startsWith(OURS) && key.text !== SLO && key.text !== EXTENDS)
      report(codes["unknown-annotation"](key.at, { annotation: key.text, nearest: nearest(key.text, [SLO, EXTENDS]) }));
  }
}
