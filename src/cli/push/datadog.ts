import { isJsonObject } from "../../output/json-object.ts";
import { parseJson, type ObjectKind } from "../../push/manifest.ts";
import type { Existing } from "../../push/plan.ts";
import type { Json, JsonObject } from "../../yaml/json.ts";
import type { Io } from "../io.ts";
import type { Keys } from "./keys.ts";
import { nounOf } from "./words.ts";

/** Datadog's API, as far as a push goes: https://docs.datadoghq.com/api/latest/. One request after another. */
export interface Datadog {
  /** For messages. */
  readonly host: string;
  /**
   * All that the organisation has of a kind. Asking for everything and looking at the tags here costs one request for a thousand
   * objects, where asking by tag costs one for each object; it shows what `--prune` has to know; and how far Datadog's searches lag
   * behind a creation is written nowhere, while a missed object would be created twice.
   */
  readonly list: (kind: ObjectKind) => Promise<Answer<readonly Existing[]>>;
  readonly get: (kind: ObjectKind, datadogId: string) => Promise<Answer<Existing>>;
  /** Never sent twice: after `unreachable` and `server-error` the object may be there all the same. */
  readonly create: (kind: ObjectKind, payload: JsonObject) => Promise<Answer<Existing>>;
  readonly update: (kind: ObjectKind, datadogId: string, payload: JsonObject) => Promise<Answer<Existing>>;
  /** An object that is gone already is no failure. */
  readonly remove: (kind: ObjectKind, datadogId: string) => Promise<Answer<undefined>>;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export type Failure =
  | { readonly kind: "unreachable"; readonly reason: string }
  /** The server's own trouble, which may pass; it is also what Datadog says to some objects that it cannot digest. */
  | { readonly kind: "server-error"; readonly status: number; readonly words: string }
  | { readonly kind: "rate-limited"; readonly tries: number }
  | {
      readonly kind: "unauthorised";
      readonly status: number;
      readonly words: string;
      readonly cause: Blame;
      /** What the request takes. */
      readonly permission: string;
    }
  /** No answer of Datadog's. */
  | { readonly kind: "odd"; readonly request: string; readonly problem: string }
  | { readonly kind: "refused"; readonly status: number; readonly words: string };

/** `either` where Datadog would not tell which key it is. */
type Blame = "api-key" | "app-key" | "either" | "permission";

/** Tells a person why nothing happens for a while; in milliseconds. */
export type OnPause = (time: number, why: string) => void;

const TIMEOUT = 30_000;
const REPEATS = 3;
const LIMIT_PAUSES = 5;
const LONGEST_PAUSE = 60_000;
const PAGE_SIZE = 1000;

/** What to wait before the first, second, … repetition, in milliseconds. */
export function pauseBefore(repetition: number): number {
  return Math.min(1000 * 2 ** (repetition - 1), LONGEST_PAUSE);
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

interface Call {
  readonly method: Method;
  /** With its query. */
  readonly path: string;
  readonly body?: JsonObject;
}

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export function datadogAt(address: string, keys: Keys, io: Pick<Io, "fetch" | "sleep">, onPause: OnPause): Datadog {
  const { host } = new URL(address);

  const once = async ({ method, path, body }: Call, withApp = true): Promise<Reply | string> => {
    try {
      const response = await io.fetch(`${address}${path}`, {
        method,
        headers: {
          "DD-API-KEY": keys.api,
          ...(withApp && { "DD-APPLICATION-KEY": keys.app }),
          ...(body && { "Content-Type": "application/json" }),
          Accept: "application/json",
        },
        ...(body && { body: JSON.stringify(body) }),
        // Following one would send the keys along, wherever it leads.
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      return reasonOf(error);
    }
  };

  const ask = async (request: Call): Promise<Answer<Json>> => {
    for (let repeats = 0, pauses = 0; ;) {
      const response = await once(request);
      if (typeof response !== "string" && response.status === 429) {
        if (++pauses > LIMIT_PAUSES) return failed({ kind: "rate-limited", tries: LIMIT_PAUSES });
        const pause = limitPause(response.headers, pauses);
        onPause(pause, `${host} limits the rate of requests`);
        await io.sleep(pause);
        continue;
      }
      if (typeof response !== "string" && response.status < 500) return await settled(request, response);
      const failure: Failure =
        typeof response === "string"
          ? { kind: "unreachable", reason: response }
          : { kind: "server-error", status: response.status, words: wordsOf(response) };
      if (request.method === "POST" || ++repeats > REPEATS) return failed(failure);
      const pause = pauseBefore(repeats);
      onPause(pause, failure.kind === "unreachable" ? `${host} does not answer: ${failure.reason}` : `${host} answers ${failure.status}`);
      await io.sleep(pause);
    }
  };

  const settled = async (request: Call, response: Reply): Promise<Answer<Json>> => {
    const { status, text } = response;
    const name = `\`${request.method} ${request.path}\``;
    if (status >= 300 && status < 400)
      return failed({ kind: "odd", request: name, problem: `a redirect (${status}), which slogen does not follow with keys in its hands` });
    if (status === 401 || status === 403) return failed(await whyRefused(request, response));
    if (status >= 400) return failed({ kind: "refused", status, words: wordsOf(response) });
    // Nothing has to be said of what was deleted.
    const json = parseJson(text === "" ? "null" : text);
    return json === undefined ? failed({ kind: "odd", request: name, problem: "the answer is no JSON" }) : { ok: true, value: json };
  };

  /** Datadog says "Forbidden" to everything; asking for the API key's validity, which takes that key alone, tells which one is wrong. */
  const whyRefused = async ({ method, path }: Call, response: Reply): Promise<Failure> => {
    const words = wordsOf(response);
    const area = path.startsWith("/api/v1/slo") ? "slos" : "monitors";
    const permission = `${area}_${method === "GET" ? "read" : "write"}`;
    const validity = await once({ method: "GET", path: "/api/v1/validate" }, false);
    const validated = typeof validity === "string" ? undefined : validity.status;
    const blame = { status: response.status, words, permission };
    if (validated === 401 || validated === 403) return { kind: "unauthorised", cause: "api-key", ...blame };
    if (validated !== 200) return { kind: "unauthorised", cause: "either", ...blame };
    return { kind: "unauthorised", cause: /permission/i.test(words) ? "permission" : "app-key", ...blame };
  };

  const one = async (kind: ObjectKind, request: Call): Promise<Answer<Existing>> => {
    const answer = await ask(request);
    if (!answer.ok) return answer;
    // An SLO comes in a list of one after it was written, by itself when it is read.
    const body = kind === "slo" && isJsonObject(answer.value) ? answer.value["data"] : answer.value;
    const items: readonly (Json | undefined)[] = Array.isArray(body) ? body : [body];
    const object = existingOf(kind, items[0]);
    return object === undefined ? failed(oddOf(request, `it does not show the ${nounOf(kind)}`)) : { ok: true, value: object };
  };

  return {
    host,
    list: async (kind) => {
      const found = new Map<string, Existing>();
      let seen = 0;
      // Until a page brings nothing new: a server may give fewer than were asked for.
      for (let page = 0; ; page++) {
        const range = kind === "slo" ? `limit=${PAGE_SIZE}&offset=${seen}` : `page=${page}&page_size=${PAGE_SIZE}`;
        const request: Call = { method: "GET", path: `/api/v1/${kind}?${range}` };
        const answer = await ask(request);
        // Datadog has no reason to refuse this; somebody else has, such as a proxy that leads elsewhere.
        if (!answer.ok && answer.failure.kind === "refused") {
          const { status, words } = answer.failure;
          return failed(oddOf(request, `${status}, ${words}`));
        }
        if (!answer.ok) return answer;
        const items = kind === "slo" && isJsonObject(answer.value) ? answer.value["data"] : answer.value;
        if (!Array.isArray(items)) return failed(oddOf(request, `there is no list of ${nounOf(kind)}s in it`));
        const before = found.size;
        for (const item of items as readonly Json[]) {
          const object = existingOf(kind, item);
          if (object === undefined) return failed(oddOf(request, `one of the ${nounOf(kind)}s in it has no id`));
          found.set(object.datadogId, object);
        }
        if (found.size === before) return { ok: true, value: [...found.values()] };
        seen += items.length;
      }
    },
    get: (kind, datadogId) => one(kind, { method: "GET", path: `/api/v1/${kind}/${datadogId}` }),
    create: (kind, payload) => one(kind, { method: "POST", path: `/api/v1/${kind}`, body: payload }),
    update: (kind, datadogId, payload) => one(kind, { method: "PUT", path: `/api/v1/${kind}/${datadogId}`, body: payload }),
    remove: async (kind, datadogId) => {
      const answer = await ask({ method: "DELETE", path: `/api/v1/${kind}/${datadogId}` });
      const isGone = answer.ok || (answer.failure.kind === "refused" && answer.failure.status === 404);
      return isGone ? { ok: true, value: undefined } : answer;
    },
  };
}

function failed(failure: Failure): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure };
}

function oddOf({ method, path }: Call, problem: string): Failure {
  return { kind: "odd", request: `\`${method} ${path}\``, problem };
}

/** The id becomes part of paths and queries. */
function existingOf(kind: ObjectKind, value: Json | undefined): Existing | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id } = value;
  const datadogId = typeof id === "number" ? String(id) : id;
  return typeof datadogId === "string" && /^[0-9A-Za-z_-]+$/.test(datadogId) ? { kind, datadogId, payload: value } : undefined;
}

