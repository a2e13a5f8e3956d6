/** The kinds of file that have a schema, by the names that `slogen schema` gives them, each with where its schema lies below `schemas/`. */
export const SCHEMA_FILES = {
  "openslo-v1": "openslo/v1",
  "openslo-v1alpha": "openslo/v1alpha",
  "openslo-v2alpha": "openslo/v2alpha",
  sloth: "sloth/prometheus-v1",
  "sloth-kubernetes": "sloth/prometheus-service-level",
  "sloth-windows": "sloth/alert-windows",
  "rollout-policy": "slogen/rollout-policy",
  "gate-profile": "slogen/gate-profile",
  "indicator-binding": "slogen/indicator-binding",
  "kubestead-policy": "kubestead/rollout-policy",
  config: "slogen/config",
  report: "slogen/report",
} as const;

export type SchemaKind = "spec" | keyof typeof SCHEMA_FILES;

/** What each kind of file is, in the order in which they are listed. */
export const SCHEMA_KINDS: Readonly<Record<SchemaKind, string>> = {
  spec: "any file with SLOs or policies; it is chosen among the kinds below by `apiVersion`, `kind` or `version`",
  "openslo-v1": "`apiVersion: openslo/v1`: SLO, SLI, Service, DataSource, AlertPolicy, AlertCondition, AlertNotificationTarget",
  "openslo-v1alpha": "`apiVersion: openslo/v1alpha`: SLO and Service",
  "openslo-v2alpha": "`apiVersion: openslo.com/v2alpha`: the seven kinds of v1",
  sloth: "`version: prometheus/v1`, Sloth's own files",
  "sloth-kubernetes": "`kind: PrometheusServiceLevel`, Sloth's SLOs as a Kubernetes object",
  "sloth-windows": "`kind: AlertWindows`, Sloth's catalogue of alert windows",
  "rollout-policy": "`kind: RolloutPolicy`, the release gate of one workload",
  "gate-profile": "`kind: GateProfile`, settings that release policies share",
  "indicator-binding": "`kind: IndicatorBinding`, how one more backend measures an SLO",
  "kubestead-policy": "`apiVersion: delivery.kubestead.io/v1alpha1`, Kubestead's RolloutPolicy",
  config: "`slogen.yaml`, a project's configuration",
  report: "what `--report json` prints",
};
