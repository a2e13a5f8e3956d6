import type { Json, JsonObject } from "../yaml/json.ts";
import type { KubernetesDocument } from "./objects.ts";

/** Where one kind of object names another: `[kind, group, paths]`. */
type References = readonly (readonly [kind: string, group: string | undefined, paths: readonly string[]])[];

const ANALYSES = [
  "strategy/canary/analysis/templates/templateName",
  "strategy/canary/steps/analysis/templates/templateName",
  "strategy/canary/steps/experiment/analyses/templateName",
  "strategy/blueGreen/prePromotionAnalysis/templates/templateName",
  "strategy/blueGreen/postPromotionAnalysis/templates/templateName",
];

const ROUTING = "strategy/canary/trafficRouting";
const INGRESSES = [
  `${ROUTING}/alb/ingress`,
  `${ROUTING}/alb/ingresses`,
  `${ROUTING}/nginx/stableIngress`,
  `${ROUTING}/nginx/stableIngresses`,
];

/** https://argo-rollouts.readthedocs.io/en/stable/features/specification/ */
const OF_ROLLOUT: References = [
  ["AnalysisTemplate", "argoproj.io", ANALYSES],
  ["ClusterAnalysisTemplate", "argoproj.io", ANALYSES],
  [
    "Service",
    undefined,
    [
      "strategy/blueGreen/activeService",
      "strategy/blueGreen/previewService",
      "strategy/canary/canaryService",
      "strategy/canary/stableService",
      "strategy/canary/pingPong/pingService",
      "strategy/canary/pingPong/pongService",
      `${ROUTING}/alb/rootService`,
      `${ROUTING}/smi/rootService`,
    ],
  ],
  ["Ingress", "networking.k8s.io", INGRESSES],
  ["VirtualService", "networking.istio.io", [`${ROUTING}/istio/virtualService/name`, `${ROUTING}/istio/virtualServices/name`]],
  ["DestinationRule", "networking.istio.io", [`${ROUTING}/istio/destinationRule/name`]],
  ["VirtualService", "appmesh.k8s.aws", [`${ROUTING}/appMesh/virtualService/name`]],
  ["TraefikService", "traefik.io", [`${ROUTING}/traefik/weightedTraefikServiceName`]],
  ["ApisixRoute", "apisix.apache.org", [`${ROUTING}/apisix/route/name`]],
  ["Mapping", "getambassador.io", [`${ROUTING}/ambassador/mappings`]],
  // https://rollouts-plugin-trafficrouter-gatewayapi.readthedocs.io/; the slash in the plugin's name is part of one step.
  ["HTTPRoute", "gateway.networking.k8s.io", [`${ROUTING}/plugins/argoproj-labs\\/gatewayAPI/httpRoute`]],
  ["GRPCRoute", "gateway.networking.k8s.io", [`${ROUTING}/plugins/argoproj-labs\\/gatewayAPI/grpcRoute`]],
  ["Deployment", "apps", ["workloadRef/name"]],
  ...podReferences("template/spec"),
];

/** What kustomize knows of a Deployment's pods, and of no other kind's. */
function podReferences(pod: string): References {
  const containers = [`${pod}/containers`, `${pod}/initContainers`];
  return [
    [
      "ConfigMap",
      undefined,
      [
        ...containers.flatMap((each) => [`${each}/env/valueFrom/configMapKeyRef/name`, `${each}/envFrom/configMapRef/name`]),
        `${pod}/volumes/configMap/name`,
        `${pod}/volumes/projected/sources/configMap/name`,
      ],
    ],
    [
      "Secret",
      undefined,
      [
        ...containers.flatMap((each) => [`${each}/env/valueFrom/secretKeyRef/name`, `${each}/envFrom/secretRef/name`]),
        `${pod}/volumes/secret/secretName`,
        `${pod}/volumes/projected/sources/secret/name`,
        `${pod}/imagePullSecrets/name`,
      ],
    ],
    ["ServiceAccount", undefined, [`${pod}/serviceAccountName`]],
    ["PersistentVolumeClaim", undefined, [`${pod}/volumes/persistentVolumeClaim/claimName`]],
    ["PriorityClass", "scheduling.k8s.io", [`${pod}/priorityClassName`]],
  ];
}

