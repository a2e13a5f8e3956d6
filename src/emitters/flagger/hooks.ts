import { gateQueries, guardQuery, type GateQueries } from "../../backends/prometheus/gate.ts";
import { failDelay, stableReach } from "../../gate/plan.ts";
import type { TickPlan } from "../../gate/ticks.ts";
import type { Guard, GateSettings, PrometheusGate, PrometheusSource } from "../../model/policy.ts";
import type { PromqlQuery } from "../../model/model.ts";
import type { Expr } from "../../promql/ast.ts";
import { binary, call, number, paren, subquery } from "../../promql/build.ts";
import { printExpr } from "../../promql/print.ts";
import { fillWindow } from "../../promql/rewrite.ts";
import { seconds, type Seconds } from "../../units/duration.ts";
import { toDecimal } from "../../units/rational.ts";
import { budgetsBeforeTraffic } from "./budget.ts";
import { asksCanaryNamespace, inCanaryNamespace } from "./go-template.ts";
import { guardCheckName, hookName, policyHookName } from "./names.ts";
import { NO_HASHES, type PromqlPolicy } from "./on-prometheus.ts";
import { QUERY_TIMEOUT } from "./provider.ts";
import type { CanaryWebhook } from "./types.ts";
import { isBaked, isUnderWay, seenFor } from "./weight.ts";

/** The webhooks by which Flagger rolls back at once, keeps a weight for its bake, and waits for a budget before the first traffic. */
export function hooksOf(policy: PromqlPolicy, plan: TickPlan): readonly CanaryWebhook[] {
  const named = { ...policy, isolation: inCanaryNamespace(policy.isolation) };
  const enforced = policy.enforcement === "enforce";
  return [
    ...(enforced && plan.rollback !== undefined ? rollbackHooks(named, plan) : []),
    ...budgetHooks(named, plan),
    ...bakeHooks(named, plan),
  ];
}

/** Whether a hook cannot do its work, since no webhook is told the Canary's namespace. */
export function lacksNamespace({ metadata }: CanaryWebhook): boolean {
  return Object.values(metadata).some(asksCanaryNamespace);
}

/** A question with a name: it speaks for what the hook does if it gives anything. */
interface Question {
  readonly name: string;
  readonly about: string;
  readonly query: Expr;
}

function rollbackHooks(policy: PromqlPolicy, { rollback }: TickPlan): readonly CanaryWebhook[] {
  const { controller, source } = policy;
  const service = rollback === "service" ? controller.rollback : undefined;
  return rollbackQuestions(policy).map(({ name, about, query }) =>
    service === undefined
      ? askedByLoadTester(name, "rollback", query, policy)
      : {
          ...hook(name, "rollback", service.url),
          metadata: { check: about, query: printExpr(query), ...(source.address !== undefined && { address: source.address }) },
        },
  );
}

/** What rolls a release back at once, in the order in which it is asked. */
function rollbackQuestions(policy: PromqlPolicy): readonly Question[] {
  const reach = stableReach(policy.delivery);
  return [
    ...policy.gates.flatMap((gate) => gateQuestions(gate, policy)),
    ...policy.guards.filter(({ action }) => action === "fail").map((guard) => guardQuestion(guard, policy)),
  ].map((question) => ({ ...question, query: fillWindow(question.query, reach) }));
}

function gateQuestions(gate: PrometheusGate, policy: PromqlPolicy): readonly Question[] {
  const { slo, settings } = gate;
  const queries = gateQueries(gate, policy, NO_HASHES, undefined);
  const question = (role: "fail" | "extreme" | "series", query: Expr): Question => ({
    name: hookName(policy, slo.id, role),
    about: `${slo.id} ${role}`,
    query,
  });
  return [
    ...(queries.extreme ? [question("extreme", queries.extreme)] : []),
    question("fail", inARow(queries.fail, settings.fail)),
    ...(asksForSeries(policy) ? seriesQuery(queries, settings, policy).map((query) => question("series", query)) : []),
  ];
}

/** Only the weight tells that a canary which has no series should have some. */
export function asksForSeries({ source, delivery }: PromqlPolicy): boolean {
  return source.scrapesFlagger && delivery.kind === "canary";
}

function seriesQuery({ series }: GateQueries, { fail }: GateSettings, policy: PromqlPolicy): readonly Expr[] {
  if (series === undefined) return [];
  const since = seconds(failDelay(policy.source) + (fail.looks - 1) * fail.every);
  return [binary(inARow(series, fail), "and", paren(isUnderWay(policy, since)))];
}

