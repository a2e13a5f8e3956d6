import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * The v2 scalar endpoint on loopback, over series that a test makes up. It reads queries, scopes and formulas for itself, so that a
 * mistake of slogen's own parser and printer shows here.
 * https://docs.datadoghq.com/api/latest/metrics/#query-scalar-data-across-multiple-products
 */
export interface DatadogScalar {
  readonly url: string;
  /** The bodies of all requests, in their order. */
  readonly requests: readonly ScalarRequest[];
  /** Replaces every series. */
  readonly load: (series: readonly Series[]) => void;
  /** How a formula without a value is answered; `null` at first. */
  readonly nothingAs: (form: Nothing) => void;
  /** What becomes of requests instead of an answer, by the end of their stretch of time; undefined for an answer. */
  readonly failWith: (fault: (to: number) => Fault | undefined) => void;
  readonly stop: () => Promise<void>;
}

export const API_KEY = "0123456789abcdef0123456789abcdef";
export const APP_KEY = "fedcba9876543210fedcba9876543210fedcba98";

/** `[null]`, `[]`, a column without values, no column at all, or no `attributes`. */
export type Nothing = "null" | "no values" | "no columns" | "no attributes";

/** An HTTP status, or no answer for as long as the client waits. */
export type Fault = 403 | 429 | 500 | "silent";

/** What one host sends of one metric. */
export interface Series {
  readonly metric: string;
  readonly kind: "count" | "gauge" | "distribution";
  readonly tags: Readonly<Record<string, string>>;
  /** In order of time. */
  readonly points: readonly Point[];
}

/** Unix seconds, a value, and for a distribution how often it was seen. */
export type Point = readonly [at: number, value: number, times?: number];

export interface ScalarRequest {
  /** In milliseconds, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly queries: readonly Query[];
  readonly formulas: readonly { readonly formula: string }[];
}

interface Query {
  readonly aggregator: string;
  readonly data_source: string;
  readonly name: string;
  readonly query: string;
}

/** Datadog's words for what it refuses. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, words: string) {
    super(words);
    this.status = status;
  }
}

export const refuse = (words: string): never => {
  throw new Refusal(400, words);
};

export async function startDatadogScalar(): Promise<DatadogScalar> {
  const requests: ScalarRequest[] = [];
  let series: readonly Series[] = [];
  let nothing: Nothing = "null";
  let faultAt: (to: number) => Fault | undefined = () => undefined;

  const server = createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    let [status, body]: [number, unknown] = [200, undefined];
    try {
      const asked = requestOf(request, Buffer.concat(chunks).toString());
      requests.push(asked);
      const fault = faultAt(asked.to / 1000);
      if (fault === "silent") return;
      if (fault !== undefined) throw new Refusal(fault, FAULTS[fault]);
      const columns = columnsOf(asked, series);
      body = { data: { type: "scalar_response", attributes: attributesOf(columns, nothing) } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      [status, body] = [error.status, { errors: [error.message] }];
    }
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    load: (all) => {
      series = all;
    },
    nothingAs: (form) => {
      nothing = form;
    },
    failWith: (fault) => {
      faultAt = fault;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export const FAULTS = { 403: "Forbidden", 429: "Rate limit of 100 requests in 10 seconds reached.", 500: "Internal Server Error" } as const;

interface Column {
  readonly name: string;
  readonly value: number | null;
}

function attributesOf(columns: readonly Column[], nothing: Nothing): unknown {
  const isNothing = columns.every(({ value }) => value === null);
  if (isNothing && nothing === "no attributes") return undefined;
  if (isNothing && nothing === "no columns") return { columns: [] };
  return {
    columns: columns.map(({ name, value }) => ({
      name,
      type: "number",
      values: value === null && nothing === "no values" ? [] : [value],
      meta: { unit: [null, null] },
    })),
  };
}

/** The request as the client's models have it, and nothing beside it. */
function requestOf({ method, url, headers }: IncomingMessage, text: string): ScalarRequest {
  if (method !== "POST" || url !== "/api/v2/query/scalar") throw new Refusal(404, "Not found");
  if (headers["dd-api-key"] !== API_KEY || headers["dd-application-key"] !== APP_KEY) throw new Refusal(403, "Forbidden");
  if (headers["content-type"] !== "application/json") throw new Refusal(415, "Unsupported Media Type");
  const { data } = fieldsOf(JSON.parse(text), ["data"]);
  const { type, attributes } = fieldsOf(data, ["type", "attributes"]);
  if (type !== "scalar_request") refuse("type must be scalar_request");
  const { from, to, queries, formulas } = fieldsOf(attributes, ["from", "to", "queries", "formulas"]);
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || Number(from) >= Number(to)) return refuse("from must be before to");
  if (!Array.isArray(queries) || queries.length === 0 || !Array.isArray(formulas)) return refuse("queries and formulas must be lists");
  return {
    from: Number(from),
    to: Number(to),
    queries: queries.map((query) => queryFieldsOf(query)),
    formulas: formulas.map((formula) => ({ formula: textOf(fieldsOf(formula, ["formula"])["formula"]) })),
  };
}

