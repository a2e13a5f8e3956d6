import type { Report } from "../../diagnostics/diagnostic.ts";
import type { FlaggerController, Isolation, PrometheusGate, Workload } from "../../model/policy.ts";
import { selectorsOf, seriesName } from "../../promql/rewrite.ts";
import type { Matcher, VectorSelector } from "../../promql/ast.ts";
import { entryOf, textOf, valueOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { keySpan, textAt, valueSpan } from "./fields.ts";
import { LONGEST_BY_PODS, LONGEST_NAME, tellingOf, type Telling } from "./flagger-providers.ts";
import { exceptedIn, explicitSides, HASH } from "./isolation.ts";
import { queriesOf } from "./queries.ts";
import type { CanaryFacts } from "./workloads.ts";

export interface FlaggerIsolationContext {
  readonly controller: FlaggerController;
  /** With the namespace of the place. */
  readonly workload: Workload;
  readonly canary: CanaryFacts | undefined;
  /** Whether Flagger is the policy's one controller; else what only Argo Rollouts can do is meant for that. */
  readonly isAlone: boolean;
  readonly report: Report;
}

/** How the series of canary and primary are told apart; undefined, with a report, where they would not be. */
export function flaggerIsolationOf(
  spec: YamlMap,
  gates: readonly PrometheusGate[],
  context: FlaggerIsolationContext,
): Isolation<Matcher> | undefined {
  const { controller, workload, canary, report } = context;
  const node = valueOf(spec, "isolation");
  const at = keySpan(spec, ["isolation"], controller.at);
  const except = exceptedIn(node);
  if (saysBothSides(node, context)) {
    const sides = explicitSides(node, at, report);
    return sides && { strategy: "explicit", ...sides, except, at };
  }
  const telling = tellingOf(controller.provider, controller.target);
  if (telling === undefined) {
    const params = { provider: controller.provider, service: canary?.service ?? workload.name };
    report(policyCodes["untold-provider"](valueSpan(spec, ["flagger", "provider"], controller.at), params));
    return undefined;
  }
  if (telling.ownPods === "always" && isCut(context)) return undefined;
  const names = {
    target: workload.name,
    service: canary?.service ?? workload.name,
    ingress: canary?.ingress ?? workload.name,
    ...(workload.namespace !== undefined && { namespace: workload.namespace }),
  };
  const filled = (side: readonly Matcher[]): readonly Matcher[] => side.map((matcher) => withNames(matcher, names));
  return {
    strategy: "flagger",
    canary: filled(telling.canary),
    stable: filled(telling.primary),
    revisionUnique: isOfOwnPods(telling.ownPods, gates, except),
    except,
    at,
  };
}

/** Whether the policy gives matchers or tags that Flagger can use. What it gives for Argo Rollouts is reported, unless that is there too. */
export function saysBothSides(node: YamlNode | undefined, { isAlone, controller, report }: FlaggerIsolationContext): boolean {
  const strategy = textAt(node, "strategy");
  const hashed = [valueOf(node, "canary"), valueOf(node, "stable")].find((side) => textOf(side)?.includes(HASH) === true);
  if (isAlone) {
    if (strategy !== undefined) report(policyCodes["strategy-on-flagger"](valueSpan(node, ["strategy"], controller.at), { strategy }));
    if (hashed !== undefined) report(policyCodes["hash-on-flagger"](hashed.at, {}));
    const unused = ["canaryService", "stableService", ...(valueOf(node, "canary") === undefined ? ["revisionUnique"] : [])];
    for (const key of unused) {
      const entry = strategy === undefined ? entryOf(node, key) : undefined;
      if (entry !== undefined) report(policyCodes["unused-isolation"](entry.key.at, { key, strategy: "flagger" }));
    }
  }
  return valueOf(node, "canary") !== undefined && hashed === undefined;
}

/** Of a cut name the last part is the hash and the random characters in one, and the canary's pattern would select the primary's pods. */
function isCut({ controller: { target }, workload: { name, at }, report }: FlaggerIsolationContext): boolean {
  const limit = LONGEST_BY_PODS[target];
  // Above the other limit no matchers are of use, which is said elsewhere.
  if (name.length <= limit || name.length > LONGEST_NAME) return false;
  report(policyCodes["long-deployment"](at, { name, limit, because: "pods" }));
  return true;
}

type Names = Readonly<Partial<Record<string, string>>>;

/** An unknown namespace stays as `{namespace}`. */
function withNames(matcher: Matcher, names: Names): Matcher {
  if (typeof matcher.value !== "string") return matcher;
  const value = matcher.value.replace(/\{([a-z]+)\}/g, (hole, key: string) => {
    const name = names[key];
    if (name === undefined) return hole;
    return matcher.op === "=~" ? name.replaceAll(".", "\\.") : name;
  });
  return { ...matcher, value };
}

function isOfOwnPods(ownPods: Telling["ownPods"], gates: readonly PrometheusGate[], except: readonly string[]): boolean {
  if (ownPods === undefined || ownPods === "always") return ownPods === "always";
  const asks = ({ matchers }: VectorSelector): boolean =>
    matchers.some(({ label, op, value }) => label === ownPods.label && op === ownPods.op && value === ownPods.value);
  const selectors = gates.flatMap(queriesOf).flatMap(({ tree }) => (tree === undefined ? [] : selectorsOf(tree)));
  return selectors.every((selector) => except.includes(seriesName(selector) ?? "") || asks(selector));
}
