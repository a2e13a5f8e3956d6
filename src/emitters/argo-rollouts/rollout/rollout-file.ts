import type { Diagnostic, Report } from "../../../diagnostics/diagnostic.ts";
import type { SourceFile } from "../../../diagnostics/source.ts";
import type { Delivery, ReleasePolicy } from "../../../model/policy.ts";
import { nearest } from "../../../units/identifier.ts";
import { entryOf, type YamlEntry, type YamlMap } from "../../../yaml/tree.ts";
import { rolloutCodes } from "./codes.ts";
import { textAt, type KubernetesObject } from "../../../manifests/documents.ts";
import { readNamedFiles } from "../../../manifests/named-files.ts";
import { isDeliveryAlike } from "./delivery.ts";
import { decodeSteps, type RolloutStep } from "./steps.ts";

/** The Rollout of a policy, in the file that the user wrote. */
export interface RolloutFile {
  readonly source: SourceFile;
  readonly rollout: KubernetesObject;
  /** `spec.strategy.canary` or `spec.strategy.blueGreen`. */
  readonly strategy: YamlMap;
  /** Of a canary; empty for blueGreen. */
  readonly steps: readonly RolloutStep[];
  /** The policy's, which the file's steps agree with. */
  readonly delivery: Delivery;
  /** What else the policy's files hold: Services, VirtualServices, Ingresses, AnalysisTemplates. */
  readonly others: readonly KubernetesObject[];
  /** The policy's name. */
  readonly policy: string;
}

/** The Rollout that a policy names, from the files that it names; undefined, after a report of everything that is wrong, if it cannot be used. */
export function readRollout(policy: ReleasePolicy, workloads: readonly SourceFile[], report: Report): RolloutFile | undefined {
  const found: Diagnostic[] = [];
  const file = read(policy, workloads, (diagnostic) => found.push(diagnostic));
  found.forEach(report);
  return found.some(({ severity }) => severity === "error") ? undefined : file;
}

function read(policy: ReleasePolicy, workloads: readonly SourceFile[], report: Report): RolloutFile | undefined {
  const { objects, complete } = readNamedFiles(policy.workload.files, workloads, report);
  const rollout = complete ? findRollout(policy, objects, report) : undefined;
  const strategy = rollout && strategyOf(rollout, policy, report);
  if (rollout === undefined || strategy === undefined) return undefined;

  const namespace = policy.workload.namespace;
  if (namespace !== undefined && rollout.namespace !== undefined && namespace !== rollout.namespace) {
    const related = [{ at: rollout.at, message: `namespace \`${rollout.namespace}\` here` }];
    report(rolloutCodes["other-namespace"](policy.workload.at, { policy: namespace, file: rollout.namespace }, { related }));
  }
  const steps = decodeSteps(entryOf(strategy.value, "steps")?.value, report);
  const { delivery } = policy;
  if (!isDeliveryAlike(delivery, { name: rollout.name, strategy, steps }, report) || strategy.value.kind !== "map") return undefined;
  const others = objects.filter((object) => object !== rollout);
  return { source: rollout.file, rollout, strategy: strategy.value, steps, delivery, others, policy: policy.name };
}

/** The Services of the two sides, by the Rollout; of blueGreen, the preview and the active one. */
export function servicesOf({ strategy, delivery }: RolloutFile): { readonly canary?: string; readonly stable?: string } {
  const isCanary = delivery.kind === "canary";
  const canary = textAt(strategy, isCanary ? "canaryService" : "previewService");
  const stable = textAt(strategy, isCanary ? "stableService" : "activeService");
  return { ...(canary !== undefined && { canary }), ...(stable !== undefined && { stable }) };
}

function findRollout({ workload }: ReleasePolicy, objects: readonly KubernetesObject[], report: Report): KubernetesObject | undefined {
  const named = objects.filter(({ name }) => name === workload.name);
  const [rollout, second] = named.filter(isRollout);
  if (rollout !== undefined && second !== undefined) {
    const related = [rollout, second].map(({ at }) => ({ at, message: "given here" }));
    report(rolloutCodes.twice(workload.at, { name: workload.name }, { related }));
    return undefined;
  }
  if (rollout !== undefined) return rollout;
  const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout"];
  const impostor = named.find(({ kind }) => workloadKinds.includes(kind));
  if (impostor !== undefined) {
    const kind = impostor.kind === "Rollout" ? `Rollout of \`${impostor.apiVersion}\`` : impostor.kind;
    const related = [{ at: impostor.at, message: "given here" }];
    report(rolloutCodes["not-a-rollout"](workload.at, { name: workload.name, kind }, { related }));
    return undefined;
  }
  const rollouts = objects.filter(isRollout);
  const found = objects.map(({ kind, name }) => `${kind} \`${name}\``).slice(0, 4);
  const suggestion =
    rollouts.length === 1
      ? rollouts[0]?.name
      : nearest(
          workload.name,
          rollouts.map(({ name }) => name),
        );
  const files = workload.files.map(({ path }) => `\`${path}\``).join(" and ");
  const params = { name: workload.name, files, found: found.length === 0 ? "no object" : found.join(", "), suggestion };
  report(
    rolloutCodes["not-found"](workload.at, params, {
      related: rollouts.slice(0, 1).map(({ at }) => ({ at, message: "another name here" })),
    }),
  );
  return undefined;
}

function isRollout({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === "Rollout" && apiVersion.startsWith("argoproj.io/");
}

function strategyOf(rollout: KubernetesObject, { delivery, workload }: ReleasePolicy, report: Report): YamlEntry | undefined {
  const spec = entryOf(rollout.root, "spec");
  const strategy = entryOf(spec?.value, "strategy");
  const canary = entryOf(strategy?.value, "canary");
  const blueGreen = entryOf(strategy?.value, "blueGreen");
  const place = (strategy ?? spec)?.key.at ?? rollout.at;
  if ((canary === undefined) === (blueGreen === undefined)) {
    const related = [{ at: place, message: "in this Rollout" }];
    report(rolloutCodes["no-strategy"](workload.at, { name: rollout.name, both: canary !== undefined }, { related }));
    return undefined;
  }
  const found = canary ?? blueGreen;
  const kind = canary === undefined ? "blueGreen" : "canary";
  if (found !== undefined && kind !== delivery.kind) {
    const related = [{ at: found.key.at, message: `${kind} here` }];
    report(rolloutCodes["other-strategy"](delivery.at, { policy: delivery.kind, file: kind }, { related }));
    return undefined;
  }
  return found;
}
