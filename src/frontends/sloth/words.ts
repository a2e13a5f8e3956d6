import type { SchemaId } from "../../schema/validate.ts";

/** The two spellings of one format: snake_case in Sloth's own files, camelCase in Kubernetes objects. */
export interface Words {
  readonly format: "prometheus/v1" | "sloth.slok.dev/v1";
  readonly schema: SchemaId;
  readonly groupPlugins: string;
  readonly errorQuery: string;
  readonly totalQuery: string;
  readonly errorRatioQuery: string;
  readonly pageAlert: string;
  readonly ticketAlert: string;
}

export const NATIVE: Words = {
  format: "prometheus/v1",
  schema: "sloth/prometheus-v1",
  groupPlugins: "slo_plugins",
  errorQuery: "error_query",
  totalQuery: "total_query",
  errorRatioQuery: "error_ratio_query",
  pageAlert: "page_alert",
  ticketAlert: "ticket_alert",
};

export const KUBERNETES: Words = {
  format: "sloth.slok.dev/v1",
  schema: "sloth/prometheus-service-level",
  groupPlugins: "sloPlugins",
  errorQuery: "errorQuery",
  totalQuery: "totalQuery",
  errorRatioQuery: "errorRatioQuery",
  pageAlert: "pageAlert",
  ticketAlert: "ticketAlert",
};
