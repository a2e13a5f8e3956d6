import { objectiveLine, toKnow } from "../gate/page-parts.ts";
import type { DeployGate, DeploySlo } from "../model/policy.ts";
import { formatDuration } from "../units/duration.ts";
import { errorRatioAt } from "../units/quantity.ts";
import { toFigure, toNumber } from "../units/rational.ts";
import { exactTime, percentFigure } from "./figures.ts";
import { wrapped } from "./wrap.ts";

/** What a gate before a deployment asks, what keeps it closed, and what opens it nevertheless: lines of at most 100 characters. */
export function deployPage(gate: DeployGate): string {
  const { slos, source, enforcement } = gate;
  const { address } = source;
  const lines = [
    headline(gate),
    "",
    ...slos.flatMap((each) => [...sloLines(each), ""]),
    "How it answers",
    ...wrapped(`asks ${address ?? "the Prometheus of PROMETHEUS_URL"} about the whole service, before anything new runs`, 2),
    enforcement === "enforce"
      ? "  exit code 0: go; 1: an SLO forbids it; 2: no sound answer, which forbids it too"
      : "  exit code 0, whatever comes: a warning says what it would have forbidden",
    "  no answer, no series, NaN, infinity, or an old or partial answer is no sound one",
    '  SLOGEN_HOTFIX="INC-123: why" lets the deployment pass; the reason stays in the log and the summary',
    ...toKnow([
      ...(enforcement === "observe" ? ["nothing is stopped yet: set `enforcement: enforce` when the verdicts convince you"] : []),
      slos.some(({ noTraffic }) => noTraffic === "pass")
        ? "a service without requests passes: `noTraffic: pass`"
        : "a service without requests has no error ratio, so it stays closed; `noTraffic: pass` opens it",
      ...(slos.some(({ budget }) => budget === undefined)
        ? ["where no rules record the budget, or the policy says so, it is not asked"]
        : []),
    ]),
    "",
    `The alerts of ${slos.length === 1 ? "its SLO" : "its SLOs"}`,
    ...slos.map(({ slo }) => `  slogen explain ${slo.id}`),
  ];
  return `${lines.join("\n")}\n`;
}

function headline({ name, environment, workload, enforcement }: DeployGate): string {
  const where = environment === undefined ? "" : ` in ${environment}`;
  const target = workload.namespace === undefined ? workload.name : `${workload.namespace}/${workload.name}`;
  const how = enforcement === "enforce" ? "enforced" : "observed only: it warns and stops nothing";
  return `${name}${where}: gate before a deployment of ${target}, ${how}`;
}

function sloLines({ slo, burnRate, window, shortWindow, budget }: DeploySlo): readonly string[] {
  const [long, short] = [formatDuration(window), formatDuration(shortWindow)];
  const errors = percentFigure(toNumber(errorRatioAt(burnRate, slo.objective.budget)));
  return [
    objectiveLine(slo),
    `  blocks   above burn ${toFigure(burnRate)} over both ${long} and ${short}, that is above ${errors} errors`,
    ...(budget === undefined ? [] : [`  ${budget.blocks ? "or      " : "reports "} ${budgetWords(slo, toNumber(budget.remaining))}`]),
    `  opens    within ${short} of the end of the errors${budget?.blocks === true ? ", if enough of the budget is left" : ""}`,
  ];
}

function budgetWords({ objective, period }: DeploySlo["slo"], remaining: number): string {
  const over = `the budget of ${exactTime(period)}`;
  if (remaining === 0) return `with nothing left of ${over}`;
  const outage = exactTime(remaining * toNumber(objective.budget) * period);
  return `with ${percentFigure(remaining)} or less left of ${over}, which is ${outage} of a total outage`;
}
