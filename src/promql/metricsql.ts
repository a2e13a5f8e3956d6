import type { ParseProblem } from "./problem.ts";

/** Some of what only VictoriaMetrics reads: https://docs.victoriametrics.com/victoriametrics/metricsql/ */
const FUNCTIONS =
  /^(?:rollup\w*|range_\w+|running_\w+|label_(?:copy|del|keep|lowercase|map|match|mismatch|move|set|transform|uppercase|value)|\w+_(?:prometheus|pure)|(?:share|count|sum)_(?:eq|gt|le|ne)_over_time|(?:ascent|descent|distinct|duration|geomean|histogram|median|mode|quantiles|sum2|tfirst|tlast|tmax|tmin|zscore)_over_time|(?:bottomk|topk)_\w+|(?:keep_last|keep_next)_value|any|buckets_limit|default_rollup|distinct|drop_empty_series|geomean|histogram|histogram_share|integrate|interpolate|lag|lifetime|limit_offset|median|mode|now|outliersk|prometheus_buckets|remove_resets|share|smooth_exponential|sum2|union|vmrange|zscore)$/;

const OPERATORS = /^(?:default|if|ifnot|keep_metric_names)$/i;

/** True if the place that PromQL stumbles over shows a query written for VictoriaMetrics. */
export function speaksMetricsql(text: string, { kind, at }: ParseProblem): boolean {
  const word = text.slice(at.start, at.end);
  if (kind === "unknown-function") return FUNCTIONS.test(word) || /^with$/i.test(word);
  return kind === "syntax" && OPERATORS.test(word);
}
