import type { Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../diagnostics/source.ts";
import { nearest } from "../units/identifier.ts";
import { readYaml } from "../yaml/read.ts";
import { entryOf, textOf, valueOf, type YamlMap, type YamlNode } from "../yaml/tree.ts";
import { inputCodes } from "./codes.ts";
import type { Frontend, SpecDocument } from "./frontend.ts";

/** The documents of all files by the front end that claims them. Lists of objects are taken apart, whether a sequence or a `kind: List`. */
export function sortDocuments(
  files: readonly SourceFile[],
  frontends: readonly Frontend[],
  report: Report,
): ReadonlyMap<Frontend, readonly SpecDocument[]> {
  const sorted = new Map<Frontend, SpecDocument[]>(frontends.map((frontend) => [frontend, []]));
  for (const file of files) {
    const roots = readYaml(file, report).flatMap((root) => objectsIn(root, report));
    for (const [index, root] of roots.entries()) {
      const frontend = frontends.find((each) => each.detect(root));
      if (frontend === undefined) reportForeign(root, report);
      else sorted.get(frontend)?.push({ root, index });
    }
  }
  return sorted;
}

function objectsIn(node: YamlNode, report: Report): readonly YamlMap[] {
  if (node.kind === "list") return node.items.flatMap((item) => objectsIn(item, report));
  if (node.kind === "scalar") {
    report(inputCodes["not-a-spec"](node.at, { found: "a single value" }));
    return [];
  }
  const items = valueOf(node, "items");
  return textOf(valueOf(node, "kind"))?.endsWith("List") === true && items?.kind === "list" ? objectsIn(items, report) : [node];
}

const KINDS = [
  "SLO",
  "SLI",
  "DataSource",
  "Service",
  "AlertPolicy",
  "AlertCondition",
  "AlertNotificationTarget",
  "PrometheusServiceLevel",
  "AlertWindows",
  "RolloutPolicy",
  "GateProfile",
  "IndicatorBinding",
];

/** A document that no front end knows is an error if it means to be a spec, and passed over if it is something else. */
function reportForeign(root: YamlMap, report: Report): void {
  const kind = entryOf(root, "kind");
  const version = entryOf(root, "apiVersion") ?? entryOf(root, "version");
  const named = [version, kind].flatMap((entry) => (entry === undefined ? [] : [`\`${entry.key.text}: ${textOf(entry.value) ?? ""}\``]));
  const at = version?.value.at ?? kind?.value.at ?? root.entries[0]?.key.at ?? root.at;
  const meant = nearest(textOf(kind?.value) ?? "", KINDS);
  if (meant !== undefined || entryOf(root, "slos") !== undefined) {
    const found =
      named.length === 0 ? "`slos` but no `version`" : named.join(" and ") + (version === undefined ? " but no `apiVersion`" : "");
    report(inputCodes["unknown-format"](at, { found }));
  } else {
    report(
      inputCodes["not-a-spec"](at, {
        found: named.length === 0 ? "a document without `apiVersion` or `version`" : `a document with ${named.join(" and ")}`,
      }),
    );
  }
}