/** Datadog's own words, which come as `{"errors": ["…"]}`. */
function wordsOf({ text }: Reply): string {
  const json = parseJson(text);
  const { errors, error } = isJsonObject(json) ? json : {};
  const words = (Array.isArray(errors) ? errors : [errors ?? error]).filter((each) => typeof each === "string");
  const shown = words.length > 0 ? words.join("; ") : text.trim().replaceAll(/\s+/g, " ");
  return shown === "" ? "no reason given" : shown.length > 500 ? `${shown.slice(0, 500)}…` : shown;
}

/** Seconds from now, as Datadog counts. https://docs.datadoghq.com/api/latest/rate-limits/ */
function limitPause(headers: Headers, pauses: number): number {
  const reset = Number(headers.get("X-RateLimit-Reset") ?? Number.NaN);
  return Number.isFinite(reset) ? Math.min(Math.max(reset * 1000, 1000), LONGEST_PAUSE) : pauseBefore(pauses);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name cannot be looked up just now",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  ETIMEDOUT: "the connection takes too long",
  UND_ERR_CONNECT_TIMEOUT: "the connection takes too long",
};

/** `fetch` says "fetch failed" and puts why into the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT / 1000} seconds`;
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
  return (code === undefined ? undefined : (REASONS[code] ?? code)) ?? (cause instanceof Error ? cause.message : error.message);
}
