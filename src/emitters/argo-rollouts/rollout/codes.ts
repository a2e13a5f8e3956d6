import { code, codeTable } from "../../../diagnostics/diagnostic.ts";
import { VERSION_LINES } from "../../gate-codes.ts";

/** Findings about the user's own Rollout file and the traffic objects beside it. */
export const rolloutCodes = codeTable("rollout", {
  "not-found": code<{ name: string; files: string; found: string; suggestion: string | undefined }>({
    severity: "error",
    message: ({ name, files }) => `${files} holds no Rollout \`${name}\``,
    label: ({ found }) => `found ${found}`,
    why: "the gate is merged into that Rollout",
    help: ({ suggestion }) =>
      suggestion === undefined
        ? "write in `workload.rollout` the Rollout's `metadata.name`, and in `file` the file that holds it"
        : `did you mean \`${suggestion}\`?`,
  }),
  "not-a-rollout": code<{ name: string; kind: string }>({
    severity: "error",
    message: ({ name, kind }) => `\`${name}\` is a ${kind}, not a Rollout`,
    why: "only an Argo Rollout has steps and analyses",
    help: ({ kind }) =>
      kind === "Deployment"
        ? "add a Rollout whose `workloadRef` names the Deployment, or turn the Deployment into one: https://argo-rollouts.readthedocs.io/en/stable/migrating/"
        : "name the file that holds the Rollout, with an `apiVersion` of `argoproj.io/v1alpha1`",
  }),
  twice: code<{ name: string }>({
    severity: "error",
    message: ({ name }) => `the Rollout \`${name}\` is given twice`,
    why: "the one that is applied last wins, and the gate would be in one of them only",
    help: "remove one of the two, or name only one of the files in the policy",
  }),
  "other-namespace": code<{ policy: string; file: string }>({
    severity: "error",
    message: ({ policy, file }) => `the policy says namespace \`${policy}\`, the Rollout's file says \`${file}\``,
    why: "a Rollout finds AnalysisTemplates in its own namespace only; without them it does not progress",
    help: "write the same namespace in both, or leave it out of the policy",
  }),
  "no-strategy": code<{ name: string; both: boolean }>({
    severity: "error",
    message: ({ name, both }) =>
      `the Rollout \`${name}\` has ${both ? "both" : "neither"} \`canary\` ${both ? "and" : "nor"} \`blueGreen\``,
    why: "Argo refuses a Rollout that has not exactly one strategy",
    help: "write one of them below `spec.strategy`",
  }),
  "other-strategy": code<{ policy: string; file: string }>({
    severity: "error",
    message: ({ policy, file }) => `the policy is for ${policy}, the Rollout is ${file}`,
    why: "the checks of the one have no place in the other",
    help: ({ file }) =>
      file === "canary"
        ? "give the policy `steps` in place of `blueGreen`, or change the Rollout"
        : "give the policy `blueGreen` in place of `steps`, or change the Rollout",
  }),
  "no-weights": code<{ name: string }>({
    severity: "error",
    message: ({ name }) => `the Rollout \`${name}\` has no \`setWeight\` step between 1 and 99`,
    why: "the gate judges the canary at each weight; without one the new version gets all traffic at once",
    help: "add steps such as `- setWeight: 5` below `spec.strategy.canary.steps`",
  }),
  "other-weights": code<{ policy: string; file: string }>({
    severity: "error",
    message: ({ policy, file }) => `the policy's steps are ${policy} %, the Rollout's are ${file} %`,
    why: "the gate's evidence and waiting times are planned for the weights that the controller really sets",
    help: "make the two lists equal",
  }),
  "other-bake": code<{ weight: number; policy: string; file: string }>({
    severity: "warning",
    message: ({ weight, policy, file }) => `at ${weight} % the Rollout pauses for ${file}, the policy bakes for ${policy}`,
    why: "the gate takes the place of the pause, so that the policy's time counts",
    help: "write the same time in both",
  }),
  "bad-weight": code<{ text: string }>({
    severity: "error",
    message: ({ text }) => `\`${text}\` is not a weight`,
    why: "Argo takes a whole number from 0 to 100, without quotes",
    help: "write a number such as `setWeight: 5`",
  }),
  "bad-duration": code<{ text: string }>({
    severity: "error",
    message: ({ text }) => `\`${text}\` is not a duration that Argo reads`,
    why: "Argo takes seconds as a whole number, or Go's units up to hours: there are no days",
    help: "write `600`, `10m`, `90s` or `1h30m`",
  }),
  "other-scale": code<{ scale: string }>({
    severity: "error",
    message: ({ scale }) => `\`maxTrafficWeight: ${scale}\` makes the weights something other than percents`,
    why: "the policy's weights, and the evidence that is planned for them, are percents of the traffic",
    help: "remove `maxTrafficWeight`, and write the weights as percents",
  }),
  "cannot-edit": code<{ what: string }>({
    severity: "error",
    message: ({ what }) => `the gate cannot be merged into this file: ${what}`,
    why: "slogen changes the text of the file in place, and checks that nothing but the gate has changed its meaning",
    help: "write `canary`, `steps` and `analysis` out as plain lists and maps where they stand, or leave `file` out of the policy and apply the patch",
  }),
  "argument-conflict": code<{ name: string }>({
    severity: "error",
    message: ({ name }) => `the argument \`${name}\` of this analysis is one of the gate's, with another value`,
    why: "the gate's templates join this analysis in one run, where an argument has one value",
    help: "rename the argument here and in your template; if an earlier build wrote it, remove it here",
  }),
  "shared-analysis": code<{ place: string; templates: string; before: string | undefined; after: number | undefined }>({
    severity: "warning",
    message: ({ place, templates }) => `the gate joins ${templates} in one ${place} analysis`,
    why: ({ before, after }) =>
      "a Rollout has one such run: a failure of your templates aborts the release as the gate's does, and the run has one `startingStep`" +
      (after === undefined || before === String(after)
        ? ""
        : `, which is now ${after}${before === undefined ? "" : ` instead of ${before}`}`),
    help: "move your templates to an `analysis` step of their own if they should start at another time",
  }),
  "removed-template": code<{ template: string }>({
    severity: "warning",
    message: ({ template }) => `\`${template}\` stands below a \`# slogen\` comment, and is removed`,
    why: "all below that comment is slogen's, and is replaced by what the policy says now",
    help: "if the template is yours, give it an `analysis` step of its own",
  }),
  "own-analysis": code<{ templates: string }>({
    severity: "notice",
    message: ({ templates }) => `the step with ${templates} stays as it is, beside the gate`,
    why: "the release goes on after both; the time of your analysis comes on top of the gate's plan",
    help: "nothing, if that is meant; else remove the step",
  }),
  "metric-name": code<{ metric: string; template: string }>({
    severity: "error",
    message: ({ metric, template }) => `the template \`${template}\` has a metric \`${metric}\`, and so has the gate`,
    why: "both run in one analysis, and Argo refuses two metrics of one name: the Rollout would not progress",
    help: "rename the metric in your template",
  }),
  "no-services": code<{ missing: string }>({
    severity: "error",
    message: ({ missing }) => `\`${missing}\` is missing`,
    why: "this traffic routing splits requests between two Services, and Argo refuses a Rollout that does not name both",
    help: ({ missing }) => `write \`${missing}: <name of a Service>\` below \`canary\``,
  }),
  "same-service": code<{ name: string }>({
    severity: "error",
    message: ({ name }) => `\`${name}\` serves both the canary and the stable version`,
    why: "then the weights mean nothing, and the two versions cannot be told apart",
    help: "give each its own Service",
  }),
  "unknown-service": code<{ name: string; suggestion: string | undefined }>({
    severity: "error",
    message: ({ name }) => `there is no Service \`${name}\` in the policy's files`,
    why: "they hold other Services, and a Rollout whose Service is missing does not progress",
    help: ({ suggestion }) =>
      suggestion === undefined ? "add the file that holds the Service to `workload.file`" : `did you mean \`${suggestion}\`?`,
  }),
  "other-service": code<{ side: "canary" | "stable"; policy: string; file: string }>({
    severity: "error",
    message: ({ side, policy, file }) =>
      `the policy judges \`${policy}\` as the ${side} side, the Rollout's ${side} Service is \`${file}\``,
    why: "the gate would read the requests of the wrong Service, or of none",
    help: ({ side }) =>
      `leave \`${side}Service\` out of the policy's \`isolation\` to take it from the file, or write the same name in both`,
  }),
  "unknown-virtual-service": code<{ name: string; suggestion: string | undefined }>({
    severity: "error",
    message: ({ name }) => `there is no VirtualService \`${name}\` in the policy's files`,
    why: "they hold other VirtualServices; without this one the weights are never set",
    help: ({ suggestion }) =>
      suggestion === undefined ? "add the file that holds it to `workload.file`" : `did you mean \`${suggestion}\`?`,
  }),
  "unknown-route": code<{ route: string; service: string; suggestion: string | undefined }>({
    severity: "error",
    message: ({ route, service }) => `the VirtualService \`${service}\` has no HTTP route \`${route}\``,
    why: "Argo refuses a Rollout that names a route which is not there",
    help: ({ suggestion }) =>
      suggestion === undefined ? "give the route this `name`, or name another one" : `did you mean \`${suggestion}\`?`,
  }),
  "several-routes": code<{ service: string; count: number }>({
    severity: "error",
    message: ({ service, count }) => `the VirtualService \`${service}\` has ${count} HTTP routes, and the Rollout names none`,
    why: "Argo takes the only route by itself, and refuses to choose among several",
    help: "list the names below `virtualService.routes`",
  }),
  "route-hosts": code<{ route: string; found: string; wanted: string }>({
    severity: "error",
    message: ({ route, found, wanted }) => `the route ${route} leads to ${found}; the gate needs exactly ${wanted}`,
    why: "Argo refuses a route that lacks one of the two, and takes a third destination with a weight out of the route",
    help: ({ wanted }) => `give the route two destinations, ${wanted}`,
  }),
  "route-weights": code<{ route: string; sum: string }>({
    severity: "error",
    message: ({ route, sum }) => `the weights of the route ${route} add up to ${sum}`,
    why: "Istio before 1.15 refuses the route, later versions take the weights as shares of their sum and refuse a sum of 0",
    help: "start with `weight: 100` for the stable side and `weight: 0` for the canary",
  }),
  "unknown-ingress": code<{ name: string; suggestion: string | undefined }>({
    severity: "error",
    message: ({ name }) => `there is no Ingress \`${name}\` in the policy's files`,
    why: "they hold other Ingresses; without this one the controller cannot make the canary's",
    help: ({ suggestion }) =>
      suggestion === undefined ? "add the file that holds it to `workload.file`" : `did you mean \`${suggestion}\`?`,
  }),
  "ingress-backend": code<{ ingress: string; service: string }>({
    severity: "error",
    message: ({ ingress, service }) => `no backend of the Ingress \`${ingress}\` is the stable Service \`${service}\``,
    why: "Argo copies the rules of that Service to the canary's Ingress, and finds none",
    help: ({ service }) => `let the Ingress lead to \`${service}\``,
  }),
  "approximate-weight": code<{ weight: number; actual: string; pods: string; help: string }>({
    severity: "warning",
    message: ({ weight, actual, pods }) => `\`setWeight: ${weight}\` gives the canary ${actual} % of the traffic: ${pods}`,
    why: "without `trafficRouting` Argo can only approximate a weight by the number of pods; the gate's evidence is planned for the weight as written",
    help: ({ help }) => help,
  }),
  "unknown-replicas": code({
    severity: "warning",
    message: () => "the Rollout says no `replicas` and has no `trafficRouting`",
    why: "Argo approximates each weight by the number of pods, so what the canary really gets depends on a number that is not here (without an autoscaler it is 1)",
    help: "write `replicas`, or route traffic with Istio, NGINX or another router",
  }),
  "stable-thins-out": code({
    severity: "warning",
    message: () => "`dynamicStableScale` takes away stable pods while the canary grows",
    why: "the gate compares the canary with stable, and at the last weights little is left to compare with; the scale-down itself may cause errors on the stable side",
    help: "remove it",
  }),
  "progress-deadline": code<{ seconds: string; needed: string; isDefault: boolean }>({
    severity: "warning",
    message: ({ seconds, needed, isDefault }) =>
      `\`progressDeadlineSeconds\` is ${seconds}${isDefault ? " by default" : ""}, and the analysis of the gate may take ${needed} seconds`,
    why: "in a blueGreen Rollout the time of an analysis may count as time without progress, and the release be called Degraded",
    help: ({ needed }) => `write \`progressDeadlineSeconds: ${needed}\` or more`,
  }),
  "scale-down-delay": code<{ seconds: string; needed: string }>({
    severity: "warning",
    message: ({ seconds, needed }) =>
      `\`scaleDownDelaySeconds: ${seconds}\` ends before the analysis after the switch, which takes ${needed} seconds`,
    why: "the old pods are gone before the verdict, so that going back takes as long as a new release",
    help: ({ needed }) => `remove it (Argo then keeps the old pods until the verdict), or write ${needed} or more`,
  }),
  "version-is-no-hash": code<{ isSet: boolean }>({
    severity: "warning",
    message: ({ isSet }) =>
      isSet
        ? "`DD_VERSION` is not the hash of the ReplicaSet"
        : "no container of this Rollout has the hash of its ReplicaSet as `DD_VERSION`",
    why: "the policy tells canary from stable by `version:{hash}`; under another version the gate finds no canary, and holds",
    help: `give the containers that send metrics or traces\n${VERSION_LINES}`,
  }),
  "no-rollback-window": code({
    severity: "notice",
    message: () => "this Rollout has no `rollbackWindow`, so that an exhausted budget holds an emergency rollback too",
    why: "a rollback runs through all steps and checks, unless it leads to one of the last revisions that `rollbackWindow` counts",
    help: "add `rollbackWindow: { revisions: 3 }` below `spec`, or use the policy's `bypass` annotation in an emergency",
  }),
});
