import { datadogApi, type DatadogPolicy, type DatadogSite, type DatadogSource, type KeySource, type RemoteKey } from "../model/policy.ts";
import type { Json, JsonObject } from "../yaml/json.ts";

export interface SecretPlace {
  readonly name: string;
  /** Absent where it is that of whoever applies the object. */
  readonly namespace?: string;
}

/** Under which keys of the Secret a controller looks for what. */
interface SecretKeys {
  readonly apiKey: string;
  readonly appKey: string;
  /** Absent where the controller is told the site elsewhere. */
  readonly address?: string;
}

export const ARGO_KEYS: Required<SecretKeys> = { apiKey: "api-key", appKey: "app-key", address: "address" };

/** https://github.com/fluxcd/flagger/blob/v1.44.0/pkg/metrics/providers/datadog.go */
export const FLAGGER_KEYS: SecretKeys = { apiKey: "datadog_api_key", appKey: "datadog_application_key" };

/** Where a source that names no Secret has one. */
const DEFAULT_SECRET = "datadog";

/**
 * The controller's namespace where it was installed as its documentation says. A Secret that is not `namespaced` lies there:
 * https://argo-rollouts.readthedocs.io/en/stable/analysis/datadog/
 */
const ARGO_NAMESPACE = "argo-rollouts";

export function datadogSecretName({ secret }: Pick<DatadogSource, "secret">): string {
  return secret?.name ?? DEFAULT_SECRET;
}

/** Where a policy's controller looks for the Secret: Flagger always beside the MetricTemplate. */
function placeOf({ source, workload, controller }: DatadogPolicy): SecretPlace {
  const isBeside = controller.kind === "flagger" || source.secret?.namespaced === true;
  const namespace = isBeside ? workload.namespace : ARGO_NAMESPACE;
  return { name: datadogSecretName(source), ...(namespace !== undefined && { namespace }) };
}

function isSamePlace(a: SecretPlace, b: SecretPlace): boolean {
  return a.name === b.name && a.namespace === b.namespace;
}

/**
 * The objects that make the Secrets of one controller's policies in one cluster, each once: policies of one namespace share theirs, with
 * the keys of every controller that reads it, since two objects for one Secret would take turns.
 * @param everyone all policies of the cluster, `policies` among them
 * @param collides is told of two policies whose sources would fill one Secret differently
 */
export function datadogSecrets<P extends DatadogPolicy>(
  policies: readonly P[],
  everyone: readonly DatadogPolicy[],
  collides: (policy: P, other: DatadogPolicy, name: string) => void,
): readonly Json[] {
  const made: { readonly policy: P; readonly place: SecretPlace; readonly manifest: Json }[] = [];
  const isOther = (manifest: Json, policy: DatadogPolicy): boolean => {
    const own = datadogSecret(policy, everyone);
    return own !== undefined && JSON.stringify(own) !== JSON.stringify(manifest);
  };
  for (const policy of policies) {
    const manifest = datadogSecret(policy, everyone);
    if (manifest === undefined) continue;
    const place = placeOf(policy);
    const first = made.find((each) => isSamePlace(each.place, place));
    if (first === undefined) made.push({ policy, place, manifest });
    else if (isOther(first.manifest, policy)) collides(policy, first.policy, place.name);
  }
  const foreign = everyone.filter((policy) => !policies.some((own) => own === policy));
  for (const { policy, place, manifest } of made) {
    const other = foreign.find((each) => isSamePlace(placeOf(each), place) && isOther(manifest, each));
    if (other !== undefined) collides(policy, other, place.name);
  }
  const text = ({ name, namespace = "" }: SecretPlace): string => `${namespace}/${name}`;
  return made.sort((a, b) => (text(a.place) < text(b.place) ? -1 : 1)).map(({ manifest }) => manifest);
}

/** What has an operator in the cluster make the Secret with Datadog's keys. No key stands in it, only where they are. */
export function datadogSecret(policy: DatadogPolicy, everyone: readonly DatadogPolicy[] = [policy]): Json | undefined {
  const { keysFrom, site } = policy.source;
  if (keysFrom === undefined) return undefined;
  const place = placeOf(policy);
  const readers = everyone.filter((other) => isSamePlace(placeOf(other), place)).map(({ controller }) => controller.kind);
  const keys = [...(readers.includes("argo-rollouts") ? [ARGO_KEYS] : []), ...(readers.includes("flagger") ? [FLAGGER_KEYS] : [])];
  return keysFrom.kind === "vault" ? vaultStaticSecret(place, keysFrom, keys, site) : externalSecret(place, keysFrom, keys, site);
}

/** The Secret's entries, all keys of one kind side by side. */
function entries(keys: readonly SecretKeys[], apiKey: Json, appKey: Json, address: Json): JsonObject {
  return Object.fromEntries(
    keys.flatMap((each) => [
      [each.apiKey, apiKey],
      [each.appKey, appKey],
      ...(each.address === undefined ? [] : [[each.address, address]]),
    ]),
  ) as JsonObject;
}

/** How soon a rotated key reaches the cluster. Without it the Vault operator reads a static secret once. */
const REFRESH = "1h";

/** https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/secret-transformation */
function vaultStaticSecret(
  metadata: SecretPlace,
  from: KeySource & { readonly kind: "vault" },
  keys: readonly SecretKeys[],
  site: DatadogSite,
): Json {
  const { mount, path, type, apiKey, appKey, auth } = from;
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
          templates: entries(keys, field(apiKey), field(appKey), { text: datadogApi(site) }),
        },
      },
    },
  };
}

/** https://external-secrets.io/latest/api/externalsecret/ */
function externalSecret(
  metadata: SecretPlace,
  from: KeySource & { readonly kind: "externalSecrets" },
  keys: readonly SecretKeys[],
  site: DatadogSite,
): Json {
  const { store, apiKey, appKey } = from;
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
        template: { engineVersion: "v2", data: entries(keys, "{{ .apiKey }}", "{{ .appKey }}", datadogApi(site)) },
      },
      data: [remote("apiKey", apiKey), remote("appKey", appKey)],
    },
  };
}
