import type { ValueType } from "./ast.ts";

export interface Signature {
  readonly parameters: readonly ValueType[];
  readonly result: ValueType;
  /** How many of the last parameters may be left out; `any` lets the last one repeat as well. */
  readonly optional: 0 | 1 | "any";
}

const V = "instant vector";
const R = "range vector";
const S = "scalar";
const T = "string";

/** https://prometheus.io/docs/prometheus/latest/querying/functions/ */
const TABLE: readonly (readonly [names: string, parameters: readonly ValueType[], result?: ValueType, optional?: Signature["optional"]])[] =
  [
    ["abs ceil exp floor ln log10 log2 sgn sqrt", [V]],
    ["acos acosh asin asinh atan atanh cos cosh deg rad sin sinh tan tanh", [V]],
    ["absent sort sort_desc timestamp", [V]],
    ["histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum", [V]],
    ["changes delta deriv idelta increase irate rate resets", [R]],
    ["absent_over_time avg_over_time count_over_time first_over_time last_over_time max_over_time min_over_time", [R]],
    ["present_over_time stddev_over_time stdvar_over_time sum_over_time", [R]],
    ["clamp", [V, S, S]],
    ["clamp_max clamp_min", [V, S]],
    ["day_of_month day_of_week day_of_year days_in_month hour minute month year", [V], V, 1],
    ["histogram_fraction", [S, S, V]],
    ["histogram_quantile", [S, V]],
    ["label_join", [V, T, T, T], V, "any"],
    ["label_replace", [V, T, T, T, T]],
    ["pi time", [], S],
    ["predict_linear", [R, S]],
    ["quantile_over_time", [S, R]],
    ["round", [V, S], V, 1],
    ["scalar", [V], S],
    ["vector", [S]],
  ];

export const FUNCTIONS: ReadonlyMap<string, Signature> = new Map<string, Signature>(
  TABLE.flatMap(([names, parameters, result = V, optional = 0]) =>
    names.split(" ").map((name) => [name, { parameters, result, optional }] satisfies [string, Signature]),
  ),
);

/** Prometheus reads these only with `--enable-feature=promql-experimental-functions`. */
export const EXPERIMENTAL_FUNCTIONS: ReadonlySet<string> = new Set(
  [
    "double_exponential_smoothing end histogram_quantiles info mad_over_time max_of min_of range sort_by_label sort_by_label_desc",
    "start start_timestamp step ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time",
  ].flatMap((names) => names.split(" ")),
);

/** The type of an aggregation's parameter, or undefined for the operators that take none. */
export const AGGREGATORS: ReadonlyMap<string, ValueType | undefined> = new Map<string, ValueType | undefined>([
  ["avg", undefined],
  ["bottomk", S],
  ["count", undefined],
  ["count_values", T],
  ["group", undefined],
  ["max", undefined],
  ["min", undefined],
  ["quantile", S],
  ["stddev", undefined],
  ["stdvar", undefined],
  ["sum", undefined],
  ["topk", S],
]);

export const EXPERIMENTAL_AGGREGATORS: ReadonlySet<string> = new Set(["limitk", "limit_ratio"]);
