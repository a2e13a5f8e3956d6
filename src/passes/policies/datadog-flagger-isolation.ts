import type { TagFilter } from "../../datadogql/ast.ts";
import { tag } from "../../datadogql/build.ts";
import type { Isolation } from "../../model/policy.ts";
import { valueOf, type YamlMap } from "../../yaml/tree.ts";
import { explicitTags } from "./datadog-isolation.ts";
import { keySpan } from "./fields.ts";
import { saysBothSides, type FlaggerIsolationContext } from "./flagger-isolation.ts";
import { exceptedIn } from "./isolation.ts";

/**
 * How canary and primary are told apart by tags; undefined, with a report, where they would not be. Agents send the workload's name by
 * default, which is the same in every release: https://docs.datadoghq.com/containers/kubernetes/tag/
 */
export function datadogFlaggerIsolationOf(spec: YamlMap, context: FlaggerIsolationContext): Isolation<TagFilter> | undefined {
  const { controller, workload, report } = context;
  const node = valueOf(spec, "isolation");
  const at = keySpan(spec, ["isolation"], controller.at);
  const except = exceptedIn(node);
  if (saysBothSides(node, context)) {
    const sides = explicitTags(node, at, report);
    return sides && { strategy: "explicit", ...sides, except, at };
  }
  const key = controller.target === "DaemonSet" ? "kube_daemon_set" : "kube_deployment";
  const around = workload.namespace === undefined ? [] : [tag("kube_namespace", workload.namespace)];
  return {
    strategy: "flagger",
    canary: [...around, tag(key, workload.name)],
    stable: [...around, tag(key, `${workload.name}-primary`)],
    revisionUnique: false,
    except,
    at,
  };
}
