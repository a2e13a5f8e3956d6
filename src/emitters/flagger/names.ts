import { slug } from "../../units/identifier.ts";
import type { ReleasePolicy } from "../../model/policy.ts";

type Named = Pick<ReleasePolicy, "name">;

/** What a check of an SLO is called; the name also ends up in events and in the label `metric` of Flagger's own metrics. */
export function checkName(policy: Named, sloId: string, role: CheckRole): string {
  return `${stem(policy, sloId)}-${role}`;
}

/** MetricTemplates of a namespace need different names, so the policy's comes first, unless the SLO's begins with it already. */
function stem({ name }: Named, sloId: string): string {
  const id = slug(sloId);
  return id === name || id.startsWith(`${name}-`) ? id : `${name}-${id}`;
}

export type CheckRole = "promote" | "promote-since" | "requests" | "budget" | "budget-left";

export function guardCheckName({ name }: Named, guard: string): string {
  return `${name}-guard-${slug(guard)}`;
}

/** Webhooks that ask for an SLO's checks. */
export function hookName(policy: Named, sloId: string, role: "fail" | "extreme" | "series"): string {
  return `${stem(policy, sloId)}-${role}`;
}

/** Webhooks that ask for the whole policy. */
export function policyHookName({ name }: Named, role: "bake" | "budget"): string {
  return `${name}-${role}`;
}
