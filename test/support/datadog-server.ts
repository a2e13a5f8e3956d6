import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a stored object is to the server: plain JSON. */
export type Stored = Record<string, unknown>;

/** Something that goes wrong with the requests that fit, as often as `times` says. */
export interface Fault {
  readonly method?: string;
  /** A regular expression. */
  readonly path?: string;
  times: number;
  /** `after`: the request has done its work, and only the answer fails. */
  readonly when?: "before" | "after";
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** The connection is cut instead of an answer. */
  readonly cut?: true;
}

export interface DatadogState {
  readonly slos?: readonly Stored[];
  readonly monitors?: readonly Stored[];
  readonly faults?: readonly Fault[];
  readonly permissions?: readonly string[];
}

/** A Datadog on loopback that knows SLOs and monitors, as strict as what is known of the real one, and stricter where nothing is. */
export interface DatadogServer {
  readonly url: string;
  /** `GET /api/v1/slo?limit=1000&offset=0`, in their order. */
  readonly requests: readonly string[];
  /** By Datadog's id. */
  readonly slos: ReadonlyMap<string, Stored>;
  readonly monitors: ReadonlyMap<string, Stored>;
  readonly put: (kind: "slo" | "monitor", object: Stored) => string;
  readonly edit: (kind: "slo" | "monitor", id: string, change: (object: Stored) => Stored) => void;
  readonly remove: (kind: "slo" | "monitor", id: string) => void;
  readonly fault: (fault: Fault) => void;
  readonly forget: () => void;
  readonly stop: () => Promise<void>;
}

export const API_KEY = "0123456789abcdef0123456789abcdef";
export const APP_KEY = "fedcba9876543210fedcba9876543210fedcba98";
const ALL_PERMISSIONS = ["slos_read", "slos_write", "monitors_read", "monitors_write"];

