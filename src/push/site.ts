import { DATADOG_SITES } from "../model/policy.ts";
import type { ObjectKind } from "./manifest.ts";

/** Keys are sent to these only, so that a slip in a file cannot give them away. */
export const SITES: readonly string[] = DATADOG_SITES;

/** The page of an object, for people. The sites without a region in their name have theirs below `app.`. */
export function pageOf(site: string, kind: ObjectKind, datadogId: string): string {
  const host = site.split(".").length === 2 ? `app.${site}` : site;
  return kind === "slo" ? `https://${host}/slo?slo_id=${datadogId}` : `https://${host}/monitors/${datadogId}`;
}
