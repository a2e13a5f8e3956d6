import type { Report } from "../../diagnostics/diagnostic.ts";
import { isWeightKnown } from "../../gate/ticks.ts";
import type { FlaggerPolicy, GateSettings } from "../../model/policy.ts";
import type { Matcher } from "../../promql/ast.ts";
import { selectorsOf } from "../../promql/rewrite.ts";
import { formatDuration, seconds } from "../../units/duration.ts";
import { less, toFigure } from "../../units/rational.ts";
import { spanWithin } from "../../yaml/locate.ts";
import type { YamlMap } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { keySpan } from "./fields.ts";
import { dividesByMatch, LONGEST_NAME } from "./flagger-providers.ts";
import { queriesOf } from "./queries.ts";

/** Checks what Flagger would do otherwise than the policy says, mostly without a word. `spec` is the policy's own, for the places in it. */
export function checkFlagger(policy: FlaggerPolicy, spec: YamlMap, report: Report): void {
  checkName(policy, report);
  checkDelivery(policy, report);
  checkMatch(policy, spec, report);
  checkInterval(policy, report);
  checkHooks(policy, report);
  for (const { settings, at } of policy.gates) checkMultipliers(settings, at, report);
  checkRenamed(policy, report);
}

function checkName({ workload: { name, at } }: FlaggerPolicy, report: Report): void {
  if (name.length > LONGEST_NAME) report(policyCodes["long-deployment"](at, { name, limit: LONGEST_NAME, because: "primary" }));
}

function checkDelivery({ delivery, controller: { provider } }: FlaggerPolicy, report: Report): void {
  if (delivery.kind === "blueGreen") {
    if (delivery.prePromotion === undefined) report(policyCodes["no-preview"](delivery.at, {}));
  } else if (provider === "kubernetes") report(policyCodes["steps-on-kubernetes"](delivery.at, {}));
}

function checkMatch({ delivery, controller: { provider, match, at } }: FlaggerPolicy, spec: YamlMap, report: Report): void {
  if (match === undefined) return;
  const by = !dividesByMatch(provider) ? "provider" : delivery.kind === "canary" ? "steps" : undefined;
  if (by !== undefined)
    report(policyCodes["unusable-match"](keySpan(spec, ["flagger", "match"], at), { by, provider, delivery: delivery.kind }));
}

/** https://docs.flagger.app/usage/how-it-works: anything below is raised to it without a word. */
const SHORTEST_INTERVAL = seconds(10);

function checkInterval(policy: FlaggerPolicy, report: Report): void {
  const { interval } = policy.controller;
  const twoScrapes = isWeightKnown(policy) ? seconds(2 * policy.source.scrapeInterval) : SHORTEST_INTERVAL;
  const least = seconds(Math.max(SHORTEST_INTERVAL, twoScrapes));
  if (interval === undefined || interval.value >= least) return;
  const because = interval.value < SHORTEST_INTERVAL ? "flagger" : "scrapes";
  report(policyCodes["short-interval"](interval.at, { interval: formatDuration(interval.value), least: formatDuration(least), because }));
}

/** Hooks ask a Prometheus by `curl`; Datadog answers nobody without keys. */
function checkHooks({ source, controller }: FlaggerPolicy, report: Report): void {
  if (source.type !== "datadog") return;
  for (const key of ["loadtester", "rollback"] as const) {
    const hook = controller[key];
    if (hook !== undefined) report(policyCodes["hook-on-datadog"](hook.at, { key, source: source.name }));
  }
}

/** `fail` is no metric of its own on Flagger: a release that is to be rolled back is one that does not go on. */
function checkMultipliers({ fail, extreme, promote }: GateSettings, at: GateSettings["fail"]["at"], report: Report): void {
  const limits = Object.entries({ fail, ...(extreme && { extreme }) });
  const [check, limit] = limits.find(([, { timesStable }]) => less(timesStable, promote.timesStable)) ?? [];
  if (check === undefined || limit === undefined) return;
  const params = { check, promote: toFigure(promote.timesStable), limit: toFigure(limit.timesStable) };
  report(policyCodes["promote-times-above"](promote.at.start === at.start ? limit.at : promote.at, params));
}

/** Labels that Flagger changes on the primary's pods, or that metrics have from its name. */
const RENAMED: ReadonlySet<string> = new Set([
  "app",
  "name",
  "app_kubernetes_io_name",
  "destination_app",
  "destination_workload",
  "deployment",
]);

function checkRenamed(policy: FlaggerPolicy, report: Report): void {
  if (policy.backend !== "prometheus") return;
  const { gates, isolation, workload } = policy;
  // A clash with those is an error of its own.
  const told = new Set([...isolation.canary, ...isolation.stable].map(({ label }) => label));
  for (const { scalar, tree } of gates.flatMap(queriesOf)) {
    const matchers = tree === undefined ? [] : selectorsOf(tree).flatMap((selector) => selector.matchers);
    for (const matcher of matchers) {
      const params = told.has(matcher.label) ? undefined : onCanaryAlone(matcher, workload.name);
      if (params === undefined) continue;
      const at = matcher.at === undefined ? scalar.at : spanWithin(scalar, matcher.at.start, matcher.at.end);
      report(policyCodes["primary-renamed"](at, params, { related: [{ at: workload.at, message: "Flagger releases this workload" }] }));
    }
  }
}

/** The matcher, and what selects both versions instead; undefined if it does not tell them apart. */
export function onCanaryAlone(
  { label, op, value }: Matcher,
  target: string,
): { readonly label: string; readonly value: string; readonly instead: string } | undefined {
  if (op !== "=") return undefined;
  const pattern = target.replaceAll(".", "\\\\.");
  if (RENAMED.has(label) && value === target) return { label, value, instead: `${label}=~"${pattern}(-primary)?"` };
  if (label === "job" && value === `${target}-canary`) return { label, value, instead: `job=~"${pattern}-(canary|primary)"` };
  return undefined;
}
