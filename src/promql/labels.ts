import type { Aggregation, BinaryExpr, Call, Expr } from "./ast.ts";
import { typeOf } from "./check.ts";
import { FUNCTIONS } from "./functions.ts";
import { isSetOperator } from "./operators.ts";

/** All labels that a result can carry, in no order that matters; `unknown` where only the data can tell. */
export type OutputLabels = { readonly known: readonly string[] } | "unknown";

const NONE: OutputLabels = { known: [] };

/** The labels of the query's result: those of `sum by (a)` are `a`, those of `sum` none, those of a selector unknown. */
export function outputLabels(expr: Expr): OutputLabels {
  switch (expr.kind) {
    case "number":
    case "string":
      return NONE;
    case "vector":
    case "matrix":
      return "unknown";
    case "subquery":
    case "unary":
    case "paren":
      return outputLabels(expr.expr);
    case "call":
      return callLabels(expr);
    case "aggregation":
      return aggregationLabels(expr);
    case "binary":
      return binaryLabels(expr);
  }
}

function without(labels: OutputLabels, dropped: readonly string[]): OutputLabels {
  return labels === "unknown" ? labels : { known: labels.known.filter((label) => !dropped.includes(label)) };
}

function within(labels: OutputLabels, kept: readonly string[]): OutputLabels {
  return { known: labels === "unknown" ? [...new Set(kept)] : labels.known.filter((label) => kept.includes(label)) };
}

function union(...all: readonly OutputLabels[]): OutputLabels {
  return all.includes("unknown") ? "unknown" : { known: [...new Set(all.flatMap((labels) => (labels === "unknown" ? [] : labels.known)))] };
}

function callLabels({ function: name, args }: Call): OutputLabels {
  const signature = FUNCTIONS.get(name);
  if (signature === undefined || name.startsWith("absent")) return "unknown";
  const vector = args[signature.parameters.findIndex((type) => type.endsWith("vector"))];
  if (vector === undefined || signature.result === "scalar") return NONE;
  const labels = outputLabels(vector);
  if (name === "histogram_quantile" || name === "histogram_fraction") return without(labels, ["le"]);
  if (name !== "label_replace" && name !== "label_join") return labels;
  const target = args[1];
  return target?.kind === "string" && typeof target.value === "string" ? union(labels, { known: [target.value] }) : "unknown";
}

function aggregationLabels({ op, grouping, parameter, expr }: Aggregation): OutputLabels {
  const inside = outputLabels(expr);
  if (op === "topk" || op === "bottomk") return inside;
  const kept = grouping?.kind === "without" ? without(inside, grouping.labels) : within(inside, grouping?.labels ?? []);
  if (op !== "count_values") return kept;
  return parameter?.kind === "string" && typeof parameter.value === "string" ? union(kept, { known: [parameter.value] }) : "unknown";
}

/** https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching */
function binaryLabels({ op, matching, left, right }: BinaryExpr): OutputLabels {
  const [ours, theirs] = [outputLabels(left), outputLabels(right)];
  if (typeOf(left) === "scalar") return theirs;
  if (typeOf(right) === "scalar") return ours;
  if (isSetOperator(op)) return op === "or" ? union(ours, theirs) : ours;
  if (matching?.group !== undefined) return union(matching.group.side === "left" ? ours : theirs, { known: matching.group.include });
  if (matching?.kind === "on") return within(ours, matching.labels);
  if (matching !== undefined && matching.labels.length > 0) return without(ours, matching.labels);
  // Both sides have the same labels wherever they match.
  return ours === "unknown" ? theirs : theirs === "unknown" ? ours : within(ours, theirs.known);
}
