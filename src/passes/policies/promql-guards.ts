import type { Report } from "../../diagnostics/diagnostic.ts";
import type { PromqlQuery } from "../../model/model.ts";
import { readPromql } from "../../model/query.ts";
import { STRICT_READING } from "../../model/reading.ts";
import type { Call, Expr } from "../../promql/ast.ts";
import { outputLabels, partsOf } from "../../promql/rewrite.ts";
import { spanWithin } from "../../yaml/locate.ts";
import type { YamlScalar } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import type { GuardQuery } from "./guards.ts";
import { unitOf } from "./units.ts";

/** A query of one series, for a guard on a Prometheus. */
export function promqlGuard(node: YamlScalar, report: Report): GuardQuery<PromqlQuery> | undefined {
  const query = readPromql(node, { kind: "value" }, { report, reading: STRICT_READING });
  if (query?.tree === undefined) return undefined;
  const labels = outputLabels(query.tree);
  if (labels !== "unknown" && labels.known.length === 0) return { query, unit: unitOf(query.tree) };
  const quantile = partsOf(query.tree).find(isSpread);
  if (quantile === undefined) {
    report(policyCodes["guard-series"](node.at, { labels: labels === "unknown" ? undefined : labels.known, backend: "prometheus" }));
  } else report(policyCodes["quantile-without-le"](placeOf(node, quantile), {}));
  return undefined;
}

/** A quantile for every series that its buckets come from. */
function isSpread(part: Expr): part is Call {
  if (part.kind !== "call" || part.function !== "histogram_quantile" || part.args[1] === undefined) return false;
  const labels = outputLabels(part.args[1]);
  return labels === "unknown";
}

function placeOf(scalar: YamlScalar, { at }: Expr): YamlScalar["at"] {
  return at === undefined ? scalar.at : spanWithin(scalar, at.start, at.end);
}