function queryFieldsOf(value: unknown): Query {
  const { aggregator, data_source, name, query } = fieldsOf(value, ["aggregator", "data_source", "name", "query"]);
  if (data_source !== "metrics") refuse(`data_source ${String(data_source)}`);
  if (!REDUCERS.includes(textOf(aggregator))) refuse(`invalid aggregator ${String(aggregator)}`);
  if (!/^[a-z][a-z0-9_]*$/i.test(textOf(name))) refuse(`invalid name ${String(name)}`);
  return { aggregator: textOf(aggregator), data_source: "metrics", name: textOf(name), query: textOf(query) };
}

const REDUCERS = ["avg", "min", "max", "sum", "last", "percentile", "mean", "l2norm", "area"];

function fieldsOf(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse("an object is wanted");
  const missing = names.filter((name) => !(name in value));
  const unknown = Object.keys(value).filter((name) => !names.includes(name));
  if (missing.length + unknown.length > 0) refuse(`missing: ${missing.join()}; unknown: ${unknown.join()}`);
  return value as Readonly<Record<string, unknown>>;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : refuse("a text is wanted");
}

/** One column for each formula; without any, one for each query. */
function columnsOf({ from, to, queries, formulas }: ScalarRequest, series: readonly Series[]): readonly Column[] {
  const values = new Map<string, number | null>();
  for (const { name, query, aggregator } of queries) {
    if (values.has(name)) refuse(`two queries are named ${name}`);
    values.set(name, valueOfQuery(query, aggregator, series, from / 1000, to / 1000));
  }
  if (formulas.length === 0) return [...values].map(([name, value]) => ({ name, value }));
  return formulas.map(({ formula }) => ({ name: formula, value: valueOfFormula(formula, values) }));
}

const PLAIN =
  /^(?:(\w+|p\d+\.\d+|count\(v: ?v(<=|<|>=|>)([\d.]+)\)):)?([A-Za-z][\w.]*)\{([^{}]*)\}( by \{[^{}]*\})?((?:\.\w+\([^()]*\))*)$/;

export function valueOfQuery(query: string, reducer: string, all: readonly Series[], from: number, to: number): number | null {
  const [, head = "avg", op, limit, metric = "", scope = "", by, modifiers = ""] = PLAIN.exec(query) ?? [];
  if (metric === "") return refuse("Functions are not supported in metrics data source field. Use the formulas payload.");
  if (by !== undefined) return refuse("a grouped query is none of this test's");
  if (modifiers !== "" && modifiers !== ".as_count()") return refuse(`modifiers ${modifiers}`);
  const isWanted = scopeReader(scope);
  const found = all.filter((each) => each.metric === metric && isWanted(each.tags));
  const within = `${op ?? ""}${limit ?? ""}`;
  if (found.some(({ kind }) => kind === "distribution") !== (head.startsWith("count") || /^p\d/.test(head)) && found.length > 0) {
    return refuse(`${head} of a ${found[0]?.kind ?? ""}`);
  }
  if (modifiers === ".as_count()") {
    if (found.some(({ kind }) => kind === "gauge") || (head !== "sum" && !head.startsWith("count"))) return refuse(`${head} as a count`);
    return reducer === "sum" ? total(found, within, from, to) : reduced(bucketed(found, within, from, to, sum), reducer);
  }
  if (/^p\d/.test(head)) {
    if (reducer !== "percentile") return refuse(`a percentile reduced by ${reducer}`);
    const samples = found.flatMap(({ points }) => points.filter(([at]) => at >= from && at < to));
    return percentile(samples, Number(head.slice(1)) / 100);
  }
  const across = { sum, avg: mean, min: (xs: readonly number[]) => Math.min(...xs), max: (xs: readonly number[]) => Math.max(...xs) }[head];
  if (across === undefined) return refuse(`aggregator ${head}`);
  // A host's values are averaged over a bucket before hosts are put together.
  const hosts = found.map((each) => bucketed([each], within, from, to, mean));
  const times = [...new Set(hosts.flatMap((host) => [...host.keys()]))].sort((a, b) => a - b);
  return reduced(new Map(times.map((time) => [time, across(hosts.flatMap((host) => host.get(time) ?? []))])), reducer);
}

