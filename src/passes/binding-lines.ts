import { storedTag } from "../datadogql/tags.ts";
import type { Backend, Indicator } from "../model/model.ts";

export const BACKENDS: Readonly<Record<Backend, string>> = { prometheus: "Prometheus", datadog: "Datadog" };

/** An SLO and the indicator that it lacks. */
export interface MissingIndicator {
  /** The SLO's id. */
  readonly slo: string;
  readonly service: string;
  readonly backend: Backend;
  /** That of the indicator it has. */
  readonly kind: Indicator["kind"];
}

/** The document that gives an SLO a second backend's indicator, for the help of whoever misses one. */
export function bindingLines({ slo, service, backend, kind }: MissingIndicator): string {
  return [
    "apiVersion: slogen/v1alpha1",
    "kind: IndicatorBinding",
    `metadata: { name: ${slo}-${backend} }`,
    "spec:",
    `  slo: ${slo}`,
    `  ${backend}:`,
    ...exampleOf(kind, backend, service).map((line) => `    ${line}`),
  ].join("\n");
}

function exampleOf(kind: Indicator["kind"], backend: Backend, service: string): readonly string[] {
  if (kind === "ratio") return ["ratio: <a query between 0 and 1>", "measures: failure"];
  if (kind === "threshold") return ["value: <a query>"];
  if (backend === "prometheus")
    return [`bad: sum(rate(http_requests_total{code=~"5.."}[1m]))`, "total: sum(rate(http_requests_total[1m]))"];
  const scope = `{service:${storedTag(service) || "shop"}}`;
  return [`bad: sum:trace.http.request.errors${scope}.as_count()`, `total: sum:trace.http.request.hits${scope}.as_count()`];
}
