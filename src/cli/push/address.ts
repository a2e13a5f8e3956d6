import type { Report } from "../../diagnostics/diagnostic.ts";
import { pushCodes } from "../../push/codes.ts";
import { datadogApi } from "../../model/policy.ts";
import type { Io } from "../io.ts";

/** Where the API is: the site's, unless `DD_API_URL` names another. No slash at its end. Undefined, with a report, for an unsafe one. */
export function apiAddress(site: string, { env }: Io, report: Report): string | undefined {
  const given = env["DD_API_URL"];
  if (given === undefined || given === "") return datadogApi(site);
  const reason = problemOf(given);
  if (reason === undefined) return given.replace(/\/+$/, "");
  report(pushCodes["bad-url"](undefined, { url: given.replace(/\/\/[^/@]*@/, "//<credentials>@"), reason }));
  return undefined;
}

function problemOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return "which is no URL";
  if (url.username !== "" || url.password !== "") return "which holds credentials";
  if (url.search !== "" || url.hash !== "") return "which has a query or a fragment";
  if (url.protocol === "https:") return undefined;
  if (url.protocol !== "http:") return "which is no `https://` address";
  return isLoopback(url.hostname) ? undefined : "which would send the keys unencrypted";
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
