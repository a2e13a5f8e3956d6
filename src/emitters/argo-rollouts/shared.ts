import { countedEvents, gateQueries, type GateQueries } from "../../backends/prometheus/gate.ts";
import type { PromqlQuery } from "../../model/model.ts";
import type { Isolation, PrometheusGate, PrometheusPolicy, ReleasePolicy } from "../../model/policy.ts";
import type { Expr, Matcher, VectorSelector } from "../../promql/ast.ts";
import { aggregate, call, number, range, series, WINDOW } from "../../promql/build.ts";
import { printExpr, quote } from "../../promql/print.ts";
import { withChildren, withoutParens } from "../../promql/walk.ts";
import { burnRate, ratio, type BurnRate, type Ratio } from "../../units/quantity.ts";
import { equal, ONE, rational, toDecimal, type Rational } from "../../units/rational.ts";
import { valueOf, NUMBERS } from "./arguments.ts";
import { bypassAnnotations, type PolicyTemplates } from "./block.ts";
import { argoRolloutsCodes } from "./codes.ts";
import type { Context, Gated } from "./gated.ts";
import type { GateChecks } from "./metrics.ts";
import { metricStem, type TemplateRole } from "./names.ts";
import { asking, checksBy, evidenceAtEnd, evidenceByStep, HASHES, type Ask } from "./on-prometheus.ts";
import { canaryParts } from "./parts.ts";
import { secretArguments } from "./provider.ts";
import { analysisTemplate, templateSpec, type TemplatePart } from "./templates.ts";
import type { AnalysisTemplate } from "./types.ts";
import { sharedDescription } from "./words.ts";

/**
 * One set of cluster-wide templates for all services whose gates differ in selectors, numbers and names only; those are arguments.
 * A run holds each template once, and its arguments are one list, so the second SLO of a policy needs a second template with arguments of
 * its own: `<set>-background-1`, `<set>-background-2`.
 */
export interface SharedSet {
  readonly environment?: string;
  readonly templates: readonly AnalysisTemplate[];
  readonly members: ReadonlyMap<ReleasePolicy, PolicyTemplates>;
}

const DEFAULT_SET = "slogen-gate";

export function sharedSets(all: readonly Gated[], context: Context): readonly SharedSet[] {
  const setName = ({ policy }: Gated): string => policy.profile ?? DEFAULT_SET;
  return groups(all, ({ policy }) => policy.environment ?? "").flatMap((environment) =>
    groups(environment, setName).flatMap((members) => {
      const [first] = members;
      return first === undefined ? [] : sharedSet(setName(first), members, context);
    }),
  );
}

/** The set that fits most of these policies; those that it does not fit keep templates of their own. */
function sharedSet(set: string, all: readonly Gated[], context: Context): readonly SharedSet[] {
  const reject = ({ policy }: Gated, reason: string): void => {
    context.report(argoRolloutsCodes["own-templates"](policy.at, { policy: policy.name, set, reason }));
  };
  const sharable = all.flatMap((gated) => {
    const { policy } = gated;
    const reason = policy.backend === "datadog" ? "it asks Datadog" : whyNot(policy);
    if (reason !== undefined) reject(gated, reason);
    return reason === undefined && policy.backend === "prometheus" ? [{ ...gated, policy }] : [];
  });
  const [usual, ...unusual] = [...groups(sharable, (gated) => policyStructure(gated.policy))].sort((a, b) => b.length - a.length);
  if (usual === undefined) return [];
  for (const gated of unusual.flat())
    reject(gated, `its rhythm, source, isolation or length differ from those of \`${usual[0]?.policy.name ?? ""}\``);

  const fits = (model: Shared, gated: Shared): boolean =>
    gated.policy.gates.every((gate, i) => gateStructure(gate) === (model.policy.gates[i] && gateStructure(model.policy.gates[i])));
  const fitting = (model: Shared): readonly Shared[] => usual.filter((gated) => fits(model, gated));
  const model = usual.reduce((best, each) => (fitting(each).length > fitting(best).length ? each : best));
  for (const gated of usual) {
    if (!fits(model, gated))
      reject(gated, `the kinds of its SLOs, or their looks and confidence, differ from those of \`${model.policy.name}\``);
  }
  const templates = setTemplates(set, model, context);
  const members = new Map(
    fitting(model).map(({ policy }): [ReleasePolicy, PolicyTemplates] => [
      policy,
      { byRole: forGates(templates, policy.gates.length), values: new Map(policy.gates.flatMap((gate, i) => values(gate, policy, i + 1))) },
    ]),
  );
  const { environment } = model.policy;
  return [{ ...(environment !== undefined && { environment }), templates: templates.map(({ template }) => template), members }];
}

