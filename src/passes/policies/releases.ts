import type { Report } from "../../diagnostics/diagnostic.ts";
import type { SourceFile } from "../../diagnostics/source.ts";
import type { DatadogPolicy, PolicyBase, PolicyDocument, PrometheusPolicy, ReleasePolicy, Workload } from "../../model/policy.ts";
import { entryOf, valueOf, type YamlMap } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { datadogFlaggerIsolationOf } from "./datadog-flagger-isolation.ts";
import { datadogIsolationOf } from "./datadog-isolation.ts";
import { keySpan, textAt, valueSpan } from "./fields.ts";
import { canaryIn, flaggerController } from "./flagger.ts";
import { flaggerIsolationOf } from "./flagger-isolation.ts";
import { isolationOf } from "./isolation.ts";
import { lazily } from "./lazily.ts";
import { filePaths, servicesOf, type CanaryFacts } from "./workloads.ts";

/** A workload of a policy, as one controller releases it. */
export interface Release {
  /** Without the namespace of a place. */
  readonly workload: Workload;
  /** The policy of a place; undefined, with a report, where the versions cannot be told apart. */
  readonly inPlace: (base: Place, judged: Judgement) => ReleasePolicy | undefined;
}

type Place = Omit<PolicyBase, "controller">;

/** What is the same for every controller in a place: whom the gates ask, and what. */
export type Judgement = Omit<PrometheusPolicy, keyof PolicyBase | "isolation"> | Omit<DatadogPolicy, keyof PolicyBase | "isolation">;

export interface ReleaseContext {
  /** The files that policies name under `workload.file`. */
  readonly workloads: readonly SourceFile[];
  readonly report: Report;
}

/** The Rollout and the Deployment that a policy names: one, or both. */
export function releasesOf(spec: YamlMap, document: PolicyDocument, { workloads, report }: ReleaseContext): readonly Release[] {
  const files = filePaths(valueOf(spec, "workload", "file")).map(({ text, at }) => ({ path: text, at }));
  for (const { path, at } of files) {
    if (!workloads.some((file) => file.path === path)) report(policyCodes["missing-file"](at, { path }));
  }
  const named = (key: "rollout" | "deployment"): Workload | undefined => {
    const name = textAt(spec, "workload", key);
    return name === undefined ? undefined : { name, files, at: valueSpan(spec, ["workload", key], document.at) };
  };
  const [rollout, deployment] = [named("rollout"), named("deployment")];
  if (rollout === undefined && deployment === undefined) {
    report(policyCodes["no-workload"](keySpan(spec, ["workload"], document.at), {}));
  }
  const own = entryOf(document.spec, "flagger");
  if (deployment === undefined && rollout !== undefined && own !== undefined) report(policyCodes["unused-flagger"](own.key.at, {}));
  const sources = workloads.filter(({ path }) => files.some((file) => file.path === path));
  return [
    ...(rollout === undefined ? [] : [byArgoRollouts(spec, document, rollout, sources, report)]),
    ...(deployment === undefined ? [] : [byFlagger(spec, deployment, sources, { isAlone: rollout === undefined, report })]),
  ];
}

function byArgoRollouts(
  spec: YamlMap,
  { at }: PolicyDocument,
  workload: Workload,
  sources: readonly SourceFile[],
  report: Report,
): Release {
  const rollout = workload.name;
  const onPrometheus = lazily(() => isolationOf(spec, { rollout, services: servicesOf(rollout, sources), at, report }));
  const onDatadog = lazily(() => datadogIsolationOf(spec, { rollout, at, report }));
  return {
    workload,
    inPlace: (base, judged) => {
      const controller = { kind: "argo-rollouts" } as const;
      if (judged.backend === "prometheus") {
        const isolation = onPrometheus();
        return isolation && { ...base, controller, isolation, ...judged };
      }
      const isolation = onDatadog();
      return isolation && { ...base, controller, isolation, ...judged };
    },
  };
}

function byFlagger(
  spec: YamlMap,
  workload: Workload,
  sources: readonly SourceFile[],
  { isAlone, report }: { readonly isAlone: boolean; readonly report: Report },
): Release {
  return {
    workload,
    inPlace: (common, judged) => {
      const canary = canaryIn(sources, common.workload);
      const base = { ...common, workload: { ...namespaceOf(canary), ...common.workload } };
      const controller = flaggerController(spec, { workload: base.workload, canary, report });
      if (controller === undefined) return undefined;
      const context = { controller, workload: base.workload, canary, isAlone, report };
      if (judged.backend === "prometheus") {
        const isolation = flaggerIsolationOf(spec, judged.gates, context);
        return isolation && { ...base, controller, isolation, ...judged };
      }
      const isolation = datadogFlaggerIsolationOf(spec, context);
      return isolation && { ...base, controller, isolation, ...judged };
    },
  };
}

/** Where the Canary's file says so and nobody else does; what another tool fills in later is no name yet. */
function namespaceOf(canary: CanaryFacts | undefined): Pick<Workload, "namespace"> {
  const namespace = canary?.namespace;
  return namespace !== undefined && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace) ? { namespace } : {};
}
