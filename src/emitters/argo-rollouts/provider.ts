import type { PrometheusSource, SecretRef } from "../../model/policy.ts";
import type { PrometheusProvider, TemplateArgument } from "./types.ts";

/** How every metric of a policy asks its source: everything but the query. */
export type Source = Omit<PrometheusProvider, "query">;

/** Argo's own limit of 30 s is as long as the default rhythm of looks; a query that takes so long has failed. */
const DEFAULT_TIMEOUT = 20;

/** `shortest` is the shortest time between two looks, in seconds. */
export function sourceOf(source: PrometheusSource, shortest: number): Source {
  const { address, insecure } = source;
  const headers = [...source.headers.map(({ key, value }) => ({ key, value })), ...authorization(source)];
  const authentication = authenticationOf(source);
  return {
    ...(address !== undefined && { address }),
    // Argo reads 0 as "expires at once": https://github.com/argoproj/argo-rollouts/blob/v1.9.1/metricproviders/prometheus/prometheus.go
    timeout: source.timeout ?? Math.max(1, Math.min(DEFAULT_TIMEOUT, shortest - 1)),
    ...(insecure && { insecure }),
    ...(headers.length > 0 && { headers }),
    ...(authentication && { authentication }),
  };
}

/**
 * Argo takes no user name and password before its 1.10; a header does the same in every release.
 * Values of arguments are put in as they are, so the secret itself never stands in the template.
 */
function authorization({ authentication }: PrometheusSource): readonly { key: string; value: string }[] {
  if (authentication?.kind === "bearer") return [{ key: "Authorization", value: `Bearer {{args.${TOKEN}}}` }];
  if (authentication?.kind === "basic") return [{ key: "Authorization", value: `Basic {{args.${CREDENTIALS}}}` }];
  return [];
}

function authenticationOf({ authentication }: PrometheusSource): PrometheusProvider["authentication"] {
  switch (authentication?.kind) {
    case "oauth2": {
      const { tokenUrl, clientId, scopes } = authentication;
      return { oauth2: { tokenUrl, clientId, clientSecret: `{{args.${CLIENT_SECRET}}}`, ...(scopes.length > 0 && { scopes }) } };
    }
    case "sigv4": {
      const { region, profile, roleArn } = authentication;
      return { sigv4: { region, ...(profile !== undefined && { profile }), ...(roleArn !== undefined && { roleArn }) } };
    }
    case "bearer":
    case "basic":
    case undefined:
      return undefined;
  }
}

const TOKEN = "prometheus-token";
const CREDENTIALS = "prometheus-credentials";
const CLIENT_SECRET = "prometheus-client-secret";

/** The arguments that take their values from a Secret beside the Rollout. */
export function secretArguments(source: PrometheusSource): readonly TemplateArgument[] {
  const secret = secretOf(source);
  return secret === undefined
    ? []
    : [{ name: secret.argument, valueFrom: { secretKeyRef: { name: secret.ref.name, key: secret.ref.key } } }];
}

/** The Secret that a source needs, if any. */
export function secretOf({ authentication }: PrometheusSource): { readonly argument: string; readonly ref: SecretRef } | undefined {
  switch (authentication?.kind) {
    case "bearer":
      return { argument: TOKEN, ref: authentication.token };
    case "basic":
      return { argument: CREDENTIALS, ref: authentication.credentials };
    case "oauth2":
      return { argument: CLIENT_SECRET, ref: authentication.clientSecret };
    case "sigv4":
    case undefined:
      return undefined;
  }
}