type Shared = Gated<PrometheusPolicy>;

interface SetTemplate {
  readonly role: TemplateRole;
  /** Which SLO of a policy it is for, from 1. */
  readonly position: number;
  readonly template: AnalysisTemplate;
}

/** The templates of each role for as many SLOs as the policy has. */
function forGates(templates: readonly SetTemplate[], gates: number): PolicyTemplates["byRole"] {
  const byRole = new Map<TemplateRole, readonly AnalysisTemplate[]>();
  for (const { role, position, template } of templates) {
    if (position <= gates) byRole.set(role, [...(byRole.get(role) ?? []), template]);
  }
  return byRole;
}

const ROLES: readonly TemplateRole[] = ["background", "promote", "budget"];

function setTemplates(set: string, { policy, rhythm }: Shared, { options, render }: Context): readonly SetTemplate[] {
  const secrets = secretArguments(policy.source);
  const { whole, stepwise } = asking(policy);
  const parts = policy.gates.map((gate, i) => {
    const checks = {
      whole: [sharedChecks(gate, policy, i + 1, evidenceAtEnd(gate, valueOf(numbered("min-requests", i + 1))), whole)],
      stepwise: [sharedChecks(gate, policy, i + 1, evidenceByStep(gate, valueOf(numbered("min-requests", i + 1))), stepwise)],
      guards: [],
    };
    return canaryParts(policy, rhythm, checks).map(withSelectorArguments);
  });
  return ROLES.flatMap((role) => {
    const description = sharedDescription(role, policy, rhythm, render);
    const ofRole = parts.flatMap((each, i) =>
      each.filter((part) => part.role === role && part.metrics.length > 0).map((part) => ({ part, position: i + 1 })),
    );
    return ofRole.map(({ part, position }, i): SetTemplate => {
      const identity = { name: `${set}-${role}-${position}`, scope: "cluster", namespace: undefined, labels: {}, description } as const;
      // Rules hold for the whole run, and two with one text are refused: the first template has them for all.
      return { role, position, template: analysisTemplate(identity, templateSpec(part, secrets, options.keepMeasurements, i === 0)) };
    });
  });
}

/** Why a policy cannot do with arguments. */
function whyNot(policy: PrometheusPolicy): string | undefined {
  if (policy.delivery.kind === "blueGreen") return "it releases blue-green";
  if (policy.guards.length > 0) return "its guards are queries of its own";
  if (sharedIsolation(policy.isolation) === undefined) return "its matchers for canary and stable are its own";
  for (const { slo, ...gate } of policy.gates) {
    if (metricStem(slo.id) !== slo.id) return `\`${slo.id}\` holds more than small letters, digits and dashes`;
    const events = countedEvents({ slo, ...gate });
    if (events === undefined) return `\`${slo.id}\` has no counts`;
    if ([events.events, events.total].some((query) => soleSelector(query) === undefined)) {
      return `a query of \`${slo.id}\` is more than the sum of one counter's rate`;
    }
  }
  return undefined;
}

/** What all policies of a set have in common, word for word. */
function policyStructure(policy: PrometheusPolicy): string {
  const { delivery, enforcement, isolation, matchers, source, gates } = policy;
  const { window, fail, promote, sourceDown } = gates[0]?.settings ?? never();
  return JSON.stringify(
    [
      enforcement,
      source,
      matchers.map(({ label, op, value }) => [label, op, value]),
      sharedIsolation(isolation)?.isolation,
      delivery.kind === "canary" ? delivery.steps.reduce((sum, { bake }) => sum + bake, 0) : 0,
      [window, fail.every, promote.goodLooks, promote.every, promote.maxWait, promote.onTimeout, sourceDown],
      bypassAnnotations(policy).length,
    ],
    replacer,
  );
}

/** What the checks of one SLO are but for names, selectors and numbers. */
function gateStructure(gate: PrometheusGate): string {
  const { fail, extreme, promote, confidence, minBadEvents, evidence, budget, noSeries, noTraffic } = gate.settings;
  const events = countedEvents(gate);
  const isOne = (times: Rational | undefined): boolean => times !== undefined && equal(times, ONE);
  return JSON.stringify([
    [events?.counted, events && [events.events, events.total].map(readsBucket)],
    [fail.looks, isOne(fail.timesStable), extreme !== undefined, isOne(extreme?.timesStable), isOne(promote.timesStable)],
    [toDecimal(confidence), minBadEvents, evidence.by, evidence.otherwise],
    [budget?.exhausted, budget?.bypassAnnotation !== undefined, noSeries, noTraffic],
  ]);
}

