import { code, codeTable } from "../../diagnostics/diagnostic.ts";

export const flaggerCodes = codeTable("flagger", {
  "no-rollback-hook": code<{ policy: string; after: string; threshold: number; reason: "none" | "authentication" | "datadog" }>({
    severity: "warning",
    message: ({ policy, after }) => `a broken release of \`${policy}\` is rolled back after ${after} at the earliest`,
    why: ({ reason, threshold }) =>
      `Flagger has no check that rolls back: what fails only holds the canary, with its traffic, until ${threshold === 1 ? "one tick has" : `${threshold} ticks have`} failed${reason === "none" ? "" : reason === "datadog" ? "; a load tester can ask Prometheus alone" : "; a load tester cannot ask a source that wants authentication"}`,
    help: ({ reason }) =>
      reason === "none"
        ? "set `flagger.loadtester` to the address of a Flagger load tester, or `flagger.rollback` to a service of your own; a lower `promote.maxWait` makes it sooner"
        : reason === "authentication"
          ? "set `flagger.rollback` to a service of your own that can ask the source, or a lower `promote.maxWait`"
          : "set a lower `promote.maxWait`",
  }),
  "holds-add-up": code<{ policy: string; threshold: number; after: string }>({
    severity: "notice",
    message: ({ policy, threshold }) =>
      `${threshold === 1 ? "one failed tick rolls" : `${threshold} failed ticks roll`} a release of \`${policy}\` back, whenever they come`,
    why: ({ after }) =>
      `\`promote.maxWait\` says how long one step may be held; Flagger counts the failed ticks of all steps together, also those of a source that does not answer, and forgets none: ${after} in all`,
    help: "set a longer `promote.maxWait` where several steps may be held",
  }),
  "bakes-as-ladder": code<{ policy: string; weights: readonly number[]; missing: "loadtester" | "scrapes" | undefined }>({
    severity: "notice",
    message: ({ policy, weights }) => `\`${policy}\` rises in ${weights.length} small steps, one a tick: ${listed(weights)}`,
    why: "Flagger leaves a weight at the first tick that passes, and no hook keeps it there; each step ends at the policy's weight and takes its bake time",
    help: ({ missing }) =>
      `nothing has to be done${missing === undefined ? "" : `; with ${missing === "loadtester" ? "`flagger.loadtester`" : "a Prometheus that scrapes Flagger"} the weights are the policy's own`}`,
  }),
  "bake-cut": code<{ policy: string; interval: string; shortest: string; canBeHeld: boolean }>({
    severity: "warning",
    message: ({ policy, interval }) => `a tick every ${interval} cuts the bakes of \`${policy}\` short`,
    why: "Flagger moves to the next weight at each tick that passes, and there are not as many whole weights between two steps as there are ticks in a bake: the canary is promoted before its time",
    help: ({ shortest, canBeHeld }) =>
      `set \`flagger.interval: ${shortest}\`, or leave it out${canBeHeld ? ", or set `flagger.loadtester`, which keeps each weight for its bake" : ""}`,
  }),
  "one-good-look": code<{ policy: string; goodLooks: number }>({
    severity: "notice",
    message: ({ policy, goodLooks }) => `one good tick moves \`${policy}\` on, where \`promote.goodLooks\` is ${goodLooks}`,
    why: "Flagger asks once a tick and remembers no earlier one",
    help: "nothing has to be done; a longer bake asks more often at each step",
  }),
  "evidence-every-tick": code<{ slo: string; requests: number }>({
    severity: "notice",
    message: ({ slo, requests }) => `the ${requests} requests that \`${slo}\` wants by the last step are asked for at every tick`,
    why: "a switch has no last step, so ticks before that many requests fail and count",
    help: "see that `promote.maxWait` covers the time that so many requests take",
  }),
  "evidence-by-share": code<{ slo: string; requests: number; window: string; backend: "prometheus" | "datadog" }>({
    severity: "notice",
    message: ({ slo, requests }) =>
      `of the ${requests} requests that \`${slo}\` wants by the last step, each tick asks for a part, by the canary's share of the traffic`,
    why: ({ window, backend }) =>
      `${backend === "datadog" ? "Datadog does not know which step a release is at" : "nothing tells which step a release is at, since the source does not scrape Flagger"}; the share is that of the last ${window}, and with little traffic the first ticks fail and count`,
    help: ({ backend }) =>
      `${backend === "datadog" ? "" : "let Prometheus scrape Flagger and leave `scrapesFlagger` out, or "}declare \`traffic\`, and it is said whether any tick would fail`,
  }),
  "budget-after-traffic": code<{ policy: string; canBeAsked: boolean }>({
    severity: "notice",
    message: ({ policy }) => `what is left of the error budget is asked when the canary of \`${policy}\` has its first traffic`,
    why: "Flagger asks no metric before the first weight; an exhausted budget then holds the canary at that weight, and rolls it back as other failed ticks do",
    help: ({ canBeAsked }) =>
      canBeAsked
        ? "with `flagger.loadtester` it is asked before, and such a release waits without traffic"
        : "nothing has to be done; `budget: false` lets a release pass whatever is left",
  }),
  "budget-waits": code<{ policy: string; slo: string }>({
    severity: "notice",
    message: ({ policy, slo }) => `an exhausted budget of \`${slo}\` makes a release of \`${policy}\` wait, it does not end it`,
    why: "Flagger asks before the first traffic again and again, and no answer of the hook ends a release",
    help: "write `budget: { exhausted: hold }`, which says what happens",
  }),
  bypass: code<{ policy: string; annotation: string; hook: string | undefined; metrics: readonly string[] }>({
    severity: "notice",
    message: ({ policy, annotation }) =>
      `the annotation \`${annotation}\` does not let a release of \`${policy}\` pass an exhausted budget`,
    why: "Flagger shows no annotation to a query or a hook",
    help: ({ hook, metrics }) =>
      hook === undefined
        ? `for such a release set \`hotfix: "1"\` in \`templateVariables\` of ${metrics.map((name) => `\`${name}\``).join(", ")}`
        : `for such a release change \`hotfix=0\` to \`hotfix=1\` in the command of the webhook \`${hook}\``,
  }),
  "no-pause": code<{ policy: string }>({
    severity: "warning",
    message: ({ policy }) => `\`onTimeout: pause\` has no effect on \`${policy}\`: a release that is held too long is rolled back`,
    why: "Flagger knows no other end of a release whose checks fail",
    help: "write `onTimeout: abort`, and a `promote.maxWait` that is long enough for a person to come",
  }),
  "no-post-promotion": code<{ policy: string }>({
    severity: "warning",
    message: ({ policy }) => `nothing is asked about \`${policy}\` after the switch, so \`postPromotion\` has no effect`,
    why: "Flagger ends its analysis with the promotion and keeps no old version to go back to",
    help: "leave `postPromotion` out and judge longer before the switch, or release by steps",
  }),
  "preview-traffic": code<{ policy: string }>({
    severity: "warning",
    message: ({ policy }) => `the checks of \`${policy}\` before the switch need requests to the canary`,
    why: "users reach it only after the switch; a canary that nobody calls has nothing to show, its checks fail, and it is rolled back",
    help: "send test traffic to the canary's service: name a webhook of the type `rollout` that runs a load test in `flagger.webhooks`",
  }),
  "observed-source": code<{ policy: string; threshold: number }>({
    severity: "notice",
    message: ({ policy }) => `no verdict stops \`${policy}\`, but a source that does not answer still holds it, and rolls it back at last`,
    why: ({ threshold }) =>
      `while the gate observes every value passes, but Flagger counts a query without an answer as a failed check all the same, and ${threshold === 1 ? "one is" : `${threshold} are`} the end of a release`,
    help: "nothing has to be done if a release may wait for its metrics source; else keep the gate out of the Canary: `flagger: { canary: none }` in `slogen.yaml`",
  }),
  "source-timeout": code<{ source: string; timeout: string }>({
    severity: "warning",
    message: ({ source, timeout }) =>
      `\`timeout: ${timeout}\` of \`${source}\` has no effect on Flagger, which waits 5 seconds for an answer`,
    why: "no field of a MetricTemplate changes that, and a query that takes longer is a failed check",
    help: "leave `timeout` out, and see that the gate's queries are answered within 5 seconds",
  }),
  "no-address": code<{ source: string | undefined }>({
    severity: "error",
    message: ({ source }) => (source === undefined ? "no source says where the gate asks" : `the source \`${source}\` has no address`),
    why: "Flagger has no default for MetricTemplates, so every check would fail and every release be rolled back",
    help: ({ source }) =>
      source === undefined
        ? "write `sources: { prometheus: { type: prometheus, address: http://prometheus.monitoring:9090 } }` in `slogen.yaml`"
        : `set \`sources.${source}.address\``,
  }),
  authentication: code<{ source: string; kind: "basic" | "oauth2" | "sigv4" }>({
    severity: "error",
    message: ({ source, kind }) => `Flagger cannot ask \`${source}\` with \`${kind}\` authentication`,
    why: ({ kind }) =>
      kind === "basic"
        ? "it reads the keys `username` and `password` of a Secret, and the one that is named here holds both in one text"
        : "it sends a bearer token or a user's name and password, and nothing else",
    help: ({ kind }) =>
      kind === "basic"
        ? "use `bearer`, or an address inside the cluster that asks for no password"
        : kind === "oauth2"
          ? "use `bearer`, or a proxy in front of the source that obtains the token"
          : "use a proxy in front of the source that signs the requests, such as aws-sigv4-proxy",
  }),
  "token-key": code<{ source: string; secret: string; key: string }>({
    severity: "error",
    message: ({ source, key }) => `Flagger does not read the key \`${key}\`, which holds the token of \`${source}\``,
    why: "it reads a bearer token from the key `token`; a Secret without one must have `username` and `password`, or every check fails",
    help: ({ secret }) => `name the key \`token\` in the Secret \`${secret}\`, and here`,
  }),
  "headers-and-token": code<{ source: string }>({
    severity: "warning",
    message: ({ source }) => `\`${source}\` has headers and a token`,
    why: "Flagger adds the token to the headers that it keeps, once more with every query; nginx refuses a request with two, other servers one that has become too long",
    help: "leave the headers to a proxy in front of the source, or use an address that needs no token",
  }),
  "secret-needed": code<{ secret: string; namespace: string | undefined; observed: boolean }>({
    severity: "notice",
    message: ({ secret, namespace }) =>
      `the gate reads \`token\` of the Secret \`${secret}\` in ${namespace === undefined ? "the Canary's namespace" : `the namespace \`${namespace}\``}`,
    why: ({ observed }) =>
      `if it is missing every check fails and the release is rolled back${observed ? ", even while the gate only observes" : ""}`,
    help: "create it there before the gate; Flagger reads the Secret beside the MetricTemplate",
  }),
  "loadtester-unused": code<{ policy: string; source: string; after: string | undefined }>({
    severity: "warning",
    message: ({ policy, source }) => `the load tester is not asked for \`${policy}\`: \`${source}\` wants a token`,
    why: ({ after }) =>
      `its commands stand in the Canary for all to read, and a token must not${after === undefined ? "" : `; nothing else ends a broken release before ${after} of failed ticks`}`,
    help: ({ after }) =>
      `give the source an address inside the cluster that needs no token, or ${after === undefined ? "leave `flagger.loadtester` out" : "set `flagger.rollback` to a service of your own instead"}`,
  }),
  "namespace-needed": code<{ policy: string }>({
    severity: "error",
    message: ({ policy }) => `the hooks of \`${policy}\` cannot tell the canary's namespace`,
    why: "a MetricTemplate is told the Canary's namespace, a webhook's command is not; without it, workloads of the same name elsewhere would be judged as this one",
    help: "write it as `workload.namespace`, or as `namespace` of the environment",
  }),
  "series-only-hold": code<{ policy: string; reason: "blueGreen" | "unscraped" }>({
    severity: "warning",
    message: ({ policy }) => `\`noSeries: fail\` only holds a release of \`${policy}\``,
    why: ({ reason }) =>
      reason === "blueGreen"
        ? "before a switch nothing tells since when the canary should have series"
        : "without `flagger_canary_weight` nothing tells since when the canary has traffic and should have series",
    help: ({ reason }) =>
      reason === "blueGreen" ? "write `noSeries: hold`" : "let Prometheus scrape Flagger, and leave `scrapesFlagger` out",
  }),
  "no-canary-file": code<{ policy: string }>({
    severity: "error",
    message: ({ policy }) => `\`flagger.canary: edit\` needs the Canary's file of \`${policy}\``,
    why: "the edited copy is made from it, and without one no release would use the gate",
    help: "name it as `workload.file`, or use `canary: patch`",
  }),
  "rollback-unheard": code<{ policy: string }>({
    severity: "warning",
    message: ({ policy }) => `nobody is told when a hook rolls \`${policy}\` back: all its alerts are of the severity \`error\``,
    why: "Flagger tells of a rollback by a hook with the severity `warn`, and of one by failed checks with `error`; an alert hears its own severity and worse",
    help: "write `severity: warn`",
  }),
  "patch-replaces": code<{ policy: string; lists: readonly string[]; hasFile: boolean }>({
    severity: "notice",
    message: ({ policy, lists }) =>
      `the patch for \`${policy}\` replaces the Canary's own ${lists.map((list) => `\`${list}\``).join(", ")}`,
    why: "a merge patch cannot add to a list: whatever else stands there would no longer be asked, called or told",
    help: ({ hasFile }) =>
      `write webhooks and alerts of your own under \`flagger\` in the policy, or ${hasFile ? "leave `canary: patch` out: in the edited copy of the Canary's file they stay" : "name the Canary's file as `workload.file`, where they stay"}`,
  }),
  "duplicate-check": code<{ names: readonly [string, string]; check: string }>({
    severity: "error",
    message: ({ names: [first, last], check }) => `\`${first}\` and \`${last}\` would both have the check \`${check}\``,
    why: "two templates of one name are one: only the check that is applied last would be asked",
    help: "rename one of the two; names of checks keep small letters, digits and dashes only",
  }),
  "webhook-twice": code<{ policy: string; name: string }>({
    severity: "error",
    message: ({ policy, name }) => `two webhooks of \`${policy}\` are called \`${name}\``,
    why: "slogen finds its own in a Canary again by their names, so one of the two would take the other's place",
    help: "rename the one under `flagger.webhooks`; slogen's own begin with the name of the policy or the SLO",
  }),
  "object-collision": code<{ name: string; policy: string; other: string }>({
    severity: "error",
    message: ({ name, policy, other }) => `\`${policy}\` and \`${other}\` would both become the template \`${name}\``,
    why: "the one that is applied last would replace the other, and one service would be judged by the other's numbers",
    help: "rename one of the two policies",
  }),
  "name-too-long": code<{ name: string; length: number }>({
    severity: "error",
    message: ({ name, length }) => `the check \`${name.slice(0, 60)}…\` has a name of ${length} characters`,
    why: "Kubernetes takes no name above 253, and the whole file would be refused",
    help: "give the policy, the SLO or the guard a shorter name",
  }),
  "long-query": code<{ check: string; length: number }>({
    severity: "warning",
    message: ({ check, length }) => `the query of \`${check}\` makes an address of ${length} characters`,
    why: "Flagger sends a query as part of the address, and many proxies take no more than 8192; every check would then fail",
    help: "record what the SLI selects by a rule that keeps the labels of the two sides, or see that nothing between Flagger and the source refuses it",
  }),
});

function listed(weights: readonly number[]): string {
  const some = weights.length > 8 ? [...weights.slice(0, 6), "…", ...weights.slice(-1)] : weights;
  return `${some.join(", ")} %`;
}