/** https://docs.flagger.app/usage/how-it-works#canary-resource */
const OF_CANARY: References = [
  ["MetricTemplate", "flagger.app", ["analysis/metrics/templateRef/name"]],
  ["AlertProvider", "flagger.app", ["analysis/alerts/providerRef/name"]],
  ["Deployment", "apps", ["targetRef/name"]],
  ["DaemonSet", "apps", ["targetRef/name"]],
  ["HorizontalPodAutoscaler", "autoscaling", ["autoscalerRef/name"]],
  ["ScaledObject", "keda.sh", ["autoscalerRef/name"]],
  ["Ingress", "networking.k8s.io", ["ingressRef/name"]],
];

/** Secrets are made by others, in the user's kustomization perhaps by a generator, which adds a hash to the name. */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  AnalysisTemplate: ["args/valueFrom/secretKeyRef/name", "metrics/provider/datadog/secretRef/name"],
  ClusterAnalysisTemplate: ["args/valueFrom/secretKeyRef/name", "metrics/provider/datadog/secretRef/name"],
  MetricTemplate: ["provider/secretRef/name"],
};

const AFFINITIES = ["podAffinity", "podAntiAffinity"].flatMap((affinity) => [
  `spec/template/spec/affinity/${affinity}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels`,
  `spec/template/spec/affinity/${affinity}/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels`,
]);

/**
 * What kustomize has to know of these objects, so that names, labels and numbers that an overlay changes agree in all of them; undefined
 * where it knows it by itself. `create` is as in Argo's own configuration, since kustomize refuses two that differ:
 * https://argo-rollouts.readthedocs.io/en/stable/features/kustomize/
 */
export function configurationFor(objects: readonly Pick<KubernetesDocument, "apiVersion">[]): JsonObject | undefined {
  const groups = new Set(objects.map(({ apiVersion }) => apiVersion.slice(0, apiVersion.indexOf("/"))));
  const [argo, flagger] = [groups.has("argoproj.io"), groups.has("flagger.app")];
  if (!argo && !flagger) return undefined;
  const secretsOf = Object.keys(SECRETS).filter((kind) => (kind === "MetricTemplate" ? flagger : argo));
  return {
    nameReference: [
      ...(argo ? [...referencesOf("Rollout", OF_ROLLOUT), ...ROLLOUT_AS_TARGET] : []),
      ...(flagger ? referencesOf("Canary", OF_CANARY) : []),
      ...secretsOf.flatMap((kind) => referencesOf(kind, [["Secret", undefined, SECRETS[kind] ?? []]])),
    ],
    ...(argo && {
      commonLabels: [
        { kind: "Rollout", path: "spec/selector/matchLabels", create: true },
        { kind: "Rollout", path: "spec/template/metadata/labels", create: true },
        ...AFFINITIES.map((path) => ({ kind: "Rollout", path, create: false })),
      ],
      templateLabels: [{ kind: "Rollout", path: "spec/template/metadata/labels", create: true }],
      commonAnnotations: [{ kind: "Rollout", path: "spec/template/metadata/annotations", create: true }],
      replicas: [{ kind: "Rollout", path: "spec/replicas", create: true }],
    }),
  };
}

const ROLLOUT_AS_TARGET: readonly Json[] = [
  { kind: "Rollout", group: "argoproj.io", fieldSpecs: [{ kind: "HorizontalPodAutoscaler", path: "spec/scaleTargetRef/name" }] },
];

function referencesOf(from: string, references: References): readonly Json[] {
  return references.map(([kind, group, paths]) => ({
    kind,
    ...(group !== undefined && { group }),
    fieldSpecs: paths.map((path) => ({ kind: from, path: `spec/${path}` })),
  }));
}
