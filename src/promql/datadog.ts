import type { Stretch } from "./ast.ts";

const AGGREGATOR = String.raw`\b(?:avg|sum|min|max|count|p\d{1,2}(?:\.\d+)?)(?:\([^()]*\))?\s*:\s*`;
const NAME = String.raw`[A-Za-z][\w.]*`;

/**
 * What Datadog writes and PromQL never does: tags as `key:value` or `*` in the braces, an aggregator before a name with dots, modifiers.
 * https://docs.datadoghq.com/metrics/#anatomy-of-a-metric-query
 */
const DATADOG = new RegExp(
  [
    `(?:${AGGREGATOR})?${NAME}\\s*\\{\\s*(?:\\*|[^{}"'\`=~\\s]+:[^{}"'\`=~]+|[^{}"'\`=~]+\\sIN\\s*\\([^{}"'\`=~]+)\\s*\\}`,
    `${AGGREGATOR}[A-Za-z]\\w*(?:\\.\\w+)+`,
    String.raw`\.as_(?:count|rate)\s*\(\s*\)`,
    String.raw`\.(?:rollup|fill)\s*\(`,
  ].join("|"),
);

const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;

/** The first place that shows a text to be a Datadog query; undefined where none does. What stands in quotes shows nothing. */
export function findDatadog(text: string): Stretch | undefined {
  const found = DATADOG.exec(text.replace(QUOTED, (quoted) => '"'.repeat(quoted.length)));
  return found === null ? undefined : { start: found.index, end: found.index + found[0].length };
}