/** `<=0.4`, or empty for every value. */
function withinLimit(limit: string): (value: number) => boolean {
  const [, op, text] = /^(<=|<|>=|>)(.*)$/.exec(limit) ?? [];
  const bound = Number(text);
  switch (op) {
    case "<":
      return (value) => value < bound;
    case "<=":
      return (value) => value <= bound;
    case ">":
      return (value) => value > bound;
    case ">=":
      return (value) => value >= bound;
    default:
      return () => true;
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/** What all buckets add up to, whatever their width; nothing where no point is. */
function total(series: readonly Series[], isIn: string, from: number, to: number): number | null {
  let found: number | null = null;
  for (const { kind, points } of series) {
    const { sums, known } = running(kind, points, isIn);
    const [first, end] = [firstFrom(points, from), firstFrom(points, to)];
    if ((known[end] ?? 0) > (known[first] ?? 0)) found = (found ?? 0) + (sums[end] ?? 0) - (sums[first] ?? 0);
  }
  return found;
}

interface Running {
  /** What all points before this one add up to, and how many of them are counted. */
  readonly sums: Float64Array;
  readonly known: Uint32Array;
}

const runningSums = new WeakMap<readonly Point[], Map<string, Running>>();

/** Computed once for each series and limit: gates ask for the same stretch over and over. */
function running(kind: Series["kind"], points: readonly Point[], limit: string): Running {
  const own = runningSums.get(points) ?? new Map<string, Running>();
  runningSums.set(points, own);
  const before = own.get(limit);
  if (before !== undefined) return before;
  const isIn = withinLimit(limit);
  const made: Running = { sums: new Float64Array(points.length + 1), known: new Uint32Array(points.length + 1) };
  points.forEach(([, value, times = 1], i) => {
    const counts = isIn(value);
    made.sums[i + 1] = (made.sums[i] ?? 0) + (counts ? (kind === "distribution" ? times : value) : 0);
    made.known[i + 1] = (made.known[i] ?? 0) + (counts ? 1 : 0);
  });
  own.set(limit, made);
  return made;
}

/** Points by the start of their bucket; buckets are aligned to unix time. A bucket without a point is missing. */
function bucketed(
  series: readonly Series[],
  limit: string,
  from: number,
  to: number,
  join: (values: readonly number[]) => number,
): ReadonlyMap<number, number> {
  const width = to - from <= 3600 ? 20 : to - from <= 4 * 3600 ? 60 : to - from <= 86_400 ? 300 : 3600;
  const buckets = new Map<number, number[]>();
  const isIn = withinLimit(limit);
  for (const { kind, points } of series) {
    for (let i = firstFrom(points, from); i < points.length; i++) {
      const [at, value, times = 1] = points[i] ?? [Infinity, 0];
      if (at >= to) break;
      if (!isIn(value)) continue;
      const start = at - (at % width);
      const bucket = buckets.get(start) ?? [];
      bucket.push(kind === "distribution" ? times : value);
      buckets.set(start, bucket);
    }
  }
  return new Map([...buckets].sort(([a], [b]) => a - b).map(([start, values]) => [start, join(values)]));
}

/** The index of the first point that is not before a time. */
export function firstFrom(points: readonly (readonly [at: number, ...rest: unknown[]])[], from: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? Infinity) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function reduced(buckets: ReadonlyMap<number, number>, reducer: string): number | null {
  const values = [...buckets.values()];
  if (values.length === 0) return null;
  switch (reducer) {
    case "sum":
      return sum(values);
    case "avg":
    case "mean":
      return mean(values);
    case "min":
      return Math.min(...values);
    case "max":
      return Math.max(...values);
    case "last":
      return values.at(-1) ?? null;
    default:
      return refuse(`${reducer} of this metric`);
  }
}

function percentile(samples: readonly Point[], share: number): number | null {
  const sorted = [...samples].sort(([, a], [, b]) => a - b);
  let left = Math.ceil(share * sum(sorted.map(([, , times = 1]) => times)));
  for (const [, value, times = 1] of sorted) {
    left -= times;
    if (left <= 0) return value;
  }
  return null;
}

type Tags = Readonly<Record<string, string>>;
type Wanted = (tags: Tags) => boolean;

/** `*`, a list with commas and `!`, or words: https://docs.datadoghq.com/metrics/advanced-filtering/ */
export function scopeReader(scope: string): Wanted {
  const text = scope.trim();
  if (text === "*") return () => true;
  if (/(^|[\s(])(AND|OR|NOT|IN)([\s(]|$)/.test(text)) return wordsReader(text);
  const items = text.split(",").map((item) => {
    const [, bang, tag = ""] = /^\s*(!?)(.*?)\s*$/.exec(item) ?? [];
    const isWanted = tagReader(tag);
    return bang === "!" ? (tags: Tags) => !isWanted(tags) : isWanted;
  });
  return (tags) => items.every((isWanted) => isWanted(tags));
}

function tagReader(tag: string): Wanted {
  const colon = tag.indexOf(":");
  if (!/^[A-Za-z]/.test(tag) || /[\s!(),]/.test(tag)) return refuse(`unexpected ${tag} in a scope`);
  if (colon < 0) return (tags) => tag in tags;
  const [key, value] = [tag.slice(0, colon), tag.slice(colon + 1).toLowerCase()];
  const middle = value.replace(/^\*|\*$/g, "");
  if (middle.includes("*")) return refuse(`a wildcard within ${tag}`);
  return (tags) => {
    const own = tags[key]?.toLowerCase();
    if (own === undefined) return false;
    if (!value.includes("*")) return own === value;
    if (value.startsWith("*") && value.endsWith("*")) return own.includes(middle);
    return value.startsWith("*") ? own.endsWith(middle) : own.startsWith(middle);
  };
}

/** or := and (OR and)*; and := not (AND not)*; not := NOT not | ( or ) | key [NOT] IN (values) | tag */
function wordsReader(text: string): Wanted {
  const tokens = text.match(/[(),]|[^\s(),]+/g) ?? [];
  let at = 0;
  const take = (token: string): boolean => {
    if (tokens[at] !== token) return false;
    at++;
    return true;
  };
  const chain = (word: string, part: () => Wanted, join: (parts: readonly Wanted[], tags: Tags) => boolean): Wanted => {
    const parts = [part()];
    while (take(word)) parts.push(part());
    return (tags) => join(parts, tags);
  };
  const or = (): Wanted => chain("OR", and, (parts, tags) => parts.some((part) => part(tags)));
  const and = (): Wanted => chain("AND", not, (parts, tags) => parts.every((part) => part(tags)));
  const not = (): Wanted => {
    if (take("NOT")) {
      const inner = not();
      return (tags) => !inner(tags);
    }
    if (take("(")) {
      const inner = or();
      if (!take(")")) refuse("an open parenthesis in a scope");
      return inner;
    }
    const word = tokens[at++] ?? refuse("a scope ends too early");
    const negated = tokens[at] === "NOT" && tokens[at + 1] === "IN";
    if (negated) at++;
    if (!take("IN")) return tagReader(word);
    if (!take("(")) refuse("IN without a list");
    const values: string[] = [];
    do values.push(tokens[at++] ?? refuse("a list ends too early"));
    while (take(","));
    if (!take(")")) refuse("an open list");
    return (tags) => values.some((value) => tagReader(`${word}:${value}`)(tags)) !== negated;
  };
  const wanted = or();
  return at === tokens.length ? wanted : refuse(`unexpected ${tokens[at] ?? ""} in a scope`);
}

/** What lacks an operand is nothing, and so is a quotient by zero; `default_zero` makes nothing a zero. */
export function valueOfFormula(formula: string, values: ReadonlyMap<string, number | null>): number | null {
  const tokens = formula.match(/\d+(?:\.\d+)?|[A-Za-z_]\w*|[-+*/()]|\S/g) ?? [];
  let at = 0;
  const next = (): string => tokens[at++] ?? refuse("the formula ends too early");
  const wanted = (token: string): void => {
    if (next() !== token) refuse(`${token} is missing in the formula`);
  };
  const chain = (ops: readonly string[], part: () => number | null): number | null => {
    let left = part();
    while (ops.includes(tokens[at] ?? "")) {
      const op = next();
      const right = part();
      left = left === null || right === null ? null : calculated(left, op, right);
    }
    return left;
  };
  const add = (): number | null => chain(["+", "-"], multiply);
  const multiply = (): number | null => chain(["*", "/"], atom);
  const atom = (): number | null => {
    const token = next();
    if (/^\d/.test(token)) return Number(token);
    if (token === "(") {
      const inner = add();
      wanted(")");
      return inner;
    }
    if (tokens[at] === "(") {
      if (token !== "default_zero") refuse(`unknown function ${token}`);
      next();
      const inner = add();
      wanted(")");
      return inner ?? 0;
    }
    const value = values.get(token);
    return value === undefined ? refuse(`unknown query ${token}`) : value;
  };
  const value = add();
  return at === tokens.length ? value : refuse(`unexpected ${tokens[at] ?? ""} in the formula`);
}

export function calculated(left: number, op: string, right: number): number | null {
  if (op === "+") return left + right;
  if (op === "-") return left - right;
  if (op === "*") return left * right;
  return right === 0 ? null : left / right;
}
