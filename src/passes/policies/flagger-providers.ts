import type { FlaggerController, FlaggerProvider } from "../../model/policy.ts";
import type { Matcher } from "../../promql/ast.ts";

/** How a provider's metrics tell canary from primary. */
export interface Telling {
  /** Values hold `{target}`, `{service}`, `{ingress}` and `{namespace}`. */
  readonly canary: readonly Matcher[];
  readonly primary: readonly Matcher[];
  /**
   * The matcher by which series come from the canary's own pods, or `always`. Flagger scales the canary to nothing between two releases,
   * so such series are of one release; the counters of an ingress or a client go on.
   */
  readonly ownPods?: "always" | Matcher;
}

type Target = FlaggerController["target"];

/** How the versions are told apart; undefined where the provider's metrics do not tell. */
export function tellingOf(provider: FlaggerProvider, target: Target): Telling | undefined {
  return TELLINGS[provider]?.(target);
}

const is = (label: string, value: string): Matcher => ({ label, op: "=", value });
const like = (label: string, value: string): Matcher => ({ label, op: "=~", value });

const IN_NAMESPACE = is("namespace", "{namespace}");

/** `<workload>-<hash of the ReplicaSet>-<five random characters>`; the pods of a DaemonSet have no hash. */
const SUFFIX: Readonly<Record<Target, string>> = { Deployment: "[0-9a-z]+-[0-9a-z]{5}", DaemonSet: "[0-9a-z]{5}" };

/** Services and label values have at most 63 characters, and the primary's are the target's with `-primary`. */
export const LONGEST_NAME = 63 - "-primary".length;

/** Longest names whose pods' names are not cut: 58 characters without the random ones, a hash of up to ten. */
export const LONGEST_BY_PODS: Readonly<Record<Target, number>> = {
  Deployment: 58 - "-primary-0123456789-".length,
  DaemonSet: 58 - "-primary-".length,
};

/** What the application exports itself, with the labels that service discovery gives its pods. */
function byPods(target: Target): Telling {
  const pods = (name: string): Matcher => like("pod", `${name}-${SUFFIX[target]}`);
  return { canary: [IN_NAMESPACE, pods("{target}")], primary: [IN_NAMESPACE, pods("{target}-primary")], ownPods: "always" };
}

/**
 * Names as Flagger's routers give them to what they make (pkg/router), labels as its own queries use them (pkg/metrics/observers).
 * Missing are the providers of which slogen knows no such labels, and APISIX: Flagger puts both versions into one `ApisixRoute`,
 * and the label `route` names that route.
 */
const TELLINGS: Readonly<Partial<Record<FlaggerProvider, (target: Target) => Telling>>> = {
  // https://istio.io/latest/docs/reference/config/metrics/
  istio: () => ({
    canary: [is("destination_workload_namespace", "{namespace}"), is("destination_workload", "{target}")],
    primary: [is("destination_workload_namespace", "{namespace}"), is("destination_workload", "{target}-primary")],
    ownPods: is("reporter", "destination"),
  }),
  // https://linkerd.io/2/reference/proxy-metrics/
  linkerd: (target) => {
    const label = target === "DaemonSet" ? "daemonset" : "deployment";
    return {
      canary: [IN_NAMESPACE, is(label, "{target}")],
      primary: [IN_NAMESPACE, is(label, "{target}-primary")],
      ownPods: is("direction", "inbound"),
    };
  },
  // The backend that a request was diverted to; empty for all others. Since ingress-nginx 1.0.2.
  nginx: () => ({
    canary: [IN_NAMESPACE, is("ingress", "{ingress}"), { label: "canary", op: "!=", value: "" }],
    primary: [IN_NAMESPACE, is("ingress", "{ingress}"), is("canary", "")],
  }),
  // Envoy's clusters, by Contour `<namespace>_<Service>_<port>` and by Gloo `<Upstream>_<namespace>`.
  contour: () => ({
    canary: [like("envoy_cluster_name", "{namespace}_{service}-canary_[0-9a-zA-Z-]+")],
    primary: [like("envoy_cluster_name", "{namespace}_{service}-primary_[0-9a-zA-Z-]+")],
  }),
  gloo: () => ({
    canary: [like("envoy_cluster_name", "{namespace}-{service}-canaryupstream-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+")],
    primary: [like("envoy_cluster_name", "{namespace}-{service}-primaryupstream-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+")],
  }),
  // https://doc.traefik.io/traefik/observability/metrics/overview/
  traefik: () => ({
    canary: [like("service", "{namespace}-{service}-canary-[0-9a-zA-Z-]+@kubernetescrd")],
    primary: [like("service", "{namespace}-{service}-primary-[0-9a-zA-Z-]+@kubernetescrd")],
  }),
  kubernetes: byPods,
  "gatewayapi:v1": byPods,
  "gatewayapi:v1beta1": byPods,
};

/** Those whose router divides the traffic by `analysis.match`. Most others switch all of it to the canary at once, and Gloo's leaves the rest without a route. */
const MATCHING: ReadonlySet<FlaggerProvider> = new Set([
  "istio",
  "nginx",
  "contour",
  "gatewayapi:v1",
  "gatewayapi:v1beta1",
  "appmesh",
  "appmesh:v1beta2",
]);

export function dividesByMatch(provider: FlaggerProvider): boolean {
  return MATCHING.has(provider);
}