/** Places say nothing about a structure, and JSON knows no exact numbers. */
function replacer(key: string, value: unknown): unknown {
  return key === "at" ? undefined : typeof value === "bigint" ? String(value) : value;
}

const SUFFIX = "-{hash}-.+";
const WORKLOAD = "workload";

/** The workload's name in the pods' names as an argument; any other isolation by hash as it is. */
function sharedIsolation(
  isolation: Isolation<Matcher>,
): { readonly isolation: Isolation<Matcher>; readonly workload?: string } | undefined {
  if (isolation.strategy === "podTemplateHash") return { isolation };
  const [canary, ...more] = isolation.canary;
  if (isolation.strategy !== "podName" || canary === undefined || more.length > 0) return undefined;
  if (typeof canary.value !== "string" || !canary.value.endsWith(SUFFIX)) return undefined;
  const shared = [{ ...canary, value: valueOf(WORKLOAD) + SUFFIX }];
  return { isolation: { ...isolation, canary: shared, stable: shared }, workload: canary.value.slice(0, -SUFFIX.length) };
}

function numbered(name: string, position: number): string {
  return `${name}-${position}`;
}

type NumberName = (typeof NUMBERS)[number];

/** Stands for the number in a query's tree until the argument takes its place: like no constant that a gate has of its own. */
function standIn(name: NumberName): Rational {
  return rational(710_001 + 2 * NUMBERS.indexOf(name), 1_000_000);
}

function sharedChecks(
  gate: PrometheusGate,
  policy: PrometheusPolicy,
  position: number,
  minRequests: Expr | undefined,
  ask: Ask,
): GateChecks {
  const argument = (name: string): string => valueOf(numbered(name, position));
  const { isolation } = sharedIsolation(policy.isolation) ?? never();
  const queries = gateQueries(withStandIns(gate, position), { ...policy, isolation }, HASHES, minRequests);
  const open = new Map(NUMBERS.map((name) => [toDecimal(standIn(name)), argument(name)]));
  const named = {
    stem: argument("slo"),
    queries: mapQueries(queries, (query) => withArguments(query, open)),
    limits: { fail: argument("fail-burn-rate"), extreme: argument("extreme-burn-rate"), promote: argument("promote-burn-rate") },
    settings: gate.settings,
  };
  return checksBy(named, ask);
}

/** The gate with stand-ins for all that the arguments say: its id, its selectors and its numbers. */
function withStandIns(gate: PrometheusGate, position: number): PrometheusGate {
  const { slo, settings, at } = gate;
  const events = countedEvents(gate) ?? never();
  const { fail, extreme, promote, budget } = settings;
  const burn = (name: NumberName): BurnRate => burnRate(standIn(name)) ?? never();
  const share = (name: NumberName): Ratio => ratio(standIn(name)) ?? never();
  const times = (name: NumberName, own: Rational): Rational => (equal(own, ONE) ? own : standIn(name));
  return {
    at,
    slo: {
      ...slo,
      id: valueOf(numbered("slo", position)),
      objective: { ...slo.objective, budget: share("budget") },
      budgeting: { kind: "occurrences" },
      indicator: {
        kind: "events",
        counted: events.counted,
        events: sharedQuery(events.events, numbered(events.counted, position)),
        total: sharedQuery(events.total, numbered("total", position)),
        at: slo.indicator.at,
      },
    },
    settings: {
      ...settings,
      fail: { ...fail, burnRate: burn("fail-burn-rate"), timesStable: times("fail-times-stable", fail.timesStable) },
      promote: { ...promote, burnRate: burn("promote-burn-rate"), timesStable: times("promote-times-stable", promote.timesStable) },
      ...(extreme && {
        extreme: { ...extreme, burnRate: burn("extreme-burn-rate"), timesStable: times("extreme-times-stable", extreme.timesStable) },
      }),
      ...(budget && { budget: { ...budget, tightenAt: share("tighten-at") } }),
    },
  };
}

