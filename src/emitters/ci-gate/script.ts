import { deployQueries } from "../../backends/prometheus/deploy.ts";
import type { DeployGate, DeploySlo } from "../../model/policy.ts";
import type { Expr } from "../../promql/ast.ts";
import { parseExpr } from "../../promql/parse.ts";
import { printExpr } from "../../promql/print.ts";
import type { Render } from "../../text/render.ts";
import { describeDuration, formatDuration, type Seconds } from "../../units/duration.ts";
import { errorRatioAt } from "../../units/quantity.ts";
import { toDecimal, toFigure } from "../../units/rational.ts";
import type { JsonObject } from "../../yaml/json.ts";
import { percent } from "../gate-words.ts";
import { secretVariable } from "./names.ts";
import { commentText, curlValue, shellWord } from "./shell.ts";

export interface ScriptParts {
  /** The first line of the generated file. */
  readonly header: string;
  readonly timeout: Seconds;
}

/** Seconds for one answer where the source does not say. */
const PATIENCE = 10;

/** The gate as a POSIX shell script. Whatever comes from a spec is one quoted word, or the text of a comment. */
export function gateScript(gate: DeployGate, { header, timeout }: ScriptParts, render: Render): string {
  const { source, slos, workload, environment, enforcement, name } = gate;
  const headers = [{ key: "Accept", value: "application/json" }, ...source.headers];
  const view = {
    header: commentText(header),
    policy: shellWord(name),
    workload: commentText(workload.name),
    environment: commentText(environment ?? ""),
    enforced: enforcement === "enforce",
    address: shellWord(source.address ?? ""),
    hasAddress: source.address !== undefined,
    insecure: source.insecure,
    headers: headers.map(({ key, value }) => shellWord(`header = ${curlValue(`${key}: ${value}`)}`)),
    secret: secretVariable(gate) ?? "PROMETHEUS_TOKEN",
    patience: source.timeout ?? PATIENCE,
    timeout,
    count: slos.length,
    slos: slos.map((each) => sloView(each, gate)),
  };
  return `${render("ci-gate/gate", view)}\n`;
}

function sloView(each: DeploySlo, gate: DeployGate): JsonObject {
  const { slo, burnRate, window, shortWindow, budget } = each;
  const queries = deployQueries(each, gate);
  const errors = errorRatioAt(burnRate, slo.objective.budget);
  return {
    comment: commentText(
      `${percent(slo.objective.target)} over ${describeDuration(slo.period)}: blocked above ${percent(errors)} errors over both ${formatDuration(window)} and ${formatDuration(shortWindow)}`,
    ),
    id: shellWord(slo.id),
    budget: toDecimal(slo.objective.budget),
    limit: toFigure(burnRate),
    errors: toDecimal(errors),
    window: formatDuration(window),
    longQuery: shellWord(queryText(queries.long)),
    shortWindow: formatDuration(shortWindow),
    shortQuery: shellWord(queryText(queries.short)),
    asked: budget === undefined ? "none" : budget.blocks ? "block" : "report",
    least: budget === undefined ? "0" : toDecimal(budget.remaining),
    budgetQuery: shellWord(queries.budget === undefined ? "" : queryText(queries.budget)),
  };
}

/** Read once more before it leaves: a query that nobody can read would keep the gate closed for ever. */
function queryText(expr: Expr): string {
  const text = printExpr(expr);
  const result = parseExpr(text, { windows: false, unknownFunctions: true });
  if (!result.ok) throw new Error(`the query ${text} does not read back: ${result.error.message}`);
  return text;
}
