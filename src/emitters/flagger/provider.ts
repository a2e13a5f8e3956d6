import type { PrometheusSource } from "../../model/policy.ts";
import type { MetricProvider } from "./types.ts";

/** https://github.com/fluxcd/flagger/blob/v1.44.0/pkg/metrics/providers/prometheus.go; what it has no word for is told by `checkSource`. */
export function prometheusProvider({ address, headers, insecure, authentication }: PrometheusSource): MetricProvider {
  return {
    type: "prometheus",
    address: address ?? "",
    ...(authentication?.kind === "bearer" && { secretRef: { name: authentication.token.name } }),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers.map(({ key, value }) => [key, [value]])) }),
    ...(insecure && { insecureSkipVerify: true as const }),
  };
}

/** The key of the Secret that Flagger reads as a bearer token. */
export const TOKEN_KEY = "token";

/** Flagger's own, for every query: no field changes it. */
export const QUERY_TIMEOUT = 5;