/** The values of one SLO's arguments; those that no template takes are left out when the run is made. */
function values(
  { slo, settings, ...gate }: PrometheusGate,
  policy: PrometheusPolicy,
  position: number,
): readonly (readonly [string, string])[] {
  const { fail, extreme, promote, budget, evidence } = settings;
  const events = countedEvents({ slo, settings, ...gate }) ?? never();
  const workload = sharedIsolation(policy.isolation)?.workload;
  const numbers: Readonly<Record<NumberName, Rational | undefined>> = {
    budget: slo.objective.budget,
    "fail-burn-rate": fail.burnRate,
    "fail-times-stable": fail.timesStable,
    "extreme-burn-rate": extreme?.burnRate,
    "extreme-times-stable": extreme?.timesStable,
    "promote-burn-rate": promote.burnRate,
    "promote-times-stable": promote.timesStable,
    "tighten-at": budget?.tightenAt,
  };
  return [
    // The template has the quotes around it already.
    ...(workload === undefined ? [] : [[WORKLOAD, quote(workload).slice(1, -1)] as const]),
    [numbered("slo", position), slo.id],
    [numbered(events.counted, position), selectorText(events.events)],
    [numbered("total", position), selectorText(events.total)],
    ...NUMBERS.flatMap((name) => {
      const value = numbers[name];
      return value === undefined ? [] : [[numbered(name, position), toDecimal(value)] as const];
    }),
    [numbered("min-requests", position), String(evidence.minRequests)],
  ];
}

/** The one selector of `sum(rate(selector[window]))`, however it is grouped. */
function soleSelector({ tree }: PromqlQuery): VectorSelector | undefined {
  const bare = tree && withoutParens(tree);
  if (bare === undefined) return undefined;
  const inner = bare.kind === "aggregation" && bare.op === "sum" ? withoutParens(bare.expr) : bare;
  const argument = inner.kind === "call" && (inner.function === "rate" || inner.function === "increase") ? inner.args[0] : undefined;
  if (argument?.kind !== "matrix" || argument.range.kind !== "window") return undefined;
  const { selector } = argument;
  const isPlain = selector.offset === undefined && selector.anchor === undefined;
  return isPlain && [selector.name, ...selector.matchers.map(({ value }) => value)].every((text) => typeof text !== "object")
    ? selector
    : undefined;
}

function readsBucket(query: PromqlQuery): boolean {
  const name = soleSelector(query)?.name;
  return typeof name === "string" && name.endsWith("_bucket");
}

/** What stands between a selector's braces, its name as the matcher that it is. */
function selectorText(query: PromqlQuery): string {
  const { name, matchers } = soleSelector(query) ?? never();
  const named: readonly Matcher[] = name === undefined ? [] : [{ label: "__name__", op: "=", value: name }];
  return printExpr(series(undefined, [...named, ...matchers])).slice(1, -1);
}

const STAND_IN = "slogen";

/** PromQL has no place for matchers that come as a text, so a matcher that no user can have written keeps it. */
function sharedQuery(query: PromqlQuery, argument: string): PromqlQuery {
  const name = readsBucket(query) ? `${STAND_IN}_bucket` : STAND_IN;
  const selector = series(name, [{ label: STAND_IN, op: "=", value: valueOf(argument) }]);
  return { ...query, tree: aggregate("sum", call("rate", range(selector, WINDOW))) };
}

/** A blank keeps the brace of the selector apart from those of the argument: Argo reads three as an argument named `{args...`. */
function withSelectorArguments(part: TemplatePart): TemplatePart {
  const metrics = part.metrics.map((metric) => {
    if (!("prometheus" in metric.provider)) return metric;
    const { prometheus } = metric.provider;
    const query = prometheus.query.replace(/\bslogen(?:_bucket)?\{slogen="(\{\{args\.[a-z0-9-]+\}\})"/g, "{ $1");
    return { ...metric, provider: { prometheus: { ...prometheus, query } } };
  });
  return { ...part, metrics };
}

function withArguments(expr: Expr, open: ReadonlyMap<string, string>): Expr {
  if (expr.kind === "number") return number(open.get(expr.text) ?? expr.text);
  return withChildren(expr, (child) => withArguments(child, open));
}

function mapQueries(
  { fail, extreme, series: missing, promote, budget, budgetLeft, canaryBurn, stableBurn }: GateQueries,
  change: (query: Expr) => Expr,
): GateQueries {
  return {
    fail: change(fail),
    ...(extreme && { extreme: change(extreme) }),
    ...(missing && { series: change(missing) }),
    promote: change(promote),
    ...(budget && { budget: change(budget) }),
    ...(budgetLeft && { budgetLeft: change(budgetLeft) }),
    canaryBurn: change(canaryBurn),
    stableBurn: change(stableBurn),
  };
}

/** In the order in which each key first comes. */
function groups<T>(items: readonly T[], key: (item: T) => string): readonly (readonly T[])[] {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return [...found.values()];
}

function never(): never {
  throw new Error("only what fits the shared templates comes here");
}