/** A refusal: the status and Datadog's words. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, words: string) {
    super(words);
    this.status = status;
  }
}

export async function startDatadog({
  slos = [],
  monitors = [],
  faults = [],
  permissions = ALL_PERMISSIONS,
}: DatadogState = {}): Promise<DatadogServer> {
  const store = { slo: new Map<string, Stored>(), monitor: new Map<string, Stored>() };
  const requests: string[] = [];
  const open = faults.map((fault): Fault => ({ ...fault }));
  let made = 0;
  let turn = 0;

  const newId = (kind: "slo" | "monitor"): string => {
    made++;
    return kind === "slo" ? createHash("md5").update(`slo ${made}`).digest("hex") : String(100_000 + made);
  };
  const put = (kind: "slo" | "monitor", object: Stored): string => {
    const { id: given } = object as { id?: string | number };
    const id = given === undefined ? newId(kind) : String(given);
    store[kind].set(id, { ...object, id: kind === "slo" ? id : Number(id) });
    return id;
  };

  const server = createServer((request, response) => {
    void answer(request, response);
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "" } = request;
    requests.push(`${method} ${url}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const fault = open.find((each) => each.times > 0 && (each.method ?? method) === method && new RegExp(each.path ?? "").test(url));
    if (fault !== undefined) fault.times--;
    let result: { status: number; body: unknown };
    try {
      if (fault?.when === "before" || (fault !== undefined && fault.when === undefined)) result = { status: 0, body: undefined };
      else result = { status: 200, body: handle(request, method, new URL(url, "http://datadog"), Buffer.concat(chunks).toString()) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      result = { status: error.status, body: { errors: [error.message] } };
    }
    if (fault?.cut === true) {
      request.socket.destroy();
      return;
    }
    if (fault !== undefined) result = { status: fault.status ?? 500, body: undefined };
    response.writeHead(result.status, { "Content-Type": "application/json", ...fault?.headers });
    const { body } = fault === undefined ? result : { body: fault.body ?? { errors: ["Something went wrong"] } };
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };

  const handle = ({ headers }: IncomingMessage, method: string, url: URL, text: string): unknown => {
    if (headers["dd-api-key"] !== API_KEY) throw new Refusal(403, "Forbidden");
    if (url.pathname === "/api/v1/validate") return { valid: true };
    if (headers["dd-application-key"] !== APP_KEY) throw new Refusal(403, "Forbidden");
    const [, kind, id] = /^\/api\/v1\/(slo|monitor)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    if (kind !== "slo" && kind !== "monitor") throw new Refusal(404, "Not found");
    const permission = `${kind}s_${method === "GET" ? "read" : "write"}`;
    if (!permissions.includes(permission)) throw new Refusal(403, "Failed permission authorization checks");
    const body = text === "" ? undefined : (JSON.parse(text) as Stored);
    return kind === "slo" ? handleSlo(method, url, id, body) : handleMonitor(method, url, id, body);
  };

  const handleSlo = (method: string, url: URL, id: string | undefined, body: Stored | undefined): unknown => {
    if (id === undefined && method === "GET") {
      const offset = Number(url.searchParams.get("offset") ?? 0);
      const data = [...store.slo.values()].slice(offset, offset + Number(url.searchParams.get("limit") ?? 1000));
      return { data: data.map(shownSlo), error: null, metadata: { page: { total_count: store.slo.size } } };
    }
    if (id === undefined && method === "POST" && body !== undefined) {
      const checked = checkedSlo(body);
      return { data: [shownSlo(store.slo.get(put("slo", checked)) ?? {})], error: null };
    }
    const before = id === undefined ? undefined : store.slo.get(id);
    if (id === undefined || before === undefined) throw new Refusal(404, `SLO not found: ${id ?? ""} not found`);
    if (method === "GET") return { data: shownSlo(before) };
    if (method === "DELETE") {
      const watching = [...store.monitor.values()].filter(({ query }) => String(query).includes(id));
      if (before["dashboard"] === true) throw new Refusal(409, `${id} is referenced in dashboards`);
      if (watching.length > 0) throw new Refusal(409, `${id} is used by slo alerts`);
      store.slo.delete(id);
      return { data: [id], error: null };
    }
    const next = checkedSlo(body ?? {});
    if (next["type"] !== before["type"]) throw new Refusal(400, "Invalid payload: must specify the query for count types");
    store.slo.set(id, { ...next, id });
    return { data: [shownSlo(store.slo.get(id) ?? {})], error: null };
  };

  const handleMonitor = (method: string, url: URL, id: string | undefined, body: Stored | undefined): unknown => {
    if (id === undefined && method === "GET") {
      const size = Number(url.searchParams.get("page_size") ?? 100);
      const start = Number(url.searchParams.get("page") ?? 0) * size;
      return [...store.monitor.values()].slice(start, start + size).map(shownMonitor);
    }
    if (id === undefined && method === "POST" && body !== undefined) {
      checkMonitor(body, store.slo);
      const likeness = (each: Stored): string => JSON.stringify([each["name"], each["type"], each["query"], each["message"]]);
      const twin = [...store.monitor.entries()].find(([, each]) => likeness(each) === likeness(body));
      if (twin !== undefined) throw new Refusal(400, `Duplicate of an existing monitor_id:${twin[0]} org_id:1`);
      return shownMonitor(store.monitor.get(put("monitor", body)) ?? {});
    }
    const before = id === undefined ? undefined : store.monitor.get(id);
    if (id === undefined || before === undefined) throw new Refusal(404, "Monitor not found");
    if (method === "GET") return shownMonitor(before);
    if (method === "DELETE") {
      store.monitor.delete(id);
      return { deleted_monitor_id: Number(id) };
    }
    // Whether a field that is left out is reset or kept is not documented; this one keeps it.
    const next: Stored = { ...before, ...body, options: mergedOptions(before["options"], body?.["options"]) };
    if (next["type"] !== before["type"] && ![next, before].every(({ type }) => type === "metric alert" || type === "query alert"))
      throw new Refusal(400, "The value provided for parameter 'type' is invalid");
    checkMonitor(next, store.slo);
    store.monitor.set(id, next);
    return shownMonitor(next);
  };

  /** As it is returned: with defaults, displays and the other form of the SLI, and the tags in any order. */
  const shownSlo = (slo: Stored): Stored => ({
    ...withRotatedTags(slo),
    thresholds: (slo["thresholds"] as Stored[]).map((each) => ({ ...each, target_display: `${String(each["target"])}.` })),
    type_id: slo["type"] === "metric" ? 1 : 2,
    monitor_tags: [],
    creator: { name: null, handle: "ci@example.com", email: "ci@example.com" },
    created_at: 1_700_000_000,
    modified_at: 1_700_000_000,
    ...derivedForm(slo),
  });

  const shownMonitor = (monitor: Stored): Stored => ({
    ...withRotatedTags(monitor),
    type: monitor["type"] === "query alert" ? "metric alert" : monitor["type"],
    options: { notify_audit: false, new_host_delay: 300, silenced: {}, ...(monitor["options"] as Stored) },
    multi: false,
    org_id: 1,
    overall_state: "No Data",
    restricted_roles: null,
    priority: monitor["priority"] ?? null,
  });

  const withRotatedTags = (object: Stored): Stored => {
    const tags = object["tags"] as string[];
    const cut = tags.length === 0 ? 0 : turn++ % tags.length;
    return { ...object, tags: [...tags.slice(cut), ...tags.slice(0, cut)].map((tag) => tag.toLowerCase()) };
  };

  for (const slo of slos) put("slo", slo);
  for (const monitor of monitors) put("monitor", monitor);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    slos: store.slo,
    monitors: store.monitor,
    put,
    edit: (kind, id, change) => {
      store[kind].set(id, change(store[kind].get(id) ?? {}));
    },
    remove: (kind, id) => {
      store[kind].delete(id);
    },
    fault: (fault) => {
      open.push({ ...fault });
    },
    forget: () => {
      requests.length = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

function derivedForm(slo: Stored): Stored {
  const { sli_specification: specification, query } = slo as { sli_specification?: { count?: CountForm }; query?: LegacyForm };
  if (specification?.count !== undefined) {
    const { good_events_formula: good, bad_events_formula: bad, queries } = specification.count;
    const filled = ({ formula }: { formula: string }): string =>
      queries.reduce((text, { name, query: leaf }) => text.replace(new RegExp(`\\b${name}\\b`, "g"), leaf), formula);
    return { query: { numerator: filled(good), denominator: `(${filled(good)}) + (${filled(bad)})` } };
  }
  if (query === undefined) return {};
  return {
    sli_specification: {
      count: {
        good_events_formula: { formula: "query1" },
        total_events_formula: { formula: "query2" },
        queries: [
          { data_source: "metrics", name: "query1", query: query.numerator },
          { data_source: "metrics", name: "query2", query: query.denominator },
        ],
      },
    },
  };
}

interface CountForm {
  readonly good_events_formula: { readonly formula: string };
  readonly bad_events_formula: { readonly formula: string };
  readonly queries: readonly { readonly name: string; readonly query: string }[];
}

interface LegacyForm {
  readonly numerator: string;
  readonly denominator: string;
}

const SLO_FIELDS = [
  "name",
  "type",
  "description",
  "tags",
  "thresholds",
  "timeframe",
  "target_threshold",
  "warning_threshold",
  "query",
  "sli_specification",
];

function checkedSlo(slo: Stored): Stored {
  const { name, type, thresholds, timeframe, target_threshold: target, query, sli_specification: specification } = slo;
  const unknown = Object.keys(slo).find((field) => !SLO_FIELDS.includes(field));
  if (unknown !== undefined) throw new Refusal(400, `Invalid payload: Additional properties are not allowed ('${unknown}' was unexpected)`);
  if (typeof name !== "string") throw new Refusal(400, "Invalid payload: must specify a name");
  if (!Array.isArray(thresholds) || thresholds.length === 0) throw new Refusal(400, "Invalid payload: must have at least one threshold");
  if (type === "metric" && query === undefined && (specification as Stored | undefined)?.["count"] === undefined)
    throw new Refusal(400, "Invalid payload: must specify the query for count types");
  if (type === "time_slice" && (specification as Stored | undefined)?.["time_slice"] === undefined)
    throw new Refusal(400, "Invalid payload: must specify sli_specification");
  for (const each of thresholds as Stored[]) {
    const { target: own, warning, timeframe: over } = each;
    if (typeof own !== "number" || own <= 0 || own >= 100)
      throw new Refusal(400, "Invalid payload: target must be a positive number between (0.0, 100.0)");
    if (warning !== undefined && (typeof warning !== "number" || warning <= own || warning >= 100))
      throw new Refusal(400, "Invalid payload: warning must be greater than target");
    if (over !== "7d" && over !== "30d" && over !== "90d") throw new Refusal(400, `Invalid payload: '${String(over)}' is not a timeframe`);
    if (over === timeframe && own !== target) throw new Refusal(400, "Invalid payload: target_threshold does not match thresholds");
  }
  return { description: "", ...slo };
}

function checkMonitor(monitor: Stored, slos: ReadonlyMap<string, Stored>): void {
  const { type, options } = monitor;
  const query = String(monitor["query"]);
  const { thresholds, renotify_interval: interval } = options as { thresholds?: Stored; renotify_interval?: number | null };
  const critical = thresholds?.["critical"];
  if (typeof critical !== "number") throw new Refusal(400, "Alert status is required.");
  const limit = Number(/(?:>=?|<=?) (-?[\d.]+)$/.exec(query)?.[1]);
  if (Number.isNaN(limit)) throw new Refusal(400, "The value provided for parameter 'query' is invalid: no threshold");
  if (limit !== critical) throw new Refusal(400, `Alert threshold (${critical}) does not match that used in the query (${limit}).`);
  const warning = thresholds?.["warning"];
  if (typeof warning === "number" && warning >= critical)
    throw new Refusal(400, `Warning threshold (${warning}) must be less than the alert threshold (${critical}) with > comparison.`);
  if (typeof interval === "number" && interval < 0) throw new Refusal(400, "renotify_interval is invalid");
  if (type === "slo alert") checkSloAlert(query, critical, slos);
  else if (type !== "query alert" && type !== "metric alert") throw new Refusal(400, "The value provided for parameter 'type' is invalid");
}

function checkSloAlert(query: string, critical: number, slos: ReadonlyMap<string, Stored>): void {
  const burn = /^burn_rate\("([^"]*)"\)\.over\("(\w+)"\)\.long_window\("(\d+)h"\)\.short_window\("(\d+)m"\) > [\d.]+$/.exec(query);
  const budget = /^error_budget\("([^"]*)"\)\.over\("(\w+)"\) >=? [\d.]+$/.exec(query);
  const [, id = "", over] = burn ?? budget ?? [];
  if (!/^[0-9a-f]{32}$/.test(id)) throw new Refusal(400, `The value provided for parameter 'query' is invalid: ${query}`);
  const slo = slos.get(id);
  if (slo === undefined) throw new Refusal(400, `SLO not found: ${id} not found`);
  const threshold = (slo["thresholds"] as Stored[]).find((each) => each["timeframe"] === over);
  if (threshold === undefined) throw new Refusal(400, `The SLO has no timeframe ${String(over)}`);
  if (burn === null) return;
  const [long, short] = [Number(burn[3]), Number(burn[4])];
  if (long < 1 || long > 48 || short >= long * 60) throw new Refusal(400, "The windows of the burn rate alert are invalid");
  const most = 1 / (1 - Number(threshold["target"]) / 100);
  if (critical <= 0 || critical > most + 1e-6)
    throw new Refusal(
      400,
      `Alert threshold (${critical}) must be in range 0 to ${most} for burn rate alerts (max threshold = 1/1-slo target).`,
    );
}

function mergedOptions(before: unknown, after: unknown): Stored {
  const [old, next] = [before as Stored, (after ?? {}) as Stored];
  const thresholds = Object.entries({ ...(old["thresholds"] as Stored), ...(next["thresholds"] as Stored) }).filter(
    ([, value]) => value !== null,
  );
  return { ...old, ...next, thresholds: Object.fromEntries(thresholds) };
}
