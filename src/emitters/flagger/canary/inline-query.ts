import type { Report } from "../../../diagnostics/diagnostic.ts";
import { textAt } from "../../../manifests/documents.ts";
import type { Expr } from "../../../promql/ast.ts";
import { typeOf } from "../../../promql/check.ts";
import { FUNCTIONS } from "../../../promql/functions.ts";
import { outputLabels } from "../../../promql/labels.ts";
import { numberValue } from "../../../promql/literals.ts";
import { parseExpr } from "../../../promql/parse.ts";
import { printExpr } from "../../../promql/print.ts";
import type { YamlNode } from "../../../yaml/tree.ts";
import { canaryCodes } from "./codes.ts";
import { placeOf } from "./fields.ts";

/** The deprecated `query` of a metric, as far as it can be read; what its template makes of a release is not known here. */
export function checkInlineQuery(metric: YamlNode, report: Report): void {
  const text = sampleOf(metric);
  const parsed = text === undefined ? undefined : parseExpr(text, { windows: false });
  if (text === undefined || parsed?.ok !== true) return;
  const name = textAt(metric, "name") ?? "";
  const at = placeOf(metric, "query");
  // https://github.com/fluxcd/flagger/blob/v1.44.0/pkg/metrics/providers/prometheus.go (trimQuery)
  const sent = parseExpr(text.replace(/\s+/g, " "), { windows: false });
  if (!sent.ok || printExpr(sent.expr) !== printExpr(parsed.expr)) {
    report(canaryCodes["query-comment"](at, { name }));
    return;
  }
  const type = typeOf(parsed.expr);
  if (type !== "instant vector") {
    const help =
      type === "scalar" ? "wrap it, as in `vector(...)`" : type === "string" ? "write a query" : "wrap it, as in `sum(rate(...))`";
    report(canaryCodes["result-type"](at, { name, type: `a ${type}`, help }));
    return;
  }
  const labels = severalBy(parsed.expr);
  if (labels !== undefined) report(canaryCodes["several-series"](at, { name, labels }));
}

/** The query with a likely text for each of the template's functions; undefined where more than these is at work. */
function sampleOf(metric: YamlNode): string | undefined {
  const query = textAt(metric, "query");
  if (query === undefined || query === "") return undefined;
  const valueOfAction = (action: string): string | undefined => {
    if (action === "interval") return textAt(metric, "interval") ?? "1m";
    if (NAMES.includes(action)) return "sample";
    const variable = /^variables\.(\w+)$/.exec(action)?.[1];
    return variable === undefined ? undefined : textAt(metric, "templateVariables", variable);
  };
  if ([...query.matchAll(ACTION)].some(([, action = ""]) => valueOfAction(action) === undefined)) return undefined;
  return query.replace(ACTION, (_, action: string) => valueOfAction(action) ?? "");
}

const ACTION = /\{\{-?\s*([^{}]*?)\s*-?\}\}/g;

const NAMES: readonly string[] = ["name", "namespace", "target", "service", "ingress", "route"];

/** What tells the result's series apart, in words; undefined where there is at most one, or nothing is sure. */
function severalBy(expr: Expr): string | undefined {
  if (expr.kind === "paren" || expr.kind === "unary") return severalBy(expr.expr);
  if (expr.kind === "aggregation" && (expr.op === "topk" || expr.op === "bottomk") && expr.grouping === undefined)
    return expr.parameter?.kind === "number" && numberValue(expr.parameter.text) === 1 ? undefined : severalBy(expr.expr);
  if (expr.kind === "call") {
    if (expr.function.startsWith("absent")) return undefined;
    if (expr.function.startsWith("label_")) return expr.args[0] && severalBy(expr.args[0]);
    const vector = expr.args[FUNCTIONS.get(expr.function)?.parameters.indexOf("instant vector") ?? -1];
    if (vector !== undefined && !expr.function.startsWith("histogram_")) return severalBy(vector);
  }
  if (expr.kind === "binary" && (expr.op === "and" || expr.op === "unless")) return severalBy(expr.left);
  if (expr.kind === "binary" && expr.op !== "or") {
    const [left, right] = [expr.left, expr.right].map((side) => (typeOf(side) === "scalar" ? undefined : severalBy(side)));
    // A side of one series, matched one to one, leaves one.
    if ([expr.left, expr.right].some((side) => typeOf(side) === "scalar")) return left ?? right;
    return expr.matching?.group === undefined && (left === undefined || right === undefined) ? undefined : (left ?? right);
  }
  const labels = outputLabels(expr);
  if (labels === "unknown") return "set of labels that it finds";
  return labels.known.length === 0 ? undefined : labels.known.map((label) => `\`${label}\``).join(" and ");
}
