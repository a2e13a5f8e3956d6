import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { API_KEY, APP_KEY, calculated, FAULTS, Refusal, refuse, valueOfQuery, type Fault, type Series } from "./datadog-scalar.ts";

/**
 * The v1 timeseries endpoint on loopback, over series that a test makes up, at the time that the address names: `/at/<unix seconds>`.
 * It reads queries for itself. Where Datadog's documentation says nothing, it takes the reading that serves a gate worst, or the one that
 * the test asks for: a function has a point only where what it is applied to has one.
 * https://docs.datadoghq.com/api/latest/metrics/#query-timeseries-points
 */
export interface DatadogTimeseries {
  readonly addressAt: (at: number) => string;
  /** The queries of all requests, in their order. */
  readonly queries: readonly string[];
  /** Replaces every series. */
  readonly load: (series: readonly Series[]) => void;
  /** Replaces what is not documented. */
  readonly read: (reading: Partial<Reading>) => void;
  /** What becomes of requests instead of an answer, by the end of their stretch of time; undefined for an answer. */
  readonly failWith: (fault: (to: number) => Fault | undefined) => void;
  readonly stop: () => Promise<void>;
}

export interface Reading {
  /** How points without a value are answered. */
  readonly nothing: "null" | "no points" | "no series";
  /** What a quotient by zero is. */
  readonly byZero: "nothing" | "zero";
  /** Whether `default_zero` makes a series of nothing at all. */
  readonly absent: "zero" | "nothing";
  /** Whether `moving_rollup` sees what lies before the request's `from`. */
  readonly rollup: "reaches back" | "stays within";
}

const USUAL: Reading = { nothing: "null", byZero: "nothing", absent: "zero", rollup: "reaches back" };

/** The width of a point in a request about less than an hour: https://docs.datadoghq.com/dashboards/functions/rollup/#rollup-interval-enforced-vs-custom */
export const BUCKET = 20;

