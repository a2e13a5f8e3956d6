import { code, codeTable } from "../../diagnostics/diagnostic.ts";

export const prometheusCodes = codeTable("prometheus", {
  "file-collision": code<{ path: string; id: string; other: string }>({
    severity: "error",
    message: ({ path, id, other }) => `\`${id}\` and \`${other}\` would both be written to \`${path}\``,
    why: "characters that file names do not take become dashes, and some file systems do not tell capitals from small letters",
    help: "rename one of the two SLOs",
  }),
  "object-collision": code<{ name: string; id: string; other: string }>({
    severity: "error",
    message: ({ name, id, other }) => `\`${id}\` and \`${other}\` would both become the PrometheusRule \`${name}\``,
    why: "the one that is applied last would replace the other, and its alerts",
    help: "rename one of the two SLOs; names of objects take small letters, digits, dots and dashes only",
  }),
  "packed-objects": code<{ service: string }>({
    severity: "error",
    message: ({ service }) => `the SLOs of \`${service}\` come from Kubernetes objects with different namespaces, labels or annotations`,
    why: "packed groups put them into one PrometheusRule, which has one namespace and one set of labels",
    help: "use `prometheus.groups: perSlo`, or give the objects the same metadata",
  }),
  "grouping-overwritten": code<{ label: string; by: string }>({
    severity: "error",
    message: ({ label }) => `this SLI is grouped by \`${label}\`, which the generated rules set themselves`,
    why: ({ by }) => `${by} would overwrite it, so all groups would become one series and the rules would fail`,
    help: "group by another label, or rename it in the query with `label_replace`",
  }),
  "unknown-severity": code<{ option: string; severity: string; nearest: string | undefined; known: readonly string[] }>({
    severity: "warning",
    message: ({ option, severity }) => `\`prometheus.${option}.${severity}\` is for a severity that no alert has`,
    why: "it changes nothing",
    help: ({ nearest, known }) => (nearest === undefined ? `the severities are ${known.join(", ")}` : `did you mean \`${nearest}\`?`),
  }),
  retention: code<{ period: string; retention: string; count: number }>({
    severity: "warning",
    message: ({ period, retention }) => `the period of ${period} is longer than the ${retention} that this Prometheus keeps`,
    why: ({ count, retention }) =>
      `the recorded error budget${count > 1 ? ` of ${count} SLOs` : ""} would be that of the last ${retention} only: an outage weighs too much at first, and is forgotten too soon`,
    help: "keep samples for the whole period (`--storage.tsdb.retention.time`), or choose a shorter period",
  }),
  "retention-unknown": code<{ period: string; count: number }>({
    severity: "notice",
    message: ({ period, count }) => `${count === 1 ? "an SLO needs" : `${count} SLOs need`} samples of the last ${period}`,
    why: "Prometheus keeps 15 days unless told otherwise, the chart kube-prometheus-stack 10; with less than the period the recorded error budget is that of a shorter one",
    help: "set `prometheus.retention` to what yours keeps (such as `35d`) and slogen checks it",
  }),
  "keep-firing-for": code<{ version: string }>({
    severity: "notice",
    message: ({ version }) => `alerts end at once: Prometheus ${version} has no \`keep_firing_for\``,
    why: "it came with 2.42; without it an alert may flap when the short window crosses the threshold back and forth",
    help: "set `prometheus.version` to the oldest Prometheus that loads the rules",
  }),
  "inhibition-labels": code<{ id: string; labels: readonly string[] }>({
    severity: "warning",
    message: ({ id }) => `a page for one group of \`${id}\` would silence the tickets for all its groups`,
    why: "the Alertmanager snippet compares `sloth_id` only, and the groups of one SLO share it",
    help: ({ labels }) => `set \`prometheus.inhibitionLabels: [${labels.join(", ")}]\`, or \`prometheus.inhibition: false\``,
  }),
  "interval-too-long": code<{ option: string; interval: string }>({
    severity: "error",
    message: ({ option, interval }) => `\`prometheus.${option}\` of ${interval} is too long`,
    why: "Prometheus looks back five minutes for a sample, so the recorded series would have gaps and the alerts that read them would flap",
    help: "use `4m` or less",
  }),
  "group-too-large": code<{ rules: number; limit: number }>({
    severity: "error",
    message: ({ rules, limit }) =>
      `one SLO needs ${rules} recording rules in a row, more than the ${limit} of \`prometheus.maxRulesPerGroup\``,
    why: "recording rules that read each other must stand in one group, since Prometheus evaluates groups side by side",
    help: ({ rules }) => `raise \`prometheus.maxRulesPerGroup\` (and the ruler's limit) to ${rules} or more`,
  }),
});
