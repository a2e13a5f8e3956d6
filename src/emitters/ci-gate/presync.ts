import { MINUTE } from "../../units/duration.ts";
import type { DeployGate } from "../../model/policy.ts";
import type { Json } from "../../yaml/json.ts";
import { labelsOf } from "../gate-words.ts";
import { hookName, secretVariable } from "./names.ts";
import type { CiGateOptions } from "./options.ts";

const FOLDER = "/slo-gate";

/** For a node to be found and the image to be pulled. */
const START = 5 * MINUTE;

/**
 * Argo CD runs the Job before it applies anything, and leaves the cluster as it is if the Job fails. The script comes one wave earlier,
 * made anew for each sync: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export function presyncHook(gate: DeployGate, script: string, options: CiGateOptions): readonly Json[] {
  const name = hookName(gate);
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata: metadataOf(gate, name, -2), data: { "gate.sh": script } },
    { apiVersion: "batch/v1", kind: "Job", metadata: metadataOf(gate, name, -1), spec: jobSpec(gate, name, options) },
  ];
}

/** Without a namespace of the policy's, it is the one that Argo CD's Application deploys to. */
function metadataOf(gate: DeployGate, name: string, wave: number): Json {
  const labels = labelsOf(gate);
  return {
    name,
    ...(gate.workload.namespace !== undefined && { namespace: gate.workload.namespace }),
    ...(gate.labels.length > 0 && { labels }),
    annotations: {
      "argocd.argoproj.io/hook": "PreSync",
      "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
      "argocd.argoproj.io/sync-wave": String(wave),
    },
  };
}

function jobSpec(gate: DeployGate, name: string, { image, timeout }: CiGateOptions): Json {
  return {
    // A verdict is a verdict; the next sync asks again.
    backoffLimit: 0,
    activeDeadlineSeconds: timeout + START,
    template: {
      ...(gate.labels.length > 0 && { metadata: { labels: labelsOf(gate) } }),
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "slo-gate",
            image,
            command: ["sh", `${FOLDER}/gate.sh`],
            env: [...secretOf(gate), fromHook("SLOGEN_HOTFIX", name, "hotfix"), fromHook("SLOGEN_HOTFIX_BY", name, "hotfix-by")],
            resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
            securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
            volumeMounts: [{ name: "slo-gate", mountPath: FOLDER, readOnly: true }],
          },
        ],
        volumes: [{ name: "slo-gate", configMap: { name, items: [{ key: "gate.sh", path: "gate.sh" }] } }],
      },
    },
  };
}

/** The Secret is the user's; only its name is known here. */
function secretOf(gate: DeployGate): readonly Json[] {
  const { authentication } = gate.source;
  const name = secretVariable(gate);
  if (name === undefined || authentication === undefined) return [];
  const ref =
    authentication.kind === "bearer" ? authentication.token : authentication.kind === "basic" ? authentication.credentials : undefined;
  return ref === undefined ? [] : [{ name, valueFrom: { secretKeyRef: { name: ref.name, key: ref.key } } }];
}

/**
 * A bypass is a key that an overlay or a kustomization adds to the ConfigMap of the hook. That is made anew for each sync, so a bypass that
 * is taken out of Git is gone from the cluster; a ConfigMap of its own would stay, since Argo CD prunes no hooks.
 */
function fromHook(variable: string, name: string, key: string): Json {
  return { name: variable, valueFrom: { configMapKeyRef: { name, key, optional: true } } };
}
