import { textAt } from "../../../manifests/documents.ts";
import { hasMarker } from "../../../manifests/marker.ts";
import type { FlaggerPolicy } from "../../../model/policy.ts";
import type { YamlNode } from "../../../yaml/tree.ts";
import { checkName, guardCheckName, hookName, policyHookName } from "../names.ts";

export type AnalysisList = "metrics" | "alerts" | "webhooks";

/**
 * Tells what an earlier build put into a list: by the marker or, where a tool took the comments along or JSON has none, by a name
 * that only slogen gives. Alerts, and webhooks of the policy's own, have names of the user's: without a marker they count as the user's.
 */
export function isOwnItem({ name, gates, guards }: FlaggerPolicy, list: AnalysisList): (item: YamlNode) => boolean {
  const slos = gates.map(({ slo }) => slo.id);
  const names = new Set(
    list === "metrics"
      ? [
          ...slos.flatMap((slo) =>
            (["promote", "promote-since", "requests", "budget", "budget-left"] as const).map((role) => checkName({ name }, slo, role)),
          ),
          ...guards.map((guard) => guardCheckName({ name }, guard.name)),
        ]
      : [
          ...slos.flatMap((slo) => (["fail", "extreme", "series"] as const).map((role) => hookName({ name }, slo, role))),
          ...(["bake", "budget"] as const).map((role) => policyHookName({ name }, role)),
        ],
  );
  return (item) => {
    if (hasMarker(item)) return true;
    if (list === "metrics") return names.has(textAt(item, "templateRef", "name") ?? "");
    return list === "webhooks" && names.has(textAt(item, "name") ?? "") && OWN_TYPES.includes(textAt(item, "type") ?? "");
  };
}

const OWN_TYPES: readonly string[] = ["rollback", "confirm-rollout", "confirm-traffic-increase"];