function guardQuestion(guard: Guard<PromqlQuery>, policy: PromqlPolicy): Question {
  const breach = guard.bound === "max" ? ">" : "<";
  // A guard belongs to no SLO, so it bears what the most patient of them bears.
  const [patient] = policy.gates.map(({ settings }) => settings.fail).toSorted((a, b) => b.looks - a.looks);
  if (patient === undefined) throw new Error(`policy ${policy.name} has no gate`);
  const broken = binary(guardQuery(guard, policy, NO_HASHES), breach, number(toDecimal(guard.limit)));
  return { name: `${guardCheckName(policy, guard.name)}-fail`, about: `guard ${guard.name}`, query: inARow(broken, patient) };
}

/** Something where the query gives anything in so many looks, one after the other: they lie at multiples of `every`, the last of them at or just before now. */
function inARow(query: Expr, { looks, every }: { readonly looks: number; readonly every: Seconds }): Expr {
  if (looks === 1) return query;
  const seen = call("count_over_time", subquery(query, seconds(looks * every), every));
  return binary(seen, ">=", number(String(looks)));
}

function budgetHooks(policy: PromqlPolicy, plan: TickPlan): readonly CanaryWebhook[] {
  const left = budgetsBeforeTraffic(policy, plan).flatMap((gate): readonly Expr[] => {
    const { budgetLeft } = gateQueries(gate, policy, NO_HASHES, undefined);
    return budgetLeft === undefined ? [] : [binary(budgetLeft, ">", number("0"))];
  });
  if (left.length === 0) return [];
  const all = left.reduce((before, each) => binary(before, "and", each));
  const bypass = policy.gates.some(({ settings }) => settings.budget?.bypassAnnotation !== undefined);
  const before = bypass ? "hotfix=0; [ $hotfix = 1 ] || " : "";
  return [askedByLoadTester(policyHookName(policy, "budget"), "confirm-rollout", all, policy, before)];
}

function bakeHooks(policy: PromqlPolicy, { bakes, ladder, interval }: TickPlan): readonly CanaryWebhook[] {
  if (bakes === "ladder") return [];
  const kept = ladder.map(({ weight, ticks }) => ({ weight, length: seenFor(ticks, interval, policy.source.scrapeInterval) }));
  return [askedByLoadTester(policyHookName(policy, "bake"), "confirm-traffic-increase", isBaked(policy, kept, interval), policy)];
}

function askedByLoadTester(
  name: string,
  type: CanaryWebhook["type"],
  query: Expr,
  { controller, source }: PromqlPolicy,
  before = "",
): CanaryWebhook {
  if (controller.loadtester === undefined) throw new Error(`nobody is there to run ${name}`);
  // https://docs.flagger.app/usage/webhooks#load-testing: `bash` answers when the command has ended, 200 if it did so with 0 and 500 if not.
  return { ...hook(name, type, controller.loadtester.url), metadata: { type: "bash", cmd: `${before}${command(query, source)}` } };
}

/** Ends with 0 if the query gives anything. Without an answer `jq` must fail, which before 1.7 it does only where the input is asked for by name. */
function command(query: Expr, { address = "", headers, insecure }: PrometheusSource): string {
  const options = ["-fsS", "--max-time", String(QUERY_TIMEOUT), ...(insecure ? ["--insecure"] : [])];
  const sent = headers.flatMap(({ key, value }) => ["-H", shellQuoted(`${key}: ${value}`)]);
  const data = shellQuoted(`query=${printExpr(query)}`);
  const url = shellQuoted(`${address.replace(/\/+$/, "")}/api/v1/query`);
  return `curl ${[...options, ...sent, "--data-urlencode", data, url].join(" ")} | jq -en 'input.data.result | length > 0'`;
}

/** One word of a POSIX shell, whatever the text. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function hook(name: string, type: CanaryWebhook["type"], url: string): Omit<CanaryWebhook, "metadata"> {
  // That a release waits for its budget, maybe for days, is told once; that it waits for a bake would be told at every tick.
  return { name, type, url, timeout: HOOK_TIMEOUT, ...(type !== "confirm-rollout" && { muteAlert: true }) };
}

/** More than a query may take, and Flagger's own default. */
const HOOK_TIMEOUT = "10s";
