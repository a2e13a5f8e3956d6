import { code, codeTable } from "../../../diagnostics/diagnostic.ts";

/** Findings about the user's own Canary file. */
export const canaryCodes = codeTable("canary", {
  "not-found": code<{ name: string; files: string; found: string; suggestion: string | undefined }>({
    severity: "error",
    message: ({ name, files }) => `${files} holds no Canary that targets \`${name}\``,
    label: ({ found }) => `found ${found}`,
    why: "the gate is merged into that Canary",
    help: ({ suggestion }) =>
      suggestion === undefined
        ? "write in `workload.deployment` the Canary's `spec.targetRef.name`, and in `file` the file that holds it"
        : `did you mean \`${suggestion}\`? else correct the Canary's \`targetRef.name\``,
  }),
  "not-a-canary": code<{ name: string; kind: string }>({
    severity: "error",
    message: ({ name, kind }) => `\`${name}\` is a ${kind}, and no Canary in the policy's files targets it`,
    why: "Flagger releases what a Canary of `flagger.app` targets, and nothing else",
    help: ({ kind }) =>
      kind === "Rollout"
        ? "name the Rollout in `workload.rollout`, for Argo Rollouts; for Flagger name a file that holds a Canary"
        : "name the file that holds the Canary, with `apiVersion: flagger.app/v1beta1` and a `spec.targetRef` of this name",
  }),
  "api-version": code<{ version: string }>({
    severity: "error",
    message: ({ version }) => `Flagger has no Canary of \`${version}\``,
    why: "its Canaries are of `flagger.app/v1beta1` alone, and the API server refuses any other",
    help: "write `apiVersion: flagger.app/v1beta1`",
  }),
  twice: code<{ name: string }>({
    severity: "error",
    message: ({ name }) => `two Canaries target \`${name}\``,
    why: "both would release it, each by its own analysis, and the gate would be in one of them only",
    help: "remove one of the two, or name only one of the files in the policy",
  }),
  "other-namespace": code<{ policy: string; file: string }>({
    severity: "error",
    message: ({ policy, file }) => `the policy says namespace \`${policy}\`, the Canary's file says \`${file}\``,
    why: "the gate would ask for the requests of another namespace, and its MetricTemplates would not be where the Canary looks for them",
    help: "write the same namespace in both, or leave it out of the policy",
  }),
  "no-analysis": code<{ name: string }>({
    severity: "error",
    message: ({ name }) => `the Canary \`${name}\` has no \`spec.analysis\``,
    why: "the API server refuses such a Canary, and the gate has no place in it",
    help: "write `analysis:` below `spec`, and below that the line `interval: 1m`; slogen adds the rest",
  }),
  "legacy-analysis": code<{ hasAnalysis: boolean }>({
    severity: "error",
    message: () => "`canaryAnalysis` is dropped by the API server",
    why: ({ hasAnalysis }) =>
      `\`flagger.app/v1beta1\` has no such field, so what is written below it is never read${hasAnalysis ? "" : ", and a Canary without `analysis` is refused"}`,
    help: ({ hasAnalysis }) => (hasAnalysis ? "remove it, and keep what you need of it below `analysis`" : "rename it to `analysis`"),
  }),
  "skips-analysis": code({
    severity: "warning",
    message: () => "`skipAnalysis` lets every release pass without its gate",
    why: "Flagger then promotes as soon as the pods are ready: it sets no weights, asks no metrics, and of the hooks only `confirm-rollout` and `post-rollout`",
    help: "remove it; `slogen explain-code flagger/bypass` tells how one release may pass an exhausted budget",
  }),
  "other-match": code({
    severity: "error",
    message: () => "the Canary selects the canary's requests by `match`, the policy does not",
    why: "whatever the weight, none but those requests reach the canary then, and the evidence that is planned for the weights does not come",
    help: "write the same `match` below `spec.flagger` of a policy with `blueGreen`, or remove it here",
  }),
  "cannot-edit": code<{ what: string }>({
    severity: "error",
    message: ({ what }) => `the gate cannot be merged into this file: ${what}`,
    why: "slogen changes the text of the file in place, and checks that nothing but the gate has changed its meaning",
    help: "write `analysis` and its lists out as plain lines where they stand, or set `flagger: { canary: patch }` in `slogen.yaml` and apply the patch",
  }),
  "name-taken": code<{ list: string; name: string }>({
    severity: "error",
    message: ({ list, name }) => `\`${list}\` holds another \`${name}\` than the policy's`,
    why: "slogen adds the one of the policy, and events and metrics would not tell the two apart",
    help: "rename one of the two; or remove this one, if it came from the policy or an earlier build",
  }),
  changed: code<{ before: string; after: string }>({
    severity: "notice",
    message: ({ before, after }) => `\`${after}\` takes the place of ${before}`,
    why: "evidence, bakes and waiting times are planned for these figures, which follow from the policy",
    help: "change the policy where you want another plan; nothing has to be done here",
  }),

  "bad-duration": code<{ field: string; text: string; better: string | undefined }>({
    severity: "error",
    message: ({ field, text }) => `\`${field}: ${text}\` is not a duration that Flagger reads`,
    why: "the API server takes minutes and seconds alone, as text: there are no hours and no days",
    help: ({ better }) => (better === undefined ? "write whole minutes or seconds, such as `1m` or `90s`" : `write \`${better}\``),
  }),
  "converted-duration": code<{ field: string; text: string; after: string }>({
    severity: "notice",
    message: ({ field, text, after }) => `\`${field}: ${after}\` takes the place of \`${field}: ${text}\``,
    why: "the API server takes minutes and seconds alone: there are no hours and no days",
    help: ({ after }) => `nothing has to be done; write \`${after}\` where the file itself is to be applied`,
  }),
  "bad-number": code<{ field: string; text: string; wanted: string; better: string | undefined }>({
    severity: "error",
    message: ({ field, text, wanted }) => `\`${field}: ${text}\` is not ${wanted}`,
    why: ({ wanted }) =>
      wanted === "a number"
        ? "the API server refuses text where a number belongs"
        : "the API server refuses text here, and Flagger cannot read a Canary with such a number: it would not release at all",
    help: ({ better, wanted }) => (better === undefined ? `write ${wanted}, without quotes` : `write \`${better}\``),
  }),
  "not-text": code<{ field: string; text: string }>({
    severity: "error",
    message: ({ field, text }) => `\`${text === "" ? field : `${field}: ${text}`}\` is not text`,
    why: "the API server refuses the Canary: values of this map are strings",
    help: ({ text }) => (text === "" ? "write one string in quotes" : `write \`"${text}"\``),
  }),
  "missing-field": code<{ of: string; field: string }>({
    severity: "error",
    message: ({ of, field }) => `this ${of} has no \`${field}\``,
    why: "the API server refuses the Canary without it",
    help: ({ field }) => `add \`${field}\``,
  }),
  "unknown-value": code<{ field: string; text: string; known: string; suggestion: string | undefined }>({
    severity: "error",
    message: ({ field, text }) => `\`${text}\` is no \`${field}\` that Flagger knows`,
    why: "the API server refuses the Canary",
    help: ({ known, suggestion }) => (suggestion === undefined ? `write one of ${known}` : `did you mean \`${suggestion}\`?`),
  }),
  "no-severity": code<{ name: string }>({
    severity: "warning",
    message: ({ name }) => `the alert \`${name}\` is never sent`,
    why: "Flagger compares severities by name, and sends nothing where none is written, whatever its documentation says of a default",
    help: "add `severity: warn`; `error` leaves out the rollbacks that a webhook asks for, and `info` tells of releases that go well too",
  }),

  "no-source": code<{ name: string; suggestion: string | undefined }>({
    severity: "error",
    message: ({ name }) => `the metric \`${name}\` measures nothing`,
    why: "it has no `templateRef`, and Flagger has no query of its own for that name: every check fails, and every release is rolled back",
    help: ({ suggestion }) =>
      suggestion === undefined
        ? "add `templateRef: { name: <a MetricTemplate> }`, or call it `request-success-rate` or `request-duration`"
        : `did you mean \`${suggestion}\`?`,
  }),
  "two-sources": code<{ name: string; sources: string }>({
    severity: "warning",
    message: ({ name, sources }) => `the metric \`${name}\` is checked more than once, by ${sources}`,
    why: ({ name }) =>
      `Flagger runs each of them and holds every result against the same bound${name.startsWith("request-") ? `; the name \`${name}\` alone brings its own query` : ""}`,
    help: ({ name }) => (name.startsWith("request-") ? "give the metric another name" : "leave one of them, or make two metrics of it"),
  }),
  "no-limit": code<{ name: string; effect: string; example: string }>({
    severity: "warning",
    message: ({ name, effect }) => `the metric \`${name}\` ${effect}`,
    why: "without a bound in `thresholdRange` Flagger passes everything or, without a range at all, takes the old `threshold`, which is 0 where it is not written",
    help: ({ example }) => `write a bound such as \`thresholdRange: ${example}\``,
  }),
  "empty-range": code<{ min: string; max: string }>({
    severity: "error",
    message: ({ min, max }) => `no value is at least ${min} and at most ${max}`,
    why: "every check fails, and every release is rolled back",
    help: ({ min, max }) => `write \`{ min: ${max}, max: ${min} }\` if the two are the wrong way round`,
  }),
  "wrong-unit": code<{ field: string; text: string; unit: string; means: string; better: string }>({
    severity: "warning",
    message: ({ field, text, unit }) => `\`${field}: ${text}\` is read in ${unit}`,
    why: ({ means }) => means,
    help: ({ better }) => `write \`${better}\` if that is meant`,
  }),
  "no-interval": code<{ name: string }>({
    severity: "warning",
    message: ({ name }) => `the metric \`${name}\` has no \`interval\``,
    why: "a template has no default: `{{ interval }}` becomes nothing, and Datadog, CloudWatch, New Relic, Dynatrace and Splunk are not asked at all; the check fails",
    help: "add `interval: 1m`",
  }),
  "result-type": code<{ name: string; type: string; help: string }>({
    severity: "error",
    message: ({ name, type }) => `the query of \`${name}\` gives ${type}`,
    why: "Flagger reads the one number of an instant vector; every check fails, and every release is rolled back",
    help: ({ help }) => help,
  }),
  "several-series": code<{ name: string; labels: string }>({
    severity: "warning",
    message: ({ name, labels }) => `the query of \`${name}\` gives one series for each ${labels}`,
    why: "Flagger takes the last of them, in no order that Prometheus promises, and never looks at the others",
    help: "aggregate to one number, with `sum(...)` or `max(...)` around it",
  }),
  "query-comment": code<{ name: string }>({
    severity: "error",
    message: ({ name }) => `the comment in the query of \`${name}\` swallows what follows it`,
    why: "Flagger puts the whole query on one line before it sends it",
    help: "remove the comment, or make it one of YAML's, outside the query",
  }),
  "laxer-than-slo": code<{ metric: string; bound: string; slo: string; promise: string; better: string; enforced: boolean }>({
    severity: "warning",
    message: ({ metric, bound, slo }) => `\`${metric}\` with \`${bound}\` is laxer than the SLO \`${slo}\``,
    why: ({ promise }) =>
      `the SLO promises ${promise}; Flagger's own check looks at its own \`interval\` alone, and without traffic it counts as failed`,
    help: ({ better, enforced }) =>
      enforced
        ? `remove the metric, since the gate judges by the SLO itself, or write \`${better}\``
        : `write \`${better}\`; once the gate enforces it judges by the SLO itself, and the metric can go`,
  }),
});
