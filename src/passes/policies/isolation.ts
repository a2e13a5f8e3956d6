import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { Isolation } from "../../model/policy.ts";
import type { Matcher } from "../../promql/ast.ts";
import { parseExpr } from "../../promql/parse.ts";
import { spanWithin } from "../../yaml/locate.ts";
import { entryOf, textOf, valueOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { flagAt, itemsAt, keySpan, textAt, valueSpan } from "./fields.ts";
import { sharedSeries } from "./overlap.ts";
import type { RolloutServices } from "./workloads.ts";

/** Stands in a matcher's or tag's value for the hash of that side's ReplicaSet. */
export const HASH = "{hash}";

export interface IsolationContext {
  readonly rollout: string;
  readonly services: RolloutServices;
  readonly at: Span;
  readonly report: Report;
}

type Sides = Pick<Isolation<Matcher>, "canary" | "stable" | "revisionUnique">;

/** How the two versions are told apart; undefined, with a report, where they would not be. */
export function isolationOf(spec: YamlMap, context: IsolationContext): Isolation<Matcher> | undefined {
  const node = valueOf(spec, "isolation");
  const at = keySpan(spec, ["isolation"], context.at);
  const isExplicit = valueOf(node, "canary") !== undefined;
  const strategy = isExplicit ? "explicit" : strategyOf(textAt(node, "strategy"));
  checkUnused(strategy, node, context.report);
  const sides = strategy === "explicit" ? explicitSides(node, at, context.report) : namedSides(strategy, node, at, context);
  if (sides?.revisionUnique === true && strategy === "explicit" && !holdsHash(sides.canary)) {
    context.report(policyCodes["doubtful-unique"](keySpan(node, ["revisionUnique"], at), {}));
  }
  return sides && { strategy, ...sides, except: exceptedIn(node), at };
}

/** The metrics that stay as they are. */
export function exceptedIn(isolation: YamlNode | undefined): readonly string[] {
  return itemsAt(isolation, "except").map((item) => textOf(item) ?? "");
}

export function checkUnused(strategy: Isolation["strategy"], node: YamlNode | undefined, report: Report): void {
  const unused = [
    ...(strategy === "explicit" ? [] : ["revisionUnique"]),
    ...(strategy === "istioHost" ? [] : ["canaryService", "stableService"]),
  ];
  for (const key of unused) {
    const entry = entryOf(node, key);
    if (entry !== undefined) report(policyCodes["unused-isolation"](entry.key.at, { key, strategy }));
  }
}

type Named = Exclude<Isolation<Matcher>["strategy"], "flagger" | "explicit">;

function strategyOf(text: string | undefined): Named {
  return text === "podTemplateHash" || text === "istioHost" || text === "nginx" ? text : "podName";
}

function namedSides(strategy: Named, node: YamlNode | undefined, at: Span, context: IsolationContext): Sides | undefined {
  switch (strategy) {
    case "podName":
      return byPodName(node, at, context);
    case "podTemplateHash": {
      // The pod label `rollouts-pod-template-hash` as service discovery's `labelmap` writes it.
      const matchers: readonly Matcher[] = [{ label: "rollouts_pod_template_hash", op: "=", value: HASH }];
      return { canary: matchers, stable: matchers, revisionUnique: true };
    }
    case "istioHost":
      return byService(node, at, context);
    case "nginx":
      // The backend that a request was diverted to; empty for all others. Since ingress-nginx 1.0.2.
      return {
        canary: [{ label: "canary", op: "!=", value: "" }],
        stable: [{ label: "canary", op: "=", value: "" }],
        revisionUnique: false,
      };
  }
}

/**
 * Kubernetes makes room for five random characters in 63 by cutting the generated part, `<rollout>-<hash>-`, at 58;
 * a hash has up to ten. https://github.com/kubernetes/apiserver/blob/master/pkg/storage/names/generate.go
 */
const LONGEST_ROLLOUT = 58 - "-0123456789-".length;

/** Whether the names of a Rollout's pods are cut, which is reported. */
export function isTooLong(rollout: string, node: YamlNode | undefined, at: Span, report: Report): boolean {
  if (rollout.length <= LONGEST_ROLLOUT) return false;
  report(policyCodes["long-name"](valueSpan(node, ["strategy"], at), { name: rollout, limit: LONGEST_ROLLOUT }));
  return true;
}

function byPodName(node: YamlNode | undefined, at: Span, { rollout, report }: IsolationContext): Sides | undefined {
  if (isTooLong(rollout, node, at, report)) return undefined;
  const matchers: readonly Matcher[] = [{ label: "pod", op: "=~", value: `${rollout.replaceAll(".", "\\.")}-${HASH}-.+` }];
  return { canary: matchers, stable: matchers, revisionUnique: true };
}

/** https://istio.io/latest/docs/reference/config/metrics/ */
function byService(node: YamlNode | undefined, at: Span, { services, report }: IsolationContext): Sides | undefined {
  const canary = textAt(node, "canaryService") ?? services.canary;
  const stable = textAt(node, "stableService") ?? services.stable;
  const span = valueSpan(node, ["strategy"], at);
  if (canary === undefined || stable === undefined) {
    const missing = [
      ...(canary === undefined ? ["canaryService" as const] : []),
      ...(stable === undefined ? ["stableService" as const] : []),
    ];
    report(policyCodes["service-needed"](span, { missing }));
    return undefined;
  }
  if (canary === stable) {
    report(policyCodes["same-sides"](valueSpan(node, ["canaryService"], span), {}));
    return undefined;
  }
  const matcher = (value: string): Matcher => ({ label: "destination_service_name", op: "=", value });
  return { canary: [matcher(canary)], stable: [matcher(stable)], revisionUnique: false };
}

function holdsHash(matchers: readonly Matcher[]): boolean {
  return matchers.some(({ value }) => typeof value === "string" && value.includes(HASH));
}

/** The matchers that the policy gives for both sides; undefined, with a report, where they select the same. */
export function explicitSides(node: YamlNode | undefined, at: Span, report: Report): Sides | undefined {
  const [canary, stable] = [matchersIn(valueOf(node, "canary"), report), matchersIn(valueOf(node, "stable"), report)];
  if (canary === undefined || stable === undefined) return undefined;
  if (!holdsHash(canary) && same(canary, stable)) {
    report(policyCodes["same-sides"](valueSpan(node, ["stable"], at), {}));
    return undefined;
  }
  const shared = sharedSeries({ canary, stable });
  if (shared !== undefined) {
    report(
      policyCodes["same-sides"](valueSpan(node, ["stable"], at), { shared: [...shared].map(([label, value]) => `${label}="${value}"`) }),
    );
    return undefined;
  }
  return { canary, stable, revisionUnique: flagAt(node, "revisionUnique") ?? false };
}

function same(canary: readonly Matcher[], stable: readonly Matcher[]): boolean {
  const text = (matchers: readonly Matcher[]): string => JSON.stringify(matchers.map(({ label, op, value }) => [label, op, value]).sort());
  return text(canary) === text(stable);
}

/** The matchers of a text such as `version="canary", tier="web"`. */
function matchersIn(node: YamlNode | undefined, report: Report): readonly Matcher[] | undefined {
  if (node?.kind !== "scalar") return undefined;
  // Read as a selector of some series, so offsets are those of the text and what stands before it.
  const before = "x{";
  const parsed = parseExpr(`${before}${node.text}}`, { windows: false });
  const whole = parsed.ok && parsed.expr.kind === "vector" && parsed.expr.matchers.length > 0 ? parsed.expr : undefined;
  if (whole !== undefined && whole.offset === undefined && whole.anchor === undefined) {
    return whole.matchers.map(({ label, op, value }) => ({ label, op, value }));
  }
  const { start, end } = parsed.ok ? { start: before.length, end: before.length + node.text.length } : parsed.error.at;
  const place = (offset: number): number => Math.min(Math.max(offset - before.length, 0), node.text.length);
  const problem = parsed.ok ? "they hold more than matchers" : parsed.error.message;
  report(policyCodes["bad-matchers"](spanWithin(node, place(start), place(end)), { problem }));
  return undefined;
}
