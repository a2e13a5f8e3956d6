import { spawnOracle } from "./process.ts";

/** A number as Prometheus knows it; JSON has no word for three of them. */
export type Value = number | "NaN" | "+Inf" | "-Inf";

/** A native histogram in promtool's words: `{{schema:0 count:3 sum:2 buckets:[1 2]}}`. */
export type NativeHistogram = `{{${string}}}`;

/** A sample is its time in unix seconds and its value; null marks the series as stale. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [number, Value | NativeHistogram | null])[];
}

/** One element of an instant query's answer, values as Prometheus prints them. */
export interface Element {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

/** The real Prometheus's engine, database and API as a process of this test, for scenarios at whatever time is asked for. */
export interface PrometheusOracle {
  /** The base of a scenario's address: `/at/<unix seconds>` goes behind it. */
  readonly addressOf: (scenario: string) => string;
  /** Gives Prometheus the series of a scenario, in place of those it had. */
  readonly loadScenario: (id: string, series: readonly Series[]) => Promise<void>;
  /** Forgets a scenario's series. */
  readonly dropScenario: (id: string) => Promise<void>;
  /** An instant query at a time in unix seconds; a scalar is one element without labels. Rejects with Prometheus's error. */
  readonly query: (scenario: string, at: number, expression: string) => Promise<readonly Element[]>;
  readonly end: () => Promise<void>;
}

export async function startPrometheus(): Promise<PrometheusOracle> {
  const { lines, end } = spawnOracle("prometheus");
  const address = (await lines.next()).value ?? fail("prometheus did not start");
  const addressOf = (id: string): string => `${address}/scenario/${encodeURIComponent(id)}`;
  return {
    addressOf,
    async loadScenario(id, series) {
      const response = await fetch(addressOf(id), { method: "POST", body: JSON.stringify({ series }) });
      if (!response.ok) fail(await response.text());
    },
    async dropScenario(id) {
      const response = await fetch(addressOf(id), { method: "DELETE" });
      if (!response.ok) fail(await response.text());
    },
    async query(scenario, at, expression) {
      const body = new URLSearchParams({ query: expression });
      const response = await fetch(`${addressOf(scenario)}/at/${at}/api/v1/query`, { method: "POST", body });
      if (response.status === 404) fail(await response.text());
      return elementsOf((await response.json()) as QueryResponse);
    },
    end,
  };
}

type QueryResponse =
  | { readonly status: "error"; readonly error: string }
  | { readonly status: "success"; readonly data: { readonly resultType: "scalar" | "string"; readonly result: readonly [number, string] } }
  | {
      readonly status: "success";
      readonly data: {
        readonly resultType: "vector";
        readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }[];
      };
    };

function elementsOf(response: QueryResponse): readonly Element[] {
  if (response.status === "error") return fail(response.error);
  const { data } = response;
  if (data.resultType !== "vector") return [{ labels: {}, value: data.result[1] }];
  return data.result.map(({ metric, value }) => ({ labels: metric, value: value[1] }));
}

function fail(message: string): never {
  throw new Error(message);
}
