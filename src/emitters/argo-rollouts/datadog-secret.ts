import type { Report } from "../../diagnostics/diagnostic.ts";
import { datadogApi, type DatadogPolicy, type DatadogSite, type KeySource, type RemoteKey } from "../../model/policy.ts";
import type { Json } from "../../yaml/json.ts";
import { argoRolloutsCodes } from "./codes.ts";

/** Where Argo Rollouts looks if a source names no Secret. */
const DEFAULT_SECRET = "datadog";

/**
 * The controller's namespace where it was installed as its documentation says. A Secret that is not `namespaced` lies there:
 * https://argo-rollouts.readthedocs.io/en/stable/analysis/datadog/
 */
const CONTROLLER_NAMESPACE = "argo-rollouts";

/** How soon a rotated key reaches the cluster. Without it the Vault operator reads a static secret once. */
const REFRESH = "1h";

/** The objects that make the Secrets of one cluster's policies, each once: policies of one namespace share theirs. */
export function secretManifests(policies: readonly DatadogPolicy[], report: Report): readonly Json[] {
  const made = new Map<string, { readonly policy: DatadogPolicy; readonly manifest: Json }>();
  for (const policy of policies) {
    const manifest = secretManifest(policy);
    if (manifest === undefined) continue;
    const { name, namespace = "" } = placeOf(policy);
    const key = `${namespace}/${name}`;
    const other = made.get(key);
    if (other === undefined) made.set(key, { policy, manifest });
    else if (JSON.stringify(other.manifest) !== JSON.stringify(manifest)) {
      const params = { name, source: policy.source.name, other: other.policy.source.name };
      const related = other.policy.source.at === undefined ? [] : [{ at: other.policy.source.at, message: "the other source" }];
      report(argoRolloutsCodes["secret-collision"](policy.source.at ?? policy.at, params, { related }));
    }
  }
  return [...made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { manifest }]) => manifest);
}

/** What has an operator in the cluster make the Secret with Datadog's keys. No key stands in it, only where they are. */
export function secretManifest(policy: DatadogPolicy): Json | undefined {
  const { keysFrom, site } = policy.source;
  if (keysFrom === undefined) return undefined;
  const { name, namespace } = placeOf(policy);
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  return keysFrom.kind === "vault" ? vaultStaticSecret(metadata, keysFrom, site) : externalSecret(metadata, keysFrom, site);
}

interface Place {
  readonly name: string;
  /** Absent where it is that of whoever applies the object. */
  readonly namespace?: string;
}

function placeOf({ source: { secret }, workload }: DatadogPolicy): Place {
  const namespace = secret?.namespaced === true ? workload.namespace : CONTROLLER_NAMESPACE;
  return { name: secret?.name ?? DEFAULT_SECRET, ...(namespace !== undefined && { namespace }) };
}

/** https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/secret-transformation */
function vaultStaticSecret(metadata: Place, keys: KeySource & { readonly kind: "vault" }, site: DatadogSite): Json {
  const { mount, path, type, apiKey, appKey, auth } = keys;
  // A missing field would be an empty key, and every look a 403.
  const field = (name: string): Json => ({
    text: `{{ if hasKey .Secrets "${name}" }}{{ get .Secrets "${name}" }}{{ else }}{{ fail "the Vault secret has no field ${name}" }}{{ end }}`,
  });
  return {
    apiVersion: "secrets.hashicorp.com/v1beta1",
    kind: "VaultStaticSecret",
    metadata: { ...metadata },
    spec: {
      ...(auth !== undefined && { vaultAuthRef: auth }),
      mount,
      type,
      path,
      refreshAfter: REFRESH,
      destination: {
        name: metadata.name,
        create: true,
        transformation: {
          // Nothing but what the templates make.
          excludeRaw: true,
          excludes: [".*"],
          templates: { "api-key": field(apiKey), "app-key": field(appKey), address: { text: datadogApi(site) } },
        },
      },
    },
  };
}

/** https://external-secrets.io/latest/api/externalsecret/ */
function externalSecret(metadata: Place, keys: KeySource & { readonly kind: "externalSecrets" }, site: DatadogSite): Json {
  const { store, apiKey, appKey } = keys;
  const remote = (secretKey: string, { key, property }: RemoteKey): Json => ({
    secretKey,
    remoteRef: { key, ...(property !== undefined && { property }) },
  });
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { ...metadata },
    spec: {
      refreshInterval: REFRESH,
      secretStoreRef: { name: store.name, kind: store.kind },
      target: {
        name: metadata.name,
        template: {
          engineVersion: "v2",
          data: { "api-key": "{{ .apiKey }}", "app-key": "{{ .appKey }}", address: datadogApi(site) },
        },
      },
      data: [remote("apiKey", apiKey), remote("appKey", appKey)],
    },
  };
}
