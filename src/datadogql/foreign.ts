import type { ParseProblem } from "./problem.ts";

/** What PromQL writes and Datadog never does: ranges, `=~`, quoted values, and functions over a range. */
const PROMQL =
  /\[\s*(?:\d+(?:ms|[smhdwy])|\{\{[^{}]*\}\}|\$\w+)[^\]]*\]|[=!]~|[=!]=?\s*(?:"[^"]*"|'[^']*')(?=\s*[,}])|\b(?:i?rate|increase|histogram_quantile)\s*\(/;

/** A text that is no Datadog query because it is PromQL, with the first place that shows it. */
export function findPromql(text: string): ParseProblem | undefined {
  const found = PROMQL.exec(text);
  if (found === null) return undefined;
  const at = { start: found.index, end: found.index + found[0].length };
  return { kind: "promql", message: `\`${found[0]}\` is PromQL, and this query is for Datadog`, at };
}
