import type { TagFilter } from "../../datadogql/ast.ts";
import { tag } from "../../datadogql/build.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { Isolation } from "../../model/policy.ts";
import { valueOf, type YamlMap, type YamlNode } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { sameTags, sharedTags, tagsIn } from "./datadog-tags.ts";
import { flagAt, keySpan, textAt, valueSpan } from "./fields.ts";
import { checkUnused, exceptedIn, HASH, isTooLong, type IsolationContext } from "./isolation.ts";

type Sides = Pick<Isolation<TagFilter>, "canary" | "stable" | "revisionUnique">;

/** How the two versions are told apart by tags; undefined, with a report, where they would not be. */
export function datadogIsolationOf(spec: YamlMap, context: Omit<IsolationContext, "services">): Isolation<TagFilter> | undefined {
  const node = valueOf(spec, "isolation");
  const at = keySpan(spec, ["isolation"], context.at);
  const except = exceptedIn(node);
  if (valueOf(node, "canary") !== undefined) {
    checkUnused("explicit", node, context.report);
    const sides = explicitTags(node, at, context.report);
    if (sides?.revisionUnique === true && !holdsHash(sides.canary)) {
      context.report(policyCodes["doubtful-unique"](keySpan(node, ["revisionUnique"], at), {}));
    }
    return sides && { strategy: "explicit", ...sides, except, at };
  }
  const strategy = textAt(node, "strategy");
  if (strategy === "istioHost" || strategy === "nginx") {
    context.report(policyCodes["strategy-on-datadog"](valueSpan(node, ["strategy"], at), { strategy }));
    return undefined;
  }
  const named = strategy === "podName" ? "podName" : "podTemplateHash";
  checkUnused(named, node, context.report);
  const sides = named === "podName" ? byPodName(node, at, context) : byReplicaSet(context.rollout);
  return sides && { strategy: named, ...sides, except, at };
}

/** Argo names a ReplicaSet `<rollout>-<hash>`, and agents send its name by default: https://docs.datadoghq.com/containers/kubernetes/tag/ */
function byReplicaSet(rollout: string): Sides {
  const tags = [tag("kube_replica_set", `${rollout}-${HASH}`)];
  return { canary: tags, stable: tags, revisionUnique: true };
}

function byPodName(
  node: YamlNode | undefined,
  at: Span,
  { rollout, report }: Pick<IsolationContext, "rollout" | "report">,
): Sides | undefined {
  const pods = `${rollout}-${HASH}-*`;
  report(policyCodes["optional-tag"](valueSpan(node, ["strategy"], at), { tag: `pod_name:${pods}` }));
  if (isTooLong(rollout, node, at, report)) return undefined;
  const tags = [tag("pod_name", pods)];
  return { canary: tags, stable: tags, revisionUnique: true };
}

function holdsHash(tags: readonly TagFilter[]): boolean {
  return tags.some(({ negated, value }) => !negated && value?.includes(HASH) === true);
}

/** The tags that the policy gives for both sides; undefined, with a report, where they select the same. */
export function explicitTags(node: YamlNode | undefined, at: Span, report: Report): Sides | undefined {
  const [canary, stable] = [tagsIn(valueOf(node, "canary"), report), tagsIn(valueOf(node, "stable"), report)];
  if (canary === undefined || stable === undefined) return undefined;
  if (!holdsHash(canary) && sameTags(canary, stable)) {
    report(policyCodes["same-sides"](valueSpan(node, ["stable"], at), {}));
    return undefined;
  }
  const shared = sharedTags(canary, stable);
  if (shared !== undefined) {
    report(policyCodes["same-sides"](valueSpan(node, ["stable"], at), { shared }));
    return undefined;
  }
  // A tag that holds the hash is of one revision: there is no relabelling that could take it from elsewhere.
  return { canary, stable, revisionUnique: flagAt(node, "revisionUnique") ?? holdsHash(canary) };
}
