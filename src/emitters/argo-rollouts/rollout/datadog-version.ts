import type { Report } from "../../../diagnostics/diagnostic.ts";
import type { DatadogPolicy } from "../../../model/policy.ts";
import { valueOf, type YamlNode } from "../../../yaml/tree.ts";
import { rolloutCodes } from "./codes.ts";
import { itemsAt, keyAt, mapAt, textAt } from "../../../manifests/documents.ts";
import type { RolloutFile } from "./rollout-file.ts";

const HASH_FIELD = /^metadata\.labels\['rollouts-pod-template-hash'\]$/;

/**
 * Whether a policy that looks for `version:{hash}` would find it: tracers and DogStatsD clients take the version from `DD_VERSION`.
 * https://docs.datadoghq.com/getting_started/tagging/unified_service_tagging/
 */
export function checkVersion({ rollout }: RolloutFile, { isolation }: DatadogPolicy, report: Report): void {
  const isByVersion = isolation.canary.some(({ key, value, negated }) => key === "version" && value === "{hash}" && !negated);
  const template = mapAt(rollout.root, "spec", "template");
  const containers = itemsAt(template, "spec", "containers");
  if (!isByVersion || template === undefined || containers.length === 0) return;
  const versions = containers.flatMap((container) =>
    itemsAt(container, "env").filter((variable) => textAt(variable, "name") === "DD_VERSION"),
  );
  if (versions.some(mayBeHash)) return;
  const [written] = versions;
  const related = [{ at: isolation.at, message: "looked for here" }];
  const span = valueOf(written, "value")?.at ?? valueOf(written, "name")?.at ?? keyAt(template, "spec");
  report(rolloutCodes["version-is-no-hash"](span, { isSet: written !== undefined }, { related }));
}

/** The field itself, or a value made of other variables, which may hold it. */
function mayBeHash(variable: YamlNode): boolean {
  return (
    HASH_FIELD.test(textAt(variable, "valueFrom", "fieldRef", "fieldPath") ?? "") || textAt(variable, "value")?.includes("$(") === true
  );
}
