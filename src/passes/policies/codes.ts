import { code, codeTable } from "../../diagnostics/diagnostic.ts";
import type { Reducer } from "../../datadogql/reduce.ts";
import type { Backend } from "../../model/model.ts";
import type { Controller, Delivery } from "../../model/policy.ts";
import { BACKENDS, bindingLines, type MissingIndicator } from "../binding-lines.ts";

const quoted = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");

/** The first five; a project may have hundreds. */
const some = (words: readonly string[]): string => (words.length > 5 ? `${quoted(words.slice(0, 5))}, ...` : quoted(words));

const meant = ({ nearest }: { readonly nearest: string | undefined }): string | undefined =>
  nearest === undefined ? undefined : `did you mean \`${nearest}\`?`;

const COUNTLESS = { ratio: "is a ready ratio", threshold: "compares a value with a limit", timeslices: "counts time slices" } as const;

/** A `ServiceMonitor` names the job after the Service that it finds the pods by. Between two releases the canary has no pods. */
const byJob = (service: string): string =>
  `\`isolation: { canary: 'job="${service}-canary"', stable: 'job="${service}-primary"', revisionUnique: true }\``;

/** What can be wrong with a release policy whatever dialect it was written in. */
export const policyCodes = codeTable("policy", {
  // Names and references
  "duplicate-name": code<{ kind: "policy" | "profile"; name: string }>({
    severity: "error",
    message: ({ kind, name }) => `two ${kind === "policy" ? "policies" : "profiles"} are called \`${name}\``,
    why: ({ kind }) => (kind === "policy" ? "both would write the same files" : "it is not clear which of them a policy extends"),
    help: "rename one of them",
  }),
  "unknown-profile": code<{ name: string; nearest: string | undefined; known: readonly string[] }>({
    severity: "error",
    message: ({ name }) => `there is no \`GateProfile\` called \`${name}\``,
    label: meant,
    why: "the settings that should come from it would silently be the defaults",
    help: ({ name, nearest, known }) =>
      nearest !== undefined
        ? `write \`extends: ${nearest}\``
        : known.length === 0
          ? `add a document with \`kind: GateProfile\` and \`metadata: { name: ${name} }\`, or remove \`extends\``
          : `name one of ${some(known)}`,
  }),
  "profile-cycle": code<{ names: readonly string[] }>({
    severity: "error",
    message: ({ names }) => `these profiles extend each other in a circle: ${names.map((name) => `\`${name}\``).join(" -> ")}`,
    why: "none of them says what holds in the end",
    help: "remove one `extends`",
  }),
  "no-slos": code({
    severity: "error",
    message: () => "this policy names no SLO",
    why: "a gate without an SLO would let everything pass",
    help: "add `slos: [{ ref: <service>-<name> }]`, or a `selector` of labels",
  }),
  "unknown-slo": code<{ ref: string; nearest: string | undefined; known: readonly string[] }>({
    severity: "error",
    message: ({ ref }) => `there is no SLO \`${ref}\``,
    label: meant,
    why: "the release would not be judged by it",
    help: ({ nearest, known }) =>
      nearest !== undefined
        ? `write \`ref: ${nearest}\``
        : known.length === 0
          ? "add the SLO's file to `specs` in slogen.yaml"
          : `name an SLO by its id, such as ${some(known)}, or add its file to \`specs\` in slogen.yaml`,
  }),
  "ambiguous-slo": code<{ ref: string; ids: readonly string[] }>({
    severity: "error",
    message: ({ ref, ids }) => `${ids.length} SLOs are called \`${ref}\``,
    why: "the release would be judged by whichever comes first",
    help: ({ ids }) => `write the id: ${some(ids)}`,
  }),
  "slo-twice": code<{ id: string }>({
    severity: "error",
    message: ({ id }) => `the SLO \`${id}\` is named twice`,
    why: "the checks of both would have the same names, and it is not clear whose settings hold",
    help: "remove one of the two",
  }),
  "empty-selector": code<{ selector: string }>({
    severity: "error",
    message: ({ selector }) => `no SLO has the labels ${selector}`,
    why: "the release would not be judged by the SLOs that are meant",
    help: "write labels that SLOs have, all of which must match, or name an SLO under `ref`",
  }),
  "no-workload": code({
    severity: "error",
    message: () => "this policy names no workload",
    why: "the gate would belong to nothing",
    help: "add `workload: { rollout: <name> }` for Argo Rollouts, `workload: { deployment: <name> }` for Flagger, or `workload: { name: <name> }` for a gate before the deploy alone",
  }),
  "workload-twice": code<{ workload: string; policy: string; controller: Controller["kind"] }>({
    severity: "error",
    message: ({ workload, policy }) => `the policy \`${policy}\` gates \`${workload}\` too`,
    why: ({ controller }) =>
      `a ${controller === "flagger" ? "Canary has one analysis" : "Rollout has one analysis block"}, so the one written last would replace the other`,
    help: "put the SLOs of both into one policy",
  }),
  "missing-file": code<{ path: string }>({
    severity: "error",
    message: ({ path }) => `no file \`${path}\` was found`,
    why: "its steps and its traffic wiring could not be checked against the policy",
    help: "write the path from the folder of slogen.yaml",
  }),
  "unknown-environment": code<{ name: string; nearest: string | undefined; known: readonly string[] }>({
    severity: "error",
    message: ({ name }) => `slogen.yaml has no environment \`${name}\``,
    label: meant,
    why: "nothing would be generated for it, or for a place that does not exist",
    help: ({ name, nearest, known }) =>
      nearest !== undefined
        ? `write \`${nearest}\``
        : known.length === 0
          ? `add \`environments: { ${name}: {} }\` to slogen.yaml`
          : `name one of ${some(known)}, or add \`${name}\` under \`environments\` in slogen.yaml`,
  }),
  "unknown-source": code<{ name: string; nearest: string | undefined; known: readonly string[] }>({
    severity: "error",
    message: ({ name }) => `slogen.yaml has no source \`${name}\``,
    label: meant,
    why: "the gate would have nobody to ask",
    help: ({ name, nearest, known }) =>
      nearest !== undefined
        ? `write \`source: ${nearest}\``
        : known.length === 0
          ? `add \`sources: { ${name}: { address: http://prometheus.monitoring:9090 } }\` to slogen.yaml`
          : `name one of ${some(known)}`,
  }),
  "source-needed": code<{ environment: string | undefined; known: readonly string[] }>({
    severity: "error",
    message: ({ environment }) =>
      `it is not clear which source this policy asks${environment === undefined ? "" : ` in \`${environment}\``}`,
    why: "slogen.yaml has several, and the wrong one would have no series of this workload",
    help: ({ environment, known }) =>
      environment === undefined
        ? `add \`source:\` with one of ${some(known)}`
        : `add \`source:\` to \`${environment}\` in slogen.yaml, with one of ${some(known)}`,
  }),

  "no-indicator": code<MissingIndicator>({
    severity: "error",
    message: ({ slo, backend }) => `\`${slo}\` is not measured by ${BACKENDS[backend]}, where this policy looks`,
    why: "a query cannot be translated from one system's language to another's: names, tags and counters differ",
    help: (missing) => `add an indicator for it:\n${bindingLines(missing)}`,
  }),

  // Claims of other dialects
  unbound: code<{ name: string; isAnnotated: boolean; candidates: readonly string[] }>({
    severity: "error",
    message: ({ name }) => `no SLO is called \`${name}\`, so nothing says how this policy's objective is measured`,
    why: "a Kubestead policy states a target without an indicator; slogen takes the indicator from the SLO that it is bound to",
    help: ({ isAnnotated, candidates: [first = "<service>-<name>", ...rest] }) =>
      (isAnnotated ? `write \`slogen/slo: ${first}\`` : `add under \`metadata\`: \`annotations: { slogen/slo: ${first} }\``) +
      (rest.length > 0 ? `; there are ${some([first, ...rest])}` : ""),
  }),
  "target-differs": code<{ claimed: string; slo: string; target: string }>({
    severity: "error",
    message: ({ claimed, slo, target }) => `this policy wants ${claimed}, and its SLO \`${slo}\` promises ${target}`,
    why: "alerts and gate would measure different budgets; one number has one place",
    help: ({ target }) => `write \`target: ${target}\`, or remove it, since the SLO says it`,
  }),
  "period-differs": code<{ claimed: string; slo: string; promised: string; period: string }>({
    severity: "error",
    message: ({ claimed, slo, promised }) => `this policy counts over ${claimed}, and its SLO \`${slo}\` over ${promised}`,
    why: "alerts and gate would measure different budgets; one number has one place",
    help: ({ period }) => `write \`window: ${period}\`, or remove it, since the SLO says it`,
  }),

  // The delivery
  "no-delivery": code({
    severity: "error",
    message: () => "this policy has no steps",
    why: "without them the new version would take all traffic at once, and no gate would see it before",
    help: "add `steps: [{ weight: 5, bake: 10m }, { weight: 50, bake: 15m }]`, or `blueGreen: { postPromotion: 15m }`",
  }),
  "weight-range": code<{ weight: string }>({
    severity: "error",
    message: ({ weight }) => `a step's weight is a percentage from 1 to 99, and this is ${weight}`,
    why: ({ weight }) =>
      weight === "100"
        ? "at 100 there is no old version left to compare with; the gate ends before"
        : "a canary without traffic shows nothing, and more than all there is cannot be sent to it",
    help: ({ weight }) =>
      weight === "100" ? "remove the step: full promotion follows the last one by itself" : "write a whole number from 1 to 99",
  }),
  "final-step": code({
    severity: "notice",
    message: () => "the last step is the full promotion and has no gate",
    help: "it may be left out",
  }),
  "steps-order": code<{ weight: number; before: number }>({
    severity: "error",
    message: ({ weight, before }) => `a step of ${weight} % follows one of ${before} %`,
    why: "a release goes forward: a step that does not rise tests nothing that the one before has not",
    help: ({ before }) => (before < 99 ? `write a weight above ${before}, or remove the step` : "remove the step"),
  }),
  "bake-stretched": code<{ when: "step" | "preview"; bake: string; needed: string; looks: number; every: string }>({
    severity: "warning",
    message: ({ when, bake, needed }) => `${when === "step" ? "this step" : "`prePromotion`"} takes ${needed}, not ${bake}`,
    why: ({ looks, every }) => `promotion needs ${looks} good looks in a row, ${every} apart`,
    help: ({ needed }) => `write ${needed} or more, or ask for fewer looks under \`gate.promote\``,
  }),
  "gate-too-slow": code<{ delivery: "canary" | "blueGreen"; earliest: string; length: string }>({
    severity: "error",
    message: ({ delivery, earliest, length }) =>
      `this gate can roll back after ${earliest} at the earliest, and ${delivery === "canary" ? "the release takes" : "`postPromotion` is"} ${length}`,
    why: "the release would always be over before the gate has an opinion",
    help: ({ delivery }) =>
      `use ${delivery === "canary" ? "longer steps" : "a longer `postPromotion`"}, fewer \`looks\`, or a shorter \`every\``,
  }),
  "window-above-release": code<{ window: string; length: string }>({
    severity: "error",
    message: ({ window, length }) => `a window of ${window} is longer than the whole release, which takes ${length}`,
    why: "no look would have a recent past of its own: an error at the start would count until the end",
    help: ({ length }) => `use a window well below ${length}, such as \`5m\``,
  }),
  "window-below-scrapes": code<{ window: string; interval: string; least: string; source: string; backend: Backend }>({
    severity: "error",
    message: ({ window, interval, source, backend }) =>
      `a window of ${window} holds too few samples: \`${source}\` ${backend === "datadog" ? "gets one" : "scrapes"} every ${interval}`,
    why: ({ backend }) =>
      backend === "datadog"
        ? "the newest of them is mostly not complete, and one that comes late leaves nothing to read"
        : "counts over fewer than four scrapes are mostly extrapolation, and one late scrape leaves nothing to read",
    help: ({ least, backend }) =>
      `use \`window: ${least}\` or more; if ${
        backend === "datadog"
          ? "metrics are sent more often, say so under `interval`"
          : "the targets are scraped more often, say so under `scrapeInterval`"
      }`,
  }),

  "window-outlasts-wait": code<{ window: string; wait: string }>({
    severity: "warning",
    message: ({ window, wait }) => `an error stays in the window for ${window}, and a step waits ${wait} for good looks`,
    why: "one short trouble at the end of a step can be over long before the window forgets it, and the release is given up all the same",
    help: "use a shorter `window`, or a `promote.maxWait` that is longer than the window and the good looks together",
  }),
  "looks-too-close": code<{ every: string; interval: string; source: string; looks: number; backend: Backend }>({
    severity: "warning",
    message: ({ every, interval, source, backend }) =>
      `looks ${every} apart see the same samples: \`${source}\` ${backend === "datadog" ? "gets one" : "is scraped"} every ${interval}`,
    why: ({ looks }) => `${looks} looks are meant to confirm each other, and two looks at one sample confirm nothing`,
    help: ({ interval }) => `write \`every: ${interval}\` or more`,
  }),

  // Limits
  "multiplier-below-one": code<{ multiplier: string }>({
    severity: "error",
    message: ({ multiplier }) => `\`timesStable\` is at least 1, and this is ${multiplier}`,
    why: "below 1 a canary as good as the old version would be blamed for a trouble that both share",
    help: "write how many times worse than the old version a canary may be, such as 2 to go on and 5 to be rolled back",
  }),
  "unreachable-limit": code<{ check: string; burnRate: string; slo: string; highest: string; requests?: number }>({
    severity: "error",
    message: ({ check, burnRate, slo, highest, requests }) =>
      requests === undefined
        ? `\`${slo}\` can never reach a burn rate of ${burnRate} (\`${check}\`): a total outage burns at ${highest}`
        : `\`${slo}\` can never show a burn rate of ${burnRate} (\`${check}\`): with about ${requests} requests by the end of the last step, a total outage counts as ${highest}`,
    why: ({ check }) =>
      check === "promote"
        ? "every release would pass"
        : check === "preDeploy"
          ? "this gate would never stop a deploy by its burn rate"
          : "this check would never roll anything back",
    help: ({ requests, highest }) =>
      requests === undefined
        ? `write a limit well below it, such as half: \`burnRate: ${Number(highest) / 2}\``
        : "give the canary more traffic or time, a lower limit, a lower `confidence`, or fewer `minBadEvents`",
  }),
  "limit-lowered": code<{ check: string; usual: string; slo: string; highest: string; lowered: string }>({
    severity: "warning",
    message: ({ check, usual, slo, lowered }) => `the usual \`${check}.burnRate\` of ${usual} is lowered to ${lowered} for \`${slo}\``,
    why: ({ highest }) => `at its objective even a total outage burns at ${highest} only`,
    help: ({ check, lowered }) => `write \`gate: { ${check}: { burnRate: ${lowered} } }\` at this SLO to settle it`,
  }),
  "promote-above-fail": code<{ promote: string; fail: string }>({
    severity: "error",
    message: ({ promote, fail }) => `a release may go on at a burn rate of ${promote}, and is rolled back above ${fail}`,
    why: "between the two the gate would say both",
    help: "keep `promote.burnRate` at or below `fail.burnRate`",
  }),
  "extreme-below-fail": code<{ extreme: string; fail: string }>({
    severity: "error",
    message: ({ extreme, fail }) => `the extreme limit of ${extreme} is below that of \`fail\`, which is ${fail}`,
    why: "a single look would roll back what `fail` wants to see several times",
    help: "raise `extreme.burnRate`, or write `extreme: false`",
  }),
  "tighten-range": code<{ share: string; percent: string | undefined }>({
    severity: "error",
    message: ({ share }) => `the share of the budget lies between 0 and 1, and this is ${share}`,
    label: ({ percent }) => (percent === undefined ? undefined : `did you mean \`${percent}\`?`),
    why: "at 0 the gate would always be tight, at 1 only once nothing is left",
    help: ({ percent }) => `write \`${percent ?? "0.8"}\``,
  }),
  "unknown-confidence": code<{ found: string; meant: string | undefined; known: readonly string[] }>({
    severity: "error",
    message: ({ found }) => `slogen has no quantile for a confidence of ${found}`,
    label: ({ meant }) => (meant === undefined ? undefined : `did you mean \`${meant}\`?`),
    why: "with the nearest one the gate would be more or less sure than this policy says",
    help: ({ meant, known }) => `write ${meant === undefined ? `one of ${known.join(", ")}` : `\`confidence: ${meant}\``}`,
  }),

  // Traffic
  "no-traffic": code<{ dialect: boolean }>({
    severity: "notice",
    message: () => "this policy does not say how much traffic to expect, so slogen cannot tell whether its gate will see enough",
    help: ({ dialect }) =>
      dialect
        ? "add `traffic: 600rpm` to a `GateProfile`, and name that in the annotation `slogen/extends`"
        : "add `traffic: 600rpm` with the requests of the whole service at a quiet hour",
  }),
  "budget-unrecorded": code<{ slo: string; waits: string }>({
    severity: "notice",
    message: ({ slo }) => `nothing in this build records what is left of the error budget of \`${slo}\``,
    why: ({ waits }) =>
      `the gate asks for \`slo:period_error_budget_remaining:ratio\`; where nobody records it, a budget counts as nearly gone, and ${waits}`,
    help: "add `prometheus` to `targets`, see that Sloth records it, or write `gate: { budget: false }`",
  }),
  "low-traffic": code<{ expected: number; needed: number; slo: string; outcome: "never" | "late" | "blind"; step: number }>({
    severity: "error",
    message: ({ expected, needed, slo, step }) =>
      `by the end of its time at ${step} % the canary has served about ${expected} requests, and \`${slo}\` needs ${needed}`,
    why: ({ outcome }) =>
      outcome === "never"
        ? "not even `maxWait` is long enough, so no release could ever be promoted"
        : outcome === "late"
          ? "every release would be held until enough requests have come"
          : "such a release passes, and so few requests cannot show that it is sound",
    help: ({ outcome }) =>
      outcome === "blind"
        ? "use longer or heavier steps, or a higher `fail.burnRate`"
        : `use longer or heavier steps${outcome === "never" ? ", a longer `promote.maxWait`" : ""}, or let releases pass with \`gate: { evidence: { otherwise: pass } }\``,
  }),

  // SLIs
  "no-counts-on-datadog": code<{ slo: string; kind: "ratio" | "threshold" | "timeslices" }>({
    severity: "error",
    message: ({ slo, kind }) => `\`${slo}\` ${COUNTLESS[kind]}, so a gate on Datadog has nothing to judge by`,
    why: "such a gate counts the canary's bad events above what is allowed: Datadog gives one number a look, and only counts add up to one that means something",
    help: "add `evidence` to this SLO, with counts of the same events, such as\nevidence:\n  bad: sum:trace.http.request.errors{service:shop}.as_count()\n  total: sum:trace.http.request.hits{service:shop}.as_count()",
  }),
  "no-counts": code<{ slo: string; kind: "ratio" | "threshold" | "timeslices" }>({
    severity: "warning",
    message: ({ slo, kind }) => `\`${slo}\` ${COUNTLESS[kind]}, so the gate has no number of events to judge by`,
    why: "it takes the value as it is: one bad request in two reads like an outage, no confidence can be given, without a single sample it only holds, and `evidence.minRequests` and `noTraffic: pass` have no effect",
    help: "add `evidence: { bad: <query>, total: <query> }` with counters of the same events",
  }),
  "needless-evidence": code<{ slo: string }>({
    severity: "error",
    message: ({ slo }) => `\`${slo}\` counts its events itself, so these queries would not be used`,
    why: "alerts and gate would seem to measure something that they do not",
    help: "remove `evidence`",
  }),
  "unread-query": code<{ slo: string; preDeploy?: true }>({
    severity: "error",
    message: ({ slo, preDeploy }) =>
      `the query of \`${slo}\` is no PromQL, so it cannot be ${preDeploy ? "asked over the gate's windows" : "narrowed to the canary"}`,
    why: ({ preDeploy }) => (preDeploy ? "the gate would have nothing to judge by" : "the gate would judge old and new version together"),
    help: "write the SLI in PromQL, or leave the SLO out of the policy",
  }),

  // Isolation
  "bad-matchers": code<{ problem: string }>({
    severity: "error",
    message: ({ problem }) => `these are no PromQL matchers: ${problem}`,
    why: "Prometheus would refuse every query that they are added to",
    help: 'write them as they stand between the braces of a selector: `version="canary", tier=~"web.*"`',
  }),
  "bad-tags": code<{ problem: string; help: string | undefined }>({
    severity: "error",
    message: ({ problem }) => `these are no Datadog tags: ${problem}`,
    why: "Datadog would refuse every query that they are added to, or read it otherwise",
    help: ({ help }) => help ?? "write them as they stand between the braces of a query, with commas: `version:{hash},!role:batch`",
  }),
  "strategy-on-datadog": code<{ strategy: "istioHost" | "nginx" }>({
    severity: "error",
    message: ({ strategy }) =>
      `\`${strategy}\` tells the versions apart by a label of ${strategy === "istioHost" ? "Istio's" : "ingress-nginx's"} Prometheus metrics, and this policy asks Datadog`,
    why: "no tag of Datadog's stands for that label, so the gate would find neither version",
    help: "write `isolation: { strategy: podTemplateHash }` for metrics that the agent tags, or the tags themselves: `isolation: { canary: 'version:{hash}', stable: 'version:{hash}' }`",
  }),
  "optional-tag": code<{ tag: string }>({
    severity: "warning",
    message: () => "agents send the tag `pod_name` only where they are told to",
    why: "its cardinality is `orchestrator`, and the default is `low`: https://docs.datadoghq.com/containers/kubernetes/tag/; without the tag the gate finds no canary, and holds",
    help: ({ tag }) =>
      `use \`podTemplateHash\`, whose tag \`kube_replica_set\` is of low cardinality; where agents run with \`DD_DOGSTATSD_TAG_CARDINALITY\` and \`DD_CHECKS_TAG_CARDINALITY\` of \`orchestrator\`, say so by the tag itself: \`isolation: { canary: '${tag}', stable: '${tag}' }\``,
  }),
  "same-sides": code<{ shared?: readonly string[] }>({
    severity: "error",
    message: ({ shared }) =>
      shared === undefined
        ? "canary and stable are the same"
        : `canary and stable both select ${shared.map((each) => `\`${each}\``).join(" with ")}`,
    why: "the new version would be compared with itself, and never be worse",
    help: "give the sides different values, or `{hash}`, which in each side stands for the hash of its own ReplicaSet",
  }),
  "doubtful-unique": code({
    severity: "warning",
    message: () => "nothing in `canary` says that it selects the series of one release alone",
    why: "if the same label values come back with the next release, the errors of earlier ones count against it",
    help: "put `{hash}` into a value of `canary`, or leave `revisionUnique` out",
  }),
  "long-name": code<{ name: string; limit: number }>({
    severity: "error",
    message: ({ name, limit }) => `pods of \`${name}\` do not carry their whole hash: the name is longer than ${limit} characters`,
    why: "Kubernetes cuts the generated part of a pod's name at 58 characters, so the canary's series would not be found",
    help: "use `isolation: { strategy: podTemplateHash }`",
  }),
  "unused-isolation": code<{ key: string; strategy: string }>({
    severity: "error",
    message: ({ key, strategy }) =>
      `\`${key}\` has no effect with ${strategy === "explicit" ? "matchers for both sides" : strategy === "flagger" ? "Flagger" : `\`strategy: ${strategy}\``}`,
    why: "a setting that nobody reads silently does nothing",
    help: ({ key, strategy }) =>
      key === "revisionUnique"
        ? "remove it: it goes with `canary` and `stable` matchers, and the named strategies know it"
        : strategy === "flagger"
          ? "remove it: Flagger makes and names both Services itself"
          : "remove it, or use `strategy: istioHost`",
  }),
  "service-needed": code<{ missing: readonly ("canaryService" | "stableService")[] }>({
    severity: "error",
    message: ({ missing }) => `\`istioHost\` needs ${missing.map((key) => `\`${key}\``).join(" and ")}`,
    why: "Istio tells the versions apart by the Service that a request went to",
    help: ({ missing }) =>
      `add ${missing.map((key) => `\`${key}: <Service>\``).join(" and ")} under \`isolation\`, or name the Rollout's file under \`workload.file\``,
  }),
  "unfit-matcher": code<{ matcher: string; environment: string; backend: Backend }>({
    severity: "error",
    message: ({ matcher, environment, backend }) =>
      `\`${matcher}\` is no ${backend === "datadog" ? "Datadog tag" : "Prometheus label"}, and \`${environment}\` adds it to every query`,
    why: ({ backend }) =>
      backend === "datadog" ? "Datadog would refuse the query, or read it as several tags" : "Prometheus would refuse the query",
    help: ({ backend }) =>
      backend === "datadog"
        ? "write letters, digits, `_`, `-`, `.`, `/` and `:` alone, as Datadog stores the tag"
        : "name a label by letters, digits and `_` alone, as `kube_cluster_name`; `-`, `.` and `/` are for Datadog's tags",
  }),
  "matcher-clash": code<{ label: string; environment: string }>({
    severity: "error",
    message: ({ label, environment }) => `\`${label}\` tells the versions apart, so \`${environment}\` cannot set it too`,
    why: "both matchers would apply, and no series has two values of one label",
    help: ({ label }) => `remove \`${label}\` from \`matchers\`, or tell the versions apart by another label`,
  }),

  // Flagger
  "unused-flagger": code({
    severity: "error",
    message: () => "`flagger` has no effect: this policy names no Deployment",
    why: "a setting that nobody reads silently does nothing",
    help: "add `workload: { deployment: <name> }`, or remove `flagger`",
  }),
  "no-provider": code<{ workload: string; hasCanary: boolean; hasFile: boolean }>({
    severity: "error",
    message: ({ workload }) => `nothing says which mesh or ingress divides the traffic of \`${workload}\``,
    why: ({ hasCanary }) =>
      `canary and primary are told apart by its metrics, and every mesh and ingress has labels of its own${hasCanary ? "; a Canary without `provider` takes what Flagger was started with" : ""}`,
    help: ({ workload, hasCanary, hasFile }) => {
      const canary = hasFile
        ? `; no Canary in the files of \`workload.file\` targets \`${workload}\``
        : "; or name the file of the Canary under `workload.file`";
      return `add \`provider: istio\`, or whatever it is, under \`flagger\`${hasCanary ? "" : canary}`;
    },
  }),
  "other-provider": code<{ policy: string; canary: string }>({
    severity: "error",
    message: ({ policy, canary }) => `this policy says \`${policy}\`, and the Canary \`${canary}\``,
    why: "the gate would look for labels that nobody sets, and find neither version",
    help: ({ canary }) => `write \`provider: ${canary}\`, or remove it, since the Canary says it; or correct the Canary`,
  }),
  "unknown-provider": code<{ provider: string; nearest: string | undefined; known: readonly string[] }>({
    severity: "error",
    message: ({ provider }) =>
      provider === "knative" ? "slogen cannot gate a release by the provider `knative`" : `Flagger knows no provider \`${provider}\``,
    label: meant,
    why: ({ provider }) =>
      provider === "knative"
        ? "Flagger releases Knative Services with it, and nothing else; no gate can know the names of their revisions beforehand"
        : "the API server refuses such a Canary; before Flagger 1.43 it took Istio's router",
    help: ({ provider, nearest, known }) =>
      provider === "knative"
        ? "write the analysis of this Canary by hand"
        : nearest === undefined
          ? `write one of ${quoted(known)}`
          : `write \`provider: ${nearest}\``,
  }),
  "untold-provider": code<{ provider: string; service: string }>({
    severity: "error",
    message: ({ provider }) => `slogen knows no labels by which metrics of \`${provider}\` tell canary from primary`,
    why: ({ provider }) =>
      provider === "apisix"
        ? "Flagger puts both into one `ApisixRoute`, and the label `route` names that route: the canary would be judged by the requests of both"
        : "with labels that nobody sets the gate would find neither version",
    help: ({ service }) => `give matchers of both, such as those of what the application's own pods expose: ${byJob(service)}`,
  }),
  "strategy-on-flagger": code<{ strategy: string }>({
    severity: "error",
    message: ({ strategy }) => `\`strategy: ${strategy}\` is for Argo Rollouts, and Flagger releases this workload`,
    why: "Flagger gives its versions other names and no hash, so the gate would find neither of them",
    help: "remove it: the provider tells the versions apart; or give matchers for both sides: `isolation: { canary: ..., stable: ... }`",
  }),
  "hash-on-flagger": code({
    severity: "error",
    message: () => "with Flagger there is no hash that `{hash}` could stand for",
    why: "nothing would be put in its place, so the gate would find neither version",
    help: "remove `isolation`, since the provider tells the versions apart; or tell them apart by names: the canary's are the Deployment's, and the old version's end in `-primary`",
  }),
  "long-deployment": code<{ name: string; limit: number; because: "primary" | "pods" }>({
    severity: "error",
    message: ({ name, limit, because }) =>
      because === "primary"
        ? `\`${name}-primary\` is too long: the name of a Canary's target has at most ${limit} characters`
        : `pods of \`${name}-primary\` do not carry its whole name and hash: \`${name}\` is longer than ${limit} characters`,
    why: ({ because }) =>
      because === "primary"
        ? "Flagger names Services and sets labels so, and Kubernetes takes 63 characters"
        : "Kubernetes cuts the generated part of a pod's name at 58 characters, and what is left of the primary's could be taken for the canary's",
    help: ({ name, because }) => (because === "primary" ? "give it a shorter name" : `give matchers of both: ${byJob(name)}`),
  }),
  "steps-on-kubernetes": code({
    severity: "error",
    message: () => "with the provider `kubernetes` no share of the traffic can be sent to the canary",
    why: "Flagger would run ten iterations without any of it, and then switch at once; only its events say so",
    help: "use `blueGreen: { prePromotion: 10m }`, or a provider that divides traffic",
  }),
  "unusable-match": code<{ by: "steps" | "provider"; provider: string; delivery: Delivery["kind"] }>({
    severity: "error",
    message: ({ by, provider }) =>
      by === "steps" ? "`match` does not go with `steps`" : `\`${provider}\` cannot choose requests by \`match\``,
    why: ({ by, provider, delivery }) =>
      by === "steps"
        ? "the canary would get requests that match alone, at any weight, and the evidence that is planned for the weights would not come"
        : delivery === "canary"
          ? "the weights would be shares of everybody's requests, and not of those that are meant"
          : provider === "kubernetes"
            ? "Flagger drops it, which only an event tells, and no user would see the new version before the switch"
            : provider === "gloo"
              ? "Flagger makes one route for requests that match and none for the others, which nobody would answer"
              : "Flagger would send all requests to the canary at the first tick",
    help: ({ by }) =>
      by === "steps"
        ? "use `blueGreen: { prePromotion: 10m }` instead of `steps` for an A/B test, or remove `match`"
        : "remove `match`, or use a provider that can: `istio`, `gatewayapi:v1`, `contour`, `nginx`",
  }),
  "no-preview": code({
    severity: "error",
    message: () => "Flagger judges a new version before the switch alone, and this policy has no `prePromotion`",
    why: "after the switch Flagger copies the new version over the old one, so nothing would be judged",
    help: "add `prePromotion: 10m`, and traffic for the preview; or use `steps`",
  }),
  "short-interval": code<{ interval: string; least: string; because: "flagger" | "scrapes" }>({
    severity: "error",
    message: ({ interval, because }) =>
      because === "flagger" ? `Flagger does not tick every ${interval}` : `ticks every ${interval} are closer together than two scrapes`,
    why: ({ because }) =>
      because === "flagger"
        ? "it raises anything below 10s to 10s without a word, so bakes and waits would take longer than this policy says"
        : "the gate goes by `flagger_canary_weight`, and would still see the weight before: a bake would be left out, and the last step would not be asked for its requests",
    help: ({ least, because }) =>
      `write \`interval: ${least}\` or more${because === "scrapes" ? "; if the targets are scraped more often, say so under `scrapeInterval`" : ""}`,
  }),
  "hook-on-datadog": code<{ key: "loadtester" | "rollback"; source: string }>({
    severity: "warning",
    message: ({ key, source }) => `\`${key}\` has no effect: this policy asks \`${source}\`, which is Datadog`,
    why: "the hooks send PromQL to a Prometheus; on Datadog `fail` holds, and rolls back once enough ticks have failed",
    help: ({ key }) => `remove \`${key}\`, or give this policy a source of \`type: prometheus\``,
  }),
  "promote-times-above": code<{ check: string; promote: string; limit: string }>({
    severity: "error",
    message: ({ check, promote, limit }) =>
      `a release may go on at ${promote} times the old version's burn rate, and \`${check}\` begins above ${limit} times`,
    why: "Flagger asks at a tick whether the release may go on, and nothing else holds it: between the two it would go on",
    help: ({ check }) => `keep \`promote.timesStable\` at or below \`${check}.timesStable\``,
  }),
  "primary-renamed": code<{ label: string; value: string; instead: string }>({
    severity: "warning",
    message: ({ label, value }) => `\`${label}="${value}"\` most likely selects the canary alone`,
    why: "Flagger gives the old version's pods names and labels that end in `-primary`, and between two releases there are no others: the SLO would measure next to nothing, and the gate miss the side to compare with",
    help: ({ instead }) => `write \`${instead}\`; where the label does not come from the pods, nothing has to be done`,
  }),

  // Guards
  "guard-twice": code<{ name: string }>({
    severity: "error",
    message: ({ name }) => `two guards are called \`${name}\``,
    why: "their checks would have the same name, which the release controller refuses",
    help: "rename one of them",
  }),
  "guard-series": code<{ labels: readonly string[] | undefined; backend: Backend }>({
    severity: "error",
    message: ({ labels }) =>
      labels === undefined ? "this query may give many series" : `this query gives a series for each ${quoted(labels)}`,
    why: ({ backend }) =>
      backend === "datadog"
        ? "a guard compares one number; Argo Rollouts before 1.10 cannot read a grouped answer at all"
        : "a guard compares one number; of several the first would decide, and their order means nothing",
    help: ({ backend }) => (backend === "datadog" ? "leave out `by {...}`" : "wrap it in `sum(...)`, `max(...)` or the like, without `by`"),
  }),
  "quantile-without-le": code({
    severity: "error",
    message: () => "`histogram_quantile` gets its buckets without `sum by (le)`",
    why: "it gives a quantile for each of its buckets' series, such as every pod, and a guard compares one number",
    help: "write `histogram_quantile(0.99, sum by (le) (rate(..._bucket[5m])))`",
  }),
  "guard-function": code<{ name: string }>({
    severity: "error",
    message: ({ name }) => `a guard's query cannot use \`${name}(...)\``,
    why: "Datadog makes one number of each metric first, and a function would see that number alone: a moving sum of it is the number itself",
    help: "leave it out: the guard looks at the gate's `window` in one piece; only `default_zero(...)` and arithmetic are left as they are",
  }),
  "guard-aggregators": code<{ needed: readonly Reducer[] }>({
    severity: "error",
    message: ({ needed }) => `the metrics of this query would need ${needed.map((each) => `\`${each}\``).join(" and ")}`,
    why: "Argo Rollouts sends one aggregator for all metrics of a query, and the wrong one turns a count into a mean, or a percentile into a sum",
    help: "make a guard of each metric, or use metrics of one kind",
  }),
  "guard-unit": code<{ found: string; wanted: string; help: string }>({
    severity: "error",
    message: ({ found, wanted }) => `the limit is in ${found}, and the query gives ${wanted}`,
    why: "the comparison would be off by whatever lies between the two",
    help: ({ help }) => help,
  }),
  "guard-unit-missing": code<{ missing: "limit" | "query"; help: string }>({
    severity: "error",
    message: ({ missing }) =>
      missing === "limit" ? "this limit has no unit, and the query's value has" : "slogen cannot tell in which unit this query's value is",
    why: "a limit in another unit than was meant stops every release, or none",
    help: ({ help }) => help,
  }),
  "guard-unit-differs": code<{ stated: string; inferred: string }>({
    severity: "error",
    message: ({ stated, inferred }) =>
      `\`unit: ${stated}\` contradicts the names in the query, which say ${inferred === "none" ? "that it counts" : inferred}`,
    why: "the comparison would be off by whatever lies between the two",
    help: "remove `unit`; the names of metrics tell it",
  }),
});
