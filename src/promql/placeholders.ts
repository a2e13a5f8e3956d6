import type { Stretch, Text, WindowHole } from "./ast.ts";
import { fail, shown } from "./problem.ts";
import { formatDuration, type Seconds } from "../units/duration.ts";

/** The window of another tool's template, as Sloth, opensloctl and the OpenSLO examples write it. */
export const WINDOW_PLACEHOLDER = /\{\{[ \t]*\.?[wW]indow[ \t]*\}\}/y;

export const HOLE: WindowHole = { kind: "window" };

const PLACEHOLDERS = new RegExp(`${WINDOW_PLACEHOLDER.source}|(?<=\\[[ \\t]*)window\\b`, "gi");

/** The query's own words for one window: every placeholder filled, those in comments too, and all else as it was. */
export function fillPlaceholders(text: string, window: Seconds): string {
  return text.replaceAll(PLACEHOLDERS, formatDuration(window));
}

/** True if a window stands anywhere in the text, be it in a comment. */
export function holdsPlaceholder(text: string): boolean {
  return text.search(PLACEHOLDERS) !== -1;
}

const TEMPLATE = /\{\{.*?\}\}/sy;

/** Where the window placeholder at `position` ends, or undefined if nothing there opens a template. Any other template fails. */
export function placeholderEnd(source: string, position: number): number | undefined {
  if (!source.startsWith("{{", position)) return undefined;
  WINDOW_PLACEHOLDER.lastIndex = position;
  if (WINDOW_PLACEHOLDER.test(source)) return WINDOW_PLACEHOLDER.lastIndex;
  TEMPLATE.lastIndex = position;
  const found = TEMPLATE.exec(source)?.[0];
  if (found === undefined) return undefined;
  const help = /^\{\{-?\s*\.?window\s*-?\}\}$/i.test(found)
    ? "write `{{.window}}`"
    : "write the value itself; only `{{.window}}` is filled, with the length of the window";
  fail("unknown-template", { start: position, end: position + found.length }, `\`${shown(found)}\` is no template that slogen fills`, help);
}

/**
 * Variables that other tools fill in before the query reaches Prometheus. Left in place they match nothing, without an error.
 * https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
 * https://v1.keptn.sh/docs/0.19.x/monitoring/prometheus/sli-provider/
 */
const GRAFANA_WINDOWS = new Set(["__rate_interval", "__interval", "__range", "__interval_ms", "__range_s", "__range_ms"]);
const KEPTN_WINDOW = "DURATION";
const KEPTN_NAMES = new Set(["SERVICE", "PROJECT", "STAGE", "DEPLOYMENT"]);

export function failOnVariable(at: Stretch, written: string): never {
  const name = written.replace(/^\$\{?|\}$/g, "");
  const window = GRAFANA_WINDOWS.has(name) || name === KEPTN_WINDOW;
  const owner = name.startsWith("__") ? "Grafana" : window || KEPTN_NAMES.has(name) ? "Keptn" : undefined;
  const message = owner ? `\`${written}\` is a variable of ${owner}` : `\`${written}\` is a variable, and PromQL has none`;
  fail("foreign-variable", at, message, window ? "write `{{.window}}`" : "write the value itself");
}

const VARIABLE_IN_STRING = /\$(?:\{?__\w+\}?|\{?(?:DURATION|SERVICE|PROJECT|STAGE|DEPLOYMENT)\b\}?)/;

/** A string's source with its windows as holes; `decode` reads the escapes of what lies between them. */
export function textWithHoles(source: string, start: number, end: number, decode: (start: number, end: number) => string): Text {
  const variable = VARIABLE_IN_STRING.exec(source.slice(start, end));
  if (variable !== null) {
    const from = start + variable.index;
    failOnVariable({ start: from, end: from + variable[0].length }, variable[0]);
  }
  const parts: (string | WindowHole)[] = [];
  let from = start;
  for (let at = source.indexOf("{{", start); at !== -1 && at < end; at = source.indexOf("{{", at + 1)) {
    const close = placeholderEnd(source, at);
    if (close === undefined || close > end) continue;
    if (at > from) parts.push(decode(from, at));
    parts.push(HOLE);
    from = close;
    at = close - 1;
  }
  if (parts.length === 0) return decode(start, end);
  if (from < end) parts.push(decode(from, end));
  return { kind: "template", parts };
}
