import type { Report } from "../../diagnostics/diagnostic.ts";
import type { DatadogPolicy } from "../../model/policy.ts";
import type { Json } from "../../yaml/json.ts";
import { datadogSecrets } from "../datadog-secret.ts";
import { argoRolloutsCodes } from "./codes.ts";

/** What makes the Secrets of these policies, all of one cluster; `everyone` has those of other controllers there, too. */
export function secretManifests(
  policies: readonly DatadogPolicy[],
  report: Report,
  everyone: readonly DatadogPolicy[] = policies,
): readonly Json[] {
  return datadogSecrets(policies, everyone, (policy, other, name) => {
    const params = { name, source: policy.source.name, other: other.source.name };
    const related = other.source.at === undefined ? [] : [{ at: other.source.at, message: "the other source" }];
    report(argoRolloutsCodes["secret-collision"](policy.source.at ?? policy.at, params, { related }));
  });
}
