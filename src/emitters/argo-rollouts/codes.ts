import { code, codeTable } from "../../diagnostics/diagnostic.ts";

export const argoRolloutsCodes = codeTable("argo-rollouts", {
  "hold-is-inconclusive": code<{ because: string; policy: string; instead: string }>({
    severity: "warning",
    message: ({ because, policy }) => `the gate of \`${policy}\` may leave a release paused as Inconclusive, because ${because}`,
    why: "while Argo Rollouts waits in that state it scales no ReplicaSet, stable's included, and does not act on a failed background check: an unguarded canary keeps its traffic until somebody comes",
    help: ({ instead }) => `${instead}, or have somebody who is told of paused releases`,
  }),
  "preview-traffic": code<{ policy: string }>({
    severity: "warning",
    message: ({ policy }) => `the checks of \`${policy}\` before the switch need requests to the preview`,
    why: "users reach the new version only after the switch; a preview that nobody calls has nothing to show and is never promoted",
    help: "send test or mirrored traffic to the preview service, or leave `blueGreen.prePromotion` out",
  }),
  "no-baseline": code<{ policy: string }>({
    severity: "notice",
    message: ({ policy }) => `after the switch \`${policy}\` is judged by its limits alone, not beside the old version`,
    why: "the old version has no traffic any more, so an outage of something that both depend on rolls a healthy release back",
    help: "keep `postPromotion` short, or release by weights, where both versions serve side by side",
  }),
  "check-left-out": code<{ check: string; when: "before" | "after" }>({
    severity: "warning",
    message: ({ check, when }) => `${check} is not asked: the policy has no checks ${when} the switch`,
    why: "what a release waits for is asked before the switch, and what rolls it back after it",
    help: ({ when }) => `set \`blueGreen.${when === "before" ? "prePromotion" : "postPromotion"}\``,
  }),
  "timeout-too-long": code<{ source: string; timeout: string; every: string }>({
    severity: "error",
    message: ({ source, timeout, every }) => `a query to \`${source}\` may take ${timeout}, but the gate looks every ${every}`,
    why: "Argo Rollouts measures all metrics of a run together and waits for the slowest, so a source that hangs stretches every look",
    help: ({ source }) => `set \`sources.${source}.timeout\` below the interval`,
  }),
  "no-address": code<{ source: string }>({
    severity: "notice",
    message: ({ source }) => `the source \`${source}\` has no address, so the controller's own is asked`,
    why: "without `ARGO_ROLLOUTS_PROMETHEUS_ADDRESS` in the controller's environment every measurement is an error, and the release is aborted",
    help: ({ source }) => `set \`sources.${source}.address\``,
  }),
  "sigv4-address": code<{ source: string }>({
    severity: "error",
    message: ({ source }) => `requests to \`${source}\` would not be signed`,
    why: "Argo Rollouts signs only requests to an address that holds `aps-workspaces`, and sends all others without a word",
    help: "write the address of the Amazon Managed Service for Prometheus workspace: `https://aps-workspaces.<region>.amazonaws.com/workspaces/<id>`",
  }),
  "secret-needed": code<{ secret: string; key: string; namespace: string | undefined; observed: boolean }>({
    severity: "notice",
    message: ({ secret, key, namespace }) =>
      `the gate reads \`${key}\` of the Secret \`${secret}\` in ${namespace === undefined ? "the Rollout's namespace" : `the namespace \`${namespace}\``}`,
    why: ({ observed }) =>
      `if it is missing every run is an error at once and the release is aborted${observed ? ", even while the gate only observes" : ""}`,
    help: "create it there before the gate; Argo Rollouts reads no Secret of another namespace",
  }),
  "datadog-secret-needed": code<{ secret: string; where: string; address: string; observed: boolean }>({
    severity: "notice",
    message: ({ secret, where }) => `the gate reads \`address\`, \`api-key\` and \`app-key\` of the Secret \`${secret}\` in ${where}`,
    why: ({ observed }) =>
      `if it is missing, or its keys are those of another site, every measurement is an error and ${observed ? "nothing is observed; once the gate is enforced, the release is aborted" : "the release is aborted"}`,
    help: ({ address }) =>
      `set its \`address\` to \`${address}\`; the application key needs the permission \`timeseries_query\` alone. With \`keysFrom\` slogen writes the object that brings the keys from Vault or an external store`,
  }),
  "datadog-too-old": code<{ policy: string; version: string }>({
    severity: "error",
    message: ({ policy, version }) => `Argo Rollouts ${version} cannot judge \`${policy}\` by Datadog`,
    why: "before 1.8 it takes an answer without data for the number 0, which is as good as none can be: a canary without a single request would pass",
    help: "run 1.8 or later, and say so under `argo-rollouts.version`",
  }),
  "datadog-timeout": code<{ source: string; version: string }>({
    severity: "warning",
    message: ({ source, version }) => `\`timeout\` of \`${source}\` has no effect: Argo Rollouts ${version} waits 10 seconds for Datadog`,
    why: "`requestTimeout` came with 1.10; older releases would drop the field without a word, so it is not written",
    help: "leave `timeout` out, or run 1.10 and say so under `argo-rollouts.version`",
  }),
  "one-window": code<{ policy: string; window: string; reach: string }>({
    severity: "notice",
    message: ({ policy, window, reach }) => `on Datadog each check of \`${policy}\` sees either the last ${window} or the last ${reach}`,
    why: ({ window }) =>
      `one request has one look-back, so what the canary did since its start counts without the question whether it goes on in the last ${window}, and with little traffic more bad releases pass: \`slogen explain\` shows how many`,
    help: "nothing has to be done; a Prometheus that has the same counters can be asked for both at once",
  }),
  "no-tightening": code<{ policy: string }>({
    severity: "warning",
    message: ({ policy }) => `\`tightenAt\` has no effect on \`${policy}\`: Datadog cannot tighten a limit by what is left of the budget`,
    why: "the budget is a count over the period, and a request sees one look-back; that nothing is left is still checked before the first step",
    help: "leave `tightenAt` out, and set lower limits for the time that the budget is nearly gone",
  }),
  "budget-unknown": code<{ slo: string }>({
    severity: "warning",
    message: ({ slo }) => `the gate cannot ask Datadog what is left of the error budget of \`${slo}\``,
    why: "its budget is one of slices of time, and a request counts events; so a release goes ahead whatever is left of the budget",
    help: "write `budget: false` in the gate of this SLO, and watch its budget with `datadog: { errorBudgetAlerts: [...] }`",
  }),
  "no-traffic-holds": code<{ policy: string }>({
    severity: "warning",
    message: ({ policy }) => `\`noTraffic: pass\` has no effect on \`${policy}\`: a canary without requests holds`,
    why: "to Datadog a canary that serves nothing and one whose tag is misspelt look the same, and the second must never pass",
    help: "write `noTraffic: hold`",
  }),
  "duplicate-metric": code<{ names: readonly [string, string]; metric: string }>({
    severity: "error",
    message: ({ names: [first, last], metric }) => `\`${first}\` and \`${last}\` would have checks of one name, such as \`${metric}\``,
    why: "Argo Rollouts refuses the run, and its own metrics page and readiness break; names of metrics keep small letters, digits and dashes only",
    help: "rename one of the two",
  }),
  "foreign-braces": code<{ text: string }>({
    severity: "error",
    message: ({ text }) => `\`${text}\` looks like an argument to Argo Rollouts`,
    why: "it replaces everything between double braces and refuses what it does not know, and there is no escape",
    help: "write the query, header or address without `{{` and `{{{`; in a regular expression `[{]{2}` says the same",
  }),
  "bypass-differs": code<{ policy: string; annotations: readonly string[] }>({
    severity: "error",
    message: ({ policy }) => `the SLOs of \`${policy}\` have different annotations by which a release may pass an exhausted budget`,
    why: ({ annotations }) =>
      `the gate can read one annotation only, and here are ${annotations.map((annotation) => `\`${annotation}\``).join(" and ")}`,
    help: "use one annotation for the whole policy",
  }),
  "object-collision": code<{ name: string; policy: string; other: string }>({
    severity: "error",
    message: ({ name, policy, other }) => `\`${policy}\` and \`${other}\` would both become the template \`${name}\``,
    why: "the one that is applied last would replace the other",
    help: "rename one of the two policies",
  }),
  "secret-collision": code<{ name: string; source: string; other: string }>({
    severity: "error",
    message: ({ name, source, other }) => `\`${source}\` and \`${other}\` would both make the Secret \`${name}\`, with different keys`,
    why: "the one that is applied last would replace the other, and the gates of one source would ask with the keys of the other",
    help: "give the two sources different `secret` names",
  }),
  "no-rollout-file": code<{ policy: string }>({
    severity: "error",
    message: ({ policy }) => `\`argo-rollouts.rollout: edit\` needs the Rollout file of \`${policy}\``,
    why: "the edited copy is made from it, and without one no release would use the gate",
    help: "name it as `workload.file`, or use `rollout: patch`",
  }),
  "blue-green-deadline": code<{ policy: string; needed: number; after: number | undefined }>({
    severity: "notice",
    message: ({ policy, needed }) => `the checks of \`${policy}\` may take ${needed} seconds, more than the progress deadline of 600`,
    why: "the time of analyses before and after a switch counts as time without progress, and the Rollout is then reported as degraded",
    help: ({ needed, after }) =>
      `set \`progressDeadlineSeconds: ${needed + 60}\` in the Rollout${after === undefined ? "" : `; leave \`scaleDownDelaySeconds\` out, or make it at least ${after}`}`,
  }),
  "own-templates": code<{ policy: string; set: string; reason: string }>({
    severity: "notice",
    message: ({ policy, set }) => `\`${policy}\` gets templates of its own beside the shared ones of \`${set}\``,
    why: ({ reason }) => reason,
    help: "nothing has to be done; what differs between services in selectors, numbers and names only is shared",
  }),
});
