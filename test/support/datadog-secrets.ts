import type { DatadogPolicy, DatadogSource, KeySource } from "../../src/model/policy.ts";
import { seconds } from "../../src/units/duration.ts";
import { policyOf } from "./policies.ts";

export const VAULT: KeySource & { readonly kind: "vault" } = {
  kind: "vault",
  mount: "kv",
  path: "datadog/gates",
  type: "kv-v2",
  apiKey: "api-key",
  appKey: "app_key",
};

export const STORE: KeySource & { readonly kind: "externalSecrets" } = {
  kind: "externalSecrets",
  store: { name: "aws", kind: "ClusterSecretStore" },
  apiKey: { key: "datadog/gates", property: "api" },
  appKey: { key: "datadog/app-key" },
};

/** A policy that asks Datadog, as far as its Secret is concerned. */
export function askingDatadog(source: Partial<DatadogSource>, namespace?: string): DatadogPolicy {
  const { at, workload, ...rest } = policyOf();
  const dd: DatadogSource = { name: "dd", type: "datadog", site: "datadoghq.eu", scrapeInterval: seconds(10), ...source };
  return {
    ...rest,
    backend: "datadog",
    at,
    workload: { ...workload, ...(namespace !== undefined && { namespace }) },
    isolation: { strategy: "podTemplateHash", canary: [], stable: [], revisionUnique: true, except: [], at },
    gates: [],
    guards: [],
    matchers: [],
    source: dd,
  };
}