export async function startDatadogTimeseries(): Promise<DatadogTimeseries> {
  const queries: string[] = [];
  let series: readonly Series[] = [];
  let reading = USUAL;
  let faultAt: (to: number) => Fault | undefined = () => undefined;

  const server = createServer((request, response) => {
    answer(request, response);
  });

  function answer(request: IncomingMessage, response: ServerResponse): void {
    let [status, body]: [number, unknown] = [200, undefined];
    try {
      const { query, from, to } = requestOf(request);
      queries.push(query);
      const fault = faultAt(to);
      if (fault === "silent") return;
      if (fault !== undefined) throw new Refusal(fault, FAULTS[fault]);
      body = answered(pointsOf(query, { series, reading, from, to }), reading);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      [status, body] = [error.status, { errors: [error.message] }];
    }
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    addressAt: (at) => `http://127.0.0.1:${port}/at/${at}`,
    queries,
    load: (all) => {
      series = all;
    },
    read: (some) => {
      reading = { ...USUAL, ...some };
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

/** The length of the request's stretch is kept, and its end moved to the time in the address. */
function requestOf({ method, url = "", headers }: IncomingMessage): { query: string; from: number; to: number } {
  const [, at, search = ""] = /^\/at\/(\d+)\/api\/v1\/query\?(.*)$/.exec(url) ?? [];
  if (method !== "GET" || at === undefined) throw new Refusal(404, "Not found");
  if (headers["dd-api-key"] !== API_KEY || headers["dd-application-key"] !== APP_KEY) throw new Refusal(403, "Forbidden");
  const asked = new URLSearchParams(search);
  if ([...asked.keys()].sort().join() !== "from,query,to") return refuse(`parameters ${[...asked.keys()].join()}`);
  const [from, to] = [Number(asked.get("from")), Number(asked.get("to"))];
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from >= to) return refuse("from must be before to");
  return { query: asked.get("query") ?? "", from: Number(at) - (to - from), to: Number(at) };
}

type Points = readonly (readonly [at: number, value: number | null])[];

function answered(points: Points, { nothing }: Reading): unknown {
  const isNothing = points.every(([, value]) => value === null);
  const one = { pointlist: isNothing && nothing === "no points" ? [] : points.map(([at, value]) => [at * 1000, value]) };
  return { status: "ok", res_type: "time_series", series: isNothing && nothing === "no series" ? [] : [one] };
}

interface Asked {
  readonly series: readonly Series[];
  readonly reading: Reading;
  readonly from: number;
  readonly to: number;
}

/** An expression's points; each is named by its start. */
interface Expr {
  /** Nothing where there is no point. */
  readonly at: (start: number) => number | null;
  /** Whether there is any point at all. */
  readonly exists: () => boolean;
  /** What the points of counts within a stretch add up to, at once. */
  readonly sum?: (from: number, to: number) => number | null;
}

function pointsOf(query: string, asked: Asked): Points {
  const first = asked.from - (asked.from % BUCKET);
  const expr = read(query, asked);
  const starts = Array.from({ length: Math.ceil((asked.to - first) / BUCKET) }, (_, i) => first + i * BUCKET);
  return starts.map((at) => [at, expr.at(at)]);
}

const LEAF = /(?:(?:[a-z]\w*(?:\.\d+)?|count\(v: ?v(?:<=|<|>=|>)[\d.]+\)):)[A-Za-z][\w.]*\{[^{}]*\}(?:\.\w+\([^()]*\))*/y;

/** sum := product ([+-] product)*; product := term ([*\/] term)*; term := number | ( sum ) | function ( … ) | metric */
function read(text: string, asked: Asked): Expr {
  const { byZero } = asked.reading;
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    while (text[at] === " ") at++;
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const want = (pattern: RegExp): string => take(pattern) ?? refuse(`unexpected ${text.slice(at, at + 20)}`);
  const chain = (ops: RegExp, part: () => Expr): Expr => {
    let left = part();
    for (let op = take(ops); op !== undefined; op = take(ops)) left = computed(left, op, part());
    return left;
  };
  const computed = (left: Expr, op: string, right: Expr): Expr => ({
    at: (start) => {
      const [a, b] = [left.at(start), right.at(start)];
      if (a === null || b === null) return null;
      return op === "/" && b === 0 && byZero === "zero" ? 0 : calculated(a, op, b);
    },
    exists: () => left.exists() && right.exists(),
  });
  const sum = (): Expr => chain(/[+-]/y, product);
  const product = (): Expr => chain(/[*/]/y, term);
  const term = (): Expr => {
    const number = take(/\d+(?:\.\d+)?(?![\w.])/y);
    if (number !== undefined) return { at: () => Number(number), exists: () => true };
    if (take(/\(/y) !== undefined) {
      const inner = sum();
      want(/\)/y);
      return inner;
    }
    const leaf = take(LEAF);
    if (leaf !== undefined) return leafOf(leaf, asked);
    const name = want(/[a-z_]+(?=\()/y);
    want(/\(/y);
    const inner = sum();
    const made = name === "default_zero" ? zeroed(inner, asked) : name === "moving_rollup" ? rolled(inner, want, asked) : undefined;
    want(/\)/y);
    return made ?? refuse(`unknown function ${name}`);
  };
  const expr = sum();
  return at === text.length ? expr : refuse(`unexpected ${text.slice(at, at + 20)}`);
}

/** Every point of a metric is its bucket's; the buckets of counts add up, and those of levels are computed by their own aggregator. */
function leafOf(query: string, { series }: Asked): Expr {
  const isCount = query.includes(".as_count()");
  const reducer = isCount ? "sum" : /^p\d/.test(query) ? "percentile" : "avg";
  const within = (from: number, to: number): number | null => valueOfQuery(query, reducer, series, from, to);
  return {
    at: (start) => within(start, start + BUCKET),
    exists: () => within(0, Number.MAX_SAFE_INTEGER) !== null,
    ...(isCount && { sum: within }),
  };
}

function zeroed(inner: Expr, { reading: { absent } }: Asked): Expr {
  const zero = absent === "zero" || inner.exists() ? 0 : null;
  const { sum } = inner;
  return {
    at: (start) => inner.at(start) ?? zero,
    exists: () => zero !== null,
    ...(sum && { sum: (from, to) => sum(from, to) ?? zero }),
  };
}

/** What the points within the last seconds make, at each point of what is rolled; its own is the last of them. */
function rolled(inner: Expr, want: (pattern: RegExp) => string, { reading, from }: Asked): Expr {
  want(/,/y);
  const length = Number(want(/\d+/y));
  want(/,/y);
  const method = want(/'(?:sum|avg|min|max)'/y).slice(1, -1);
  if (length % BUCKET !== 0) refuse(`a window of ${length} s is none of this test's`);
  const start = from - (from % BUCKET);
  const values = (first: number, last: number): readonly number[] =>
    Array.from({ length: (last - first) / BUCKET + 1 }, (_, i) => inner.at(first + i * BUCKET)).filter((value) => value !== null);
  return {
    at: (last) => {
      if (inner.at(last) === null) return null;
      const whole = last + BUCKET - length;
      const first = reading.rollup === "reaches back" ? whole : Math.max(whole, start);
      if (method === "sum" && inner.sum !== undefined) return inner.sum(first, last + BUCKET);
      const known = values(first, last);
      const total = known.reduce((sum, value) => sum + value, 0);
      return { sum: total, avg: total / known.length, min: Math.min(...known), max: Math.max(...known) }[method] ?? null;
    },
    exists: inner.exists,
  };
}
