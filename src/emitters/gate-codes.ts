import { code, codeTable } from "../diagnostics/diagnostic.ts";
import type { Backend } from "../model/model.ts";

/** Unified service tagging with the label that Argo Rollouts puts on pods: https://docs.datadoghq.com/getting_started/tagging/unified_service_tagging/ */
export const VERSION_LINES = `env:
  - name: DD_VERSION
    valueFrom: { fieldRef: { fieldPath: "metadata.labels['rollouts-pod-template-hash']" } }`;

/** With Flagger there is no hash, but the label that the Deployment selects its pods by is another on the primary's. */
const RENAMED_LABEL_LINES = `env:
  - name: DD_VERSION
    valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } }`;

/** What parts a Flagger release from the one before. */
export interface EarlierReleases {
  /** How far back the gate looks, as a duration. */
  readonly reach: string;
  /** What selects the series that the canary's own pods expose, if the provider's metrics have such a label. */
  readonly ownPods?: string;
}

function ownPodsHelp(ownPods: string | undefined, backend: Backend): string {
  if (backend === "datadog") return "";
  return ownPods === undefined
    ? "; or measure by what the application's own pods expose, which is gone when they are"
    : `; or ask every selector of the SLI for \`${ownPods}\`: what the canary's own pods expose is gone when they are`;
}

/** What the queries of a gate cannot say, for every release controller alike. */
export const gateCodes = codeTable("gate", {
  "label-clash": code<{ own: string; added: string; by: "isolation" | "environment"; instead?: string }>({
    severity: "error",
    message: ({ own, added }) => `this query asks for \`${own}\`, and the gate adds \`${added}\``,
    why: "both must hold, so what is left of the canary may be nothing, and a gate that sees nothing stops nothing",
    help: ({ by, instead }) =>
      by === "isolation"
        ? `${instead === undefined ? "take it out of the query" : `write \`${instead}\`, which Flagger's primary fits too`}, or choose another \`isolation\``
        : "take it out of the query, where the SLO is meant to count in every environment, or out of the environment's `matchers`; an environment that is promised something else needs an SLO and a policy of its own",
  }),
  "other-environment": code<{ own: string; there: string }>({
    severity: "notice",
    message: ({ own, there }) => `the gate counts \`${there}\` where the SLO counts \`${own}\``,
    why: "the environment's `matchers` say where this release goes, and the SLO what is promised elsewhere; the limits are the SLO's all the same",
    help: "nothing has to be done; for limits of its own give the environment an SLO and a policy of its own",
  }),
  "recorded-series": code<{ name: string }>({
    severity: "warning",
    message: ({ name }) => `\`${name}\` is a recorded series, which most likely does not tell canary from stable`,
    why: "a rule that sums over the pods drops their labels, and the gate then finds no canary",
    help: "use the series that the application exports; for an SLI that is a ready ratio, give the policy `evidence` queries of those",
  }),
  "not-isolated": code<{ metric?: string }>({
    severity: "error",
    message: ({ metric }) =>
      metric === undefined
        ? "canary and stable get the same number from this query"
        : `\`${metric}\` counts what canary and stable did together`,
    why: ({ metric }) =>
      metric === undefined
        ? "every metric in it is under `isolation.except`, so the gate would compare the service with itself"
        : "it is under `isolation.except`, so each side would be charged, or excused, with the events of both",
    help: ({ metric }) =>
      metric === undefined
        ? "leave the metric that counts requests out of `except`"
        : "leave it out of `except`, or gate by an SLO that does not count it",
  }),
  nonlinear: code({
    severity: "warning",
    message: () => "this makes the query something else than a sum of counters, so the gate judges the ratio of the window as it is",
    why: "only sums can be counted from the start of the canary; without numbers of events there is no confidence, and `evidence.minRequests` and `noTraffic: pass` have no effect",
    help: "write it as a sum of `rate` or `increase` of counters",
  }),
  grouped: code<{ slo: string; labels: string }>({
    severity: "notice",
    message: ({ slo, labels }) => `the gate judges all groups of \`${slo}\`${labels} together`,
    why: "the SLO has a budget for each of them; a release goes on or back as one",
    help: "give a group that must not suffer an SLO of its own",
  }),
  "not-revision-unique": code<{ slo: string; backend: Backend; flagger?: EarlierReleases }>({
    severity: "warning",
    message: ({ slo, backend, flagger }) =>
      flagger !== undefined
        ? `the canary's series of \`${slo}\` are called as in the release before`
        : backend === "datadog"
          ? `the canary of \`${slo}\` is told by tags that the next release may have too`
          : `the canary's series of \`${slo}\` are older than the canary`,
    why: ({ backend }) =>
      backend === "datadog"
        ? "what an earlier release with these tags did counts against this one, as far back as the gate looks"
        : "their counters go on from release to release, so the first error of a series that was not there before is not seen, and what the canary did since its start is what these series did over the planned time",
    help: ({ backend, flagger }) =>
      flagger !== undefined
        ? `wait at least ${flagger.reach} between two releases${ownPodsHelp(flagger.ownPods, backend)}`
        : backend === "datadog"
          ? "put `{hash}` into a tag of `canary`, such as `version:{hash}`"
          : "use `isolation: { strategy: podName }`, whose series belong to one release",
  }),
  "untagged-traces": code<{ metric: string; tag: string; by: "isolation" | "environment"; deployment?: string }>({
    severity: "warning",
    message: ({ metric, tag }) => `\`${metric}\` is a trace metric, which most likely has no tag \`${tag}\``,
    why: "trace metrics carry none of the tags that agents take from pods and containers (https://docs.datadoghq.com/extend/guide/unified-tagging-advanced-usage/); without the tag the gate finds no canary, and holds",
    help: ({ by, deployment }) =>
      by === "environment"
        ? "tell the environment by a tag of the tracer's, such as `env`, or take the tag out of its `matchers`"
        : deployment !== undefined
          ? `tell the versions apart by \`isolation: { canary: 'version:${deployment}', stable: 'version:${deployment}-primary' }\`, and give the containers the pod label that Flagger renames on the primary (here \`app\`)\n${RENAMED_LABEL_LINES}`
          : `tell the versions apart by \`isolation: { canary: 'version:{hash}', stable: 'version:{hash}' }\`, and give the Rollout's containers\n${VERSION_LINES}`,
  }),
});
